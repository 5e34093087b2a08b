//! Times the operations that matter most: `cargo run --release -p krait-int --example int_timing`.

use std::hint::black_box;
use std::time::Instant;

use krait_int::*;

/// Nanoseconds of one call, the best of some rounds.
fn time<T>(name: &str, mut f: impl FnMut() -> T) {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let mut count = 0;
        while start.elapsed().as_millis() < 20 {
            for _ in 0..4 {
                black_box(f());
            }
            count += 4;
        }
        best = best.min(start.elapsed().as_nanos() as f64 / count as f64);
    }
    println!("{name:32} {best:12.0} ns");
}

fn number(digits: usize, seed: u64) -> Signed {
    let mut state = seed;
    let text: Vec<u8> = (0..digits)
        .map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            b'1' + (state >> 33) as u8 % 9
        })
        .collect();
    parse_int(&text, 10, 0).unwrap_or_default()
}

fn main() {
    for digits in [20, 40, 100, 1000, 10000, 100000] {
        let (a, b) = (number(digits, 1), number(digits, 2));
        let (a, b) = (a.as_ref(), b.as_ref());
        let product = mul(a, b);
        let text = to_decimal(a);
        time(&format!("mul {digits}"), || mul(a, b));
        time(&format!("add {digits}"), || add(a, b));
        time(&format!("divmod {}/{digits}", 2 * digits), || {
            divmod(product.as_ref(), b)
        });
        time(&format!("str {digits}"), || to_decimal(a));
        time(&format!("int(text) {digits}"), || {
            parse_int(text.as_bytes(), 10, 0)
        });
    }
    let (a, e, m) = (number(300, 1), number(300, 2), number(300, 4));
    time("pow(a, e, m) 300", || {
        mod_pow(a.as_ref(), e.as_ref(), m.as_ref())
    });
    time("gcd 300", || gcd(a.as_ref(), m.as_ref()));
    time("isqrt 300", || isqrt(&a.digits));
    time("3 ** 5000", || pow(from_i64(3).as_ref(), 5000));
    time("true_div 300", || true_div(a.as_ref(), m.as_ref()));
}
