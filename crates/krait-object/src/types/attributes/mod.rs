//! Attributes of instances: what `__dict__` is in CPython.
//!
//! An instance of a type with attribute storage carries an `AttributeStore` at the type's
//! `attrs_offset`: a pointer to its shape and the values in the shape's order, the first
//! few in the instance itself, the rest in a spill block. Whoever asks for the `__dict__`,
//! deletes attributes out of turn or has very many gets a real dict instead. What always
//! holds of a store:
//!
//! * a null shape means no attributes and no spill block;
//! * the shape `dictionary()` means that `spill` is an owned dict;
//! * otherwise the shape belongs to the object's type, and exactly its first `count` words
//!   are values that the store owns; the others are undefined.

use std::ffi::c_int;

use krait_abi::*;

use super::dict::{Dict, copy_word, drop_word};
use super::str::Str;
use super::typeobject::Type;
use crate::errors;
use crate::gc::Visitor;
use crate::object::{Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::value::{Value, is_pointer};

mod shape;

pub use shape::{MAX_ATTRIBUTES, Shape, free_shapes, root_of};

use shape::{interned, with_interned};

/// The attributes of one instance. Inline words follow.
#[repr(C)]
pub struct AttributeStore {
    pub shape: *const Shape,
    /// The spill block's words; in dictionary mode the dict.
    pub spill: *mut u64,
}

/// Its address is the shape of instances whose attributes are in a dict.
static DICTIONARY: u64 = 0;

/// The shape that stands for dictionary mode. Never to be followed.
#[inline(always)]
pub fn dictionary() -> *const Shape {
    (&raw const DICTIONARY).cast()
}

/// How many words a spill block has that holds so many.
fn spill_capacity(count: u32) -> usize {
    (count as usize).next_power_of_two().max(4)
}

impl AttributeStore {
    /// Bytes of a store with so many inline words.
    pub const fn size(inline: u32) -> usize {
        size_of::<AttributeStore>() + inline as usize * 8
    }

    /// Releases all attributes of a dying object.
    ///
    /// # Safety
    /// The object's type has attribute storage, and nobody uses it afterwards.
    pub unsafe fn clear_all(object: *mut PyObject) {
        // SAFETY: the object's memory is still there.
        if let Some(store) = store_of(unsafe { Object::from_ptr(object) }) {
            // SAFETY: the store is the object's.
            unsafe { empty(store) }
        }
    }

    /// The address of the word of the attribute at a position.
    ///
    /// # Safety
    /// The store is alive and in a shape with `inline` inline words; the position is below
    /// the shape's count, or below `inline`.
    #[inline(always)]
    pub unsafe fn word_at(this: *mut AttributeStore, inline: u32, index: u32) -> *mut u64 {
        // SAFETY: the contract; the inline words follow the store.
        unsafe {
            if index < inline {
                this.add(1).cast::<u64>().add(index as usize)
            } else {
                (*this).spill.add((index - inline) as usize)
            }
        }
    }

    /// # Safety
    /// The store is alive.
    #[inline(always)]
    pub unsafe fn is_dictionary(this: *mut AttributeStore) -> bool {
        // SAFETY: the contract.
        unsafe { (*this).shape == dictionary() }
    }

    /// The dict of a store in dictionary mode.
    ///
    /// # Safety
    /// The store is alive and in dictionary mode.
    #[inline(always)]
    unsafe fn dict(this: *mut AttributeStore) -> Owned<Dict> {
        // SAFETY: in dictionary mode `spill` is an owned dict.
        unsafe { Layout::to_owned(Object::from_ptr((*this).spill.cast()).cast_unchecked::<Dict>()) }
    }
}

/// The dict of an object whose attributes are in one, for inline caches.
///
/// # Safety
/// The object is alive and has its store at the offset.
#[inline(always)]
pub unsafe fn dict_at(object: *mut PyObject, offset: usize) -> Option<Owned<Dict>> {
    // SAFETY: the contract.
    unsafe {
        let store = object.byte_add(offset).cast::<AttributeStore>();
        AttributeStore::is_dictionary(store).then(|| AttributeStore::dict(store))
    }
}

/// Whether the object has attribute storage and all its attributes are in its inline words.
pub fn all_inline(object: &Object) -> bool {
    if object.ty().ext().inline_attrs.get() == 0 {
        return false;
    }
    // SAFETY: the store is the object's and alive; without a spill block all values are inline.
    store_of(object).is_some_and(|store| unsafe { (*store).spill.is_null() })
}

/// The attribute store of an object; none where its type has no such storage.
#[inline(always)]
pub fn store_of(object: &Object) -> Option<*mut AttributeStore> {
    let offset = object.ty().ext().attrs_offset.get();
    match offset {
        0 => None,
        // SAFETY: the type says that the store is there.
        1.. => Some(unsafe { object.as_ptr().byte_add(offset as usize).cast() }),
        _ => Some(store_after_items(object)),
    }
}

/// The store behind an object's items.
fn store_after_items(object: &Object) -> *mut AttributeStore {
    let raw = object.ty().raw();
    // SAFETY: `itemsize` is not zero, so that the object begins with a variable-size head;
    // the store lies behind the last item.
    unsafe {
        let items = if object.ty().has_flag(Py_TPFLAGS_LONG_SUBCLASS) {
            let tag = (*object.as_ptr().cast::<PyLongObject>()).long_value.lv_tag;
            (tag >> _PyLong_NON_SIZE_BITS).max(1)
        } else {
            (*object.as_ptr().cast::<PyVarObject>())
                .ob_size
                .unsigned_abs()
        };
        let end = raw.tp_basicsize as usize + items * raw.tp_itemsize as usize;
        object.as_ptr().byte_add(end.next_multiple_of(8)).cast()
    }
}

/// The shape of an object: null without attributes, `dictionary()` with a dict.
#[inline(always)]
pub fn shape_of(object: &Object) -> *const Shape {
    // SAFETY: the store is the object's.
    store_of(object).map_or(std::ptr::null(), |store| unsafe { (*store).shape })
}

/// The position of an interned name in a shape, for inline caches.
///
/// # Safety
/// The shape is null, `dictionary()`, or a living type's.
pub unsafe fn index_of(shape: *const Shape, name: &Str) -> Option<u32> {
    if shape.is_null() || shape == dictionary() {
        return None;
    }
    // SAFETY: the contract.
    unsafe { &*shape }.index_of(name)
}

/// The shape that instances of a type get which have this one and are given a new attribute
/// of an interned name; none where they are to use a dict.
///
/// # Safety
/// The shape is null, `dictionary()`, or one of the type's.
pub unsafe fn transition(ty: &Type, shape: *const Shape, name: &Str) -> Option<*const Shape> {
    if shape == dictionary() {
        return None;
    }
    let shape = if shape.is_null() { root_of(ty) } else { shape };
    // SAFETY: the contract.
    unsafe { &*shape }.with(name)
}

/// An attribute of the instance itself.
#[inline]
pub fn get(py: Py, object: &Object, name: &Str) -> Option<Value> {
    let store = store_of(object)?;
    // SAFETY: the store is the object's; shape and words agree as the module says.
    unsafe {
        let shape = (*store).shape;
        if shape.is_null() {
            return None;
        }
        if shape == dictionary() {
            return AttributeStore::dict(store).get_str_key(py, name);
        }
        let index = with_interned(name, |name| (*shape).index_of(name))??;
        Some(copy_word(*AttributeStore::word_at(
            store,
            (*shape).inline(),
            index,
        )))
    }
}

/// Sets an attribute of the instance itself.
pub fn set(py: Py, object: &Object, name: &Str, value: Value) -> PyResult<()> {
    let Some(store) = store_of(object) else {
        return crate::raise!(
            py,
            AttributeError,
            "'{}' object has no __dict__",
            object.ty().name()
        );
    };
    let name = interned(name);
    // SAFETY: the store is the object's; shape and words agree as the module says.
    unsafe {
        let mut shape = (*store).shape;
        if shape.is_null() {
            shape = root_of(object.ty());
        }
        if shape != dictionary() {
            if let Some(index) = (*shape).index_of(&name) {
                let word = AttributeStore::word_at(store, (*shape).inline(), index);
                let old = std::mem::replace(&mut *word, value.into_word());
                drop_word(old);
                return Ok(());
            }
            if let Some(next) = (*shape).with(&name) {
                return append(store, &*next, value);
            }
        }
        dict(py, object).set_str(py, &name, value)
    }
}

/// Gives a store the attribute that the shape adds to the one it has.
///
/// # Safety
/// The store is alive, and its shape is the new one's parent.
pub unsafe fn append(store: *mut AttributeStore, next: &Shape, value: Value) -> PyResult<()> {
    let (index, inline) = (next.count() - 1, next.inline());
    // SAFETY: the contract; a spill block is made or widened before it is written to.
    unsafe {
        if index >= inline {
            let spilled = index - inline;
            if spilled == 0 || spilled as usize == spill_capacity(spilled) {
                let bytes = spill_capacity(spilled + 1) * 8;
                let old = if spilled == 0 {
                    std::ptr::null_mut()
                } else {
                    (*store).spill.cast()
                };
                let block = krait_heap::realloc_raw(old, bytes);
                if block.is_null() {
                    return errors::no_memory();
                }
                (*store).spill = block.cast();
            }
        }
        *AttributeStore::word_at(store, inline, index) = value.into_word();
        (*store).shape = next;
    }
    Ok(())
}

/// Deletes an attribute of the instance itself; whether it was there.
pub fn delete(py: Py, object: &Object, name: &Str) -> PyResult<bool> {
    let Some(store) = store_of(object) else {
        return Ok(false);
    };
    // SAFETY: the store is the object's; shape and words agree as the module says.
    unsafe {
        let shape = (*store).shape;
        if shape.is_null() {
            return Ok(false);
        }
        if shape != dictionary() {
            let Some(Some(index)) = with_interned(name, |name| (*shape).index_of(name)) else {
                return Ok(false);
            };
            // The attribute added last goes the way it came.
            if index + 1 == (*shape).count()
                && let Some(parent) = (*shape).parent()
            {
                let word = *AttributeStore::word_at(store, (*shape).inline(), index);
                (*store).shape = parent;
                if parent.count() == parent.inline() {
                    krait_heap::free_raw((*store).spill.cast());
                    (*store).spill = std::ptr::null_mut();
                }
                drop_word(word);
                return Ok(true);
            }
        }
        Ok(dict(py, object).remove_str(py, name))
    }
}

/// The object's `__dict__`: from now on its attributes are in this dict. A new dict where
/// the type has no attribute storage.
pub fn dict(py: Py, object: &Object) -> Owned<Dict> {
    let Some(store) = store_of(object) else {
        return Dict::new();
    };
    // SAFETY: the store is the object's; shape and words agree as the module says, and the
    // values' references move from the words to the dict.
    unsafe {
        let shape = (*store).shape;
        if shape == dictionary() {
            return AttributeStore::dict(store);
        }
        let dict = if shape.is_null() {
            Dict::new()
        } else {
            into_dict(py, store, &*shape)
        };
        (*store).shape = dictionary();
        (*store).spill = Layout::to_owned(&*dict).into_raw().cast();
        dict
    }
}

/// Moves the values of a store into a new dict; the spill block is released.
///
/// # Safety
/// The store is alive and has this shape; it gets a new one at once.
unsafe fn into_dict(py: Py, store: *mut AttributeStore, shape: &Shape) -> Owned<Dict> {
    let dict = Dict::with_capacity(shape.count() as usize);
    for (index, key) in shape.keys().enumerate() {
        // SAFETY: the contract; the reference passes to the value.
        let value = unsafe {
            Value::from_word(*AttributeStore::word_at(
                store,
                shape.inline(),
                index as u32,
            ))
        };
        if dict.set_str(py, key, value).is_err() {
            errors::out_of_memory();
        }
    }
    if shape.count() > shape.inline() {
        // SAFETY: the block is the store's and its words have moved.
        unsafe { krait_heap::free_raw((*store).spill.cast()) }
    }
    dict
}

/// A new dict of the attributes, which stay where they are: for callers that only read.
pub fn snapshot(py: Py, object: &Object) -> Owned<Dict> {
    let Some(store) = store_of(object) else {
        return Dict::new();
    };
    // SAFETY: the store is the object's; shape and words agree as the module says.
    unsafe {
        let shape = (*store).shape;
        if shape.is_null() {
            return Dict::new();
        }
        if shape == dictionary() {
            return AttributeStore::dict(store).copy();
        }
        let dict = Dict::with_capacity((*shape).count() as usize);
        for (index, key) in (*shape).keys().enumerate() {
            let value = copy_word(*AttributeStore::word_at(
                store,
                (*shape).inline(),
                index as u32,
            ));
            if dict.set_str(py, key, value).is_err() {
                errors::out_of_memory();
            }
        }
        dict
    }
}

/// `object.__dict__ = dict`. False where the type has no attribute storage.
pub fn replace_dict(object: &Object, dict: Owned<Dict>) -> bool {
    let Some(store) = store_of(object) else {
        return false;
    };
    // SAFETY: the store is the object's. The old values die when the new dict is in place.
    unsafe {
        let old = take(store);
        (*store).shape = dictionary();
        (*store).spill = dict.into_raw().cast();
        match old {
            Contents::Nothing => {}
            Contents::Dict(dict) => drop(dict),
            Contents::Words(words) => drop(words),
        }
    }
    true
}

/// Changes an object's type by `assign`, where the new type has its store at the same place
/// with as many inline words: `object.__class__ = ty`. The attributes go over to shapes of
/// the new type.
pub fn change_class(py: Py, object: &Object, assign: impl FnOnce()) -> PyResult<()> {
    let contents = match store_of(object) {
        // SAFETY: the store is the object's.
        Some(store) => unsafe {
            let shape = (*store).shape;
            if shape.is_null() || shape == dictionary() {
                None
            } else {
                Some((shape, take(store)))
            }
        },
        None => None,
    };
    let Some((shape, Contents::Words(words))) = contents else {
        assign();
        return Ok(());
    };
    // SAFETY: the old type, and with it the shape, lives until `assign`.
    let names: Vec<Owned<Str>> = unsafe { (*shape).keys() }.map(Str::to_owned_str).collect();
    assign();
    for (name, value) in names.iter().zip(words) {
        set(py, object, name, value)?;
    }
    Ok(())
}

/// What a store held.
enum Contents {
    Nothing,
    Dict(Owned<Dict>),
    Words(Vec<Value>),
}

/// Takes everything out of a store, which has no attributes then.
///
/// # Safety
/// The store is alive.
unsafe fn take(store: *mut AttributeStore) -> Contents {
    // SAFETY: shape and words agree as the module says; the references pass on.
    unsafe {
        let (shape, spill) = ((*store).shape, (*store).spill);
        (*store).shape = std::ptr::null();
        (*store).spill = std::ptr::null_mut();
        if shape.is_null() {
            return Contents::Nothing;
        }
        if shape == dictionary() {
            return Contents::Dict(Owned::from_raw(spill.cast()));
        }
        let (count, inline) = ((*shape).count(), (*shape).inline());
        let mut words = Vec::with_capacity(count as usize);
        for i in 0..count {
            let word = if i < inline {
                *AttributeStore::word_at(store, inline, i)
            } else {
                *spill.add((i - inline) as usize)
            };
            words.push(Value::from_word(word));
        }
        if count > inline {
            krait_heap::free_raw(spill.cast());
        }
        Contents::Words(words)
    }
}

/// Releases all attributes.
///
/// # Safety
/// The store is alive.
unsafe fn empty(store: *mut AttributeStore) {
    // SAFETY: shape and words agree as the module says. The store is empty before the first
    // value dies, and nothing gives a dying object new attributes before they all are gone:
    // those that a finaliser adds lie in words that have been read.
    unsafe {
        let shape = (*store).shape;
        if shape.is_null() {
            return;
        }
        if shape == dictionary() || (*shape).count() > 8 {
            drop(take(store));
            return;
        }
        let (count, inline, spill) = ((*shape).count(), (*shape).inline(), (*store).spill);
        let mut words = [0u64; 8];
        for i in 0..count {
            words[i as usize] = *AttributeStore::word_at(store, inline, i);
        }
        (*store).shape = std::ptr::null();
        (*store).spill = std::ptr::null_mut();
        if count > inline {
            krait_heap::free_raw(spill.cast());
        }
        words[..count as usize]
            .iter()
            .for_each(|&word| drop_word(word));
    }
}

/// Reports the references of an object's attributes to the collector.
pub fn traverse(object: &Object, visitor: &mut Visitor) {
    let Some(store) = store_of(object) else {
        return;
    };
    // SAFETY: the store is the object's; shape and words agree as the module says. Visiting
    // runs no Python code.
    unsafe {
        let shape = (*store).shape;
        if shape.is_null() {
            return;
        }
        if shape == dictionary() {
            visitor.visit_ptr((*store).spill.cast());
            return;
        }
        for i in 0..(*shape).count() {
            let word = *AttributeStore::word_at(store, (*shape).inline(), i);
            if is_pointer(word) {
                visitor.visit_ptr(word as *mut PyObject);
            }
        }
    }
}

/// `traverse` in the form of `tp_traverse`.
///
/// # Safety
/// The object is alive, and the visitor is the collector's.
pub unsafe fn traverse_raw(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: the contract.
    traverse(unsafe { Object::from_ptr(object) }, &mut visitor);
    visitor.result()
}

/// Gives up all attributes, for `tp_clear`.
pub fn clear(object: &Object) {
    if let Some(store) = store_of(object) {
        // SAFETY: the store is the object's.
        unsafe { empty(store) }
    }
}
