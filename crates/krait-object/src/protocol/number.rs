//! Numbers: operators through the slots, conversion to Rust's numbers.

use super::{immediate, owned_from_c};
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};
use crate::types::float::Float;
use crate::types::int::Int;
use crate::types::typeobject::Type;
use crate::value::{Unpacked, Value};

pub use super::binary::{BinaryOp, binary, inplace, of_objects, power};
use super::binary::{numbers, ptr, unboxed};

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
