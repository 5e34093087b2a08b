/* What wheels ask for that few extensions use: complex arithmetic by value (numba), locks with a
   time (mypyc's librt), the process's arguments (setproctitle), numbers in text, getters that give
   nothing and raise nothing (protobuf), functions that slots are compared with (Cython, msgspec),
   calls by tp_call and the check of their result (PyO3). */
#include <Python.h>
#include <errno.h>
#include "check.h"

extern int _PyMutex_LockTimed(PyMutex *, PyTime_t, int);
extern PyObject *_PyObject_MakeTpCall(PyThreadState *, PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
extern PyObject *_Py_CheckFunctionResult(PyThreadState *, PyObject *, PyObject *, const char *);
extern void Py_GetArgcArgv(int *, wchar_t ***);

static void complexes(const char *what, Py_complex c) { printf("%s: %.17g %.17g errno %d\n", what, c.real, c.imag, errno); errno = 0; }
#define COMPLEX(call) (errno = 0, complexes(#call, (call)))
static PyObject *arithmetic(PyObject *self, PyObject *unused)
{
    Py_complex a = {1.5, -2}, b = {0.5, 3}, zero = {0, 0}, minus = {-1, 0}, huge = {1e300, 1e300}, exponent = {2.5, 0}, five = {5, 0};
    COMPLEX(_Py_c_sum(a, b)); COMPLEX(_Py_c_diff(a, b)); COMPLEX(_Py_c_neg(a)); COMPLEX(_Py_c_prod(a, b)); COMPLEX(_Py_c_quot(a, b));
    COMPLEX(_Py_c_pow(a, exponent)); COMPLEX(_Py_c_pow(zero, b)); COMPLEX(_Py_c_pow(a, zero));
    errno = 0; _Py_c_quot(a, zero); printf("by zero: %d\n", errno == EDOM);
    errno = 0; _Py_c_pow(zero, minus); printf("zero to negative: %d\n", errno == EDOM);
    errno = 0; _Py_c_pow(huge, five); printf("too large: %d\n", errno == ERANGE);
    printf("%.17g %.17g\n", _Py_c_abs(a), _Py_c_abs(huge)); errno = 0;
    Py_RETURN_NONE;
}
static PyObject *parsed(PyObject *self, PyObject *text)
{
    const char *start = PyUnicode_AsUTF8(text); char *end = NULL;
    double value = PyOS_string_to_double(start, &end, PyExc_OverflowError); show_error(); printf("%.17g, %ld used\n", value, end ? (long)(end - start) : -1L);
    SHOW_DOUBLE(PyOS_string_to_double(start, NULL, NULL));
    Py_RETURN_NONE;
}
static PyObject *locks(PyObject *self, PyObject *callable)
{
    PyMutex mutex = {0};
    printf("%d\n", _PyMutex_LockTimed(&mutex, 0, 1)); printf("%d\n", _PyMutex_LockTimed(&mutex, 0, 1)); printf("%d\n", _PyMutex_LockTimed(&mutex, 20000000, 3));
    PyMutex_Unlock(&mutex); printf("%d\n", _PyMutex_LockTimed(&mutex, -1, 3));
    SHOW(PyObject_CallNoArgs(callable)); /* A signal comes, whose handler raises. */
    printf("%d\n", _PyMutex_LockTimed(&mutex, 5000000000, 3)); show_error();
    PyMutex_Unlock(&mutex); printf("%d\n", PyMutex_IsLocked(&mutex));
    Py_RETURN_NONE;
}
static PyObject *arguments(PyObject *self, PyObject *unused)
{
    int count; wchar_t **texts; Py_GetArgcArgv(&count, &texts);
    PyObject *list = PyList_New(0);
    for (int i = 0; i < count; i++) { PyObject *text = PyUnicode_FromWideChar(texts[i], -1); PyList_Append(list, text); Py_DECREF(text); }
    printf("%d\n", texts[count] == NULL);
    return list;
}

/* `values` are called with: two, and two of which the last is named by `names`; or by a dict. */
static PyObject *by_slot(PyObject *self, PyObject *args)
{
    PyObject *callable, *values, *names, *kwargs; PyThreadState *thread = PyThreadState_Get();
    if (!PyArg_ParseTuple(args, "OOOO", &callable, &values, &names, &kwargs)) return NULL;
    PyObject *const *items = ((PyTupleObject *)values)->ob_item; Py_ssize_t count = PyTuple_GET_SIZE(values);
    SHOW(_PyObject_MakeTpCall(thread, callable, items, count, NULL));
    SHOW(_PyObject_MakeTpCall(thread, callable, items, 0, NULL));
    SHOW(_PyObject_MakeTpCall(thread, callable, items, count - PyTuple_GET_SIZE(names), names));
    SHOW(_PyObject_MakeTpCall(thread, callable, items, count, kwargs));
    Py_RETURN_NONE;
}
static PyObject *result(PyObject *self, PyObject *value)
{
    PyThreadState *thread = PyThreadState_Get(); Py_ssize_t before = Py_REFCNT(value);
    SHOW(_Py_CheckFunctionResult(thread, value, Py_NewRef(value), NULL)); SHOW(_Py_CheckFunctionResult(thread, NULL, NULL, "place"));
    SHOW(_Py_CheckFunctionResult(thread, value, NULL, NULL));
    PyErr_SetString(PyExc_KeyError, "set"); SHOW(_Py_CheckFunctionResult(thread, value, NULL, NULL));
    PyErr_SetString(PyExc_KeyError, "set"); PyObject *none = _Py_CheckFunctionResult(thread, NULL, Py_NewRef(value), "place");
    PyObject *error = PyErr_GetRaisedException(); printf("%p %s\n", (void *)none, Py_TYPE(error)->tp_name);
    SHOW(PyException_GetCause(error)); Py_DECREF(error);
    printf("%ld references\n", (long)(Py_REFCNT(value) - before));
    Py_RETURN_NONE;
}
static PyObject *nothing(PyObject *self, void *closure) { return NULL; }
static PyGetSetDef silent_getset[] = {{"silent", nothing, NULL, NULL, NULL}, {0}};
static PyTypeObject Silent = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "wheels_ask.Silent", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT, .tp_getset = silent_getset, .tp_new = PyType_GenericNew};
static PyObject *slots(PyObject *self, PyObject *type)
{
    PyTypeObject *t = (PyTypeObject *)type;
    printf("%s: generic %d %d, unhashable %d\n", t->tp_name, t->tp_getattro == PyObject_GenericGetAttr, t->tp_setattro == PyObject_GenericSetAttr,
           t->tp_hash == PyObject_HashNotImplemented);
    Py_RETURN_NONE;
}
/* Signatures that documentation has, or that calling conventions say. */
static PyObject *nop(PyObject *self, PyObject *arg) { Py_RETURN_NONE; }
#define SIGNED {"noargs", nop, METH_NOARGS, NULL}, {"o", nop, METH_O, ""}, {"varargs", nop, METH_VARARGS, NULL}, {"documented", nop, METH_O, "text"}, {"signed", nop, METH_O, "signed($self, x)\n--\n\ndoc"}
static PyMethodDef signed_methods[] = {SIGNED, {"class_noargs", nop, METH_NOARGS | METH_CLASS, NULL}, {"class_o", nop, METH_O | METH_CLASS, NULL}, {"static_noargs", nop, METH_NOARGS | METH_STATIC, NULL}, {"static_o", nop, METH_O | METH_STATIC, NULL}, {0}};
static PyType_Slot documented_slots[] = {{Py_tp_methods, signed_methods}, {Py_tp_doc, "Documented(value)\n--\n\n"}, {0}};
static PyType_Spec documented_spec = {"wheels_ask.Documented", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, documented_slots};
static PyMethodDef methods[] = {
    SIGNED,
    {"arithmetic", arithmetic, METH_NOARGS, NULL}, {"parsed", parsed, METH_O, NULL}, {"locks", locks, METH_O, NULL}, {"slots", slots, METH_O, NULL},
    {"by_slot", by_slot, METH_VARARGS, NULL}, {"result", result, METH_O, NULL}, {"arguments", arguments, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "wheels_ask", NULL, 0, methods};
PyMODINIT_FUNC PyInit_wheels_ask(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    PyObject *module = PyModule_Create(&def);
    if (module && PyModule_AddType(module, &Silent) < 0) Py_CLEAR(module);
    if (module && PyModule_AddType(module, (PyTypeObject *)PyType_FromSpec(&documented_spec)) < 0) Py_CLEAR(module);
    return module;
}
