//! `BytesBuilder`: a `bytes` object under construction.
//!
//! It grows in place and becomes the object without a copy. What always holds: the first
//! `len` bytes of the block behind the head are initialised, and nobody else knows the
//! block.

use std::mem::MaybeUninit;

use krait_abi::*;

use super::bytes::{BYTES, Bytes};
use crate::errors;
use crate::object::{Layout, Owned};
use crate::py::PyResult;

const HEAD: usize = std::mem::offset_of!(PyBytesObject, ob_sval);

/// Bytes that will be, or may become, a `bytes` object.
pub struct BytesBuilder {
    /// The object's block; null while nothing was reserved.
    block: *mut u8,
    len: usize,
    capacity: usize,
}

impl Default for BytesBuilder {
    fn default() -> BytesBuilder {
        BytesBuilder::new()
    }
}

impl BytesBuilder {
    /// Nothing; allocates nothing.
    pub const fn new() -> BytesBuilder {
        BytesBuilder {
            block: std::ptr::null_mut(),
            len: 0,
            capacity: 0,
        }
    }

    /// Room for so many bytes, or MemoryError.
    pub fn with_capacity(capacity: usize) -> PyResult<BytesBuilder> {
        let mut builder = BytesBuilder::new();
        builder.reserve_exact(capacity)?;
        Ok(builder)
    }

    /// So many zeros, or MemoryError. Where they are many, the system has them when they are
    /// touched.
    pub fn zeroed(len: usize) -> PyResult<BytesBuilder> {
        let size = len
            .checked_add(HEAD + 1)
            .filter(|&s| s <= isize::MAX as usize);
        // SAFETY: the GIL is held by whoever makes objects.
        let block = size.map_or(std::ptr::null_mut(), |size| unsafe {
            krait_heap::alloc_raw_zeroed(size)
        });
        if block.is_null() {
            return errors::no_memory();
        }
        Ok(BytesBuilder {
            block,
            len,
            capacity: len,
        })
    }

    /// Goes on with the content of an object: in its own block where nobody else has it.
    pub fn from_bytes(bytes: Owned<Bytes>) -> PyResult<BytesBuilder> {
        if bytes.as_object().refcount() == 1 && bytes.as_object().is_exact::<Bytes>() {
            let len = bytes.len();
            return Ok(BytesBuilder {
                block: bytes.into_raw().cast(),
                len,
                capacity: len,
            });
        }
        let mut builder = BytesBuilder::with_capacity(bytes.len())?;
        builder.extend(bytes.as_slice())?;
        Ok(builder)
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    fn data(&self) -> *mut u8 {
        if self.block.is_null() {
            return std::ptr::NonNull::dangling().as_ptr();
        }
        // SAFETY: the block begins with the object's head.
        unsafe { self.block.add(HEAD) }
    }

    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: so many bytes are initialised.
        unsafe { std::slice::from_raw_parts(self.data(), self.len) }
    }

    #[inline(always)]
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: so many bytes are initialised, and only the builder knows the block.
        unsafe { std::slice::from_raw_parts_mut(self.data(), self.len) }
    }

    /// Where the bytes stand, until the builder grows or ends.
    pub(crate) fn as_ptr(&self) -> *mut u8 {
        self.data()
    }

    /// Room for so many more bytes; grows by a factor, so that appending is linear.
    #[inline]
    pub fn reserve(&mut self, more: usize) -> PyResult<()> {
        let Some(needed) = self.len.checked_add(more) else {
            return errors::no_memory();
        };
        if needed <= self.capacity {
            return Ok(());
        }
        // An eighth more, as for a list, but more while it is small.
        let wanted = if needed < 1 << 16 {
            needed * 2
        } else {
            needed + needed / 8
        };
        self.reserve_exact(wanted)
    }

    /// Room for so many bytes in all.
    #[cold]
    pub fn reserve_exact(&mut self, capacity: usize) -> PyResult<()> {
        if capacity <= self.capacity {
            return Ok(());
        }
        let Some(size) = capacity
            .checked_add(HEAD + 1)
            .filter(|&s| s <= isize::MAX as usize)
        else {
            return errors::no_memory();
        };
        // SAFETY: the block is this builder's; resizing keeps its content.
        unsafe {
            let block = if self.block.is_null() {
                krait_heap::alloc_object(size, false)
            } else {
                krait_heap::resize_object(self.block, size)
            };
            if block.is_null() {
                return errors::no_memory();
            }
            self.block = block;
            self.capacity = krait_heap::usable_size(block).max(size) - HEAD - 1;
        }
        Ok(())
    }

    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) -> PyResult<()> {
        self.reserve(bytes.len())?;
        // SAFETY: the room is there, and the bytes lie elsewhere: the builder is borrowed.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.data().add(self.len), bytes.len())
        }
        self.len += bytes.len();
        Ok(())
    }

    #[inline]
    pub fn push(&mut self, byte: u8) -> PyResult<()> {
        self.extend(&[byte])
    }

    /// Makes it so many bytes long; new ones are zero.
    pub fn resize(&mut self, len: usize) -> PyResult<()> {
        if len > self.len {
            self.reserve(len - self.len)?;
            // SAFETY: within the capacity.
            unsafe { std::ptr::write_bytes(self.data().add(self.len), 0, len - self.len) }
        }
        self.len = len;
        Ok(())
    }

    /// Forgets all bytes from an index on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Has at most `limit` bytes of the spare room filled, from its start. `fill` returns
    /// the part that it has filled; anything else counts as nothing.
    pub fn fill_spare<E>(
        &mut self,
        limit: usize,
        fill: impl for<'a> FnOnce(&'a mut [MaybeUninit<u8>]) -> Result<&'a mut [u8], E>,
    ) -> Result<usize, E> {
        let room = (self.capacity - self.len).min(limit);
        // SAFETY: spare room of the block, which may be uninitialised.
        let (start, spare) = unsafe {
            let start = self.data().add(self.len);
            (
                start,
                std::slice::from_raw_parts_mut(start.cast::<MaybeUninit<u8>>(), room),
            )
        };
        let filled = fill(spare)?;
        // The lifetime lets through only a part of the room or something that is static.
        let count = if std::ptr::eq(filled.as_ptr(), start) {
            filled.len().min(room)
        } else {
            0
        };
        self.len += count;
        Ok(count)
    }

    /// The object. A block that is much too large is cut.
    pub fn finish(self) -> Owned<Bytes> {
        if self.len < 2 {
            return Bytes::new(self.as_slice());
        }
        let mut this = std::mem::ManuallyDrop::new(self);
        // SAFETY: the block has room for the head, the bytes and a final zero.
        unsafe {
            if this.capacity - this.len > 64 + this.len / 8 {
                let cut = krait_heap::resize_object(this.block, HEAD + this.len + 1);
                if !cut.is_null() {
                    this.block = cut;
                }
            }
            let object = this.block.cast::<PyBytesObject>();
            (*object).ob_base = PyVarObject::new_heap(BYTES.as_type_ptr(), this.len as isize);
            (*object).ob_shash = -1;
            *this.block.add(HEAD + this.len) = 0;
            Owned::from_raw(object.cast())
        }
    }
}

impl Drop for BytesBuilder {
    fn drop(&mut self) {
        if !self.block.is_null() {
            // SAFETY: the block is this builder's alone.
            unsafe { krait_heap::free_object(self.block) }
        }
    }
}
