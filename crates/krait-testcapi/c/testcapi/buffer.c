/* The buffer protocol: a type that lends its bytes and counts how often. */
#include "groups.h"
#include "../results.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *bytes;
    Py_ssize_t references;
} Lender;

static PyObject *lender_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    PyObject *bytes = PyBytes_FromString("test");
    if (bytes == NULL) {
        return NULL;
    }
    Lender *self = (Lender *)type->tp_alloc(type, 0);
    if (self == NULL) {
        Py_DECREF(bytes);
        return NULL;
    }
    self->bytes = bytes;
    self->references = 0;
    return (PyObject *)self;
}

static int lender_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Lender *)self)->bytes);
    return 0;
}

static int lender_clear(PyObject *self)
{
    Py_CLEAR(((Lender *)self)->bytes);
    return 0;
}

static void lender_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Lender *)self)->bytes);
    Py_TYPE(self)->tp_free(self);
}

/* Lends the memory of the bytes in its own name. */
static int lender_get(PyObject *self, Py_buffer *view, int flags)
{
    Lender *lender = (Lender *)self;
    if (PyObject_GetBuffer(lender->bytes, view, flags) != 0) {
        return -1;
    }
    Py_SETREF(view->obj, Py_NewRef(self));
    lender->references++;
    return 0;
}

static void lender_release(PyObject *self, Py_buffer *Py_UNUSED(view))
{
    ((Lender *)self)->references--;
}

static PyBufferProcs lender_buffer = {lender_get, lender_release};

static PyMemberDef lender_members[] = {
    {"references", Py_T_PYSSIZET, offsetof(Lender, references), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject lender_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "testBufType",
    .tp_basicsize = sizeof(Lender),
    .tp_dealloc = lender_dealloc,
    .tp_as_buffer = &lender_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = lender_traverse,
    .tp_clear = lender_clear,
    .tp_members = lender_members,
    .tp_new = lender_new,
};

static PyObject *getbuffer_with_null_view(PyObject *Py_UNUSED(module), PyObject *object)
{
    return nothing(PyObject_GetBuffer(object, NULL, PyBUF_SIMPLE));
}

static PyObject *buffer_fill_info(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *memory;
    Py_ssize_t len;
    int readonly, flags;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "s#ii", &memory, &len, &readonly, &flags)
        || PyBuffer_FillInfo(&view, NULL, (void *)memory, len, readonly, flags) < 0) {
        return NULL;
    }
    return PyMemoryView_FromBuffer(&view);
}

static PyObject *size_from_format(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *format;
    if (!PyArg_ParseTuple(args, "s", &format)) {
        return NULL;
    }
    return size(PyBuffer_SizeFromFormat(format));
}

static PyMethodDef functions[] = {
    {"getbuffer_with_null_view", getbuffer_with_null_view, METH_O, NULL},
    {"buffer_fill_info", buffer_fill_info, METH_VARARGS, NULL},
    {"PyBuffer_SizeFromFormat", size_from_format, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_buffer(PyObject *module)
{
    if (PyModule_AddFunctions(module, functions) < 0 || PyType_Ready(&lender_type) < 0) {
        return -1;
    }
    return PyModule_AddObjectRef(module, "testBuf", (PyObject *)&lender_type);
}
