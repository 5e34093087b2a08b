//! `_thread.lock`, and waiting for locks.

use std::time::{Duration, Instant};

use krait_object::native::{Args, Class, TypeBuilder};
use krait_object::{Instance, Layout, Py, PyResult, Type, Value, class_cell, raise};
use krait_sys::thread::RawLock;

use crate::blocking::run_signals;
use crate::time::convert::{Round, nanoseconds};

/// A lock that any thread may release.
#[derive(Default)]
pub struct Lock {
    raw: RawLock,
}

type This = Instance<Lock>;

/// How long to wait: not at all, forever, or so long.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    No,
    Forever,
    For(Duration),
}

/// The wait that `blocking` and `timeout` of `acquire` ask for.
pub fn wait_of(py: Py, blocking: Option<bool>, timeout: Option<&Value>) -> PyResult<Wait> {
    let blocking = blocking.unwrap_or(true);
    let Some(timeout) = timeout else {
        return Ok(if blocking { Wait::Forever } else { Wait::No });
    };
    let nanos = nanoseconds(py, timeout, Round::Timeout)?;
    let unset = nanos == -1_000_000_000;
    if !blocking && !unset {
        return raise!(
            py,
            ValueError,
            "can't specify a timeout for a non-blocking call"
        );
    }
    if nanos < 0 && !unset {
        return raise!(
            py,
            ValueError,
            "timeout value must be a non-negative number"
        );
    }
    if !blocking {
        return Ok(Wait::No);
    }
    if unset {
        return Ok(Wait::Forever);
    }
    if nanos as f64 > super::TIMEOUT_MAX * 1e9 {
        return raise!(py, OverflowError, "timeout value is too large");
    }
    Ok(Wait::For(Duration::from_nanos(nanos as u64)))
}

/// Takes a lock, waiting without the GIL; signals are handled meanwhile.
pub fn acquire(py: Py, raw: &RawLock, wait: Wait) -> PyResult<bool> {
    if raw.try_acquire() {
        return Ok(true);
    }
    let end = match wait {
        Wait::No => return Ok(false),
        Wait::Forever => None,
        Wait::For(time) => Some(Instant::now() + time),
    };
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        match py.allow_threads(|| raw.wait(left)) {
            Ok(taken) => return Ok(taken),
            Err(_) => run_signals(py)?,
        }
    }
}

fn release(py: Py, this: &This) -> PyResult<()> {
    if this.raw.release() {
        Ok(())
    } else {
        raise!(py, RuntimeError, "release unlocked lock")
    }
}

fn take(py: Py, this: &This, blocking: Option<bool>, timeout: Option<&Value>) -> PyResult<bool> {
    let wait = wait_of(py, blocking, timeout)?;
    acquire(py, &this.raw, wait)
}

impl Class for Lock {
    const NAME: &'static str = "_thread.lock";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.with_weakrefs()
            .new_with("lock()", |py: Py, class: &Type| {
                Instance::new_in(py, class, Lock::default())
            })
            .repr(|_py, this: &This| {
                let state = if this.raw.is_locked() {
                    "locked"
                } else {
                    "unlocked"
                };
                format!(
                    "<{state} {} object at {:p}>",
                    this.as_object().ty().name(),
                    this.as_object()
                )
            });
        for text in [
            "acquire($self, /, blocking=True, timeout=-1)",
            "acquire_lock($self, /, blocking=True, timeout=-1)",
        ] {
            b.method(text, take);
        }
        for text in ["release($self, /)", "release_lock($self, /)"] {
            b.method(text, release);
        }
        for text in ["locked($self, /)", "locked_lock($self, /)"] {
            b.method(text, |_py, this: &This| this.raw.is_locked());
        }
        b.method("__enter__($self, /)", |py: Py, this: &This| {
            acquire(py, &this.raw, Wait::Forever)
        })
        .method(
            "__exit__($self, /, *exc_info)",
            |py: Py, this: &This, _info: Args<'_>| release(py, this),
        )
        .method("_at_fork_reinit($self, /)", |_py, this: &This| {
            this.raw.reset()
        });
    }
}
