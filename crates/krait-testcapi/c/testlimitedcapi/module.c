/* `_testlimitedcapi`: functions of the limited C API that Python code can call. */
#include "groups.h"

static int add_groups(PyObject *module)
{
#define G(name) if (testlimitedcapi_add_##name(module) < 0) { return -1; }
    GROUPS(G)
#undef G
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)add_groups}, {0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_testlimitedcapi",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__testlimitedcapi(void)
{
    return PyModuleDef_Init(&definition);
}
