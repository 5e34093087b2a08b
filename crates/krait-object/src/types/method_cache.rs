//! The cache in front of attribute lookups on types.
//!
//! One table for all types, keyed by the type's version and the address of an interned
//! name. What always holds: an entry's value is what the lookup gives for as long as some
//! type has the entry's version, so that the entry need not own it; a version is never
//! given out twice. The name is owned, so that its address stays its own. That a name was
//! not found is remembered too, as a zero word.

use std::cell::UnsafeCell;

use super::dict::copy_word;
use super::str::Str;
use super::typeobject::Type;
use crate::object::{Layout, Object};
use crate::py::Py;
use crate::value::Value;

const SIZE: usize = 4096;

#[derive(Clone, Copy)]
struct Entry {
    version: u32,
    /// An owned reference, or null.
    name: *const Str,
    /// A borrowed word, or zero.
    value: u64,
}

struct Cache(UnsafeCell<[Entry; SIZE]>);
// SAFETY: only the holder of the GIL looks into it.
unsafe impl Sync for Cache {}

static CACHE: Cache = Cache(UnsafeCell::new(
    [Entry {
        version: 0,
        name: std::ptr::null(),
        value: 0,
    }; SIZE],
));

#[inline(always)]
fn place(version: u32, name: &Str) -> *mut Entry {
    let mixed = version as usize ^ (name as *const Str as usize >> 4);
    // SAFETY: the position is masked.
    unsafe { CACHE.0.get().cast::<Entry>().add(mixed & (SIZE - 1)) }
}

/// The attribute that the type or one of its bases has, without descriptors.
#[inline]
pub fn lookup(py: Py, ty: &Type, name: &Str) -> Option<Value> {
    let version = ty.version(py);
    let entry = place(version, name);
    // SAFETY: the GIL is held; an entry of the type's present version has a living value.
    unsafe {
        if (*entry).version == version && std::ptr::eq((*entry).name, name) && version != 0 {
            return match (*entry).value {
                0 => None,
                word => Some(copy_word(word)),
            };
        }
    }
    lookup_and_keep(py, ty, name, version)
}

#[inline(never)]
fn lookup_and_keep(py: Py, ty: &Type, name: &Str, version: u32) -> Option<Value> {
    if version == 0 || !name.is_interned() {
        return lookup_foreign(py, ty, name);
    }
    let found = ty.lookup_uncached(py, name);
    // Comparing keys may have run code that changed the type.
    if ty.raw().tp_version_tag == version {
        let new = Entry {
            version,
            name: Layout::to_owned(name).into_raw(),
            value: found.as_ref().map_or(0, Value::word),
        };
        // SAFETY: the GIL is held; the old name's reference is given back after the entry
        // was replaced.
        unsafe {
            let old = std::mem::replace(&mut *place(version, name), new);
            if !old.name.is_null() {
                Object::decref(old.name.cast_mut().cast());
            }
        }
    }
    found
}

/// A name that is not interned: most often it equals one that is.
#[cold]
fn lookup_foreign(py: Py, ty: &Type, name: &Str) -> Option<Value> {
    match super::str::intern::lookup(name) {
        Some(interned) if !std::ptr::eq(&*interned, name) => lookup(py, ty, &interned),
        _ => ty.lookup_uncached(py, name),
    }
}

/// Forgets everything (`sys._clear_internal_caches`).
pub fn clear(_py: Py) {
    for i in 0..SIZE {
        // SAFETY: the GIL is held; each name's reference is given back once.
        unsafe {
            let entry = CACHE.0.get().cast::<Entry>().add(i);
            let old = std::mem::replace(
                &mut *entry,
                Entry {
                    version: 0,
                    name: std::ptr::null(),
                    value: 0,
                },
            );
            if !old.name.is_null() {
                Object::decref(old.name.cast_mut().cast());
            }
        }
    }
}
