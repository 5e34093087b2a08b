/* The hash table of C pointers. */
#include <Python.h>
#include "check.h"

typedef struct Table Table;
typedef Py_uhash_t (*Hash)(const void *);
typedef int (*Compare)(const void *, const void *);
typedef void (*Destroy)(void *);
extern Table *_Py_hashtable_new(Hash, Compare), *_Py_hashtable_new_full(Hash, Compare, Destroy, Destroy, void *);
extern void _Py_hashtable_destroy(Table *), _Py_hashtable_clear(Table *), *_Py_hashtable_get(Table *, const void *), *_Py_hashtable_steal(Table *, const void *);
extern int _Py_hashtable_set(Table *, const void *, void *), _Py_hashtable_foreach(Table *, int (*)(Table *, const void *, const void *, void *), void *), _Py_hashtable_compare_direct(const void *, const void *);
extern size_t _Py_hashtable_len(const Table *), _Py_hashtable_size(const Table *);
extern Py_uhash_t _Py_hashtable_hash_ptr(const void *);

static Py_uhash_t hash_text(const void *key) { return strlen(key); }
static int same_text(const void *a, const void *b) { return strcmp(a, b) == 0; }
static int ended, sum;
static void end(void *text) { ended++; free(text); }
static int add(Table *table, const void *key, const void *value, void *data) { sum += (int)(long)value; return (long)value == (long)data ? 9 : 0; }

static PyObject *texts(PyObject *self, PyObject *unused)
{
    Table *table = _Py_hashtable_new_full(hash_text, same_text, end, NULL, NULL);
    char key[20];
    for (long i = 0; i < 100; i++) { snprintf(key, sizeof key, "key %ld", i); _Py_hashtable_set(table, strdup(key), (void *)i); }
    SHOW_LONG(_Py_hashtable_len(table)); SHOW_LONG((long)_Py_hashtable_get(table, "key 42")); SHOW_LONG((long)_Py_hashtable_get(table, "key 420"));
    SHOW_LONG((long)_Py_hashtable_steal(table, "no key")); SHOW_LONG((long)_Py_hashtable_steal(table, "key 7")); SHOW_LONG(_Py_hashtable_len(table)); SHOW_LONG((long)_Py_hashtable_get(table, "key 7"));
    sum = 0; SHOW_LONG(_Py_hashtable_foreach(table, add, (void *)-1L)); SHOW_LONG(sum); SHOW_LONG(_Py_hashtable_foreach(table, add, (void *)50L));
    _Py_hashtable_clear(table); SHOW_LONG(ended); SHOW_LONG(_Py_hashtable_len(table)); _Py_hashtable_set(table, strdup("last"), NULL); _Py_hashtable_destroy(table); SHOW_LONG(ended);
    Py_RETURN_NONE;
}
static PyObject *pointers(PyObject *self, PyObject *unused)
{
    Table *table = _Py_hashtable_new(_Py_hashtable_hash_ptr, _Py_hashtable_compare_direct);
    for (long i = 1; i <= 1000; i++) { _Py_hashtable_set(table, (void *)(i * 16), (void *)i); if ((i & (i - 1)) == 0) SHOW_LONG(_Py_hashtable_size(table)); }
    SHOW_LONG((long)_Py_hashtable_get(table, (void *)16000L)); SHOW_LONG(_Py_hashtable_get(table, (void *)5L) == NULL);
    for (long i = 1; i < 1000; i++) { SHOW_LONG((long)_Py_hashtable_steal(table, (void *)(i * 16))); if ((i & 63) == 0) SHOW_LONG(_Py_hashtable_size(table)); }
    SHOW_LONG(_Py_hashtable_size(table)); SHOW_LONG((long)_Py_hashtable_get(table, (void *)16000L)); _Py_hashtable_clear(table); SHOW_LONG(_Py_hashtable_size(table)); _Py_hashtable_destroy(table);
    SHOW_LONG(_Py_hashtable_hash_ptr((void *)0x1234567L)); SHOW_LONG(_Py_hashtable_compare_direct("a", NULL));
    Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"texts", texts, METH_NOARGS, NULL}, {"pointers", pointers, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "hashtable", NULL, 0, methods};
PyMODINIT_FUNC PyInit_hashtable(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
