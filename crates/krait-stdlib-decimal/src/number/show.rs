//! Numbers to text.

use super::decimal::{Decimal, Kind};

impl Decimal {
    /// Scientific or engineering notation.
    pub fn to_text(&self, engineering: bool, capitals: bool) -> String {
        let sign = if self.negative { "-" } else { "" };
        let payload = || {
            if self.coeff.is_zero() {
                String::new()
            } else {
                self.coeff.to_digits()
            }
        };
        match self.kind {
            Kind::Finite => {}
            Kind::Infinite => return format!("{sign}Infinity"),
            Kind::Quiet => return format!("{sign}NaN{}", payload()),
            Kind::Signaling => return format!("{sign}sNaN{}", payload()),
        }
        let digits = self.coeff.to_digits();
        let left = self.exp + digits.len() as i64;
        let place = if self.exp <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.coeff.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        let mut text = sign.to_string();
        if place <= 0 {
            text.push_str("0.");
            text.extend(std::iter::repeat_n('0', place.unsigned_abs() as usize));
            text.push_str(&digits);
        } else if place as usize >= digits.len() {
            text.push_str(&digits);
            text.extend(std::iter::repeat_n('0', place as usize - digits.len()));
        } else {
            text.push_str(&digits[..place as usize]);
            text.push('.');
            text.push_str(&digits[place as usize..]);
        }
        if left != place {
            text.push(if capitals { 'E' } else { 'e' });
            text.push_str(&format!("{:+}", left - place));
        }
        text
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
