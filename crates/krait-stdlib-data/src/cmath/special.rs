//! Results for arguments that are not finite (C99, Annex G), as CPython has them.
//!
//! Rows go by the real part, columns by the imaginary part, each in the order: minus
//! infinity, negative, minus zero, zero, positive, infinity, NaN.

use std::f64::consts::{FRAC_PI_2 as PI_2, FRAC_PI_4 as PI_4, PI};

use super::Complex;

type Table = [[(f64, f64); 7]; 7];

const Z: f64 = 0.0;
const ONE: f64 = 1.0;
const INF: f64 = f64::INFINITY;
const N: f64 = f64::NAN;
const PI3_4: f64 = 3.0 * PI_4;

fn class(x: f64) -> usize {
    if x.is_nan() {
        6
    } else if x.is_infinite() {
        if x > 0.0 { 5 } else { 0 }
    } else if x == 0.0 {
        if x.is_sign_positive() { 3 } else { 2 }
    } else if x > 0.0 {
        4
    } else {
        1
    }
}

/// The table's result.
pub(super) fn look_up(table: &Table, z: Complex) -> Complex {
    let (real, imag) = table[class(z.real)][class(z.imag)];
    Complex { real, imag }
}

#[rustfmt::skip]
pub(super) static ACOS: Table = [
    [(PI3_4, INF), (PI, INF), (PI, INF), (PI, -INF), (PI, -INF), (PI3_4, -INF), (N, INF)],
    [(PI_2, INF), (N, N), (PI, Z), (PI, -Z), (N, -N), (PI_2, -INF), (N, N)],
    [(PI_2, INF), (PI_2, N), (PI_2, Z), (PI_2, -Z), (PI_2, -N), (PI_2, -INF), (PI_2, N)],
    [(PI_2, INF), (PI_2, N), (PI_2, Z), (PI_2, -Z), (PI_2, -N), (PI_2, -INF), (PI_2, N)],
    [(PI_2, INF), (N, N), (Z, Z), (Z, -Z), (N, -N), (PI_2, -INF), (N, N)],
    [(PI_4, INF), (Z, INF), (Z, INF), (Z, -INF), (Z, -INF), (PI_4, -INF), (N, INF)],
    [(N, INF), (N, N), (N, N), (N, N), (N, N), (N, -INF), (N, N)],
];

#[rustfmt::skip]
pub(super) static ACOSH: Table = [
    [(INF, -PI3_4), (INF, -PI), (INF, -PI), (INF, PI), (INF, PI), (INF, PI3_4), (INF, N)],
    [(INF, -PI_2), (N, -N), (Z, -PI), (Z, PI), (N, N), (INF, PI_2), (N, N)],
    [(INF, -PI_2), (N, -PI_2), (Z, -PI_2), (Z, PI_2), (N, PI_2), (INF, PI_2), (N, PI_2)],
    [(INF, -PI_2), (N, -PI_2), (Z, -PI_2), (Z, PI_2), (N, PI_2), (INF, PI_2), (N, PI_2)],
    [(INF, -PI_2), (N, -N), (Z, -Z), (Z, Z), (N, N), (INF, PI_2), (N, N)],
    [(INF, -PI_4), (INF, -Z), (INF, -Z), (INF, Z), (INF, Z), (INF, PI_4), (INF, N)],
    [(INF, N), (N, N), (N, N), (N, N), (N, N), (INF, N), (N, N)],
];

#[rustfmt::skip]
pub(super) static ASINH: Table = [
    [(-INF, -PI_4), (-INF, -Z), (-INF, -Z), (-INF, Z), (-INF, Z), (-INF, PI_4), (-INF, N)],
    [(-INF, -PI_2), (-N, -N), (-N, -Z), (-N, Z), (-N, N), (-INF, PI_2), (N, N)],
    [(-INF, -PI_2), (-Z, -PI_2), (-Z, -Z), (-Z, Z), (-Z, PI_2), (-INF, PI_2), (N, N)],
    [(INF, -PI_2), (Z, -PI_2), (Z, -Z), (Z, Z), (Z, PI_2), (INF, PI_2), (N, N)],
    [(INF, -PI_2), (N, -N), (N, -Z), (N, Z), (N, N), (INF, PI_2), (N, N)],
    [(INF, -PI_4), (INF, -Z), (INF, -Z), (INF, Z), (INF, Z), (INF, PI_4), (INF, N)],
    [(INF, N), (N, N), (N, -Z), (N, Z), (N, N), (INF, N), (N, N)],
];

#[rustfmt::skip]
pub(super) static ATANH: Table = [
    [(-Z, -PI_2), (-Z, -PI_2), (-Z, -PI_2), (-Z, PI_2), (-Z, PI_2), (-Z, PI_2), (-Z, N)],
    [(-Z, -PI_2), (-N, -N), (N, N), (N, N), (-N, N), (-Z, PI_2), (N, N)],
    [(-Z, -PI_2), (-Z, -PI_4), (-Z, -Z), (-Z, Z), (-Z, PI_4), (-Z, PI_2), (-Z, N)],
    [(Z, -PI_2), (Z, -PI_4), (Z, -Z), (Z, Z), (Z, PI_4), (Z, PI_2), (Z, N)],
    [(Z, -PI_2), (N, -N), (N, N), (N, N), (N, N), (Z, PI_2), (N, N)],
    [(Z, -PI_2), (Z, -PI_2), (Z, -PI_2), (Z, PI_2), (Z, PI_2), (Z, PI_2), (Z, N)],
    [(Z, -PI_2), (N, N), (N, N), (N, N), (N, N), (Z, PI_2), (N, N)],
];

#[rustfmt::skip]
pub(super) static COSH: Table = [
    [(N, N), (INF, INF), (INF, Z), (INF, -Z), (INF, -INF), (N, N), (INF, N)],
    [(N, N), (N, N), (N, Z), (N, -Z), (N, -N), (N, N), (N, N)],
    [(N, N), (N, Z), (ONE, Z), (ONE, -Z), (N, -Z), (N, N), (N, Z)],
    [(N, N), (N, -Z), (ONE, -Z), (ONE, Z), (N, Z), (N, N), (N, Z)],
    [(N, N), (N, -N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
    [(N, N), (INF, -INF), (INF, -Z), (INF, Z), (INF, INF), (N, N), (INF, N)],
    [(N, N), (N, N), (N, Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub(super) static EXP: Table = [
    [(Z, Z), (Z, -Z), (Z, -Z), (Z, Z), (Z, Z), (Z, Z), (Z, Z)],
    [(N, N), (N, -N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
    [(N, N), (N, -N), (ONE, -Z), (ONE, Z), (N, N), (N, N), (N, N)],
    [(N, N), (N, -N), (ONE, -Z), (ONE, Z), (N, N), (N, N), (N, N)],
    [(N, N), (N, -N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
    [(N, N), (INF, -INF), (INF, -Z), (INF, Z), (INF, INF), (N, N), (INF, N)],
    [(N, N), (N, N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub(super) static LOG: Table = [
    [(INF, -PI3_4), (INF, -PI), (INF, -PI), (INF, PI), (INF, PI), (INF, PI3_4), (INF, N)],
    [(INF, -PI_2), (N, -PI3_4), (Z, -PI), (Z, PI), (N, PI3_4), (INF, PI_2), (N, N)],
    [(INF, -PI_2), (Z, -PI_2), (N, N), (N, N), (Z, PI_2), (INF, PI_2), (N, N)],
    [(INF, -PI_2), (Z, -PI_2), (N, N), (N, N), (Z, PI_2), (INF, PI_2), (N, N)],
    [(INF, -PI_2), (N, -PI_4), (Z, -Z), (Z, Z), (N, PI_4), (INF, PI_2), (N, N)],
    [(INF, -PI_4), (INF, -Z), (INF, -Z), (INF, Z), (INF, Z), (INF, PI_4), (INF, N)],
    [(INF, N), (N, N), (N, N), (N, N), (N, N), (INF, N), (N, N)],
];

#[rustfmt::skip]
pub(super) static SINH: Table = [
    [(N, N), (-INF, -INF), (-INF, -Z), (-INF, Z), (-INF, INF), (N, N), (INF, N)],
    [(N, N), (-N, -N), (-N, -Z), (-N, Z), (-N, N), (N, N), (N, N)],
    [(N, N), (-Z, -N), (-Z, -Z), (-Z, Z), (-Z, N), (N, N), (Z, N)],
    [(N, N), (Z, -N), (Z, -Z), (Z, Z), (Z, N), (N, N), (Z, N)],
    [(N, N), (N, -N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
    [(N, N), (INF, -INF), (INF, -Z), (INF, Z), (INF, INF), (N, N), (INF, N)],
    [(N, N), (N, N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub(super) static SQRT: Table = [
    [(INF, -INF), (Z, -INF), (Z, -INF), (Z, INF), (Z, INF), (INF, INF), (N, INF)],
    [(INF, -INF), (N, -N), (Z, -ONE), (Z, ONE), (N, N), (INF, INF), (N, N)],
    [(INF, -INF), (N, -N), (Z, -Z), (Z, Z), (N, N), (INF, INF), (N, N)],
    [(INF, -INF), (N, -N), (Z, -Z), (Z, Z), (N, N), (INF, INF), (N, N)],
    [(INF, -INF), (N, -N), (ONE, -Z), (ONE, Z), (N, N), (INF, INF), (N, N)],
    [(INF, -INF), (INF, -Z), (INF, -Z), (INF, Z), (INF, Z), (INF, INF), (INF, N)],
    [(INF, -INF), (N, N), (N, N), (N, N), (N, N), (INF, INF), (N, N)],
];

#[rustfmt::skip]
pub(super) static TANH: Table = [
    [(-ONE, Z), (-ONE, -Z), (-ONE, -Z), (-ONE, Z), (-ONE, Z), (-ONE, Z), (-ONE, Z)],
    [(N, N), (-N, -N), (-N, -Z), (-N, Z), (-N, N), (N, N), (N, N)],
    [(N, N), (-Z, -N), (-Z, -Z), (-Z, Z), (-Z, N), (N, N), (-Z, N)],
    [(N, N), (Z, -N), (Z, -Z), (Z, Z), (Z, N), (N, N), (Z, N)],
    [(N, N), (N, -N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
    [(ONE, Z), (ONE, -Z), (ONE, -Z), (ONE, Z), (ONE, Z), (ONE, Z), (ONE, Z)],
    [(N, N), (N, N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub(super) static RECT: Table = [
    [(N, N), (-INF, INF), (-INF, Z), (-INF, -Z), (-INF, -INF), (N, N), (INF, N)],
    [(N, N), (-N, N), (-ONE, Z), (-ONE, -Z), (-N, -N), (N, N), (N, N)],
    [(Z, Z), (-Z, Z), (-Z, Z), (-Z, -Z), (-Z, -Z), (Z, Z), (Z, Z)],
    [(Z, Z), (Z, -Z), (Z, -Z), (Z, Z), (Z, Z), (Z, Z), (Z, Z)],
    [(N, N), (N, -N), (ONE, -Z), (ONE, Z), (N, N), (N, N), (N, N)],
    [(N, N), (INF, -INF), (INF, -Z), (INF, Z), (INF, INF), (N, N), (INF, N)],
    [(N, N), (N, N), (N, Z), (N, Z), (N, N), (N, N), (N, N)],
];
