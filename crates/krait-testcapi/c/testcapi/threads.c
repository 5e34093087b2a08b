/* Threads that C made, signals, and generators as C drives them. */
#include "groups.h"
#include "../results.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* What a thread of C's own calls; one at a time. */
typedef struct {
    PyObject *callback;
    pthread_t thread;
    int running;
} Temporary;

static Temporary temporary;

/* Enters the interpreter in a thread that it does not know. */
static void *enter_and_call(void *callback)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *result = PyObject_CallNoArgs((PyObject *)callback);
    if (result == NULL) {
        PyErr_Print();
    } else {
        Py_DECREF(result);
    }
    PyGILState_Release(state);
    return NULL;
}

static PyObject *join_temporary(void)
{
    Py_BEGIN_ALLOW_THREADS
    pthread_join(temporary.thread, NULL);
    Py_END_ALLOW_THREADS
    temporary.running = 0;
    Py_CLEAR(temporary.callback);
    Py_RETURN_NONE;
}

static PyObject *call_in_temporary_c_thread(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *callback;
    int wait = 1;
    if (!PyArg_ParseTuple(args, "O|i", &callback, &wait)) {
        return NULL;
    }
    if (temporary.running) {
        PyErr_SetString(PyExc_RuntimeError, "there is a thread already");
        return NULL;
    }
    temporary.callback = Py_NewRef(callback);
    if (pthread_create(&temporary.thread, NULL, enter_and_call, temporary.callback) != 0) {
        Py_CLEAR(temporary.callback);
        PyErr_SetString(PyExc_RuntimeError, "unable to start the thread");
        return NULL;
    }
    temporary.running = 1;
    if (wait) {
        return join_temporary();
    }
    Py_RETURN_NONE;
}

static PyObject *join_temporary_c_thread(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    if (!temporary.running) {
        PyErr_SetString(PyExc_RuntimeError, "there is no thread");
        return NULL;
    }
    return join_temporary();
}

/* The callback must not return: its thread hangs when the interpreter is gone. */
static PyObject *finalize_thread_hang(PyObject *Py_UNUSED(module), PyObject *callback)
{
    PyObject *result = PyObject_CallNoArgs(callback);
    Py_XDECREF(result);
    fprintf(stderr, "finalize_thread_hang: the callback returned\n");
    abort();
}

/* The signal is handled before the generator's next step, in the innermost frame. */
static PyObject *raise_SIGINT_then_send_None(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *generator;
    if (!PyArg_ParseTuple(args, "O!", &PyGen_Type, &generator)) {
        return NULL;
    }
    raise(SIGINT);
    return PyObject_CallMethod(generator, "send", "O", Py_None);
}

static PyMethodDef functions[] = {
    {"call_in_temporary_c_thread", call_in_temporary_c_thread, METH_VARARGS, NULL},
    {"join_temporary_c_thread", join_temporary_c_thread, METH_NOARGS, NULL},
    {"finalize_thread_hang", finalize_thread_hang, METH_O, NULL},
    {"raise_SIGINT_then_send_None", raise_SIGINT_then_send_None, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_threads(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
