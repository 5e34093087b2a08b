//! Calls on sockets: with or without waiting, as the socket's timeout says.

use std::time::{Duration, Instant};

use krait_object::{Py, PyResult, raise};
use krait_sys::poll::{PollFd, poll};
use krait_sys::{Errno, libc};

use super::object::Socket;
use crate::blocking::{fail, run_signals};

/// What a socket must be ready for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    Read,
    Write,
    /// Written to, or failed: the end of a connection's making.
    Connected,
}

impl Ready {
    fn events(self) -> i16 {
        match self {
            Ready::Read => libc::POLLIN,
            Ready::Write => libc::POLLOUT,
            Ready::Connected => libc::POLLOUT | libc::POLLERR,
        }
    }
}

/// When a wait must end.
#[derive(Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// By the socket's timeout; none where it blocks for ever or not at all.
    pub fn of(socket: &Socket) -> Deadline {
        let timeout = socket.timeout.get();
        Deadline((timeout > 0).then(|| Instant::now() + Duration::from_nanos(timeout as u64)))
    }
}

/// Waits until the socket is ready; TimeoutError where it is not in time.
pub fn wait_ready(py: Py, fd: i32, ready: Ready, deadline: Deadline) -> PyResult<()> {
    loop {
        let left = match deadline.0 {
            None => None,
            Some(end) => match end.checked_duration_since(Instant::now()) {
                Some(left) => Some(left),
                None => return raise!(py, TimeoutError, "timed out"),
            },
        };
        let mut files = [PollFd {
            fd,
            events: ready.events(),
            revents: 0,
        }];
        match py.allow_threads(|| poll(&mut files, left)) {
            Ok(0) => return raise!(py, TimeoutError, "timed out"),
            Ok(_) => return Ok(()),
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(error) => return fail(py, error),
        }
    }
}

/// Runs a call until it is done: a socket with a timeout waits while the call would
/// block, one without waits in the call itself, a non-blocking one does not wait.
pub fn call_until<T: Send>(
    py: Py,
    socket: &Socket,
    ready: Ready,
    deadline: Deadline,
    mut call: impl FnMut(i32) -> krait_sys::Result<T> + Send,
) -> PyResult<T> {
    let fd = socket.fd.get();
    let blocks = socket.timeout.get() < 0;
    loop {
        // A descriptor that does not block needs no other thread to run meanwhile.
        let result = if blocks {
            let one = &mut call;
            py.allow_threads(|| one(fd))
        } else {
            call(fd)
        };
        match result {
            Ok(value) => return Ok(value),
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(Errno(libc::EAGAIN)) if deadline.0.is_some() => {
                wait_ready(py, fd, ready, deadline)?
            }
            Err(error) => return fail(py, error),
        }
    }
}

/// `call_until` with a deadline from now.
pub fn call<T: Send>(
    py: Py,
    socket: &Socket,
    ready: Ready,
    call: impl FnMut(i32) -> krait_sys::Result<T> + Send,
) -> PyResult<T> {
    call_until(py, socket, ready, Deadline::of(socket), call)
}
