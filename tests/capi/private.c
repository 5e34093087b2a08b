/* What code made by mypyc takes from CPython's own functions. */
#include <Python.h>
#include "check.h"

extern void _PyErr_SetKeyError(PyObject *), _Py_SetImmortal(PyObject *);
extern int _PyGen_FetchStopIterationValue(PyObject **);

static PyObject *keys(PyObject *self, PyObject *key) { _PyErr_SetKeyError(key); return NULL; }
static PyObject *identifiers(PyObject *self, PyObject *object)
{
    static _Py_Identifier first = {"real", -1}, second = {"real", -1}, absent = {"no_such", -1};
    SHOW(Py_XNewRef(_PyUnicode_FromId(&first))); SHOW_LONG(_PyUnicode_FromId(&first) == _PyUnicode_FromId(&second));
    SHOW(_PyObject_GetAttrId(object, &first)); SHOW(_PyObject_GetAttrId(object, &absent));
    Py_RETURN_NONE;
}
static PyObject *stop(PyObject *self, PyObject *value)
{
    PyObject *result = self;
    PyErr_SetObject(PyExc_StopIteration, value); SHOW_LONG(_PyGen_FetchStopIterationValue(&result)); SHOW(result);
    PyErr_SetNone(PyExc_StopIteration); SHOW_LONG(_PyGen_FetchStopIterationValue(&result)); SHOW(result);
    SHOW_LONG(_PyGen_FetchStopIterationValue(&result)); SHOW(result);
    PyErr_SetString(PyExc_ValueError, "other"); SHOW_LONG(_PyGen_FetchStopIterationValue(&result)); SHOW_LONG(result == Py_None);
    Py_RETURN_NONE;
}
static PyObject *immortal(PyObject *self, PyObject *object)
{
    _Py_SetImmortal(object); SHOW_LONG(PyUnstable_IsImmortal(object));
    for (int i = 0; i < 100; i++) Py_DECREF(object);
    Py_RETURN_NONE;
}
static PyTypeObject template = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "private.Made", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE};
/* A class from a template, of which an attribute is set before the type is ready. */
static PyObject *made(PyObject *self, PyObject *unused)
{
    PyHeapTypeObject *t = (PyHeapTypeObject *)PyType_GenericAlloc(&PyType_Type, 0);
    memcpy((char *)t + sizeof(PyVarObject), (char *)&template + sizeof(PyVarObject), sizeof(PyTypeObject) - sizeof(PyVarObject));
    SHOW_LONG(PyObject_SetAttrString((PyObject *)t, "early", Py_True)); SHOW_LONG(PyObject_SetAttrString((PyObject *)t, "second", Py_False)); SHOW_LONG(PyDict_Size(t->ht_type.tp_dict));
    t->ht_type.tp_base = (PyTypeObject *)Py_NewRef(&PyBaseObject_Type); t->ht_type.tp_bases = Py_BuildValue("(O)", &PyBaseObject_Type);
    t->ht_name = PyUnicode_FromString("Made"); t->ht_qualname = Py_NewRef(t->ht_name);
    SHOW_LONG(PyType_Ready(&t->ht_type)); SHOW(PyObject_GetAttrString((PyObject *)t, "early"));
    return (PyObject *)t;
}
static PyMethodDef methods[] = {
    {"keys", keys, METH_O, NULL}, {"identifiers", identifiers, METH_O, NULL}, {"stop", stop, METH_O, NULL}, {"immortal", immortal, METH_O, NULL}, {"made", made, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "private", NULL, 0, methods};
PyMODINIT_FUNC PyInit_private(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
