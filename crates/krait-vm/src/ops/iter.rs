//! Iteration.

use krait_abi::PyObject;
use krait_bytecode::Word;
use krait_object::native::Instance;
use krait_object::object::{Builtin, Object};
use krait_object::protocol;
use krait_object::py::{PyResult, Raised};
use krait_object::raise;
use krait_object::types::dict::{DictIter, ITEMS, KEYS, VALUES};
use krait_object::types::enumerate::{ENUMERATE, Enumerate};
use krait_object::types::iterators::{
    LIST_ITER, ListIter, TUPLE_ITER, TupleIter, list_iter, tuple_iter,
};
use krait_object::types::list::List;
use krait_object::types::range::{RANGE_ITER, RangeIter};
use krait_object::types::set::SetIter;
use krait_object::types::tuple::Tuple;
use krait_object::types::zip::Zip;
use krait_object::value::Value;

use crate::frame::flag;
use crate::generator;
use crate::state::{Flow, Saved, State, short};
use crate::word::address_of;
use crate::word::{is_object, object};

pub fn GET_ITER(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.take(w.b());
    let result = iterator(s, &value);
    drop(value);
    s.finish(w.a(), result)
}

fn iterator(s: &State, value: &Value) -> PyResult {
    if let Some(object) = value.as_object() {
        if let Some(list) = object.downcast_exact::<List>() {
            return Ok(Value::from(list_iter(s.py, list)));
        }
        if let Some(tuple) = object.downcast_exact::<Tuple>() {
            return Ok(Value::from(tuple_iter(s.py, tuple)));
        }
        if generator::plain(object).is_some() {
            return Ok(value.clone());
        }
    }
    protocol::iter(s.py, value).map(Value::from)
}

/// The body of an instance that is known to be of a class.
///
/// # Safety
/// The word is an object whose type is the very one of the class.
#[inline(always)]
unsafe fn body<'a, T: krait_object::native::Class>(word: u64) -> &'a T {
    // SAFETY: the contract.
    unsafe { object(word).cast_unchecked::<Instance<T>>() }
}

#[inline(always)]
pub fn FOR_ITER(s: &mut State, w: Word) -> Flow {
    let word = s.get(w.b());
    if !is_object(word) || crate::breaker::is_set() {
        return Flow::Cold;
    }
    let offset = i64::from(w.c() as i16);
    // SAFETY: the operand is an object, which its register keeps alive; its exact type
    // is compared before its layout is relied on.
    unsafe {
        let ty = (*(word as *mut PyObject)).ob_type;
        if std::ptr::eq(ty, address_of(&RANGE_ITER)) {
            return match body::<RangeIter>(word).step_immediate() {
                Some((number, true)) => s.fill_and_jump(w.a(), number, offset),
                Some((_, false)) => s.fill(w.b(), 0),
                None => Flow::Cold,
            };
        }
        if std::ptr::eq(ty, address_of(&LIST_ITER)) {
            return match body::<ListIter>(word).advance() {
                Some(item) => s.fill_and_jump(w.a(), item.into_word(), offset),
                None => Flow::Second,
            };
        }
        if std::ptr::eq(ty, address_of(&TUPLE_ITER)) {
            return match body::<TupleIter>(word).advance() {
                Some(item) => s.fill_and_jump(w.a(), item.into_word(), offset),
                None => Flow::Second,
            };
        }
    }
    Flow::Second
}

/// The same for a generator, for an iterator of a list or tuple that is at its end, or for any
/// other one; nothing is to be polled for.
#[inline(always)]
pub fn for_others(s: &mut State, w: Word) -> Flow {
    let word = s.get(w.b());
    // SAFETY: the register keeps the operand alive, which is an object; its exact type is
    // compared before its layout is relied on.
    unsafe {
        let ty = (*(word as *mut PyObject)).ob_type;
        if !std::ptr::eq(ty, address_of(&generator::GENERATOR)) {
            if std::ptr::eq(ty, address_of(&LIST_ITER)) {
                let _ = body::<ListIter>(word).step();
                return s.fill(w.b(), 0);
            }
            if std::ptr::eq(ty, address_of(&TUPLE_ITER)) {
                let _ = body::<TupleIter>(word).step();
                return s.fill(w.b(), 0);
            }
            return for_native(s.saved(), w);
        }
        let generator = object(word).cast_unchecked::<generator::Generator>();
        if !generator.can_resume() {
            return Flow::Cold;
        }
        let none = krait_object::singletons::none().as_ptr() as u64;
        super::r#gen::resume(s, generator, none, flag::FOR_ITER, 2)
    }
}

/// The same for an iterator written in Rust or C, of which those of dicts and sets need no
/// slot and no object for a number.
#[inline(never)]
fn for_native(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let word = s.get(w.b());
    // SAFETY: as above.
    let item = unsafe {
        let ty = (*(word as *mut PyObject)).ob_type;
        if std::ptr::eq(ty, Instance::<Keys>::type_object().as_type_ptr()) {
            body::<Keys>(word).next(s.py)
        } else if std::ptr::eq(ty, Instance::<Values>::type_object().as_type_ptr()) {
            body::<Values>(word).next(s.py)
        } else if std::ptr::eq(ty, Instance::<SetIter>::type_object().as_type_ptr()) {
            body::<SetIter>(word).next(s.py)
        } else {
            protocol::iter::next_in_line(s.py, object(word))
        }
    };
    match item {
        Ok(Some(item)) => {
            s.set_value(w.a(), item);
            short(w)
        }
        Ok(None) => exhausted(&s, w),
        Err(Raised) => Flow::Raise,
    }
}

type Keys = DictIter<KEYS, false>;
type Values = DictIter<VALUES, false>;

/// The same for an iterator of any kind.
pub fn for_iter(saved: Saved, w: Word) -> Flow {
    let s = &mut saved.state();
    let word = s.get(w.b());
    if !is_object(word) {
        // A generator expression's iterator is a local that anybody may have set.
        return no_iterator(s.saved(), w.b());
    }
    // SAFETY: the operand is an object, which its register keeps alive; its exact type
    // is compared before its layout is relied on.
    unsafe {
        let ty = (*(word as *mut PyObject)).ob_type;
        if std::ptr::eq(ty, address_of(&RANGE_ITER)) {
            return match body::<RangeIter>(word).step() {
                Some(i) => {
                    s.set_value(w.a(), Value::int(i));
                    super::jump::back(s, short(w))
                }
                None => exhausted(s, w),
            };
        }
        if std::ptr::eq(ty, address_of(&LIST_ITER)) {
            return match body::<ListIter>(word).step() {
                Some(item) => {
                    s.set_value(w.a(), item);
                    super::jump::back(s, short(w))
                }
                None => exhausted(s, w),
            };
        }
        if std::ptr::eq(ty, address_of(&generator::GENERATOR)) {
            let generator = object(word).cast_unchecked::<generator::Generator>();
            if generator.can_resume() {
                let none = krait_object::singletons::none().as_ptr() as u64;
                return super::r#gen::resume(s, generator, none, flag::FOR_ITER, 2);
            }
        }
        if std::ptr::eq(ty, address_of(&TUPLE_ITER)) {
            return match body::<TupleIter>(word).step() {
                Some(item) => {
                    s.set_value(w.a(), item);
                    super::jump::back(s, short(w))
                }
                None => exhausted(s, w),
            };
        }
    }
    match next(s.saved(), w.b()) {
        Ok(Some(item)) => {
            s.set_value(w.a(), item);
            super::jump::back(s, short(w))
        }
        Ok(None) => exhausted(s, w),
        Err(Raised) => Flow::Raise,
    }
}

#[inline(always)]
fn exhausted(s: &State, w: Word) -> Flow {
    s.set(w.b(), 0);
    Flow::Next
}

#[cold]
#[inline(never)]
fn no_iterator(s: Saved, register: u16) -> Flow {
    let s = s.state();
    if s.get(register) == 0 {
        let _: PyResult<()> = raise!(s.py, SystemError, "for loop without an iterator");
    } else {
        let name = s.lend(register).ty().name();
        let _: PyResult<()> = raise!(s.py, TypeError, "'{name}' object is not an iterator");
    }
    Flow::Raise
}

#[inline(never)]
fn next(s: Saved, register: u16) -> PyResult<Option<Value>> {
    let s = s.state();
    // SAFETY: the register keeps the iterator alive during the call.
    protocol::next(s.py, unsafe { object(s.get(register)) })
}

pub fn FOR_ITER_PAIR(s: &mut State, w: Word) -> Flow {
    s.save();
    if !is_object(s.get(w.b())) {
        return no_iterator(s.saved(), w.b());
    }
    // SAFETY: the instruction has an operand word.
    let second = unsafe { *s.cache(0) } as u16;
    match pair(s, s.get(w.b())) {
        Ok(Some((a, b))) => {
            s.set_value(w.a(), a);
            s.set_value(second, b);
            super::jump::back(s, short(w))
        }
        Ok(None) => exhausted(s, w),
        Err(Raised) => Flow::Raise,
    }
}

/// The next item in two parts, without a tuple where the iterator makes it.
fn pair(s: &State, word: u64) -> PyResult<Option<(Value, Value)>> {
    // SAFETY: the operand is an iterator, which its register keeps alive; its exact type
    // is compared before its layout is relied on.
    let iterator: &Object = unsafe {
        let ty = (*(word as *mut PyObject)).ob_type;
        if std::ptr::eq(ty, address_of(&ENUMERATE)) {
            return body::<Enumerate>(word).step(s.py);
        }
        if std::ptr::eq(ty, address_of(&LIST_ITER))
            && let Some(parts) = body::<ListIter>(word).advance_pair()
        {
            return Ok(Some(parts));
        }
        if std::ptr::eq(
            ty,
            Instance::<DictIter<ITEMS, false>>::type_object().as_type_ptr(),
        ) {
            return body::<DictIter<ITEMS, false>>(word).step(s.py);
        }
        if std::ptr::eq(ty, Instance::<Zip>::type_object().as_type_ptr()) {
            let zip = body::<Zip>(word);
            if zip.is_of_pairs() {
                return zip.step_pair(s.py);
            }
        }
        object(word)
    };
    match protocol::next(s.py, iterator)? {
        Some(item) => super::unpack::two(s.py, &item).map(Some),
        None => Ok(None),
    }
}
