/* Attributes, sequences and mappings. */
#include "groups.h"

#define FUNCTIONS \
    F(O, object_repr, PyObject_Repr(a)) \
    F(O, object_ascii, PyObject_ASCII(a)) \
    F(O, object_str, PyObject_Str(a)) \
    F(O, object_bytes, PyObject_Bytes(a)) \
    F(OO, object_getattr, PyObject_GetAttr(a, b)) \
    F(OS, object_getattrstring, PyObject_GetAttrString(a, s)) \
    F(OO, object_hasattr, number(PyObject_HasAttr(a, b))) \
    F(OS, object_hasattrstring, number(PyObject_HasAttrString(a, s))) \
    F(OOO, object_setattr, number(PyObject_SetAttr(a, b, c))) \
    F(OSO, object_setattrstring, number(PyObject_SetAttrString(a, s, b))) \
    F(OO, object_delattr, number(PyObject_DelAttr(a, b))) \
    F(OS, object_delattrstring, number(PyObject_DelAttrString(a, s))) \
    F(OO, object_getitem, PyObject_GetItem(a, b)) \
    F(OOO, object_setitem, number(PyObject_SetItem(a, b, c))) \
    F(OO, object_delitem, number(PyObject_DelItem(a, b))) \
    F(O, number_check, PyBool_FromLong(PyNumber_Check(a))) \
    F(O, mapping_check, number(PyMapping_Check(a))) \
    F(O, mapping_size, size(PyMapping_Size(a))) \
    F(O, mapping_length, size(PyMapping_Length(a))) \
    F(OO, mapping_haskey, number(PyMapping_HasKey(a, b))) \
    F(OS, mapping_haskeystring, number(PyMapping_HasKeyString(a, s))) \
    F(OO, mapping_haskeywitherror, number(PyMapping_HasKeyWithError(a, b))) \
    F(OS, mapping_haskeystringwitherror, number(PyMapping_HasKeyStringWithError(a, s))) \
    F(OS, mapping_getitemstring, PyMapping_GetItemString(a, s)) \
    F(OSO, mapping_setitemstring, number(PyMapping_SetItemString(a, s, b))) \
    F(OO, mapping_delitem, number(PyMapping_DelItem(a, b))) \
    F(OS, mapping_delitemstring, number(PyMapping_DelItemString(a, s))) \
    F(O, mapping_keys, PyMapping_Keys(a)) \
    F(O, mapping_values, PyMapping_Values(a)) \
    F(O, mapping_items, PyMapping_Items(a)) \
    F(O, sequence_check, number(PySequence_Check(a))) \
    F(O, sequence_size, size(PySequence_Size(a))) \
    F(O, sequence_length, size(PySequence_Length(a))) \
    F(OO, sequence_concat, PySequence_Concat(a, b)) \
    F(ON, sequence_repeat, PySequence_Repeat(a, n)) \
    F(OO, sequence_inplaceconcat, PySequence_InPlaceConcat(a, b)) \
    F(ON, sequence_inplacerepeat, PySequence_InPlaceRepeat(a, n)) \
    F(ON, sequence_getitem, PySequence_GetItem(a, n)) \
    F(ONO, sequence_setitem, number(PySequence_SetItem(a, n, b))) \
    F(ON, sequence_delitem, number(PySequence_DelItem(a, n))) \
    F(ONN, sequence_getslice, PySequence_GetSlice(a, n, k)) \
    F(ONNO, sequence_setslice, number(PySequence_SetSlice(a, n, k, b))) \
    F(ONN, sequence_delslice, number(PySequence_DelSlice(a, n, k))) \
    F(OO, sequence_count, size(PySequence_Count(a, b))) \
    F(OO, sequence_contains, number(PySequence_Contains(a, b))) \
    F(OO, sequence_index, size(PySequence_Index(a, b))) \
    F(O, sequence_list, PySequence_List(a)) \
    F(O, sequence_tuple, PySequence_Tuple(a)) \
    F(OS, sequence_fast, PySequence_Fast(a, s))
#include "../functions.h"

ADD_FUNCTIONS(abstract)
