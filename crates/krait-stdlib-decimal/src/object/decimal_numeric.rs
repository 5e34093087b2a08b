//! Operators.

use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::types::sequence::not_implemented;
use krait_object::{Layout, Object, Py, PyResult, Tuple, Value, raise};

use super::decimal::{self, This};
use super::{convert, current};
use crate::number::{Context, Decimal, Kind, Rounding};

/// An operator of two decimals, ints taken for decimals.
#[inline]
fn binary(
    py: Py,
    a: &Object,
    b: &Object,
    op: impl FnOnce(&Decimal, &Decimal, &mut Context) -> Decimal,
) -> PyResult {
    if let (Some(a), Some(b)) = (a.downcast::<This>(), b.downcast::<This>()) {
        let result = current::get(py)?.run(py, |ctx| op(&a.value, &b.value, ctx))?;
        return Ok(Value::from(decimal::new(py, result)));
    }
    let (Some(a), Some(b)) = (convert::of_object(a), convert::of_object(b)) else {
        return Ok(not_implemented());
    };
    let result = current::get(py)?.run(py, |ctx| op(&a, &b, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

fn divmod(py: Py, a: &Object, b: &Object) -> PyResult {
    let (Some(a), Some(b)) = (convert::of_object(a), convert::of_object(b)) else {
        return Ok(not_implemented());
    };
    let (quotient, rest) = current::get(py)?.run(py, |ctx| a.divmod(&b, ctx))?;
    let pair = [quotient, rest].map(|x| Value::from(decimal::new(py, x)));
    Ok(Value::from(Tuple::from_values(pair)))
}

fn power(py: Py, base: &Object, exp: &Object, modulus: &Object) -> PyResult {
    let (Some(base), Some(exp)) = (convert::of_object(base), convert::of_object(exp)) else {
        return Ok(not_implemented());
    };
    let context = current::get(py)?;
    let result = if modulus.is_none() {
        context.run(py, |ctx| base.pow(&exp, ctx))?
    } else {
        let Some(modulus) = convert::of_object(modulus) else {
            return Ok(not_implemented());
        };
        context.run(py, |ctx| base.pow_mod(&exp, &modulus, ctx))?
    };
    Ok(Value::from(decimal::new(py, result)))
}

fn unary(py: Py, this: &This, op: impl FnOnce(&Decimal, &mut Context) -> Decimal) -> PyResult {
    let result = current::get(py)?.run(py, |ctx| op(&this.value, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

/// `+x`: zero has no minus sign, but when rounding down.
pub fn plus(x: &Decimal, ctx: &mut Context) -> Decimal {
    if let Some(nan) = x.nan_result(ctx) {
        return nan;
    }
    if x.is_zero() && ctx.rounding != Rounding::Floor {
        return x.with_sign(false).finalize(ctx);
    }
    x.clone().finalize(ctx)
}

pub fn minus(x: &Decimal, ctx: &mut Context) -> Decimal {
    if let Some(nan) = x.nan_result(ctx) {
        return nan;
    }
    if x.is_zero() && ctx.rounding != Rounding::Floor {
        return x.with_sign(false).finalize(ctx);
    }
    x.negated().finalize(ctx)
}

pub fn abs(x: &Decimal, ctx: &mut Context) -> Decimal {
    if x.negative && !x.is_nan() {
        minus(x, ctx)
    } else {
        plus(x, ctx)
    }
}

pub fn to_float(py: Py, value: &Decimal) -> PyResult<f64> {
    if value.is_signaling() {
        return raise!(py, ValueError, "cannot convert signaling NaN to float");
    }
    Ok(match value.kind {
        Kind::Finite => {
            let text = value.to_text(false, true);
            text.parse().unwrap_or(f64::NAN)
        }
        Kind::Infinite if value.negative => f64::NEG_INFINITY,
        Kind::Infinite => f64::INFINITY,
        _ if value.negative => -f64::NAN,
        _ => f64::NAN,
    })
}

fn round(py: Py, this: &This, digits: Option<&Value>) -> PyResult {
    let Some(digits) = digits else {
        return convert::to_int(py, &this.value, Rounding::HalfEven);
    };
    if digits.as_small_int().is_none() && digits.downcast::<krait_object::Int>().is_none() {
        return raise!(py, TypeError, "optional arg must be an integer");
    }
    let wide = protocol::number::index_to_i128(py, digits)?;
    let Some(digits) = wide.and_then(|w| i64::try_from(w).ok()) else {
        return raise!(
            py,
            OverflowError,
            "Python int too large to convert to C ssize_t"
        );
    };
    let exp = digits.checked_neg().unwrap_or(i64::MAX);
    let target = Decimal::new(false, crate::number::Coeff::one(), exp);
    unary(py, this, |x, ctx| x.quantize(&target, ctx))
}

fn define_conversions(b: &mut TypeBuilder<This>) {
    b.int(|py: Py, this: &This| convert::to_int(py, &this.value, Rounding::Down))
        .float(|py: Py, this: &This| to_float(py, &this.value))
        .truth(|_py: Py, this: &This| Ok(!this.value.is_zero()))
        .method("__trunc__($self, /)", |py: Py, this: &This| {
            convert::to_int(py, &this.value, Rounding::Down)
        })
        .method("__ceil__($self, /)", |py: Py, this: &This| {
            convert::to_int(py, &this.value, Rounding::Ceiling)
        })
        .method("__floor__($self, /)", |py: Py, this: &This| {
            convert::to_int(py, &this.value, Rounding::Floor)
        })
        .method("__round__($self, ndigits=<unrepresentable>, /)", round)
        .method("__complex__($self, /)", |py: Py, this: &This| {
            let real = Value::float(to_float(py, &this.value)?);
            let class = protocol::attr::type_value::<krait_object::types::complex::Complex>();
            protocol::call(py, &class, &[real])
        })
        .method("__sizeof__($self, /)", |_py: Py, this: &This| {
            size_of::<This>() + this.value.coeff.heap_size()
        })
        .getter("real", |_py: Py, this: &This| this.to_owned())
        .getter("imag", |py: Py, _this: &This| {
            decimal::new(py, Decimal::small(0))
        });
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.add(|py: Py, a: &Object, b: &Object| binary(py, a, b, Decimal::add))
        .subtract(|py: Py, a: &Object, b: &Object| binary(py, a, b, Decimal::sub))
        .multiply(|py: Py, a: &Object, b: &Object| binary(py, a, b, Decimal::mul))
        .true_divide(|py: Py, a: &Object, b: &Object| binary(py, a, b, Decimal::div))
        .floor_divide(|py: Py, a: &Object, b: &Object| binary(py, a, b, Decimal::div_int))
        .remainder(|py: Py, a: &Object, b: &Object| binary(py, a, b, Decimal::rem))
        .divmod(divmod)
        .power(power)
        .negative(|py: Py, this: &This| unary(py, this, minus))
        .positive(|py: Py, this: &This| unary(py, this, plus))
        .absolute(|py: Py, this: &This| unary(py, this, abs));
    define_conversions(b);
}
