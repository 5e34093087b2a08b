//! Binary operators, through the slots of both operands.

use krait_abi::*;

use super::number::{is_index, to_index};
use super::{immediate, owned_from_c};
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::typeobject::address;
use crate::value::Value;

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Remainder,
    Divmod,
    Power,
    Lshift,
    Rshift,
    And,
    Xor,
    Or,
    FloorDivide,
    TrueDivide,
    MatrixMultiply,
}

use BinaryOp::*;

type Slot = binaryfunc;

impl BinaryOp {
    /// The operator as error texts show it.
    pub fn symbol(self) -> &'static str {
        match self {
            Add => "+",
            Subtract => "-",
            Multiply => "*",
            Remainder => "%",
            Divmod => "divmod()",
            Power => "** or pow()",
            Lshift => "<<",
            Rshift => ">>",
            And => "&",
            Xor => "^",
            Or => "|",
            FloorDivide => "//",
            TrueDivide => "/",
            MatrixMultiply => "@",
        }
    }

    fn slot(self, n: &PyNumberMethods) -> Slot {
        match self {
            Add => n.nb_add,
            Subtract => n.nb_subtract,
            Multiply => n.nb_multiply,
            Remainder => n.nb_remainder,
            Divmod => n.nb_divmod,
            Power => None,
            Lshift => n.nb_lshift,
            Rshift => n.nb_rshift,
            And => n.nb_and,
            Xor => n.nb_xor,
            Or => n.nb_or,
            FloorDivide => n.nb_floor_divide,
            TrueDivide => n.nb_true_divide,
            MatrixMultiply => n.nb_matrix_multiply,
        }
    }

    fn inplace_slot(self, n: &PyNumberMethods) -> Slot {
        match self {
            Add => n.nb_inplace_add,
            Subtract => n.nb_inplace_subtract,
            Multiply => n.nb_inplace_multiply,
            Remainder => n.nb_inplace_remainder,
            Lshift => n.nb_inplace_lshift,
            Rshift => n.nb_inplace_rshift,
            And => n.nb_inplace_and,
            Xor => n.nb_inplace_xor,
            Or => n.nb_inplace_or,
            FloorDivide => n.nb_inplace_floor_divide,
            TrueDivide => n.nb_inplace_true_divide,
            MatrixMultiply => n.nb_inplace_matrix_multiply,
            Divmod | Power => None,
        }
    }
}

pub(super) fn numbers(object: &Object) -> Option<&PyNumberMethods> {
    // SAFETY: slot tables live as long as the type.
    unsafe { object.ty().raw().tp_as_number.as_ref() }
}

/// `a OP b`. The interpreter and the JIT have fast paths before this.
#[inline(never)]
pub fn binary(py: Py, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
    if let Some(result) = immediate::binary(op, a, b) {
        return Ok(result);
    }
    of_objects(py, op, &a.to_object(), &b.to_object(), false)
}

/// `a OP= b`.
#[inline(never)]
pub fn inplace(py: Py, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
    of_objects(py, op, &a.to_object(), &b.to_object(), true)
}

/// `x OP y` or `x OP= y` of two objects.
#[inline]
pub fn of_objects(py: Py, op: BinaryOp, x: &Object, y: &Object, inplace: bool) -> PyResult {
    let first = leading(op, x, y, inplace);
    if let Some(f) = first
        && let Some(result) = ask(py, f, x, y)?
    {
        return Ok(result);
    }
    remaining(py, op, x, y, inplace, usize::from(first.is_some()))
}

pub(super) fn ptr(object: &Object) -> *mut PyObject {
    object.as_ptr()
}

#[inline(always)]
pub(super) fn unboxed(object: Owned) -> Value {
    match crate::value::unbox_word(&object) {
        // SAFETY: an immediate carries no reference.
        Some(word) => unsafe { Value::from_word(word) },
        None => Value::from(object),
    }
}

/// What a number slot of either operand gives; `None` where it declines.
#[inline(always)]
fn ask(
    py: Py,
    f: unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject) -> *mut PyObject,
    x: &Object,
    y: &Object,
) -> PyResult<Option<Value>> {
    // SAFETY: number slots take two living objects, one of them the type's instance.
    let result = unsafe { owned_from_c(py, f(ptr(x), ptr(y))) }?;
    Ok((!result.is(singletons::not_implemented())).then(|| unboxed(result)))
}

/// The first slot of `order`, where it is the left operand's.
#[inline(always)]
fn leading(op: BinaryOp, x: &Object, y: &Object, inplace: bool) -> Slot {
    let n = numbers(x)?;
    if inplace && let Some(f) = op.inplace_slot(n) {
        return Some(f);
    }
    let own = op.slot(n)?;
    if x.ty().is(y.ty()) {
        return Some(own);
    }
    let other = numbers(y).and_then(|n| op.slot(n));
    let is_first =
        other.is_none() || address(other) == address(Some(own)) || !y.ty().is_subtype_of(x.ty());
    is_first.then_some(own)
}

/// The number slots in CPython's order: the one in place, then both operands', that of a
/// subtype first.
fn order(op: BinaryOp, x: &Object, y: &Object, inplace: bool) -> [Slot; 3] {
    let own = numbers(x);
    let early = own.filter(|_| inplace).and_then(|n| op.inplace_slot(n));
    let first = own.and_then(|n| op.slot(n));
    let mut second = if x.ty().is(y.ty()) {
        None
    } else {
        numbers(y).and_then(|n| op.slot(n))
    };
    if address(second) == address(first) {
        second = None;
    }
    if second.is_some() && y.ty().is_subtype_of(x.ty()) {
        [early, second, first]
    } else {
        [early, first, second]
    }
}

/// `x OP y` or `x OP= y` by number slots alone, after some that have declined; `None` where
/// all decline.
pub(super) fn by_slots(
    py: Py,
    op: BinaryOp,
    x: &Object,
    y: &Object,
    inplace: bool,
    declined: usize,
) -> PyResult<Option<Value>> {
    let slots = order(op, x, y, inplace);
    for f in slots.into_iter().flatten().skip(declined) {
        if let Some(result) = ask(py, f, x, y)? {
            return Ok(Some(result));
        }
    }
    Ok(None)
}

/// What is left when the leading slot has declined, or there is none: the other slots, and
/// those of sequences.
#[inline(never)]
fn remaining(
    py: Py,
    op: BinaryOp,
    x: &Object,
    y: &Object,
    inplace: bool,
    declined: usize,
) -> PyResult {
    if op == Power {
        let values = (Value::from(x.to_owned()), Value::from(y.to_owned()));
        return power(py, &values.0, &values.1, &Value::none(), inplace);
    }
    if let Some(result) = by_slots(py, op, x, y, inplace, declined)? {
        return Ok(result);
    }
    match op {
        Add => {
            // SAFETY: a slot table lives as long as the type, which its instance keeps.
            let slots = unsafe { x.ty().raw().tp_as_sequence.as_ref() };
            let early = slots.filter(|_| inplace).and_then(|s| s.sq_inplace_concat);
            if let Some(concat) = early.or(slots.and_then(|s| s.sq_concat)) {
                // SAFETY: the slot takes an instance of its type, and any living object.
                return Ok(unboxed(unsafe {
                    owned_from_c(py, concat(ptr(x), ptr(y)))
                }?));
            }
        }
        Multiply => {
            if let Some(result) = repeat(py, x, y, inplace)? {
                return Ok(result);
            }
            if let Some(result) = repeat(py, y, x, false)? {
                return Ok(result);
            }
        }
        _ => {}
    }
    let symbol = op.symbol();
    if inplace {
        unsupported(py, &format!("{symbol}="), x, y)
    } else {
        unsupported(py, symbol, x, y)
    }
}

/// `sequence * count`.
fn repeat(py: Py, sequence: &Object, count: &Object, inplace: bool) -> PyResult<Option<Value>> {
    // SAFETY: slot tables live as long as the type; slots take its instance.
    let slots = unsafe { sequence.ty().raw().tp_as_sequence.as_ref() };
    let slot = slots.and_then(|s| {
        if inplace {
            s.sq_inplace_repeat.or(s.sq_repeat)
        } else {
            s.sq_repeat
        }
    });
    let Some(slot) = slot else { return Ok(None) };
    let by = Value::from(count.to_owned());
    if !is_index(&by) {
        return crate::raise!(
            py,
            TypeError,
            "can't multiply sequence by non-int of type '{}'",
            count.ty().name()
        );
    }
    let count = to_index(py, &by, &crate::exceptions::OverflowError)?;
    // SAFETY: as above.
    Ok(Some(unboxed(unsafe {
        owned_from_c(py, slot(ptr(sequence), count))
    }?)))
}

#[cold]
fn unsupported<T>(py: Py, symbol: &str, x: &Object, y: &Object) -> PyResult<T> {
    crate::raise!(
        py,
        TypeError,
        "unsupported operand type(s) for {symbol}: '{}' and '{}'",
        x.ty().name(),
        y.ty().name()
    )
}

/// `pow(a, b, c)`; `c` is None where there is no modulus.
pub fn power(py: Py, a: &Value, b: &Value, c: &Value, inplace: bool) -> PyResult {
    let (x, y, z) = (a.to_object(), b.to_object(), c.to_object());
    let call = |f: unsafe extern "C-unwind" fn(
        *mut PyObject,
        *mut PyObject,
        *mut PyObject,
    ) -> *mut PyObject| {
        // SAFETY: number slots take living objects.
        let result = unsafe { owned_from_c(py, f(ptr(&x), ptr(&y), ptr(&z))) }?;
        PyResult::Ok((!result.is(singletons::not_implemented())).then(|| unboxed(result)))
    };
    if inplace
        && let Some(f) = numbers(&x).and_then(|n| n.nb_inplace_power)
        && let Some(result) = call(f)?
    {
        return Ok(result);
    }
    let slot = |o: &Object| numbers(o).and_then(|n| n.nb_power);
    let (first, mut second) = (slot(&x), if x.ty().is(y.ty()) { None } else { slot(&y) });
    if address(first) == address(second) {
        second = None;
    }
    let mut order = [first, second];
    if second.is_some() && y.ty().is_subtype_of(x.ty()) {
        order.swap(0, 1);
    }
    for f in order.into_iter().flatten() {
        if let Some(result) = call(f)? {
            return Ok(result);
        }
    }
    let third = slot(&z);
    if !z.is_none()
        && let Some(f) = third
        && address(third) != address(first)
        && address(third) != address(second)
        && let Some(result) = call(f)?
    {
        return Ok(result);
    }
    if z.is_none() {
        return unsupported(py, if inplace { "**=" } else { "** or pow()" }, &x, &y);
    }
    crate::raise!(
        py,
        TypeError,
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        x.ty().name(),
        y.ty().name(),
        z.ty().name()
    )
}
