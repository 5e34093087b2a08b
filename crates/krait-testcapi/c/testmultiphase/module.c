/* `_testmultiphase`: a module with several execution slots (PEP 489). */
#include "../results.h"

typedef struct {
    PyObject_HEAD
    PyObject *attributes;
} Example;

static int example_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Example *)self)->attributes);
    return 0;
}

static int example_clear(PyObject *self)
{
    Py_CLEAR(((Example *)self)->attributes);
    return 0;
}

static void example_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    example_clear(self);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

/* Returns a str as it is, and None for all else. */
static PyObject *demo(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *object = NULL;
    if (!PyArg_ParseTuple(args, "|O:demo", &object)) {
        return NULL;
    }
    if (object != NULL && PyUnicode_Check(object)) {
        return Py_NewRef(object);
    }
    Py_RETURN_NONE;
}

static PyMethodDef example_methods[] = {
    {"demo", demo, METH_VARARGS, "demo() -> None"},
    {NULL, NULL, 0, NULL},
};

static PyObject *example_getattr(PyObject *self, PyObject *name)
{
    PyObject *attributes = ((Example *)self)->attributes;
    if (attributes != NULL) {
        PyObject *value = PyDict_GetItemWithError(attributes, name);
        if (value != NULL || PyErr_Occurred()) {
            return Py_XNewRef(value);
        }
    }
    return PyObject_GenericGetAttr(self, name);
}

static int example_setattr(PyObject *self, PyObject *name, PyObject *value)
{
    Example *example = (Example *)self;
    if (example->attributes == NULL && (example->attributes = PyDict_New()) == NULL) {
        return -1;
    }
    if (value != NULL) {
        return PyDict_SetItem(example->attributes, name, value);
    }
    int status = PyDict_DelItem(example->attributes, name);
    if (status < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_SetString(PyExc_AttributeError, "delete non-existing Example attribute");
    }
    return status;
}

static PyType_Slot example_slots[] = {
    {Py_tp_doc, "The Example type"},
    {Py_tp_traverse, (void *)example_traverse},
    {Py_tp_clear, (void *)example_clear},
    {Py_tp_dealloc, (void *)example_dealloc},
    {Py_tp_getattro, (void *)example_getattr},
    {Py_tp_setattro, (void *)example_setattr},
    {Py_tp_methods, example_methods},
    {0, NULL},
};

static PyType_Spec example_spec = {
    "_testimportexec.Example", sizeof(Example), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, example_slots,
};

static PyType_Slot str_slots[] = {
    {Py_tp_base, NULL},
    {0, NULL},
};

static PyType_Spec str_spec = {
    "_testimportexec.Str", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, str_slots,
};

static PyObject *foo(PyObject *Py_UNUSED(module), PyObject *args)
{
    long first, second;
    if (!PyArg_ParseTuple(args, "ll:foo", &first, &second)) {
        return NULL;
    }
    return PyLong_FromLong(first + second);
}

/* Calls PyState_FindModule (0), PyState_AddModule (1) or PyState_RemoveModule (2). */
static PyObject *call_state_registration_func(PyObject *module, PyObject *args)
{
    int which, status = 0;
    PyModuleDef *definition = PyModule_GetDef(module);
    if (definition == NULL || !PyArg_ParseTuple(args, "i:call_state_registration_func", &which)) {
        return NULL;
    }
    switch (which) {
    case 0: {
        PyObject *found = PyState_FindModule(definition);
        return Py_NewRef(found == NULL ? Py_None : found);
    }
    case 1:
        status = PyState_AddModule(module, definition);
        break;
    case 2:
        status = PyState_RemoveModule(definition);
        break;
    }
    return nothing(status);
}

static PyMethodDef functions[] = {
    {"foo", foo, METH_VARARGS, "foo(i,j)\n\nReturn the sum of i and j."},
    {"call_state_registration_func", call_state_registration_func, METH_VARARGS,
     "register_state(0): call PyState_FindModule()\n"
     "register_state(1): call PyState_AddModule()\n"
     "register_state(2): call PyState_RemoveModule()"},
    {NULL, NULL, 0, NULL},
};

static int add_types(PyObject *module)
{
    if (PyModule_Add(module, "Example", PyType_FromSpec(&example_spec)) < 0
        || PyModule_Add(module, "error", PyErr_NewException("_testimportexec.error", NULL, NULL)) < 0) {
        return -1;
    }
    str_slots[0].pfunc = &PyUnicode_Type;
    return PyModule_Add(module, "Str", PyType_FromSpec(&str_spec));
}

static int add_constants(PyObject *module)
{
    if (PyModule_AddIntConstant(module, "int_const", 1969) < 0) {
        return -1;
    }
    return PyModule_AddStringConstant(module, "str_const", "something different");
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)add_types},
    {Py_mod_exec, (void *)add_constants},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_testmultiphase",
    .m_doc = "Test module main",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__testmultiphase(void)
{
    return PyModuleDef_Init(&definition);
}
