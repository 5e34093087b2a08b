/* `list` and `tuple` by their macros, which read the structs. */
#include "groups.h"
#include "../results.h"

/* A list's item set by the macro; the old one is released. */
static PyObject *list_set(PyObject *list, Py_ssize_t place, PyObject *value)
{
    PyObject *old = PyList_GET_ITEM(list, place);
    PyList_SET_ITEM(list, place, Py_XNewRef(value));
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

/* A copy of a tuple with one item set by the macro; a subclass's instance itself is changed. */
static PyObject *tuple_set(PyObject *tuple, Py_ssize_t place, PyObject *value)
{
    if (!PyTuple_CheckExact(tuple)) {
        PyObject *old = PyTuple_GET_ITEM(tuple, place);
        PyTuple_SET_ITEM(tuple, place, Py_XNewRef(value));
        Py_XDECREF(old);
        return Py_NewRef(tuple);
    }
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    PyObject *copy = PyTuple_New(count);
    for (Py_ssize_t i = 0; copy != NULL && i < count; i++) {
        PyTuple_SET_ITEM(copy, i, Py_XNewRef(i == place ? value : PyTuple_GET_ITEM(tuple, i)));
    }
    return copy;
}

/* A fresh copy of a tuple, resized. */
static PyObject *tuple_resized(PyObject *tuple, Py_ssize_t new_size, int fresh)
{
    if (fresh) {
        Py_ssize_t count = PyTuple_Size(tuple);
        PyObject *copy = PyTuple_New(count);
        for (Py_ssize_t i = 0; copy != NULL && i < count; i++) {
            PyTuple_SET_ITEM(copy, i, Py_XNewRef(PyTuple_GET_ITEM(tuple, i)));
        }
        if (copy == NULL) {
            return NULL;
        }
        tuple = copy;
    } else {
        Py_XINCREF(tuple);
    }
    return _PyTuple_Resize(&tuple, new_size) < 0 ? NULL : tuple;
}

static PyObject *tuple_resize(PyObject *module, PyObject *args);
static PyObject *item_is_null(PyObject *module, PyObject *args);

#define FUNCTIONS \
    F(O, list_get_size, PyLong_FromSsize_t(PyList_GET_SIZE(a))) \
    F(ON, list_get_item, borrowed(PyList_GET_ITEM(a, n))) \
    F(ONO, list_set_item, list_set(a, n, b)) \
    F(OO, list_extend, number(PyList_Extend(a, b))) \
    F(O, list_clear, number(PyList_Clear(a))) \
    F(O, tuple_get_size, PyLong_FromSsize_t(PyTuple_GET_SIZE(a))) \
    F(ON, tuple_get_item, borrowed(PyTuple_GET_ITEM(a, n))) \
    F(ONO, tuple_set_item, tuple_set(a, n, b))
#define FUNCTIONS_OF_ITS_OWN \
    {"_tuple_resize", tuple_resize, METH_VARARGS, NULL}, \
    {"_check_tuple_item_is_NULL", item_is_null, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *tuple_resize(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *tuple;
    Py_ssize_t new_size;
    int fresh = 1;
    TAKE("On|p", &tuple, &new_size, &fresh)
    NULLED(tuple);
    return tuple_resized(tuple, new_size, fresh);
}

static PyObject *item_is_null(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *tuple;
    Py_ssize_t place;
    TAKE("On", &tuple, &place)
    return PyLong_FromLong(PyTuple_GET_ITEM(tuple, place) == NULL);
}

int testcapi_add_list(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
