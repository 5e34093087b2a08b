//! The buffer protocol, seen from Rust.

use krait_abi::*;

use crate::object::Layout;
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::bytes::Bytes;
use crate::value::Value;

/// An exported buffer, released when dropped. C-contiguous unless said otherwise.
pub struct Buffer {
    // Boxed: an exporter may point into the struct.
    view: Box<Py_buffer>,
    py: Py,
}

impl Buffer {
    /// A readable contiguous buffer of a bytes-like object.
    pub fn new(py: Py, value: &Value) -> PyResult<Buffer> {
        Buffer::with_flags(py, value, PyBUF_SIMPLE)
    }

    /// A writable contiguous buffer.
    pub fn writable(py: Py, value: &Value) -> PyResult<Buffer> {
        Buffer::with_flags(py, value, PyBUF_WRITABLE)
    }

    /// A buffer as the `PyBUF_*` flags ask for.
    pub fn with_flags(py: Py, value: &Value, flags: i32) -> PyResult<Buffer> {
        let object = value.to_object();
        // SAFETY: slot tables live as long as the type; the slot fills the struct.
        unsafe {
            let slot = object
                .ty()
                .raw()
                .tp_as_buffer
                .as_ref()
                .and_then(|b| b.bf_getbuffer);
            let Some(slot) = slot else {
                return crate::raise!(
                    py,
                    TypeError,
                    "a bytes-like object is required, not '{}'",
                    object.ty().name()
                );
            };
            let mut view = Box::new(Py_buffer::ZERO);
            protocol::status(py, slot(object.as_object().as_ptr(), &raw mut *view, flags))?;
            Ok(Buffer { view, py })
        }
    }

    pub fn raw(&self) -> &Py_buffer {
        &self.view
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.view.len as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes. The exporter keeps them in place while the buffer is held; code that
    /// runs meanwhile may still change their values, so do not keep the slice across
    /// calls into Python.
    pub fn as_slice(&self) -> &[u8] {
        if self.view.buf.is_null() {
            return &[];
        }
        // SAFETY: the exporter promises so many bytes at this address.
        unsafe { std::slice::from_raw_parts(self.view.buf.cast(), self.len()) }
    }

    /// The bytes of a writable buffer; `None` for a read-only one.
    #[expect(clippy::mut_from_ref, reason = "the memory is the exporter's")]
    pub fn as_mut_slice(&self) -> Option<&mut [u8]> {
        if self.view.readonly != 0 {
            return None;
        }
        if self.view.buf.is_null() {
            return Some(&mut []);
        }
        // SAFETY: the exporter promises so many writable bytes at this address.
        Some(unsafe { std::slice::from_raw_parts_mut(self.view.buf.cast(), self.len()) })
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        release(self.py, &mut self.view);
    }
}

/// Gives an exported buffer back (`PyBuffer_Release`).
pub fn release(_py: Py, view: &mut Py_buffer) {
    let exporter = view.obj;
    if exporter.is_null() {
        return;
    }
    // SAFETY: the view was filled by the exporter, whose reference it owns.
    unsafe {
        let object = crate::object::Owned::<crate::object::Object>::from_raw(exporter.cast());
        if let Some(slot) = object
            .ty()
            .raw()
            .tp_as_buffer
            .as_ref()
            .and_then(|b| b.bf_releasebuffer)
        {
            slot(exporter, view);
        }
        view.obj = std::ptr::null_mut();
    }
}

/// Fills a view of plain bytes (`PyBuffer_FillInfo`).
///
/// # Safety
/// The bytes stay in place until the view is released.
pub unsafe fn fill_info(
    py: Py,
    view: *mut Py_buffer,
    exporter: *mut PyObject,
    data: *mut u8,
    len: usize,
    readonly: bool,
    flags: i32,
) -> PyResult<()> {
    if flags == PyBUF_READ || flags == PyBUF_WRITE {
        return crate::raise!(py, SystemError, "bad argument to internal function");
    }
    if flags & PyBUF_WRITABLE == PyBUF_WRITABLE && readonly {
        return crate::raise!(py, BufferError, "Object is not writable.");
    }
    // SAFETY: C passes a struct to fill; the reference passes to it.
    unsafe {
        crate::object::Object::from_ptr(exporter).incref();
        (*view).obj = exporter;
        (*view).buf = data.cast();
        (*view).len = len as isize;
        (*view).readonly = i32::from(readonly);
        (*view).itemsize = 1;
        (*view).format = if flags & PyBUF_FORMAT == PyBUF_FORMAT {
            c"B".as_ptr().cast_mut()
        } else {
            std::ptr::null_mut()
        };
        (*view).ndim = 1;
        (*view).shape = if flags & PyBUF_ND == PyBUF_ND {
            &raw mut (*view).len
        } else {
            std::ptr::null_mut()
        };
        (*view).strides = if flags & PyBUF_STRIDES == PyBUF_STRIDES {
            &raw mut (*view).itemsize
        } else {
            std::ptr::null_mut()
        };
        (*view).suboffsets = std::ptr::null_mut();
        (*view).internal = std::ptr::null_mut();
    }
    Ok(())
}

/// Whether the value exports a buffer.
pub fn has_buffer(value: &Value) -> bool {
    // SAFETY: slot tables live as long as the type.
    let slots = unsafe { value.ty().raw().tp_as_buffer.as_ref() };
    value.as_object().is_some() && slots.is_some_and(|b| b.bf_getbuffer.is_some())
}

/// A copy of the bytes of any bytes-like object.
pub fn to_bytes(py: Py, value: &Value) -> PyResult<Vec<u8>> {
    if let Some(bytes) = value.downcast::<Bytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if has_buffer(value) {
        return Buffer::new(py, value).map(|b| b.as_slice().to_vec());
    }
    let made = protocol::call(
        py,
        &protocol::attr::type_value::<Bytes>(),
        std::slice::from_ref(value),
    )?;
    match made.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => crate::raise!(
            py,
            TypeError,
            "cannot convert '{}' object to bytes",
            value.ty().name()
        ),
    }
}

/// A copy of the bytes where the value exports a buffer.
pub fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    // SAFETY: only code that holds the GIL has values.
    let py = unsafe { Py::assume() };
    if !has_buffer(value) {
        return None;
    }
    match Buffer::new(py, value) {
        Ok(buffer) => Some(buffer.as_slice().to_vec()),
        Err(_) => {
            drop(py.thread().take_exception());
            None
        }
    }
}
