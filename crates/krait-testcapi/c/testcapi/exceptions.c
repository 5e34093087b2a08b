/* Exceptions: raised, set, shown and made. */
#include "groups.h"
#include "../results.h"
#include <errno.h>

/* Raises the type with the numbers from 0 on as arguments. */
static PyObject *raise_exception(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *type;
    int count;
    if (!PyArg_ParseTuple(args, "Oi", &type, &count)) {
        return NULL;
    }
    PyObject *values = PyTuple_New(count);
    for (int i = 0; values != NULL && i < count; i++) {
        PyObject *value = PyLong_FromLong(i);
        if (value == NULL) {
            Py_CLEAR(values);
        } else {
            PyTuple_SET_ITEM(values, i, value);
        }
    }
    if (values != NULL) {
        PyErr_SetObject(type, values);
        Py_DECREF(values);
    }
    return NULL;
}

static PyObject *raise_memoryerror(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyErr_NoMemory();
}

static PyObject *exception_print(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *exception;
    int legacy = 0;
    if (!PyArg_ParseTuple(args, "O|i", &exception, &legacy)) {
        return NULL;
    }
    if (!legacy) {
        PyErr_DisplayException(exception);
        Py_RETURN_NONE;
    }
    if (!PyExceptionInstance_Check(exception)) {
        PyErr_SetString(PyExc_TypeError, "an exception is required");
        return NULL;
    }
    PyObject *traceback = PyException_GetTraceback(exception);
    PyErr_Display((PyObject *)Py_TYPE(exception), exception, traceback);
    Py_XDECREF(traceback);
    Py_RETURN_NONE;
}

static PyObject *traceback_print(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *traceback, *file;
    if (!PyArg_ParseTuple(args, "OO", &traceback, &file)) {
        return NULL;
    }
    return nothing(PyTraceBack_Print(traceback, file));
}

static PyObject *make_exception_with_doc(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"name", "doc", "base", "dict", NULL};
    const char *name, *doc = NULL;
    PyObject *base = NULL, *dict = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s|sOO", names, &name, &doc, &base, &dict)) {
        return NULL;
    }
    return PyErr_NewExceptionWithDoc(name, doc, base, dict);
}

/* The exception that is handled, before and after these three were set. */
static PyObject *set_exc_info(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *type, *value, *traceback, *old_type, *old_value, *old_traceback;
    if (!PyArg_ParseTuple(args, "OOO:set_exc_info", &type, &value, &traceback)) {
        return NULL;
    }
    PyErr_GetExcInfo(&old_type, &old_value, &old_traceback);
    PyErr_SetExcInfo(Py_NewRef(type), Py_NewRef(value), Py_NewRef(traceback));
    PyObject *old = PyTuple_Pack(3, old_type == NULL ? Py_None : old_type,
                                 old_value == NULL ? Py_None : old_value,
                                 old_traceback == NULL ? Py_None : old_traceback);
    Py_XDECREF(old_type);
    Py_XDECREF(old_value);
    Py_XDECREF(old_traceback);
    return old;
}

static PyObject *set_exception(PyObject *Py_UNUSED(module), PyObject *exception)
{
    PyObject *old = PyErr_GetHandledException();
    PyErr_SetHandledException(exception);
    return old == NULL ? Py_NewRef(Py_None) : old;
}

static PyObject *exc_set_object(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *type, *value;
    if (PyArg_ParseTuple(args, "OO:exc_set_object", &type, &value)) {
        PyErr_SetObject(type, value);
    }
    return NULL;
}

static PyObject *exc_set_object_fetch(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *type, *value, *traceback;
    if (!PyArg_ParseTuple(args, "OO:exc_set_object_fetch", &type, &value)) {
        return NULL;
    }
    PyErr_SetObject(type, value);
    PyErr_Fetch(&type, &value, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
}

static PyObject *err_setstring(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *type;
    const char *text;
    if (PyArg_ParseTuple(args, "Oy", &type, &text)) {
        PyErr_SetString(type == Py_None ? NULL : type, text);
    }
    return NULL;
}

static PyObject *err_setfromerrnowithfilename(PyObject *Py_UNUSED(module), PyObject *args)
{
    int number;
    PyObject *type;
    const char *filename;
    if (!PyArg_ParseTuple(args, "iOz", &number, &type, &filename)) {
        return NULL;
    }
    errno = number;
    return PyErr_SetFromErrnoWithFilename(type, filename);
}

static PyObject *err_set_raised(PyObject *Py_UNUSED(module), PyObject *exception)
{
    PyErr_SetRaisedException(Py_NewRef(exception));
    return NULL;
}

static PyObject *err_restore(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *type = NULL, *value = NULL, *traceback = NULL;
    if (PyArg_ParseTuple(args, "O|OO", &type, &value, &traceback)) {
        PyErr_Restore(Py_NewRef(type), Py_XNewRef(value), Py_XNewRef(traceback));
    }
    return NULL;
}

static void restore_instance(PyObject *exception)
{
    if (exception != Py_None) {
        PyErr_SetRaisedException(Py_NewRef(exception));
    }
}

static PyObject *err_writeunraisable(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *exception, *object;
    if (!PyArg_ParseTuple(args, "OO", &exception, &object)) {
        return NULL;
    }
    restore_instance(exception);
    PyErr_WriteUnraisable(object == Py_None ? NULL : object);
    Py_RETURN_NONE;
}

static PyObject *err_formatunraisable(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *exception, *object = NULL;
    const char *format;
    if (!PyArg_ParseTuple(args, "Oz|O", &exception, &format, &object)) {
        return NULL;
    }
    restore_instance(exception);
    if (object == NULL) {
        PyErr_FormatUnraisable(format);
    } else {
        PyErr_FormatUnraisable(format, object);
    }
    Py_RETURN_NONE;
}

static PyObject *err_givenexceptionmatches(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *given, *type;
    if (!PyArg_ParseTuple(args, "OO", &given, &type)) {
        return NULL;
    }
    return number(PyErr_GivenExceptionMatches(given, type));
}

static PyObject *set_errno(PyObject *Py_UNUSED(module), PyObject *args)
{
    int number;
    if (!PyArg_ParseTuple(args, "i:set_errno", &number)) {
        return NULL;
    }
    errno = number;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"raise_exception", raise_exception, METH_VARARGS, NULL},
    {"raise_memoryerror", raise_memoryerror, METH_NOARGS, NULL},
    {"exception_print", exception_print, METH_VARARGS, NULL},
    {"traceback_print", traceback_print, METH_VARARGS, NULL},
    {"make_exception_with_doc", (PyCFunction)(void (*)(void))make_exception_with_doc,
     METH_VARARGS | METH_KEYWORDS, NULL},
    {"set_exc_info", set_exc_info, METH_VARARGS, NULL},
    {"set_exception", set_exception, METH_O, NULL},
    {"exc_set_object", exc_set_object, METH_VARARGS, NULL},
    {"exc_set_object_fetch", exc_set_object_fetch, METH_VARARGS, NULL},
    {"err_setstring", err_setstring, METH_VARARGS, NULL},
    {"err_setfromerrnowithfilename", err_setfromerrnowithfilename, METH_VARARGS, NULL},
    {"err_set_raised", err_set_raised, METH_O, NULL},
    {"err_restore", err_restore, METH_VARARGS, NULL},
    {"err_writeunraisable", err_writeunraisable, METH_VARARGS, NULL},
    {"err_formatunraisable", err_formatunraisable, METH_VARARGS, NULL},
    {"err_givenexceptionmatches", err_givenexceptionmatches, METH_VARARGS, NULL},
    {"set_errno", set_errno, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* An exception whose constructor asks for one of itself. */
static PyTypeObject recursing;

static int recursing_init(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    PyObject *another = PyObject_CallNoArgs((PyObject *)&recursing);
    if (another == NULL) {
        return -1;
    }
    Py_DECREF(another);
    return 0;
}

static PyTypeObject recursing = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "RecursingInfinitelyError",
    .tp_basicsize = sizeof(PyBaseExceptionObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Instantiating this exception starts infinite recursion.",
    .tp_init = recursing_init,
};

int testcapi_add_exceptions(PyObject *module)
{
    recursing.tp_base = (PyTypeObject *)PyExc_Exception;
    if (PyModule_AddFunctions(module, functions) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &recursing);
}
