/* What wheels rely on beyond calls: fields they read and count in themselves (pybind11, Cython),
   constructors of builtin types called directly (NumPy), pointers kept with code objects. */
#include <Python.h>
#include <pthread.h>
#include "check.h"

/* pybind11's gil_scoped_acquire, on a thread that has its state or has none. */
static void attach(PyObject *callable)
{
    PyThreadState *state = PyGILState_GetThisThreadState(); int release = 1, own = state == NULL;
    if (own) { state = PyThreadState_New(PyInterpreterState_Main()); state->gilstate_counter = 0; }
    else release = PyThreadState_GetUnchecked() != state;
    if (release) PyEval_AcquireThread(state);
    ++state->gilstate_counter;
    PyObject *r = PyObject_CallNoArgs(callable); show("attached", r);
    printf("check %d own %d counter %d\n", PyGILState_Check(), own, state->gilstate_counter);
    --state->gilstate_counter;
    if (state->gilstate_counter == 0) { PyThreadState_Clear(state); PyThreadState_DeleteCurrent(); }
    else if (release) PyEval_SaveThread();
}
static void *foreign(void *callable) { attach(callable); printf("gone %d\n", PyGILState_GetThisThreadState() == NULL); return NULL; }
/* A state that one thread makes and another uses. */
static PyThreadState *lent;
static void *borrower(void *callable)
{
    PyEval_AcquireThread(lent); PyObject *r = PyObject_CallNoArgs(callable); show("lent", r);
    printf("own %d\n", PyGILState_GetThisThreadState() == lent); PyThreadState_Clear(lent); PyThreadState_DeleteCurrent(); return NULL;
}
static PyObject *states(PyObject *self, PyObject *callable)
{
    attach(callable); printf("still %d\n", PyGILState_Check());
    Py_BEGIN_ALLOW_THREADS attach(callable); Py_END_ALLOW_THREADS
    pthread_t t; pthread_create(&t, NULL, foreign, callable); Py_BEGIN_ALLOW_THREADS pthread_join(t, NULL); Py_END_ALLOW_THREADS
    lent = PyThreadState_New(PyInterpreterState_Get()); pthread_create(&t, NULL, borrower, callable); Py_BEGIN_ALLOW_THREADS pthread_join(t, NULL); Py_END_ALLOW_THREADS
    int n = 0; for (PyThreadState *s = PyInterpreterState_ThreadHead(PyInterpreterState_Get()); s; s = PyThreadState_Next(s)) n++;
    printf("states %d\n", n); Py_RETURN_NONE;
}

/* Two C classes with fields; a Python class has both as bases. */
typedef struct { PyObject_HEAD PyObject *value; } Full;
static PyObject *full_new(PyTypeObject *t, PyObject *a, PyObject *k) { Full *f = (Full *)t->tp_alloc(t, 0); if (f) f->value = Py_NewRef(Py_None); return (PyObject *)f; }
static int full_init(PyObject *self, PyObject *a, PyObject *k) { Full *f = (Full *)self; PyObject *old = f->value; f->value = Py_NewRef(a); printf("old %d\n", old == Py_None); Py_DECREF(old); return 0; }
static void full_dealloc(PyObject *self) { PyTypeObject *t = Py_TYPE(self); if (PyType_IS_GC(t)) PyObject_GC_UnTrack(self); Py_XDECREF(((Full *)self)->value); t->tp_free(self); Py_DECREF(t); }
static PyObject *full_count(PyObject *self, PyObject *unused) { return PyLong_FromSsize_t(Py_REFCNT(self)); }
static PyObject *full_unique(PyObject *self, PyObject *args) { return PyBool_FromLong(PyUnstable_Object_IsUniquelyReferenced(self)); }
static PyMethodDef full_methods[] = {{"count", full_count, METH_NOARGS, NULL}, {"unique", full_unique, METH_VARARGS, NULL}, {0}};
static PyType_Slot full_slots[] = {{Py_tp_new, full_new}, {Py_tp_methods, full_methods}, {Py_tp_init, full_init}, {Py_tp_dealloc, full_dealloc}, {0}};
static PyType_Spec full_spec = {"relied_on.Full", sizeof(Full), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, full_slots};
static PyObject *thin_new(PyTypeObject *t, PyObject *a, PyObject *k) { puts("thin"); return t->tp_alloc(t, 0); }
static PyType_Slot thin_slots[] = {{Py_tp_new, thin_new}, {0}};
static PyType_Spec thin_spec = {"relied_on.Thin", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, thin_slots};

/* A float of C's whose layout is another base's, as numpy.float64 is. */
typedef struct { PyObject_HEAD double value; } Real;
static PyTypeObject Scalar_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "relied_on.Scalar", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
static PyObject *real_new(PyTypeObject *t, PyObject *a, PyObject *k) { return PyFloat_Type.tp_new(t, a, k); }
static PyTypeObject Real_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "relied_on.Real", .tp_basicsize = sizeof(Real), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = real_new};

static PyObject *stop(PyObject *self, PyObject *unused)
{
    PyErr_SetNone(PyExc_StopIteration); PyObject *e = PyErr_GetRaisedException(); show("value", Py_XNewRef(((PyStopIterationObject *)e)->value)); Py_DECREF(e);
    e = PyObject_CallNoArgs(PyExc_StopIteration); show("value", Py_XNewRef(((PyStopIterationObject *)e)->value)); Py_DECREF(e); Py_RETURN_NONE;
}
static PyObject *sequences(PyObject *self, PyObject *pair)
{
    PyObject *o = PyTuple_GET_ITEM(pair, 0), *other = PyTuple_GET_ITEM(pair, 1);
    SHOW_LONG(PySequence_Size(o)); SHOW(PySequence_GetItem(o, -1)); SHOW_LONG(PySequence_SetItem(o, 0, other)); SHOW_LONG(PySequence_SetItem(o, -1, NULL)); SHOW_LONG(PySequence_DelItem(o, 0));
    SHOW(PySequence_Concat(o, other)); SHOW(PySequence_Repeat(o, 2)); SHOW(PySequence_GetSlice(o, 0, 1)); SHOW_LONG(PySequence_SetSlice(o, 0, 1, other)); SHOW_LONG(PySequence_SetSlice(o, 0, 1, NULL)); SHOW_LONG(PySequence_DelSlice(o, 0, 1));
    SHOW(PySequence_InPlaceConcat(o, other)); SHOW(PySequence_InPlaceRepeat(o, 2)); Py_RETURN_NONE;
}
static void kept_free(void *kept) { printf("freed %ld\n", (long)kept); }
static PyObject *extra(PyObject *self, PyObject *code)
{
    Py_ssize_t one = PyUnstable_Eval_RequestCodeExtraIndex(kept_free), two = PyUnstable_Eval_RequestCodeExtraIndex(NULL); void *kept = &kept;
    printf("%d\n", two == one + 1); SHOW_LONG(PyUnstable_Code_GetExtra(code, one, &kept)); printf("%d\n", kept == NULL); SHOW_LONG(PyUnstable_Code_SetExtra(code, one, (void *)1L)); SHOW_LONG(PyUnstable_Code_SetExtra(code, two, (void *)7L));
    SHOW_LONG(PyUnstable_Code_SetExtra(code, one, (void *)2L)); SHOW_LONG(PyUnstable_Code_GetExtra(code, one, &kept)); printf("%ld\n", (long)kept); SHOW_LONG(PyUnstable_Code_GetExtra(code, two, &kept)); printf("%ld\n", (long)kept);
    SHOW_LONG(PyUnstable_Code_GetExtra(code, two + 1, &kept)); 
    /* (The error's text names a line of CPython's own source.) */
    printf("%d\n", PyUnstable_Code_SetExtra(code, two + 1, NULL) == -1 && PyErr_ExceptionMatches(PyExc_SystemError)); PyErr_Clear(); Py_RETURN_NONE;
}
static PyObject *resize(PyObject *self, PyObject *unused)
{
    PyObject *b = PyBytes_FromStringAndSize(NULL, 1024); memset(PyBytes_AS_STRING(b), 'x', 1024); SHOW_LONG(_PyBytes_Resize(&b, 5)); SHOW(Py_NewRef(b)); printf("%d\n", PyBytes_AS_STRING(b)[5]);
    SHOW_LONG(_PyBytes_Resize(&b, 9)); memset(PyBytes_AS_STRING(b) + 5, 'y', 4); SHOW(Py_NewRef(b)); SHOW_LONG(_PyBytes_Resize(&b, 9)); SHOW_LONG(_PyBytes_Resize(&b, 0)); SHOW(Py_NewRef(b)); SHOW_LONG(_PyBytes_Resize(&b, 2)); memset(PyBytes_AS_STRING(b), 'z', 2); SHOW(Py_NewRef(b));
    PyObject *second = Py_NewRef(b); SHOW_LONG(_PyBytes_Resize(&b, 1)); SHOW(b); SHOW(second); b = PyBytes_FromStringAndSize(NULL, 100000); memset(PyBytes_AS_STRING(b), 'x', 100000); SHOW_LONG(_PyBytes_Resize(&b, 200000)); SHOW_LONG(PyBytes_AS_STRING(b)[99999]); SHOW_LONG(PyBytes_GET_SIZE(b)); Py_DECREF(b); Py_RETURN_NONE;
}
/* pybind11's functions: methods that it wraps, and asks for what the function has. */
static PyObject *bound(PyObject *self, PyObject *args) { return Py_NewRef(args); }
static PyMethodDef bound_def = {"bound", bound, METH_VARARGS, "What it is."};
static PyObject *instance_method(PyObject *self, PyObject *class)
{
    PyObject *m = PyInstanceMethod_New(PyCFunction_New(&bound_def, NULL)); SHOW(PyObject_GetAttrString(m, "__name__")); SHOW(PyObject_GetAttrString(m, "__doc__")); SHOW(PyObject_GetAttrString(m, "__func__")); SHOW(PyObject_GetAttrString(m, "nothing"));
    SHOW(PyObject_CallFunction(m, "i", 1)); SHOW(PyObject_RichCompare(m, m, Py_EQ)); SHOW(PyObject_RichCompare(m, PyInstanceMethod_New(PyInstanceMethod_GET_FUNCTION(m)), Py_EQ)); SHOW(PyObject_RichCompare(m, Py_None, Py_NE)); SHOW(PyObject_RichCompare(m, m, Py_LT)); SHOW(PyObject_Repr(m)); SHOW_LONG(PyObject_SetAttrString(class, "method", m)); Py_RETURN_NONE;
}
static PyObject *temporary(PyObject *self, PyObject *o) { return PyBool_FromLong(PyUnstable_Object_IsUniqueReferencedTemporary(o)); }
static PyObject *context(PyObject *self, PyObject *pair)
{
    PyObject *variable = PyTuple_GET_ITEM(pair, 0), *out = NULL; SHOW_LONG(PyContextVar_Get(variable, NULL, &out)); SHOW(out); SHOW_LONG(PyContextVar_Get(variable, PyTuple_GET_ITEM(pair, 1), &out)); SHOW(out); Py_RETURN_NONE;
}
/* multidict's texts: an instance of a subclass of str with a buffer that is its own UTF-8. */
static PyObject *own_text(PyObject *self, PyObject *args)
{
    PyTypeObject *type = (PyTypeObject *)PyTuple_GET_ITEM(args, 0);
    PyObject *source = PyTuple_GET_ITEM(args, 1), *made = type->tp_alloc(type, 0);
    Py_ssize_t length = PyUnicode_GET_LENGTH(source);
    PyASCIIObject *ascii = (PyASCIIObject *)made;
    PyCompactUnicodeObject *compact = (PyCompactUnicodeObject *)made;
    ascii->length = length;
    ascii->hash = -1;
    ascii->state.kind = PyUnicode_1BYTE_KIND;
    ascii->state.ascii = 1;
    compact->utf8_length = length;
    compact->utf8 = PyMem_Malloc(length + 1);
    memcpy(compact->utf8, PyUnicode_DATA(source), length + 1);
    ((PyUnicodeObject *)made)->data.any = compact->utf8;
    return made;
}
static PyMethodDef methods[] = {{"own_text", own_text, METH_VARARGS, NULL}, {"states", states, METH_O, NULL}, {"stop", stop, METH_NOARGS, NULL}, {"sequences", sequences, METH_O, NULL}, {"extra", extra, METH_O, NULL}, {"resize", resize, METH_NOARGS, NULL}, {"instance_method", instance_method, METH_O, NULL}, {"temporary", temporary, METH_O, NULL}, {"context", context, METH_O, NULL}, {0}};
static int exec(PyObject *m)
{
    PyType_Spec *specs[] = {&full_spec, &thin_spec};
    for (int i = 0; i < 2; i++) { PyObject *t = PyType_FromModuleAndSpec(m, specs[i], NULL); if (!t || PyModule_AddType(m, (PyTypeObject *)t) < 0) return -1; Py_DECREF(t); }
    if (PyModule_AddType(m, &Scalar_Type) < 0) return -1;
    Real_Type.tp_base = &Scalar_Type; Real_Type.tp_bases = PyTuple_Pack(2, &Scalar_Type, &PyFloat_Type);
    return PyModule_AddType(m, &Real_Type);
}
static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, exec}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "relied_on", NULL, 0, methods, module_slots};
PyMODINIT_FUNC PyInit_relied_on(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModuleDef_Init(&def); }
