/* Documentation of functions and methods, with a signature at its head and without. */
#include "groups.h"

#define NO_SIGNATURE "This docstring has no signature."
#define UNREPRESENTABLE(name, self) \
    name "(" self "a, b=<x>)\n--\n\nThis docstring has a signature with unrepresentable default."

static PyObject *returns_none(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    Py_RETURN_NONE;
}

#define DOC(name, flags, doc) {name, returns_none, flags, doc}

static PyMethodDef functions[] = {
    DOC("docstring_empty", METH_VARARGS, ""),
    DOC("docstring_no_signature", METH_VARARGS, NO_SIGNATURE),
    DOC("docstring_no_signature_noargs", METH_NOARGS, NO_SIGNATURE),
    DOC("docstring_no_signature_o", METH_O, NO_SIGNATURE),
    DOC("docstring_with_invalid_signature", METH_VARARGS,
        "docstring_with_invalid_signature($module, /, boo)\n\n"
        "This docstring has an invalid signature."),
    DOC("docstring_with_invalid_signature2", METH_VARARGS,
        "docstring_with_invalid_signature2($module, /, boo)\n\n--\n\n"
        "This docstring also has an invalid signature."),
    DOC("docstring_with_signature", METH_VARARGS,
        "docstring_with_signature($module, /, sig)\n--\n\nThis docstring has a valid signature."),
    DOC("docstring_with_signature_but_no_doc", METH_VARARGS,
        "docstring_with_signature_but_no_doc($module, /, sig)\n--\n\n"),
    DOC("docstring_with_signature_and_extra_newlines", METH_VARARGS,
        "docstring_with_signature_and_extra_newlines($module, /, parameter)\n--\n\n\n"
        "This docstring has a valid signature and some extra newlines."),
    DOC("docstring_with_signature_with_defaults", METH_VARARGS,
        "docstring_with_signature_with_defaults(module, s='avocado',\n"
        "        b=b'bytes', d=3.14, i=35, n=None, t=True, f=False,\n"
        "        local=the_number_three, sys=sys.maxsize,\n"
        "        exp=sys.maxsize - 1)\n--\n\n\n\n"
        "This docstring has a valid signature with parameters,\n"
        "and the parameters take defaults of varying types."),
    DOC("test_with_docstring", METH_VARARGS, "This is a pretty normal docstring."),
    {NULL, NULL, 0, NULL},
};

static PyMethodDef without_signature[] = {
    DOC("meth_noargs", METH_NOARGS, NO_SIGNATURE),
    DOC("meth_o", METH_O, NO_SIGNATURE),
    DOC("meth_noargs_class", METH_NOARGS | METH_CLASS, NO_SIGNATURE),
    DOC("meth_o_class", METH_O | METH_CLASS, NO_SIGNATURE),
    DOC("meth_noargs_static", METH_NOARGS | METH_STATIC, NO_SIGNATURE),
    DOC("meth_o_static", METH_O | METH_STATIC, NO_SIGNATURE),
    DOC("meth_noargs_coexist", METH_NOARGS | METH_COEXIST, NO_SIGNATURE),
    DOC("meth_o_coexist", METH_O | METH_COEXIST, NO_SIGNATURE),
    {NULL, NULL, 0, NULL},
};

static PyMethodDef unrepresentable[] = {
    DOC("meth", METH_VARARGS, UNREPRESENTABLE("meth", "$self, /, ")),
    DOC("classmeth", METH_VARARGS | METH_CLASS, UNREPRESENTABLE("classmeth", "$type, /, ")),
    DOC("staticmeth", METH_VARARGS | METH_STATIC, UNREPRESENTABLE("staticmeth", "")),
    DOC("with_default", METH_VARARGS,
        "with_default($self, /, x=ONE)\n--\n\n"
        "This instance method has a default parameter value from the module scope."),
    {NULL, NULL, 0, NULL},
};

static PyTypeObject no_signature_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_testcapi.DocStringNoSignatureTest",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = without_signature,
    .tp_new = PyType_GenericNew,
};

static PyTypeObject unrepresentable_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_testcapi.DocStringUnrepresentableSignatureTest",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = unrepresentable,
    .tp_new = PyType_GenericNew,
};

int testcapi_add_docstrings(PyObject *module)
{
    if (PyModule_AddFunctions(module, functions) < 0
        || PyModule_AddType(module, &no_signature_type) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &unrepresentable_type);
}
