//! `pycore_long.h`: arithmetic of ints without the number protocol, and the converters that
//! Argument Clinic uses for C's integer types.

use std::ffi::{c_int, c_uint, c_ulong, c_ulonglong, c_ushort, c_void};

use krait_abi::{_PyLong_NON_SIZE_BITS, PyLongObject};
use krait_int::{Signed, SignedRef};
use krait_object::types::int::methods::to_value;
use krait_object::{Builtin, Int, Owned, Py, PyResult, Tuple, Value, exceptions, protocol, raise};

use crate::border::{Ptr, export};
use crate::longobject::{PyLong_AsNativeBytes, with_digits};

/// An int's operand of a function that takes nothing else.
fn is_int(value: &Value) -> bool {
    value.downcast::<Int>().is_some() || value.as_small_int().is_some()
}

fn both<R>(a: &Value, b: &Value, then: impl FnOnce(SignedRef<'_>, SignedRef<'_>) -> R) -> R {
    with_digits(a, |a| with_digits(b, |b| then(a, b)))
}

fn shifted(py: Py, value: &Value, count: i64, left: bool) -> PyResult {
    let Ok(count) = u64::try_from(count) else {
        return raise!(py, ValueError, "negative shift count");
    };
    let made: Result<Signed, _> = with_digits(value, |int| {
        if left {
            krait_int::shl(int, count)
        } else {
            Ok(krait_int::shr(int, count))
        }
    });
    match made {
        Ok(made) => Ok(to_value(made)),
        Err(_) => raise!(py, OverflowError, "too many digits in integer"),
    }
}

/// An int whose digits C fills in.
fn unfilled(py: Py, digits: isize) -> PyResult<Owned> {
    const MOST: isize = isize::MAX / 4 - 64;
    if !(0..=MOST).contains(&digits) {
        return raise!(py, OverflowError, "too many digits in integer");
    }
    let object = Int::type_object().allocate(digits.max(1) as usize)?;
    // SAFETY: the block is fresh and has the type's layout with room for the digits.
    unsafe {
        (*object.cast::<PyLongObject>()).long_value.lv_tag = if digits == 0 {
            1
        } else {
            (digits as usize) << _PyLong_NON_SIZE_BITS
        };
        Ok(Owned::from_raw(object.cast()))
    }
}

fn format(py: Py, value: &Value, base: c_int) -> PyResult {
    if !is_int(value) {
        return crate::border::bad_internal_call(py);
    }
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        // (With the limit on digits that `str` has.)
        _ => {
            let plain = with_digits(value, |int| {
                Int::value_from_digits(int.negative, int.digits)
            });
            return protocol::repr(py, &plain).map(Value::from);
        }
    };
    let text = with_digits(value, |int| {
        let sign = if int.negative { "-" } else { "" };
        format!(
            "{sign}{prefix}{}",
            krait_int::to_radix(int.abs(), base as u32)
        )
    });
    Ok(Value::from(krait_object::Str::new(&text)))
}

/// Writes an int as an unsigned integer of so many bytes.
///
/// # Safety
/// So many bytes are at the place.
unsafe fn convert(py: Py, object: Ptr, place: *mut c_void, size: usize, name: &str) -> bool {
    /// Native order, `__index__` is asked, no negative numbers, no sign bit.
    const FLAGS: c_int = 3 | 16 | 8 | 4;
    // SAFETY: the contract.
    let needed = unsafe { PyLong_AsNativeBytes(object, place, size as isize, FLAGS) };
    if needed < 0 {
        return false;
    }
    if needed as usize > size {
        let _: PyResult<()> = raise!(py, OverflowError, "Python int too large for C {name}");
        return false;
    }
    true
}

macro_rules! converters {
    ($($function:ident $ty:ty, $name:literal;)*) => { export! { $(
        fn $function(py, object: Ptr, place: *mut c_void) -> bool { convert(py, object, place, size_of::<$ty>(), $name) }
    )* } };
}

converters! {
    _PyLong_UnsignedShort_Converter c_ushort, "unsigned short";
    _PyLong_UnsignedInt_Converter c_uint, "unsigned int";
    _PyLong_UnsignedLong_Converter c_ulong, "unsigned long";
    _PyLong_UnsignedLongLong_Converter c_ulonglong, "unsigned long long";
    _PyLong_Size_t_Converter usize, "size_t";
    _PyLong_UInt8_Converter u8, "uint8_t";
    _PyLong_UInt16_Converter u16, "uint16_t";
    _PyLong_UInt32_Converter u32, "uint32_t";
    _PyLong_UInt64_Converter u64, "uint64_t";
}

/// The value of a digit in any base; 37 for what is none.
#[unsafe(no_mangle)]
pub static _PyLong_DigitValue: [u8; 256] = digit_values();

const fn digit_values() -> [u8; 256] {
    let mut table = [37; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            letter @ b'a'..=b'z' => letter - b'a' + 10,
            letter @ b'A'..=b'Z' => letter - b'A' + 10,
            _ => 37,
        };
        byte += 1;
    }
    table
}

export! {
    fn _PyLong_Add(_py, a: &Value, b: &Value) -> Value { to_value(both(a, b, krait_int::add)) }
    fn _PyLong_Subtract(_py, a: &Value, b: &Value) -> Value { to_value(both(a, b, krait_int::sub)) }
    fn _PyLong_Multiply(_py, a: &Value, b: &Value) -> Value { to_value(both(a, b, krait_int::mul)) }
    fn _PyLong_GCD(_py, a: &Value, b: &Value) -> Value { to_value(both(a, b, krait_int::gcd)) }
    fn _PyLong_Lshift(py, value: &Value, count: i64) -> PyResult { shifted(py, value, count, true) }
    fn _PyLong_Rshift(py, value: &Value, count: i64) -> PyResult { shifted(py, value, count, false) }
    fn _PyLong_DivmodNear(py, a: &Value, b: &Value) -> PyResult<Owned<Tuple>> {
        if !is_int(a) || !is_int(b) {
            return raise!(py, TypeError, "non-integer arguments in division");
        }
        match both(a, b, krait_int::divmod_near) {
            Ok((quotient, rest)) => Ok(Tuple::from_values([to_value(quotient), to_value(rest)])),
            Err(_) => raise!(py, ZeroDivisionError, "division by zero"),
        }
    }
    fn _PyLong_Frexp(_py, value: &Value, exponent: *mut i64) -> f64 {
        let (fraction, power) = with_digits(value, krait_int::frexp);
        *exponent = power;
        fraction
    }
    fn _PyLong_Format(py, value: &Value, base: c_int) -> PyResult { format(py, value, base) }
    fn _PyLong_New(py, digits: isize) -> PyResult<Owned> { unfilled(py, digits) }
    fn _PyLong_FromDigits(_py, negative: c_int, count: isize, digits: *const u32) -> Owned<Int> {
        let digits = if count > 0 { std::slice::from_raw_parts(digits, count as usize) } else { &[] };
        Int::from_digits(negative != 0, krait_int::normalize(digits))
    }
    fn _PyLong_FileDescriptor_Converter(_py, object: Ptr, place: *mut c_int) -> bool {
        let fd = crate::import_::PyObject_AsFileDescriptor(object);
        if fd == -1 { return false }
        *place = fd;
        true
    }
    fn _Py_convert_optional_to_ssize_t(py, object: &Value, place: *mut isize) -> bool {
        if object.is_none() { return true }
        let index = if protocol::number::is_index(object) {
            protocol::number::to_index(py, object, &exceptions::OverflowError)
        } else {
            raise!(py, TypeError, "argument should be integer or None, not '{}'", object.ty().name())
        };
        index.map(|index| *place = index).is_ok()
    }
    fn _PyNumber_Index(py, object: &Value) -> PyResult {
        // As `PyNumber_Index`, but an int's subclass stays one.
        if is_int(object) { return Ok(object.clone()) }
        protocol::number::index(py, object)
    }
}
