//! `pickle.PickleBuffer`: stands for a buffer that is pickled out of band.

use std::cell::RefCell;

use krait_abi::*;

use super::MemoryView;
use super::region::with_region;
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder};
use crate::object::{Builtin, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::buffer::Buffer;
use crate::types::typeobject::Type;
use crate::value::Value;

#[unsafe(export_name = "PyPickleBuffer_Type")]
pub static PICKLE_BUFFER: crate::types::typeobject::StaticType =
    crate::types::typeobject::StaticType::new();

/// A `PickleBuffer`; without a buffer once it is released.
pub struct PickleBuffer {
    buffer: RefCell<Option<Buffer>>,
}

type This = Instance<PickleBuffer>;

#[cold]
fn released<T>(py: Py) -> PyResult<T> {
    crate::raise!(
        py,
        ValueError,
        "operation forbidden on released PickleBuffer object"
    )
}

impl PickleBuffer {
    /// The object whose buffer this is.
    pub fn base(&self, py: Py) -> PyResult<Owned> {
        match &*self.buffer.borrow() {
            Some(buffer) if !buffer.raw().obj.is_null() => {
                // SAFETY: a buffer that is held has a living owner, or none.
                let owner = unsafe { Object::from_ptr(buffer.raw().obj) };
                Ok(crate::object::Layout::to_owned(owner))
            }
            _ => released(py),
        }
    }
}

/// The buffer that an object of the class holds (`PyPickleBuffer_GetBuffer`).
pub fn view_of(py: Py, this: &This) -> PyResult<*const Py_buffer> {
    match &*this.buffer.borrow() {
        Some(buffer) => Ok(std::ptr::from_ref(buffer.raw())),
        None => released(py),
    }
}

fn new(py: Py, class: &Type, object: &Value) -> PyResult<Owned<This>> {
    let buffer = Buffer::with_flags(py, object, PyBUF_FULL_RO)?;
    Instance::new_in(
        py,
        class,
        PickleBuffer {
            buffer: RefCell::new(Some(buffer)),
        },
    )
}

/// A one-dimensional view of the bytes, for buffers in C or Fortran order.
fn raw(py: Py, this: &This) -> PyResult<Owned<MemoryView>> {
    let base = this.base(py)?;
    let len = {
        let held = this.buffer.borrow();
        let Some(buffer) = held.as_ref() else {
            return released(py);
        };
        let contiguous = with_region(buffer.raw(), |r| r.is_c_contiguous() || r.is_f_contiguous());
        contiguous.then(|| buffer.raw().len)
    };
    let Some(len) = len else {
        return crate::raise!(
            py,
            BufferError,
            "cannot extract raw buffer from non-contiguous buffer"
        );
    };
    let view = MemoryView::from_object(py, &base, PyBUF_FULL_RO)?;
    super::cast::reshaped(py, &view, c"B", 1, &[len])
}

/// Gives the buffer back.
pub fn release(_py: Py, this: &This) {
    let buffer = this.buffer.borrow_mut().take();
    drop(buffer);
}

unsafe extern "C-unwind" fn get_buffer(
    object: *mut PyObject,
    view: *mut Py_buffer,
    flags: i32,
) -> i32 {
    // SAFETY: called with the GIL, an instance and a struct to fill, which the base's own
    // slot fills.
    unsafe {
        let py = Py::assume();
        let Ok(base) = Object::from_ptr(object).cast_unchecked::<This>().base(py) else {
            return -1;
        };
        let slot = base
            .ty()
            .raw()
            .tp_as_buffer
            .as_ref()
            .and_then(|b| b.bf_getbuffer);
        match slot {
            Some(slot) => match protocol::status(
                py,
                slot(
                    crate::object::Layout::as_object(&*base).as_ptr(),
                    view,
                    flags,
                ),
            ) {
                Ok(_) => 0,
                Err(_) => -1,
            },
            None => -1,
        }
    }
}

/// Buffers come from the base, which releases them.
unsafe extern "C-unwind" fn release_buffer(_object: *mut PyObject, _view: *mut Py_buffer) {}

impl Class for PickleBuffer {
    const NAME: &'static str = "pickle.PickleBuffer";
    const GC: bool = true;
    fn cell() -> &'static crate::native::TypeCell {
        &PICKLE_BUFFER
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.doc("Wrapper for potentially out-of-band buffers")
            .with_weakrefs()
            .new_with("PickleBuffer(object, /)", new)
            .buffer(Some(get_buffer), Some(release_buffer))
            .method("raw($self, /)", raw)
            .method("release($self, /)", release);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: visiting runs no Python code; the field is only read.
        if let Some(buffer) = unsafe { &*self.buffer.as_ptr() } {
            visitor.visit_ptr(buffer.raw().obj.cast());
        }
    }

    fn clear(&self) {
        let buffer = self.buffer.borrow_mut().take();
        drop(buffer);
    }
}

pub(super) fn define() {
    This::type_object();
}
