/* `_testsinglephase`: a module that is ready when its initialisation function returns. */
#include <time.h>

#include "../results.h"

static PyObject *sum(PyObject *Py_UNUSED(module), PyObject *args)
{
    long first, second;
    if (!PyArg_ParseTuple(args, "ll:sum", &first, &second)) {
        return NULL;
    }
    return PyLong_FromLong(first + second);
}

static PyModuleDef definition;

static PyObject *look_up_self(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    PyObject *found = PyState_FindModule(&definition);
    return Py_NewRef(found == NULL ? Py_None : found);
}

/* How often the initialisation function has run. */
static int initialized;

static PyObject *initialized_count(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyLong_FromLong(initialized);
}

/* When it has run last; 0 before. */
static double when;

static PyObject *state_initialized(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    if (when == 0) {
        Py_RETURN_NONE;
    }
    return PyFloat_FromDouble(when);
}

static PyObject *clear_globals(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    initialized = 0;
    when = 0;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"state_initialized", state_initialized, METH_NOARGS,
     "state_initialized()\n\nReturn the seconds-since-epoch when the module state was initialized."},
    {"_clear_globals", clear_globals, METH_NOARGS,
     "_clear_globals()\n\nFree all global state and set it to uninitialized."},
    {"sum", sum, METH_VARARGS, "sum(i,j)\n\nReturn the sum of i and j."},
    {"look_up_self", look_up_self, METH_NOARGS,
     "look_up_self()\n\nReturn the module associated with this module's def.m_base.m_index."},
    {"initialized_count", initialized_count, METH_NOARGS,
     "initialized_count()\n\nReturn how many times the module has been initialized."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_testsinglephase",
    .m_doc = "Test module _testsinglephase",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC PyInit__testsinglephase(void)
{
    PyObject *module = PyModule_Create2(&definition, 1013);
    if (module != NULL) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        when = now.tv_sec + now.tv_nsec / 1e9;
        initialized += 1;
        if (PyModule_AddIntConstant(module, "int_const", 1969) < 0
            || PyModule_AddStringConstant(module, "str_const", "something different") < 0
            || PyModule_Add(module, "error", PyErr_NewException("_testsinglephase.error", NULL, NULL)) < 0) {
            Py_CLEAR(module);
        }
    }
    return module;
}

PyMODINIT_FUNC PyInit__testsinglephase_raise_exception(void)
{
    PyErr_SetString(PyExc_RuntimeError, "evil");
    return NULL;
}
