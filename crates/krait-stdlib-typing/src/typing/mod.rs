//! The module `_typing` (PEP 484, 612, 646, 695, 696).
//!
//! Bounds, constraints, defaults and the values of aliases are evaluated when they are
//! first asked for, by functions of one argument, the annotation format.

use krait_object::native::ModuleBuilder;
use krait_object::native::module::NativeModule;
use krait_object::types::union::UNION;
use krait_object::{Args, Py, PyResult, Str, Value, hooks, intern, protocol, raise};

mod alias;
mod evaluator;
mod generic;
mod make;
mod no_default;
mod param_spec;
mod param_spec_parts;
mod parts;
mod type_var;
mod type_var_tuple;

pub const MODULE: NativeModule = NativeModule {
    name: "_typing",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.function("_idfunc($module, x, /)", |_py, x: &Value| x.clone())?;
    m.function("_make($module, intrinsic, /, *args)", make::make)?;
    m.class::<type_var::TypeVar>()?
        .class::<param_spec::ParamSpec>()?
        .class::<param_spec_parts::ParamSpecArgs>()?
        .class::<param_spec_parts::ParamSpecKwargs>()?
        .class::<type_var_tuple::TypeVarTuple>()?
        .class::<alias::TypeAliasType>()?
        .type_object(&UNION)?;
    m.value("Generic", generic::generic(m.py)?)?;
    m.value("NoDefault", no_default::no_default(m.py))?;
    Ok(())
}

/// Calls a function of `typing`.
fn call_typing(py: Py, name: &str, values: &[Value]) -> PyResult {
    let typing = hooks::import_module(py, "typing")?;
    let function = protocol::get_attr_str(py, &typing, name)?;
    protocol::call(py, &function, values)
}

/// `typing.Unpack[value]`.
fn unpack(py: Py, value: Value) -> PyResult {
    let typing = hooks::import_module(py, "typing")?;
    let unpack = protocol::get_attr_str(py, &typing, "Unpack")?;
    protocol::get_item(py, &unpack, &value)
}

/// The name of the module whose code is running.
fn caller(py: Py) -> Option<Value> {
    let globals = (hooks::get(py).current_globals)(py)?;
    globals.get_str_key(py, intern!("__name__"))
}

/// Says where the object was made: pickle finds it there by its name.
fn set_module(py: Py, object: &Value) -> PyResult<()> {
    let module = caller(py).unwrap_or_else(Value::none);
    protocol::set_attr(py, object, intern!("__module__"), &module)
}

/// `__mro_entries__` of things that are no classes.
fn cannot_subclass(py: Py, what: &str) -> PyResult<()> {
    raise!(py, TypeError, "Cannot subclass an instance of {what}")
}

/// The name of a type parameter with a sign for its variance.
fn signed_name(name: &Str, covariant: bool, contravariant: bool, infer: bool) -> String {
    let sign = match (infer, covariant, contravariant) {
        (true, ..) => "",
        (_, true, _) => "+",
        (_, _, true) => "-",
        _ => "~",
    };
    format!("{sign}{}", name.to_rust())
}

/// Refuses what contradicts itself.
fn check_variance(py: Py, covariant: bool, contravariant: bool, infer: bool) -> PyResult<()> {
    if covariant && contravariant {
        return raise!(py, ValueError, "Bivariant types are not supported.");
    }
    if infer && (covariant || contravariant) {
        return raise!(
            py,
            ValueError,
            "Variance cannot be specified with infer_variance."
        );
    }
    Ok(())
}

/// `self | other` for things that may stand in an annotation.
fn union(py: Py, a: &krait_object::Object, b: &krait_object::Object) -> PyResult {
    krait_object::types::union::of_annotations(py, &[a, b])
}

/// The arguments of `*args` as a slice.
fn rest<'a>(args: &Args<'a>) -> &'a [Value] {
    args.0
}
