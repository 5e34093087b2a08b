/* Objects of what functions of the API return. */
#ifndef RESULTS_H
#define RESULTS_H
#include <Python.h>

/* An int or a status; -1 is a failure where an exception is set. */
static inline PyObject *number(long value)
{
    return value == -1 && PyErr_Occurred() ? NULL : PyLong_FromLong(value);
}

static inline PyObject *size(Py_ssize_t value)
{
    return value == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(value);
}

/* A double that is -1.0 where the function failed. */
static inline PyObject *real(double value)
{
    return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value);
}

/* What is borrowed; `missing` stands for NULL without an exception. */
static inline PyObject *borrowed_or(PyObject *object, PyObject *missing)
{
    if (object == NULL) {
        if (PyErr_Occurred() || missing == NULL) {
            return NULL;
        }
        object = missing;
    }
    return Py_NewRef(object);
}

static inline PyObject *borrowed(PyObject *object)
{
    return borrowed_or(object, NULL);
}

/* None of a function that returns nothing. */
static inline PyObject *nothing(int status)
{
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

static inline PyObject *text_or_none(const char *text)
{
    return text == NULL ? Py_NewRef(Py_None) : PyUnicode_FromString(text);
}

#define AFTER(statement, result) ((statement), (result))
#endif
