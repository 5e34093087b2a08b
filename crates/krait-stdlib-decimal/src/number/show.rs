//! Numbers to text.

use super::coeff_text::Ascii;
use super::decimal::{Decimal, Kind};

impl Decimal {
    /// Scientific or engineering notation.
    pub fn to_text(&self, engineering: bool, capitals: bool) -> String {
        let text = self.to_ascii(engineering, capitals);
        text.into_iter().map(char::from).collect()
    }

    /// The same as bytes.
    pub fn to_ascii(&self, engineering: bool, capitals: bool) -> Ascii {
        let mut text = Ascii::new();
        if self.negative {
            text.push(b'-');
        }
        let name: &[u8] = match self.kind {
            Kind::Finite => {
                self.write_finite(engineering, capitals, &mut text);
                return text;
            }
            Kind::Infinite => b"Infinity",
            Kind::Quiet => b"NaN",
            Kind::Signaling => b"sNaN",
        };
        text.extend_from_slice(name);
        if self.kind != Kind::Infinite && !self.coeff.is_zero() {
            self.coeff.write_digits(&mut text);
        }
        text
    }

    fn write_finite(&self, engineering: bool, capitals: bool, text: &mut Ascii) {
        let start = text.len();
        self.coeff.write_digits(text);
        let digits = text.len() - start;
        let left = self.exp + digits as i64;
        let place = if self.exp <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.coeff.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        if place <= 0 {
            let zeros = place.unsigned_abs() as usize;
            text.insert_many(start, std::iter::repeat_n(b'0', zeros + 2));
            text[start + 1] = b'.';
        } else if place as usize >= digits {
            text.resize(start + place as usize, b'0');
        } else {
            text.insert(start + place as usize, b'.');
        }
        if left != place {
            text.push(if capitals { b'E' } else { b'e' });
            text.extend_from_slice(format!("{:+}", left - place).as_bytes());
        }
    }

    /// The specification's name of what the number is.
    pub fn class_name(&self, emin: i64) -> &'static str {
        match (self.kind, self.negative) {
            (Kind::Signaling, _) => "sNaN",
            (Kind::Quiet, _) => "NaN",
            (Kind::Infinite, true) => "-Infinity",
            (Kind::Infinite, false) => "+Infinity",
            (Kind::Finite, negative) => {
                let zero = self.coeff.is_zero();
                let subnormal = !zero && self.adjusted() < emin;
                match (zero, subnormal, negative) {
                    (true, _, true) => "-Zero",
                    (true, _, false) => "+Zero",
                    (_, true, true) => "-Subnormal",
                    (_, true, false) => "+Subnormal",
                    (_, _, true) => "-Normal",
                    (_, _, false) => "+Normal",
                }
            }
        }
    }
}
