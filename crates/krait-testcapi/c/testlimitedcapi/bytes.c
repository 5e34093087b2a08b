/* `bytes`. */
#include "groups.h"

static PyObject *asstring(PyObject *object, Py_ssize_t length)
{
    const char *text = PyBytes_AsString(object);
    return text == NULL ? NULL : PyBytes_FromStringAndSize(text, length);
}

static PyObject *asstringandsize(PyObject *object, Py_ssize_t length)
{
    char *text = NULL;
    Py_ssize_t its_size = -1;
    if (PyBytes_AsStringAndSize(object, &text, &its_size) < 0) {
        return NULL;
    }
    return text == NULL ? Py_BuildValue("(On)", Py_None, its_size)
                        : Py_BuildValue("(y#n)", text, length, its_size);
}

static PyObject *asstringandsize_null(PyObject *object, Py_ssize_t length)
{
    char *text = NULL;
    if (PyBytes_AsStringAndSize(object, &text, NULL) < 0) {
        return NULL;
    }
    return text == NULL ? Py_NewRef(Py_None) : PyBytes_FromStringAndSize(text, length);
}

/* The left operand, new or (where `fresh`) with one reference only. */
static PyObject *concat(PyObject *left, PyObject *right, int fresh)
{
    if (left != NULL && fresh) {
        left = PyBytes_FromStringAndSize(PyBytes_AsString(left), PyBytes_Size(left));
    } else {
        Py_XINCREF(left);
    }
    PyBytes_Concat(&left, right);
    return left == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : left;
}

static PyObject *concat_and_del(PyObject *left, PyObject *right)
{
    Py_XINCREF(left);
    PyBytes_ConcatAndDel(&left, Py_XNewRef(right));
    return left == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : left;
}

#define FUNCTIONS \
    F(O, bytes_check, number(PyBytes_Check(a))) \
    F(O, bytes_checkexact, number(PyBytes_CheckExact(a))) \
    F(S, bytes_fromstring, PyBytes_FromString(s)) \
    F(O, bytes_fromobject, PyBytes_FromObject(a)) \
    F(O, bytes_size, size(PyBytes_Size(a))) \
    F(ON, bytes_asstring, asstring(a, n)) \
    F(ON, bytes_asstringandsize, asstringandsize(a, n)) \
    F(ON, bytes_asstringandsize_null, asstringandsize_null(a, n)) \
    F(OI, bytes_repr, PyBytes_Repr(a, i)) \
    F(OO, bytes_concatanddel, concat_and_del(a, b))
static PyObject *fromstringandsize(PyObject *module, PyObject *args);
static PyObject *bytes_concat(PyObject *module, PyObject *args);
static PyObject *decodeescape(PyObject *module, PyObject *args);
#define FUNCTIONS_OF_ITS_OWN \
    {"bytes_fromstringandsize", fromstringandsize, METH_VARARGS, NULL}, \
    {"bytes_concat", bytes_concat, METH_VARARGS, NULL}, \
    {"bytes_decodeescape", decodeescape, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *fromstringandsize(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *text;
    Py_ssize_t text_size, length = -100;
    if (!PyArg_ParseTuple(args, "z#|n", &text, &text_size, &length)) {
        return NULL;
    }
    return PyBytes_FromStringAndSize(text, length == -100 ? text_size : length);
}

static PyObject *bytes_concat(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *left, *right;
    int fresh = 0;
    if (!PyArg_ParseTuple(args, "OO|p", &left, &right, &fresh)) {
        return NULL;
    }
    NULLED(left);
    NULLED(right);
    return concat(left, right, fresh);
}

static PyObject *decodeescape(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *text, *errors = NULL;
    Py_ssize_t text_size, length = -100;
    if (!PyArg_ParseTuple(args, "z#|zn", &text, &text_size, &errors, &length)) {
        return NULL;
    }
    return PyBytes_DecodeEscape(text, length == -100 ? text_size : length, errors, 0, NULL);
}

ADD_FUNCTIONS(bytes)
