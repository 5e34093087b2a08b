//! `_thread.RLock`: a lock that its owner may take again.
//!
//! What always holds: `owner` is not zero only while the lock is held, and then `count`
//! is at least one.

use std::cell::Cell;

use krait_object::native::{Args, Class, TypeBuilder};
use krait_object::protocol::number;
use krait_object::{Instance, KwArgs, Layout, Py, PyResult, Tuple, Type, Value, class_cell, raise};
use krait_sys::thread::{RawLock, ident};

use super::lock::{Wait, acquire, wait_of};

/// The lock, who holds it and how often.
#[derive(Default)]
pub struct RLock {
    raw: RawLock,
    owner: Cell<u64>,
    count: Cell<usize>,
}

type This = Instance<RLock>;

impl RLock {
    fn is_mine(&self) -> bool {
        self.owner.get() == ident()
    }

    fn take(&self, py: Py, wait: Wait) -> PyResult<bool> {
        let me = ident();
        if self.owner.get() == me {
            let Some(count) = self.count.get().checked_add(1) else {
                return raise!(py, OverflowError, "Internal lock count overflowed");
            };
            self.count.set(count);
            return Ok(true);
        }
        let taken = acquire(py, &self.raw, wait)?;
        if taken {
            self.owner.set(me);
            self.count.set(1);
        }
        Ok(taken)
    }

    fn release(&self, py: Py) -> PyResult<()> {
        if !self.is_mine() {
            return raise!(py, RuntimeError, "cannot release un-acquired lock");
        }
        let left = self.count.get() - 1;
        self.count.set(left);
        if left == 0 {
            self.owner.set(0);
            self.raw.release();
        }
        Ok(())
    }
}

fn restore(py: Py, this: &This, state: &Value) -> PyResult<()> {
    let parts = state
        .downcast::<Tuple>()
        .filter(|t| t.len() == 2)
        .map(|t| t.as_values().to_vec());
    let Some(parts) = parts else {
        return raise!(
            py,
            TypeError,
            "_acquire_restore() argument 1 must be 2-item tuple, not {}",
            state.ty().short_name()
        );
    };
    let count = number::index_to_i128(py, &parts[0])?.unwrap_or(0);
    let owner = number::index_to_i128(py, &parts[1])?.unwrap_or(0);
    acquire(py, &this.raw, Wait::Forever)?;
    this.owner.set(owner as u64);
    this.count.set((count as usize).max(1));
    Ok(())
}

fn save(py: Py, this: &This) -> PyResult<(usize, u64)> {
    if this.owner.get() == 0 {
        return raise!(py, RuntimeError, "cannot release un-acquired lock");
    }
    let state = (this.count.replace(0), this.owner.replace(0));
    this.raw.release();
    Ok(state)
}

impl Class for RLock {
    const NAME: &'static str = "_thread.RLock";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .with_weakrefs()
            .new_with(
                "RLock(*args, **kwargs)",
                |py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                    Instance::new_in(py, class, RLock::default())
                },
            )
            .repr(|_py, this: &This| {
                let state = if this.owner.get() != 0 {
                    "locked"
                } else {
                    "unlocked"
                };
                let (name, owner, count) = (
                    this.as_object().ty().name(),
                    this.owner.get(),
                    this.count.get(),
                );
                format!(
                    "<{state} {name} object owner={owner} count={count} at {:p}>",
                    this.as_object()
                )
            })
            .method(
                "acquire($self, /, blocking=True, timeout=-1)",
                |py: Py, this: &This, blocking: Option<bool>, timeout: Option<&Value>| {
                    let wait = wait_of(py, blocking, timeout)?;
                    this.take(py, wait)
                },
            )
            .method("release($self, /)", |py: Py, this: &This| this.release(py))
            .method("locked($self, /)", |_py, this: &This| this.owner.get() != 0)
            .method("_is_owned($self, /)", |_py, this: &This| this.is_mine())
            .method("_recursion_count($self, /)", |_py, this: &This| {
                if this.is_mine() { this.count.get() } else { 0 }
            })
            .method("_acquire_restore($self, state, /)", restore)
            .method("_release_save($self, /)", save)
            .method("__enter__($self, /)", |py: Py, this: &This| {
                this.take(py, Wait::Forever)
            })
            .method(
                "__exit__($self, /, *exc_info)",
                |py: Py, this: &This, _info: Args<'_>| this.release(py),
            )
            .method("_at_fork_reinit($self, /)", |_py, this: &This| {
                this.raw.reset();
                this.owner.set(0);
                this.count.set(0);
            });
    }
}
