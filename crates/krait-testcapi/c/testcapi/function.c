/* Functions and frames: what they are made of. */
#include "groups.h"
#include "../results.h"

/* A part of a function; None where it has none, SystemError for what is no function. */
#define PART(name, api) \
    static PyObject *get_##name(PyObject *Py_UNUSED(module), PyObject *function) \
    { \
        PyObject *part = api(function); \
        return borrowed_or(part, PyErr_Occurred() ? NULL : Py_None); \
    }

PART(code, PyFunction_GetCode)
PART(globals, PyFunction_GetGlobals)
PART(module, PyFunction_GetModule)
PART(defaults, PyFunction_GetDefaults)
PART(kw_defaults, PyFunction_GetKwDefaults)
PART(closure, PyFunction_GetClosure)
PART(annotations, PyFunction_GetAnnotations)

#define SETTER(name, api) \
    static PyObject *set_##name(PyObject *Py_UNUSED(module), PyObject *args) \
    { \
        PyObject *function, *part; \
        if (!PyArg_ParseTuple(args, "OO", &function, &part)) { \
            return NULL; \
        } \
        return nothing(api(function, part)); \
    }

SETTER(defaults, PyFunction_SetDefaults)
SETTER(kw_defaults, PyFunction_SetKwDefaults)
SETTER(closure, PyFunction_SetClosure)

static PyMethodDef functions[] = {
    {"function_get_code", get_code, METH_O, NULL},
    {"function_get_globals", get_globals, METH_O, NULL},
    {"function_get_module", get_module, METH_O, NULL},
    {"function_get_defaults", get_defaults, METH_O, NULL},
    {"function_get_kw_defaults", get_kw_defaults, METH_O, NULL},
    {"function_get_closure", get_closure, METH_O, NULL},
    {"function_get_annotations", get_annotations, METH_O, NULL},
    {"function_set_defaults", set_defaults, METH_VARARGS, NULL},
    {"function_set_kw_defaults", set_kw_defaults, METH_VARARGS, NULL},
    {"function_set_closure", set_closure, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_function(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
