//! `tuple`: CPython's struct, items as object pointers.

use krait_abi::*;

use super::str::Str;
use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::value::Value;

pub mod methods;

/// A `tuple`.
#[repr(transparent)]
pub struct Tuple(std::cell::UnsafeCell<PyTupleObject>);

#[unsafe(export_name = "PyTuple_Type")]
pub static TUPLE: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Tuple {}
// SAFETY: instances of tuple and its subtypes have the layout.
unsafe impl Builtin for Tuple {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &TUPLE
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_TUPLE_SUBCLASS)
    }
}

/// The one empty tuple.
static EMPTY: crate::py::GilCell<std::cell::OnceCell<Owned<Tuple>>> =
    crate::py::GilCell::new(std::cell::OnceCell::new());

impl Tuple {
    #[inline(always)]
    pub fn items_ptr(&self) -> *mut *mut PyObject {
        // SAFETY: the items follow the head.
        unsafe { (&raw mut (*self.0.get()).ob_item).cast() }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.0.get()).ob_base.ob_size as usize }
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items. A tuple does not change after it is built.
    #[inline(always)]
    pub fn as_slice(&self) -> &[&Object] {
        // SAFETY: the items are non-null object pointers, which `&Object` is in form.
        unsafe { std::slice::from_raw_parts(self.items_ptr().cast::<&Object>(), self.len()) }
    }

    /// The items seen as values: a pointer's word is the pointer.
    #[inline(always)]
    pub fn as_values(&self) -> &[Value] {
        // SAFETY: as above; the slice lends the references.
        unsafe { std::slice::from_raw_parts(self.items_ptr().cast::<Value>(), self.len()) }
    }

    /// The hash, if it was computed before. A tuple that C has made may have 0 where
    /// there is none.
    #[inline(always)]
    pub(crate) fn kept_hash(&self) -> Option<i64> {
        // SAFETY: the head is initialised.
        let hash = unsafe { (*self.0.get()).ob_hash } as i64;
        (hash != -1 && hash != 0).then_some(hash)
    }

    #[inline(always)]
    fn keep_hash(&self, hash: i64) {
        // SAFETY: the field is this tuple's own.
        unsafe { (*self.0.get()).ob_hash = hash as isize }
    }

    /// A tuple of so many times None, for `complete`.
    pub fn incomplete(count: usize) -> Owned<Tuple> {
        Tuple::from_values((0..count).map(|_| Value::none()))
    }

    /// Puts an item in the place of a None: for a tuple that something in it refers to, and
    /// which must be there before its items are. Whoever has seen the None may keep it, since
    /// it never goes away.
    pub fn complete(&self, index: usize, value: Value) {
        assert!(self.as_slice()[index].is_none() && !self.is_empty());
        // SAFETY: the place is one of the tuple's; what it gives up is immortal.
        unsafe {
            *self.items_ptr().add(index) = value.into_object().into_ptr();
            // It may have been hashed as it was.
            (*self.0.get()).ob_hash = -1;
        }
    }

    /// The items from `start` to `end`, which are in order and within the length.
    pub fn part(&self, start: usize, end: usize) -> Owned<Tuple> {
        if start == 0 && end == self.len() && self.as_object().is_exact::<Tuple>() {
            return self.to_owned();
        }
        Tuple::from_objects(self.as_slice()[start..end].iter().copied())
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Object> + ExactSizeIterator {
        self.as_slice().iter().copied()
    }

    #[inline(always)]
    pub fn get_ref(&self, index: usize) -> Option<&Object> {
        self.as_slice().get(index).copied()
    }

    /// The item as a value, unboxed where possible.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.get_ref(index).map(Value::unboxed)
    }

    /// The item as an object.
    #[inline(always)]
    pub fn get_object(&self, index: usize) -> Option<Owned> {
        self.get_ref(index).map(Layout::to_owned)
    }

    pub fn get_str(&self, index: usize) -> Option<&Str> {
        self.get_ref(index).and_then(|o| o.downcast::<Str>())
    }

    pub fn empty() -> Owned<Tuple> {
        // SAFETY: only code that holds the GIL makes objects.
        let py = unsafe { crate::py::Py::assume() };
        EMPTY
            .get(py)
            .get_or_init(|| {
                let tuple = Tuple::allocate(0);
                tuple.as_object().immortalize();
                tuple
            })
            .clone()
    }

    /// A tuple whose items are still null and must be filled at once.
    pub fn allocate(count: usize) -> Owned<Tuple> {
        let tuple = Tuple::allocate_unfilled(count);
        for i in 0..count.max(1) {
            // SAFETY: the place is within the block.
            unsafe { *tuple.items_ptr().add(i) = std::ptr::null_mut() }
        }
        tuple
    }

    /// A tuple whose items are still undefined: nobody may see it before they are there.
    #[inline]
    fn allocate_unfilled(count: usize) -> Owned<Tuple> {
        let size = std::mem::offset_of!(PyTupleObject, ob_item) + count.max(1) * 8;
        // SAFETY: the block is fresh and large enough; the head is written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size, true).cast::<PyTupleObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyVarObject::new_heap(TUPLE.as_type_ptr(), count as isize);
            (*ptr).ob_hash = -1;
            Owned::from_raw(ptr.cast())
        }
    }

    /// A tuple of so many values, each given by its index. They are at hand: giving one
    /// runs no Python code.
    #[inline(always)]
    pub fn build(count: usize, mut value: impl FnMut(usize) -> Value) -> Owned<Tuple> {
        if count == 0 {
            return Tuple::empty();
        }
        let tuple = Tuple::allocate_unfilled(count);
        // SAFETY: the places are within the block; the tuple is tracked when all items are
        // there.
        unsafe {
            let items = tuple.items_ptr();
            for i in 0..count {
                *items.add(i) = value(i).into_object().into_ptr();
            }
            krait_heap::track(tuple.as_ptr_object().cast());
        }
        tuple
    }

    /// A tuple of owned objects.
    pub fn from_owned(
        items: impl IntoIterator<Item = Owned, IntoIter: ExactSizeIterator>,
    ) -> Owned<Tuple> {
        let items = items.into_iter();
        let count = items.len();
        if count == 0 {
            return Tuple::empty();
        }
        let tuple = Tuple::allocate(count);
        let mut filled = 0;
        for item in items.take(count) {
            // SAFETY: the place is within the block and empty.
            unsafe { *tuple.items_ptr().add(filled) = item.into_ptr() }
            filled += 1;
        }
        debug_assert_eq!(filled, count);
        // SAFETY: all items are there.
        unsafe { krait_heap::track(tuple.as_ptr_object().cast()) }
        tuple
    }

    fn as_ptr_object(&self) -> *mut PyObject {
        self.as_object().as_ptr()
    }

    pub fn from_objects<'a>(
        items: impl IntoIterator<Item = &'a Object, IntoIter: ExactSizeIterator>,
    ) -> Owned<Tuple> {
        Tuple::from_owned(items.into_iter().map(|o| o.to_owned()))
    }

    /// A tuple of values, boxed where needed.
    pub fn from_values(
        items: impl IntoIterator<Item = Value, IntoIter: ExactSizeIterator>,
    ) -> Owned<Tuple> {
        Tuple::from_owned(items.into_iter().map(Value::into_object))
    }

    pub fn from_slice(items: &[Value]) -> Owned<Tuple> {
        Tuple::from_values(items.iter().cloned())
    }
}

pub(super) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying tuple; it owns its items.
    unsafe {
        krait_heap::untrack(object.cast());
        let tuple = Object::from_ptr(object).cast_unchecked::<Tuple>();
        let exact = std::ptr::eq((*object).ob_type, TUPLE.as_type_ptr());
        let (items, count) = (tuple.items_ptr(), tuple.len());
        // The last one first, as CPython does: destructors can tell.
        for i in (0..count).rev() {
            let item = *items.add(i);
            if !item.is_null() {
                Object::decref(item);
            }
        }
        if exact {
            return krait_heap::free_object(object.cast());
        }
        Type::from_ptr((*object).ob_type).free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    // SAFETY: called with a living tuple.
    let tuple = unsafe { Object::from_ptr(object).cast_unchecked::<Tuple>() };
    let mut visitor = crate::gc::Visitor::new(visit, arg);
    // SAFETY: these are the tuple's items; a place not filled yet is null.
    unsafe { visitor.visit_items(tuple.items_ptr(), tuple.len()) }
    visitor.result()
}

unsafe extern "C-unwind" fn no_clear(_object: *mut PyObject) -> i32 {
    0
}

pub(crate) fn define() {
    let mut b = crate::native::TypeBuilder::<Tuple>::new(
        &TUPLE,
        "tuple",
        std::mem::offset_of!(PyTupleObject, ob_item),
    );
    b.item_size(8)
        .subclassable()
        .flags(Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_SEQUENCE | _Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(dealloc)
        .gc_raw(traverse, no_clear);
    methods::define(&mut b);
    b.silent().finish();
}
