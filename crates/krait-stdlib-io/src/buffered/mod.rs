//! Buffers on raw streams: what BufferedReader, BufferedWriter and BufferedRandom share.
//!
//! One block of memory serves reading and writing. Positions in it: `pos` is where the
//! stream stands, `raw_pos` where the raw stream stands, `read_end` the end of what was
//! read ahead (-1: nothing), `write_pos..write_end` what is still to be written
//! (`write_end` -1: nothing). The memory is only touched with the lock held, or while
//! the lock is free and the GIL is not given up.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use krait_object::gc::{Trace, Visitor};
use krait_object::types::shared_bytes::SharedBytes;
use krait_object::{
    Class, Layout, Object, Owned, Py, PyResult, Str, Value, intern, protocol, raise,
};

use crate::base;
use crate::fileio;
use crate::raw_call;
use krait_object::slot::Slot;

mod lock;
mod memory;
mod pair;
mod position;
pub mod random;
mod raw;
pub mod reader;
mod reading;
mod shared;
pub mod writer;
mod writing;

pub use pair::BufferedRwPair;
pub use random::BufferedRandom;
pub use reader::BufferedReader;
pub use writer::BufferedWriter;

/// Whether there is a raw stream.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Ready,
    Detached,
}

/// The common part of the three classes.
pub struct Buffered {
    raw: Slot,
    /// The raw stream, where it is exactly a FileIO.
    file: RefCell<Option<Owned<fileio::This>>>,
    state: Cell<State>,
    readable: bool,
    writable: bool,
    finalizing: Cell<bool>,
    memory: RefCell<Rc<SharedBytes>>,
    size: Cell<i64>,
    /// The stream is closed, and needs no memory.
    given_back: Cell<bool>,
    /// The raw stream's position as far as it is known; -1 where it is not.
    abs_pos: Cell<i64>,
    pos: Cell<i64>,
    raw_pos: Cell<i64>,
    read_end: Cell<i64>,
    write_pos: Cell<i64>,
    write_end: Cell<i64>,
    lock: lock::Lock,
}

/// Buffers up to this size are made when they are first used: many programs do not touch
/// standard input. Of larger ones it is said at once that there is no memory.
const LATER: i64 = 1 << 20;

/// A class with a buffer.
pub trait HasBuffer: Class {
    fn core(&self) -> &Buffered;
}

impl Buffered {
    fn new(readable: bool, writable: bool) -> Buffered {
        Buffered {
            raw: Slot::default(),
            file: RefCell::new(None),
            state: Cell::new(State::New),
            readable,
            writable,
            finalizing: Cell::new(false),
            memory: RefCell::new(memory::none()),
            size: Cell::new(0),
            given_back: Cell::new(false),
            abs_pos: Cell::new(0),
            pos: Cell::new(0),
            raw_pos: Cell::new(0),
            read_end: Cell::new(-1),
            write_pos: Cell::new(0),
            write_end: Cell::new(-1),
            lock: lock::Lock::default(),
        }
    }

    /// Puts the buffer on a raw stream.
    fn open(&self, py: Py, raw: &Value, size: i64) -> PyResult<()> {
        if size <= 0 {
            return raise!(py, ValueError, "buffer size must be strictly positive");
        }
        *self.memory.borrow_mut() = memory::none();
        self.size.set(size);
        self.given_back.set(false);
        if size > LATER {
            self.have_memory(py)?;
        }
        self.raw.set(raw.clone());
        let old = self.file.replace(fileio::exactly(raw));
        drop(old);
        self.pos.set(0);
        self.raw_pos.set(0);
        self.forget_read();
        self.forget_written();
        // A stream that cannot tell its position has none that matters.
        if self.raw_tell(py).is_err() {
            drop(py.thread().take_exception());
            self.abs_pos.set(0);
        }
        self.state.set(State::Ready);
        Ok(())
    }

    /// Makes the buffer's memory, if that is not there yet.
    fn have_memory(&self, py: Py) -> PyResult<()> {
        if self.memory.borrow().read().is_empty() {
            *self.memory.borrow_mut() = memory::take(py, self.size.get() as usize)?;
        }
        Ok(())
    }

    /// Bytes of memory that the stream counts as its own.
    fn memory_size(&self) -> i64 {
        if self.given_back.get() {
            0
        } else {
            self.size.get()
        }
    }

    /// Gives the memory back, once nothing is in it that counts.
    fn give_back_memory(&self, py: Py) {
        if !self.has_written() {
            self.given_back.set(true);
            memory::give_back(py, self.memory.replace(memory::none()));
        }
    }

    fn forget_read(&self) {
        self.read_end.set(-1);
    }

    fn forget_written(&self) {
        self.write_pos.set(0);
        self.write_end.set(-1);
    }

    #[inline]
    fn has_read(&self) -> bool {
        self.readable && self.read_end.get() != -1
    }

    #[inline]
    fn has_written(&self) -> bool {
        self.writable && self.write_end.get() != -1
    }

    /// How many bytes were read ahead.
    #[inline]
    fn readahead(&self) -> i64 {
        if self.has_read() {
            self.read_end.get() - self.pos.get()
        } else {
            0
        }
    }

    /// How far the raw stream is ahead of this one.
    fn raw_offset(&self) -> i64 {
        if (self.has_read() || self.has_written()) && self.raw_pos.get() >= 0 {
            self.raw_pos.get() - self.pos.get()
        } else {
            0
        }
    }

    /// Moves the position; what was read ahead reaches at least there.
    fn advance_to(&self, pos: i64) {
        self.pos.set(pos);
        if self.has_read() && self.read_end.get() < pos {
            self.read_end.set(pos);
        }
    }

    /// A copy of bytes of the buffer.
    fn copy_to(&self, start: i64, room: &mut [u8]) {
        let memory = self.memory.borrow();
        room.copy_from_slice(&memory.read()[start as usize..start as usize + room.len()]);
    }

    /// Puts bytes into the buffer.
    #[inline]
    fn copy_from(&self, start: i64, bytes: &[u8]) {
        let memory = self.memory.borrow();
        memory.write()[start as usize..start as usize + bytes.len()].copy_from_slice(bytes);
    }

    fn check_ready(&self, py: Py) -> PyResult<()> {
        match self.state.get() {
            State::Ready => Ok(()),
            State::New => raise!(py, ValueError, "I/O operation on uninitialized object"),
            State::Detached => raise!(py, ValueError, "raw stream has been detached"),
        }
    }

    /// Whether the raw stream is closed.
    #[inline]
    pub fn is_closed(&self, py: Py) -> PyResult<bool> {
        if let Some(file) = &*self.file.borrow() {
            return Ok(file.is_closed());
        }
        base::is_closed(py, &self.raw.value())
    }

    /// Fails where the stream is not ready, or closed with nothing left to read.
    #[inline]
    fn check_open(&self, py: Py, text: &str) -> PyResult<()> {
        self.check_ready(py)?;
        if self.is_closed(py)? && self.readahead() == 0 {
            return raise!(py, ValueError, "{text}");
        }
        Ok(())
    }

    /// The raw stream as a FileIO whose method may be called directly.
    fn plain_file(&self, py: Py, method: &'static Str) -> Option<Owned<fileio::This>> {
        let file = self.file.borrow().clone()?;
        match protocol::attr::instance_attribute(py, file.as_object(), method) {
            None => Some(file),
            Some(_) => None,
        }
    }

    /// Whether the raw stream is a plain file; for the text layer's shortcuts.
    pub fn file(&self) -> Option<Owned<fileio::This>> {
        self.file.borrow().clone()
    }

    /// Whether the class reads.
    pub fn readable(&self) -> bool {
        self.readable
    }

    /// Whether the class writes.
    pub fn writable(&self) -> bool {
        self.writable
    }

    fn enter<'a>(&'a self, py: Py, this: &Object) -> PyResult<lock::Entered<'a>> {
        self.lock.enter(py, this)
    }

    /// Asks the raw stream.
    fn forward(&self, py: Py, method: &'static Str) -> PyResult {
        self.check_ready(py)?;
        raw_call::call0(py, &self.raw.value(), method)
    }

    /// What `closed` says.
    fn closed_value(&self, py: Py) -> PyResult {
        self.check_ready(py)?;
        protocol::get_attr(py, &self.raw.value(), intern!("closed"))
    }

    /// Warns for the stream on top of an unclosed file.
    pub fn dealloc_warn(&self, py: Py, source: &Value) {
        if self.state.get() == State::Ready {
            base::dealloc_warn_through(py, &self.raw.value(), source);
        }
    }
}

impl Buffered {
    /// Gives up the raw stream, for the collector. What is left cannot be used.
    fn clear(&self) {
        self.state.set(State::New);
        drop(self.file.take());
        self.raw.clear();
    }
}

impl Trace for Buffered {
    fn trace(&self, visitor: &mut Visitor) {
        self.raw.trace(visitor);
        visitor.field(&self.file);
    }
}
