/* PyConfig (PEP 741): how the interpreter was started. */
#include "groups.h"



static PyObject *config_getint(PyObject *module, PyObject *args);

#define FUNCTIONS \
    F(NONE, config_names, PyConfig_Names())
static PyObject *config_get(PyObject *module, PyObject *args);
#define FUNCTIONS_OF_ITS_OWN \
    {"config_get", config_get, METH_VARARGS, NULL}, \
    {"config_getint", config_getint, METH_VARARGS, NULL},
#include "../functions.h"

static PyObject *config_get(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *name;
    TAKE("s", &name)
    return PyConfig_Get(name);
}

static PyObject *config_getint(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *name;
    int value;
    TAKE("s", &name)
    return PyConfig_GetInt(name, &value) < 0 ? NULL : PyLong_FromLong(value);
}

int testcapi_add_config(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
