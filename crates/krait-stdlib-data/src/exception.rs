//! Exception classes that modules define.

use krait_object::{
    Dict, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Type, Value, intern, protocol,
    raise,
};

/// A new exception class, of a name like `struct.error`, derived from another.
pub(crate) fn new_class(py: Py, name: &str, base: &Type) -> PyResult<Owned<Type>> {
    let (module, short) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let namespace = Dict::new();
    namespace.set_str(py, intern!("__module__"), Value::from(Str::intern(module)))?;
    let arguments = [
        Value::from(Str::intern(short)),
        Value::from(Tuple::from_values([Value::from(base.to_owned())])),
        Value::from(namespace),
    ];
    let metatype = protocol::attr::type_value::<Type>();
    match protocol::call(py, &metatype, &arguments)?
        .into_object()
        .downcast_owned::<Type>()
    {
        Ok(class) => Ok(class),
        Err(_) => raise!(py, SystemError, "type() made no class"),
    }
}

/// Puts a class into a module.
pub(crate) fn add(m: &ModuleBuilder, name: &str, class: &Owned<Type>) -> PyResult<()> {
    m.value(name, Value::from(class.clone()))?;
    Ok(())
}
