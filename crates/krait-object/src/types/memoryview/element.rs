//! Items of native formats: reading and writing a single one.

use std::ffi::CStr;

use krait_abi::Py_buffer;

use crate::object::Owned;
use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::bytes::Bytes;
use crate::types::int::Int;
use crate::value::Value;

/// A native format of a single character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    Char,
    I8,
    U8,
    Bool,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    Size,
    USize,
    F16,
    F32,
    F64,
    Pointer,
}

impl Element {
    /// The element of a format text, with or without `@`.
    pub fn parse(format: &[u8]) -> Option<Element> {
        let code = match format {
            [code] | [b'@', code] => code,
            _ => return None,
        };
        Some(match code {
            b'c' => Element::Char,
            b'b' => Element::I8,
            b'B' => Element::U8,
            b'?' => Element::Bool,
            b'h' => Element::I16,
            b'H' => Element::U16,
            b'i' => Element::I32,
            b'I' => Element::U32,
            b'l' | b'q' => Element::I64,
            b'L' | b'Q' => Element::U64,
            b'n' => Element::Size,
            b'N' => Element::USize,
            b'e' => Element::F16,
            b'f' => Element::F32,
            b'd' => Element::F64,
            b'P' => Element::Pointer,
            _ => return None,
        })
    }

    /// The element of a buffer's format.
    pub fn of(view: &Py_buffer) -> Option<Element> {
        Element::parse(format_of(view))
    }

    /// As `of`, with NotImplementedError for other formats.
    #[inline]
    pub fn supported(py: Py, view: &Py_buffer) -> PyResult<Element> {
        match Element::of(view) {
            Some(element) => Ok(element),
            None => {
                let format = String::from_utf8_lossy(format_of(view));
                crate::raise!(
                    py,
                    NotImplementedError,
                    "memoryview: unsupported format {format}"
                )
            }
        }
    }

    pub fn size(self) -> usize {
        match self {
            Element::Char | Element::I8 | Element::U8 | Element::Bool => 1,
            Element::I16 | Element::U16 | Element::F16 => 2,
            Element::I32 | Element::U32 | Element::F32 => 4,
            _ => 8,
        }
    }

    /// Whether an item is a byte: `b`, `B` or `c`.
    pub fn is_byte(self) -> bool {
        matches!(self, Element::Char | Element::I8 | Element::U8)
    }

    /// The item at an address.
    ///
    /// # Safety
    /// So many bytes as the element has can be read there.
    #[inline]
    pub unsafe fn read(self, at: *const u8) -> Value {
        // SAFETY: as the contract says; nothing is assumed about alignment.
        unsafe {
            match self {
                Element::Char => Value::from(Bytes::new(&[*at])),
                Element::I8 => Value::int(i64::from(*at as i8)),
                Element::U8 => Value::int(i64::from(*at)),
                Element::Bool => Value::bool(*at != 0),
                Element::I16 => Value::int(i64::from(at.cast::<i16>().read_unaligned())),
                Element::U16 => Value::int(i64::from(at.cast::<u16>().read_unaligned())),
                Element::I32 => Value::int(i64::from(at.cast::<i32>().read_unaligned())),
                Element::U32 => Value::int(i64::from(at.cast::<u32>().read_unaligned())),
                Element::I64 | Element::Size => Value::int(at.cast::<i64>().read_unaligned()),
                Element::U64 | Element::USize | Element::Pointer => {
                    let number = at.cast::<u64>().read_unaligned();
                    match i64::try_from(number) {
                        Ok(number) => Value::int(number),
                        Err(_) => Value::from(Int::from_i128(i128::from(number))),
                    }
                }
                Element::F16 => Value::float(half_to_f64(at.cast::<u16>().read_unaligned())),
                Element::F32 => Value::float(f64::from(at.cast::<f32>().read_unaligned())),
                Element::F64 => Value::float(at.cast::<f64>().read_unaligned()),
            }
        }
    }

    /// A value as the element's bytes, of which the first `size` count. Runs Python code.
    pub fn pack(self, py: Py, view: &Py_buffer, value: &Value) -> PyResult<[u8; 8]> {
        let bad_type = || {
            let format = String::from_utf8_lossy(format_of(view));
            crate::raise!(
                py,
                TypeError,
                "memoryview: invalid type for format '{format}'"
            )
        };
        let bad_value = || {
            let format = String::from_utf8_lossy(format_of(view));
            crate::raise!(
                py,
                ValueError,
                "memoryview: invalid value for format '{format}'"
            )
        };
        let mut out = [0; 8];
        match self {
            Element::Char => match value.downcast::<Bytes>().map(Bytes::as_slice) {
                None => return bad_type(),
                Some([byte]) => out[0] = *byte,
                Some(_) => return bad_value(),
            },
            Element::Bool => out[0] = u8::from(crate::protocol::truth(py, value)?),
            Element::F16 | Element::F32 | Element::F64 => {
                let taken = |class| crate::errors::take_if(py, class).is_some();
                let float = match number::to_f64(py, value) {
                    Ok(float) => float,
                    Err(_) if taken(&crate::exceptions::TypeError) => return bad_type(),
                    Err(_) if taken(&crate::exceptions::OverflowError) => return bad_value(),
                    Err(_) if taken(&crate::exceptions::ValueError) => return bad_value(),
                    Err(raised) => return Err(raised),
                };
                match self {
                    Element::F64 => out = float.to_ne_bytes(),
                    Element::F32 => {
                        let single = float as f32;
                        if single.is_infinite() && float.is_finite() {
                            return bad_value();
                        }
                        out[..4].copy_from_slice(&single.to_ne_bytes());
                    }
                    _ => match half_from_f64(float) {
                        Some(half) => out[..2].copy_from_slice(&half.to_ne_bytes()),
                        None => return bad_value(),
                    },
                }
            }
            _ => {
                if !number::is_index(value) {
                    return bad_type();
                }
                let Some(number) = number::index_to_i128(py, value)? else {
                    return bad_value();
                };
                let (low, high) = self.range();
                if number < low || number > high {
                    return bad_value();
                }
                out = (number as u64).to_le_bytes();
            }
        }
        Ok(out)
    }

    fn range(self) -> (i128, i128) {
        let bits = self.size() as u32 * 8;
        let signed = matches!(
            self,
            Element::I8 | Element::I16 | Element::I32 | Element::I64 | Element::Size
        );
        match signed {
            true => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            false => (0, (1 << bits) - 1),
        }
    }
}

/// The format of a buffer; without one it is unsigned bytes.
pub fn format_of(view: &Py_buffer) -> &[u8] {
    if view.format.is_null() {
        return b"B";
    }
    // SAFETY: a buffer's format is a C string that lives as long as the buffer.
    unsafe { CStr::from_ptr(view.format) }.to_bytes()
}

/// The text of a native format, kept for the life of the process.
pub fn static_format(format: &[u8]) -> Option<&'static CStr> {
    const SINGLE: [(&[u8], &CStr, &CStr); 18] = [
        (b"c", c"c", c"@c"),
        (b"b", c"b", c"@b"),
        (b"B", c"B", c"@B"),
        (b"?", c"?", c"@?"),
        (b"h", c"h", c"@h"),
        (b"H", c"H", c"@H"),
        (b"i", c"i", c"@i"),
        (b"I", c"I", c"@I"),
        (b"l", c"l", c"@l"),
        (b"L", c"L", c"@L"),
        (b"q", c"q", c"@q"),
        (b"Q", c"Q", c"@Q"),
        (b"n", c"n", c"@n"),
        (b"N", c"N", c"@N"),
        (b"e", c"e", c"@e"),
        (b"f", c"f", c"@f"),
        (b"d", c"d", c"@d"),
        (b"P", c"P", c"@P"),
    ];
    let (plain, at) = match format {
        [_] => (format, false),
        [b'@', _] => (&format[1..], true),
        _ => return None,
    };
    let found = SINGLE.iter().find(|(code, ..)| *code == plain)?;
    Some(if at { found.2 } else { found.1 })
}

/// A half-precision float's value.
pub fn half_to_f64(half: u16) -> f64 {
    let (exponent, fraction) = (i32::from(half >> 10 & 0x1F), f64::from(half & 0x3FF));
    let sign = if half & 0x8000 != 0 { -1.0 } else { 1.0 };
    match exponent {
        0 => sign * fraction * 2f64.powi(-24),
        31 if half & 0x3FF == 0 => sign * f64::INFINITY,
        31 => f64::from_bits(
            u64::from(half & 0x8000) << 48 | 0x7FF << 52 | u64::from(half & 0x3FF) << 42,
        ),
        _ => sign * (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

/// The nearest half-precision float, ties to even; `None` where a finite value is too
/// large.
pub fn half_from_f64(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    if value.is_nan() {
        let payload = (value.to_bits() >> 42) as u16 & 0x3FF;
        return Some(sign | 0x7C00 | if payload == 0 { 0x200 } else { payload });
    }
    if value.is_infinite() {
        return Some(sign | 0x7C00);
    }
    let magnitude = value.abs();
    // In units of the smallest step of the value's binade.
    let exponent = if magnitude < 2f64.powi(-14) {
        -14
    } else {
        ((magnitude.to_bits() >> 52) as i32) - 1023
    };
    if exponent > 15 {
        return None;
    }
    let steps = (magnitude * 2f64.powi(10 - exponent)).round_ties_even() as u32;
    // A carry into the next binade moves the exponent by itself.
    let bits = if exponent == -14 && steps < 1024 {
        steps
    } else {
        (((exponent + 15) as u32) << 10) + steps - 1024
    };
    (bits < 0x7C00).then_some(sign | bits as u16)
}

/// The format as a Python string.
pub fn format_text(view: &Py_buffer) -> Owned<crate::types::str::Str> {
    crate::types::str::Str::from_latin1(format_of(view))
}
