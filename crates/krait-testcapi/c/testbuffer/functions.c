/* The API's functions on buffers, for any exporter. */
#include "ndarray.h"

/* The order letter of an ASCII text. */
static int read_order(PyObject *text, char *order)
{
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "order must be a string");
        return -1;
    }
    PyObject *ascii = PyUnicode_AsASCIIString(text);
    if (ascii == NULL) {
        return -1;
    }
    *order = PyBytes_AsString(ascii)[0];
    Py_DECREF(ascii);
    if (*order != 'C' && *order != 'F' && *order != 'A') {
        PyErr_SetString(PyExc_ValueError, "invalid order, must be C, F or A");
        return -1;
    }
    return 0;
}

static PyObject *get_contiguous(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object, *type, *order_text;
    char order;
    if (!PyArg_ParseTuple(args, "OOO", &object, &type, &order_text)) {
        return NULL;
    }
    if (!PyLong_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "buffertype must be PyBUF_READ or PyBUF_WRITE");
        return NULL;
    }
    long wanted = PyLong_AsLong(type);
    if ((wanted == -1 && PyErr_Occurred()) || read_order(order_text, &order) < 0) {
        return NULL;
    }
    if (wanted != PyBUF_READ && wanted != PyBUF_WRITE) {
        PyErr_SetString(PyExc_ValueError, "invalid buffer type");
        return NULL;
    }
    return PyMemoryView_GetContiguous(object, (int)wanted, order);
}

static PyObject *py_buffer_to_contiguous(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object, *order_text;
    int flags;
    char order;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "OOi:py_buffer_to_contiguous", &object, &order_text, &flags)
        || read_order(order_text, &order) < 0 || PyObject_GetBuffer(object, &view, flags) < 0) {
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, view.len);
    if (bytes != NULL && PyBuffer_ToContiguous(PyBytes_AsString(bytes), &view, view.len, order) < 0) {
        Py_CLEAR(bytes);
    }
    PyBuffer_Release(&view);
    return bytes;
}

static PyObject *is_contiguous(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object, *order_text;
    char order;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "OO", &object, &order_text) || read_order(order_text, &order) < 0) {
        return NULL;
    }
    /* An array answers for its structure as it is. */
    if (Py_TYPE(object) == &ndarray_type) {
        return PyBool_FromLong(PyBuffer_IsContiguous(&((Array *)object)->head->view, order));
    }
    if (PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0) {
        PyErr_SetString(PyExc_TypeError, "is_contiguous: object does not implement the buffer protocol");
        return NULL;
    }
    int yes = PyBuffer_IsContiguous(&view, order);
    PyBuffer_Release(&view);
    return PyBool_FromLong(yes);
}

/* Whether two buffers are contiguous in one order and hold the same. */
static PyObject *cmp_contig(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *first, *second;
    Py_buffer a, b;
    if (!PyArg_ParseTuple(args, "OO", &first, &second)
        || PyObject_GetBuffer(first, &a, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    if (PyObject_GetBuffer(second, &b, PyBUF_FULL_RO) < 0) {
        PyBuffer_Release(&a);
        return NULL;
    }
    int same_order = (PyBuffer_IsContiguous(&a, 'C') && PyBuffer_IsContiguous(&b, 'C'))
        || (PyBuffer_IsContiguous(&a, 'F') && PyBuffer_IsContiguous(&b, 'F'));
    int same = same_order && same_structure(&a, &b) && a.len == b.len
        && memcmp(a.buf, b.buf, (size_t)a.len) == 0;
    PyBuffer_Release(&a);
    PyBuffer_Release(&b);
    return PyBool_FromLong(same);
}

/* The item that the API's pointer points to. */
static PyObject *item_by_pointer(const Py_buffer *view, PyObject *sequence)
{
    Py_ssize_t indices[PyBUF_MAX_NDIM];
    if (view->ndim > PyBUF_MAX_NDIM) {
        PyErr_Format(PyExc_ValueError, "get_pointer(): ndim > %d", PyBUF_MAX_NDIM);
        return NULL;
    }
    if (PySequence_Size(sequence) != view->ndim) {
        PyErr_SetString(PyExc_ValueError, "get_pointer(): len(indices) != ndim");
        return NULL;
    }
    for (int i = 0; i < view->ndim; i++) {
        PyObject *item = PySequence_GetItem(sequence, i);
        indices[i] = item == NULL ? -1 : PyLong_AsSsize_t(item);
        Py_XDECREF(item);
        if (PyErr_Occurred()) {
            return NULL;
        }
        if (indices[i] < 0 || indices[i] >= view->shape[i]) {
            PyErr_Format(PyExc_ValueError, "get_pointer(): invalid index %zd at position %d", indices[i], i);
            return NULL;
        }
    }
    return unpack_item(PyBuffer_GetPointer(view, indices), view->format, view->itemsize);
}

static PyObject *get_pointer(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *object, *sequence;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "OO", &object, &sequence)
        || PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    PyObject *found = NULL;
    if (!PyList_Check(sequence) && !PyTuple_Check(sequence)) {
        PyErr_SetString(PyExc_TypeError, "seq must be a list or a tuple");
    } else {
        found = item_by_pointer(&view, sequence);
    }
    PyBuffer_Release(&view);
    return found;
}

static PyObject *slice_indices(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *slice;
    Py_ssize_t length, start, stop, step;
    if (!PyArg_ParseTuple(args, "On", &slice, &length)) {
        return NULL;
    }
    if (!PySlice_Check(slice)) {
        PyErr_SetString(PyExc_TypeError, "first argument must be a slice object");
        return NULL;
    }
    if (PySlice_Unpack(slice, &start, &stop, &step) < 0) {
        return NULL;
    }
    Py_ssize_t count = PySlice_AdjustIndices(length, &start, &stop, step);
    return Py_BuildValue("nnnn", start, stop, step, count);
}

static PyObject *get_sizeof_void_p(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyLong_FromSize_t(sizeof(void *));
}

PyMethodDef testbuffer_functions[] = {
    {"get_contiguous", get_contiguous, METH_VARARGS, NULL},
    {"py_buffer_to_contiguous", py_buffer_to_contiguous, METH_VARARGS, NULL},
    {"is_contiguous", is_contiguous, METH_VARARGS, NULL},
    {"cmp_contig", cmp_contig, METH_VARARGS, NULL},
    {"get_pointer", get_pointer, METH_VARARGS, NULL},
    {"slice_indices", slice_indices, METH_VARARGS, NULL},
    {"get_sizeof_void_p", get_sizeof_void_p, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
