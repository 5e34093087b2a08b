//! Type codes: the size of an item, how it is read and written.

use std::ffi::CStr;

use krait_object::protocol::number;
use krait_object::types::int::methods::to_value;
use krait_object::{Int, Py, PyResult, Str, Value, raise};

/// What an array's items are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Signed,
    Unsigned,
    Char,
    Float,
}

/// A type code.
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeCode {
    pub(super) letter: u8,
    pub(super) kind: Kind,
    pub(super) size: usize,
    /// The item's format in the buffer protocol.
    pub(super) format: &'static CStr,
}

impl PartialEq for TypeCode {
    fn eq(&self, other: &TypeCode) -> bool {
        self.letter == other.letter
    }
}

/// The type code of a letter.
pub(super) fn of_letter(letter: u32) -> Option<TypeCode> {
    let (kind, size, format) = match u8::try_from(letter).ok()? {
        b'b' => (Kind::Signed, 1, c"b"),
        b'B' => (Kind::Unsigned, 1, c"B"),
        b'u' => (Kind::Char, 4, c"u"),
        b'w' => (Kind::Char, 4, c"w"),
        b'h' => (Kind::Signed, 2, c"h"),
        b'H' => (Kind::Unsigned, 2, c"H"),
        b'i' => (Kind::Signed, 4, c"i"),
        b'I' => (Kind::Unsigned, 4, c"I"),
        b'l' => (Kind::Signed, 8, c"l"),
        b'L' => (Kind::Unsigned, 8, c"L"),
        b'q' => (Kind::Signed, 8, c"q"),
        b'Q' => (Kind::Unsigned, 8, c"Q"),
        b'f' => (Kind::Float, 4, c"f"),
        b'd' => (Kind::Float, 8, c"d"),
        _ => return None,
    };
    Some(TypeCode {
        letter: letter as u8,
        kind,
        size,
        format,
    })
}

/// An item's bytes, of which the first `size` count.
pub(super) type Item = [u8; 8];

impl TypeCode {
    /// The value of an item's bytes.
    #[inline]
    pub(super) fn read(self, py: Py, bytes: &[u8]) -> PyResult {
        let mut item = [0; 8];
        item[..self.size].copy_from_slice(&bytes[..self.size]);
        let word = u64::from_le_bytes(item);
        Ok(match self.kind {
            Kind::Signed => {
                let shift = 64 - 8 * self.size as u32;
                Value::int((word << shift) as i64 >> shift)
            }
            Kind::Unsigned => match i64::try_from(word) {
                Ok(i) => Value::int(i),
                Err(_) => to_value(krait_int::from_u64(word)),
            },
            Kind::Char if word > u64::from(char::MAX) => {
                return raise!(py, ValueError, "chr() arg not in range(0x110000)");
            }
            Kind::Char => Value::from(Str::from_u32(&[word as u32])),
            Kind::Float if self.size == 4 => Value::float(f64::from(f32::from_bits(word as u32))),
            Kind::Float => Value::float(f64::from_bits(word)),
        })
    }

    /// The bytes of an immediate number as an item; `None` where it takes more.
    #[inline]
    pub(super) fn write_number(self, value: &Value) -> Option<Item> {
        match self.kind {
            Kind::Signed | Kind::Unsigned => {
                let i = value.as_small_int()?;
                let (low, high) = self.range();
                (low..=high)
                    .contains(&i128::from(i))
                    .then(|| i.to_le_bytes())
            }
            Kind::Float => value.as_double().map(|x| self.float(x)),
            Kind::Char => None,
        }
    }

    #[inline]
    fn float(self, x: f64) -> Item {
        if self.size == 4 {
            u64::from((x as f32).to_bits()).to_le_bytes()
        } else {
            x.to_le_bytes()
        }
    }

    /// The bytes of a value as an item.
    pub(super) fn write(self, py: Py, value: &Value) -> PyResult<Item> {
        match self.kind {
            Kind::Signed | Kind::Unsigned => self.integer(py, value),
            Kind::Char => self.character(py, value),
            Kind::Float => Ok(self.float(number::to_f64(py, value)?)),
        }
    }

    fn range(self) -> (i128, i128) {
        let bits = 8 * self.size as u32;
        match self.kind {
            Kind::Signed => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
            _ => (0, (1i128 << bits) - 1),
        }
    }

    fn integer(self, py: Py, value: &Value) -> PyResult<Item> {
        if let Some(item) = self.write_number(value) {
            return Ok(item);
        }
        if !number::is_index(value) {
            let name = value.ty().name();
            return raise!(
                py,
                TypeError,
                "'{name}' object cannot be interpreted as an integer"
            );
        }
        let value = number::index(py, value)?;
        let wide = number::index_to_i128(py, &value)?.unwrap_or_else(|| {
            let negative = value.downcast::<Int>().is_some_and(Int::is_negative);
            if negative { i128::MIN } else { i128::MAX }
        });
        let (low, high) = self.range();
        if (low..=high).contains(&wide) {
            return Ok((wide as u64).to_le_bytes());
        }
        self.overflow(py, wide)
    }

    /// The error of CPython's conversion: the type it converts to first does not hold the value,
    /// or the item's does not.
    #[cold]
    fn overflow(self, py: Py, value: i128) -> PyResult<Item> {
        let below = value < self.range().0;
        let side = if below {
            "less than minimum"
        } else {
            "greater than maximum"
        };
        let long = i64::try_from(value).is_ok();
        match (self.letter, long) {
            (b'b', true) if i16::try_from(value).is_ok() => {
                raise!(py, OverflowError, "signed char is {side}")
            }
            (b'H', true) if i32::try_from(value).is_err() => {
                raise!(py, OverflowError, "signed integer is {side}")
            }
            (b'B', true) => raise!(py, OverflowError, "unsigned byte integer is {side}"),
            (b'b' | b'h', true) => raise!(py, OverflowError, "signed short integer is {side}"),
            (b'H', true) => raise!(py, OverflowError, "unsigned short is {side}"),
            (b'i', true) => raise!(py, OverflowError, "signed integer is {side}"),
            (b'I' | b'L', _) if below => {
                raise!(
                    py,
                    OverflowError,
                    "can't convert negative value to unsigned int"
                )
            }
            (b'I', _) if u64::try_from(value).is_ok() => {
                raise!(py, OverflowError, "unsigned int is greater than maximum")
            }
            (b'I' | b'L', _) => {
                raise!(
                    py,
                    OverflowError,
                    "Python int too large to convert to C unsigned long"
                )
            }
            (b'Q', _) if below => {
                raise!(py, OverflowError, "can't convert negative int to unsigned")
            }
            (b'q' | b'Q', _) => raise!(py, OverflowError, "int too big to convert"),
            _ => raise!(
                py,
                OverflowError,
                "Python int too large to convert to C long"
            ),
        }
    }

    fn character(self, py: Py, value: &Value) -> PyResult<Item> {
        let Some(text) = value.downcast::<Str>() else {
            let name = value.ty().name();
            return raise!(
                py,
                TypeError,
                "array item must be a unicode character, not {name}"
            );
        };
        let mut codes = text.code_points();
        match (codes.next(), codes.next()) {
            (Some(code), None) => Ok(u64::from(code).to_le_bytes()),
            _ => raise!(
                py,
                TypeError,
                "array item must be a string of length 1, not a string of length {}",
                text.len()
            ),
        }
    }
}
