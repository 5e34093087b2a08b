//! Numbers of JSON.

use krait_object::protocol::{self, attr::type_value};
use krait_object::{Float, Int, Owned, Py, PyResult, Str, Value};
use krait_text::chars::Unit;

/// The extent of a number.
pub struct Extent {
    pub end: usize,
    pub is_float: bool,
}

#[inline(always)]
fn digit<U: Unit>(units: &[U], at: usize) -> bool {
    units
        .get(at)
        .is_some_and(|u| u.code().wrapping_sub(u32::from(b'0')) < 10)
}

#[inline(always)]
fn digits<U: Unit>(units: &[U], mut at: usize) -> usize {
    while digit(units, at) {
        at += 1;
    }
    at
}

#[inline(always)]
fn is<U: Unit>(units: &[U], at: usize, ascii: u8) -> bool {
    units.get(at).is_some_and(|u| u.code() == u32::from(ascii))
}

/// The number that begins at `start`; `None` where there is none.
#[inline]
pub fn extent<U: Unit>(units: &[U], start: usize) -> Option<Extent> {
    let first = start + usize::from(is(units, start, b'-'));
    let mut end = match digit(units, first) {
        false => return None,
        true if is(units, first, b'0') => first + 1,
        true => digits(units, first + 1),
    };
    let mut is_float = false;
    if is(units, end, b'.') && digit(units, end + 1) {
        is_float = true;
        end = digits(units, end + 2);
    }
    if is(units, end, b'e') || is(units, end, b'E') {
        let sign = end + 1;
        let exponent = sign + usize::from(is(units, sign, b'+') || is(units, sign, b'-'));
        if digit(units, exponent) {
            is_float = true;
            end = digits(units, exponent);
        }
    }
    Some(Extent { end, is_float })
}

/// A number's characters.
fn ascii<U: Unit>(units: &[U]) -> String {
    units.iter().map(|u| char::from(u.code() as u8)).collect()
}

/// The int of digits with an optional sign.
#[inline]
pub fn int<U: Unit>(py: Py, units: &[U]) -> PyResult {
    let negative = is(units, 0, b'-');
    let digits = &units[usize::from(negative)..];
    if digits.len() > 18 {
        let text = Value::from(Str::new(&ascii(units)));
        return protocol::call(py, &type_value::<Int>(), &[text]);
    }
    let number = digits
        .iter()
        .fold(0_i64, |n, d| n * 10 + i64::from(d.code() - u32::from(b'0')));
    Ok(Value::int(if negative { -number } else { number }))
}

/// The float of a literal.
#[inline]
pub fn float<U: Unit>(py: Py, units: &[U]) -> PyResult {
    let mut buffer = [0u8; 32];
    if let Some(place) = buffer.get_mut(..units.len()) {
        place
            .iter_mut()
            .zip(units)
            .for_each(|(b, u)| *b = u.code() as u8);
        if let Some(number) = std::str::from_utf8(place)
            .ok()
            .and_then(|text| text.parse().ok())
        {
            return Ok(Value::float(number));
        }
    }
    match ascii(units).parse() {
        Ok(number) => Ok(Value::float(number)),
        Err(_) => protocol::call(py, &type_value::<Float>(), &[Value::from(text(units))]),
    }
}

/// The literal as a string, for functions that read numbers their own way.
pub fn text<U: Unit>(units: &[U]) -> Owned<Str> {
    Str::new(&ascii(units))
}
