//! Subscripts.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_object::errors;
use krait_object::object::Object;
use krait_object::protocol;
use krait_object::py::PyResult;
use krait_object::types::dict::Dict;
use krait_object::types::list::{LIST, List};
use krait_object::types::sequence::position;
use krait_object::types::slice::{Slice, quick_bounds};
use krait_object::types::str::{Str, intern};
use krait_object::types::tuple::{TUPLE, Tuple};
use krait_object::types::typeobject::Type;
use krait_object::value::{INT_TAG, Value, word_to_int};

use crate::function::Function;
use crate::state::{Flow, Saved, State, signed};
use crate::word::{is_object, object};

/// An item of an exact list or tuple by a small index; `None` where it takes more.
#[inline(always)]
fn quick_index(container: u64, index: i64) -> Option<Value> {
    if !is_object(container) {
        return None;
    }
    // SAFETY: an operand's register keeps the object alive, and its type is compared.
    unsafe {
        let container = object(container);
        let ty = container.ty() as *const _;
        if std::ptr::eq(ty, &*LIST) {
            let list = container.cast_unchecked::<List>();
            return list.get(position(index as isize, list.len())?);
        }
        if std::ptr::eq(ty, &*TUPLE) {
            let tuple = container.cast_unchecked::<Tuple>();
            return tuple.get(position(index as isize, tuple.len())?);
        }
    }
    None
}

#[inline(always)]
pub fn LOAD_SUBSCR(s: &mut State, w: Word) -> Flow {
    let key = s.get(w.c());
    if key >= INT_TAG
        && let Some(value) = quick_index(s.get(w.b()), word_to_int(key))
    {
        return s.fill_consuming(w.a(), value.into_word(), w.b());
    }
    Flow::Second
}

/// With a dict whose keys can be compared without Python code, or a short cut of the
/// container's type; neither operand dies.
#[inline(always)]
pub fn second_load(s: &mut State, w: Word) -> Flow {
    if super::compare::both_live_on(s, w.b(), w.c()).is_none() {
        return Flow::Cold;
    }
    match item_quietly(s, w.b(), s.lend(w.c())) {
        Some(value) => {
            s.let_go(w.c());
            s.fill_consuming(w.a(), value.into_word(), w.b())
        }
        None => Flow::Cold,
    }
}

/// An item of a dict, or by an index that the container's type has a short cut for.
#[inline(always)]
fn item_quietly(s: &State, container: u16, key: &Value) -> Option<Value> {
    if let Some(dict) = s.lend(container).as_object().and_then(Dict::with_own_items) {
        return dict.get_quietly(key);
    }
    at_index(s, s.get(container), key.as_small_int()?)
}

/// As `second_load`, with the item that a key in the instruction has.
#[inline(always)]
fn second_load_with(s: &State, w: Word, item: impl FnOnce() -> Option<Value>) -> Flow {
    if s.consumes_last(w.b()) {
        return Flow::Cold;
    }
    match item() {
        Some(value) => s.fill_consuming(w.a(), value.into_word(), w.b()),
        None => Flow::Cold,
    }
}

#[inline(always)]
pub fn second_load_imm(s: &mut State, w: Word) -> Flow {
    let saved = s.saved();
    second_load_with(s, w, || item_by_number(saved, w.b(), signed(w.c())))
}

/// (Out of line, since the key has an address.)
#[inline(never)]
fn item_by_number(s: Saved, container: u16, number: i64) -> Option<Value> {
    item_quietly(&s.state(), container, &Value::int(number))
}

#[inline(always)]
pub fn second_load_const(s: &mut State, w: Word) -> Flow {
    let key = s.constant_value(u32::from(w.c()));
    second_load_with(s, w, || item_quietly(s, w.b(), key))
}

/// The item that the short cut of the container's type gives.
#[inline(always)]
fn at_index(s: &State, container: u64, index: i64) -> Option<Value> {
    // SAFETY: an operand's register keeps the object alive; no Python code runs.
    is_object(container).then(|| unsafe { Type::item_at(s.py, object(container), index) })?
}

#[inline(never)]
pub fn load_subscr(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let key = s.get(w.c());
    if key >= INT_TAG
        && let Some(value) = at_index(&s, s.get(w.b()), word_to_int(key))
    {
        s.release_object(w.b());
        s.set_value(w.a(), value);
        return Flow::Next;
    }
    let arguments = || super::arith::take_two(&s, w.b(), w.c());
    if let Some(flow) = enter_getitem(&s, w, arguments) {
        return flow;
    }
    let (container, key) = super::arith::take_two(&s, w.b(), w.c());
    let result = item(&s, &container, &key);
    drop((container, key));
    s.finish(w.a(), result)
}

/// Words of a LOAD_SUBSCR with its cache.
const LOAD: u32 = 2;

/// Enters the `__getitem__` of a container whose class has one written in Python.
fn enter_getitem(s: &State, w: Word, arguments: impl FnOnce() -> (Value, Value)) -> Option<Flow> {
    let word = s.get(w.b());
    if !is_object(word) {
        return None;
    }
    // SAFETY: the register keeps the object alive.
    let ty = unsafe { object(word) }.ty();
    if !ty.is_heap_type() {
        return None;
    }
    let found = ty.lookup(s.py, krait_object::intern!("__getitem__"))?;
    super::call::enter_for(s, found.downcast_exact::<Function>()?, LOAD, || {
        arguments().into()
    })
}

/// `container[key]`, with short cuts for dicts and strings.
fn item(s: &State, container: &Value, key: &Value) -> PyResult {
    if let Some(object) = container.as_object() {
        if let Some(dict) = Dict::with_own_items(object) {
            return match dict.get(s.py, key)? {
                Some(value) => Ok(value),
                None if object.is_exact::<Dict>() => errors::key_error(s.py, key),
                // It may have a `__missing__`.
                None => protocol::get_item(s.py, container, key),
            };
        }
        if let (Some(text), Some(index)) = (object.downcast_exact::<Str>(), key.as_small_int())
            && let Some(at) = position(index as isize, text.len())
        {
            return Ok(character(text, at));
        }
    }
    protocol::get_item(s.py, container, key)
}

fn character(text: &Str, at: usize) -> Value {
    let code = text.chars().at(at);
    Value::from(match u8::try_from(code) {
        Ok(latin1) => intern::latin1_char(latin1),
        Err(_) => Str::from_u32(&[code]),
    })
}

#[inline(always)]
pub fn LOAD_SUBSCR_IMM(s: &mut State, w: Word) -> Flow {
    if let Some(value) = quick_index(s.get(w.b()), signed(w.c())) {
        return s.fill_consuming(w.a(), value.into_word(), w.b());
    }
    Flow::Second
}

/// With a key that is a number in the instruction.
pub fn load_subscr_imm(s: Saved, w: Word) -> Flow {
    load_with(s, w, Value::int(signed(w.c())))
}

#[inline(always)]
pub fn LOAD_SUBSCR_CONST(_: &mut State, _: Word) -> Flow {
    Flow::Second
}

/// With a key that is a constant.
pub fn load_subscr_const(s: Saved, w: Word) -> Flow {
    let key = s.state().constant_value(u32::from(w.c())).clone();
    load_with(s, w, key)
}

#[inline(never)]
fn load_with(s: Saved, w: Word, key: Value) -> Flow {
    let s = s.state();
    if let Some(index) = key.as_small_int()
        && let Some(value) = at_index(&s, s.get(w.b()), index)
    {
        s.release_object(w.b());
        s.set_value(w.a(), value);
        return Flow::Next;
    }
    if let Some(flow) = enter_getitem(&s, w, || (s.take(w.b()), key.clone())) {
        return flow;
    }
    let container = s.take(w.b());
    let result = item(&s, &container, &key);
    drop((container, key));
    s.finish(w.a(), result)
}

/// Stores an object into an exact list by a small index; `Cold` where it takes more.
#[inline(always)]
fn quick_store(s: &State, w: Word, index: i64) -> Flow {
    let (container, value) = (s.get(w.a()), s.get(w.c()));
    if !is_object(container) || !is_object(value) || s.consumes_last(w.a()) {
        return Flow::Cold;
    }
    // SAFETY: an operand's register keeps the object alive, and its type is compared; the
    // place is within the list, whose old reference is given back. The list does not die
    // with its register.
    unsafe {
        let list = object(container);
        if !std::ptr::eq(list.ty(), &*LIST) {
            return Flow::Cold;
        }
        let list = list.cast_unchecked::<List>();
        let Some(at) = position(index as isize, list.len()) else {
            return Flow::Cold;
        };
        let new = s.take(w.c()).into_word() as *mut PyObject;
        let old = std::mem::replace(&mut *(*list.raw()).ob_item.add(at), new);
        if s.is_temp(w.a()) {
            let _ = Object::give_back(s.steal(w.a()) as *mut PyObject);
        }
        if Object::give_back(old) {
            return Flow::Free(old as u64);
        }
    }
    Flow::Next
}

/// The same for any value, and for types with a short cut; out of line. False where it takes
/// more.
fn store_at(s: &State, container: u64, index: i64, value: u16) -> bool {
    if !is_object(container) {
        return false;
    }
    // SAFETY: an operand's register keeps the object alive, and its type is compared.
    unsafe {
        let container = object(container);
        if !std::ptr::eq(container.ty(), &*LIST) {
            let done = Type::assign_at(s.py, container, index, s.lend(value));
            if done {
                s.release(value);
            }
            return done;
        }
        let list = container.cast_unchecked::<List>();
        match position(index as isize, list.len()) {
            Some(at) => list.set(at, s.take(value).into_object()),
            None => false,
        }
    }
}

#[inline(always)]
pub fn STORE_SUBSCR(s: &mut State, w: Word) -> Flow {
    let key = s.get(w.b());
    if key >= INT_TAG
        && let flow @ (Flow::Next | Flow::Free(_)) = quick_store(s, w, word_to_int(key))
    {
        return flow;
    }
    Flow::Second
}

/// With a dict whose keys can be compared without Python code; neither operand dies.
#[inline(always)]
pub fn second_store(s: &mut State, w: Word) -> Flow {
    let Some(living) = super::compare::both_live_on(s, w.a(), w.b()) else {
        return Flow::Cold;
    };
    let flow = store_quietly(s.saved(), w, s.lend(w.b()));
    if !matches!(flow, Flow::Cold) {
        super::compare::let_both_go(s, w.a(), w.b(), living);
    }
    flow
}

/// (Out of line: addresses of its locals go about.)
#[inline(never)]
fn store_quietly(s: Saved, w: Word, key: &Value) -> Flow {
    let s = s.state();
    let Some(dict) = s.lend(w.a()).as_object().and_then(Dict::with_own_setting) else {
        return Flow::Cold;
    };
    match dict.put_quietly(s.py, key, || s.take(w.c())) {
        Some(Ok(None)) => Flow::Next,
        Some(Ok(Some(old))) => dying(old),
        Some(Err(_)) => Flow::Raise,
        None => Flow::Cold,
    }
}

/// Gives a value back; the object that dies of it is to be freed.
#[inline(always)]
fn dying(value: Value) -> Flow {
    let word = value.into_word();
    // SAFETY: the value was owned.
    if is_object(word) && unsafe { Object::give_back(word as *mut PyObject) } {
        return Flow::Free(word);
    }
    Flow::Next
}

/// With a key that is a constant.
#[inline(always)]
pub fn second_store_const(s: &mut State, w: Word) -> Flow {
    if s.consumes_last(w.a()) {
        return Flow::Cold;
    }
    let flow = store_quietly(s.saved(), w, s.constant_value(u32::from(w.b())));
    if !matches!(flow, Flow::Cold) {
        s.let_go(w.a());
    }
    flow
}

#[inline(never)]
pub fn store_subscr(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let key = s.get(w.b());
    if key >= INT_TAG && store_at(&s, s.get(w.a()), word_to_int(key), w.c()) {
        s.release_object(w.a());
        return Flow::Next;
    }
    let (container, key, value) = (s.take(w.a()), s.take(w.b()), s.take(w.c()));
    let result = assign(&s, &container, &key, value);
    drop((container, key));
    State::done(result)
}

/// `container[key] = value`, with a short cut for dicts.
fn assign(s: &State, container: &Value, key: &Value, value: Value) -> PyResult<()> {
    match container.as_object().and_then(Dict::with_own_setting) {
        Some(dict) => dict.set_value(s.py, key, value),
        None => protocol::set_item(s.py, container, key, &value),
    }
}

#[inline(always)]
pub fn STORE_SUBSCR_IMM(s: &mut State, w: Word) -> Flow {
    quick_store(s, w, signed(w.b()))
}

/// With a key that is a number in the instruction.
pub fn store_subscr_imm(saved: Saved, w: Word) -> Flow {
    let s = saved.state();
    if store_at(&s, s.get(w.a()), signed(w.b()), w.c()) {
        s.release_object(w.a());
        return Flow::Next;
    }
    store_with(saved, w, Value::int(signed(w.b())))
}

#[inline(always)]
pub fn STORE_SUBSCR_CONST(_: &mut State, _: Word) -> Flow {
    Flow::Second
}

/// With a key that is a constant.
pub fn store_subscr_const(s: Saved, w: Word) -> Flow {
    let key = s.state().constant_value(u32::from(w.b())).clone();
    store_with(s, w, key)
}

#[inline(never)]
fn store_with(s: Saved, w: Word, key: Value) -> Flow {
    let s = s.state();
    let (container, value) = (s.take(w.a()), s.take(w.c()));
    let result = assign(&s, &container, &key, value);
    drop((container, key));
    State::done(result)
}

pub fn DELETE_SUBSCR(s: &mut State, w: Word) -> Flow {
    s.save();
    let (container, key) = super::arith::take_two(s, w.a(), w.b());
    let result = protocol::del_item(s.py, &container, &key);
    drop((container, key));
    State::done(result)
}

fn slice(start: &Value, stop: &Value, step: &Value) -> Value {
    Value::from(Slice::new(start, stop, step))
}

/// A part of an exact list, tuple or string between small bounds; `None` where it takes
/// more.
fn quick_part(container: &Value, start: &Value, stop: &Value) -> Option<Value> {
    let object = container.as_object()?;
    if let Some(list) = object.downcast_exact::<List>() {
        let (start, end) = quick_bounds(start, stop, list.len())?;
        return Some(Value::from(list.part(start, end)));
    }
    if let Some(text) = object.downcast_exact::<Str>() {
        let (start, end) = quick_bounds(start, stop, text.len())?;
        return Some(Value::from(krait_object::types::str::methods::part(
            text, start, end,
        )));
    }
    if let Some(tuple) = object.downcast_exact::<Tuple>() {
        let (start, end) = quick_bounds(start, stop, tuple.len())?;
        return Some(Value::from(tuple.part(start, end)));
    }
    None
}

/// Puts the items of an exact list or tuple into a part of an exact list; false where it
/// takes more.
fn quick_replace(container: &Value, start: &Value, stop: &Value, value: &Value) -> bool {
    let Some(list) = container.downcast_exact::<List>() else {
        return false;
    };
    let Some((start, end)) = quick_bounds(start, stop, list.len()) else {
        return false;
    };
    if let Some(tuple) = value.downcast_exact::<Tuple>() {
        return list.replace_range(start, end, tuple.as_slice());
    }
    match value.downcast_exact::<List>() {
        // SAFETY: another list does not change before its items have been copied.
        Some(other) if !std::ptr::eq(other, list) => unsafe {
            list.replace_range(start, end, other.as_slice())
        },
        _ => false,
    }
}

pub fn LOAD_SLICE(s: &mut State, w: Word) -> Flow {
    s.save();
    let container = s.take(w.b());
    let (start, stop) = (s.take(w.c()), s.take(w.c() + 1));
    if let Some(part) = quick_part(&container, &start, &stop) {
        drop(container);
        s.set_value(w.a(), part);
        return Flow::Next;
    }
    let key = slice(&start, &stop, &Value::none());
    let result = protocol::get_item(s.py, &container, &key);
    drop((container, key, start, stop));
    s.finish(w.a(), result)
}

pub fn STORE_SLICE(s: &mut State, w: Word) -> Flow {
    s.save();
    let container = s.take(w.a());
    let (start, stop) = (s.take(w.b()), s.take(w.b() + 1));
    let value = s.take(w.c());
    if quick_replace(&container, &start, &stop, &value) {
        return Flow::Next;
    }
    let key = slice(&start, &stop, &Value::none());
    let result = protocol::set_item(s.py, &container, &key, &value);
    drop((container, key, start, stop, value));
    State::done(result)
}

pub fn BUILD_SLICE(s: &mut State, w: Word) -> Flow {
    let (start, stop, step) = (s.take(w.b()), s.take(w.b() + 1), s.take(w.b() + 2));
    s.set_value(w.a(), slice(&start, &stop, &step));
    Flow::Next
}
