//! The current context, a context variable of the thread's.

use std::cell::OnceCell;

use krait_object::native::KwArgs;
use krait_object::{
    GilCell, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Value, protocol, raise,
};
use krait_stdlib_data::contextvars;

use super::context::{self, This};
use super::context_manager::{self, ContextManager};
use super::context_new;
use crate::number::{Context, Rounding};

static VARIABLE: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

fn variable(py: Py) -> PyResult<&'static Value> {
    let cell = VARIABLE.get(py);
    if let Some(variable) = cell.get() {
        return Ok(variable);
    }
    let made = contextvars::new_variable(py, "decimal_context")?;
    Ok(cell.get_or_init(|| made))
}

/// The current context; made where there is none yet.
pub fn get(py: Py) -> PyResult<Owned<This>> {
    let variable = variable(py)?;
    if let Some(value) = contextvars::value_of(py, variable)?
        && let Ok(context) = value.into_object().downcast_owned::<This>()
    {
        return Ok(context);
    }
    let made = context::new(py, context::template(py));
    contextvars::set_value(py, variable, Value::from(made.clone()))?;
    Ok(made)
}

pub fn set(py: Py, context: &This) -> PyResult<()> {
    let new = if context::is_template(py, context) {
        context::new(
            py,
            Context {
                status: 0,
                ..context.get()
            },
        )
    } else {
        context.to_owned()
    };
    contextvars::set_value(py, variable(py)?, Value::from(new))
}

/// A context argument, or the current context.
#[inline]
pub fn argument(py: Py, value: Option<&Value>) -> PyResult<Owned<This>> {
    match value {
        None => get(py),
        Some(value) => match value.downcast::<This>() {
            Some(context) => Ok(context.to_owned()),
            None => raise!(py, TypeError, "optional argument must be a context"),
        },
    }
}

fn set_context(py: Py, value: &Value) -> PyResult<()> {
    match value.downcast::<This>() {
        Some(context) => set(py, context),
        None => raise!(py, TypeError, "argument must be a context"),
    }
}

/// The fields that `localcontext` takes.
const FIELDS: [&str; 8] = [
    "prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps",
];

fn local_context(
    py: Py,
    ctx: Option<&Value>,
    changes: KwArgs,
) -> PyResult<Owned<context_manager::This>> {
    let global = get(py)?;
    let mut fields = match ctx {
        None => global.get(),
        Some(_) => argument(py, ctx)?.get(),
    };
    let given = changes.0.map_or_else(Vec::new, |c| c.to_vec());
    for (name, value) in given {
        let text = name.downcast::<Str>().map(|s| s.to_rust().into_owned());
        let text = text.unwrap_or_default();
        if !FIELDS.contains(&text.as_str()) {
            return raise!(
                py,
                TypeError,
                "this function got an unexpected keyword argument '{text}'"
            );
        }
        if !value.is_none() {
            context_new::set_field(py, &mut fields, &text, &value)?;
        }
    }
    let local = context::new(py, fields);
    Ok(ContextManager::make(py, local, global))
}

/// A context of an IEEE interchange format of so many bits.
fn ieee_context(py: Py, bits: &Value) -> PyResult<Owned<This>> {
    let wide = protocol::number::index_to_i128(py, bits)?;
    let valid = wide.filter(|b| *b > 0 && *b <= 512 && b % 32 == 0);
    let Some(bits) = valid else {
        return raise!(
            py,
            ValueError,
            "argument must be a multiple of 32, with a maximum of 512"
        );
    };
    let bits = bits as i64;
    let emax = 3 * (1 << (bits / 16 + 3));
    Ok(context::new(
        py,
        Context {
            prec: 9 * (bits / 32) - 2,
            emax,
            emin: 1 - emax,
            rounding: Rounding::HalfEven,
            clamp: true,
            capitals: true,
            traps: 0,
            status: 0,
        },
    ))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("getcontext($module, /)", get)?;
    m.function("setcontext($module, context, /)", set_context)?;
    m.function(
        "localcontext($module, /, ctx=None, **kwargs)",
        local_context,
    )?;
    m.function("IEEEContext($module, bits, /)", ieee_context)?;
    Ok(())
}
