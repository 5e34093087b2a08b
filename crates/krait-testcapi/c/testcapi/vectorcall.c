/* Types with a vectorcall slot (PEP 590) and what their subclasses inherit of it. */
#include "groups.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
} Callable;

/* Called by vectorcall: True. By tp_call of the derived type: see there. */
static PyObject *base_vectorcall(PyObject *Py_UNUSED(callable), PyObject *const *Py_UNUSED(args),
                                 size_t Py_UNUSED(count), PyObject *Py_UNUSED(names))
{
    return Py_NewRef(Py_True);
}

static PyObject *base_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    Callable *self = (Callable *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->vectorcall = base_vectorcall;
    }
    return (PyObject *)self;
}

/* Binds like a function does. */
static PyObject *bind(PyObject *function, PyObject *object, PyObject *Py_UNUSED(type))
{
    if (object == NULL || object == Py_None) {
        return Py_NewRef(function);
    }
    return PyMethod_New(function, object);
}

static PyTypeObject descriptor_base = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "MethodDescriptorBase",
    .tp_basicsize = sizeof(Callable),
    .tp_new = base_new,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Callable, vectorcall),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_METHOD_DESCRIPTOR
        | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_descr_get = bind,
};

static PyTypeObject descriptor_derived = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "MethodDescriptorDerived",
    .tp_basicsize = sizeof(Callable),
    .tp_new = base_new,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

/* Calls by tp_call only, and returns its arguments. */
static PyObject *returns_arguments(PyObject *Py_UNUSED(self), PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    return Py_NewRef(args);
}

static PyObject *returns_itself(PyObject *self, PyObject *Py_UNUSED(object), PyObject *Py_UNUSED(type))
{
    return Py_NewRef(self);
}

static PyTypeObject descriptor_nop_get = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "MethodDescriptorNopGet",
    .tp_basicsize = sizeof(Callable),
    .tp_new = base_new,
    .tp_call = returns_arguments,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_descr_get = returns_itself,
};

/* A vectorcall slot at another place than the base's, which answers False. */
typedef struct {
    Callable base;
    vectorcallfunc vectorcall;
} SecondCallable;

static PyObject *second_vectorcall(PyObject *Py_UNUSED(callable), PyObject *const *Py_UNUSED(args),
                                   size_t Py_UNUSED(count), PyObject *Py_UNUSED(names))
{
    return Py_NewRef(Py_False);
}

static PyObject *second_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    SecondCallable *self = (SecondCallable *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->base.vectorcall = NULL;
        self->vectorcall = second_vectorcall;
    }
    return (PyObject *)self;
}

static PyTypeObject descriptor_second = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "MethodDescriptor2",
    .tp_basicsize = sizeof(SecondCallable),
    .tp_new = second_new,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(SecondCallable, vectorcall),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
};

/* Heap types whose instances' slot is set later. */
static PyObject *says_vectorcall(PyObject *Py_UNUSED(callable), PyObject *const *Py_UNUSED(args),
                                 size_t Py_UNUSED(count), PyObject *Py_UNUSED(names))
{
    return PyUnicode_FromString("vectorcall");
}

static PyObject *says_tp_call(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args),
                              PyObject *Py_UNUSED(kwargs))
{
    return PyUnicode_FromString("tp_call");
}

static PyObject *set_vectorcall(PyObject *self, PyObject *type)
{
    if (!PyType_Check(type) || !PyObject_TypeCheck(self, (PyTypeObject *)type)) {
        PyErr_SetString(PyExc_TypeError, "a type of this instance is needed");
        return NULL;
    }
    vectorcallfunc *slot = (vectorcallfunc *)((char *)self + ((PyTypeObject *)type)->tp_vectorcall_offset);
    *slot = says_vectorcall;
    Py_RETURN_NONE;
}

static PyMethodDef settable_methods[] = {
    {"set_vectorcall", set_vectorcall, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef settable_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, 0, Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot settable_slots[] = {
    {Py_tp_call, (void *)says_tp_call},
    {Py_tp_members, settable_members},
    {Py_tp_methods, settable_methods},
    {0, NULL},
};

static PyObject *make_vectorcall_class(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyTypeObject *base = NULL;
    if (!PyArg_ParseTuple(args, "|O!", &PyType_Type, &base)) {
        return NULL;
    }
    if (base == NULL) {
        base = &PyBaseObject_Type;
    }
    /* The slot lies behind the base's struct. */
    settable_members[0].offset = base->tp_basicsize;
    PyType_Spec spec = {
        .name = "_testcapi.VectorcallClass",
        .basicsize = (int)(base->tp_basicsize + (Py_ssize_t)sizeof(vectorcallfunc)),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE,
        .slots = settable_slots,
    };
    return PyType_FromSpecWithBases(&spec, (PyObject *)base);
}

static PyObject *has_vectorcall_flag(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyTypeObject *type;
    if (!PyArg_ParseTuple(args, "O!", &PyType_Type, &type)) {
        return NULL;
    }
    return PyBool_FromLong(PyType_HasFeature(type, Py_TPFLAGS_HAVE_VECTORCALL));
}

static PyMethodDef functions[] = {
    {"make_vectorcall_class", make_vectorcall_class, METH_VARARGS, NULL},
    {"has_vectorcall_flag", has_vectorcall_flag, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_vectorcall(PyObject *module)
{
    descriptor_derived.tp_base = &descriptor_base;
    descriptor_nop_get.tp_base = &descriptor_base;
    descriptor_second.tp_base = &descriptor_base;
    if (PyModule_AddFunctions(module, functions) < 0
        || PyModule_AddType(module, &descriptor_base) < 0
        || PyModule_AddType(module, &descriptor_derived) < 0
        || PyModule_AddType(module, &descriptor_nop_get) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &descriptor_second);
}
