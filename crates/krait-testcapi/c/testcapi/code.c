/* Code objects: made empty, and their lines. */
#include "groups.h"
#include "../results.h"

static PyObject *code_newempty(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *filename, *name;
    int first_line;
    if (!PyArg_ParseTuple(args, "ssi", &filename, &name, &first_line)) {
        return NULL;
    }
    return (PyObject *)PyCode_NewEmpty(filename, name, first_line);
}

static PyObject *code_offset_to_line(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *code;
    int offset;
    if (!PyArg_ParseTuple(args, "O!i", &PyCode_Type, &code, &offset)) {
        return NULL;
    }
    return number(PyCode_Addr2Line((PyCodeObject *)code, offset));
}

static PyMethodDef functions[] = {
    {"code_newempty", code_newempty, METH_VARARGS, NULL},
    {"code_offset_to_line", code_offset_to_line, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_code(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
