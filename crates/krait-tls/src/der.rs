//! Reading DER: tags, lengths, contents. Every function gives `None` for what is not DER.

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// One element.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub tag: u8,
    /// The content without its head.
    pub body: &'a [u8],
    /// Head and content.
    pub whole: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element; tags of more than one byte do not occur where this is used.
    #[expect(
        clippy::should_implement_trait,
        reason = "`None` is also an element that is not understood: no end as an iterator's"
    )]
    pub fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, after) = self.rest.split_first()?;
        if tag & 0x1F == 0x1F {
            return None;
        }
        let (&first, mut after) = after.split_first()?;
        let mut len = usize::from(first);
        if first >= 0x80 {
            let count = usize::from(first & 0x7F);
            if count == 0 || count > 4 || after.len() < count {
                return None;
            }
            len = after[..count]
                .iter()
                .fold(0, |n, &b| (n << 8) | usize::from(b));
            after = &after[count..];
        }
        let head = self.rest.len() - after.len();
        let body = after.get(..len)?;
        let whole = &self.rest[..head + len];
        self.rest = &after[len..];
        Some(Element { tag, body, whole })
    }

    /// The next element, which must have the tag.
    pub fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|e| e.tag == tag)
    }

    /// The next element where it has the tag.
    pub fn optional(&mut self, tag: u8) -> Option<Option<Element<'a>>> {
        match self.peek() {
            Some(t) if t == tag => self.next().map(Some),
            _ => Some(None),
        }
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Element<'a>;
    fn next(&mut self) -> Option<Element<'a>> {
        Reader::next(self)
    }
}

/// The elements of a sequence.
pub fn sequence(bytes: &[u8]) -> Option<Reader<'_>> {
    let mut reader = Reader::new(bytes);
    let outer = reader.expect(SEQUENCE)?;
    Some(Reader::new(outer.body))
}

/// The bytes of a bit string with whole bytes only.
pub fn bit_string(element: Element<'_>) -> Option<&[u8]> {
    match element.body.split_first() {
        Some((0, bits)) if element.tag == BIT_STRING => Some(bits),
        _ => None,
    }
}

/// A small number.
pub fn small(body: &[u8]) -> Option<u64> {
    if body.len() > 8 || body.first()? & 0x80 != 0 {
        return None;
    }
    Some(body.iter().fold(0, |n, &b| (n << 8) | u64::from(b)))
}

/// Seconds since 1970 of a UTCTime or GeneralizedTime, as RFC 5280 allows them.
pub fn time(element: Element<'_>) -> Option<i64> {
    let text = std::str::from_utf8(element.body).ok()?.strip_suffix('Z')?;
    if !text.is_ascii() {
        return None;
    }
    let (year, rest) = match element.tag {
        UTC_TIME if text.len() == 12 => {
            let year: i64 = text[..2].parse().ok()?;
            (year + if year < 50 { 2000 } else { 1900 }, &text[2..])
        }
        GENERALIZED_TIME if text.len() >= 14 => (text[..4].parse().ok()?, &text[4..14]),
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<i64>().ok();
    let (month, day) = (part(0)?, part(2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some(days(year, month, day) * 86400 + part(4)? * 3600 + part(6)? * 60 + part(8)?)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month, day, hour, minute, second.
pub fn civil(seconds: i64) -> [i64; 6] {
    let (day, second) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = (shifted_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    [
        year,
        month,
        of_year - (153 * shifted_month + 2) / 5 + 1,
        second / 3600,
        second / 60 % 60,
        second % 60,
    ]
}

/// A time as certificates are shown with: `Jan  5 09:34:43 2018 GMT`.
pub fn time_text(seconds: i64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let [year, month, day, hour, minute, second] = civil(seconds);
    let month = MONTHS.get(month as usize - 1).unwrap_or(&"");
    format!("{month} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
}
