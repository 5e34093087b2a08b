/* What code made by Argument Clinic takes from CPython. */
#include <Python.h>
#include "check.h"

extern int _PyArg_CheckPositional(const char *, Py_ssize_t, Py_ssize_t, Py_ssize_t);
extern void _PyArg_BadArgument(const char *, const char *, const char *, PyObject *);
extern int _PyArg_NoKeywords(const char *, PyObject *), _PyArg_NoPositional(const char *, PyObject *);
extern int _PyArg_ParseStack(PyObject *const *, Py_ssize_t, const char *, ...);
extern int _PyArg_ParseStackAndKeywords(PyObject *const *, Py_ssize_t, PyObject *, struct _PyArg_Parser *, ...);
extern PyObject *const *_PyArg_UnpackKeywords(PyObject *const *, Py_ssize_t, PyObject *, PyObject *, struct _PyArg_Parser *, int, int, int, int, PyObject **);

static PyObject *counts(PyObject *self, PyObject *unused)
{
    for (int given = 0; given < 5; given++) {
        SHOW_LONG(_PyArg_CheckPositional("f", given, 1, 3)); SHOW_LONG(_PyArg_CheckPositional("f", given, 2, 2));
        SHOW_LONG(_PyArg_CheckPositional(NULL, given, 1, 3)); SHOW_LONG(_PyArg_CheckPositional(NULL, given, 1, 1));
        SHOW_LONG(_PyArg_CheckPositional("f", given, 1, PY_SSIZE_T_MAX)); SHOW_LONG(_PyArg_CheckPositional("f", given, 0, 0));
    }
    _PyArg_BadArgument("f", "argument 'x'", "str", Py_None); show_error();
    _PyArg_BadArgument("f", "argument", "a pair", self); show_error();
    PyObject *empty = PyDict_New(), *full = Py_BuildValue("{s:i}", "a", 1), *none = PyTuple_New(0), *one = Py_BuildValue("(i)", 1);
    SHOW_LONG(_PyArg_NoKeywords("f", NULL)); SHOW_LONG(_PyArg_NoKeywords("f", empty)); SHOW_LONG(_PyArg_NoKeywords("f", full));
    SHOW_LONG(_PyArg_NoPositional("f", NULL)); SHOW_LONG(_PyArg_NoPositional("f", none)); SHOW_LONG(_PyArg_NoPositional("f", one));
    Py_DECREF(empty); Py_DECREF(full); Py_DECREF(none); Py_DECREF(one);
    Py_RETURN_NONE;
}
static PyObject *stack(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    int number; const char *text = "unset"; PyObject *rest = Py_None;
    if (!_PyArg_ParseStack(args, count, "i|sO:stack", &number, &text, &rest))
        return NULL;
    return Py_BuildValue("(isO)", number, text, rest);
}

static const char *const names[] = {"", "b", "count", "only", NULL};
static PyObject *shown(PyObject *a, PyObject *b, int count, const char *only)
{
    return Py_BuildValue("(OOis)", a, b, count, only);
}
/* Two by position or name, of which the first has none, an optional one, one by name only. */
static PyObject *fast(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static struct _PyArg_Parser parser = {.format = "OO|i$s:fast", .keywords = names};
    PyObject *a, *b; int count = -1; const char *only = NULL;
    if (!_PyArg_ParseTupleAndKeywordsFast(args, kwargs, &parser, &a, &b, &count, &only))
        return NULL;
    return shown(a, b, count, only);
}
static PyObject *stacked(PyObject *self, PyObject *const *args, Py_ssize_t count_, PyObject *kwnames)
{
    static struct _PyArg_Parser parser = {.format = "OO|i$s:stacked", .keywords = names};
    PyObject *a, *b; int count = -1; const char *only = NULL;
    if (!_PyArg_ParseStackAndKeywords(args, count_, kwnames, &parser, &a, &b, &count, &only))
        return NULL;
    return shown(a, b, count, only);
}
static PyObject *said(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *kwnames)
{
    static const char *const any[] = {"x", NULL};
    static struct _PyArg_Parser parser = {.format = "i;a text of its own", .keywords = any};
    int x;
    return _PyArg_ParseStackAndKeywords(args, count, kwnames, &parser, &x) ? PyLong_FromLong(x) : NULL;
}
static PyObject *listed(PyObject *const *found, int count)
{
    if (found == NULL)
        return NULL;
    PyObject *list = PyList_New(0);
    for (int i = 0; i < count; i++)
        PyList_Append(list, found[i] ? found[i] : Py_Ellipsis);
    return list;
}
static PyObject *unpacked(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *kwnames)
{
    static struct _PyArg_Parser parser = {.keywords = names, .fname = "unpacked"};
    PyObject *buffer[4] = {NULL};
    PyObject *const *found = _PyArg_UnpackKeywords(args, count, NULL, kwnames, &parser, 2, 3, 0, 0, buffer);
    return listed(found, found == args ? (int)count : 4);
}
static PyObject *required(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static struct _PyArg_Parser parser = {.keywords = names, .fname = "required"};
    PyObject *buffer[4] = {NULL};
    return listed(_PyArg_UnpackKeywords(&PyTuple_GET_ITEM(args, 0), PyTuple_GET_SIZE(args), kwargs, NULL, &parser, 2, 3, 1, 0, buffer), 4);
}
static PyObject *none(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *kwnames)
{
    static const char *const any[] = {"x", "y", NULL};
    static struct _PyArg_Parser parser = {.keywords = any, .fname = "none"};
    PyObject *buffer[2] = {NULL};
    return listed(_PyArg_UnpackKeywords(args, count, NULL, kwnames, &parser, 0, 0, 1, 0, buffer), 2);
}
/* Any number by position after the first, and names. */
static PyObject *variable(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *kwnames)
{
    static const char *const any[] = {"", "sep", "end", NULL};
    static struct _PyArg_Parser parser = {.keywords = any, .fname = "variable"};
    PyObject *buffer[3] = {NULL};
    PyObject *const *found = _PyArg_UnpackKeywords(args, count, NULL, kwnames, &parser, 1, 1, 0, 1, buffer);
    return listed(found, found == args ? (int)count : 3);
}
static PyMethodDef methods[] = {
    {"counts", counts, METH_NOARGS, NULL}, {"stack", (PyCFunction)stack, METH_FASTCALL, NULL},
    {"fast", (PyCFunction)fast, METH_VARARGS | METH_KEYWORDS, NULL}, {"stacked", (PyCFunction)stacked, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"said", (PyCFunction)said, METH_FASTCALL | METH_KEYWORDS, NULL}, {"unpacked", (PyCFunction)unpacked, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"required", (PyCFunction)required, METH_VARARGS | METH_KEYWORDS, NULL}, {"none", (PyCFunction)none, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"variable", (PyCFunction)variable, METH_FASTCALL | METH_KEYWORDS, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "clinic", NULL, 0, methods};
PyMODINIT_FUNC PyInit_clinic(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
