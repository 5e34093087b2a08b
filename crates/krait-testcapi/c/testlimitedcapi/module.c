/* `_testlimitedcapi`: functions of the limited C API that Python code can call. */
#include "groups.h"
#include "../module.h"
