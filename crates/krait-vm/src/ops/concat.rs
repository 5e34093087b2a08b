//! `str + str`, in place where nobody else has the left operand.

use krait_bytecode::Word;
use krait_object::object::{Layout, Owned};
use krait_object::types::str::Str;
use krait_object::types::str::methods::build;
use krait_object::value::Value;

use crate::state::State;
use crate::word::{is_object, object};

/// The instruction's result, if both operands are exact strings. The destination may be
/// the left operand's own local (`s += t`), which is then given up first, so that a
/// growing string is not copied each time.
pub fn add_strings(s: &State, w: Word) -> bool {
    let (a, b) = (s.get(w.b()), s.get(w.c()));
    if !is_object(a) || !is_object(b) {
        return false;
    }
    // SAFETY: the registers hold the objects.
    let (left, right) = unsafe { (object(a), object(b)) };
    let (Some(left), Some(right)) = (left.downcast_exact::<Str>(), right.downcast_exact::<Str>())
    else {
        return false;
    };
    if w.b() == w.c() || a == b {
        let joined = build::concat(left, right);
        s.release_object(w.b());
        if w.b() != w.c() {
            s.release_object(w.c());
        }
        s.set_value(w.a(), Value::from(joined));
        return true;
    }
    let joined = build::append(left_operand(s, w, left), right);
    s.release_object(w.c());
    s.set_value(w.a(), Value::from(joined));
    true
}

/// The left operand, owned: nobody else has it where its register could be emptied.
fn left_operand(s: &State, w: Word, left: &Str) -> Owned<Str> {
    if s.is_temp(w.b()) || w.a() == w.b() {
        // SAFETY: the register owned the string, and is empty now.
        unsafe { Owned::from_raw(s.steal(w.b()) as *mut Str) }
    } else {
        left.to_owned()
    }
}

/// The same with a constant on the right.
pub fn add_constant(s: &State, w: Word, right: &Value) -> bool {
    let a = s.get(w.b());
    if !is_object(a) {
        return false;
    }
    // SAFETY: the register holds the object.
    let left = unsafe { object(a) };
    let (Some(left), Some(right)) = (left.downcast_exact::<Str>(), right.downcast_exact::<Str>())
    else {
        return false;
    };
    let joined = build::append(left_operand(s, w, left), right);
    s.set_value(w.a(), Value::from(joined));
    true
}
