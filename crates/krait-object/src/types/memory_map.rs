//! `MemoryMap`: a file or anonymous memory mapped into the process (`mmap`), which may be
//! lent through the buffer protocol.
//!
//! What always holds: while the map is lent (`lent > 0`) it is neither closed nor resized;
//! `address` is null only when it is closed.

use std::cell::Cell;
use std::ffi::c_int;

use krait_abi::*;

use crate::native::TypeBuilder;
use crate::object::{Layout, Object};
use crate::py::{Py, PyResult};

/// A mapping, unmapped when dropped.
pub struct MemoryMap {
    address: Cell<*mut u8>,
    len: Cell<usize>,
    lent: Cell<usize>,
    readonly: bool,
}

fn last_error() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

impl MemoryMap {
    /// Maps `len` bytes; fails with the error number.
    pub fn new(len: usize, prot: i32, flags: i32, fd: i32, offset: i64) -> Result<MemoryMap, i32> {
        // A fixed address would replace what is there.
        let flags = flags & !libc::MAP_FIXED;
        // SAFETY: a fresh mapping at an address that the system chooses.
        let block = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, fd, offset) };
        if block == libc::MAP_FAILED {
            return Err(last_error());
        }
        Ok(MemoryMap {
            address: Cell::new(block.cast()),
            len: Cell::new(len),
            lent: Cell::new(0),
            readonly: prot & libc::PROT_WRITE == 0,
        })
    }

    pub fn len(&self) -> usize {
        self.len.get()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn is_closed(&self) -> bool {
        self.address.get().is_null()
    }

    pub fn is_lent(&self) -> bool {
        self.lent.get() > 0
    }

    /// Unmaps; false while the memory is lent.
    pub fn close(&self) -> bool {
        if self.is_lent() {
            return false;
        }
        let address = self.address.replace(std::ptr::null_mut());
        let len = self.len.replace(0);
        if !address.is_null() {
            // SAFETY: the mapping is this object's own, and nobody has a sight of it.
            unsafe { libc::munmap(address.cast(), len) };
        }
        true
    }

    /// Changes the size, moving the memory if need be. Not while it is lent.
    pub fn resize(&self, len: usize) -> Result<(), i32> {
        if self.is_lent() || self.is_closed() {
            return Err(libc::EBUSY);
        }
        // SAFETY: the mapping is this object's own, and nobody has a sight of it.
        let block = unsafe {
            libc::mremap(
                self.address.get().cast(),
                self.len(),
                len,
                libc::MREMAP_MAYMOVE,
            )
        };
        if block == libc::MAP_FAILED {
            return Err(last_error());
        }
        self.address.set(block.cast());
        self.len.set(len);
        Ok(())
    }

    /// Runs something on the bytes; it must not run Python code. Empty when closed.
    ///
    /// Others may change the memory meanwhile, as they may any shared memory: what is
    /// read may be stale, never out of place.
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        if self.is_closed() {
            return f(&[]);
        }
        // SAFETY: so many bytes are mapped, and stay so during the call.
        f(unsafe { std::slice::from_raw_parts(self.address.get(), self.len()) })
    }

    /// The same for changing the bytes; `None` where they may not be changed.
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        if self.is_closed() || self.readonly {
            return None;
        }
        // SAFETY: so many bytes are mapped writable, and stay so during the call.
        Some(f(unsafe {
            std::slice::from_raw_parts_mut(self.address.get(), self.len())
        }))
    }

    /// Writes a range to the file. The range must be within the map.
    pub fn flush(&self, offset: usize, len: usize) -> Result<(), i32> {
        assert!(offset + len <= self.len());
        // SAFETY: within the mapping.
        status(unsafe { libc::msync(self.address.get().add(offset).cast(), len, libc::MS_SYNC) })
    }

    /// Gives the system advice about a range, which must be within the map.
    pub fn advise(&self, offset: usize, len: usize, advice: i32) -> Result<(), i32> {
        assert!(offset + len <= self.len());
        // SAFETY: within the mapping; advice changes contents only as the documentation
        // of the program's own choice says.
        status(unsafe { libc::madvise(self.address.get().add(offset).cast(), len, advice) })
    }
}

fn status(result: i32) -> Result<(), i32> {
    if result == 0 {
        Ok(())
    } else {
        Err(last_error())
    }
}

impl Drop for MemoryMap {
    fn drop(&mut self) {
        self.lent.set(0);
        self.close();
    }
}

impl<T: Layout> TypeBuilder<T> {
    /// The buffer protocol of a type that holds a memory map.
    pub fn lends_map<F: Copy + 'static + Fn(Py, &T) -> PyResult<&MemoryMap>>(
        &mut self,
        _f: F,
    ) -> &mut Self {
        self.buffer(Some(get_buffer::<T, F>), Some(release_buffer::<T, F>))
    }
}

unsafe extern "C-unwind" fn get_buffer<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T) -> PyResult<&MemoryMap>,
>(
    object: *mut PyObject,
    view: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: a type's slot is called with its instances, the GIL, and a view to fill. The
    // map stays in place while it is counted as lent, and in the object, which the view
    // keeps alive.
    unsafe {
        (*view).obj = std::ptr::null_mut();
        let py = Py::assume();
        let Ok(map) =
            crate::native::conjure::<F>()(py, Object::from_ptr(object).cast_unchecked::<T>())
        else {
            return -1;
        };
        let filled = super::buffer::fill_info(
            py,
            view,
            object,
            map.address.get(),
            map.len(),
            map.readonly,
            flags,
        );
        if filled.is_err() {
            return -1;
        }
        map.lent.set(map.lent.get() + 1);
        0
    }
}

unsafe extern "C-unwind" fn release_buffer<
    T: Layout,
    F: Copy + 'static + Fn(Py, &T) -> PyResult<&MemoryMap>,
>(
    object: *mut PyObject,
    _view: *mut Py_buffer,
) {
    // SAFETY: the view was filled by `get_buffer` of this object.
    unsafe {
        let py = Py::assume();
        if let Ok(map) =
            crate::native::conjure::<F>()(py, Object::from_ptr(object).cast_unchecked::<T>())
        {
            map.lent.set(map.lent.get().saturating_sub(1));
        }
    }
}
