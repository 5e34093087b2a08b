/* The variadic functions of CPython's C API. Stable Rust cannot define such functions; each
 * of these hands its arguments, as a krait_va, to a Rust function that takes them one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <limits.h>

typedef struct _object PyObject;
typedef ptrdiff_t Py_ssize_t;
typedef struct { va_list ap; } krait_va;

#define API __attribute__((visibility("default")))

/* What Rust takes arguments with. */
void *krait_va_pointer(krait_va *va) { return va_arg(va->ap, void *); }
int krait_va_int(krait_va *va) { return va_arg(va->ap, int); }
long krait_va_long(krait_va *va) { return va_arg(va->ap, long); }
double krait_va_double(krait_va *va) { return va_arg(va->ap, double); }

/* What Rust does with them. */
int krait_parse_tuple(PyObject *args, const char *format, krait_va *va);
int krait_parse_one(PyObject *arg, const char *format, krait_va *va);
int krait_parse_keywords(PyObject *args, PyObject *kwargs, const char *format,
                         const char *const *keywords, krait_va *va);
struct _PyArg_Parser;
int krait_parse_stack(PyObject *const *args, Py_ssize_t count, const char *format, krait_va *va);
int krait_parse_stack_keywords(PyObject *const *args, Py_ssize_t count, PyObject *names,
                               struct _PyArg_Parser *parser, krait_va *va);
int krait_parse_tuple_fast(PyObject *args, PyObject *kwargs, struct _PyArg_Parser *parser, krait_va *va);
int krait_unpack_tuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, krait_va *va);
PyObject *krait_build_value(const char *format, krait_va *va);
PyObject *krait_build_arguments(const char *format, krait_va *va);
PyObject *krait_format(const char *format, krait_va *va);
PyObject *krait_format_bytes(const char *format, krait_va *va);
int krait_writer_format(void *writer, const char *format, krait_va *va);
PyObject *krait_err_set(PyObject *type, PyObject *message);
int krait_err_warn(PyObject *category, PyObject *message, Py_ssize_t level);
int krait_err_warn_explicit(PyObject *category, PyObject *message, const char *file, int line, const char *module, PyObject *registry);
int krait_err_resource(PyObject *message, Py_ssize_t level);
void krait_err_note(PyObject *note);
void krait_err_unraisable(const char *format, krait_va *va);
PyObject *krait_err_from_cause(PyObject *type, const char *format, krait_va *va);
void krait_sys_write(const char *stream, PyObject *message);
int krait_callable(PyObject *attribute);
PyObject *krait_method(PyObject *object, const char *name);
PyObject *krait_call_objects(PyObject *callable, PyObject *const *values, Py_ssize_t count);
PyObject *krait_tuple_pack(PyObject *const *values, Py_ssize_t count);
PyObject *PyObject_GetAttr(PyObject *, PyObject *);
PyObject *_PyObject_GetAttrId(PyObject *, void *);
PyObject *PyObject_Call(PyObject *, PyObject *, PyObject *);
PyObject *PyUnicode_FromString(const char *);
int PySys_AuditTuple(const char *, PyObject *);
void PyErr_Clear(void);
void Py_DecRef(PyObject *);

/* The body of a function whose variable arguments follow `last`. */
#define WITH_VA(type, last, expression)                                                       \
    krait_va va;                                                                              \
    va_start(va.ap, last);                                                                    \
    type result = (expression);                                                               \
    va_end(va.ap);                                                                            \
    return result

/* The same for arguments that come as a va_list. */
#define WITH_LIST(type, list, expression)                                                     \
    krait_va va;                                                                              \
    va_copy(va.ap, list);                                                                     \
    type result = (expression);                                                               \
    va_end(va.ap);                                                                            \
    return result

API int PyArg_Parse(PyObject *arg, const char *format, ...)
{ WITH_VA(int, format, krait_parse_one(arg, format, &va)); }
API int _PyArg_Parse_SizeT(PyObject *arg, const char *format, ...)
{ WITH_VA(int, format, krait_parse_one(arg, format, &va)); }
API int PyArg_ParseTuple(PyObject *args, const char *format, ...)
{ WITH_VA(int, format, krait_parse_tuple(args, format, &va)); }
API int _PyArg_ParseTuple_SizeT(PyObject *args, const char *format, ...)
{ WITH_VA(int, format, krait_parse_tuple(args, format, &va)); }
API int PyArg_VaParse(PyObject *args, const char *format, va_list list)
{ WITH_LIST(int, list, krait_parse_tuple(args, format, &va)); }
API int _PyArg_VaParse_SizeT(PyObject *args, const char *format, va_list list)
{ WITH_LIST(int, list, krait_parse_tuple(args, format, &va)); }
API int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format,
                                    char *const *keywords, ...)
{ WITH_VA(int, keywords, krait_parse_keywords(args, kwargs, format, (const char *const *)keywords, &va)); }
API int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format,
                                           char *const *keywords, ...)
{ WITH_VA(int, keywords, krait_parse_keywords(args, kwargs, format, (const char *const *)keywords, &va)); }
API int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format,
                                      char *const *keywords, va_list list)
{ WITH_LIST(int, list, krait_parse_keywords(args, kwargs, format, (const char *const *)keywords, &va)); }
API int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format,
                                             char *const *keywords, va_list list)
{ WITH_LIST(int, list, krait_parse_keywords(args, kwargs, format, (const char *const *)keywords, &va)); }
API int PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, ...)
{ WITH_VA(int, max, krait_unpack_tuple(args, name, min, max, &va)); }

API int _PyArg_ParseStack(PyObject *const *args, Py_ssize_t count, const char *format, ...)
{ WITH_VA(int, format, krait_parse_stack(args, count, format, &va)); }
API int _PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t count, PyObject *names,
                                     struct _PyArg_Parser *parser, ...)
{ WITH_VA(int, parser, krait_parse_stack_keywords(args, count, names, parser, &va)); }
API int _PyArg_ParseTupleAndKeywordsFast(PyObject *args, PyObject *kwargs, struct _PyArg_Parser *parser, ...)
{ WITH_VA(int, parser, krait_parse_tuple_fast(args, kwargs, parser, &va)); }

API PyObject *Py_BuildValue(const char *format, ...)
{ WITH_VA(PyObject *, format, krait_build_value(format, &va)); }
API PyObject *_Py_BuildValue_SizeT(const char *format, ...)
{ WITH_VA(PyObject *, format, krait_build_value(format, &va)); }
API PyObject *Py_VaBuildValue(const char *format, va_list list)
{ WITH_LIST(PyObject *, list, krait_build_value(format, &va)); }
API PyObject *_Py_VaBuildValue_SizeT(const char *format, va_list list)
{ WITH_LIST(PyObject *, list, krait_build_value(format, &va)); }

API PyObject *PyUnicode_FromFormat(const char *format, ...)
{ WITH_VA(PyObject *, format, krait_format(format, &va)); }
API PyObject *PyUnicode_FromFormatV(const char *format, va_list list)
{ WITH_LIST(PyObject *, list, krait_format(format, &va)); }
API PyObject *PyBytes_FromFormat(const char *format, ...)
{ WITH_VA(PyObject *, format, krait_format_bytes(format, &va)); }
API PyObject *PyBytes_FromFormatV(const char *format, va_list list)
{ WITH_LIST(PyObject *, list, krait_format_bytes(format, &va)); }
API int PyUnicodeWriter_Format(void *writer, const char *format, ...)
{ WITH_VA(int, format, krait_writer_format(writer, format, &va)); }

API PyObject *PyErr_Format(PyObject *type, const char *format, ...)
{
    PyErr_Clear();
    WITH_VA(PyObject *, format, krait_err_set(type, krait_format(format, &va)));
}
API PyObject *PyErr_FormatV(PyObject *type, const char *format, va_list list)
{
    PyErr_Clear();
    WITH_LIST(PyObject *, list, krait_err_set(type, krait_format(format, &va)));
}
API PyObject *_PyErr_Format(void *state, PyObject *type, const char *format, ...)
{
    (void)state;
    PyErr_Clear();
    WITH_VA(PyObject *, format, krait_err_set(type, krait_format(format, &va)));
}
API PyObject *_PyErr_FormatV(void *state, PyObject *type, const char *format, va_list list)
{ (void)state; return PyErr_FormatV(type, format, list); }
API void _PyErr_FormatNote(const char *format, ...)
{
    krait_va va;
    va_start(va.ap, format);
    krait_err_note(krait_format(format, &va));
    va_end(va.ap);
}
API PyObject *_PyErr_FormatFromCause(PyObject *type, const char *format, ...)
{ WITH_VA(PyObject *, format, krait_err_from_cause(type, format, &va)); }
API int PyErr_WarnFormat(PyObject *category, Py_ssize_t level, const char *format, ...)
{ WITH_VA(int, format, krait_err_warn(category, krait_format(format, &va), level)); }
API int PyErr_WarnExplicitFormat(PyObject *category, const char *file, int line, const char *module, PyObject *registry, const char *format, ...)
{ WITH_VA(int, format, krait_err_warn_explicit(category, krait_format(format, &va), file, line, module, registry)); }
API int PyErr_ResourceWarning(PyObject *source, Py_ssize_t level, const char *format, ...)
{ (void)source; WITH_VA(int, format, krait_err_resource(krait_format(format, &va), level)); }
API void PyErr_FormatUnraisable(const char *format, ...)
{
    krait_va va;
    va_start(va.ap, format);
    krait_err_unraisable(format, &va);
    va_end(va.ap);
}

/* Calls with a tuple of arguments, whose reference passes. */
static PyObject *call_built(PyObject *callable, PyObject *arguments)
{
    if (callable == NULL || arguments == NULL)
        return NULL;
    PyObject *result = PyObject_Call(callable, arguments, NULL);
    Py_DecRef(arguments);
    return result;
}
API PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...)
{ WITH_VA(PyObject *, format, call_built(callable, krait_build_arguments(format, &va))); }
API PyObject *_PyObject_CallFunction_SizeT(PyObject *callable, const char *format, ...)
{ WITH_VA(PyObject *, format, call_built(callable, krait_build_arguments(format, &va))); }
API PyObject *PyEval_CallFunction(PyObject *callable, const char *format, ...)
{ WITH_VA(PyObject *, format, call_built(callable, krait_build_arguments(format, &va))); }

/* Calls a method, whose reference passes. */
static PyObject *call_bound(PyObject *method, const char *format, krait_va *va)
{
    if (method == NULL)
        return NULL;
    if (!krait_callable(method)) {
        Py_DecRef(method);
        return NULL;
    }
    PyObject *result = call_built(method, krait_build_arguments(format, va));
    Py_DecRef(method);
    return result;
}
static PyObject *call_method(PyObject *object, const char *name, const char *format, krait_va *va)
{ return call_bound(krait_method(object, name), format, va); }
API PyObject *_PyObject_CallMethod(PyObject *object, PyObject *name, const char *format, ...)
{ WITH_VA(PyObject *, format, call_bound(PyObject_GetAttr(object, name), format, &va)); }
API PyObject *_PyObject_CallMethodId(PyObject *object, void *name, const char *format, ...)
{ WITH_VA(PyObject *, format, call_bound(_PyObject_GetAttrId(object, name), format, &va)); }
API PyObject *PyObject_CallMethod(PyObject *object, const char *name, const char *format, ...)
{ WITH_VA(PyObject *, format, call_method(object, name, format, &va)); }
API PyObject *_PyObject_CallMethod_SizeT(PyObject *object, const char *name, const char *format, ...)
{ WITH_VA(PyObject *, format, call_method(object, name, format, &va)); }
API PyObject *PyEval_CallMethod(PyObject *object, const char *name, const char *format, ...)
{ WITH_VA(PyObject *, format, call_method(object, name, format, &va)); }

/* Objects up to a NULL, on the stack where they are few. */
#define FEW 8
static PyObject *call_objects(PyObject *callable, krait_va *va)
{
    PyObject *few[FEW], **all = few;
    Py_ssize_t count = 0, room = FEW;
    PyObject *next;
    while ((next = va_arg(va->ap, PyObject *)) != NULL) {
        if (count == room) {
            PyObject **more = malloc((size_t)room * 2 * sizeof(PyObject *));
            if (more == NULL)
                abort();
            memcpy(more, all, (size_t)count * sizeof(PyObject *));
            if (all != few)
                free(all);
            all = more;
            room *= 2;
        }
        all[count++] = next;
    }
    PyObject *result = krait_call_objects(callable, all, count);
    if (all != few)
        free(all);
    return result;
}
API PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...)
{ WITH_VA(PyObject *, callable, call_objects(callable, &va)); }
API PyObject *PyObject_CallMethodObjArgs(PyObject *object, PyObject *name, ...)
{
    PyObject *method = PyObject_GetAttr(object, name);
    if (method == NULL)
        return NULL;
    krait_va va;
    va_start(va.ap, name);
    PyObject *result = call_objects(method, &va);
    va_end(va.ap);
    Py_DecRef(method);
    return result;
}
API PyObject *PyTuple_Pack(Py_ssize_t count, ...)
{
    PyObject *few[FEW], **all = few;
    if (count > FEW && (all = malloc((size_t)count * sizeof(PyObject *))) == NULL)
        abort();
    va_list list;
    va_start(list, count);
    for (Py_ssize_t i = 0; i < count; i++)
        all[i] = va_arg(list, PyObject *);
    va_end(list);
    PyObject *result = krait_tuple_pack(all, count);
    if (all != few)
        free(all);
    return result;
}

static PyObject *printed(const char *format, va_list list)
{
    char buffer[1001];
    int written = vsnprintf(buffer, sizeof buffer, format, list);
    PyObject *text = PyUnicode_FromString(buffer);
    (void)written;
    return text;
}
API void PySys_WriteStdout(const char *format, ...)
{ va_list list; va_start(list, format); krait_sys_write("stdout", printed(format, list)); va_end(list); }
API void PySys_WriteStderr(const char *format, ...)
{ va_list list; va_start(list, format); krait_sys_write("stderr", printed(format, list)); va_end(list); }
API void PySys_FormatStdout(const char *format, ...)
{ krait_va va; va_start(va.ap, format); krait_sys_write("stdout", krait_format(format, &va)); va_end(va.ap); }
API void PySys_FormatStderr(const char *format, ...)
{ krait_va va; va_start(va.ap, format); krait_sys_write("stderr", krait_format(format, &va)); va_end(va.ap); }
API int PySys_Audit(const char *event, const char *format, ...)
{
    krait_va va;
    va_start(va.ap, format);
    PyObject *arguments = krait_build_arguments(format, &va);
    va_end(va.ap);
    if (arguments == NULL)
        return -1;
    int status = PySys_AuditTuple(event, arguments);
    Py_DecRef(arguments);
    return status;
}

API int PyOS_vsnprintf(char *buffer, size_t size, const char *format, va_list list)
{
    if (size > INT_MAX - 512)
        return -666;
    int written = vsnprintf(buffer, size, format, list);
    if (size > 0)
        buffer[size - 1] = '\0';
    return written;
}
API int PyOS_snprintf(char *buffer, size_t size, const char *format, ...)
{ va_list list; va_start(list, format); int written = PyOS_vsnprintf(buffer, size, format, list); va_end(list); return written; }
API unsigned long PyOS_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }
API long PyOS_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }
API int PyOS_mystricmp(const char *a, const char *b)
{
    while (*a && ((*a | 32) == (*b | 32))) { a++; b++; }
    return (unsigned char)(*a | 32) - (unsigned char)(*b | 32);
}
