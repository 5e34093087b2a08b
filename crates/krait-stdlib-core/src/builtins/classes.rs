//! `isinstance`, `issubclass`, `__build_class__`, `__import__`.

use krait_object::{Args, KwArgs, ModuleBuilder, Py, PyResult, Tuple, Value, protocol};

fn import(
    py: Py,
    name: &Value,
    globals: Option<&Value>,
    locals: Option<&Value>,
    fromlist: Option<&Value>,
    level: Option<i64>,
) -> PyResult {
    let none = Value::none();
    let empty = Value::from(Tuple::empty());
    crate::import::import(
        py,
        name,
        globals.unwrap_or(&none),
        locals.unwrap_or(&none),
        fromlist.unwrap_or(&empty),
        level.unwrap_or(0),
    )
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "isinstance($module, obj, class_or_tuple, /)",
        |py, value: &Value, class: &Value| protocol::is_instance(py, value, &class.to_object()),
    )?
    .function(
        "issubclass($module, cls, class_or_tuple, /)",
        |py, derived: &Value, class: &Value| {
            protocol::is_subclass(py, &derived.to_object(), &class.to_object())
        },
    )?
    .function(
        "__build_class__($module, func, name, /, *bases, **kwds)",
        |py, func: &Value, name: &Value, bases: Args<'_>, kwargs: KwArgs| {
            krait_vm::build_class::build_class(py, func, name, bases.0, kwargs.0)
        },
    )?
    .function(
        "__import__($module, /, name, globals=None, locals=None, fromlist=(), level=0)",
        import,
    )?;
    Ok(())
}
