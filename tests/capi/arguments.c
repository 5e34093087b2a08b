/* PyArg_Parse* in all units, and what they say of wrong arguments. */
#include <Python.h>
#include "check.h"

static PyObject *parse(PyObject *self, PyObject *args)
{
    const char *format; PyObject *tuple;
    if (!PyArg_ParseTuple(args, "sO!", &format, &PyTuple_Type, &tuple)) return NULL;
    union { char c; unsigned char b; short h; int i; long l; long long q; Py_ssize_t n; float f; double d; void *p; Py_buffer view; Py_complex z; } a, b, c;
    memset(&a, 0, sizeof a); memset(&b, 0, sizeof b); memset(&c, 0, sizeof c);
    if (!PyArg_ParseTuple(tuple, format, &a, &b, &c)) return NULL;
    switch (format[0]) {
    case 'b': case 'B': return PyLong_FromLong(a.b);
    case 'h': case 'H': return PyLong_FromLong(a.h);
    case 'i': case 'p': case 'I': case 'C': return PyLong_FromLong(a.i);
    case 'l': case 'k': case 'L': case 'K': return PyLong_FromLong(a.l);
    case 'n': return PyLong_FromSsize_t(a.n);
    case 'f': return PyFloat_FromDouble(a.f);
    case 'd': return PyFloat_FromDouble(a.d);
    case 'D': return PyComplex_FromCComplex(a.z);
    case 'c': return PyBytes_FromStringAndSize(&a.c, 1);
    case 's': case 'z': case 'y':
        if (format[1] == '*') { PyObject *r = PyBytes_FromStringAndSize(a.view.buf, a.view.len); PyBuffer_Release(&a.view); return r; }
        if (a.p == NULL) Py_RETURN_NONE;
        if (format[1] == '#') return PyBytes_FromStringAndSize(a.p, b.n);
        return PyBytes_FromString(a.p);
    case 'w': { PyBuffer_Release(&a.view); Py_RETURN_TRUE; }
    case 'O': case 'S': case 'U': case 'Y': return Py_NewRef((PyObject *)a.p);
    case '(': return PyLong_FromLong(a.i + b.i);
    case '|': return PyLong_FromLong(a.i);
    }
    Py_RETURN_NONE;
}

static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "a", "b", "c", NULL};
    int x, a, b = -1; PyObject *c = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "ii|i$O:kw", names, &x, &a, &b, &c)) return NULL;
    return Py_BuildValue("iiiO", x, a, b, c);
}

static PyObject *unpack(PyObject *self, PyObject *args)
{
    PyObject *a, *b = Py_None;
    if (!PyArg_UnpackTuple(args, "unpack", 1, 2, &a, &b)) return NULL;
    return PyTuple_Pack(2, a, b);
}

static PyObject *encoded(PyObject *self, PyObject *args)
{
    char *text = NULL; Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "es#", "utf-16-be", &text, &n)) return NULL;
    PyObject *r = PyBytes_FromStringAndSize(text, n); PyMem_Free(text); return r;
}

static int convert(PyObject *o, void *p) { if (!PyLong_Check(o)) { PyErr_SetString(PyExc_KeyError, "no int"); return 0; } *(long *)p = PyLong_AsLong(o) * 2; return 1; }
static PyObject *converted(PyObject *self, PyObject *args)
{ long v; PyObject *s; if (!PyArg_ParseTuple(args, "O&O!", convert, &v, &PyUnicode_Type, &s)) return NULL; return PyLong_FromLong(v); }
static PyObject *one(PyObject *self, PyObject *arg) { return PyUnicode_FromFormat("%R", arg); }
static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t n) { return PyLong_FromSsize_t(n); }
static PyObject *fastkw(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names) { return Py_BuildValue("nO", n, names ? names : Py_None); }
static PyMethodDef methods[] = {
    {"parse", parse, METH_VARARGS, "parse(format, args, /)\n--\n\nParses."}, {"kw", (PyCFunction)keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"unpack", unpack, METH_VARARGS, NULL}, {"encoded", encoded, METH_VARARGS, NULL}, {"converted", converted, METH_VARARGS, NULL}, {"one", one, METH_O, NULL},
    {"fast", (PyCFunction)fast, METH_FASTCALL, NULL}, {"fastkw", (PyCFunction)fastkw, METH_FASTCALL | METH_KEYWORDS, NULL}, {0}};
static int exec(PyObject *m) { return PyModule_AddIntConstant(m, "CONST", 42) || PyModule_AddStringConstant(m, "TEXT", "t"); }
static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "arguments", NULL, 8, methods, slots};
PyMODINIT_FUNC PyInit_arguments(void) { return PyModuleDef_Init(&def); }
