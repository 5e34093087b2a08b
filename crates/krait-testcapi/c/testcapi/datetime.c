/* `datetime`'s C API: the capsule's functions, and the structs that its macros read. */
#include "groups.h"
#include "../results.h"
#include <stddef.h>

/* What the capsule holds, and the instances' fields in the order of `datetime.h`. */
typedef struct {
    PyTypeObject *date, *datetime, *time, *delta, *tzinfo;
    PyObject *utc;
    PyObject *(*make_date)(int, int, int, PyTypeObject *);
    PyObject *(*make_datetime)(int, int, int, int, int, int, int, PyObject *, PyTypeObject *);
    PyObject *(*make_time)(int, int, int, int, PyObject *, PyTypeObject *);
    PyObject *(*make_delta)(int, int, int, int, PyTypeObject *);
    PyObject *(*make_timezone)(PyObject *, PyObject *);
    PyObject *(*datetime_from_timestamp)(PyObject *, PyObject *, PyObject *);
    PyObject *(*date_from_timestamp)(PyObject *, PyObject *);
    PyObject *(*make_datetime_fold)(int, int, int, int, int, int, int, PyObject *, int,
                                    PyTypeObject *);
    PyObject *(*make_time_fold)(int, int, int, int, PyObject *, int, PyTypeObject *);
} Api;

#define HEAD PyObject ob_base; Py_hash_t hashcode; char hastzinfo;
typedef struct { HEAD unsigned char data[4]; } Date;
typedef struct { HEAD unsigned char data[10], fold; PyObject *tzinfo; } DateTime;
typedef struct { HEAD unsigned char data[6], fold; PyObject *tzinfo; } Time;
typedef struct { PyObject ob_base; Py_hash_t hashcode; int days, seconds, microseconds; } Delta;

static Api *api;

/* Whether the capsule is there; what the other functions work with. */
static PyObject *import_api(void)
{
    if (api == NULL) {
        api = PyCapsule_Import("datetime.datetime_CAPI", 0);
    }
    return api == NULL ? NULL : Py_NewRef(Py_None);
}

/* The class at a place of the capsule. */
static PyTypeObject *class_at(size_t place)
{
    return *(PyTypeObject **)((char *)api + place);
}

static PyObject *check(PyObject *args, size_t type)
{
    PyObject *object;
    int exact = 0;
    if (!PyArg_ParseTuple(args, "O|p", &object, &exact)) {
        return NULL;
    }
    PyTypeObject *class = class_at(type);
    return PyBool_FromLong(exact ? Py_TYPE(object) == class : PyObject_TypeCheck(object, class));
}

/* Three bytes, as microseconds are kept. */
static int three(const unsigned char *bytes)
{
    return bytes[0] << 16 | bytes[1] << 8 | bytes[2];
}

static PyObject *zone(char has, PyObject *tzinfo)
{
    return has ? tzinfo : Py_None;
}

static PyObject *date_fields(void *object)
{
    Date *o = object;
    return Py_BuildValue("iii", o->data[0] << 8 | o->data[1], o->data[2], o->data[3]);
}

static PyObject *datetime_fields(void *object)
{
    DateTime *o = object;
    return Py_BuildValue("iiiiO", o->data[4], o->data[5], o->data[6], three(o->data + 7),
                         zone(o->hastzinfo, o->tzinfo));
}

static PyObject *time_fields(void *object)
{
    Time *o = object;
    return Py_BuildValue("iiiiO", o->data[0], o->data[1], o->data[2], three(o->data + 3),
                         zone(o->hastzinfo, o->tzinfo));
}

static PyObject *delta_fields(void *object)
{
    Delta *o = object;
    return Py_BuildValue("iii", o->days, o->seconds, o->microseconds);
}

/* The fields of an object that is one of the class at a place of the capsule. */
static PyObject *fields(PyObject *object, size_t type, PyObject *(*read)(void *))
{
    PyObject *ready = import_api();
    Py_XDECREF(ready);
    if (ready == NULL) {
        return NULL;
    }
    if (object == NULL || !PyObject_TypeCheck(object, class_at(type))) {
        PyErr_SetString(PyExc_TypeError, "an object of another class is expected");
        return NULL;
    }
    return read(object);
}

/* A time zone `seconds` east, of a name if it has one. */
static PyObject *timezone_at(int seconds, const char *name)
{
    PyObject *offset = api->make_delta(0, seconds, 0, 1, api->delta);
    PyObject *text = name == NULL || offset == NULL ? NULL : PyUnicode_FromString(name);
    PyObject *made = offset == NULL || PyErr_Occurred() ? NULL : api->make_timezone(offset, text);
    Py_XDECREF(offset);
    Py_XDECREF(text);
    return made;
}

static PyObject *three_of(PyObject *a, PyObject *b, PyObject *c)
{
    PyObject *all = a == NULL || b == NULL || c == NULL ? NULL : PyTuple_Pack(3, a, b, c);
    Py_XDECREF(a);
    Py_XDECREF(b);
    Py_XDECREF(c);
    return all;
}

/* The constructor's arguments behind `macro`: whether the test means the macro or the
 * function it stands for, which are the same call. */
static int numbers(PyObject *args, int *n, int count)
{
    if (PyTuple_Size(args) != count + 1) {
        PyErr_Format(PyExc_TypeError, "%d arguments expected", count + 1);
        return -1;
    }
    for (int i = 0; i < count; i++) {
        n[i] = (int)PyLong_AsLong(PyTuple_GetItem(args, i + 1));
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *made(PyObject *args, int count, PyObject *(*make)(const int *))
{
    int n[8];
    return numbers(args, n, count) < 0 ? NULL : make(n);
}

static PyObject *make_date(const int *n) { return api->make_date(n[0], n[1], n[2], api->date); }
static PyObject *make_datetime(const int *n)
{
    return api->make_datetime(n[0], n[1], n[2], n[3], n[4], n[5], n[6], Py_None, api->datetime);
}
static PyObject *make_datetime_fold(const int *n)
{
    return api->make_datetime_fold(n[0], n[1], n[2], n[3], n[4], n[5], n[6], Py_None, n[7],
                                   api->datetime);
}
static PyObject *make_time(const int *n)
{
    return api->make_time(n[0], n[1], n[2], n[3], Py_None, api->time);
}
static PyObject *make_time_fold(const int *n)
{
    return api->make_time_fold(n[0], n[1], n[2], n[3], Py_None, n[4], api->time);
}
static PyObject *make_delta(const int *n)
{
    return api->make_delta(n[0], n[1], n[2], 1, api->delta);
}

static PyObject *date_at(PyObject *args)
{
    PyObject *stamp;
    int macro = 0;
    if (!PyArg_ParseTuple(args, "O|p", &stamp, &macro)) {
        return NULL;
    }
    PyObject *inner = PyTuple_Pack(1, stamp);
    PyObject *date = inner == NULL ? NULL : api->date_from_timestamp((PyObject *)api->date, inner);
    Py_XDECREF(inner);
    return date;
}

static PyObject *datetime_at(PyObject *args)
{
    PyObject *stamp, *tzinfo;
    int with_zone, macro = 0;
    if (!PyArg_ParseTuple(args, "OOp|p", &stamp, &tzinfo, &with_zone, &macro)) {
        return NULL;
    }
    PyObject *inner = with_zone ? PyTuple_Pack(2, stamp, tzinfo) : PyTuple_Pack(1, stamp);
    PyObject *datetime = inner == NULL ? NULL
        : api->datetime_from_timestamp((PyObject *)api->datetime, inner, NULL);
    Py_XDECREF(inner);
    return datetime;
}

/* METH_VARARGS functions: `args` is the tuple. */
#define VARIADIC(V) \
    V(datetime_check_date, check(args, offsetof(Api, date))) \
    V(datetime_check_datetime, check(args, offsetof(Api, datetime))) \
    V(datetime_check_time, check(args, offsetof(Api, time))) \
    V(datetime_check_delta, check(args, offsetof(Api, delta))) \
    V(datetime_check_tzinfo, check(args, offsetof(Api, tzinfo))) \
    V(get_date_fromdate, made(args, 3, make_date)) \
    V(get_datetime_fromdateandtime, made(args, 7, make_datetime)) \
    V(get_datetime_fromdateandtimeandfold, made(args, 8, make_datetime_fold)) \
    V(get_time_fromtime, made(args, 4, make_time)) \
    V(get_time_fromtimeandfold, made(args, 5, make_time_fold)) \
    V(get_delta_fromdsu, made(args, 3, make_delta)) \
    V(get_date_fromtimestamp, date_at(args)) \
    V(get_datetime_fromtimestamp, datetime_at(args)) \
    V(get_timezone_utc_capi, Py_NewRef(api->utc)) \
    V(get_timezones_offset_zero, three_of(timezone_at(0, NULL), timezone_at(0, NULL), timezone_at(0, ""))) \
    V(make_timezones_capi, three_of(timezone_at(-18000, "EST"), timezone_at(-18000, "EST"), \
                                    timezone_at(-18000, NULL)))
#define V(name, expression) \
    static PyObject *name(PyObject *Py_UNUSED(module), PyObject *args) \
    { \
        PyObject *ready = import_api(); \
        Py_XDECREF(ready); \
        (void)args; \
        return ready == NULL ? NULL : expression; \
    }
VARIADIC(V)
#undef V

#define V(name, expression) {#name, name, METH_VARARGS, NULL},
#define FUNCTIONS_OF_ITS_OWN VARIADIC(V)
#define FUNCTIONS \
    F(NONE, test_datetime_capi, import_api()) \
    F(O, PyDateTime_GET, fields(a, offsetof(Api, date), date_fields)) \
    F(O, PyDateTime_DATE_GET, fields(a, offsetof(Api, datetime), datetime_fields)) \
    F(O, PyDateTime_TIME_GET, fields(a, offsetof(Api, time), time_fields)) \
    F(O, PyDateTime_DELTA_GET, fields(a, offsetof(Api, delta), delta_fields))
#include "../functions.h"

int testcapi_add_datetime(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
