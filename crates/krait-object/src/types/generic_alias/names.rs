//! How types are named inside the repr of generic aliases and unions.

use krait_text::TextWriter;

use crate::object::{Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::list::List;
use crate::types::str::{Str, StrBuilder};
use crate::value::Value;

/// The repr of what is given to a generic or a union: a class by its name alone.
pub fn push_type(py: Py, out: &mut StrBuilder, item: &Object) -> PyResult<()> {
    if item.is(singletons::ellipsis()) {
        out.push_ascii("...");
        return Ok(());
    }
    if item.is(singletons::NONE_TYPE.as_object()) {
        out.push_ascii("None");
        return Ok(());
    }
    let value = Value::from(item.to_owned());
    match class_name(py, &value)? {
        Some((module, name)) => {
            if let Some(module) = module {
                protocol::repr::push_str(py, &module, out)?;
                out.push_ascii(".");
            }
            protocol::repr::push_str(py, &name, out)?;
        }
        None => protocol::repr::push_repr(py, &value, out)?,
    }
    Ok(())
}

/// Module (none for builtins) and qualified name of a class; `None` for anything else.
fn class_name(py: Py, value: &Value) -> PyResult<Option<(Option<Value>, Value)>> {
    let is_alias = protocol::lookup_attr(py, value, crate::intern!("__origin__"))?.is_some()
        && protocol::lookup_attr(py, value, crate::intern!("__args__"))?.is_some();
    if is_alias {
        return Ok(None);
    }
    let Some(name) = protocol::lookup_attr(py, value, crate::intern!("__qualname__"))? else {
        return Ok(None);
    };
    let module = protocol::lookup_attr(py, value, crate::intern!("__module__"))?;
    let Some(module) = module.filter(|m| !m.is_none()) else {
        return Ok(None);
    };
    let builtin = module
        .downcast::<Str>()
        .is_some_and(|m| m.eq_str("builtins"));
    Ok(Some(((!builtin).then_some(module), name)))
}

/// An argument of a generic: a list stands for the parameters of a callable.
pub fn push_argument(py: Py, out: &mut StrBuilder, item: &Object) -> PyResult<()> {
    let Some(list) = item.downcast_exact::<List>() else {
        return push_type(py, out, item);
    };
    out.push_ascii("[");
    let mut at = 0;
    while let Some(one) = list.get_object(at) {
        if at > 0 {
            out.push_ascii(", ");
        }
        push_type(py, out, &one)?;
        at += 1;
    }
    out.push_ascii("]");
    Ok(())
}
