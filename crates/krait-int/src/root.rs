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
    let mut root = near_root(a);
    let mut square = mul::square_mag(&root);
    if mag::cmp_mag(&square, a) == Ordering::Greater {
        root = mag::sub_mag(&root, &[1]);
        square = mul::square_mag(&root);
    }
    (root, mag::sub_mag(a, &square))
}

/// The root of a magnitude of more than 128 bits, or one more: Newton's method with the
/// precision doubled in each step, as CPython's `math.isqrt` does (the root is never
/// off by more than one, without checks in between).
fn near_root(a: &[u32]) -> Vec<u32> {
    let half = (mag::bit_length(a) - 1) / 2;
    let steps = 64 - half.leading_zeros();
    let mut done = 0;
    let mut small = 1u128;
    let mut root = Vec::new();
    for s in (0..steps).rev() {
        let before = done;
        done = half >> s;
        let top = mag::shr_mag(a, 2 * half - before - done + 1);
        if done < 64 {
            let top = convert::magnitude_u128(&top).unwrap_or(0);
            small = (small << (done - before - 1)) + top / small;
            continue;
        }
        if root.is_empty() {
            root = convert::magnitude(small);
        }
        let (quotient, _) = div::divrem_mag(&top, &root);
        root = mag::add_mag(&mag::shl_mag(&root, done - before - 1), &quotient);
    }
    root
}
