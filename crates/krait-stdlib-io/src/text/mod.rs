//! `_io.TextIOWrapper`: text on a buffered byte stream.
//!
//! Reading: the buffer's bytes are decoded chunk by chunk; `decoded` is the chunk and
//! `used` how much of it was given out. A line inside a chunk is cut out of it directly.
//! Writing: encoded text gathers in `pending` until a chunk is full or must go out.

use std::cell::{Cell, RefCell};

use krait_object::gc::{Trace, Visitor};
use krait_object::{
    Builtin, Bytes, Instance, Object, Owned, Py, PyResult, Str, Value, intern, protocol, raise,
};

use crate::base;
use crate::buffered::{Buffered, BufferedRandom, BufferedReader, BufferedWriter, HasBuffer};
use crate::fault::unsupported;
use crate::fileio;
use crate::raw_call;
use krait_object::slot::Slot;

mod class;
pub mod codec;
mod cookie;
pub mod lines;
pub mod newline;
mod opening;
mod position;
mod reading;
pub(crate) mod writing;

use codec::{Decoder, Encoder};
use lines::Newline;

pub use class::This;
pub use opening::{Settings, create};

/// How many bytes are read, or gathered for writing, at once.
const CHUNK: usize = 8192;

/// Whether there is a buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Ready,
    Detached,
}

/// What the decoder's state and input were when the present chunk was read.
#[derive(Clone)]
struct Snapshot {
    flags: i64,
    input: Owned<Bytes>,
}

/// `TextIOWrapper`.
pub struct TextWrapper {
    buffer: Slot,
    /// The raw file below, where the layers are exactly this crate's.
    file: RefCell<Option<Owned<fileio::This>>>,
    state: Cell<State>,
    finalizing: Cell<bool>,
    encoding: Slot,
    errors: Slot,
    newline: Cell<Newline>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    seekable: Cell<bool>,
    /// Whether `tell` works: not during iteration.
    telling: Cell<bool>,
    has_read1: Cell<bool>,
    chunk: Cell<usize>,
    decoder: RefCell<Option<Decoder>>,
    encoder: RefCell<Option<Encoder>>,
    decoded: RefCell<Option<Owned<Str>>>,
    used: Cell<usize>,
    snapshot: RefCell<Option<Snapshot>>,
    /// Bytes per character of the last chunk.
    ratio: Cell<f64>,
    pending: RefCell<Vec<u8>>,
}

impl TextWrapper {
    fn unopened() -> TextWrapper {
        TextWrapper {
            buffer: Slot::default(),
            file: RefCell::default(),
            state: Cell::new(State::New),
            finalizing: Cell::new(false),
            encoding: Slot::default(),
            errors: Slot::default(),
            newline: Cell::new(Newline::Translate),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            chunk: Cell::new(CHUNK),
            decoder: RefCell::default(),
            encoder: RefCell::default(),
            decoded: RefCell::default(),
            used: Cell::new(0),
            snapshot: RefCell::default(),
            ratio: Cell::new(0.0),
            pending: RefCell::default(),
        }
    }

    fn check_ready(&self, py: Py) -> PyResult<()> {
        match self.state.get() {
            State::Ready => Ok(()),
            State::New => raise!(py, ValueError, "I/O operation on uninitialized object"),
            State::Detached => raise!(py, ValueError, "underlying buffer has been detached"),
        }
    }

    fn is_closed(&self, py: Py) -> PyResult<bool> {
        if let Some(file) = &*self.file.borrow() {
            return Ok(file.is_closed());
        }
        base::is_closed(py, &self.buffer.value())
    }

    /// Fails where the stream is not ready or closed.
    #[inline]
    fn check_open(&self, py: Py) -> PyResult<()> {
        self.check_ready(py)?;
        if self.is_closed(py)? {
            crate::fault::closed(py)
        } else {
            Ok(())
        }
    }

    fn decoder(&self, py: Py) -> PyResult<Decoder> {
        match &*self.decoder.borrow() {
            Some(decoder) => Ok(decoder.clone()),
            None => unsupported(py, "not readable"),
        }
    }

    /// Asks the buffer.
    fn forward(&self, py: Py, method: &'static Str) -> PyResult {
        self.check_ready(py)?;
        raw_call::call0(py, &self.buffer.value(), method)
    }

    /// Forgets decoded text and where it came from.
    fn forget_decoded(&self) {
        drop(self.decoded.take());
        self.used.set(0);
    }

    fn forget_snapshot(&self) {
        drop(self.snapshot.take());
    }

    fn clear(&self) {
        self.state.set(State::New);
        drop(self.file.take());
        drop(self.decoder.take());
        drop(self.encoder.take());
        self.buffer.clear();
    }
}

impl Trace for TextWrapper {
    fn trace(&self, visitor: &mut Visitor) {
        visitor.field(&self.buffer);
        visitor.field(&self.file);
        visitor.field(&self.decoder);
        visitor.field(&self.encoder);
    }
}

/// Calls `direct` with the buffer below, where that is exactly one of this crate's classes
/// and no attribute of its own hides the method.
fn native_buffer<R>(
    py: Py,
    buffer: &Value,
    method: &'static Str,
    direct: impl FnOnce(&Object, &Buffered) -> R,
) -> Option<R> {
    let object = buffer.as_object()?;
    let ty = object.ty();
    let core: &Buffered = if ty.is(Instance::<BufferedReader>::type_object()) {
        object.downcast_exact::<Instance<BufferedReader>>()?.core()
    } else if ty.is(Instance::<BufferedWriter>::type_object()) {
        object.downcast_exact::<Instance<BufferedWriter>>()?.core()
    } else if ty.is(Instance::<BufferedRandom>::type_object()) {
        object.downcast_exact::<Instance<BufferedRandom>>()?.core()
    } else {
        return None;
    };
    if protocol::attr::instance_attribute(py, object, method).is_some() {
        return None;
    }
    Some(direct(object, core))
}

/// The raw file below a buffer of this crate's.
fn file_below(py: Py, buffer: &Value) -> Option<Owned<fileio::This>> {
    native_buffer(py, buffer, intern!("raw"), |_, core| core.file()).flatten()
}
