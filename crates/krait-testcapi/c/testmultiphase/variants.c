/* More modules of the same file: good ones with other names and kinds, and ones that are made
 * wrongly, each in one way. */
#include "../results.h"

#define DEFINITION(id, ...)                                                          \
    static PyModuleDef definition_##id = {                                           \
        PyModuleDef_HEAD_INIT,                                                       \
        .m_name = #id,                                                               \
        __VA_ARGS__                                                                  \
    }

/* An initialisation function that returns the definition. */
#define INIT(id, function)                                                           \
    PyMODINIT_FUNC function(void) { return PyModuleDef_Init(&definition_##id); }

/* A module with one slot, or none where it is 0. */
#define ONE_SLOT(id, number, value)                                                  \
    static PyModuleDef_Slot slots_##id[] = {{number, (void *)(value)}, {0, NULL}};   \
    DEFINITION(id, .m_slots = slots_##id);                                           \
    INIT(id, PyInit__testmultiphase_##id)

static PyObject *subtract(PyObject *Py_UNUSED(self), PyObject *args)
{
    long first, second;
    if (!PyArg_ParseTuple(args, "ll:bar", &first, &second)) {
        return NULL;
    }
    return PyLong_FromLong(first - second);
}

static PyMethodDef bar[] = {
    {"bar", subtract, METH_VARARGS, "bar(i,j)\n\nReturn the difference of i - j."},
    {NULL, NULL, 0, NULL},
};

static int exec_nothing(PyObject *Py_UNUSED(module)) { return 0; }

/* Something that is no module: a namespace with the attribute `three`. */
static PyObject *create_namespace(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def))
{
    PyObject *types = PyImport_ImportModule("types");
    if (types == NULL) {
        return NULL;
    }
    PyObject *made = PyObject_CallMethod(types, "SimpleNamespace", NULL);
    Py_DECREF(types);
    PyObject *three = PyLong_FromLong(3);
    if (made != NULL && (three == NULL || PyObject_SetAttrString(made, "three", three) < 0)) {
        Py_CLEAR(made);
    }
    Py_XDECREF(three);
    return made;
}

static PyModuleDef_Slot slots_namespace[] = {{Py_mod_create, (void *)create_namespace}, {0, NULL}};
DEFINITION(nonmodule, .m_slots = slots_namespace);
INIT(nonmodule, PyInit__testmultiphase_nonmodule)
DEFINITION(nonmodule_with_methods, .m_slots = slots_namespace, .m_methods = bar);
INIT(nonmodule_with_methods, PyInit__testmultiphase_nonmodule_with_methods)
static PyModuleDef_Slot slots_with_exec[] = {
    {Py_mod_create, (void *)create_namespace}, {Py_mod_exec, (void *)exec_nothing}, {0, NULL},
};
DEFINITION(nonmodule_with_exec_slots, .m_slots = slots_with_exec);
INIT(nonmodule_with_exec_slots, PyInit__testmultiphase_nonmodule_with_exec_slots)

/* Nothing but a name. */
DEFINITION(null_slots, .m_size = 0);
INIT(null_slots, PyInit__testmultiphase_null_slots)
static PyModuleDef_Slot slots_short[3];
static int add_text(PyObject *module)
{
    return PyModule_AddStringConstant(module, "str_const", "something different");
}
static PyModuleDef_Slot slots_text[] = {{Py_mod_exec, (void *)add_text}, {0, NULL}};
DEFINITION(x, .m_slots = slots_text);
INIT(x, PyInit_x)

/* Names beyond ASCII, which the functions' names have in Punycode. */
DEFINITION(czech, .m_doc = "Module named in Czech", .m_slots = slots_short);
INIT(czech, PyInitU__testmultiphase_zkouka_naten_evc07gi8e)
DEFINITION(japanese, .m_doc = "Module named in Japanese", .m_slots = slots_short);
INIT(japanese, PyInitU_eckzbwbhc6jpgzcx415x)

/* What they say of several interpreters. */
#define INTERPRETERS(id, value)                                                      \
    static PyModuleDef_Slot slots_##id[] = {                                         \
        {Py_mod_multiple_interpreters, value}, {0, NULL},                            \
    };                                                                               \
    DEFINITION(id, .m_slots = slots_##id);                                           \
    INIT(id, PyInit_##id)

INTERPRETERS(_test_non_isolated, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED)
INTERPRETERS(_test_shared_gil_only, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED)
DEFINITION(no_slot, .m_slots = slots_short);
INIT(no_slot, PyInit__test_no_multiple_interpreter_slot)

/* Wrong slots. */
ONE_SLOT(bad_slot_large, 32767, NULL)
ONE_SLOT(bad_slot_negative, -1, NULL)
static PyModuleDef_Slot slots_two_creates[] = {
    {Py_mod_create, (void *)create_namespace}, {Py_mod_create, (void *)create_namespace}, {0, NULL},
};
DEFINITION(multiple_create_slots, .m_slots = slots_two_creates);
INIT(multiple_create_slots, PyInit__testmultiphase_multiple_create_slots)
static PyModuleDef_Slot slots_two_answers[] = {
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED},
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED},
    {0, NULL},
};
DEFINITION(multiple_multiple_interpreters_slots, .m_slots = slots_two_answers);
INIT(multiple_multiple_interpreters_slots, PyInit__testmultiphase_multiple_multiple_interpreters_slots)

/* A negative size; an int that wants module state. */
DEFINITION(negative_size, .m_size = -1, .m_slots = slots_short);
INIT(negative_size, PyInit__testmultiphase_negative_size)
static PyObject *create_int(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def))
{
    return PyLong_FromLong(3);
}
static PyModuleDef_Slot slots_int[] = {{Py_mod_create, (void *)create_int}, {0, NULL}};
DEFINITION(create_int_with_state, .m_size = 1, .m_slots = slots_int);
INIT(create_int_with_state, PyInit__testmultiphase_create_int_with_state)

/* Failures: without an exception, with one, and success with one, in each of three places. */
static void *fail(const char *text)
{
    PyErr_SetString(PyExc_SystemError, text);
    return NULL;
}

PyMODINIT_FUNC PyInit__testmultiphase_export_null(void) { return NULL; }
PyMODINIT_FUNC PyInit__testmultiphase_export_raise(void) { return fail("bad export function"); }
PyMODINIT_FUNC PyInit__testmultiphase_export_unreported_exception(void)
{
    fail("bad export function");
    return PyModuleDef_Init(&definition_null_slots);
}
static PyModuleDef uninitialized;
PyMODINIT_FUNC PyInit__testmultiphase_export_uninitialized(void) { return (PyObject *)&uninitialized; }

static PyObject *create_null(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def)) { return NULL; }
static PyObject *create_raise(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def))
{
    return fail("bad create function");
}
static PyObject *create_unreported(PyObject *Py_UNUSED(spec), PyModuleDef *Py_UNUSED(def))
{
    fail("bad create function");
    return PyModule_New("foo");
}
ONE_SLOT(create_null, Py_mod_create, create_null)
ONE_SLOT(create_raise, Py_mod_create, create_raise)
ONE_SLOT(create_unreported_exception, Py_mod_create, create_unreported)

static int exec_err(PyObject *Py_UNUSED(module)) { return -1; }
static int exec_raise(PyObject *Py_UNUSED(module))
{
    fail("bad exec function");
    return -1;
}
static int exec_unreported(PyObject *Py_UNUSED(module))
{
    fail("bad exec function");
    return 0;
}
ONE_SLOT(exec_err, Py_mod_exec, exec_err)
ONE_SLOT(exec_raise, Py_mod_exec, exec_raise)
ONE_SLOT(exec_unreported_exception, Py_mod_exec, exec_unreported)
