/* What the C sources of this crate know of the C API: Krait's own declarations of the structs
 * and macros of CPython 3.14 that they use; `api.h` has the functions. The layouts are those of
 * krait-abi, which a test compares with CPython's headers. */
#ifndef KRAIT_PYTHON_H
#define KRAIT_PYTHON_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <wchar.h>

#define PyMODINIT_FUNC __attribute__((visibility("default"))) PyObject *
#define Py_UNUSED(name) _unused_##name __attribute__((unused))
#define Py_ABS(x) ((x) < 0 ? -(x) : (x))
#define Py_MIN(x, y) ((x) > (y) ? (y) : (x))
#define Py_MAX(x, y) ((x) > (y) ? (x) : (y))

typedef ssize_t Py_ssize_t;
typedef Py_ssize_t Py_hash_t;
typedef uint8_t Py_UCS1;
typedef uint16_t Py_UCS2;
typedef uint32_t Py_UCS4;
typedef int64_t PyTime_t;
typedef enum { PyGILState_LOCKED, PyGILState_UNLOCKED } PyGILState_STATE;

#define PY_SSIZE_T_MAX SSIZE_MAX
#define PY_SSIZE_T_MIN (-PY_SSIZE_T_MAX - 1)

#include "objects.h"
#include "types.h"
#include "api.h"
#include "macros.h"

#endif
