/* Functions that take one argument of each type, some behind another: a third of it. What
 * they got is kept, and module.c tells it. */

#include "ctypestest.h"

long long last_signed;
unsigned long long last_unsigned;

#define KEEP(value) (last_signed = (long long)(value), last_unsigned = (unsigned long long)(long long)(value))
#define KEEP_UNSIGNED(value) (last_unsigned = (unsigned long long)(value), last_signed = (long long)last_unsigned)

#define THIRD(code, type, keep)                                                      \
    EXPORT type tf_##code(type value) { keep(value); return value / 3; }             \
    EXPORT type tf_b##code(signed char before, type value)                           \
    {                                                                                \
        (void)before;                                                                \
        keep(value);                                                                 \
        return value / 3;                                                            \
    }

THIRD(b, signed char, KEEP)
THIRD(B, unsigned char, KEEP_UNSIGNED)
THIRD(h, short, KEEP)
THIRD(H, unsigned short, KEEP_UNSIGNED)
THIRD(i, int, KEEP)
THIRD(I, unsigned int, KEEP_UNSIGNED)
THIRD(l, long, KEEP)
THIRD(L, unsigned long, KEEP_UNSIGNED)
THIRD(q, long long, KEEP)
THIRD(Q, unsigned long long, KEEP_UNSIGNED)
THIRD(f, float, KEEP)
THIRD(d, double, KEEP)
THIRD(D, long double, KEEP)

EXPORT void tv_i(int value) { KEEP(value); }

/* Several arguments at once: their sum. */
#define SUM(name, type, last)                                                        \
    EXPORT type name(signed char b, short h, int i, long l, float f, last d)         \
    {                                                                                \
        return (type)(b + h + i + l + f + d);                                        \
    }

SUM(_testfunc_i_bhilfd, int, double)
SUM(_testfunc_f_bhilfd, float, double)
SUM(_testfunc_d_bhilfd, double, double)
SUM(_testfunc_D_bhilfD, long double, long double)
SUM(_testfunc_q_bhilfd, long long, double)

EXPORT long long _testfunc_q_bhilfdq(signed char b, short h, int i, long l, float f, double d, long long q)
{
    return (long long)(b + h + i + l + f + d + q);
}

EXPORT void _testfunc_v(int a, int b, int *result) { *result = a + b; }

/* Doubles what both pointers show. */
EXPORT void TwoOutArgs(int a, int *first, int b, int *second)
{
    *first += a;
    *second += b;
}

EXPORT void *_testfunc_p_p(void *pointer) { return pointer; }

/* The last of so many texts. */
EXPORT char *_testfunc_c_p_p(int *count, char **texts) { return texts[*count - 1]; }

EXPORT int *_testfunc_ai8(int numbers[8]) { return numbers; }
