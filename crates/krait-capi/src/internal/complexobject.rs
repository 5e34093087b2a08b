//! `pycore_complexobject.h`: arithmetic of a complex and a real number.

use krait_object::types::complex::arith;

use crate::border::export;
use crate::floatobject::{CComplex, or_errno};

export! {
    fn _Py_cr_sum(_py, a: CComplex, b: f64) -> CComplex { let (real, imag) = a.parts(); CComplex::new(real + b, imag) }
    fn _Py_cr_diff(_py, a: CComplex, b: f64) -> CComplex { let (real, imag) = a.parts(); CComplex::new(real - b, imag) }
    fn _Py_rc_diff(_py, a: f64, b: CComplex) -> CComplex { let (real, imag) = b.parts(); CComplex::new(a - real, -imag) }
    fn _Py_cr_prod(_py, a: CComplex, b: f64) -> CComplex { let (real, imag) = a.parts(); CComplex::new(real * b, imag * b) }
    fn _Py_cr_quot(_py, a: CComplex, b: f64) -> CComplex {
        let (real, imag) = a.parts();
        let quotient = arith::Parts { real: real / b, imag: imag / b };
        or_errno(if b == 0.0 { Err(libc::EDOM) } else { Ok(quotient) })
    }
    fn _Py_rc_quot(_py, a: f64, b: CComplex) -> CComplex {
        or_errno(arith::real_quotient(a, b.to_parts()).ok_or(libc::EDOM))
    }
}
