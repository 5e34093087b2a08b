/* Structures of arrays: made of values, of an exporter's buffer, or to be sliced. */
#include "ndarray.h"

static Base *base_new(void)
{
    Base *base = PyMem_Calloc(1, sizeof(Base));
    if (base == NULL) {
        PyErr_NoMemory();
    }
    return base;
}

void base_free(Base *base)
{
    if (base == NULL) {
        return;
    }
    if (base->borrowed) {
        PyBuffer_Release(&base->lent);
    }
    PyMem_Free(base->memory);
    PyMem_Free(base->format);
    PyMem_Free(base->dims);
    PyMem_Free(base);
}

static Base *failed(Base *base)
{
    base_free(base);
    return NULL;
}

/* Reads a list or tuple of sizes. */
int read_sizes(PyObject *sequence, const char *what, Py_ssize_t *sizes, Py_ssize_t count, int nonnegative)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(sequence, i);
        if (item == NULL) {
            return -1;
        }
        if (!PyLong_Check(item)) {
            Py_DECREF(item);
            PyErr_Format(PyExc_ValueError, "elements of %s must be integers", what);
            return -1;
        }
        sizes[i] = PyLong_AsSsize_t(item);
        Py_DECREF(item);
        if (sizes[i] == -1 && PyErr_Occurred()) {
            return -1;
        }
        if (nonnegative && sizes[i] < 0) {
            PyErr_Format(PyExc_ValueError, "elements of %s must be integers >= 0", what);
            return -1;
        }
    }
    return 0;
}

/* Sets which contiguity the structure has. */
void base_set_flags(Base *base)
{
    if (base->view.ndim == 0) {
        base->flags |= ND_SCALAR;
    }
    base->flags &= ~(ND_C | ND_FORTRAN);
    if (base->view.suboffsets != NULL) {
        base->flags |= ND_PIL;
        return;
    }
    if (PyBuffer_IsContiguous(&base->view, 'C')) {
        base->flags |= ND_C;
    }
    if (PyBuffer_IsContiguous(&base->view, 'F')) {
        base->flags |= ND_FORTRAN;
    }
}

/* Makes room for shape, strides and suboffsets. */
static int make_dims(Base *base, int ndim)
{
    base->dims = PyMem_Calloc(3 * (size_t)(ndim == 0 ? 1 : ndim), sizeof(Py_ssize_t));
    if (base->dims == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    base->view.ndim = ndim;
    if (ndim > 0) {
        base->view.shape = base->dims;
        base->view.strides = base->dims + ndim;
    }
    return 0;
}

static void strides_of_shape(Py_buffer *view, int fortran)
{
    Py_ssize_t stride = view->itemsize;
    for (int i = 0; i < view->ndim; i++) {
        int dim = fortran ? i : view->ndim - 1 - i;
        view->strides[dim] = stride;
        stride *= view->shape[dim];
    }
}

/* Whether all elements are within so many bytes. */
static int check_bounds(const Py_buffer *view, Py_ssize_t bytes, Py_ssize_t offset)
{
    Py_ssize_t low = offset, high = offset + view->itemsize;
    if (offset % view->itemsize != 0) {
        PyErr_SetString(PyExc_ValueError, "offset must be a multiple of itemsize");
        return -1;
    }
    if (offset < 0 || high > bytes) {
        PyErr_SetString(PyExc_ValueError, "offset out of bounds");
        return -1;
    }
    for (int i = 0; i < view->ndim; i++) {
        if (view->strides[i] % view->itemsize != 0) {
            PyErr_SetString(PyExc_ValueError, "strides must be a multiple of itemsize");
            return -1;
        }
    }
    for (int i = 0; i < view->ndim; i++) {
        Py_ssize_t reach;
        if (view->shape[i] == 0) {
            return 0;
        }
        if (__builtin_mul_overflow(view->shape[i] - 1, view->strides[i], &reach)
            || __builtin_add_overflow(reach <= 0 ? low : high, reach, reach <= 0 ? &low : &high)) {
            low = -1;
            break;
        }
    }
    if (low < 0 || high > bytes) {
        PyErr_SetString(PyExc_ValueError, "invalid combination of buffer, shape and strides");
        return -1;
    }
    return 0;
}

/* Puts a table of pointers before the first dimension (PIL's layout). */
static int add_pointers(Base *base, Py_ssize_t bytes)
{
    Py_buffer *view = &base->view;
    Py_ssize_t count = view->shape[0], table = count * (Py_ssize_t)sizeof(char *);
    char *memory = PyMem_Malloc((size_t)(table + bytes));
    if (memory == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(memory + table, base->memory, (size_t)bytes);
    /* Where the first dimension's elements begin; those of the others lie behind it, so that a
     * slice's suboffset is never negative. */
    Py_ssize_t first = 0;
    for (int i = 1; i < view->ndim; i++) {
        first += view->strides[i] < 0 && view->shape[i] > 0 ? view->strides[i] * (view->shape[i] - 1) : 0;
    }
    char *start = memory + table + base->offset + first;
    int backwards = view->strides[0] < 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        ((char **)memory)[backwards ? count - 1 - i : i] = start + i * view->strides[0];
    }
    PyMem_Free(base->memory);
    base->memory = memory;
    base->offset = 0;
    view->buf = backwards && count > 0 ? memory + table - sizeof(char *) : memory;
    view->strides[0] = backwards ? -(Py_ssize_t)sizeof(char *) : (Py_ssize_t)sizeof(char *);
    view->suboffsets = base->dims + 2 * view->ndim;
    view->suboffsets[0] = -first;
    for (int i = 1; i < view->ndim; i++) {
        view->suboffsets[i] = -1;
    }
    return 0;
}

/* Shape and strides of what the memory holds. */
static int set_structure(Base *base, PyObject *shape, PyObject *strides, int ndim, Py_ssize_t bytes)
{
    Py_buffer *view = &base->view;
    if (make_dims(base, ndim) < 0 || read_sizes(shape, "shape", view->shape, ndim, 1) < 0) {
        return -1;
    }
    if (strides == NULL) {
        strides_of_shape(view, base->flags & ND_FORTRAN);
    } else if (read_sizes(strides, "strides", view->strides, ndim, 0) < 0) {
        return -1;
    }
    if (check_bounds(view, bytes, base->offset) < 0) {
        return -1;
    }
    view->buf = base->memory + base->offset;
    view->len = view->itemsize;
    for (int i = 0; i < ndim; i++) {
        view->len *= view->shape[i];
    }
    if (base->flags & ND_PIL) {
        if (ndim == 0) {
            PyErr_SetString(PyExc_TypeError, "ndim = 0 cannot be used in conjunction with ND_PIL");
            return -1;
        }
        if (add_pointers(base, bytes) < 0) {
            return -1;
        }
    }
    base_set_flags(base);
    return 0;
}

static char *copy_text(PyObject *format)
{
    PyObject *bytes = PyUnicode_Check(format) ? PyUnicode_AsASCIIString(format) : PyBytes_FromObject(format);
    if (bytes == NULL) {
        return NULL;
    }
    size_t size = (size_t)PyBytes_Size(bytes) + 1;
    char *text = PyMem_Malloc(size);
    if (text == NULL) {
        PyErr_NoMemory();
    } else {
        memcpy(text, PyBytes_AsString(bytes), size);
    }
    Py_DECREF(bytes);
    return text;
}

/* The number of dimensions that shape and strides agree on, or -1. */
static Py_ssize_t dimensions(PyObject *shape, PyObject *strides, int flags)
{
    if (!PyList_Check(shape) && !PyTuple_Check(shape)) {
        PyErr_SetString(PyExc_TypeError, "shape must be a list or a tuple");
        return -1;
    }
    Py_ssize_t ndim = PySequence_Size(shape);
    if (strides != NULL && PySequence_Size(strides) != 0 && (flags & ND_FORTRAN)) {
        PyErr_SetString(PyExc_TypeError, "ND_FORTRAN cannot be used together with strides");
        return -1;
    }
    if (ndim > ND_MAX_NDIM) {
        PyErr_Format(PyExc_ValueError, "ndim must not exceed %d", ND_MAX_NDIM);
        return -1;
    }
    if (strides != NULL) {
        if (!PyList_Check(strides) && !PyTuple_Check(strides)) {
            PyErr_SetString(PyExc_TypeError, "strides must be a list or a tuple");
            return -1;
        }
        if (PySequence_Size(strides) != 0 && PySequence_Size(strides) != ndim) {
            PyErr_SetString(PyExc_ValueError, "len(shape) != len(strides)");
            return -1;
        }
    }
    return ndim;
}

Base *base_of_items(PyObject *items, PyObject *shape, PyObject *strides, Py_ssize_t offset,
                    PyObject *format, int flags)
{
    Py_ssize_t ndim = dimensions(shape, strides, flags);
    Py_ssize_t size = ndim < 0 ? -1 : item_size(format), count = 1;
    if (size < 0) {
        return NULL;
    }
    if (strides != NULL && PySequence_Size(strides) == 0) {
        strides = NULL;
    }
    int scalar = !PyList_Check(items) && !PyTuple_Check(items);
    if (!scalar && ndim == 0) {
        /* A tuple is the members of the one item, where it has several. */
        Py_ssize_t members = item_members(format, size);
        if (members < 0) {
            return NULL;
        }
        scalar = members > 1;
    }
    if (scalar && ndim > 0) {
        PyErr_SetString(PyExc_TypeError, "items must be a list or a tuple");
        return NULL;
    }
    if (!scalar) {
        count = PySequence_Size(items);
        if (count == 0) {
            PyErr_SetString(PyExc_ValueError, "initializer list or tuple must not be empty");
            return NULL;
        }
    }
    Base *base = base_new();
    if (base == NULL) {
        return NULL;
    }
    base->flags = flags;
    base->offset = offset;
    base->memory = PyMem_Malloc((size_t)(count * size));
    if (base->memory == NULL) {
        PyErr_NoMemory();
        return failed(base);
    }
    base->format = copy_text(format);
    base->view.format = base->format;
    base->view.itemsize = size;
    base->view.readonly = (flags & ND_WRITABLE) == 0;
    if (base->format == NULL || pack_items(base->memory, items, format, size, scalar) < 0
        || set_structure(base, shape, strides, (int)ndim, count * size) < 0) {
        return failed(base);
    }
    return base;
}

Base *base_of_exporter(PyObject *exporter, int getbuf)
{
    Base *base = base_new();
    if (base == NULL) {
        return NULL;
    }
    if (PyObject_GetBuffer(exporter, &base->lent, getbuf) < 0) {
        return failed(base);
    }
    base->borrowed = 1;
    base->view = base->lent;
    base_set_flags(base);
    return base;
}

/* A structure over another array's memory whose arrays may be changed. */
Base *base_to_slice(PyObject *exporter)
{
    Base *base = base_of_exporter(exporter, PyBUF_FULL_RO);
    if (base == NULL) {
        return NULL;
    }
    Py_buffer *view = &base->view;
    int ndim = view->ndim;
    if (make_dims(base, ndim) < 0) {
        return failed(base);
    }
    if (ndim == 0) {
        return base;
    }
    memcpy(view->shape, base->lent.shape, (size_t)ndim * sizeof(Py_ssize_t));
    memcpy(view->strides, base->lent.strides, (size_t)ndim * sizeof(Py_ssize_t));
    if (base->lent.suboffsets != NULL) {
        view->suboffsets = base->dims + 2 * ndim;
        memcpy(view->suboffsets, base->lent.suboffsets, (size_t)ndim * sizeof(Py_ssize_t));
    }
    return base;
}
