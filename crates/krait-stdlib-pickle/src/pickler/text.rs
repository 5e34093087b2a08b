//! Strings and bytes.

use krait_object::{Bytes, Layout, Py, PyResult, Str, Tuple, Value, protocol};

use super::Pickler;
use super::output::TARGET;
use crate::imports;
use crate::opcode::*;

/// UTF-8, in which lone surrogates are written like any code point.
fn utf8(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for code in text.code_points() {
        match char::from_u32(code) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&[
                0xE0 | (code >> 12) as u8,
                0x80 | (code >> 6 & 0x3F) as u8,
                0x80 | (code & 0x3F) as u8,
            ]),
        }
    }
    out
}

/// `raw-unicode-escape`, with what would end a line or a string escaped as well.
fn raw_unicode(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for code in text.code_points() {
        match code {
            0x1_0000.. => out.extend_from_slice(format!("\\U{code:08x}").as_bytes()),
            0x100.. | 0x5C | 0 | 0x0A | 0x0D | 0x1A => {
                out.extend_from_slice(format!("\\u{code:04x}").as_bytes());
            }
            _ => out.push(code as u8),
        }
    }
    out
}

/// An opcode and a length in as few bytes as the opcodes for it have.
fn header(short: u8, medium: u8, long: u8, len: usize, allow_short: bool) -> Vec<u8> {
    if let Ok(len) = u8::try_from(len)
        && allow_short
    {
        return vec![short, len];
    }
    let mut out = Vec::with_capacity(9);
    match u32::try_from(len) {
        Ok(len) => {
            out.push(medium);
            out.extend_from_slice(&len.to_le_bytes());
        }
        Err(_) => {
            out.push(long);
            out.extend_from_slice(&(len as u64).to_le_bytes());
        }
    }
    out
}

impl Pickler {
    /// Writes a header and bytes; long ones stand outside of frames, and go to the file as
    /// they are.
    pub(super) fn put_payload(
        &self,
        py: Py,
        header: &[u8],
        data: &[u8],
        object: Option<Value>,
    ) -> PyResult<()> {
        if data.len() < TARGET {
            self.put(header);
            self.put(data);
            return Ok(());
        }
        {
            let mut output = self.output.borrow_mut();
            output.leave_frame();
            output.put_raw(header);
            if !self.write.is_set() {
                output.put_raw(data);
                return Ok(());
            }
        }
        self.flush(py)?;
        let object = object.unwrap_or_else(|| Value::from(Bytes::new(data)));
        match self.write.get() {
            Some(write) => protocol::call(py, &write, &[object]).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn save_str(&self, py: Py, text: &Str) -> PyResult<()> {
        if self.is_binary() {
            let encoded;
            let bytes = match text.as_ascii() {
                Some(ascii) => ascii.as_bytes(),
                None => {
                    encoded = utf8(text);
                    &encoded
                }
            };
            let short = self.protocol.get() >= 4;
            if bytes.len() < 256 && short {
                self.put(&[SHORT_BINUNICODE, bytes.len() as u8]);
                self.put(bytes);
            } else {
                let len = bytes.len();
                if len > u32::MAX as usize && !short {
                    return krait_object::raise!(
                        py,
                        OverflowError,
                        "serializing a string larger than 4 GiB requires pickle protocol 4 or higher"
                    );
                }
                let header = header(SHORT_BINUNICODE, BINUNICODE, BINUNICODE8, len, short);
                self.put_payload(py, &header, bytes, None)?;
            }
        } else {
            self.put(&[UNICODE]);
            self.put(&raw_unicode(text));
            self.put(b"\n");
        }
        self.memoize(text.as_object());
        Ok(())
    }

    pub(super) fn save_bytes(&self, py: Py, bytes: &Bytes) -> PyResult<()> {
        if self.protocol.get() < 3 {
            return self.save_old_bytes(py, bytes);
        }
        let object = Value::from(bytes.to_owned());
        self.put_bytes(py, bytes.as_slice(), Some(object))?;
        self.memoize(bytes.as_object());
        Ok(())
    }

    /// Bytes, without remembering them.
    pub(super) fn put_bytes(&self, py: Py, data: &[u8], object: Option<Value>) -> PyResult<()> {
        if data.len() > u32::MAX as usize && self.protocol.get() < 4 {
            return krait_object::raise!(
                py,
                OverflowError,
                "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher"
            );
        }
        let header = header(SHORT_BINBYTES, BINBYTES, BINBYTES8, data.len(), true);
        self.put_payload(py, &header, data, object)
    }

    /// Before protocol 3: what makes bytes of a string.
    fn save_old_bytes(&self, py: Py, bytes: &Bytes) -> PyResult<()> {
        let object = bytes.as_object();
        if bytes.is_empty() {
            let class = protocol::attr::type_value::<Bytes>();
            let args = Value::from(Tuple::empty());
            return self.save_call(py, object, class, args);
        }
        let text = Value::from(Str::from_latin1(bytes.as_slice()));
        let args = Tuple::from_values([text, Value::from(Str::intern("latin1"))]);
        self.save_call(py, object, imports::ENCODE.get(py)?, Value::from(args))
    }
}
