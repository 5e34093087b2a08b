//! `_multiprocessing`: semaphores that processes share.
//!
//! What always holds: `count` is how often the thread `owner` has taken the semaphore.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use krait_object::native::module::NativeModule;
use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::number;
use krait_object::{
    Dict, Instance, ModuleBuilder, Owned, Py, PyResult, Str, Type, Value, class_cell, raise,
};
use krait_sys::semaphore::Semaphore;
use krait_sys::{Errno, libc, thread};

use crate::blocking::{fail, os, run_signals};
use crate::paths::CText;

pub const MODULE: NativeModule = NativeModule {
    name: "_multiprocessing",
    init,
};

/// The highest value of a semaphore on Linux.
const VALUE_MAX: i64 = i32::MAX as i64;
const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;

/// `_multiprocessing.SemLock`.
pub struct SemLock {
    semaphore: Arc<Semaphore>,
    kind: i32,
    maxvalue: i32,
    name: Option<Rc<str>>,
    count: Cell<i32>,
    owner: Cell<u64>,
}

type This = Instance<SemLock>;

impl SemLock {
    fn is_mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == thread::ident()
    }

    fn of(semaphore: Semaphore, kind: i32, maxvalue: i32, name: Option<&str>) -> SemLock {
        SemLock {
            semaphore: Arc::new(semaphore),
            kind,
            maxvalue,
            name: name.map(Rc::from),
            count: Cell::new(0),
            owner: Cell::new(0),
        }
    }
}

fn new(
    py: Py,
    class: &Type,
    kind: i32,
    value: i32,
    maxvalue: i32,
    name: CText,
    unlink: bool,
) -> PyResult<Owned<This>> {
    if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
        return raise!(py, ValueError, "unrecognized kind");
    }
    let semaphore = os(py, Semaphore::create(&name.0, value as u32))?;
    if unlink {
        os(py, krait_sys::path::sem_unlink(&name.0))?;
    }
    let kept = name.0.to_string_lossy().into_owned();
    let kept = (!unlink).then_some(kept.as_str());
    Instance::new_in(py, class, SemLock::of(semaphore, kind, maxvalue, kept))
}

fn rebuild(
    py: Py,
    class: &Type,
    _handle: &Value,
    kind: i32,
    maxvalue: i32,
    name: &Value,
) -> PyResult<Owned<This>> {
    let Some(text) = name.downcast::<Str>() else {
        return raise!(
            py,
            ValueError,
            "a semaphore without name cannot be opened again"
        );
    };
    let text = text.to_utf8(py)?.into_owned();
    let Ok(c) = std::ffi::CString::new(text.as_str()) else {
        return raise!(py, ValueError, "embedded null character");
    };
    let semaphore = os(py, Semaphore::open(&c))?;
    Instance::new_in(
        py,
        class,
        SemLock::of(semaphore, kind, maxvalue, Some(&text)),
    )
}

/// The real time at which a wait of so many seconds ends.
fn deadline(seconds: f64) -> libc::timespec {
    let now = krait_sys::time::clock_gettime(libc::CLOCK_REALTIME).unwrap_or(libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    });
    let seconds = seconds.max(0.0);
    let whole = seconds.trunc().min(1e15);
    let nanos = now.tv_nsec + ((seconds - whole) * 1e9 + 0.5).min(1e9) as i64;
    libc::timespec {
        tv_sec: now.tv_sec + whole as i64 + nanos / 1_000_000_000,
        tv_nsec: nanos % 1_000_000_000,
    }
}

fn acquire(py: Py, this: &This, block: Option<bool>, timeout: Option<&Value>) -> PyResult<bool> {
    if this.kind == RECURSIVE_MUTEX && this.is_mine() {
        this.count.set(this.count.get() + 1);
        return Ok(true);
    }
    let until = match timeout {
        Some(timeout) => Some(deadline(number::to_f64(py, timeout)?)),
        None => None,
    };
    let semaphore = this.semaphore.clone();
    // Trying first costs no change of threads.
    let taken = loop {
        match semaphore.try_wait() {
            Ok(_) => break true,
            Err(Errno(libc::EINTR)) => run_signals(py)?,
            Err(Errno(libc::EAGAIN)) => {
                if !block.unwrap_or(true) {
                    break false;
                }
                match py.allow_threads(|| semaphore.wait(until)) {
                    Ok(_) => break true,
                    Err(Errno(libc::ETIMEDOUT)) => break false,
                    Err(Errno(libc::EINTR)) => run_signals(py)?,
                    Err(error) => return fail(py, error),
                }
            }
            Err(error) => return fail(py, error),
        }
    };
    if taken {
        this.count.set(this.count.get() + 1);
        this.owner.set(thread::ident());
    }
    Ok(taken)
}

fn release(py: Py, this: &This) -> PyResult<()> {
    if this.kind == RECURSIVE_MUTEX {
        if !this.is_mine() {
            return raise!(
                py,
                AssertionError,
                "attempt to release recursive lock not owned by thread"
            );
        }
        if this.count.get() > 1 {
            this.count.set(this.count.get() - 1);
            return Ok(());
        }
    } else if os(py, this.semaphore.value())? >= this.maxvalue {
        return raise!(py, ValueError, "semaphore or lock released too many times");
    }
    os(py, this.semaphore.post())?;
    this.count.set(this.count.get() - 1);
    Ok(())
}

impl Class for SemLock {
    const NAME: &'static str = "_multiprocessing.SemLock";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .doc("Semaphore/Mutex type")
            .new_with("SemLock(kind, value, maxvalue, name, unlink)", new)
            .attr_value("SEM_VALUE_MAX", Value::int(VALUE_MAX))
            .getter("handle", |_py: Py, this: &This| this.semaphore.address())
            .getter("kind", |_py: Py, this: &This| this.kind)
            .getter("maxvalue", |_py: Py, this: &This| this.maxvalue)
            .getter("name", |_py: Py, this: &This| {
                this.name.as_deref().map(str::to_string)
            })
            .method("acquire($self, /, block=True, timeout=None)", acquire)
            .method("release($self, /)", release)
            .method("__enter__($self, /)", |py: Py, this: &This| {
                acquire(py, this, None, None)
            })
            .method(
                "__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)",
                |py: Py,
                 this: &This,
                 _t: Option<&Value>,
                 _v: Option<&Value>,
                 _tb: Option<&Value>| { release(py, this) },
            )
            .method("_count($self, /)", |_py: Py, this: &This| this.count.get())
            .method("_is_mine($self, /)", |_py: Py, this: &This| this.is_mine())
            .method("_get_value($self, /)", |py: Py, this: &This| {
                os(py, this.semaphore.value()).map(|v| v.max(0))
            })
            .method("_is_zero($self, /)", |py: Py, this: &This| {
                os(py, this.semaphore.value()).map(|v| v == 0)
            })
            .class_method("_rebuild($type, handle, kind, maxvalue, name, /)", rebuild)
            .method("_after_fork($self, /)", |_py: Py, this: &This| {
                this.count.set(0)
            });
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.class::<SemLock>()?
        .function("sem_unlink($module, name, /)", |py: Py, name: CText| {
            os(py, krait_sys::path::sem_unlink(&name.0)).map(drop)
        })?;
    let flags = Dict::new();
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        flags.set_value(m.py, &Value::from(Str::intern(name)), Value::int(1))?;
    }
    m.value("flags", Value::from(flags))?;
    Ok(())
}
