//! `functools.partial` objects: their call, their attributes.

use std::cell::RefCell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, NativeDef, TypeBuilder};
use krait_object::protocol::{self, repr::ReprGuard};
use krait_object::types::{method, sequence};
use krait_object::{
    Builtin, Dict, Layout, Object, Owned, Py, PyResult, Tuple, Value, class_cell, raise,
};
use smallvec::SmallVec;

use super::{partial_new, placeholder};

/// What a partial object is made of.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) function: Value,
    pub(super) args: Owned<Tuple>,
    pub(super) keywords: Owned<Dict>,
    /// How many of the arguments are placeholders.
    pub(super) holes: usize,
}

/// A `partial`. The parts are only missing once the collector has cleared it.
pub struct Partial(pub(super) RefCell<Option<Parts>>);

pub(super) type This = Instance<Partial>;
type Values = SmallVec<[Value; 10]>;

impl Partial {
    pub(super) fn parts(&self, py: Py) -> PyResult<Parts> {
        match self.0.borrow().clone() {
            Some(parts) => Ok(parts),
            None => raise!(py, TypeError, "partial object has been cleared"),
        }
    }
}

/// The positional arguments of a call, with the holes filled; what is left of `given`.
fn fill<'a>(py: Py, parts: &Parts, given: &'a [Value], all: &mut Values) -> PyResult<&'a [Value]> {
    if parts.holes == 0 {
        all.extend(parts.args.iter().map(Value::unboxed));
        return Ok(given);
    }
    if given.len() < parts.holes {
        return raise!(
            py,
            TypeError,
            "missing positional arguments in 'partial' call; expected at least {}, got {}",
            parts.holes,
            given.len()
        );
    }
    let (fillers, rest) = given.split_at(parts.holes);
    let mut fillers = fillers.iter();
    for argument in parts.args.iter().map(Value::unboxed) {
        if placeholder::is(py, &argument) {
            all.extend(fillers.next().cloned());
        } else {
            all.push(argument);
        }
    }
    Ok(rest)
}

/// Appends the keyword arguments of the partial and of the call; gives their names.
fn add_keywords(
    py: Py,
    own: &Dict,
    named: &[Value],
    names: Option<&Tuple>,
    all: &mut Values,
) -> PyResult<Owned<Tuple>> {
    let first = all.len();
    let mut keys: SmallVec<[Value; 8]> = SmallVec::new();
    let mut at = 0;
    while let Some((key, value)) = own.iter_step(&mut at) {
        if key.downcast::<krait_object::Str>().is_none() {
            return raise!(py, TypeError, "keywords must be strings");
        }
        keys.push(key);
        all.push(value);
    }
    let own_count = keys.len();
    for (i, value) in named.iter().enumerate() {
        let Some(name) = names.and_then(|n| n.get(i)) else {
            continue;
        };
        let same = match own.contains(py, &name)? {
            true => position(py, &keys[..own_count], &name)?,
            false => None,
        };
        match same {
            Some(place) => all[first + place] = value.clone(),
            None => {
                keys.push(name);
                all.push(value.clone());
            }
        }
    }
    Ok(Tuple::from_slice(&keys))
}

fn position(py: Py, keys: &[Value], name: &Value) -> PyResult<Option<usize>> {
    for (i, key) in keys.iter().enumerate() {
        if protocol::equal(py, key, name)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn call(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let Some(this) = this.and_then(|t| t.downcast::<This>()) else {
        return raise!(
            py,
            TypeError,
            "descriptor '__call__' requires a 'functools.partial' object"
        );
    };
    let parts = this.parts(py)?;
    if parts.args.is_empty() && parts.keywords.is_empty() {
        return protocol::call_with(py, &parts.function, values, names);
    }
    let (given, named) = values.split_at(values.len() - names.map_or(0, |n| n.len()));
    let mut all = Values::new();
    let rest = fill(py, &parts, given, &mut all)?;
    all.extend(rest.iter().cloned());
    if parts.keywords.is_empty() {
        all.extend(named.iter().cloned());
        return protocol::call_with(py, &parts.function, &all, names);
    }
    let names = add_keywords(py, &parts.keywords, named, names, &mut all)?;
    protocol::call_with(py, &parts.function, &all, Some(&names))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let Some(_guard) = ReprGuard::enter(py, this.as_object()) else {
        return Ok("...".to_string());
    };
    let parts = this.parts(py)?;
    let class = Value::from(this.as_object().ty().to_owned());
    let module = protocol::get_attr_str(py, &class, "__module__")?;
    let name = protocol::get_attr_str(py, &class, "__qualname__")?;
    let mut text = format!(
        "{}.{}(",
        protocol::str(py, &module)?.to_rust(),
        protocol::str(py, &name)?.to_rust()
    );
    text.push_str(&protocol::repr(py, &parts.function)?.to_rust());
    for argument in parts.args.as_values() {
        text.push_str(", ");
        text.push_str(&protocol::repr(py, argument)?.to_rust());
    }
    let mut at = 0;
    while let Some((key, value)) = parts.keywords.iter_step(&mut at) {
        text.push_str(", ");
        text.push_str(&protocol::str(py, &key)?.to_rust());
        text.push('=');
        text.push_str(&protocol::repr(py, &value)?.to_rust());
    }
    text.push(')');
    Ok(text)
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, Value, Value)> {
    let parts = this.parts(py)?;
    let class = Value::from(this.as_object().ty().to_owned());
    let dict = match protocol::attr::instance_dict(py, this.as_object()) {
        Some(dict) if !dict.is_empty() => Value::from(dict),
        _ => Value::none(),
    };
    let function = parts.function.clone();
    let state = [
        parts.function,
        Value::from(parts.args),
        Value::from(parts.keywords),
        dict,
    ];
    Ok((
        class,
        Value::from(Tuple::from_values([function])),
        Value::from(Tuple::from_values(state)),
    ))
}

fn set_state(py: Py, this: &This, state: &Value) -> PyResult<()> {
    let invalid = || raise!(py, TypeError, "invalid partial state");
    let Some(state) = state.downcast::<Tuple>().filter(|s| s.len() == 4) else {
        return invalid();
    };
    let [function, args, keywords, dict] = state.as_values() else {
        return invalid();
    };
    let Some(args) = args
        .downcast::<Tuple>()
        .filter(|_| protocol::call::is_callable(function))
    else {
        return invalid();
    };
    let is_dict = |v: &Value| v.is_none() || v.downcast::<Dict>().is_some();
    if !is_dict(keywords) || !is_dict(dict) {
        return invalid();
    }
    let holes = partial_new::count_holes(py, args.as_values())?;
    let keywords = match keywords.downcast_exact::<Dict>() {
        Some(keywords) => keywords.to_owned(),
        None => {
            let copy = Dict::new();
            if !keywords.is_none() {
                copy.update(py, keywords)?;
            }
            copy
        }
    };
    let args = if args.as_object().ty().is(Tuple::type_object()) {
        args.to_owned()
    } else {
        Tuple::from_slice(args.as_values())
    };
    let parts = Parts {
        function: function.clone(),
        args,
        keywords,
        holes,
    };
    let old = this.0.replace(Some(parts));
    drop(old);
    if let Some(own) = protocol::attr::instance_dict(py, this.as_object()) {
        own.clear();
        if !dict.is_none() {
            own.update(py, dict)?;
        }
    }
    Ok(())
}

impl Class for Partial {
    const NAME: &'static str = "functools.partial";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.subclassable()
            .with_dict()
            .with_weakrefs()
            .doc(DOC)
            .new_with("partial(*args, **keywords)", partial_new::new)
            .call_flat("__call__($self, /, *args, **kwargs)", call)
            .repr(repr)
            .descr_get(
                |py: Py, this: &This, instance: Option<&Object>, _owner: Option<&Object>| {
                    let own = Value::from(this.to_owned());
                    match instance.filter(|i| !i.is_none()) {
                        Some(instance) => method::bound(py, &own, Value::from(instance.to_owned())),
                        None => own,
                    }
                },
            )
            .getter("func", |py: Py, this: &This| {
                this.parts(py).map(|p| p.function)
            })
            .getter("args", |py: Py, this: &This| this.parts(py).map(|p| p.args))
            .getter("keywords", |py: Py, this: &This| {
                this.parts(py).map(|p| p.keywords)
            })
            .method("__reduce__($self, /)", reduce)
            .method("__setstate__($self, object, /)", set_state)
            .class_method(
                "__class_getitem__($type, object, /)",
                sequence::class_getitem,
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(parts) = self.0.try_borrow()
            && let Some(parts) = &*parts
        {
            visitor.field(&parts.function);
            visitor.field(&parts.args);
            visitor.field(&parts.keywords);
        }
    }

    fn clear(&self) {
        let parts = self.0.take();
        drop(parts);
    }
}

/// Whether a value is a partial object that another can take apart: of the type itself or
/// a subclass, without attributes of its own.
pub(super) fn plain(py: Py, value: &Value) -> Option<Owned<This>> {
    let object = value.as_object()?;
    if !This::is_instance(object) {
        return None;
    }
    let bare = krait_object::types::attributes::snapshot(py, object).is_empty();
    bare.then(|| object.downcast::<This>().map(Layout::to_owned))
        .flatten()
}

const DOC: &str = "partial(func, /, *args, **keywords)\n--\n\nCreate a new function with partial application of the given arguments\nand keywords.";
