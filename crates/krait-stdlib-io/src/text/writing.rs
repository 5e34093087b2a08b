//! Writing text.

use krait_object::{Bytes, Owned, Py, PyResult, Str, StrBuilder, Value, intern, raise};
use krait_text::search;

use super::codec::Encoder;
use super::lines::holds;
use super::{TextWrapper, This, native_buffer};
use crate::fault::unsupported;
use crate::raw_call;

impl TextWrapper {
    /// Hands the gathered bytes to the buffer.
    #[inline]
    pub(super) fn write_pending(&self, py: Py) -> PyResult<()> {
        if self.pending.borrow().is_empty() {
            Ok(())
        } else {
            self.write_out(py)
        }
    }

    fn write_out(&self, py: Py) -> PyResult<()> {
        let mut bytes = self.pending.take();
        let buffer = self.buffer.value();
        let direct = native_buffer(py, &buffer, intern!("write"), |object, core| {
            core.write_bytes(py, object, &bytes).map(drop)
        });
        let result = match direct {
            Some(result) => result,
            None => {
                let data = Value::from(Bytes::new(&bytes));
                raw_call::call_through_signals(py, &buffer, intern!("write"), &[data]).map(drop)
            }
        };
        // The room is used again, unless somebody wrote meanwhile.
        bytes.clear();
        let mut pending = self.pending.borrow_mut();
        if pending.is_empty() {
            *pending = bytes;
        }
        result
    }

    fn flush_buffer(&self, py: Py) -> PyResult<()> {
        let buffer = self.buffer.value();
        match native_buffer(py, &buffer, intern!("flush"), |object, core| {
            core.flush_plain(py, object)
        }) {
            Some(result) => result,
            None => raw_call::call0(py, &buffer, intern!("flush")).map(drop),
        }
    }

    /// Encodes text and gathers it, or gives out what is gathered.
    fn gather(&self, py: Py, encoder: &Encoder, text: &Str) -> PyResult<()> {
        match encoder {
            Encoder::Native(codec) => {
                let mut pending = self.pending.borrow_mut();
                if pending.is_empty() || pending.len() + text.len() <= self.chunk.get() {
                    return codec.encode(py, text, &mut pending);
                }
                drop(pending);
                let mut encoded = Vec::new();
                codec.encode(py, text, &mut encoded)?;
                self.keep(py, encoded)
            }
            Encoder::Object(_) => {
                let mut encoded = Vec::new();
                encoder.encode(py, text, &mut encoded)?;
                self.keep(py, encoded)
            }
        }
    }

    /// Gathers bytes. Those before them go out first where they would be too many together,
    /// and so do those that are written meanwhile.
    fn keep(&self, py: Py, encoded: Vec<u8>) -> PyResult<()> {
        let fits = || {
            let gathered = self.pending.borrow().len();
            gathered == 0 || gathered + encoded.len() <= self.chunk.get()
        };
        while !fits() {
            self.write_pending(py)?;
        }
        let mut pending = self.pending.borrow_mut();
        if pending.is_empty() {
            *pending = encoded;
        } else {
            pending.extend_from_slice(&encoded);
        }
        Ok(())
    }

    /// Writes text.
    pub fn write_text(&self, py: Py, text: &Str) -> PyResult<()> {
        let encoder = match &*self.encoder.borrow() {
            Some(Encoder::Native(codec)) => Encoder::Native(*codec),
            Some(encoder) => encoder.clone(),
            None => return unsupported(py, "not writable"),
        };
        let replaced = match self.newline.get().written() {
            Some(newline) if holds(text.chars(), b'\n') => Some(with_newlines(text, newline)?),
            _ => None,
        };
        let text = replaced.as_deref().unwrap_or(text);
        let flush =
            self.line_buffering.get() && (holds(text.chars(), b'\n') || holds(text.chars(), b'\r'));
        self.gather(py, &encoder, text)?;
        if flush || self.write_through.get() || self.pending.borrow().len() >= self.chunk.get() {
            self.write_pending(py)?;
        }
        if flush {
            self.flush_buffer(py)?;
        }
        // Streams that cannot seek have no snapshot, and keep what they have decoded.
        if self.snapshot.borrow().is_some() {
            self.forget_decoded();
            self.forget_snapshot();
        }
        let decoder = self.decoder.borrow().clone();
        match decoder {
            Some(decoder) => decoder.reset(py),
            None => Ok(()),
        }
    }
}

/// The text with another newline.
pub fn with_newlines(text: &Str, newline: &str) -> PyResult<Owned<Str>> {
    let (old, new) = (Str::new("\n"), Str::new(newline));
    let mut out = StrBuilder::new();
    match search::replace(text.chars(), old.chars(), new.chars(), usize::MAX, &mut out) {
        Ok(true) => Ok(out.finish()),
        Ok(false) => Ok(text.to_owned_str()),
        Err(_) => krait_object::errors::no_memory(),
    }
}

pub fn write(py: Py, this: &This, text: &Value) -> PyResult<usize> {
    this.check_ready(py)?;
    let Some(text) = text.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "write() argument must be str, not {}",
            text.ty().name()
        );
    };
    this.check_open(py)?;
    this.write_text(py, text)?;
    Ok(text.len())
}

pub fn flush(py: Py, this: &This) -> PyResult<()> {
    this.check_open(py)?;
    this.telling.set(this.seekable.get());
    this.write_pending(py)?;
    this.flush_buffer(py)
}
