//! Fixed-point arithmetic for the transcendental functions: a coefficient stands for
//! itself divided by `10**places`.

use std::sync::Mutex;

use super::coeff::Coeff;

static LN10: Mutex<Option<(u64, Coeff)>> = Mutex::new(None);

/// `artanh(1/n)`.
fn inverse_artanh(n: u32, places: u64) -> Coeff {
    let mut term = Coeff::one().shifted_up(places).divmod_small(n).0;
    let (mut sum, mut i) = (term.clone(), 1);
    while !term.is_zero() {
        term = term.divmod_small(n * n).0;
        i += 2;
        sum = sum.add(&term.divmod_small(i).0);
    }
    sum
}

/// The natural logarithm of ten; kept for the next time.
pub fn ln10(places: u64) -> Coeff {
    let kept = LN10.lock().ok().and_then(|kept| kept.clone());
    if let Some((known, value)) = kept
        && known >= places
    {
        return value.shifted_down(known - places).0;
    }
    let work = places + 15;
    let sum = [(46, 31), (34, 49), (20, 161)]
        .into_iter()
        .map(|(factor, n)| inverse_artanh(n, work).mul_small(factor))
        .fold(Coeff::zero(), |sum, part| sum.add(&part));
    let value = sum.shifted_down(10).0;
    if let Ok(mut kept) = LN10.lock() {
        *kept = Some((places + 5, value.clone()));
    }
    value.shifted_down(5).0
}

/// `e**r` for `0 <= r < 2.4`: the argument is halved some times, and the result of the
/// series squared as often.
pub fn exp(r: &Coeff, places: u64) -> Coeff {
    let halvings = 4 + (places as f64).sqrt() as u32 / 2;
    let work = places + u64::from(halvings) / 2 + 8;
    let mut argument = r.shifted_up(work - places);
    let mut left = halvings;
    while left > 0 {
        let step = left.min(20);
        argument = argument.divmod_small(1 << step).0;
        left -= step;
    }
    let one = Coeff::one().shifted_up(work);
    let (mut sum, mut term, mut i) = (one.add(&argument), argument.clone(), 1);
    while !term.is_zero() {
        i += 1;
        term = term.mul(&argument).shifted_down(work).0.divmod_small(i).0;
        sum = sum.add(&term);
    }
    for _ in 0..halvings {
        sum = sum.mul(&sum).shifted_down(work).0;
    }
    sum.shifted_down(work - places).0
}

/// `ln(m)` for `1 <= m < 10`, by Halley's iteration, which triples the digits.
pub fn ln(m: &Coeff, places: u64) -> Coeff {
    let start = m.shifted_down(places.saturating_sub(17)).0;
    let scale = places.min(17);
    let first = start.to_u64().unwrap_or(1) as f64 / 10f64.powi(scale as i32);
    let guess = (first.ln().max(0.0) * 1e15) as u64;
    let mut y = Coeff::from(guess).shifted_up(places).shifted_down(15).0;
    let mut known = 13;
    while known < places {
        let e = exp(&y, places);
        let (above, difference) = if *m >= e {
            (true, m.sub(&e))
        } else {
            (false, e.sub(m))
        };
        let change = difference
            .mul_small(2)
            .shifted_up(places)
            .divmod(&m.add(&e))
            .0;
        y = if above {
            y.add(&change)
        } else if change <= y {
            y.sub(&change)
        } else {
            Coeff::zero()
        };
        known *= 3;
    }
    y
}
