//! What tools keep with code objects (`PyUnstable_Code_SetExtra`, PEP 523): one pointer for
//! each index that was asked for, in a block that hangs on the head's `co_extra`.

use std::cell::RefCell;
use std::ffi::c_void;

use krait_object::py::{GilCell, Py};

use super::CodeObject;

/// Frees what was kept, when the code goes.
pub type Free = Option<unsafe extern "C-unwind" fn(*mut c_void)>;

type Kept = Vec<*mut c_void>;

/// How many indices there are at most, as in CPython.
const MOST: usize = 255;

static FREE: GilCell<RefCell<Vec<Free>>> = GilCell::new(RefCell::new(Vec::new()));

/// A new index; none where all are taken.
pub fn request_index(py: Py, free: Free) -> Option<usize> {
    let mut functions = FREE.get(py).borrow_mut();
    if functions.len() == MOST {
        return None;
    }
    functions.push(free);
    Some(functions.len() - 1)
}

fn is_index(py: Py, index: isize) -> bool {
    (0..FREE.get(py).borrow().len() as isize).contains(&index)
}

/// What is kept at an index, NULL where nothing is.
pub fn get(_py: Py, code: &CodeObject, index: isize) -> *mut c_void {
    // SAFETY: the field is NULL or the block that `set` made, and the GIL is held.
    let kept = unsafe { (*code.raw()).co_extra.cast::<Kept>().as_ref() };
    let found = kept.and_then(|kept| kept.get(usize::try_from(index).ok()?));
    found.copied().unwrap_or(std::ptr::null_mut())
}

/// Keeps a pointer; what was there before is freed. False for an index nobody has.
pub fn set(py: Py, code: &CodeObject, index: isize, value: *mut c_void) -> bool {
    if !is_index(py, index) {
        return false;
    }
    let at = index as usize;
    // SAFETY: as in `get`; no reference to the block is held while C's function runs.
    unsafe {
        let place = &raw mut (*code.raw()).co_extra;
        if (*place).is_null() {
            *place = Box::into_raw(Box::new(Kept::new())).cast();
        }
        let kept = &mut *(*place).cast::<Kept>();
        if kept.len() <= at {
            kept.resize(at + 1, std::ptr::null_mut());
        }
        let (old, free) = (kept[at], FREE.get(py).borrow()[at]);
        if !old.is_null()
            && let Some(free) = free
        {
            free(old);
        }
        *(*(*place).cast::<Kept>()).as_mut_ptr().add(at) = value;
    }
    true
}

/// Frees what a dying code object keeps.
///
/// # Safety
/// `extra` is the code's own field, which nobody reads any more.
pub(super) unsafe fn free(extra: *mut c_void) {
    if extra.is_null() {
        return;
    }
    // SAFETY: the contract; deallocation happens with the GIL.
    unsafe {
        let kept = Box::from_raw(extra.cast::<Kept>());
        let functions = FREE.get(Py::assume()).borrow().clone();
        for (value, free) in kept.into_iter().zip(functions) {
            if let Some(free) = free {
                free(value);
            }
        }
    }
}
