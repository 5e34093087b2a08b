/* The groups of `_testcapi`: each adds its functions and types to the module. */
#include <Python.h>

#define GROUPS(G) \
    G(abstract) G(buffer) G(call) G(code) G(codec) G(config) G(constants) G(datetime) G(dict) G(docstrings) \
    G(exceptions) G(function) G(gc) \
    G(generic) G(heaptypes) G(list) G(methods) G(monitoring) G(number) G(threads) G(tracemalloc) G(tracing) G(vectorcall)

#define MODULE_NAME "_testcapi"
#define MODULE_INIT PyInit__testcapi
#define ADD(name) testcapi_add_##name

#define G(name) int testcapi_add_##name(PyObject *module);
GROUPS(G)
#undef G
