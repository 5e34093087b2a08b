/* Interpreters that C starts and ends, and the end of the program from C. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "check.h"

static long long current_id(void)
{
    return (long long)PyInterpreterState_GetID(PyInterpreterState_Get());
}

static void run(const char *code)
{
    if (PyRun_SimpleString(code) < 0)
        puts("failed");
    PyRun_SimpleString("import sys; sys.stdout.flush()");
}

static PyObject *legacy(PyObject *self, PyObject *arg)
{
    PyThreadState *before = PyThreadState_Get();
    PyInterpreterState *own = PyInterpreterState_Get();
    long long id = current_id();
    PyThreadState *made = Py_NewInterpreter();
    printf("made %d current %d other %d id %d\n", made != NULL, PyThreadState_Get() == made,
           PyInterpreterState_Get() != own, current_id() > id);
    printf("head %d next %d threads %d %d\n", PyInterpreterState_Head() == PyInterpreterState_Get(),
           PyInterpreterState_Next(PyInterpreterState_Head()) == own,
           PyInterpreterState_ThreadHead(PyInterpreterState_Get()) == made, PyThreadState_Next(made) == NULL);
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get());
    printf("dicts %d %d\n", PyDict_Check(dict), PyInterpreterState_GetDict(own) != dict);
    run("import sys, json; print('modules', 'json' in sys.modules, 'of_the_first' in sys.modules)");
    run("import __main__; print(hasattr(__main__, 'name_of_the_first')); x = 5");
    run("print('x' in globals(), __name__, sys.argv == [''] or sys.argv)");
    run("import atexit; atexit.register(print, 'at exit of the second')");
    run("import threading\n"
        "at_end = threading.Event()\n"
        "threading._register_atexit(at_end.set)\n"
        "threading.Thread(target=lambda: (at_end.wait(), print('thread of the second'))).start()");
    run("import gc; print(gc.isenabled(), threading.current_thread() is threading.main_thread())");
    run("class A:\n def __del__(self): print('finalizer of the second')\nkept = A()");
    run("1/0");
    run("import _interpreters; print(_interpreters.get_current()[1], _interpreters.whence(_interpreters.get_current()[0]))");
    Py_EndInterpreter(made);
    printf("none left %d\n", PyThreadState_GetUnchecked() == NULL);
    printf("no state %p\n", (void *)PyThreadState_Swap(before));
    printf("back %d %d\n", PyThreadState_Get() == before, PyInterpreterState_Get() == own);
    run("print(name_of_the_first)");
    Py_RETURN_NONE;
}

static PyObject *configured(PyObject *self, PyObject *arg)
{
    PyThreadState *before = PyThreadState_Get(), *made = (PyThreadState *)1;
    PyInterpreterConfig config = {.check_multi_interp_extensions = 0, .gil = PyInterpreterConfig_OWN_GIL};
    PyStatus status = Py_NewInterpreterFromConfig(&made, &config);
    printf("%d %s %d\n", PyStatus_Exception(status), status.err_msg, made == NULL);
    config = (PyInterpreterConfig){.check_multi_interp_extensions = 1, .gil = 7};
    status = Py_NewInterpreterFromConfig(&made, &config);
    printf("%d %s %d\n", PyStatus_Exception(status), status.err_msg, made == NULL);
    printf("still %d\n", PyThreadState_Get() == before);
    config = (PyInterpreterConfig){.check_multi_interp_extensions = 1, .allow_threads = 1,
                                   .gil = PyInterpreterConfig_SHARED_GIL, .use_main_obmalloc = 1};
    status = Py_NewInterpreterFromConfig(&made, &config);
    printf("%d %d\n", PyStatus_Exception(status), made == PyThreadState_Get());
    run("import os\ntry: os.fork()\nexcept RuntimeError as error: print(error)");
    run("import threading\ntry: threading.Thread(target=print, daemon=True).start()\nexcept RuntimeError as error: print(error)");
    run("t = threading.Thread(target=print, args=('a thread',)); t.start(); t.join()");
    /* Another state of the same interpreter, and back. */
    PyThreadState *second = PyThreadState_New(PyInterpreterState_Get());
    printf("same %d\n", PyThreadState_GetInterpreter(second) == PyInterpreterState_Get());
    PyThreadState_Swap(second);
    run("kept = 'by the second state'");
    PyThreadState_Swap(made);
    PyThreadState_Clear(second);
    PyThreadState_Delete(second);
    run("print(kept)");
    Py_EndInterpreter(made);
    PyThreadState_Swap(before);
    Py_RETURN_NONE;
}

static PyObject *bare(PyObject *self, PyObject *arg)
{
    long long id = current_id();
    PyInterpreterState *made = PyInterpreterState_New();
    printf("%d %d %d\n", made != NULL, PyInterpreterState_GetID(made) > id, PyInterpreterState_Head() == made);
    PyThreadState *state = PyThreadState_New(made);
    printf("%d\n", PyThreadState_GetInterpreter(state) == made);
    PyThreadState_Clear(state);
    PyThreadState_Delete(state);
    PyInterpreterState_Delete(made);
    printf("%d\n", PyInterpreterState_Head() == PyInterpreterState_Get());
    SHOW_LONG(PyInterpreterState_GetID(NULL));
    Py_RETURN_NONE;
}

static void first(void) { puts("first of C"); }
static void second(void) { printf("second of C, initialized %d\n", Py_IsInitialized()); }

static PyObject *finalize(PyObject *self, PyObject *arg)
{
    printf("%d %d\n", Py_AtExit(first), Py_AtExit(second));
    printf("initialized %d finalizing %d\n", Py_IsInitialized(), Py_IsFinalizing());
    printf("status %d\n", Py_FinalizeEx());
    printf("initialized %d finalizing %d\n", Py_IsInitialized(), Py_IsFinalizing());
    printf("again %d\n", Py_FinalizeEx());
    Py_Finalize();
    exit(7);
}

static PyObject *leave(PyObject *self, PyObject *arg)
{
    Py_AtExit(first);
    Py_Exit(9);
}

static PyObject *second_main(PyObject *self, PyObject *args)
{
    char *argv[8] = {0};
    int argc = (int)PyTuple_GET_SIZE(args);
    for (int i = 0; i < argc; i++)
        argv[i] = (char *)PyUnicode_AsUTF8(PyTuple_GET_ITEM(args, i));
    int code = Py_BytesMain(argc, argv);
    printf("code %d initialized %d\n", code, Py_IsInitialized());
    _exit(code);
}

static PyObject *wide_main(PyObject *self, PyObject *args)
{
    wchar_t *argv[8] = {0};
    int argc = (int)PyTuple_GET_SIZE(args);
    for (int i = 0; i < argc; i++)
        argv[i] = PyUnicode_AsWideCharString(PyTuple_GET_ITEM(args, i), NULL);
    int code = Py_Main(argc, argv);
    printf("code %d initialized %d\n", code, Py_IsInitialized());
    _exit(code);
}

static PyObject *end_current(PyObject *self, PyObject *arg)
{
    Py_EndInterpreter(PyThreadState_Get());
    Py_RETURN_NONE;
}

static PyObject *end_other(PyObject *self, PyObject *arg)
{
    PyThreadState *before = PyThreadState_Get();
    Py_NewInterpreter();
    Py_EndInterpreter(before);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"legacy", legacy, METH_NOARGS},         {"configured", configured, METH_NOARGS},
    {"bare", bare, METH_NOARGS},             {"finalize", finalize, METH_NOARGS},
    {"leave", leave, METH_NOARGS},           {"second_main", second_main, METH_VARARGS},
    {"wide_main", wide_main, METH_VARARGS},  {"end_current", end_current, METH_NOARGS},
    {"end_other", end_other, METH_NOARGS},   {0}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "interpreters", NULL, -1, methods};
PyMODINIT_FUNC PyInit_interpreters(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    return PyModule_Create(&definition);
}
