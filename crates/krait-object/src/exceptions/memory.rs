//! MemoryError: instances kept ready, since none can be made when it is needed.
//!
//! A dying MemoryError goes back to the pool. The pool's last instance is never taken
//! out, only shared.

use std::cell::RefCell;
use std::ffi::c_int;

use krait_abi::PyObject;

use super::layout::{self, BaseException, Exception};
use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::py::{GilCell, Py};
use crate::types::tuple::Tuple;

const POOL_SIZE: usize = 16;

static POOL: GilCell<RefCell<Vec<Owned<BaseException>>>> = GilCell::new(RefCell::new(Vec::new()));

pub(super) fn define(b: &mut TypeBuilder<BaseException>) {
    b.dealloc_raw(dealloc);
}

/// Fills the pool; the classes are ready.
pub(super) fn fill_pool(py: Py) {
    let mut pool = POOL.get(py).borrow_mut();
    pool.reserve_exact(POOL_SIZE);
    while pool.len() < POOL_SIZE {
        match layout::allocate(&super::MemoryError, Tuple::empty()) {
            Ok(exception) => pool.push(exception),
            Err(_) => break,
        }
    }
}

/// A MemoryError without arguments, made before it was needed.
pub fn memory_error(py: Py) -> Owned {
    let mut pool = POOL.get(py).borrow_mut();
    let ready = if pool.len() > 1 {
        pool.pop()
    } else {
        pool.first().cloned()
    };
    match ready {
        Some(exception) => exception.upcast(),
        None => crate::errors::fatal("memory is exhausted", "before the runtime had started"),
    }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying instance; where it goes back to the pool it is
    // emptied first, and its count becomes the pool's reference.
    unsafe {
        let exception = Object::from_ptr(object).cast_unchecked::<BaseException>();
        // SAFETY: objects die with the GIL held.
        let pool = POOL.get(Py::assume());
        if !exception.as_object().ty().is(&super::MemoryError) || pool.borrow().len() >= POOL_SIZE {
            return layout::dealloc::<BaseException>(object);
        }
        let _: c_int = layout::clear::<BaseException>(object);
        exception.each_slot(&mut |slot| debug_assert!(!slot.is_set()));
        exception.suppress_context.set(0);
        exception.args.set(Some(Tuple::empty().upcast()));
        (*object).ob_refcnt = 1;
        pool.borrow_mut().push(Owned::from_raw(object.cast()));
    }
}
