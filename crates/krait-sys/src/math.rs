//! Functions of the C library's mathematics that Rust's standard library does not pass on
//! as they are. Python's results are those of the C library, to the last bit.

unsafe extern "C" {
    pub safe fn acosh(x: f64) -> f64;
    pub safe fn asinh(x: f64) -> f64;
    pub safe fn atanh(x: f64) -> f64;
    pub safe fn erf(x: f64) -> f64;
    pub safe fn erfc(x: f64) -> f64;
    /// The IEEE 754 remainder, of the quotient rounded to nearest.
    pub safe fn remainder(x: f64, y: f64) -> f64;
    /// `x * 2**exponent`, rounded once.
    pub safe fn ldexp(x: f64, exponent: i32) -> f64;
}
