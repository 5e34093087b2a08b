//! Inline caches of attribute instructions.
//!
//! Word 0 holds the version of the type (or of the class itself for class attributes) in
//! its low half, the kind above, and where the attribute storage begins (in units of 8
//! bytes) in the upper 24 bits. Words 1 and 2 depend on the kind. What a cache says holds
//! as long as the version is the type's; nothing in a cache is owned.

use krait_abi::{Py_TPFLAGS_METHOD_DESCRIPTOR, PyObject, PyTypeObject};
use krait_object::object::{Layout, Object};
use krait_object::protocol::attr::{generic_getattr_slot, generic_setattr_slot};
use std::cell::UnsafeCell;

use krait_object::py::{GilCell, Py};
use krait_object::types::attributes::{self, Shape};
use krait_object::types::class_static::{CLASS_METHOD, STATIC_METHOD};
use krait_object::types::descriptor::GetSet;
use krait_object::types::module::{MODULE, Module};
use krait_object::types::property::{PROPERTY, Property};
use krait_object::types::slotdefs::{asks_only_in_the_end, classes_ask_only_in_the_end};
use krait_object::types::str::Str;
use krait_object::types::typeobject::{TYPE, Type, address};
use krait_object::value::Value;

use crate::function::Function;
use crate::state::State;

/// What an inline cache remembers.
pub mod kind {
    /// Word 1: shape. Word 2: offset of the value's word from the object.
    pub const INLINE: u8 = 1;
    /// Word 1: shape. Word 2: index into the spill block.
    pub const SPILL: u8 = 2;
    /// A `__slots__` member. Word 2: its offset.
    pub const SLOT: u8 = 3;
    /// A class attribute without descriptor behaviour. Word 1: shape of the instance, in
    /// which the name is missing; word 2: the value's word.
    pub const CLASS_VALUE: u8 = 4;
    /// A function found on the type, to be called with the object. Words as CLASS_VALUE.
    pub const METHOD: u8 = 5;
    /// The same for types whose instances have no attributes of their own.
    pub const METHOD_ONLY: u8 = 6;
    /// A module's attribute. Word 1: keys version of its dict; word 2: address.
    pub const MODULE: u8 = 7;
    /// An attribute of a class. The version is that class's own. Word 1: the version of its
    /// metaclass; word 2: the value's word.
    pub const OF_CLASS: u8 = 8;
    /// A property whose getter is a Python function. Word 2: the function.
    pub const PROPERTY: u8 = 9;
    /// A new attribute: word 1: shape before; word 2: shape after.
    pub const ADD: u8 = 10;
    /// As CLASS_VALUE for types whose instances have no attributes of their own.
    pub const CLASS_VALUE_ONLY: u8 = 11;
    /// A `classmethod` or `staticmethod` of the type, for a call. Word 1: shape of the
    /// instance, if it has attributes; word 2: the wrapper.
    pub const WRAPPED: u8 = 12;
    /// The same asked of the class. Words 0 and 1 as OF_CLASS.
    pub const WRAPPED_OF_CLASS: u8 = 13;
    /// A computed attribute of a native type. Word 2: its descriptor.
    pub const GETSET: u8 = 14;
    /// An attribute of the instance, which has a dict.
    pub const IN_DICT: u8 = 15;
    /// A Python function found on the type, to be bound. Words as CLASS_VALUE, if instances
    /// have attributes of their own.
    pub const BOUND: u8 = 16;
}

/// The cache's first word.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct Key {
    version: u32,
    /// The kind in the low byte, and the offset of the storage.
    rest: u32,
}

impl Key {
    #[inline(always)]
    pub fn new(version: u32, kind: u8, storage: usize) -> Key {
        let rest = u32::from(kind) | ((storage / 8) as u32) << 8;
        Key { version, rest }
    }

    /// The key of the present instruction.
    #[inline(always)]
    pub fn at(s: &State) -> Key {
        // SAFETY: attribute instructions have three cache words, of which it is the first.
        unsafe { *s.cache(0).cast::<Key>() }
    }

    #[inline(always)]
    pub fn version(self) -> u32 {
        self.version
    }

    #[inline(always)]
    pub fn kind(self) -> u8 {
        self.rest as u8
    }

    /// Offset of the attribute storage in bytes.
    #[inline(always)]
    pub fn storage(self) -> usize {
        (self.rest >> 8) as usize * 8
    }
}

/// The version that an object's type has now.
///
/// # Safety
/// The object is alive.
#[inline(always)]
pub unsafe fn type_version(object: *mut PyObject) -> u32 {
    // SAFETY: the contract.
    unsafe { (*(*object).ob_type).tp_version_tag }
}

/// Whether an object is the class that a cache of a class's attribute is about: one whose
/// own version and whose metaclass's are those in the cache.
///
/// # Safety
/// The object is alive; the cache is of such a kind.
#[inline(always)]
pub unsafe fn is_class_of(s: &State, object: *mut PyObject, key: Key) -> bool {
    // SAFETY: the contract; what has a metaclass for a type is a class.
    unsafe {
        u64::from(type_version(object)) == *s.cache(1)
            && (*object.cast::<PyTypeObject>()).tp_version_tag == key.version()
            && key.version() != 0
    }
}

fn write(s: &State, key: Key, one: u64, two: u64) {
    // SAFETY: attribute instructions have three cache words.
    unsafe {
        *s.cache(0).cast::<Key>() = key;
        *s.cache(1) = one;
        *s.cache(2) = two;
    }
}

/// In word 1: no object's shape.
const NO_SHAPE: u64 = 1;

/// What a site does with an attribute: what one learns is good for the others of its kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Load,
    Method,
    Store,
}

/// What some site has learned, by type, name and use: for sites that see objects of many
/// types in turn. It owns the name: another string must not come to have its address.
#[derive(Clone, Copy)]
struct Known {
    name: *const Str,
    usage: Use,
    key: Key,
    words: [u64; 2],
}

const KNOWN: usize = 1024;
static TABLE: GilCell<UnsafeCell<[Known; KNOWN]>> = GilCell::new(UnsafeCell::new(
    [Known {
        name: std::ptr::null(),
        usage: Use::Load,
        key: Key {
            version: 0,
            rest: 0,
        },
        words: [0; 2],
    }; KNOWN],
));

fn place(py: Py, version: u32, name: &Str, usage: Use) -> *mut Known {
    let mixed = (version as usize).wrapping_mul(0x9E37_79B1)
        ^ (std::ptr::from_ref(name).addr() >> 4)
        ^ (usage as usize) << 8;
    // SAFETY: the index is within the table.
    unsafe { TABLE.get(py).get().cast::<Known>().add(mixed % KNOWN) }
}

/// Remembers what the site has learned for others. Classes and modules have versions of
/// their own, which are no use to other sites.
pub fn remember(py: Py, s: &State, name: &Str, usage: Use) {
    // SAFETY: attribute instructions have three cache words; the GIL is held.
    unsafe {
        let (key, words) = (Key::at(s), [*s.cache(1), *s.cache(2)]);
        if key.version() == 0
            || matches!(
                key.kind(),
                kind::OF_CLASS | kind::WRAPPED_OF_CLASS | kind::MODULE
            )
        {
            return;
        }
        let known = place(py, key.version(), name, usage);
        let old = (*known).name;
        if !std::ptr::eq(old, name) {
            name.as_object().incref();
        }
        *known = Known {
            name,
            usage,
            key,
            words,
        };
        if !old.is_null() && !std::ptr::eq(old, name) {
            Object::decref(old.cast_mut().cast());
        }
    }
}

/// Fills the cache with what some site has learned for the object's type; whether there was
/// such a thing. What it says holds while the version is the type's.
#[inline]
pub fn recall(py: Py, s: &State, object: &Object, name: &Str, usage: Use) -> bool {
    // SAFETY: the object is alive, the GIL is held.
    unsafe {
        let version = type_version(object.as_ptr());
        let known = place(py, version, name, usage);
        if version == 0
            || !std::ptr::eq((*known).name, name)
            || (*known).usage != usage
            || (*known).key.version() != version
        {
            return false;
        }
        let [one, two] = (*known).words;
        write(s, (*known).key, one, two);
    }
    true
}

/// Whether attribute lookups on the type are the ordinary ones.
fn is_generic(ty: &Type) -> bool {
    address(ty.raw().tp_getattro) == generic_getattr_slot as *const std::ffi::c_void
}

/// Where instances keep their attributes: nothing if not at a fixed place.
fn storage(ty: &Type) -> Option<usize> {
    let offset = ty.ext().attrs_offset.get();
    usize::try_from(offset)
        .ok()
        .filter(|&o| o != 0 && o < 1 << 24)
}

/// Whether instances of the type have attributes of their own in any form.
fn has_attributes(ty: &Type) -> bool {
    ty.raw().tp_dictoffset != 0 || ty.ext().attrs_offset.get() != 0
}

/// Fills the cache for reading a name of the object; with `method`, for calling it.
pub fn learn(py: Py, s: &State, object: &Object, name: &Str, method: bool) {
    let ty = object.ty();
    if let Some(class) = object.downcast::<Type>() {
        return learn_class(py, s, class, name, method);
    }
    if let Some(module) = object.downcast_exact::<Module>() {
        return learn_module(py, s, module, name);
    }
    let generic = is_generic(ty);
    if !generic && !asks_only_in_the_end(py, ty) {
        return;
    }
    let version = ty.version(py);
    if version == 0 {
        return;
    }
    match ty.lookup(py, name) {
        // Where its getter raises an AttributeError, `__getattr__` is asked.
        Some(found) if !generic && is_computed(&found) => {}
        None => learn_instance(s, object, name, version),
        Some(found) => learn_found(s, object, name, version, &found, method),
    }
}

/// The name is not on the type: an attribute of the instance.
fn learn_instance(s: &State, object: &Object, name: &Str, version: u32) {
    let Some(storage) = storage(object.ty()) else {
        return;
    };
    let shape = attributes::shape_of(object);
    if shape == attributes::dictionary() {
        return write(s, Key::new(version, kind::IN_DICT, storage), NO_SHAPE, 0);
    }
    // SAFETY: the shape is the object's.
    let Some(index) = (unsafe { attributes::index_of(shape, name) }) else {
        return;
    };
    // SAFETY: a shape that knows a name is a real one.
    let inline = unsafe { (*shape).inline() };
    if index < inline {
        let offset = storage + size_of::<attributes::AttributeStore>() + index as usize * 8;
        write(
            s,
            Key::new(version, kind::INLINE, storage),
            shape as u64,
            offset as u64,
        );
    } else {
        write(
            s,
            Key::new(version, kind::SPILL, storage),
            shape as u64,
            u64::from(index - inline),
        );
    }
}

/// The name is on the type.
fn learn_found(s: &State, object: &Object, name: &Str, version: u32, found: &Value, method: bool) {
    let ty = object.ty();
    let descriptor = found.as_object().map(|o| o.ty());
    if let Some(member) = found.downcast_exact::<krait_object::types::descriptor::Member>()
        && let Some(offset) = member.object_slot()
    {
        return write(s, Key::new(version, kind::SLOT, 0), 0, offset as u64);
    }
    if descriptor.is_some_and(|d| std::ptr::eq(d, &*PROPERTY))
        && let Some(getter) = getter_function(found)
    {
        return write(s, Key::new(version, kind::PROPERTY, 0), 0, getter);
    }
    if let Some(getset) = found.downcast_exact::<GetSet>()
        && getset.is_for(ty)
    {
        return write(s, Key::new(version, kind::GETSET, 0), 0, found.word());
    }
    if descriptor.is_some_and(|d| d.raw().tp_descr_set.is_some()) {
        return;
    }
    let shape = attributes::shape_of(object);
    let storage = storage(ty);
    if has_attributes(ty) && storage.is_none() {
        return;
    }
    let in_dict = shape == attributes::dictionary();
    // SAFETY: the shape is the object's.
    if unsafe { attributes::index_of(shape, name) }.is_some() {
        return learn_instance(s, object, name, version);
    }
    let is_method = descriptor.is_some_and(|d| d.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR));
    let plain = descriptor.is_none_or(|d| d.raw().tp_descr_get.is_none());
    let function = found.downcast_exact::<Function>().is_some();
    let kind = match (storage, is_method && method, plain) {
        (Some(_), true, _) => kind::METHOD,
        (None, true, _) => kind::METHOD_ONLY,
        (Some(_), false, true) => kind::CLASS_VALUE,
        (None, false, true) => kind::CLASS_VALUE_ONLY,
        _ if method && is_wrapper(found) => kind::WRAPPED,
        _ if function && !method => kind::BOUND,
        _ => return,
    };
    let shape = if in_dict { NO_SHAPE } else { shape as u64 };
    let key = Key::new(version, kind, storage.unwrap_or(0));
    write(s, key, shape, found.word());
}

/// Whether reading it runs code of its own.
fn is_computed(found: &Value) -> bool {
    let native = found.downcast_exact::<GetSet>().is_some();
    native
        || found
            .as_object()
            .is_some_and(|o| std::ptr::eq(o.ty(), &*PROPERTY))
}

/// The address of a property's getter, if that is a Python function of one parameter.
fn getter_function(found: &Value) -> Option<u64> {
    let object = found.as_object()?;
    // SAFETY: instances of the very type have the layout.
    let property = unsafe { object.cast_unchecked::<krait_object::native::Instance<Property>>() };
    let getter = property.getter()?;
    let function = getter.downcast_exact::<Function>()?;
    (function.code().body.simple_args == 1).then(|| function.as_object().as_ptr() as u64)
}

/// Whether it is a `classmethod` or a `staticmethod`.
fn is_wrapper(found: &Value) -> bool {
    found.as_object().is_some_and(|o| {
        std::ptr::eq(o.ty(), &*CLASS_METHOD) || std::ptr::eq(o.ty(), &*STATIC_METHOD)
    })
}

fn learn_class(py: Py, s: &State, class: &Type, name: &Str, method: bool) {
    let metaclass = class.as_object().ty();
    let plain = address(metaclass.raw().tp_getattro) == address(TYPE.raw().tp_getattro);
    if !plain && !classes_ask_only_in_the_end(py, metaclass) {
        return;
    }
    let (version, of_metaclass) = (class.version(py), metaclass.version(py));
    if let Some(found) = metaclass.lookup(py, name)
        && is_data(&found)
    {
        let ours = found.downcast_exact::<GetSet>();
        // Where its getter raises an AttributeError, `__getattr__` is asked.
        if plain && of_metaclass != 0 && ours.is_some_and(|g| g.is_for(metaclass)) {
            write(s, Key::new(of_metaclass, kind::GETSET, 0), 0, found.word());
        }
        return;
    }
    let Some(found) = class.lookup(py, name) else {
        return;
    };
    // Methods of all kinds are themselves when asked of the class.
    let descriptor = found.as_object().map(|o| o.ty());
    let function = descriptor.is_some_and(|d| d.has_flag(Py_TPFLAGS_METHOD_DESCRIPTOR));
    let binds = descriptor.is_some_and(|d| d.raw().tp_descr_get.is_some());
    let kind = if function || !binds {
        kind::OF_CLASS
    } else if method && is_wrapper(&found) {
        kind::WRAPPED_OF_CLASS
    } else {
        return;
    };
    if version != 0 && of_metaclass != 0 {
        write(
            s,
            Key::new(version, kind, 0),
            u64::from(of_metaclass),
            found.word(),
        );
    }
}

fn is_data(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|o| o.ty().raw().tp_descr_set.is_some())
}

fn learn_module(py: Py, s: &State, module: &Module, name: &Str) {
    if MODULE.lookup(py, name).is_some() {
        return;
    }
    let dict = module.dict();
    let Some(index) = dict.find_index(py, name) else {
        return;
    };
    let (version, keys) = (MODULE.version(py), dict.keys_version(py));
    if version != 0 && keys != 0 {
        // SAFETY: the index was found in this version.
        let slot = unsafe { dict.value_slot_at(index) };
        write(
            s,
            Key::new(version, kind::MODULE, 0),
            u64::from(keys),
            slot as u64,
        );
    }
}

/// Fills the cache for writing a name of the object, which has the shape `before` the
/// write that was just made.
pub fn learn_store(py: Py, s: &State, object: &Object, before: *const Shape, name: &Str) {
    let ty = object.ty();
    if address(ty.raw().tp_setattro) != generic_setattr_slot as *const std::ffi::c_void {
        return;
    }
    let version = ty.version(py);
    if version == 0 {
        return;
    }
    if let Some(found) = ty.lookup(py, name) {
        if let Some(member) = found.downcast_exact::<krait_object::types::descriptor::Member>()
            && let Some(offset) = member.object_slot()
        {
            write(s, Key::new(version, kind::SLOT, 0), 0, offset as u64);
            return;
        }
        if is_data(&found) {
            return;
        }
    }
    let Some(storage) = storage(ty) else { return };
    let now = attributes::shape_of(object);
    if now == attributes::dictionary() {
        return write(s, Key::new(version, kind::IN_DICT, storage), NO_SHAPE, 0);
    }
    if now.is_null() {
        return;
    }
    if before == now {
        return learn_instance(s, object, name, version);
    }
    // SAFETY: a shape that is neither null nor the dictionary's is a real one.
    let grown = unsafe {
        (*now).last_key().is_some_and(|k| std::ptr::eq(k, name))
            && (*now).count() <= (*now).inline()
    };
    if grown && (before.is_null() || before != attributes::dictionary()) {
        write(
            s,
            Key::new(version, kind::ADD, storage),
            before as u64,
            now as u64,
        );
    }
}
