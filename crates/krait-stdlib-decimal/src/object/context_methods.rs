//! Methods of a context that are no arithmetic.

use krait_object::native::TypeBuilder;
use krait_object::{Py, PyResult, Str, Value};

use super::context::This;
use super::decimal_methods::{is_normal, is_subnormal};
use super::{construct, convert, decimal, from};
use crate::number::{Context, Decimal, Kind};

/// Declares methods of the shape `name(x)` that answer a question.
macro_rules! questions {
    ($b:expr; $($name:literal $op:expr),* $(,)?) => { $(
        $b.method(
            concat!($name, "($self, x, /)"),
            |py: Py, this: &This, x: &Value| -> PyResult<bool> {
                let answer: fn(&Decimal, &Context) -> bool = $op;
                Ok(answer(&convert::operand(py, x)?, &this.get()))
            },
        );
    )* };
}

fn exact(py: Py, x: Decimal) -> Value {
    Value::from(decimal::new(py, x))
}

fn expect_decimal(py: Py, x: &Value) -> PyResult<()> {
    match x.downcast::<decimal::This>() {
        Some(_) => Ok(()),
        None => krait_object::raise!(py, TypeError, "argument must be a Decimal"),
    }
}

fn from_float(py: Py, this: &This, value: &Value) -> PyResult {
    let number = from::of_int_or_float(py, value)?;
    let result = this.run(py, |ctx| construct::rounded(number, ctx))?;
    Ok(exact(py, result))
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    questions! { b;
        "is_finite" |x, _| x.is_finite(),
        "is_infinite" |x, _| x.is_infinite(), "is_nan" |x, _| x.is_nan(),
        "is_normal" is_normal, "is_qnan" |x, _| x.kind == Kind::Quiet,
        "is_signed" |x, _| x.negative, "is_snan" |x, _| x.is_signaling(),
        "is_subnormal" is_subnormal, "is_zero" |x, _| x.is_zero(),
    }
    b.method("radix($self, /)", |py: Py, _this: &This| {
        exact(py, Decimal::small(10))
    })
    .method(
        "create_decimal($self, num=\"0\", /)",
        |py: Py, this: &This, value: Option<&Value>| construct::create(py, this, value),
    )
    .method("create_decimal_from_float($self, f, /)", from_float)
    .method(
        "canonical($self, x, /)",
        |py: Py, _this: &This, x: &Value| {
            expect_decimal(py, x)?;
            PyResult::Ok(x.clone())
        },
    )
    .method(
        "is_canonical($self, x, /)",
        |py: Py, _this: &This, x: &Value| {
            expect_decimal(py, x)?;
            PyResult::Ok(true)
        },
    )
    .method(
        "copy_abs($self, x, /)",
        |py: Py, _this: &This, x: &Value| {
            let x = convert::operand(py, x)?;
            PyResult::Ok(exact(py, x.with_sign(false)))
        },
    )
    .method(
        "copy_negate($self, x, /)",
        |py: Py, _this: &This, x: &Value| {
            let x = convert::operand(py, x)?;
            PyResult::Ok(exact(py, x.negated()))
        },
    )
    .method(
        "copy_decimal($self, x, /)",
        |py: Py, _this: &This, x: &Value| {
            let x = convert::operand(py, x)?;
            PyResult::Ok(exact(py, x))
        },
    )
    .method(
        "number_class($self, x, /)",
        |py: Py, this: &This, x: &Value| {
            let x = convert::operand(py, x)?;
            PyResult::Ok(Value::from(Str::new(x.class_name(this.get().emin))))
        },
    )
    .method(
        "same_quantum($self, x, y, /)",
        |py: Py, _this: &This, x: &Value, y: &Value| {
            let (x, y) = (convert::operand(py, x)?, convert::operand(py, y)?);
            PyResult::Ok(x.same_quantum(&y))
        },
    )
    .method(
        "to_sci_string($self, x, /)",
        |py: Py, this: &This, x: &Value| {
            let x = convert::operand(py, x)?;
            PyResult::Ok(Value::from(Str::new(
                &x.to_text(false, this.get().capitals),
            )))
        },
    )
    .method(
        "to_eng_string($self, x, /)",
        |py: Py, this: &This, x: &Value| {
            let x = convert::operand(py, x)?;
            PyResult::Ok(Value::from(Str::new(&x.to_text(true, this.get().capitals))))
        },
    );
}
