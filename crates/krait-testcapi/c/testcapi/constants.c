/* Limits and sizes of C's types, and how the interpreter is built. */
#include "groups.h"
#include <float.h>
#include <limits.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>
#include <wchar.h>

typedef struct { const char *name; PyObject *value; } Constant;

static int add_all(PyObject *module, const Constant *constants)
{
    int status = 0;
    for (; constants->name != NULL; constants++) {
        if (status == 0 && PyModule_AddObjectRef(module, constants->name, constants->value) < 0) {
            status = -1;
        }
        Py_XDECREF(constants->value);
    }
    return status;
}

#define SIGNED(name) {#name, PyLong_FromLongLong(name)}
#define UNSIGNED(name) {#name, PyLong_FromUnsignedLongLong(name)}
#define REAL(name) {#name, PyFloat_FromDouble(name)}
#define SIZE(name, type) {#name, PyLong_FromSize_t(sizeof(type))}

int testcapi_add_constants(PyObject *module)
{
    Constant constants[] = {
        SIGNED(SHRT_MIN), SIGNED(SHRT_MAX), UNSIGNED(USHRT_MAX), UNSIGNED(UCHAR_MAX),
        SIGNED(INT_MIN), SIGNED(INT_MAX), UNSIGNED(UINT_MAX),
        SIGNED(LONG_MIN), SIGNED(LONG_MAX), UNSIGNED(ULONG_MAX),
        SIGNED(LLONG_MIN), SIGNED(LLONG_MAX), UNSIGNED(ULLONG_MAX),
        SIGNED(INT32_MIN), SIGNED(INT32_MAX), UNSIGNED(UINT32_MAX),
        SIGNED(INT64_MIN), SIGNED(INT64_MAX), UNSIGNED(UINT64_MAX),
        SIGNED(PY_SSIZE_T_MIN), SIGNED(PY_SSIZE_T_MAX), UNSIGNED(SIZE_MAX),
        {"CHAR_MIN", PyLong_FromLong(CHAR_MIN)}, {"CHAR_MAX", PyLong_FromLong(CHAR_MAX)},
        REAL(FLT_MIN), REAL(FLT_MAX), REAL(DBL_MIN), REAL(DBL_MAX),
        SIZE(SIZEOF_VOID_P, void *), SIZE(SIZEOF_WCHAR_T, wchar_t),
        SIZE(SIZEOF_TIME_T, time_t), SIZE(SIZEOF_PID_T, pid_t),
        SIGNED(Py_single_input), SIGNED(Py_file_input), SIGNED(Py_eval_input),
        {"_Py_STACK_GROWS_DOWN", PyLong_FromLong(1)},
        {"WITH_PYMALLOC", PyBool_FromLong(0)},
        {"WITH_MIMALLOC", PyBool_FromLong(0)},
        {"the_number_three", PyLong_FromLong(3)},
        {NULL, NULL},
    };
    return add_all(module, constants);
}
