/* The groups of `_testlimitedcapi`: each adds its functions and types to the module. */
#include <Python.h>

#define GROUPS(G) \
    G(abstract) G(bytearray) G(bytes) G(complex) G(dict) G(eval) G(float) G(import) G(list) G(long) \
    G(object) G(set) G(sys) G(tuple) G(vectorcall) G(weakref)

#define MODULE_NAME "_testlimitedcapi"
#define MODULE_INIT PyInit__testlimitedcapi
#define ADD(name) testlimitedcapi_add_##name

#define G(name) int testlimitedcapi_add_##name(PyObject *module);
GROUPS(G)
#undef G

#define ADD_FUNCTIONS(group) \
    int testlimitedcapi_add_##group(PyObject *module) \
    { return PyModule_AddFunctions(module, functions); }
