//! Integer square roots.

use std::cmp::Ordering;

use crate::{convert, div, mag, mul};

/// The integral part of the square root of a magnitude.
pub fn isqrt(a: &[u32]) -> Vec<u32> {
    isqrt_rem(a).0
}

/// The integral part of the square root, and what is left over.
pub fn isqrt_rem(a: &[u32]) -> (Vec<u32>, Vec<u32>) {
    if let Some(value) = convert::magnitude_u128(a) {
        let root = value.isqrt();
        return (
            convert::magnitude(root),
            convert::magnitude(value - root * root),
        );
    }
    // One step of Newton's method from the root of the upper half of the bits: with
    // r = isqrt(a >> 2k), (r * 2^k + (a >> k) / r) / 2 is off by at most one.
    let k = (mag::bit_length(a) - 1) / 4;
    let (upper, _) = isqrt_rem(&mag::shr_mag(a, 2 * k));
    let (quotient, _) = div::divrem_mag(&mag::shr_mag(a, k), &upper);
    let sum = mag::add_mag(&mag::shl_mag(&upper, k), &quotient);
    let mut root = mag::shr_mag(&sum, 1);
    let mut square = mul::square_mag(&root);
    while mag::cmp_mag(&square, a) == Ordering::Greater {
        root = mag::sub_mag(&root, &[1]);
        square = mul::square_mag(&root);
    }
    (root, mag::sub_mag(a, &square))
}
