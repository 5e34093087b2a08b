//! `pycore_bytesobject.h`: a writer of bytes in a struct of its caller's, and searches.

use std::ffi::{c_char, c_int, c_void};

use krait_object::types::bytearray::ByteArray;
use krait_object::{Bytes, Object, Owned, PyResult, errors};

use crate::border::{Ptr, export};
use crate::bytesobject::{_PyBytes_Resize, PyByteArray_Resize, start};
use crate::unicodeobject::bytes;

/// How much the caller's struct holds by itself.
const SMALL: usize = 512;

/// `_PyBytesWriter`
#[repr(C)]
pub struct BytesWriter {
    /// Null while the small buffer is used.
    buffer: Ptr,
    allocated: isize,
    /// How much room was asked for.
    min_size: isize,
    use_bytearray: c_int,
    overallocate: c_int,
    use_small_buffer: c_int,
    small_buffer: [c_char; SMALL],
}

impl BytesWriter {
    /// Where the bytes begin.
    fn start(&mut self) -> *mut c_char {
        if self.use_small_buffer != 0 {
            return self.small_buffer.as_mut_ptr();
        }
        // SAFETY: the buffer is null or of one of both types, and the writer's.
        unsafe {
            if self.buffer.is_null() {
                return std::ptr::null_mut();
            }
            let object = Object::from_ptr(self.buffer);
            match (object.downcast::<Bytes>(), object.downcast::<ByteArray>()) {
                (Some(bytes), _) => start(bytes),
                (_, Some(array)) => array.start().cast(),
                _ => std::ptr::null_mut(),
            }
        }
    }

    fn position(&mut self, at: *mut c_char) -> usize {
        (at as usize).wrapping_sub(self.start() as usize)
    }

    /// A buffer of so many bytes at least, and the same position in it.
    fn resize(&mut self, at: *mut c_char, size: isize) -> PyResult<*mut c_char> {
        let position = self.position(at);
        let mut allocated = size;
        if self.overallocate != 0 {
            allocated = allocated.saturating_add(allocated / 4);
        }
        if self.buffer.is_null() {
            let kept = &self.small_buffer[..position];
            // SAFETY: `kept` is the caller's bytes, of which there are fewer than is made.
            unsafe {
                let kept = bytes(kept.as_ptr(), kept.len() as isize);
                let fill = |to: &mut [u8]| to[..kept.len()].copy_from_slice(kept);
                let made = match self.use_bytearray {
                    0 => Bytes::unfilled(allocated as usize).map(|made| {
                        fill(std::slice::from_raw_parts_mut(
                            start(&made).cast(),
                            allocated as usize,
                        ));
                        made.into_ptr()
                    }),
                    _ => ByteArray::build(allocated as usize, fill).map(Owned::into_ptr),
                };
                self.buffer = match made {
                    Some(made) => made,
                    None => return errors::no_memory(),
                };
            }
            self.use_small_buffer = 0;
        } else {
            self.resize_buffer(allocated)?;
        }
        self.allocated = allocated;
        Ok(self.start().wrapping_add(position))
    }

    fn resize_buffer(&mut self, size: isize) -> PyResult<()> {
        // SAFETY: the buffer is the writer's alone.
        let status = unsafe {
            match self.use_bytearray {
                0 => _PyBytes_Resize(&raw mut self.buffer, size),
                _ => PyByteArray_Resize(self.buffer, size),
            }
        };
        if status < 0 {
            Err(krait_object::Raised)
        } else {
            Ok(())
        }
    }

    fn prepare(&mut self, at: *mut c_char, size: isize) -> PyResult<*mut c_char> {
        if size == 0 {
            return Ok(at);
        }
        let Some(needed) = self.min_size.checked_add(size) else {
            self.clear();
            return errors::no_memory();
        };
        let mut at = at;
        if needed > self.allocated {
            match self.resize(at, needed) {
                Ok(moved) => at = moved,
                Err(raised) => {
                    self.clear();
                    return Err(raised);
                }
            }
        }
        self.min_size = needed;
        Ok(at)
    }

    fn finish(&mut self, at: *mut c_char) -> PyResult<Owned> {
        let size = self.position(at);
        if size == 0 && self.use_bytearray == 0 {
            self.clear();
            return Ok(Bytes::new(b"").upcast());
        }
        if self.use_small_buffer != 0 {
            // SAFETY: `size` is not more than the buffer has, and C has filled it so far.
            let written = unsafe { bytes(self.small_buffer.as_ptr(), size as isize) };
            return Ok(match self.use_bytearray {
                0 => Bytes::new(written).upcast(),
                _ => ByteArray::new(written).upcast(),
            });
        }
        if size as isize != self.allocated
            && let Err(raised) = self.resize_buffer(size as isize)
        {
            self.clear();
            return Err(raised);
        }
        // SAFETY: the writer's reference passes on.
        Ok(unsafe {
            Owned::from_raw(std::mem::replace(&mut self.buffer, std::ptr::null_mut()).cast())
        })
    }

    fn clear(&mut self) {
        let old = std::mem::replace(&mut self.buffer, std::ptr::null_mut());
        if !old.is_null() {
            // SAFETY: the writer's reference.
            unsafe { Object::decref(old) }
        }
    }
}

/// Where a needle is in a haystack, from an offset on for the first, up to it for the last.
fn find(haystack: &[u8], needle: &[u8], last: bool) -> Option<usize> {
    if needle.is_empty() {
        return Some(if last { haystack.len() } else { 0 });
    }
    let mut windows = haystack.windows(needle.len());
    if last {
        windows.rposition(|window| window == needle)
    } else {
        windows.position(|window| window == needle)
    }
}

export! {
    fn _PyBytesWriter_Init(_py, writer: *mut BytesWriter) {
        // (The small buffer stays as it is.)
        (*writer).buffer = std::ptr::null_mut();
        ((*writer).allocated, (*writer).min_size) = (0, 0);
        ((*writer).use_bytearray, (*writer).overallocate, (*writer).use_small_buffer) = (0, 0, 0);
    }
    fn _PyBytesWriter_Alloc(_py, writer: *mut BytesWriter, size: isize) -> PyResult<*mut c_void> {
        let writer = &mut *writer;
        writer.use_small_buffer = 1;
        writer.allocated = SMALL as isize;
        let start = writer.start();
        writer.prepare(start, size).map(<*mut c_char>::cast)
    }
    fn _PyBytesWriter_Prepare(_py, writer: *mut BytesWriter, at: *mut c_void, size: isize) -> PyResult<*mut c_void> {
        (*writer).prepare(at.cast(), size).map(<*mut c_char>::cast)
    }
    fn _PyBytesWriter_Resize(_py, writer: *mut BytesWriter, at: *mut c_void, size: isize) -> PyResult<*mut c_void> {
        (*writer).resize(at.cast(), size).map(<*mut c_char>::cast)
    }
    fn _PyBytesWriter_WriteBytes(_py, writer: *mut BytesWriter, at: *mut c_void, data: *const c_void, size: isize) -> PyResult<*mut c_void> {
        let at = (*writer).prepare(at.cast(), size)?;
        std::ptr::copy_nonoverlapping(data.cast::<c_char>(), at, size as usize);
        Ok(at.add(size as usize).cast())
    }
    fn _PyBytesWriter_Finish(_py, writer: *mut BytesWriter, at: *mut c_void) -> PyResult<Owned> { (*writer).finish(at.cast()) }
    fn _PyBytesWriter_Dealloc(_py, writer: *mut BytesWriter) { (*writer).clear() }

    fn _PyBytes_Find(_py, haystack: *const c_char, len: isize, needle: *const c_char, needle_len: isize, offset: isize) -> isize {
        find(bytes(haystack, len), bytes(needle, needle_len), false).map_or(-1, |at| at as isize + offset)
    }
    fn _PyBytes_ReverseFind(_py, haystack: *const c_char, len: isize, needle: *const c_char, needle_len: isize, offset: isize) -> isize {
        find(bytes(haystack, len), bytes(needle, needle_len), true).map_or(-1, |at| at as isize + offset)
    }
    fn _PyBytes_Repeat(_py, to: *mut c_char, to_len: isize, from: *const c_char, from_len: isize) {
        if to_len > 0 && from_len > 0 {
            for at in 0..to_len as usize {
                *to.add(at) = *from.add(at % from_len as usize);
            }
        }
    }
}

const _: () = assert!(size_of::<BytesWriter>() == 24 + 12 + SMALL + 4);
