//! What `bytes` and `bytearray` methods take as arguments.

use std::ops::Deref;

use super::Bytes;
use crate::native::FromArg;
use crate::native::arg::At;
use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::buffer::{self, Buffer};
use crate::types::bytearray::ByteArray;
use crate::value::Value;

/// The bytes of a bytes-like object. While it exists the exporter keeps them in place.
pub enum BytesLike<'a> {
    /// Of a `bytes`, which never changes.
    Plain(&'a [u8]),
    Held(Buffer),
}

impl<'a> BytesLike<'a> {
    /// The value's bytes, or the TypeError of a value that exports none.
    #[inline]
    pub fn new(py: Py, value: &'a Value) -> PyResult<BytesLike<'a>> {
        match value.downcast_exact::<Bytes>() {
            Some(bytes) => Ok(BytesLike::Plain(bytes.as_slice())),
            None => Buffer::new(py, value).map(BytesLike::Held),
        }
    }
}

impl Deref for BytesLike<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            BytesLike::Plain(bytes) => bytes,
            BytesLike::Held(buffer) => buffer.as_slice(),
        }
    }
}

impl FromArg for BytesLike<'_> {
    type Item<'a> = BytesLike<'a>;

    #[inline]
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<BytesLike<'_>> {
        BytesLike::new(py, value)
    }
}

/// A number as a byte, or ValueError.
pub fn byte(py: Py, value: &Value) -> PyResult<u8> {
    let number = match value.as_small_int() {
        Some(number) => number as isize,
        None => number::to_clipped_index(py, value)?,
    };
    match u8::try_from(number) {
        Ok(byte) => Ok(byte),
        Err(_) => crate::raise!(py, ValueError, "byte must be in range(0, 256)"),
    }
}

/// What is searched for: a byte given as a number, or bytes.
pub enum Needle<'a> {
    Byte([u8; 1]),
    Bytes(BytesLike<'a>),
}

impl<'a> Needle<'a> {
    /// The argument of `find` and its relatives.
    pub fn new(py: Py, value: &'a Value) -> PyResult<Needle<'a>> {
        if buffer::has_buffer(value) {
            return BytesLike::new(py, value).map(Needle::Bytes);
        }
        if !number::is_index(value) {
            let got = value.ty().name();
            return crate::raise!(
                py,
                TypeError,
                "argument should be integer or bytes-like object, not '{got}'"
            );
        }
        byte(py, value).map(|b| Needle::Byte([b]))
    }

    /// The left operand of `in`.
    pub fn of_contains(py: Py, value: &'a Value) -> PyResult<Needle<'a>> {
        if number::is_index(value) {
            return byte(py, value).map(|b| Needle::Byte([b]));
        }
        BytesLike::new(py, value).map(Needle::Bytes)
    }
}

impl Deref for Needle<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Needle::Byte(byte) => byte,
            Needle::Bytes(bytes) => bytes,
        }
    }
}

/// A `fillchar`: one byte as `bytes` or `bytearray`.
pub struct Fill(pub u8);

impl FromArg for Fill {
    type Item<'a> = Fill;

    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<Fill> {
        let (name, number) = (at.def.name(), at.index + 1);
        let (data, kind) = match (value.downcast::<Bytes>(), value.downcast::<ByteArray>()) {
            (Some(bytes), _) => (bytes.as_slice(), "bytes"),
            (_, Some(array)) => (array.as_slice(), "bytearray"),
            _ => {
                let got = value.ty().name();
                return crate::raise!(
                    py,
                    TypeError,
                    "{name}() argument {number} must be a byte string of length 1, not {got}"
                );
            }
        };
        match data {
            [fill] => Ok(Fill(*fill)),
            _ => crate::raise!(
                py,
                TypeError,
                "{name}(): argument {number} must be a byte string of length 1, not a {kind} object of length {}",
                data.len()
            ),
        }
    }
}
