/* `ndarray`: an exporter of buffers of every kind (PEP 3118): any format, shape, strides and
 * suboffsets, made of Python values or of another exporter's buffer. */
#ifndef NDARRAY_H
#define NDARRAY_H
#include <Python.h>

#define ND_MAX_NDIM (2 * PyBUF_MAX_NDIM)
#define ND_VAREXPORT 0x001
#define ND_WRITABLE 0x002
#define ND_FORTRAN 0x004
#define ND_SCALAR 0x008
#define ND_PIL 0x010
#define ND_REDIRECT 0x020
#define ND_GETBUF_FAIL 0x040
#define ND_GETBUF_UNDEFINED 0x080
#define ND_C 0x100
#define IS_C(flags) (((flags) & (ND_SCALAR | ND_C)) != 0)
#define IS_FORTRAN(flags) (((flags) & (ND_SCALAR | ND_FORTRAN)) != 0)

/* One structure of an array. What always holds: `view` describes `memory`, which is the
 * base's own, or (where `borrowed`) what another exporter lends. `dims` holds the three arrays
 * that the view points to, except for those of a borrowed view that was not reshaped. */
typedef struct Base {
    struct Base *next;
    Py_buffer view;
    Py_buffer lent;
    char *memory;
    char *format;
    Py_ssize_t *dims;
    Py_ssize_t offset;
    Py_ssize_t exports;
    int flags;
    int borrowed;
} Base;

/* The structures, the newest first. */
typedef struct {
    PyObject_HEAD
    Base *head;
    int variable;
} Array;

extern PyTypeObject ndarray_type;
extern PyTypeObject staticarray_type;
extern PyMethodDef testbuffer_functions[];
extern PyMappingMethods ndarray_mapping;

/* items.c: between Python's values and memory */
int items_init(void);
Py_ssize_t item_size(PyObject *format);
Py_ssize_t item_members(PyObject *format, Py_ssize_t size);
int pack_items(char *memory, PyObject *items, PyObject *format, Py_ssize_t size, int scalar);
int pack_item(char *memory, PyObject *item, const char *format, Py_ssize_t size);
PyObject *unpack_item(const char *memory, const char *format, Py_ssize_t size);
PyObject *view_to_list(const Py_buffer *view);
PyObject *view_to_bytes(const Py_buffer *view);
int copy_view(const Py_buffer *dest, const Py_buffer *src);
int same_structure(const Py_buffer *a, const Py_buffer *b);

/* base.c: making structures */
Base *base_of_items(PyObject *items, PyObject *shape, PyObject *strides, Py_ssize_t offset,
                    PyObject *format, int flags);
Base *base_of_exporter(PyObject *exporter, int getbuf);
Base *base_to_slice(PyObject *exporter);
void base_set_flags(Base *base);
void base_free(Base *base);
int read_sizes(PyObject *sequence, const char *what, Py_ssize_t *sizes, Py_ssize_t count, int nonnegative);
char *element(const Py_buffer *view, char *at, int dim, Py_ssize_t index);

#endif
