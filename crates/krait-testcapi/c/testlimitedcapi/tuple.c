/* `tuple`. */
#include "groups.h"

static PyObject *pack(PyObject *module, PyObject *args);

#define FUNCTIONS \
    F(O, tuple_check, number(PyTuple_Check(a))) \
    F(O, tuple_checkexact, number(PyTuple_CheckExact(a))) \
    F(N, tuple_new, PyTuple_New(n)) \
    F(O, tuple_size, size(PyTuple_Size(a))) \
    F(ON, tuple_getitem, borrowed(PyTuple_GetItem(a, n))) \
    F(ONN, tuple_getslice, PyTuple_GetSlice(a, n, k))
static PyObject *setitem(PyObject *module, PyObject *args);
#define FUNCTIONS_OF_ITS_OWN \
    {"tuple_pack", pack, METH_VARARGS, NULL}, \
    {"tuple_setitem", setitem, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *pack(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *first = NULL, *second = NULL;
    Py_ssize_t count;
    TAKE("n|OO", &count, &first, &second)
    return PyTuple_Pack(count, first, second);
}

/* A copy of the tuple with one item set. */
static PyObject *setitem(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *tuple, *value, *copy;
    Py_ssize_t place;
    TAKE("OnO", &tuple, &place, &value)
    NULLED(value);
    if (!PyTuple_CheckExact(tuple)) {
        NULLED(tuple);
        return number(PyTuple_SetItem(tuple, place, Py_XNewRef(value)));
    }
    Py_ssize_t count = PyTuple_Size(tuple);
    copy = PyTuple_New(count);
    for (Py_ssize_t i = 0; copy != NULL && i < count; i++) {
        PyTuple_SetItem(copy, i, Py_XNewRef(PyTuple_GetItem(tuple, i)));
    }
    if (copy != NULL && PyTuple_SetItem(copy, place, Py_XNewRef(value)) < 0) {
        Py_CLEAR(copy);
    }
    return copy;
}

ADD_FUNCTIONS(tuple)
