/* `__class_getitem__` and `__mro_entries__` (PEP 560), `__await__` (PEP 492) from C. */
#include "groups.h"

typedef struct {
    PyObject_HEAD
    PyObject *item;
} Holder;

static void holder_dealloc(PyObject *self)
{
    Py_CLEAR(((Holder *)self)->item);
    Py_TYPE(self)->tp_free(self);
}

/* The bases that stand for an alias: its item, or nothing without one. */
static PyObject *mro_entries(PyObject *self, PyObject *Py_UNUSED(bases))
{
    PyObject *item = ((Holder *)self)->item;
    return item == NULL ? PyTuple_New(0) : PyTuple_Pack(1, item);
}

static PyMethodDef alias_methods[] = {
    {"__mro_entries__", mro_entries, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject alias_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "GenericAlias",
    .tp_basicsize = sizeof(Holder),
    .tp_dealloc = holder_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = alias_methods,
};

static PyObject *class_getitem(PyObject *Py_UNUSED(type), PyObject *item)
{
    Holder *alias = PyObject_New(Holder, &alias_type);
    if (alias != NULL) {
        alias->item = Py_NewRef(item);
    }
    return (PyObject *)alias;
}

static PyMethodDef generic_methods[] = {
    {"__class_getitem__", class_getitem, METH_O | METH_CLASS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject generic_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "Generic",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = generic_methods,
};

/* An awaitable whose iterator is what it was made with. */
static PyObject *awaitable_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *item;
    if (!PyArg_UnpackTuple(args, "awaitObject", 1, 1, &item)) {
        return NULL;
    }
    Holder *self = (Holder *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->item = Py_NewRef(item);
    }
    return (PyObject *)self;
}

static PyObject *awaitable_await(PyObject *self)
{
    return Py_NewRef(((Holder *)self)->item);
}

static PyAsyncMethods awaitable_async = {.am_await = awaitable_await};

static PyTypeObject awaitable_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "awaitType",
    .tp_basicsize = sizeof(Holder),
    .tp_dealloc = holder_dealloc,
    .tp_as_async = &awaitable_async,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "C level type with tp_as_async",
    .tp_new = awaitable_new,
};

int testcapi_add_generic(PyObject *module)
{
    if (PyModule_AddType(module, &alias_type) < 0 || PyModule_AddType(module, &generic_type) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &awaitable_type);
}
