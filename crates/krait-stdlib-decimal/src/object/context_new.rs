//! The fields of a context: setting them, copying and pickling.

use krait_object::native::TypeBuilder;
use krait_object::protocol::number;
use krait_object::{
    Dict, Int, Layout, List, Object, Owned, Py, PyResult, Str, Tuple, Value, raise,
};

use super::context::{self, This};
use super::{signal_dict, signals};
use crate::number::{Context, MAX_EMAX, MAX_PREC, MIN_EMIN, Rounding};

/// An int of machine size.
fn integer(py: Py, value: &Value) -> PyResult<i64> {
    if value.as_small_int().is_none() && value.downcast::<Int>().is_none() {
        return raise!(py, TypeError, "an integer is required");
    }
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i64::try_from(w).ok()) {
        Some(number) => Ok(number),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C ssize_t"
        ),
    }
}

fn in_range(
    py: Py,
    value: &Value,
    range: std::ops::RangeInclusive<i64>,
    text: &str,
) -> PyResult<i64> {
    let number = integer(py, value)?;
    if range.contains(&number) {
        return Ok(number);
    }
    raise!(py, ValueError, "{text}")
}

fn rounding(py: Py, value: &Value) -> PyResult<Rounding> {
    let name = value.downcast::<Str>().map(|s| s.to_rust());
    match name.and_then(|n| Rounding::of_name(&n)) {
        Some(rounding) => Ok(rounding),
        None => raise!(
            py,
            TypeError,
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]"
        ),
    }
}

/// A rounding argument of a method, or the context's.
pub fn rounding_or(py: Py, value: Option<&Value>, default: Rounding) -> PyResult<Rounding> {
    value.map_or(Ok(default), |v| rounding(py, v))
}

/// Sets a field by name.
pub fn set_field(py: Py, context: &mut Context, name: &str, value: &Value) -> PyResult<()> {
    match name {
        "prec" => {
            let text = "valid range for prec is [1, MAX_PREC]";
            context.prec = in_range(py, value, 1..=MAX_PREC, text)?;
        }
        "Emax" => {
            let text = "valid range for Emax is [0, MAX_EMAX]";
            context.emax = in_range(py, value, 0..=MAX_EMAX, text)?;
        }
        "Emin" => {
            let text = "valid range for Emin is [MIN_EMIN, 0]";
            context.emin = in_range(py, value, MIN_EMIN..=0, text)?;
        }
        "capitals" => {
            let text = "valid values for capitals are 0 or 1";
            context.capitals = in_range(py, value, 0..=1, text)? == 1;
        }
        "clamp" => {
            let text = "valid values for clamp are 0 or 1";
            context.clamp = in_range(py, value, 0..=1, text)? == 1;
        }
        "rounding" => context.rounding = rounding(py, value)?,
        "flags" => context.status = bits_of_argument(py, value)?,
        _ => context.traps = bits_of_argument(py, value)?,
    }
    Ok(())
}

/// The signals of an attribute: a dict with all of them.
pub fn bits_of_assigned(py: Py, value: &Value) -> PyResult<u32> {
    if let Some(bits) = signal_dict::bits_of(value) {
        return Ok(bits);
    }
    match value.downcast::<Dict>() {
        Some(dict) => signals::bits_of_dict(py, dict),
        None => raise!(py, TypeError, "argument must be a signal dict"),
    }
}

/// The signals of an argument: a list as well.
fn bits_of_argument(py: Py, value: &Value) -> PyResult<u32> {
    match value.downcast::<List>() {
        Some(list) => signals::bits_of_list(py, list),
        None => bits_of_assigned(py, value),
    }
}

#[expect(clippy::too_many_arguments, reason = "Python's signature")]
pub fn init(
    py: Py,
    this: &This,
    prec: Option<&Value>,
    rounding: Option<&Value>,
    emin: Option<&Value>,
    emax: Option<&Value>,
    capitals: Option<&Value>,
    clamp: Option<&Value>,
    flags: Option<&Value>,
    traps: Option<&Value>,
) -> PyResult<()> {
    let mut context = this.get();
    for (name, value) in [
        ("prec", prec),
        ("rounding", rounding),
        ("Emin", emin),
        ("Emax", emax),
        ("capitals", capitals),
        ("clamp", clamp),
        ("traps", traps),
        ("flags", flags),
    ] {
        if let Some(value) = value {
            set_field(py, &mut context, name, value)?;
        }
    }
    this.set(context);
    Ok(())
}

fn assign(py: Py, this: &This, name: &str, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, AttributeError, "context attributes cannot be deleted");
    };
    let mut context = this.get();
    set_field(py, &mut context, name, &Value::unboxed(value))?;
    // Converting the value may have run code.
    let fresh = this.get();
    this.set(Context {
        status: fresh.status,
        ..context
    });
    Ok(())
}

pub fn copy(py: Py, this: &This) -> Owned<This> {
    context::new(py, this.get())
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, Owned<Tuple>)> {
    let context = this.get();
    let args = [
        Value::int(context.prec),
        Value::from(Str::intern(context.rounding.name())),
        Value::int(context.emin),
        Value::int(context.emax),
        Value::int(i64::from(context.capitals)),
        Value::int(i64::from(context.clamp)),
        Value::from(signals::signals_of(py, context.status)?),
        Value::from(signals::signals_of(py, context.traps)?),
    ];
    let class = Value::from(this.as_object().ty().to_owned());
    Ok((class, Tuple::from_values(args)))
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.getset(
        "prec",
        |_py: Py, this: &This| this.get().prec,
        |py: Py, this: &This, value: Option<&Object>| assign(py, this, "prec", value),
    )
    .getset(
        "Emax",
        |_py: Py, this: &This| this.get().emax,
        |py: Py, this: &This, value: Option<&Object>| assign(py, this, "Emax", value),
    )
    .getset(
        "Emin",
        |_py: Py, this: &This| this.get().emin,
        |py: Py, this: &This, value: Option<&Object>| assign(py, this, "Emin", value),
    )
    .getset(
        "rounding",
        |_py: Py, this: &This| Value::from(Str::intern(this.get().rounding.name())),
        |py: Py, this: &This, value: Option<&Object>| assign(py, this, "rounding", value),
    )
    .getset(
        "capitals",
        |_py: Py, this: &This| i64::from(this.get().capitals),
        |py: Py, this: &This, value: Option<&Object>| assign(py, this, "capitals", value),
    )
    .getset(
        "clamp",
        |_py: Py, this: &This| i64::from(this.get().clamp),
        |py: Py, this: &This, value: Option<&Object>| assign(py, this, "clamp", value),
    )
    .method("copy($self, /)", copy)
    .method("__copy__($self, /)", copy)
    .method("__reduce__($self, /)", reduce)
    .method("clear_flags($self, /)", |_py: Py, this: &This| {
        let context = this.get();
        this.set(Context {
            status: 0,
            ..context
        });
    })
    .method("clear_traps($self, /)", |_py: Py, this: &This| {
        let context = this.get();
        this.set(Context {
            traps: 0,
            ..context
        });
    })
    .method("Etiny($self, /)", |_py: Py, this: &This| this.get().etiny())
    .method("Etop($self, /)", |_py: Py, this: &This| this.get().etop());
}
