//! Buffers of memory views, as others ask for them.

use krait_abi::*;

use super::MemoryView;
use crate::object::Object;
use crate::py::{Py, PyResult};

/// What of a view the flags ask for, or BufferError where it cannot be had.
fn granted(py: Py, this: &MemoryView, flags: i32) -> PyResult<Py_buffer> {
    this.check_restricted(py)?;
    this.check(py)?;
    let asks = |flag: i32| flags & flag == flag;
    let own = this.flags();
    let is_c = own & (_Py_MEMORYVIEW_SCALAR | _Py_MEMORYVIEW_C) != 0;
    let is_f = own & (_Py_MEMORYVIEW_SCALAR | _Py_MEMORYVIEW_FORTRAN) != 0;
    let mut view = *this.view();
    if asks(PyBUF_WRITABLE) && view.readonly != 0 {
        return crate::raise!(
            py,
            BufferError,
            "memoryview: underlying buffer is not writable"
        );
    }
    if asks(PyBUF_C_CONTIGUOUS) && !is_c {
        return crate::raise!(
            py,
            BufferError,
            "memoryview: underlying buffer is not C-contiguous"
        );
    }
    if asks(PyBUF_F_CONTIGUOUS) && !is_f {
        return crate::raise!(
            py,
            BufferError,
            "memoryview: underlying buffer is not Fortran contiguous"
        );
    }
    if asks(PyBUF_ANY_CONTIGUOUS) && !is_c && !is_f {
        return crate::raise!(
            py,
            BufferError,
            "memoryview: underlying buffer is not contiguous"
        );
    }
    if !asks(PyBUF_INDIRECT) && own & _Py_MEMORYVIEW_PIL != 0 {
        return crate::raise!(
            py,
            BufferError,
            "memoryview: underlying buffer requires suboffsets"
        );
    }
    if !asks(PyBUF_FORMAT) {
        view.format = std::ptr::null_mut();
    }
    if !asks(PyBUF_STRIDES) {
        if !is_c {
            return crate::raise!(
                py,
                BufferError,
                "memoryview: underlying buffer is not C-contiguous"
            );
        }
        view.strides = std::ptr::null_mut();
    }
    if !asks(PyBUF_ND) {
        if asks(PyBUF_FORMAT) {
            return crate::raise!(
                py,
                BufferError,
                "memoryview: cannot cast to unsigned bytes if the format flag is present"
            );
        }
        view.ndim = 1;
        view.shape = std::ptr::null_mut();
    }
    Ok(view)
}

pub(super) unsafe extern "C-unwind" fn get_buffer(
    object: *mut PyObject,
    view: *mut Py_buffer,
    flags: i32,
) -> i32 {
    // SAFETY: called with the GIL, a view and a struct to fill; the reference passes to it.
    unsafe {
        let this = Object::from_ptr(object).cast_unchecked::<MemoryView>();
        match granted(Py::assume(), this, flags) {
            Ok(granted) => {
                *view = granted;
                Object::from_ptr(object).incref();
                (*view).obj = object;
                (*this.raw()).exports += 1;
                0
            }
            Err(_) => {
                (*view).obj = std::ptr::null_mut();
                -1
            }
        }
    }
}

pub(super) unsafe extern "C-unwind" fn release_buffer(
    object: *mut PyObject,
    _view: *mut Py_buffer,
) {
    // SAFETY: called with a view that exported the buffer.
    unsafe { (*object.cast::<PyMemoryViewObject>()).exports -= 1 }
}
