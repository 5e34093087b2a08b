/* Blocks that C tells `tracemalloc` of, and blocks of no bytes. */
#include "groups.h"
#include "../results.h"
#include <pthread.h>

/* The arguments are a domain, the block's address, `n` sizes and whether to call without
 * the GIL. */
static PyObject *note(PyObject *args, int track)
{
    unsigned int domain;
    PyObject *address;
    Py_ssize_t length = 0;
    int without_gil = 0, status;
    if (track ? !PyArg_ParseTuple(args, "IOn|i", &domain, &address, &length, &without_gil)
              : !PyArg_ParseTuple(args, "IO|i", &domain, &address, &without_gil)) {
        return NULL;
    }
    uintptr_t place = (uintptr_t)PyLong_AsVoidPtr(address);
    if (PyErr_Occurred()) {
        return NULL;
    }
    PyThreadState *saved = without_gil ? PyEval_SaveThread() : NULL;
    status = track ? PyTraceMalloc_Track(domain, place, (size_t)length)
                   : PyTraceMalloc_Untrack(domain, place);
    if (without_gil) {
        PyEval_RestoreThread(saved);
    }
    if (status < 0) {
        PyErr_SetString(PyExc_RuntimeError, track ? "PyTraceMalloc_Track error"
                                                  : "PyTraceMalloc_Untrack error");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *tracemalloc_track(PyObject *Py_UNUSED(module), PyObject *args)
{
    return note(args, 1);
}

static PyObject *tracemalloc_untrack(PyObject *Py_UNUSED(module), PyObject *args)
{
    return note(args, 0);
}

enum { THREADS = 50, ROUNDS = 100 };

/* What a thread does that the interpreter does not know. */
static void *track_often(void *Py_UNUSED(nothing))
{
    for (uintptr_t place = 1; place <= ROUNDS; place++) {
        PyTraceMalloc_Track(123, place, 1);
    }
    return NULL;
}

/* Calls a function of `tracemalloc`. */
static int call_tracemalloc(const char *name)
{
    PyObject *module = PyImport_ImportModule("tracemalloc");
    PyObject *result = module == NULL ? NULL : PyObject_CallMethod(module, name, NULL);
    Py_XDECREF(module);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* Stops tracing while threads without the GIL tell of blocks. */
static PyObject *tracemalloc_track_race(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args))
{
    pthread_t threads[THREADS];
    int started = 0;
    if (call_tracemalloc("start") < 0) {
        return NULL;
    }
    while (started < THREADS
           && pthread_create(&threads[started], NULL, track_often, NULL) == 0) {
        started++;
    }
    int status = call_tracemalloc("stop");
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    Py_END_ALLOW_THREADS
    return nothing(status);
}

/* Asks for blocks of no bytes, which are not NULL. */
static PyObject *test_pymem_alloc0(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args))
{
    void *blocks[] = {
        PyMem_RawMalloc(0), PyMem_RawCalloc(0, 0), PyMem_Malloc(0),
        PyMem_Calloc(0, 0), PyObject_Malloc(0), PyObject_Calloc(0, 0),
    };
    void (*const frees[])(void *) = {PyMem_RawFree, PyMem_Free, PyObject_Free};
    int missing = 0;
    for (int i = 0; i < 6; i++) {
        missing += blocks[i] == NULL;
        frees[i / 2](blocks[i]);
    }
    if (missing > 0) {
        PyErr_SetString(PyExc_RuntimeError, "a block of no bytes is NULL");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"tracemalloc_track", tracemalloc_track, METH_VARARGS, NULL},
    {"tracemalloc_untrack", tracemalloc_untrack, METH_VARARGS, NULL},
    {"tracemalloc_track_race", tracemalloc_track_race, METH_NOARGS, NULL},
    {"test_pymem_alloc0", test_pymem_alloc0, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_tracemalloc(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
