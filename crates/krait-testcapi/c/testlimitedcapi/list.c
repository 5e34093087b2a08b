/* `list`. */
#include "groups.h"

#define FUNCTIONS \
    F(O, list_check, number(PyList_Check(a))) \
    F(O, list_check_exact, number(PyList_CheckExact(a))) \
    F(O, list_new, PyList_New(a == NULL ? -1 : PyLong_AsSsize_t(a))) \
    F(O, list_size, size(PyList_Size(a))) \
    F(ON, list_getitem, borrowed(PyList_GetItem(a, n))) \
    F(ON, list_get_item_ref, PyList_GetItemRef(a, n)) \
    F(ONO, list_setitem, number(PyList_SetItem(a, n, Py_XNewRef(b)))) \
    F(ONO, list_insert, number(PyList_Insert(a, n, b))) \
    F(OO, list_append, number(PyList_Append(a, b))) \
    F(ONN, list_getslice, PyList_GetSlice(a, n, k)) \
    F(ONNO, list_setslice, number(PyList_SetSlice(a, n, k, b))) \
    F(O, list_sort, number(PyList_Sort(a))) \
    F(O, list_reverse, number(PyList_Reverse(a))) \
    F(O, list_astuple, PyList_AsTuple(a))
#include "../functions.h"

ADD_FUNCTIONS(list)
