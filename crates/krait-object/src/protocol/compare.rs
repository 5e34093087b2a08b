//! Rich comparison, equality and hashing.

use super::{owned_from_c, truth};
use crate::object::{Builtin, Layout, Object};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::float::Float;
use crate::types::int::Int;
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::types::typeobject::Type;
use crate::value::{Unpacked, Value};

/// A comparison operator, numbered as in C.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl CompareOp {
    #[inline(always)]
    pub fn from_c(op: i32) -> CompareOp {
        match op {
            0 => CompareOp::Lt,
            1 => CompareOp::Le,
            2 => CompareOp::Eq,
            3 => CompareOp::Ne,
            4 => CompareOp::Gt,
            _ => CompareOp::Ge,
        }
    }

    /// The operator with its sides exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// Whether the ordering satisfies the operator.
    #[inline(always)]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }

    /// The operator on two doubles, with NaN unequal to everything.
    #[inline(always)]
    pub fn holds_f64(self, a: f64, b: f64) -> bool {
        match self {
            CompareOp::Lt => a < b,
            CompareOp::Le => a <= b,
            CompareOp::Eq => a == b,
            CompareOp::Ne => a != b,
            CompareOp::Gt => a > b,
            CompareOp::Ge => a >= b,
        }
    }
}

/// `a OP b`, any result.
pub fn rich_compare(py: Py, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    match (a.unpack(), b.unpack()) {
        (Unpacked::Int(x), Unpacked::Int(y)) => Ok(Value::bool(op.holds(x.cmp(&y)))),
        (Unpacked::Float(x), Unpacked::Float(y)) => Ok(Value::bool(op.holds_f64(x, y))),
        (Unpacked::Object(x), Unpacked::Object(y)) => compare_objects(py, x, y, op),
        _ => {
            let (x, y) = (a.to_object(), b.to_object());
            compare_objects(py, &x, &y, op)
        }
    }
}

/// The comparison through the slots, with the reflected one as CPython orders them.
pub fn compare_objects(py: Py, a: &Object, b: &Object, op: CompareOp) -> PyResult {
    py.thread().check_native_stack(py, " in comparison")?;
    let (ta, tb) = (a.ty(), b.ty());
    let call = |x: &Object, y: &Object, op: CompareOp| -> PyResult<Option<Value>> {
        let Some(slot) = x.ty().raw().tp_richcompare else {
            return Ok(None);
        };
        // SAFETY: a type's slot is called with its instance; the result is new.
        let result = unsafe { owned_from_c(py, slot(x.as_ptr(), y.as_ptr(), op as i32)) }?;
        Ok((!result.is(singletons::not_implemented())).then(|| Value::from(result)))
    };
    let reflected_first = !ta.is(tb) && tb.is_subtype_of(ta) && tb.raw().tp_richcompare.is_some();
    if reflected_first && let Some(result) = call(b, a, op.swapped())? {
        return Ok(result);
    }
    if let Some(result) = call(a, b, op)? {
        return Ok(result);
    }
    if !reflected_first && let Some(result) = call(b, a, op.swapped())? {
        return Ok(result);
    }
    match op {
        CompareOp::Eq => Ok(Value::bool(a.is(b))),
        CompareOp::Ne => Ok(Value::bool(!a.is(b))),
        _ => crate::raise!(
            py,
            TypeError,
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            ta.name(),
            tb.name()
        ),
    }
}

/// `a == b` as containers use it: identity first.
pub fn equal(py: Py, a: &Value, b: &Value) -> PyResult<bool> {
    if a.word() == b.word() {
        return Ok(true);
    }
    match (a.unpack(), b.unpack()) {
        (Unpacked::Int(x), Unpacked::Int(y)) => Ok(x == y),
        (Unpacked::Object(x), Unpacked::Object(y)) => equal_objects(py, x, y),
        _ if a.is(b) => Ok(true),
        _ => truth(py, &rich_compare(py, a, b, CompareOp::Eq)?),
    }
}

/// `a == b` as containers use it, where that can be told without running Python code: of
/// the same object, and of two strings, ints, floats.
#[inline(always)]
pub fn equal_plain(a: &Object, b: &Object) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if !a.ty().is(b.ty()) {
        return None;
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        return Some(x.eq(y));
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Int>(), b.downcast_exact::<Int>()) {
        return Some(x.equals(y));
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Float>(), b.downcast_exact::<Float>()) {
        return Some(x.get() == y.get() || x.get().to_bits() == y.get().to_bits());
    }
    None
}

/// As `equal_plain`, for values.
#[inline(always)]
pub fn equal_values_plain(a: &Value, b: &Value) -> Option<bool> {
    if a.word() == b.word() {
        return Some(true);
    }
    match (a.unpack(), b.unpack()) {
        (Unpacked::Int(x), Unpacked::Int(y)) => Some(x == y),
        (Unpacked::Float(x), Unpacked::Float(y)) => Some(x == y),
        // 50 bits are exact in a double.
        (Unpacked::Int(x), Unpacked::Float(y)) | (Unpacked::Float(y), Unpacked::Int(x)) => {
            Some(x as f64 == y)
        }
        (Unpacked::Object(x), Unpacked::Object(y)) => equal_plain(x, y),
        _ => None,
    }
}

/// `a == b` for objects, identity first.
#[inline]
pub fn equal_objects(py: Py, a: &Object, b: &Object) -> PyResult<bool> {
    if let Some(equal) = equal_plain(a, b) {
        return Ok(equal);
    }
    if let (Some(x), Some(y)) = (as_tuple(a), as_tuple(b)) {
        py.thread().check_native_stack(py, " in comparison")?;
        return tuple::methods::equal_tuples(py, x, y);
    }
    truth(py, &compare_objects(py, a, b, CompareOp::Eq)?)
}

/// The object as a tuple that is compared as tuples are.
#[inline]
fn as_tuple(object: &Object) -> Option<&Tuple> {
    let compare = |ty: &Type| ty.raw().tp_richcompare.map(|slot| slot as usize);
    let tuple: &Type = Tuple::type_object();
    let is = object.ty().is(tuple)
        || compare(object.ty()) == compare(tuple) && object.ty().is_subtype_of(tuple);
    // SAFETY: instances of tuple and its subclasses have the layout.
    is.then(|| unsafe { object.cast_unchecked() })
}

const MODULUS: i64 = (1 << 61) - 1;

/// The hash of an integer that fits 64 bits.
#[inline(always)]
pub fn hash_int(i: i64) -> i64 {
    match i % MODULUS {
        -1 => -2,
        hash => hash,
    }
}

/// `hash(value)`.
pub fn hash(py: Py, value: &Value) -> PyResult<i64> {
    match value.unpack() {
        Unpacked::Int(i) => Ok(hash_int(i)),
        Unpacked::Float(f) => Ok(hash_float(f)),
        Unpacked::Object(o) => hash_object(py, o),
    }
}

/// The hash of a finite double, equal to that of an equal int; NaN's is by its bits,
/// since unboxed NaNs have no address.
pub fn hash_float(f: f64) -> i64 {
    if f.is_infinite() {
        return if f > 0.0 { 314_159 } else { -314_159 };
    }
    if f.is_nan() {
        return 0;
    }
    if f == f.trunc() && f.abs() < 1e18 {
        return hash_int(f as i64);
    }
    let (mut m, mut e) = frexp(f.abs());
    let mut x: u64 = 0;
    while m != 0.0 {
        x = ((x << 28) & MODULUS as u64) | (x >> (61 - 28));
        m *= 268_435_456.0;
        e -= 28;
        let y = m as u64;
        m -= y as f64;
        x += y;
        if x >= MODULUS as u64 {
            x -= MODULUS as u64;
        }
    }
    let e = e.rem_euclid(61) as u32;
    if e != 0 {
        x = ((x << e) & MODULUS as u64) | (x >> (61 - e));
    }
    let hash = if f < 0.0 { -(x as i64) } else { x as i64 };
    if hash == -1 { -2 } else { hash }
}

/// Mantissa in [0.5, 1) and exponent of a positive finite double.
fn frexp(f: f64) -> (f64, i32) {
    if f == 0.0 {
        return (0.0, 0);
    }
    let bits = f.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32;
    if exponent == 0 {
        let (m, e) = frexp(f * 18_446_744_073_709_551_616.0);
        return (m, e - 64);
    }
    (
        f64::from_bits((bits & !(0x7FF << 52)) | (1022 << 52)),
        exponent - 1022,
    )
}

#[inline]
pub fn hash_object(py: Py, object: &Object) -> PyResult<i64> {
    if let Some(text) = object.downcast_exact::<Str>() {
        return Ok(text.hash());
    }
    let Some(slot) = object.ty().raw().tp_hash else {
        return crate::raise!(py, TypeError, "unhashable type: '{}'", object.ty().name());
    };
    // SAFETY: a type's slot is called with its instance.
    match unsafe { slot(object.as_object().as_ptr()) } {
        -1 => Err(super::ensure_raised(py)),
        hash => Ok(hash as i64),
    }
}
