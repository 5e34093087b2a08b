//! Integers of any size, without Python objects.
//!
//! A magnitude is a little-endian slice of 30-bit digits in `u32` (the `ob_digit`
//! array of CPython's `int`). What always holds for a *normalised* magnitude: every
//! digit is below `1 << 30` and the last digit is not zero; zero is the empty slice.
//! Arguments must be normalised and results are, unless a function says otherwise.
//!
//! Small operands are handled on the digits themselves. From some ten digits on,
//! operands are packed into 64-bit limbs (`limbs`), where a product of two words
//! covers four and a half digit products.
#![forbid(unsafe_code)]

mod bits;
mod bytes;
mod convert;
mod div;
mod float;
mod gcd;
mod hash;
mod limbs;
mod mag;
mod mul;
mod number;
mod parse;
mod power;
mod root;
mod round;
mod text;

#[cfg(test)]
mod tests;

pub use bits::{and, invert, or, shl, shr, xor};
pub use bytes::{ByteOrder, BytesOverflow, from_bytes, to_bytes};
pub use convert::{
    from_i64, from_i128, from_u64, from_u128, to_i64, to_i128, to_u64, to_u64_wrapping,
};
pub use div::{
    DivisionByZero, divmod, divrem_digit, divrem_digit_into, divrem_mag, floor_div, modulo,
};
pub use float::{FloatOverflow, TrueDivError, frexp, from_f64, to_f64, true_div};
pub use gcd::{gcd, lcm, mod_inverse};
pub use hash::{HASH_MODULUS, hash};
pub use mag::{
    add_into, add_mag, bit_count, bit_length, cmp_mag, normalize, shl_mag, shr_mag, sub_into,
    sub_mag, trim,
};
pub use mul::{mul_into, mul_mag, square_mag};
pub use number::{Signed, SignedRef, add, cmp, mul, neg, sub};
pub use parse::{ParseError, parse_digits, parse_int};
pub use power::{ModPowError, mod_pow, pow};
pub use root::{isqrt, isqrt_rem};
pub use round::{divmod_near, round_to_power_of_ten};
pub use text::{to_decimal, to_radix};

/// Bits in a digit.
pub const SHIFT: u32 = 30;
/// The largest digit.
pub const MASK: u32 = (1 << SHIFT) - 1;

/// The result would need more memory than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// Whether there is memory for so many digits.
fn probe(digits: usize) -> Result<(), TooLarge> {
    let mut block = Vec::<u32>::new();
    block.try_reserve_exact(digits).map_err(|_| TooLarge)?;
    // (A block that nobody sees would not be allocated at all.)
    std::hint::black_box(&mut block);
    Ok(())
}
