/* Objects, references, errors, formats: what each function of the API gives back. */
#include <Python.h>
#include "check.h"

static PyObject *numbers(PyObject *self, PyObject *unused)
{
    SHOW(PyLong_FromLong(-5)); SHOW(PyLong_FromUnsignedLongLong(18446744073709551615ULL));
    SHOW(PyLong_FromDouble(-3.9)); SHOW(PyLong_FromDouble(1e30)); SHOW(PyLong_FromString("0x1f", NULL, 16));
    SHOW(PyLong_FromVoidPtr((void *)16));
    PyObject *big = PyLong_FromString("123456789012345678901234567890", NULL, 10);
    SHOW_LONG(PyLong_AsLong(big)); SHOW_LONG(PyLong_AsLongLong(big)); SHOW_LONG((long)PyLong_AsUnsignedLongLongMask(big));
    int over; SHOW_LONG(PyLong_AsLongAndOverflow(big, &over)); printf("overflow %d\n", over);
    SHOW_LONG(PyLong_AsInt(big)); SHOW_LONG(PyLong_AsSize_t(PyLong_FromLong(-1)));
    unsigned char buffer[20]; memset(buffer, 0xAA, 20);
    SHOW_LONG(PyLong_AsNativeBytes(big, buffer, 20, -1)); for (int i = 0; i < 20; i++) printf("%02x", buffer[i]); puts("");
    SHOW_LONG(PyLong_AsNativeBytes(PyLong_FromLong(-300), buffer, 4, 0)); for (int i = 0; i < 4; i++) printf("%02x", buffer[i]); puts("");
    SHOW_LONG(PyLong_AsNativeBytes(PyLong_FromLong(128), buffer, 1, -1)); SHOW_LONG(PyLong_AsNativeBytes(PyLong_FromLong(-128), buffer, 1, -1));
    SHOW(PyLong_FromNativeBytes("\xff\x01", 2, 1)); SHOW(PyLong_FromUnsignedNativeBytes("\xff\xff", 2, 0));
    SHOW(PyFloat_FromDouble(2.5)); SHOW_DOUBLE(PyFloat_AsDouble(PyUnicode_FromString("x")));
    SHOW_DOUBLE(PyFloat_AsDouble(PyLong_FromLong(3)));
    SHOW(PyFloat_FromString(PyUnicode_FromString(" 1.5 "))); SHOW(PyComplex_FromDoubles(1, -2));
    SHOW(PyNumber_Add(PyLong_FromLong(1), PyFloat_FromDouble(0.5))); SHOW(PyNumber_Power(PyLong_FromLong(2), PyLong_FromLong(70), Py_None));
    SHOW(PyNumber_TrueDivide(PyLong_FromLong(1), PyLong_FromLong(0))); SHOW(PyNumber_ToBase(PyLong_FromLong(-10), 2));
    SHOW(PyNumber_Subtract(PyUnicode_FromString("a"), PyLong_FromLong(1))); SHOW(PyNumber_Long(PyUnicode_FromString("12")));
    SHOW_LONG(PyNumber_AsSsize_t(big, NULL)); SHOW_LONG(PyNumber_AsSsize_t(big, PyExc_IndexError));
    SHOW(PyNumber_Index(PyFloat_FromDouble(1)));
    char *end; SHOW_DOUBLE(PyOS_string_to_double("1.5abc", &end, NULL)); puts(end);
    SHOW_DOUBLE(PyOS_string_to_double("abc", NULL, NULL)); SHOW_DOUBLE(PyOS_string_to_double("1e999", NULL, PyExc_OverflowError)); SHOW_DOUBLE(PyOS_string_to_double("1_x_3", NULL, NULL));
    SHOW_DOUBLE(PyOS_string_to_double("-0x10", &end, NULL)); puts(end); SHOW_DOUBLE(PyOS_string_to_double("0x10", NULL, NULL));
    char *text = PyOS_double_to_string(0.1, 'r', 0, Py_DTSF_ADD_DOT_0, NULL); puts(text); PyMem_Free(text);
    text = PyOS_double_to_string(3.0, 'g', 3, 0, NULL); puts(text); PyMem_Free(text);
    Py_DECREF(big);
    Py_RETURN_NONE;
}

static PyObject *texts(PyObject *self, PyObject *unused)
{
    SHOW(PyUnicode_FromString("h\xc3\xa9llo")); SHOW(PyUnicode_FromString("\xff")); SHOW(PyUnicode_FromStringAndSize("abc", 2));
    PyObject *s = PyUnicode_New(3, 0x4e2d); PyUnicode_WRITE(PyUnicode_KIND(s), PyUnicode_DATA(s), 0, 0x4e2d);
    PyUnicode_WRITE(PyUnicode_KIND(s), PyUnicode_DATA(s), 1, 'b'); PyUnicode_WRITE(PyUnicode_KIND(s), PyUnicode_DATA(s), 2, 'c');
    SHOW(Py_NewRef(s)); Py_ssize_t n; const char *u = PyUnicode_AsUTF8AndSize(s, &n); printf("%s %zd\n", u, n);
    SHOW_LONG(PyUnicode_GetLength(s)); SHOW_LONG(PyUnicode_Find(s, PyUnicode_FromString("c"), 0, 3, 1)); SHOW_LONG(PyUnicode_FindChar(s, 'z', 0, 3, 1));
    SHOW(PyUnicode_Substring(s, 1, 3)); SHOW(PyUnicode_Concat(s, s)); SHOW(PyUnicode_Join(PyUnicode_FromString("-"), Py_BuildValue("[ss]", "a", "b")));
    SHOW(PyUnicode_Split(PyUnicode_FromString("a b  c"), NULL, -1)); SHOW(PyUnicode_Replace(PyUnicode_FromString("aaa"), PyUnicode_FromString("a"), PyUnicode_FromString("b"), 2));
    SHOW(PyUnicode_AsEncodedString(s, "utf-16-le", NULL)); SHOW(PyUnicode_AsASCIIString(s)); SHOW(PyUnicode_DecodeLatin1("\xe9", 1, NULL));
    SHOW(PyUnicode_Decode("\xff", 1, "ascii", "replace")); SHOW(PyUnicode_DecodeUTF8("a\xff" "b", 3, "surrogateescape"));
    SHOW_LONG(PyUnicode_Compare(s, PyUnicode_FromString("a"))); SHOW_LONG(PyUnicode_CompareWithASCIIString(PyUnicode_FromString("abc"), "abd"));
    SHOW_LONG(PyUnicode_EqualToUTF8(s, "\xe4\xb8\xad" "bc")); SHOW_LONG(PyUnicode_Tailmatch(s, PyUnicode_FromString("c"), 0, 3, 1));
    SHOW(PyUnicode_FromFormat("%s|%5d|%-5d|%05d|%x|%c|%%|%zd|%li|%p", "str", 42, 42, 42, 255, 'c', (Py_ssize_t)-7, 123456789012L, (void *)16));
    SHOW(PyUnicode_FromFormat("%S|%R|%A|%U|%V|%V|%.2s|%10s|%-10s|", s, s, s, s, s, "x", NULL, "alt", "prec", "right", "left"));
    SHOW(PyUnicode_FromFormat("%T %#T %N", s, s, (PyObject *)Py_TYPE(s))); SHOW(PyUnicode_FromFormat("bad %q")); SHOW(PyBytes_FromFormat("%s %d %c", "b", 5, 'x'));
    SHOW(PyUnicode_FromKindAndData(2, u"\u4e2d\u6587", 2)); SHOW(PyUnicode_FromOrdinal(0x1F600)); SHOW(PyUnicode_FromOrdinal(-1));
    SHOW(PyUnicode_FromWideChar(L"w\u00e9", -1)); Py_UCS4 *c = PyUnicode_AsUCS4Copy(s); printf("%x\n", c[0]); PyMem_Free(c);
    PyObject *r = PyUnicode_FromString("resize me"); PyUnicode_Resize(&r, 3); SHOW(r);
    SHOW(PyUnicode_Format(PyUnicode_FromString("%s-%d"), Py_BuildValue("(si)", "x", 3))); SHOW_LONG(PyUnicode_Contains(s, PyLong_FromLong(1)));
    PyUnicodeWriter *w = PyUnicodeWriter_Create(0); PyUnicodeWriter_WriteChar(w, 'a'); PyUnicodeWriter_WriteUTF8(w, "\xc3\xa9", 2);
    PyUnicodeWriter_WriteRepr(w, s); PyUnicodeWriter_Format(w, "%d", 5); SHOW(PyUnicodeWriter_Finish(w));
    SHOW(PyBytes_FromStringAndSize("a\0b", 3)); PyObject *b = PyBytes_FromStringAndSize(NULL, 2); memcpy(PyBytes_AS_STRING(b), "xy", 2); SHOW(Py_NewRef(b));
    PyBytes_Concat(&b, PyBytes_FromString("z")); SHOW(Py_NewRef(b)); _PyBytes_Resize(&b, 1); SHOW(b);
    SHOW(PyBytes_FromObject(Py_BuildValue("[ii]", 1, 2))); SHOW(PyByteArray_FromStringAndSize("abc", 3));
    Py_DECREF(s);
    Py_RETURN_NONE;
}

static PyObject *containers(PyObject *self, PyObject *unused)
{
    PyObject *l = PyList_New(2); PyList_SET_ITEM(l, 0, PyLong_FromLong(1)); PyList_SetItem(l, 1, PyUnicode_FromString("x"));
    PyList_Append(l, Py_None); PyList_Insert(l, -1, Py_True); SHOW(Py_NewRef(l)); SHOW(Py_XNewRef(PyList_GetItem(l, 1))); SHOW(Py_XNewRef(PyList_GetItem(l, 9)));
    SHOW_LONG(PyList_SetItem(l, 9, PyLong_FromLong(1))); SHOW(PyList_GetSlice(l, 1, 3)); PyList_SetSlice(l, 0, 2, NULL); SHOW(PyList_AsTuple(l));
    PyList_Reverse(l); SHOW(Py_NewRef(l)); SHOW_LONG(PyList_Extend(l, PyUnicode_FromString("ab"))); SHOW(Py_NewRef(l));
    PyObject *t = PyTuple_Pack(2, l, Py_None); SHOW(Py_NewRef(t)); SHOW_LONG(PyTuple_Size(t)); SHOW(PyTuple_GetSlice(t, 0, 1)); SHOW(Py_XNewRef(PyTuple_GetItem(t, 5)));
    PyObject *d = PyDict_New(); PyDict_SetItemString(d, "a", PyLong_FromLong(1000)); PyDict_SetItem(d, PyLong_FromLong(7), PyFloat_FromDouble(1.5));
    SHOW(Py_XNewRef(PyDict_GetItemString(d, "a"))); SHOW(Py_XNewRef(PyDict_GetItem(d, PyLong_FromLong(7)))); SHOW(Py_XNewRef(PyDict_GetItemWithError(d, l)));
    PyObject *k, *v; Py_ssize_t pos = 0; while (PyDict_Next(d, &pos, &k, &v)) { SHOW(Py_NewRef(k)); SHOW(Py_NewRef(v)); }
    SHOW(PyDict_Keys(d)); SHOW(PyDict_Items(d)); SHOW_LONG(PyDict_Contains(d, PyUnicode_FromString("a"))); SHOW_LONG(PyDict_DelItemString(d, "zz"));
    PyObject *out; SHOW_LONG(PyDict_GetItemRef(d, PyUnicode_FromString("a"), &out)); SHOW(out); SHOW_LONG(PyDict_Pop(d, PyLong_FromLong(7), &out)); SHOW(out);
    SHOW(Py_XNewRef(PyDict_SetDefault(d, PyUnicode_FromString("n"), Py_None))); SHOW_LONG(PyDict_Update(d, Py_BuildValue("{s:i}", "u", 3))); SHOW(Py_NewRef(d));
    SHOW(PyDict_Copy(d)); SHOW(PyDictProxy_New(d)); SHOW_LONG(PyDict_SetItem(d, l, Py_None));
    PyObject *s = PySet_New(l); SHOW_LONG(PySet_Size(s)); SHOW_LONG(PySet_Contains(s, PyUnicode_FromString("a"))); SHOW_LONG(PySet_Add(s, PyLong_FromLong(5))); SHOW_LONG(PySet_Discard(s, PyLong_FromLong(5)));
    SHOW_LONG(PySet_Add(s, l)); SHOW(PyFrozenSet_New(Py_BuildValue("(i)", 4))); SHOW(PySlice_New(PyLong_FromLong(1), NULL, NULL));
    Py_ssize_t a, b, c; PySlice_Unpack(PySlice_New(PyLong_FromLong(-3), Py_None, Py_None), &a, &b, &c); SHOW_LONG(PySlice_AdjustIndices(10, &a, &b, c)); printf("%zd %zd %zd\n", a, b, c);
    SHOW(PySequence_List(PyUnicode_FromString("xyz"))); SHOW(PySequence_GetItem(l, -1)); SHOW(PySequence_GetItem(d, 0)); SHOW_LONG(PySequence_Contains(l, Py_None)); SHOW(PySequence_Concat(l, t));
    SHOW(PySequence_Fast(PyLong_FromLong(1), "not iterable")); SHOW_LONG(PySequence_Index(l, Py_False)); SHOW_LONG(PySequence_Count(l, Py_None)); SHOW(PySequence_Repeat(t, 2));
    SHOW(PyMapping_Keys(d)); SHOW(PyMapping_GetItemString(d, "a")); SHOW_LONG(PyMapping_HasKeyString(d, "q")); SHOW_LONG(PyObject_Size(d)); SHOW_LONG(PyObject_Size(PyLong_FromLong(1)));
    PyObject *it = PyObject_GetIter(l); while ((k = PyIter_Next(it))) SHOW(k); SHOW(PyObject_GetIter(Py_None));
    Py_DECREF(l); Py_DECREF(t); Py_DECREF(d); Py_DECREF(s); Py_DECREF(it);
    Py_RETURN_NONE;
}

static PyObject *build(PyObject *self, PyObject *unused)
{
    Py_complex z = {1, 2};
    SHOW(Py_BuildValue("")); SHOW(Py_BuildValue("i", 5)); SHOW(Py_BuildValue("(i)", 5)); SHOW(Py_BuildValue("is", 1, "x")); SHOW(Py_BuildValue("[i,(ss),{s:i,s:d}]", 1, "a", "b", "k", 2, "f", 1.5));
    SHOW(Py_BuildValue("bBhHiIlkLKn", 1, 2, -3, 65535, -5, 4000000000u, -6L, 7UL, -8LL, 9ULL, (Py_ssize_t)10)); SHOW(Py_BuildValue("s#y#z", "abc", (Py_ssize_t)2, "xyz", (Py_ssize_t)2, NULL));
    SHOW(Py_BuildValue("cCD", 'x', 0x20ac, &z)); SHOW(Py_BuildValue("ONS", Py_None, PyLong_FromLong(1), Py_True)); SHOW(Py_BuildValue("O", NULL)); SHOW(Py_BuildValue("{i}", 1)); SHOW(Py_BuildValue("?")); SHOW(Py_BuildValue("fdp", 1.5, 2.5, 3));
    SHOW(PyObject_CallFunction((PyObject *)&PyList_Type, "O", Py_BuildValue("(ii)", 1, 2))); SHOW(PyObject_CallFunction((PyObject *)&PyLong_Type, "s", "12")); SHOW(PyObject_CallMethod(PyUnicode_FromString("a,b"), "split", "s", ","));
    SHOW(PyObject_CallFunctionObjArgs((PyObject *)&PyLong_Type, PyUnicode_FromString("7"), NULL)); SHOW(PyObject_CallMethodObjArgs(PyUnicode_FromString("abc"), PyUnicode_FromString("upper"), NULL));
    SHOW(PyObject_CallNoArgs((PyObject *)&PyDict_Type)); SHOW(PyObject_CallOneArg((PyObject *)&PyUnicode_Type, PyLong_FromLong(3))); SHOW(PyObject_Vectorcall((PyObject *)&PyDict_Type, NULL, 0, NULL));
    PyObject *args[] = {PyUnicode_FromString("q"), PyLong_FromLong(4)}; SHOW(PyObject_VectorcallMethod(PyUnicode_FromString("center"), args, 2, NULL)); SHOW(PyObject_CallOneArg(Py_None, Py_None));
    SHOW(PyObject_GetAttrString(Py_None, "nope")); SHOW_LONG(PyObject_HasAttrString(Py_None, "__class__")); SHOW(PyObject_Str(NULL)); SHOW(PyObject_Repr(PyUnicode_FromString("q"))); SHOW_LONG(PyObject_IsTrue(PyList_New(0)));
    SHOW(PyObject_RichCompare(PyLong_FromLong(1), PyLong_FromLong(2), Py_LT)); SHOW_LONG(PyObject_RichCompareBool(Py_None, Py_None, Py_EQ)); SHOW_LONG(PyObject_Hash(PyList_New(0))); SHOW_LONG(PyObject_IsInstance(Py_None, (PyObject *)&PyLong_Type)); SHOW_LONG(PyObject_IsInstance(Py_None, Py_None));
    SHOW(PyObject_Type(Py_None)); SHOW(PyObject_Bytes(Py_BuildValue("[i]", 65))); SHOW(PyObject_Format(PyLong_FromLong(5), PyUnicode_FromString("04d"))); SHOW(PyObject_GetItem(Py_BuildValue("{s:i}", "a", 1), PyUnicode_FromString("b")));
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"numbers", numbers, METH_NOARGS, NULL}, {"texts", texts, METH_NOARGS, NULL}, {"containers", containers, METH_NOARGS, NULL}, {"build", build, METH_NOARGS, NULL}, {0}
};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "basics", "doc", -1, methods};
PyMODINIT_FUNC PyInit_basics(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
