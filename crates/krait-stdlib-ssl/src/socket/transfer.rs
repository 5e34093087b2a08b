//! Reading, writing, closing.

use std::sync::PoisonError;

use krait_object::native::TypeBuilder;
use krait_object::{Bytes, Py, PyResult, Value, errors as core_errors, raise};
use krait_stdlib_os::blocking::{Data, DataMut};

use super::This;
use super::handshake;
use super::transport::{self, Doing, Line};
use crate::context::OP_IGNORE_EOF;
use crate::errors;

/// After its end a connection stays ended.
pub fn check_end(py: Py, this: &This) -> PyResult<()> {
    if this.cut_off.get() {
        return errors::eof(py);
    }
    Ok(())
}

/// Gets data ready to be read; how much there is, zero at the end.
fn prepare(py: Py, this: &This, line: Option<&Line>) -> PyResult<usize> {
    if this.engine().pending() == 0 {
        check_end(py, this)?;
        if !this.done.get() {
            handshake::advance(py, this, line)?;
        }
    }
    loop {
        let engine = this.engine();
        let (ready, closed) = (engine.pending(), engine.peer_closed());
        let waiting = engine.has_input();
        drop(engine);
        if ready == 0 && closed && this.closing.get() {
            // Both ends have said that they send no more.
            return errors::zero_return(py);
        }
        if ready > 0 || closed {
            return Ok(ready);
        }
        if waiting {
            transport::pump(py, this, line)?;
            let engine = this.engine();
            if engine.pending() > 0 || engine.peer_closed() {
                continue;
            }
        }
        // Answers to the peer's messages of the protocol go out before waiting.
        transport::flush(py, this, line)?;
        if !transport::fill(py, this, line)? {
            if this.context().options.get() & OP_IGNORE_EOF != 0 {
                return Ok(0);
            }
            this.cut_off.set(true);
            return errors::eof(py);
        }
    }
}

fn read_some(py: Py, this: &This, size: usize) -> PyResult {
    if size == 0 {
        return Ok(Value::from(Bytes::new(b"")));
    }
    let line = transport::line(py, this, Doing::Read)?;
    let ready = prepare(py, this, line.as_ref())?;
    let mut engine = this.engine();
    match Bytes::build(size.min(ready), |room| {
        engine.read(room);
    }) {
        Some(bytes) => Ok(Value::from(bytes)),
        None => core_errors::no_memory(),
    }
}

fn read_into(py: Py, this: &This, size: i64, buffer: &DataMut) -> PyResult {
    let room = buffer.as_mut_slice().unwrap_or(&mut []);
    let size = match usize::try_from(size) {
        Ok(size) if size > 0 && size <= room.len() => size,
        _ => room.len(),
    };
    if size == 0 {
        return Ok(Value::int(0));
    }
    let line = transport::line(py, this, Doing::Read)?;
    prepare(py, this, line.as_ref())?;
    let count = this.engine().read(&mut room[..size]);
    Ok(Value::int(count as i64))
}

fn read(py: Py, this: &This, size: i64, buffer: Option<DataMut>) -> PyResult {
    match buffer {
        Some(buffer) => read_into(py, this, size, &buffer),
        None => match usize::try_from(size) {
            Ok(size) => read_some(py, this, size),
            Err(_) => raise!(py, ValueError, "size should not be negative"),
        },
    }
}

/// Sends data. Where it cannot all go at once on a socket that does not block, the call
/// is made again with the same data, as OpenSSL asks for, and goes on with sending.
fn write(py: Py, this: &This, data: Data) -> PyResult<usize> {
    check_end(py, this)?;
    let line = transport::line(py, this, Doing::Write)?;
    if !this.done.get() {
        handshake::advance(py, this, line.as_ref())?;
    }
    if this.closing.get() {
        let text = "protocol is shutdown";
        return errors::reasoned(py, "SSL", "PROTOCOL_IS_SHUTDOWN", text);
    }
    let bytes = data.as_slice();
    if line.as_ref().is_some_and(Line::waits) {
        // Piece by piece: nothing can be left over.
        for piece in bytes.chunks(transport::PIECE) {
            encipher(py, this, piece)?;
            transport::flush(py, this, line.as_ref())?;
        }
        return Ok(bytes.len());
    }
    if this.unsent.get() == 0 {
        encipher(py, this, bytes)?;
        this.unsent.set(bytes.len());
    }
    transport::flush(py, this, line.as_ref())?;
    Ok(this.unsent.replace(0))
}

fn encipher(py: Py, this: &This, bytes: &[u8]) -> PyResult<()> {
    let engine = &this.engine;
    let taken = py.allow_threads(|| {
        engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    });
    if taken {
        return Ok(());
    }
    errors::zero_return(py)
}

/// Tells the peer the end, and waits for its own word of it.
fn shutdown(py: Py, this: &This) -> PyResult {
    let line = transport::line(py, this, Doing::Shutdown)?;
    if !this.done.get() {
        let text = "shutdown while in init";
        return errors::reasoned(py, "SSL", "SHUTDOWN_WHILE_IN_INIT", text);
    }
    let line = line.as_ref();
    if !this.closing.replace(true) {
        this.engine().close();
    }
    transport::flush(py, this, line)?;
    loop {
        let engine = this.engine();
        if engine.pending() > 0 {
            drop(engine);
            let text = "application data after close notify";
            return errors::reasoned(py, "SSL", "APPLICATION_DATA_AFTER_CLOSE_NOTIFY", text);
        }
        if engine.peer_closed() {
            break;
        }
        let waiting = engine.has_input();
        drop(engine);
        if waiting {
            transport::pump(py, this, line)?;
            let engine = this.engine();
            if engine.pending() > 0 || engine.peer_closed() {
                continue;
            }
        }
        if !transport::fill(py, this, line)? {
            return errors::eof(py);
        }
    }
    Ok(transport::socket_value(this).map_or_else(Value::none, Value::from))
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("read(size, buffer=None, /)", read)
        .method("write($self, b, /)", write)
        .method("pending($self, /)", |_py: Py, this: &This| {
            this.engine().pending()
        })
        .method("shutdown($self, /)", shutdown);
}
