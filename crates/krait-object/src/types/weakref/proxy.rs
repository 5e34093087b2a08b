//! `weakref.proxy`: an object that passes every operation on to the one it refers to.

use krait_abi::*;

use super::super::float::Float;
use super::super::int::Int;
use super::super::str::Str;
use super::super::typeobject::{StaticType, Type};
use super::reference::{clear, dealloc, traverse};
use super::{CALLABLE_PROXY, PROXY, WeakRef, is_proxy, make};
use crate::native::{Args, KwArgs, TypeBuilder, slots};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::number::{self, BinaryOp, UnaryOp};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::value::Value;

/// `weakref.proxy(object, callback)`.
pub fn new(py: Py, object: &Object, callback: Option<&Object>) -> PyResult<Owned<WeakRef>> {
    let ty = if object.ty().raw().tp_call.is_some() {
        &CALLABLE_PROXY
    } else {
        &PROXY
    };
    make(py, ty, object, callback)
}

impl WeakRef {
    /// The object, or ReferenceError.
    fn target(&self, py: Py) -> PyResult {
        match self.upgrade() {
            Some(object) => Ok(Value::unboxed(&object)),
            None => crate::raise!(
                py,
                ReferenceError,
                "weakly-referenced object no longer exists"
            ),
        }
    }
}

/// What an operand stands for: a proxy's object, or itself.
fn operand(py: Py, object: &Object) -> PyResult {
    match object.downcast::<WeakRef>() {
        Some(proxy) if is_proxy(object) => proxy.target(py),
        _ => Ok(Value::unboxed(object)),
    }
}

fn binary(py: Py, op: BinaryOp, a: &Object, b: &Object) -> PyResult {
    number::binary(py, op, &operand(py, a)?, &operand(py, b)?)
}

fn inplace(py: Py, op: BinaryOp, this: &WeakRef, other: &Object) -> PyResult {
    number::inplace(py, op, &this.target(py)?, &operand(py, other)?)
}

/// `int(target)` or `float(target)`.
fn convert(py: Py, ty: &Type, this: &WeakRef) -> PyResult {
    protocol::call(py, &Value::from(ty.to_owned()), &[this.target(py)?])
}

/// The slot of an in-place operator.
fn inplace_slot<F: Copy + 'static + Fn(Py, &WeakRef, &Object) -> PyResult>(_f: F) -> binaryfunc {
    Some(slots::with_object::<WeakRef, PyResult, F>)
}

macro_rules! inplace_slots {
    ($group:expr, $($slot:ident $op:ident),* $(,)?) => { $(
        $group.$slot = inplace_slot(|py: Py, this: &WeakRef, other: &Object| inplace(py, BinaryOp::$op, this, other));
    )* };
}

macro_rules! binary_slots {
    ($b:expr, $($slot:ident $op:ident),* $(,)?) => { $(
        $b.$slot(|py: Py, a: &Object, b: &Object| binary(py, BinaryOp::$op, a, b));
    )* };
}

macro_rules! unary_slots {
    ($b:expr, $($slot:ident $op:ident),* $(,)?) => { $(
        $b.$slot(|py: Py, this: &WeakRef| number::unary(py, UnaryOp::$op, &this.target(py)?));
    )* };
}

fn define_numbers(b: &mut TypeBuilder<WeakRef>) {
    binary_slots! { b,
        add Add, subtract Subtract, multiply Multiply, remainder Remainder, divmod Divmod,
        lshift Lshift, rshift Rshift, and And, xor Xor, or Or, floor_divide FloorDivide,
        true_divide TrueDivide, matrix_multiply MatrixMultiply,
    }
    unary_slots! { b, negative Negative, positive Positive, invert Invert, absolute Absolute }
    b.power(|py: Py, a: &Object, b: &Object, c: &Object| {
        number::power(
            py,
            &operand(py, a)?,
            &operand(py, b)?,
            &operand(py, c)?,
            false,
        )
    })
    .int(|py: Py, this: &WeakRef| convert(py, Int::type_object(), this))
    .float(|py: Py, this: &WeakRef| convert(py, Float::type_object(), this))
    .index(|py: Py, this: &WeakRef| number::index(py, &this.target(py)?))
    .truth(|py: Py, this: &WeakRef| protocol::truth(py, &this.target(py)?))
    .with_raw(|raw| {
        // SAFETY: the group was made by the slots above.
        if let Some(numbers) = unsafe { raw.tp_as_number.as_mut() } {
            inplace_slots! { numbers,
                nb_inplace_add Add, nb_inplace_subtract Subtract, nb_inplace_multiply Multiply,
                nb_inplace_remainder Remainder, nb_inplace_lshift Lshift, nb_inplace_rshift Rshift,
                nb_inplace_and And, nb_inplace_xor Xor, nb_inplace_or Or,
                nb_inplace_floor_divide FloorDivide, nb_inplace_true_divide TrueDivide,
                nb_inplace_matrix_multiply MatrixMultiply,
            }
        }
    });
}

fn get_attribute(py: Py, this: &WeakRef, name: &Object) -> PyResult {
    match name.downcast::<Str>() {
        Some(name) => protocol::get_attr(py, &this.target(py)?, name),
        None => crate::raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        ),
    }
}

fn set_attribute(py: Py, this: &WeakRef, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(name) = name.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        );
    };
    let target = this.target(py)?;
    match value {
        Some(value) => protocol::set_attr(py, &target, name, &Value::unboxed(value)),
        None => protocol::del_attr(py, &target, name),
    }
}

fn assign_subscript(py: Py, this: &WeakRef, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let (target, key) = (this.target(py)?, operand(py, key)?);
    match value {
        Some(value) => protocol::set_item(py, &target, &key, &operand(py, value)?),
        None => protocol::del_item(py, &target, &key),
    }
}

fn next(py: Py, this: &WeakRef) -> PyResult<Option<Value>> {
    let target = this.target(py)?;
    match target.as_object() {
        Some(iterator) if iterator.ty().raw().tp_iternext.is_some() => protocol::next(py, iterator),
        _ => crate::raise!(
            py,
            TypeError,
            "Weakref proxy referenced a non-iterator '{}' object",
            target.ty().name()
        ),
    }
}

fn repr(py: Py, this: &WeakRef) -> String {
    let at = this.as_object().as_ptr();
    match this.upgrade() {
        Some(object) => format!(
            "<weakproxy at {at:p}; to '{}' at {:p}>",
            crate::types::type_methods::names::fully_qualified_name(py, object.ty()),
            object.as_ptr()
        ),
        None => format!("<weakproxy at {at:p}; dead>"),
    }
}

fn call(py: Py, this: &WeakRef, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    let target = this.target(py)?;
    match kwargs.0 {
        None => protocol::call(py, &target, args.0),
        Some(named) => {
            let positional = super::super::tuple::Tuple::from_slice(args.0);
            protocol::call::call_tuple(py, &target, &positional, Some(&named))
        }
    }
}

fn define_one(ty: &'static StaticType, name: &'static str, callable: bool) {
    let mut b = TypeBuilder::<WeakRef>::new(ty, name, size_of::<PyWeakReference>());
    b.no_constructor()
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .unhashable()
        .repr(repr)
        .str(|py: Py, this: &WeakRef| protocol::str(py, &this.target(py)?))
        .get_attribute(get_attribute)
        .set_attribute(set_attribute)
        .compare(|py: Py, this: &WeakRef, other: &Object, op: CompareOp| {
            protocol::rich_compare(py, &this.target(py)?, &operand(py, other)?, op)
        })
        .iter(|py: Py, this: &WeakRef| protocol::iter(py, &this.target(py)?))
        .next(next)
        .len(|py: Py, this: &WeakRef| protocol::length(py, &this.target(py)?))
        .contains(|py: Py, this: &WeakRef, item: &Object| {
            protocol::contains(py, &this.target(py)?, &operand(py, item)?)
        })
        .subscript(|py: Py, this: &WeakRef, key: &Object| {
            protocol::get_item(py, &this.target(py)?, &operand(py, key)?)
        })
        .assign_subscript(assign_subscript)
        .method("__bytes__($self, /)", |py: Py, this: &WeakRef| {
            protocol::call_method(py, &this.target(py)?, crate::intern!("__bytes__"), &[])
        })
        .method("__reversed__($self, /)", |py: Py, this: &WeakRef| {
            protocol::call_method(py, &this.target(py)?, crate::intern!("__reversed__"), &[])
        });
    if callable {
        b.call("__call__($self, /, *args, **kwargs)", call);
    }
    define_numbers(&mut b);
    b.finish();
}

pub(super) fn define() {
    define_one(&PROXY, "weakref.ProxyType", false);
    define_one(&CALLABLE_PROXY, "weakref.CallableProxyType", true);
}
