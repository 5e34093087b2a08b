//! Calls of the raw stream: directly where it is a plain file, by its methods otherwise.
//!
//! `None` as a count means that the stream would have to wait.

use std::rc::Rc;

use krait_object::native::TypeBuilder;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::types::shared_bytes::SharedBytes;
use krait_object::{
    Bytes, Class, Instance, Py, PyResult, Raised, Value, class_cell, errors, exceptions, intern,
    protocol, raise,
};
use krait_sys::fd::constants::{EAGAIN, SEEK_CUR};

use super::Buffered;
use crate::raw_call::{self, call_through_signals};

/// A part of the buffer that a raw stream's `readinto` or `write` may see.
struct Window {
    memory: Rc<SharedBytes>,
    start: usize,
    len: usize,
}

impl Class for Window {
    const NAME: &'static str = "_io._BufferWindow";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor().lends(|_py, this: &Instance<Window>| {
            Ok(this
                .memory
                .lease(false)
                .part(this.start..this.start + this.len))
        });
    }
}

fn view_of(py: Py, memory: Rc<SharedBytes>, start: usize, len: usize) -> PyResult {
    raw_call::memory_view(
        py,
        Value::from(Instance::new(py, Window { memory, start, len })),
    )
}

/// BlockingIOError for a write that is done only in part. The number is the system's, so
/// 0 where a raw stream written in Python has refused.
pub fn would_block(py: Py, errno: i32, written: i64) -> Raised {
    let arguments = [
        Value::int(i64::from(errno)),
        Value::from(krait_object::Str::new(
            "write could not complete without blocking",
        )),
        Value::int(written),
    ];
    errors::raise_args(py, &exceptions::BlockingIOError, &arguments)
}

impl Buffered {
    /// What the system said when a write had to wait.
    pub(super) fn refusal(&self) -> i32 {
        if self.file.borrow().is_some() {
            EAGAIN
        } else {
            0
        }
    }

    /// Checks a raw stream's count.
    fn count(&self, py: Py, result: &Value, what: &str, most: usize) -> PyResult<Option<usize>> {
        if result.is_none() {
            return Ok(None);
        }
        let count = match protocol::number::to_index(py, result, &exceptions::ValueError) {
            Ok(count) => count,
            Err(raised) => {
                if what != "readinto" {
                    return Err(raised);
                }
                let Some(cause) = py.thread().take_exception() else {
                    return Err(raised);
                };
                let raised = errors::raise_text(
                    py,
                    &exceptions::OSError,
                    format_args!("raw readinto() failed"),
                );
                if let Some(error) = py.thread().exception()
                    && let Some(error) = exceptions::BaseException::from_object(&error)
                {
                    error.set_cause(Some(cause.clone()));
                    error.set_context(Some(cause));
                }
                return Err(raised);
            }
        };
        match usize::try_from(count) {
            Ok(n) if n <= most => {
                self.moved(n);
                Ok(Some(n))
            }
            _ => raise!(
                py,
                OSError,
                "raw {what}() returned invalid length {count} (should have been between 0 and {most})"
            ),
        }
    }

    /// The raw stream has moved on.
    fn moved(&self, count: usize) {
        if self.abs_pos.get() != -1 {
            self.abs_pos.set(self.abs_pos.get() + count as i64);
        }
    }

    fn moved_if(&self, count: Option<usize>) -> Option<usize> {
        self.moved(count.unwrap_or(0));
        count
    }

    /// Reads once into a part of the buffer.
    pub(super) fn raw_read(&self, py: Py, start: i64, len: i64) -> PyResult<Option<usize>> {
        let (start, len) = (start as usize, len as usize);
        self.have_memory(py)?;
        let memory = self.memory.borrow().clone();
        if let Some(file) = self.plain_file(py, intern!("readinto")) {
            let count = file.read_into(py, &mut memory.write()[start..start + len])?;
            return Ok(self.moved_if(count));
        }
        let view = view_of(py, memory, start, len)?;
        let result = call_through_signals(py, &self.raw.value(), intern!("readinto"), &[view])?;
        self.count(py, &result, "readinto", len)
    }

    /// Reads once into memory of the caller's.
    pub(super) fn raw_read_slice(&self, py: Py, room: &mut [u8]) -> PyResult<Option<usize>> {
        if let Some(file) = self.plain_file(py, intern!("readinto")) {
            let count = file.read_into(py, room)?;
            return Ok(self.moved_if(count));
        }
        let memory = SharedBytes::new(BytesBuilder::zeroed(room.len())?);
        let view = view_of(py, memory.clone(), 0, room.len())?;
        let result = call_through_signals(py, &self.raw.value(), intern!("readinto"), &[view])?;
        let count = self.count(py, &result, "readinto", room.len())?;
        let read = count.unwrap_or(0);
        room[..read].copy_from_slice(&memory.read()[..read]);
        Ok(count)
    }

    /// Reads once to the end of a builder.
    pub(super) fn raw_read_more(
        &self,
        py: Py,
        into: &mut BytesBuilder,
        limit: usize,
    ) -> PyResult<Option<usize>> {
        if let Some(file) = self.plain_file(py, intern!("readinto")) {
            into.reserve(limit)?;
            let count = file.read_once(py, into, limit)?;
            return Ok(self.moved_if(count));
        }
        let start = into.len();
        into.resize(start + limit)?;
        let count = self.raw_read_slice(py, &mut into.as_mut_slice()[start..]);
        into.truncate(start + count.map_or(0, |c| c.unwrap_or(0)));
        count
    }

    /// Writes once from the buffer.
    pub(super) fn raw_write(&self, py: Py, start: i64, end: i64) -> PyResult<Option<usize>> {
        let (start, end) = (start as usize, end as usize);
        let memory = self.memory.borrow().clone();
        if let Some(file) = self.plain_file(py, intern!("write")) {
            let count = file.write_once(py, &memory.read()[start..end])?;
            return Ok(self.moved_if(count));
        }
        let view = view_of(py, memory, start, end - start)?;
        let result = call_through_signals(py, &self.raw.value(), intern!("write"), &[view])?;
        self.count(py, &result, "write", end - start)
    }

    /// Writes once from memory of the caller's.
    pub(super) fn raw_write_slice(&self, py: Py, bytes: &[u8]) -> PyResult<Option<usize>> {
        if let Some(file) = self.plain_file(py, intern!("write")) {
            let count = file.write_once(py, bytes)?;
            return Ok(self.moved_if(count));
        }
        let view = raw_call::memory_view(py, Value::from(Bytes::new(bytes)))?;
        let result = call_through_signals(py, &self.raw.value(), intern!("write"), &[view])?;
        self.count(py, &result, "write", bytes.len())
    }

    fn checked_position(&self, py: Py, result: &Value) -> PyResult<i64> {
        let position = raw_call::offset(py, result)?;
        if position < 0 {
            return raise!(
                py,
                OSError,
                "Raw stream returned invalid position {position}"
            );
        }
        self.abs_pos.set(position);
        Ok(position)
    }

    /// The raw stream's position, asked for.
    pub(super) fn raw_tell(&self, py: Py) -> PyResult<i64> {
        if let Some(file) = self.plain_file(py, intern!("tell")) {
            let position = file.move_to(py, 0, SEEK_CUR)?;
            self.abs_pos.set(position);
            return Ok(position);
        }
        let result = raw_call::call0(py, &self.raw.value(), intern!("tell"))?;
        self.checked_position(py, &result)
    }

    /// The raw stream's position as it is known, or else asked for.
    pub(super) fn raw_position(&self, py: Py) -> PyResult<i64> {
        match self.abs_pos.get() {
            -1 => self.raw_tell(py),
            known => Ok(known),
        }
    }

    pub(super) fn raw_seek(&self, py: Py, target: i64, whence: i32) -> PyResult<i64> {
        if let Some(file) = self.plain_file(py, intern!("seek")) {
            let position = file.move_to(py, target, whence)?;
            self.abs_pos.set(position);
            return Ok(position);
        }
        let arguments = [Value::int(target), Value::int(i64::from(whence))];
        let result = protocol::call_method(py, &self.raw.value(), intern!("seek"), &arguments)?;
        self.checked_position(py, &result)
    }
}
