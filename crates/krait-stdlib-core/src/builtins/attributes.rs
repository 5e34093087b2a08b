//! `getattr` and its relatives, `dir`, `vars`, `id`, `hash`, `callable`.

use krait_object::{
    Layout, List, ModuleBuilder, Py, PyResult, Str, Value, intern, protocol, raise,
};

fn name<'a>(py: Py, name: &'a Value, function: &str) -> PyResult<&'a Str> {
    match name.downcast::<Str>() {
        Some(name) => Ok(name),
        None => raise!(
            py,
            TypeError,
            "{function}attribute name must be string, not '{}'",
            name.ty().name()
        ),
    }
}

fn getattr(py: Py, object: &Value, attribute: &Value, default: Option<&Value>) -> PyResult {
    let attribute = name(py, attribute, "")?;
    match default {
        None => protocol::get_attr(py, object, attribute),
        Some(default) => {
            Ok(protocol::lookup_attr(py, object, attribute)?.unwrap_or_else(|| default.clone()))
        }
    }
}

fn hasattr(py: Py, object: &Value, attribute: &Value) -> PyResult<bool> {
    Ok(protocol::lookup_attr(py, object, name(py, attribute, "")?)?.is_some())
}

fn setattr(py: Py, object: &Value, attribute: &Value, value: &Value) -> PyResult<()> {
    protocol::set_attr(py, object, name(py, attribute, "")?, value)
}

fn delattr(py: Py, object: &Value, attribute: &Value) -> PyResult<()> {
    protocol::del_attr(py, object, name(py, attribute, "")?)
}

/// `dir(object)`: what `__dir__` gives, sorted.
pub fn dir_of(py: Py, object: &Value) -> PyResult {
    let boxed = object.to_object();
    let Some(names) = protocol::call_special(py, &boxed, intern!("__dir__"), &[])? else {
        return raise!(py, TypeError, "object does not provide __dir__");
    };
    let list = protocol::iter::to_list(py, &names)?;
    krait_object::types::list::sort::sort(py, &list, None, false)?;
    Ok(Value::from(list))
}

fn dir(py: Py, object: Option<&Value>) -> PyResult {
    let Some(object) = object else {
        let locals = krait_vm::frame::current_locals(py)?;
        let keys = protocol::call_method(py, &locals, intern!("keys"), &[])?;
        let list = protocol::iter::to_list(py, &keys)?;
        krait_object::types::list::sort::sort(py, &list, None, false)?;
        return Ok(Value::from(list));
    };
    dir_of(py, object)
}

fn vars(py: Py, object: Option<&Value>) -> PyResult {
    let Some(object) = object else {
        return krait_vm::frame::current_locals(py);
    };
    match protocol::lookup_attr(py, object, intern!("__dict__"))? {
        Some(dict) => Ok(dict),
        None => raise!(
            py,
            TypeError,
            "vars() argument must have __dict__ attribute"
        ),
    }
}

/// `id(object)`: the address; for immediates, which have none, a number made of their
/// word that no address has.
pub fn id(_py: Py, object: &Value) -> i64 {
    match object.as_object() {
        Some(object) => object.as_ptr() as i64,
        None => immediate_id(object.word()),
    }
}

fn immediate_id(word: u64) -> i64 {
    // Small ints that exist as objects keep their address.
    if let Some(i) =
        krait_object::value::both_ints(word, word).then(|| krait_object::value::word_to_int(word))
        && (-5..257).contains(&i)
    {
        return krait_object::Int::from_i64(i).as_object().as_ptr() as i64;
    }
    ((word.rotate_left(16) ^ (word >> 20)) & 0x3FFF_FFFF_FFFF_FFFF) as i64 | 0x4000_0000_0000_0000
}

fn sorted(py: Py, iterable: &Value, key: Option<&Value>, reverse: Option<&Value>) -> PyResult {
    let list: krait_object::Owned<List> = protocol::iter::to_list(py, iterable)?;
    krait_object::types::list::sort::sort_method(py, &list, key, reverse)?;
    Ok(Value::from(list))
}

fn length(py: Py, object: &Value) -> PyResult<usize> {
    protocol::length(py, object)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "getattr($module, object, name, default=<unrepresentable>, /)",
        getattr,
    )?
    .function("hasattr($module, obj, name, /)", hasattr)?
    .function("setattr($module, obj, name, value, /)", setattr)?
    .function("delattr($module, obj, name, /)", delattr)?
    .function("dir($module, object=<unrepresentable>, /)", dir)?
    .function("vars($module, object=<unrepresentable>, /)", vars)?
    .function("id($module, obj, /)", id)?
    .function("hash($module, obj, /)", |py, object: &Value| {
        protocol::hash(py, object)
    })?
    .function("callable($module, obj, /)", |_py, object: &Value| {
        protocol::call::is_callable(object)
    })?
    .function("len($module, obj, /)", length)?
    .function(
        "!sort|sorted($module, iterable, /, *, key=None, reverse=False)",
        sorted,
    )?
    .function("globals($module, /)", krait_vm::frame::current_globals)?
    .function("locals($module, /)", krait_vm::frame::current_locals)?;
    Ok(())
}
