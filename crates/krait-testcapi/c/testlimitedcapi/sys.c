/* `sys` from C, and the interpreter's version. */
#include "groups.h"

#define FUNCTIONS \
    F(S, sys_getobject, borrowed_or(PySys_GetObject(s), PyExc_AttributeError)) \
    F(SO, sys_setobject, number(PySys_SetObject(s, a))) \
    F(NONE, sys_getxoptions, borrowed(PySys_GetXOptions())) \
    F(NONE, py_getversion, PyUnicode_FromString(Py_GetVersion())) \
    F(NONE, py_getplatform, PyUnicode_FromString(Py_GetPlatform())) \
    F(NONE, py_getcopyright, PyUnicode_FromString(Py_GetCopyright())) \
    F(NONE, py_getcompiler, PyUnicode_FromString(Py_GetCompiler())) \
    F(NONE, py_getbuildinfo, PyUnicode_FromString(Py_GetBuildInfo())) \
    F(NONE, _py_getbuiltwithassert, PyLong_FromLong(0))
#include "../functions.h"

ADD_FUNCTIONS(sys)
