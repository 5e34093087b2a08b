/* Code run with C's arguments, statuses, threads that can be joined, marshal files, signals. */
#include <Python.h>
#include <marshal.h>
#include <signal.h>
#include <unistd.h>
#include "check.h"

static PyObject *evaluate(PyObject *self, PyObject *args)
{
    PyObject *code, *globals, *positional, *named, *defaults, *kwdefaults, *closure;
    if (!PyArg_ParseTuple(args, "OOOOOOO", &code, &globals, &positional, &named, &defaults, &kwdefaults, &closure)) return NULL;
#define ITEMS(tuple) &PyTuple_GET_ITEM(tuple, 0)
#define OR_NULL(object) ((object) == Py_None ? NULL : (object))
    return PyEval_EvalCodeEx(code, globals, NULL, ITEMS(positional), PyTuple_GET_SIZE(positional), ITEMS(named), PyTuple_GET_SIZE(named) / 2, ITEMS(defaults), PyTuple_GET_SIZE(defaults), OR_NULL(kwdefaults), OR_NULL(closure));
}
static void status_(const char *what, PyStatus s) { printf("%s: %d %s %s %d / %d %d %d\n", what, s._type, s.func ? s.func : "-", s.err_msg ? s.err_msg : "-", s.exitcode, PyStatus_IsError(s), PyStatus_IsExit(s), PyStatus_Exception(s)); }
static PyObject *statuses(PyObject *self, PyObject *unused)
{
    status_("ok", PyStatus_Ok()); status_("error", PyStatus_Error("my text")); status_("memory", PyStatus_NoMemory()); status_("exit", PyStatus_Exit(3));
    PyWideStringList list = {0, NULL};
    status_("append", PyWideStringList_Append(&list, L"one")); status_("append", PyWideStringList_Append(&list, L"three")); status_("insert", PyWideStringList_Insert(&list, 1, L"two")); status_("insert", PyWideStringList_Insert(&list, 99, L"four")); status_("insert", PyWideStringList_Insert(&list, -1, L"none"));
    for (int i = 0; i < list.length; i++) { SHOW(PyUnicode_FromWideChar(list.items[i], -1)); PyMem_RawFree(list.items[i]); }
    PyMem_RawFree(list.items);
    Py_RETURN_NONE;
}
typedef unsigned long long ident_t;
typedef unsigned long handle_t;
extern int PyThread_start_joinable_thread(void (*)(void *), void *, ident_t *, handle_t *), PyThread_join_thread(handle_t), PyThread_detach_thread(handle_t);
extern ident_t PyThread_get_thread_ident_ex(void);
extern int PyThread_acquire_lock_timed_with_retries(PyThread_type_lock, long long);
static ident_t seen;
static void body(void *argument) { seen = PyThread_get_thread_ident_ex(); ++*(int *)argument; }
static void late_release(void *lock) { usleep(50000); PyThread_release_lock(lock); }
static void with_python(void *unused) { PyGILState_STATE s = PyGILState_Ensure(); PyRun_SimpleString("print('in a thread')"); PyGILState_Release(s); }
static PyObject *threads(PyObject *self, PyObject *unused)
{
    int count = 0; ident_t ident = 0; handle_t handle = 0;
    SHOW_LONG(PyThread_start_joinable_thread(body, &count, &ident, &handle)); SHOW_LONG(PyThread_join_thread(handle)); SHOW_LONG(count); SHOW_LONG(seen == ident);
    SHOW_LONG(PyThread_get_thread_ident_ex() == PyThread_get_thread_ident());
    SHOW_LONG(PyThread_start_joinable_thread(with_python, NULL, &ident, &handle)); Py_BEGIN_ALLOW_THREADS PyThread_join_thread(handle); Py_END_ALLOW_THREADS
    PyThread_type_lock lock = PyThread_allocate_lock();
    SHOW_LONG(PyThread_acquire_lock_timed_with_retries(lock, 0)); SHOW_LONG(PyThread_acquire_lock_timed_with_retries(lock, 0)); SHOW_LONG(PyThread_acquire_lock_timed_with_retries(lock, 30000)); SHOW_LONG(PyThread_acquire_lock_timed_with_retries(lock, -1));
    PyThread_start_joinable_thread(late_release, lock, &ident, &handle); SHOW_LONG(PyThread_acquire_lock_timed_with_retries(lock, -1000000000LL)); SHOW_LONG(PyThread_join_thread(handle));
    PyThread_start_joinable_thread(late_release, lock, &ident, &handle); SHOW_LONG(PyThread_acquire_lock_timed_with_retries(lock, 5000000000LL)); SHOW_LONG(PyThread_detach_thread(handle));
    /* The handler raises: the lock is not taken. */
    ualarm(50000, 0); SHOW_LONG(PyThread_acquire_lock_timed_with_retries(lock, -1000000000LL)); show_error();
    PyThread_release_lock(lock); PyThread_free_lock(lock);
    Py_RETURN_NONE;
}
static PyObject *marshalled(PyObject *self, PyObject *path)
{
    FILE *file = fopen(PyUnicode_AsUTF8(path), "rb");
    for (int i = 0; i < 4; i++) { SHOW(PyMarshal_ReadObjectFromFile(file)); SHOW_LONG(ftell(file)); }
    fclose(file);
    Py_RETURN_NONE;
}
static PyObject *signals(PyObject *self, PyObject *fd)
{
    SHOW_LONG(PyOS_InterruptOccurred()); raise(SIGINT); SHOW_LONG(PyOS_InterruptOccurred()); SHOW_LONG(PyOS_InterruptOccurred());
    SHOW_LONG(PySignal_SetWakeupFd(PyLong_AsLong(fd)) == -1); SHOW_LONG(PySignal_SetWakeupFd(-5) == PyLong_AsLong(fd)); SHOW_LONG(PySignal_SetWakeupFd(-1));
    Py_RETURN_NONE;
}
static PyObject *get_x(PyObject *self, PyObject *args, void *wrapped)
{
    return PyArg_ParseTuple(args, ":get_x") ? Py_BuildValue("(Os)", self, (char *)wrapped) : NULL;
}
static PyObject *wrapper(PyObject *self, PyObject *type)
{
    static struct wrapperbase base = {.name = "get_x", .doc = "get_x($self, /)\n--\n\nIts text.", .wrapper = get_x};
    return PyDescr_NewWrapper((PyTypeObject *)type, &base, "given");
}
static PyObject *paths(PyObject *self, PyObject *unused)
{
    SHOW_LONG(Py_GetPath() != NULL); SHOW_LONG(Py_GetPythonHome() == NULL); extern int Py_FrozenFlag, Py_UnbufferedStdioFlag; SHOW_LONG(Py_FrozenFlag); SHOW_LONG(Py_UnbufferedStdioFlag);
    PyThreadState *state = PyThreadState_Get(); SHOW_LONG(PyUnstable_ThreadState_SetStackProtection(state, NULL, 100)); PyUnstable_ThreadState_ResetStackProtection(state);
    Py_RETURN_NONE;
}
static void texts(void)
{
    wchar_t *(*getters[])(void) = {Py_GetProgramName, Py_GetPythonHome, Py_GetProgramFullPath, Py_GetPrefix, Py_GetExecPrefix, Py_GetPath};
    for (int i = 0; i < 6; i++) printf("%ls|", getters[i]() ? getters[i]() : L"none");
    puts("");
}
/* Setting them: the getters see it, `sys` does not. */
static PyObject *set_paths(PyObject *self, PyObject *unused)
{
    Py_SetProgramName(L"/some/name"); Py_SetPythonHome(L"/some/h\u00f6me"); Py_SetPath(L"/a:/b");
    printf("%ls|%ls|%ls|%ls|%ls\n", Py_GetProgramName(), Py_GetPythonHome(), Py_GetPrefix(), Py_GetExecPrefix(), Py_GetPath());
    Py_SetProgramName(L""); Py_SetPythonHome(NULL); Py_SetPath(L"");
    printf("%d %d %ls|%ls|%ls\n", Py_GetProgramName() == NULL, Py_GetPythonHome() == NULL, Py_GetPrefix(), Py_GetExecPrefix(), Py_GetPath());
    Py_SetPath(NULL); texts(); Py_SetPythonHome(L"/h"); texts();
    Py_RETURN_NONE;
}
extern int _PyState_AddModule(PyThreadState *, PyObject *, PyModuleDef *);
extern PyThreadState *_PyThreadState_Prealloc(PyInterpreterState *);
extern void _PyThreadState_Init(PyThreadState *);
static PyObject *states(PyObject *self, PyObject *module)
{
    static PyModuleDef plain = {PyModuleDef_HEAD_INIT, "plain", NULL, -1}; static PyModuleDef_Slot none[] = {{0, NULL}};
    static PyModuleDef slotted = {PyModuleDef_HEAD_INIT, "slotted", NULL, 0, NULL, none};
    PyThreadState *thread = PyThreadState_Get();
    PyObject *made = PyModule_Create(&plain);
    SHOW_LONG(_PyState_AddModule(thread, made, &plain)); SHOW_LONG(PyState_FindModule(&plain) == made);
    SHOW_LONG(_PyState_AddModule(thread, module, &slotted)); SHOW_LONG(PyState_RemoveModule(&plain)); SHOW_LONG(PyState_FindModule(&plain) == NULL);
    PyErr_SetString(PyExc_KeyError, "before"); SHOW_LONG(_PyState_AddModule(thread, module, NULL));
    PyThreadState *other = _PyThreadState_Prealloc(PyInterpreterState_Get());
    SHOW_LONG(other != NULL && other != thread && PyThreadState_Get() == thread);
    PyThreadState_Clear(other); PyThreadState_Delete(other); Py_XDECREF(made);
    Py_RETURN_NONE;
}
static PyObject *init_state(PyObject *self, PyObject *unused) { _PyThreadState_Init(PyThreadState_Get()); Py_RETURN_NONE; }
static PyObject *initialized(PyObject *self, PyObject *unused)
{
    PyPreConfig config; memset(&config, 0, sizeof config);
    status_("pre", Py_PreInitialize(&config)); status_("pre", Py_PreInitializeFromArgs(&config, 0, NULL)); status_("pre", Py_PreInitializeFromBytesArgs(&config, 0, NULL));
    Py_RETURN_NONE;
}
static PyObject *append_inittab(PyObject *self, PyObject *unused) { return PyLong_FromLong(PyImport_AppendInittab("some", NULL)); }
static PyObject *extend_inittab(PyObject *self, PyObject *unused) { struct _inittab none = {NULL, NULL}; return PyLong_FromLong(PyImport_ExtendInittab(&none)); }
static PyMethodDef methods[] = {
    {"evaluate", evaluate, METH_VARARGS, NULL}, {"statuses", statuses, METH_NOARGS, NULL}, {"threads", threads, METH_NOARGS, NULL}, {"marshalled", marshalled, METH_O, NULL}, {"signals", signals, METH_O, NULL}, {"wrapper", wrapper, METH_O, NULL}, {"initialized", initialized, METH_NOARGS, NULL}, {"append_inittab", append_inittab, METH_NOARGS, NULL}, {"extend_inittab", extend_inittab, METH_NOARGS, NULL}, {"paths", paths, METH_NOARGS, NULL}, {"set_paths", set_paths, METH_NOARGS, NULL}, {"states", states, METH_O, NULL}, {"init_state", init_state, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "embedding", NULL, 0, methods};
PyMODINIT_FUNC PyInit_embedding(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
