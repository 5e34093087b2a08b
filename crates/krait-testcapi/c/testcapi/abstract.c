/* Objects, sequences, mappings and numbers, beyond the limited API. */
#include "groups.h"
#include "../results.h"

/* What a lookup stored, or `missing` where it found nothing. */
static PyObject *found(int status, PyObject *value, PyObject *missing)
{
    if (status < 0) {
        return NULL;
    }
    return status == 0 ? Py_NewRef(missing) : value;
}

static PyObject *optional_attribute(PyObject *object, PyObject *name)
{
    PyObject *value = NULL;
    int status = PyObject_GetOptionalAttr(object, name, &value);
    return found(status, value, PyExc_AttributeError);
}

static PyObject *optional_attribute_string(PyObject *object, const char *name)
{
    PyObject *value = NULL;
    int status = PyObject_GetOptionalAttrString(object, name, &value);
    return found(status, value, PyExc_AttributeError);
}

static PyObject *optional_item(PyObject *object, PyObject *key)
{
    PyObject *value = NULL;
    int status = PyMapping_GetOptionalItem(object, key, &value);
    return found(status, value, PyExc_KeyError);
}

static PyObject *optional_item_string(PyObject *object, const char *key)
{
    PyObject *value = NULL;
    int status = PyMapping_GetOptionalItemString(object, key, &value);
    return found(status, value, PyExc_KeyError);
}

static PyObject *next_of(PyObject *iterator)
{
    PyObject *item = PyIter_Next(iterator);
    return item == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : item;
}

/* None at the end. */
static PyObject *next_item_of(PyObject *iterator)
{
    PyObject *item = NULL;
    int status = PyIter_NextItem(iterator, &item);
    return found(status, item, Py_None);
}

#define FUNCTIONS \
    F(O, object_generichash, size(PyObject_GenericHash(a))) \
    F(OO, object_getoptionalattr, optional_attribute(a, b)) \
    F(OS, object_getoptionalattrstring, optional_attribute_string(a, s)) \
    F(OO, object_hasattrwitherror, number(PyObject_HasAttrWithError(a, b))) \
    F(OS, object_hasattrstringwitherror, number(PyObject_HasAttrStringWithError(a, s))) \
    F(OO, mapping_getoptionalitem, optional_item(a, b)) \
    F(OS, mapping_getoptionalitemstring, optional_item_string(a, s)) \
    F(O, PyIter_Next, next_of(a)) \
    F(O, PyIter_NextItem, next_item_of(a)) \
    F(O, sequence_fast_get_size, PyLong_FromSsize_t(PyList_Check(a) ? PyList_GET_SIZE(a) : PyTuple_GET_SIZE(a))) \
    F(ON, sequence_fast_get_item, borrowed(PyList_Check(a) ? PyList_GET_ITEM(a, n) : PyTuple_GET_ITEM(a, n)))
#include "../functions.h"

int testcapi_add_abstract(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
