//! The hash of an integer: its value modulo a Mersenne prime (documentation of
//! numeric types, "Hashing of numeric types").

use crate::SHIFT;
use crate::number::SignedRef;

/// `sys.hash_info.modulus`.
pub const HASH_MODULUS: u64 = (1 << 61) - 1;

/// `hash(a)`: never -1.
pub fn hash(a: SignedRef) -> i64 {
    let mut sum = 0u64;
    for &d in a.digits.iter().rev() {
        // A rotation by 30 of 61 bits multiplies by 2^30.
        sum = (sum << SHIFT & HASH_MODULUS) | sum >> (61 - SHIFT);
        sum += d as u64;
        if sum >= HASH_MODULUS {
            sum -= HASH_MODULUS;
        }
    }
    let result = if a.negative {
        -(sum as i64)
    } else {
        sum as i64
    };
    if result == -1 { -2 } else { result }
}
