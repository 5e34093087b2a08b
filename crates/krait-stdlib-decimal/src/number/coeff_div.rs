//! Quotients and roots of coefficients.

use super::coeff::{BASE, Coeff, Limbs};

impl Coeff {
    /// Quotient and remainder by a limb, which is not zero.
    pub fn divmod_small(&self, divisor: u32) -> (Coeff, u32) {
        let (mut rest, divisor) = (0u64, u64::from(divisor));
        let mut limbs = Limbs::new();
        limbs.resize(self.0.len(), 0);
        for (i, &limb) in self.0.iter().enumerate().rev() {
            let value = rest * u64::from(BASE) + u64::from(limb);
            limbs[i] = (value / divisor) as u32;
            rest = value % divisor;
        }
        (Coeff::from_limbs(limbs), rest as u32)
    }

    /// Quotient and remainder; the divisor is not zero. Knuth's algorithm D.
    pub fn divmod(&self, divisor: &Coeff) -> (Coeff, Coeff) {
        if self < divisor {
            return (Coeff::zero(), self.clone());
        }
        if let [only] = divisor.0.as_slice() {
            let (quotient, rest) = self.divmod_small(*only);
            return (quotient, Coeff::from(u64::from(rest)));
        }
        let top = divisor.0[divisor.0.len() - 1];
        let scale = BASE / (top + 1);
        let mut u = self.mul_small(scale).0;
        let v = divisor.mul_small(scale).0;
        while u.len() <= self.0.len() {
            u.push(0);
        }
        let n = v.len();
        let count = u.len() - n;
        let mut quotient = Limbs::new();
        quotient.resize(count, 0);
        for j in (0..count).rev() {
            quotient[j] = step(&mut u[j..=j + n], &v);
        }
        u.truncate(n);
        let (rest, _) = Coeff::from_limbs(u).divmod_small(scale);
        (Coeff::from_limbs(quotient), rest)
    }

    /// The largest number whose square is not above this one.
    pub fn root(&self) -> Coeff {
        if self.is_zero() {
            return Coeff::zero();
        }
        let half = (self.digits() + 1) / 2;
        let mut guess = Coeff::one().shifted_up(half.unsigned_abs());
        loop {
            let (quotient, _) = self.divmod(&guess);
            let (next, _) = guess.add(&quotient).divmod_small(2);
            if next >= guess {
                return guess;
            }
            guess = next;
        }
    }
}

/// One limb of a quotient: `u` has a limb more than `v`, whose highest is at least half of
/// the base; the product is taken off `u`.
fn step(u: &mut [u32], v: &[u32]) -> u32 {
    let (n, base) = (v.len(), u64::from(BASE));
    let head = u64::from(u[n]) * base + u64::from(u[n - 1]);
    let top = u64::from(v[n - 1]);
    let (mut q, mut r) = (head / top, head % top);
    while q >= base || q * u64::from(v[n - 2]) > r * base + u64::from(u[n - 2]) {
        q -= 1;
        r += top;
        if r >= base {
            break;
        }
    }
    let (mut carry, mut borrow) = (0u64, 0i64);
    for i in 0..n {
        let product = q * u64::from(v[i]) + carry;
        carry = product / base;
        let t = i64::from(u[i]) - borrow - (product % base) as i64;
        borrow = i64::from(t < 0);
        u[i] = (t + borrow * base as i64) as u32;
    }
    let t = i64::from(u[n]) - borrow - carry as i64;
    u[n] = if t < 0 {
        (t + base as i64) as u32
    } else {
        t as u32
    };
    if t < 0 {
        q -= 1;
        let mut carry = 0;
        for i in 0..n {
            let mut sum = u[i] + v[i] + carry;
            carry = u32::from(sum >= BASE);
            sum -= carry * BASE;
            u[i] = sum;
        }
        u[n] = (u[n] + carry) % BASE;
    }
    q as u32
}
