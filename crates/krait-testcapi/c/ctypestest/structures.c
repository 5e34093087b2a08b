/* Functions that take and give structures. */

#include "ctypestest.h"

typedef struct { int x, y; } Pair;
typedef struct { long x, y; } Point;
typedef struct { long left, top, right, bottom; } Rectangle;
typedef struct { unsigned long first, second, third; } Large;
typedef struct { unsigned int first, second; } InRegister;
typedef struct { short x, y; } TwoShorts;
typedef struct { int a, b, c, d, e, f, g, h; } EightInts;

/* The sum; the structure itself goes where the pointer shows. */
EXPORT int _testfunc_byval(Pair in, Pair *out)
{
    if (out) {
        *out = in;
    }
    return in.x + in.y;
}

EXPORT TwoShorts ret_2h_func(TwoShorts in) { return (TwoShorts){in.x * 2, in.y * 3}; }

EXPORT EightInts ret_8i_func(EightInts in)
{
    return (EightInts){in.a * 2, in.b * 3, in.c * 4, in.d * 5, in.e * 6, in.f * 7, in.g * 8, in.h * 9};
}

/* What is done to a structure that was passed by value stays here. */
EXPORT void _testfunc_large_struct_update_value(Large in)
{
    volatile Large *own = &in;
    own->first = own->second = own->third = 0x0badf00d;
}

static InRegister last_in_register;

EXPORT void _testfunc_reg_struct_update_value(InRegister in)
{
    volatile InRegister *own = &in;
    last_in_register = in;
    own->first = own->second = 0x0badf00d;
}

EXPORT InRegister get_last_tfrsuv_arg(void) { return last_in_register; }

EXPORT void _testfunc_cbk_large_struct(Large in, void (*callback)(Large)) { callback(in); }

/* Arrays in structures: the sum of the items; structures whose items count from 1. */
typedef struct { unsigned char data[16]; } Bytes16;
typedef struct { float data[2], more_data[2]; } Floats4;

EXPORT int _testfunc_array_in_struct2(Bytes16 in)
{
    volatile Bytes16 *own = &in;
    int sum = 0;
    for (int i = 0; i < 16; i++) {
        sum += own->data[i];
        own->data[i] = 0;
    }
    return sum;
}

EXPORT double _testfunc_array_in_struct3A(Floats4 in)
{
    volatile Floats4 *own = &in;
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        sum += own->data[i] + own->more_data[i];
        own->data[i] = own->more_data[i] = 0;
    }
    return sum;
}

#define DOUBLES(letter, count)                                                       \
    typedef struct { double data[count]; } Doubles##count;                           \
    EXPORT double _testfunc_array_in_struct3##letter(Doubles##count in)              \
    {                                                                                \
        volatile Doubles##count *own = &in;                                          \
        double sum = 0;                                                              \
        for (int i = 0; i < count; i++) {                                            \
            sum += own->data[i];                                                     \
            own->data[i] = 0;                                                        \
        }                                                                            \
        return sum;                                                                  \
    }                                                                                \
    EXPORT Doubles##count _testfunc_array_in_struct3##letter##_set_defaults(void)    \
    {                                                                                \
        Doubles##count made;                                                         \
        for (int i = 0; i < count; i++) {                                            \
            made.data[i] = i + 1;                                                    \
        }                                                                            \
        return made;                                                                 \
    }

DOUBLES(B, 2)
DOUBLES(C, 4)
DOUBLES(D, 8)
DOUBLES(E, 9)

EXPORT long left = 10;
EXPORT long top = 20;
EXPORT long right = 30;
EXPORT long bottom = 40;

static int inside(const Rectangle *rectangle, Point point)
{
    return point.x >= rectangle->left && point.x <= rectangle->right
        && point.y >= rectangle->top && point.y <= rectangle->bottom;
}

EXPORT int PointInRect(Rectangle *rectangle, Point point) { return inside(rectangle, point); }

static int is_known(const Rectangle *rectangle)
{
    return rectangle->left == left && rectangle->top == top && rectangle->right == right
        && rectangle->bottom == bottom;
}

/* One of the rectangles; an empty one where any argument is not what it should be. */
EXPORT Rectangle ReturnRect(int which, Rectangle a, Rectangle *b, Point c, Rectangle d, Rectangle *e,
                            Point f, Rectangle g)
{
    if (!is_known(&a) || !is_known(b) || !is_known(&d) || !is_known(e) || !is_known(&g)
        || !inside(&a, c) || !inside(&a, f)) {
        return (Rectangle){0, 0, 0, 0};
    }
    switch (which) {
    case 0: return a;
    case 1: return d;
    case 2: return g;
    default: return *b;
    }
}

typedef struct {
    int A : 1, B : 2, C : 3, D : 4, E : 5, F : 6, G : 7, H : 8, I : 9;
    short M : 1, N : 2, O : 3, P : 4, Q : 5, R : 6, S : 7;
} Bits;

typedef struct __attribute__((ms_struct)) {
    int A : 1, B : 2, C : 3, D : 4, E : 5, F : 6, G : 7, H : 8, I : 9;
    short M : 1, N : 2, O : 3, P : 4, Q : 5, R : 6, S : 7;
} MicrosoftBits;

/* A field by its name; 999 for another name. */
#define UNPACK(function, type)                                                       \
    EXPORT int function(type *bits, char name)                                       \
    {                                                                                \
        switch (name) {                                                              \
        case 'A': return bits->A;                                                    \
        case 'B': return bits->B;                                                    \
        case 'C': return bits->C;                                                    \
        case 'D': return bits->D;                                                    \
        case 'E': return bits->E;                                                    \
        case 'F': return bits->F;                                                    \
        case 'G': return bits->G;                                                    \
        case 'H': return bits->H;                                                    \
        case 'I': return bits->I;                                                    \
        case 'M': return bits->M;                                                    \
        case 'N': return bits->N;                                                    \
        case 'O': return bits->O;                                                    \
        case 'P': return bits->P;                                                    \
        case 'Q': return bits->Q;                                                    \
        case 'R': return bits->R;                                                    \
        case 'S': return bits->S;                                                    \
        default: return 999;                                                         \
        }                                                                            \
    }

UNPACK(unpack_bitfields, Bits)
UNPACK(unpack_bitfields_msvc, MicrosoftBits)
