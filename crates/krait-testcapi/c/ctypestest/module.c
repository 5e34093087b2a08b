/* The module `_ctypes_test`: what the library's functions got, as Python's own calls see it. */

#include <Python.h>

#include "ctypestest.h"

/* Appends by Python's C API, which `ctypes.PyDLL` calls with the lock held. */
EXPORT int _testfunc_pylist_append(PyObject *list, PyObject *item) { return PyList_Append(list, item); }

static PyObject *get_last_tf_arg_s(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyLong_FromLongLong(last_signed);
}

static PyObject *get_last_tf_arg_u(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyLong_FromUnsignedLongLong(last_unsigned);
}

static PyMethodDef functions[] = {
    {"get_last_tf_arg_s", get_last_tf_arg_s, METH_NOARGS, NULL},
    {"get_last_tf_arg_u", get_last_tf_arg_u, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_ctypes_test",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__ctypes_test(void)
{
    return PyModuleDef_Init(&definition);
}
