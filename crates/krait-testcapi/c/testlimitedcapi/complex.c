/* `complex`. */
#include "groups.h"

static PyObject *from_doubles(PyObject *module, PyObject *args);

#define FUNCTIONS \
    F(O, complex_check, number(PyComplex_Check(a))) \
    F(O, complex_checkexact, number(PyComplex_CheckExact(a))) \
    F(O, complex_realasdouble, real(PyComplex_RealAsDouble(a))) \
    F(O, complex_imagasdouble, real(PyComplex_ImagAsDouble(a)))
#define FUNCTIONS_OF_ITS_OWN {"complex_fromdoubles", from_doubles, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *from_doubles(PyObject *Py_UNUSED(module), PyObject *args)
{
    double real_part, imaginary_part;
    TAKE("dd", &real_part, &imaginary_part)
    return PyComplex_FromDoubles(real_part, imaginary_part);
}

ADD_FUNCTIONS(complex)
