//! `builtins`.

use krait_object::native::module::NativeModule;
use krait_object::types::typeobject::{OBJECT, TYPE};
use krait_object::{Layout, ModuleBuilder, PyResult, Type, Value, exceptions, singletons, types};

mod anext;
mod attributes;
mod classes;
mod code;
mod iteration;
mod numbers;
mod output;

pub const MODULE: NativeModule = NativeModule {
    name: "builtins",
    init,
};

/// The types that `builtins` names.
fn builtin_types() -> Vec<&'static Type> {
    let mut all: Vec<&'static Type> = vec![&TYPE, &OBJECT, &singletons::BOOL];
    all.extend(types::public_types());
    all
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(krait_object::Str::new(DOC)))?;
    for ty in builtin_types() {
        m.value(ty.short_name(), Value::from(ty.to_owned()))?;
    }
    for (name, class) in exceptions::exception_names() {
        m.value(name, Value::from(class.to_owned()))?;
    }
    m.value("None", Value::none())?;
    m.value("True", Value::bool(true))?;
    m.value("False", Value::bool(false))?;
    m.value("Ellipsis", Value::from_static(singletons::ellipsis()))?;
    m.value(
        "NotImplemented",
        Value::from_static(singletons::not_implemented()),
    )?;
    m.value("__debug__", Value::bool(true))?;
    attributes::define(m)?;
    classes::define(m)?;
    code::define(m)?;
    iteration::define(m)?;
    numbers::define(m)?;
    output::define(m)?;
    krait_vm::inline_builtins(m.py, &m.dict())
}

const DOC: &str = "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not normally accessed explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a builtin and need to refer\nto the built-in one.";
