//! Positions of buffered streams, flushing, and their end.

use krait_object::{Object, Py, PyResult, Value, intern, protocol};
use krait_sys::fd::constants::{SEEK_CUR, SEEK_END, SEEK_SET};

use super::{Buffered, State};
use crate::base;
use crate::fault::{self, unsupported};
use crate::raw_call::{self, call0, call1, me};

impl Buffered {
    /// `flush` of streams that write.
    pub(super) fn flush(&self, py: Py, this: &Object) -> PyResult<()> {
        self.check_open(py, "flush of closed file")?;
        let _entered = self.enter(py, this)?;
        self.flush_and_rewind(py)
    }

    /// `flush` for the text layer.
    pub fn flush_plain(&self, py: Py, this: &Object) -> PyResult<()> {
        if self.writable {
            return self.flush(py, this);
        }
        self.forward(py, intern!("flush")).map(drop)
    }

    pub(super) fn tell(&self, py: Py) -> PyResult<i64> {
        self.check_ready(py)?;
        let position = self.raw_tell(py)? - self.raw_offset();
        Ok(position.max(0))
    }

    pub(super) fn seek(
        &self,
        py: Py,
        this: &Object,
        target: &Value,
        whence: Option<i32>,
    ) -> PyResult<i64> {
        let whence = whence.unwrap_or(SEEK_SET);
        // Besides the three usual ones, Linux has SEEK_DATA and SEEK_HOLE.
        if !(SEEK_SET..=4).contains(&whence) {
            return fault::invalid_whence(py, i64::from(whence));
        }
        self.check_open(py, "seek of closed file")?;
        if self
            .file
            .borrow()
            .as_ref()
            .is_none_or(|f| f.can_seek(py) != Ok(true))
        {
            base::check_seekable(py, &self.raw.value())?;
        }
        let mut target = raw_call::offset(py, target)?;
        if whence < SEEK_END && self.readable && self.lock.is_free() {
            let current = self.raw_position(py)?;
            let ahead = self.readahead();
            if ahead > 0 {
                let offset = if whence == SEEK_SET {
                    target - (current - self.raw_offset())
                } else {
                    target
                };
                if offset >= -self.pos.get() && offset <= ahead {
                    self.pos.set(self.pos.get() + offset);
                    return Ok((current - ahead + offset).max(0));
                }
            }
        }
        let _entered = self.enter(py, this)?;
        if self.writable {
            self.flush_written(py)?;
        }
        if whence == SEEK_CUR {
            target -= self.raw_offset();
        }
        let position = self.raw_seek(py, target, whence)?;
        self.raw_pos.set(-1);
        if self.readable {
            self.forget_read();
        }
        Ok(position)
    }

    pub(super) fn truncate(&self, py: Py, this: &Object, size: Option<&Value>) -> PyResult {
        self.check_open(py, "truncate of closed file")?;
        if !self.writable {
            return unsupported(py, "truncate");
        }
        let _entered = self.enter(py, this)?;
        self.flush_and_rewind(py)?;
        let size = size.cloned().unwrap_or_else(Value::none);
        let result = call1(py, &self.raw.value(), intern!("truncate"), size)?;
        if self.raw_tell(py).is_err() {
            drop(py.thread().take_exception());
        }
        Ok(result)
    }

    pub(super) fn close(&self, py: Py, this: &Object) -> PyResult {
        self.check_ready(py)?;
        {
            let _entered = self.enter(py, this)?;
            if self.is_closed(py)? {
                return Ok(Value::none());
            }
            if self.finalizing.get() {
                self.dealloc_warn(py, &me(this));
            }
        }
        let flushed = call0(py, &me(this), intern!("flush"));
        fault::both(py, flushed, || {
            let _entered = self.enter(py, this)?;
            let result = call0(py, &self.raw.value(), intern!("close"));
            self.read_end.set(0);
            self.pos.set(0);
            self.give_back_memory(py);
            result
        })
    }

    pub(super) fn detach(&self, py: Py, this: &Object) -> PyResult {
        self.check_ready(py)?;
        call0(py, &me(this), intern!("flush"))?;
        self.state.set(State::Detached);
        drop(self.file.take());
        Ok(self.raw.take().unwrap_or_else(Value::none))
    }

    pub(super) fn repr(&self, py: Py, this: &Object) -> PyResult<String> {
        let name = this.ty().name();
        match raw_call::attribute_or_none(py, &me(this), intern!("name"))? {
            None => Ok(format!("<{name}>")),
            Some(file) => {
                let _guard = base::enter_repr(py, this)?;
                Ok(format!(
                    "<{name} name={}>",
                    protocol::repr(py, &file)?.to_rust()
                ))
            }
        }
    }
}
