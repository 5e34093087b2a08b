//! The position of a text stream as `tell` gives it: a number whose low 64 bits are a
//! position of the byte stream, and whose high bits say how to get the decoder from there
//! to the character.

use krait_object::{Int, Py, PyResult, Value, protocol, raise};

/// The parts of a position.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Cookie {
    /// Where to put the byte stream.
    pub start: i64,
    /// Flags to set the decoder to.
    pub flags: i64,
    /// Bytes to feed the decoder with.
    pub feed: i64,
    /// Characters of the result to skip.
    pub skip: i64,
    /// Whether the decoder gets the end of the input too.
    pub at_end: bool,
}

const DIGIT: u32 = 30;
const DIGITS: usize = 6;

impl Cookie {
    fn words(self) -> [u64; 3] {
        [
            self.start as u64,
            self.flags as u32 as u64 | (self.feed as u32 as u64) << 32,
            self.skip as u32 as u64 | u64::from(self.at_end) << 32,
        ]
    }

    pub fn value(self) -> Value {
        let words = self.words();
        if words[1] == 0 && words[2] == 0 && self.start >= 0 {
            return Value::int(self.start);
        }
        let bit = |at: u32| {
            words
                .get(at as usize / 64)
                .map_or(0, |w| w >> (at % 64) & 1)
        };
        let digit = |i: u32| (0..DIGIT).fold(0, |d, k| d | (bit(i * DIGIT + k) as u32) << k);
        let digits: Vec<u32> = (0..DIGITS as u32).map(digit).collect();
        let len = digits.iter().rposition(|&d| d != 0).map_or(0, |i| i + 1);
        Int::value_from_digits(false, &digits[..len])
    }

    pub fn parse(py: Py, value: &Value) -> PyResult<Cookie> {
        let value = protocol::number::index(py, value)?;
        let mut words = [0u64; 3];
        if let Some(small) = value.as_small_int() {
            words[0] = small as u64;
        } else if let Some(int) = value.downcast::<Int>() {
            for (i, &digit) in int.digits().iter().enumerate() {
                for k in (0..DIGIT).filter(|k| digit >> k & 1 != 0) {
                    let at = i * DIGIT as usize + k as usize;
                    match words.get_mut(at / 64) {
                        Some(word) => *word |= 1 << (at % 64),
                        None => return raise!(py, OverflowError, "int too big to convert"),
                    }
                }
            }
        }
        if words[2] >> 40 != 0 {
            return raise!(py, OverflowError, "int too big to convert");
        }
        Ok(Cookie {
            start: words[0] as i64,
            flags: i64::from(words[1] as u32 as i32),
            feed: i64::from((words[1] >> 32) as i32),
            skip: i64::from(words[2] as u32 as i32),
            at_end: words[2] >> 32 != 0,
        })
    }
}
