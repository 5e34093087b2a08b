//! Socket addresses: between Python's forms and C's structs.

use krait_object::protocol::number;
use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, Int, Py, PyResult, Str, Tuple, Value, raise};
use krait_sys::libc::{self, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX, AF_VSOCK};
use krait_sys::names;

use super::host;
use super::object::Socket;
use crate::paths::{decode, encode};

/// Which method an address is for, as errors name it.
#[derive(Clone, Copy)]
pub enum Purpose {
    Bind,
    Connect,
    ConnectEx,
    SendTo,
    SendMsg,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Bind => "bind",
            Purpose::Connect => "connect",
            Purpose::ConnectEx => "connect_ex",
            Purpose::SendTo => "sendto",
            Purpose::SendMsg => "sendmsg",
        }
    }
}

/// The most bytes of a path in an address.
const PATH: usize = 108;

/// The family that a struct starts with.
pub fn family_of(raw: &[u8]) -> i32 {
    raw.get(..2)
        .and_then(|b| b.try_into().ok())
        .map_or(libc::AF_UNSPEC, |b| i32::from(u16::from_ne_bytes(b)))
}

fn start(family: i32) -> Vec<u8> {
    (family as u16).to_ne_bytes().to_vec()
}

/// `sockaddr_in`.
pub fn inet(host: [u8; 4], port: u16) -> Vec<u8> {
    let mut raw = start(AF_INET);
    raw.extend(port.to_be_bytes());
    raw.extend(host);
    raw.extend([0; 8]);
    raw
}

/// `sockaddr_in6`.
pub fn inet6(host: [u8; 16], port: u16, flow: u32, scope: u32) -> Vec<u8> {
    let mut raw = start(AF_INET6);
    raw.extend(port.to_be_bytes());
    raw.extend(flow.to_be_bytes());
    raw.extend(host);
    raw.extend(scope.to_ne_bytes());
    raw
}

fn expect_tuple<'a>(py: Py, value: &'a Value, function: &str, family: &str) -> PyResult<&'a Tuple> {
    match value.downcast::<Tuple>() {
        Some(tuple) => Ok(tuple),
        None => {
            let got = value.ty().short_name();
            raise!(
                py,
                TypeError,
                "{function}(): {family} address must be tuple, not {got}"
            )
        }
    }
}

/// A number within bounds, or OverflowError with the text.
fn bounded(py: Py, value: &Value, most: i128, function: &str, what: &str) -> PyResult<u32> {
    match number::index_to_i128(py, value)? {
        Some(n) if (0..=most).contains(&n) => Ok(n as u32),
        _ => raise!(py, OverflowError, "{function}(): {what} must be 0-{most}."),
    }
}

/// The low 32 bits, as C's unsigned conversion takes them.
fn low_bits(py: Py, value: &Value) -> PyResult<u32> {
    let int = number::index(py, value)?;
    let wide = match number::int_of(&int) {
        Some(n) => i128::from(n),
        None => int.downcast::<Int>().and_then(Int::to_i128).unwrap_or(0),
    };
    Ok(wide as u32)
}

fn of_inet(py: Py, value: &Value, function: &str) -> PyResult<Vec<u8>> {
    let parts = expect_tuple(py, value, function, "AF_INET")?
        .as_values()
        .to_vec();
    let [name, port] = parts.as_slice() else {
        return raise!(py, TypeError, "AF_INET address must be a pair (host, port)");
    };
    let name = host::host_bytes(py, name)?;
    let port = bounded(py, port, 0xFFFF, function, "port")?;
    let found = host::resolve(py, &name, AF_INET)?;
    let host = found
        .get(4..8)
        .and_then(|b| b.try_into().ok())
        .unwrap_or([0; 4]);
    Ok(inet(host, port as u16))
}

fn of_inet6(py: Py, value: &Value, function: &str) -> PyResult<Vec<u8>> {
    let parts = expect_tuple(py, value, function, "AF_INET6")?
        .as_values()
        .to_vec();
    if !(2..=4).contains(&parts.len()) {
        return raise!(
            py,
            TypeError,
            "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"
        );
    }
    let name = host::host_bytes(py, &parts[0])?;
    let port = bounded(py, &parts[1], 0xFFFF, function, "port")?;
    let flow = parts.get(2).map_or(Ok(0), |f| flow_info(py, f, function))?;
    let scope = parts.get(3).map_or(Ok(0), |s| low_bits(py, s))?;
    let found = host::resolve(py, &name, AF_INET6)?;
    let host = found
        .get(8..24)
        .and_then(|b| b.try_into().ok())
        .unwrap_or([0; 16]);
    Ok(inet6(host, port as u16, flow, scope))
}

/// The flow information of an IPv6 address.
pub fn flow_info(py: Py, value: &Value, function: &str) -> PyResult<u32> {
    bounded(py, value, 0xF_FFFF, function, "flowinfo")
}

fn of_unix(py: Py, value: &Value) -> PyResult<Vec<u8>> {
    let path = match value.downcast::<Str>() {
        Some(text) => encode(py, text)?,
        None => Buffer::new(py, value)?.as_slice().to_vec(),
    };
    let mut raw = start(AF_UNIX);
    // A path that starts with zero is abstract and has no end mark; the system makes one for
    // an empty one.
    let is_abstract = path.first().is_none_or(|&first| first == 0);
    if path.len() + usize::from(!is_abstract) > PATH {
        return raise!(py, OSError, "AF_UNIX path too long");
    }
    raw.extend(&path);
    if !is_abstract {
        raw.push(0);
    }
    Ok(raw)
}

fn of_netlink(py: Py, value: &Value, function: &str) -> PyResult<Vec<u8>> {
    let parts = expect_tuple(py, value, function, "AF_NETLINK")?
        .as_values()
        .to_vec();
    let [pid, groups] = parts.as_slice() else {
        return raise!(
            py,
            TypeError,
            "AF_NETLINK address must be a pair (pid, groups)"
        );
    };
    let mut raw = start(AF_NETLINK);
    raw.extend([0; 2]);
    raw.extend(low_bits(py, pid)?.to_ne_bytes());
    raw.extend(low_bits(py, groups)?.to_ne_bytes());
    Ok(raw)
}

fn of_packet(py: Py, value: &Value, function: &str) -> PyResult<Vec<u8>> {
    let parts = expect_tuple(py, value, function, "AF_PACKET")?
        .as_values()
        .to_vec();
    let name = parts
        .first()
        .and_then(|n| n.downcast::<Str>())
        .filter(|_| (2..=5).contains(&parts.len()));
    let Some(name) = name else {
        return raise!(
            py,
            TypeError,
            "AF_PACKET address must be a tuple of two to five elements"
        );
    };
    let protocol = bounded(py, &parts[1], 0xFFFF, function, "proto")? as u16;
    let kind = parts.get(2).map_or(Ok(0), |k| low_bits(py, k))?;
    let hardware = parts.get(3).map_or(Ok(0), |h| low_bits(py, h))?;
    let address = match parts.get(4) {
        Some(address) => Buffer::new(py, address)?.as_slice().to_vec(),
        None => Vec::new(),
    };
    if address.len() > 8 {
        return raise!(py, ValueError, "hardware address must be 8 bytes or less");
    }
    let name = encode(py, name)?;
    let index = std::ffi::CString::new(name)
        .ok()
        .and_then(|c| names::interface_number(&c));
    let Some(index) = index else {
        return crate::blocking::fail(py, krait_sys::Errno(libc::ENODEV));
    };
    let mut raw = start(AF_PACKET);
    raw.extend(protocol.to_be_bytes());
    raw.extend(index.to_ne_bytes());
    raw.extend((hardware as u16).to_ne_bytes());
    raw.push(kind as u8);
    raw.push(address.len() as u8);
    let mut padded = address;
    padded.resize(8, 0);
    raw.extend(padded);
    Ok(raw)
}

fn of_vsock(py: Py, value: &Value, function: &str) -> PyResult<Vec<u8>> {
    let parts = expect_tuple(py, value, function, "AF_VSOCK")?
        .as_values()
        .to_vec();
    let [cid, port] = parts.as_slice() else {
        return raise!(py, TypeError, "AF_VSOCK address must be a pair (CID, port)");
    };
    let mut raw = start(AF_VSOCK);
    raw.extend([0; 2]);
    raw.extend(low_bits(py, port)?.to_ne_bytes());
    raw.extend(low_bits(py, cid)?.to_ne_bytes());
    raw.extend([0; 4]);
    Ok(raw)
}

/// `sockaddr_alg`: kind and name of an algorithm of the kernel.
fn of_alg(py: Py, value: &Value, function: &str) -> PyResult<Vec<u8>> {
    let parts = expect_tuple(py, value, function, "AF_ALG")?
        .as_values()
        .to_vec();
    let texts = parts
        .iter()
        .take(2)
        .filter_map(|p| p.downcast::<Str>())
        .map(|t| t.to_rust().into_owned());
    let texts: Vec<String> = texts.collect();
    let [kind, name] = texts.as_slice() else {
        return raise!(
            py,
            TypeError,
            "AF_ALG address must be a tuple (type, name[, feat[, mask]])"
        );
    };
    if kind.len() >= 14 {
        return raise!(py, ValueError, "AF_ALG type too long.");
    }
    if name.len() >= 64 {
        return raise!(py, ValueError, "AF_ALG name too long.");
    }
    let mut raw = start(libc::AF_ALG);
    raw.extend(kind.as_bytes());
    raw.resize(2 + 14, 0);
    for i in [2, 3] {
        raw.extend(
            parts
                .get(i)
                .map_or(Ok(0), |n| low_bits(py, n))?
                .to_ne_bytes(),
        );
    }
    raw.extend(name.as_bytes());
    raw.resize(2 + 14 + 8 + 64, 0);
    Ok(raw)
}

/// `sockaddr_can`: the interface, and for some protocols more.
fn of_can(py: Py, value: &Value, function: &str) -> PyResult<Vec<u8>> {
    let parts = expect_tuple(py, value, function, "AF_CAN")?
        .as_values()
        .to_vec();
    let Some(name) = parts.first().and_then(|n| n.downcast::<Str>()) else {
        return raise!(
            py,
            TypeError,
            "AF_CAN address must be a tuple (interface, ...)"
        );
    };
    let name = encode(py, name)?;
    let index = match name.is_empty() {
        true => 0,
        false => match std::ffi::CString::new(name)
            .ok()
            .and_then(|c| names::interface_number(&c))
        {
            Some(index) => index,
            None => return crate::blocking::fail(py, krait_sys::Errno(libc::ENODEV)),
        },
    };
    let mut raw = start(libc::AF_CAN);
    raw.extend([0; 2]);
    raw.extend(index.to_ne_bytes());
    for part in &parts[1..parts.len().min(3)] {
        raw.extend(low_bits(py, part)?.to_ne_bytes());
    }
    raw.resize(24, 0);
    Ok(raw)
}

/// The C struct of an address as Python gives it for the socket's family.
pub fn of_value(py: Py, socket: &Socket, value: &Value, purpose: Purpose) -> PyResult<Vec<u8>> {
    let function = purpose.name();
    match socket.family.get() {
        AF_INET => of_inet(py, value, function),
        AF_INET6 => of_inet6(py, value, function),
        AF_UNIX => of_unix(py, value),
        AF_NETLINK => of_netlink(py, value, function),
        AF_PACKET => of_packet(py, value, function),
        AF_VSOCK => of_vsock(py, value, function),
        libc::AF_ALG => of_alg(py, value, function),
        libc::AF_CAN => of_can(py, value, function),
        _ => raise!(py, OSError, "{function}(): bad family"),
    }
}

fn text(family: i32, address: &[u8]) -> Value {
    Value::from(decode(&names::text_of(family, address).unwrap_or_default()))
}

fn tuple<const N: usize>(values: [Value; N]) -> Value {
    Value::from(Tuple::from_values(values))
}

/// Python's form of a C struct.
pub fn to_value(_py: Py, _fd: i32, raw: &[u8]) -> PyResult {
    if raw.is_empty() {
        return Ok(Value::none());
    }
    let u16_at = |at: usize| {
        raw.get(at..at + 2)
            .and_then(|b| b.try_into().ok())
            .map_or(0, u16::from_ne_bytes)
    };
    let u32_at = |at: usize| {
        raw.get(at..at + 4)
            .and_then(|b| b.try_into().ok())
            .map_or(0, u32::from_ne_bytes)
    };
    let int = |n: u32| Value::int(i64::from(n));
    let port = || int(u32::from(u16::from_be(u16_at(2))));
    Ok(match family_of(raw) {
        AF_INET if raw.len() >= 8 => tuple([text(AF_INET, &raw[4..8]), port()]),
        AF_INET6 if raw.len() >= 28 => tuple([
            text(AF_INET6, &raw[8..24]),
            port(),
            int(u32::from_be(u32_at(4))),
            int(u32_at(24)),
        ]),
        AF_UNIX => unix_value(&raw[2..]),
        AF_NETLINK => tuple([int(u32_at(4)), int(u32_at(8))]),
        AF_PACKET if raw.len() >= 12 => {
            let name = names::interface_name(u32_at(4)).unwrap_or_default();
            let size = usize::from(raw[11]).min(raw.len() - 12);
            let hardware = int(u32::from(u16_at(8)));
            let address = Value::from(Bytes::new(&raw[12..12 + size]));
            tuple([
                Value::from(decode(&name)),
                port(),
                int(u32::from(raw[10])),
                hardware,
                address,
            ])
        }
        AF_VSOCK => tuple([int(u32_at(8)), int(u32_at(4))]),
        libc::AF_CAN => {
            let name = names::interface_name(u32_at(4)).unwrap_or_default();
            tuple([Value::from(decode(&name))])
        }
        family => tuple([
            Value::int(i64::from(family)),
            Value::from(Bytes::new(&raw[2..])),
        ]),
    })
}

/// A path: text, or bytes where it is abstract.
fn unix_value(path: &[u8]) -> Value {
    match path.first() {
        Some(0) => Value::from(Bytes::new(path)),
        _ => Value::from(decode(path.split(|&b| b == 0).next().unwrap_or(&[]))),
    }
}
