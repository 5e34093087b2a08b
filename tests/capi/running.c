/* Threads of C's, locks, pending calls, running code, imports, sys, context variables. */
#include <Python.h>
#include <frameobject.h>
#include <pthread.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "check.h"

static void *worker(void *arg)
{
    printf("before %d\n", PyGILState_Check());
    PyGILState_STATE s = PyGILState_Ensure();
    PyGILState_STATE t = PyGILState_Ensure();
    PyObject *r = PyObject_CallFunction((PyObject *)arg, "i", 7); show("in thread", r);
    printf("state %d %d\n", PyThreadState_Get() != NULL, PyGILState_GetThisThreadState() == PyThreadState_Get());
    Py_BEGIN_ALLOW_THREADS printf("allowed %d\n", PyGILState_Check()); Py_END_ALLOW_THREADS
    PyGILState_Release(t); printf("still %d\n", PyGILState_Check()); PyGILState_Release(s); printf("after %d\n", PyGILState_Check()); return NULL;
}
static PyObject *threads(PyObject *self, PyObject *callable)
{
    for (int i = 0; i < 3; i++) { pthread_t t; pthread_create(&t, NULL, worker, callable); Py_BEGIN_ALLOW_THREADS pthread_join(t, NULL); Py_END_ALLOW_THREADS }
    PyThread_type_lock l = PyThread_allocate_lock(); SHOW_LONG(PyThread_acquire_lock(l, 1)); SHOW_LONG(PyThread_acquire_lock(l, 0)); SHOW_LONG(PyThread_acquire_lock_timed(l, 1000, 0)); PyThread_release_lock(l); SHOW_LONG(PyThread_acquire_lock(l, 0)); PyThread_release_lock(l); PyThread_free_lock(l);
    Py_tss_t key = Py_tss_NEEDS_INIT; SHOW_LONG(PyThread_tss_is_created(&key)); SHOW_LONG(PyThread_tss_create(&key)); SHOW_LONG(PyThread_tss_set(&key, &key)); SHOW_LONG(PyThread_tss_get(&key) == &key); PyThread_tss_delete(&key);
    PyMutex m = {0}; PyMutex_Lock(&m); SHOW_LONG(PyMutex_IsLocked(&m)); PyMutex_Unlock(&m); SHOW_LONG(PyMutex_IsLocked(&m));
    Py_BEGIN_CRITICAL_SECTION(callable); puts("critical"); Py_END_CRITICAL_SECTION();
    SHOW_LONG(PyThreadState_Get()->interp == PyInterpreterState_Get()); SHOW_LONG(PyInterpreterState_GetID(PyInterpreterState_Get())); SHOW_LONG(PyDict_Check(PyThreadState_GetDict())); SHOW_LONG(PyDict_Check(PyInterpreterState_GetDict(PyInterpreterState_Get())));
    PyThreadState *saved = PyEval_SaveThread(); printf("%d\n", PyThreadState_GetUnchecked() == NULL); PyEval_RestoreThread(saved); SHOW_LONG(PyGILState_Check()); Py_RETURN_NONE;
}
static int pending(void *arg) { printf("pending %ld\n", (long)arg); return 0; }
static PyObject *later(PyObject *self, PyObject *unused) { Py_AddPendingCall(pending, (void *)1); Py_AddPendingCall(pending, (void *)2); Py_RETURN_NONE; }
static PyObject *code(PyObject *self, PyObject *unused)
{
    PyObject *g = PyDict_New(); SHOW(PyRun_String("1 + 2", Py_eval_input, g, g)); SHOW(PyRun_String("x = [i for i in range(3)]\ndef f(a): return a * 2\n", Py_file_input, g, g)); SHOW(PyObject_CallFunction(PyDict_GetItemString(g, "f"), "i", 4)); SHOW(PyRun_String("1 +", Py_eval_input, g, g)); SHOW(PyRun_String("1/0", Py_eval_input, g, g));
    PyObject *c = Py_CompileString("a = 5\nb = a", "file.py", Py_file_input); SHOW(PyObject_GetAttrString(c, "co_filename")); SHOW(PyEval_EvalCode(c, g, g)); SHOW(Py_XNewRef(PyDict_GetItemString(g, "b"))); SHOW_LONG(PyRun_SimpleString("print('simple')"));
    SHOW(PyImport_ImportModule("os.path")); SHOW(PyImport_ImportModule("nope_at_all")); SHOW(PyImport_GetModule(PyUnicode_FromString("sys"))); SHOW_LONG(PyDict_Check(PyImport_GetModuleDict())); SHOW(Py_XNewRef(PySys_GetObject("maxunicode"))); SHOW(Py_XNewRef(PySys_GetObject("nope"))); PySys_WriteStdout("%s %d\n", "written", 5); PySys_FormatStdout("%R\n", Py_None);
    PyObject *v = PyContextVar_New("var", PyLong_FromLong(1)), *out; SHOW_LONG(PyContextVar_Get(v, NULL, &out)); SHOW(out); PyObject *tok = PyContextVar_Set(v, PyLong_FromLong(2)); PyContextVar_Get(v, NULL, &out); SHOW(out); SHOW_LONG(PyContextVar_Reset(v, tok)); PyContextVar_Get(v, NULL, &out); SHOW(out);
    PyObject *ctx = PyContext_CopyCurrent(); SHOW_LONG(PyContext_Enter(ctx)); PyContextVar_Set(v, PyLong_FromLong(9)); PyContextVar_Get(v, NULL, &out); SHOW(out); SHOW_LONG(PyContext_Exit(ctx)); PyContextVar_Get(v, NULL, &out); SHOW(out); SHOW_LONG(PyContext_Exit(ctx) == -1); SHOW_LONG(PyContextVar_CheckExact(v));
    PyCodeObject *e = PyCode_NewEmpty("f.c", "func", 42); SHOW(PyObject_GetAttrString((PyObject *)e, "co_name")); SHOW(PyObject_GetAttrString((PyObject *)e, "co_firstlineno")); PyFrameObject *f = PyFrame_New(PyThreadState_Get(), e, g, NULL); SHOW_LONG(PyFrame_GetLineNumber(f)); PyErr_SetString(PyExc_ValueError, "placed"); PyTraceBack_Here(f); PyErr_Print();
    SHOW(PyMemoryView_FromMemory("abc", 3, PyBUF_READ)); SHOW(PyWeakref_NewRef((PyObject *)&PyLong_Type, NULL)); SHOW(PyWeakref_NewRef(Py_None, NULL)); SHOW(PyOS_FSPath(PyUnicode_FromString("p"))); SHOW(PyOS_FSPath(Py_None)); SHOW_LONG(PyObject_AsFileDescriptor(PyLong_FromLong(3))); SHOW_LONG(PyObject_AsFileDescriptor(Py_None)); SHOW(PyErr_Occurred()); SHOW_LONG(PyCallable_Check(Py_None));
    SHOW(Py_GenericAlias((PyObject *)&PyList_Type, (PyObject *)&PyLong_Type)); SHOW_LONG(Py_HashPointer((void *)16)); SHOW_LONG(PyGC_Collect() >= 0); PyGC_Enable(); SHOW_LONG(PyGC_Disable()); SHOW_LONG(PyGC_IsEnabled()); SHOW_LONG(PyGC_Enable()); Py_RETURN_NONE;
}
static ucontext_t here, there;
static PyObject *there_called, *there_gave;
static void on_it(void) { there_gave = PyObject_CallNoArgs(there_called); }
/* Calls Python on a stack of the extension's own, which lies below the thread's, or above it. */
static PyObject *other_stack(PyObject *m, PyObject *f) {
    size_t size = 1 << 20;
    void *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) return PyErr_NoMemory();
    getcontext(&there);
    there.uc_stack.ss_sp = stack; there.uc_stack.ss_size = size; there.uc_link = &here;
    there_called = f;
    makecontext(&there, on_it, 0);
    swapcontext(&here, &there);
    munmap(stack, size);
    return there_gave;
}
static PyMethodDef methods[] = {{"other_stack", other_stack, METH_O, NULL}, {"threads", threads, METH_O, NULL}, {"later", later, METH_NOARGS, NULL}, {"code", code, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "running", NULL, 0, methods};
PyMODINIT_FUNC PyInit_running(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
