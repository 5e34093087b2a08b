//! Coefficients as digits.

use smallvec::SmallVec;

use super::coeff::{Coeff, LIMB, Limbs, check_size, digits_of};

/// ASCII of a number; most numbers fit in it without a block.
pub type Ascii = SmallVec<[u8; 64]>;

/// Appends the lowest digits of a limb.
fn push_limb(out: &mut Ascii, mut limb: u32, digits: usize) {
    let mut place = [0; LIMB];
    for digit in place[..digits].iter_mut().rev() {
        *digit = b'0' + (limb % 10) as u8;
        limb /= 10;
    }
    out.extend_from_slice(&place[..digits]);
}

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
        let mut digits = Ascii::new();
        self.write_digits(&mut digits);
        digits.into_iter().map(char::from).collect()
    }

    pub(super) fn write_digits(&self, out: &mut Ascii) {
        let Some((&top, rest)) = self.0.split_last() else {
            return out.push(b'0');
        };
        push_limb(out, top, digits_of(top));
        for &limb in rest.iter().rev() {
            push_limb(out, limb, LIMB);
        }
    }
}
