/* Makes functions of a list, for files whose functions hand their arguments straight to the
 * API. A file defines FUNCTIONS as rows `F(arguments, name, expression)` and includes this
 * header, which defines the functions and the table `functions`. `arguments` is one of the
 * shapes below; it names the variables that the expression finds: a, b, c and d are objects
 * (None stands for NULL), n and k sizes, i and j ints, s and t strings with their lengths s_len
 * and t_len. Rows that are functions of the file's own are `FUNCTIONS_OF_ITS_OWN`. */
#include "results.h"

#define NULLED(object) do { if (object == Py_None) { object = NULL; } } while (0)
#define TAKE(format, ...) if (!PyArg_ParseTuple(args, format, __VA_ARGS__)) { return NULL; }

#define TAKE_NONE (void)args;
#define TAKE_O PyObject *a = args; NULLED(a);
#define TAKE_OO PyObject *a, *b; TAKE("OO", &a, &b) NULLED(a); NULLED(b);
#define TAKE_OOO PyObject *a, *b, *c; TAKE("OOO", &a, &b, &c) NULLED(a); NULLED(b); NULLED(c);
#define TAKE_OOOO PyObject *a, *b, *c, *d; TAKE("OOOO", &a, &b, &c, &d) \
    NULLED(a); NULLED(b); NULLED(c); NULLED(d);
#define TAKE_N Py_ssize_t n; TAKE("n", &n)
#define TAKE_ON PyObject *a; Py_ssize_t n; TAKE("On", &a, &n) NULLED(a);
#define TAKE_ONN PyObject *a; Py_ssize_t n, k; TAKE("Onn", &a, &n, &k) NULLED(a);
#define TAKE_ONO PyObject *a, *b; Py_ssize_t n; TAKE("OnO", &a, &n, &b) NULLED(a); NULLED(b);
#define TAKE_OON PyObject *a, *b; Py_ssize_t n; TAKE("OOn", &a, &b, &n) NULLED(a); NULLED(b);
#define TAKE_OONN PyObject *a, *b; Py_ssize_t n, k; TAKE("OOnn", &a, &b, &n, &k) NULLED(a); NULLED(b);
#define TAKE_OONNI PyObject *a, *b; Py_ssize_t n, k; int i; TAKE("OOnni", &a, &b, &n, &k, &i) \
    NULLED(a); NULLED(b);
#define TAKE_ONNO PyObject *a, *b; Py_ssize_t n, k; TAKE("OnnO", &a, &n, &k, &b) NULLED(a); NULLED(b);
#define TAKE_OOI PyObject *a, *b; int i; TAKE("OOi", &a, &b, &i) NULLED(a); NULLED(b);
#define TAKE_OI PyObject *a; int i; TAKE("Oi", &a, &i) NULLED(a);
#define TAKE_I int i; TAKE("i", &i)
#define TAKE_S const char *s; Py_ssize_t s_len; TAKE("z#", &s, &s_len) (void)s_len;
#define TAKE_SS const char *s, *t; Py_ssize_t s_len, t_len; TAKE("z#z#", &s, &s_len, &t, &t_len) \
    (void)s_len; (void)t_len;
#define TAKE_SO const char *s; Py_ssize_t s_len; PyObject *a; TAKE("z#O", &s, &s_len, &a) \
    (void)s_len; NULLED(a);
#define TAKE_OS PyObject *a; const char *s; Py_ssize_t s_len; TAKE("Oz#", &a, &s, &s_len) \
    (void)s_len; NULLED(a);
#define TAKE_OSO PyObject *a, *b; const char *s; Py_ssize_t s_len; TAKE("Oz#O", &a, &s, &s_len, &b) \
    (void)s_len; NULLED(a); NULLED(b);
#define TAKE_OSS PyObject *a; const char *s, *t; Py_ssize_t s_len, t_len; \
    TAKE("Oz#z#", &a, &s, &s_len, &t, &t_len) (void)s_len; (void)t_len; NULLED(a);
#define TAKE_SSS const char *s, *t, *u; Py_ssize_t s_len, t_len, u_len; \
    TAKE("z#z#z#", &s, &s_len, &t, &t_len, &u, &u_len) (void)s_len; (void)t_len; (void)u_len;

#define FLAGS_NONE METH_NOARGS
#define FLAGS_O METH_O
#define FLAGS_OO METH_VARARGS
#define FLAGS_OOO METH_VARARGS
#define FLAGS_OOOO METH_VARARGS
#define FLAGS_N METH_VARARGS
#define FLAGS_ON METH_VARARGS
#define FLAGS_ONN METH_VARARGS
#define FLAGS_ONO METH_VARARGS
#define FLAGS_OON METH_VARARGS
#define FLAGS_OONN METH_VARARGS
#define FLAGS_OONNI METH_VARARGS
#define FLAGS_ONNO METH_VARARGS
#define FLAGS_OOI METH_VARARGS
#define FLAGS_OI METH_VARARGS
#define FLAGS_I METH_VARARGS
#define FLAGS_S METH_VARARGS
#define FLAGS_SS METH_VARARGS
#define FLAGS_SO METH_VARARGS
#define FLAGS_OS METH_VARARGS
#define FLAGS_OSO METH_VARARGS
#define FLAGS_OSS METH_VARARGS
#define FLAGS_SSS METH_VARARGS

#ifndef FUNCTIONS_OF_ITS_OWN
#define FUNCTIONS_OF_ITS_OWN
#endif

#define F(arguments, name, ...) \
    static PyObject *call_##name(PyObject *Py_UNUSED(module), PyObject *args) \
    { TAKE_##arguments return __VA_ARGS__; }
FUNCTIONS
#undef F
#define F(arguments, name, ...) {#name, call_##name, FLAGS_##arguments, NULL},
static PyMethodDef functions[] = {FUNCTIONS FUNCTIONS_OF_ITS_OWN {NULL, NULL, 0, NULL}};
#undef F
