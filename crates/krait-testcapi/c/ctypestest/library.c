/* Functions of the C library under names of their own, and a variable. */

#include <complex.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "ctypestest.h"

EXPORT int an_integer = 42;

EXPORT int get_an_integer(void) { return an_integer; }

EXPORT double my_sqrt(double value) { return sqrt(value); }
EXPORT double complex my_csqrt(double complex value) { return csqrt(value); }
EXPORT float complex my_csqrtf(float complex value) { return csqrtf(value); }
EXPORT long double complex my_csqrtl(long double complex value) { return csqrtl(value); }

EXPORT void my_qsort(void *base, size_t count, size_t width, int (*compare)(const void *, const void *))
{
    qsort(base, count, width, compare);
}

EXPORT char *my_strtok(char *text, const char *delimiters) { return strtok(text, delimiters); }
EXPORT char *my_strchr(const char *text, int wanted) { return strchr(text, wanted); }
EXPORT char *my_strdup(const char *text) { return strdup(text); }
EXPORT wchar_t *my_wcsdup(const wchar_t *text) { return wcsdup(text); }
EXPORT size_t my_wcslen(const wchar_t *text) { return wcslen(text); }
EXPORT void my_free(void *block) { free(block); }

EXPORT int myprintf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vprintf(format, arguments);
    va_end(arguments);
    return written;
}

EXPORT void *get_strchr(void) { return (void *)my_strchr; }
