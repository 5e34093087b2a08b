//! The table itself. Lines of the same slot stand together; where two slots serve one
//! name, the one that stands first gives the wrapper.

use std::ffi::{CStr, c_void};
use std::mem::offset_of;

use krait_abi::*;

use super::numbers::{binary, inplace, inplace_power, power, truth, unary};
use super::{SlotDef, Wrap, buffer, containers as c, objects as o};
use crate::types::str::intern::Name;

/// A line: name, slot, slot function, wrapping, signature, documentation.
macro_rules! line {
    ($name:literal, $offset:expr, $generic:expr, $wrap:expr, $signature:literal, $doc:literal) => {
        SlotDef {
            name: Name::new($name),
            text: $name,
            offset: $offset,
            generic: $generic,
            wrap: $wrap,
            c_text: c_text(concat!($name, "\0")),
            c_doc: c_text(concat!($name, $signature, "\n--\n\n", $doc, "\0")),
        }
    };
}

/// A text with a NUL at its end.
const fn c_text(text: &str) -> &CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a NUL at the end and nowhere else"),
    }
}

/// A slot of the type's own struct.
macro_rules! tp {
    ($slot:ident) => {
        offset_of!(PyHeapTypeObject, ht_type.$slot)
    };
}

/// A slot of one of the groups.
macro_rules! group {
    ($group:ident $slot:ident) => {
        offset_of!(PyHeapTypeObject, $group.$slot)
    };
}

const NONE: *const c_void = std::ptr::null();

/// All lines.
pub static TABLE: [SlotDef; 90] = [
    line!(
        "__repr__",
        tp!(tp_repr),
        o::repr as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "Return repr(self)."
    ),
    line!(
        "__hash__",
        tp!(tp_hash),
        o::hash as *const c_void,
        Wrap::Hash,
        "($self, /)",
        "Return hash(self)."
    ),
    line!(
        "__call__",
        tp!(tp_call),
        o::call as *const c_void,
        Wrap::Call,
        "($self, /, *args, **kwargs)",
        "Call self as a function."
    ),
    line!(
        "__str__",
        tp!(tp_str),
        o::str as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "Return str(self)."
    ),
    line!(
        "__getattribute__",
        tp!(tp_getattro),
        o::getattr_hook as *const c_void,
        Wrap::Binary,
        "($self, name, /)",
        "Return getattr(self, name)."
    ),
    line!(
        "__getattr__",
        tp!(tp_getattro),
        o::getattr_hook as *const c_void,
        Wrap::Nothing,
        "",
        ""
    ),
    line!(
        "__setattr__",
        tp!(tp_setattro),
        o::setattr as *const c_void,
        Wrap::SetAttr,
        "($self, name, value, /)",
        "Implement setattr(self, name, value)."
    ),
    line!(
        "__delattr__",
        tp!(tp_setattro),
        o::setattr as *const c_void,
        Wrap::DelAttr,
        "($self, name, /)",
        "Implement delattr(self, name)."
    ),
    line!(
        "__lt__",
        tp!(tp_richcompare),
        o::compare as *const c_void,
        Wrap::Compare(Py_LT),
        "($self, value, /)",
        "Return self<value."
    ),
    line!(
        "__le__",
        tp!(tp_richcompare),
        o::compare as *const c_void,
        Wrap::Compare(Py_LE),
        "($self, value, /)",
        "Return self<=value."
    ),
    line!(
        "__eq__",
        tp!(tp_richcompare),
        o::compare as *const c_void,
        Wrap::Compare(Py_EQ),
        "($self, value, /)",
        "Return self==value."
    ),
    line!(
        "__ne__",
        tp!(tp_richcompare),
        o::compare as *const c_void,
        Wrap::Compare(Py_NE),
        "($self, value, /)",
        "Return self!=value."
    ),
    line!(
        "__gt__",
        tp!(tp_richcompare),
        o::compare as *const c_void,
        Wrap::Compare(Py_GT),
        "($self, value, /)",
        "Return self>value."
    ),
    line!(
        "__ge__",
        tp!(tp_richcompare),
        o::compare as *const c_void,
        Wrap::Compare(Py_GE),
        "($self, value, /)",
        "Return self>=value."
    ),
    line!(
        "__iter__",
        tp!(tp_iter),
        c::iter as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "Implement iter(self)."
    ),
    line!(
        "__next__",
        tp!(tp_iternext),
        c::next as *const c_void,
        Wrap::Next,
        "($self, /)",
        "Implement next(self)."
    ),
    line!(
        "__get__",
        tp!(tp_descr_get),
        o::descr_get as *const c_void,
        Wrap::Get,
        "($self, instance, owner=None, /)",
        "Return an attribute of instance, which is of type owner."
    ),
    line!(
        "__set__",
        tp!(tp_descr_set),
        o::descr_set as *const c_void,
        Wrap::Set,
        "($self, instance, value, /)",
        "Set an attribute of instance to value."
    ),
    line!(
        "__delete__",
        tp!(tp_descr_set),
        o::descr_set as *const c_void,
        Wrap::Delete,
        "($self, instance, /)",
        "Delete an attribute of instance."
    ),
    line!(
        "__init__",
        tp!(tp_init),
        o::init as *const c_void,
        Wrap::Init,
        "($self, /, *args, **kwargs)",
        "Initialize self.  See help(type(self)) for accurate signature."
    ),
    line!(
        "__new__",
        tp!(tp_new),
        super::new::call_new as *const c_void,
        Wrap::Nothing,
        "",
        ""
    ),
    line!(
        "__del__",
        tp!(tp_finalize),
        o::finalize as *const c_void,
        Wrap::Finalize,
        "($self, /)",
        "Called when the instance is about to be destroyed."
    ),
    line!(
        "__buffer__",
        group!(as_buffer bf_getbuffer),
        buffer::get as *const c_void,
        Wrap::Buffer,
        "($self, flags, /)",
        "Return a buffer object that exposes the underlying memory of the object."
    ),
    line!(
        "__release_buffer__",
        group!(as_buffer bf_releasebuffer),
        buffer::release as *const c_void,
        Wrap::ReleaseBuffer,
        "($self, buffer, /)",
        "Release the buffer object that exposes the underlying memory of the object."
    ),
    line!(
        "__await__",
        group!(as_async am_await),
        c::asynchronous::<0> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "Return an iterator to be used in await expression."
    ),
    line!(
        "__aiter__",
        group!(as_async am_aiter),
        c::asynchronous::<1> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "Return an awaitable, that resolves in asynchronous iterator."
    ),
    line!(
        "__anext__",
        group!(as_async am_anext),
        c::asynchronous::<2> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "Return a value or raise StopAsyncIteration."
    ),
    line!(
        "__add__",
        group!(as_number nb_add),
        binary::<0> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self+value."
    ),
    line!(
        "__radd__",
        group!(as_number nb_add),
        binary::<0> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value+self."
    ),
    line!(
        "__sub__",
        group!(as_number nb_subtract),
        binary::<1> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self-value."
    ),
    line!(
        "__rsub__",
        group!(as_number nb_subtract),
        binary::<1> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value-self."
    ),
    line!(
        "__mul__",
        group!(as_number nb_multiply),
        binary::<2> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self*value."
    ),
    line!(
        "__rmul__",
        group!(as_number nb_multiply),
        binary::<2> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value*self."
    ),
    line!(
        "__mod__",
        group!(as_number nb_remainder),
        binary::<3> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self%value."
    ),
    line!(
        "__rmod__",
        group!(as_number nb_remainder),
        binary::<3> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value%self."
    ),
    line!(
        "__divmod__",
        group!(as_number nb_divmod),
        binary::<4> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return divmod(self, value)."
    ),
    line!(
        "__rdivmod__",
        group!(as_number nb_divmod),
        binary::<4> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return divmod(value, self)."
    ),
    line!(
        "__pow__",
        group!(as_number nb_power),
        power as *const c_void,
        Wrap::Ternary,
        "($self, value, mod=None, /)",
        "Return pow(self, value, mod)."
    ),
    line!(
        "__rpow__",
        group!(as_number nb_power),
        power as *const c_void,
        Wrap::TernarySwapped,
        "($self, value, mod=None, /)",
        "Return pow(value, self, mod)."
    ),
    line!(
        "__lshift__",
        group!(as_number nb_lshift),
        binary::<6> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self<<value."
    ),
    line!(
        "__rlshift__",
        group!(as_number nb_lshift),
        binary::<6> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value<<self."
    ),
    line!(
        "__rshift__",
        group!(as_number nb_rshift),
        binary::<7> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self>>value."
    ),
    line!(
        "__rrshift__",
        group!(as_number nb_rshift),
        binary::<7> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value>>self."
    ),
    line!(
        "__and__",
        group!(as_number nb_and),
        binary::<8> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self&value."
    ),
    line!(
        "__rand__",
        group!(as_number nb_and),
        binary::<8> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value&self."
    ),
    line!(
        "__xor__",
        group!(as_number nb_xor),
        binary::<9> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self^value."
    ),
    line!(
        "__rxor__",
        group!(as_number nb_xor),
        binary::<9> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value^self."
    ),
    line!(
        "__or__",
        group!(as_number nb_or),
        binary::<10> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self|value."
    ),
    line!(
        "__ror__",
        group!(as_number nb_or),
        binary::<10> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value|self."
    ),
    line!(
        "__floordiv__",
        group!(as_number nb_floor_divide),
        binary::<11> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self//value."
    ),
    line!(
        "__rfloordiv__",
        group!(as_number nb_floor_divide),
        binary::<11> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value//self."
    ),
    line!(
        "__truediv__",
        group!(as_number nb_true_divide),
        binary::<12> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self/value."
    ),
    line!(
        "__rtruediv__",
        group!(as_number nb_true_divide),
        binary::<12> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value/self."
    ),
    line!(
        "__matmul__",
        group!(as_number nb_matrix_multiply),
        binary::<13> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self@value."
    ),
    line!(
        "__rmatmul__",
        group!(as_number nb_matrix_multiply),
        binary::<13> as *const c_void,
        Wrap::BinarySwapped,
        "($self, value, /)",
        "Return value@self."
    ),
    line!(
        "__neg__",
        group!(as_number nb_negative),
        unary::<0> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "-self"
    ),
    line!(
        "__pos__",
        group!(as_number nb_positive),
        unary::<1> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "+self"
    ),
    line!(
        "__abs__",
        group!(as_number nb_absolute),
        unary::<2> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "abs(self)"
    ),
    line!(
        "__invert__",
        group!(as_number nb_invert),
        unary::<3> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "~self"
    ),
    line!(
        "__int__",
        group!(as_number nb_int),
        unary::<4> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "int(self)"
    ),
    line!(
        "__float__",
        group!(as_number nb_float),
        unary::<5> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "float(self)"
    ),
    line!(
        "__index__",
        group!(as_number nb_index),
        unary::<6> as *const c_void,
        Wrap::Unary,
        "($self, /)",
        "Return self converted to an integer, if self is suitable for use as an index into a list."
    ),
    line!(
        "__bool__",
        group!(as_number nb_bool),
        truth as *const c_void,
        Wrap::Truth,
        "($self, /)",
        "True if self else False"
    ),
    line!(
        "__iadd__",
        group!(as_number nb_inplace_add),
        inplace::<0> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self+=value."
    ),
    line!(
        "__isub__",
        group!(as_number nb_inplace_subtract),
        inplace::<1> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self-=value."
    ),
    line!(
        "__imul__",
        group!(as_number nb_inplace_multiply),
        inplace::<2> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self*=value."
    ),
    line!(
        "__imod__",
        group!(as_number nb_inplace_remainder),
        inplace::<3> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self%=value."
    ),
    line!(
        "__ipow__",
        group!(as_number nb_inplace_power),
        inplace_power as *const c_void,
        Wrap::Ternary,
        "($self, value, /)",
        "Return self**=value."
    ),
    line!(
        "__ilshift__",
        group!(as_number nb_inplace_lshift),
        inplace::<6> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self<<=value."
    ),
    line!(
        "__irshift__",
        group!(as_number nb_inplace_rshift),
        inplace::<7> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self>>=value."
    ),
    line!(
        "__iand__",
        group!(as_number nb_inplace_and),
        inplace::<8> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self&=value."
    ),
    line!(
        "__ixor__",
        group!(as_number nb_inplace_xor),
        inplace::<9> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self^=value."
    ),
    line!(
        "__ior__",
        group!(as_number nb_inplace_or),
        inplace::<10> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self|=value."
    ),
    line!(
        "__ifloordiv__",
        group!(as_number nb_inplace_floor_divide),
        inplace::<11> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self//=value."
    ),
    line!(
        "__itruediv__",
        group!(as_number nb_inplace_true_divide),
        inplace::<12> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self/=value."
    ),
    line!(
        "__imatmul__",
        group!(as_number nb_inplace_matrix_multiply),
        inplace::<13> as *const c_void,
        Wrap::Binary,
        "($self, value, /)",
        "Return self@=value."
    ),
    line!(
        "__len__",
        group!(as_mapping mp_length),
        c::len as *const c_void,
        Wrap::Length,
        "($self, /)",
        "Return len(self)."
    ),
    line!(
        "__getitem__",
        group!(as_mapping mp_subscript),
        c::subscript as *const c_void,
        Wrap::Binary,
        "($self, key, /)",
        "Return self[key]."
    ),
    line!(
        "__setitem__",
        group!(as_mapping mp_ass_subscript),
        c::assign_subscript as *const c_void,
        Wrap::SetItem,
        "($self, key, value, /)",
        "Set self[key] to value."
    ),
    line!(
        "__delitem__",
        group!(as_mapping mp_ass_subscript),
        c::assign_subscript as *const c_void,
        Wrap::DelItem,
        "($self, key, /)",
        "Delete self[key]."
    ),
    line!(
        "__len__",
        group!(as_sequence sq_length),
        c::len as *const c_void,
        Wrap::Length,
        "($self, /)",
        "Return len(self)."
    ),
    line!(
        "__add__",
        group!(as_sequence sq_concat),
        NONE,
        Wrap::Binary,
        "($self, value, /)",
        "Return self+value."
    ),
    line!(
        "__mul__",
        group!(as_sequence sq_repeat),
        NONE,
        Wrap::Repeat,
        "($self, value, /)",
        "Return self*value."
    ),
    line!(
        "__rmul__",
        group!(as_sequence sq_repeat),
        NONE,
        Wrap::Repeat,
        "($self, value, /)",
        "Return value*self."
    ),
    line!(
        "__getitem__",
        group!(as_sequence sq_item),
        c::item as *const c_void,
        Wrap::SequenceItem,
        "($self, key, /)",
        "Return self[key]."
    ),
    line!(
        "__setitem__",
        group!(as_sequence sq_ass_item),
        c::assign_item as *const c_void,
        Wrap::SequenceSetItem,
        "($self, key, value, /)",
        "Set self[key] to value."
    ),
    line!(
        "__delitem__",
        group!(as_sequence sq_ass_item),
        c::assign_item as *const c_void,
        Wrap::SequenceDelItem,
        "($self, key, /)",
        "Delete self[key]."
    ),
    line!(
        "__contains__",
        group!(as_sequence sq_contains),
        c::contains as *const c_void,
        Wrap::Contains,
        "($self, key, /)",
        "Return bool(key in self)."
    ),
    line!(
        "__iadd__",
        group!(as_sequence sq_inplace_concat),
        NONE,
        Wrap::Binary,
        "($self, value, /)",
        "Implement self+=value."
    ),
    line!(
        "__imul__",
        group!(as_sequence sq_inplace_repeat),
        NONE,
        Wrap::Repeat,
        "($self, value, /)",
        "Implement self*=value."
    ),
];
