//! Arithmetic by methods of a context.

use krait_object::native::TypeBuilder;
use krait_object::{Py, PyResult, Tuple, Value};

use super::context::This;
use super::convert;
use super::decimal;
use super::decimal_methods::{total, total_sizes};
use super::decimal_numeric::{abs, minus, plus};
use crate::number::{Context, Decimal};

fn unary(
    py: Py,
    this: &This,
    x: &Value,
    op: impl FnOnce(&Decimal, &mut Context) -> Decimal,
) -> PyResult {
    let x = convert::operand(py, x)?;
    let result = this.run(py, |ctx| op(&x, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

fn binary(
    py: Py,
    this: &This,
    x: &Value,
    y: &Value,
    op: impl FnOnce(&Decimal, &Decimal, &mut Context) -> Decimal,
) -> PyResult {
    let (x, y) = (convert::operand(py, x)?, convert::operand(py, y)?);
    let result = this.run(py, |ctx| op(&x, &y, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

/// Declares methods of the shape `name(x)`.
macro_rules! unary_methods {
    ($b:expr; $($name:literal $op:expr),* $(,)?) => { $(
        $b.method(
            concat!($name, "($self, x, /)"),
            |py: Py, this: &This, x: &Value| unary(py, this, x, $op),
        );
    )* };
}

/// Declares methods of the shape `name(x, y)`.
macro_rules! binary_methods {
    ($b:expr; $($name:literal $op:expr),* $(,)?) => { $(
        $b.method(
            concat!($name, "($self, x, y, /)"),
            |py: Py, this: &This, x: &Value, y: &Value| binary(py, this, x, y, $op),
        );
    )* };
}

fn divmod(py: Py, this: &This, x: &Value, y: &Value) -> PyResult {
    let (x, y) = (convert::operand(py, x)?, convert::operand(py, y)?);
    let (quotient, rest) = this.run(py, |ctx| x.divmod(&y, ctx))?;
    let pair = [quotient, rest].map(|v| Value::from(decimal::new(py, v)));
    Ok(Value::from(Tuple::from_values(pair)))
}

fn power(py: Py, this: &This, a: &Value, b: &Value, modulo: Option<&Value>) -> PyResult {
    let (a, b) = (convert::operand(py, a)?, convert::operand(py, b)?);
    let result = match modulo {
        None => this.run(py, |ctx| a.pow(&b, ctx))?,
        Some(modulo) => {
            let modulo = convert::operand(py, modulo)?;
            this.run(py, |ctx| a.pow_mod(&b, &modulo, ctx))?
        }
    };
    Ok(Value::from(decimal::new(py, result)))
}

fn fma(py: Py, this: &This, x: &Value, y: &Value, z: &Value) -> PyResult {
    let (x, y) = (convert::operand(py, x)?, convert::operand(py, y)?);
    let z = convert::operand(py, z)?;
    let result = this.run(py, |ctx| x.fma(&y, &z, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    unary_methods! { b;
        "abs" abs, "plus" plus, "minus" minus,
        "exp" Decimal::exp, "ln" Decimal::ln, "log10" Decimal::log10,
        "next_minus" |x: &Decimal, ctx: &mut Context| x.next(ctx, false),
        "next_plus" |x: &Decimal, ctx: &mut Context| x.next(ctx, true),
        "normalize" Decimal::normalize, "sqrt" Decimal::sqrt, "logb" Decimal::logb,
        "logical_invert" Decimal::logical_invert,
        "to_integral" |x: &Decimal, ctx: &mut Context| x.to_integral(ctx, false),
        "to_integral_value" |x: &Decimal, ctx: &mut Context| x.to_integral(ctx, false),
        "to_integral_exact" |x: &Decimal, ctx: &mut Context| x.to_integral(ctx, true),
        "_apply" |x: &Decimal, ctx: &mut Context| x.clone().finalize(ctx),
    }
    binary_methods! { b;
        "add" Decimal::add, "subtract" Decimal::sub, "multiply" Decimal::mul,
        "divide" Decimal::div, "divide_int" Decimal::div_int, "remainder" Decimal::rem,
        "quantize" Decimal::quantize,
    }
    binary_operations!(binary_methods, b);
    b.method("divmod($self, x, y, /)", divmod)
        .method("power($self, /, a, b, modulo=None)", power)
        .method("fma($self, x, y, z, /)", fma);
}
