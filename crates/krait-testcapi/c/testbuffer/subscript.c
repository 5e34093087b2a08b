/* Items and slices of arrays. */
#include "ndarray.h"

static PyObject *wrong_key(PyObject *key)
{
    PyErr_Format(PyExc_TypeError, "cannot index memory using \"%.200s\"", Py_TYPE(key)->tp_name);
    return NULL;
}

static PyObject *array_over(Base *base)
{
    if (base == NULL) {
        return NULL;
    }
    Array *array = (Array *)ndarray_type.tp_alloc(&ndarray_type, 0);
    if (array == NULL) {
        base_free(base);
        return NULL;
    }
    base_set_flags(base);
    array->head = base;
    return (PyObject *)array;
}

/* The address of an item of the first dimension; NULL with IndexError. */
static char *item_at(const Py_buffer *view, Py_ssize_t index)
{
    Py_ssize_t count = view->shape != NULL ? view->shape[0] : view->len / view->itemsize;
    if (index < 0) {
        index += count;
    }
    if (index < 0 || index >= count) {
        PyErr_SetString(PyExc_IndexError, "index out of bounds");
        return NULL;
    }
    return element(view, view->buf, 0, index);
}

/* An item; of more than one dimension the array that it is. */
static PyObject *item(PyObject *self, Py_ssize_t index)
{
    Py_buffer *view = &((Array *)self)->head->view;
    char *at = item_at(view, index);
    if (at == NULL) {
        return NULL;
    }
    if (view->ndim == 1) {
        return unpack_item(at, view->format, view->itemsize);
    }
    Base *base = base_to_slice(self);
    if (base == NULL) {
        return NULL;
    }
    Py_buffer *inner = &base->view;
    inner->buf = at;
    inner->ndim--;
    inner->shape++;
    inner->strides++;
    if (inner->suboffsets != NULL) {
        inner->suboffsets++;
    }
    inner->len = inner->itemsize;
    for (int i = 0; i < inner->ndim; i++) {
        inner->len *= inner->shape[i];
    }
    return array_over(base);
}

static int slice_dimension(Py_buffer *view, PyObject *slice, int dim)
{
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(slice, &start, &stop, &step) < 0) {
        return -1;
    }
    Py_ssize_t count = PySlice_AdjustIndices(view->shape[dim], &start, &stop, step);
    Py_ssize_t shift = view->strides[dim] * start;
    /* Behind a pointer, the elements are shifted after it was followed. */
    int pointer = dim - 1;
    while (pointer >= 0 && (view->suboffsets == NULL || view->suboffsets[pointer] < 0)) {
        pointer--;
    }
    if (pointer < 0) {
        view->buf = (char *)view->buf + shift;
    } else {
        view->suboffsets[pointer] += shift;
    }
    view->shape[dim] = count;
    view->strides[dim] *= step;
    return 0;
}

static PyObject *sliced(PyObject *self, PyObject *key)
{
    Base *base = base_to_slice(self);
    if (base == NULL) {
        return NULL;
    }
    Py_buffer *view = &base->view;
    int status = 0;
    if (PySlice_Check(key)) {
        status = slice_dimension(view, key, 0);
    } else if (PyTuple_Check(key)) {
        Py_ssize_t count = PyTuple_Size(key);
        for (Py_ssize_t i = 0; status == 0 && i < count; i++) {
            PyObject *part = PyTuple_GetItem(key, i);
            if (!PySlice_Check(part)) {
                wrong_key(part);
                status = -1;
            } else if (i >= view->ndim) {
                PyErr_SetString(PyExc_IndexError, "too many indices");
                status = -1;
            } else {
                status = slice_dimension(view, part, (int)i);
            }
        }
    } else {
        wrong_key(key);
        status = -1;
    }
    if (status < 0) {
        base_free(base);
        return NULL;
    }
    view->len = view->itemsize;
    for (int i = 0; i < view->ndim; i++) {
        view->len *= view->shape[i];
    }
    return array_over(base);
}

static int is_empty_tuple(PyObject *key)
{
    return PyTuple_Check(key) && PyTuple_Size(key) == 0;
}

static PyObject *subscript(PyObject *self, PyObject *key)
{
    Py_buffer *view = &((Array *)self)->head->view;
    if (view->ndim == 0) {
        if (is_empty_tuple(key)) {
            return unpack_item(view->buf, view->format, view->itemsize);
        }
        if (key == Py_Ellipsis) {
            return Py_NewRef(self);
        }
        PyErr_SetString(PyExc_TypeError, "invalid indexing of scalar");
        return NULL;
    }
    if (PyIndex_Check(key)) {
        Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_OverflowError);
        return index == -1 && PyErr_Occurred() ? NULL : item(self, index);
    }
    return sliced(self, key);
}

/* Assigns an exporter's items to those of a part of the array. */
static int assign_part(PyObject *self, PyObject *key, PyObject *value)
{
    Py_buffer source;
    if (PyObject_GetBuffer(value, &source, PyBUF_FULL_RO) < 0) {
        return -1;
    }
    PyObject *part = subscript(self, key);
    int status = part == NULL ? -1 : copy_view(&((Array *)part)->head->view, &source);
    Py_XDECREF(part);
    PyBuffer_Release(&source);
    return status;
}

static int assign(PyObject *self, PyObject *key, PyObject *value)
{
    Py_buffer *view = &((Array *)self)->head->view;
    if (view->readonly) {
        PyErr_SetString(PyExc_TypeError, "ndarray is not writable");
        return -1;
    }
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "ndarray data cannot be deleted");
        return -1;
    }
    if (view->ndim == 0) {
        if (key == Py_Ellipsis || is_empty_tuple(key)) {
            return pack_item(view->buf, value, view->format, view->itemsize);
        }
        PyErr_SetString(PyExc_TypeError, "invalid indexing of scalar");
        return -1;
    }
    if (PyIndex_Check(key) && view->ndim == 1) {
        Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_OverflowError);
        if (index == -1 && PyErr_Occurred()) {
            return -1;
        }
        char *at = item_at(view, index);
        return at == NULL ? -1 : pack_item(at, value, view->format, view->itemsize);
    }
    return assign_part(self, key, value);
}

PyMappingMethods ndarray_mapping = {NULL, subscript, assign};
