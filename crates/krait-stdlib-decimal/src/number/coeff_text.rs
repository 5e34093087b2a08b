//! Coefficients as digits.

use super::coeff::{Coeff, LIMB, Limbs, check_size};

impl Coeff {
    /// The number of decimal digits, which may begin with zeros.
    pub fn from_digits(digits: &[u8]) -> Coeff {
        check_size(digits.len() / LIMB);
        let mut limbs = Limbs::with_capacity(digits.len() / LIMB + 1);
        for chunk in digits.rchunks(LIMB) {
            limbs.push(chunk.iter().fold(0, |n, c| n * 10 + u32::from(c - b'0')));
        }
        Coeff::from_limbs(limbs)
    }

    /// The digits as ASCII; "0" for zero.
    pub fn to_digits(&self) -> String {
        use std::fmt::Write;
        let Some((top, rest)) = self.0.split_last() else {
            return "0".to_string();
        };
        let mut text = String::with_capacity(self.0.len() * LIMB);
        let _ = write!(text, "{top}");
        for limb in rest.iter().rev() {
            let _ = write!(text, "{limb:09}");
        }
        text
    }
}
