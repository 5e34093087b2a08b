/* Constants of the interpreter. */
#include "groups.h"

#define FUNCTIONS \
    F(I, get_constant, Py_GetConstant((unsigned)i)) \
    F(I, get_constant_borrowed, borrowed(Py_GetConstantBorrowed((unsigned)i)))
#include "../functions.h"

ADD_FUNCTIONS(object)
