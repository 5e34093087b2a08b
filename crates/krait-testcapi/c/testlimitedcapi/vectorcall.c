/* Vectorcall (PEP 590) in the limited API: types that offer it, calls that use it. */
#include "groups.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
} Callable;

static PyObject *called(PyObject *Py_UNUSED(callable), PyObject *const *Py_UNUSED(args),
                        size_t Py_UNUSED(count), PyObject *Py_UNUSED(names))
{
    return PyUnicode_FromString("vectorcall called");
}

static PyObject *tp_called(PyObject *Py_UNUSED(callable), PyObject *Py_UNUSED(args),
                           PyObject *Py_UNUSED(kwargs))
{
    return PyUnicode_FromString("tp_call called");
}

static PyObject *callable_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Callable *self = (Callable *)allocate(type, 0);
    if (self != NULL) {
        self->vectorcall = called;
    }
    return (PyObject *)self;
}

static void callable_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Callable, vectorcall), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, (void *)callable_new},
    {Py_tp_call, (void *)tp_called},
    {Py_tp_dealloc, (void *)callable_dealloc},
    {Py_tp_members, members},
    {0, NULL},
};

static PyType_Spec spec = {
    "_testlimitedcapi.LimitedVectorCallClass", sizeof(Callable), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE, slots,
};

/* The same with a struct that begins where the base's ends. */
static PyMemberDef relative_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, 0, Py_READONLY | Py_RELATIVE_OFFSET, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyObject *relative_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = allocate(type, 0);
    if (self != NULL) {
        *(vectorcallfunc *)PyObject_GetTypeData(self, type) = called;
    }
    return self;
}

static PyType_Slot relative_slots[] = {
    {Py_tp_new, (void *)relative_new},
    {Py_tp_call, (void *)tp_called},
    {Py_tp_dealloc, (void *)callable_dealloc},
    {Py_tp_members, relative_members},
    {0, NULL},
};

static PyType_Spec relative_spec = {
    "_testlimitedcapi.LimitedRelativeVectorCallClass", -(int)sizeof(vectorcallfunc), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, relative_slots,
};

/* Calls with ("foo",) and baz="bar"; as a method where a name is given. */
static PyObject *call_with_words(PyObject *callable, const char *method)
{
    PyObject *name = NULL, *result = NULL;
    PyObject *words[] = {NULL, callable, PyUnicode_FromString("foo"), PyUnicode_FromString("bar")};
    PyObject *names = Py_BuildValue("(s)", "baz");
    if (method != NULL) {
        name = PyUnicode_FromString(method);
    }
    if (words[2] != NULL && words[3] != NULL && names != NULL && (method == NULL || name != NULL)) {
        result = method == NULL
            ? PyObject_Vectorcall(callable, words + 2, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, names)
            : PyObject_VectorcallMethod(name, words + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    }
    Py_XDECREF(words[2]);
    Py_XDECREF(words[3]);
    Py_XDECREF(names);
    Py_XDECREF(name);
    return result;
}

static PyObject *call_vectorcall(PyObject *Py_UNUSED(module), PyObject *callable)
{
    return call_with_words(callable, NULL);
}

static PyObject *call_vectorcall_method(PyObject *Py_UNUSED(module), PyObject *object)
{
    return call_with_words(object, "f");
}

static PyMethodDef functions[] = {
    {"call_vectorcall", call_vectorcall, METH_O, NULL},
    {"call_vectorcall_method", call_vectorcall_method, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

int testlimitedcapi_add_vectorcall(PyObject *module)
{
    if (PyModule_AddFunctions(module, functions) < 0) {
        return -1;
    }
    if (PyModule_Add(module, "LimitedVectorCallClass", PyType_FromModuleAndSpec(module, &spec, NULL)) < 0) {
        return -1;
    }
    return PyModule_Add(module, "LimitedRelativeVectorCallClass",
                        PyType_FromModuleAndSpec(module, &relative_spec, NULL));
}
