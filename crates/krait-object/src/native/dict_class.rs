//! Subclasses of `dict` written in Rust: `defaultdict`, `OrderedDict`.
//!
//! An instance is a dict followed by a Rust struct, which exists from `__new__` on.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ops::Deref;

use krait_abi::*;

use super::{Args, KwArgs, TypeBuilder, TypeCell};
use crate::gc::Visitor;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::dict::{DICT, Dict};
use crate::types::typeobject::Type;

/// A subclass of `dict`; as [`Class`](super::Class) otherwise.
pub trait DictClass: Default + 'static {
    /// Full name with module.
    const NAME: &'static str;
    /// The class's own `static TypeCell`.
    fn cell() -> &'static TypeCell;
    /// Declares slots, methods and attributes; base and constructor are there already.
    fn define(b: &mut TypeBuilder<DictInstance<Self>>);
    /// Reports every owned reference.
    fn traverse(&self, _visitor: &mut Visitor) {}
    /// Gives up references that can be part of a cycle.
    fn clear(&self) {}
}

/// An instance. Dereferences to the struct.
#[repr(C)]
pub struct DictInstance<T: DictClass> {
    /// Its counts and fields change behind shared references.
    dict: UnsafeCell<PyDictObject>,
    body: T,
}

// SAFETY: repr(C), and the dict begins with the header.
unsafe impl<T: DictClass> Layout for DictInstance<T> {}

// SAFETY: the type's basic size covers the layout, and subtypes only add to it.
unsafe impl<T: DictClass> Builtin for DictInstance<T> {
    #[inline(always)]
    fn type_object() -> &'static Type {
        if !T::cell().is_ready() {
            define_class::<T>();
        }
        T::cell()
    }
}

impl<T: DictClass> Deref for DictInstance<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T: DictClass> DictInstance<T> {
    /// The dict part.
    #[inline(always)]
    pub fn dict(&self) -> &Dict {
        // SAFETY: the layout begins with a dict.
        unsafe { self.as_object().cast_unchecked() }
    }

    /// A new empty object of the class or a subclass of it.
    pub fn new_in(_py: Py, class: &Type, body: T) -> PyResult<Owned<DictInstance<T>>> {
        let raw = class.allocate(0)?;
        // SAFETY: the block has the class's basic size and is zero, which is an empty
        // dict; the body is written before anybody knows the object.
        unsafe {
            let ptr = raw.cast::<DictInstance<T>>();
            std::ptr::write(&raw mut (*ptr).body, body);
            class.track_new(raw);
            Ok(Owned::from_raw(ptr))
        }
    }
}

fn new<T: DictClass>(
    py: Py,
    class: &Type,
    _args: Args<'_>,
    _kwargs: KwArgs,
) -> PyResult<Owned<DictInstance<T>>> {
    DictInstance::new_in(py, class, T::default())
}

#[cold]
fn define_class<T: DictClass>() {
    let mut b =
        TypeBuilder::<DictInstance<T>>::new(T::cell(), T::NAME, size_of::<DictInstance<T>>());
    b.base(&DICT)
        .subclassable()
        .dealloc_raw(dealloc::<T>)
        .gc_raw(traverse::<T>, clear::<T>)
        .new_with("__new__($type, *args, **kwargs)", new::<T>);
    T::define(&mut b);
    b.finish();
}

unsafe extern "C-unwind" fn dealloc<T: DictClass>(object: *mut PyObject) {
    // SAFETY: called once, by the deallocation of an instance.
    unsafe {
        let ty = Type::from_ptr((*object).ob_type);
        ty.untrack(object);
        ty.clear_weakrefs(object);
        Object::from_ptr(object).cast_unchecked::<Dict>().clear();
        std::ptr::drop_in_place(&raw mut (*object.cast::<DictInstance<T>>()).body);
        ty.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse<T: DictClass>(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: called with instances of the type.
    let this = unsafe { Object::from_ptr(object).cast_unchecked::<DictInstance<T>>() };
    let mut visitor = Visitor::new(visit, arg);
    // Storage that only a subclass has is shown by the subclass.
    if T::cell().ext().attrs_offset.get() != 0 {
        crate::types::attributes::traverse(this.as_object(), &mut visitor);
    }
    this.body.traverse(&mut visitor);
    this.dict().visit_all(&mut visitor);
    visitor.result()
}

unsafe extern "C-unwind" fn clear<T: DictClass>(object: *mut PyObject) -> c_int {
    // SAFETY: called with instances of the type.
    let this = unsafe { Object::from_ptr(object).cast_unchecked::<DictInstance<T>>() };
    this.body.clear();
    this.dict().clear();
    crate::types::attributes::clear(this.as_object());
    0
}
