//! `setobject.h`, `sliceobject.h`, `rangeobject.h`.

use krait_object::types::set::{AnySet, Set};
use krait_object::types::slice::{self, Slice};
use krait_object::{Layout, Object, Owned, Py, PyResult, Value, protocol, raise};

use crate::border::{Ptr, export};

fn new_frozen(py: Py, items: Option<&Value>) -> PyResult<Owned> {
    // One of C's own: it may be filled by PySet_Add while nobody else knows it.
    let frozen = Set::new().copy_as(py, true)?;
    if let Some(items) = items {
        frozen.update(py, items)?;
    }
    Ok(frozen.upcast())
}

/// The indices that a slice's parts mean for a length.
fn adjust(length: isize, start: *mut isize, stop: *mut isize, step: isize) -> isize {
    // SAFETY: C passes places that hold numbers.
    unsafe {
        let unpacked = slice::Unpacked {
            start: *start,
            stop: *stop,
            step,
        };
        let (first, last, _, count) = unpacked.adjust(length.max(0) as usize);
        (*start, *stop) = (first, last);
        count as isize
    }
}

fn unpack(py: Py, slice: &Object) -> PyResult<slice::Unpacked> {
    match slice.downcast::<Slice>() {
        Some(slice) => slice.unpack(py),
        None => crate::border::bad_internal_call(py),
    }
}

fn index(py: Py, value: &Value) -> PyResult<isize> {
    if !protocol::number::is_index(value) {
        return raise!(
            py,
            TypeError,
            "slice indices must be integers or None or have an __index__ method"
        );
    }
    protocol::number::to_clipped_index(py, value)
}

export! {
    fn PySet_New(py, items: Option<&Value>) -> PyResult<Owned<Set>> {
        match items {
            Some(items) => Set::from_iterable(py, items),
            None => Ok(Set::new()),
        }
    }
    fn PyFrozenSet_New(py, items: Option<&Value>) -> PyResult<Owned> { new_frozen(py, items) }
    fn PySet_Size(_py, set: &AnySet) -> usize { set.len() }
    fn PySet_Contains(py, set: &AnySet, item: &Value) -> PyResult<bool> {
        // Unhashable items are not turned into frozensets here.
        protocol::hash(py, item)?;
        set.contains(py, item)
    }
    fn PySet_Add(py, set: &AnySet, item: &Value) -> PyResult<()> {
        if set.is_frozen() && set.as_object().refcount() != 1 {
            return crate::border::bad_internal_call(py);
        }
        set.add_unshared(py, item).map(drop)
    }
    fn PySet_Discard(py, set: &Set, item: &Value) -> PyResult<bool> {
        protocol::hash(py, item)?;
        set.discard(py, item)
    }
    fn PySet_Pop(py, set: &Set) -> PyResult {
        match set.pop() {
            Some(item) => Ok(item),
            None => raise!(py, KeyError, "pop from an empty set"),
        }
    }
    fn PySet_Clear(_py, set: &Set) -> PyResult<()> {
        set.clear();
        Ok(())
    }
    fn _PySet_Update(py, set: &Set, items: &Value) -> PyResult<()> { set.update(py, items) }
    fn _PySet_NextEntry(_py, set: &AnySet, position: *mut isize, key: *mut Ptr, hash: *mut isize) -> bool {
        let mut at = (*position).max(0) as usize;
        let Some((item, h)) = set.boxed_entry(&mut at) else { return false };
        *position = at as isize;
        *key = item;
        *hash = h as isize;
        true
    }

    fn PySlice_New(_py, start: Option<&Value>, stop: Option<&Value>, step: Option<&Value>) -> Owned<Slice> {
        let none = Value::none();
        Slice::new(start.unwrap_or(&none), stop.unwrap_or(&none), step.unwrap_or(&none))
    }
    fn PySlice_Unpack(py, slice: &Object, start: *mut isize, stop: *mut isize, step: *mut isize) -> PyResult<()> {
        let parts = unpack(py, slice)?;
        (*start, *stop, *step) = (parts.start, parts.stop, parts.step);
        Ok(())
    }
    fn PySlice_AdjustIndices(_py, length: isize, start: *mut isize, stop: *mut isize, step: isize) -> isize {
        adjust(length, start, stop, step)
    }
    fn PySlice_GetIndicesEx(py, slice: &Object, length: isize, start: *mut isize, stop: *mut isize, step: *mut isize, count: *mut isize) -> PyResult<()> {
        let parts = unpack(py, slice)?;
        (*start, *stop, *step) = (parts.start, parts.stop, parts.step);
        *count = adjust(length, start, stop, parts.step);
        Ok(())
    }
    fn PySlice_GetIndices(py, slice: &Object, length: isize, start: *mut isize, stop: *mut isize, step: *mut isize) -> std::ffi::c_int {
        let Ok(parts) = unpack(py, slice) else { return -1 };
        (*start, *stop, *step) = (parts.start, parts.stop, parts.step);
        adjust(length, start, stop, parts.step);
        // As in CPython, without an exception.
        if *stop > length { -1 } else { 0 }
    }
    fn _PyEval_SliceIndex(py, value: Option<&Value>, result: *mut isize) -> PyResult<bool> {
        if let Some(value) = value.filter(|v| !v.is_none()) {
            *result = index(py, value)?;
        }
        Ok(true)
    }
    fn _PyEval_SliceIndexNotNone(py, value: &Value, result: *mut isize) -> PyResult<bool> {
        *result = index(py, value)?;
        Ok(true)
    }
}
