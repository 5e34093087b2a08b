//! Making complex numbers: `complex(...)`, `complex.from_number`.

use super::{COMPLEX, Complex};
use crate::errors;
use crate::exceptions;
use crate::native::{Args, KwArgs};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, number};
use crate::py::{Py, PyResult};
use crate::types::int::methods::construct::text_bytes;
use crate::types::str::Str;
use crate::types::typeobject::Type;
use crate::value::Value;

/// What `__complex__` gives, where the type has it. Exact complex numbers are themselves.
fn special(py: Py, value: &Value) -> PyResult<Option<Owned<Complex>>> {
    let Some(object) = value.as_object() else {
        return Ok(None);
    };
    if let Some(exact) = object.downcast_exact::<Complex>() {
        return Ok(Some(Layout::to_owned(exact)));
    }
    let Some(result) = protocol::call_special(py, object, crate::intern!("__complex__"), &[])?
    else {
        return Ok(None);
    };
    let Some(complex) = result.downcast::<Complex>() else {
        return crate::raise!(
            py,
            TypeError,
            "__complex__ returned non-complex (type {})",
            result.ty().name()
        );
    };
    if !complex.as_object().is_exact::<Complex>() {
        let text = format!(
            "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass of complex is deprecated, and may be removed in a future version of Python.",
            result.ty().name()
        );
        errors::warn(py, &exceptions::DeprecationWarning, &text, 1)?;
    }
    Ok(Some(Layout::to_owned(complex)))
}

/// Whether the value can be made a float.
fn is_real(value: &Value) -> bool {
    let Some(object) = value.as_object() else {
        return true;
    };
    // SAFETY: slot tables live as long as the type.
    unsafe { object.ty().raw().tp_as_number.as_ref() }
        .is_some_and(|n| n.nb_float.is_some() || n.nb_index.is_some())
}

/// A number as a complex one (`PyComplex_AsCComplex`).
pub fn of_value(py: Py, value: &Value) -> PyResult<(f64, f64)> {
    if let Some(complex) = value.downcast::<Complex>() {
        return Ok((complex.real(), complex.imag()));
    }
    match special(py, value)? {
        Some(complex) => Ok((complex.real(), complex.imag())),
        None => Ok((number::to_f64(py, value)?, 0.0)),
    }
}

pub(super) fn from_number(py: Py, class: &Type, value: &Value) -> PyResult<Owned> {
    if class.is(&COMPLEX)
        && let Some(exact) = value.downcast_exact::<Complex>()
    {
        return Ok(exact.as_object().to_owned());
    }
    let (real, imag) = of_value(py, value)?;
    Complex::new_in(class, real, imag)
}

pub(super) fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned> {
    let named = kwargs.0.as_ref().map_or(0, |k| k.len());
    if let ([one], 0) = (args.0, named) {
        return from_one(py, class, one);
    }
    if args.0.len() + named > 2 {
        return crate::raise!(
            py,
            TypeError,
            "complex() takes at most 2 arguments ({} given)",
            args.0.len() + named
        );
    }
    let mut parts = [args.0.first().cloned(), args.0.get(1).cloned()];
    if let Some(kwargs) = &kwargs.0 {
        for (name, value) in kwargs.to_vec() {
            take_named(py, &mut parts, &name, value)?;
        }
    }
    let [real, imag] = parts;
    from_two(
        py,
        class,
        &real.unwrap_or_else(|| Value::int(0)),
        imag.as_ref(),
    )
}

fn take_named(py: Py, parts: &mut [Option<Value>; 2], name: &Value, value: Value) -> PyResult<()> {
    let text = name
        .downcast::<Str>()
        .map(|s| s.to_rust().into_owned())
        .unwrap_or_default();
    let Some(at) = ["real", "imag"].iter().position(|n| *n == text) else {
        return crate::raise!(
            py,
            TypeError,
            "complex() got an unexpected keyword argument '{text}'"
        );
    };
    if parts[at].is_some() {
        return crate::raise!(
            py,
            TypeError,
            "argument for complex() given by name ('{text}') and position ({})",
            at + 1
        );
    }
    parts[at] = Some(value);
    Ok(())
}

/// `complex(x)`: from text or any number.
fn from_one(py: Py, class: &Type, value: &Value) -> PyResult<Owned> {
    if class.is(&COMPLEX)
        && let Some(exact) = value.downcast_exact::<Complex>()
    {
        return Ok(exact.as_object().to_owned());
    }
    if value.downcast::<Str>().is_some() {
        return from_text(py, class, value);
    }
    if let Some(complex) = special(py, value)? {
        return Complex::new_in(class, complex.real(), complex.imag());
    }
    if let Some(complex) = value.downcast::<Complex>() {
        return Complex::new_in(class, complex.real(), complex.imag());
    }
    if is_real(value) {
        return Complex::new_in(class, number::to_f64(py, value)?, 0.0);
    }
    crate::raise!(
        py,
        TypeError,
        "complex() argument must be a string or a number, not {}",
        value.ty().name()
    )
}

fn from_text(py: Py, class: &Type, value: &Value) -> PyResult<Owned> {
    let parsed = text_bytes(value).and_then(|text| krait_text::float::parse_complex(&text));
    match parsed {
        Some((real, imag)) => Complex::new_in(class, real, imag),
        None => crate::raise!(py, ValueError, "complex() arg is a malformed string"),
    }
}

fn not_real<T>(py: Py, name: &str, value: &Value) -> PyResult<T> {
    crate::raise!(
        py,
        TypeError,
        "complex() argument '{name}' must be a real number, not {}",
        value.ty().name()
    )
}

fn warn_not_real(py: Py, name: &str, value: &Value) -> PyResult<()> {
    let text = format!(
        "complex() argument '{name}' must be a real number, not {}",
        value.ty().name()
    );
    errors::warn(py, &exceptions::DeprecationWarning, &text, 1)
}

/// `complex(real, imag)`. Parts that are complex themselves are still taken, with a
/// warning: the result is `real + imag * 1j`.
fn from_two(py: Py, class: &Type, real: &Value, imag: Option<&Value>) -> PyResult<Owned> {
    let made = special(py, real)?;
    let complex_real = match &made {
        Some(made) => Some(Layout::to_owned(&**made)),
        None => real.downcast::<Complex>().map(Layout::to_owned),
    };
    if complex_real.is_none() && !is_real(real) {
        return not_real(py, "real", real);
    }
    if let Some(imag) = imag
        && imag.downcast::<Complex>().is_none()
        && !is_real(imag)
    {
        return not_real(py, "imag", imag);
    }
    let real_parts = match &complex_real {
        Some(complex) => {
            if !is_real(real) {
                warn_not_real(py, "real", real)?;
            }
            complex.parts()
        }
        None => super::Parts {
            real: number::to_f64(py, real)?,
            imag: 0.0,
        },
    };
    let Some(imag) = imag else {
        return Complex::new_in(class, real_parts.real, real_parts.imag);
    };
    let mut x = real_parts.real;
    let mut y = match imag.downcast::<Complex>() {
        Some(complex) => {
            warn_not_real(py, "imag", imag)?;
            x -= complex.imag();
            complex.real()
        }
        None => number::to_f64(py, imag)?,
    };
    if complex_real.is_some() {
        y += real_parts.imag;
    }
    Complex::new_in(class, x, y)
}

/// The operand of an arithmetic operation, or `None` where it is no number of Python's.
pub(super) enum Operand {
    Real(f64),
    Complex(super::Parts),
}

pub(super) fn operand(py: Py, object: &Object) -> PyResult<Option<Operand>> {
    if let Some(complex) = object.downcast::<Complex>() {
        return Ok(Some(Operand::Complex(complex.parts())));
    }
    if let Some(float) = object.downcast::<crate::types::float::Float>() {
        return Ok(Some(Operand::Real(float.get())));
    }
    if object.downcast::<crate::types::int::Int>().is_some() {
        return number::int_to_f64(py, &Value::unboxed(object)).map(|f| Some(Operand::Real(f)));
    }
    Ok(None)
}
