//! Calls with `*iterable` and `**mapping`.

use krait_bytecode::Word;
use krait_bytecode::op::{CALL_DISCARD, CALL_EX_KWARGS};
use krait_object::object::{Layout, Owned};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::method::Method;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use super::build::merge;
use super::call::{call_of_instance, discard, reloaded, resume};
use crate::breaker;
use crate::call::arguments::Packed;
use crate::call::construct::{Construction, instance, is_called_by_type, of_class};
use crate::call::enter_bound;
use crate::frame::flag;
use crate::function::Function;
use crate::state::{Flow, Saved, State};

/// Words of a CALL_EX with its cache.
const EX: u32 = 2;

pub fn CALL_EX(s: &mut State, w: Word) -> Flow {
    let flow = call_ex(s.saved(), w);
    resume(s, flow)
}

#[inline(never)]
fn call_ex(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let (callable, args) = (s.take(w.b()), s.take(w.b() + 1));
    let kwargs = (w.flag() & CALL_EX_KWARGS != 0).then(|| s.take(w.b() + 2));
    match call_packed(&s, w, &callable, args, kwargs) {
        Ok(flow) => flow,
        Err(Raised) => Flow::Raise,
    }
}

fn call_packed(
    s: &State,
    w: Word,
    callable: &Value,
    args: Value,
    kwargs: Option<Value>,
) -> PyResult<Flow> {
    let args = argument_tuple(s, callable, args)?;
    let kwargs = match kwargs {
        Some(kwargs) => keyword_dict(s, callable, kwargs)?,
        None => None,
    };
    let arguments = Packed {
        receiver: None,
        args,
        kwargs,
    };
    let Some(object) = callable.as_object() else {
        return call_any(s, w, callable, &arguments);
    };
    if let Some(function) = object.downcast_exact::<Function>() {
        return Ok(enter(s, w, function, arguments, None));
    }
    if let Some(method) = object.downcast_exact::<Method>() {
        if let Some(function) = method.function().downcast_exact::<Function>() {
            let receiver = Value::unboxed(method.receiver());
            return Ok(enter(s, w, function, arguments, Some(receiver)));
        }
    } else if let Some(class) = object.downcast::<Type>()
        && is_called_by_type(class)
    {
        if let Construction::Init(init) = of_class(s.py, class) {
            return construct(s, w, class, &init, arguments);
        }
    } else if let Some(function) = call_of_instance(s, object) {
        return Ok(enter(s, w, &function, arguments, Some(callable.clone())));
    }
    call_any(s, w, callable, &arguments)
}

/// Enters a function, with a receiver before the arguments.
fn enter(
    s: &State,
    w: Word,
    function: &Function,
    mut arguments: Packed,
    receiver: Option<Value>,
) -> Flow {
    arguments.receiver = receiver;
    enter_with_flags(s, function, arguments, discard(w))
}

fn enter_with_flags(s: &State, function: &Function, arguments: Packed, flags: u32) -> Flow {
    // SAFETY: the loop's state is reloaded next.
    reloaded(unsafe { enter_bound(s.py, function.to_owned(), arguments, flags, EX) })
}

/// Makes an instance and enters `__init__`; the instance waits in the callable's register.
fn construct(
    s: &State,
    w: Word,
    class: &Type,
    init: &Function,
    mut arguments: Packed,
) -> PyResult<Flow> {
    let instance = Value::from(instance(class)?);
    arguments.receiver = Some(instance.clone());
    let flow = enter_with_flags(s, init, arguments, flag::INIT | discard(w));
    if matches!(flow, Flow::Reload) {
        // `s` is the caller's state still.
        s.put(w.b(), instance.into_word());
    }
    Ok(flow)
}

/// Calls anything, with the arguments as values in a row.
fn call_any(s: &State, w: Word, callable: &Value, arguments: &Packed) -> PyResult<Flow> {
    let result = match &arguments.kwargs {
        None => match protocol::call::call_packed(s.py, callable, &arguments.args) {
            Some(result) => result,
            None => call_row(s.py, callable, &arguments.args, None),
        },
        Some(kwargs) => call_row(s.py, callable, &arguments.args, Some(kwargs)),
    };
    let value = result?;
    if breaker::is_set() && breaker::poll(s.saved()).is_err() {
        return Err(Raised);
    }
    if w.flag() & CALL_DISCARD == 0 {
        s.set_value(w.a(), value);
    }
    Ok(Flow::Next)
}

fn call_row(py: Py, callable: &Value, args: &Tuple, kwargs: Option<&Dict>) -> PyResult {
    let named = kwargs.map_or(0, Dict::len);
    let mut values = Vec::with_capacity(args.len() + named);
    values.extend(args.iter().map(Value::unboxed));
    let Some(kwargs) = kwargs else {
        return protocol::call_with(py, callable, &values, None);
    };
    let mut names = Vec::with_capacity(named);
    let mut at = 0;
    while let Some((name, value)) = kwargs.iter_step(&mut at) {
        names.push(name);
        values.push(value);
    }
    protocol::call_with(py, callable, &values, Some(&Tuple::from_values(names)))
}

/// The positional arguments of `f(*iterable)`.
pub fn argument_tuple(s: &State, callable: &Value, args: Value) -> PyResult<Owned<Tuple>> {
    if args.downcast_exact::<Tuple>().is_some() {
        // SAFETY: just looked at.
        return Ok(unsafe { args.into_object().cast_unchecked() });
    }
    let iterable = args
        .as_object()
        .is_some_and(|o| o.ty().raw().tp_iter.is_some() || protocol::iter::is_sequence(o));
    if !iterable {
        let name = callable_name(s, callable)?;
        return raise!(
            s.py,
            TypeError,
            "{name} argument after * must be an iterable, not {}",
            args.ty().name()
        );
    }
    protocol::iter::to_tuple(s.py, &args)
}

/// The keyword arguments of `f(**mapping)`: a plain dict with strings as keys, or nothing.
/// It may be the program's own.
fn keyword_dict(s: &State, callable: &Value, mapping: Value) -> PyResult<Option<Owned<Dict>>> {
    let dict: Owned<Dict> = if mapping.downcast_exact::<Dict>().is_some() {
        // SAFETY: just looked at.
        unsafe { mapping.into_object().cast_unchecked() }
    } else {
        let dict = Dict::new();
        merge(s, &Value::from(dict.clone()), &mapping, callable)?;
        dict
    };
    let mut at = 0;
    while let Some(key) = dict.key_step(&mut at) {
        if key.downcast::<Str>().is_none() {
            return raise!(s.py, TypeError, "keywords must be strings");
        }
    }
    Ok((!dict.is_empty()).then_some(dict))
}

/// How error texts name a callable: `module.qualname()`.
pub fn callable_name(s: &State, callable: &Value) -> PyResult<String> {
    let text = |name: &'static Str| -> PyResult<Option<String>> {
        let found = protocol::lookup_attr(s.py, callable, name)?;
        Ok(found.and_then(|v| v.downcast::<Str>().map(|t| t.to_rust().into_owned())))
    };
    let Some(qualname) = text(krait_object::intern!("__qualname__"))? else {
        return protocol::str(s.py, callable).map(|t| t.to_rust().into_owned());
    };
    Ok(match text(krait_object::intern!("__module__"))? {
        Some(module) if module != "builtins" => format!("{module}.{qualname}()"),
        _ => format!("{qualname}()"),
    })
}
