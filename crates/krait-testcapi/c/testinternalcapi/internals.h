/* What these functions ask the runtime for beyond the C API; the Rust side is
 * `src/internals.rs`. */
#include <Python.h>

int krait_has_inline_values(PyObject *object);
Py_ssize_t krait_recursion_depth(void);
Py_ssize_t krait_stack_margin(void);
Py_ssize_t krait_stack_remaining(void);
/* NULL where the block is not known; no exception is set. */
PyObject *krait_traced_lines(unsigned int domain, uintptr_t address);
