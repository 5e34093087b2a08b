//! ISO 8601 text of dates and times (`fromisoformat`). `None` is a format error.

use super::calendar;
use super::date::Ymd;
use super::format::Clock;

fn digits(text: &[u8], at: usize, count: usize) -> Option<i32> {
    let part = text.get(at..at + count)?;
    part.iter().try_fold(0, |n, c| {
        c.is_ascii_digit().then(|| n * 10 + i32::from(c - b'0'))
    })
}

/// `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]`, `YYYYWww[D]`.
pub fn date(text: &[u8]) -> Option<Ymd> {
    let year = digits(text, 0, 4)?;
    let dashed = text.get(4) == Some(&b'-');
    let mut at = 4 + usize::from(dashed);
    if text.get(at) == Some(&b'W') {
        at += 1;
        let week = digits(text, at, 2)?;
        at += 2;
        let mut day = 1;
        if at < text.len() {
            if (text[at] == b'-') != dashed {
                return None;
            }
            at += usize::from(dashed);
            day = digits(text, at, 1)?;
            at += 1;
        }
        if at != text.len() {
            return None;
        }
        return calendar::from_iso(year, week, day).ok();
    }
    let month = digits(text, at, 2)?;
    at += 2;
    if (text.get(at) == Some(&b'-')) != dashed {
        return None;
    }
    at += usize::from(dashed);
    let day = digits(text, at, 2)?;
    (at + 2 == text.len()).then_some((year, month, day))
}

/// Where the date ends in the text of a date and a time, whose length is at least 7.
pub fn separator(text: &[u32]) -> Option<usize> {
    let is = |i: usize, c: char| text.get(i) == Some(&u32::from(c));
    let digit = |i: usize| {
        text.get(i)
            .is_some_and(|c| (u32::from('0')..=u32::from('9')).contains(c))
    };
    let len = text.len();
    if len == 7 {
        return Some(7);
    }
    if is(4, '-') {
        if !is(5, 'W') {
            return Some(10);
        }
        if len > 8 && is(8, '-') {
            if len == 9 {
                return None;
            }
            // A digit at 10 means that the hyphen at 8 separates the time.
            return Some(if len > 10 && digit(10) { 8 } else { 10 });
        }
        return Some(8);
    }
    if !is(4, 'W') {
        return Some(8);
    }
    let end = (7..len).find(|&i| !digit(i)).unwrap_or(len);
    if end < 9 {
        return Some(end);
    }
    Some(if end % 2 == 0 { 7 } else { 8 })
}

/// `HH[:?MM[:?SS[{.,}f+]]]`.
fn clock(text: &[u8]) -> Option<Clock> {
    let mut parts = [0; 3];
    let (mut at, mut separated) = (0, true);
    for i in 0..3 {
        parts[i] = digits(text, at, 2)?;
        at += 2;
        let Some(&c) = text.get(at) else {
            return Some((parts[0], parts[1], parts[2], 0));
        };
        at += 1;
        if i == 0 {
            separated = c == b':';
        }
        if separated && c == b':' {
            if i == 2 || at == text.len() {
                return None;
            }
        } else if c == b'.' || c == b',' {
            if i < 2 {
                return None;
            }
        } else if !separated && i < 2 {
            at -= 1;
        } else {
            return None;
        }
    }
    let fraction = &text[at..];
    if fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let shown = fraction.len().min(6);
    let micros = digits(fraction, 0, shown)? * 10_i32.pow(6 - shown as u32);
    Some((parts[0], parts[1], parts[2], micros))
}

/// A zone in the text of a time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    None,
    /// `Z`, or an offset of zero.
    Utc,
    /// Seconds and microseconds east of Greenwich, with one sign.
    Offset(i64, i64),
}

/// A time with an optional zone.
pub fn time(text: &[u8]) -> Option<(Clock, Zone)> {
    let end = text
        .iter()
        .position(|c| matches!(c, b'+' | b'-' | b'Z'))
        .unwrap_or(text.len());
    let reading = clock(&text[..end])?;
    let Some(mark) = text.get(end) else {
        return Some((reading, Zone::None));
    };
    let rest = &text[end + 1..];
    if *mark == b'Z' {
        return rest.is_empty().then_some((reading, Zone::Utc));
    }
    let (hours, minutes, seconds, micros) = clock(rest)?;
    let sign = if *mark == b'-' { -1 } else { 1 };
    let seconds = sign * i64::from(hours * 3600 + minutes * 60 + seconds);
    let micros = sign * i64::from(micros);
    if seconds == 0 && micros == 0 {
        return Some((reading, Zone::Utc));
    }
    Some((reading, Zone::Offset(seconds, micros)))
}
