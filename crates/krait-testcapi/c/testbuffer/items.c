/* Between Python's values and memory: packing by `struct`, reading and copying views. */
#include "ndarray.h"

static PyObject *struct_type, *calcsize;

int items_init(void)
{
    PyObject *module = PyImport_ImportModule("struct");
    if (module == NULL) {
        return -1;
    }
    struct_type = PyObject_GetAttrString(module, "Struct");
    calcsize = PyObject_GetAttrString(module, "calcsize");
    Py_DECREF(module);
    return struct_type == NULL || calcsize == NULL ? -1 : 0;
}

Py_ssize_t item_size(PyObject *format)
{
    PyObject *made = PyObject_CallFunctionObjArgs(calcsize, format, NULL);
    if (made == NULL) {
        return -1;
    }
    Py_ssize_t size = PyLong_AsSsize_t(made);
    Py_DECREF(made);
    if (size == 0) {
        PyErr_SetString(PyExc_ValueError, "itemsize must not be zero");
        return -1;
    }
    return size;
}

static PyObject *struct_of(const char *format)
{
    return PyObject_CallFunction(struct_type, "s", format == NULL ? "B" : format);
}

/* How many values an item has. */
static Py_ssize_t members(PyObject *structure, Py_ssize_t size)
{
    PyObject *zeros = PyBytes_FromStringAndSize(NULL, size);
    if (zeros == NULL) {
        return -1;
    }
    memset(PyBytes_AsString(zeros), 0, (size_t)size);
    PyObject *values = PyObject_CallMethod(structure, "unpack", "N", zeros);
    if (values == NULL) {
        return -1;
    }
    Py_ssize_t count = PyTuple_Size(values);
    Py_DECREF(values);
    return count;
}

Py_ssize_t item_members(PyObject *format, Py_ssize_t size)
{
    PyObject *structure = PyObject_CallFunctionObjArgs(struct_type, format, NULL);
    Py_ssize_t count = structure == NULL ? -1 : members(structure, size);
    Py_XDECREF(structure);
    return count;
}

/* Packs one item: a list or tuple of its members where it has several. */
static int pack_with(PyObject *structure, Py_ssize_t count, char *memory, PyObject *item, Py_ssize_t size)
{
    PyObject *pack = PyObject_GetAttrString(structure, "pack"), *bytes = NULL;
    if (pack == NULL) {
        return -1;
    }
    if (count > 1 && (PyList_Check(item) || PyTuple_Check(item))) {
        PyObject *values = PySequence_Tuple(item);
        if (values != NULL && PyTuple_Size(values) == count) {
            bytes = PyObject_Call(pack, values, NULL);
        } else if (values != NULL) {
            PyErr_SetString(PyExc_ValueError, "mismatch between initializer element and format string");
        }
        Py_XDECREF(values);
    } else if (count == 1 && !PyUnicode_Check(item)
               && ((!PyList_Check(item) && !PyTuple_Check(item)) || PySequence_Size(item) == 1)) {
        PyObject *value = PyList_Check(item) || PyTuple_Check(item) ? PySequence_GetItem(item, 0)
                                                                   : Py_NewRef(item);
        bytes = value == NULL ? NULL : PyObject_CallFunctionObjArgs(pack, value, NULL);
        Py_XDECREF(value);
    } else {
        PyErr_SetString(PyExc_ValueError, "mismatch between initializer element and format string");
    }
    Py_DECREF(pack);
    if (bytes == NULL) {
        return -1;
    }
    if (!PyBytes_Check(bytes) || PyBytes_Size(bytes) != size) {
        Py_DECREF(bytes);
        PyErr_SetString(PyExc_ValueError, "mismatch between initializer element and format string");
        return -1;
    }
    memcpy(memory, PyBytes_AsString(bytes), (size_t)size);
    Py_DECREF(bytes);
    return 0;
}

int pack_items(char *memory, PyObject *items, PyObject *format, Py_ssize_t size, int scalar)
{
    PyObject *structure = PyObject_CallFunctionObjArgs(struct_type, format, NULL);
    Py_ssize_t count = structure == NULL ? -1 : members(structure, size);
    int status = count < 0 ? -1 : 0;
    if (status == 0 && scalar) {
        status = pack_with(structure, count, memory, items, size);
    } else if (status == 0) {
        /* A copy: packing runs Python code, which may change the list. */
        PyObject *values = PySequence_Tuple(items);
        for (Py_ssize_t i = 0; values != NULL && status == 0 && i < PyTuple_Size(values); i++) {
            status = pack_with(structure, count, memory + i * size, PyTuple_GetItem(values, i), size);
        }
        status = values == NULL ? -1 : status;
        Py_XDECREF(values);
    }
    Py_XDECREF(structure);
    return status;
}

int pack_item(char *memory, PyObject *item, const char *format, Py_ssize_t size)
{
    PyObject *structure = struct_of(format);
    Py_ssize_t count = structure == NULL ? -1 : members(structure, size);
    int status = count < 0 ? -1 : pack_with(structure, count, memory, item, size);
    Py_XDECREF(structure);
    return status;
}

static PyObject *unpack_with(PyObject *structure, const char *memory, Py_ssize_t size)
{
    PyObject *values = PyObject_CallMethod(structure, "unpack", "y#", memory, size);
    if (values != NULL && PyTuple_Check(values) && PyTuple_Size(values) == 1) {
        PyObject *only = Py_NewRef(PyTuple_GetItem(values, 0));
        Py_DECREF(values);
        return only;
    }
    return values;
}

PyObject *unpack_item(const char *memory, const char *format, Py_ssize_t size)
{
    PyObject *structure = struct_of(format);
    PyObject *value = structure == NULL ? NULL : unpack_with(structure, memory, size);
    Py_XDECREF(structure);
    return value;
}

/* The address of an element of one dimension, followed where it is a pointer. */
char *element(const Py_buffer *view, char *at, int dim, Py_ssize_t index)
{
    Py_ssize_t stride = view->itemsize;
    if (view->strides != NULL) {
        stride = view->strides[dim];
    } else {
        for (int i = dim + 1; i < view->ndim; i++) {
            stride *= view->shape[i];
        }
    }
    at += stride * index;
    if (view->suboffsets != NULL && view->suboffsets[dim] >= 0) {
        at = *(char **)at + view->suboffsets[dim];
    }
    return at;
}

static Py_ssize_t length(const Py_buffer *view, int dim)
{
    return view->shape != NULL ? view->shape[dim] : view->len / view->itemsize;
}

static PyObject *list_of(const Py_buffer *view, PyObject *structure, char *at, int dim)
{
    if (dim == view->ndim) {
        return unpack_with(structure, at, view->itemsize);
    }
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < length(view, dim); i++) {
        PyObject *inner = list_of(view, structure, element(view, at, dim, i), dim + 1);
        if (inner == NULL || PyList_Append(list, inner) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(inner);
    }
    return list;
}

PyObject *view_to_list(const Py_buffer *view)
{
    if (view->format == NULL) {
        PyErr_SetString(PyExc_ValueError,
                        "ndarray: tolist() does not support format=NULL, use tobytes()");
        return NULL;
    }
    PyObject *structure = struct_of(view->format);
    PyObject *list = structure == NULL ? NULL : list_of(view, structure, view->buf, 0);
    Py_XDECREF(structure);
    return list;
}

/* Copies a view to packed memory, in C's order; `packed` moves on. */
static void pack_view(const Py_buffer *view, char *at, int dim, char **packed)
{
    if (dim == view->ndim) {
        memcpy(*packed, at, (size_t)view->itemsize);
        *packed += view->itemsize;
        return;
    }
    for (Py_ssize_t i = 0; i < length(view, dim); i++) {
        pack_view(view, element(view, at, dim, i), dim + 1, packed);
    }
}

/* Copies views of one structure, row after row; a row of the last dimension goes through
 * memory of its own, since the two may overlap. */
static void copy_rows(const Py_buffer *dest, char *to, const Py_buffer *src, char *from, int dim, char *row)
{
    Py_ssize_t count = dim == dest->ndim ? 1 : length(dest, dim);
    if (dim < dest->ndim - 1) {
        for (Py_ssize_t i = 0; i < count; i++) {
            copy_rows(dest, element(dest, to, dim, i), src, element(src, from, dim, i), dim + 1, row);
        }
        return;
    }
    char *packed = row;
    pack_view(src, from, dim, &packed);
    packed = row;
    for (Py_ssize_t i = 0; i < count; i++) {
        memcpy(dim == dest->ndim ? to : element(dest, to, dim, i), packed, (size_t)dest->itemsize);
        packed += dest->itemsize;
    }
}

/* How many bytes the items have. */
static Py_ssize_t packed_size(const Py_buffer *view)
{
    Py_ssize_t bytes = view->itemsize;
    for (int i = 0; i < view->ndim; i++) {
        bytes *= length(view, i);
    }
    return bytes;
}

PyObject *view_to_bytes(const Py_buffer *view)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, packed_size(view));
    if (bytes != NULL) {
        char *packed = PyBytes_AsString(bytes);
        pack_view(view, view->buf, 0, &packed);
    }
    return bytes;
}

int same_structure(const Py_buffer *a, const Py_buffer *b)
{
    if (strcmp(a->format == NULL ? "B" : a->format, b->format == NULL ? "B" : b->format) != 0
        || a->itemsize != b->itemsize || a->ndim != b->ndim) {
        return 0;
    }
    for (int i = 0; i < a->ndim; i++) {
        if (length(a, i) != length(b, i)) {
            return 0;
        }
        if (length(a, i) == 0) {
            break;
        }
    }
    return 1;
}

int copy_view(const Py_buffer *dest, const Py_buffer *src)
{
    if (!same_structure(dest, src)) {
        PyErr_SetString(PyExc_ValueError,
                        "ndarray assignment: lvalue and rvalue have different structures");
        return -1;
    }
    Py_ssize_t count = dest->ndim == 0 ? 1 : length(dest, dest->ndim - 1);
    char *row = PyMem_Malloc((size_t)(count * dest->itemsize + 1));
    if (row == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    copy_rows(dest, dest->buf, src, src->buf, 0, row);
    PyMem_Free(row);
    return 0;
}
