//! The buffer protocol of types whose instances are views of C memory.

use std::ffi::{CStr, c_int};
use std::ptr;

use krait_abi::{Py_buffer, PyObject};
use krait_object::native::{Class, TypeBuilder};
use krait_object::{Instance, Layout, Object, Py, PyResult};

/// Such a type. What is lent stays in place as long as the instance lives; the format and
/// the shape as long as its class.
pub trait Lends: Class {
    /// The memory; an error where there is none to lend.
    fn memory(this: &Instance<Self>, py: Py) -> PyResult<Memory<'_>>;
}

/// Memory and what lies in it (PEP 3118).
pub struct Memory<'a> {
    pub address: usize,
    pub len: usize,
    pub item_size: usize,
    pub format: &'a CStr,
    /// Numbers of items, the outermost first.
    pub shape: &'a [isize],
}

/// Gives a type the protocol.
pub fn lend<T: Lends>(b: &mut TypeBuilder<Instance<T>>) {
    b.buffer(Some(get_buffer::<T>), None);
}

unsafe extern "C-unwind" fn get_buffer<T: Lends>(
    object: *mut PyObject,
    view: *mut Py_buffer,
    _flags: c_int,
) -> c_int {
    // SAFETY: a type's slot is called with its instances, the GIL, and a view to fill, whose
    // reference keeps the instance and so its class alive.
    unsafe {
        (*view).obj = ptr::null_mut();
        let object = Object::from_ptr(object);
        let Ok(memory) = T::memory(object.cast_unchecked::<Instance<T>>(), Py::assume()) else {
            return -1;
        };
        (*view).buf = ptr::with_exposed_provenance_mut(memory.address);
        (*view).obj = object.to_owned().into_ptr();
        (*view).len = memory.len as isize;
        (*view).readonly = 0;
        (*view).itemsize = memory.item_size as isize;
        (*view).format = memory.format.as_ptr().cast_mut();
        (*view).ndim = memory.shape.len() as c_int;
        (*view).shape = if memory.shape.is_empty() {
            ptr::null_mut()
        } else {
            memory.shape.as_ptr().cast_mut()
        };
        (*view).strides = ptr::null_mut();
        (*view).suboffsets = ptr::null_mut();
        (*view).internal = ptr::null_mut();
        0
    }
}
