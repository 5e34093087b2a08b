//! Names: globals, builtins, and the locals mapping of modules and classes.
//!
//! Caches of globals hold the keys version of the globals dict (and of the builtins, where
//! the name was found there) and the address of the value in the dict's table, which is
//! good as long as the versions are.

use krait_bytecode::Word;
use krait_object::errors;
use krait_object::exceptions;
use krait_object::object::{Layout, Object};
use krait_object::protocol;
use krait_object::py::{Py, PyResult, Raised};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::value::Value;
use krait_object::{intern, raise};

use crate::frame::{Frame, flag};
use crate::state::{Flow, Saved, State};
use crate::word::copy_word;

/// Raises NameError with its `name` attribute.
#[cold]
pub fn name_error(py: Py, name: &Str, text: &str) -> Raised {
    let raised = errors::raise_text(py, &exceptions::NameError, format_args!("{text}"));
    if let Some(exception) = py.thread().take_exception() {
        let value = Value::from(exception.clone());
        if protocol::set_attr(
            py,
            &value,
            intern!("name"),
            &Value::from(name.to_owned_str()),
        )
        .is_ok()
        {
            py.thread().set_exception(exception);
        }
    }
    raised
}

#[cold]
fn not_defined(py: Py, name: &Str) -> Raised {
    name_error(
        py,
        name,
        &format!("name '{}' is not defined", name.to_rust()),
    )
}

/// An item of a mapping; `None` where the key is missing.
pub fn lookup_mapping(py: Py, mapping: &Value, name: &Str) -> PyResult<Option<Value>> {
    if let Some(dict) = mapping.downcast_exact::<Dict>() {
        return Ok(dict.get_str_key(py, name));
    }
    let item = protocol::get_item(py, mapping, &Value::from(name.to_owned_str()));
    errors::suppress(py, item, &exceptions::KeyError)
}

/// The innermost frame's globals.
#[inline(always)]
fn globals<'a>(s: &State) -> &'a Dict {
    // SAFETY: the innermost frame is alive.
    unsafe { Frame::globals_ref(s.frame) }
}

/// The builtins as an exact dict, if they are one.
fn builtins_dict(object: &Object) -> Option<&Dict> {
    object.downcast_exact::<Dict>()
}

#[inline(always)]
pub fn LOAD_GLOBAL(s: &mut State, w: Word) -> Flow {
    match cached_global(s) {
        0 => Flow::Cold,
        word => s.fill(w.a(), word),
    }
}

/// The value from the cache, counted; zero on a miss.
#[inline(always)]
fn cached_global(s: &State) -> u64 {
    // SAFETY: the instruction has two cache words. The address is good while the versions
    // are those of the dicts.
    unsafe {
        let versions = *s.cache(0);
        let version = globals(s).current_version();
        if version == 0 || version != versions as u32 {
            return 0;
        }
        let builtins = (versions >> 32) as u32;
        if builtins != 0 && !builtins_unchanged(s, builtins) {
            return 0;
        }
        copy_word(*(*s.cache(1) as *const u64))
    }
}

#[inline(always)]
fn builtins_unchanged(s: &State, version: u32) -> bool {
    // SAFETY: a version was noted, so that the builtins are a dict.
    unsafe { s.function().builtins().cast_unchecked::<Dict>() }.current_version() == version
}

#[cold]
#[inline(never)]
pub fn load_global(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let name = s.name(w.bc());
    match global(s.py, &s, name, true) {
        Ok(Some(value)) => {
            s.set_value(w.a(), value);
            Flow::Next
        }
        Ok(None) => {
            let Raised = not_defined(s.py, name);
            Flow::Raise
        }
        Err(Raised) => Flow::Raise,
    }
}

/// Looks in globals and builtins, and fills the cache of the present instruction.
fn global(py: Py, s: &State, name: &Str, cache: bool) -> PyResult<Option<Value>> {
    let (globals, builtins) = (globals(s), s.function().builtins());
    if !globals.as_object().is_exact::<Dict>() {
        // A subclass may know more names (`__missing__`).
        let mapping = Value::from(globals.to_owned());
        return match lookup_mapping(py, &mapping, name)? {
            Some(value) => Ok(Some(value)),
            None => lookup_mapping(py, &Value::from(builtins.to_owned()), name),
        };
    }
    if let Some(index) = globals.find_index(py, name) {
        let version = globals.keys_version(py);
        // SAFETY: the index was found in this version.
        unsafe {
            let slot = globals.value_slot_at(index);
            if cache && version != 0 {
                *s.cache(0) = u64::from(version);
                *s.cache(1) = slot as u64;
            }
            return Ok(Some(crate::word::value(*slot)));
        }
    }
    let Some(dict) = builtins_dict(builtins) else {
        return lookup_mapping(py, &Value::from(builtins.to_owned()), name);
    };
    let Some(index) = dict.find_index(py, name) else {
        return Ok(None);
    };
    let (outer, inner) = (globals.keys_version(py), dict.keys_version(py));
    // SAFETY: the index was found in this version.
    unsafe {
        let slot = dict.value_slot_at(index);
        if cache && outer != 0 && inner != 0 {
            *s.cache(0) = u64::from(outer) | u64::from(inner) << 32;
            *s.cache(1) = slot as u64;
        }
        Ok(Some(crate::word::value(*slot)))
    }
}

#[inline(always)]
pub fn STORE_GLOBAL(s: &mut State, w: Word) -> Flow {
    store_cached(s, w)
}

/// Stores into the globals through the cache.
#[inline(always)]
fn store_cached(s: &mut State, w: Word) -> Flow {
    let globals = globals(s);
    // SAFETY: the cache word holds a version and an index that go together.
    unsafe {
        let cached = *s.cache(0);
        let version = globals.current_version();
        if version != 0 && version == cached as u32 {
            let value = s.take(w.a());
            let slot = globals.value_slot_at((cached >> 32) as u32);
            let old = std::mem::replace(&mut *slot, value.into_word());
            crate::word::drop_word(old);
            return Flow::Next;
        }
    }
    store_global(s.saved(), w)
}

#[cold]
#[inline(never)]
fn store_global(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let (globals, name) = (globals(&s), s.name(w.bc()));
    let value = s.take(w.a());
    if globals
        .set_value(s.py, &Value::from(name.to_owned_str()), value)
        .is_err()
    {
        return Flow::Raise;
    }
    if let Some(index) = globals.find_index(s.py, name) {
        let version = globals.keys_version(s.py);
        // SAFETY: the instruction has a cache word.
        unsafe { *s.cache(0) = u64::from(version) | u64::from(index) << 32 };
    }
    Flow::Next
}

pub fn DELETE_GLOBAL(s: &mut State, w: Word) -> Flow {
    s.save();
    let name = s.name(w.bc());
    match globals(s).remove(s.py, &Value::from(name.to_owned_str())) {
        Ok(Some(_)) => Flow::Next,
        Ok(None) => {
            let Raised = not_defined(s.py, name);
            Flow::Raise
        }
        Err(Raised) => Flow::Raise,
    }
}

/// Whether the frame's locals mapping is its globals, as in modules.
#[inline(always)]
fn locals_are_globals(s: &State) -> bool {
    // SAFETY: the innermost frame is alive; with the flag the field is set.
    unsafe {
        (*s.frame).flags & flag::LOCALS != 0 && (*s.frame).locals == (*s.frame).globals.cast()
    }
}

#[inline(always)]
pub fn LOAD_NAME(s: &mut State, w: Word) -> Flow {
    if locals_are_globals(s) {
        let word = cached_global(s);
        if word != 0 {
            s.set(w.a(), word);
            return Flow::Next;
        }
    }
    load_name(s.saved(), w)
}

#[inline(never)]
fn load_name(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let name = s.name(w.bc());
    let found = match mapping(&s) {
        Some(mapping) if !locals_are_globals(&s) => match lookup_mapping(s.py, &mapping, name) {
            Ok(None) => global(s.py, &s, name, false),
            other => other,
        },
        _ => global(s.py, &s, name, true),
    };
    match found {
        Ok(Some(value)) => {
            s.set_value(w.a(), value);
            Flow::Next
        }
        Ok(None) => {
            let Raised = not_defined(s.py, name);
            Flow::Raise
        }
        Err(Raised) => Flow::Raise,
    }
}

/// The frame's locals mapping.
fn mapping(s: &State) -> Option<Value> {
    // SAFETY: the innermost frame is alive.
    unsafe { Frame::mapping(s.frame) }
}

/// The frame's locals mapping, with CPython's error where there is none.
fn need_mapping(s: &State, doing: &str, name: &Str) -> PyResult {
    match mapping(s) {
        Some(mapping) => Ok(mapping),
        None => raise!(
            s.py,
            SystemError,
            "no locals when {doing} '{}'",
            name.to_rust()
        ),
    }
}

#[inline(always)]
pub fn STORE_NAME(s: &mut State, w: Word) -> Flow {
    // A subclass of dict has a say in what is stored.
    if locals_are_globals(s) && globals(s).as_object().is_exact::<Dict>() {
        store_cached(s, w)
    } else {
        store_name(s.saved(), w)
    }
}

#[inline(never)]
fn store_name(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let name = s.name(w.bc());
    let value = s.take(w.a());
    let Ok(mapping) = need_mapping(&s, "storing", name) else {
        return Flow::Raise;
    };
    let key = Value::from(name.to_owned_str());
    State::done(match mapping.downcast_exact::<Dict>() {
        Some(dict) => dict.set_value(s.py, &key, value),
        None => protocol::set_item(s.py, &mapping, &key, &value),
    })
}

pub fn DELETE_NAME(s: &mut State, w: Word) -> Flow {
    s.save();
    let name = s.name(w.bc());
    let Ok(mapping) = need_mapping(s, "deleting", name) else {
        return Flow::Raise;
    };
    let deleted = protocol::del_item(s.py, &mapping, &Value::from(name.to_owned_str()));
    match errors::suppress(s.py, deleted, &exceptions::KeyError) {
        Ok(Some(())) => Flow::Next,
        Ok(None) => {
            let Raised = not_defined(s.py, name);
            Flow::Raise
        }
        Err(Raised) => Flow::Raise,
    }
}

pub fn LOAD_LOCALS(s: &mut State, w: Word) -> Flow {
    s.save();
    // SAFETY: the innermost frame is alive.
    let locals = unsafe { crate::frame::locals::locals(s.py, s.frame) };
    s.finish(w.a(), locals)
}

pub fn LOAD_FROM_DICT_OR_GLOBALS(s: &mut State, w: Word) -> Flow {
    s.save();
    let name = s.name(w.name_index());
    let mapping = s.take(w.b());
    let found = match lookup_mapping(s.py, &mapping, name) {
        Ok(None) => global(s.py, s, name, false),
        other => other,
    };
    match found {
        Ok(Some(value)) => {
            s.set_value(w.a(), value);
            Flow::Next
        }
        Ok(None) => {
            let Raised = not_defined(s.py, name);
            Flow::Raise
        }
        Err(Raised) => Flow::Raise,
    }
}

/// A builtin of the running function's builtins.
pub fn builtin(s: &State, name: &'static Str) -> PyResult<Option<Value>> {
    lookup_mapping(s.py, &Value::from(s.function().builtins().to_owned()), name)
}

pub fn LOAD_BUILD_CLASS(s: &mut State, w: Word) -> Flow {
    s.save();
    let found = match builtin(s, intern!("__build_class__")) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => raise!(s.py, NameError, "__build_class__ not found"),
        Err(raised) => Err(raised),
    };
    s.finish(w.a(), found)
}

pub fn SETUP_ANNOTATIONS(s: &mut State, _w: Word) -> Flow {
    s.save();
    let name = intern!("__annotations__");
    let Ok(mapping) = need_mapping(s, "setting up annotations", name) else {
        return Flow::Raise;
    };
    let made = match lookup_mapping(s.py, &mapping, name) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => protocol::set_item(
            s.py,
            &mapping,
            &Value::from(name.to_owned_str()),
            &Value::from(Dict::new()),
        ),
        Err(raised) => Err(raised),
    };
    State::done(made)
}
