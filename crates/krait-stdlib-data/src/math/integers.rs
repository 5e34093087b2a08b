//! `gcd`, `lcm`, `isqrt`, `factorial`, `comb`, `perm`.

use krait_int::{Signed, SignedRef};
use krait_object::native::Args;
use krait_object::protocol::number;
use krait_object::types::int::methods::{signed, to_value};
use krait_object::{Int, ModuleBuilder, Py, PyResult, Value, raise};

pub(super) fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("gcd($module, /, *integers)", gcd)?;
    m.function("lcm($module, /, *integers)", lcm)?;
    m.function("isqrt($module, n, /)", isqrt)?;
    m.function("factorial($module, n, /)", factorial)?;
    m.function("comb($module, n, k, /)", comb)?;
    m.function("perm($module, n, k=None, /)", perm)?;
    Ok(())
}

/// The digits of an integer argument.
fn digits_of(py: Py, value: &Value) -> PyResult<Signed> {
    let int = number::index(py, value)?;
    if let Some(i) = int.as_small_int() {
        return Ok(krait_int::from_i64(i));
    }
    Ok(int
        .downcast::<Int>()
        .map_or_else(|| krait_int::from_i64(0), |i| signed(i).to_owned()))
}

fn small(value: &Value) -> Option<i64> {
    match value.as_object() {
        Some(object) => object.downcast_exact::<Int>().and_then(Int::to_i64),
        None => value.as_small_int(),
    }
}

fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
    }
    a << shift
}

fn from_u64(value: u64) -> Value {
    match i64::try_from(value) {
        Ok(value) => Value::int(value),
        Err(_) => to_value(krait_int::from_u64(value)),
    }
}

fn gcd(py: Py, integers: Args<'_>) -> PyResult {
    let (mut result, mut rest) = (0, integers.0);
    while let [value, more @ ..] = rest
        && let Some(value) = small(value)
    {
        result = gcd_u64(result, value.unsigned_abs());
        rest = more;
    }
    if rest.is_empty() {
        return Ok(from_u64(result));
    }
    let mut result = krait_int::from_u64(result);
    for value in rest {
        result = krait_int::gcd(result.as_ref(), digits_of(py, value)?.as_ref());
    }
    Ok(to_value(result))
}

fn lcm(py: Py, integers: Args<'_>) -> PyResult {
    let (mut result, mut rest) = (1u64, integers.0);
    while let [value, more @ ..] = rest
        && let Some(value) = small(value).map(i64::unsigned_abs)
        && let Some(multiple) = result
            .checked_div(gcd_u64(result, value))
            .map_or(Some(0), |part| part.checked_mul(value))
    {
        result = multiple;
        rest = more;
    }
    if rest.is_empty() {
        return Ok(from_u64(result));
    }
    let mut result = krait_int::from_u64(result);
    for value in rest {
        let next = digits_of(py, value)?;
        result = if result.is_zero() {
            result
        } else {
            krait_int::lcm(result.as_ref(), next.as_ref())
        };
    }
    Ok(to_value(result))
}

fn isqrt(py: Py, n: &Value) -> PyResult {
    let n = number::index(py, n)?;
    match small(&n) {
        Some(i) if i >= 0 => return Ok(from_u64(i.unsigned_abs().isqrt())),
        _ => {}
    }
    let n = digits_of(py, &n)?;
    if n.negative {
        return raise!(py, ValueError, "isqrt() argument must be nonnegative");
    }
    Ok(to_value(Signed::new(false, krait_int::isqrt(&n.digits))))
}

/// The product of the odd numbers from `start` below `stop`.
fn odd_product(start: u64, stop: u64) -> Signed {
    let count = stop.saturating_sub(start).div_ceil(2);
    if count <= 2 || (count < 64 && u64::from(64 - stop.leading_zeros()) * count <= 63) {
        let product = (start..stop).step_by(2).map(u128::from).product();
        return krait_int::from_u128(product);
    }
    let middle = (start + count) | 1;
    krait_int::mul(
        odd_product(start, middle).as_ref(),
        odd_product(middle, stop).as_ref(),
    )
}

fn factorial(py: Py, n: &Value) -> PyResult {
    let n = number::index(py, n)?;
    let Some(wide) = number::int_of(&n) else {
        if digits_of(py, &n)?.negative {
            return raise!(
                py,
                ValueError,
                "factorial() not defined for negative values"
            );
        }
        return raise!(
            py,
            OverflowError,
            "factorial() argument should not exceed {}",
            i64::MAX
        );
    };
    let Ok(n) = u64::try_from(wide) else {
        return raise!(
            py,
            ValueError,
            "factorial() not defined for negative values"
        );
    };
    if n <= 20 {
        return Ok(from_u64((2..=n).product()));
    }
    if n > 1 << 40 {
        return krait_object::errors::no_memory();
    }
    // The odd part: odd numbers up to n, to n/2, to n/4, ... once more each.
    let (mut inner, mut outer) = (krait_int::from_i64(1), krait_int::from_i64(1));
    let mut upper = 3;
    for i in (0..64 - n.leading_zeros()).rev() {
        let top = n >> i;
        if top <= 2 {
            continue;
        }
        let lower = upper;
        upper = (top + 1) | 1;
        inner = krait_int::mul(inner.as_ref(), odd_product(lower, upper).as_ref());
        outer = krait_int::mul(outer.as_ref(), inner.as_ref());
    }
    let twos = n - u64::from(n.count_ones());
    match krait_int::shl(outer.as_ref(), twos) {
        Ok(result) => Ok(to_value(result)),
        Err(_) => krait_object::errors::no_memory(),
    }
}

/// Product of the `k` numbers from `n` downwards.
fn falling(n: SignedRef<'_>, k: u64) -> Signed {
    if k == 0 {
        return krait_int::from_i64(1);
    }
    if k == 1 {
        return n.to_owned();
    }
    if let Some(n) = krait_int::to_u64(n)
        && let Some(product) = (0..k.min(129))
            .try_fold(1u128, |p, i| p.checked_mul(u128::from(n - i)))
            .filter(|_| k < 129)
    {
        return krait_int::from_u128(product);
    }
    let half = k / 2;
    let rest = krait_int::sub(n, krait_int::from_u64(half).as_ref());
    krait_int::mul(
        falling(n, half).as_ref(),
        falling(rest.as_ref(), k - half).as_ref(),
    )
}

/// Binomial coefficient; `k` is at most `n`.
fn binomial(n: SignedRef<'_>, k: u64) -> Signed {
    if k == 0 {
        return krait_int::from_i64(1);
    }
    if k == 1 {
        return n.to_owned();
    }
    if let Some(n) = krait_int::to_u64(n) {
        let small = (0..k.min(129)).try_fold(1u128, |p, i| {
            p.checked_mul(u128::from(n - i))
                .map(|p| p / u128::from(i + 1))
        });
        if let Some(small) = small.filter(|_| k < 129) {
            return krait_int::from_u128(small);
        }
    }
    // C(n, k) = C(n, j) * C(n - j, k - j) / C(k, j)
    let half = k / 2;
    let rest = krait_int::sub(n, krait_int::from_u64(half).as_ref());
    let above = krait_int::mul(
        binomial(n, half).as_ref(),
        binomial(rest.as_ref(), k - half).as_ref(),
    );
    let below = binomial(krait_int::from_u64(k).as_ref(), half);
    krait_int::floor_div(above.as_ref(), below.as_ref()).unwrap_or(above)
}

/// The two arguments, neither negative.
fn arguments(py: Py, n: &Value, k: &Value) -> PyResult<(Signed, Signed)> {
    let (n, k) = (digits_of(py, n)?, digits_of(py, k)?);
    for (number, name) in [(&n, 'n'), (&k, 'k')] {
        if number.negative {
            return raise!(py, ValueError, "{name} must be a non-negative integer");
        }
    }
    Ok((n, k))
}

fn comb(py: Py, n: &Value, k: &Value) -> PyResult {
    let (n, k) = arguments(py, n, k)?;
    let rest = krait_int::sub(n.as_ref(), k.as_ref());
    if rest.negative {
        return Ok(Value::int(0));
    }
    let least = if krait_int::cmp(rest.as_ref(), k.as_ref()).is_lt() {
        rest
    } else {
        k
    };
    match krait_int::to_i64(least.as_ref()) {
        Some(k) => Ok(to_value(binomial(n.as_ref(), k as u64))),
        None => raise!(
            py,
            OverflowError,
            "min(n - k, k) must not exceed {}",
            i64::MAX
        ),
    }
}

fn perm(py: Py, n: &Value, k: Option<&Value>) -> PyResult {
    let Some(k) = k else { return factorial(py, n) };
    let (n, k) = arguments(py, n, k)?;
    if krait_int::cmp(n.as_ref(), k.as_ref()).is_lt() {
        return Ok(Value::int(0));
    }
    match krait_int::to_i64(k.as_ref()) {
        Some(k) => Ok(to_value(falling(n.as_ref(), k as u64))),
        None => raise!(py, OverflowError, "k must not exceed {}", i64::MAX),
    }
}
