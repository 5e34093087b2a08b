//! `floatobject.h`, `complexobject.h` and `pystrtod.h`.

use std::ffi::{CStr, c_char, c_int};

use krait_object::protocol::attr::type_value;
use krait_object::protocol::{self, number};
use krait_object::types::complex::Complex;
use krait_object::types::complex::arith::{self, Parts, PowerError};
use krait_object::{Bytes, Float, Owned, Py, PyResult, Str, Type, Value, intern, raise};

use crate::border::{Ptr, export};

/// `Py_complex`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CComplex {
    real: f64,
    imag: f64,
}

impl CComplex {
    pub fn new(real: f64, imag: f64) -> CComplex {
        CComplex { real, imag }
    }

    pub fn parts(&self) -> (f64, f64) {
        (self.real, self.imag)
    }

    pub fn to_parts(self) -> Parts {
        Parts {
            real: self.real,
            imag: self.imag,
        }
    }
}

impl From<Parts> for CComplex {
    fn from(parts: Parts) -> CComplex {
        CComplex::new(parts.real, parts.imag)
    }
}

/// A result, or zero with `errno` set.
pub fn or_errno(result: Result<Parts, c_int>) -> CComplex {
    result.map_or_else(
        |error| {
            // SAFETY: the thread's own variable.
            unsafe { *libc::__errno_location() = error };
            CComplex::new(0.0, 0.0)
        },
        CComplex::from,
    )
}

/// The complex value of a number: its own, by `__complex__`, or a float's.
pub fn complex_of(py: Py, value: &Value) -> PyResult<CComplex> {
    if let Some(complex) = value.downcast::<Complex>() {
        return Ok(CComplex {
            real: complex.real(),
            imag: complex.imag(),
        });
    }
    let object = value.to_object();
    if let Some(special) = protocol::lookup_special(py, &object, intern!("__complex__"))? {
        let made = protocol::call(py, &special, &[])?;
        return match made.downcast::<Complex>() {
            Some(complex) => Ok(CComplex {
                real: complex.real(),
                imag: complex.imag(),
            }),
            None => raise!(
                py,
                TypeError,
                "{}.__complex__() must return a complex, not {}",
                object.ty().name(),
                made.ty().name()
            ),
        };
    }
    number::to_f64(py, value).map(|real| CComplex { real, imag: 0.0 })
}

/// The value of a text that is a number and nothing else, or how far it is one.
fn parse(py: Py, text: &CStr, end: *mut *mut c_char, overflow: Option<&Type>) -> PyResult<f64> {
    let bytes = text.to_bytes();
    let used = number_len(bytes);
    if !end.is_null() {
        // SAFETY: C passes a place for the end.
        unsafe { *end = text.as_ptr().add(used).cast_mut() };
    }
    // What is a number in Python is one in Rust, with the same value.
    let value = std::str::from_utf8(&bytes[..used])
        .ok()
        .and_then(|t| t.parse::<f64>().ok());
    let Some(value) = value.filter(|_| !end.is_null() || used == bytes.len()) else {
        return raise!(
            py,
            ValueError,
            "could not convert string to float: '{}'",
            text.to_string_lossy()
        );
    };
    let finite = bytes[..used].iter().any(u8::is_ascii_digit);
    if value.is_infinite()
        && finite
        && let Some(class) = overflow
    {
        return Err(krait_object::errors::raise_text(
            py,
            class,
            format_args!(
                "value too large to convert to float: '{}'",
                text.to_string_lossy()
            ),
        ));
    }
    Ok(value)
}

/// How many bytes at the beginning are a number in Python's notation, whatever the locale;
/// 0 where none is.
fn number_len(text: &[u8]) -> usize {
    let digits = |from: usize| {
        text[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let sign = |at: usize| usize::from(matches!(text.get(at), Some(b'+' | b'-')));
    let start = sign(0);
    for word in ["infinity", "inf", "nan"] {
        let found = text.get(start..start + word.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes())) {
            return start + word.len();
        }
    }
    let whole = digits(start);
    let mut end = start + whole;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if whole + fraction == 0 {
            return 0;
        }
        end += 1 + fraction;
    } else if whole == 0 {
        return 0;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let from = end + 1 + sign(end + 1);
        let exponent = if from <= text.len() { digits(from) } else { 0 };
        if exponent > 0 {
            end = from + exponent;
        }
    }
    end
}

/// `PyOS_double_to_string`: through `float.__format__`, whose rules it has.
fn to_string(
    py: Py,
    value: f64,
    code: u8,
    precision: c_int,
    flags: c_int,
    kind: *mut c_int,
) -> PyResult<*mut c_char> {
    const SIGN: c_int = 1;
    const ADD_DOT_0: c_int = 2;
    const ALT: c_int = 4;
    if !kind.is_null() {
        // SAFETY: C passes a place for the kind.
        unsafe {
            *kind = if value.is_infinite() {
                1
            } else if value.is_nan() {
                2
            } else {
                0
            };
        }
    }
    let number = Value::from(Float::new(value));
    let mut text = if code == b'r' {
        let shown = protocol::repr(py, &number)?.to_rust().into_owned();
        if flags & ADD_DOT_0 == 0 {
            shown
                .strip_suffix(".0")
                .map_or(shown.clone(), str::to_string)
        } else {
            shown
        }
    } else {
        let alternate = if flags & ALT != 0 { "#" } else { "" };
        let spec = format!("{alternate}.{precision}{}", code as char);
        protocol::format(py, &number, &Str::new(&spec))?
            .to_rust()
            .into_owned()
    };
    if flags & ADD_DOT_0 != 0 && value.is_finite() && !text.contains(['.', 'e', 'E']) {
        text.push_str(".0");
    }
    if flags & SIGN != 0 && !text.starts_with('-') {
        text.insert(0, '+');
    }
    // SAFETY: the block has room for the text and a zero; the caller frees it.
    unsafe {
        let block = krait_heap::alloc_raw(text.len() + 1);
        if block.is_null() {
            return krait_object::errors::no_memory();
        }
        std::ptr::copy_nonoverlapping(text.as_ptr(), block, text.len());
        *block.add(text.len()) = 0;
        Ok(block.cast())
    }
}

/// Bytes of a number in the order asked for.
///
/// # Safety
/// So many bytes may be written at the address.
unsafe fn store<const N: usize>(mut bytes: [u8; N], to: *mut u8, little: bool) {
    if !little {
        bytes.reverse();
    }
    // SAFETY: the contract.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, N) }
}

/// # Safety
/// So many bytes may be read at the address.
unsafe fn load<const N: usize>(from: *const u8, little: bool) -> [u8; N] {
    let mut bytes = [0; N];
    // SAFETY: the contract.
    unsafe { std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), N) }
    if !little {
        bytes.reverse();
    }
    bytes
}

export! {
    fn PyFloat_FromDouble(_py, value: f64) -> Owned<Float> { Float::new(value) }
    fn PyFloat_FromString(py, text: &Value) -> PyResult {
        if text.downcast::<Str>().is_none() && text.downcast::<Bytes>().is_none() && !krait_object::types::buffer::has_buffer(text) {
            return raise!(py, TypeError, "float() argument must be a string or a real number, not '{}'", text.ty().name());
        }
        protocol::call(py, &type_value::<Float>(), std::slice::from_ref(text))
    }
    fn PyFloat_AsDouble(py, object: &Value) -> PyResult<f64> { number::to_f64(py, object) }
    fn PyFloat_GetMax(_py) -> f64 { f64::MAX }
    fn PyFloat_GetMin(_py) -> f64 { f64::MIN_POSITIVE }
    fn PyFloat_GetInfo(py) -> PyResult {
        match krait_stdlib_core::sys::get(py, "float_info") {
            Some(info) => Ok(info),
            None => raise!(py, RuntimeError, "lost sys.float_info"),
        }
    }
    fn PyFloat_Pack2(py, value: f64, data: *mut u8, little: c_int) -> PyResult<()> {
        match krait_object::types::memoryview::element::half_from_f64(value) {
            Some(half) => { store(half.to_le_bytes(), data, little != 0); Ok(()) }
            None => raise!(py, OverflowError, "float too large to pack with e format"),
        }
    }
    fn PyFloat_Pack4(py, value: f64, data: *mut u8, little: c_int) -> PyResult<()> {
        let narrow = value as f32;
        if narrow.is_infinite() && !value.is_infinite() {
            return raise!(py, OverflowError, "float too large to pack with f format");
        }
        store(narrow.to_le_bytes(), data, little != 0);
        Ok(())
    }
    fn PyFloat_Pack8(_py, value: f64, data: *mut u8, little: c_int) -> c_int {
        store(value.to_le_bytes(), data, little != 0);
        0
    }
    fn PyFloat_Unpack2(_py, data: *const u8, little: c_int) -> f64 {
        krait_object::types::memoryview::element::half_to_f64(u16::from_le_bytes(load(data, little != 0)))
    }
    fn PyFloat_Unpack4(_py, data: *const u8, little: c_int) -> f64 {
        f32::from_le_bytes(load(data, little != 0)).into()
    }
    fn PyFloat_Unpack8(_py, data: *const u8, little: c_int) -> f64 { f64::from_le_bytes(load(data, little != 0)) }

    fn PyComplex_FromDoubles(_py, real: f64, imag: f64) -> Owned<Complex> { Complex::new(real, imag) }
    fn PyComplex_FromCComplex(_py, value: CComplex) -> Owned<Complex> { Complex::new(value.real, value.imag) }
    fn PyComplex_AsCComplex(py, object: &Value) -> PyResult<CComplex> { complex_of(py, object) }
    fn _Py_c_sum(_py, a: CComplex, b: CComplex) -> CComplex { CComplex::new(a.real + b.real, a.imag + b.imag) }
    fn _Py_c_diff(_py, a: CComplex, b: CComplex) -> CComplex { CComplex::new(a.real - b.real, a.imag - b.imag) }
    fn _Py_c_neg(_py, a: CComplex) -> CComplex { CComplex::new(-a.real, -a.imag) }
    fn _Py_c_prod(_py, a: CComplex, b: CComplex) -> CComplex { arith::product(a.to_parts(), b.to_parts()).into() }
    fn _Py_c_quot(_py, a: CComplex, b: CComplex) -> CComplex {
        or_errno(arith::quotient(a.to_parts(), b.to_parts()).ok_or(libc::EDOM))
    }
    fn _Py_c_pow(_py, a: CComplex, b: CComplex) -> CComplex {
        or_errno(arith::power(a.to_parts(), b.to_parts()).map_err(|error| match error {
            PowerError::ZeroToNegative => libc::EDOM,
            PowerError::Overflow => libc::ERANGE,
        }))
    }
    fn _Py_c_abs(_py, a: CComplex) -> f64 {
        let size = a.real.hypot(a.imag);
        let overflows = size.is_infinite() && a.real.is_finite() && a.imag.is_finite();
        *libc::__errno_location() = if overflows { libc::ERANGE } else { 0 };
        size
    }
    fn PyComplex_RealAsDouble(py, object: &Value) -> PyResult<f64> { complex_of(py, object).map(|c| c.real) }
    fn PyComplex_ImagAsDouble(py, object: &Value) -> PyResult<f64> { complex_of(py, object).map(|c| c.imag) }

    fn PyOS_string_to_double(py, text: &CStr, end: *mut *mut c_char, overflow: Ptr) -> PyResult<f64> {
        let class = (!overflow.is_null()).then(|| Type::from_ptr(overflow.cast()));
        parse(py, text, end, class)
    }
    fn PyOS_double_to_string(py, value: f64, code: c_char, precision: c_int, flags: c_int, kind: *mut c_int) -> PyResult<*mut c_char> {
        to_string(py, value, code as u8, precision, flags, kind)
    }
    fn _Py_parse_inf_or_nan(_py, text: &CStr, end: *mut *mut c_char) -> f64 {
        let lower = text.to_bytes().to_ascii_lowercase();
        let (sign, rest) = match lower.first() {
            Some(b'-') => (-1.0, &lower[1..]),
            Some(b'+') => (1.0, &lower[1..]),
            _ => (1.0, &lower[..]),
        };
        let signed = lower.len() - rest.len();
        let (value, used) = if rest.starts_with(b"infinity") { (f64::INFINITY, 8) }
            else if rest.starts_with(b"inf") { (f64::INFINITY, 3) }
            else if rest.starts_with(b"nan") { (f64::NAN, 3) }
            else { (-1.0, 0) };
        *end = text.as_ptr().add(if used == 0 { 0 } else { used + signed }).cast_mut();
        if used == 0 { -1.0 } else { sign * value }
    }
}

impl crate::border::FromC for CComplex {
    type C = CComplex;
    type Item<'a> = CComplex;
    #[inline(always)]
    unsafe fn from_c(c: &CComplex) -> Result<CComplex, crate::border::Refused> {
        Ok(*c)
    }
}

impl crate::border::ToC for CComplex {
    type C = CComplex;
    fn to_c(self) -> CComplex {
        self
    }
    fn failed() -> CComplex {
        CComplex {
            real: -1.0,
            imag: 0.0,
        }
    }
}

impl crate::border::ToC for PyResult<CComplex> {
    type C = CComplex;
    fn to_c(self) -> CComplex {
        self.unwrap_or(CComplex {
            real: -1.0,
            imag: 0.0,
        })
    }
    fn failed() -> CComplex {
        CComplex {
            real: -1.0,
            imag: 0.0,
        }
    }
}
