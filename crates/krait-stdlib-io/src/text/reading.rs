//! Reading text.

use krait_object::types::buffer::{Buffer, has_buffer};
use krait_object::{
    Bytes, Layout, Owned, Py, PyResult, Str, StrBuilder, Value, exceptions, intern, protocol, raise,
};

use super::{Snapshot, TextWrapper, This, native_buffer};
use crate::fault::{self, unsupported};
use crate::raw_call::{self, Size, call1, me};

impl TextWrapper {
    /// Sets the decoded chunk, of which nothing is used yet.
    pub(super) fn set_decoded(&self, text: Owned<Str>) {
        let old = self.decoded.replace(Some(text));
        self.used.set(0);
        drop(old);
    }

    /// Up to so many of the characters that are decoded already.
    fn take(&self, most: Option<usize>) -> Owned<Str> {
        let decoded = self.decoded.borrow();
        let Some(text) = &*decoded else {
            return Str::new("");
        };
        let (from, len) = (self.used.get(), text.len());
        let count = most.unwrap_or(usize::MAX).min(len - from);
        self.used.set(from + count);
        if from == 0 && count == len {
            text.clone()
        } else {
            text.slice(from, from + count)
        }
    }

    fn decoded_left(&self) -> usize {
        self.decoded
            .borrow()
            .as_ref()
            .map_or(0, |text| text.len() - self.used.get())
    }

    /// Reads bytes for a chunk.
    fn read_bytes(&self, py: Py, size: usize) -> PyResult<Owned<Bytes>> {
        let buffer = self.buffer.value();
        if self.has_read1.get()
            && let Some(read) = native_buffer(py, &buffer, intern!("read1"), |object, core| {
                core.with_read1(py, object, size as i64, Ok)
            })
        {
            return read;
        }
        let (name, text) = if self.has_read1.get() {
            (intern!("read1"), "read1")
        } else {
            (intern!("read"), "read")
        };
        let input = call1(py, &buffer, name, Value::int(size as i64))?;
        if let Some(bytes) = input.downcast_exact::<Bytes>() {
            return Ok(bytes.to_owned());
        }
        if !has_buffer(&input) {
            let got = input.ty().name();
            return raise!(
                py,
                TypeError,
                "underlying {text}() should have returned a bytes-like object, not '{got}'"
            );
        }
        Ok(Bytes::new(Buffer::new(py, &input)?.as_slice()))
    }

    /// Decodes the next chunk; false at the end. `hint` is how many characters are wanted.
    pub(super) fn read_chunk(&self, py: Py, hint: usize) -> PyResult<bool> {
        let decoder = self.decoder(py)?;
        let before = if self.telling.get() {
            Some(decoder.state(py)?)
        } else {
            None
        };
        let wanted = (self.ratio.get().max(1.0) * hint as f64) as usize;
        let input = self.read_bytes(py, self.chunk.get().max(wanted))?;
        let eof = input.is_empty();
        let text = decoder.decode_bytes(py, &input, eof)?;
        let count = text.len();
        self.set_decoded(text);
        self.ratio.set(if count > 0 {
            input.len() as f64 / count as f64
        } else {
            0.0
        });
        if let Some((buffered, flags)) = before {
            let input = if buffered.is_empty() {
                input
            } else {
                Bytes::new(&[buffered.as_slice(), input.as_slice()].concat())
            };
            drop(self.snapshot.replace(Some(Snapshot { flags, input })));
        }
        Ok(!eof || count > 0)
    }

    /// `read_chunk`, again where a signal interrupts a stream written in Python.
    fn read_chunk_through_signals(&self, py: Py, hint: usize) -> PyResult<bool> {
        loop {
            match self.read_chunk(py, hint) {
                Err(raised) => {
                    if !fault::was_interrupted(py)? {
                        return Err(raised);
                    }
                }
                done => return done,
            }
        }
    }

    /// The rest of the stream.
    fn read_rest(&self, py: Py) -> PyResult<Owned<Str>> {
        let decoder = self.decoder(py)?;
        let bytes = raw_call::call0(py, &self.buffer.value(), intern!("read"))?;
        if bytes.is_none() {
            return raise!(py, BlockingIOError, "Read returned None.");
        }
        if !has_buffer(&bytes) {
            let got = bytes.ty().name();
            return raise!(
                py,
                TypeError,
                "underlying read() should have returned a bytes-like object, not '{got}'"
            );
        }
        let text = decoder.decode(py, &bytes, true)?;
        let first = self.take(None);
        if self.snapshot.borrow().is_some() {
            self.forget_decoded();
            self.forget_snapshot();
        }
        Ok(if first.is_empty() {
            text
        } else {
            joined(&[first, text])
        })
    }

    /// The next line; empty at the end.
    fn line(&self, py: Py, limit: Option<usize>) -> PyResult<Owned<Str>> {
        if let Some(line) = self.line_in_chunk(limit) {
            return Ok(line);
        }
        self.write_pending(py)?;
        let newline = self.newline.get();
        let mut parts: Vec<Owned<Str>> = Vec::new();
        let mut left = limit;
        loop {
            if self.decoded_left() == 0 {
                if left == Some(0) || !self.read_chunk_through_signals(py, 0)? {
                    // A chunk that decodes to nothing is not the end.
                    self.forget_decoded();
                    self.forget_snapshot();
                    break;
                }
                continue;
            }
            let halved = newline == super::Newline::CrLf
                && parts
                    .last()
                    .is_some_and(|p| p.chars().at(p.len() - 1) == 13)
                && self.next_is_lf()
                && left != Some(0);
            if halved {
                parts.push(self.take(Some(1)));
                break;
            }
            if let Some(line) = self.line_in_chunk(left) {
                if parts.is_empty() {
                    return Ok(line);
                }
                parts.push(line);
                break;
            }
            let part = self.take(None);
            left = left.map(|left| left - part.len());
            parts.push(part);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => joined(&parts),
        })
    }

    fn next_is_lf(&self) -> bool {
        let decoded = self.decoded.borrow();
        decoded
            .as_ref()
            .is_some_and(|text| text.chars().get(self.used.get()) == Some(10))
    }

    /// The next line, where the chunk holds all of it (or as much as the limit allows).
    #[inline]
    fn line_in_chunk(&self, limit: Option<usize>) -> Option<Owned<Str>> {
        let decoded = self.decoded.borrow();
        let text = decoded.as_ref()?;
        let from = self.used.get();
        let end = match (self.newline.get().line_end(text.chars(), from), limit) {
            (Some(end), None) => end,
            (Some(end), Some(limit)) => end.min(from.saturating_add(limit)),
            (None, Some(limit)) if text.len() - from >= limit => from + limit,
            (None, _) => return None,
        };
        self.used.set(end);
        Some(text.slice(from, end))
    }
}

/// Several pieces of text as one.
fn joined(parts: &[Owned<Str>]) -> Owned<Str> {
    let total = parts.iter().map(|p| p.len()).sum();
    let mut out = StrBuilder::with_capacity(total);
    parts.iter().for_each(|p| out.push_text(p));
    out.finish()
}

pub fn read(py: Py, this: &This, size: Option<&Value>) -> PyResult<Owned<Str>> {
    let Size(size) = Size::of(py, size)?;
    this.check_open(py)?;
    if this.decoder.borrow().is_none() {
        return unsupported(py, "not readable");
    }
    this.write_pending(py)?;
    let Some(size) = size else {
        return this.read_rest(py);
    };
    let first = this.take(Some(size));
    let mut left = size - first.len();
    if left == 0 {
        return Ok(first);
    }
    let mut parts = vec![first];
    while left > 0 && this.read_chunk_through_signals(py, left)? {
        let part = this.take(Some(left));
        left -= part.len();
        parts.push(part);
    }
    Ok(joined(&parts))
}

pub fn readline(py: Py, this: &This, size: Option<&Value>) -> PyResult<Owned<Str>> {
    let size = match size {
        None => None,
        Some(size) => usize::try_from(protocol::number::to_index(
            py,
            size,
            &exceptions::OverflowError,
        )?)
        .ok(),
    };
    this.check_open(py)?;
    if this.decoder.borrow().is_none() {
        return unsupported(py, "not readable");
    }
    this.line(py, size)
}

/// The next line of an iteration.
pub fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    this.check_ready(py)?;
    this.telling.set(false);
    let object = this.as_object();
    let line = if object.is_exact::<This>() {
        this.check_open(py)?;
        if this.decoder.borrow().is_none() {
            return unsupported(py, "not readable");
        }
        this.line(py, None)?
    } else {
        let line = raw_call::call0(py, &me(object), intern!("readline"))?;
        match line.into_object().downcast_owned::<Str>() {
            Ok(line) => line,
            Err(other) => {
                let got = other.ty().name();
                return raise!(
                    py,
                    OSError,
                    "readline() should have returned a str object, not '{got}'"
                );
            }
        }
    };
    if line.is_empty() {
        this.forget_snapshot();
        this.telling.set(this.seekable.get());
        return Ok(None);
    }
    Ok(Some(Value::from(line)))
}
