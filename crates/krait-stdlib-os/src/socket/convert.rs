//! Byte order, and text forms of addresses.

use krait_object::protocol::number;
use krait_object::{Bytes, Int, ModuleBuilder, Owned, Py, PyResult, Str, Value, raise};
use krait_sys::libc::{AF_INET, AF_INET6};
use krait_sys::names;

use crate::blocking::Data;
use crate::paths::{CText, decode};

/// An unsigned number of so many bits.
fn unsigned(py: Py, value: &Value, bits: u32) -> PyResult<u32> {
    match number::index_to_i128(py, value)? {
        Some(n) if n < 0 => raise!(py, ValueError, "Cannot convert negative int"),
        Some(n) if n < 1 << bits => Ok(n as u32),
        None if value.downcast::<Int>().is_some_and(|n| n.is_negative()) => {
            raise!(py, ValueError, "Cannot convert negative int")
        }
        _ => raise!(py, OverflowError, "Python int too large for C uint{bits}_t"),
    }
}

fn swap16(py: Py, value: &Value) -> PyResult<u16> {
    unsigned(py, value, 16).map(|n| (n as u16).to_be())
}

fn swap32(py: Py, value: &Value) -> PyResult<u32> {
    unsigned(py, value, 32).map(u32::to_be)
}

fn inet_aton(py: Py, text: CText) -> PyResult<Owned<Bytes>> {
    match names::ipv4_of(&text.0) {
        Some(address) => Ok(Bytes::new(&address)),
        None => raise!(py, OSError, "illegal IP address string passed to inet_aton"),
    }
}

fn inet_ntoa(py: Py, packed: Data) -> PyResult<Owned<Str>> {
    match packed.as_slice() {
        [a, b, c, d] => Ok(Str::new(&format!("{a}.{b}.{c}.{d}"))),
        _ => raise!(py, OSError, "packed IP wrong length for inet_ntoa"),
    }
}

fn inet_pton(py: Py, family: i32, text: &Value) -> PyResult<Owned<Bytes>> {
    let Some(text) = text.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "inet_pton() argument 2 must be str, not {}",
            text.ty().short_name()
        );
    };
    let Ok(text) = std::ffi::CString::new(text.to_utf8(py)?.into_owned()) else {
        return raise!(py, ValueError, "embedded null character");
    };
    match names::address_of(family, &text) {
        Ok(Some(address)) => Ok(Bytes::new(&address)),
        Ok(None) => raise!(py, OSError, "illegal IP address string passed to inet_pton"),
        Err(error) => crate::blocking::fail(py, error),
    }
}

fn inet_ntop(py: Py, family: i32, packed: Data) -> PyResult<Owned<Str>> {
    let size = match family {
        AF_INET => 4,
        AF_INET6 => 16,
        _ => return raise!(py, ValueError, "unknown address family {family}"),
    };
    if packed.len() != size {
        return raise!(py, ValueError, "invalid length of packed IP address string");
    }
    crate::blocking::os(py, names::text_of(family, packed.as_slice())).map(|t| decode(&t))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    for text in ["htons($module, integer, /)", "ntohs($module, integer, /)"] {
        m.function(text, swap16)?;
    }
    for text in ["htonl($module, integer, /)", "ntohl($module, integer, /)"] {
        m.function(text, swap32)?;
    }
    m.function("inet_aton($module, ip_addr, /)", inet_aton)?
        .function("inet_ntoa($module, packed_ip, /)", inet_ntoa)?
        .function("inet_pton(af, ip, /)", inet_pton)?
        .function("inet_ntop(af, packed_ip, /)", inet_ntop)?;
    Ok(())
}
