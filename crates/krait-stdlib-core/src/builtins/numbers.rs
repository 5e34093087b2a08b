//! `abs`, `divmod`, `pow`, `round`, `bin`, `oct`, `hex`, `chr`, `ord`.

use krait_object::protocol::number::{self, BinaryOp, UnaryOp};
use krait_object::types::int::methods::signed;
use krait_object::{Bytes, Int, ModuleBuilder, Py, PyResult, Str, Value, intern, protocol, raise};

/// An integer's text with a prefix.
fn radix(py: Py, value: &Value, base: u32, prefix: &str) -> PyResult<String> {
    let int = number::index(py, value)?.to_object();
    let Some(int) = int.downcast::<Int>() else {
        return Ok(String::new());
    };
    let digits = krait_int::to_radix(signed(int), base);
    let sign = if int.is_negative() { "-" } else { "" };
    Ok(format!("{sign}{prefix}{}", digits.trim_start_matches('-')))
}

fn chr(py: Py, code: &Value) -> PyResult {
    match number::index_to_i128(py, code)?
        .and_then(|c| u32::try_from(c).ok())
        .filter(|&c| c <= 0x10_FFFF)
    {
        Some(code) => Ok(Value::from(Str::from_code_point(code))),
        None => raise!(py, ValueError, "chr() arg not in range(0x110000)"),
    }
}

fn ord(py: Py, character: &Value) -> PyResult<u32> {
    if let Some(text) = character.downcast::<Str>() {
        if text.len() == 1 {
            return Ok(text.chars().at(0));
        }
        return raise!(
            py,
            TypeError,
            "ord() expected a character, but string of length {} found",
            text.len()
        );
    }
    let bytes = match character.downcast::<Bytes>() {
        Some(bytes) => Some(bytes.as_slice().to_vec()),
        None if character.ty().full_name() == "bytearray" => {
            krait_object::types::buffer::bytes_of(character)
        }
        None => None,
    };
    match bytes.as_deref() {
        Some([byte]) => Ok(u32::from(*byte)),
        Some(bytes) => {
            raise!(
                py,
                TypeError,
                "ord() expected a character, but string of length {} found",
                bytes.len()
            )
        }
        None => raise!(
            py,
            TypeError,
            "ord() expected string of length 1, but {} found",
            character.ty().name()
        ),
    }
}

fn round(py: Py, value: &Value, ndigits: Option<&Value>) -> PyResult {
    let object = value.to_object();
    let arguments: &[Value] = ndigits.map_or(&[], std::slice::from_ref);
    match protocol::call_special(py, &object, intern!("__round__"), arguments)? {
        Some(result) => Ok(result),
        None => raise!(
            py,
            TypeError,
            "type {} doesn't define __round__ method",
            object.ty().name()
        ),
    }
}

fn pow(py: Py, base: &Value, exponent: &Value, modulus: Option<&Value>) -> PyResult {
    let none = Value::none();
    number::power(py, base, exponent, modulus.unwrap_or(&none), false)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("abs($module, x, /)", |py, value: &Value| {
        number::unary(py, UnaryOp::Absolute, value)
    })?
    .function("divmod($module, x, y, /)", |py, x: &Value, y: &Value| {
        number::binary(py, BinaryOp::Divmod, x, y)
    })?
    .function("pow($module, /, base, exp, mod=None)", pow)?
    .function("round($module, /, number, ndigits=None)", round)?
    .function("bin($module, number, /)", |py, value: &Value| {
        radix(py, value, 2, "0b")
    })?
    .function("oct($module, number, /)", |py, value: &Value| {
        radix(py, value, 8, "0o")
    })?
    .function("hex($module, number, /)", |py, value: &Value| {
        radix(py, value, 16, "0x")
    })?
    .function("chr($module, i, /)", chr)?
    .function("ord($module, character, /)", ord)?;
    Ok(())
}
