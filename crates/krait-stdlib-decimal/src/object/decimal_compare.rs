//! Comparison operators and hash.

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, CompareOp};
use krait_object::types::sequence::not_implemented;
use krait_object::{Layout, Object, Py, PyResult, Value, intern, raise};

use super::context::This as ContextObject;
use super::decimal::This;
use super::{convert, current};
use crate::number::{Coeff, Context, Decimal, Kind, status};

/// The other operand and, for rationals, a factor for this one.
fn other_operand(
    py: Py,
    this: &Decimal,
    other: &Object,
    op: CompareOp,
    context: &ContextObject,
) -> PyResult<Option<(Decimal, Decimal)>> {
    if let Some(other) = convert::of_object(other) {
        return Ok(Some((this.clone(), other)));
    }
    let value = Value::unboxed(other);
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if let Some(f) = convert::float_of(&value) {
        return of_float(py, this, f, equality, context).map(Some);
    }
    if let Some(complex) = other.downcast::<krait_object::types::complex::Complex>() {
        let parts = complex.parts();
        if !equality || parts.imag != 0.0 {
            return Ok(None);
        }
        return of_float(py, this, parts.real, true, context).map(Some);
    }
    if !convert::is_rational(py, &value)? {
        return Ok(None);
    }
    let numerator = protocol::get_attr(py, &value, intern!("numerator"))?;
    let denominator = protocol::get_attr(py, &value, intern!("denominator"))?;
    let (Some(numerator), Some(denominator)) = (
        convert::of_number(&numerator),
        convert::of_number(&denominator),
    ) else {
        return raise!(py, TypeError, "numerator and denominator must be integers");
    };
    let mut wide = Context::exact();
    Ok(Some((this.mul(&denominator, &mut wide), numerator)))
}

fn of_float(
    py: Py,
    this: &Decimal,
    f: f64,
    equality: bool,
    context: &ContextObject,
) -> PyResult<(Decimal, Decimal)> {
    if equality {
        let mut fields = context.get();
        fields.status |= status::FLOAT_OPERATION;
        context.set(fields);
    } else {
        context.add_status(py, status::FLOAT_OPERATION)?;
    }
    Ok((this.clone(), convert::of_float(f)))
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let context = current::get(py)?;
    let Some((a, b)) = other_operand(py, &this.value, other, op, &context)? else {
        return Ok(not_implemented());
    };
    if a.is_nan() || b.is_nan() {
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if !equality || a.is_signaling() || b.is_signaling() {
            context.add_status(py, status::INVALID_OPERATION)?;
        }
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    Ok(Value::bool(op.holds(a.order(&b))))
}

/// The modulus of Python's hashes of numbers.
const MODULUS: u64 = (1 << 61) - 1;
/// The inverse of ten.
const INVERSE: u64 = 2_075_258_708_292_324_556;

fn multiply(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(MODULUS)) as u64
}

fn power(mut base: u64, mut exp: u64) -> u64 {
    let mut result = 1;
    while exp > 0 {
        if exp & 1 == 1 {
            result = multiply(result, base);
        }
        base = multiply(base, base);
        exp >>= 1;
    }
    result
}

fn residue(coeff: &Coeff) -> u64 {
    coeff.limbs().rev().fold(0, |sum, limb| {
        (multiply(sum, 1_000_000_000) + u64::from(limb)) % MODULUS
    })
}

fn hash(py: Py, this: &This) -> PyResult<i64> {
    if this.hash.get() != -1 {
        return Ok(this.hash.get());
    }
    let value = &this.value;
    let hash = match value.kind {
        Kind::Signaling => {
            return raise!(py, TypeError, "Cannot hash a signaling NaN value");
        }
        Kind::Quiet => (this.as_object().as_ptr().addr() >> 4) as i64,
        Kind::Infinite if value.negative => -314_159,
        Kind::Infinite => 314_159,
        Kind::Finite => {
            let base = if value.exp >= 0 { 10 } else { INVERSE };
            let scale = power(base, value.exp.unsigned_abs());
            let size = multiply(residue(&value.coeff), scale) as i64;
            let hash = if value.negative { -size } else { size };
            if hash == -1 { -2 } else { hash }
        }
    };
    this.hash.set(hash);
    Ok(hash)
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.compare(compare).hash(hash);
}
