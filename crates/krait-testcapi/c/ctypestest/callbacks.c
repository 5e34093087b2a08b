/* Functions that call back. */

#include "ctypestest.h"

/* What the callback gives for a number, its half, the half of that... in all. */
#define HALVES(name, type)                                                           \
    EXPORT type name(type value, type (*callback)(type))                             \
    {                                                                                \
        type sum = 0;                                                                \
        for (; value != 0; value /= 2) {                                             \
            sum += callback(value);                                                  \
        }                                                                            \
        return sum;                                                                  \
    }

HALVES(_testfunc_callback_i_if, int)
HALVES(_testfunc_callback_q_qf, long long)

/* The callback with the squares. */
#define SQUARES(name, type)                                                          \
    EXPORT type name(type a, type b, type c, type d, type e,                         \
                     type (*callback)(type, type, type, type, type))                 \
    {                                                                                \
        return callback(a * a, b * b, c * c, d * d, e * e);                          \
    }

SQUARES(_testfunc_cbk_reg_int, int)
SQUARES(_testfunc_cbk_reg_double, double)

EXPORT int _testfunc_callback_with_pointer(int (*callback)(int *))
{
    static int numbers[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    return callback(numbers);
}

EXPORT long long _testfunc_callback_int_to_longlong(int (*callback)(void)) { return callback(); }

/* The integral of a function, by the values in the middle of so many parts. */
EXPORT double integrate(double from, double to, double (*function)(double), long parts)
{
    double width = (to - from) / parts, sum = 0;
    for (long i = 0; i < parts; i++) {
        sum += function(from + (i + 0.5) * width) * width;
    }
    return sum;
}
