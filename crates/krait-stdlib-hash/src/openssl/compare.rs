//! Comparison whose time tells nothing about the content.

use krait_object::types::buffer;
use krait_object::types::bytes::BytesLike;
use krait_object::{Py, PyResult, Str, Value, raise};

pub const DOC: &str = "Return 'a == b'.\n\nThis function uses an approach designed to prevent\n\
    timing analysis, making it appropriate for cryptography.\n\n\
    a and b must both be of the same type: either str (ASCII only),\nor any bytes-like object.\n\n\
    Note: If a and b are of different lengths, or if an error occurs,\n\
    a timing attack could theoretically reveal information about the\n\
    types and lengths of a and b--but not their values.";

/// Looks at all bytes whatever the first ones are.
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let difference = a.iter().zip(b).fold(0u8, |seen, (x, y)| seen | (x ^ y));
    std::hint::black_box(difference) == 0
}

pub fn compare_digest(py: Py, a: &Value, b: &Value) -> PyResult<bool> {
    if let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        return match (a.as_ascii(), b.as_ascii()) {
            (Some(a), Some(b)) => Ok(same(a.as_bytes(), b.as_bytes())),
            _ => raise!(
                py,
                TypeError,
                "comparing strings with non-ASCII characters is not supported"
            ),
        };
    }
    if !buffer::has_buffer(a) && !buffer::has_buffer(b) {
        let (a, b) = (a.ty().name(), b.ty().name());
        return raise!(
            py,
            TypeError,
            "unsupported operand types(s) or combination of types: '{a}' and '{b}'"
        );
    }
    Ok(same(&BytesLike::new(py, a)?, &BytesLike::new(py, b)?))
}
