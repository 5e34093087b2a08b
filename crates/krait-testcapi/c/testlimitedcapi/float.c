/* `float`. */
#include "groups.h"

#define FUNCTIONS \
    F(O, float_check, number(PyFloat_Check(a))) \
    F(O, float_checkexact, number(PyFloat_CheckExact(a))) \
    F(O, float_fromstring, PyFloat_FromString(a)) \
    F(O, float_fromdouble, PyFloat_Check(a) ? PyFloat_FromDouble(PyFloat_AsDouble(a)) : PyNumber_Float(a)) \
    F(O, float_asdouble, real(PyFloat_AsDouble(a))) \
    F(NONE, float_getinfo, PyFloat_GetInfo()) \
    F(NONE, float_getmax, PyFloat_FromDouble(PyFloat_GetMax())) \
    F(NONE, float_getmin, PyFloat_FromDouble(PyFloat_GetMin()))
#include "../functions.h"

ADD_FUNCTIONS(float)
