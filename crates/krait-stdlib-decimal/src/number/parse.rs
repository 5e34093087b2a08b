//! Text to numbers.

use super::coeff::Coeff;
use super::decimal::{Decimal, Kind};

/// Exponents beyond this are as good as infinite.
const FAR: i64 = 3_000_000_000_000_000_000;

fn special(text: &str) -> Option<(Kind, &str)> {
    let lower = text.to_ascii_lowercase();
    if lower == "inf" || lower == "infinity" {
        return Some((Kind::Infinite, ""));
    }
    if let Some(rest) = lower.strip_prefix("nan") {
        return Some((Kind::Quiet, &text[text.len() - rest.len()..]));
    }
    let rest = lower.strip_prefix("snan")?;
    Some((Kind::Signaling, &text[text.len() - rest.len()..]))
}

impl Decimal {
    /// The number that ASCII text stands for.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, text) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        if let Some((kind, payload)) = special(text) {
            if !payload.bytes().all(|c| c.is_ascii_digit()) {
                return None;
            }
            return Some(Decimal {
                negative,
                kind,
                coeff: Coeff::from_digits(payload.as_bytes()),
                exp: 0,
            });
        }
        let (mantissa, exp) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], exponent(&text[at + 1..])?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole.as_bytes(), fraction.as_bytes()];
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        if !all.iter().all(|part| part.iter().all(u8::is_ascii_digit)) {
            return None;
        }
        let coeff = if fraction.is_empty() {
            Coeff::from_digits(whole.as_bytes())
        } else {
            Coeff::from_digits(&all.concat())
        };
        Some(Decimal::new(negative, coeff, exp - fraction.len() as i64))
    }
}

fn exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let size = digits.bytes().fold(0i64, |n, c| {
        n.saturating_mul(10)
            .saturating_add(i64::from(c - b'0'))
            .min(FAR)
    });
    Some(if negative { -size } else { size })
}
