//! `Value`: the 64-bit word that registers, attributes and dicts hold.
//!
//! A value owns what it holds: cloning counts a reference where the word is a
//! pointer and is a plain copy otherwise. The encoding stands in ARCHITECTURE.md.
//! What always holds: the word is never zero, and a NaN in it is canonical.

use std::marker::PhantomData;
use std::num::NonZeroU64;

use krait_abi::PyObject;

use crate::object::{Builtin, Layout, Object, Owned};
use crate::types::typeobject::Type;
use crate::types::{float, int};

/// The lowest word that is an integer.
pub const INT_TAG: u64 = 0xFFFC << 48;
/// What is added to a double's bits: more than a pointer has, so that to tell pointers is to
/// look at the upper 16 bits, which needs no constant in a register.
pub const DOUBLE_OFFSET: u64 = 1 << 49;
/// Bits of an address.
pub const POINTER_BITS: u32 = 48;
/// Bits of an immediate integer.
pub const INT_BITS: u32 = 50;
const SPARE: u32 = 64 - INT_BITS;
const CANONICAL_NAN: u64 = 0x7FF8 << 48;

/// The largest and smallest immediate integers.
pub const INT_MAX: i64 = (1 << (INT_BITS - 1)) - 1;
pub const INT_MIN: i64 = -(1 << (INT_BITS - 1));

/// An owned Python value: immediate integer, immediate double, or object reference.
#[repr(transparent)]
pub struct Value {
    word: NonZeroU64,
    not_send: PhantomData<*mut ()>,
}

/// What a value holds.
#[derive(Clone, Copy)]
pub enum Unpacked<'a> {
    Int(i64),
    Float(f64),
    Object(&'a Object),
}

/// Whether both words are immediate integers.
#[inline(always)]
pub const fn both_ints(a: u64, b: u64) -> bool {
    (a & b) >= INT_TAG
}

/// The integer in a word that is known to be one.
#[inline(always)]
pub const fn word_to_int(word: u64) -> i64 {
    ((word << SPARE) as i64) >> SPARE
}

/// The word of an integer that fits in 50 bits.
#[inline(always)]
pub const fn int_to_word(i: i64) -> u64 {
    (i as u64) | INT_TAG
}

/// Whether an integer fits an immediate.
#[inline(always)]
pub const fn fits(i: i64) -> bool {
    (i << SPARE) >> SPARE == i
}

/// Whether a word is an immediate double.
#[inline(always)]
pub const fn is_double(word: u64) -> bool {
    word.wrapping_sub(DOUBLE_OFFSET) < INT_TAG - DOUBLE_OFFSET
}

/// Whether a word is an object pointer (or empty).
#[inline(always)]
pub const fn is_pointer(word: u64) -> bool {
    word >> POINTER_BITS == 0
}

/// The double in a word that is known to be one.
#[inline(always)]
pub const fn word_to_double(word: u64) -> f64 {
    f64::from_bits(word.wrapping_sub(DOUBLE_OFFSET))
}

/// The word of a double; NaNs lose their payload.
#[inline(always)]
pub const fn double_to_word(f: f64) -> u64 {
    if f.is_nan() {
        CANONICAL_NAN + DOUBLE_OFFSET
    } else {
        f.to_bits() + DOUBLE_OFFSET
    }
}

impl Value {
    /// # Safety
    /// The word must be a valid encoding, and if it is a pointer, a reference to
    /// the object passes to the new value.
    #[inline(always)]
    pub const unsafe fn from_word(word: u64) -> Value {
        Value {
            // SAFETY: a valid encoding is not zero.
            word: unsafe { NonZeroU64::new_unchecked(word) },
            not_send: PhantomData,
        }
    }

    /// The word; the value keeps its reference.
    #[inline(always)]
    pub const fn word(&self) -> u64 {
        self.word.get()
    }

    /// The word; the reference in it passes to the caller.
    #[inline(always)]
    pub const fn into_word(self) -> u64 {
        let word = self.word.get();
        std::mem::forget(self);
        word
    }

    /// An integer; a heap object where it needs more than 50 bits.
    #[inline(always)]
    pub fn int(i: i64) -> Value {
        if fits(i) {
            // SAFETY: an integer's word carries no reference.
            unsafe { Value::from_word(int_to_word(i)) }
        } else {
            Value::from(int::Int::from_i64(i))
        }
    }

    /// A float; a heap object where it is a NaN with a payload or sign.
    #[inline(always)]
    pub fn float(f: f64) -> Value {
        if f.is_nan() && f.to_bits() != CANONICAL_NAN {
            return Value::from(float::Float::new(f));
        }
        // SAFETY: a double's word carries no reference.
        unsafe { Value::from_word(double_to_word(f)) }
    }

    #[inline(always)]
    pub fn bool(b: bool) -> Value {
        Value::from_static(if b {
            crate::singletons::true_object()
        } else {
            crate::singletons::false_object()
        })
    }

    #[inline(always)]
    pub fn none() -> Value {
        Value::from_static(crate::singletons::none())
    }

    /// The value of an immortal object.
    #[inline(always)]
    pub fn from_static(object: &'static Object) -> Value {
        // SAFETY: counting is optional for immortal objects.
        unsafe { Value::from_word(object.as_ptr() as u64) }
    }

    /// A new reference to the object, or the immediate where it is an exact int or
    /// float that has one.
    #[inline(always)]
    pub fn unboxed(object: &Object) -> Value {
        match unbox_word(object) {
            // SAFETY: immediates carry no reference.
            Some(word) => unsafe { Value::from_word(word) },
            None => Value::from(object.to_owned()),
        }
    }

    /// What a new reference refers to: the immediate where it is an exact int or float
    /// that has one.
    ///
    /// # Safety
    /// The reference passes to the result.
    #[inline(always)]
    pub unsafe fn from_new(object: *mut PyObject) -> Value {
        // SAFETY: the contract; an immediate carries no reference.
        unsafe {
            match unbox_word(Object::from_ptr(object)) {
                Some(word) => {
                    Object::decref(object);
                    Value::from_word(word)
                }
                None => Value::from_word(object as u64),
            }
        }
    }

    /// The same value, as the immediate where it is an exact int or float object that has
    /// one.
    #[inline(always)]
    pub fn unbox(self) -> Value {
        match self.as_object().and_then(unbox_word) {
            // SAFETY: immediates carry no reference.
            Some(word) => unsafe { Value::from_word(word) },
            None => self,
        }
    }

    #[inline(always)]
    pub fn unpack(&self) -> Unpacked<'_> {
        let word = self.word();
        if is_pointer(word) {
            // SAFETY: a pointer word points to an object that self keeps alive.
            Unpacked::Object(unsafe { Object::from_ptr(word as *mut PyObject) })
        } else if word >= INT_TAG {
            Unpacked::Int(word_to_int(word))
        } else {
            Unpacked::Float(word_to_double(word))
        }
    }

    #[inline(always)]
    pub fn as_small_int(&self) -> Option<i64> {
        (self.word() >= INT_TAG).then(|| word_to_int(self.word()))
    }

    #[inline(always)]
    pub fn as_double(&self) -> Option<f64> {
        is_double(self.word()).then(|| word_to_double(self.word()))
    }

    /// The object, where the value is not an immediate.
    #[inline(always)]
    pub fn as_object(&self) -> Option<&Object> {
        match self.unpack() {
            Unpacked::Object(o) => Some(o),
            _ => None,
        }
    }

    /// The object as the given builtin type or a subtype of it.
    #[inline(always)]
    pub fn downcast<T: crate::object::Builtin>(&self) -> Option<&T> {
        self.as_object().and_then(|o| o.downcast::<T>())
    }

    /// The object as exactly the given builtin type.
    #[inline(always)]
    pub fn downcast_exact<T: crate::object::Builtin>(&self) -> Option<&T> {
        self.as_object().and_then(|o| o.downcast_exact::<T>())
    }

    /// The same value as an object: a new reference, boxed where needed.
    #[inline]
    pub fn to_object(&self) -> Owned {
        match self.unpack() {
            Unpacked::Object(o) => o.to_owned(),
            Unpacked::Int(i) => int::Int::from_i64(i).upcast(),
            Unpacked::Float(f) => float::Float::new(f).upcast(),
        }
    }

    /// The value as an object, boxed where needed.
    #[inline]
    pub fn into_object(self) -> Owned {
        if is_pointer(self.word()) {
            // SAFETY: a pointer word holds a reference, which passes on.
            unsafe { Owned::from_raw(self.into_word() as *mut Object) }
        } else {
            self.to_object()
        }
    }

    #[inline(always)]
    pub fn ty(&self) -> &Type {
        match self.unpack() {
            Unpacked::Object(o) => o.ty(),
            Unpacked::Int(_) => int::Int::type_object(),
            Unpacked::Float(_) => float::Float::type_object(),
        }
    }

    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.word() == crate::singletons::none().as_ptr() as u64
    }

    /// Python's `is`.
    #[inline]
    pub fn is(&self, other: &Value) -> bool {
        self.word() == other.word() || (self.normal_word() == other.normal_word())
    }

    /// Whether this is the very object given.
    #[inline(always)]
    pub fn is_object(&self, other: &Object) -> bool {
        self.word() == other.as_ptr() as u64
    }

    /// The word with an exact heap int or float replaced by its immediate.
    #[inline]
    fn normal_word(&self) -> u64 {
        match self.as_object() {
            Some(o) => unbox_word(o).unwrap_or(self.word()),
            None => self.word(),
        }
    }
}

/// The immediate of an exact int or float object that has one.
#[inline(always)]
pub fn unbox_word(object: &Object) -> Option<u64> {
    let ty = object.ty() as *const Type;
    if std::ptr::eq(ty, int::Int::type_object()) {
        // SAFETY: the exact type was just checked.
        let i = unsafe { object.cast_unchecked::<int::Int>() }.compact_value()?;
        Some(int_to_word(i))
    } else if std::ptr::eq(ty, float::Float::type_object()) {
        // SAFETY: the exact type was just checked.
        let f = unsafe { object.cast_unchecked::<float::Float>() }.get();
        (!f.is_nan() || f.to_bits() == CANONICAL_NAN).then(|| double_to_word(f))
    } else {
        None
    }
}

/// What is, or can be made, an object: a value, or a reference to one. An int or a float that
/// comes as an object stays the one that it is.
pub trait IntoObject {
    fn into_object(self) -> Owned;
    /// The value, as an immediate where there is one.
    fn into_value(self) -> Value;
}

impl IntoObject for Value {
    #[inline(always)]
    fn into_object(self) -> Owned {
        Value::into_object(self)
    }

    #[inline(always)]
    fn into_value(self) -> Value {
        self.unbox()
    }
}

impl<T: Layout> IntoObject for Owned<T> {
    #[inline(always)]
    fn into_object(self) -> Owned {
        self.upcast()
    }

    #[inline(always)]
    fn into_value(self) -> Value {
        Value::from(self).unbox()
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Unpacked::Object(o) = self.unpack() {
            o.incref();
        }
        // SAFETY: the reference was counted where there is one.
        unsafe { Value::from_word(self.word()) }
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if is_pointer(self.word()) {
            // SAFETY: the value owned one reference to the object.
            unsafe { Object::decref(self.word() as *mut PyObject) }
        }
    }
}

impl<T: crate::object::Layout> From<Owned<T>> for Value {
    #[inline(always)]
    fn from(owned: Owned<T>) -> Value {
        // SAFETY: a pointer's word is the pointer, and its reference passes on.
        unsafe { Value::from_word(owned.into_raw() as u64) }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.unpack() {
            Unpacked::Int(i) => write!(f, "Int({i})"),
            Unpacked::Float(x) => write!(f, "Float({x})"),
            Unpacked::Object(o) => write!(f, "Object({:p})", o.as_ptr()),
        }
    }
}
