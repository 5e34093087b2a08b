/* `_testbuffer`: exporters of buffers of every kind, and the API's functions on buffers. */
#include "ndarray.h"

typedef struct { const char *name; long value; } Number;

#define N(name) {#name, name}
static const Number numbers[] = {
    N(ND_MAX_NDIM), N(ND_VAREXPORT), N(ND_WRITABLE), N(ND_FORTRAN), N(ND_SCALAR), N(ND_PIL),
    N(ND_GETBUF_FAIL), N(ND_GETBUF_UNDEFINED), N(ND_REDIRECT),
    N(PyBUF_SIMPLE), N(PyBUF_WRITABLE), N(PyBUF_FORMAT), N(PyBUF_ND), N(PyBUF_STRIDES),
    N(PyBUF_INDIRECT), N(PyBUF_C_CONTIGUOUS), N(PyBUF_F_CONTIGUOUS), N(PyBUF_ANY_CONTIGUOUS),
    N(PyBUF_FULL), N(PyBUF_FULL_RO), N(PyBUF_RECORDS), N(PyBUF_RECORDS_RO), N(PyBUF_STRIDED),
    N(PyBUF_STRIDED_RO), N(PyBUF_CONTIG), N(PyBUF_CONTIG_RO), N(PyBUF_READ), N(PyBUF_WRITE),
    {NULL, 0},
};

static int add_all(PyObject *module)
{
    if (items_init() < 0 || PyModule_AddFunctions(module, testbuffer_functions) < 0
        || PyModule_AddType(module, &ndarray_type) < 0
        || PyModule_AddType(module, &staticarray_type) < 0) {
        return -1;
    }
    for (const Number *number = numbers; number->name != NULL; number++) {
        if (PyModule_AddIntConstant(module, number->name, number->value) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)add_all}, {0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_testbuffer",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__testbuffer(void)
{
    return PyModuleDef_Init(&definition);
}
