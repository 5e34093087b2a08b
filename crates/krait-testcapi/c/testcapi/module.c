/* `_testcapi`: functions of the C API that Python code can call. */
#include "groups.h"
#include "../module.h"
