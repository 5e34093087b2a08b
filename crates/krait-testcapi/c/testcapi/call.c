/* The call protocol: the functions that call, from Python. */
#include "groups.h"

/* Exported for old extensions; the headers have no declaration any more. */
PyObject *PyCFunction_Call(PyObject *callable, PyObject *args, PyObject *kwargs);

/* The items of a tuple, or nothing for None. */
static int items_of(PyObject *tuple, PyObject *const **items, Py_ssize_t *count)
{
    *items = NULL;
    *count = 0;
    if (tuple == Py_None) {
        return 0;
    }
    if (!PyTuple_Check(tuple)) {
        PyErr_SetString(PyExc_TypeError, "args must be None or a tuple");
        return -1;
    }
    *items = &PyTuple_GET_ITEM(tuple, 0);
    *count = PyTuple_GET_SIZE(tuple);
    return 0;
}

static PyObject *pyobject_fastcalldict(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *callable, *positional, *keywords;
    PyObject *const *items;
    Py_ssize_t count;
    if (!PyArg_ParseTuple(args, "OOO", &callable, &positional, &keywords)
        || items_of(positional, &items, &count) < 0) {
        return NULL;
    }
    if (keywords != Py_None && !PyDict_Check(keywords)) {
        PyErr_SetString(PyExc_TypeError, "kwargs must be None or a dict");
        return NULL;
    }
    return PyObject_VectorcallDict(callable, items, (size_t)count,
                                   keywords == Py_None ? NULL : keywords);
}

static PyObject *pyobject_vectorcall(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *callable, *positional, *names;
    PyObject *const *items;
    Py_ssize_t count;
    if (!PyArg_ParseTuple(args, "OOO", &callable, &positional, &names)
        || items_of(positional, &items, &count) < 0) {
        return NULL;
    }
    if (names == Py_None) {
        return PyObject_Vectorcall(callable, items, (size_t)count, NULL);
    }
    if (!PyTuple_Check(names)) {
        PyErr_SetString(PyExc_TypeError, "kwnames must be None or a tuple");
        return NULL;
    }
    if (PyTuple_GET_SIZE(names) > count) {
        PyErr_SetString(PyExc_TypeError, "kwnames longer than args");
        return NULL;
    }
    return PyObject_Vectorcall(callable, items, (size_t)(count - PyTuple_GET_SIZE(names)), names);
}

static PyObject *pyvectorcall_call(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *callable, *positional, *keywords = NULL;
    if (!PyArg_ParseTuple(args, "OO|O", &callable, &positional, &keywords)) {
        return NULL;
    }
    if (!PyTuple_Check(positional) || (keywords != NULL && !PyDict_Check(keywords))) {
        PyErr_SetString(PyExc_TypeError, "a tuple and a dict are needed");
        return NULL;
    }
    return PyVectorcall_Call(callable, positional, keywords);
}

static PyObject *pycfunction_call(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *callable, *positional, *keywords = NULL;
    if (!PyArg_ParseTuple(args, "OO!|O!", &callable, &PyTuple_Type, &positional,
                          &PyDict_Type, &keywords)) {
        return NULL;
    }
    return PyCFunction_Call(callable, positional, keywords);
}

static PyObject *made_by_c(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    Py_RETURN_NONE;
}

static PyMethodDef made_by_c_def = {"created_cfunction", made_by_c, METH_NOARGS, NULL};

static PyObject *create_cfunction(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyCFunction_New(&made_by_c_def, NULL);
}

static PyMethodDef functions[] = {
    {"pyobject_fastcalldict", pyobject_fastcalldict, METH_VARARGS, NULL},
    {"pyobject_vectorcall", pyobject_vectorcall, METH_VARARGS, NULL},
    {"pyvectorcall_call", pyvectorcall_call, METH_VARARGS, NULL},
    {"pycfunction_call", pycfunction_call, METH_VARARGS, NULL},
    {"create_cfunction", create_cfunction, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_call(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
