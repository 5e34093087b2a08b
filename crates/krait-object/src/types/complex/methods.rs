//! Slots and methods of `complex`. Where one operand is real, its imaginary part is not
//! zero but absent (C99's mixed-mode arithmetic).

use krait_text::format::{Locale, Spec, format_complex};

use super::arith::{self, Parts, PowerError};
use super::construct::{self, Operand, operand};
use super::{COMPLEX, Complex};
use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::protocol::CompareOp;
use crate::protocol::compare::hash_float;
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::float::Float;
use crate::types::int::Int;
use crate::types::str::{Str, StrBuilder};
use crate::value::Value;

fn not_implemented() -> Value {
    Value::from_static(singletons::not_implemented())
}

/// Both operands, or `None` where one is no number of Python's.
fn operands(py: Py, a: &Object, b: &Object) -> PyResult<Option<(Operand, Operand)>> {
    let Some(a) = operand(py, a)? else {
        return Ok(None);
    };
    Ok(operand(py, b)?.map(|b| (a, b)))
}

/// An operator of two operands of which at least one is complex.
fn binary(py: Py, a: &Object, b: &Object, f: fn(Operand, Operand) -> Option<Parts>) -> PyResult {
    let Some((a, b)) = operands(py, a, b)? else {
        return Ok(not_implemented());
    };
    match f(a, b) {
        Some(parts) => Ok(Value::from(Complex::from_parts(parts))),
        None => crate::raise!(py, ZeroDivisionError, "division by zero"),
    }
}

use Operand::{Complex as C, Real as R};

fn add(py: Py, a: &Object, b: &Object) -> PyResult {
    binary(py, a, b, |a, b| {
        Some(match (a, b) {
            (C(a), C(b)) => Parts {
                real: a.real + b.real,
                imag: a.imag + b.imag,
            },
            (C(a), R(b)) | (R(b), C(a)) => Parts {
                real: a.real + b,
                imag: a.imag,
            },
            (R(a), R(b)) => Parts {
                real: a + b,
                imag: 0.0,
            },
        })
    })
}

fn subtract(py: Py, a: &Object, b: &Object) -> PyResult {
    binary(py, a, b, |a, b| {
        Some(match (a, b) {
            (C(a), C(b)) => Parts {
                real: a.real - b.real,
                imag: a.imag - b.imag,
            },
            (C(a), R(b)) => Parts {
                real: a.real - b,
                imag: a.imag,
            },
            (R(a), C(b)) => Parts {
                real: a - b.real,
                imag: -b.imag,
            },
            (R(a), R(b)) => Parts {
                real: a - b,
                imag: 0.0,
            },
        })
    })
}

fn multiply(py: Py, a: &Object, b: &Object) -> PyResult {
    binary(py, a, b, |a, b| {
        Some(match (a, b) {
            (C(a), C(b)) => arith::product(a, b),
            (C(a), R(b)) | (R(b), C(a)) => Parts {
                real: a.real * b,
                imag: a.imag * b,
            },
            (R(a), R(b)) => Parts {
                real: a * b,
                imag: 0.0,
            },
        })
    })
}

fn true_divide(py: Py, a: &Object, b: &Object) -> PyResult {
    binary(py, a, b, |a, b| match (a, b) {
        (C(a), C(b)) => arith::quotient(a, b),
        (C(a), R(b)) => (b != 0.0).then(|| Parts {
            real: a.real / b,
            imag: a.imag / b,
        }),
        (R(a), C(b)) => arith::real_quotient(a, b),
        (R(a), R(b)) => (b != 0.0).then(|| Parts {
            real: a / b,
            imag: 0.0,
        }),
    })
}

fn as_parts(operand: Operand) -> Parts {
    match operand {
        C(parts) => parts,
        R(real) => Parts { real, imag: 0.0 },
    }
}

fn power(py: Py, a: &Object, b: &Object, modulus: &Object) -> PyResult {
    let Some((a, b)) = operands(py, a, b)? else {
        return Ok(not_implemented());
    };
    if !modulus.is_none() {
        return crate::raise!(py, ValueError, "complex modulo");
    }
    match arith::power(as_parts(a), as_parts(b)) {
        Ok(parts) => Ok(Value::from(Complex::from_parts(parts))),
        Err(PowerError::ZeroToNegative) => {
            crate::raise!(py, ZeroDivisionError, "zero to a negative or complex power")
        }
        Err(PowerError::Overflow) => crate::raise!(py, OverflowError, "complex exponentiation"),
    }
}

fn absolute(py: Py, this: &Complex) -> PyResult<f64> {
    let result = this.real().hypot(this.imag());
    if result.is_infinite() && this.real().is_finite() && this.imag().is_finite() {
        return crate::raise!(py, OverflowError, "absolute value too large");
    }
    Ok(result)
}

fn compare(_py: Py, this: &Complex, other: &Object, op: CompareOp) -> Value {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return not_implemented();
    }
    let equal = if let Some(other) = other.downcast::<Complex>() {
        this.real() == other.real() && this.imag() == other.imag()
    } else if let Some(other) = other.downcast::<Float>() {
        this.real() == other.get() && this.imag() == 0.0
    } else if let Some(other) = other.downcast::<Int>() {
        this.imag() == 0.0
            && crate::types::float::methods::compare_with_int(this.real(), other, CompareOp::Eq)
    } else {
        return not_implemented();
    };
    Value::bool(equal == (op == CompareOp::Eq))
}

fn hash(_py: Py, this: &Complex) -> PyResult<i64> {
    let (real, imag) = (hash_float(this.real()), hash_float(this.imag()));
    Ok(match real.wrapping_add(imag.wrapping_mul(1_000_003)) {
        -1 => -2,
        hash => hash,
    })
}

fn format(py: Py, this: &Complex, spec: &Str) -> PyResult<Owned<Str>> {
    if spec.is_empty() {
        return crate::protocol::str(py, &Value::from(Layout::to_owned(this)));
    }
    let type_name = this.as_object().ty().name().to_string();
    let mut out = StrBuilder::new();
    let written = Spec::for_float(spec.chars(), &type_name).and_then(|spec| {
        format_complex(
            this.real(),
            this.imag(),
            &spec,
            &type_name,
            &Locale::default(),
            &mut out,
        )
    });
    match written {
        Ok(()) => Ok(out.finish()),
        Err(error) => crate::types::int::methods::convert::text_error(py, error),
    }
}

/// The number itself where it is an exact complex, a copy otherwise.
fn exact(this: &Complex) -> Owned<Complex> {
    if this.as_object().ty().is(&COMPLEX) {
        return Layout::to_owned(this);
    }
    Complex::from_parts(this.parts())
}

pub(super) fn define(b: &mut TypeBuilder<Complex>) {
    b.doc("Create a complex number from a string or numbers.\n\nA string is parsed; two numbers are the real and the imaginary part.")
        .new_with("complex(*args, **kwargs)", construct::new)
        .repr(|_py: Py, this: &Complex| krait_text::float::complex_repr(this.real(), this.imag()))
        .hash(hash)
        .compare(compare)
        .add(add)
        .subtract(subtract)
        .multiply(multiply)
        .true_divide(true_divide)
        .power(power)
        .negative(|_py: Py, this: &Complex| Complex::new(-this.real(), -this.imag()))
        .positive(|_py: Py, this: &Complex| exact(this))
        .absolute(absolute)
        .truth(|_py: Py, this: &Complex| Ok(this.real() != 0.0 || this.imag() != 0.0))
        .class_method("from_number($type, number, /)", construct::from_number)
        .method("conjugate($self, /)", |_py: Py, this: &Complex| Complex::new(this.real(), -this.imag()))
        .method("__complex__($self, /)", |_py: Py, this: &Complex| exact(this))
        .method("__getnewargs__($self, /)", |_py: Py, this: &Complex| (this.real(), this.imag()))
        .method("__format__($self, format_spec, /)", format)
        .field("real", |_py: Py, this: &Complex| this.real())
        .field("imag", |_py: Py, this: &Complex| this.imag());
}
