//! Products of coefficients: by the school's method, by Karatsuba's for long ones.

use super::coeff::{BASE, Coeff, Limbs, check_size};

const KARATSUBA: usize = 48;

fn school(a: &[u32], b: &[u32], out: &mut [u32]) {
    for (i, &x) in a.iter().enumerate() {
        if x == 0 {
            continue;
        }
        let (x, mut carry) = (u64::from(x), 0);
        for (j, &y) in b.iter().enumerate() {
            let t = u64::from(out[i + j]) + x * u64::from(y) + carry;
            out[i + j] = (t % u64::from(BASE)) as u32;
            carry = t / u64::from(BASE);
        }
        let mut at = i + b.len();
        while carry > 0 {
            let t = u64::from(out[at]) + carry;
            out[at] = (t % u64::from(BASE)) as u32;
            carry = t / u64::from(BASE);
            at += 1;
        }
    }
}

fn part(limbs: &[u32]) -> Coeff {
    Coeff::from_limbs(Limbs::from_slice(limbs))
}

/// Adds a number at a place.
fn add_at(out: &mut [u32], number: &Coeff, at: usize) {
    let mut carry = 0;
    let mut i = 0;
    while i < number.0.len() || carry > 0 {
        let mut sum = out[at + i] + number.0.get(i).copied().unwrap_or(0) + carry;
        carry = u32::from(sum >= BASE);
        sum -= carry * BASE;
        out[at + i] = sum;
        i += 1;
    }
}

fn karatsuba(a: &[u32], b: &[u32]) -> Vec<u32> {
    let half = a.len().max(b.len()).div_ceil(2);
    let split = |x: &[u32]| {
        (
            part(&x[..half.min(x.len())]),
            part(x.get(half..).unwrap_or(&[])),
        )
    };
    let ((a0, a1), (b0, b1)) = (split(a), split(b));
    let (low, high) = (a0.mul(&b0), a1.mul(&b1));
    let middle = a0.add(&a1).mul(&b0.add(&b1)).sub(&low).sub(&high);
    let mut out = vec![0; a.len() + b.len() + 1];
    add_at(&mut out, &low, 0);
    add_at(&mut out, &middle, half);
    add_at(&mut out, &high, 2 * half);
    out
}

impl Coeff {
    pub fn mul(&self, other: &Coeff) -> Coeff {
        if self.is_zero() || other.is_zero() {
            return Coeff::zero();
        }
        let (a, b) = (&self.0, &other.0);
        if let ([x], [y]) = (a.as_slice(), b.as_slice()) {
            return Coeff::of_word(u64::from(*x) * u64::from(*y));
        }
        check_size(a.len() + b.len());
        if a.len().min(b.len()) >= KARATSUBA && a.len() <= 2 * b.len() && b.len() <= 2 * a.len() {
            return Coeff::from_limbs(Limbs::from_vec(karatsuba(a, b)));
        }
        let mut out = Limbs::new();
        out.resize(a.len() + b.len(), 0);
        if a.len().min(b.len()) >= KARATSUBA {
            let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
            for (i, chunk) in long.chunks(short.len()).enumerate() {
                let product = part(chunk).mul(&part(short));
                add_at(&mut out, &product, i * short.len());
            }
        } else {
            school(a, b, &mut out);
        }
        Coeff::from_limbs(out)
    }

    pub fn mul_small(&self, factor: u32) -> Coeff {
        self.mul(&Coeff::from(u64::from(factor)))
    }
}
