/* `bytearray`. */
#include "groups.h"
#include <string.h>

static PyObject *asstring(PyObject *object, Py_ssize_t length)
{
    const char *text = PyByteArray_AsString(object);
    return text == NULL ? NULL : PyByteArray_FromStringAndSize(text, length);
}

#define FUNCTIONS \
    F(O, bytearray_check, number(PyByteArray_Check(a))) \
    F(O, bytearray_checkexact, number(PyByteArray_CheckExact(a))) \
    F(O, bytearray_fromobject, PyByteArray_FromObject(a)) \
    F(O, bytearray_size, size(PyByteArray_Size(a))) \
    F(ON, bytearray_asstring, asstring(a, n)) \
    F(OO, bytearray_concat, PyByteArray_Concat(a, b)) \
    F(ON, bytearray_resize, number(PyByteArray_Resize(a, n)))
static PyObject *fromstringandsize(PyObject *module, PyObject *args);
#define FUNCTIONS_OF_ITS_OWN {"bytearray_fromstringandsize", fromstringandsize, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *fromstringandsize(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *text;
    Py_ssize_t text_size, length = -100;
    if (!PyArg_ParseTuple(args, "z#|n", &text, &text_size, &length)) {
        return NULL;
    }
    return PyByteArray_FromStringAndSize(text, length == -100 ? text_size : length);
}

ADD_FUNCTIONS(bytearray)
