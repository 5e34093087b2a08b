//! `_SimpleCData`: instances of the basic types.

use krait_object::native::TypeBuilder;
use krait_object::{Args, KwArgs, Layout, Object, Py, PyResult, Value, protocol, raise};

use crate::codes::{self, Code};
use crate::data::{self, This};
use crate::{keep, types};

pub fn define(b: &mut TypeBuilder<This>) {
    b.doc("XXX to be provided")
        .new_bare(data::create)
        .init("__init__($self, /, *args, **kwargs)", init)
        .repr(repr)
        .truth(|_py, this: &This| Ok(this.bytes().iter().any(|&byte| byte != 0)))
        .getset("value", value, set_value)
        .method("__ctypes_from_outparam__($self, /)", |py, this: &This| {
            if types::is_own_simple(this.as_object().ty()) {
                return Ok(Value::from(this.to_owned()));
            }
            value(py, this)
        });
}

fn code(py: Py, this: &This) -> PyResult<Code> {
    match data::storage_of(py, this)?.code.get() {
        Some(code) => Ok(code),
        None => raise!(py, TypeError, "abstract class"),
    }
}

fn init(py: Py, this: &This, args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    match args.0 {
        [] => Ok(()),
        [value] => assign(py, this, value),
        many => raise!(
            py,
            TypeError,
            "__init__ expected at most 1 argument, got {}",
            many.len()
        ),
    }
}

fn value(py: Py, this: &This) -> PyResult {
    codes::get(
        py,
        code(py, this)?,
        this.address.get(),
        this.size.get(),
        None,
    )
}

fn set_value(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => assign(py, this, &Value::unboxed(value)),
        None => raise!(py, TypeError, "can't delete attribute"),
    }
}

fn assign(py: Py, this: &This, value: &Value) -> PyResult<()> {
    let kept = codes::set(
        py,
        code(py, this)?,
        this.address.get(),
        value,
        this.size.get(),
        None,
    )?;
    keep::keep(py, this, 0, kept)
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let class = this.as_object().ty().to_owned();
    if types::is_own_simple(&class) {
        return Ok(format!(
            "<{} object at {:p}>",
            class.name(),
            this.as_object().as_ptr()
        ));
    }
    let shown = protocol::repr(py, &value(py, this)?)?;
    Ok(format!("{}({})", class.name(), shown.to_rust()))
}
