/* `set` and `frozenset`. */
#include "groups.h"

static PyObject *optional(PyObject *args, PyObject *(*make)(PyObject *))
{
    PyObject *iterable = NULL;
    if (!PyArg_ParseTuple(args, "|O", &iterable)) {
        return NULL;
    }
    return make(iterable);
}

static PyObject *set_new(PyObject *Py_UNUSED(module), PyObject *args)
{
    return optional(args, PySet_New);
}

static PyObject *frozenset_new(PyObject *Py_UNUSED(module), PyObject *args)
{
    return optional(args, PyFrozenSet_New);
}

#define FUNCTIONS \
    F(O, set_check, number(PySet_Check(a))) \
    F(O, set_checkexact, number(PySet_CheckExact(a))) \
    F(O, frozenset_check, number(PyFrozenSet_Check(a))) \
    F(O, frozenset_checkexact, number(PyFrozenSet_CheckExact(a))) \
    F(O, anyset_check, number(PyAnySet_Check(a))) \
    F(O, anyset_checkexact, number(PyAnySet_CheckExact(a))) \
    F(O, set_size, size(PySet_Size(a))) \
    F(OO, set_contains, number(PySet_Contains(a, b))) \
    F(OO, set_add, number(PySet_Add(a, b))) \
    F(OO, set_discard, number(PySet_Discard(a, b))) \
    F(O, set_pop, PySet_Pop(a)) \
    F(O, set_clear, number(PySet_Clear(a)))
#define FUNCTIONS_OF_ITS_OWN \
    {"set_new", set_new, METH_VARARGS, NULL}, \
    {"frozenset_new", frozenset_new, METH_VARARGS, NULL},
#include "../functions.h"

ADD_FUNCTIONS(set)
