//! The signed number, borrowed and owned, and addition, subtraction, multiplication
//! and comparison on it.

use std::cmp::Ordering;

use crate::{mag, mul as product};

/// An owned integer. Zero is never negative and has no digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signed {
    /// Whether the number is below zero.
    pub negative: bool,
    /// The normalised magnitude.
    pub digits: Vec<u32>,
}

/// A borrowed integer: what a Python `int` object gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedRef<'a> {
    /// Whether the number is below zero.
    pub negative: bool,
    /// The normalised magnitude.
    pub digits: &'a [u32],
}

impl Signed {
    /// Zero.
    pub const ZERO: Signed = Signed {
        negative: false,
        digits: Vec::new(),
    };

    /// A number from a sign and a magnitude that need not be normalised.
    pub fn new(negative: bool, mut digits: Vec<u32>) -> Signed {
        mag::trim(&mut digits);
        Signed {
            negative: negative && !digits.is_empty(),
            digits,
        }
    }

    /// The number, borrowed.
    pub fn as_ref(&self) -> SignedRef<'_> {
        SignedRef {
            negative: self.negative,
            digits: &self.digits,
        }
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }
}

impl<'a> SignedRef<'a> {
    /// A number from a sign and a magnitude that need not be normalised.
    pub fn new(negative: bool, digits: &'a [u32]) -> SignedRef<'a> {
        let digits = mag::normalize(digits);
        SignedRef {
            negative: negative && !digits.is_empty(),
            digits,
        }
    }

    /// Whether the number is zero.
    pub fn is_zero(self) -> bool {
        self.digits.is_empty()
    }

    /// A copy of the number.
    pub fn to_owned(self) -> Signed {
        Signed {
            negative: self.negative,
            digits: self.digits.to_vec(),
        }
    }

    /// The number with its sign turned; no copy is made.
    pub fn negated(self) -> SignedRef<'a> {
        SignedRef {
            negative: !self.negative && !self.digits.is_empty(),
            digits: self.digits,
        }
    }

    /// The absolute value; no copy is made.
    pub fn abs(self) -> SignedRef<'a> {
        SignedRef {
            negative: false,
            digits: self.digits,
        }
    }
}

impl<'a> From<&'a Signed> for SignedRef<'a> {
    fn from(number: &'a Signed) -> SignedRef<'a> {
        number.as_ref()
    }
}

/// `a + b`.
pub fn add(a: SignedRef, b: SignedRef) -> Signed {
    if a.negative == b.negative {
        return Signed {
            negative: a.negative,
            digits: mag::add_mag(a.digits, b.digits),
        };
    }
    match mag::cmp_mag(a.digits, b.digits) {
        Ordering::Equal => Signed::ZERO,
        Ordering::Greater => Signed {
            negative: a.negative,
            digits: mag::sub_mag(a.digits, b.digits),
        },
        Ordering::Less => Signed {
            negative: b.negative,
            digits: mag::sub_mag(b.digits, a.digits),
        },
    }
}

/// `a - b`.
pub fn sub(a: SignedRef, b: SignedRef) -> Signed {
    let turned = SignedRef {
        negative: !b.negative,
        digits: b.digits,
    };
    if b.is_zero() {
        return a.to_owned();
    }
    add(a, turned)
}

/// `a * b`.
pub fn mul(a: SignedRef, b: SignedRef) -> Signed {
    let digits = product::mul_mag(a.digits, b.digits);
    Signed {
        negative: a.negative != b.negative && !digits.is_empty(),
        digits,
    }
}

/// `-a`.
pub fn neg(a: SignedRef) -> Signed {
    a.negated().to_owned()
}

/// The order of two numbers.
pub fn cmp(a: SignedRef, b: SignedRef) -> Ordering {
    match (a.negative, b.negative) {
        (false, false) => mag::cmp_mag(a.digits, b.digits),
        (true, true) => mag::cmp_mag(b.digits, a.digits),
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
    }
}
