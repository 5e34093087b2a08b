/* `dict`. */
#include "groups.h"

/* (key, value, position) of the next item, None at the end. */
static PyObject *next_item(PyObject *dict, Py_ssize_t position)
{
    PyObject *key = NULL, *value = NULL;
    if (PyDict_Next(dict, &position, &key, &value) == 0) {
        return Py_NewRef(Py_None);
    }
    return Py_BuildValue("inOO", 1, position, key, value);
}

#define FUNCTIONS \
    F(O, dict_check, number(PyDict_Check(a))) \
    F(O, dict_checkexact, number(PyDict_CheckExact(a))) \
    F(NONE, dict_new, PyDict_New()) \
    F(O, dictproxy_new, PyDictProxy_New(a)) \
    F(O, dict_clear, AFTER(PyDict_Clear(a), Py_NewRef(Py_None))) \
    F(O, dict_copy, PyDict_Copy(a)) \
    F(OO, dict_contains, number(PyDict_Contains(a, b))) \
    F(O, dict_size, size(PyDict_Size(a))) \
    F(OO, dict_getitem, borrowed_or(PyDict_GetItem(a, b), PyExc_KeyError)) \
    F(OS, dict_getitemstring, borrowed_or(PyDict_GetItemString(a, s), PyExc_KeyError)) \
    F(OO, dict_getitemwitherror, borrowed_or(PyDict_GetItemWithError(a, b), PyExc_KeyError)) \
    F(OOO, dict_setitem, number(PyDict_SetItem(a, b, c))) \
    F(OSO, dict_setitemstring, number(PyDict_SetItemString(a, s, b))) \
    F(OO, dict_delitem, number(PyDict_DelItem(a, b))) \
    F(OS, dict_delitemstring, number(PyDict_DelItemString(a, s))) \
    F(O, dict_keys, PyDict_Keys(a)) \
    F(O, dict_values, PyDict_Values(a)) \
    F(O, dict_items, PyDict_Items(a)) \
    F(ON, dict_next, next_item(a, n)) \
    F(OOI, dict_merge, number(PyDict_Merge(a, b, i))) \
    F(OO, dict_update, number(PyDict_Update(a, b))) \
    F(OOI, dict_mergefromseq2, number(PyDict_MergeFromSeq2(a, b, i)))
#include "../functions.h"

ADD_FUNCTIONS(dict)
