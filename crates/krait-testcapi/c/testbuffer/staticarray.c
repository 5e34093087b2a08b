/* `staticarray`: lends static memory, whatever is asked for; in legacy mode without an owner. */
#include "ndarray.h"

typedef struct {
    PyObject_HEAD
    int legacy_mode;
} Static;

static char memory[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
static Py_ssize_t shape[] = {12};
static Py_ssize_t strides[] = {1};

static PyObject *static_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    return type->tp_alloc(type, 0);
}

static int static_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"legacy_mode", NULL};
    PyObject *legacy_mode = Py_False;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O", names, &legacy_mode)) {
        return -1;
    }
    ((Static *)self)->legacy_mode = legacy_mode != Py_False;
    return 0;
}

static int static_getbuffer(PyObject *self, Py_buffer *view, int Py_UNUSED(flags))
{
    *view = (Py_buffer){
        .buf = memory, .len = 12, .itemsize = 1, .readonly = 1, .ndim = 1,
        .format = "B", .shape = shape, .strides = strides,
    };
    if (!((Static *)self)->legacy_mode) {
        view->obj = Py_NewRef(self);
    }
    return 0;
}

static PyBufferProcs static_buffer = {static_getbuffer, NULL};

PyTypeObject staticarray_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "staticarray",
    .tp_basicsize = sizeof(Static),
    .tp_as_buffer = &static_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_init = static_init,
    .tp_new = static_new,
};
