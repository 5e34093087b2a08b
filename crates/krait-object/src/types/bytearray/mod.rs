//! `bytearray`: CPython's struct, the bytes in a raw block.
//!
//! What always holds: `ob_start` points into the block `ob_bytes` of `ob_alloc` bytes,
//! and a zero byte follows the content; without a block both are null and the length is
//! zero. While there are exports the block neither moves nor changes its length.

use std::cell::UnsafeCell;

use krait_abi::*;

use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{Py, PyResult};

pub mod change;
pub mod methods;
pub mod slices;

/// A `bytearray`.
#[repr(transparent)]
pub struct ByteArray(UnsafeCell<PyByteArrayObject>);

#[unsafe(export_name = "PyByteArray_Type")]
pub static BYTEARRAY: StaticType = StaticType::new();

/// What an empty array without a block exports.
static EMPTY: [u8; 1] = [0];

// SAFETY: the struct begins with the header.
unsafe impl Layout for ByteArray {}
// SAFETY: instances of bytearray and its subtypes have the layout.
unsafe impl Builtin for ByteArray {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &BYTEARRAY
    }
}

impl ByteArray {
    #[inline(always)]
    pub fn raw(&self) -> *mut PyByteArrayObject {
        self.0.get()
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).ob_base.ob_size as usize }
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first byte; never null.
    #[inline(always)]
    pub fn start(&self) -> *mut u8 {
        // SAFETY: the head is initialised.
        let start = unsafe { (*self.raw()).ob_start };
        if start.is_null() {
            EMPTY.as_ptr().cast_mut()
        } else {
            start.cast()
        }
    }

    /// The bytes as they are now; not to be kept across anything that may run Python code.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: so many bytes are at the start; the GIL keeps other threads out.
        unsafe { std::slice::from_raw_parts(self.start(), self.len()) }
    }

    /// The bytes to be changed, with nothing else running meanwhile.
    #[inline(always)]
    #[expect(
        clippy::mut_from_ref,
        reason = "Python's objects are shared; the GIL orders access"
    )]
    pub fn as_mut_slice(&self) -> &mut [u8] {
        // SAFETY: as above; callers use no other slice of it at the same time.
        unsafe { std::slice::from_raw_parts_mut(self.start(), self.len()) }
    }

    /// The views that forbid resizing.
    #[inline(always)]
    pub fn exports(&self) -> isize {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).ob_exports }
    }

    /// Counts exports up or down.
    pub(in crate::types) fn count_export(&self, by: isize) {
        // SAFETY: the head is initialised.
        unsafe { (*self.raw()).ob_exports += by }
    }

    /// A bytearray filled in place; `None` where memory is exhausted.
    pub fn build(len: usize, fill: impl FnOnce(&mut [u8])) -> Option<Owned<ByteArray>> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        let array = unsafe {
            let ptr = krait_heap::alloc_object(size_of::<PyByteArrayObject>(), false)
                .cast::<PyByteArrayObject>();
            if ptr.is_null() {
                return None;
            }
            (*ptr).ob_base = PyVarObject::new_heap(BYTEARRAY.as_type_ptr(), 0);
            (*ptr).ob_alloc = 0;
            (*ptr).ob_bytes = std::ptr::null_mut();
            (*ptr).ob_start = std::ptr::null_mut();
            (*ptr).ob_exports = 0;
            Owned::<ByteArray>::from_raw(ptr.cast())
        };
        if len > 0 {
            if !array.set_len(len) {
                return None;
            }
            array.as_mut_slice().fill(0);
            fill(array.as_mut_slice());
        }
        Some(array)
    }

    pub fn new(data: &[u8]) -> Owned<ByteArray> {
        match ByteArray::build(data.len(), |out| out.copy_from_slice(data)) {
            Some(array) => array,
            None => errors::out_of_memory(),
        }
    }

    /// BufferError while there are exports.
    #[inline]
    pub fn check_resizable(&self, py: Py) -> PyResult<()> {
        if self.exports() == 0 {
            return Ok(());
        }
        crate::raise!(
            py,
            BufferError,
            "Existing exports of data: object cannot be re-sized"
        )
    }

    /// Changes the length; new bytes at the end are unset.
    pub fn resize(&self, py: Py, len: usize) -> PyResult<()> {
        if len == self.len() {
            return Ok(());
        }
        self.check_resizable(py)?;
        if self.set_len(len) {
            Ok(())
        } else {
            errors::no_memory()
        }
    }

    /// Changes the length without a look at exports; false where memory is exhausted.
    /// Grows by an eighth more than asked for, and gives memory back where half is free.
    pub(super) fn set_len(&self, len: usize) -> bool {
        let raw = self.raw();
        // SAFETY: the block belongs to the array; `ob_start` is inside it.
        unsafe {
            let alloc = (*raw).ob_alloc as usize;
            let offset = (*raw).ob_start.offset_from((*raw).ob_bytes) as usize;
            if offset + len < alloc && len >= alloc / 2 {
                (*raw).ob_base.ob_size = len as isize;
                *(*raw).ob_start.add(len) = 0;
                return true;
            }
            let moderate = len >= alloc && len as f64 <= alloc as f64 * 1.125;
            let wanted = if moderate {
                len.saturating_add((len >> 3) + if len < 9 { 3 } else { 6 })
            } else {
                len.saturating_add(1)
            };
            if wanted > isize::MAX as usize {
                return false;
            }
            let kept = self.len().min(len);
            if offset > 0 {
                std::ptr::copy((*raw).ob_start, (*raw).ob_bytes, kept);
                (*raw).ob_start = (*raw).ob_bytes;
            }
            let block = krait_heap::realloc_raw((*raw).ob_bytes.cast(), wanted);
            if block.is_null() {
                return false;
            }
            (*raw).ob_bytes = block.cast();
            (*raw).ob_start = block.cast();
            (*raw).ob_alloc = wanted as isize;
            (*raw).ob_base.ob_size = len as isize;
            *block.add(len) = 0;
            true
        }
    }

    /// Drops bytes at the front by moving the start. There must be no exports, and so
    /// many bytes.
    fn drop_front(&self, count: usize) {
        let raw = self.raw();
        // SAFETY: the start stays inside the block.
        unsafe {
            (*raw).ob_start = (*raw).ob_start.add(count);
            (*raw).ob_base.ob_size -= count as isize;
        }
        let len = self.len();
        // Give memory back where little of the block is in use.
        // SAFETY: as above.
        if len < unsafe { (*raw).ob_alloc } as usize / 2 {
            self.set_len(len);
        }
    }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying array, which owns its block.
    unsafe {
        krait_heap::free_raw((*object.cast::<PyByteArrayObject>()).ob_bytes.cast());
        Type::from_ptr((*object).ob_type).free_instance(object);
    }
}

unsafe extern "C-unwind" fn get_buffer(
    object: *mut PyObject,
    view: *mut Py_buffer,
    flags: i32,
) -> i32 {
    // SAFETY: called with the GIL and an instance; exports keep its block in place.
    unsafe {
        let this = Object::from_ptr(object).cast_unchecked::<ByteArray>();
        let filled = super::buffer::fill_info(
            Py::assume(),
            view,
            object,
            this.start(),
            this.len(),
            false,
            flags,
        );
        if filled.is_err() {
            return -1;
        }
        (*this.raw()).ob_exports += 1;
        0
    }
}

unsafe extern "C-unwind" fn release_buffer(object: *mut PyObject, _view: *mut Py_buffer) {
    // SAFETY: called with an instance that exported the view.
    unsafe { (*object.cast::<PyByteArrayObject>()).ob_exports -= 1 }
}

pub(crate) fn define() {
    let mut b =
        TypeBuilder::<ByteArray>::new(&BYTEARRAY, "bytearray", size_of::<PyByteArrayObject>());
    b.subclassable()
        .flags(_Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(dealloc)
        .buffer(Some(get_buffer), Some(release_buffer));
    methods::define(&mut b);
    b.silent().finish();
}
