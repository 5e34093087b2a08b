//! Attributes. The usual cases run from inline caches, see `attr_cache`.

use krait_abi::PyObject;
use krait_bytecode::{Special, Word};
use krait_object::native::Instance;
use krait_object::object::{Layout, Object};
use krait_object::protocol;
use krait_object::py::{PyResult, Raised};
use krait_object::types::attributes::{self, AttributeStore, Shape};
use krait_object::types::class_static::{ClassMethod, StaticMethod};
use krait_object::types::descriptor::GetSet;
use krait_object::types::dict::Dict;
use krait_object::types::method::Method;
use krait_object::types::str::Str;
use krait_object::types::typeobject::{OBJECT, Type, address};
use krait_object::value::{Value, unbox_word};
use krait_object::{intern, raise};

use super::attr_cache::{
    Key, Use, is_class_of, kind, learn, learn_store, recall, remember, type_version,
};
use super::call::enter_for;
use crate::function::Function;
use crate::state::{Flow, Saved, State};
use crate::word::{copy_word, is_object, object};

/// The shape of an object whose storage is at this offset.
///
/// # Safety
/// The object's type has attribute storage there.
#[inline(always)]
unsafe fn shape_at(o: *mut PyObject, storage: usize) -> u64 {
    // SAFETY: the contract; the shape is the store's first field.
    unsafe { *o.byte_add(storage).cast::<u64>() }
}

/// The word of an object pointer, unboxed and counted.
///
/// # Safety
/// The pointer is to a living object.
#[inline(always)]
unsafe fn load_pointer(pointer: *mut PyObject) -> u64 {
    // SAFETY: the contract.
    unsafe {
        match unbox_word(Object::from_ptr(pointer)) {
            Some(word) => word,
            None => copy_word(pointer as u64),
        }
    }
}

/// The attribute by the cache, counted; zero on a miss.
#[inline(always)]
fn cached(s: &State, word: u64) -> u64 {
    if !is_object(word) {
        return 0;
    }
    let o = word as *mut PyObject;
    // SAFETY: the register keeps the object alive. A version that is the type's says that
    // offsets and values in the cache are right for it; shapes are compared where the
    // instance matters.
    unsafe {
        let key = Key::at(s);
        if type_version(o) == key.version() && key.version() != 0 {
            if key.kind() == kind::INLINE {
                if shape_at(o, key.storage()) == *s.cache(1) {
                    return copy_word(*o.byte_add(*s.cache(2) as usize).cast::<u64>());
                }
                return 0;
            }
            return cached_other(s, o, key);
        }
        if key.kind() == kind::OF_CLASS && is_class_of(s, o, key) {
            return copy_word(*s.cache(2));
        }
        0
    }
}

/// # Safety
/// The key's version is that of the object's type.
#[inline(always)]
unsafe fn cached_other(s: &State, o: *mut PyObject, key: Key) -> u64 {
    // SAFETY: the contract, see `cached`.
    unsafe {
        match key.kind() {
            kind::SLOT => {
                let pointer = *o.byte_add(*s.cache(2) as usize).cast::<*mut PyObject>();
                if pointer.is_null() {
                    0
                } else {
                    load_pointer(pointer)
                }
            }
            kind::CLASS_VALUE if shape_at(o, key.storage()) == *s.cache(1) => {
                copy_word(*s.cache(2))
            }
            kind::CLASS_VALUE_ONLY => copy_word(*s.cache(2)),
            kind::SPILL if shape_at(o, key.storage()) == *s.cache(1) => {
                let store = o.byte_add(key.storage()).cast::<AttributeStore>();
                copy_word(*(*store).spill.add(*s.cache(2) as usize))
            }
            kind::MODULE => {
                let offset = (*(*o).ob_type).tp_dictoffset;
                let dict = *o.byte_add(offset as usize).cast::<*mut PyObject>();
                let dict = Object::from_ptr(dict).cast_unchecked::<Dict>();
                if dict.current_version() == *s.cache(1) as u32 && *s.cache(1) != 0 {
                    copy_word(*(*s.cache(2) as *const u64))
                } else {
                    0
                }
            }
            _ => 0,
        }
    }
}

#[inline(always)]
pub fn LOAD_ATTR(s: &mut State, w: Word) -> Flow {
    match cached(s, s.get(w.b())) {
        0 => Flow::Second,
        found => s.fill_consuming(w.a(), found, w.b()),
    }
}

/// The same where the attribute is computed.
#[inline(always)]
pub fn load_computed(s: &mut State, w: Word) -> Flow {
    let flow = computed_apart(s.saved(), w);
    if matches!(flow, Flow::Reload) {
        // SAFETY: a frame was pushed.
        unsafe { s.reload() };
    }
    flow
}

#[inline(never)]
pub fn load_attr(s: Saved, w: Word) -> Flow {
    let s = s.state();
    if let Some(flow) = computed(&s, w) {
        return flow;
    }
    let name = s.name(w.name_index());
    let known = recalled(&s, w, name, Use::Load);
    if known != 0 {
        s.release_object(w.b());
        s.set(w.a(), known);
        return Flow::Next;
    }
    // What was recalled may be computed.
    if let Some(flow) = computed(&s, w) {
        return flow;
    }
    let value = s.take(w.b());
    let result = protocol::get_attr(s.py, &value, name);
    if let (Ok(_), Some(object)) = (&result, value.as_object()) {
        learn(s.py, &s, object, name, false);
        remember(s.py, &s, name, Use::Load);
    }
    drop(value);
    s.finish(w.a(), result)
}

/// The attribute by what another site has learned, counted; zero where none has.
#[inline]
fn recalled(s: &State, w: Word, name: &Str, usage: Use) -> u64 {
    let word = s.get(w.b());
    // SAFETY: the register keeps the object alive.
    if is_object(word) && recall(s.py, s, unsafe { object(word) }, name, usage) {
        cached(s, word)
    } else {
        0
    }
}

/// Words of a LOAD_ATTR with its cache.
const LOAD: u32 = 4;

/// The same in a function of its own, which gets no address of the state.
#[inline(never)]
fn computed_apart(s: Saved, w: Word) -> Flow {
    computed(&s.state(), w).unwrap_or(Flow::Cold)
}

/// A cached attribute that is computed: enters the getter of a property, or calls that of
/// a native type.
fn computed(s: &State, w: Word) -> Option<Flow> {
    let word = s.get(w.b());
    if !is_object(word) {
        return None;
    }
    // SAFETY: the version says that word 2 is what was found on the type: the getter of a
    // property, which takes one argument unless its code was replaced, or a descriptor.
    unsafe {
        let key = Key::at(s);
        if key.version() == 0 || type_version(word as *mut PyObject) != key.version() {
            return None;
        }
        match key.kind() {
            kind::PROPERTY => {
                let function = object(*s.cache(2)).cast_unchecked::<Function>();
                enter_for(s, function, LOAD, || [s.take(w.b())])
            }
            kind::IN_DICT | kind::INLINE | kind::SPILL | kind::CLASS_VALUE => {
                let found = in_dict(s, word, key, w)?.or_else(|| class_value(s, key))?;
                s.release_object(w.b());
                s.set_value(w.a(), found);
                Some(Flow::Next)
            }
            kind::BOUND => {
                let fits = key.storage() == 0
                    || shape_at(word as *mut PyObject, key.storage()) == *s.cache(1);
                let own = if fits {
                    None
                } else {
                    in_dict(s, word, key, w)?
                };
                let bound = own.unwrap_or_else(|| {
                    let function = object(*s.cache(2)).to_owned();
                    Value::from(Method::new(function, object(word).to_owned()))
                });
                s.release_object(w.b());
                s.set_value(w.a(), bound);
                Some(Flow::Next)
            }
            kind::GETSET => {
                let descriptor = object(*s.cache(2)).cast_unchecked::<GetSet>().to_owned();
                let result = descriptor.read(s.py, object(word))?;
                s.release_object(w.b());
                Some(s.finish(w.a(), result))
            }
            _ => None,
        }
    }
}

/// The instance's own attribute, where it has a dict and that has one; nothing where it has
/// none.
///
/// # Safety
/// The key's version is that of the object's type, and its kind one of those with storage.
unsafe fn in_dict(s: &State, word: u64, key: Key, w: Word) -> Option<Option<Value>> {
    // SAFETY: the contract: the store is there.
    let dict = unsafe { attributes::dict_at(word as *mut PyObject, key.storage()) }?;
    Some(dict.get_str_key(s.py, s.name(w.name_index())))
}

/// What the cache says that the class has.
fn class_value(s: &State, key: Key) -> Option<Value> {
    // SAFETY: the version, which was compared, says that word 2 is the word of a value.
    (key.kind() == kind::CLASS_VALUE).then(|| unsafe { crate::word::value(*s.cache(2)) })
}

/// As `cached_method`, for an instance whose attributes are in a dict.
fn method_beside_dict(s: &State, w: Word) -> Option<Flow> {
    let word = s.get(w.b());
    if !is_object(word) {
        return None;
    }
    // SAFETY: as for `computed`.
    unsafe {
        let key = Key::at(s);
        let kinds = matches!(
            key.kind(),
            kind::METHOD | kind::CLASS_VALUE | kind::INLINE | kind::SPILL | kind::IN_DICT
        );
        let current = key.version() != 0 && type_version(word as *mut PyObject) == key.version();
        if !kinds || !current {
            return None;
        }
        let own = in_dict(s, word, key, w)?;
        if own.is_none() && key.kind() == kind::METHOD {
            pair(s, w, copy_word(*s.cache(2)));
            return Some(Flow::Next);
        }
        let found = own.or_else(|| class_value(s, key))?;
        s.release_object(w.b());
        s.set_value(w.a(), found);
        s.set(w.a() + 1, 0);
    }
    Some(Flow::Next)
}

/// A method that is not found at once: one beside a dict, or a wrapped one.
#[inline(never)]
pub fn second_method(s: Saved, w: Word) -> Flow {
    let s = s.state();
    wrapped_method(&s, w)
        .or_else(|| method_beside_dict(&s, w))
        .unwrap_or(Flow::Cold)
}

/// Writes the pair of a method call: an unbound function and the object. Their registers
/// hold no references.
#[inline(always)]
fn pair(s: &State, w: Word, function: u64) {
    let receiver = s.get(w.b());
    let receiver = if s.is_temp(w.b()) {
        s.put(w.b(), 0);
        receiver
    } else {
        // SAFETY: an operand is a living value.
        unsafe { copy_word(receiver) }
    };
    s.put(w.a(), function);
    s.put(w.a() + 1, receiver);
}

/// Finds the method by the cache; `Cold` on a miss.
#[inline(always)]
fn cached_method(s: &State, w: Word) -> Flow {
    let word = s.get(w.b());
    if !is_object(word) {
        return Flow::Cold;
    }
    let o = word as *mut PyObject;
    // SAFETY: as for `cached`.
    unsafe {
        let key = Key::at(s);
        if key.version() != 0 && type_version(o) == key.version() {
            let fits = match key.kind() {
                kind::METHOD => shape_at(o, key.storage()) == *s.cache(1),
                kind::METHOD_ONLY => true,
                _ => false,
            };
            if fits {
                pair(s, w, copy_word(*s.cache(2)));
                return Flow::Next;
            }
        }
    }
    match cached(s, word) {
        0 => Flow::Cold,
        found => {
            let flow = s.fill_consuming(w.a(), found, w.b());
            s.put(w.a() + 1, 0);
            flow
        }
    }
}

#[inline(always)]
pub fn LOAD_METHOD(s: &mut State, w: Word) -> Flow {
    match cached_method(s, w) {
        Flow::Cold => Flow::Second,
        found => found,
    }
}

/// Finds a `classmethod` or `staticmethod` by the cache.
fn wrapped_method(s: &State, w: Word) -> Option<Flow> {
    let word = s.get(w.b());
    if !is_object(word) {
        return None;
    }
    let o = word as *mut PyObject;
    // SAFETY: as for `cached`; the version says that word 2 is the wrapper.
    unsafe {
        let key = Key::at(s);
        let class = match key.kind() {
            kind::WRAPPED_OF_CLASS if is_class_of(s, o, key) => o,
            kind::WRAPPED
                if type_version(o) == key.version()
                    && key.version() != 0
                    && (key.storage() == 0
                        || shape_at(o, key.storage()) == *s.cache(1)
                        || matches!(in_dict(s, word, key, w), Some(None))) =>
            {
                (*o).ob_type.cast()
            }
            _ => return None,
        };
        let wrapper = object(*s.cache(2));
        let (function, receiver) = match wrapper.downcast_exact::<Instance<ClassMethod>>() {
            Some(method) => (method.function()?, copy_word(class as u64)),
            None => {
                let method = wrapper.cast_unchecked::<Instance<StaticMethod>>();
                (method.function()?, 0)
            }
        };
        s.release_object(w.b());
        s.set_value(w.a(), function);
        s.set(w.a() + 1, receiver);
    }
    Some(Flow::Next)
}

#[inline(never)]
pub fn load_method(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let flow = second_method(s.saved(), w);
    if !matches!(flow, Flow::Cold) {
        return flow;
    }
    let name = s.name(w.name_index());
    let word = s.get(w.b());
    // SAFETY: the register keeps the object alive.
    if is_object(word) && recall(s.py, &s, unsafe { object(word) }, name, Use::Method) {
        let flow = cached_method(&s, w);
        if !matches!(flow, Flow::Cold) {
            return flow;
        }
        let flow = second_method(s.saved(), w);
        if !matches!(flow, Flow::Cold) {
            return flow;
        }
    }
    let value = s.take(w.b());
    match method(&s, &value, name) {
        Ok((function, bound)) => {
            if let Some(object) = value.as_object() {
                learn(s.py, &s, object, name, true);
                remember(s.py, &s, name, Use::Method);
            }
            let receiver = if bound { value.into_word() } else { 0 };
            s.set_value(w.a(), function);
            s.set(w.a() + 1, receiver);
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

/// `value.name` for a call: the function to be called with the value, or the attribute.
pub fn method(s: &State, value: &Value, name: &Str) -> PyResult<(Value, bool)> {
    let ty = value.ty();
    let generic = address(ty.raw().tp_getattro) == address(OBJECT.raw().tp_getattro);
    if generic
        && let Some(found) = ty.lookup(s.py, name)
        && found
            .as_object()
            .is_some_and(|o| o.ty().has_flag(krait_abi::Py_TPFLAGS_METHOD_DESCRIPTOR))
    {
        let own = match value.as_object() {
            Some(object) if ty.raw().tp_dictoffset != 0 => {
                protocol::attr::instance_attribute(s.py, object, name)
            }
            _ => None,
        };
        return Ok(match own {
            Some(own) => (own, false),
            None => (found, true),
        });
    }
    protocol::get_attr(s.py, value, name).map(|v| (v, false))
}

/// Writes the attribute by the cache; `Cold` on a miss.
#[inline(always)]
fn cached_store(s: &State, w: Word) -> Flow {
    let target = s.get(w.a());
    if !is_object(target) || s.consumes_last(w.a()) {
        return Flow::Cold;
    }
    let o = target as *mut PyObject;
    // SAFETY: as for `cached`; the place belongs to the object, which does not die with
    // its register.
    unsafe {
        let key = Key::at(s);
        if key.version() == 0
            || type_version(o) != key.version()
            || !matches!(key.kind(), kind::INLINE | kind::ADD)
            || shape_at(o, key.storage()) != *s.cache(1)
        {
            return Flow::Cold;
        }
        if key.kind() == kind::ADD {
            add_inline(s, o, key, w);
            if s.is_temp(w.a()) {
                let _ = Object::give_back(s.steal(w.a()) as *mut PyObject);
            }
            return Flow::Next;
        }
        let place = o.byte_add(*s.cache(2) as usize).cast::<u64>();
        let old = std::mem::replace(&mut *place, s.take(w.b()).into_word());
        if s.is_temp(w.a()) {
            let _ = Object::give_back(s.steal(w.a()) as *mut PyObject);
        }
        if is_object(old) && Object::give_back(old as *mut PyObject) {
            return Flow::Free(old);
        }
    }
    Flow::Next
}

#[inline(always)]
pub fn STORE_ATTR(s: &mut State, w: Word) -> Flow {
    match cached_store(s, w) {
        Flow::Cold => Flow::Second,
        stored => stored,
    }
}

/// Gives an object a new inline attribute: the value behind those it has, then the shape.
///
/// # Safety
/// The cache is of the kind ADD and the object has the shape before.
#[inline(always)]
unsafe fn add_inline(s: &State, o: *mut PyObject, key: Key, w: Word) {
    // SAFETY: the contract: the new shape has one attribute more, and room for it inline.
    unsafe {
        let next = *s.cache(2) as *const Shape;
        let store = o.byte_add(key.storage()).cast::<AttributeStore>();
        let index = (*next).count() - 1;
        *store.add(1).cast::<u64>().add(index as usize) = s.take(w.b()).into_word();
        (*store).shape = next;
    }
}

#[inline(never)]
pub fn store_attr(s: Saved, w: Word) -> Flow {
    let s = s.state();
    let name = s.name(w.name_index());
    let word = s.get(w.a());
    // SAFETY: the register keeps the object alive.
    if is_object(word) && recall(s.py, &s, unsafe { object(word) }, name, Use::Store) {
        let flow = cached_store(&s, w);
        if !matches!(flow, Flow::Cold) {
            return flow;
        }
    }
    let flow = store_in_slot(s.saved(), w);
    if !matches!(flow, Flow::Cold) {
        return flow;
    }
    let (target, value) = super::arith::take_two(&s, w.a(), w.b());
    let before = target.as_object().map(attributes::shape_of);
    let result = protocol::set_attr(s.py, &target, name, &value);
    if let (Ok(()), Some(object), Some(before)) = (&result, target.as_object(), before) {
        learn_store(s.py, &s, object, before, name);
        remember(s.py, &s, name, Use::Store);
    }
    drop((target, value));
    State::done(result)
}

/// Writes an attribute of an instance that has a dict.
///
/// # Safety
/// The key's version is that of the type of the object, which does not die with its register.
#[inline(never)]
unsafe fn store_in_dict(s: Saved, w: Word, key: Key) -> Flow {
    let s = &s.state();
    let kinds = matches!(
        key.kind(),
        kind::INLINE | kind::SPILL | kind::ADD | kind::IN_DICT
    );
    let o = s.get(w.a()) as *mut PyObject;
    // SAFETY: the contract.
    let Some(dict) = kinds
        .then(|| unsafe { attributes::dict_at(o, key.storage()) })
        .flatten()
    else {
        return Flow::Cold;
    };
    let (target, value) = super::arith::take_two(s, w.a(), w.b());
    let result = dict.set_str(s.py, s.name(w.name_index()), value);
    drop(target);
    State::done(result)
}

/// Writes a `__slots__` member by the cache, or what an instance has in its dict.
#[inline(never)]
pub fn store_in_slot(s: Saved, w: Word) -> Flow {
    let s = &s.state();
    let word = s.get(w.a());
    if !is_object(word) || s.consumes_last(w.a()) {
        return Flow::Cold;
    }
    let o = word as *mut PyObject;
    // SAFETY: the version says that the offset is that of an object slot; the object has
    // another reference than its register's.
    unsafe {
        let key = Key::at(s);
        if key.version() == 0 || type_version(o) != key.version() {
            return Flow::Cold;
        }
        if key.kind() != kind::SLOT {
            return store_in_dict(s.saved(), w, key);
        }
        let new = s.take(w.b()).into_object().into_ptr();
        let place = o.byte_add(*s.cache(2) as usize).cast::<*mut PyObject>();
        let old = std::mem::replace(&mut *place, new);
        s.let_go(w.a());
        if !old.is_null() && Object::give_back(old) {
            return Flow::Free(old as u64);
        }
    }
    Flow::Next
}

pub fn DELETE_ATTR(s: &mut State, w: Word) -> Flow {
    s.save();
    let target = s.take(w.a());
    let result = protocol::del_attr(s.py, &target, s.name(w.name_index()));
    drop(target);
    State::done(result)
}

pub fn LOAD_SPECIAL(s: &mut State, w: Word) -> Flow {
    s.save();
    let value = s.copy(w.b());
    match special(s, &value, w.c()) {
        Ok((function, bound)) => {
            s.set_value(w.a(), function);
            s.set(w.a() + 1, if bound { value.into_word() } else { 0 });
            Flow::Next
        }
        Err(Raised) => Flow::Raise,
    }
}

/// A special method of a context manager, looked up on the type.
fn special(s: &State, value: &Value, number: u16) -> PyResult<(Value, bool)> {
    let name = match Special::from_u16(number) {
        Some(Special::Enter) => intern!("__enter__"),
        Some(Special::Exit) => intern!("__exit__"),
        Some(Special::AEnter) => intern!("__aenter__"),
        _ => intern!("__aexit__"),
    };
    match value.ty().lookup(s.py, name) {
        Some(found)
            if found
                .as_object()
                .is_some_and(|o| o.ty().has_flag(krait_abi::Py_TPFLAGS_METHOD_DESCRIPTOR)) =>
        {
            Ok((found, true))
        }
        Some(_) => {
            let object = value.to_object();
            match protocol::lookup_special(s.py, &object, name)? {
                Some(bound) => Ok((bound, false)),
                None => no_context_manager(s, value.ty(), number),
            }
        }
        None => no_context_manager(s, value.ty(), number),
    }
}

#[cold]
fn no_context_manager<T>(s: &State, ty: &Type, number: u16) -> PyResult<T> {
    let has = |name: &'static Str| ty.lookup(s.py, name).is_some();
    let name = ty.name();
    let (kind, missing) = match Special::from_u16(number) {
        Some(Special::Enter) => ("context manager", "__enter__"),
        Some(Special::Exit) => ("context manager", "__exit__"),
        Some(Special::AEnter) => ("asynchronous context manager", "__aenter__"),
        _ => ("asynchronous context manager", "__aexit__"),
    };
    let hint = match number {
        0 | 1 if has(intern!("__aenter__")) && has(intern!("__aexit__")) => {
            " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
        }
        2 | 3 if has(intern!("__enter__")) && has(intern!("__exit__")) => {
            " but it supports the context manager protocol. Did you mean to use 'with'?"
        }
        _ => "",
    };
    if hint.is_empty() {
        return raise!(
            s.py,
            TypeError,
            "'{name}' object does not support the {kind} protocol (missed {missing} method)"
        );
    }
    raise!(
        s.py,
        TypeError,
        "'{name}' object does not support the {kind} protocol (missed {missing} method){hint}"
    )
}
