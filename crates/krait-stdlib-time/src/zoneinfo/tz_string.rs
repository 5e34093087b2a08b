//! The text at the end of a zone's file (`TZ` of POSIX): `std offset [dst [offset],start,end]`.

use super::rule::{Change, Day};

/// What the text says; offsets are in seconds east of Greenwich.
pub struct TzString {
    pub standard: (String, i64),
    pub summer: Option<Summer>,
}

pub struct Summer {
    pub name: String,
    pub offset: i64,
    pub start: Change,
    pub end: Change,
}

/// What is wrong with the text, as the beginning of the message.
pub type Fault = &'static str;

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn while_of(&mut self, allowed: fn(u8) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(allowed) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    fn abbreviation(&mut self) -> Option<String> {
        if self.eat(b'<') {
            let name = self.while_of(|c| c.is_ascii_alphanumeric() || c == b'+' || c == b'-');
            return (self.eat(b'>') && !name.is_empty()).then_some(name);
        }
        let name = self.while_of(|c| c.is_ascii_alphabetic());
        (!name.is_empty()).then_some(name)
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let (mut number, mut count) = (0, 0);
        while count < most
            && let Some(c) = self.peek().filter(u8::is_ascii_digit)
        {
            number = number * 10 + i64::from(c - b'0');
            count += 1;
            self.at += 1;
        }
        (count >= least).then_some(number)
    }

    /// `[+|-]h[hh][:mm[:ss]]` in seconds.
    fn time(&mut self, most_hours: i64) -> Option<i64> {
        let sign = if self.eat(b'-') {
            -1
        } else {
            self.eat(b'+');
            1
        };
        let hours = self.digits(1, 3).filter(|h| *h <= most_hours)?;
        let (mut minutes, mut seconds) = (0, 0);
        if self.eat(b':') {
            minutes = self.digits(2, 2)?;
            if self.eat(b':') {
                seconds = self.digits(2, 2)?;
            }
        }
        Some(sign * (hours * 3600 + minutes * 60 + seconds))
    }

    fn day(&mut self) -> Option<Day> {
        if self.eat(b'M') {
            let month = self.digits(1, 2).filter(|m| (1..=12).contains(m))?;
            let week = self
                .eat(b'.')
                .then(|| self.digits(1, 1))
                .flatten()
                .filter(|w| (1..=5).contains(w))?;
            let weekday = self
                .eat(b'.')
                .then(|| self.digits(1, 1))
                .flatten()
                .filter(|d| (0..=6).contains(d))?;
            return Some(Day::Month(month as i32, week as i32, weekday as i32));
        }
        if self.eat(b'J') {
            let day = self.digits(1, 3).filter(|d| (1..=365).contains(d))?;
            return Some(Day::Julian(day));
        }
        let day = self.digits(1, 3).filter(|d| *d <= 365)?;
        Some(Day::Plain(day))
    }

    fn change(&mut self) -> Option<Change> {
        let day = self.day()?;
        let seconds = if self.eat(b'/') {
            self.time(167)?
        } else {
            2 * 3600
        };
        Some(Change { day, seconds })
    }
}

pub fn parse(text: &[u8]) -> Result<TzString, Fault> {
    let mut reader = Reader { text, at: 0 };
    let name = reader.abbreviation().ok_or("Invalid STD format in")?;
    // Offsets are counted west of Greenwich in the text.
    let offset = -reader.time(24).ok_or("Invalid STD offset in")?;
    let standard = (name, offset);
    if reader.peek().is_none() {
        return Ok(TzString {
            standard,
            summer: None,
        });
    }
    let name = reader.abbreviation().ok_or("Invalid DST format in")?;
    let summer_offset = match reader.peek() {
        Some(b',') => offset + 3600,
        _ => -reader.time(24).ok_or("Invalid DST offset in")?,
    };
    let malformed = "Malformed transition rule in TZ string:";
    let mut change = || {
        if reader.eat(b',') {
            reader.change()
        } else {
            None
        }
    };
    let start = change().ok_or(malformed)?;
    let end = change().ok_or(malformed)?;
    if reader.peek().is_some() {
        return Err("Extraneous characters at end of TZ string:");
    }
    let summer = Summer {
        name,
        offset: summer_offset,
        start,
        end,
    };
    Ok(TzString {
        standard,
        summer: Some(summer),
    })
}
