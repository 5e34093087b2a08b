/* The type `ndarray`. */
#include "ndarray.h"

static void free_all(Array *self)
{
    while (self->head != NULL) {
        Base *base = self->head;
        self->head = base->next;
        base_free(base);
    }
}

static void array_dealloc(PyObject *self)
{
    free_all((Array *)self);
    PyObject_Free(self);
}

/* The first structure of a new array. */
static int make(Array *array, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"obj", "shape", "strides", "offset", "format", "flags", "getbuf", NULL};
    PyObject *object, *shape = NULL, *strides = NULL, *format = NULL;
    Py_ssize_t offset = 0;
    int flags = 0, getbuf = -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOnOii", names, &object, &shape, &strides,
                                     &offset, &format, &flags, &getbuf)) {
        return -1;
    }
    if (PyObject_CheckBuffer(object) && shape == NULL) {
        if (strides != NULL || offset != 0 || format != NULL || (flags != 0 && flags != ND_REDIRECT)) {
            PyErr_SetString(PyExc_TypeError, "construction from exporter object only takes 'obj', "
                                             "'getbuf' and 'flags' arguments");
            return -1;
        }
        array->head = base_of_exporter(object, getbuf == -1 ? PyBUF_FULL_RO : getbuf);
        if (array->head == NULL) {
            return -1;
        }
        array->head->flags |= flags;
        return 0;
    }
    if (getbuf != -1) {
        PyErr_SetString(PyExc_TypeError,
                        "getbuf argument only valid for construction from exporter object");
        return -1;
    }
    if (shape == NULL) {
        PyErr_SetString(PyExc_TypeError,
                        "shape is a required argument when constructing from list, tuple or scalar");
        return -1;
    }
    array->variable = (flags & ND_VAREXPORT) != 0;
    PyObject *its_format = format == NULL ? PyUnicode_FromString("B") : Py_NewRef(format);
    if (its_format == NULL) {
        return -1;
    }
    array->head = base_of_items(object, shape, strides, offset, its_format, flags & ~ND_VAREXPORT);
    Py_DECREF(its_format);
    return array->head == NULL ? -1 : 0;
}

/* Made whole by `__new__`: there is no array without a structure. */
static PyObject *array_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL && make((Array *)self, args, kwargs) < 0) {
        Py_CLEAR(self);
    }
    return self;
}

/* Whether another structure may take the first place. */
static int may_change(Array *self, int even_exported)
{
    if (self->head->borrowed) {
        PyErr_SetString(PyExc_BufferError, "structure of re-exporting object is immutable");
        return 0;
    }
    if (self->head->exports > 0 && !even_exported) {
        PyErr_Format(PyExc_BufferError, "cannot change structure: %zd exported buffer%s",
                     self->head->exports, self->head->exports == 1 ? "" : "s");
        return 0;
    }
    return 1;
}

static PyObject *push(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"items", "shape", "strides", "offset", "format", "flags", NULL};
    Array *array = (Array *)self;
    PyObject *items, *shape, *strides = NULL, *format = NULL;
    Py_ssize_t offset = 0;
    int flags = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|OnOi", names, &items, &shape, &strides,
                                     &offset, &format, &flags)) {
        return NULL;
    }
    if (flags & ND_VAREXPORT) {
        PyErr_SetString(PyExc_ValueError, "ND_VAREXPORT flag can only be used during object creation");
        return NULL;
    }
    if (!may_change(array, array->variable)) {
        return NULL;
    }
    PyObject *its_format = format == NULL ? PyUnicode_FromString("B") : Py_NewRef(format);
    if (its_format == NULL) {
        return NULL;
    }
    Base *base = base_of_items(items, shape, strides, offset, its_format, flags);
    Py_DECREF(its_format);
    if (base == NULL) {
        return NULL;
    }
    base->next = array->head;
    array->head = base;
    Py_RETURN_NONE;
}

static PyObject *pop(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Array *array = (Array *)self;
    if (!may_change(array, 0)) {
        return NULL;
    }
    if (array->head->next == NULL) {
        PyErr_SetString(PyExc_BufferError, "list only has a single base");
        return NULL;
    }
    Base *base = array->head;
    array->head = base->next;
    base_free(base);
    Py_RETURN_NONE;
}

/* What the consumer asked for of the structure. */
static int restrict_view(const Base *base, Py_buffer *view, int flags)
{
    const char *refused = NULL;
    if ((flags & PyBUF_FORMAT) == 0) {
        view->format = NULL;
    }
    if ((flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS && !IS_C(base->flags)) {
        refused = "ndarray is not C-contiguous";
    } else if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && !IS_FORTRAN(base->flags)) {
        refused = "ndarray is not Fortran contiguous";
    } else if ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS && !IS_C(base->flags)
               && !IS_FORTRAN(base->flags)) {
        refused = "ndarray is not contiguous";
    } else if ((flags & PyBUF_INDIRECT) != PyBUF_INDIRECT && (base->flags & ND_PIL)) {
        refused = "ndarray cannot be represented without suboffsets";
    } else if ((flags & PyBUF_WRITABLE) && view->readonly) {
        refused = "ndarray is not writable";
    }
    if (refused == NULL && (flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
        if (!IS_C(base->flags)) {
            refused = "ndarray is not C-contiguous";
        }
        view->strides = NULL;
    }
    if (refused == NULL && (flags & PyBUF_ND) != PyBUF_ND) {
        if (view->format != NULL) {
            refused = "ndarray: cannot cast to unsigned bytes if the format flag is present";
        }
        view->ndim = 1;
        view->shape = NULL;
    }
    if (refused != NULL) {
        PyErr_SetString(PyExc_BufferError, refused);
        return -1;
    }
    return 0;
}

static int array_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    Base *base = ((Array *)self)->head;
    if (view == NULL) {
        PyErr_SetString(PyExc_BufferError, "a view is needed");
        return -1;
    }
    if ((base->flags & ND_REDIRECT) && base->borrowed && base->lent.obj != NULL) {
        return PyObject_GetBuffer(base->lent.obj, view, flags);
    }
    if (base->flags & ND_GETBUF_FAIL) {
        PyErr_SetString(PyExc_BufferError, "ND_GETBUF_FAIL: forced test exception");
        view->obj = base->flags & ND_GETBUF_UNDEFINED ? (PyObject *)1 : NULL;
        return -1;
    }
    const Py_buffer *whole = &base->view;
    if (base->borrowed
        && ((whole->format == NULL && (flags & PyBUF_FORMAT))
            || (whole->ndim > 0 && whole->shape == NULL && (flags & PyBUF_ND))
            || (whole->ndim > 0 && whole->strides == NULL && (flags & PyBUF_STRIDES) == PyBUF_STRIDES))) {
        PyErr_SetString(PyExc_BufferError, "re-exporter does not provide format, shape or strides");
        view->obj = NULL;
        return -1;
    }
    *view = *whole;
    view->obj = NULL;
    if (restrict_view(base, view, flags) < 0) {
        return -1;
    }
    view->obj = Py_NewRef(self);
    view->internal = base;
    base->exports++;
    return 0;
}

static void array_releasebuffer(PyObject *self, Py_buffer *view)
{
    Array *array = (Array *)self;
    Base *base = view->internal;
    base->exports--;
    if (base->exports > 0 || base == array->head || array->head->borrowed) {
        return;
    }
    /* A structure that is no longer the first one and that nobody looks at: it goes. */
    for (Base *before = array->head; before != NULL; before = before->next) {
        if (before->next == base) {
            before->next = base->next;
            base_free(base);
            return;
        }
    }
}

static PyBufferProcs array_buffer = {array_getbuffer, array_releasebuffer};

static PyObject *tolist(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return view_to_list(&((Array *)self)->head->view);
}

static PyObject *tobytes(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return view_to_bytes(&((Array *)self)->head->view);
}

static PyObject *add_suboffsets(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Base *base = ((Array *)self)->head;
    Py_buffer *view = &base->view;
    if (view->suboffsets != NULL) {
        PyErr_SetString(PyExc_TypeError, "cannot add suboffsets to PIL-style array");
        return NULL;
    }
    if (view->strides == NULL) {
        PyErr_SetString(PyExc_TypeError, "cannot add suboffsets to array without strides");
        return NULL;
    }
    Py_ssize_t *dims = PyMem_Calloc(3 * (size_t)view->ndim, sizeof(Py_ssize_t));
    if (dims == NULL) {
        return PyErr_NoMemory();
    }
    memcpy(dims, view->shape, (size_t)view->ndim * sizeof(Py_ssize_t));
    memcpy(dims + view->ndim, view->strides, (size_t)view->ndim * sizeof(Py_ssize_t));
    for (int i = 0; i < view->ndim; i++) {
        dims[2 * view->ndim + i] = -1;
    }
    if (base->exports == 0) {
        PyMem_Free(base->dims);
    }
    base->dims = dims;
    view->shape = dims;
    view->strides = dims + view->ndim;
    view->suboffsets = dims + 2 * view->ndim;
    base->flags &= ~(ND_C | ND_FORTRAN);
    Py_RETURN_NONE;
}

/* A memoryview of a structure without an owner. It points to what the array that has the memory
 * holds, so that array lives on: the reference to it is never given back. */
static PyObject *memoryview_from_buffer(PyObject *self, PyObject *Py_UNUSED(unused))
{
    Base *base = ((Array *)self)->head;
    PyObject *owner = base->borrowed ? base->lent.obj : self;
    if (owner == NULL || Py_TYPE(owner) != &ndarray_type || (owner != self && ((Array *)owner)->head->borrowed)) {
        PyErr_SetString(PyExc_TypeError, "memoryview_from_buffer(): an array with memory of its own is needed");
        return NULL;
    }
    Py_buffer view = base->view;
    if (view.format != NULL && strlen(view.format) > ND_MAX_NDIM) {
        PyErr_Format(PyExc_TypeError, "memoryview_from_buffer(): format is limited to %d characters", ND_MAX_NDIM);
        return NULL;
    }
    view.obj = NULL;
    PyObject *made = PyMemoryView_FromBuffer(&view);
    if (made != NULL) {
        Py_INCREF(self);
    }
    return made;
}

static PyMethodDef array_methods[] = {
    {"tolist", tolist, METH_NOARGS, NULL},
    {"tobytes", tobytes, METH_NOARGS, NULL},
    {"push", (PyCFunction)(void (*)(void))push, METH_VARARGS | METH_KEYWORDS, NULL},
    {"pop", pop, METH_NOARGS, NULL},
    {"add_suboffsets", add_suboffsets, METH_NOARGS, NULL},
    {"memoryview_from_buffer", memoryview_from_buffer, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *sizes(const Py_ssize_t *values, int count)
{
    PyObject *tuple = PyTuple_New(values == NULL ? 0 : count);
    for (int i = 0; values != NULL && tuple != NULL && i < count; i++) {
        PyTuple_SetItem(tuple, i, PyLong_FromSsize_t(values[i]));
    }
    return tuple;
}

#define GETTER(name, expression) \
    static PyObject *get_##name(PyObject *self, void *Py_UNUSED(closure)) \
    { \
        Base *base = ((Array *)self)->head; \
        Py_buffer *view = &base->view; \
        (void)view; \
        return expression; \
    }

GETTER(flags, PyLong_FromLong(base->flags))
GETTER(offset, PyLong_FromSsize_t(base->offset))
GETTER(obj, Py_NewRef(view->obj == NULL ? Py_None : view->obj))
GETTER(nbytes, PyLong_FromSsize_t(view->len))
GETTER(readonly, PyBool_FromLong(view->readonly))
GETTER(itemsize, PyLong_FromSsize_t(view->itemsize))
GETTER(format, PyUnicode_FromString(view->format == NULL ? "" : view->format))
GETTER(ndim, PyLong_FromLong(view->ndim))
GETTER(shape, sizes(view->shape, view->ndim))
GETTER(strides, sizes(view->strides, view->ndim))
GETTER(suboffsets, sizes(view->suboffsets, view->ndim))
GETTER(c_contiguous, PyBool_FromLong(PyBuffer_IsContiguous(view, 'C')))
GETTER(f_contiguous, PyBool_FromLong(PyBuffer_IsContiguous(view, 'F')))
GETTER(contiguous, PyBool_FromLong(PyBuffer_IsContiguous(view, 'A')))

#define ATTRIBUTE(name) {#name, get_##name, NULL, NULL, NULL}
static PyGetSetDef array_getset[] = {
    ATTRIBUTE(flags), ATTRIBUTE(offset), ATTRIBUTE(obj), ATTRIBUTE(nbytes), ATTRIBUTE(readonly),
    ATTRIBUTE(itemsize), ATTRIBUTE(format), ATTRIBUTE(ndim), ATTRIBUTE(shape), ATTRIBUTE(strides),
    ATTRIBUTE(suboffsets), ATTRIBUTE(c_contiguous), ATTRIBUTE(f_contiguous), ATTRIBUTE(contiguous),
    {NULL, NULL, NULL, NULL, NULL},
};

static Py_hash_t array_hash(PyObject *self)
{
    Py_buffer *view = &((Array *)self)->head->view;
    if (!view->readonly) {
        PyErr_SetString(PyExc_ValueError, "cannot hash writable ndarray object");
        return -1;
    }
    if (view->obj != NULL && PyObject_Hash(view->obj) == -1) {
        return -1;
    }
    PyObject *bytes = view_to_bytes(view);
    if (bytes == NULL) {
        return -1;
    }
    Py_hash_t hash = PyObject_Hash(bytes);
    Py_DECREF(bytes);
    return hash;
}

/* Items one after the other; iteration goes over them. */
static Py_ssize_t array_length(PyObject *self)
{
    Py_buffer *view = &((Array *)self)->head->view;
    if (view->ndim == 0) {
        PyErr_SetString(PyExc_TypeError, "0-dim memory has no length");
        return -1;
    }
    return view->shape != NULL ? view->shape[0] : view->len / view->itemsize;
}

static PyObject *array_item(PyObject *self, Py_ssize_t index)
{
    PyObject *key = PyLong_FromSsize_t(index);
    PyObject *found = key == NULL ? NULL : ndarray_mapping.mp_subscript(self, key);
    Py_XDECREF(key);
    return found;
}

static PySequenceMethods array_sequence = {.sq_length = array_length, .sq_item = array_item};

PyTypeObject ndarray_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ndarray",
    .tp_basicsize = sizeof(Array),
    .tp_dealloc = array_dealloc,
    .tp_as_sequence = &array_sequence,
    .tp_as_mapping = &ndarray_mapping,
    .tp_hash = array_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &array_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = array_methods,
    .tp_getset = array_getset,
    .tp_new = array_new,
};
