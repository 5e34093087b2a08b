//! `object.h` and `cpython/object.h`: types, their tables of slots, and what slots are.

use crate::{
    Py_buffer, Py_hash_t, Py_ssize_t, PyGetSetDef, PyMemberDef, PyMethodDef, PyObject,
    PySendResult, PyVarObject,
};
use core::ffi::{c_char, c_int, c_uchar, c_uint, c_ulong, c_void};

type Obj = *mut PyObject;

pub type unaryfunc = Option<unsafe extern "C-unwind" fn(Obj) -> Obj>;
pub type binaryfunc = Option<unsafe extern "C-unwind" fn(Obj, Obj) -> Obj>;
pub type ternaryfunc = Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> Obj>;
pub type inquiry = Option<unsafe extern "C-unwind" fn(Obj) -> c_int>;
pub type lenfunc = Option<unsafe extern "C-unwind" fn(Obj) -> Py_ssize_t>;
pub type ssizeargfunc = Option<unsafe extern "C-unwind" fn(Obj, Py_ssize_t) -> Obj>;
pub type ssizessizeargfunc =
    Option<unsafe extern "C-unwind" fn(Obj, Py_ssize_t, Py_ssize_t) -> Obj>;
pub type ssizeobjargproc = Option<unsafe extern "C-unwind" fn(Obj, Py_ssize_t, Obj) -> c_int>;
pub type ssizessizeobjargproc =
    Option<unsafe extern "C-unwind" fn(Obj, Py_ssize_t, Py_ssize_t, Obj) -> c_int>;
pub type objobjargproc = Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> c_int>;
pub type objobjproc = Option<unsafe extern "C-unwind" fn(Obj, Obj) -> c_int>;
pub type visitproc = Option<unsafe extern "C-unwind" fn(Obj, *mut c_void) -> c_int>;
pub type traverseproc = Option<unsafe extern "C-unwind" fn(Obj, visitproc, *mut c_void) -> c_int>;
pub type freefunc = Option<unsafe extern "C-unwind" fn(*mut c_void)>;
pub type destructor = Option<unsafe extern "C-unwind" fn(Obj)>;
pub type getattrfunc = Option<unsafe extern "C-unwind" fn(Obj, *mut c_char) -> Obj>;
pub type getattrofunc = Option<unsafe extern "C-unwind" fn(Obj, Obj) -> Obj>;
pub type setattrfunc = Option<unsafe extern "C-unwind" fn(Obj, *mut c_char, Obj) -> c_int>;
pub type setattrofunc = Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> c_int>;
pub type reprfunc = Option<unsafe extern "C-unwind" fn(Obj) -> Obj>;
pub type hashfunc = Option<unsafe extern "C-unwind" fn(Obj) -> Py_hash_t>;
pub type richcmpfunc = Option<unsafe extern "C-unwind" fn(Obj, Obj, c_int) -> Obj>;
pub type getiterfunc = Option<unsafe extern "C-unwind" fn(Obj) -> Obj>;
pub type iternextfunc = Option<unsafe extern "C-unwind" fn(Obj) -> Obj>;
pub type descrgetfunc = Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> Obj>;
pub type descrsetfunc = Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> c_int>;
pub type initproc = Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> c_int>;
pub type newfunc = Option<unsafe extern "C-unwind" fn(*mut PyTypeObject, Obj, Obj) -> Obj>;
pub type allocfunc = Option<unsafe extern "C-unwind" fn(*mut PyTypeObject, Py_ssize_t) -> Obj>;
/// `callable(*args[..nargs], **kw)`: `nargsf` is the number of positional arguments, plus
/// perhaps [`crate::PY_VECTORCALL_ARGUMENTS_OFFSET`]; the values of the names in the tuple
/// `kwnames` follow them.
pub type vectorcallfunc = Option<unsafe extern "C-unwind" fn(Obj, *const Obj, usize, Obj) -> Obj>;
pub type sendfunc = Option<unsafe extern "C-unwind" fn(Obj, Obj, *mut Obj) -> PySendResult>;
pub type getbufferproc = Option<unsafe extern "C-unwind" fn(Obj, *mut Py_buffer, c_int) -> c_int>;
pub type releasebufferproc = Option<unsafe extern "C-unwind" fn(Obj, *mut Py_buffer)>;

/// The most significant bit of `nargsf`: the callee may use `args[-1]` for the time of
/// the call (`abstract.h`).
pub const PY_VECTORCALL_ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);

/// `PyVectorcall_NARGS`: the number of positional arguments in `nargsf`.
#[inline(always)]
pub const fn PyVectorcall_NARGS(nargsf: usize) -> Py_ssize_t {
    (nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET) as Py_ssize_t
}

/// A slot of a [`PyType_Spec`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyType_Slot {
    /// One of the numbers in `typeslots.rs`; 0 ends the array.
    pub slot: c_int,
    pub pfunc: *mut c_void,
}

/// What `PyType_FromSpec` makes a type of.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyType_Spec {
    pub name: *const c_char,
    pub basicsize: c_int,
    pub itemsize: c_int,
    pub flags: c_uint,
    pub slots: *mut PyType_Slot,
}

/// Slots of numbers.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyNumberMethods {
    pub nb_add: binaryfunc,
    pub nb_subtract: binaryfunc,
    pub nb_multiply: binaryfunc,
    pub nb_remainder: binaryfunc,
    pub nb_divmod: binaryfunc,
    pub nb_power: ternaryfunc,
    pub nb_negative: unaryfunc,
    pub nb_positive: unaryfunc,
    pub nb_absolute: unaryfunc,
    pub nb_bool: inquiry,
    pub nb_invert: unaryfunc,
    pub nb_lshift: binaryfunc,
    pub nb_rshift: binaryfunc,
    pub nb_and: binaryfunc,
    pub nb_xor: binaryfunc,
    pub nb_or: binaryfunc,
    pub nb_int: unaryfunc,
    pub nb_reserved: *mut c_void,
    pub nb_float: unaryfunc,
    pub nb_inplace_add: binaryfunc,
    pub nb_inplace_subtract: binaryfunc,
    pub nb_inplace_multiply: binaryfunc,
    pub nb_inplace_remainder: binaryfunc,
    pub nb_inplace_power: ternaryfunc,
    pub nb_inplace_lshift: binaryfunc,
    pub nb_inplace_rshift: binaryfunc,
    pub nb_inplace_and: binaryfunc,
    pub nb_inplace_xor: binaryfunc,
    pub nb_inplace_or: binaryfunc,
    pub nb_floor_divide: binaryfunc,
    pub nb_true_divide: binaryfunc,
    pub nb_inplace_floor_divide: binaryfunc,
    pub nb_inplace_true_divide: binaryfunc,
    pub nb_index: unaryfunc,
    pub nb_matrix_multiply: binaryfunc,
    pub nb_inplace_matrix_multiply: binaryfunc,
}

/// Slots of sequences.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PySequenceMethods {
    pub sq_length: lenfunc,
    pub sq_concat: binaryfunc,
    pub sq_repeat: ssizeargfunc,
    pub sq_item: ssizeargfunc,
    pub was_sq_slice: *mut c_void,
    pub sq_ass_item: ssizeobjargproc,
    pub was_sq_ass_slice: *mut c_void,
    pub sq_contains: objobjproc,
    pub sq_inplace_concat: binaryfunc,
    pub sq_inplace_repeat: ssizeargfunc,
}

/// Slots of mappings.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMappingMethods {
    pub mp_length: lenfunc,
    pub mp_subscript: binaryfunc,
    pub mp_ass_subscript: objobjargproc,
}

/// Slots of awaitables and asynchronous iterators.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyAsyncMethods {
    pub am_await: unaryfunc,
    pub am_aiter: unaryfunc,
    pub am_anext: unaryfunc,
    pub am_send: sendfunc,
}

/// Slots of the buffer protocol.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyBufferProcs {
    pub bf_getbuffer: getbufferproc,
    pub bf_releasebuffer: releasebufferproc,
}

/// A type.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyTypeObject {
    pub ob_base: PyVarObject,
    pub tp_name: *const c_char,
    pub tp_basicsize: Py_ssize_t,
    pub tp_itemsize: Py_ssize_t,
    pub tp_dealloc: destructor,
    pub tp_vectorcall_offset: Py_ssize_t,
    pub tp_getattr: getattrfunc,
    pub tp_setattr: setattrfunc,
    pub tp_as_async: *mut PyAsyncMethods,
    pub tp_repr: reprfunc,
    pub tp_as_number: *mut PyNumberMethods,
    pub tp_as_sequence: *mut PySequenceMethods,
    pub tp_as_mapping: *mut PyMappingMethods,
    pub tp_hash: hashfunc,
    pub tp_call: ternaryfunc,
    pub tp_str: reprfunc,
    pub tp_getattro: getattrofunc,
    pub tp_setattro: setattrofunc,
    pub tp_as_buffer: *mut PyBufferProcs,
    pub tp_flags: c_ulong,
    pub tp_doc: *const c_char,
    pub tp_traverse: traverseproc,
    pub tp_clear: inquiry,
    pub tp_richcompare: richcmpfunc,
    pub tp_weaklistoffset: Py_ssize_t,
    pub tp_iter: getiterfunc,
    pub tp_iternext: iternextfunc,
    pub tp_methods: *mut PyMethodDef,
    pub tp_members: *mut PyMemberDef,
    pub tp_getset: *mut PyGetSetDef,
    pub tp_base: *mut PyTypeObject,
    pub tp_dict: *mut PyObject,
    pub tp_descr_get: descrgetfunc,
    pub tp_descr_set: descrsetfunc,
    pub tp_dictoffset: Py_ssize_t,
    pub tp_init: initproc,
    pub tp_alloc: allocfunc,
    pub tp_new: newfunc,
    pub tp_free: freefunc,
    pub tp_is_gc: inquiry,
    pub tp_bases: *mut PyObject,
    pub tp_mro: *mut PyObject,
    pub tp_cache: *mut PyObject,
    pub tp_subclasses: *mut c_void,
    pub tp_weaklist: *mut PyObject,
    pub tp_del: destructor,
    pub tp_version_tag: c_uint,
    pub tp_finalize: destructor,
    pub tp_vectorcall: vectorcallfunc,
    pub tp_watched: c_uchar,
    pub tp_versions_used: u16,
}

/// What CPython's interpreter remembers about `__getitem__` and `__init__` of a class.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _specialization_cache {
    pub getitem: *mut PyObject,
    pub getitem_version: u32,
    pub init: *mut PyObject,
}

/// A type on the heap, with its tables of slots.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyHeapTypeObject {
    pub ht_type: PyTypeObject,
    pub as_async: PyAsyncMethods,
    pub as_number: PyNumberMethods,
    pub as_mapping: PyMappingMethods,
    pub as_sequence: PySequenceMethods,
    pub as_buffer: PyBufferProcs,
    pub ht_name: *mut PyObject,
    pub ht_slots: *mut PyObject,
    pub ht_qualname: *mut PyObject,
    pub ht_cached_keys: *mut c_void,
    pub ht_module: *mut PyObject,
    pub _ht_tpname: *mut c_char,
    pub ht_token: *mut c_void,
    pub _spec_cache: _specialization_cache,
}

zeroable!(
    PyType_Slot,
    PyType_Spec,
    PyNumberMethods,
    PySequenceMethods,
    PyMappingMethods,
    PyAsyncMethods,
    PyBufferProcs,
    PyTypeObject,
    _specialization_cache,
    PyHeapTypeObject,
);
