//! Coefficients of up to 18 digits: one word holds them, and most numbers are such.

use super::coeff::{BASE, Coeff, Limbs, Rest};

const WIDE: u64 = BASE as u64;

/// Digits that two limbs hold.
const DIGITS: u64 = 18;

const POWERS: [u64; DIGITS as usize + 1] = {
    let mut powers = [1; DIGITS as usize + 1];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

impl Coeff {
    /// The value of up to two limbs.
    #[inline(always)]
    pub(super) fn small(&self) -> Option<u64> {
        match *self.0.as_slice() {
            [] => Some(0),
            [low] => Some(u64::from(low)),
            [low, high] => Some(u64::from(low) + WIDE * u64::from(high)),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn of_word(value: u64) -> Coeff {
        let (low, rest) = ((value % WIDE) as u32, value / WIDE);
        let (middle, high) = ((rest % WIDE) as u32, (rest / WIDE) as u32);
        let len = if high > 0 {
            3
        } else if middle > 0 {
            2
        } else {
            usize::from(low > 0)
        };
        Coeff(Limbs::from_buf_and_len([low, middle, high, 0, 0], len))
    }

    /// `self * 10**count` where two limbs hold it.
    #[inline]
    pub(super) fn small_shifted_up(&self, count: u64) -> Option<Coeff> {
        let value = self.small()?;
        let room = DIGITS.checked_sub(self.digits().unsigned_abs())?;
        (count <= room).then(|| Coeff::of_word(value * POWERS[count as usize]))
    }

    /// `shifted_down` of up to two limbs.
    #[inline]
    pub(super) fn small_shifted_down(&self, count: u64) -> Option<(Coeff, Rest)> {
        let value = self.small()?;
        let power = *POWERS.get(usize::try_from(count).ok()?)?;
        let (whole, cut) = (value / power, value % power);
        let rest = if cut == 0 {
            Rest::Zero
        } else {
            match (2 * cut).cmp(&power) {
                std::cmp::Ordering::Less => Rest::BelowHalf,
                std::cmp::Ordering::Equal => Rest::Half,
                std::cmp::Ordering::Greater => Rest::AboveHalf,
            }
        };
        Some((Coeff::of_word(whole), rest))
    }
}
