//! `getaddrinfo` and its older relatives.

use std::ffi::CString;

use krait_object::protocol;
use krait_object::{Bytes, List, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, raise};
use krait_sys::libc::{self, AF_INET, AF_INET6, AF_UNSPEC};
use krait_sys::names::{self, GaiError, Host};

use super::host::{HostName, idna, resolve};
use super::{address, gai_error, host_error};
use crate::blocking::audit;
use crate::paths::{CText, decode};

/// Text up to a zero byte, as C sees it.
fn c_prefix(bytes: &[u8]) -> CString {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).unwrap_or_default()
}

fn host_argument(py: Py, value: &Value) -> PyResult<Option<CString>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Some(text) = value.downcast::<Str>() {
        return idna_or_error(py, text).map(|bytes| Some(c_prefix(&bytes)));
    }
    match value.downcast::<Bytes>() {
        Some(bytes) => Ok(Some(c_prefix(bytes.as_slice()))),
        None => raise!(
            py,
            TypeError,
            "getaddrinfo() argument 1 must be string or None"
        ),
    }
}

/// A name in IDNA; the codec's own error where it cannot be.
fn idna_or_error(py: Py, text: &Str) -> PyResult<Vec<u8>> {
    if text.is_ascii() {
        return idna(py, text);
    }
    let object = krait_object::Layout::as_object(text);
    let bytes = (krait_object::hooks::get(py).encode)(py, object, "idna", "strict")?;
    Ok(bytes
        .downcast::<Bytes>()
        .map(|b| b.as_slice().to_vec())
        .unwrap_or_default())
}

fn service_argument(py: Py, value: &Value) -> PyResult<Option<CString>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.as_small_int().is_some() || value.downcast::<krait_object::Int>().is_some() {
        let text = protocol::str(py, value)?;
        return Ok(Some(c_prefix(text.to_rust().as_bytes())));
    }
    if let Some(text) = value.downcast::<Str>() {
        return Ok(Some(c_prefix(text.to_utf8(py)?.as_bytes())));
    }
    match value.downcast::<Bytes>() {
        Some(bytes) => Ok(Some(c_prefix(bytes.as_slice()))),
        None => raise!(py, OSError, "Int or String expected"),
    }
}

fn getaddrinfo(
    py: Py,
    host: &Value,
    port: &Value,
    family: Option<i32>,
    kind: Option<i32>,
    protocol: Option<i32>,
    flags: Option<i32>,
) -> PyResult<Owned<List>> {
    let (name, service) = (host_argument(py, host)?, service_argument(py, port)?);
    let (family, kind) = (family.unwrap_or(AF_UNSPEC), kind.unwrap_or(0));
    let (protocol, flags) = (protocol.unwrap_or(0), flags.unwrap_or(0));
    let numbers = [family, kind, protocol].map(|n| Value::int(i64::from(n)));
    let [a, b, c] = numbers;
    audit(
        py,
        "socket.getaddrinfo",
        &[host.clone(), port.clone(), a, b, c],
    )?;
    let found = py.allow_threads(|| {
        names::getaddrinfo(
            name.as_deref(),
            service.as_deref(),
            family,
            kind,
            protocol,
            flags,
        )
    });
    let list = List::new();
    for entry in found.or_else(|error| gai_error(py, error))? {
        let int = |n: i32| Value::int(i64::from(n));
        let values = [
            int(entry.family),
            int(entry.kind),
            int(entry.protocol),
            Value::from(decode(&entry.canonical)),
            address::to_value(py, -1, &entry.address)?,
        ];
        list.push_value(Value::from(Tuple::from_values(values)));
    }
    Ok(list)
}

fn getnameinfo(py: Py, target: &Value, flags: i32) -> PyResult<(Value, Value)> {
    let Some(tuple) = target.downcast::<Tuple>() else {
        return raise!(py, TypeError, "getnameinfo() argument 1 must be a tuple");
    };
    let parts = tuple.as_values().to_vec();
    let name = parts
        .first()
        .and_then(|n| n.downcast::<Str>())
        .filter(|_| (2..=4).contains(&parts.len()));
    let Some(name) = name else {
        return raise!(py, TypeError, "getnameinfo(): illegal sockaddr argument");
    };
    let name = c_prefix(name.to_utf8(py)?.as_bytes());
    let int = |value: &Value| -> PyResult<i64> {
        let wide = protocol::number::index_to_i128(py, value)?;
        Ok(wide.and_then(|w| i64::try_from(w).ok()).unwrap_or(-1))
    };
    let port = int(&parts[1])?;
    let flow = parts
        .get(2)
        .map_or(Ok(0), |f| address::flow_info(py, f, "getnameinfo"))?;
    let scope = parts.get(3).map_or(Ok(0), int)? as u32;
    let service = CString::new(port.to_string()).unwrap_or_default();
    let found = py.allow_threads(|| {
        names::getaddrinfo(
            Some(&name),
            Some(&service),
            AF_UNSPEC,
            libc::SOCK_DGRAM,
            0,
            libc::AI_NUMERICHOST,
        )
    });
    let found = found.or_else(|error| gai_error(py, error))?;
    if found.len() > 1 {
        return raise!(py, OSError, "sockaddr resolved to multiple addresses");
    }
    let Some(found) = found.into_iter().next() else {
        return gai_error(
            py,
            GaiError {
                code: libc::EAI_NONAME,
                errno: krait_sys::Errno(0),
            },
        );
    };
    let raw = match found.family {
        AF_INET if parts.len() != 2 => return raise!(py, OSError, "IPv4 sockaddr must be 2 tuple"),
        AF_INET6 => {
            let host = found
                .address
                .get(8..24)
                .and_then(|b| b.try_into().ok())
                .unwrap_or([0; 16]);
            address::inet6(host, port as u16, flow, scope)
        }
        _ => found.address,
    };
    match py.allow_threads(|| names::getnameinfo(&raw, flags)) {
        Ok((host, service)) => Ok((Value::from(decode(&host)), Value::from(decode(&service)))),
        Err(error) => gai_error(py, error),
    }
}

/// The text of an address's host alone.
fn host_text(py: Py, raw: &[u8]) -> PyResult {
    let value = address::to_value(py, -1, raw)?;
    Ok(value
        .downcast::<Tuple>()
        .and_then(|t| t.get(0))
        .unwrap_or_else(Value::none))
}

/// Name, aliases and addresses.
fn host_tuple(host: &Host) -> Owned<Tuple> {
    let aliases = List::from_values(host.aliases.iter().map(|a| Value::from(decode(a))));
    let addresses = host
        .addresses
        .iter()
        .map(|a| Value::from(decode(&names::text_of(host.family, a).unwrap_or_default())));
    let addresses = List::from_values(addresses);
    Tuple::from_values([
        Value::from(decode(&host.name)),
        Value::from(aliases),
        Value::from(addresses),
    ])
}

fn gethostbyname_ex(py: Py, name: HostName) -> PyResult<Owned<Tuple>> {
    audit(
        py,
        "socket.gethostbyname",
        &[Value::from(decode(name.0.to_bytes()))],
    )?;
    // First the errors of `getaddrinfo`, which tell more.
    resolve(py, &name.0, AF_INET)?;
    match py.allow_threads(|| names::host_by_name(&name.0)) {
        Ok(host) => Ok(host_tuple(&host)),
        Err(code) => host_error(py, code),
    }
}

fn gethostbyaddr(py: Py, name: HostName) -> PyResult<Owned<Tuple>> {
    audit(
        py,
        "socket.gethostbyaddr",
        &[Value::from(decode(name.0.to_bytes()))],
    )?;
    let raw = resolve(py, &name.0, AF_UNSPEC)?;
    let family = address::family_of(&raw);
    let bytes = match family {
        AF_INET => raw.get(4..8),
        AF_INET6 => raw.get(8..24),
        _ => return raise!(py, OSError, "unsupported address family"),
    };
    let bytes = bytes.unwrap_or(&[]);
    match py.allow_threads(|| names::host_by_address(family, bytes)) {
        Ok(host) => Ok(host_tuple(&host)),
        Err(code) => host_error(py, code),
    }
}

fn getservbyname(py: Py, name: CText, protocol: Option<CText>) -> PyResult<u16> {
    let protocol = protocol.as_ref().map(|p| p.0.as_c_str());
    match py.allow_threads(|| names::service_port(&name.0, protocol)) {
        Some(port) => Ok(port),
        None => raise!(py, OSError, "service/proto not found"),
    }
}

fn getservbyport(py: Py, port: i32, protocol: Option<CText>) -> PyResult<Owned<Str>> {
    let Ok(port) = u16::try_from(port) else {
        return raise!(py, OverflowError, "getservbyport: port must be 0-65535.");
    };
    let protocol = protocol.as_ref().map(|p| p.0.as_c_str());
    match py.allow_threads(|| names::service_name(port, protocol)) {
        Some(name) => Ok(decode(&name)),
        None => raise!(py, OSError, "port/proto not found"),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)",
        getaddrinfo,
    )?
    .function("getnameinfo(sockaddr, flags, /)", getnameinfo)?
    .function("gethostbyname(host, /)", |py: Py, name: HostName| {
        audit(
            py,
            "socket.gethostbyname",
            &[Value::from(decode(name.0.to_bytes()))],
        )?;
        let raw = resolve(py, &name.0, AF_INET)?;
        host_text(py, &raw)
    })?
    .function("gethostbyname_ex(host, /)", gethostbyname_ex)?
    .function("gethostbyaddr(host, /)", gethostbyaddr)?
    .function(
        "getservbyname(servicename, protocolname=<unrepresentable>, /)",
        getservbyname,
    )?
    .function(
        "getservbyport(port, protocolname=<unrepresentable>, /)",
        getservbyport,
    )?
    .function("getprotobyname(name, /)", |py: Py, name: CText| {
        match py.allow_threads(|| names::protocol_number(&name.0)) {
            Some(number) => Ok(number),
            None => raise!(py, OSError, "protocol not found"),
        }
    })?;
    Ok(())
}
