//! `_make`: what the interpreter calls for the syntax of type parameters.

use krait_object::{Args, Instance, Py, PyResult, Str, Tuple, Value, hooks, protocol, raise};

use super::alias::{TypeAliasType, unpack_tuples};
use super::param_spec::ParamSpec;
use super::parts::Lazy;
use super::type_var::TypeVar;
use super::type_var_tuple::TypeVarTuple;

/// The result of an intrinsic, by its name.
pub fn make(py: Py, intrinsic: &Str, args: Args<'_>) -> PyResult {
    let args = args.0;
    let name = args.first().and_then(|n| n.downcast::<Str>());
    match (&*intrinsic.to_rust(), args, name) {
        ("TypeVar", [_], Some(name)) => Ok(TypeVar::inferred(
            py,
            name,
            Lazy::default(),
            Lazy::default(),
        )),
        ("TypeVarWithBound", [_, bound], Some(name)) => Ok(TypeVar::inferred(
            py,
            name,
            Lazy::by(bound.clone()),
            Lazy::default(),
        )),
        ("TypeVarWithConstraints", [_, constraints], Some(name)) => Ok(TypeVar::inferred(
            py,
            name,
            Lazy::default(),
            Lazy::by(constraints.clone()),
        )),
        ("ParamSpec", [_], Some(name)) => Ok(ParamSpec::inferred(py, name)),
        ("TypeVarTuple", [_], Some(name)) => Ok(TypeVarTuple::inferred(py, name)),
        ("TypeAlias", [_, params, evaluate], Some(name)) => Ok(TypeAliasType::from_statement(
            py,
            name,
            params.downcast::<Tuple>(),
            evaluate.clone(),
        )),
        ("SetTypeParamDefault", [param, evaluate], _) => set_default(py, param, evaluate),
        ("SubscriptGeneric", [params], _) => subscript_generic(py, params),
        (other, ..) => raise!(py, SystemError, "no such intrinsic: {other}"),
    }
}

fn set_default(py: Py, param: &Value, evaluate: &Value) -> PyResult {
    if let Some(var) = param.downcast::<Instance<TypeVar>>() {
        var.default.set_evaluate(evaluate.clone());
    } else if let Some(var) = param.downcast::<Instance<ParamSpec>>() {
        var.default.set_evaluate(evaluate.clone());
    } else if let Some(var) = param.downcast::<Instance<TypeVarTuple>>() {
        var.default.set_evaluate(evaluate.clone());
    } else {
        return raise!(
            py,
            TypeError,
            "Expected a type param, got {}",
            protocol::repr(py, param)?.to_rust()
        );
    }
    Ok(param.clone())
}

/// The base that a class with type parameters gets.
fn subscript_generic(py: Py, params: &Value) -> PyResult {
    let params = match params.downcast::<Tuple>() {
        Some(tuple) => unpack_tuples(py, tuple)?,
        None => return raise!(py, SystemError, "a tuple of type parameters is needed"),
    };
    let typing = hooks::import_module(py, "typing")?;
    let generic = protocol::get_attr_str(py, &typing, "Generic")?;
    super::call_typing(py, "_GenericAlias", &[generic, Value::from(params)])
}
