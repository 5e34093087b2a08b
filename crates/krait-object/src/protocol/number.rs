//! Numbers: operators through the slots, conversion to Rust's numbers.

use krait_abi::*;

use super::{immediate, owned_from_c};
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::float::Float;
use crate::types::int::Int;
use crate::types::typeobject::{Type, address};
use crate::value::{Unpacked, Value};

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

fn numbers(object: &Object) -> Option<&PyNumberMethods> {
    // SAFETY: slot tables live as long as the type.
    unsafe { object.ty().raw().tp_as_number.as_ref() }
}

/// `a OP b`. The interpreter and the JIT have fast paths before this.
#[inline(never)]
pub fn binary(py: Py, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
    if let Some(result) = immediate::binary(op, a, b) {
        return Ok(result);
    }
    if op == Power {
        return power(py, a, b, &Value::none(), false);
    }
    let (x, y) = (a.to_object(), b.to_object());
    if let Some(result) = binary_slots(py, op, &x, &y)? {
        return Ok(result);
    }
    match op {
        Add => {
            if let Some(concat) =
                // SAFETY: a slot table lives as long as the type, which its instance keeps.
                unsafe { x.ty().raw().tp_as_sequence.as_ref() }.and_then(|s| s.sq_concat)
            {
                // SAFETY: the slot takes an instance of its type, and any living object.
                return Ok(unboxed(unsafe {
                    owned_from_c(py, concat(ptr(&x), ptr(&y)))
                }?));
            }
        }
        Multiply => {
            if let Some(result) = repeat(py, &x, &y, b, false)? {
                return Ok(result);
            }
            if let Some(result) = repeat(py, &y, &x, a, false)? {
                return Ok(result);
            }
        }
        _ => {}
    }
    unsupported(py, op.symbol(), &x, &y)
}

fn ptr(object: &Object) -> *mut PyObject {
    object.as_ptr()
}

fn unboxed(object: Owned) -> Value {
    match crate::value::unbox_word(&object) {
        // SAFETY: an immediate carries no reference.
        Some(word) => unsafe { Value::from_word(word) },
        None => Value::from(object),
    }
}

/// The two number slots in CPython's order; `None` where both decline.
fn binary_slots(py: Py, op: BinaryOp, x: &Object, y: &Object) -> PyResult<Option<Value>> {
    let first = numbers(x).and_then(|n| op.slot(n));
    let mut second = if x.ty().is(y.ty()) {
        None
    } else {
        numbers(y).and_then(|n| op.slot(n))
    };
    if address(second) == address(first) {
        second = None;
    }
    let call = |f: unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject) -> *mut PyObject| {
        // SAFETY: number slots take two living objects, one of them the type's instance.
        let result = unsafe { owned_from_c(py, f(ptr(x), ptr(y))) }?;
        Ok((!result.is(singletons::not_implemented())).then(|| unboxed(result)))
    };
    if let Some(f) = first {
        if let Some(g) = second
            && y.ty().is_subtype_of(x.ty())
        {
            if let Some(result) = call(g)? {
                return Ok(Some(result));
            }
            second = None;
        }
        if let Some(result) = call(f)? {
            return Ok(Some(result));
        }
    }
    match second {
        Some(g) => call(g),
        None => Ok(None),
    }
}

/// `x OP y` or `x OP= y` by number slots alone; `None` where all decline.
pub(super) fn by_slots(
    py: Py,
    op: BinaryOp,
    x: &Object,
    y: &Object,
    inplace: bool,
) -> PyResult<Option<Value>> {
    if inplace && let Some(f) = numbers(x).and_then(|n| op.inplace_slot(n)) {
        // SAFETY: number slots take two living objects.
        let result = unsafe { owned_from_c(py, f(ptr(x), ptr(y))) }?;
        if !result.is(singletons::not_implemented()) {
            return Ok(Some(unboxed(result)));
        }
    }
    binary_slots(py, op, x, y)
}

/// `sequence * count`.
fn repeat(
    py: Py,
    sequence: &Object,
    other: &Object,
    count: &Value,
    inplace: bool,
) -> PyResult<Option<Value>> {
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
    if !is_index(count) {
        return crate::raise!(
            py,
            TypeError,
            "can't multiply sequence by non-int of type '{}'",
            other.ty().name()
        );
    }
    let count = to_index(py, count, &crate::exceptions::OverflowError)?;
    // SAFETY: as above.
    Ok(Some(Value::from(unsafe {
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

/// `a OP= b`.
#[inline(never)]
pub fn inplace(py: Py, op: BinaryOp, a: &Value, b: &Value) -> PyResult {
    if op == Power {
        return power(py, a, b, &Value::none(), true);
    }
    let (x, y) = (a.to_object(), b.to_object());
    if let Some(result) = by_slots(py, op, &x, &y, true)? {
        return Ok(result);
    }
    match op {
        Add => {
            // SAFETY: slot tables live as long as the type; slots take its instance.
            let slots = unsafe { x.ty().raw().tp_as_sequence.as_ref() };
            if let Some(concat) = slots.and_then(|s| s.sq_inplace_concat.or(s.sq_concat)) {
                // SAFETY: as above.
                return Ok(Value::from(unsafe {
                    owned_from_c(py, concat(ptr(&x), ptr(&y)))
                }?));
            }
        }
        Multiply => {
            if let Some(result) = repeat(py, &x, &y, b, true)? {
                return Ok(result);
            }
            if let Some(result) = repeat(py, &y, &x, a, false)? {
                return Ok(result);
            }
        }
        _ => {}
    }
    unsupported(
        py,
        &format!("{}=", if op == Power { "**" } else { op.symbol() }),
        &x,
        &y,
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

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Negative,
    Positive,
    Invert,
    Absolute,
}

/// `-a`, `+a`, `~a`, `abs(a)` through the slots.
pub fn unary(py: Py, op: UnaryOp, a: &Value) -> PyResult {
    if let Some(result) = immediate::unary(op, a) {
        return Ok(result);
    }
    let x = a.to_object();
    let slot = numbers(&x).and_then(|n| match op {
        UnaryOp::Negative => n.nb_negative,
        UnaryOp::Positive => n.nb_positive,
        UnaryOp::Invert => n.nb_invert,
        UnaryOp::Absolute => n.nb_absolute,
    });
    match slot {
        // SAFETY: number slots take living objects.
        Some(f) => Ok(unboxed(unsafe { owned_from_c(py, f(ptr(&x))) }?)),
        None => {
            let what = match op {
                UnaryOp::Negative => "unary -",
                UnaryOp::Positive => "unary +",
                UnaryOp::Invert => "unary ~",
                UnaryOp::Absolute => "abs()",
            };
            crate::raise!(
                py,
                TypeError,
                "bad operand type for {what}: '{}'",
                x.ty().name()
            )
        }
    }
}

/// Whether the value has `__index__`.
pub fn is_index(value: &Value) -> bool {
    match value.unpack() {
        Unpacked::Int(_) => true,
        Unpacked::Float(_) => false,
        Unpacked::Object(o) => numbers(o).is_some_and(|n| n.nb_index.is_some()),
    }
}

/// `operator.index(value)`: an exact int.
pub fn index(py: Py, value: &Value) -> PyResult {
    if value.as_small_int().is_some() {
        return Ok(value.clone());
    }
    if let Some(int) = value.downcast::<Int>() {
        return Ok(crate::types::int::methods::exact(int));
    }
    let object = value.to_object();
    let Some(f) = numbers(&object).and_then(|n| n.nb_index) else {
        return crate::raise!(
            py,
            TypeError,
            "'{}' object cannot be interpreted as an integer",
            object.ty().name()
        );
    };
    // SAFETY: number slots take living objects.
    let result = unsafe { owned_from_c(py, f(ptr(&object))) }?;
    match result.downcast::<Int>() {
        None => crate::raise!(
            py,
            TypeError,
            "__index__ returned non-int (type {})",
            result.ty().name()
        ),
        Some(int) if !int.as_object().is_exact::<Int>() => {
            let text = format!(
                "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
                result.ty().name()
            );
            crate::errors::warn(py, &crate::exceptions::DeprecationWarning, &text, 1)?;
            Ok(crate::types::int::methods::exact(int))
        }
        Some(_) => Ok(unboxed(result)),
    }
}

/// An index as a machine number; too large ones are clipped, or raise `error` where
/// it is IndexError or OverflowError.
pub fn to_index(py: Py, value: &Value, error: &Type) -> PyResult<isize> {
    if let Some(i) = value.as_small_int() {
        return Ok(i as isize);
    }
    let int = index(py, value)?;
    match int_of(&int) {
        Some(i) => Ok(i as isize),
        None => Err(crate::errors::raise_text(
            py,
            error,
            format_args!(
                "cannot fit '{}' into an index-sized integer",
                value.ty().name()
            ),
        )),
    }
}

/// An index clipped to the machine's range (`PyNumber_AsSsize_t(x, NULL)`), for slices.
pub fn to_clipped_index(py: Py, value: &Value) -> PyResult<isize> {
    let int = index(py, value)?;
    Ok(match int_of(&int) {
        Some(i) => i as isize,
        None if int.downcast::<Int>().is_some_and(Int::is_negative) => isize::MIN,
        None => isize::MAX,
    })
}

/// The machine number in an int value, if it fits.
pub fn int_of(value: &Value) -> Option<i64> {
    match value.unpack() {
        Unpacked::Int(i) => Some(i),
        Unpacked::Float(_) => None,
        Unpacked::Object(o) => o.downcast::<Int>().and_then(Int::to_i64),
    }
}

/// An index as i128, `None` where it is wider.
pub fn index_to_i128(py: Py, value: &Value) -> PyResult<Option<i128>> {
    let int = index(py, value)?;
    Ok(match int.unpack() {
        Unpacked::Int(i) => Some(i128::from(i)),
        _ => int.downcast::<Int>().and_then(Int::to_i128),
    })
}

/// The OverflowError of an integer that does not fit a C type.
#[cold]
pub fn integer_overflow<T>(py: Py, value: Option<i128>, what: &str, unsigned: bool) -> PyResult<T> {
    if what == "unsigned char" {
        return match value {
            Some(v) if v < 0 => crate::raise!(
                py,
                OverflowError,
                "unsigned byte integer is less than minimum"
            ),
            _ => crate::raise!(
                py,
                OverflowError,
                "unsigned byte integer is greater than maximum"
            ),
        };
    }
    if unsigned && value.is_some_and(|v| v < 0) {
        return crate::raise!(py, ValueError, "value must be positive");
    }
    crate::raise!(
        py,
        OverflowError,
        "Python int too large to convert to {what}"
    )
}

/// `float(value)` for numbers: the value of a float, or through `__float__` or `__index__`.
pub fn to_f64(py: Py, value: &Value) -> PyResult<f64> {
    match value.unpack() {
        Unpacked::Float(f) => return Ok(f),
        Unpacked::Int(i) => return Ok(i as f64),
        Unpacked::Object(o) => {
            if let Some(float) = o.downcast::<Float>() {
                return Ok(float.get());
            }
        }
    }
    let object = value.to_object();
    if let Some(float) = by_float_slot(py, &object)? {
        return Ok(float);
    }
    if is_index(value) {
        return int_to_f64(py, &index(py, value)?);
    }
    crate::raise!(
        py,
        TypeError,
        "must be real number, not {}",
        object.ty().name()
    )
}

/// What `__float__` gives, where there is one.
pub fn by_float_slot(py: Py, object: &Object) -> PyResult<Option<f64>> {
    let Some(f) = numbers(object).and_then(|n| n.nb_float) else {
        return Ok(None);
    };
    // SAFETY: number slots take living objects.
    let result = unsafe { owned_from_c(py, f(ptr(object))) }?;
    let (class, got) = (object.ty().name(), result.ty().name());
    let Some(float) = result.downcast::<Float>() else {
        return crate::raise!(
            py,
            TypeError,
            "{class}.__float__ returned non-float (type {got})"
        );
    };
    if !float.as_object().is_exact::<Float>() {
        let text = format!(
            "{class}.__float__ returned non-float (type {got}).  The ability to return an instance of a strict subclass of float is deprecated, and may be removed in a future version of Python."
        );
        crate::errors::warn(py, &crate::exceptions::DeprecationWarning, &text, 1)?;
    }
    Ok(Some(float.get()))
}

/// An int as a double, or OverflowError.
pub fn int_to_f64(py: Py, value: &Value) -> PyResult<f64> {
    match value.unpack() {
        Unpacked::Int(i) => Ok(i as f64),
        Unpacked::Float(f) => Ok(f),
        Unpacked::Object(o) => match o.downcast::<Int>() {
            Some(int) => {
                match krait_int::to_f64(krait_int::SignedRef::new(int.is_negative(), int.digits()))
                {
                    Ok(f) => Ok(f),
                    Err(_) => crate::raise!(py, OverflowError, "int too large to convert to float"),
                }
            }
            None => to_f64(py, value),
        },
    }
}
