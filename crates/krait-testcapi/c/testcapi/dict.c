/* `dict` beyond the limited API, and sets and slices by their macros. */
#include "groups.h"
#include "../results.h"

static PyObject *item_ref(PyObject *dict, PyObject *key)
{
    PyObject *value = NULL;
    int status = PyDict_GetItemRef(dict, key, &value);
    return status < 0 ? NULL : status == 0 ? Py_NewRef(PyExc_KeyError) : value;
}

static PyObject *item_string_ref(PyObject *dict, const char *key)
{
    PyObject *value = NULL;
    int status = PyDict_GetItemStringRef(dict, key, &value);
    return status < 0 ? NULL : status == 0 ? Py_NewRef(PyExc_KeyError) : value;
}

/* (whether the key was there, the value, whether the two results are the same object) */
static PyObject *default_ref(PyObject *dict, PyObject *key, PyObject *value)
{
    PyObject *result = NULL;
    int status = PyDict_SetDefaultRef(dict, key, value, &result);
    return status < 0 ? NULL : result;
}

/* (status, value) */
static PyObject *popped(int status, PyObject *value)
{
    if (status < 0) {
        return NULL;
    }
    return status == 0 ? Py_BuildValue("iO", 0, Py_None) : Py_BuildValue("iN", 1, value);
}

static PyObject *pop(PyObject *dict, PyObject *key)
{
    PyObject *value = Py_None;
    int status = PyDict_Pop(dict, key, &value);
    return popped(status, value);
}

static PyObject *pop_string(PyObject *dict, const char *key)
{
    PyObject *value = Py_None;
    int status = PyDict_PopString(dict, key, &value);
    return popped(status, value);
}

#define FUNCTIONS \
    F(OS, dict_containsstring, number(PyDict_ContainsString(a, s))) \
    F(OO, dict_getitemref, item_ref(a, b)) \
    F(OS, dict_getitemstringref, item_string_ref(a, s)) \
    F(OOO, dict_setdefault, borrowed(PyDict_SetDefault(a, b, c))) \
    F(OOO, dict_setdefaultref, default_ref(a, b, c)) \
    F(OO, dict_pop, pop(a, b)) \
    F(OO, dict_pop_null, number(PyDict_Pop(a, b, NULL))) \
    F(OS, dict_popstring, pop_string(a, s)) \
    F(OS, dict_popstring_null, number(PyDict_PopString(a, s, NULL))) \
    F(O, set_get_size, size(PySet_Size(a)))
#include "../functions.h"

int testcapi_add_dict(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
