//! Sending and receiving bytes.

use krait_object::native::{Args, TypeBuilder};
use krait_object::protocol::number;
use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, Owned, Py, PyResult, Value, errors, raise};
use krait_sys::socket as sys;

use super::address::{self, Purpose};
use super::object::This;
use super::wait::{Deadline, Ready, call, call_until};
use crate::blocking::{Data, DataMut, audit, run_signals};

/// A buffer's room for one try of a call, lent anew each time.
fn room(buffer: &Buffer, size: usize) -> &mut [u8] {
    let room = buffer.as_mut_slice().unwrap_or(&mut []);
    let end = size.min(room.len());
    &mut room[..end]
}

fn recv(py: Py, this: &This, size: isize, flags: Option<i32>) -> PyResult<Owned<Bytes>> {
    let Ok(size) = usize::try_from(size) else {
        return raise!(py, ValueError, "negative buffersize in recv");
    };
    let data = call(py, this, Ready::Read, |fd| {
        sys::recv_vec(fd, size, flags.unwrap_or(0))
    })?;
    Ok(Bytes::new(&data))
}

/// How much of a buffer is asked for; zero is all of it.
fn wanted(py: Py, size: Option<isize>, len: usize, negative: &str, small: &str) -> PyResult<usize> {
    match size.unwrap_or(0) {
        n if n < 0 => raise!(py, ValueError, "{negative}"),
        0 => Ok(len),
        n if n as usize > len => raise!(py, ValueError, "{small}"),
        n => Ok(n as usize),
    }
}

fn recv_into(
    py: Py,
    this: &This,
    buffer: DataMut,
    size: Option<isize>,
    flags: Option<i32>,
) -> PyResult<usize> {
    let (negative, small) = (
        "negative buffersize in recv_into",
        "buffer too small for requested bytes",
    );
    let size = wanted(py, size, buffer.len(), negative, small)?;
    let target = room(&buffer, size);
    call(py, this, Ready::Read, |fd| {
        sys::recv(fd, target, flags.unwrap_or(0))
    })
}

fn recvfrom(py: Py, this: &This, size: isize, flags: Option<i32>) -> PyResult<(Value, Value)> {
    let Ok(size) = usize::try_from(size) else {
        return raise!(py, ValueError, "negative buffersize in recvfrom");
    };
    let mut buffer = Vec::new();
    if buffer.try_reserve_exact(size).is_err() {
        return errors::no_memory();
    }
    buffer.resize(size, 0);
    let (n, from) = call(py, this, Ready::Read, |fd| {
        sys::recvfrom(fd, &mut buffer, flags.unwrap_or(0))
    })?;
    let data = Bytes::new(&buffer[..n.min(size)]);
    Ok((
        Value::from(data),
        address::to_value(py, this.fd.get(), &from)?,
    ))
}

fn recvfrom_into(
    py: Py,
    this: &This,
    buffer: DataMut,
    size: Option<isize>,
    flags: Option<i32>,
) -> PyResult<(usize, Value)> {
    let negative = "negative buffersize in recvfrom_into";
    let size = wanted(
        py,
        size,
        buffer.len(),
        negative,
        "nbytes is greater than the length of the buffer",
    )?;
    let target = room(&buffer, size);
    let (n, from) = call(py, this, Ready::Read, |fd| {
        sys::recvfrom(fd, target, flags.unwrap_or(0))
    })?;
    Ok((n, address::to_value(py, this.fd.get(), &from)?))
}

fn send(py: Py, this: &This, data: Data, flags: Option<i32>) -> PyResult<usize> {
    let bytes = data.as_slice();
    call(py, this, Ready::Write, |fd| {
        sys::send(fd, bytes, flags.unwrap_or(0))
    })
}

fn sendall(py: Py, this: &This, data: Data, flags: Option<i32>) -> PyResult<()> {
    let deadline = Deadline::of(this);
    let mut rest = data.as_slice();
    while !rest.is_empty() {
        let n = call_until(py, this, Ready::Write, deadline, |fd| {
            sys::send(fd, rest, flags.unwrap_or(0))
        })?;
        rest = &rest[n..];
        if !rest.is_empty() {
            run_signals(py)?;
        }
    }
    Ok(())
}

fn sendto(py: Py, this: &This, args: Args<'_>) -> PyResult<usize> {
    let (data, flags, target) = match args.0 {
        [data, target] => (data, 0, target),
        [data, flags, target] => {
            let wide = number::index_to_i128(py, flags)?;
            let Some(flags) = wide.and_then(|w| i32::try_from(w).ok()) else {
                return number::integer_overflow(py, wide, "C int", false);
            };
            (data, flags, target)
        }
        given => {
            return raise!(
                py,
                TypeError,
                "sendto() takes 2 or 3 arguments ({} given)",
                given.len()
            );
        }
    };
    let data = Buffer::new(py, data)?;
    let address = address::of_value(py, this, target, Purpose::SendTo)?;
    let own = Value::from(krait_object::Layout::to_owned(this));
    audit(py, "socket.sendto", &[own, target.clone()])?;
    let bytes = data.as_slice();
    call(py, this, Ready::Write, |fd| {
        sys::sendto(fd, bytes, flags, &address)
    })
}

pub fn define_methods(b: &mut TypeBuilder<This>) {
    b.method("recv(bufsize, flags=0, /)", recv)
        .method("recv_into(buffer, nbytes=0, flags=0)", recv_into)
        .method("recvfrom(bufsize, flags=0, /)", recvfrom)
        .method("recvfrom_into(buffer, nbytes=0, flags=0)", recvfrom_into)
        .method("send(data, flags=0, /)", send)
        .method("sendall(data, flags=0, /)", sendall)
        .method("sendto(*args)", sendto);
}
