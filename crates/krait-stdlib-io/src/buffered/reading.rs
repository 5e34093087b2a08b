//! Reading through the buffer.

use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::{Bytes, Object, Owned, Py, PyResult, Value, intern, protocol, raise};

use super::Buffered;
use crate::raw_call::{self, Size};

/// The most bytes that are asked of the raw stream at first.
const MOST_AT_ONCE: i64 = 256 << 10;

impl Buffered {
    /// The next bytes of those read ahead; there are as many.
    fn take(&self, count: i64) -> Owned<Bytes> {
        let pos = self.pos.get();
        self.pos.set(pos + count);
        let memory = self.memory.borrow();
        let bytes = memory.read();
        Bytes::new(&bytes[pos as usize..(pos + count) as usize])
    }

    /// Reads more behind what was read ahead; the count as the raw stream gives it.
    fn fill(&self, py: Py) -> PyResult<Option<usize>> {
        let start = if self.has_read() {
            self.read_end.get()
        } else {
            0
        };
        let count = self.raw_read(py, start, self.size.get() - start)?;
        if let Some(n) = count.filter(|&n| n > 0) {
            self.read_end.set(start + n as i64);
            self.raw_pos.set(start + n as i64);
        }
        Ok(count)
    }

    /// Before reading past the buffer: written bytes go out, and what was read is used up.
    fn leave_buffer(&self, py: Py) -> PyResult<()> {
        if self.writable {
            self.flush_and_rewind(py)?;
        }
        self.forget_read();
        Ok(())
    }

    pub(super) fn read(&self, py: Py, this: &Object, size: Option<&Value>) -> PyResult {
        let size = match size.filter(|s| !s.is_none()) {
            None => -1,
            Some(size) => {
                if !protocol::number::is_index(size) {
                    let ty = size.ty().name();
                    return raise!(
                        py,
                        TypeError,
                        "argument should be integer or None, not '{ty}'"
                    );
                }
                protocol::number::to_index(py, size, &krait_object::exceptions::OverflowError)?
                    as i64
            }
        };
        self.check_ready(py)?;
        if size < -1 {
            return raise!(py, ValueError, "read length must be non-negative or -1");
        }
        self.check_open(py, "read of closed file")?;
        if size == -1 {
            let _entered = self.enter(py, this)?;
            return self.read_all(py);
        }
        if size <= self.readahead() && self.lock.is_free() {
            return Ok(Value::from(self.take(size)));
        }
        let _entered = self.enter(py, this)?;
        Ok(self
            .read_exactly(py, size)?
            .map_or_else(Value::none, Value::from))
    }

    /// So many bytes, fewer only at the end or where the raw stream would block.
    fn read_exactly(&self, py: Py, size: i64) -> PyResult<Option<Owned<Bytes>>> {
        let ahead = self.readahead();
        if size <= ahead {
            return Ok(Some(self.take(size)));
        }
        // More may be asked for than there will be: the memory is made as it comes.
        let most = MOST_AT_ONCE.max(self.size.get());
        let mut out = BytesBuilder::with_capacity(size.min(most) as usize)?;
        if ahead > 0 {
            let memory = self.memory.borrow().clone();
            out.extend(&memory.read()[self.pos.get() as usize..][..ahead as usize])?;
            self.pos.set(self.pos.get() + ahead);
        }
        self.leave_buffer(py)?;
        let ended = |count: Option<usize>, out: BytesBuilder| {
            Ok((count.is_some() || !out.is_empty()).then(|| out.finish()))
        };
        // Whole blocks go straight to the result, which doubles at most with each read.
        loop {
            let had = out.len() as i64;
            let wanted = (size - had).min(most.max(had));
            let blocks = wanted / self.size.get() * self.size.get();
            if blocks == 0 {
                break;
            }
            if out.capacity() as i64 - had < wanted {
                out.reserve_exact((had + wanted.max(had)).min(size) as usize)?;
            }
            match self.raw_read_more(py, &mut out, blocks as usize)? {
                count @ (None | Some(0)) => return ended(count, out),
                Some(_) => {}
            }
        }
        self.pos.set(0);
        self.raw_pos.set(0);
        self.read_end.set(0);
        while (out.len() as i64) < size && self.read_end.get() < self.size.get() {
            let count = match self.fill(py)? {
                count @ (None | Some(0)) => return ended(count, out),
                Some(count) => count as i64,
            };
            let part = count.min(size - out.len() as i64);
            let start = self.pos.get() as usize;
            let memory = self.memory.borrow().clone();
            out.extend(&memory.read()[start..start + part as usize])?;
            self.pos.set(self.pos.get() + part);
        }
        Ok(Some(out.finish()))
    }

    /// All there is.
    fn read_all(&self, py: Py) -> PyResult {
        let ahead = self.readahead();
        let first = (ahead > 0).then(|| self.take(ahead));
        self.leave_buffer(py)?;
        if let Some(file) = self.plain_file(py, intern!("readall")) {
            let rest = file.read_all(py)?;
            self.abs_pos.set(-1);
            return match (first, rest) {
                (first, None) => Ok(first.map_or_else(Value::none, Value::from)),
                (None, Some(rest)) => Ok(Value::from(rest.finish())),
                (Some(first), Some(rest)) => {
                    let mut all = BytesBuilder::with_capacity(first.len() + rest.len())?;
                    all.extend(first.as_slice())?;
                    all.extend(rest.as_slice())?;
                    Ok(Value::from(all.finish()))
                }
            };
        }
        let raw = self.raw.value();
        if let Some(readall) = protocol::lookup_attr(py, &raw, intern!("readall"))? {
            let rest = protocol::call(py, &readall, &[])?;
            if !rest.is_none() && rest.downcast::<Bytes>().is_none() {
                return raise!(py, TypeError, "readall() should return bytes");
            }
            let Some(first) = first else { return Ok(rest) };
            return Ok(Value::from(match rest.downcast::<Bytes>() {
                Some(rest) => Bytes::new(&[first.as_slice(), rest.as_slice()].concat()),
                None => first,
            }));
        }
        self.read_all_by_parts(py, &raw, first)
    }

    /// All there is, of a raw stream without `readall`.
    fn read_all_by_parts(&self, py: Py, raw: &Value, first: Option<Owned<Bytes>>) -> PyResult {
        let mut all = first.map(|f| f.as_slice().to_vec()).unwrap_or_default();
        loop {
            let more = raw_call::call0(py, raw, intern!("read"))?;
            let Some(bytes) = more.downcast::<Bytes>() else {
                if !more.is_none() {
                    return raise!(py, TypeError, "read() should return bytes");
                }
                return Ok(if all.is_empty() {
                    more
                } else {
                    Value::from(Bytes::new(&all))
                });
            };
            if bytes.is_empty() {
                return Ok(Value::from(Bytes::new(&all)));
            }
            all.extend_from_slice(bytes.as_slice());
            if self.abs_pos.get() != -1 {
                self.abs_pos.set(self.abs_pos.get() + bytes.len() as i64);
            }
        }
    }

    /// What one raw read gives at most.
    pub(super) fn read1(
        &self,
        py: Py,
        this: &Object,
        size: Option<&Value>,
    ) -> PyResult<Owned<Bytes>> {
        let size = match size {
            None => -1,
            Some(size) => {
                protocol::number::to_index(py, size, &krait_object::exceptions::OverflowError)?
                    as i64
            }
        };
        self.check_open(py, "read of closed file")?;
        self.read1_sized(py, this, if size < 0 { self.size.get() } else { size })
    }

    fn read1_sized(&self, py: Py, this: &Object, size: i64) -> PyResult<Owned<Bytes>> {
        if size == 0 {
            return Ok(Bytes::new(&[]));
        }
        if self.readahead() > 0 && self.lock.is_free() {
            return Ok(self.take(size.min(self.readahead())));
        }
        let _entered = self.enter(py, this)?;
        if self.readahead() > 0 {
            return Ok(self.take(size.min(self.readahead())));
        }
        if self.writable {
            self.flush_and_rewind(py)?;
        }
        let mut out = BytesBuilder::with_capacity(size as usize)?;
        self.forget_read();
        self.raw_read_more(py, &mut out, size as usize)?;
        Ok(out.finish())
    }

    /// `read1` for the text layer: the bytes go to `use_bytes` without becoming an object.
    pub fn with_read1<R>(
        &self,
        py: Py,
        this: &Object,
        size: i64,
        use_bytes: impl FnOnce(Owned<Bytes>) -> PyResult<R>,
    ) -> PyResult<R> {
        self.check_open(py, "read of closed file")?;
        use_bytes(self.read1_sized(py, this, size)?)
    }

    pub(super) fn peek(&self, py: Py, this: &Object) -> PyResult<Owned<Bytes>> {
        self.check_open(py, "peek of closed file")?;
        let _entered = self.enter(py, this)?;
        if self.writable {
            self.flush_and_rewind(py)?;
        }
        let ahead = self.readahead();
        let (start, end) = if ahead > 0 {
            (self.pos.get(), self.pos.get() + ahead)
        } else {
            self.forget_read();
            let count = self.fill(py)?.unwrap_or(0);
            self.pos.set(0);
            (0, count as i64)
        };
        let memory = self.memory.borrow();
        let bytes = memory.read();
        Ok(Bytes::new(&bytes[start as usize..end as usize]))
    }

    pub(super) fn readinto(&self, py: Py, this: &Object, target: &Value, once: bool) -> PyResult {
        let name = if once { "readinto1" } else { "readinto" };
        self.check_ready(py)?;
        let buffer = raw_call::writable(py, name, target)?;
        self.check_open(py, "readinto of closed file")?;
        let Some(room) = buffer.as_mut_slice() else {
            return Ok(Value::int(0));
        };
        let _entered = self.enter(py, this)?;
        let ahead = self.readahead().min(room.len() as i64).max(0);
        let mut written = ahead as usize;
        if self.readahead() > 0 {
            self.copy_to(self.pos.get(), &mut room[..written]);
            self.pos.set(self.pos.get() + ahead);
            if written == room.len() {
                return Ok(Value::int(ahead));
            }
        }
        self.leave_buffer(py)?;
        self.pos.set(0);
        while written < room.len() {
            let rest = &mut room[written..];
            let count = if rest.len() as i64 > self.size.get() {
                self.raw_read_slice(py, rest)?
            } else if !(once && written > 0) {
                let count = self.fill(py)?;
                if let Some(n) = count.filter(|&n| n > 0) {
                    let n = n.min(rest.len());
                    self.copy_to(self.pos.get(), &mut rest[..n]);
                    self.pos.set(self.pos.get() + n as i64);
                    written += n;
                    if once {
                        break;
                    }
                    continue;
                }
                count
            } else {
                Some(0)
            };
            match count {
                Some(0) => break,
                None if written > 0 => break,
                None => return Ok(Value::none()),
                Some(n) => written += n,
            }
            if once {
                break;
            }
        }
        Ok(Value::int(written as i64))
    }

    /// Where the next line of those read ahead ends: how many bytes, and whether it does.
    fn line_ahead(&self, limit: Option<usize>) -> (usize, bool) {
        let (pos, ahead) = (self.pos.get() as usize, self.readahead().max(0) as usize);
        let memory = self.memory.borrow();
        let bytes = memory.read();
        let part = &bytes[pos..pos + ahead.min(limit.unwrap_or(usize::MAX))];
        match memchr::memchr(b'\n', part) {
            Some(at) => (at + 1, true),
            None => (part.len(), limit == Some(part.len())),
        }
    }

    /// The next line, empty at the end.
    pub(super) fn line(
        &self,
        py: Py,
        this: &Object,
        limit: Option<usize>,
    ) -> PyResult<Owned<Bytes>> {
        if self.lock.is_free()
            && let (count, true) = self.line_ahead(limit)
        {
            return Ok(self.take(count as i64));
        }
        let _entered = self.enter(py, this)?;
        let (mut line, mut left) = (BytesBuilder::new(), limit);
        loop {
            let (count, done) = self.line_ahead(left);
            if done && line.is_empty() {
                return Ok(self.take(count as i64));
            }
            let memory = self.memory.borrow().clone();
            line.extend(&memory.read()[self.pos.get() as usize..][..count])?;
            self.pos.set(self.pos.get() + count as i64);
            left = left.map(|left| left - count);
            if done {
                return Ok(line.finish());
            }
            self.leave_buffer(py)?;
            self.pos.set(0);
            if self.fill(py)?.unwrap_or(0) == 0 {
                return Ok(line.finish());
            }
        }
    }

    pub(super) fn readline(
        &self,
        py: Py,
        this: &Object,
        size: Option<&Value>,
    ) -> PyResult<Owned<Bytes>> {
        self.check_ready(py)?;
        let Size(limit) = Size::of(py, size)?;
        self.check_open(py, "readline of closed file")?;
        self.line(py, this, limit)
    }
}
