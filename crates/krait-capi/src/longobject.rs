//! `longobject.h`, `cpython/longobject.h` and `boolobject.h`.

use std::ffi::{CStr, c_char, c_int, c_long, c_longlong, c_ulong, c_ulonglong, c_void};

use krait_abi::*;
use krait_int::SignedRef;
use krait_object::protocol::{self, number};
use krait_object::value::Unpacked;
use krait_object::{Bytes, Int, Layout, Object, Owned, Py, PyResult, Value, raise};

use crate::border::{Ptr, export};

/// The int behind an object: itself, or what `__index__` gives.
fn int_value(py: Py, object: &Value) -> PyResult {
    number::index(py, object)
}

/// The value of an object as a wide number, `None` where it is wider still.
fn wide(py: Py, object: &Value) -> PyResult<Option<i128>> {
    match object.unpack() {
        Unpacked::Object(o) if o.downcast::<Int>().is_some() => {
            Ok(o.downcast::<Int>().and_then(Int::to_i128))
        }
        _ => number::index_to_i128(py, object),
    }
}

fn signed(py: Py, object: &Value, what: &str) -> PyResult<i64> {
    match wide(py, object)?.and_then(|w| i64::try_from(w).ok()) {
        Some(value) => Ok(value),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to {what}"
        ),
    }
}

/// The value, with the direction in which it does not fit.
fn with_overflow(py: Py, object: &Value) -> PyResult<(i64, c_int)> {
    let int = int_value(py, object)?;
    match wide(py, &int)?.and_then(|w| i64::try_from(w).ok()) {
        Some(value) => Ok((value, 0)),
        None => Ok((-1, if is_negative(&int) { -1 } else { 1 })),
    }
}

fn is_negative(value: &Value) -> bool {
    match value.unpack() {
        Unpacked::Int(i) => i < 0,
        Unpacked::Object(o) => o.downcast::<Int>().is_some_and(Int::is_negative),
        Unpacked::Float(f) => f < 0.0,
    }
}

fn unsigned(py: Py, object: &Value, what: &str) -> PyResult<u64> {
    if object.downcast::<Int>().is_none() && object.as_small_int().is_none() {
        return raise!(py, TypeError, "an integer is required");
    }
    if is_negative(object) {
        let kind = if what == "C size_t" {
            "size_t"
        } else {
            "unsigned int"
        };
        return raise!(py, OverflowError, "can't convert negative value to {kind}");
    }
    match wide(py, object)? {
        Some(value) if u64::try_from(value).is_ok() => Ok(value as u64),
        _ => raise!(
            py,
            OverflowError,
            "Python int too large to convert to {what}"
        ),
    }
}

/// Sign and digits of an int.
pub fn with_digits<R>(value: &Value, then: impl FnOnce(SignedRef<'_>) -> R) -> R {
    match value.unpack() {
        Unpacked::Object(o) => match o.downcast::<Int>() {
            Some(int) => then(SignedRef::new(int.is_negative(), int.digits())),
            None => then(SignedRef::new(false, &[])),
        },
        Unpacked::Int(i) => {
            let owned = krait_int::from_i64(i);
            then(owned.as_ref())
        }
        Unpacked::Float(_) => then(SignedRef::new(false, &[])),
    }
}

fn masked(py: Py, object: &Value) -> PyResult<u64> {
    let int = int_value(py, object)?;
    Ok(with_digits(&int, krait_int::to_u64_wrapping))
}

fn from_unsigned(value: u64) -> Owned<Int> {
    Int::from_i128(i128::from(value))
}

fn from_bytes(data: &[u8], little: bool, signed: bool) -> Value {
    let order = if little {
        krait_int::ByteOrder::Little
    } else {
        krait_int::ByteOrder::Big
    };
    let made = krait_int::from_bytes(data, order, signed);
    Value::from(Int::from_digits(made.negative, &made.digits))
}

/// The int's two's complement in so many bytes, least significant first, and how many
/// bytes it needs.
fn twos_complement(value: &Value, room: usize) -> (Vec<u8>, usize) {
    with_digits(value, |int| {
        let bits = krait_int::bit_length(int.digits) as usize;
        let mut magnitude = Vec::with_capacity(room);
        let (mut carry, mut held) = (0u64, 0);
        for &digit in int.digits {
            carry |= u64::from(digit) << held;
            held += 30;
            while held >= 8 {
                magnitude.push(carry as u8);
                carry >>= 8;
                held -= 8;
            }
        }
        if held > 0 {
            magnitude.push(carry as u8);
        }
        magnitude.resize(room.max(magnitude.len()), 0);
        // A power of two needs one bit less when it is negative.
        let power = int.negative && is_power_of_two(int.digits);
        let needed = (if power { bits - 1 } else { bits } / 8) + 1;
        if int.negative {
            let mut carry = true;
            for byte in &mut magnitude {
                let (new, over) = (!*byte).overflowing_add(u8::from(carry));
                (*byte, carry) = (new, over);
            }
        }
        magnitude.truncate(room);
        (magnitude, needed)
    })
}

fn is_power_of_two(digits: &[u32]) -> bool {
    let (Some(last), rest) = (digits.last(), &digits[..digits.len().saturating_sub(1)]) else {
        return false;
    };
    last.is_power_of_two() && rest.iter().all(|&d| d == 0)
}

/// `PyLong_AsNativeBytes`: how many bytes are needed; the buffer gets what fits.
fn as_native_bytes(
    py: Py,
    object: &Value,
    buffer: *mut c_void,
    size: isize,
    flags: c_int,
) -> PyResult<isize> {
    const DEFAULTS: c_int = -1;
    let big = flags != DEFAULTS && flags & 3 == 0;
    let unsigned_buffer = flags & 4 != 0;
    let reject_negative = flags != DEFAULTS && flags & 8 != 0;
    let allow_index = flags != DEFAULTS && flags & 16 != 0;
    if size < 0 {
        return raise!(
            py,
            ValueError,
            "PyLong_AsNativeBytes called with negative size"
        );
    }
    let int = if allow_index {
        int_value(py, object)?
    } else if object.downcast::<Int>().is_some() || object.as_small_int().is_some() {
        object.clone()
    } else {
        return raise!(py, TypeError, "expect int, got {}", object.ty().name());
    };
    if reject_negative && is_negative(&int) {
        return raise!(py, ValueError, "Cannot convert negative int");
    }
    let (mut data, exact) = twos_complement(&int, size as usize);
    let fits = exact as isize <= size
        || (unsigned_buffer
            && !is_negative(&int)
            && exact as isize == size + 1
            && bits_of(&int) as isize == size * 8);
    // What fits is said to need as much as there is; a short int else a machine word.
    let needed = match (fits, with_digits(&int, |i| i.digits.len() <= 1)) {
        (true, true) => size,
        (false, true) => 8,
        (true, false) => (exact as isize).min(size),
        (false, false) => exact as isize,
    };
    if big {
        data.reverse();
    }
    if size > 0 {
        // SAFETY: C passes room for so many bytes.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), buffer.cast::<u8>(), data.len()) }
    }
    Ok(needed)
}

fn bits_of(value: &Value) -> u64 {
    with_digits(value, |i| krait_int::bit_length(i.digits))
}

/// `int(text, base)`.
fn parse(py: Py, text: Value, base: c_int) -> PyResult {
    let int = protocol::attr::type_value::<Int>();
    protocol::call(py, &int, &[text, Value::int(base.into())])
}

fn from_string(py: Py, text: &CStr, end: *mut *mut c_char, base: c_int) -> PyResult {
    let result = parse(py, Value::from(Bytes::new(text.to_bytes())), base);
    if !end.is_null() && result.is_ok() {
        // SAFETY: C passes a place for the end of the text.
        unsafe { *end = text.as_ptr().add(text.to_bytes().len()).cast_mut() };
    }
    result
}

export! {
    fn PyLong_FromLong(_py, value: c_long) -> Owned<Int> { Int::from_i64(value) }
    fn PyLong_FromLongLong(_py, value: c_longlong) -> Owned<Int> { Int::from_i64(value) }
    fn PyLong_FromSsize_t(_py, value: isize) -> Owned<Int> { Int::from_i64(value as i64) }
    fn PyLong_FromInt32(_py, value: i32) -> Owned<Int> { Int::from_i64(value.into()) }
    fn PyLong_FromInt64(_py, value: i64) -> Owned<Int> { Int::from_i64(value) }
    fn PyLong_FromUInt32(_py, value: u32) -> Owned<Int> { Int::from_i64(value.into()) }
    fn PyLong_FromUInt64(_py, value: u64) -> Owned<Int> { from_unsigned(value) }
    fn PyLong_FromUnsignedLong(_py, value: c_ulong) -> Owned<Int> { from_unsigned(value) }
    fn PyLong_FromUnsignedLongLong(_py, value: c_ulonglong) -> Owned<Int> { from_unsigned(value) }
    fn PyLong_FromSize_t(_py, value: usize) -> Owned<Int> { from_unsigned(value as u64) }
    fn PyLong_FromVoidPtr(_py, value: *mut c_void) -> Owned<Int> { from_unsigned(value as u64) }
    fn PyLong_FromDouble(py, value: f64) -> PyResult {
        if value.is_nan() {
            return raise!(py, ValueError, "cannot convert float NaN to integer");
        }
        match krait_int::from_f64(value) {
            Some(made) => Ok(Int::value_from_digits(made.negative, &made.digits)),
            None => raise!(py, OverflowError, "cannot convert float infinity to integer"),
        }
    }
    fn PyLong_FromString(py, text: &CStr, end: *mut *mut c_char, base: c_int) -> PyResult {
        from_string(py, text, end, base)
    }
    fn PyLong_FromUnicodeObject(py, text: &Value, base: c_int) -> PyResult { parse(py, text.clone(), base) }

    fn PyLong_AsLong(py, object: &Value) -> PyResult<i64> { signed(py, object, "C long") }
    fn PyLong_AsLongLong(py, object: &Value) -> PyResult<i64> {
        let int = int_value(py, object)?;
        match wide(py, &int)?.and_then(|w| i64::try_from(w).ok()) {
            Some(value) => Ok(value),
            None => raise!(py, OverflowError, "int too big to convert"),
        }
    }
    fn PyLong_AsInt(py, object: &Value) -> PyResult<c_int> { as_int(py, object) }
    fn _PyLong_AsInt(py, object: &Value) -> PyResult<c_int> { as_int(py, object) }
    fn PyLong_AsSsize_t(py, object: &Value) -> PyResult<isize> {
        require_int(py, object)?;
        signed(py, object, "C ssize_t").map(|v| v as isize)
    }
    fn PyLong_AsLongAndOverflow(py, object: &Value, overflow: *mut c_int) -> PyResult<i64> {
        *overflow = 0;
        let (value, direction) = with_overflow(py, object)?;
        *overflow = direction;
        Ok(value)
    }
    fn PyLong_AsLongLongAndOverflow(py, object: &Value, overflow: *mut c_int) -> PyResult<i64> {
        *overflow = 0;
        let (value, direction) = with_overflow(py, object)?;
        *overflow = direction;
        Ok(value)
    }
    fn PyLong_AsUnsignedLong(py, object: &Value) -> PyResult<u64> { unsigned(py, object, "C unsigned long") }
    fn PyLong_AsUnsignedLongLong(py, object: &Value) -> PyResult<u64> { unsigned(py, object, "C unsigned long long") }
    fn PyLong_AsSize_t(py, object: &Value) -> PyResult<u64> { unsigned(py, object, "C size_t") }
    fn PyLong_AsUnsignedLongMask(py, object: &Value) -> PyResult<u64> { masked(py, object) }
    fn PyLong_AsUnsignedLongLongMask(py, object: &Value) -> PyResult<u64> { masked(py, object) }
    fn PyLong_AsInt32(py, object: &Value, result: *mut i32) -> PyResult<()> {
        let value = as_int(py, object)?;
        *result = value;
        Ok(())
    }
    fn PyLong_AsInt64(py, object: &Value, result: *mut i64) -> PyResult<()> {
        let value = signed(py, object, "C int64_t")?;
        *result = value;
        Ok(())
    }
    fn PyLong_AsUInt32(py, object: &Value, result: *mut u32) -> PyResult<()> {
        let value = unsigned(py, &int_value(py, object)?, "C uint32_t")?;
        match u32::try_from(value) {
            Ok(value) => { *result = value; Ok(()) }
            Err(_) => raise!(py, OverflowError, "Python int too large to convert to C uint32_t"),
        }
    }
    fn PyLong_AsUInt64(py, object: &Value, result: *mut u64) -> PyResult<()> {
        let value = unsigned(py, &int_value(py, object)?, "C uint64_t")?;
        *result = value;
        Ok(())
    }
    fn PyLong_AsDouble(py, object: &Value) -> PyResult<f64> {
        require_int(py, object)?;
        number::int_to_f64(py, object)
    }
    fn PyLong_AsVoidPtr(py, object: &Value) -> PyResult<*mut c_void> {
        let value = wide(py, object)?;
        match value {
            Some(v) if i64::try_from(v).is_ok() || u64::try_from(v).is_ok() => Ok((v as u64) as *mut c_void),
            _ => raise!(py, OverflowError, "Python int too large to convert to C long long"),
        }
    }
    fn PyLong_AsNativeBytes(py, object: &Value, buffer: *mut c_void, size: isize, flags: c_int) -> PyResult<isize> {
        as_native_bytes(py, object, buffer, size, flags)
    }
    fn PyLong_FromNativeBytes(_py, buffer: *const c_void, size: usize, flags: c_int) -> Value {
        let little = flags == -1 || flags & 3 != 0;
        let signed = flags == -1 || flags & 4 == 0;
        from_bytes(std::slice::from_raw_parts(buffer.cast(), size), little, signed)
    }
    fn PyLong_FromUnsignedNativeBytes(_py, buffer: *const c_void, size: usize, flags: c_int) -> Value {
        from_bytes(std::slice::from_raw_parts(buffer.cast(), size), flags == -1 || flags & 3 != 0, false)
    }
    fn _PyLong_FromByteArray(_py, buffer: *const u8, size: usize, little: c_int, signed: c_int) -> Value {
        from_bytes(crate::unicodeobject::bytes(buffer.cast(), size as isize), little != 0, signed != 0)
    }
    fn _PyLong_AsByteArray(py, object: &Value, buffer: *mut u8, size: usize, little: c_int, signed: c_int, with_exceptions: c_int) -> PyResult<()> {
        as_byte_array(py, object, buffer, size, little != 0, signed != 0, with_exceptions != 0)
    }
    fn PyLong_GetSign(py, object: &Value, sign: *mut c_int) -> PyResult<()> {
        require_int(py, object)?;
        *sign = sign_of(object);
        Ok(())
    }
    fn _PyLong_Sign(_py, object: &Value) -> c_int { sign_of(object) }
    fn PyLong_IsPositive(py, object: &Value) -> PyResult<bool> { require_int(py, object)?; Ok(sign_of(object) > 0) }
    fn PyLong_IsNegative(py, object: &Value) -> PyResult<bool> { require_int(py, object)?; Ok(sign_of(object) < 0) }
    fn PyLong_IsZero(py, object: &Value) -> PyResult<bool> { require_int(py, object)?; Ok(sign_of(object) == 0) }
    fn _PyLong_Copy(_py, object: &Value) -> Value { with_digits(object, |i| Value::from(Int::from_digits(i.negative, i.digits))) }
    fn _PyLong_NumBits(_py, object: &Value) -> i64 { with_digits(object, |i| krait_int::bit_length(i.digits) as i64) }
    fn PyLong_GetInfo(py) -> PyResult {
        match krait_stdlib_core::sys::get(py, "int_info") {
            Some(info) => Ok(info),
            None => raise!(py, RuntimeError, "lost sys.int_info"),
        }
    }
    fn PyUnstable_Long_IsCompact(_py, object: *const PyLongObject) -> bool {
        (*object).long_value.lv_tag < (2 << _PyLong_NON_SIZE_BITS)
    }
    fn PyUnstable_Long_CompactValue(_py, object: *const PyLongObject) -> isize {
        let sign = 1 - ((*object).long_value.lv_tag & _PyLong_SIGN_MASK) as isize;
        sign * (*object).long_value.ob_digit[0] as isize
    }
    fn PyBool_FromLong(_py, value: c_long) -> Value { Value::bool(value != 0) }
}

fn require_int(py: Py, object: &Value) -> PyResult<()> {
    if object.downcast::<Int>().is_some() || object.as_small_int().is_some() {
        return Ok(());
    }
    raise!(py, TypeError, "an integer is required")
}

fn as_int(py: Py, object: &Value) -> PyResult<c_int> {
    match c_int::try_from(signed(py, object, "C int")?) {
        Ok(value) => Ok(value),
        Err(_) => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C int"
        ),
    }
}

fn sign_of(value: &Value) -> c_int {
    with_digits(value, |i| {
        if i.digits.is_empty() {
            0
        } else if i.negative {
            -1
        } else {
            1
        }
    })
}

fn as_byte_array(
    py: Py,
    object: &Value,
    buffer: *mut u8,
    size: usize,
    little: bool,
    is_signed: bool,
    with_exceptions: bool,
) -> PyResult<()> {
    let negative = is_negative(object);
    if negative && !is_signed {
        if with_exceptions {
            return raise!(py, OverflowError, "can't convert negative int to unsigned");
        }
        return Err(krait_object::Raised);
    }
    let (mut data, needed) = twos_complement(object, size);
    let bits = with_digits(object, |i| krait_int::bit_length(i.digits) as usize);
    let fits = if is_signed {
        needed <= size || sign_of(object) == 0
    } else {
        bits.div_ceil(8) <= size
    };
    if !little {
        data.reverse();
    }
    // SAFETY: C passes room for so many bytes.
    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), buffer, data.len()) }
    if !fits {
        if with_exceptions {
            return raise!(py, OverflowError, "int too big to convert");
        }
        return Err(krait_object::Raised);
    }
    Ok(())
}

/// What `PyLong_GetNativeLayout` tells.
#[repr(C)]
pub struct NativeLayout {
    bits_per_digit: u8,
    digit_size: u8,
    digits_order: i8,
    digit_endianness: i8,
}

static LAYOUT: NativeLayout = NativeLayout {
    bits_per_digit: 30,
    digit_size: 4,
    digits_order: -1,
    digit_endianness: -1,
};

/// `PyLongExport`
#[repr(C)]
pub struct LongExport {
    value: i64,
    negative: u8,
    ndigits: isize,
    digits: *const c_void,
    reserved: usize,
}

export! {
    fn PyLong_GetNativeLayout(_py) -> *const NativeLayout { &raw const LAYOUT }
    fn PyLong_Export(py, object: &Object, export: *mut LongExport) -> PyResult<()> {
        let Some(int) = object.downcast::<Int>() else {
            *export = LongExport { value: 0, negative: 0, ndigits: 0, digits: std::ptr::null(), reserved: 0 };
            return raise!(py, TypeError, "expected int, got {}", object.ty().name());
        };
        *export = match int.to_i64() {
            Some(value) => LongExport { value, negative: 0, ndigits: 0, digits: std::ptr::null(), reserved: 0 },
            None => LongExport {
                value: 0,
                negative: int.is_negative().into(),
                ndigits: int.digit_count() as isize,
                digits: int.digits().as_ptr().cast(),
                reserved: object.to_owned().into_ptr() as usize,
            },
        };
        Ok(())
    }
    fn PyLong_FreeExport(_py, export: *mut LongExport) {
        let held = std::mem::take(&mut (*export).reserved);
        if held != 0 {
            Object::decref(held as Ptr);
        }
    }
    fn PyLongWriter_Create(py, negative: c_int, digits: isize, place: *mut *mut c_void) -> PyResult<*mut Writer> {
        if digits <= 0 {
            *place = std::ptr::null_mut();
            return raise!(py, ValueError, "ndigits must be positive");
        }
        let mut writer = Box::new(Writer { negative: negative != 0, digits: vec![0; digits as usize] });
        *place = writer.digits.as_mut_ptr().cast();
        Ok(Box::into_raw(writer))
    }
    fn PyLongWriter_Finish(_py, writer: *mut Writer) -> Value {
        let writer = Box::from_raw(writer);
        let digits = krait_int::normalize(&writer.digits);
        Value::from(Int::from_digits(writer.negative && !digits.is_empty(), digits))
    }
    fn PyLongWriter_Discard(_py, writer: *mut Writer) {
        if !writer.is_null() { drop(Box::from_raw(writer)) }
    }
}

/// A `PyLongWriter`.
pub struct Writer {
    negative: bool,
    digits: Vec<u32>,
}
