/* `_testinternalcapi`: what tests ask of the interpreter's inner state. */
#include "../results.h"
#include "internals.h"

#define FUNCTIONS \
    F(O, has_inline_values, PyBool_FromLong(krait_has_inline_values(a))) \
    F(NONE, get_recursion_depth, size(krait_recursion_depth())) \
    F(NONE, get_stack_margin, size(krait_stack_margin())) \
    F(NONE, get_c_recursion_remaining, size(krait_stack_remaining())) \
    F(NONE, get_stack_pointer, PyLong_FromVoidPtr(__builtin_frame_address(0))) \
    F(OO, _PyTraceMalloc_GetTraceback, traceback_of(a, b)) \
    F(OON, dict_getitem_knownhash, known_item(a, b, n)) \
    F(NONE, get_static_builtin_types, static_types()) \
    F(NONE, identify_type_slot_wrappers, slot_wrappers())
static PyObject *static_types(void);
static PyObject *slot_wrappers(void);
static PyObject *known_item(PyObject *dict, PyObject *key, Py_hash_t hash);
static PyObject *traceback_of(PyObject *domain, PyObject *address);
#include "../functions.h"

static PyObject *known_item(PyObject *dict, PyObject *key, Py_hash_t hash)
{
    PyObject *value = _PyDict_GetItem_KnownHash(dict, key, hash);
    if (value == NULL && !PyErr_Occurred()) {
        PyErr_SetObject(PyExc_KeyError, key);
    }
    return borrowed(value);
}

/* The lines that led to a block, as far as `tracemalloc` knows it. */
static PyObject *traceback_of(PyObject *domain, PyObject *address)
{
    unsigned long number = PyLong_AsUnsignedLong(domain);
    void *place = PyLong_AsVoidPtr(address);
    if (PyErr_Occurred()) {
        return NULL;
    }
    PyObject *lines = krait_traced_lines((unsigned int)number, (uintptr_t)place);
    return lines == NULL ? Py_NewRef(Py_None) : lines;
}

/* Adds a static type and those below it to a list, each once. */
static int add_static_types(PyObject *list, PyObject *type)
{
    if (!PyType_HasFeature((PyTypeObject *)type, Py_TPFLAGS_HEAPTYPE)) {
        int known = PySequence_Contains(list, type);
        if (known != 0) {
            return known < 0 ? -1 : 0;
        }
        if (PyList_Append(list, type) < 0) {
            return -1;
        }
    }
    PyObject *below = PyObject_CallMethod((PyObject *)&PyType_Type, "__subclasses__", "O", type);
    if (below == NULL) {
        return -1;
    }
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && i < PyList_Size(below); i++) {
        status = add_static_types(list, PyList_GetItem(below, i));
    }
    Py_DECREF(below);
    return status;
}

static PyObject *static_types(void)
{
    PyObject *list = PyList_New(0);
    if (list != NULL && add_static_types(list, (PyObject *)&PyBaseObject_Type) < 0) {
        Py_CLEAR(list);
    }
    return list;
}

/* The names under which the types' slots are in their dicts. */
static int add_slot_wrappers(PyObject *names, PyTypeObject *type)
{
    PyObject *dict = PyObject_GetAttrString((PyObject *)type, "__dict__");
    PyObject *items = dict == NULL ? NULL : PyMapping_Items(dict);
    Py_XDECREF(dict);
    if (items == NULL) {
        return -1;
    }
    int status = 0;
    for (Py_ssize_t i = 0; status >= 0 && i < PyList_Size(items); i++) {
        PyObject *item = PyList_GetItem(items, i);
        PyObject *name = PyTuple_GetItem(item, 0);
        if (Py_TYPE(PyTuple_GetItem(item, 1)) == &PyWrapperDescr_Type) {
            status = PySequence_Contains(names, name);
            if (status == 0) {
                status = PyList_Append(names, name);
            }
        }
    }
    Py_DECREF(items);
    return status < 0 ? -1 : 0;
}

static PyObject *slot_wrappers(void)
{
    PyObject *types = static_types();
    PyObject *names = types == NULL ? NULL : PyList_New(0);
    for (Py_ssize_t i = 0; names != NULL && i < PyList_Size(types); i++) {
        if (add_slot_wrappers(names, (PyTypeObject *)PyList_GetItem(types, i)) < 0) {
            Py_CLEAR(names);
        }
    }
    Py_XDECREF(types);
    return names;
}

static int add_all(PyObject *module)
{
    if (PyModule_AddFunctions(module, functions) < 0
        /* The collector's and the attributes' data is not before an object. */
        || PyModule_AddIntConstant(module, "SIZEOF_PYGC_HEAD", 0) < 0
        || PyModule_AddIntConstant(module, "SIZEOF_MANAGED_PRE_HEADER", 0) < 0
        /* Inline caches are filled by an instruction's first execution. */
        || PyModule_AddIntConstant(module, "SPECIALIZATION_THRESHOLD", 1) < 0
        || PyModule_AddIntConstant(module, "SPECIALIZATION_COOLDOWN", 1) < 0) {
        return -1;
    }
    return PyModule_AddIntConstant(module, "SIZEOF_PYOBJECT", (long)sizeof(PyObject));
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)add_all}, {0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_testinternalcapi",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__testinternalcapi(void)
{
    return PyModuleDef_Init(&definition);
}
