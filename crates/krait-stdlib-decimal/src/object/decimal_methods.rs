//! Methods of decimals, most of which take a context.

use krait_object::native::TypeBuilder;
use krait_object::{Layout, Py, PyResult, Str, Value};

use super::context_new::rounding_or;
use super::decimal::{self, This};
use super::{convert, current};
use crate::number::{Context, Decimal, Kind};

fn unary(
    py: Py,
    this: &This,
    context: Option<&Value>,
    op: impl FnOnce(&Decimal, &mut Context) -> Decimal,
) -> PyResult {
    let result = current::argument(py, context)?.run(py, |ctx| op(&this.value, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

fn binary(
    py: Py,
    this: &This,
    other: &Value,
    context: Option<&Value>,
    op: impl FnOnce(&Decimal, &Decimal, &mut Context) -> Decimal,
) -> PyResult {
    let context = current::argument(py, context)?;
    let other = convert::operand(py, other)?;
    let result = context.run(py, |ctx| op(&this.value, &other, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

/// Declares methods of the shape `name(context=None)`.
macro_rules! unary_methods {
    ($b:expr; $($name:literal $op:expr),* $(,)?) => { $(
        $b.method(
            concat!($name, "($self, /, context=None)"),
            |py: Py, this: &This, context: Option<&Value>| unary(py, this, context, $op),
        );
    )* };
}

/// Declares methods of the shape `name(other, context=None)`.
macro_rules! binary_methods {
    ($b:expr; $($name:literal $op:expr),* $(,)?) => { $(
        $b.method(
            concat!($name, "($self, /, other, context=None)"),
            |py: Py, this: &This, other: &Value, context: Option<&Value>| {
                binary(py, this, other, context, $op)
            },
        );
    )* };
}

/// Declares methods without arguments that answer a question.
macro_rules! questions {
    ($b:expr; $($name:literal $op:expr),* $(,)?) => { $(
        $b.method(concat!($name, "($self, /)"), |_py: Py, this: &This| -> bool {
            let answer: fn(&Decimal) -> bool = $op;
            answer(&this.value)
        });
    )* };
}

pub fn total(a: &Decimal, b: &Decimal, _ctx: &mut Context) -> Decimal {
    Decimal::small(a.total_order(b) as i64)
}

pub fn total_sizes(a: &Decimal, b: &Decimal, _ctx: &mut Context) -> Decimal {
    Decimal::small(a.total_order_sizes(b) as i64)
}

pub fn is_normal(x: &Decimal, ctx: &Context) -> bool {
    x.is_finite() && !x.is_zero() && x.adjusted() >= ctx.emin
}

pub fn is_subnormal(x: &Decimal, ctx: &Context) -> bool {
    x.is_finite() && !x.is_zero() && x.adjusted() < ctx.emin
}

fn with_rounding(
    py: Py,
    this: &This,
    rounding: Option<&Value>,
    context: Option<&Value>,
    op: impl FnOnce(&Decimal, &mut Context) -> Decimal,
) -> PyResult {
    let context = current::argument(py, context)?;
    let rounding = rounding_or(py, rounding, context.get().rounding)?;
    let result = context.run(py, |ctx| {
        ctx.rounding = rounding;
        op(&this.value, ctx)
    })?;
    Ok(Value::from(decimal::new(py, result)))
}

fn quantize(
    py: Py,
    this: &This,
    exp: &Value,
    rounding: Option<&Value>,
    context: Option<&Value>,
) -> PyResult {
    let exp = convert::operand(py, exp)?;
    with_rounding(py, this, rounding, context, |x, ctx| x.quantize(&exp, ctx))
}

fn fma(py: Py, this: &This, other: &Value, third: &Value, context: Option<&Value>) -> PyResult {
    let context = current::argument(py, context)?;
    let (other, third) = (convert::operand(py, other)?, convert::operand(py, third)?);
    let result = context.run(py, |ctx| this.value.fma(&other, &third, ctx))?;
    Ok(Value::from(decimal::new(py, result)))
}

fn define_arithmetic(b: &mut TypeBuilder<This>) {
    unary_methods! { b;
        "exp" Decimal::exp, "ln" Decimal::ln, "log10" Decimal::log10,
        "next_minus" |x: &Decimal, ctx: &mut Context| x.next(ctx, false),
        "next_plus" |x: &Decimal, ctx: &mut Context| x.next(ctx, true),
        "normalize" Decimal::normalize, "sqrt" Decimal::sqrt, "logb" Decimal::logb,
        "logical_invert" Decimal::logical_invert,
    }
    binary_operations!(binary_methods, b);
    b.method(
        "quantize($self, /, exp, rounding=None, context=None)",
        quantize,
    )
    .method("fma($self, /, other, third, context=None)", fma)
    .method(
        "to_integral_exact($self, /, rounding=None, context=None)",
        |py: Py, this: &This, rounding: Option<&Value>, context: Option<&Value>| {
            with_rounding(py, this, rounding, context, |x, ctx| {
                x.to_integral(ctx, true)
            })
        },
    )
    .method(
        "to_integral_value($self, /, rounding=None, context=None)",
        |py: Py, this: &This, rounding: Option<&Value>, context: Option<&Value>| {
            with_rounding(py, this, rounding, context, |x, ctx| {
                x.to_integral(ctx, false)
            })
        },
    )
    .method(
        "to_integral($self, /, rounding=None, context=None)",
        |py: Py, this: &This, rounding: Option<&Value>, context: Option<&Value>| {
            with_rounding(py, this, rounding, context, |x, ctx| {
                x.to_integral(ctx, false)
            })
        },
    );
}

fn define_questions(b: &mut TypeBuilder<This>) {
    questions! { b;
        "is_canonical" |_| true, "is_finite" Decimal::is_finite,
        "is_infinite" Decimal::is_infinite, "is_nan" Decimal::is_nan,
        "is_qnan" |x| x.kind == Kind::Quiet, "is_snan" Decimal::is_signaling,
        "is_signed" |x| x.negative, "is_zero" Decimal::is_zero,
    }
    b.method(
        "is_normal($self, /, context=None)",
        |py: Py, this: &This, context: Option<&Value>| -> PyResult<bool> {
            Ok(is_normal(
                &this.value,
                &current::argument(py, context)?.get(),
            ))
        },
    )
    .method(
        "is_subnormal($self, /, context=None)",
        |py: Py, this: &This, context: Option<&Value>| -> PyResult<bool> {
            Ok(is_subnormal(
                &this.value,
                &current::argument(py, context)?.get(),
            ))
        },
    )
    .method(
        "number_class($self, /, context=None)",
        |py: Py, this: &This, context: Option<&Value>| -> PyResult<&'static str> {
            let emin = current::argument(py, context)?.get().emin;
            Ok(this.value.class_name(emin))
        },
    )
    .method(
        "same_quantum($self, /, other, context=None)",
        |py: Py, this: &This, other: &Value, context: Option<&Value>| -> PyResult<bool> {
            current::argument(py, context)?;
            Ok(this.value.same_quantum(&convert::operand(py, other)?))
        },
    );
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    define_arithmetic(b);
    define_questions(b);
    b.method("adjusted($self, /)", |_py: Py, this: &This| {
        if this.value.is_finite() {
            this.value.adjusted()
        } else {
            0
        }
    })
    .method("canonical($self, /)", |_py: Py, this: &This| {
        this.to_owned()
    })
    .method("conjugate($self, /)", |_py: Py, this: &This| {
        this.to_owned()
    })
    .method("__copy__($self, /)", |_py: Py, this: &This| this.to_owned())
    .method(
        "__deepcopy__($self, object, /)",
        |_py: Py, this: &This, _memo: &Value| this.to_owned(),
    )
    .method("radix($self, /)", |py: Py, _this: &This| {
        decimal::new(py, Decimal::small(10))
    })
    .method("copy_abs($self, /)", |py: Py, this: &This| {
        decimal::new(py, this.value.with_sign(false))
    })
    .method("copy_negate($self, /)", |py: Py, this: &This| {
        decimal::new(py, this.value.negated())
    })
    .method(
        "to_eng_string($self, /, context=None)",
        |py: Py, this: &This, context: Option<&Value>| {
            let capitals = current::argument(py, context)?.get().capitals;
            Ok(Value::from(Str::new(&this.value.to_text(true, capitals))))
        },
    );
}
