//! Strings, bytes, and buffers.

use krait_object::protocol;
use krait_object::types::bytearray::ByteArray;
use krait_object::types::memoryview::MemoryView;
use krait_object::{Bytes, Object, Py, PyResult, Str, Tuple, Value, hooks, intern, raise};

use super::Loader;
use crate::errors::unpickling;
use crate::imports;
use crate::opcode::*;

/// UTF-8 that may hold lone surrogates.
fn utf8(py: Py, bytes: &[u8]) -> PyResult {
    match Str::from_utf8(bytes) {
        Some(text) => Ok(Value::from(text)),
        None => decode(py, bytes, "utf-8", "surrogatepass"),
    }
}

fn decode(py: Py, bytes: &[u8], encoding: &str, on_error: &str) -> PyResult {
    let object = Bytes::new(bytes).upcast();
    (hooks::get(py).decode)(py, &object as &Object, encoding, on_error)
}

impl Loader {
    /// A length of four or eight bytes.
    fn length(&mut self, py: Py, long: bool, what: &str) -> PyResult<usize> {
        let len = if long {
            u64::from_le_bytes(self.input.array(py)?)
        } else {
            u64::from(u32::from_le_bytes(self.input.array(py)?))
        };
        match isize::try_from(len) {
            Ok(len) => Ok(len as usize),
            Err(_) => raise!(
                py,
                OverflowError,
                "{what} exceeds system's maximum size of {} bytes",
                isize::MAX
            ),
        }
    }

    pub(super) fn load_text(&mut self, py: Py, code: u8) -> PyResult<()> {
        let value = match code {
            UNICODE => {
                let line = self.input.line(py)?;
                let bytes = line[..line.len() - 1].to_vec();
                decode(py, &bytes, "raw-unicode-escape", "strict")?
            }
            SHORT_BINUNICODE => {
                let len = self.input.byte(py)?;
                utf8(py, self.input.take(py, usize::from(len))?)?
            }
            _ => {
                let len = self.length(py, code == BINUNICODE8, "BINUNICODE")?;
                utf8(py, self.input.take(py, len)?)?
            }
        };
        self.stack.push(value);
        Ok(())
    }

    pub(super) fn load_bytes(&mut self, py: Py, code: u8) -> PyResult<()> {
        let value = match code {
            SHORT_BINBYTES => {
                let len = self.input.byte(py)?;
                Value::from(Bytes::new(self.input.take(py, usize::from(len))?))
            }
            BYTEARRAY8 => {
                let len = self.length(py, true, "BYTEARRAY8")?;
                Value::from(ByteArray::new(self.input.take(py, len)?))
            }
            _ => {
                let len = self.length(py, code == BINBYTES8, "BINBYTES")?;
                Value::from(Bytes::new(self.input.take(py, len)?))
            }
        };
        self.stack.push(value);
        Ok(())
    }

    /// A string of Python 2.
    pub(super) fn load_string(&mut self, py: Py, code: u8) -> PyResult<()> {
        let bytes = match code {
            STRING => self.quoted(py)?,
            SHORT_BINSTRING => {
                let len = self.input.byte(py)?;
                self.input.take(py, usize::from(len))?.to_vec()
            }
            _ => {
                let len = i32::from_le_bytes(self.input.array(py)?);
                match usize::try_from(len) {
                    Ok(len) => self.input.take(py, len)?.to_vec(),
                    Err(_) => {
                        return unpickling(py, "BINSTRING pickle has negative byte count");
                    }
                }
            }
        };
        let value = if self.settings.encoding == "bytes" {
            Value::from(Bytes::new(&bytes))
        } else {
            decode(py, &bytes, &self.settings.encoding, &self.settings.errors)?
        };
        self.stack.push(value);
        Ok(())
    }

    /// The text of a line between quotes, with escapes.
    fn quoted(&mut self, py: Py) -> PyResult<Vec<u8>> {
        let line = self.input.line(py)?;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let quoted = match line {
            [a @ (b'\'' | b'"'), inner @ .., b] if a == b => inner,
            _ => return unpickling(py, "the STRING opcode argument must be quoted"),
        };
        if !quoted.contains(&b'\\') {
            return Ok(quoted.to_vec());
        }
        let argument = Value::from(Bytes::new(quoted));
        let decoded = protocol::call(py, &imports::ESCAPE_DECODE.get(py)?, &[argument])?;
        let bytes = decoded.downcast::<Tuple>().and_then(|pair| pair.get(0));
        match bytes.as_ref().and_then(|b| b.downcast::<Bytes>()) {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => raise!(py, TypeError, "escape_decode() must return bytes"),
        }
    }

    /// Buffers that are not in the pickle.
    pub(super) fn load_buffer(&mut self, py: Py, code: u8) -> PyResult<()> {
        if code == READONLY_BUFFER {
            let top = self.stack.top(py)?.into_object();
            let view = MemoryView::of(py, &top)?;
            let view = Value::from(view.to_owned());
            let read_only = protocol::get_attr(py, &view, intern!("readonly"))?;
            if !protocol::truth(py, &read_only)? {
                let view = protocol::call_method(py, &view, intern!("toreadonly"), &[])?;
                self.stack.set_top(py, view)?;
            }
            return Ok(());
        }
        let Some(buffers) = &self.settings.buffers else {
            return unpickling(
                py,
                "pickle stream refers to out-of-band data but no *buffers* argument was given",
            );
        };
        let iterator = buffers.to_object();
        match protocol::next(py, &iterator)? {
            Some(buffer) => {
                self.stack.push(buffer);
                Ok(())
            }
            None => unpickling(py, "not enough out-of-band buffers"),
        }
    }
}
