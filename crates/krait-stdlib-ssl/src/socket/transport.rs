//! Moving bytes between an engine and what carries them.

use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use krait_object::{Instance, Layout, Owned, Py, PyResult, raise};
use krait_stdlib_os::blocking::{fail, run_signals};
use krait_stdlib_os::socket::Socket as RawSocket;
use krait_sys::poll::{PollFd, poll};
use krait_sys::{Errno, libc, socket as sys};
use krait_tls::{Engine, Fault};

use super::{This, Transport};
use crate::errors;

/// As much as is received at once: a record and what is around it.
const CHUNK: usize = 16 * 1024 + 512;

/// As much as is enciphered and sent at once.
pub const PIECE: usize = 256 * 1024;

/// What a call does, as its errors name it.
#[derive(Clone, Copy)]
pub enum Doing {
    Handshake,
    Read,
    Write,
    Shutdown,
}

impl Doing {
    fn timed_out(self) -> &'static str {
        match self {
            Doing::Handshake => "_ssl: The handshake operation timed out",
            Doing::Read => "The read operation timed out",
            Doing::Write => "The write operation timed out",
            Doing::Shutdown => "The shutdown operation timed out",
        }
    }
}

/// A descriptor and how long it may be waited for.
#[derive(Clone, Copy)]
pub struct Line {
    fd: i32,
    blocks: bool,
    deadline: Option<Instant>,
    doing: Doing,
}

impl Line {
    /// Whether calls wait until they are done.
    pub fn waits(&self) -> bool {
        self.blocks || self.deadline.is_some()
    }
}

/// Where a call's bytes go: the socket's line, or `None` for memory.
pub fn line(py: Py, this: &This, doing: Doing) -> PyResult<Option<Line>> {
    let Transport::Socket(weak) = &this.transport else {
        return Ok(None);
    };
    let socket = weak
        .upgrade()
        .and_then(|s| Owned::downcast_owned::<Instance<RawSocket>>(s).ok());
    let Some(socket) = socket else {
        return errors::plain(py, "Underlying socket connection gone");
    };
    let (fd, timeout) = (socket.fd.get(), socket.timeout.get());
    if fd < 0 {
        return errors::plain(py, "Underlying socket has been closed.");
    }
    Ok(Some(Line {
        fd,
        blocks: timeout < 0,
        deadline: (timeout > 0).then(|| Instant::now() + Duration::from_nanos(timeout as u64)),
        doing,
    }))
}

/// Waits until the descriptor is ready.
fn wait(py: Py, line: &Line, events: i16) -> PyResult<()> {
    loop {
        let left = match line.deadline {
            None => None,
            Some(end) => match end.checked_duration_since(Instant::now()) {
                Some(left) => Some(left),
                None => return raise!(py, TimeoutError, "{}", line.doing.timed_out()),
            },
        };
        let mut files = [PollFd {
            fd: line.fd,
            events,
            revents: 0,
        }];
        match py.allow_threads(|| poll(&mut files, left)) {
            Ok(0) => return raise!(py, TimeoutError, "{}", line.doing.timed_out()),
            Ok(_) => return Ok(()),
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(error) => return fail(py, error),
        }
    }
}

/// Sends all that the engine has to say.
pub fn flush(py: Py, this: &This, line: Option<&Line>) -> PyResult<()> {
    let Some(line) = line else {
        let mut engine = this.engine();
        let output = engine.output();
        if let Transport::Memory { outgoing, .. } = &this.transport
            && !output.is_empty()
        {
            outgoing.put(output);
            let count = output.len();
            engine.sent(count);
        }
        return Ok(());
    };
    let (engine, sending, line_now) = (&this.engine, &this.sending, *line);
    loop {
        match py.allow_threads(|| send_piece(engine, sending, line_now)) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(Errno(libc::EAGAIN)) if line.waits() => wait(py, line, libc::POLLOUT)?,
            Err(Errno(libc::EAGAIN)) => return errors::want_write(py),
            Err(error) => return fail(py, error),
        }
    }
}

/// Sends a piece of what the engine has to say; false where there is nothing left. One
/// thread sends at a time, so that the bytes stay in order. One that wants to read does
/// not wait for it: the other one sends all there is.
fn send_piece(engine: &Mutex<Engine>, sending: &Mutex<()>, line: Line) -> krait_sys::Result<bool> {
    let _turn = if matches!(line.doing, Doing::Read) {
        match sending.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(false),
        }
    } else {
        sending.lock().unwrap_or_else(PoisonError::into_inner)
    };
    let lock = || engine.lock().unwrap_or_else(PoisonError::into_inner);
    let piece = {
        let mut engine = lock();
        let all = engine.output();
        all[..all.len().min(PIECE)].to_vec()
    };
    if piece.is_empty() {
        return Ok(false);
    }
    let count = sys::send(line.fd, &piece, 0)?;
    lock().sent(count);
    Ok(true)
}

/// Gets more bytes from the peer and works on them; false at the end of the transport.
pub fn fill(py: Py, this: &This, line: Option<&Line>) -> PyResult<bool> {
    let Some(line) = line else {
        return fill_from_memory(py, this);
    };
    let engine = &this.engine;
    loop {
        let received = py.allow_threads(|| receive(engine, line.fd));
        match received {
            Ok(Received::Some) => return Ok(true),
            Ok(Received::End) => return Ok(false),
            Ok(Received::Bad(fault)) => return refuse(py, this, Some(line), &fault),
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(Errno(libc::EAGAIN)) if line.waits() => wait(py, line, libc::POLLIN)?,
            Err(Errno(libc::EAGAIN)) => return errors::want_read(py),
            Err(error) => return fail(py, error),
        }
    }
}

/// What receiving brought.
enum Received {
    Some,
    End,
    Bad(Fault),
}

fn receive(engine: &Mutex<Engine>, fd: i32) -> krait_sys::Result<Received> {
    let lock = || engine.lock().unwrap_or_else(PoisonError::into_inner);
    let mut chunk = [0; CHUNK];
    loop {
        // No more than the record: what follows the last one is not for us.
        let wanted = lock().wanted().min(CHUNK);
        let count = sys::recv(fd, &mut chunk[..wanted], 0)?;
        if count == 0 {
            return Ok(Received::End);
        }
        let mut engine = lock();
        engine.receive(&chunk[..count]);
        if engine.is_ready() {
            return Ok(match engine.pump() {
                Ok(()) => Received::Some,
                Err(fault) => Received::Bad(fault),
            });
        }
    }
}

fn fill_from_memory(py: Py, this: &This) -> PyResult<bool> {
    let Transport::Memory { incoming, .. } = &this.transport else {
        return Ok(false);
    };
    if incoming.at_end() {
        return Ok(false);
    }
    let bytes = incoming.take_all();
    if bytes.is_empty() {
        return errors::want_read(py);
    }
    let engine = &this.engine;
    let result = py.allow_threads(|| {
        let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
        engine.receive(&bytes);
        engine.pump()
    });
    match result {
        Ok(()) => Ok(true),
        Err(fault) => refuse(py, this, None, &fault),
    }
}

/// Works on bytes that have come before; what is bad in them ends the connection.
pub fn pump(py: Py, this: &This, line: Option<&Line>) -> PyResult<()> {
    let result = this.engine().pump();
    match result {
        Ok(()) => Ok(()),
        Err(fault) => refuse(py, this, line, &fault),
    }
}

/// Ends the connection: the peer is told why where that is possible at once.
pub fn refuse<T>(py: Py, this: &This, line: Option<&Line>, fault: &Fault) -> PyResult<T> {
    match line {
        None => flush(py, this, None)?,
        Some(line) => {
            let mut engine = this.engine();
            let count = sys::send(line.fd, engine.output(), libc::MSG_DONTWAIT).unwrap_or(0);
            engine.sent(count);
        }
    }
    errors::fault(py, fault, this.host.as_ref())
}

/// The socket object, for calls that return it.
pub fn socket_value(this: &This) -> Option<Owned> {
    match &this.transport {
        Transport::Socket(weak) => weak.upgrade().map(|o| o.as_object().to_owned()),
        Transport::Memory { .. } => None,
    }
}
