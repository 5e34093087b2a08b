//! `SharedBytes`: bytes of a native object that others may see through the buffer
//! protocol, and `Lease`, one such sight.
//!
//! What always holds: while a lease is out the bytes neither move nor change in number.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::ffi::{CStr, c_int};
use std::ops::Range;
use std::rc::Rc;

use krait_abi::*;

use super::bytes_builder::BytesBuilder;
use crate::native::TypeBuilder;
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};

/// Growable bytes that can be lent.
#[derive(Default)]
pub struct SharedBytes {
    bytes: RefCell<BytesBuilder>,
    leases: Cell<usize>,
}

impl SharedBytes {
    pub fn new(bytes: BytesBuilder) -> Rc<SharedBytes> {
        Rc::new(SharedBytes {
            bytes: RefCell::new(bytes),
            leases: Cell::new(0),
        })
    }

    /// The bytes, for reading; not to be held across Python code.
    pub fn read(&self) -> Ref<'_, [u8]> {
        Ref::map(self.bytes.borrow(), BytesBuilder::as_slice)
    }

    /// The bytes, for changing their values; not to be held across Python code.
    pub fn write(&self) -> RefMut<'_, [u8]> {
        RefMut::map(self.bytes.borrow_mut(), BytesBuilder::as_mut_slice)
    }

    pub fn is_lent(&self) -> bool {
        self.leases.get() > 0
    }

    /// The builder, for changing the number of bytes; BufferError while they are lent.
    pub fn change(&self, py: Py) -> PyResult<RefMut<'_, BytesBuilder>> {
        if self.is_lent() {
            return crate::raise!(
                py,
                BufferError,
                "Existing exports of data: object cannot be re-sized"
            );
        }
        Ok(self.bytes.borrow_mut())
    }

    /// Lends the bytes.
    pub fn lease(self: &Rc<SharedBytes>, readonly: bool) -> Lease {
        self.leases.set(self.leases.get() + 1);
        Lease {
            bytes: self.clone(),
            readonly,
            part: None,
            items: None,
            shape: 0,
        }
    }
}

/// Keeps shared bytes in place.
pub struct Lease {
    bytes: Rc<SharedBytes>,
    readonly: bool,
    part: Option<Range<usize>>,
    /// Format and size of the items, where they are not plain bytes.
    items: Option<(&'static CStr, usize)>,
    /// How many items there are, for the view to point to.
    shape: isize,
}

impl Lease {
    /// Only a part of the bytes; cut to what there is.
    pub fn part(mut self, range: Range<usize>) -> Lease {
        self.part = Some(range);
        self
    }

    /// The bytes are items of a format and size; whole ones.
    pub fn items(mut self, format: &'static CStr, size: usize) -> Lease {
        self.items = Some((format, size.max(1)));
        self
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.bytes.leases.set(self.bytes.leases.get() - 1);
    }
}

impl<T: Layout> TypeBuilder<T> {
    /// The buffer protocol of a type that lends shared bytes.
    pub fn lends<F: Copy + 'static + Fn(Py, &T) -> PyResult<Lease>>(&mut self, _f: F) -> &mut Self {
        self.buffer(Some(get_buffer::<T, F>), Some(release_buffer))
    }
}

unsafe extern "C-unwind" fn get_buffer<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T) -> PyResult<Lease>,
>(
    object: *mut PyObject,
    view: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: a type's slot is called with its instances, the GIL, and a view to fill. The
    // lease keeps the bytes in place until the view is released.
    unsafe {
        (*view).obj = std::ptr::null_mut();
        let py = Py::assume();
        let lease =
            match crate::native::conjure::<F>()(py, Object::from_ptr(object).cast_unchecked::<T>())
            {
                Ok(lease) => lease,
                Err(_) => return -1,
            };
        let (data, len) = {
            let bytes = lease.bytes.bytes.borrow();
            let len = bytes.len();
            let part = lease.part.clone().unwrap_or(0..len);
            let (start, end) = (part.start.min(len), part.end.min(len));
            (bytes.as_ptr().add(start), end.saturating_sub(start))
        };
        if super::buffer::fill_info(py, view, object, data, len, lease.readonly, flags).is_err() {
            return -1;
        }
        let lease = Box::into_raw(Box::new(lease));
        if let Some((format, size)) = (*lease).items {
            (*lease).shape = (len / size) as isize;
            (*view).itemsize = size as isize;
            if !(*view).format.is_null() {
                (*view).format = format.as_ptr().cast_mut();
            }
            if !(*view).shape.is_null() {
                (*view).shape = &raw mut (*lease).shape;
            }
        }
        (*view).internal = lease.cast();
        0
    }
}

unsafe extern "C-unwind" fn release_buffer(_object: *mut PyObject, view: *mut Py_buffer) {
    // SAFETY: `get_buffer` put a lease there.
    unsafe {
        let lease = std::mem::replace(&mut (*view).internal, std::ptr::null_mut());
        if !lease.is_null() {
            drop(Box::from_raw(lease.cast::<Lease>()));
        }
    }
}
