/* A module made of groups: its `groups.h` says GROUPS, ADD(group), MODULE_NAME, MODULE_INIT. */
#include <Python.h>

static int add_groups(PyObject *module)
{
#define G(name) if (ADD(name)(module) < 0) { return -1; }
    GROUPS(G)
#undef G
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)add_groups}, {0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = MODULE_NAME,
    .m_slots = slots,
};

PyMODINIT_FUNC MODULE_INIT(void)
{
    return PyModuleDef_Init(&definition);
}
