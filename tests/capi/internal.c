/* Functions of CPython's own that extensions came to use. */
#include <Python.h>
#include <sys/stat.h>
#include <fcntl.h>
#include "check.h"

typedef struct { PyObject *buffer; Py_ssize_t allocated, min_size; int use_bytearray, overallocate, use_small_buffer; char small_buffer[512]; } Writer;
extern void _PyBytesWriter_Init(Writer *), _PyBytesWriter_Dealloc(Writer *);
extern void *_PyBytesWriter_Alloc(Writer *, Py_ssize_t), *_PyBytesWriter_Prepare(Writer *, void *, Py_ssize_t), *_PyBytesWriter_Resize(Writer *, void *, Py_ssize_t);
extern void *_PyBytesWriter_WriteBytes(Writer *, void *, const void *, Py_ssize_t);
extern PyObject *_PyBytesWriter_Finish(Writer *, void *);
extern Py_ssize_t _PyBytes_Find(const char *, Py_ssize_t, const char *, Py_ssize_t, Py_ssize_t), _PyBytes_ReverseFind(const char *, Py_ssize_t, const char *, Py_ssize_t, Py_ssize_t);
extern void _PyBytes_Repeat(char *, Py_ssize_t, const char *, Py_ssize_t);

static PyObject *bytes(PyObject *self, PyObject *unused)
{
    for (int kind = 0; kind < 2; kind++)
        for (int size = 0; size < 3000; size = size * 3 + 1) {
            Writer w;
            _PyBytesWriter_Init(&w);
            w.use_bytearray = kind; w.overallocate = !kind;
            char *at = _PyBytesWriter_Alloc(&w, 3);
            for (int i = 0; i < size; i++)
                at = _PyBytesWriter_WriteBytes(&w, at, &"abcdefgh"[i % 8], 1);
            at = _PyBytesWriter_Prepare(&w, at, 2); *at++ = '!';
            PyObject *made = _PyBytesWriter_Finish(&w, at);
            printf("%s %zd %ld\n", Py_TYPE(made)->tp_name, PyObject_Size(made), (long)(made == NULL)); SHOW(made);
        }
    Writer w;
    _PyBytesWriter_Init(&w); char *at = _PyBytesWriter_Alloc(&w, 0); SHOW(_PyBytesWriter_Finish(&w, at));
    _PyBytesWriter_Init(&w); w.use_bytearray = 1; at = _PyBytesWriter_Alloc(&w, 0); SHOW(_PyBytesWriter_Finish(&w, at));
    _PyBytesWriter_Init(&w); at = _PyBytesWriter_Alloc(&w, 600); memset(at, 'x', 600); at = _PyBytesWriter_Resize(&w, at + 5, 700); SHOW(_PyBytesWriter_Finish(&w, at));
    _PyBytesWriter_Init(&w); at = _PyBytesWriter_Alloc(&w, 600); _PyBytesWriter_Dealloc(&w); SHOW_LONG(w.buffer == NULL);
    SHOW_LONG(_PyBytes_Find("haystack", 8, "st", 2, 10)); SHOW_LONG(_PyBytes_Find("haystack", 8, "x", 1, 10)); SHOW_LONG(_PyBytes_Find("aaa", 3, "a", 1, 0)); SHOW_LONG(_PyBytes_ReverseFind("aaa", 3, "a", 1, 1));
    char place[11] = {0}; _PyBytes_Repeat(place, 10, "abc", 3); puts(place);
    Py_RETURN_NONE;
}

extern PyObject *_PyLong_Add(PyLongObject *, PyLongObject *), *_PyLong_Subtract(PyLongObject *, PyLongObject *), *_PyLong_Multiply(PyLongObject *, PyLongObject *);
extern PyObject *_PyLong_Lshift(PyObject *, int64_t), *_PyLong_Rshift(PyObject *, int64_t), *_PyLong_DivmodNear(PyObject *, PyObject *), *_PyLong_Format(PyObject *, int);
extern double _PyLong_Frexp(PyLongObject *, int64_t *);
extern unsigned char _PyLong_DigitValue[256];
extern int _PyLong_UnsignedShort_Converter(PyObject *, void *), _PyLong_UnsignedInt_Converter(PyObject *, void *), _PyLong_UnsignedLong_Converter(PyObject *, void *), _PyLong_UnsignedLongLong_Converter(PyObject *, void *), _PyLong_Size_t_Converter(PyObject *, void *);
extern int _PyLong_UInt8_Converter(PyObject *, void *), _PyLong_UInt16_Converter(PyObject *, void *), _PyLong_UInt32_Converter(PyObject *, void *), _PyLong_UInt64_Converter(PyObject *, void *), _PyLong_FileDescriptor_Converter(PyObject *, void *), _Py_convert_optional_to_ssize_t(PyObject *, void *);
extern PyObject *_PyNumber_Index(PyObject *);

static PyObject *ints(PyObject *self, PyObject *args)
{
    PyObject *a, *b; int64_t power;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
#define L(x) ((PyLongObject *)(x))
    SHOW(_PyLong_Add(L(a), L(b))); SHOW(_PyLong_Subtract(L(a), L(b))); SHOW(_PyLong_Multiply(L(a), L(b))); SHOW(_PyLong_GCD(a, b));
    SHOW(_PyLong_DivmodNear(a, b)); SHOW(_PyLong_DivmodNear(a, Py_None)); SHOW(_PyLong_Lshift(a, 70)); SHOW(_PyLong_Rshift(a, 3)); SHOW(_PyLong_Rshift(a, 300));
    SHOW(_PyLong_Format(a, 2)); SHOW(_PyLong_Format(a, 8)); SHOW(_PyLong_Format(a, 10)); SHOW(_PyLong_Format(a, 16));
    SHOW_DOUBLE(_PyLong_Frexp(L(a), &power)); SHOW_LONG(power); SHOW(_PyNumber_Index(a));
    Py_RETURN_NONE;
}
static PyObject *convert(PyObject *self, PyObject *object)
{
#define CONVERT(kind) do { uint64_t place = 0; SHOW_LONG(_PyLong_##kind##_Converter(object, &place)); if (!PyErr_Occurred()) printf("%llu\n", (unsigned long long)place); } while (0)
    CONVERT(UnsignedShort); CONVERT(UnsignedInt); CONVERT(UnsignedLong); CONVERT(UnsignedLongLong); CONVERT(Size_t); CONVERT(UInt8); CONVERT(UInt16); CONVERT(UInt32); CONVERT(UInt64); CONVERT(FileDescriptor);
    Py_ssize_t place = -7; SHOW_LONG(_Py_convert_optional_to_ssize_t(object, &place)); printf("%zd\n", place); SHOW(_PyNumber_Index(object));
    Py_RETURN_NONE;
}
static PyObject *digits(PyObject *self, PyObject *unused)
{
    for (int i = 0; i < 256; i++) printf("%d ", _PyLong_DigitValue[i]);
    digit some[3] = {7, 5, 0};
    SHOW((PyObject *)_PyLong_FromDigits(0, 3, some)); SHOW((PyObject *)_PyLong_FromDigits(1, 1, some)); SHOW((PyObject *)_PyLong_FromDigits(0, 0, some));
    PyLongObject *made = _PyLong_New(3);
    made->long_value.ob_digit[0] = 1; made->long_value.ob_digit[1] = 2; made->long_value.ob_digit[2] = 3; SHOW((PyObject *)made);
    Py_RETURN_NONE;
}

extern Py_complex _Py_cr_sum(Py_complex, double), _Py_cr_diff(Py_complex, double), _Py_rc_diff(double, Py_complex), _Py_cr_prod(Py_complex, double), _Py_cr_quot(Py_complex, double), _Py_rc_quot(double, Py_complex);
static void complex_(const char *what, Py_complex c) { printf("%s %g %g %d\n", what, c.real, c.imag, errno); errno = 0; }
static PyObject *complexes(PyObject *self, PyObject *unused)
{
    Py_complex z = {3, -4}, zero = {0, 0}, inf = {Py_HUGE_VAL, 1}, low = {1, 5};
    errno = 0;
    complex_("sum", _Py_cr_sum(z, 2)); complex_("diff", _Py_cr_diff(z, 2)); complex_("rdiff", _Py_rc_diff(2, z)); complex_("prod", _Py_cr_prod(z, -0.5));
    complex_("quot", _Py_cr_quot(z, 2)); complex_("quot0", _Py_cr_quot(z, 0)); complex_("rquot", _Py_rc_quot(2, z)); complex_("rquot0", _Py_rc_quot(2, zero)); complex_("rquotinf", _Py_rc_quot(2, inf)); complex_("rquotlow", _Py_rc_quot(2, low));
    Py_RETURN_NONE;
}

extern PyObject *_PyUnicode_JoinArray(PyObject *, PyObject *const *, Py_ssize_t), *_PyUnicode_Copy(PyObject *), *_PyUnicode_EncodeUTF16(PyObject *, const char *, int), *_PyUnicode_EncodeUTF32(PyObject *, const char *, int), *_PyUnicode_TransformDecimalAndSpaceToASCII(PyObject *), *_Py_strhex(const char *, Py_ssize_t), *_Py_strhex_bytes_with_sep(const char *, Py_ssize_t, PyObject *, int);
extern const char *_PyUnicode_AsUTF8NoNUL(PyObject *);
static PyObject *text(PyObject *self, PyObject *args)
{
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
    PyObject *items[3] = {a, b, a};
    SHOW(_PyUnicode_JoinArray(b, items, 3)); SHOW(_PyUnicode_JoinArray(NULL, items, 2)); SHOW(_PyUnicode_JoinArray(NULL, items, 0)); SHOW(_PyUnicode_JoinArray(Py_None, items, 1)); SHOW(_PyUnicode_JoinArray(Py_None, items, 2));
    items[1] = Py_None; SHOW(_PyUnicode_JoinArray(b, items, 3));
    SHOW(_PyUnicode_Copy(a)); SHOW(_PyUnicode_EncodeUTF16(a, NULL, 0)); SHOW(_PyUnicode_EncodeUTF16(a, "strict", 1)); SHOW(_PyUnicode_EncodeUTF32(a, "replace", -1)); SHOW(_PyUnicode_TransformDecimalAndSpaceToASCII(a));
    const char *utf8 = _PyUnicode_AsUTF8NoNUL(a); puts(utf8 ? utf8 : "NULL"); show_error();
    SHOW(_Py_strhex("\x01\xab\xff", 3)); SHOW(_Py_strhex_bytes_with_sep("\x01\xab\xff", 3, NULL, 0)); PyObject *colon = PyUnicode_FromString(":"); SHOW(_Py_strhex_bytes_with_sep("\x01\xab\xff", 3, colon, 1)); SHOW(_Py_strhex_bytes_with_sep("\x01\xab\xff", 3, colon, 2)); SHOW(_Py_strhex_bytes_with_sep("\x01\xab\xff", 3, Py_Ellipsis, 2)); Py_DECREF(colon);
    _PyUnicodeWriter w;
    for (int over = 0; over < 2; over++) {
        _PyUnicodeWriter_Init(&w); w.overallocate = over; SHOW(_PyUnicodeWriter_Finish(&w));
        _PyUnicodeWriter_Init(&w); w.overallocate = over; SHOW_LONG(_PyUnicodeWriter_WriteStr(&w, a)); SHOW_LONG(w.pos); SHOW_LONG(w.readonly); SHOW(_PyUnicodeWriter_Finish(&w));
        _PyUnicodeWriter_Init(&w); w.overallocate = over; w.min_length = 10;
        SHOW_LONG(_PyUnicodeWriter_WriteChar(&w, 'x')); SHOW_LONG(w.kind); SHOW_LONG(_PyUnicodeWriter_WriteASCIIString(&w, "ascii", 3)); SHOW_LONG(_PyUnicodeWriter_WriteASCIIString(&w, "rest", -1)); SHOW_LONG(_PyUnicodeWriter_WriteLatin1String(&w, "caf\xe9", 4)); SHOW_LONG(w.maxchar); SHOW_LONG(_PyUnicodeWriter_WriteStr(&w, a)); if (PyUnicode_GetLength(a) >= 3) SHOW_LONG(_PyUnicodeWriter_WriteSubstring(&w, a, 1, 3)); SHOW_LONG(_PyUnicodeWriter_WriteChar(&w, 0x1F600)); SHOW_LONG(w.kind); SHOW_LONG(w.pos);
        SHOW_LONG(_PyUnicodeWriter_Prepare(&w, 2, 127)); PyUnicode_WRITE(w.kind, w.data, w.pos++, 'y'); PyUnicode_WRITE(w.kind, w.data, w.pos++, 'z'); SHOW(_PyUnicodeWriter_Finish(&w));
        _PyUnicodeWriter_Init(&w); w.overallocate = over; SHOW_LONG(_PyUnicodeWriter_WriteStr(&w, b)); SHOW_LONG(_PyUnicodeWriter_PrepareKind(&w, PyUnicode_2BYTE_KIND)); SHOW_LONG(w.kind); SHOW_LONG(_PyUnicodeWriter_WriteStr(&w, b)); SHOW(_PyUnicodeWriter_Finish(&w)); SHOW_LONG(Py_REFCNT(b) > 0);
        _PyUnicodeWriter_Init(&w); _PyUnicodeWriter_WriteStr(&w, a); _PyUnicodeWriter_Dealloc(&w);
    }
    Py_RETURN_NONE;
}

extern PyObject *_PyObject_LookupSpecial(PyObject *, PyObject *), *_PyObject_MaybeCallSpecialNoArgs(PyObject *, PyObject *), *_PyObject_MaybeCallSpecialOneArg(PyObject *, PyObject *, PyObject *), *_PyObject_CallMethod(PyObject *, PyObject *, const char *, ...), *_PyObject_GetState(PyObject *);
extern int _PyObject_GetMethod(PyObject *, PyObject *, PyObject **);
static PyObject *attributes(PyObject *self, PyObject *args)
{
    PyObject *object, *name, *dict, *method = NULL;
    if (!PyArg_ParseTuple(args, "OOO", &object, &name, &dict)) return NULL;
    SHOW(_PyObject_LookupSpecial(object, name)); SHOW(_PyObject_MaybeCallSpecialNoArgs(object, name)); SHOW(_PyObject_MaybeCallSpecialOneArg(object, name, Py_True));
    SHOW(_PyObject_GenericGetAttrWithDict(object, name, NULL, 0)); SHOW(_PyObject_GenericGetAttrWithDict(object, name, dict, 0)); SHOW(_PyObject_GenericGetAttrWithDict(object, name, dict, 1)); SHOW(_PyObject_GenericGetAttrWithDict(object, Py_None, NULL, 0));
    SHOW_LONG(_PyObject_GenericSetAttrWithDict(object, name, Py_True, dict)); SHOW(Py_NewRef(dict)); SHOW_LONG(_PyObject_GenericSetAttrWithDict(object, name, NULL, dict)); SHOW_LONG(_PyObject_GenericSetAttrWithDict(object, name, NULL, dict)); SHOW(Py_NewRef(dict));
    SHOW_LONG(_PyObject_GetMethod(object, name, &method)); SHOW(method); SHOW(_PyObject_FunctionStr(object)); SHOW(_PyObject_CallMethod(object, name, NULL)); SHOW(_PyObject_CallMethod(object, name, "i", 5)); SHOW(_PyObject_CallMethod(object, name, "(ii)", 5, 6));
    static _Py_Identifier one = {"one", -1}; SHOW(_PyObject_CallMethodId(object, &one, "i", 5)); SHOW(_PyObject_CallMethodId(object, &one, NULL));
    Py_RETURN_NONE;
}
static PyObject *state(PyObject *self, PyObject *object) { return _PyObject_GetState(object); }
static PyObject *function_text(PyObject *self, PyObject *object) { return _PyObject_FunctionStr(object); }

extern PyObject *_PyTuple_FromArray(PyObject *const *, Py_ssize_t), *_PyTuple_FromArraySteal(PyObject *const *, Py_ssize_t), *_PyDict_FromItems(PyObject *const *, Py_ssize_t, PyObject *const *, Py_ssize_t, Py_ssize_t), *_PyNamespace_New(PyObject *), *_PyType_GetDict(PyTypeObject *), *_PyList_AsTupleAndClear(PyListObject *);
extern int _PyDict_DelItem_KnownHash(PyObject *, PyObject *, Py_hash_t), _PySet_Contains(PySetObject *, PyObject *), _PyWeakref_IsDead(PyObject *);
static PyObject *containers(PyObject *self, PyObject *args)
{
    PyObject *a, *b, *start, *stop, *step;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
    PyObject *both[4] = {a, b, b, a}; Py_INCREF(a);
    SHOW(_PyTuple_FromArray(both, 2)); SHOW(_PyTuple_FromArray(both, 0)); SHOW(_PyTuple_FromArraySteal(both, 1)); SHOW(_PyDict_FromItems(both, 2, both + 1, 2, 2)); SHOW(_PyDict_FromItems(both, 0, both, 0, 0));
    PyObject *names = Py_BuildValue("(ss)", "x", "y"); SHOW(_PyStack_AsDict(both, names)); Py_DECREF(names);
    PyObject *dict = Py_BuildValue("{s:i,s:i}", "a", 1, "b", 2), *key = PyUnicode_FromString("a"); SHOW_LONG(_PyDict_DelItem_KnownHash(dict, key, PyObject_Hash(key))); SHOW_LONG(_PyDict_DelItem_KnownHash(dict, key, PyObject_Hash(key))); SHOW(_PyNamespace_New(dict)); SHOW(_PyNamespace_New(NULL)); Py_DECREF(dict);
    PyObject *set = PySet_New(NULL); PySet_Add(set, key); SHOW_LONG(_PySet_Contains((PySetObject *)set, key)); SHOW_LONG(_PySet_Contains((PySetObject *)set, a)); SHOW_LONG(_PySet_Contains((PySetObject *)set, set)); PyObject *list = PyList_New(0); SHOW_LONG(_PySet_Contains((PySetObject *)set, list)); Py_DECREF(set); Py_DECREF(key);
    PyList_Append(list, a); PyList_Append(list, b); SHOW(_PyList_AsTupleAndClear((PyListObject *)list)); SHOW(list);
    PyObject *slice = _PySlice_FromIndices(2, 9), *length = PyLong_FromLong(5); SHOW_LONG(_PySlice_GetLongIndices((PySliceObject *)slice, length, &start, &stop, &step)); SHOW(start); SHOW(stop); SHOW(step); SHOW(slice); Py_DECREF(length);
    SHOW_LONG(PyDict_Check(_PyType_GetDict(&PyLong_Type)));
    Py_RETURN_NONE;
}
static PyObject *weak(PyObject *self, PyObject *args)
{
    PyObject *object, *reference, *third, *found = NULL;
    if (!PyArg_ParseTuple(args, "OOO", &object, &reference, &third)) return NULL;
    SHOW_LONG(_PyWeakref_IsDead(reference)); _PyWeakref_ClearRef((PyWeakReference *)reference); SHOW_LONG(_PyWeakref_IsDead(reference)); SHOW_LONG(_PyWeakref_IsDead(third));
    PyUnstable_Object_ClearWeakRefsNoCallbacks(object); SHOW_LONG(PyWeakref_GetRef(third, &found)); SHOW_LONG(_PyWeakref_IsDead(third)); PyUnstable_Object_ClearWeakRefsNoCallbacks(Py_None);
    Py_RETURN_NONE;
}

extern PyThreadState *_PyThreadState_GetCurrent(void);
extern void _PyErr_Clear(PyThreadState *), _PyErr_SetString(PyThreadState *, PyObject *, const char *), _PyErr_SetRaisedException(PyThreadState *, PyObject *), _PyErr_FormatNote(const char *, ...), _PyErr_SetLocaleString(PyObject *, const char *);
extern PyObject *_PyErr_Format(PyThreadState *, PyObject *, const char *, ...), *_PyErr_GetRaisedException(PyThreadState *), *_PyCoro_GetAwaitableIter(PyObject *);
extern int _PyErr_ExceptionMatches(PyThreadState *, PyObject *), _PyGen_SetStopIterationValue(PyObject *), _Py_GetErrorHandler(const char *);
static PyObject *errors(PyObject *self, PyObject *group)
{
    PyThreadState *state = _PyThreadState_GetCurrent(); SHOW_LONG(state == PyThreadState_Get());
    _PyErr_SetString(state, PyExc_ValueError, "text"); SHOW_LONG(_PyErr_ExceptionMatches(state, PyExc_ValueError)); SHOW_LONG(_PyErr_ExceptionMatches(state, PyExc_KeyError)); show_error();
    SHOW(_PyErr_Format(state, PyExc_TypeError, "%s and %d", "this", 5)); _PyErr_SetString(state, PyExc_ValueError, "text"); _PyErr_Clear(state); SHOW_LONG(PyErr_Occurred() == NULL); _PyErr_SetLocaleString(PyExc_OSError, "caf\xc3\xa9"); show_error();
    _PyErr_SetString(state, PyExc_ValueError, "noted"); _PyErr_FormatNote("note %d of %s", 1, "two"); PyObject *error = _PyErr_GetRaisedException(state); SHOW(PyObject_GetAttrString(error, "__notes__")); _PyErr_SetRaisedException(state, error); show_error();
    SHOW_LONG(_PyGen_SetStopIterationValue(Py_True)); show_error(); PyObject *pair = Py_BuildValue("(ii)", 1, 2); SHOW_LONG(_PyGen_SetStopIterationValue(pair)); show_error(); Py_DECREF(pair);
    SHOW_LONG(_Py_GetErrorHandler(NULL)); SHOW_LONG(_Py_GetErrorHandler("strict")); SHOW_LONG(_Py_GetErrorHandler("surrogateescape")); SHOW_LONG(_Py_GetErrorHandler("replace")); SHOW_LONG(_Py_GetErrorHandler("ignore")); SHOW_LONG(_Py_GetErrorHandler("backslashreplace")); SHOW_LONG(_Py_GetErrorHandler("surrogatepass")); SHOW_LONG(_Py_GetErrorHandler("xmlcharrefreplace")); SHOW_LONG(_Py_GetErrorHandler("my own"));
    PyObject *none = PyList_New(0); SHOW(PyUnstable_Exc_PrepReraiseStar(group, none)); PyList_Append(none, group); SHOW(PyUnstable_Exc_PrepReraiseStar(group, none)); SHOW(PyUnstable_Exc_PrepReraiseStar(group, Py_None)); PyList_SetItem(none, 0, PyLong_FromLong(1)); SHOW(PyUnstable_Exc_PrepReraiseStar(group, none)); Py_DECREF(none);
    SHOW(_PyCoro_GetAwaitableIter(Py_None));
    Py_RETURN_NONE;
}

extern PyObject *_PySys_GetRequiredAttr(PyObject *), *_PySys_GetRequiredAttrString(const char *), *_PyEval_GetBuiltin(PyObject *);
extern int _PySys_GetOptionalAttr(PyObject *, PyObject **), _PySys_GetOptionalAttrString(const char *, PyObject **), _PyImport_SetModule(PyObject *, PyObject *), _PyOS_IsMainThread(void), _Py_IsInterpreterFinalizing(PyInterpreterState *);
extern size_t _PySys_GetSizeOf(PyObject *);
extern unsigned char _Py_HashSecret[24];
static PyObject *system_(PyObject *self, PyObject *name)
{
    PyObject *found = NULL;
    SHOW(_PySys_GetRequiredAttr(name)); SHOW_LONG(_PySys_GetOptionalAttr(name, &found)); SHOW(found); found = NULL; SHOW(_PySys_GetRequiredAttrString("byteorder")); SHOW(_PySys_GetRequiredAttrString("absent")); SHOW_LONG(_PySys_GetOptionalAttrString("absent", &found)); SHOW_LONG(found == NULL); SHOW(_PySys_GetRequiredAttr(Py_None));
    SHOW(_PyEval_GetBuiltin(name)); SHOW_LONG(_PyImport_SetModule(name, Py_Ellipsis)); SHOW(PyImport_ImportModule("maxunicode")); SHOW_LONG(_PyOS_IsMainThread()); SHOW_LONG(_Py_IsInterpreterFinalizing(PyInterpreterState_Get()));
    SHOW_LONG(_PySys_GetSizeOf(self) > 0); for (int i = 0; i < 24; i++) printf("%d", _Py_HashSecret[i]);
    PyHash_FuncDef *hash = PyHash_GetFuncDef(); printf("\n%s %d %d %d\n", hash->name, hash->hash_bits, hash->seed_bits, hash->hash("text", 4) == Py_HashBuffer("text", 4));
    Py_RETURN_NONE;
}

extern int _Py_open(const char *, int), _Py_open_noraise(const char *, int), _Py_dup(int), _Py_fstat(int, struct stat *), _Py_fstat_noraise(int, struct stat *), _Py_stat(PyObject *, struct stat *), _Py_set_inheritable(int, int, int *), _Py_set_inheritable_async_safe(int, int, int *), _Py_IsValidFD(int);
extern Py_ssize_t _Py_write(int, const void *, size_t), _Py_write_noraise(int, const void *, size_t);
extern void _Py_closerange(int, int);
extern char *_Py_UniversalNewlineFgetsWithSize(char *, int, FILE *, PyObject *, size_t *);
static PyObject *files(PyObject *self, PyObject *path)
{
    struct stat status; const char *name = PyUnicode_AsUTF8(path); char line[20]; size_t size = 0;
    int fd = _Py_open(name, O_RDWR); SHOW_LONG(fd >= 0); SHOW_LONG(fcntl(fd, F_GETFD)); SHOW_LONG(_Py_write(fd, "one\r\ntwo\rthree\n", 15)); SHOW_LONG(_Py_write_noraise(fd, "\n", 1)); SHOW_LONG(_Py_write(-1, "\n", 1)); SHOW_LONG(_Py_write_noraise(-1, "\n", 1));
    SHOW_LONG(_Py_fstat(fd, &status)); SHOW_LONG(status.st_size); SHOW_LONG(_Py_fstat(-1, &status)); SHOW_LONG(_Py_fstat_noraise(-1, &status)); SHOW_LONG(_Py_stat(path, &status)); SHOW_LONG(status.st_size);
    int copy = _Py_dup(fd), works = -1; SHOW_LONG(fcntl(copy, F_GETFD)); SHOW_LONG(_Py_dup(-1)); SHOW_LONG(_Py_set_inheritable(copy, 1, NULL)); SHOW_LONG(fcntl(copy, F_GETFD)); SHOW_LONG(_Py_set_inheritable_async_safe(copy, 0, &works)); SHOW_LONG(works); SHOW_LONG(fcntl(copy, F_GETFD)); SHOW_LONG(_Py_set_inheritable(copy, 0, NULL)); SHOW_LONG(fcntl(copy, F_GETFD)); SHOW_LONG(_Py_set_inheritable(-1, 0, NULL));
    SHOW_LONG(_Py_IsValidFD(copy)); _Py_closerange(copy, copy); SHOW_LONG(_Py_IsValidFD(copy)); SHOW_LONG(_Py_IsValidFD(-1)); SHOW_LONG(_Py_open("/no/such/file", O_RDONLY)); SHOW_LONG(_Py_open_noraise("/no/such/file", O_RDONLY)); close(fd);
    FILE *file = fopen(name, "r");
    while (_Py_UniversalNewlineFgetsWithSize(line, sizeof line, file, NULL, &size)) printf("%zu %s", size, line);
    fclose(file); SHOW_LONG(_Py_stat(Py_None, &status));
    Py_RETURN_NONE;
}
static PyMethodDef methods[] = {
    {"bytes", bytes, METH_NOARGS, NULL}, {"ints", ints, METH_VARARGS, NULL}, {"convert", convert, METH_O, NULL}, {"digits", digits, METH_NOARGS, NULL}, {"complexes", complexes, METH_NOARGS, NULL}, {"text", text, METH_VARARGS, NULL},
    {"attributes", attributes, METH_VARARGS, NULL}, {"state", state, METH_O, NULL}, {"function_text", function_text, METH_O, NULL}, {"containers", containers, METH_VARARGS, NULL}, {"weak", weak, METH_VARARGS, NULL}, {"errors", errors, METH_O, NULL}, {"system", system_, METH_O, NULL}, {"files", files, METH_O, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "internal", NULL, 0, methods};
PyMODINIT_FUNC PyInit_internal(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
