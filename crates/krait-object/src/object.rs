//! Object references: `&Object` (borrowed), `Owned` (counted), and how an object
//! dies.
//!
//! Every struct that starts with CPython's object header implements `Layout`; those
//! with a static type object implement `Builtin` and can be told apart at run time.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use krait_abi::{PyObject, PyTypeObject};

use crate::types::typeobject::Type;

/// Reference counts at or above this mark an immortal object.
pub const IMMORTAL: u32 = 3 << 30;

/// A field without size for structs of CPython's that Rust refers to: their header's count
/// changes behind shared references, which the compiler must not take for constant.
pub type Counted = UnsafeCell<()>;

/// Any Python object on the heap.
#[repr(transparent)]
pub struct Object(UnsafeCell<PyObject>);

/// A struct that begins with CPython's object header and is only met behind
/// references to living objects.
///
/// # Safety
/// The implementor is `repr(C)` or `repr(transparent)`, its first field is a `PyObject`
/// header, and some field has interior mutability (`Counted`, if no other).
pub unsafe trait Layout: 'static {
    #[inline(always)]
    fn as_object(&self) -> &Object {
        // SAFETY: the trait's contract: the struct starts with the header.
        unsafe { &*(self as *const Self).cast::<Object>() }
    }

    /// A new counted reference.
    #[inline(always)]
    fn to_owned(&self) -> Owned<Self>
    where
        Self: Sized,
    {
        self.as_object().incref();
        // SAFETY: the reference was just counted.
        unsafe { Owned::from_raw(self as *const Self as *mut Self) }
    }
}

/// A layout with a type object by which its instances are recognised.
///
/// # Safety
/// Every instance of `type_object()` or of a subtype has this layout.
pub unsafe trait Builtin: Layout + Sized {
    fn type_object() -> &'static Type;

    /// Whether the object is an instance of the type or a subtype.
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        std::ptr::eq(object.ty(), Self::type_object())
            || object.ty().is_subtype_of(Self::type_object())
    }
}

// SAFETY: it is the header.
unsafe impl Layout for Object {}

impl Object {
    /// # Safety
    /// The pointer is to a living object, kept alive for the whole lifetime.
    #[inline(always)]
    pub const unsafe fn from_ptr<'a>(ptr: *mut PyObject) -> &'a Object {
        // SAFETY: as the contract says; the layout is the same.
        unsafe { &*ptr.cast::<Object>() }
    }

    #[inline(always)]
    pub const fn as_ptr(&self) -> *mut PyObject {
        self.0.get()
    }

    #[inline(always)]
    pub fn ty(&self) -> &Type {
        // SAFETY: a living object's type is a living type.
        unsafe { Type::from_ptr((*self.as_ptr()).ob_type) }
    }

    #[inline(always)]
    fn count_cell(&self) -> *mut u32 {
        self.as_ptr().cast::<u32>()
    }

    #[inline(always)]
    pub fn refcount(&self) -> u32 {
        // SAFETY: the count is the low half of the header's first word.
        unsafe { *self.count_cell() }
    }

    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        (self.refcount() as i32) < 0
    }

    #[inline(always)]
    pub fn incref(&self) {
        let count = self.refcount();
        if count < IMMORTAL {
            // SAFETY: the count is the low half of the header's first word.
            unsafe { *self.count_cell() = count + 1 }
        }
    }

    /// Makes the object live as long as the process.
    pub fn immortalize(&self) {
        // SAFETY: the header's first word is the count.
        unsafe { *self.as_ptr().cast::<u64>() = u64::from(IMMORTAL) }
    }

    /// Gives one reference back; the last one ends the object.
    ///
    /// # Safety
    /// The caller owns the reference and does not use it afterwards.
    #[inline(always)]
    pub unsafe fn decref(ptr: *mut PyObject) {
        // SAFETY: the caller owns a reference, so the object lives.
        unsafe {
            let cell = ptr.cast::<u32>();
            let count = *cell;
            if (count as i32) < 0 {
                return;
            }
            *cell = count - 1;
            if count == 1 {
                dealloc(ptr);
            }
        }
    }

    /// Gives a reference back; true if it was the last one: then `free` is to follow.
    ///
    /// # Safety
    /// As for `decref`.
    #[inline(always)]
    #[must_use = "an object without references must be freed"]
    pub unsafe fn give_back(ptr: *mut PyObject) -> bool {
        // SAFETY: the contract: the reference that is given back keeps the object alive.
        unsafe {
            let cell = ptr.cast::<u32>();
            let count = *cell;
            if (count as i32) < 0 {
                return false;
            }
            *cell = count - 1;
            count == 1
        }
    }

    /// Frees an object whose last reference was given back.
    ///
    /// # Safety
    /// `give_back` said so, and nobody has freed it since.
    #[inline(always)]
    pub unsafe fn free(ptr: *mut PyObject) {
        // SAFETY: the contract.
        unsafe { dealloc(ptr) }
    }

    /// Whether there is one reference only.
    ///
    /// # Safety
    /// The object is alive.
    #[inline(always)]
    pub unsafe fn is_last(ptr: *mut PyObject) -> bool {
        // SAFETY: the contract.
        unsafe { *ptr.cast::<u32>() == 1 }
    }

    #[inline(always)]
    pub fn is(&self, other: &Object) -> bool {
        std::ptr::eq(self, other)
    }

    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.is(crate::singletons::none())
    }

    #[inline(always)]
    pub fn downcast<T: Builtin>(&self) -> Option<&T> {
        // SAFETY: `is_instance` vouches for the layout.
        T::is_instance(self).then(|| unsafe { self.cast_unchecked() })
    }

    #[inline(always)]
    pub fn is_exact<T: Builtin>(&self) -> bool {
        std::ptr::eq(self.ty(), T::type_object())
    }

    #[inline(always)]
    pub fn downcast_exact<T: Builtin>(&self) -> Option<&T> {
        // SAFETY: the type is the very one whose layout is T.
        self.is_exact::<T>()
            .then(|| unsafe { self.cast_unchecked() })
    }

    /// # Safety
    /// The object has the layout `T`.
    #[inline(always)]
    pub unsafe fn cast_unchecked<T: Layout>(&self) -> &T {
        // SAFETY: as the contract says.
        unsafe { &*self.as_ptr().cast::<T>() }
    }
}

/// An owned reference.
#[repr(transparent)]
pub struct Owned<T: Layout = Object> {
    ptr: NonNull<T>,
    not_send: PhantomData<*mut T>,
}

impl<T: Layout> Owned<T> {
    /// # Safety
    /// The pointer is to a living object and the caller's reference passes on.
    #[inline(always)]
    pub unsafe fn from_raw(ptr: *mut T) -> Owned<T> {
        Owned {
            // SAFETY: a living object's pointer is not null.
            ptr: unsafe { NonNull::new_unchecked(ptr) },
            not_send: PhantomData,
        }
    }

    /// The pointer; the reference passes to the caller.
    #[inline(always)]
    pub fn into_raw(self) -> *mut T {
        let ptr = self.ptr.as_ptr();
        std::mem::forget(self);
        ptr
    }

    #[inline(always)]
    pub fn into_ptr(self) -> *mut PyObject {
        self.into_raw().cast()
    }

    #[inline(always)]
    pub fn upcast(self) -> Owned {
        // SAFETY: every layout is an object; the reference passes on.
        unsafe { Owned::from_raw(self.into_raw().cast()) }
    }

    /// # Safety
    /// The object has the layout `U`.
    #[inline(always)]
    pub unsafe fn cast_unchecked<U: Layout>(self) -> Owned<U> {
        // SAFETY: as the contract says; the reference passes on.
        unsafe { Owned::from_raw(self.into_raw().cast()) }
    }
}

impl Owned<Object> {
    /// The same reference with the builtin type's layout, or itself back.
    #[inline]
    pub fn downcast_owned<T: Builtin>(self) -> Result<Owned<T>, Owned> {
        if T::is_instance(&self) {
            // SAFETY: `is_instance` vouches for the layout.
            Ok(unsafe { self.cast_unchecked() })
        } else {
            Err(self)
        }
    }
}

impl<T: Layout> Deref for Owned<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the reference keeps the object alive.
        unsafe { self.ptr.as_ref() }
    }
}

impl<T: Layout> Clone for Owned<T> {
    #[inline(always)]
    fn clone(&self) -> Owned<T> {
        Layout::to_owned(&**self)
    }
}

impl<T: Layout> Drop for Owned<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: self owned one reference.
        unsafe { Object::decref(self.ptr.as_ptr().cast()) }
    }
}

/// How many deallocations may nest before the rest is put off.
const NESTING: usize = 40;

struct Trash {
    depth: usize,
    later: Vec<*mut PyObject>,
}

struct TrashCell(UnsafeCell<Trash>);
// SAFETY: only the holder of the GIL deallocates.
unsafe impl Sync for TrashCell {}
static TRASH: TrashCell = TrashCell(UnsafeCell::new(Trash {
    depth: 0,
    later: Vec::new(),
}));

/// Ends an object whose count has come to zero. Nested ends beyond a small depth are
/// put off to the outermost one, so that deep structures need no native stack.
///
/// # Safety
/// The object's count is zero and nobody uses it.
#[inline(never)]
pub unsafe fn dealloc(ptr: *mut PyObject) {
    let trash = TRASH.0.get();
    // SAFETY: the GIL is held; no reference into the cell is kept across the calls. Exact
    // numbers own nothing.
    unsafe {
        let ty = (*ptr).ob_type;
        if std::ptr::eq(ty, crate::types::float::FLOAT.as_type_ptr())
            || std::ptr::eq(ty, crate::types::int::INT.as_type_ptr())
        {
            return krait_heap::free_object(ptr.cast());
        }
        if (*trash).depth >= NESTING {
            // A collection may run before its turn comes, and must not see it.
            krait_heap::untrack(ptr.cast());
            (*trash).later.push(ptr);
            return;
        }
        (*trash).depth += 1;
        run_dealloc(ptr);
        if (*trash).depth == 1 {
            while let Some(next) = (*trash).later.pop() {
                run_dealloc(next);
            }
        }
        (*trash).depth -= 1;
    }
}

/// # Safety
/// As for `dealloc`.
#[inline(always)]
unsafe fn run_dealloc(ptr: *mut PyObject) {
    // SAFETY: a ready type has a deallocator.
    unsafe {
        let ty: *mut PyTypeObject = (*ptr).ob_type;
        (*ty).tp_dealloc.unwrap_unchecked()(ptr);
    }
}
