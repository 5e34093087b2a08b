/* Times in nanoseconds, and timeouts. */
#include <Python.h>
#include <sys/time.h>
#include <time.h>
#include "check.h"

extern PyObject *_PyTime_AsLong(PyTime_t), *_PyLong_FromTime_t(time_t);
extern time_t _PyLong_AsTime_t(PyObject *);
extern PyTime_t _PyTime_AsMicroseconds(PyTime_t, int), _PyTime_AsMilliseconds(PyTime_t, int), _PyTime_FromSeconds(int), _PyDeadline_Init(PyTime_t), _PyDeadline_Get(PyTime_t);
extern int _PyTime_FromLong(PyTime_t *, PyObject *), _PyTime_FromSecondsObject(PyTime_t *, PyObject *, int), _PyTime_ObjectToTime_t(PyObject *, time_t *, int), _PyTime_ObjectToTimespec(PyObject *, time_t *, long *, int), _PyTime_ObjectToTimeval(PyObject *, time_t *, long *, int), _PyTime_AsTimeval(PyTime_t, struct timeval *, int), _PyTime_AsTimespec(PyTime_t, struct timespec *), _PyTime_AsTimevalTime_t(PyTime_t, time_t *, int *, int), _PyTime_gmtime(time_t, struct tm *), _PyTime_localtime(time_t, struct tm *);
extern void _PyTime_AsTimeval_clamp(PyTime_t, struct timeval *, int), _PyTime_AsTimespec_clamp(PyTime_t, struct timespec *);
typedef struct { const char *implementation; int monotonic, adjustable; double resolution; } Info;
extern int _PyTime_MonotonicWithInfo(PyTime_t *, Info *);
extern int PyThread_ParseTimeoutArg(PyObject *, int, long long *);

/* What a place holds after a failure is nobody's business. */
#define PLACED(call, ...) do { int status = (call); if (status < 0) show(#call, NULL); else printf(__VA_ARGS__); } while (0)
static PyObject *objects(PyObject *self, PyObject *object)
{
    PyTime_t t; time_t seconds; long part; long long timeout;
    for (int round = 0; round < 4; round++) {
        PLACED(_PyTime_FromSecondsObject(&t, object, round), "%ld\n", t); PLACED(_PyTime_ObjectToTime_t(object, &seconds, round), "%ld\n", seconds);
        PLACED(_PyTime_ObjectToTimespec(object, &seconds, &part, round), "%ld %ld\n", seconds, part); PLACED(_PyTime_ObjectToTimeval(object, &seconds, &part, round), "%ld %ld\n", seconds, part);
    }
    PLACED(_PyTime_FromLong(&t, object), "%ld\n", t); SHOW_LONG(_PyLong_AsTime_t(object));
    PLACED(PyThread_ParseTimeoutArg(object, 1, &timeout), "%lld\n", timeout); PLACED(PyThread_ParseTimeoutArg(object, 0, &timeout), "%lld\n", timeout); PLACED(PyThread_ParseTimeoutArg(NULL, 1, &timeout), "%lld\n", timeout);
    Py_RETURN_NONE;
}
static PyObject *times(PyObject *self, PyObject *object)
{
    PyTime_t t = PyLong_AsLongLong(object); struct timeval v; struct timespec s; time_t seconds; int us;
    for (int round = 0; round < 4; round++) {
        SHOW_LONG(_PyTime_AsMicroseconds(t, round)); SHOW_LONG(_PyTime_AsMilliseconds(t, round)); SHOW_LONG(_PyTime_AsTimeval(t, &v, round)); printf("%ld %ld\n", v.tv_sec, v.tv_usec); _PyTime_AsTimeval_clamp(t, &v, round); printf("%ld %ld\n", v.tv_sec, v.tv_usec); SHOW_LONG(_PyTime_AsTimevalTime_t(t, &seconds, &us, round)); printf("%ld %d\n", seconds, us);
    }
    SHOW_LONG(_PyTime_AsTimespec(t, &s)); printf("%ld %ld\n", s.tv_sec, s.tv_nsec); _PyTime_AsTimespec_clamp(t, &s); printf("%ld %ld\n", s.tv_sec, s.tv_nsec); SHOW(_PyTime_AsLong(t)); SHOW(_PyLong_FromTime_t(t));
    Py_RETURN_NONE;
}
static PyObject *clocks(PyObject *self, PyObject *unused)
{
    struct tm tm; PyTime_t t = 0; Info info;
    SHOW_LONG(_PyTime_FromSeconds(-3)); SHOW_LONG(_PyTime_gmtime(86400, &tm)); printf("%d %d %d\n", tm.tm_year, tm.tm_mon, tm.tm_mday); SHOW_LONG(_PyTime_localtime(1L << 40, &tm)); SHOW_LONG(_PyTime_gmtime(PY_LLONG_MAX, &tm));
    SHOW_LONG(_PyTime_MonotonicWithInfo(&t, &info)); printf("%s %d %d %g %d\n", info.implementation, info.monotonic, info.adjustable, info.resolution, t > 0);
    t = _PyDeadline_Get(_PyDeadline_Init(5000000000LL)); SHOW_LONG(t > 4000000000LL && t <= 5000000000LL); SHOW_LONG(_PyDeadline_Get(_PyDeadline_Init(PY_LLONG_MAX)) > 0);
    Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"objects", objects, METH_O, NULL}, {"times", times, METH_O, NULL}, {"clocks", clocks, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "times", NULL, 0, methods};
PyMODINIT_FUNC PyInit_times(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModule_Create(&def); }
