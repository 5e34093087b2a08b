/* Needs a function that nobody has: its import must say so. */
#include <Python.h>
PyAPI_FUNC(PyObject *) PyNope_Missing(void);
PyMODINIT_FUNC PyInit_missing(void) { return PyNope_Missing(); }
