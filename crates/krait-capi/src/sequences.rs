//! `listobject.h` and `tupleobject.h`.

use krait_object::types::list::List;
use krait_object::{Layout, Object, Owned, Py, PyResult, Tuple, Value, errors, protocol, raise};

use crate::border::{Ptr, bad_internal_call, export};

/// A list of so many empty places.
fn new_list(py: Py, len: isize) -> PyResult<Owned<List>> {
    if len < 0 {
        return bad_internal_call(py);
    }
    let list = List::new();
    let len = len as usize;
    if len > 0 {
        if !list.reserve(len) {
            return errors::no_memory();
        }
        // SAFETY: the block has room; null is an empty place, which C fills.
        unsafe {
            std::ptr::write_bytes((*list.raw()).ob_item, 0, len);
            (*list.raw()).ob_base.ob_size = len as isize;
        }
    }
    Ok(list)
}

/// The place of an item.
fn place(list: &List, index: isize) -> Option<*mut Ptr> {
    if index < 0 || index as usize >= list.len() {
        return None;
    }
    // SAFETY: inside the list's items.
    Some(unsafe { (*list.raw()).ob_item.add(index as usize) })
}

fn range(list: &List, low: isize, high: isize) -> (usize, usize) {
    let len = list.len() as isize;
    let low = low.clamp(0, len);
    (low as usize, high.clamp(low, len) as usize)
}

fn slice(list: &List, low: isize, high: isize) -> Owned<List> {
    let (low, high) = range(list, low, high);
    List::from_owned((low..high).filter_map(|i| list.get_object(i)))
}

fn set_slice(py: Py, list: &List, low: isize, high: isize, new: Option<&Value>) -> PyResult<()> {
    let (low, high) = range(list, low, high);
    let new: Vec<Owned> = match new {
        Some(new) => protocol::iter::collect(py, new)?
            .into_iter()
            .map(Value::into_object)
            .collect(),
        None => Vec::new(),
    };
    let high = high.min(list.len());
    let old = list.take_range(low.min(high), high);
    let inserted = list.insert_all(low.min(list.len()), new);
    drop(old);
    if inserted {
        Ok(())
    } else {
        errors::no_memory()
    }
}

export! {
    fn PyList_New(py, len: isize) -> PyResult<Owned<List>> { new_list(py, len) }
    fn PyList_Size(_py, list: &List) -> usize { list.len() }
    fn PyList_GetItem(py, list: &List, index: isize) -> PyResult<Ptr> {
        match place(list, index) {
            Some(place) => Ok(*place),
            None => raise!(py, IndexError, "list index out of range"),
        }
    }
    fn PyList_GetItemRef(py, list: &Object, index: isize) -> PyResult<Owned> {
        let Some(list) = list.downcast::<List>() else {
            return raise!(py, TypeError, "expected a list");
        };
        match place(list, index) {
            Some(place) => Ok(Object::from_ptr(*place).to_owned()),
            None => raise!(py, IndexError, "list index out of range"),
        }
    }
    fn PyList_SetItem(py, list: &Object, index: isize, item: Option<Owned>) -> PyResult<()> {
        let Some(list) = list.downcast::<List>() else { return bad_internal_call(py) };
        let Some(place) = place(list, index) else {
            return raise!(py, IndexError, "list assignment index out of range");
        };
        let new = item.map_or(std::ptr::null_mut(), Owned::into_ptr);
        let old = std::mem::replace(&mut *place, new);
        if !old.is_null() {
            Object::decref(old);
        }
        Ok(())
    }
    fn PyList_Insert(_py, list: &List, index: isize, item: &Object) -> PyResult<()> {
        let len = list.len() as isize;
        let index = if index < 0 { (index + len).max(0) } else { index.min(len) };
        if list.insert_all(index as usize, vec![item.to_owned()]) { Ok(()) } else { errors::no_memory() }
    }
    fn PyList_Append(_py, list: &List, item: &Object) -> PyResult<()> {
        list.push(item.to_owned());
        Ok(())
    }
    fn PyList_Extend(py, list: &List, items: &Value) -> PyResult<()> {
        let end = list.len() as isize;
        set_slice(py, list, end, end, Some(items))
    }
    fn PyList_Clear(_py, list: &List) -> PyResult<()> {
        list.clear();
        Ok(())
    }
    fn PyList_GetSlice(_py, list: &List, low: isize, high: isize) -> Owned<List> { slice(list, low, high) }
    fn PyList_SetSlice(py, list: &List, low: isize, high: isize, new: Option<&Value>) -> PyResult<()> {
        set_slice(py, list, low, high, new)
    }
    fn PyList_Sort(py, list: &Value) -> PyResult<()> { protocol::call_method_str(py, list, "sort", &[]).map(drop) }
    fn PyList_Reverse(_py, list: &List) -> PyResult<()> {
        let len = list.len();
        (0..len / 2).for_each(|i| list.swap(i, len - 1 - i));
        Ok(())
    }
    fn PyList_AsTuple(_py, list: &List) -> Owned<Tuple> { Tuple::from_owned(list.to_vec()) }
    fn _PyList_Extend(py, list: &List, items: &Value) -> PyResult<Value> {
        let end = list.len() as isize;
        set_slice(py, list, end, end, Some(items)).map(|()| Value::none())
    }
}

/// A tuple of so many empty places, which the collector does not see yet by itself.
fn new_tuple(py: Py, len: isize) -> PyResult<Owned<Tuple>> {
    match len {
        ..0 => bad_internal_call(py),
        0 => Ok(Tuple::empty()),
        // The bytes of the items and the head must be a size.
        _ if len > isize::MAX / 16 => errors::no_memory(),
        _ => {
            let tuple = Tuple::allocate(len as usize);
            // SAFETY: empty places are null, which traversal allows.
            unsafe { krait_heap::track(tuple.as_object().as_ptr().cast()) };
            Ok(tuple)
        }
    }
}

fn resize(py: Py, place: *mut Ptr, len: isize) -> PyResult<()> {
    // SAFETY: C passes the place of the only reference to a tuple.
    unsafe {
        let old = std::mem::replace(&mut *place, std::ptr::null_mut());
        if old.is_null() || len < 0 {
            return bad_internal_call(py);
        }
        let old = Owned::<Object>::from_raw(old.cast());
        let Some(tuple) = old.downcast::<Tuple>() else {
            return bad_internal_call(py);
        };
        if tuple.len() == len as usize {
            *place = old.into_ptr();
            return Ok(());
        }
        let new = new_tuple(py, len)?;
        for i in 0..tuple.len().min(len as usize) {
            let item = *tuple.items_ptr().add(i);
            if !item.is_null() {
                Object::from_ptr(item).incref();
            }
            *new.items_ptr().add(i) = item;
        }
        *place = new.into_ptr();
    }
    Ok(())
}

export! {
    fn PyTuple_New(py, len: isize) -> PyResult<Owned<Tuple>> { new_tuple(py, len) }
    fn PyTuple_Size(_py, tuple: &Tuple) -> usize { tuple.len() }
    fn PyTuple_GetItem(py, tuple: &Tuple, index: isize) -> PyResult<Ptr> {
        if index < 0 || index as usize >= tuple.len() {
            return raise!(py, IndexError, "tuple index out of range");
        }
        Ok(*tuple.items_ptr().add(index as usize))
    }
    fn PyTuple_SetItem(py, tuple: &Object, index: isize, item: Option<Owned>) -> PyResult<()> {
        let Some(tuple) = tuple.downcast::<Tuple>().filter(|t| t.as_object().refcount() == 1) else {
            return bad_internal_call(py);
        };
        if index < 0 || index as usize >= tuple.len() {
            return raise!(py, IndexError, "tuple assignment index out of range");
        }
        let new = item.map_or(std::ptr::null_mut(), Owned::into_ptr);
        let old = std::mem::replace(&mut *tuple.items_ptr().add(index as usize), new);
        if !old.is_null() {
            Object::decref(old);
        }
        Ok(())
    }
    fn PyTuple_GetSlice(_py, tuple: &Tuple, low: isize, high: isize) -> Owned<Tuple> {
        let len = tuple.len() as isize;
        let low = low.clamp(0, len);
        let high = high.clamp(low, len);
        if low == 0 && high == len && tuple.as_object().is_exact::<Tuple>() {
            return tuple.to_owned();
        }
        Tuple::from_objects(tuple.as_slice()[low as usize..high as usize].iter().copied())
    }
    fn _PyTuple_Resize(py, place: *mut Ptr, len: isize) -> PyResult<()> { resize(py, place, len) }
}

/// `PyTuple_Pack` and the like: a tuple of borrowed objects.
///
/// # Safety
/// So many objects live at the address.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn krait_tuple_pack(items: *const Ptr, count: isize) -> Ptr {
    // SAFETY: the contract.
    unsafe {
        let items = std::slice::from_raw_parts(items, count as usize);
        Tuple::from_objects(items.iter().map(|&p| Object::from_ptr(p))).into_ptr()
    }
}
