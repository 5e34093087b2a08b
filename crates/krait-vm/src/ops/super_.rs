//! `super().name` without making the super object.

use krait_bytecode::Word;
use krait_bytecode::op::SUPER_TWO_ARGS;
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::{PyResult, Raised};
use krait_object::types::str::Str;
use krait_object::types::super_type::{SUPER, super_lookup, super_method};
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use crate::state::{Flow, State};

pub fn LOAD_SUPER_ATTR(s: &mut State, w: Word) -> Flow {
    s.save();
    let parts = take(s, w);
    let result = attribute(s, &parts, s.name(w.name_index()), w.flag());
    drop(parts);
    s.finish(w.a(), result)
}

pub fn LOAD_SUPER_METHOD(s: &mut State, w: Word) -> Flow {
    s.save();
    let parts = take(s, w);
    let name = s.name(w.name_index());
    let found = method(s, &parts, name, w.flag());
    match found {
        Ok((value, bound)) => {
            let [_, _, object] = parts;
            s.set_value(w.a(), value);
            s.set(w.a() + 1, if bound { object.into_word() } else { 0 });
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

fn take(s: &State, w: Word) -> [Value; 3] {
    [s.take(w.b()), s.take(w.b() + 1), s.take(w.b() + 2)]
}

/// Whether the name `super` is the builtin, and its arguments the usual ones.
fn is_builtin(parts: &[Value; 3]) -> Option<&Type> {
    let [callable, class, _] = parts;
    if !callable.is_object(SUPER.as_object()) {
        return None;
    }
    class.downcast::<Type>()
}

fn attribute(s: &State, parts: &[Value; 3], name: &Str, flag: u8) -> PyResult {
    if let Some(class) = is_builtin(parts) {
        let object = parts[2].to_object();
        // The object's own `__class__` is super's.
        if !name.eq_str("__class__")
            && let Some(value) = super_lookup(s.py, class, &object, name)?
        {
            return Ok(value);
        }
    }
    let made = call_super(s, parts, flag)?;
    protocol::get_attr(s.py, &made, name)
}

fn method(s: &State, parts: &[Value; 3], name: &Str, flag: u8) -> PyResult<(Value, bool)> {
    if let Some(class) = is_builtin(parts) {
        let object = parts[2].to_object();
        if let Some(found) = super_method(s.py, class, &object, name)? {
            return Ok(found);
        }
    }
    attribute(s, parts, name, flag).map(|v| (v, false))
}

/// The call as it is written.
fn call_super(s: &State, parts: &[Value; 3], flag: u8) -> PyResult {
    let [callable, class, object] = parts;
    if flag & SUPER_TWO_ARGS != 0 {
        return protocol::call(s.py, callable, &[class.clone(), object.clone()]);
    }
    protocol::call(s.py, callable, &[])
}
