/* Functions and methods of every calling convention; each returns its self and arguments. */
#include "groups.h"

static PyObject *or_none(PyObject *object)
{
    return object == NULL ? Py_None : object;
}

static PyObject *tuple_of(PyObject *const *values, Py_ssize_t count)
{
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyTuple_SetItem(tuple, i, Py_NewRef(values[i]));
    }
    return tuple;
}

static PyObject *meth_varargs(PyObject *self, PyObject *args)
{
    return Py_BuildValue("OO", or_none(self), args);
}

static PyObject *meth_varargs_keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return Py_BuildValue("OOO", or_none(self), args, or_none(kwargs));
}

static PyObject *meth_o(PyObject *self, PyObject *arg)
{
    return Py_BuildValue("OO", or_none(self), arg);
}

static PyObject *meth_noargs(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return Py_NewRef(or_none(self));
}

static PyObject *meth_fastcall(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return Py_BuildValue("ON", or_none(self), tuple_of(args, count));
}

static PyObject *meth_fastcall_keywords(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                        PyObject *names)
{
    PyObject *keywords = Py_NewRef(Py_None);
    if (names != NULL) {
        Py_SETREF(keywords, PyDict_New());
        for (Py_ssize_t i = 0; keywords != NULL && i < PyTuple_Size(names); i++) {
            if (PyDict_SetItem(keywords, PyTuple_GetItem(names, i), args[count + i]) < 0) {
                Py_CLEAR(keywords);
            }
        }
    }
    if (keywords == NULL) {
        return NULL;
    }
    return Py_BuildValue("ONN", or_none(self), tuple_of(args, count), keywords);
}

#define CONVENTIONS(extra) { \
    {"meth_varargs", meth_varargs, METH_VARARGS | extra, NULL}, \
    {"meth_varargs_keywords", (PyCFunction)(void (*)(void))meth_varargs_keywords, \
     METH_VARARGS | METH_KEYWORDS | extra, NULL}, \
    {"meth_o", meth_o, METH_O | extra, NULL}, \
    {"meth_noargs", meth_noargs, METH_NOARGS | extra, NULL}, \
    {"meth_fastcall", (PyCFunction)(void (*)(void))meth_fastcall, METH_FASTCALL | extra, NULL}, \
    {"meth_fastcall_keywords", (PyCFunction)(void (*)(void))meth_fastcall_keywords, \
     METH_FASTCALL | METH_KEYWORDS | extra, NULL}, \
    {NULL, NULL, 0, NULL} }

static PyMethodDef of_module[] = CONVENTIONS(0);
static PyMethodDef of_instance[] = CONVENTIONS(0);
static PyMethodDef of_class[] = CONVENTIONS(METH_CLASS);
static PyMethodDef of_static[] = CONVENTIONS(METH_STATIC);

#define HOLDER(variable, python_name, doc, methods) \
    static PyTypeObject variable = { \
        PyVarObject_HEAD_INIT(NULL, 0) \
        .tp_name = python_name, \
        .tp_basicsize = sizeof(PyObject), \
        .tp_new = PyType_GenericNew, \
        .tp_flags = Py_TPFLAGS_DEFAULT, \
        .tp_doc = doc, \
        .tp_methods = methods, \
    }

HOLDER(meth_instance, "MethInstance", "Instance methods of every calling convention.", of_instance);
HOLDER(meth_class, "MethClass", "Class methods of every calling convention.", of_class);
HOLDER(meth_static, "MethStatic", "Static methods of every calling convention.", of_static);

int testcapi_add_methods(PyObject *module)
{
    if (PyModule_AddFunctions(module, of_module) < 0
        || PyModule_AddType(module, &meth_instance) < 0
        || PyModule_AddType(module, &meth_class) < 0) {
        return -1;
    }
    return PyModule_AddType(module, &meth_static);
}
