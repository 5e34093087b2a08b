//! C's `long double` as bytes: x86's extended format, elsewhere IEEE's quadruple one. Rust
//! has neither.

/// The exponent's bias, of both formats.
const BIAS: i32 = 16383;

/// How many bytes of a `long double` count.
#[cfg(target_arch = "x86_64")]
const USED: usize = 10;
#[cfg(not(target_arch = "x86_64"))]
const USED: usize = 16;

/// Bits of the significand that are stored; x86 stores the one before the point, too.
const STORED: u32 = 8 * USED as u32 - 16;
const EXPLICIT: bool = USED == 10;
/// The place of the bit before the point.
const ONE: u32 = if EXPLICIT { STORED - 1 } else { STORED };

/// The nearest double.
pub fn to_f64(bytes: [u8; 16]) -> f64 {
    let mut used = [0; 16];
    used[..USED].copy_from_slice(&bytes[..USED]);
    let word = u128::from_le_bytes(used);
    let head = (word >> STORED) as u32;
    let (negative, exponent) = (head >> 15 != 0, (head & 0x7FFF) as i32);
    let mut significand = word & ((1 << STORED) - 1);
    let magnitude = if exponent == 0x7FFF {
        if significand << (128 - ONE) == 0 {
            f64::INFINITY
        } else {
            f64::NAN
        }
    } else {
        if !EXPLICIT && exponent != 0 {
            significand |= 1 << ONE;
        }
        scale(significand, exponent.max(1) - BIAS - ONE as i32)
    };
    if negative { -magnitude } else { magnitude }
}

/// `significand * 2**exponent`, rounded once, to the nearest and ties to even.
fn scale(significand: u128, exponent: i32) -> f64 {
    if significand == 0 {
        return 0.0;
    }
    let bits = 128 - significand.leading_zeros() as i32;
    // The exponent of the lowest bit that a double of this size has.
    let lowest = (bits + exponent - 53).max(-1074);
    let drop = lowest - exponent;
    let kept = if drop <= 0 {
        significand << -drop
    } else if drop >= 128 {
        0
    } else {
        let (kept, rest) = (significand >> drop, significand & ((1 << drop) - 1));
        let half = 1u128 << (drop - 1);
        kept + u128::from(rest > half || (rest == half && kept & 1 != 0))
    };
    // At most 53 bits and a carry: exact. The power is split, since it may be too small.
    let (first, second) = (lowest / 2, lowest - lowest / 2);
    kept as f64 * 2f64.powi(first) * 2f64.powi(second)
}

/// The same number.
pub fn from_f64(value: f64) -> [u8; 16] {
    let bits = value.to_bits();
    let (sign, exponent) = (bits >> 63, ((bits >> 52) & 0x7FF) as i32);
    let fraction = u128::from(bits & ((1 << 52) - 1));
    let (exponent, significand) = match (exponent, fraction) {
        (0x7FF, _) => (0x7FFF, (1 << ONE) | (fraction << (ONE - 52))),
        (0, 0) => (0, 0),
        (0, _) => {
            let shift = fraction.leading_zeros() - (127 - 52);
            (
                1 - 1023 + BIAS - shift as i32,
                (fraction << shift) << (ONE - 52),
            )
        }
        _ => (exponent - 1023 + BIAS, (fraction | (1 << 52)) << (ONE - 52)),
    };
    let stored = if EXPLICIT {
        significand
    } else {
        significand & ((1 << STORED) - 1)
    };
    let head = (u128::from(sign) << 15) | exponent as u128;
    ((head << STORED) | stored).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let numbers = [
            0.0,
            -0.0,
            1.0,
            -1.5,
            1.1,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            -3.2e-310,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for number in numbers {
            assert_eq!(to_f64(from_f64(number)).to_bits(), number.to_bits());
        }
        assert!(to_f64(from_f64(f64::NAN)).is_nan());
    }

    #[test]
    fn rounds_to_the_nearest() {
        // One and the lowest bit of a significand: nearer to one than to the next double.
        let mut bytes = from_f64(1.0);
        bytes[0] = 1;
        assert_eq!(to_f64(bytes), 1.0);
    }
}
