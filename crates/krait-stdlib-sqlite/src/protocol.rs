//! Adapters and converters: how objects become values of SQLite's and come back
//! (`register_adapter`, `register_converter`, `adapt`, `__conform__`).

use std::cell::{Cell, OnceCell};

use krait_object::native::{Args, Class, KwArgs, TypeBuilder};
use krait_object::{
    Builtin, Bytes, Dict, GilCell, Instance, Layout, ModuleBuilder, Object, Owned, Py, PyResult,
    Str, Tuple, Type, Value, class_cell, errors, exceptions, intern, protocol,
};

use crate::errors::{Kind, raise};

/// What objects are asked to conform to.
pub struct PrepareProtocol;

impl Class for PrepareProtocol {
    const NAME: &'static str = "sqlite3.PrepareProtocol";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .doc("PEP 246 style object adaption protocol type.")
            .new_with(
                "PrepareProtocol(*args, **kwargs)",
                |py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                    Instance::new_in(py, class, PrepareProtocol)
                },
            )
            .init(
                "PrepareProtocol(*args, **kwargs)",
                |_py: Py, _this: &Instance<Self>, _args: Args<'_>, _kwargs: KwArgs| (),
            );
    }
}

struct State {
    /// By pairs of type and protocol.
    adapters: OnceCell<Owned<Dict>>,
    /// By names in upper case.
    converters: OnceCell<Owned<Dict>>,
    /// Whether a type that SQLite takes as it is has an adapter.
    base_adapted: Cell<bool>,
}

static STATE: GilCell<State> = GilCell::new(State {
    adapters: OnceCell::new(),
    converters: OnceCell::new(),
    base_adapted: Cell::new(false),
});

fn adapters(py: Py) -> &'static Dict {
    STATE.get(py).adapters.get_or_init(Dict::new)
}

fn converters(py: Py) -> &'static Dict {
    STATE.get(py).converters.get_or_init(Dict::new)
}

/// The protocol's type as a value.
pub fn prepare_protocol() -> Value {
    Value::from(Instance::<PrepareProtocol>::type_object().to_owned())
}

/// Whether objects of SQLite's own types must be adapted too.
pub fn adapts_base_types(py: Py) -> bool {
    STATE.get(py).base_adapted.get()
}

fn key(ty: &Object, proto: &Value) -> Value {
    let pair = [Value::from(ty.to_owned()), proto.clone()];
    Value::from(Tuple::from_values(pair))
}

fn register_adapter(py: Py, ty: &Value, adapter: &Value) -> PyResult<()> {
    let base: [&Type; 4] = [
        krait_object::Int::type_object(),
        krait_object::Float::type_object(),
        Str::type_object(),
        krait_object::types::bytearray::ByteArray::type_object(),
    ];
    if base.iter().any(|b| ty.is_object(b.as_object())) {
        STATE.get(py).base_adapted.set(true);
    }
    let key = key(&ty.to_object(), &prepare_protocol());
    adapters(py).set_value(py, &key, adapter.clone())
}

fn register_converter(py: Py, name: &Value, converter: &Value) -> PyResult<()> {
    let name = protocol::call_method(py, name, intern!("upper"), &[])?;
    converters(py).set_value(py, &name, converter.clone())
}

/// The converter of a declared type.
pub fn converter(py: Py, name: &str) -> PyResult<Option<Value>> {
    let dict = converters(py);
    if dict.is_empty() {
        return Ok(None);
    }
    let name = protocol::call_method(py, &Value::from(Str::new(name)), intern!("upper"), &[])?;
    dict.get(py, &name)
}

/// What the object is as the protocol asks for it. Without a way to adapt it: the
/// alternative where there is one.
pub fn adapt(py: Py, object: &Value, proto: &Value, alternative: Option<&Value>) -> PyResult {
    let key = key(object.ty().as_object(), proto);
    if let Some(adapter) = adapters(py).get(py, &key)? {
        return protocol::call(py, &adapter, std::slice::from_ref(object));
    }
    if let Some(method) = protocol::lookup_attr(py, proto, intern!("__adapt__"))? {
        let result = protocol::call(py, &method, std::slice::from_ref(object));
        match errors::suppress(py, result, &exceptions::TypeError)? {
            Some(adapted) if !adapted.is_none() => return Ok(adapted),
            _ => {}
        }
    }
    if let Some(method) = protocol::lookup_attr(py, object, intern!("__conform__"))? {
        let result = protocol::call(py, &method, std::slice::from_ref(proto));
        match errors::suppress(py, result, &exceptions::TypeError)? {
            Some(adapted) if !adapted.is_none() => return Ok(adapted),
            _ => {}
        }
    }
    match alternative {
        Some(alternative) => Ok(alternative.clone()),
        None => raise(py, Kind::Programming, "can't adapt"),
    }
}

/// A parameter as it is bound: adapted where it can be.
pub fn adapted_parameter(py: Py, value: &Value) -> PyResult {
    adapt(py, value, &prepare_protocol(), Some(value))
}

/// Whether SQLite takes an object of the very type as it is.
pub fn is_base(value: &Value) -> bool {
    value.as_small_int().is_some()
        || value.as_double().is_some()
        || value.is_none()
        || value.downcast_exact::<Str>().is_some()
        || value.downcast_exact::<Bytes>().is_some()
        || value.downcast_exact::<krait_object::Int>().is_some()
        || value.downcast_exact::<krait_object::Float>().is_some()
        || value
            .downcast_exact::<krait_object::types::bytearray::ByteArray>()
            .is_some()
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let own = |dict: &Dict| Value::from(dict.to_owned());
    m.value("adapters", own(adapters(m.py)))?
        .value("converters", own(converters(m.py)))?
        .function(
            "register_adapter($module, type, adapter, /)",
            register_adapter,
        )?
        .function(
            "register_converter($module, typename, converter, /)",
            register_converter,
        )?
        .function(
            "adapt($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)",
            |py: Py, object: &Value, proto: Option<&Value>, alternative: Option<&Value>| {
                let proto = proto.cloned().unwrap_or_else(prepare_protocol);
                adapt(py, object, &proto, alternative)
            },
        )?;
    Ok(())
}
