//! Formats and the layouts they describe.

use std::rc::Rc;

/// What a format character stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Pad,
    Char,
    Signed,
    Unsigned,
    Pointer,
    Bool,
    Half,
    Float,
    Double,
    ComplexFloat,
    ComplexDouble,
    /// Bytes of a fixed length.
    Bytes,
    /// Bytes behind a byte that tells their length.
    Pascal,
}

/// A run of equal items.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) kind: Kind,
    pub(super) letter: u8,
    pub(super) offset: usize,
    /// Bytes of an item; for strings the whole field.
    pub(super) size: usize,
    /// Values in the run: one for a string.
    pub(super) count: usize,
}

/// A parsed format.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) runs: Vec<Run>,
    /// Bytes altogether.
    pub(super) size: usize,
    /// Values altogether.
    pub(super) values: usize,
    pub(super) big_endian: bool,
}

pub(super) type Layouts = Rc<Description>;

/// Kind, standard size, native size (which is also the alignment); a size of zero means
/// that there is no such form.
fn item(letter: u8) -> Option<(Kind, usize, usize)> {
    Some(match letter {
        b'x' => (Kind::Pad, 1, 1),
        b'c' => (Kind::Char, 1, 1),
        b'b' => (Kind::Signed, 1, 1),
        b'B' => (Kind::Unsigned, 1, 1),
        b'?' => (Kind::Bool, 1, 1),
        b'h' => (Kind::Signed, 2, 2),
        b'H' => (Kind::Unsigned, 2, 2),
        b'i' => (Kind::Signed, 4, 4),
        b'I' => (Kind::Unsigned, 4, 4),
        b'l' => (Kind::Signed, 4, 8),
        b'L' => (Kind::Unsigned, 4, 8),
        b'q' => (Kind::Signed, 8, 8),
        b'Q' => (Kind::Unsigned, 8, 8),
        b'n' => (Kind::Signed, 0, 8),
        b'N' => (Kind::Unsigned, 0, 8),
        b'P' => (Kind::Pointer, 0, 8),
        b'e' => (Kind::Half, 2, 2),
        b'f' => (Kind::Float, 4, 4),
        b'd' => (Kind::Double, 8, 8),
        b'F' => (Kind::ComplexFloat, 8, 8),
        b'D' => (Kind::ComplexDouble, 16, 16),
        b's' => (Kind::Bytes, 1, 1),
        b'p' => (Kind::Pascal, 1, 1),
        _ => return None,
    })
}

fn alignment(kind: Kind, size: usize) -> usize {
    match kind {
        Kind::ComplexFloat | Kind::ComplexDouble => size / 2,
        _ => size,
    }
}

/// Parses a format; the error is `struct.error`'s text.
pub(super) fn parse(format: &[u8]) -> Result<Layouts, &'static str> {
    let (native, big_endian, letters) = match format.first() {
        Some(b'@') => (true, cfg!(target_endian = "big"), &format[1..]),
        Some(b'=') => (false, cfg!(target_endian = "big"), &format[1..]),
        Some(b'<') => (false, false, &format[1..]),
        Some(b'>' | b'!') => (false, true, &format[1..]),
        _ => (true, cfg!(target_endian = "big"), format),
    };
    let mut layout = Description {
        runs: Vec::new(),
        size: 0,
        values: 0,
        big_endian,
    };
    let mut letters = letters.iter().copied().peekable();
    while let Some(mut letter) = letters.next() {
        if letter.is_ascii_whitespace() || letter == 0x0B {
            continue;
        }
        let mut count = 1usize;
        if letter.is_ascii_digit() {
            count = usize::from(letter - b'0');
            while let Some(digit) = letters.next_if(u8::is_ascii_digit) {
                count = count
                    .checked_mul(10)
                    .and_then(|c| c.checked_add(usize::from(digit - b'0')))
                    .filter(|&c| c <= isize::MAX as usize)
                    .ok_or(TOO_LONG)?;
            }
            letter = letters
                .next()
                .ok_or("repeat count given without format specifier")?;
        }
        layout.add(letter, count, native)?;
    }
    Ok(Rc::new(layout))
}

const TOO_LONG: &str = "total struct size too long";

impl Description {
    fn add(&mut self, letter: u8, count: usize, native: bool) -> Result<(), &'static str> {
        if letter == 0 {
            return Err("embedded null character");
        }
        let (kind, standard, own) = item(letter).ok_or("bad char in struct format")?;
        let size = if native { own } else { standard };
        if size == 0 {
            return Err("bad char in struct format");
        }
        if native {
            self.size = self
                .size
                .checked_next_multiple_of(alignment(kind, size))
                .ok_or(TOO_LONG)?;
        }
        let offset = self.size;
        let total = count.checked_mul(size).and_then(|n| n.checked_add(offset));
        self.size = total
            .filter(|&n| n <= isize::MAX as usize)
            .ok_or(TOO_LONG)?;
        let (size, count) = match kind {
            Kind::Pad => return Ok(()),
            Kind::Bytes | Kind::Pascal => (count, 1),
            _ => (size, count),
        };
        if count > 0 {
            self.runs.push(Run {
                kind,
                letter,
                offset,
                size,
                count,
            });
            self.values += count;
        }
        Ok(())
    }
}
