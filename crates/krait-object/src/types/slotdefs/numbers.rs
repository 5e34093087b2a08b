//! Slot functions of numbers: they call `__add__`, `__radd__`, `__neg__` and the like.

use std::ffi::{c_int, c_void};
use std::mem::offset_of;

use krait_abi::*;

use super::slot_value;
use super::special::{self, value};
use crate::native::slots::to_c;
use crate::object::Object;
use crate::py::{Py, PyResult};
use crate::singletons::not_implemented;
use crate::types::str::intern::Name;
use crate::types::typeobject::Type;
use crate::value::Value;

/// A binary operator: its three special methods and its slot.
struct Operator {
    name: Name,
    reflected: Name,
    in_place: Name,
    offset: usize,
}

macro_rules! operators {
    ($($slot:ident $name:literal $reflected:literal $in_place:literal),* $(,)?) => {
        [$(Operator {
            name: Name::new($name),
            reflected: Name::new($reflected),
            in_place: Name::new($in_place),
            offset: offset_of!(PyHeapTypeObject, as_number.$slot),
        }),*]
    };
}

/// In the order in which the table numbers them.
static OPERATORS: [Operator; 14] = operators! {
    nb_add "__add__" "__radd__" "__iadd__",
    nb_subtract "__sub__" "__rsub__" "__isub__",
    nb_multiply "__mul__" "__rmul__" "__imul__",
    nb_remainder "__mod__" "__rmod__" "__imod__",
    nb_divmod "__divmod__" "__rdivmod__" "",
    nb_power "__pow__" "__rpow__" "__ipow__",
    nb_lshift "__lshift__" "__rlshift__" "__ilshift__",
    nb_rshift "__rshift__" "__rrshift__" "__irshift__",
    nb_and "__and__" "__rand__" "__iand__",
    nb_xor "__xor__" "__rxor__" "__ixor__",
    nb_or "__or__" "__ror__" "__ior__",
    nb_floor_divide "__floordiv__" "__rfloordiv__" "__ifloordiv__",
    nb_true_divide "__truediv__" "__rtruediv__" "__itruediv__",
    nb_matrix_multiply "__matmul__" "__rmatmul__" "__imatmul__",
};
const POWER: usize = 5;

static UNARY: [Name; 7] = [
    Name::new("__neg__"),
    Name::new("__pos__"),
    Name::new("__abs__"),
    Name::new("__invert__"),
    Name::new("__int__"),
    Name::new("__float__"),
    Name::new("__index__"),
];

/// The token in a slot: whoever calls a slot holds the GIL.
#[inline(always)]
pub(super) fn gil() -> Py {
    // SAFETY: slots are only called with the GIL held (C API rule).
    unsafe { Py::assume() }
}

/// An operand of a slot.
///
/// # Safety
/// The pointer is to an object that lives during the call.
#[inline(always)]
pub(super) unsafe fn operand<'a>(ptr: *mut PyObject) -> &'a Object {
    // SAFETY: as the contract says.
    unsafe { Object::from_ptr(ptr) }
}

fn is_not_implemented(value: &Value) -> bool {
    value.is_object(not_implemented())
}

/// Calls the method where there is one; NotImplemented where not.
fn attempt(py: Py, name: &Name, a: &Object, b: &Object, modulus: Option<&Object>) -> PyResult {
    let result = match modulus {
        None => special::call_maybe(py, name.get(), &[value(a), value(b)])?,
        Some(m) => special::call_maybe(py, name.get(), &[value(a), value(b), value(m)])?,
    };
    Ok(result.unwrap_or_else(|| Value::from_static(not_implemented())))
}

/// Whether the right operand's class gives the reflected method another meaning than
/// the left one's.
fn overrides(py: Py, left: &Type, right: &Type, name: &Name) -> bool {
    match (right.lookup(py, name.get()), left.lookup(py, name.get())) {
        (Some(a), Some(b)) => !a.is(&b),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The operator for operands of which at least one has a Python class. The right one's
/// reflected method goes first where its class derives from the left one's and
/// overrides it ("Emulating numeric types" in the data model).
fn dispatch(
    py: Py,
    op: &Operator,
    slot: *const c_void,
    a: &Object,
    b: &Object,
    modulus: Option<&Object>,
) -> PyResult {
    py.thread().check_native_stack(py, "")?;
    let is_python = |ty: &Type| std::ptr::eq(slot_value(ty, op.offset), slot);
    let same = a.ty().is(b.ty());
    let mut other = !same && is_python(b.ty());
    if is_python(a.ty()) {
        if other && b.ty().is_subtype_of(a.ty()) && overrides(py, a.ty(), b.ty(), &op.reflected) {
            let result = attempt(py, &op.reflected, b, a, modulus)?;
            if !is_not_implemented(&result) {
                return Ok(result);
            }
            other = false;
        }
        let result = attempt(py, &op.name, a, b, modulus)?;
        if same || !is_not_implemented(&result) {
            return Ok(result);
        }
    }
    if other {
        attempt(py, &op.reflected, b, a, modulus)
    } else {
        Ok(Value::from_static(not_implemented()))
    }
}

#[inline(never)]
pub(super) unsafe extern "C-unwind" fn binary<const OP: usize>(
    a: *mut PyObject,
    b: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (a, b) = unsafe { (operand(a), operand(b)) };
    let op = &OPERATORS[OP];
    to_c(dispatch(
        gil(),
        op,
        binary::<OP> as *const c_void,
        a,
        b,
        None,
    ))
}

#[inline(never)]
pub(super) unsafe extern "C-unwind" fn power(
    a: *mut PyObject,
    b: *mut PyObject,
    m: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (a, b, m) = unsafe { (operand(a), operand(b), operand(m)) };
    let op = &OPERATORS[POWER];
    to_c(dispatch(
        gil(),
        op,
        power as *const c_void,
        a,
        b,
        (!m.is_none()).then_some(m),
    ))
}

#[inline(never)]
pub(super) unsafe extern "C-unwind" fn inplace<const OP: usize>(
    a: *mut PyObject,
    b: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (a, b) = unsafe { (operand(a), operand(b)) };
    to_c(special::call(
        gil(),
        OPERATORS[OP].in_place.get(),
        &[value(a), value(b)],
    ))
}

/// `__ipow__` gets no modulus: there is no syntax for one.
pub(super) unsafe extern "C-unwind" fn inplace_power(
    a: *mut PyObject,
    b: *mut PyObject,
    _modulus: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: operands live during the call.
    let (a, b) = unsafe { (operand(a), operand(b)) };
    to_c(special::call(
        gil(),
        OPERATORS[POWER].in_place.get(),
        &[value(a), value(b)],
    ))
}

#[inline(never)]
pub(super) unsafe extern "C-unwind" fn unary<const OP: usize>(a: *mut PyObject) -> *mut PyObject {
    // SAFETY: the operand lives during the call.
    to_c(special::call(
        gil(),
        UNARY[OP].get(),
        &[value(unsafe { operand(a) })],
    ))
}

/// `nb_bool`: `__bool__`, and where there is none `__len__`.
pub(super) unsafe extern "C-unwind" fn truth(object: *mut PyObject) -> c_int {
    // SAFETY: the operand lives during the call.
    let this = unsafe { operand(object) };
    truth_of(gil(), this).map_or(-1, c_int::from)
}

fn truth_of(py: Py, this: &Object) -> PyResult<bool> {
    if let Some(method) = special::find(py, this, crate::intern!("__bool__"))? {
        if method.is_none() {
            let class = this.ty().name();
            return crate::raise!(
                py,
                TypeError,
                "'{class}' cannot be interpreted as a boolean"
            );
        }
        let result = method.call(py, &[value(this)])?;
        if result.is_object(crate::singletons::true_object()) {
            return Ok(true);
        }
        if result.is_object(crate::singletons::false_object()) {
            return Ok(false);
        }
        return crate::raise!(
            py,
            TypeError,
            "__bool__ should return bool, returned {}",
            result.ty().name()
        );
    }
    match special::find(py, this, crate::intern!("__len__"))? {
        Some(_) => Ok(super::containers::length(py, this)? != 0),
        None => Ok(true),
    }
}
