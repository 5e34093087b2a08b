//! Weak references: CPython's struct, all those of an object on one list.
//!
//! The list's head lies at the `tp_weaklistoffset` of the object's type. What always holds:
//!
//! * a weak reference is on the list of the object in `wr_object`, or that is `None`;
//! * the references that can be shared, the plain `ref` and the plain proxy without
//!   callback, come first, in this order; behind them the newest stands first;
//! * an object whose count is zero counts as dead already: it may wait for its end.

use std::cell::UnsafeCell;

use krait_abi::*;

use super::dict::Dict;
use super::list::List;
use super::typeobject::{StaticType, Type};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::value::Value;

mod death;
mod proxy;
mod reference;

pub use death::{clear_quietly, clear_unreachable, kill_without_callbacks, object_dies};
pub use proxy::new as new_proxy;

/// A weak reference or a weak proxy.
#[repr(transparent)]
pub struct WeakRef(UnsafeCell<PyWeakReference>);

#[unsafe(export_name = "_PyWeakref_RefType")]
pub static REF: StaticType = StaticType::new();
#[unsafe(export_name = "_PyWeakref_ProxyType")]
pub static PROXY: StaticType = StaticType::new();
#[unsafe(export_name = "_PyWeakref_CallableProxyType")]
pub static CALLABLE_PROXY: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for WeakRef {}
// SAFETY: instances of the three types and of subtypes of `ref` have the layout.
unsafe impl Builtin for WeakRef {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &REF
    }
    fn is_instance(object: &Object) -> bool {
        object.ty().is_subtype_of(&REF) || is_proxy(object)
    }
}

/// Whether an object is a weak proxy.
pub fn is_proxy(object: &Object) -> bool {
    object.ty().is(&PROXY) || object.ty().is(&CALLABLE_PROXY)
}

/// The place of the head of an object's list; none where its type allows no weak
/// references.
pub fn list_of(object: &Object) -> Option<*mut *mut PyWeakReference> {
    let offset = object.ty().raw().tp_weaklistoffset;
    // SAFETY: the type says that the pointer is there.
    (offset > 0).then(|| unsafe { object.as_ptr().byte_add(offset as usize).cast() })
}

impl WeakRef {
    #[inline(always)]
    pub(super) fn raw(&self) -> *mut PyWeakReference {
        self.0.get()
    }

    /// The object, where it is still alive.
    #[inline]
    pub fn upgrade(&self) -> Option<Owned> {
        // SAFETY: `wr_object` is a living object, or one that waits for its end, or None.
        let object = unsafe { Object::from_ptr((*self.raw()).wr_object) };
        (!object.is(singletons::none()) && object.refcount() > 0).then(|| object.to_owned())
    }

    pub fn is_dead(&self) -> bool {
        self.upgrade().is_none()
    }

    /// The callback.
    pub fn callback(&self) -> Option<Owned> {
        // SAFETY: null or an owned reference.
        unsafe {
            let callback = (*self.raw()).wr_callback;
            (!callback.is_null()).then(|| Object::from_ptr(callback).to_owned())
        }
    }

    /// Whether the reference may be handed out again to whoever asks for one of this type.
    fn is_shared(&self, ty: &Type) -> bool {
        // SAFETY: the field is the reference's own.
        let plain = unsafe { (*self.raw()).wr_callback.is_null() };
        plain && self.as_object().ty().is(ty) && self.as_object().refcount() > 0
    }

    /// Takes the reference off its object's list; it is dead then.
    pub fn unlink(&self) {
        let this = self.raw();
        // SAFETY: neighbours on the list are alive, since they unlink before they end.
        unsafe {
            let none = singletons::none();
            let object = Object::from_ptr((*this).wr_object);
            if object.is(none) {
                return;
            }
            let (prev, next) = ((*this).wr_prev, (*this).wr_next);
            if let Some(head) = list_of(object)
                && *head == this
            {
                *head = next;
            }
            if !prev.is_null() {
                (*prev).wr_next = next;
            }
            if !next.is_null() {
                (*next).wr_prev = prev;
            }
            (*this).wr_prev = std::ptr::null_mut();
            (*this).wr_next = std::ptr::null_mut();
            (*this).wr_object = none.as_ptr();
        }
    }

    /// Takes the callback out.
    pub(super) fn take_callback(&self) -> Option<Owned> {
        // SAFETY: null or an owned reference, which passes on.
        unsafe {
            let callback = std::mem::replace(&mut (*self.raw()).wr_callback, std::ptr::null_mut());
            (!callback.is_null()).then(|| Owned::from_raw(callback.cast()))
        }
    }
}

/// The weak references on a list that are not about to end, first to last.
fn living(head: *mut *mut PyWeakReference) -> Vec<Owned<WeakRef>> {
    let mut found = Vec::new();
    // SAFETY: references on a list are in memory; those with a count of zero are left out.
    unsafe {
        let mut at = *head;
        while !at.is_null() {
            let reference = Object::from_ptr(at.cast()).cast_unchecked::<WeakRef>();
            if reference.as_object().refcount() > 0 {
                found.push(Layout::to_owned(reference));
            }
            at = (*at).wr_next;
        }
    }
    found
}

/// The shared references of an object: the plain `ref` and the plain proxy.
fn shared(head: *mut *mut PyWeakReference) -> (Option<Owned<WeakRef>>, Option<Owned<WeakRef>>) {
    let (mut reference, mut proxy) = (None, None);
    // SAFETY: references on a list are in memory.
    unsafe {
        let mut at = *head;
        while !at.is_null() {
            let one = Object::from_ptr(at.cast()).cast_unchecked::<WeakRef>();
            if !(*at).wr_callback.is_null() {
                break;
            }
            if one.is_shared(&REF) && reference.is_none() {
                reference = Some(Layout::to_owned(one));
            } else if (one.is_shared(&PROXY) || one.is_shared(&CALLABLE_PROXY)) && proxy.is_none() {
                proxy = Some(Layout::to_owned(one));
            } else if one.as_object().refcount() > 0 {
                break;
            }
            at = (*at).wr_next;
        }
    }
    (reference, proxy)
}

/// A weak reference of a type to an object: a shared one where that will do.
pub(super) fn make(
    py: Py,
    ty: &Type,
    object: &Object,
    callback: Option<&Object>,
) -> PyResult<Owned<WeakRef>> {
    let Some(head) = list_of(object) else {
        return crate::raise!(
            py,
            TypeError,
            "cannot create weak reference to '{}' object",
            object.ty().name()
        );
    };
    let callback = callback.filter(|c| !c.is_none());
    let (reference, proxy) = shared(head);
    if callback.is_none() {
        if ty.is(&REF)
            && let Some(reference) = reference
        {
            return Ok(reference);
        }
        if (ty.is(&PROXY) || ty.is(&CALLABLE_PROXY))
            && let Some(proxy) = proxy
        {
            return Ok(proxy);
        }
    }
    let new = allocate(ty, object, callback)?;
    let after = match (callback, ty.is(&REF), is_proxy(new.as_object())) {
        (None, true, _) => None,
        (None, _, true) => reference,
        _ => proxy.or(reference),
    };
    // SAFETY: the new reference is on no list yet; it goes to the head, or behind one that
    // is on the list.
    unsafe {
        let this = new.raw();
        let (prev, next) = match &after {
            Some(after) => (after.raw(), (*after.raw()).wr_next),
            None => (std::ptr::null_mut(), *head),
        };
        (*this).wr_prev = prev;
        (*this).wr_next = next;
        if prev.is_null() {
            *head = this;
        } else {
            (*prev).wr_next = this;
        }
        if !next.is_null() {
            (*next).wr_prev = this;
        }
    }
    Ok(new)
}

/// A new weak reference that is on no list yet.
fn allocate(ty: &Type, object: &Object, callback: Option<&Object>) -> PyResult<Owned<WeakRef>> {
    let raw = ty.allocate(0)?;
    // SAFETY: the block has the type's size, which covers the struct, and was zeroed.
    unsafe {
        let this = raw.cast::<PyWeakReference>();
        (*this).wr_object = object.as_ptr();
        (*this).wr_callback = callback.map_or(std::ptr::null_mut(), |c| c.to_owned().into_ptr());
        (*this).hash = -1;
        ty.track_new(raw);
        Ok(Owned::from_raw(raw.cast()))
    }
}

/// `weakref.ref(object, callback)`.
pub fn new_ref(py: Py, object: &Object, callback: Option<&Object>) -> PyResult<Owned<WeakRef>> {
    make(py, &REF, object, callback)
}

/// `_weakref.getweakrefcount`.
pub fn count(object: &Object) -> usize {
    list_of(object).map_or(0, |head| living(head).len())
}

/// `_weakref.getweakrefs`.
pub fn references(object: &Object) -> Owned<List> {
    let found = list_of(object).map(living).unwrap_or_default();
    List::from_owned(found.into_iter().map(Owned::upcast))
}

/// `_weakref._remove_dead_weakref`: deletes a key whose value is a dead weak reference.
pub fn remove_dead(py: Py, dict: &Dict, key: &Value) -> PyResult<()> {
    if let Some(value) = dict.get(py, key)? {
        match value.downcast::<WeakRef>() {
            Some(reference) if reference.is_dead() => {
                dict.remove(py, key)?;
            }
            Some(_) => {}
            None => return crate::raise!(py, TypeError, "not a weakref"),
        }
    }
    Ok(())
}

/// Makes the three types ready.
pub(crate) fn define() {
    reference::define();
    proxy::define();
}
