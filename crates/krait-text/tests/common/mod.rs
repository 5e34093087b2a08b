//! Reading of the expectation tables under tests/data.

#![allow(dead_code, reason = "each test program uses a part of this")]

use krait_text::{Chars, ErrorKind, TextError, TextWriter};

/// A text in the narrowest units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    Latin1(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Text {
    pub fn of(codes: &[u32]) -> Text {
        match codes.iter().max() {
            Some(0x1_0000..) => Text::U32(codes.to_vec()),
            Some(0x100..) => Text::U16(codes.iter().map(|code| *code as u16).collect()),
            _ => Text::Latin1(codes.iter().map(|code| *code as u8).collect()),
        }
    }

    /// What a function writes.
    pub fn written(write: impl FnOnce(&mut Vec<u32>)) -> Text {
        let mut codes = Vec::new();
        write(&mut codes);
        Text::of(&codes)
    }

    pub fn chars(&self) -> Chars<'_> {
        match self {
            Text::Latin1(units) => Chars::Latin1(units),
            Text::U16(units) => Chars::U16(units),
            Text::U32(units) => Chars::U32(units),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Text::Latin1(units) => units,
            _ => panic!("not bytes"),
        }
    }

    pub fn to_string_lossy(&self) -> String {
        self.chars().to_string_lossy()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::of(&text.chars().map(u32::from).collect::<Vec<_>>())
    }
}

impl From<Chars<'_>> for Text {
    fn from(chars: Chars<'_>) -> Text {
        Text::of(&chars.iter().collect::<Vec<_>>())
    }
}

/// The rows of a table, their fields decoded.
pub fn rows(table: &str) -> Vec<Vec<Text>> {
    let path = format!("{}/tests/data/{table}.txt", env!("CARGO_MANIFEST_DIR"));
    let content = std::fs::read_to_string(path).expect("the table exists");
    content
        .lines()
        .map(|line| line.split('\t').map(decode).collect())
        .collect()
}

fn decode(field: &str) -> Text {
    let mut out = Vec::new();
    let mut rest = field;
    while let Some(at) = rest.find("\\{") {
        out.push_ascii(&rest[..at]);
        let end = at + rest[at..].find('}').expect("an escape ends");
        out.push(u32::from_str_radix(&rest[at + 2..end], 16).expect("hexadecimal"));
        rest = &rest[end + 1..];
    }
    out.push_ascii(rest);
    Text::of(&out)
}

/// The double with these bits.
pub fn double(bits: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(bits, 16).expect("bits of a double"))
}

/// The bits of a double; all NaN are one.
pub fn bits(value: f64) -> String {
    let value = if value.is_nan() {
        f64::from_bits(0x7ff8_0000_0000_0000)
    } else {
        value
    };
    format!("{:016x}", value.to_bits())
}

/// An error as the tables write it.
pub fn error(error: &TextError) -> String {
    let class = match error.kind {
        ErrorKind::Value => "ValueError",
        ErrorKind::Type => "TypeError",
        ErrorKind::Overflow => "OverflowError",
        ErrorKind::Memory => "MemoryError",
    };
    format!("!{class}: {}", error.message)
}

/// Counts differences, shows the first ones.
#[derive(Default)]
pub struct Report {
    wrong: usize,
}

impl Report {
    pub fn check(&mut self, case: &dyn std::fmt::Debug, got: &str, expected: &str) {
        if got != expected {
            self.wrong += 1;
            if self.wrong <= 25 {
                println!("{case:?}\n  got      {got:?}\n  expected {expected:?}");
            }
        }
    }

    pub fn finish(self) {
        assert_eq!(self.wrong, 0, "cases that differ");
    }
}
