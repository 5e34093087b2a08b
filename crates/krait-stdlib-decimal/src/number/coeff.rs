//! Natural numbers in base 10⁹, the coefficients of decimals.

use std::cmp::Ordering;

use smallvec::SmallVec;

pub const BASE: u32 = 1_000_000_000;
/// Decimal digits of a limb.
pub const LIMB: usize = 9;
/// The most limbs a number may have; beyond, memory is taken to be short.
const MOST: usize = 1 << 26;

pub const POWERS: [u32; 10] = [
    1,
    10,
    100,
    1000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
];

pub type Limbs = SmallVec<[u32; 5]>;

/// A natural number; limbs from the lowest, the highest not zero.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Coeff(pub(super) Limbs);

/// What digits that are cut off amount to, in units of the last digit kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rest {
    Zero,
    BelowHalf,
    Half,
    AboveHalf,
}

/// How many digits a limb has; 1 for zero.
#[inline]
pub(super) fn digits_of(limb: u32) -> usize {
    limb.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Fails for a number that is too large to be kept.
pub fn check_size(limbs: usize) {
    if limbs > MOST {
        krait_object::errors::out_of_memory();
    }
}

impl Coeff {
    pub fn zero() -> Coeff {
        Coeff::default()
    }

    pub fn one() -> Coeff {
        Coeff::from(1u64)
    }

    pub(super) fn from_limbs(mut limbs: Limbs) -> Coeff {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Coeff(limbs)
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// How many decimal digits it has; 1 for zero.
    #[inline]
    pub fn digits(&self) -> i64 {
        match self.0.last() {
            None => 1,
            Some(&top) => ((self.0.len() - 1) * LIMB + digits_of(top)) as i64,
        }
    }

    /// The digit of weight `10**index`.
    pub fn digit(&self, index: usize) -> u32 {
        let limb = self.0.get(index / LIMB).copied().unwrap_or(0);
        limb / POWERS[index % LIMB] % 10
    }

    pub fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|l| l & 1 == 1)
    }

    /// How many zeros it ends with; 0 for zero.
    pub fn trailing_zeros(&self) -> usize {
        let Some(at) = self.0.iter().position(|&l| l != 0) else {
            return 0;
        };
        let mut limb = self.0[at];
        let mut zeros = at * LIMB;
        while limb.is_multiple_of(10) {
            limb /= 10;
            zeros += 1;
        }
        zeros
    }

    /// The value where it fits.
    pub fn to_u64(&self) -> Option<u64> {
        let [low, middle, high] = [0, 1, 2].map(|i| self.0.get(i).copied().unwrap_or(0));
        if self.0.len() > 3 {
            return None;
        }
        let base = u128::from(BASE);
        let value = u128::from(low) + base * (u128::from(middle) + base * u128::from(high));
        u64::try_from(value).ok()
    }

    /// `self * 10**count`.
    pub fn shifted_up(&self, count: u64) -> Coeff {
        if self.is_zero() || count == 0 {
            return self.clone();
        }
        if let Some(shifted) = self.small_shifted_up(count) {
            return shifted;
        }
        let whole = usize::try_from(count / LIMB as u64).unwrap_or(usize::MAX);
        check_size(whole.saturating_add(self.0.len() + 1));
        let factor = u64::from(POWERS[(count % LIMB as u64) as usize]);
        let mut limbs = Limbs::with_capacity(whole + self.0.len() + 1);
        limbs.resize(whole, 0);
        let mut carry = 0;
        for &limb in &self.0 {
            let product = u64::from(limb) * factor + carry;
            limbs.push((product % u64::from(BASE)) as u32);
            carry = product / u64::from(BASE);
        }
        limbs.push(carry as u32);
        Coeff::from_limbs(limbs)
    }

    /// `self // 10**count`, and what was cut off.
    pub fn shifted_down(&self, count: u64) -> (Coeff, Rest) {
        if count == 0 {
            return (self.clone(), Rest::Zero);
        }
        if let Some(shifted) = self.small_shifted_down(count) {
            return shifted;
        }
        let rest = self.rest(count);
        let Ok(whole) = usize::try_from(count / LIMB as u64) else {
            return (Coeff::zero(), rest);
        };
        if whole >= self.0.len() {
            return (Coeff::zero(), rest);
        }
        let part = (count % LIMB as u64) as usize;
        if part == 0 {
            return (Coeff(SmallVec::from_slice(&self.0[whole..])), rest);
        }
        let (low, high) = (POWERS[part], POWERS[LIMB - part]);
        let mut limbs = Limbs::with_capacity(self.0.len() - whole);
        for i in whole..self.0.len() {
            let above = self.0.get(i + 1).copied().unwrap_or(0);
            limbs.push(self.0[i] / low + above % low * high);
        }
        (Coeff::from_limbs(limbs), rest)
    }

    /// What the lowest digits amount to.
    fn rest(&self, count: u64) -> Rest {
        if self.is_zero() {
            return Rest::Zero;
        }
        let zeros = self.trailing_zeros() as u64;
        if zeros >= count {
            return Rest::Zero;
        }
        let top = usize::try_from(count - 1).map_or(0, |i| self.digit(i));
        match top {
            5 if zeros == count - 1 => Rest::Half,
            5.. => Rest::AboveHalf,
            _ => Rest::BelowHalf,
        }
    }

    /// `self % 10**count`.
    pub fn low_digits(&self, count: usize) -> Coeff {
        let (whole, part) = (count / LIMB, count % LIMB);
        let mut limbs: Limbs = self.0.iter().copied().take(whole + 1).collect();
        if let Some(top) = limbs.get_mut(whole) {
            *top %= POWERS[part];
        }
        Coeff::from_limbs(limbs)
    }

    pub fn add(&self, other: &Coeff) -> Coeff {
        if let (Some(a), Some(b)) = (self.small(), other.small()) {
            return Coeff::of_word(a + b);
        }
        let (long, short) = if self.0.len() >= other.0.len() {
            (self, other)
        } else {
            (other, self)
        };
        let mut limbs = Limbs::with_capacity(long.0.len() + 1);
        let mut carry = 0;
        for (i, &limb) in long.0.iter().enumerate() {
            let mut sum = limb + short.0.get(i).copied().unwrap_or(0) + carry;
            carry = u32::from(sum >= BASE);
            sum -= carry * BASE;
            limbs.push(sum);
        }
        limbs.push(carry);
        Coeff::from_limbs(limbs)
    }

    /// `self - other`, which is not below zero.
    pub fn sub(&self, other: &Coeff) -> Coeff {
        if let (Some(a), Some(b)) = (self.small(), other.small()) {
            return Coeff::of_word(a - b);
        }
        let mut limbs = Limbs::with_capacity(self.0.len());
        let mut borrow = 0;
        for (i, &limb) in self.0.iter().enumerate() {
            let take = other.0.get(i).copied().unwrap_or(0) + borrow;
            borrow = u32::from(limb < take);
            limbs.push(limb + borrow * BASE - take);
        }
        Coeff::from_limbs(limbs)
    }

    pub fn incremented(&self) -> Coeff {
        self.add(&Coeff::one())
    }

    /// The limbs from the lowest.
    pub fn limbs(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.0.iter().copied()
    }

    /// Bytes that it takes beside itself.
    pub fn heap_size(&self) -> usize {
        if self.0.spilled() {
            self.0.capacity() * 4
        } else {
            0
        }
    }

    /// A number of so many nines.
    pub fn nines(count: i64) -> Coeff {
        Coeff::one()
            .shifted_up(count.unsigned_abs())
            .sub(&Coeff::one())
    }
}

impl From<u64> for Coeff {
    fn from(value: u64) -> Coeff {
        Coeff::of_word(value)
    }
}

impl From<u128> for Coeff {
    fn from(mut value: u128) -> Coeff {
        let mut limbs = Limbs::new();
        while value > 0 {
            limbs.push((value % u128::from(BASE)) as u32);
            value /= u128::from(BASE);
        }
        Coeff(limbs)
    }
}

impl PartialOrd for Coeff {
    fn partial_cmp(&self, other: &Coeff) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Coeff {
    fn cmp(&self, other: &Coeff) -> Ordering {
        let by_len = self.0.len().cmp(&other.0.len());
        by_len.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}
