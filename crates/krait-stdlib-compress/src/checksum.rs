//! Checksums as functions of Python: their arguments, and when they let others run.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::types::bytes::BytesLike;
use krait_object::{Int, Py, PyResult, Value, protocol};

/// Inputs above this many bytes are worth giving up the GIL for.
const LARGE: usize = 5 * 1024;

/// Any integer, of which the lowest 32 bits count.
pub struct Low32(pub u32);

impl FromArg for Low32 {
    type Item<'a> = Low32;

    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<Low32> {
        let index = protocol::number::index(py, value)?;
        if let Some(small) = index.as_small_int() {
            return Ok(Low32(small as u32));
        }
        let Some(int) = index.downcast::<Int>() else {
            return Ok(Low32(0));
        };
        let digits = int.digits();
        let digit = |i: usize| digits.get(i).copied().unwrap_or(0);
        let low = digit(0) | digit(1) << 30;
        Ok(Low32(if int.is_negative() {
            low.wrapping_neg()
        } else {
            low
        }))
    }
}

/// Goes on with a checksum.
pub fn run(py: Py, start: u32, data: &BytesLike<'_>, step: fn(u32, &[u8]) -> u32) -> u32 {
    let bytes: &[u8] = data;
    if bytes.len() > LARGE {
        py.allow_threads(|| step(start, bytes))
    } else {
        step(start, bytes)
    }
}

/// `crc32(data, crc=0, /)` of `zlib` and `binascii`.
pub fn crc32(py: Py, data: BytesLike<'_>, crc: Option<Low32>) -> u32 {
    run(py, crc.map_or(0, |c| c.0), &data, zlib_rs::crc32::crc32)
}
