//! Host names as arguments, and finding one address for them.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::types::bytearray::ByteArray;
use krait_object::{Bytes, ModuleBuilder, Py, PyResult, Str, Value, errors, hooks, raise};
use krait_sys::libc::{self, AF_INET, AF_INET6, AF_UNSPEC};
use krait_sys::names::{self, GaiError};
use std::ffi::CString;

use super::{address, gai_error};
use crate::paths::FsBytes;

/// A host name as C takes it: text in IDNA, or bytes.
pub fn host_bytes(py: Py, value: &Value) -> PyResult<CString> {
    match host_name(py, value)? {
        Some(name) => Ok(name),
        None => raise!(
            py,
            TypeError,
            "str, bytes or bytearray expected, not {}",
            value.ty().short_name()
        ),
    }
}

/// The same; `None` where the value is no name at all.
fn host_name(py: Py, value: &Value) -> PyResult<Option<CString>> {
    let bytes = if let Some(text) = value.downcast::<Str>() {
        idna(py, text)?
    } else if let Some(bytes) = value.downcast::<Bytes>() {
        bytes.as_slice().to_vec()
    } else if let Some(array) = value.downcast::<ByteArray>() {
        array.as_slice().to_vec()
    } else {
        return Ok(None);
    };
    match CString::new(bytes) {
        Ok(c) => Ok(Some(c)),
        Err(_) => raise!(py, TypeError, "host name must not contain null character"),
    }
}

/// ASCII as it is; other text by the codec.
pub fn idna(py: Py, text: &Str) -> PyResult<Vec<u8>> {
    if let Some(ascii) = text.as_ascii() {
        return Ok(ascii.as_bytes().to_vec());
    }
    let object = krait_object::Layout::as_object(text);
    match (hooks::get(py).encode)(py, object, "idna", "strict") {
        Ok(bytes) => Ok(bytes
            .downcast::<Bytes>()
            .map(|b| b.as_slice().to_vec())
            .unwrap_or_default()),
        Err(raised) => {
            if errors::take_if(py, &krait_object::exceptions::UnicodeError).is_none() {
                return Err(raised);
            }
            raise!(py, TypeError, "encoding of hostname failed")
        }
    }
}

/// The first address of a host, as a C struct. Empty is any address; numeric addresses
/// are not looked up.
pub fn resolve(py: Py, name: &CString, family: i32) -> PyResult<Vec<u8>> {
    let text = name.to_bytes();
    if text.is_empty() {
        return match family {
            AF_INET6 => Ok(address::inet6([0; 16], 0, 0, 0)),
            _ => any_address(py, family),
        };
    }
    if text == b"<broadcast>" || text == b"255.255.255.255" {
        if family != AF_INET && family != AF_UNSPEC {
            return raise!(py, OSError, "address family mismatched");
        }
        return Ok(address::inet([255; 4], 0));
    }
    if family != AF_INET6
        && let Ok(Some(host)) = names::address_of(AF_INET, name)
        && let Ok(host) = <[u8; 4]>::try_from(host.as_slice())
    {
        return Ok(address::inet(host, 0));
    }
    if family != AF_INET
        && !text.contains(&b'%')
        && let Ok(Some(host)) = names::address_of(AF_INET6, name)
        && let Ok(host) = <[u8; 16]>::try_from(host.as_slice())
    {
        return Ok(address::inet6(host, 0, 0, 0));
    }
    first(py, Some(name), None, family, 0)
}

fn any_address(py: Py, family: i32) -> PyResult<Vec<u8>> {
    if family == AF_INET {
        return Ok(address::inet([0; 4], 0));
    }
    first(py, None, Some(c"0"), family, libc::AI_PASSIVE)
}

fn first(
    py: Py,
    name: Option<&CString>,
    service: Option<&std::ffi::CStr>,
    family: i32,
    flags: i32,
) -> PyResult<Vec<u8>> {
    let name = name.map(CString::as_c_str);
    match py.allow_threads(|| names::getaddrinfo(name, service, family, 0, 0, flags)) {
        Ok(found) => match found.into_iter().next() {
            Some(found) => Ok(found.address),
            None => gai_error(
                py,
                GaiError {
                    code: libc::EAI_NONAME,
                    errno: krait_sys::Errno(0),
                },
            ),
        },
        Err(error) => gai_error(py, error),
    }
}

/// A host name argument.
pub struct HostName(pub CString);

impl FromArg for HostName {
    type Item<'a> = HostName;
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<HostName> {
        match host_name(py, value)? {
            Some(name) => Ok(HostName(name)),
            None => {
                let (function, got) = (at.def.name(), value.ty().short_name());
                raise!(
                    py,
                    TypeError,
                    "{function}() argument 1 must be str, bytes or bytearray, not {got}"
                )
            }
        }
    }
}

fn interface_name(py: Py, number: &Value) -> PyResult {
    let number = match krait_object::protocol::number::index_to_i128(py, number)? {
        Some(n) if n < 0 => return raise!(py, ValueError, "Cannot convert negative int"),
        Some(n) if u32::try_from(n).is_ok() => n as u32,
        _ => return raise!(py, OverflowError, "Python int too large for C unsigned int"),
    };
    crate::blocking::os(py, names::interface_name(number))
        .map(|n| Value::from(crate::paths::decode(&n)))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "if_nameindex($self, /)",
        |py: Py| -> PyResult<krait_object::Owned<krait_object::List>> {
            let all = crate::blocking::os(py, py.allow_threads(names::interfaces))?;
            let pairs = all.iter().map(|(number, name)| {
                let values = [
                    Value::int(i64::from(*number)),
                    Value::from(crate::paths::decode(name)),
                ];
                Value::from(krait_object::Tuple::from_values(values))
            });
            Ok(krait_object::List::from_values(pairs))
        },
    )?
    .function(
        "if_nametoindex($module, oname, /)",
        |py: Py, name: FsBytes| match names::interface_number(&name.0) {
            Some(number) => Ok(number),
            None => crate::blocking::fail(py, krait_sys::Errno(libc::ENODEV)),
        },
    )?
    .function("if_indextoname($module, if_index, /)", interface_name)?
    .function("gethostname()", |py: Py| {
        crate::blocking::audit(py, "socket.gethostname", &[])?;
        crate::blocking::os(py, krait_sys::system::gethostname()).map(|n| crate::paths::decode(&n))
    })?
    .function("sethostname(name, /)", |py: Py, name: &Value| {
        let name = match name.downcast::<Bytes>() {
            Some(bytes) => bytes.as_slice().to_vec(),
            None => crate::paths::fs_converter(py, name)?.into_bytes(),
        };
        crate::blocking::os(py, krait_sys::system::sethostname(&name)).map(drop)
    })?;
    Ok(())
}
