//! `sendmsg` and `recvmsg`: data with control messages.
//!
//! A control message is a header (size of 8 bytes, level, type) and data, padded to 8.

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, number};
use krait_object::types::buffer::Buffer;
use krait_object::{
    Bytes, List, ModuleBuilder, Owned, Py, PyResult, Tuple, Value, errors, exceptions, raise,
};
use krait_sys::socket::{self as sys, Received};

use super::address::{self, Purpose};
use super::object::This;
use super::wait::{Ready, call};
use crate::blocking::audit;

const HEADER: usize = 16;
const ALIGN: usize = 8;

fn space(data: usize) -> usize {
    HEADER + data.next_multiple_of(ALIGN)
}

/// The most that `socklen_t` can say.
const MOST: usize = i32::MAX as usize;

/// The size of a message with so much data, where it can be one beside so much else.
fn checked(
    py: Py,
    function: &str,
    data: isize,
    other: usize,
    size: impl Fn(usize) -> usize,
) -> PyResult<usize> {
    match usize::try_from(data) {
        Ok(data) if data <= MOST - other => Ok(size(data)),
        _ => raise!(py, OverflowError, "{function}() argument out of range"),
    }
}

/// The messages in what was received.
fn parse(control: &[u8]) -> Vec<(i32, i32, &[u8])> {
    let (mut rest, mut messages) = (control, Vec::new());
    let int = |bytes: &[u8]| bytes.try_into().map_or(0, i32::from_ne_bytes);
    while rest.len() >= HEADER {
        let size = rest[..8].try_into().map_or(0, u64::from_ne_bytes) as usize;
        if size < HEADER {
            break;
        }
        let end = size.min(rest.len());
        messages.push((int(&rest[8..12]), int(&rest[12..16]), &rest[HEADER..end]));
        rest = rest.get(size.next_multiple_of(ALIGN)..).unwrap_or(&[]);
    }
    messages
}

/// Puts messages into bytes.
fn build(py: Py, messages: &Value) -> PyResult<Vec<u8>> {
    let items = protocol::iter::collect(py, messages);
    let Some(items) = errors::suppress(py, items, &exceptions::TypeError)? else {
        return raise!(py, TypeError, "sendmsg() argument 2 must be an iterable");
    };
    let name = "[sendmsg() ancillary data items]() argument";
    let mut control = Vec::new();
    for item in items {
        let parts = match item.downcast::<Tuple>() {
            Some(tuple) if tuple.len() == 3 => tuple.as_values().to_vec(),
            Some(tuple) => {
                return raise!(
                    py,
                    TypeError,
                    "{name} must be tuple of length 3, not {}",
                    tuple.len()
                );
            }
            None => {
                return raise!(
                    py,
                    TypeError,
                    "{name} must be 3-item tuple, not {}",
                    item.ty().short_name()
                );
            }
        };
        let mut numbers = [0i32; 2];
        for (place, part) in numbers.iter_mut().zip(&parts) {
            let wide = number::index_to_i128(py, part)?;
            match wide.and_then(|w| i32::try_from(w).ok()) {
                Some(n) => *place = n,
                None => return number::integer_overflow(py, wide, "C int", false),
            }
        }
        let data = Buffer::new(py, &parts[2])?;
        control.extend_from_slice(&((HEADER + data.len()) as u64).to_ne_bytes());
        numbers
            .iter()
            .for_each(|n| control.extend_from_slice(&n.to_ne_bytes()));
        control.extend_from_slice(data.as_slice());
        control.resize(control.len().next_multiple_of(ALIGN), 0);
    }
    Ok(control)
}

fn sendmsg(
    py: Py,
    this: &This,
    buffers: &Value,
    messages: Option<&Value>,
    flags: Option<i32>,
    target: Option<&Value>,
) -> PyResult<usize> {
    let items = protocol::iter::collect(py, buffers);
    let Some(items) = errors::suppress(py, items, &exceptions::TypeError)? else {
        return raise!(py, TypeError, "sendmsg() argument 1 must be an iterable");
    };
    let parts = items
        .iter()
        .map(|item| Buffer::new(py, item))
        .collect::<PyResult<Vec<_>>>()?;
    let control = messages.map_or(Ok(Vec::new()), |m| build(py, m))?;
    let target = target.filter(|t| !t.is_none());
    let address = match target {
        Some(target) => Some(address::of_value(py, this, target, Purpose::SendMsg)?),
        None => None,
    };
    let own = Value::from(krait_object::Layout::to_owned(this));
    audit(
        py,
        "socket.sendmsg",
        &[own, target.cloned().unwrap_or_else(Value::none)],
    )?;
    let slices: Vec<&[u8]> = parts.iter().map(Buffer::as_slice).collect();
    call(py, this, Ready::Write, |fd| {
        sys::sendmsg(
            fd,
            &slices,
            &control,
            flags.unwrap_or(0),
            address.as_deref(),
        )
    })
}

/// Messages, flags and address of what was received.
fn rest_of(py: Py, this: &This, received: &Received) -> PyResult<[Value; 3]> {
    let messages = parse(&received.control)
        .into_iter()
        .map(|(level, kind, data)| {
            let values = [
                Value::int(i64::from(level)),
                Value::int(i64::from(kind)),
                Value::from(Bytes::new(data)),
            ];
            Value::from(Tuple::from_values(values))
        });
    let messages = List::from_values(messages);
    let from = address::to_value(py, this.fd.get(), &received.address)?;
    Ok([
        Value::from(messages),
        Value::int(i64::from(received.flags)),
        from,
    ])
}

/// The most control bytes that the kernel takes a size for.
fn control_size(py: Py, size: Option<isize>) -> PyResult<usize> {
    match usize::try_from(size.unwrap_or(0)) {
        Ok(size) if size <= i32::MAX as usize => Ok(size),
        _ => raise!(py, ValueError, "invalid ancillary data buffer length"),
    }
}

fn recvmsg(
    py: Py,
    this: &This,
    size: isize,
    control: Option<isize>,
    flags: Option<i32>,
) -> PyResult<Owned<Tuple>> {
    let Ok(size) = usize::try_from(size) else {
        return raise!(py, ValueError, "negative buffer size in recvmsg()");
    };
    let control = control_size(py, control)?;
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(size).is_err() {
        return errors::no_memory();
    }
    buffer.resize(size, 0);
    let received = call(py, this, Ready::Read, |fd| {
        sys::recvmsg(fd, &mut [&mut buffer], control, flags.unwrap_or(0))
    })?;
    let [messages, flags, from] = rest_of(py, this, &received)?;
    let data = Value::from(Bytes::new(&buffer[..received.size.min(size)]));
    Ok(Tuple::from_values([data, messages, flags, from]))
}

fn recvmsg_into(
    py: Py,
    this: &This,
    buffers: &Value,
    control: Option<isize>,
    flags: Option<i32>,
) -> PyResult<Owned<Tuple>> {
    let items = protocol::iter::collect(py, buffers);
    let Some(items) = errors::suppress(py, items, &exceptions::TypeError)? else {
        return raise!(
            py,
            TypeError,
            "recvmsg_into() argument 1 must be an iterable"
        );
    };
    let mut parts = Vec::with_capacity(items.len());
    for item in &items {
        match Buffer::writable(py, item) {
            Ok(buffer) => parts.push(buffer),
            Err(_) => {
                drop(py.thread().take_exception());
                return raise!(
                    py,
                    TypeError,
                    "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers"
                );
            }
        }
    }
    let control = control_size(py, control)?;
    let mut rooms: Vec<&mut [u8]> = parts.iter().filter_map(Buffer::as_mut_slice).collect();
    let received = call(py, this, Ready::Read, |fd| {
        sys::recvmsg(fd, &mut rooms, control, flags.unwrap_or(0))
    })?;
    let [messages, flags, from] = rest_of(py, this, &received)?;
    Ok(Tuple::from_values([
        Value::int(received.size as i64),
        messages,
        flags,
        from,
    ]))
}

pub fn define_methods(b: &mut TypeBuilder<This>) {
    b.method(
        "sendmsg(buffers, ancdata=(), flags=0, address=None, /)",
        sendmsg,
    )
    .method("recvmsg(bufsize, ancbufsize=0, flags=0, /)", recvmsg)
    .method(
        "recvmsg_into(buffers, ancbufsize=0, flags=0, /)",
        recvmsg_into,
    );
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("CMSG_LEN(length, /)", |py: Py, data: isize| {
        checked(py, "CMSG_LEN", data, HEADER, |n| HEADER + n)
    })?
    .function("CMSG_SPACE(length, /)", |py: Py, data: isize| {
        checked(py, "CMSG_SPACE", data, space(1), space)
    })?;
    Ok(())
}
