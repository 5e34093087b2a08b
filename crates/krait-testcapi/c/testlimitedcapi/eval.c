/* The frame that runs, and what it sees. */
#include "groups.h"

#define FUNCTIONS \
    F(O, eval_get_func_name, text_or_none(PyEval_GetFuncName(a))) \
    F(O, eval_get_func_desc, text_or_none(PyEval_GetFuncDesc(a))) \
    F(NONE, eval_getlocals, borrowed(PyEval_GetLocals())) \
    F(NONE, eval_getglobals, borrowed(PyEval_GetGlobals())) \
    F(NONE, eval_getbuiltins, borrowed(PyEval_GetBuiltins())) \
    F(NONE, eval_getframe, borrowed((PyObject *)PyEval_GetFrame())) \
    F(NONE, eval_getframe_builtins, PyEval_GetFrameBuiltins()) \
    F(NONE, eval_getframe_globals, PyEval_GetFrameGlobals()) \
    F(NONE, eval_getframe_locals, PyEval_GetFrameLocals()) \
    F(NONE, eval_get_recursion_limit, PyLong_FromLong(Py_GetRecursionLimit())) \
    F(I, eval_set_recursion_limit, AFTER(Py_SetRecursionLimit(i), Py_NewRef(Py_None)))
#include "../functions.h"

ADD_FUNCTIONS(eval)
