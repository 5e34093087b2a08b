//! Words of registers, as the interpreter handles them: a `Value` without its `Drop`.
//!
//! A word is a value's, or zero for an empty register. Whoever copies a pointer word
//! counts the reference; whoever overwrites one gives it back.

use krait_abi::{PyObject, PyTypeObject};
use krait_object::object::Object;
use krait_object::types::typeobject::StaticType;
use krait_object::value::{POINTER_BITS, Value};

/// Whether the word is a reference (not empty, not an immediate).
#[inline(always)]
pub const fn is_object(word: u64) -> bool {
    word.wrapping_sub(1) >> POINTER_BITS == 0
}

/// Gives back the reference in a word.
///
/// # Safety
/// The word is empty or owned by the caller.
#[inline(always)]
pub unsafe fn drop_word(word: u64) {
    if is_object(word) {
        // SAFETY: the caller owned the reference.
        unsafe { Object::decref(word as *mut PyObject) }
    }
}

/// Counts one more reference for a word.
///
/// # Safety
/// The word is empty or a living value's.
#[inline(always)]
pub unsafe fn copy_word(word: u64) -> u64 {
    if is_object(word) {
        // SAFETY: a pointer word's object is alive.
        unsafe { Object::from_ptr(word as *mut PyObject).incref() }
    }
    word
}

/// The object of a pointer word.
///
/// # Safety
/// `is_object(word)`, and the object outlives the use.
#[inline(always)]
pub unsafe fn object<'a>(word: u64) -> &'a Object {
    // SAFETY: the contract.
    unsafe { Object::from_ptr(word as *mut PyObject) }
}

/// A new value from a word that stays where it is.
///
/// # Safety
/// The word is a living value's.
#[inline(always)]
pub unsafe fn value(word: u64) -> Value {
    // SAFETY: the reference was counted for the new value.
    unsafe { Value::from_word(copy_word(word)) }
}

/// The address of a static type, for comparing with an object's.
#[inline(always)]
pub fn address_of(ty: &'static StaticType) -> *const PyTypeObject {
    (ty as *const StaticType).cast()
}
