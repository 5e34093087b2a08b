//! `list`: CPython's struct, items as object pointers in a raw block.

use krait_abi::*;

use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::types::tuple::Tuple;
use crate::value::Value;

mod merge_sort;
pub mod methods;
mod plain_order;
pub mod sort;

/// A `list`.
#[repr(transparent)]
pub struct List(std::cell::UnsafeCell<PyListObject>);

#[unsafe(export_name = "PyList_Type")]
pub static LIST: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for List {}
// SAFETY: instances of list and its subtypes have the layout.
unsafe impl Builtin for List {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &LIST
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_LIST_SUBCLASS)
    }
}

impl List {
    #[inline(always)]
    pub fn raw(&self) -> *mut PyListObject {
        self.0.get()
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).ob_base.ob_size as usize }
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An empty list with room for so many items.
    pub fn with_capacity(capacity: usize) -> Owned<List> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        let list = unsafe {
            let ptr =
                krait_heap::alloc_object(size_of::<PyListObject>(), true).cast::<PyListObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyVarObject::new_heap(LIST.as_type_ptr(), 0);
            (*ptr).ob_item = std::ptr::null_mut();
            (*ptr).allocated = 0;
            krait_heap::track(ptr.cast());
            Owned::<List>::from_raw(ptr.cast())
        };
        if capacity > 0 && !list.reserve(capacity) {
            errors::out_of_memory();
        }
        list
    }

    /// A list of so many values, each given by its index. They are at hand: giving one runs
    /// no Python code.
    #[inline(always)]
    pub fn build(count: usize, value: impl Fn(usize) -> Value) -> Owned<List> {
        let list = List::with_capacity(count);
        // SAFETY: there is room.
        unsafe {
            let items = (*list.raw()).ob_item;
            for i in 0..count {
                *items.add(i) = value(i).into_object().into_ptr();
            }
            (*list.raw()).ob_base.ob_size = count as isize;
        }
        list
    }

    pub fn new() -> Owned<List> {
        List::with_capacity(0)
    }

    /// Makes room for so many items in all; false where memory is exhausted.
    pub fn reserve(&self, capacity: usize) -> bool {
        let raw = self.raw();
        // SAFETY: the block belongs to the list; `ob_item` is null or such a block.
        unsafe {
            if capacity <= (*raw).allocated as usize {
                return true;
            }
            let Some(bytes) = capacity
                .checked_mul(8)
                .filter(|&b| b <= isize::MAX as usize)
            else {
                return false;
            };
            let block = krait_heap::realloc_raw((*raw).ob_item.cast(), bytes);
            if block.is_null() {
                return false;
            }
            (*raw).ob_item = block.cast();
            (*raw).allocated = capacity as isize;
            true
        }
    }

    /// Appends; the list grows by an eighth and a little.
    #[inline(always)]
    pub fn push(&self, item: Owned) {
        let raw = self.raw();
        // SAFETY: room is made first; the item's reference passes to the list.
        unsafe {
            let len = (*raw).ob_base.ob_size;
            if len == (*raw).allocated {
                self.grow();
            }
            *(*raw).ob_item.add(len as usize) = item.into_ptr();
            (*raw).ob_base.ob_size = len + 1;
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&self) {
        let len = self.len() + 1;
        let wanted = (len + (len >> 3) + 6) & !3;
        if !self.reserve(wanted) {
            errors::out_of_memory();
        }
    }

    #[inline(always)]
    pub fn push_value(&self, value: Value) {
        self.push(value.into_object());
    }

    /// The item, as a new reference or an immediate.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        // SAFETY: within the list; the item is alive while it is copied.
        Some(Value::unboxed(unsafe {
            Object::from_ptr(*(*self.raw()).ob_item.add(index))
        }))
    }

    /// As `get`; `Some(None)` for a place that C has not filled yet.
    pub fn get_or_gap(&self, index: usize) -> Option<Option<Value>> {
        if index >= self.len() {
            return None;
        }
        // SAFETY: within the list.
        let item = unsafe { *(*self.raw()).ob_item.add(index) };
        Some((!item.is_null()).then(|| self.get(index)).flatten())
    }

    /// The item without a count.
    ///
    /// # Safety
    /// It is not used after anything that may run Python code.
    #[inline(always)]
    pub(crate) unsafe fn peek<'a>(&self, index: usize) -> Option<&'a Object> {
        if index >= self.len() {
            return None;
        }
        // SAFETY: within the list, which keeps the item alive meanwhile, as the contract says.
        // (C may not have filled the place yet.)
        unsafe {
            let item = *(*self.raw()).ob_item.add(index);
            (!item.is_null()).then(|| Object::from_ptr(item))
        }
    }

    /// The parts of the item without a count, if it is a tuple of two.
    ///
    /// # Safety
    /// They are not used after anything that may run Python code.
    #[inline(always)]
    pub(crate) unsafe fn peek_pair<'a>(&self, index: usize) -> Option<[&'a Object; 2]> {
        // SAFETY: the item keeps its parts alive, and the list the item, as the contract says.
        let tuple = unsafe { self.peek(index)? }.downcast_exact::<Tuple>()?;
        <[&Object; 2]>::try_from(tuple.as_slice()).ok()
    }

    /// The item as an object.
    #[inline(always)]
    pub fn get_object(&self, index: usize) -> Option<Owned> {
        if index >= self.len() {
            return None;
        }
        // SAFETY: within the list; the item is alive while it is counted.
        Some(unsafe { Object::from_ptr(*(*self.raw()).ob_item.add(index)) }.to_owned())
    }

    /// Replaces an item; returns false where the index is outside.
    #[inline(always)]
    pub fn set(&self, index: usize, item: Owned) -> bool {
        if index >= self.len() {
            return false;
        }
        // SAFETY: within the list; the old item is released after it left the list.
        unsafe {
            let place = (*self.raw()).ob_item.add(index);
            let old = std::mem::replace(&mut *place, item.into_ptr());
            Object::decref(old);
        }
        true
    }

    /// Exchanges two items; nothing where an index is outside.
    #[inline]
    pub fn swap(&self, a: usize, b: usize) {
        if a < self.len() && b < self.len() {
            // SAFETY: both places are within the list; the references only change places.
            unsafe {
                let items = (*self.raw()).ob_item;
                std::ptr::swap(items.add(a), items.add(b));
            }
        }
    }

    /// A list of the items from `start` to `end`, which are in order and within the length.
    pub fn part(&self, start: usize, end: usize) -> Owned<List> {
        let (start, end) = (start.min(self.len()), end.min(self.len()));
        let count = end.saturating_sub(start);
        let list = List::with_capacity(count);
        // SAFETY: there is room for the items; their references are counted as they are
        // copied.
        unsafe {
            let (from, to) = ((*self.raw()).ob_item.add(start), (*list.raw()).ob_item);
            for i in 0..count {
                let item = *from.add(i);
                Object::from_ptr(item).incref();
                *to.add(i) = item;
            }
            (*list.raw()).ob_base.ob_size = count as isize;
        }
        list
    }

    /// Replaces the items from `start` to `end`, which are in order and within the length,
    /// by others; false where memory is exhausted. The new ones are not this list's own.
    pub fn replace_range(&self, start: usize, end: usize, new: &[&Object]) -> bool {
        const FEW: usize = 8;
        let raw = self.raw();
        let (len, gone) = (self.len(), end - start);
        if new.len() > gone && !self.reserve(len - gone + new.len()) {
            return false;
        }
        // SAFETY: there is room; the old references leave the list before any is given
        // back, since that may run Python code.
        unsafe {
            let place = (*raw).ob_item.add(start);
            let mut few = [std::ptr::null_mut(); FEW];
            let mut many = Vec::new();
            let old: &mut [*mut PyObject] = if gone <= FEW {
                &mut few[..gone]
            } else {
                many.resize(gone, std::ptr::null_mut());
                &mut many
            };
            std::ptr::copy_nonoverlapping(place, old.as_mut_ptr(), gone);
            if new.len() != gone {
                std::ptr::copy(place.add(gone), place.add(new.len()), len - end);
                (*raw).ob_base.ob_size = (len - gone + new.len()) as isize;
            }
            for (i, item) in new.iter().enumerate() {
                item.incref();
                *place.add(i) = item.as_ptr();
            }
            for item in old.iter().rev() {
                Object::decref(*item);
            }
        }
        true
    }

    /// Takes the items from `start` to `end` out.
    pub fn take_range(&self, start: usize, end: usize) -> Vec<Owned> {
        let (len, raw) = (self.len(), self.raw());
        let (start, end) = (start.min(len), end.min(len).max(start.min(len)));
        // SAFETY: the references in the range pass to the vector, the rest moves up.
        unsafe {
            let items = (*raw).ob_item;
            let taken = (start..end)
                .map(|i| Owned::from_raw(*items.add(i).cast::<*mut Object>()))
                .collect();
            if end > start {
                std::ptr::copy(items.add(end), items.add(start), len - end);
                (*raw).ob_base.ob_size = (len - (end - start)) as isize;
            }
            taken
        }
    }

    /// Takes all items out for a sort. The block left behind, which has no room, shows
    /// by `is_untouched` whether anybody used the list meanwhile.
    pub(super) fn take_for_sort(&self) -> Vec<Owned> {
        let items = self.take_range(0, self.len());
        let raw = self.raw();
        // SAFETY: the list is empty; its block is replaced by another one of its heap's.
        unsafe {
            let block = krait_heap::realloc_raw((*raw).ob_item.cast(), 8);
            if block.is_null() {
                errors::out_of_memory();
            }
            (*raw).ob_item = block.cast();
            (*raw).allocated = 0;
        }
        items
    }

    pub(super) fn is_untouched(&self) -> bool {
        // SAFETY: the head is initialised.
        unsafe { !(*self.raw()).ob_item.is_null() && (*self.raw()).allocated == 0 }
    }

    /// Puts items in at an index (at most the length).
    pub fn insert_all(&self, index: usize, new: Vec<Owned>) -> bool {
        let (len, raw, count) = (self.len(), self.raw(), new.len());
        if !self.reserve(len + count) {
            return false;
        }
        let index = index.min(len);
        // SAFETY: there is room; the tail moves away, the references pass to the list.
        unsafe {
            let items = (*raw).ob_item;
            if count > 0 {
                std::ptr::copy(items.add(index), items.add(index + count), len - index);
            }
            for (i, item) in new.into_iter().enumerate() {
                *items.add(index + i) = item.into_ptr();
            }
            (*raw).ob_base.ob_size = (len + count) as isize;
        }
        true
    }

    /// New references to all items.
    pub fn to_vec(&self) -> Vec<Owned> {
        (0..self.len()).filter_map(|i| self.get_object(i)).collect()
    }

    /// The items as they are now, seen as values: a pointer's word is the pointer.
    ///
    /// # Safety
    /// The list is not modified while the slice is used.
    #[inline(always)]
    pub unsafe fn as_values(&self) -> &[Value] {
        // SAFETY: the contract; the slice lends the references.
        unsafe {
            let items = self.as_slice();
            std::slice::from_raw_parts(items.as_ptr().cast::<Value>(), items.len())
        }
    }

    /// The items as they are now. Nothing that runs Python code may happen meanwhile.
    ///
    /// # Safety
    /// The list is not modified while the slice is used.
    #[inline(always)]
    pub unsafe fn as_slice(&self) -> &[&Object] {
        if self.is_empty() {
            return &[];
        }
        // SAFETY: non-null object pointers have the form of `&Object`; the contract
        // keeps them valid.
        unsafe { std::slice::from_raw_parts((*self.raw()).ob_item.cast::<&Object>(), self.len()) }
    }

    pub fn from_owned(items: impl IntoIterator<Item = Owned>) -> Owned<List> {
        let items = items.into_iter();
        let list = List::with_capacity(items.size_hint().0);
        items.for_each(|item| list.push(item));
        list
    }

    pub fn from_values(items: impl IntoIterator<Item = Value>) -> Owned<List> {
        List::from_owned(items.into_iter().map(Value::into_object))
    }

    /// Adds the items so many times to the end of `target`, which may be the list itself;
    /// false where memory is exhausted.
    pub(super) fn repeat_onto(&self, target: &List, count: usize) -> bool {
        // SAFETY: the list's items.
        target.append(self.len(), count, || unsafe { (*self.raw()).ob_item })
    }

    /// Adds a tuple's items; false where memory is exhausted.
    pub(super) fn append_tuple(&self, tuple: &Tuple) -> bool {
        self.append(tuple.len(), 1, || tuple.items_ptr())
    }

    /// Adds `len` items so many times. Where they lie is asked for when room has been made,
    /// which may move the list's own.
    fn append(&self, len: usize, count: usize, items: impl Fn() -> *mut *mut PyObject) -> bool {
        let at = self.len();
        let added = len.checked_mul(count);
        let (Some(added), Some(total)) = (added, added.and_then(|n| n.checked_add(at))) else {
            return false;
        };
        if added == 0 {
            return true;
        }
        // SAFETY: the field of a list.
        let short = total > unsafe { (*self.raw()).allocated } as usize;
        let room = match total.checked_add(total >> 3) {
            Some(more) if at > 0 && added < at => (more + 6) & !3,
            _ => total,
        };
        if short && !self.reserve(room) {
            return false;
        }
        // SAFETY: there is room; the items are alive, or null where C has not filled them.
        unsafe {
            let items = items();
            let end = (*self.raw()).ob_item.add(at);
            for item in (0..len).filter_map(|i| (*items.add(i)).cast::<Object>().as_ref()) {
                for _ in 0..count {
                    item.incref();
                }
            }
            std::ptr::copy_nonoverlapping(items, end, len);
            let mut filled = len;
            while filled < added {
                let piece = filled.min(added - filled);
                std::ptr::copy_nonoverlapping(end, end.add(filled), piece);
                filled += piece;
            }
            (*self.raw()).ob_base.ob_size = total as isize;
        }
        true
    }

    /// Empties the list; the items die when it is already empty.
    pub fn clear(&self) {
        let raw = self.raw();
        // SAFETY: the block leaves the list before its items are released.
        unsafe {
            let (items, count) = ((*raw).ob_item, self.len());
            (*raw).ob_item = std::ptr::null_mut();
            (*raw).ob_base.ob_size = 0;
            (*raw).allocated = 0;
            for i in (0..count).rev() {
                // A place that C has not filled is null.
                let item = *items.add(i);
                if !item.is_null() {
                    Object::decref(item);
                }
            }
            krait_heap::free_raw(items.cast());
        }
    }
}

pub(super) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying list.
    unsafe {
        krait_heap::untrack(object.cast());
        Object::from_ptr(object).cast_unchecked::<List>().clear();
        if std::ptr::eq((*object).ob_type, LIST.as_type_ptr()) {
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
    // SAFETY: called with a living list; visiting runs no Python code.
    let list = unsafe { Object::from_ptr(object).cast_unchecked::<List>() };
    let mut visitor = crate::gc::Visitor::new(visit, arg);
    // SAFETY: these are the list's items; a place not filled yet is null.
    unsafe { visitor.visit_items((*list.raw()).ob_item, list.len()) }
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> i32 {
    // SAFETY: called with a living list.
    unsafe { Object::from_ptr(object).cast_unchecked::<List>() }.clear();
    0
}

pub(crate) fn define() {
    let mut b = crate::native::TypeBuilder::<List>::new(&LIST, "list", size_of::<PyListObject>());
    b.subclassable()
        .flags(Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_SEQUENCE | _Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear);
    methods::define(&mut b);
    b.silent().finish();
}
