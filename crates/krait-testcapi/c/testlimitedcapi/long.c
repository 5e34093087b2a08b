/* `int`. */
#include "groups.h"
#include <stdint.h>

/* A number that is -1 where the function failed. */
#define UNLESS_FAILED(type, convert, call) \
    type value = call; \
    return value == (type)-1 && PyErr_Occurred() ? NULL : convert(value);

#define CONVERTER(name, type, api, convert) \
    static PyObject *name(PyObject *object) { UNLESS_FAILED(type, convert, api(object)) }

CONVERTER(as_long, long, PyLong_AsLong, PyLong_FromLong)
CONVERTER(as_long_long, long long, PyLong_AsLongLong, PyLong_FromLongLong)
CONVERTER(as_unsigned_long, unsigned long, PyLong_AsUnsignedLong, PyLong_FromUnsignedLong)
CONVERTER(as_unsigned_long_mask, unsigned long, PyLong_AsUnsignedLongMask, PyLong_FromUnsignedLong)
CONVERTER(as_unsigned_long_long, unsigned long long, PyLong_AsUnsignedLongLong,
          PyLong_FromUnsignedLongLong)
CONVERTER(as_unsigned_long_long_mask, unsigned long long, PyLong_AsUnsignedLongLongMask,
          PyLong_FromUnsignedLongLong)
CONVERTER(as_size_t, size_t, PyLong_AsSize_t, PyLong_FromSize_t)

static PyObject *with_int(PyObject *object, long long (*api)(PyObject *, int *))
{
    int overflow = -1000;
    long long value = api(object, &overflow);
    return value == -1 && PyErr_Occurred() ? NULL : Py_BuildValue("Li", value, overflow);
}

static long long long_and_overflow(PyObject *object, int *overflow)
{
    return PyLong_AsLongAndOverflow(object, overflow);
}

static PyObject *as_int32(PyObject *object)
{
    int32_t value;
    return PyLong_AsInt32(object, &value) < 0 ? NULL : PyLong_FromInt32(value);
}

static PyObject *as_uint32(PyObject *object)
{
    uint32_t value;
    return PyLong_AsUInt32(object, &value) < 0 ? NULL : PyLong_FromUInt32(value);
}

static PyObject *as_int64(PyObject *object)
{
    int64_t value;
    return PyLong_AsInt64(object, &value) < 0 ? NULL : PyLong_FromInt64(value);
}

static PyObject *as_uint64(PyObject *object)
{
    uint64_t value;
    return PyLong_AsUInt64(object, &value) < 0 ? NULL : PyLong_FromUInt64(value);
}

static PyObject *as_void_pointer(PyObject *object)
{
    void *value = PyLong_AsVoidPtr(object);
    if (value == NULL) {
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    }
    return Py_NewRef((PyObject *)value);
}

#define FUNCTIONS \
    F(O, pylong_check, number(PyLong_Check(a))) \
    F(O, pylong_checkexact, number(PyLong_CheckExact(a))) \
    F(O, pylong_fromvoidptr, PyLong_FromVoidPtr(a)) \
    F(O, PyLong_AsInt, number(PyLong_AsInt(a))) \
    F(O, pylong_aslong, as_long(a)) \
    F(O, pylong_aslonglong, as_long_long(a)) \
    F(O, pylong_aslongandoverflow, with_int(a, long_and_overflow)) \
    F(O, pylong_aslonglongandoverflow, with_int(a, PyLong_AsLongLongAndOverflow)) \
    F(O, pylong_asunsignedlong, as_unsigned_long(a)) \
    F(O, pylong_asunsignedlongmask, as_unsigned_long_mask(a)) \
    F(O, pylong_asunsignedlonglong, as_unsigned_long_long(a)) \
    F(O, pylong_asunsignedlonglongmask, as_unsigned_long_long_mask(a)) \
    F(O, pylong_as_ssize_t, size(PyLong_AsSsize_t(a))) \
    F(O, pylong_as_size_t, as_size_t(a)) \
    F(O, pylong_asdouble, real(PyLong_AsDouble(a))) \
    F(O, pylong_asvoidptr, as_void_pointer(a)) \
    F(O, pylong_aspid, number(PyLong_AsInt(a))) \
    F(O, pylong_asint32, as_int32(a)) \
    F(O, pylong_asuint32, as_uint32(a)) \
    F(O, pylong_asint64, as_int64(a)) \
    F(O, pylong_asuint64, as_uint64(a))
static PyObject *from_string(PyObject *module, PyObject *args);
static PyObject *from_double(PyObject *module, PyObject *arg);
#define FUNCTIONS_OF_ITS_OWN \
    {"pylong_fromstring", from_string, METH_VARARGS, NULL}, \
    {"pylong_fromdouble", from_double, METH_O, NULL},
#include "../functions.h"

/* (number, how much of the text was read) */
static PyObject *from_string(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *text;
    Py_ssize_t text_size;
    int base;
    char *end = NULL;
    TAKE("z#i", &text, &text_size, &base)
    PyObject *result = PyLong_FromString(text, &end, base);
    if (result == NULL) {
        return NULL;
    }
    return Py_BuildValue("Nn", result, (Py_ssize_t)(end - text));
}

static PyObject *from_double(PyObject *Py_UNUSED(module), PyObject *arg)
{
    double value = PyFloat_AsDouble(arg);
    return value == -1.0 && PyErr_Occurred() ? NULL : PyLong_FromDouble(value);
}

ADD_FUNCTIONS(long)
