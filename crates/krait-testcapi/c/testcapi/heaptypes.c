/* Types made of a PyType_Spec. */
#include "groups.h"
#include "../results.h"
#include <stddef.h>

static void heap_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

/* `__dict__` at an offset. */
typedef struct {
    PyObject_HEAD
    PyObject *dict;
} WithDict;

static void with_dict_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((WithDict *)self)->dict);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static int with_dict_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((WithDict *)self)->dict);
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static int with_dict_clear(PyObject *self)
{
    Py_CLEAR(((WithDict *)self)->dict);
    return 0;
}

static PyGetSetDef with_dict_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef with_dict_members[] = {
    {"dictobj", _Py_T_OBJECT, offsetof(WithDict, dict), 0, NULL},
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(WithDict, dict), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot with_dict_slots[] = {
    {Py_tp_members, with_dict_members},
    {Py_tp_getset, with_dict_getset},
    {Py_tp_dealloc, (void *)with_dict_dealloc},
    {Py_tp_traverse, (void *)with_dict_traverse},
    {Py_tp_clear, (void *)with_dict_clear},
    {0, NULL},
};

static PyType_Spec with_dict_spec = {
    "_testcapi.HeapCTypeWithDict", sizeof(WithDict), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, with_dict_slots,
};

/* The dict before the object, where the interpreter manages it. */
static int managed_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return PyObject_VisitManagedDict(self, visit, arg);
}

static int managed_clear(PyObject *self)
{
    PyObject_ClearManagedDict(self);
    return 0;
}

static void managed_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_ClearManagedDict(self);
    PyObject_GC_UnTrack(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyGetSetDef managed_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot managed_slots[] = {
    {Py_tp_traverse, (void *)managed_traverse},
    {Py_tp_clear, (void *)managed_clear},
    {Py_tp_dealloc, (void *)managed_dealloc},
    {Py_tp_getset, managed_getset},
    {0, NULL},
};

static PyType_Spec managed_spec = {
    "_testcapi.HeapCTypeWithManagedDict", sizeof(PyObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT,
    managed_slots,
};

/* `__weakref__` at an offset. */
typedef struct {
    PyObject_HEAD
    PyObject *weakrefs;
} WithWeakref;

static void with_weakref_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (((WithWeakref *)self)->weakrefs != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyMemberDef with_weakref_members[] = {
    {"weakreflist", _Py_T_OBJECT, offsetof(WithWeakref, weakrefs), 0, NULL},
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(WithWeakref, weakrefs), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot with_weakref_slots[] = {
    {Py_tp_members, with_weakref_members},
    {Py_tp_dealloc, (void *)with_weakref_dealloc},
    {0, NULL},
};

static PyType_Spec with_weakref_spec = {
    "_testcapi.HeapCTypeWithWeakref", sizeof(WithWeakref), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, with_weakref_slots,
};

/* A metaclass that makes no instances. */
static PyType_Slot null_new_slots[] = {{0, NULL}};

static PyType_Spec null_new_spec = {
    "_testcapi.HeapCTypeMetaclassNullNew", 0, 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, null_new_slots,
};

static PyType_Spec metaclass_spec = {
    "_testcapi.HeapCTypeMetaclass", 0, 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, null_new_slots,
};

static PyType_Slot of_metaclass_slots[] = {
    {Py_tp_dealloc, (void *)heap_dealloc},
    {0, NULL},
};

static PyType_Spec of_metaclass_spec = {
    "_testcapi.HeapCTypeViaMetaclass", sizeof(PyObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, of_metaclass_slots,
};

static PyObject *pytype_fromspec_meta(PyObject *module, PyObject *metaclass)
{
    if (!PyType_Check(metaclass)) {
        PyErr_SetString(PyExc_TypeError, "a type is needed");
        return NULL;
    }
    return PyType_FromMetaclass((PyTypeObject *)metaclass, module, &of_metaclass_spec, NULL);
}

/* A `__get__` that lets go of what it was called with. */
static PyObject *bad_get(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *self, *object, *type;
    if (!PyArg_ParseTuple(args, "OOO", &self, &object, &type)) {
        return NULL;
    }
    PyObject *result = PyObject_CallNoArgs(type);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    return PyUnicode_FromString("bad_get");
}

static PyMethodDef functions[] = {
    {"pytype_fromspec_meta", pytype_fromspec_meta, METH_O, NULL},
    {"bad_get", bad_get, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int add_spec(PyObject *module, const char *name, PyType_Spec *spec, PyTypeObject *base)
{
    PyObject *type = base == NULL ? PyType_FromSpec(spec)
                                  : PyType_FromSpecWithBases(spec, (PyObject *)base);
    return PyModule_Add(module, name, type);
}

int testcapi_add_heaptypes(PyObject *module)
{
    if (PyModule_AddFunctions(module, functions) < 0
        || add_spec(module, "HeapCTypeWithDict", &with_dict_spec, NULL) < 0
        || add_spec(module, "HeapCTypeWithDict2", &with_dict_spec, NULL) < 0
        || add_spec(module, "HeapCTypeWithManagedDict", &managed_spec, NULL) < 0
        || add_spec(module, "HeapCTypeWithWeakref", &with_weakref_spec, NULL) < 0
        || add_spec(module, "HeapCTypeWithWeakref2", &with_weakref_spec, NULL) < 0
        || add_spec(module, "HeapCTypeMetaclass", &metaclass_spec, &PyType_Type) < 0) {
        return -1;
    }
    return add_spec(module, "HeapCTypeMetaclassNullNew", &null_new_spec, &PyType_Type);
}
