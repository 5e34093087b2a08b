/* Trace functions of C. */
#include "groups.h"
#include "../results.h"

/* Appends (line, event, argument) to a list. */
static int record(PyObject *list, PyFrameObject *frame, int what, PyObject *argument)
{
    PyObject *event = Py_BuildValue("iiO", PyFrame_GetLineNumber(frame), what,
                                    argument == NULL ? Py_None : argument);
    if (event == NULL) {
        return -1;
    }
    int status = PyList_Append(list, event);
    Py_DECREF(event);
    return status;
}

/* Fails at the first event, which the list is marked with, and at no other. */
static int fail_once(PyObject *list, PyFrameObject *Py_UNUSED(frame), int Py_UNUSED(what),
                     PyObject *Py_UNUSED(argument))
{
    if (PyList_Size(list) > 0) {
        return 0;
    }
    if (PyList_Append(list, Py_None) == 0) {
        PyErr_SetString(PyExc_Exception, "an exception");
    }
    return -1;
}

static PyObject *set_trace(Py_tracefunc function, PyObject *list)
{
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "argument must be a list");
        return NULL;
    }
    PyEval_SetTrace(function, list);
    Py_RETURN_NONE;
}

static PyObject *settrace_to_record(PyObject *Py_UNUSED(module), PyObject *list)
{
    return set_trace(record, list);
}

static PyObject *settrace_to_error(PyObject *Py_UNUSED(module), PyObject *list)
{
    return set_trace(fail_once, list);
}

static PyMethodDef functions[] = {
    {"settrace_to_record", settrace_to_record, METH_O, NULL},
    {"settrace_to_error", settrace_to_error, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_tracing(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
