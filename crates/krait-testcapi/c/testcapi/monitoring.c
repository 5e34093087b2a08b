/* Events of code that is not the interpreter's (`monitoring.h`). */
#include "groups.h"

/* Something that runs by offsets; each has a state of its own. */
typedef struct {
    PyObject_HEAD
    PyMonitoringState *states;
    uint64_t version;
    int count;
} CodeLike;

static PyTypeObject *codelike_type;

static PyObject *codelike_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", NULL};
    int count;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i", names, &count)) {
        return NULL;
    }
    if (count < 0) {
        PyErr_SetString(PyExc_ValueError, "a number of offsets must be non-negative");
        return NULL;
    }
    CodeLike *self = (CodeLike *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->version = 0;
    self->count = count;
    self->states = calloc((size_t)count + 1, sizeof(PyMonitoringState));
    if (self->states == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void codelike_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    free(((CodeLike *)self)->states);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot codelike_slots[] = {
    {Py_tp_new, (void *)codelike_new},
    {Py_tp_dealloc, (void *)codelike_dealloc},
    {0, NULL},
};

static PyType_Spec codelike_spec = {
    .name = "_testcapi.CodeLike",
    .basicsize = sizeof(CodeLike),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = codelike_slots,
};

/* The state at an offset. */
static PyMonitoringState *state_at(PyObject *code, int offset)
{
    if (!Py_IS_TYPE(code, codelike_type)) {
        PyErr_SetString(PyExc_TypeError, "expected a code-like");
        return NULL;
    }
    if (offset < 0 || offset >= ((CodeLike *)code)->count) {
        PyErr_SetString(PyExc_ValueError, "offset out of range");
        return NULL;
    }
    return &((CodeLike *)code)->states[offset];
}

/* The state that arguments name: something, an offset, and what the format asks for besides. */
static PyMonitoringState *given(PyObject *args, const char *format, PyObject **code, int *offset,
                                void *more)
{
    if (!PyArg_ParseTuple(args, format, code, offset, more)) {
        return NULL;
    }
    return state_at(*code, *offset);
}

/* The tools that still wait at a state, after an event. */
static PyObject *told(int status, const PyMonitoringState *state)
{
    return status < 0 ? NULL : PyLong_FromLong(state->active);
}

#define PLACE(function, what)                                                                     \
    static PyObject *function(PyObject *Py_UNUSED(module), PyObject *args)                        \
    {                                                                                             \
        PyObject *code;                                                                           \
        int offset;                                                                               \
        PyMonitoringState *state = given(args, "Oi", &code, &offset, NULL);                       \
        if (state == NULL) {                                                                      \
            return NULL;                                                                          \
        }                                                                                         \
        return told(state->active ? _PyMonitoring_Fire##what##Event(state, code, offset) : 0,    \
                    state);                                                                       \
    }

#define OBJECT(function, what)                                                                    \
    static PyObject *function(PyObject *Py_UNUSED(module), PyObject *args)                        \
    {                                                                                             \
        PyObject *code, *object;                                                                  \
        int offset;                                                                               \
        PyMonitoringState *state = given(args, "OiO", &code, &offset, &object);                   \
        if (state == NULL) {                                                                      \
            return NULL;                                                                          \
        }                                                                                         \
        return told(                                                                              \
            state->active ? _PyMonitoring_Fire##what##Event(state, code, offset, object) : 0,    \
            state);                                                                               \
    }

/* Of the exception that is given, which is set meanwhile; None sets none. */
#define RAISED(function, what)                                                                    \
    static PyObject *function(PyObject *Py_UNUSED(module), PyObject *args)                        \
    {                                                                                             \
        PyObject *code, *exception;                                                               \
        int offset;                                                                               \
        PyMonitoringState *state = given(args, "OiO", &code, &offset, &exception);                \
        if (state == NULL) {                                                                      \
            return NULL;                                                                          \
        }                                                                                         \
        if (exception != Py_None) {                                                               \
            PyErr_SetRaisedException(Py_NewRef(exception));                                       \
        }                                                                                         \
        int status = state->active ? _PyMonitoring_Fire##what##Event(state, code, offset) : 0;   \
        if (status == 0) {                                                                        \
            PyErr_Clear();                                                                        \
        }                                                                                         \
        return told(status, state);                                                               \
    }

PLACE(fire_py_start, PyStart)
PLACE(fire_py_resume, PyResume)
OBJECT(fire_py_return, PyReturn)
OBJECT(fire_py_yield, PyYield)
OBJECT(fire_c_return, CReturn)
OBJECT(fire_jump, Jump)
OBJECT(fire_branch_left, BranchLeft)
OBJECT(fire_branch_right, BranchRight)
OBJECT(fire_stop_iteration, StopIteration)
RAISED(fire_py_throw, PyThrow)
RAISED(fire_raise, Raise)
RAISED(fire_c_raise, CRaise)
RAISED(fire_reraise, Reraise)
RAISED(fire_exception_handled, ExceptionHandled)
RAISED(fire_py_unwind, PyUnwind)

static PyObject *fire_call(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *code, *callable, *first;
    int offset;
    if (!PyArg_ParseTuple(args, "OiOO", &code, &offset, &callable, &first)) {
        return NULL;
    }
    PyMonitoringState *state = state_at(code, offset);
    if (state == NULL) {
        return NULL;
    }
    int active = state->active;
    return told(active ? _PyMonitoring_FireCallEvent(state, code, offset, callable, first) : 0,
                state);
}

static PyObject *fire_line(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *code;
    int offset, line;
    PyMonitoringState *state = given(args, "Oii", &code, &offset, &line);
    if (state == NULL) {
        return NULL;
    }
    return told(state->active ? _PyMonitoring_FireLineEvent(state, code, offset, line) : 0, state);
}

static PyObject *enter_scope(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *code;
    int first, second = 0;
    Py_ssize_t count = PyTuple_Size(args) - 1;
    if (!PyArg_ParseTuple(args, "Oi|i", &code, &first, &second)) {
        return NULL;
    }
    if (state_at(code, (int)count - 1) == NULL) {
        return NULL;
    }
    CodeLike *self = (CodeLike *)code;
    uint8_t events[] = {(uint8_t)first, (uint8_t)second};
    if (PyMonitoring_EnterScope(self->states, &self->version, events, count) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *exit_scope(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args))
{
    if (PyMonitoring_ExitScope() < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

#define FIRE(event) {"fire_event_" #event, fire_##event, METH_VARARGS, NULL}
static PyMethodDef functions[] = {
    FIRE(py_start),
    FIRE(py_resume),
    FIRE(py_return),
    FIRE(py_yield),
    FIRE(c_return),
    FIRE(call),
    FIRE(line),
    FIRE(jump),
    FIRE(branch_left),
    FIRE(branch_right),
    FIRE(stop_iteration),
    FIRE(py_throw),
    FIRE(raise),
    FIRE(c_raise),
    FIRE(reraise),
    FIRE(exception_handled),
    FIRE(py_unwind),
    {"monitoring_enter_scope", enter_scope, METH_VARARGS, NULL},
    {"monitoring_exit_scope", exit_scope, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int testcapi_add_monitoring(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&codelike_spec);
    if (type == NULL) {
        return -1;
    }
    codelike_type = (PyTypeObject *)type;
    if (PyModule_AddObjectRef(module, "CodeLike", type) < 0) {
        return -1;
    }
    return PyModule_AddFunctions(module, functions);
}
