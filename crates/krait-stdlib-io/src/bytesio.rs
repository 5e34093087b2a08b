//! `_io.BytesIO`: a stream over bytes in memory.
//!
//! The content is either a `bytes` object that others may have too (`shared`), or a
//! builder of its own. The first write takes over or copies the object; `getvalue` turns
//! the builder into an object without a copy.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::types::buffer::Buffer;
use krait_object::types::bytes_builder::BytesBuilder;
use krait_object::types::shared_bytes::SharedBytes;
use krait_object::{
    Bytes, Class, Dict, Instance, Layout, List, Owned, Py, PyResult, Tuple, Type, Value,
    class_cell, exceptions, protocol, raise,
};

use crate::base::{base_of, buffered::BufferedIoBase};
use crate::fault;
use crate::raw_call::{self, Size, me};

/// `BytesIO`.
pub struct BytesIo {
    /// Made when it is needed first.
    own: OnceCell<Rc<SharedBytes>>,
    shared: RefCell<Option<Owned<Bytes>>>,
    position: Cell<usize>,
    closed: Cell<bool>,
}

type This = Instance<BytesIo>;

impl BytesIo {
    fn empty() -> BytesIo {
        BytesIo {
            own: OnceCell::new(),
            shared: RefCell::new(None),
            position: Cell::new(0),
            closed: Cell::new(false),
        }
    }

    #[inline]
    fn check(&self, py: Py) -> PyResult<()> {
        if self.closed.get() {
            fault::closed(py)
        } else {
            Ok(())
        }
    }

    /// Fails where the content is lent and may not change in size.
    fn check_lent(&self, py: Py) -> PyResult<()> {
        self.own
            .get()
            .map_or(Ok(()), |own| own.change(py).map(drop))
    }

    fn own(&self) -> &Rc<SharedBytes> {
        self.own
            .get_or_init(|| SharedBytes::new(BytesBuilder::new()))
    }

    /// Gives up all content; it is not lent.
    fn forget(&self, py: Py) -> PyResult<()> {
        drop(self.shared.take());
        if let Some(own) = self.own.get() {
            drop(std::mem::take(&mut *own.change(py)?));
        }
        Ok(())
    }

    /// Looks at the content; `look` runs no Python code.
    fn with<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        match &*self.shared.borrow() {
            Some(bytes) => look(bytes.as_slice()),
            None => match self.own.get() {
                Some(own) => look(&own.read()),
                None => look(&[]),
            },
        }
    }

    fn len(&self) -> usize {
        self.with(<[u8]>::len)
    }

    /// Makes the content the stream's own.
    fn unshare(&self, py: Py) -> PyResult<()> {
        if let Some(bytes) = self.shared.take() {
            *self.own().change(py)? = BytesBuilder::from_bytes(bytes)?;
        }
        Ok(())
    }

    /// The whole content as an object.
    fn value(&self, py: Py) -> PyResult<Owned<Bytes>> {
        if let Some(bytes) = &*self.shared.borrow() {
            return Ok(bytes.clone());
        }
        if self.own().is_lent() {
            return Ok(Bytes::new(&self.own().read()));
        }
        let bytes = std::mem::take(&mut *self.own().change(py)?).finish();
        *self.shared.borrow_mut() = Some(bytes.clone());
        Ok(bytes)
    }

    /// The next bytes, at most so many; the position moves behind them.
    fn take(&self, py: Py, size: Option<usize>) -> PyResult<Owned<Bytes>> {
        let (at, len) = (self.position.get(), self.len());
        let left = len.saturating_sub(at);
        let count = size.unwrap_or(left).min(left);
        self.position.set(at + count);
        if count > 1 && count == len {
            return self.value(py);
        }
        Ok(self.with(|all| Bytes::new(all.get(at..at + count).unwrap_or(&[]))))
    }

    /// How many bytes the next line has.
    fn line_length(&self, limit: Option<usize>) -> usize {
        let at = self.position.get();
        self.with(|all| {
            let rest = all.get(at..).unwrap_or(&[]);
            let rest = &rest[..limit.unwrap_or(usize::MAX).min(rest.len())];
            memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1)
        })
    }

    fn next_line(&self, limit: Option<usize>) -> Option<Owned<Bytes>> {
        let (at, count) = (self.position.get(), self.line_length(limit));
        self.position.set(at + count);
        (count > 0).then(|| self.with(|all| Bytes::new(&all[at..at + count])))
    }

    /// Writes at the position; a gap before it is filled with zeros.
    fn put(&self, py: Py, bytes: &[u8]) -> PyResult<usize> {
        self.check(py)?;
        self.check_lent(py)?;
        if bytes.is_empty() {
            return Ok(0);
        }
        self.unshare(py)?;
        let mut content = self.own().change(py)?;
        let at = self.position.get();
        let Some(end) = at
            .checked_add(bytes.len())
            .filter(|&e| e <= isize::MAX as usize)
        else {
            return raise!(py, OverflowError, "new position too large");
        };
        if at == content.len() {
            content.extend(bytes)?;
        } else {
            if end > content.len() {
                content.resize(end)?;
            }
            content.as_mut_slice()[at..end].copy_from_slice(bytes);
        }
        self.position.set(end);
        Ok(bytes.len())
    }
}

fn write(py: Py, this: &This, b: &Value) -> PyResult<usize> {
    if let Some(bytes) = b.downcast_exact::<Bytes>() {
        return this.put(py, bytes.as_slice());
    }
    this.check(py)?;
    let buffer = Buffer::new(py, b)?;
    this.put(py, buffer.as_slice())
}

fn init(py: Py, this: &This, initial: Option<&Value>) -> PyResult<()> {
    this.check_lent(py)?;
    this.position.set(0);
    this.closed.set(false);
    this.forget(py)?;
    let Some(initial) = initial.filter(|i| !i.is_none()) else {
        return Ok(());
    };
    if let Some(bytes) = initial.downcast_exact::<Bytes>() {
        *this.shared.borrow_mut() = Some(bytes.to_owned());
        return Ok(());
    }
    write(py, this, initial)?;
    this.position.set(0);
    Ok(())
}

fn read(py: Py, this: &This, size: Option<&Value>) -> PyResult<Owned<Bytes>> {
    this.check(py)?;
    let size = Size::of(py, size)?;
    this.take(py, size.0)
}

fn readline(py: Py, this: &This, size: Option<&Value>) -> PyResult<Owned<Bytes>> {
    this.check(py)?;
    let size = Size::of(py, size)?;
    Ok(this.next_line(size.0).unwrap_or_else(|| Bytes::new(&[])))
}

fn readlines(py: Py, this: &This, hint: Option<&Value>) -> PyResult<Owned<List>> {
    this.check(py)?;
    let hint = Size::of(py, hint)?.0.filter(|&h| h > 0);
    let (list, mut length) = (List::new(), 0);
    while let Some(line) = this.next_line(None) {
        length += line.len();
        list.push_value(Value::from(line));
        if hint.is_some_and(|hint| length >= hint) {
            break;
        }
    }
    Ok(list)
}

fn readinto(py: Py, this: &This, buffer: &Value) -> PyResult<usize> {
    this.check(py)?;
    let buffer = raw_call::writable(py, "readinto", buffer)?;
    let at = this.position.get();
    let count = this.with(|all| {
        let rest = all.get(at..).unwrap_or(&[]);
        let room = buffer.as_mut_slice().unwrap_or(&mut []);
        let count = rest.len().min(room.len());
        // The target may be a view of this very content.
        let part = rest[..count].to_vec();
        room[..count].copy_from_slice(&part);
        count
    });
    this.position.set(at + count);
    Ok(count)
}

fn writelines(py: Py, this: &This, lines: &Value) -> PyResult<()> {
    this.check(py)?;
    let mut lines = protocol::Iter::new(py, lines)?;
    while let Some(line) = lines.next(py)? {
        write(py, this, &line)?;
    }
    Ok(())
}

fn seek(py: Py, this: &This, pos: &Value, whence: Option<i32>) -> PyResult<usize> {
    this.check(py)?;
    let pos = protocol::number::to_index(py, pos, &exceptions::OverflowError)?;
    let base = match whence.unwrap_or(0) {
        0 if pos < 0 => return raise!(py, ValueError, "negative seek value {pos}"),
        0 => 0,
        1 => this.position.get(),
        2 => this.len(),
        other => {
            return raise!(
                py,
                ValueError,
                "invalid whence ({other}, should be 0, 1 or 2)"
            );
        }
    };
    match (base as isize).checked_add(pos) {
        Some(at) => this.position.set(at.max(0) as usize),
        None => return raise!(py, OverflowError, "new position too large"),
    }
    Ok(this.position.get())
}

fn truncate(py: Py, this: &This, size: Option<&Value>) -> PyResult<usize> {
    this.check(py)?;
    let size = match size.filter(|s| !s.is_none()) {
        None => this.position.get() as isize,
        Some(size) => protocol::number::to_index(py, size, &exceptions::OverflowError)?,
    };
    // The size's own method may have done either.
    this.check(py)?;
    this.check_lent(py)?;
    let Ok(size) = usize::try_from(size) else {
        return raise!(py, ValueError, "negative size value {size}");
    };
    if size < this.len() {
        this.unshare(py)?;
        this.own().change(py)?.truncate(size);
    }
    Ok(size)
}

fn close(py: Py, this: &This) -> PyResult<()> {
    this.check_lent(py)?;
    this.closed.set(true);
    this.forget(py)?;
    Ok(())
}

fn getbuffer(py: Py, this: &This) -> PyResult {
    this.check(py)?;
    this.unshare(py)?;
    let exporter = Instance::new(
        py,
        BytesIoBuffer {
            source: this.to_owned(),
        },
    );
    raw_call::memory_view(py, Value::from(exporter))
}

fn getstate(py: Py, this: &This) -> PyResult {
    this.check(py)?;
    let value = Value::from(this.value(py)?);
    let dict = match protocol::attr::instance_dict(py, this.as_object()) {
        Some(dict) if !dict.is_empty() => krait_object::protocol::call_method(
            py,
            &Value::from(dict),
            krait_object::intern!("copy"),
            &[],
        )?,
        _ => Value::none(),
    };
    Ok(Value::from(Tuple::from_values([
        value,
        Value::int(this.position.get() as i64),
        dict,
    ])))
}

fn setstate(py: Py, this: &This, state: &Value) -> PyResult<()> {
    this.check(py)?;
    let name = this.as_object().ty().name();
    let Some(parts) = state.downcast::<Tuple>().filter(|t| t.len() >= 3) else {
        let got = state.ty().name();
        return raise!(
            py,
            TypeError,
            "{name}.__setstate__ argument should be 3-tuple, got {got}"
        );
    };
    let parts = parts.as_values();
    init(py, this, None)?;
    write(py, this, &parts[0])?;
    if !protocol::number::is_index(&parts[1]) {
        return raise!(
            py,
            TypeError,
            "second item of state must be an integer, got {}",
            parts[1].ty().name()
        );
    }
    let position = protocol::number::to_index(py, &parts[1], &exceptions::OverflowError)?;
    let Ok(position) = usize::try_from(position) else {
        return raise!(py, ValueError, "position value cannot be negative");
    };
    this.position.set(position);
    restore_dict(py, me(this.as_object()), &parts[2])
}

/// Puts the attributes of a pickled stream back.
pub fn restore_dict(py: Py, object: Value, dict: &Value) -> PyResult<()> {
    if dict.is_none() {
        return Ok(());
    }
    let Some(dict) = dict.downcast::<Dict>() else {
        return raise!(
            py,
            TypeError,
            "third item of state should be a dict, got a {}",
            dict.ty().name()
        );
    };
    for (key, value) in dict.to_vec() {
        if let Some(key) = key.downcast::<krait_object::Str>() {
            protocol::set_attr(py, &object, key, &value)?;
        }
    }
    Ok(())
}

impl Class for BytesIo {
    const NAME: &'static str = "_io.BytesIO";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<BufferedIoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("Buffered I/O implementation using an in-memory bytes buffer.")
            .new_bare(|py, class: &Type| Instance::new_in(py, class, BytesIo::empty()))
            .init("BytesIO(initial_bytes=b'')", init)
            .iter(|_py, this: &This| me(this.as_object()))
            .next(|py, this: &This| {
                this.check(py)?;
                Ok(this.next_line(None).map(Value::from))
            })
            .method("readable($self, /)", |py, this: &This| {
                this.check(py).map(|()| true)
            })
            .method("seekable($self, /)", |py, this: &This| {
                this.check(py).map(|()| true)
            })
            .method("writable($self, /)", |py, this: &This| {
                this.check(py).map(|()| true)
            })
            .method("close($self, /)", close)
            .method("flush($self, /)", |py, this: &This| this.check(py))
            .method("isatty($self, /)", |py, this: &This| {
                this.check(py).map(|()| false)
            })
            .method("tell($self, /)", |py, this: &This| {
                this.check(py).map(|()| this.position.get())
            })
            .method("write($self, b, /)", write)
            .method("writelines($self, lines, /)", writelines)
            .method("read1($self, size=-1, /)", read)
            .method("readinto($self, buffer, /)", readinto)
            .method("readline($self, size=-1, /)", readline)
            .method("readlines($self, size=None, /)", readlines)
            .method("read($self, size=-1, /)", read)
            .method("getbuffer($self, /)", getbuffer)
            .method("getvalue($self, /)", |py, this: &This| {
                this.check(py)?;
                this.value(py)
            })
            .method("seek($self, pos, whence=0, /)", seek)
            .method("truncate($self, size=None, /)", truncate)
            .method("__getstate__($self, /)", getstate)
            .method("__setstate__($self, object, /)", setstate)
            .method("__sizeof__($self, /)", |_py, this: &This| {
                this.as_object().ty().raw().tp_basicsize as usize + this.len()
            })
            .getter("closed", |_py, this: &This| this.closed.get());
    }
}

/// What `getbuffer` lets a memoryview see.
pub struct BytesIoBuffer {
    source: Owned<This>,
}

impl Class for BytesIoBuffer {
    const NAME: &'static str = "_io._BytesIOBuffer";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .lends(|_py, this: &Instance<BytesIoBuffer>| Ok(this.source.own().lease(false)));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
    }
}
