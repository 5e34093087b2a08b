//! Type parameters: which ones occur in a generic's arguments, and putting types in
//! their place. Type variables take part by `__typing_subst__` and its relatives.

use krait_abi::Py_TPFLAGS_TYPE_SUBCLASS;

use super::GenericAlias;
use crate::native::Instance;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::list::List;
use crate::types::tuple::{TUPLE, Tuple};
use crate::types::typeobject::Type;
use crate::value::Value;

fn is_class(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|o| o.ty().has_flag(Py_TPFLAGS_TYPE_SUBCLASS))
}

fn index_in(items: &[Value], wanted: &Value) -> Option<usize> {
    items.iter().position(|item| item.is(wanted))
}

fn add_once(items: &mut Vec<Value>, new: &Value) {
    if index_in(items, new).is_none() {
        items.push(new.clone());
    }
}

/// Items of an exact list or tuple.
fn items_of(value: &Value) -> Option<Vec<Value>> {
    if let Some(tuple) = value.downcast_exact::<Tuple>() {
        return Some(tuple.iter().map(Value::unboxed).collect());
    }
    let list = value.downcast_exact::<List>()?;
    Some(list.to_vec().into_iter().map(Value::from).collect())
}

/// The type parameters in the arguments, each once, in the order they occur.
pub fn parameters_of(py: Py, args: &[Value]) -> PyResult<Owned<Tuple>> {
    let mut found = Vec::new();
    collect(py, args, &mut found)?;
    Ok(Tuple::from_slice(&found))
}

fn collect(py: Py, args: &[Value], found: &mut Vec<Value>) -> PyResult<()> {
    py.thread().check_native_stack(py, "")?;
    for arg in args {
        if is_class(arg) {
            continue;
        }
        if let Some(items) = items_of(arg) {
            collect(py, &items, found)?;
            continue;
        }
        if protocol::lookup_attr(py, arg, crate::intern!("__typing_subst__"))?.is_some() {
            add_once(found, arg);
            continue;
        }
        let inner = protocol::lookup_attr(py, arg, crate::intern!("__parameters__"))?;
        if let Some(inner) = inner.as_ref().and_then(|p| p.downcast::<Tuple>()) {
            inner
                .iter()
                .for_each(|p| add_once(found, &Value::unboxed(p)));
        }
    }
    Ok(())
}

/// What `*item` stands for, where the item is an unpacked tuple type.
fn unpacked_tuple_args(py: Py, item: &Value) -> PyResult<Option<Value>> {
    if let Some(alias) = item.downcast_exact::<Instance<GenericAlias>>()
        && alias.starred
        && alias.origin.is(TUPLE.as_object())
    {
        return Ok(Some(Value::from(alias.args.clone())));
    }
    let found = protocol::lookup_attr(py, item, crate::intern!("__typing_unpacked_tuple_args__"))?;
    Ok(found.filter(|f| !f.is_none()))
}

/// The items of a subscript with unpacked tuples spread.
pub fn unpack_args(py: Py, item: &Value) -> PyResult<Owned<Tuple>> {
    let single = [item.clone()];
    let items = match item.downcast::<Tuple>() {
        Some(tuple) => tuple.as_values(),
        None => &single[..],
    };
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        if is_class(item) {
            all.push(item.clone());
            continue;
        }
        let spread = unpacked_tuple_args(py, item)?;
        match spread.as_ref().and_then(|s| s.downcast::<Tuple>()) {
            Some(spread)
                if !spread
                    .iter()
                    .next_back()
                    .is_some_and(|last| last.is(singletons::ellipsis())) =>
            {
                all.extend(spread.iter().map(Value::unboxed));
            }
            _ => all.push(item.clone()),
        }
    }
    Ok(Tuple::from_slice(&all))
}

/// Lets every parameter that wants to (`__typing_prepare_subst__`) group the items.
fn prepare(py: Py, this: &Object, parameters: &Tuple, items: Owned<Tuple>) -> PyResult<Value> {
    let mut item = Value::from(items);
    for parameter in parameters.iter() {
        let parameter = Value::unboxed(parameter);
        let hook =
            protocol::lookup_attr(py, &parameter, crate::intern!("__typing_prepare_subst__"))?;
        let Some(hook) = hook.filter(|h| !h.is_none()) else {
            continue;
        };
        let grouped = match item.downcast::<Tuple>() {
            Some(_) => item.clone(),
            None => Value::from(Tuple::from_slice(std::slice::from_ref(&item))),
        };
        item = protocol::call(py, &hook, &[Value::from(this.to_owned()), grouped])?;
    }
    Ok(item)
}

/// The arguments of `this` after `this[item]`: each parameter replaced by its item.
pub fn substitute(
    py: Py,
    this: &Object,
    args: &[Value],
    parameters: &Tuple,
    item: &Value,
) -> PyResult<Vec<Value>> {
    py.thread().check_native_stack(py, "")?;
    if parameters.is_empty() {
        let name = protocol::repr::repr_object(py, this)?;
        return crate::raise!(py, TypeError, "{} is not a generic class", name.to_rust());
    }
    let unpacked = unpack_args(py, item)?;
    let item = prepare(py, this, parameters, unpacked)?;
    let single = [item.clone()];
    let items = item
        .downcast::<Tuple>()
        .map_or(&single[..], |t| t.as_values());
    let expected = parameters.len();
    if items.len() != expected {
        let many = if items.len() > expected {
            "many"
        } else {
            "few"
        };
        let name = protocol::repr::repr_object(py, this)?;
        return crate::raise!(
            py,
            TypeError,
            "Too {many} arguments for {}; actual {}, expected {expected}",
            name.to_rust(),
            items.len()
        );
    }
    let mut new = Vec::with_capacity(args.len());
    for arg in args {
        substitute_one(py, this, arg, parameters, &item, items, &mut new)?;
    }
    Ok(new)
}

fn substitute_one(
    py: Py,
    this: &Object,
    arg: &Value,
    parameters: &Tuple,
    item: &Value,
    items: &[Value],
    new: &mut Vec<Value>,
) -> PyResult<()> {
    if is_class(arg) {
        new.push(arg.clone());
        return Ok(());
    }
    if let Some(inner) = items_of(arg) {
        let inner = substitute(py, this, &inner, parameters, item)?;
        new.push(match arg.downcast::<Tuple>() {
            Some(_) => Value::from(Tuple::from_slice(&inner)),
            None => Value::from(List::from_values(inner)),
        });
        return Ok(());
    }
    let spread = match protocol::lookup_attr(
        py,
        arg,
        crate::intern!("__typing_is_unpacked_typevartuple__"),
    )? {
        Some(flag) => protocol::truth(py, &flag)?,
        None => false,
    };
    let made = match protocol::lookup_attr(py, arg, crate::intern!("__typing_subst__"))? {
        Some(hook) => match index_in(parameters.as_values(), arg) {
            Some(index) => protocol::call(py, &hook, &[items[index].clone()])?,
            None => {
                let shown = protocol::repr(py, arg)?;
                return crate::raise!(
                    py,
                    TypeError,
                    "argument {} with __typing_subst__ was not found in __parameters__",
                    shown.to_rust()
                );
            }
        },
        None => substitute_inside(py, arg, parameters, items)?,
    };
    if !spread {
        new.push(made);
        return Ok(());
    }
    match made.downcast::<Tuple>() {
        Some(tuple) => new.extend(tuple.iter().map(Value::unboxed)),
        None => {
            return crate::raise!(
                py,
                TypeError,
                "expected __typing_subst__ of {} objects to return a tuple, not {}",
                arg.ty().full_name(),
                made.ty().full_name()
            );
        }
    }
    Ok(())
}

/// Parameters inside a generic that is itself an argument: `arg[...]` with their items.
fn substitute_inside(py: Py, arg: &Value, parameters: &Tuple, items: &[Value]) -> PyResult {
    let inner = protocol::lookup_attr(py, arg, crate::intern!("__parameters__"))?;
    let Some(inner) = inner
        .as_ref()
        .and_then(|p| p.downcast::<Tuple>())
        .filter(|p| !p.is_empty())
    else {
        return Ok(arg.clone());
    };
    let mut chosen = Vec::with_capacity(inner.len());
    for parameter in inner.iter().map(Value::unboxed) {
        let Some(index) = index_in(parameters.as_values(), &parameter) else {
            chosen.push(parameter);
            continue;
        };
        let item = &items[index];
        match item.downcast::<Tuple>() {
            Some(many) if can_iterate(parameter.ty()) => {
                chosen.extend(many.iter().map(Value::unboxed))
            }
            _ => chosen.push(item.clone()),
        }
    }
    protocol::get_item(py, arg, &Value::from(Tuple::from_slice(&chosen)))
}

/// A `TypeVarTuple` is told from other parameters by being iterable.
fn can_iterate(ty: &Type) -> bool {
    ty.raw().tp_iter.is_some()
}
