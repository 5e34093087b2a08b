//! `typing.Generic`: an ordinary class whose two class methods are `typing`'s.

use krait_object::native::{KwArgs, ModuleBuilder};
use krait_object::protocol::{self, attr::type_value};
use krait_object::types::class_static::ClassMethod;
use krait_object::{
    Args, Builtin, Dict, Instance, Layout, Py, PyResult, Str, Tuple, Type, Value, hooks,
};

fn class_getitem(py: Py, class: &Value, params: &Value) -> PyResult {
    super::call_typing(
        py,
        "_generic_class_getitem",
        &[class.clone(), params.clone()],
    )
}

fn init_subclass(py: Py, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    let typing = hooks::import_module(py, "typing")?;
    let function = protocol::get_attr_str(py, &typing, "_generic_init_subclass")?;
    protocol::call::call_tuple(
        py,
        &function,
        &Tuple::from_slice(args.0),
        kwargs.0.as_deref(),
    )
}

/// Makes the class.
pub fn generic(py: Py) -> PyResult {
    // The functions are made as those of a module, and become class methods.
    let functions = ModuleBuilder::new(py, "typing");
    functions
        .function("__class_getitem__($type, class, params, /)", class_getitem)?
        .function(
            "__init_subclass__($type, /, *args, **kwargs)",
            init_subclass,
        )?;
    let functions = functions.dict();
    let namespace = Dict::new();
    let method = Value::from(Instance::<ClassMethod>::type_object().to_owned());
    for name in ["__class_getitem__", "__init_subclass__"] {
        let name = Str::intern(name);
        if let Some(function) = functions.get_str_key(py, &name) {
            namespace.set_str(py, &name, protocol::call(py, &method, &[function])?)?;
        }
    }
    let text = |s: &str| Value::from(Str::intern(s));
    namespace.set_str(py, &Str::intern("__module__"), text("typing"))?;
    namespace.set_str(
        py,
        &Str::intern("__doc__"),
        text("Abstract base class for generic types."),
    )?;
    namespace.set_str(py, &Str::intern("__slots__"), Value::from(Tuple::empty()))?;
    let arguments = [
        text("Generic"),
        Value::from(Tuple::empty()),
        Value::from(namespace),
    ];
    let class = protocol::call(py, &type_value::<Type>(), &arguments)?;
    protocol::del_attr(py, &class, &Str::intern("__slots__"))?;
    Ok(class)
}
