//! Writing through the buffer.

use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, Object, Py, PyResult, Raised, Value, errors, exceptions, raise};
use krait_sys::fd::constants::SEEK_CUR;

use super::{Buffered, raw::would_block};
use crate::fault;

impl Buffered {
    /// Writes out what is in the buffer. Where the raw stream would block, the rest stays
    /// and BlockingIOError is raised.
    pub(super) fn flush_written(&self, py: Py) -> PyResult<()> {
        if self.has_written() && self.write_pos.get() != self.write_end.get() {
            let rewind = self.raw_offset() + (self.pos.get() - self.write_pos.get());
            if rewind != 0 {
                self.raw_seek(py, -rewind, SEEK_CUR)?;
                self.raw_pos.set(self.raw_pos.get() - rewind);
            }
            while self.write_pos.get() < self.write_end.get() {
                let Some(count) = self.raw_write(py, self.write_pos.get(), self.write_end.get())?
                else {
                    return Err(would_block(py, self.refusal(), 0));
                };
                self.write_pos.set(self.write_pos.get() + count as i64);
                self.raw_pos.set(self.write_pos.get());
                // A partial write can come from a signal.
                if self.write_pos.get() < self.write_end.get() {
                    fault::interrupted(py)?;
                }
            }
        }
        self.forget_written();
        Ok(())
    }

    /// Writes out, and puts the raw stream where this one stands.
    pub(super) fn flush_and_rewind(&self, py: Py) -> PyResult<()> {
        self.flush_written(py)?;
        if self.readable {
            // The buffer is given up even where the raw stream cannot go back.
            let moved = match self.raw_offset() {
                0 => Ok(0),
                offset => self.raw_seek(py, -offset, SEEK_CUR),
            };
            self.forget_read();
            moved?;
        }
        Ok(())
    }

    pub(super) fn write(&self, py: Py, this: &Object, b: &Value) -> PyResult<i64> {
        self.check_ready(py)?;
        if let Some(bytes) = b.downcast_exact::<Bytes>() {
            return self.write_bytes(py, this, bytes.as_slice());
        }
        if b.downcast::<krait_object::Str>().is_some() {
            return raise!(py, TypeError, "a bytes-like object is required, not 'str'");
        }
        let buffer = Buffer::new(py, b)?;
        self.write_bytes(py, this, buffer.as_slice())
    }

    /// Writes bytes that nobody changes meanwhile.
    pub fn write_bytes(&self, py: Py, this: &Object, bytes: &[u8]) -> PyResult<i64> {
        self.check_ready(py)?;
        let _entered = self.enter(py, this)?;
        if self.is_closed(py)? {
            return raise!(py, ValueError, "write to closed file");
        }
        self.have_memory(py)?;
        let len = bytes.len() as i64;
        if !self.has_read() && !self.has_written() {
            self.pos.set(0);
            self.raw_pos.set(0);
        }
        let room = self.size.get() - self.pos.get();
        if len <= room && len < self.size.get() {
            self.copy_from(self.pos.get(), bytes);
            if !self.has_written() || self.write_pos.get() > self.pos.get() {
                self.write_pos.set(self.pos.get());
            }
            self.advance_to(self.pos.get() + len);
            if self.write_end.get() < self.pos.get() {
                self.write_end.set(self.pos.get());
            }
            return Ok(len);
        }
        if let Err(raised) = self.flush_written(py) {
            return self.keep_what_fits(py, bytes, raised);
        }
        self.write_through(py, bytes)
    }

    /// The raw stream would block: keeps as much as the buffer has room for.
    fn keep_what_fits(&self, py: Py, bytes: &[u8], raised: Raised) -> PyResult<i64> {
        if errors::take_if(py, &exceptions::BlockingIOError).is_none() {
            return Err(raised);
        }
        if self.readable {
            self.forget_read();
        }
        let (start, end) = (self.write_pos.get(), self.write_end.get());
        self.memory
            .borrow()
            .write()
            .copy_within(start as usize..end as usize, 0);
        self.write_end.set(end - start);
        self.raw_pos.set(self.raw_pos.get() - start);
        self.pos.set(self.pos.get() - start);
        self.write_pos.set(0);
        let room = self.size.get() - self.write_end.get();
        let count = room.min(bytes.len() as i64);
        self.copy_from(self.write_end.get(), &bytes[..count as usize]);
        self.write_end.set(self.write_end.get() + count);
        self.pos.set(self.pos.get() + count);
        if count == bytes.len() as i64 {
            Ok(count)
        } else {
            Err(would_block(py, self.refusal(), count))
        }
    }

    /// Writes directly what is more than the buffer holds, and buffers the rest.
    fn write_through(&self, py: Py, bytes: &[u8]) -> PyResult<i64> {
        let offset = self.raw_offset();
        if offset != 0 {
            self.raw_seek(py, -offset, SEEK_CUR)?;
            self.raw_pos.set(self.raw_pos.get() - offset);
        }
        let (len, size) = (bytes.len() as i64, self.size.get());
        let mut written = 0;
        while len - written > size {
            match self.raw_write_slice(py, &bytes[written as usize..])? {
                Some(count) => {
                    written += count as i64;
                    if written < len {
                        fault::interrupted(py)?;
                    }
                }
                None => {
                    self.copy_from(0, &bytes[written as usize..(written + size) as usize]);
                    self.raw_pos.set(0);
                    self.advance_to(size);
                    self.write_pos.set(0);
                    self.write_end.set(size);
                    return Err(would_block(py, self.refusal(), written + size));
                }
            }
        }
        if self.readable {
            self.forget_read();
        }
        let rest = &bytes[written as usize..];
        self.copy_from(0, rest);
        self.write_pos.set(0);
        self.write_end.set(rest.len() as i64);
        self.advance_to(rest.len() as i64);
        self.raw_pos.set(0);
        Ok(len)
    }
}
