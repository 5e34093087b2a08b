/* `weakref`. */
#include "groups.h"

#define FUNCTIONS \
    F(O, pyweakref_check, number(PyWeakref_Check(a))) \
    F(O, pyweakref_checkref, number(PyWeakref_CheckRef(a))) \
    F(O, pyweakref_checkrefexact, number(PyWeakref_CheckRefExact(a))) \
    F(O, pyweakref_checkproxy, number(PyWeakref_CheckProxy(a)))
static PyObject *newref(PyObject *module, PyObject *args);
static PyObject *newproxy(PyObject *module, PyObject *args);
#define FUNCTIONS_OF_ITS_OWN \
    {"pyweakref_newref", newref, METH_VARARGS, NULL}, \
    {"pyweakref_newproxy", newproxy, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *newref(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object, *callback = NULL;
    TAKE("O|O", &object, &callback)
    NULLED(object);
    return PyWeakref_NewRef(object, callback);
}

static PyObject *newproxy(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object, *callback = NULL;
    TAKE("O|O", &object, &callback)
    NULLED(object);
    return PyWeakref_NewProxy(object, callback);
}

ADD_FUNCTIONS(weakref)
