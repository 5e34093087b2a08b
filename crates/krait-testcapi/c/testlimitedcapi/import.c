/* The import system from C. */
#include "groups.h"

#define FUNCTIONS \
    F(NONE, PyImport_GetMagicNumber, PyLong_FromLong(PyImport_GetMagicNumber())) \
    F(NONE, PyImport_GetMagicTag, text_or_none(PyImport_GetMagicTag())) \
    F(NONE, PyImport_GetModuleDict, borrowed(PyImport_GetModuleDict())) \
    F(O, PyImport_GetModule, PyErr_Occurred() ? NULL : module_or_none(PyImport_GetModule(a))) \
    F(S, PyImport_AddModuleRef, PyImport_AddModuleRef(s)) \
    F(O, PyImport_AddModuleObject, borrowed(PyImport_AddModuleObject(a))) \
    F(S, PyImport_AddModule, borrowed(PyImport_AddModule(s))) \
    F(O, PyImport_Import, PyImport_Import(a)) \
    F(S, PyImport_ImportModule, PyImport_ImportModule(s))
static PyObject *module_or_none(PyObject *module)
{
    return module == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : module;
}
#include "../functions.h"

ADD_FUNCTIONS(import)
