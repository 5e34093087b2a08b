//! `__build_class__`: the `class` statement, and `super()` without arguments.

use krait_object::object::{Layout, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::type_new::metaclass_of;
use krait_object::types::typeobject::{TYPE, Type};
use krait_object::value::Value;
use krait_object::{intern, raise};

use crate::cell::Cell;
use crate::frame::{self, Frame, locals};
use crate::function::Function;
use crate::run::run_function;

/// `builtins.__build_class__(func, name, /, *bases, metaclass=..., **kwds)`.
pub fn build_class(
    py: Py,
    function: &Value,
    name: &Value,
    bases: &[Value],
    keywords: Option<Owned<Dict>>,
) -> PyResult {
    let Some(function) = function.downcast_exact::<Function>() else {
        return raise!(py, TypeError, "__build_class__: func must be a function");
    };
    if name.downcast::<Str>().is_none() {
        return raise!(py, TypeError, "__build_class__: name is not a string");
    }
    let original = Tuple::from_slice(bases);
    let bases = resolve_bases(py, &original)?;
    let keywords = match keywords {
        Some(given) => given.copy(),
        None => Dict::new(),
    };
    let metaclass = choose_metaclass(py, &bases, &keywords)?;
    let namespace = prepare(py, &metaclass, name, &bases, &keywords)?;
    let cell = run_function(py, function, namespace.clone())?;
    if !std::ptr::eq(&*bases, &*original) {
        let key = Value::from(intern!("__orig_bases__").to_owned_str());
        protocol::set_item(py, &namespace, &key, &Value::from(original))?;
    }
    let class = call_metaclass(py, &metaclass, name, &bases, &namespace, &keywords)?;
    check_cell(py, &cell, &class, name)?;
    Ok(class)
}

/// Bases with `__mro_entries__` replaced by what that gives (PEP 560).
pub fn resolve_bases(py: Py, bases: &Tuple) -> PyResult<Owned<Tuple>> {
    let mut resolved: Option<Vec<Value>> = None;
    for (i, base) in bases.iter().enumerate() {
        let value = Value::unboxed(base);
        let entries = match base.downcast::<Type>() {
            Some(_) => None,
            None => protocol::lookup_attr(py, &value, intern!("__mro_entries__"))?,
        };
        let Some(entries) = entries else {
            if let Some(resolved) = &mut resolved {
                resolved.push(value);
            }
            continue;
        };
        let made = protocol::call(py, &entries, &[Value::from(bases.to_owned())])?;
        let Some(made) = made.downcast::<Tuple>() else {
            return raise!(py, TypeError, "__mro_entries__ must return a tuple");
        };
        let so_far =
            resolved.get_or_insert_with(|| bases.iter().take(i).map(Value::unboxed).collect());
        so_far.extend(made.iter().map(Value::unboxed));
    }
    Ok(match resolved {
        Some(resolved) => Tuple::from_values(resolved),
        None => bases.to_owned(),
    })
}

fn choose_metaclass(py: Py, bases: &Tuple, keywords: &Dict) -> PyResult {
    let key = Value::from(intern!("metaclass").to_owned_str());
    let given = match keywords.remove(py, &key)? {
        Some(given) => given,
        None => match bases.get_ref(0) {
            Some(base) => Value::from(base.ty().to_owned()),
            None => Value::from(TYPE.to_owned()),
        },
    };
    match given.downcast::<Type>() {
        Some(metaclass) => metaclass_of(py, metaclass, bases).map(Value::from),
        None => Ok(given),
    }
}

/// Positional values with the keywords behind them.
fn with_keywords(first: Vec<Value>, keywords: &Dict) -> (Vec<Value>, Owned<Tuple>) {
    let (names, values): (Vec<Value>, Vec<Value>) = keywords.to_vec().into_iter().unzip();
    let mut all = first;
    all.extend(values);
    (all, Tuple::from_values(names))
}

fn prepare(
    py: Py,
    metaclass: &Value,
    name: &Value,
    bases: &Owned<Tuple>,
    keywords: &Dict,
) -> PyResult {
    let Some(prepare) = protocol::lookup_attr(py, metaclass, intern!("__prepare__"))? else {
        return Ok(Value::from(Dict::new()));
    };
    let (values, names) = with_keywords(vec![name.clone(), Value::from(bases.clone())], keywords);
    let namespace = protocol::call_with(py, &prepare, &values, Some(&names))?;
    if !is_mapping(&namespace) {
        let who = match metaclass.downcast::<Type>() {
            Some(ty) => ty.short_name().to_owned(),
            None => "<metaclass>".to_owned(),
        };
        return raise!(
            py,
            TypeError,
            "{who}.__prepare__() must return a mapping, not {}",
            namespace.ty().name()
        );
    }
    Ok(namespace)
}

fn is_mapping(value: &Value) -> bool {
    // SAFETY: slot tables live as long as the type.
    unsafe { value.ty().raw().tp_as_mapping.as_ref() }.is_some_and(|m| m.mp_subscript.is_some())
}

fn call_metaclass(
    py: Py,
    metaclass: &Value,
    name: &Value,
    bases: &Owned<Tuple>,
    namespace: &Value,
    keywords: &Dict,
) -> PyResult {
    let first = vec![name.clone(), Value::from(bases.clone()), namespace.clone()];
    let (values, names) = with_keywords(first, keywords);
    protocol::call_with(py, metaclass, &values, Some(&names))
}

/// `__classcell__` must have come to `type.__new__`.
fn check_cell(py: Py, cell: &Value, class: &Value, name: &Value) -> PyResult<()> {
    let Some(cell) = cell.downcast_exact::<Cell>() else {
        return Ok(());
    };
    if class.downcast::<Type>().is_none() {
        return Ok(());
    }
    let text = |v: &Value| protocol::repr(py, v).map(|t| t.to_rust().into_owned());
    match cell.get() {
        None => {
            let name = text(name)?;
            raise!(
                py,
                RuntimeError,
                "__class__ not set defining {name} as {}. Was __classcell__ propagated to type.__new__?",
                text(class)?
            )
        }
        Some(set) if !set.is(class) => {
            let (set, name) = (text(&set)?, text(name)?);
            raise!(
                py,
                TypeError,
                "__class__ set to {set} defining {name} as {}",
                text(class)?
            )
        }
        Some(_) => Ok(()),
    }
}

/// The class and first argument of the running function, for `super()`.
pub fn super_arguments(py: Py) -> PyResult<(Owned<Type>, Owned)> {
    let frame = frame::current(py);
    if frame.is_null() {
        return raise!(py, RuntimeError, "super(): no current frame");
    }
    // SAFETY: the innermost frame is alive.
    unsafe {
        let code = Frame::code_ref(frame);
        if code.shape().argcount == 0 {
            return raise!(py, RuntimeError, "super(): no arguments");
        }
        let Some(object) = first_argument(frame) else {
            return raise!(py, RuntimeError, "super(): arg[0] deleted");
        };
        let first_free = code.shape().first_free();
        let free = code.locals().get(usize::from(first_free)..);
        let place = free
            .unwrap_or_default()
            .iter()
            .position(|n| n.eq_str("__class__"));
        let Some(place) = place else {
            return raise!(py, RuntimeError, "super(): __class__ cell not found");
        };
        let Some(class) = locals::read(frame, first_free + place as u16) else {
            return raise!(py, RuntimeError, "super(): empty __class__ cell");
        };
        match class.downcast::<Type>() {
            Some(ty) => Ok((ty.to_owned(), object.into_object())),
            None => raise!(
                py,
                RuntimeError,
                "super(): __class__ is not a type ({})",
                class.ty().name()
            ),
        }
    }
}

/// The first argument, which may have moved into a cell.
///
/// # Safety
/// The frame is alive and has a parameter.
unsafe fn first_argument(frame: *mut Frame) -> Option<Value> {
    // SAFETY: the contract.
    unsafe {
        let code = Frame::code_ref(frame);
        let cells = code.cell_parameters();
        match cells.iter().position(|c| *c == Some(0)) {
            Some(i) => locals::read(frame, code.shape().first_cell() + i as u16),
            None => locals::read(frame, 0),
        }
    }
}
