/* Types made by C: static and heap types, slots in both directions, members, managed dicts,
 * weak references, collection of cycles, buffers, vectorcall, metaclasses, module state. */
#include <Python.h>
#include <structmember.h>
#include "check.h"

typedef struct { PyObject_HEAD int number; PyObject *held; double real; char flag; const char *text; } Plain;
static int alive = 0;
static PyObject *plain_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Plain *self = (Plain *)type->tp_alloc(type, 0);
    if (self) { alive++; self->number = 3; self->text = "txt"; }
    return (PyObject *)self;
}
static int plain_init(Plain *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"number", NULL};
    return PyArg_ParseTupleAndKeywords(args, kwargs, "|i:Plain", names, &self->number) ? 0 : -1;
}
static void plain_dealloc(Plain *self) { alive--; Py_XDECREF(self->held); Py_TYPE(self)->tp_free((PyObject *)self); }
static PyObject *plain_repr(Plain *self) { return PyUnicode_FromFormat("Plain(%d)", self->number); }
static PyObject *plain_add(PyObject *a, PyObject *b)
{ if (PyLong_Check(a) || PyLong_Check(b)) return PyUnicode_FromFormat("%R + %R", a, b); Py_RETURN_NOTIMPLEMENTED; }
static Py_ssize_t plain_length(Plain *self) { return self->number; }
static PyObject *plain_item(Plain *self, Py_ssize_t i)
{ if (i < 0 || i >= self->number) { PyErr_SetString(PyExc_IndexError, "out"); return NULL; } return PyLong_FromSsize_t(i * 10); }
static PyObject *plain_compare(Plain *a, PyObject *b, int op)
{ if (Py_TYPE(a) != Py_TYPE(b)) Py_RETURN_NOTIMPLEMENTED; Py_RETURN_RICHCOMPARE(a->number, ((Plain *)b)->number, op); }
static Py_hash_t plain_hash(Plain *self) { return self->number; }
static PyObject *plain_call(Plain *self, PyObject *args, PyObject *kwargs) { return Py_BuildValue("iOO", self->number, args, kwargs ? kwargs : Py_None); }
static PyObject *plain_get(Plain *self, void *closure) { return PyLong_FromLong(self->number * (long)closure); }
static int plain_set(Plain *self, PyObject *value, void *closure)
{ if (!value) { PyErr_SetString(PyExc_TypeError, "no deletion"); return -1; } self->number = PyLong_AsLong(value); return PyErr_Occurred() ? -1 : 0; }
static PyObject *plain_method(Plain *self, PyObject *arg) { return Py_BuildValue("(iO)", self->number, arg); }
static PyObject *plain_class(PyTypeObject *type, PyObject *unused) { return Py_NewRef((PyObject *)type); }
static PyObject *plain_static(PyObject *self, PyObject *arg) { return PyBool_FromLong(self == NULL); }
static PyMethodDef plain_methods[] = {{"method", (PyCFunction)plain_method, METH_O, "method($self, arg, /)\n--\n\nDoc."}, {"cls", (PyCFunction)plain_class, METH_NOARGS | METH_CLASS, NULL}, {"stat", plain_static, METH_O | METH_STATIC, NULL}, {0}};
static PyMemberDef plain_members[] = {{"number", Py_T_INT, offsetof(Plain, number), 0, "the number"}, {"held", Py_T_OBJECT_EX, offsetof(Plain, held), 0}, {"real", Py_T_DOUBLE, offsetof(Plain, real)}, {"flag", Py_T_BOOL, offsetof(Plain, flag)}, {"text", Py_T_STRING, offsetof(Plain, text), Py_READONLY}, {0}};
static PyGetSetDef plain_getset[] = {{"twice", (getter)plain_get, (setter)plain_set, "doc", (void *)2}, {"ro", (getter)plain_get, NULL, NULL, (void *)1}, {0}};
static PyNumberMethods plain_number = {.nb_add = plain_add};
static PySequenceMethods plain_sequence = {.sq_length = (lenfunc)plain_length, .sq_item = (ssizeargfunc)plain_item};
static PyTypeObject Plain_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "types_c.Plain", .tp_basicsize = sizeof(Plain), .tp_new = plain_new, .tp_init = (initproc)plain_init, .tp_dealloc = (destructor)plain_dealloc,
    .tp_repr = (reprfunc)plain_repr, .tp_as_number = &plain_number, .tp_as_sequence = &plain_sequence, .tp_richcompare = (richcmpfunc)plain_compare, .tp_hash = (hashfunc)plain_hash, .tp_call = (ternaryfunc)plain_call,
    .tp_methods = plain_methods, .tp_members = plain_members, .tp_getset = plain_getset, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_doc = "Plain(number=3)\n--\n\nA plain type."};

typedef struct { PyObject_HEAD PyObject *other; PyObject *weak; PyObject *dict; vectorcallfunc call; } Node;
static int freed = 0;
static int node_traverse(Node *self, visitproc visit, void *arg) { Py_VISIT(Py_TYPE(self)); Py_VISIT(self->other); Py_VISIT(self->dict); return 0; }
static int node_clear(Node *self) { Py_CLEAR(self->other); Py_CLEAR(self->dict); return 0; }
static void node_dealloc(Node *self)
{ PyTypeObject *type = Py_TYPE(self); PyObject_GC_UnTrack(self); freed++; if (self->weak) PyObject_ClearWeakRefs((PyObject *)self); node_clear(self); type->tp_free((PyObject *)self); Py_DECREF(type); }
static PyObject *node_vector(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names) { return Py_BuildValue("nO", PyVectorcall_NARGS(nargsf), names ? names : Py_None); }
static PyObject *node_new(PyTypeObject *type, PyObject *a, PyObject *k) { Node *self = (Node *)type->tp_alloc(type, 0); if (self) self->call = node_vector; return (PyObject *)self; }
static PyMemberDef node_members[] = {{"other", Py_T_OBJECT_EX, offsetof(Node, other), 0}, {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Node, weak), Py_READONLY}, {"__dictoffset__", Py_T_PYSSIZET, offsetof(Node, dict), Py_READONLY}, {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Node, call), Py_READONLY}, {0}};
static PyType_Slot node_slots[] = {{Py_tp_traverse, node_traverse}, {Py_tp_clear, node_clear}, {Py_tp_dealloc, node_dealloc}, {Py_tp_new, node_new}, {Py_tp_members, node_members}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_doc, "A node."}, {0}};
static PyType_Spec node_spec = {"types_c.Node", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, node_slots};

typedef struct { PyObject_HEAD int x; } Managed;
static int managed_traverse(PyObject *self, visitproc visit, void *arg) { Py_VISIT(Py_TYPE(self)); return PyObject_VisitManagedDict(self, visit, arg); }
static int managed_clear(PyObject *self) { PyObject_ClearManagedDict(self); return 0; }
static void managed_dealloc(PyObject *self) { PyTypeObject *t = Py_TYPE(self); PyObject_GC_UnTrack(self); PyObject_ClearWeakRefs(self); PyObject_ClearManagedDict(self); t->tp_free(self); Py_DECREF(t); }
static PyGetSetDef managed_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict}, {0}};
static PyMemberDef managed_members[] = {{"x", Py_T_INT, offsetof(Managed, x), 0}, {0}};
static PyType_Slot managed_slots[] = {{Py_tp_traverse, managed_traverse}, {Py_tp_clear, managed_clear}, {Py_tp_dealloc, managed_dealloc}, {Py_tp_getset, managed_getset}, {Py_tp_members, managed_members}, {0}};
static PyType_Spec managed_spec = {"types_c.Managed", sizeof(Managed), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF, managed_slots};

static char memory[6] = "abcdef";
static int views = 0;
static int get_buffer(PyObject *self, Py_buffer *view, int flags) { views++; return PyBuffer_FillInfo(view, self, memory, 6, 0, flags); }
static void release_buffer(PyObject *self, Py_buffer *view) { views--; }
static PyType_Slot buffer_slots[] = {{Py_bf_getbuffer, get_buffer}, {Py_bf_releasebuffer, release_buffer}, {0}};
static PyType_Spec buffer_spec = {"types_c.Buffer", 0, 0, Py_TPFLAGS_DEFAULT, buffer_slots};

static PyObject *sub_repr(PyObject *self) { return PyUnicode_FromFormat("<%zd items>", PyList_GET_SIZE(self)); }
static PyType_Slot sub_slots[] = {{Py_tp_repr, sub_repr}, {Py_tp_base, &PyList_Type}, {0}};
static PyType_Spec sub_spec = {"types_c.Sub", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, sub_slots};

typedef struct { int count; } State;
static PyObject *state_of(PyObject *self, PyTypeObject *class, PyObject *const *args, Py_ssize_t n, PyObject *names)
{ State *s = PyType_GetModuleState(class); return PyLong_FromLong(++s->count); }
static PyMethodDef stated_methods[] = {{"count", (PyCFunction)state_of, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL}, {0}};
static PyType_Slot stated_slots[] = {{Py_tp_methods, stated_methods}, {0}};
static PyType_Spec stated_spec = {"types_c.Stated", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, stated_slots};

/* Slots of objects from Python, called as C calls them. */
static PyObject *slots(PyObject *self, PyObject *o)
{
    PyTypeObject *t = Py_TYPE(o);
    if (t->tp_repr) SHOW(t->tp_repr(o));
    if (t->tp_as_number && t->tp_as_number->nb_add) SHOW(t->tp_as_number->nb_add(o, Py_None));
    if (t->tp_as_sequence && t->tp_as_sequence->sq_length) SHOW_LONG(t->tp_as_sequence->sq_length(o));
    if (t->tp_as_mapping && t->tp_as_mapping->mp_subscript) SHOW(t->tp_as_mapping->mp_subscript(o, Py_None));
    if (t->tp_iter) { PyObject *i = t->tp_iter(o); if (i) SHOW(PyIter_Next(i)); else SHOW(i); }
    if (t->tp_hash) SHOW_LONG(t->tp_hash(o));
    if (t->tp_richcompare) SHOW(t->tp_richcompare(o, Py_None, Py_EQ));
    if (t->tp_call) SHOW(PyObject_CallNoArgs(o));
    if (t->tp_descr_get) SHOW(t->tp_descr_get(o, Py_None, NULL));
    if (t->tp_as_number && t->tp_as_number->nb_bool) SHOW_LONG(t->tp_as_number->nb_bool(o));
    if (t->tp_getattro) SHOW(t->tp_getattro(o, PyUnicode_FromString("attribute")));
    Py_RETURN_NONE;
}
static PyObject *counts(PyObject *self, PyObject *unused) { return Py_BuildValue("iii", alive, freed, views); }
static PyObject *refs(PyObject *self, PyObject *o) { return PyLong_FromSsize_t(Py_REFCNT(o)); }
static PyObject *capsule(PyObject *self, PyObject *unused)
{
    PyObject *c = PyCapsule_New(memory, "name", NULL); SHOW_LONG(PyCapsule_IsValid(c, "name")); SHOW_LONG(PyCapsule_GetPointer(c, "name") == memory); SHOW_LONG(PyCapsule_GetPointer(c, "other") == NULL);
    SHOW_LONG(PyCapsule_GetPointer(Py_None, "x") == NULL); SHOW_LONG(PyCapsule_SetContext(c, memory)); SHOW_LONG(PyCapsule_GetContext(c) == memory); SHOW(PyCapsule_New(NULL, NULL, NULL)); Py_DECREF(c); Py_RETURN_NONE;
}
static PyObject *errors(PyObject *self, PyObject *unused)
{
    PyErr_SetString(PyExc_ValueError, "text"); SHOW(NULL); PyErr_SetObject(PyExc_KeyError, PyUnicode_FromString("k")); SHOW(NULL); PyErr_SetNone(PyExc_StopIteration); SHOW(NULL); PyErr_Format(PyExc_TypeError, "%d %s", 5, "x"); SHOW(NULL);
    PyErr_SetObject(PyExc_OSError, Py_BuildValue("(is)", 2, "gone")); SHOW(NULL); errno = ENOENT; PyErr_SetFromErrnoWithFilename(PyExc_OSError, "/f"); SHOW(NULL); PyErr_NoMemory(); SHOW(NULL); PyErr_BadArgument(); SHOW(NULL);
    PyObject *t, *v, *tb; PyErr_SetString(PyExc_ValueError, "fetched"); PyErr_Fetch(&t, &v, &tb); PyErr_NormalizeException(&t, &v, &tb); printf("%s %d\n", Py_TYPE(v)->tp_name, PyErr_Occurred() == NULL); PyErr_Restore(t, v, tb);
    printf("%d %d\n", PyErr_ExceptionMatches(PyExc_ValueError), PyErr_ExceptionMatches(PyExc_OSError)); PyErr_Clear(); PyErr_SetString(Py_None, "x"); SHOW(NULL);
    PyObject *e = PyErr_NewExceptionWithDoc("types_c.Own", "doc", PyExc_ValueError, NULL); SHOW(PyObject_CallOneArg(e, PyUnicode_FromString("own"))); SHOW(PyObject_GetAttrString(e, "__module__")); SHOW(PyObject_GetAttrString(e, "__doc__"));
    PyErr_SetImportError(PyUnicode_FromString("msg"), PyUnicode_FromString("nm"), NULL); SHOW(NULL); SHOW_LONG(PyErr_WarnEx(PyExc_UserWarning, "warned", 1)); Py_DECREF(e); Py_RETURN_NONE;
}
static PyObject *traced(PyObject *self, PyObject *unused) { PyErr_SetString(PyExc_RuntimeError, "from C"); return NULL; }
static PyMethodDef methods[] = {{"slots", slots, METH_O, NULL}, {"counts", counts, METH_NOARGS, NULL}, {"refs", refs, METH_O, NULL}, {"capsule", capsule, METH_NOARGS, NULL}, {"errors", errors, METH_NOARGS, NULL}, {"traced", traced, METH_NOARGS, NULL}, {0}};
static PyStructSequence_Field fields[] = {{"one", "first"}, {"two", NULL}, {"hidden", NULL}, {0}};
static PyStructSequence_Desc desc = {"types_c.Seq", "doc", fields, 2};
static int exec(PyObject *m)
{
    if (PyModule_AddType(m, &Plain_Type) < 0) return -1;
    PyType_Spec *specs[] = {&node_spec, &managed_spec, &buffer_spec, &sub_spec, &stated_spec};
    for (int i = 0; i < 5; i++) { PyObject *t = PyType_FromModuleAndSpec(m, specs[i], NULL); if (!t || PyModule_AddType(m, (PyTypeObject *)t) < 0) return -1; Py_DECREF(t); }
    PyObject *seq = (PyObject *)PyStructSequence_NewType(&desc); if (!seq || PyModule_Add(m, "Seq", seq) < 0) return -1;
    PyObject *v = PyStructSequence_New((PyTypeObject *)seq); for (int i = 0; i < 3; i++) PyStructSequence_SetItem(v, i, PyLong_FromLong(i)); return PyModule_Add(m, "seq", v);
}
static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, exec}, {0}};
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "types_c", NULL, sizeof(State), methods, module_slots};
PyMODINIT_FUNC PyInit_types_c(void) { setvbuf(stdout, NULL, _IONBF, 0); return PyModuleDef_Init(&def); }
