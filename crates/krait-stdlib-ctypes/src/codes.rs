//! The basic types: one letter each, and how a Python value is read from memory and
//! written to it.
//!
//! What `set` returns is what must stay alive as long as the memory refers to it, or `None`
//! (Python's).

use krait_ffi::{Scalar, long_double, memory, object};
use krait_int::SignedRef;
use krait_object::types::bytearray::ByteArray;
use krait_object::types::complex::Complex;
use krait_object::{Bytes, Int, Py, PyResult, Str, Unpacked, Value, intern, protocol, raise};

use crate::text::WideText;

/// All letters, as the error text about others lists them.
pub const LETTERS: &str = "cbBhHiIlLdDFGfuzZqQPOv?g";

/// A basic type: its letter, and whether its bytes are in the order that is not native.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code {
    pub letter: u8,
    pub swapped: bool,
}

impl Code {
    pub const fn native(letter: u8) -> Code {
        Code {
            letter,
            swapped: false,
        }
    }
}

/// The place of a bit field in its type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bits {
    pub offset: u16,
    pub width: u16,
}

/// What C calls the type of a letter.
pub fn scalar(letter: u8) -> Option<Scalar> {
    Some(match letter {
        b'c' | b'b' => Scalar::I8,
        b'B' | b'?' => Scalar::U8,
        b'h' | b'v' => Scalar::I16,
        b'H' => Scalar::U16,
        b'i' | b'u' => Scalar::I32,
        b'I' => Scalar::U32,
        b'l' | b'q' => Scalar::I64,
        b'L' | b'Q' => Scalar::U64,
        b'f' => Scalar::F32,
        b'd' => Scalar::F64,
        b'g' => Scalar::LongDouble,
        b'F' => Scalar::ComplexF32,
        b'D' => Scalar::ComplexF64,
        b'G' => Scalar::ComplexLongDouble,
        b'P' | b'z' | b'Z' | b'O' => Scalar::Pointer,
        _ => return None,
    })
}

/// Whether there is a type of the other byte order, too.
pub fn is_swappable(letter: u8) -> bool {
    matches!(
        letter,
        b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' | b'f' | b'd' | b'F' | b'D'
    )
}

/// PEP 3118's letter.
pub fn format_letter(letter: u8) -> char {
    match letter {
        b'l' => 'q',
        b'L' => 'Q',
        other => other as char,
    }
}

/// Bytes and sign of an integer type.
fn integer(letter: u8) -> Option<(usize, bool)> {
    Some(match letter {
        b'b' => (1, true),
        b'B' => (1, false),
        b'h' => (2, true),
        b'H' => (2, false),
        b'i' => (4, true),
        b'I' => (4, false),
        b'l' | b'q' => (8, true),
        b'L' | b'Q' => (8, false),
        _ => return None,
    })
}

/// Whether bit fields of the type are allowed.
pub fn allows_bits(letter: u8) -> bool {
    integer(letter).is_some() || matches!(letter, b'?' | b'v')
}

fn load(address: usize, width: usize, swapped: bool) -> u64 {
    let raw = match width {
        1 => u64::from(memory::read::<1>(address)[0]),
        2 => u64::from(u16::from_ne_bytes(memory::read(address))),
        4 => u64::from(u32::from_ne_bytes(memory::read(address))),
        _ => u64::from_ne_bytes(memory::read(address)),
    };
    if swapped {
        raw.swap_bytes() >> (64 - 8 * width)
    } else {
        raw
    }
}

fn store(address: usize, width: usize, swapped: bool, value: u64) {
    let value = if swapped {
        value.swap_bytes() >> (64 - 8 * width)
    } else {
        value
    };
    match width {
        1 => memory::write(address, &(value as u8).to_ne_bytes()),
        2 => memory::write(address, &(value as u16).to_ne_bytes()),
        4 => memory::write(address, &(value as u32).to_ne_bytes()),
        _ => memory::write(address, &value.to_ne_bytes()),
    }
}

fn unsigned(value: u64) -> Value {
    match i64::try_from(value) {
        Ok(value) => Value::int(value),
        Err(_) => Value::from(Int::from_i128(i128::from(value))),
    }
}

/// An address as Python's int.
pub fn address_value(address: usize) -> Value {
    unsigned(address as u64)
}

fn get_integer(
    code: Code,
    address: usize,
    (width, signed): (usize, bool),
    bits: Option<Bits>,
) -> Value {
    let (offset, count) = match bits {
        Some(bits) => (u32::from(bits.offset), u32::from(bits.width)),
        None => (0, 8 * width as u32),
    };
    // To the top, and from there down again, with the sign or without.
    let top = load(address, width, code.swapped) << (64 - offset - count);
    if signed {
        Value::int(top as i64 >> (64 - count))
    } else {
        unsigned(top >> (64 - count))
    }
}

fn set_integer(code: Code, address: usize, width: usize, bits: Option<Bits>, value: u64) {
    let new = match bits {
        Some(bits) => {
            let mask = (u64::MAX >> (64 - u32::from(bits.width))) << bits.offset;
            load(address, width, code.swapped) & !mask | (value << bits.offset) & mask
        }
        None => value,
    };
    store(address, width, code.swapped, new);
}

/// An index modulo 2**64.
pub fn masked(py: Py, value: &Value) -> PyResult<u64> {
    let int = protocol::number::index(py, value)?;
    Ok(match int.unpack() {
        Unpacked::Int(i) => i as u64,
        Unpacked::Object(o) => o.downcast::<Int>().map_or(0, |int| {
            krait_int::to_u64_wrapping(SignedRef::new(int.is_negative(), int.digits()))
        }),
        Unpacked::Float(_) => 0,
    })
}

/// Whether it is an int (of a subclass, too).
pub fn is_int(value: &Value) -> bool {
    match value.unpack() {
        Unpacked::Int(_) => true,
        Unpacked::Float(_) => false,
        Unpacked::Object(o) => o.downcast::<Int>().is_some(),
    }
}

fn swap<const N: usize>(mut bytes: [u8; N], swapped: bool) -> [u8; N] {
    if swapped {
        bytes.reverse();
    }
    bytes
}

fn pointer(address: usize) -> usize {
    usize::from_ne_bytes(memory::read(address))
}

fn complex(real: f64, imag: f64) -> Value {
    Value::from(Complex::new(real, imag))
}

/// The Python value of what is at the address. `size` is that of the memory, which the
/// string types `s` and `U` use.
pub fn get(py: Py, code: Code, address: usize, size: usize, bits: Option<Bits>) -> PyResult {
    if let Some(layout) = integer(code.letter) {
        return Ok(get_integer(code, address, layout, bits));
    }
    let f32_at = |at| f64::from(f32::from_ne_bytes(swap(memory::read(at), code.swapped)));
    let f64_at = |at| f64::from_ne_bytes(swap(memory::read(at), code.swapped));
    let long_at = |at| long_double::to_f64(memory::read(at));
    Ok(match code.letter {
        b'?' => Value::bool(memory::read::<1>(address) != [0]),
        b'v' => Value::bool(memory::read::<2>(address) != [0; 2]),
        b'f' => Value::float(f32_at(address)),
        b'd' => Value::float(f64_at(address)),
        b'g' => Value::float(long_at(address)),
        b'F' => complex(f32_at(address), f32_at(address + 4)),
        b'D' => complex(f64_at(address), f64_at(address + 8)),
        b'G' => complex(long_at(address), long_at(address + 16)),
        b'c' => Value::from(Bytes::new(&memory::read::<1>(address))),
        b'u' => memory::wide_text(py, &memory::wide(address, 1))?,
        b's' => {
            let bytes = memory::to_vec(address, size);
            let end = bytes.iter().position(|&b| b == 0).unwrap_or(size);
            Value::from(Bytes::new(&bytes[..end]))
        }
        b'U' => memory::wide_text(py, &memory::wide_string(address, size / 4))?,
        b'P' => match pointer(address) {
            0 => Value::none(),
            pointer => address_value(pointer),
        },
        b'z' => match pointer(address) {
            0 => Value::none(),
            text => Value::from(Bytes::new(&memory::c_string(text))),
        },
        b'Z' => match pointer(address) {
            0 => Value::none(),
            text => memory::wide_text(py, &memory::wide_string(text, usize::MAX))?,
        },
        b'O' => match object::borrowed(py, pointer(address)) {
            Some(found) => Value::unboxed(&found),
            None => return raise!(py, ValueError, "PyObject is NULL"),
        },
        _ => return raise!(py, SystemError, "unknown type code"),
    })
}

/// Writes a Python value to the address; the result is what must be kept alive for it.
pub fn set(
    py: Py,
    code: Code,
    address: usize,
    value: &Value,
    size: usize,
    bits: Option<Bits>,
) -> PyResult {
    if let Some((width, _)) = integer(code.letter) {
        set_integer(code, address, width, bits, masked(py, value)?);
        return Ok(Value::none());
    }
    match code.letter {
        b'?' => memory::write(address, &[u8::from(protocol::truth(py, value)?)]),
        b'v' => {
            let word = if protocol::truth(py, value)? {
                -1i16
            } else {
                0
            };
            memory::write(address, &word.to_ne_bytes());
        }
        b'f' | b'd' | b'g' => set_float(code, address, protocol::number::to_f64(py, value)?),
        b'F' | b'D' | b'G' => set_complex(code, address, complex_of(py, value)?),
        b'c' => memory::write(address, &[char_of(py, value)?]),
        b'u' => memory::write(address, &wide_char_of(py, value)?.to_ne_bytes()),
        b's' => set_text(py, address, value, size)?,
        b'U' => set_wide_text(py, address, value, size)?,
        b'P' | b'z' | b'Z' => return set_pointer(py, code.letter, address, value),
        b'O' => {
            let object = value.to_object();
            memory::write(address, &object::address_of(&object).to_ne_bytes());
            return Ok(Value::from(object));
        }
        _ => return raise!(py, SystemError, "unknown type code"),
    }
    Ok(Value::none())
}

fn set_float(code: Code, address: usize, value: f64) {
    match code.letter {
        b'f' => memory::write(address, &swap((value as f32).to_ne_bytes(), code.swapped)),
        b'd' => memory::write(address, &swap(value.to_ne_bytes(), code.swapped)),
        _ => memory::write(address, &long_double::from_f64(value)),
    }
}

fn set_complex(code: Code, address: usize, (real, imag): (f64, f64)) {
    let (part, step) = match code.letter {
        b'F' => (b'f', 4),
        b'D' => (b'd', 8),
        _ => (b'g', 16),
    };
    let part = Code {
        letter: part,
        swapped: code.swapped,
    };
    set_float(part, address, real);
    set_float(part, address + step, imag);
}

/// Real and imaginary part of a number: its own, by `__complex__`, or a float's.
fn complex_of(py: Py, value: &Value) -> PyResult<(f64, f64)> {
    if let Some(complex) = value.downcast::<Complex>() {
        return Ok((complex.real(), complex.imag()));
    }
    let object = value.to_object();
    if let Some(special) = protocol::lookup_special(py, &object, intern!("__complex__"))? {
        let made = protocol::call(py, &special, &[])?;
        return match made.downcast::<Complex>() {
            Some(complex) => Ok((complex.real(), complex.imag())),
            None => raise!(
                py,
                TypeError,
                "{}.__complex__() must return a complex, not {}",
                object.ty().name(),
                made.ty().name()
            ),
        };
    }
    protocol::number::to_f64(py, value).map(|real| (real, 0.0))
}

fn char_of(py: Py, value: &Value) -> PyResult<u8> {
    const EXPECTED: &str = "one character bytes, bytearray, or an integer in range(256) expected";
    let bytes = match (value.downcast::<Bytes>(), value.downcast::<ByteArray>()) {
        (Some(bytes), _) => bytes.as_slice().to_vec(),
        (_, Some(array)) => array.as_slice().to_vec(),
        _ if is_int(value) => {
            let small = protocol::number::int_of(value).and_then(|i| u8::try_from(i).ok());
            return match small {
                Some(byte) => Ok(byte),
                None => raise!(py, TypeError, "integer not in range(256)"),
            };
        }
        _ => return raise!(py, TypeError, "{EXPECTED}, not {}", value.ty().name()),
    };
    match bytes[..] {
        [byte] => Ok(byte),
        _ => raise!(
            py,
            TypeError,
            "{EXPECTED}, not {} of length {}",
            value.ty().name(),
            bytes.len()
        ),
    }
}

fn wide_char_of(py: Py, value: &Value) -> PyResult<u32> {
    let Some(text) = value.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "a unicode character expected, not instance of {}",
            value.ty().name()
        );
    };
    let mut points = text.code_points();
    match (points.next(), points.next()) {
        (Some(point), None) => Ok(point),
        _ => raise!(
            py,
            TypeError,
            "a unicode character expected, not a string of length {}",
            text.len()
        ),
    }
}

/// A string into a field of characters: up to its first zero, with the zero if there is room.
fn set_text(py: Py, address: usize, value: &Value, size: usize) -> PyResult<()> {
    let Some(bytes) = value.downcast::<Bytes>() else {
        return raise!(py, TypeError, "expected bytes, {} found", value.ty().name());
    };
    let bytes = bytes.as_slice();
    let len = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    if len > size {
        return raise!(
            py,
            ValueError,
            "bytes too long ({len}, maximum length {size})"
        );
    }
    memory::write(address, &bytes[..len]);
    if len < size {
        memory::write(address + len, &[0]);
    }
    Ok(())
}

/// The same for wide characters; zeros in the string are copied.
pub fn set_wide_text(py: Py, address: usize, value: &Value, size: usize) -> PyResult<()> {
    let text = expect_text(py, value)?;
    let most = size / 4;
    if text.len() > most {
        return raise!(
            py,
            ValueError,
            "string too long ({}, maximum length {most})",
            text.len()
        );
    }
    write_wide(address, text, most);
    Ok(())
}

/// A text for wide characters.
pub fn expect_text(py: Py, value: &Value) -> PyResult<&Str> {
    match value.downcast::<Str>() {
        Some(text) => Ok(text),
        None => raise!(
            py,
            TypeError,
            "unicode string expected instead of {} instance",
            value.ty().name()
        ),
    }
}

/// Writes a text that fits, with a zero behind it if there is room.
pub fn write_wide(address: usize, text: &Str, most: usize) {
    for (i, point) in text.code_points().enumerate() {
        memory::write(address + 4 * i, &point.to_ne_bytes());
    }
    if text.len() < most {
        memory::write(address + 4 * text.len(), &[0; 4]);
    }
}

fn set_pointer(py: Py, letter: u8, address: usize, value: &Value) -> PyResult {
    let put = |target: usize| memory::write(address, &target.to_ne_bytes());
    if value.is_none() {
        put(0);
        return Ok(Value::none());
    }
    if is_int(value) {
        put(masked(py, value)? as usize);
        return Ok(Value::none());
    }
    match letter {
        b'z' => {
            if let Some(bytes) = value.downcast::<Bytes>() {
                // A zero follows the bytes of every bytes object.
                put(memory::exposed(bytes.as_slice()));
                return Ok(value.clone());
            }
            raise!(
                py,
                TypeError,
                "bytes or integer address expected instead of {} instance",
                value.ty().name()
            )
        }
        b'Z' => {
            if let Some(text) = value.downcast::<Str>() {
                let copy = WideText::new(py, text)?;
                put(copy.address());
                return Ok(Value::from(copy));
            }
            raise!(
                py,
                TypeError,
                "unicode string or integer address expected instead of {} instance",
                value.ty().name()
            )
        }
        _ => raise!(py, TypeError, "cannot be converted to pointer"),
    }
}
