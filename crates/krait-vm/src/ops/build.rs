//! Displays: tuples, lists, sets, dicts, strings.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_object::errors;
use krait_object::exceptions;
use krait_object::protocol;
use krait_object::py::{PyResult, Raised};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::list::List;
use krait_object::types::set::Set;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::state::{Flow, Saved, State};
use crate::word::{is_object, object};

/// Takes consecutive registers.
fn taken(s: &State, first: u16, count: u16) -> impl ExactSizeIterator<Item = Value> {
    let s = *s;
    (0..count).map(move |i| s.take(first + i))
}

pub fn BUILD_TUPLE(s: &mut State, w: Word) -> Flow {
    let tuple = Tuple::build(w.c() as usize, |i| s.take(w.b() + i as u16));
    s.set_value(w.a(), Value::from(tuple));
    Flow::Next
}

pub fn BUILD_LIST(s: &mut State, w: Word) -> Flow {
    let list = List::build(w.c() as usize, |i| s.take(w.b() + i as u16));
    s.set_value(w.a(), Value::from(list));
    Flow::Next
}

pub fn BUILD_SET(s: &mut State, w: Word) -> Flow {
    s.save();
    let set = Set::new();
    for value in taken(s, w.b(), w.c()) {
        if set.add(s.py, &value).is_err() {
            return Flow::Raise;
        }
    }
    s.set_value(w.a(), Value::from(set));
    Flow::Next
}

pub fn BUILD_MAP(s: &mut State, w: Word) -> Flow {
    s.save();
    let dict = Dict::with_capacity(w.c() as usize);
    for i in 0..w.c() {
        let (key, value) = (s.take(w.b() + 2 * i), s.take(w.b() + 2 * i + 1));
        if dict.set_value(s.py, &key, value).is_err() {
            return Flow::Raise;
        }
    }
    s.set_value(w.a(), Value::from(dict));
    Flow::Next
}

pub fn BUILD_CONST_KEY_MAP(s: &mut State, w: Word) -> Flow {
    s.save();
    let keys = s.constant_value(u32::from(w.c()));
    let Some(keys) = keys.downcast::<Tuple>() else {
        return Flow::Raise;
    };
    let dict = Dict::with_capacity(keys.len());
    for (i, key) in keys.iter().enumerate() {
        let value = s.take(w.b() + i as u16);
        if dict.set_value(s.py, &Value::unboxed(key), value).is_err() {
            return Flow::Raise;
        }
    }
    s.set_value(w.a(), Value::from(dict));
    Flow::Next
}

pub fn LIST_FROM_CONST(s: &mut State, w: Word) -> Flow {
    let Some(items) = s.constant_value(w.bc()).downcast::<Tuple>() else {
        return Flow::Raise;
    };
    let list = List::from_values(items.iter().map(Value::unboxed));
    s.set_value(w.a(), Value::from(list));
    Flow::Next
}

pub fn BUILD_STRING(s: &mut State, w: Word) -> Flow {
    let parts = s.slice(w.b(), w.c() as usize);
    let joined = join(parts);
    s.clear(w.b(), w.c() as usize);
    s.set_value(w.a(), joined);
    Flow::Next
}

/// The strings one after another.
fn join(parts: &[Value]) -> Value {
    let texts = || parts.iter().filter_map(|p| p.downcast::<Str>());
    let len = texts().map(|t| t.len()).sum();
    let max = texts()
        .map(krait_object::types::str::methods::build::max_of_kind)
        .max()
        .unwrap_or(0);
    Value::from(Str::build(len, max, |out| {
        let mut at = 0;
        for text in texts() {
            out.put_chars(at, text.chars());
            at += text.len();
        }
    }))
}

#[inline(always)]
pub fn LIST_APPEND(s: &mut State, w: Word) -> Flow {
    if !is_object(s.get(w.b())) {
        return Flow::Second;
    }
    // SAFETY: the compiler appends only to lists that it has made; there is room.
    unsafe {
        let list = (*object(s.get(w.a())).cast_unchecked::<List>()).raw();
        let len = (*list).ob_base.ob_size;
        if len == (*list).allocated {
            return Flow::Second;
        }
        *(*list).ob_item.add(len as usize) = s.take(w.b()).into_word() as *mut PyObject;
        (*list).ob_base.ob_size = len + 1;
    }
    Flow::Next
}

/// The same for numbers, and where the list must grow.
#[inline(never)]
pub fn list_append(s: Saved, w: Word) {
    let s = s.state();
    let value = s.take(w.b());
    // SAFETY: the compiler appends only to lists that it has made.
    unsafe { object(s.get(w.a())).cast_unchecked::<List>() }.push_value(value);
}

pub fn SET_ADD(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let Some(set) = s.lend(w.a()).downcast::<Set>() else {
        // Only a module's own variable can be anything else.
        let name = s.lend(w.a()).ty().name();
        let raised: PyResult<()> = raise!(
            s.py,
            TypeError,
            "__conditional_annotations__ must be a set, not '{name}'"
        );
        return State::done(raised);
    };
    State::done(set.add(s.py, &value).map(drop))
}

pub fn MAP_ADD(s: &mut State, w: Word) -> Flow {
    s.save();
    let (key, value) = super::arith::take_two(s, w.b(), w.c());
    let Some(dict) = s.lend(w.a()).downcast::<Dict>() else {
        return Flow::Raise;
    };
    State::done(dict.set_value(s.py, &key, value))
}

pub fn LIST_EXTEND(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let list = s.copy(w.a());
    State::done(extend(s, &list, &value))
}

fn extend(s: &State, list: &Value, value: &Value) -> PyResult<()> {
    let Some(list) = list.downcast::<List>() else {
        return raise!(s.py, SystemError, "not a list");
    };
    let iterable = value
        .as_object()
        .is_some_and(|o| o.ty().raw().tp_iter.is_some() || protocol::iter::is_sequence(o));
    if !iterable {
        return raise!(
            s.py,
            TypeError,
            "Value after * must be an iterable, not {}",
            value.ty().name()
        );
    }
    krait_object::types::list::methods::extend(s.py, list, value)
}

pub fn SET_UPDATE(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let set = s.copy(w.a());
    match set.downcast::<Set>() {
        Some(set) => State::done(set.update(s.py, &value)),
        None => Flow::Raise,
    }
}

pub fn DICT_UPDATE(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let dict = s.copy(w.a());
    State::done(update(s, &dict, &value))
}

fn update(s: &State, dict: &Value, value: &Value) -> PyResult<()> {
    let Some(dict) = dict.downcast::<Dict>() else {
        return raise!(s.py, SystemError, "not a dict");
    };
    let result = dict.update(s.py, value);
    match errors::suppress(s.py, result, &exceptions::AttributeError)? {
        Some(()) => Ok(()),
        None => raise!(
            s.py,
            TypeError,
            "'{}' object is not a mapping",
            value.ty().name()
        ),
    }
}

pub fn DICT_MERGE(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let (dict, callable) = (s.copy(w.a()), s.copy(w.c()));
    State::done(merge(s, &dict, &value, &callable))
}

/// Adds `**value` to the keyword arguments of a call.
pub(super) fn merge(s: &State, dict: &Value, value: &Value, callable: &Value) -> PyResult<()> {
    use krait_object::types::dict::Duplicates;
    let Some(dict) = dict.downcast::<Dict>() else {
        return raise!(s.py, SystemError, "not a dict");
    };
    let Err(Raised) = dict.merge(s.py, value, Duplicates::Refuse) else {
        return Ok(());
    };
    if errors::take_if(s.py, &exceptions::AttributeError).is_some() {
        let name = super::call_ex::callable_name(s, callable)?;
        return raise!(
            s.py,
            TypeError,
            "{name} argument after ** must be a mapping, not {}",
            value.ty().name()
        );
    }
    let Some(error) = errors::take_if(s.py, &exceptions::KeyError) else {
        return Err(Raised);
    };
    let key = errors::args_of(&error).and_then(|a| a.get(0));
    let name = super::call_ex::callable_name(s, callable)?;
    match key {
        Some(key) if key.downcast::<Str>().is_some() => {
            let key = protocol::str(s.py, &key)?;
            raise!(
                s.py,
                TypeError,
                "{name} got multiple values for keyword argument '{}'",
                key.to_rust()
            )
        }
        _ => {
            s.py.thread().set_exception(error);
            Err(Raised)
        }
    }
}

pub fn LIST_TO_TUPLE(s: &mut State, w: Word) -> Flow {
    let list = s.take(w.b());
    // A list's items are at hand: nothing is raised.
    let tuple = protocol::iter::to_tuple(s.py, &list).unwrap_or_else(|_| Tuple::empty());
    s.set_value(w.a(), Value::from(tuple));
    Flow::Next
}
