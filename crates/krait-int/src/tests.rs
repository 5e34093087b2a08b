//! Random operands against machine integers and against identities.

use crate::*;
use std::cmp::Ordering;

/// A small generator, so that failures repeat.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Digits with runs of zeros and ones, where carries go far.
    fn magnitude(&mut self, len: usize) -> Vec<u32> {
        let mut out: Vec<u32> = (0..len)
            .map(|_| match self.below(6) {
                0 => 0,
                1 => MASK,
                _ => self.next() as u32 & MASK,
            })
            .collect();
        trim(&mut out);
        out
    }

    fn number(&mut self, max_len: u64) -> Signed {
        let len = self.below(max_len + 1) as usize;
        let digits = self.magnitude(len);
        Signed::new(self.below(2) == 0, digits)
    }

    fn i64(&mut self) -> i64 {
        let shift = self.below(64);
        self.next() as i64 >> shift
    }
}

fn big(text: &str) -> Signed {
    parse_int(text.as_bytes(), 0, 0).unwrap()
}

#[test]
fn machine_integers() {
    let mut random = Random(7);
    for _ in 0..20000 {
        let (x, y) = (random.i64() as i128, random.i64() as i128);
        let (a, b) = (from_i128(x), from_i128(y));
        let (a, b) = (a.as_ref(), b.as_ref());
        assert_eq!(add(a, b), from_i128(x + y));
        assert_eq!(sub(a, b), from_i128(x - y));
        assert_eq!(mul(a, b), from_i128(x * y));
        assert_eq!(cmp(a, b), x.cmp(&y));
        assert_eq!(and(a, b), from_i128(x & y));
        assert_eq!(or(a, b), from_i128(x | y));
        assert_eq!(xor(a, b), from_i128(x ^ y));
        assert_eq!(invert(a), from_i128(!x));
        let count = random.below(70);
        assert_eq!(shr(a, count), from_i128(x >> count));
        if count < 60 {
            assert_eq!(shl(a, count).unwrap(), from_i128(x << count));
        }
        assert_eq!(to_f64(a), Ok(x as f64));
        assert_eq!(to_decimal(a), x.to_string());
        let sign = if x < 0 { "-" } else { "" };
        assert_eq!(to_radix(a, 16), format!("{sign}{:x}", x.unsigned_abs()));
        assert_eq!(to_i64(a), Some(x as i64));
        assert_eq!(to_u64_wrapping(a), x as u64);
        assert_eq!(to_u64(a), u64::try_from(x).ok());
        if y != 0 {
            let floor = x.div_euclid(y) - if y < 0 && x.rem_euclid(y) != 0 { 1 } else { 0 };
            let (q, r) = divmod(a, b).unwrap();
            assert_eq!(q, from_i128(floor));
            assert_eq!(r, from_i128(x - floor * y));
            assert_eq!(modulo(a, b).unwrap(), r);
        }
    }
}

/// The product by the definition.
fn plain_product(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut out = vec![0u32; a.len() + b.len()];
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0u64;
        for (j, &y) in b.iter().enumerate() {
            carry += out[i + j] as u64 + x as u64 * y as u64;
            out[i + j] = carry as u32 & MASK;
            carry >>= SHIFT;
        }
        out[i + b.len()] = carry as u32;
    }
    trim(&mut out);
    out
}

#[test]
fn products() {
    let mut random = Random(11);
    for round in 0..600 {
        let limit = [6, 40, 300, 900][round % 4];
        let n = random.below(limit) as usize;
        let m = random.below(limit) as usize;
        let (a, b) = (random.magnitude(n), random.magnitude(m));
        assert_eq!(mul_mag(&a, &b), plain_product(&a, &b), "{n} {m}");
        assert_eq!(square_mag(&a), plain_product(&a, &a), "{n}");
    }
}

#[test]
fn huge_products_and_quotients() {
    // Beyond the threshold of the transform; modulo a prime and by division.
    let mut random = Random(13);
    let prime = from_u64((1 << 61) - 1);
    let rest = |a: &Signed| modulo(a.as_ref(), prime.as_ref()).unwrap();
    for (n, m) in [(14000, 13500), (30000, 13000), (40000, 20000)] {
        let a = Signed::new(false, random.magnitude(n));
        let b = Signed::new(false, random.magnitude(m));
        let product = mul(a.as_ref(), b.as_ref());
        let residues = mul(rest(&a).as_ref(), rest(&b).as_ref());
        assert_eq!(rest(&product), rest(&residues));
        let square = mul(a.as_ref(), a.as_ref());
        let residues = mul(rest(&a).as_ref(), rest(&a).as_ref());
        assert_eq!(rest(&square), rest(&residues));
        let low = Signed::new(false, random.magnitude(b.digits.len() - 1));
        let sum = add(product.as_ref(), low.as_ref());
        let (q, r) = divmod(sum.as_ref(), b.as_ref()).unwrap();
        assert_eq!((q == a, r == low), (true, true));
    }
}

#[test]
fn quotients() {
    let mut random = Random(17);
    for round in 0..1500 {
        let limit = [8, 60, 400, 1600][round % 4];
        let b = random.magnitude(1 + random.0 as usize % limit);
        let n = random.below(2 * limit as u64) as usize;
        let a = random.magnitude(n);
        if b.is_empty() {
            continue;
        }
        let (q, r) = divrem_mag(&a, &b);
        assert_eq!(cmp_mag(&r, &b), Ordering::Less);
        assert_eq!(add_mag(&mul_mag(&q, &b), &r), a);
        // A product less one: the quotient digits are at their limits.
        let product = sub_mag(&add_mag(&mul_mag(&a, &b), &b), &[1]);
        assert_eq!(divrem_mag(&product, &b), (a, sub_mag(&b, &[1])));
    }
}

#[test]
fn short_quotients() {
    let mut random = Random(23);
    for round in 0..4000 {
        // Tops of one bit and of all bits make the guesses of digits go wrong.
        let mut b = random.magnitude(13 + round % 5);
        b.push([1, crate::MASK][round % 2]);
        if round % 3 == 0 {
            let n = b.len();
            b[n - 3..n - 1].fill(crate::MASK);
        }
        let a = random.magnitude(1 + round % 4);
        let low = sub_mag(&b, &[1]);
        let product = add_mag(&mul_mag(&a, &b), &low);
        assert_eq!(divrem_mag(&product, &b), (a.clone(), low));
        assert_eq!(divrem_mag(&mul_mag(&a, &b), &b), (a, vec![]));
    }
}

#[test]
fn sums_and_bits() {
    let mut random = Random(19);
    for _ in 0..3000 {
        let (a, b) = (random.number(12), random.number(12));
        let (x, y) = (a.as_ref(), b.as_ref());
        let sum = add(x, y);
        assert_eq!(sub(sum.as_ref(), y), a);
        // a + b == (a ^ b) + 2 * (a & b), a | b == (a ^ b) + (a & b).
        let (differ, common) = (xor(x, y), and(x, y));
        let twice = shl(common.as_ref(), 1).unwrap();
        assert_eq!(add(differ.as_ref(), twice.as_ref()), sum);
        assert_eq!(add(differ.as_ref(), common.as_ref()), or(x, y));
        assert_eq!(invert(invert(x).as_ref()), a);
        let count = random.below(200);
        let power = shl(from_i64(1).as_ref(), count).unwrap();
        assert_eq!(shr(x, count), floor_div(x, power.as_ref()).unwrap());
        assert_eq!(shl(x, count).unwrap(), mul(x, power.as_ref()));
        assert_eq!(bit_length(power.as_ref().digits), count + 1);
    }
}

#[test]
fn text_round_trips() {
    let mut random = Random(23);
    for round in 0..400 {
        let a = random.number([4, 30, 200, 1500][round % 4]);
        for base in [2, 3, 7, 8, 10, 16, 32, 36] {
            let text = to_radix(a.as_ref(), base);
            assert_eq!(parse_int(text.as_bytes(), base, 0), Ok(a.clone()), "{base}");
            assert!(!text.trim_start_matches('-').starts_with('0') || text == "0");
        }
    }
    let power = pow(from_i64(10).as_ref(), 20000).unwrap();
    assert_eq!(
        to_decimal(power.as_ref()),
        format!("1{}", "0".repeat(20000))
    );
    let nines = sub(power.as_ref(), from_i64(1).as_ref());
    assert_eq!(to_decimal(nines.as_ref()), "9".repeat(20000));
}

#[test]
fn literals() {
    let good: &[(&str, u32, i64)] = &[
        ("0", 10, 0),
        (" 12_3 ", 10, 123),
        ("-0x_ff", 0, -255),
        ("0xff", 16, 255),
        ("+0b1_0", 0, 2),
        ("0b1", 16, 0xb1),
        ("0o17", 8, 15),
        ("00_0", 0, 0),
        ("007", 10, 7),
        ("zZ", 36, 35 * 37),
        ("\t\x0b5\n", 10, 5),
    ];
    for &(text, base, value) in good {
        assert_eq!(
            parse_int(text.as_bytes(), base, 0),
            Ok(from_i64(value)),
            "{text}"
        );
    }
    for (text, base) in [
        ("", 10),
        ("-", 10),
        ("_1", 10),
        ("1_", 10),
        ("1__2", 10),
        ("012", 0),
        ("0x", 0),
        ("0x", 16),
        ("0x__1", 0),
        ("- 1", 10),
        ("1 2", 10),
        ("2", 2),
        ("0_", 0),
        ("+-1", 10),
        ("0xg", 0),
        ("0b2", 0),
    ] {
        assert_eq!(
            parse_int(text.as_bytes(), base, 0),
            Err(ParseError::Invalid),
            "{text}"
        );
    }
    assert_eq!(parse_int(b"1", 1, 0), Err(ParseError::Base));
    assert_eq!(parse_int(b"1", 37, 0), Err(ParseError::Base));
    assert_eq!(
        parse_int(&[b'1'; 641], 10, 640),
        Err(ParseError::TooManyDigits(641))
    );
    assert!(parse_int(&[b'1'; 641], 16, 640).is_ok());
}

#[test]
fn byte_round_trips() {
    let mut random = Random(29);
    for _ in 0..2000 {
        let a = random.number(6);
        let len = (bit_length(&a.digits) / 8 + 1) as usize;
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let mut out = vec![0; len];
            to_bytes(a.as_ref(), &mut out, order, true).unwrap();
            assert_eq!(from_bytes(&out, order, true), a);
            if !a.negative {
                to_bytes(a.as_ref(), &mut out, order, false).unwrap();
                assert_eq!(from_bytes(&out, order, false), a);
            }
        }
    }
    let fits = |value: i64, len: usize, signed| {
        to_bytes(
            from_i64(value).as_ref(),
            &mut vec![0; len],
            ByteOrder::Big,
            signed,
        )
    };
    assert_eq!(fits(-128, 1, true), Ok(()));
    assert_eq!(fits(-129, 1, true), Err(BytesOverflow::TooBig));
    assert_eq!(fits(128, 1, true), Err(BytesOverflow::TooBig));
    assert_eq!(fits(255, 1, false), Ok(()));
    assert_eq!(fits(256, 1, false), Err(BytesOverflow::TooBig));
    assert_eq!(fits(-1, 1, false), Err(BytesOverflow::Negative));
    assert_eq!(fits(0, 0, true), Ok(()));
    assert_eq!(fits(-1, 0, true), Err(BytesOverflow::TooBig));
}

#[test]
fn powers() {
    let mut random = Random(31);
    for round in 0..150 {
        let a = random.number(8);
        let e = from_u64(random.next() >> (round % 64));
        let mut m = random.number(if round % 3 == 0 { 2 } else { 20 });
        if m.is_zero() {
            m = from_i64(1);
        }
        let mut expected = modulo(from_i64(1).as_ref(), m.as_ref()).unwrap();
        for i in (0..bit_length(&e.digits)).rev() {
            expected = modulo(
                mul(expected.as_ref(), expected.as_ref()).as_ref(),
                m.as_ref(),
            )
            .unwrap();
            if mag::bit(&e.digits, i) {
                expected = modulo(mul(expected.as_ref(), a.as_ref()).as_ref(), m.as_ref()).unwrap();
            }
        }
        assert_eq!(mod_pow(a.as_ref(), e.as_ref(), m.as_ref()), Ok(expected));
        let minus_one = from_i64(-1);
        match mod_pow(a.as_ref(), minus_one.as_ref(), m.as_ref()) {
            Ok(inverse) => {
                let product = mul(inverse.as_ref(), a.as_ref());
                let one = modulo(from_i64(1).as_ref(), m.as_ref()).unwrap();
                assert_eq!(modulo(product.as_ref(), m.as_ref()).unwrap(), one);
            }
            Err(_) => assert_ne!(gcd(a.as_ref(), m.as_ref()), from_i64(1)),
        }
        let n = random.below(40);
        let mut product = from_i64(1);
        for _ in 0..n {
            product = mul(product.as_ref(), a.as_ref());
        }
        assert_eq!(pow(a.as_ref(), n), Ok(product));
    }
    assert_eq!(pow(from_i64(2).as_ref(), u64::MAX), Err(TooLarge));
    assert_eq!(pow(from_i64(-1).as_ref(), u64::MAX), Ok(from_i64(-1)));
    let zero = Signed::ZERO;
    let five = from_i64(5);
    assert_eq!(
        mod_pow(five.as_ref(), five.as_ref(), zero.as_ref()),
        Err(ModPowError::ZeroModulus)
    );
}

#[test]
fn divisors_and_roots() {
    let mut random = Random(37);
    for round in 0..1500 {
        let limit = if round % 2 == 0 { 5 } else { 60 };
        let (a, b, c) = (
            random.number(limit),
            random.number(limit),
            random.number(limit),
        );
        let (x, y) = (mul(a.as_ref(), c.as_ref()), mul(b.as_ref(), c.as_ref()));
        let (mut r0, mut r1) = (x.as_ref().abs().to_owned(), y.as_ref().abs().to_owned());
        while !r1.is_zero() {
            let rest = modulo(r0.as_ref(), r1.as_ref()).unwrap();
            (r0, r1) = (r1, rest);
        }
        assert_eq!(gcd(x.as_ref(), y.as_ref()), r0);
        let product = mul(lcm(x.as_ref(), y.as_ref()).as_ref(), r0.as_ref());
        assert_eq!(
            product,
            mul(x.as_ref(), y.as_ref()).as_ref().abs().to_owned()
        );
        let (root, rest) = isqrt_rem(&a.digits);
        assert_eq!(add_mag(&square_mag(&root), &rest), a.digits);
        assert_ne!(cmp_mag(&rest, &shl_mag(&root, 1)), Ordering::Greater);
    }
}

#[test]
fn floats() {
    let mut random = Random(41);
    for _ in 0..20000 {
        let value = f64::from_bits(random.next());
        if let Some(whole) = from_f64(value) {
            assert_eq!(to_f64(whole.as_ref()), Ok(value.trunc() + 0.0));
        }
        // Ties and their neighbours at every scale.
        let top = (random.next() >> 10 | 1 << 53) as u128;
        let wide = (top << 20) + (random.below(3) as u128) + (1 << 19) - 1;
        assert_eq!(to_f64(from_u128(wide).as_ref()), Ok(wide as f64));
    }
    assert_eq!(from_f64(f64::NAN), None);
    let limit = shl(from_i64(1).as_ref(), 1024).unwrap();
    assert_eq!(to_f64(limit.as_ref()), Err(FloatOverflow));
    let near = sub(
        limit.as_ref(),
        shl(from_i64(1).as_ref(), 970).unwrap().as_ref(),
    );
    assert_eq!(to_f64(near.as_ref()), Err(FloatOverflow));
    let below = sub(near.as_ref(), from_i64(1).as_ref());
    assert_eq!(to_f64(below.as_ref()), Ok(f64::MAX));
    assert_eq!(frexp(limit.as_ref()), (0.5, 1025));
    assert_eq!(frexp(below.as_ref()), (1.0 - f64::EPSILON / 2.0, 1024));
}

#[test]
fn true_quotients() {
    let mut random = Random(43);
    for _ in 0..20000 {
        // x / 2^k is x itself, rounded once: known from the conversion of text.
        let x = random.next();
        let k = random.below(1200);
        let power = shl(from_i64(1).as_ref(), k).unwrap();
        let expected = exact(x, k);
        assert_eq!(
            true_div(from_u64(x).as_ref(), power.as_ref()),
            Ok(expected),
            "{x} >> {k}"
        );
        // A common factor changes nothing.
        let mut factor = random.number(5);
        if factor.is_zero() {
            factor = from_i64(3);
        }
        let (p, q) = (random.i64() >> 11, random.i64() >> 11);
        if q != 0 {
            let a = mul(from_i64(p).as_ref(), factor.as_ref());
            let b = mul(from_i64(q).as_ref(), factor.as_ref());
            assert_eq!(true_div(a.as_ref(), b.as_ref()), Ok(p as f64 / q as f64));
        }
    }
    let huge = pow(from_i64(10).as_ref(), 400).unwrap();
    let one = from_i64(1);
    assert_eq!(
        true_div(huge.as_ref(), one.as_ref()),
        Err(TrueDivError::Overflow)
    );
    assert_eq!(true_div(one.as_ref(), huge.as_ref()), Ok(0.0));
    assert_eq!(
        true_div(one.as_ref(), Signed::ZERO.as_ref()),
        Err(TrueDivError::Zero)
    );
}

/// `x / 2^k` rounded to nearest, ties to even, by integers alone.
fn exact(x: u64, k: u64) -> f64 {
    let bits = 64 - x.leading_zeros() as i64;
    let lowest = (bits - k as i64 - 53).max(-1074);
    let drop = lowest + k as i64;
    if drop <= 0 || x == 0 {
        return x as f64 / 2f64.powi(k.min(1000) as i32) / 2f64.powi(k.saturating_sub(1000) as i32);
    }
    if drop > 65 {
        return 0.0;
    }
    let (kept, rest) = ((x as u128) >> drop, (x as u128) & ((1 << drop) - 1));
    let half = 1u128 << (drop - 1);
    let up = rest > half || rest == half && kept & 1 == 1;
    let mut value = (kept + up as u128) as f64;
    let mut exponent = lowest;
    while exponent < 0 {
        let step = exponent.max(-1000);
        value *= 2f64.powi(step as i32);
        exponent -= step;
    }
    value * 2f64.powi(exponent as i32)
}

#[test]
fn hashes_and_rounding() {
    let mut random = Random(47);
    let modulus = from_u64(HASH_MODULUS);
    for _ in 0..2000 {
        let a = random.number(8);
        let rest = modulo(a.as_ref().abs(), modulus.as_ref()).unwrap();
        let mut expected = to_i64(rest.as_ref()).unwrap();
        if a.negative {
            expected = -expected;
        }
        assert_eq!(hash(a.as_ref()), if expected == -1 { -2 } else { expected });
    }
    for (value, places, expected) in [
        (25, 1, 20),
        (35, 1, 40),
        (-25, 1, -20),
        (-35, 1, -40),
        (149, 2, 100),
        (50, 2, 0),
        (51, 2, 100),
        (150, 2, 200),
        (7, 3, 0),
        (0, 5, 0),
        (5, 1, 0),
        (6, 1, 10),
        (-6, 1, -10),
        (999, 1, 1000),
    ] {
        let rounded = round_to_power_of_ten(from_i64(value).as_ref(), places);
        assert_eq!(rounded, Ok(from_i64(expected)), "{value}");
    }
    assert_eq!(
        round_to_power_of_ten(big("12345678901234567890123456789").as_ref(), 20),
        Ok(big("12345678900000000000000000000"))
    );
}

#[test]
fn long_true_quotients() {
    // Multiples of long numbers give quotients that are known, ties among them.
    let mut random = Random(53);
    for _ in 0..5000 {
        let len = 3 + random.below(20) as usize;
        let b = Signed::new(false, random.magnitude(len));
        if b.is_zero() {
            continue;
        }
        let p = random.next() >> random.below(12);
        let a = mul(b.as_ref(), from_u64(p).as_ref());
        assert_eq!(true_div(a.as_ref(), b.as_ref()), Ok(p as f64));
        let more = add(a.as_ref(), from_i64(1).as_ref());
        let tie = p >> 53 != 0 && p.trailing_zeros() + 54 == 64 - p.leading_zeros();
        let low_bit = p & p.wrapping_neg();
        let up = p as u128 + if tie { low_bit as u128 } else { 0 };
        let expected = up as f64;
        let found = true_div(more.as_ref(), b.as_ref());
        assert!(
            found == Ok(expected) || b.digits == [1],
            "{p} {found:?} {expected} {:?}",
            b.digits
        );
    }
}
