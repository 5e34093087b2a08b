//! `pybuffer.h` and `memoryobject.h`.

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_abi::*;
use krait_object::native::Instance;
use krait_object::types::buffer;
use krait_object::types::memoryview::MemoryView;
use krait_object::types::memoryview::picklebuffer::{self, PickleBuffer};
use krait_object::types::memoryview::region::with_region;
use krait_object::{Bytes, Object, Owned, Py, PyResult, Str, Value, errors, protocol, raise};

use crate::border::{Ptr, export};

/// Fills a buffer from an exporter.
fn get(py: Py, object: &Object, view: *mut Py_buffer, flags: c_int) -> PyResult<()> {
    if view.is_null() {
        return raise!(
            py,
            BufferError,
            "PyObject_GetBuffer: view==NULL argument is obsolete"
        );
    }
    // SAFETY: slot tables live as long as the type; the slot fills C's struct.
    unsafe {
        let slot = object
            .ty()
            .raw()
            .tp_as_buffer
            .as_ref()
            .and_then(|b| b.bf_getbuffer);
        match slot {
            Some(slot) => {
                if flags == PyBUF_READ || flags == PyBUF_WRITE {
                    return crate::border::bad_internal_call(py);
                }
                protocol::status(py, slot(object.as_ptr(), view, flags)).map(drop)
            }
            None => raise!(
                py,
                TypeError,
                "a bytes-like object is required, not '{}'",
                object.ty().name()
            ),
        }
    }
}

fn pickle_buffer(py: Py, object: &Object) -> PyResult<&Instance<PickleBuffer>> {
    match object.downcast::<Instance<PickleBuffer>>() {
        Some(buffer) => Ok(buffer),
        None => raise!(
            py,
            TypeError,
            "expected PickleBuffer, {} found",
            object.ty().name()
        ),
    }
}

/// Whether a view's memory lies in one piece in the order `C`, `F` or either (`A`).
fn is_contiguous(view: &Py_buffer, order: u8) -> bool {
    if !view.suboffsets.is_null() {
        return false;
    }
    with_region(view, |region| match order {
        b'C' => region.is_c_contiguous(),
        b'F' => region.is_f_contiguous(),
        b'A' => region.is_c_contiguous() || region.is_f_contiguous(),
        _ => false,
    })
}

/// The items one after the other, in the order of C or Fortran.
fn copied(view: &Py_buffer, fortran: bool) -> PyResult<Vec<u8>> {
    with_region(view, |region| region.to_vec(fortran)).map_or_else(errors::no_memory, Ok)
}

/// Strides of contiguous memory of a shape.
///
/// # Safety
/// Both arrays have so many numbers.
unsafe fn fill_strides(
    ndim: usize,
    shape: *const isize,
    strides: *mut isize,
    item: isize,
    order: u8,
) {
    let mut size = item;
    let mut each = |i: usize| {
        // SAFETY: the contract.
        unsafe {
            *strides.add(i) = size;
            size *= *shape.add(i);
        }
    };
    if order == b'F' {
        (0..ndim).for_each(&mut each);
    } else {
        (0..ndim).rev().for_each(&mut each);
    }
}

fn get_contiguous(
    py: Py,
    object: &Object,
    kind: c_int,
    order: c_char,
) -> PyResult<Owned<MemoryView>> {
    let view = MemoryView::of(py, object)?;
    let raw = view.view();
    if kind == PyBUF_WRITE && raw.readonly != 0 {
        return raise!(py, BufferError, "underlying buffer is not writable");
    }
    if is_contiguous(raw, order as u8) {
        return Ok(view);
    }
    if kind == PyBUF_WRITE {
        return raise!(
            py,
            BufferError,
            "writable contiguous buffer requested for a non-contiguous object."
        );
    }
    contiguous_copy(py, raw, order as u8)
}

/// A view of a copy of the items in the order of C or Fortran; the format's text lies behind
/// them in the same bytes object.
fn contiguous_copy(py: Py, view: &Py_buffer, order: u8) -> PyResult<Owned<MemoryView>> {
    let mut data = copied(view, order == b'F')?;
    let len = data.len();
    if !view.format.is_null() {
        // SAFETY: a view's format is a C string.
        data.extend_from_slice(unsafe { CStr::from_ptr(view.format) }.to_bytes());
    }
    let bytes = Bytes::new(&data);
    let ndim = view.ndim as usize;
    let mut strides = vec![0; ndim];
    let mut flat = *view;
    flat.buf = crate::bytesobject::start(&bytes).cast();
    flat.len = len as isize;
    flat.readonly = 1;
    flat.suboffsets = std::ptr::null_mut();
    flat.strides = strides.as_mut_ptr();
    // SAFETY: a memoryview's shape and the strides here have `ndim` numbers; the format's text
    // ends with the zero that follows a bytes object's data.
    unsafe {
        fill_strides(ndim, view.shape, strides.as_mut_ptr(), view.itemsize, order);
        if !view.format.is_null() {
            flat.format = flat.buf.cast::<c_char>().add(len);
        }
    }
    MemoryView::owning(py, krait_object::Layout::as_object(&*bytes), &flat)
}

fn size_of_format(py: Py, format: &CStr) -> PyResult<isize> {
    let module = krait_object::hooks::import_module(py, "struct")?;
    let size = protocol::call_method_str(
        py,
        &module,
        "calcsize",
        &[Value::from(Str::new(&format.to_string_lossy()))],
    )?;
    protocol::number::to_index(py, &size, &krait_object::exceptions::OverflowError)
}

export! {
    fn PyObject_CheckBuffer(_py, object: &Value) -> bool { buffer::has_buffer(object) }
    fn PyObject_GetBuffer(py, object: &Object, view: *mut Py_buffer, flags: c_int) -> PyResult<()> {
        get(py, object, view, flags)
    }
    fn PyBuffer_Release(py, view: *mut Py_buffer) { buffer::release(py, &mut *view) }
    fn PyBuffer_IsContiguous(_py, view: *const Py_buffer, order: c_char) -> bool { is_contiguous(&*view, order as u8) }
    fn PyBuffer_GetPointer(_py, view: *const Py_buffer, indices: *const isize) -> *mut c_void {
        with_region(&*view, |region| {
            (0..region.shape.len()).fold(region, |region, i| region.inner(*indices.add(i))).data.cast()
        })
    }
    fn PyBuffer_SizeFromFormat(py, format: &CStr) -> PyResult<isize> { size_of_format(py, format) }
    fn PyBuffer_ToContiguous(py, to: *mut c_void, view: *const Py_buffer, len: isize, order: c_char) -> PyResult<()> {
        if len != (*view).len {
            return raise!(py, ValueError, "PyBuffer_ToContiguous: len != view->len");
        }
        let fortran = order as u8 == b'F' || (order as u8 == b'A' && is_contiguous(&*view, b'F'));
        let data = copied(&*view, fortran)?;
        std::ptr::copy_nonoverlapping(data.as_ptr(), to.cast::<u8>(), data.len());
        Ok(())
    }
    fn PyBuffer_FromContiguous(_py, view: *const Py_buffer, from: *const c_void, len: isize, _order: c_char) -> PyResult<()> {
        let data = std::slice::from_raw_parts(from.cast::<u8>(), len.min((*view).len).max(0) as usize);
        with_region(&*view, |region| region.fill_from(data));
        Ok(())
    }
    fn PyObject_CopyData(py, to: &Object, from: &Object) -> PyResult<()> {
        let (to, from) = (MemoryView::from_object(py, to, PyBUF_FULL)?, MemoryView::of(py, from)?);
        if to.view().len < from.view().len {
            return raise!(py, BufferError, "destination is too small to receive data from source");
        }
        to.region().fill_from(&copied(from.view(), false)?);
        Ok(())
    }
    fn PyBuffer_FillContiguousStrides(_py, ndim: c_int, shape: *const isize, strides: *mut isize, item: c_int, order: c_char) {
        fill_strides(ndim.max(0) as usize, shape, strides, item as isize, order as u8)
    }
    fn PyBuffer_FillInfo(py, view: *mut Py_buffer, exporter: Ptr, data: *mut c_void, len: isize, readonly: c_int, flags: c_int) -> PyResult<()> {
        if view.is_null() {
            return raise!(py, BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
        }
        if flags == PyBUF_READ || flags == PyBUF_WRITE {
            return crate::border::bad_internal_call(py);
        }
        if exporter.is_null() {
            // A view without owner.
            let none = krait_object::singletons::none().as_ptr();
            buffer::fill_info(py, view, none, data.cast(), len.max(0) as usize, readonly != 0, flags)?;
            (*view).obj = std::ptr::null_mut();
            return Ok(());
        }
        let result = buffer::fill_info(py, view, exporter, data.cast(), len.max(0) as usize, readonly != 0, flags);
        if result.is_err() {
            (*view).obj = std::ptr::null_mut();
        }
        result
    }
    fn PyMemoryView_FromObject(py, object: &Object) -> PyResult<Owned<MemoryView>> { MemoryView::of(py, object) }
    fn PyMemoryView_FromMemory(py, data: *mut c_char, len: isize, flags: c_int) -> PyResult<Owned<MemoryView>> {
        MemoryView::from_memory(py, data.cast(), len.max(0) as usize, flags != PyBUF_WRITE)
    }
    fn PyMemoryView_FromBuffer(py, view: *const Py_buffer) -> PyResult<Owned<MemoryView>> {
        if (*view).buf.is_null() {
            return raise!(py, ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
        }
        if (*view).ndim > PyBUF_MAX_NDIM {
            return raise!(py, ValueError, "memoryview: number of dimensions must not exceed {PyBUF_MAX_NDIM}");
        }
        MemoryView::from_buffer(py, &*view)
    }
    fn PyMemoryView_GetContiguous(py, object: &Object, kind: c_int, order: c_char) -> PyResult<Owned<MemoryView>> {
        get_contiguous(py, object, kind, order)
    }
    fn PyPickleBuffer_GetBuffer(py, object: &Object) -> PyResult<*const Py_buffer> {
        picklebuffer::view_of(py, pickle_buffer(py, object)?)
    }
    fn PyPickleBuffer_Release(py, object: &Object) -> PyResult<()> {
        picklebuffer::release(py, pickle_buffer(py, object)?);
        Ok(())
    }
    fn PyPickleBuffer_FromObject(py, object: &Value) -> PyResult {
        let pickle = krait_object::hooks::import_module(py, "_pickle").or_else(|_| {
            drop(py.thread().take_exception());
            krait_object::hooks::import_module(py, "pickle")
        })?;
        protocol::call_method_str(py, &pickle, "PickleBuffer", std::slice::from_ref(object))
    }
}
