//! The `match` statement.

use krait_abi::{_Py_TPFLAGS_MATCH_SELF, Py_TPFLAGS_MAPPING, Py_TPFLAGS_SEQUENCE};
use krait_bytecode::Word;
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::PyResult;
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;
use krait_object::{intern, raise};

use crate::state::{Flow, State, wide};

#[inline(always)]
fn unless_flag(s: &State, w: Word, flag: std::ffi::c_ulong) -> Flow {
    if s.lend(w.a()).ty().has_flag(flag) {
        Flow::Next
    } else {
        wide(w)
    }
}

pub fn JUMP_IF_NOT_MAPPING(s: &mut State, w: Word) -> Flow {
    unless_flag(s, w, Py_TPFLAGS_MAPPING)
}

pub fn JUMP_IF_NOT_SEQUENCE(s: &mut State, w: Word) -> Flow {
    unless_flag(s, w, Py_TPFLAGS_SEQUENCE)
}

pub fn GET_LEN(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.copy(w.b());
    let length = protocol::length(s.py, &value);
    s.finish(w.a(), length.map(|n| Value::int(n as i64)))
}

pub fn MATCH_KEYS(s: &mut State, w: Word) -> Flow {
    s.save();
    let (subject, keys) = (s.copy(w.b()), s.copy(w.c()));
    let result = match_keys(s, &subject, &keys);
    s.finish(w.a(), result)
}

/// The values of all keys, or None where one is missing.
fn match_keys(s: &State, subject: &Value, keys: &Value) -> PyResult {
    let Some(keys) = keys.downcast::<Tuple>() else {
        return raise!(s.py, SystemError, "not a tuple of keys");
    };
    let seen = Dict::new();
    let get = protocol::get_attr(s.py, subject, intern!("get"))?;
    // An object of its own tells a missing key from any value.
    let missing = Value::from(Dict::new());
    let mut values = Vec::with_capacity(keys.len());
    for key in keys.iter() {
        let key = Value::unboxed(key);
        if seen.contains(s.py, &key)? {
            let text = protocol::repr(s.py, &key)?;
            return raise!(
                s.py,
                ValueError,
                "mapping pattern checks duplicate key ({})",
                text.to_rust()
            );
        }
        seen.set_value(s.py, &key, Value::none())?;
        let value = protocol::call(s.py, &get, &[key, missing.clone()])?;
        if value.is(&missing) {
            return Ok(Value::none());
        }
        values.push(value);
    }
    Ok(Value::from(Tuple::from_values(values)))
}

pub fn MATCH_CLASS(s: &mut State, w: Word) -> Flow {
    s.save();
    let (subject, class, names) = (s.take(w.b()), s.take(w.b() + 1), s.take(w.b() + 2));
    let result = match_class(s, &subject, &class, &names, w.c() as usize);
    s.finish(w.a(), result)
}

fn match_class(
    s: &State,
    subject: &Value,
    class: &Value,
    names: &Value,
    positional: usize,
) -> PyResult {
    let Some(ty) = class.downcast::<Type>() else {
        return raise!(s.py, TypeError, "called match pattern must be a class");
    };
    if !protocol::is_instance(s.py, subject, ty.as_object())? {
        return Ok(Value::none());
    }
    let Some(names) = names.downcast::<Tuple>() else {
        return raise!(s.py, SystemError, "not a tuple of names");
    };
    let mut found = Attributes {
        s,
        subject,
        class: ty,
        seen: Vec::new(),
        values: Vec::new(),
    };
    if positional > 0 && !found.positional(positional)? {
        return Ok(Value::none());
    }
    for i in 0..names.len() {
        let Some(name) = names.get_str(i) else {
            continue;
        };
        if !found.add(name)? {
            return Ok(Value::none());
        }
    }
    Ok(Value::from(Tuple::from_values(found.values)))
}

/// Attributes of a subject that a class pattern asks for.
struct Attributes<'a> {
    s: &'a State,
    subject: &'a Value,
    class: &'a Type,
    seen: Vec<String>,
    values: Vec<Value>,
}

impl Attributes<'_> {
    /// Adds an attribute; false where the subject has none of the name.
    fn add(&mut self, name: &Str) -> PyResult<bool> {
        let text = name.to_rust().into_owned();
        if self.seen.contains(&text) {
            return raise!(
                self.s.py,
                TypeError,
                "{}() got multiple sub-patterns for attribute '{text}'",
                self.class.short_name()
            );
        }
        self.seen.push(text);
        let found = protocol::lookup_attr(self.s.py, self.subject, name)?;
        let has = found.is_some();
        self.values.extend(found);
        Ok(has)
    }

    /// The positional sub-patterns, by `__match_args__` or the subject itself.
    fn positional(&mut self, count: usize) -> PyResult<bool> {
        let py = self.s.py;
        let class = Value::from(self.class.to_owned());
        let arguments = protocol::lookup_attr(py, &class, intern!("__match_args__"))?;
        let name = self.class.short_name().to_owned();
        let itself = arguments.is_none() && self.class.has_flag(_Py_TPFLAGS_MATCH_SELF);
        let arguments = match &arguments {
            Some(arguments) => match arguments.downcast::<Tuple>() {
                Some(tuple) => tuple.to_owned(),
                None => {
                    let got = arguments.ty().name();
                    return raise!(
                        py,
                        TypeError,
                        "{name}.__match_args__ must be a tuple (got {got})"
                    );
                }
            },
            None => Tuple::empty(),
        };
        let most = if itself { 1 } else { arguments.len() };
        if most < count {
            let plural = if most == 1 { "" } else { "s" };
            return raise!(
                py,
                TypeError,
                "{name}() accepts {most} positional sub-pattern{plural} ({count} given)"
            );
        }
        if itself {
            self.values.push(self.subject.clone());
            return Ok(true);
        }
        for i in 0..count {
            let Some(attribute) = arguments.get_str(i) else {
                let got = arguments.get_ref(i).map_or("?", |o| o.ty().name());
                return raise!(
                    py,
                    TypeError,
                    "__match_args__ elements must be strings (got {got})"
                );
            };
            if !self.add(attribute)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
