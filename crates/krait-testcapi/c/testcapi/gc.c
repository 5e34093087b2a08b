/* Finalizers and the collector: types that the older ways of finalization need. */
#include "groups.h"
#include "../results.h"
#include <stddef.h>

/* tp_del: calls `__tp_del__`; the object may live again after it. */
static void call_tp_del(PyObject *self)
{
    Py_SET_REFCNT(self, 1);
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *result = PyObject_CallMethod(self, "__tp_del__", NULL);
    if (result == NULL) {
        PyErr_WriteUnraisable(self);
    } else {
        Py_DECREF(result);
    }
    PyErr_SetRaisedException(raised);
    /* Undo the reference above without deallocation. */
    Py_SET_REFCNT(self, Py_REFCNT(self) - 1);
}

static PyObject *with_tp_del(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *type;
    if (!PyArg_ParseTuple(args, "O:with_tp_del", &type)) {
        return NULL;
    }
    if (!PyType_Check(type) || !PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HEAPTYPE)) {
        PyErr_Format(PyExc_TypeError, "heap type expected, got %R", type);
        return NULL;
    }
    ((PyTypeObject *)type)->tp_del = call_tp_del;
    return Py_NewRef(type);
}

static PyObject *without_gc(PyObject *Py_UNUSED(module), PyObject *type)
{
    if (!PyType_Check(type) || !PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HEAPTYPE)) {
        PyErr_Format(PyExc_TypeError, "heap type expected, got %R", type);
        return NULL;
    }
    PyTypeObject *heap_type = (PyTypeObject *)type;
    if (PyType_IS_GC(heap_type)) {
        heap_type->tp_flags &= ~Py_TPFLAGS_HAVE_GC;
        heap_type->tp_free = PyObject_Free;
        heap_type->tp_traverse = NULL;
        heap_type->tp_clear = NULL;
    }
    return Py_NewRef(type);
}

static PyMethodDef functions[] = {
    {"with_tp_del", with_tp_del, METH_VARARGS, NULL},
    {"without_gc", without_gc, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* A container that the collector does not see. */
typedef struct {
    PyObject_HEAD
    PyObject *value;
} Container;

static PyObject *container_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"value", NULL};
    PyObject *value;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O", names, &value)) {
        return NULL;
    }
    Container *self = (Container *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->value = Py_NewRef(value);
    }
    return (PyObject *)self;
}

static void container_dealloc(PyObject *self)
{
    Py_DECREF(((Container *)self)->value);
    Py_TYPE(self)->tp_free(self);
}

static PyMemberDef container_members[] = {
    {"value", Py_T_OBJECT_EX, offsetof(Container, value), Py_READONLY,
     "a container value for test purposes"},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject container_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_testcapi.ContainerNoGC",
    .tp_basicsize = sizeof(Container),
    .tp_dealloc = container_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_members = container_members,
    .tp_new = container_new,
};

int testcapi_add_gc(PyObject *module)
{
    if (PyModule_AddFunctions(module, functions) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &container_type);
}
