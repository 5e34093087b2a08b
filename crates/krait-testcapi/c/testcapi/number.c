/* Numbers: one function of each operation. */
#include "groups.h"
#include "../results.h"

static PyObject *as_ssize(PyObject *object, PyObject *error)
{
    return size(PyNumber_AsSsize_t(object, error));
}

#define FUNCTIONS \
    F(O, number_check, PyBool_FromLong(PyNumber_Check(a))) \
    F(OO, number_add, PyNumber_Add(a, b)) \
    F(OO, number_subtract, PyNumber_Subtract(a, b)) \
    F(OO, number_multiply, PyNumber_Multiply(a, b)) \
    F(OO, number_matrixmultiply, PyNumber_MatrixMultiply(a, b)) \
    F(OO, number_floordivide, PyNumber_FloorDivide(a, b)) \
    F(OO, number_truedivide, PyNumber_TrueDivide(a, b)) \
    F(OO, number_remainder, PyNumber_Remainder(a, b)) \
    F(OO, number_divmod, PyNumber_Divmod(a, b)) \
    F(O, number_negative, PyNumber_Negative(a)) \
    F(O, number_positive, PyNumber_Positive(a)) \
    F(O, number_absolute, PyNumber_Absolute(a)) \
    F(O, number_invert, PyNumber_Invert(a)) \
    F(OO, number_lshift, PyNumber_Lshift(a, b)) \
    F(OO, number_rshift, PyNumber_Rshift(a, b)) \
    F(OO, number_and, PyNumber_And(a, b)) \
    F(OO, number_xor, PyNumber_Xor(a, b)) \
    F(OO, number_or, PyNumber_Or(a, b)) \
    F(OO, number_inplaceadd, PyNumber_InPlaceAdd(a, b)) \
    F(OO, number_inplacesubtract, PyNumber_InPlaceSubtract(a, b)) \
    F(OO, number_inplacemultiply, PyNumber_InPlaceMultiply(a, b)) \
    F(OO, number_inplacematrixmultiply, PyNumber_InPlaceMatrixMultiply(a, b)) \
    F(OO, number_inplacefloordivide, PyNumber_InPlaceFloorDivide(a, b)) \
    F(OO, number_inplacetruedivide, PyNumber_InPlaceTrueDivide(a, b)) \
    F(OO, number_inplaceremainder, PyNumber_InPlaceRemainder(a, b)) \
    F(OO, number_inplacelshift, PyNumber_InPlaceLshift(a, b)) \
    F(OO, number_inplacershift, PyNumber_InPlaceRshift(a, b)) \
    F(OO, number_inplaceand, PyNumber_InPlaceAnd(a, b)) \
    F(OO, number_inplacexor, PyNumber_InPlaceXor(a, b)) \
    F(OO, number_inplaceor, PyNumber_InPlaceOr(a, b)) \
    F(O, number_long, PyNumber_Long(a)) \
    F(O, number_float, PyNumber_Float(a)) \
    F(O, number_index, PyNumber_Index(a)) \
    F(OI, number_tobase, PyNumber_ToBase(a, i)) \
    F(OO, number_asssizet, as_ssize(a, b))
static PyObject *power(PyObject *module, PyObject *args);
static PyObject *inplace_power(PyObject *module, PyObject *args);
#define FUNCTIONS_OF_ITS_OWN \
    {"number_power", power, METH_VARARGS, NULL}, \
    {"number_inplacepower", inplace_power, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *raise_to(PyObject *args, PyObject *(*function)(PyObject *, PyObject *, PyObject *))
{
    PyObject *base, *exponent, *modulus = Py_None;
    TAKE("OO|O", &base, &exponent, &modulus)
    NULLED(base);
    NULLED(exponent);
    return function(base, exponent, modulus);
}

static PyObject *power(PyObject *Py_UNUSED(module), PyObject *args)
{
    return raise_to(args, PyNumber_Power);
}

static PyObject *inplace_power(PyObject *Py_UNUSED(module), PyObject *args)
{
    return raise_to(args, PyNumber_InPlacePower);
}

int testcapi_add_number(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
