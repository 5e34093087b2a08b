//! `_io.StringIO`: a text stream over memory.
//!
//! What is written gathers in a builder, which becomes the string that `getvalue` gives; the
//! next write goes on in that string's memory where nobody else has it.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Class, Instance, Layout, Owned, Py, PyResult, Str, StrBuilder, Tuple, Type, Value, class_cell,
    errors, exceptions, intern, protocol, raise,
};
use krait_text::{Chars, TextWriter};

use crate::base::{base_of, text::TextIoBase};
use crate::bytesio::restore_dict;
use crate::fault;
use crate::raw_call::{self, Size, me};
use crate::text::lines::{Newline, holds};
use crate::text::newline::NewlineState;
use crate::text::writing::with_newlines;

/// `StringIO`.
pub struct StringIo {
    /// The content, unless `whole` has it.
    builder: RefCell<StrBuilder>,
    /// The content as a string, where there is one.
    whole: RefCell<Option<Owned<Str>>>,
    position: Cell<usize>,
    newline: Cell<Newline>,
    /// Translation of newlines that are written, where newlines are universal.
    newlines: RefCell<Option<NewlineState>>,
    ready: Cell<bool>,
    closed: Cell<bool>,
}

type This = Instance<StringIo>;

impl StringIo {
    fn unopened() -> StringIo {
        StringIo {
            builder: RefCell::default(),
            whole: RefCell::default(),
            position: Cell::new(0),
            newline: Cell::new(Newline::Lf),
            newlines: RefCell::default(),
            ready: Cell::new(false),
            closed: Cell::new(false),
        }
    }

    #[inline]
    fn check(&self, py: Py) -> PyResult<()> {
        if !self.ready.get() {
            return raise!(py, ValueError, "I/O operation on uninitialized object");
        }
        if self.closed.get() {
            return raise!(py, ValueError, "I/O operation on closed file");
        }
        Ok(())
    }

    /// Looks at the content; `look` runs no Python code.
    fn with<R>(&self, look: impl FnOnce(Chars<'_>) -> R) -> R {
        match &*self.whole.borrow() {
            Some(whole) => look(whole.chars()),
            None => look(self.builder.borrow().as_chars()),
        }
    }

    fn len(&self) -> usize {
        self.with(|chars| chars.len())
    }

    /// The content as a string.
    fn value(&self) -> Owned<Str> {
        if let Some(whole) = &*self.whole.borrow() {
            return whole.clone();
        }
        let whole = self.builder.take().finish();
        *self.whole.borrow_mut() = Some(whole.clone());
        whole
    }

    /// Lets a change be made to the content.
    fn change<R>(&self, change: impl FnOnce(&mut StrBuilder) -> R) -> R {
        let mut builder = self.builder.borrow_mut();
        if let Some(whole) = self.whole.take() {
            *builder = StrBuilder::resume(whole);
        }
        change(&mut builder)
    }

    /// Replaces the content.
    fn set_content(&self, text: Option<Owned<Str>>) {
        *self.builder.borrow_mut() = StrBuilder::new();
        drop(self.whole.replace(text));
    }

    /// Writes as it is, at the position; a gap before it is filled with zeros.
    fn put(&self, py: Py, chars: Chars<'_>) -> PyResult<()> {
        let at = self.position.get();
        let Some(end) = at
            .checked_add(chars.len())
            .filter(|&e| e <= isize::MAX as usize)
        else {
            return raise!(py, OverflowError, "new position too large");
        };
        self.change(|builder| {
            let len = builder.len();
            if at == len {
                builder.push_chars(chars);
                return Ok(());
            }
            if at > len {
                if builder.try_reserve(at - len + chars.len()).is_err() {
                    return errors::no_memory();
                }
                builder.push_repeat(0, at - len);
            }
            builder.overwrite(at, chars);
            Ok(())
        })?;
        self.position.set(end);
        Ok(())
    }

    /// Writes with newline translation.
    fn write_text(&self, py: Py, text: &Str) -> PyResult<()> {
        let decoded = self
            .newlines
            .borrow()
            .as_ref()
            .map(|newlines| newlines.process(text.to_owned_str(), true));
        let text = decoded.as_deref().unwrap_or(text);
        if text.is_empty() {
            return Ok(());
        }
        match self.newline.get().written() {
            Some(newline) if holds(text.chars(), b'\n') => {
                let text = with_newlines(text, newline)?;
                self.put(py, text.chars())
            }
            _ => self.put(py, text.chars()),
        }
    }

    /// The next characters up to `end`.
    fn take_to(&self, end: usize) -> Owned<Str> {
        let at = self.position.replace(end);
        if at == 0 && end == self.len() {
            return self.value();
        }
        match &*self.whole.borrow() {
            Some(whole) => whole.slice(at, end),
            None => Str::from_chars(self.builder.borrow().as_chars().slice(at, end)),
        }
    }

    fn line(&self, limit: Option<usize>) -> Owned<Str> {
        let at = self.position.get();
        let len = self.len();
        if at >= len || limit == Some(0) {
            return Str::new("");
        }
        let end = self
            .with(|chars| self.newline.get().line_end(chars, at))
            .unwrap_or(len);
        self.take_to(limit.map_or(end, |limit| end.min(at.saturating_add(limit))))
    }
}

/// The `newline` argument; a wrong one is shown by its repr here.
fn newline_of(py: Py, value: &Value) -> PyResult<Newline> {
    if let Some(text) = value.downcast::<Str>()
        && !["", "\n", "\r", "\r\n"]
            .iter()
            .any(|known| text.eq_str(known))
    {
        let shown = protocol::repr(py, value)?;
        return raise!(py, ValueError, "illegal newline value: {}", shown.to_rust());
    }
    Newline::of(py, Some(value))
}

fn init(py: Py, this: &This, initial: Option<&Value>, newline: Option<Value>) -> PyResult<()> {
    this.ready.set(false);
    let newline = match &newline {
        None => Newline::Lf,
        Some(value) => newline_of(py, value)?,
    };
    let initial = match initial.filter(|i| !i.is_none()) {
        None => None,
        Some(value) => match value.downcast::<Str>() {
            Some(text) => Some(text),
            None => {
                return raise!(
                    py,
                    TypeError,
                    "initial_value must be str or None, not {}",
                    value.ty().name()
                );
            }
        },
    };
    this.set_content(None);
    this.newline.set(newline);
    let state = newline
        .is_universal()
        .then(|| NewlineState::new(newline == Newline::Translate));
    *this.newlines.borrow_mut() = state;
    this.position.set(0);
    this.closed.set(false);
    this.ready.set(true);
    if let Some(text) = initial {
        if text.as_object().is_exact::<Str>() && newline == Newline::Lf {
            this.set_content(Some(text.to_owned_str()));
        } else {
            this.write_text(py, text)?;
            this.position.set(0);
        }
    }
    Ok(())
}

fn write(py: Py, this: &This, s: &Value) -> PyResult<usize> {
    let Some(text) = s.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "string argument expected, got '{}'",
            s.ty().name()
        );
    };
    this.check(py)?;
    this.write_text(py, text)?;
    Ok(text.len())
}

fn read(py: Py, this: &This, size: Option<&Value>) -> PyResult<Owned<Str>> {
    this.check(py)?;
    let Size(size) = Size::of(py, size)?;
    let (at, len) = (this.position.get(), this.len());
    if at >= len || size == Some(0) {
        return Ok(Str::new(""));
    }
    Ok(this.take_to(at + size.unwrap_or(usize::MAX).min(len - at)))
}

fn readline(py: Py, this: &This, size: Option<&Value>) -> PyResult<Owned<Str>> {
    this.check(py)?;
    let Size(limit) = Size::of(py, size)?;
    Ok(this.line(limit))
}

fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    this.check(py)?;
    let object = this.as_object();
    let line = if object.is_exact::<This>() {
        Value::from(this.line(None))
    } else {
        let line = raw_call::call0(py, &me(object), intern!("readline"))?;
        if line.downcast::<Str>().is_none() {
            let got = line.ty().name();
            return raise!(
                py,
                OSError,
                "readline() should have returned a str object, not '{got}'"
            );
        }
        line
    };
    let empty = line.downcast::<Str>().is_none_or(|text| text.is_empty());
    Ok((!empty).then_some(line))
}

fn seek(py: Py, this: &This, pos: &Value, whence: Option<i32>) -> PyResult<usize> {
    this.check(py)?;
    let whence = whence.unwrap_or(0);
    let pos = protocol::number::to_index(py, pos, &exceptions::OverflowError)?;
    if !(0..=2).contains(&whence) {
        return raise!(
            py,
            ValueError,
            "Invalid whence ({whence}, should be 0, 1 or 2)"
        );
    }
    if whence == 0 && pos < 0 {
        return raise!(py, ValueError, "Negative seek position {pos}");
    }
    if whence != 0 && pos != 0 {
        return raise!(py, OSError, "Can't do nonzero cur-relative seeks");
    }
    match whence {
        0 => this.position.set(pos as usize),
        2 => this.position.set(this.len()),
        _ => {}
    }
    Ok(this.position.get())
}

fn truncate(py: Py, this: &This, size: Option<&Value>) -> PyResult<usize> {
    this.check(py)?;
    let size = match size.filter(|s| !s.is_none()) {
        None => this.position.get() as isize,
        Some(size) => protocol::number::to_index(py, size, &exceptions::OverflowError)?,
    };
    let Ok(size) = usize::try_from(size) else {
        return raise!(py, ValueError, "Negative size value {size}");
    };
    if size < this.len() {
        this.change(|builder| builder.truncate(size));
    }
    Ok(size)
}

fn getstate(py: Py, this: &This) -> PyResult {
    this.check(py)?;
    let dict = match protocol::attr::instance_dict(py, this.as_object()) {
        Some(dict) if !dict.is_empty() => {
            protocol::call_method(py, &Value::from(dict), intern!("copy"), &[])?
        }
        _ => Value::none(),
    };
    let position = Value::int(this.position.get() as i64);
    Ok(Value::from(Tuple::from_values([
        Value::from(this.value()),
        this.newline.get().value(),
        position,
        dict,
    ])))
}

fn setstate(py: Py, this: &This, state: &Value) -> PyResult<()> {
    let name = this.as_object().ty().name();
    if this.closed.get() {
        return fault::closed(py);
    }
    let Some(parts) = state.downcast::<Tuple>().filter(|t| t.len() >= 4) else {
        let got = state.ty().name();
        return raise!(
            py,
            TypeError,
            "{name}.__setstate__ argument should be 4-tuple, got {got}"
        );
    };
    let parts = parts.as_values();
    init(py, this, None, Some(parts[1].clone()))?;
    // The value was translated when it was written first.
    match parts[0].downcast::<Str>() {
        Some(text) => this.put(py, text.chars())?,
        None if parts[0].is_none() => {}
        None => {
            return raise!(
                py,
                TypeError,
                "initial_value must be str or None, not {}",
                parts[0].ty().name()
            );
        }
    }
    if !protocol::number::is_index(&parts[2]) {
        return raise!(
            py,
            TypeError,
            "third item of state must be an integer, got {}",
            parts[2].ty().name()
        );
    }
    let position = protocol::number::to_index(py, &parts[2], &exceptions::OverflowError)?;
    let Ok(position) = usize::try_from(position) else {
        return raise!(py, ValueError, "position value cannot be negative");
    };
    this.position.set(position);
    if !parts[3].is_none() && parts[3].downcast::<krait_object::Dict>().is_none() {
        return raise!(
            py,
            TypeError,
            "fourth item of state should be a dict, got a {}",
            parts[3].ty().name()
        );
    }
    restore_dict(py, me(this.as_object()), &parts[3])
}

fn close(this: &This) {
    this.closed.set(true);
    this.set_content(None);
    this.newlines.take();
}

impl Class for StringIo {
    const NAME: &'static str = "_io.StringIO";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<TextIoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("Text I/O implementation using an in-memory buffer.")
            .new_bare(|py, class: &Type| Instance::new_in(py, class, StringIo::unopened()))
            .init("StringIO(initial_value='', newline='\\n')", init)
            .next(next)
            .method("close($self, /)", |_py, this: &This| close(this))
            .method("getvalue($self, /)", |py, this: &This| {
                this.check(py).map(|()| this.value())
            })
            .method("read($self, size=-1, /)", read)
            .method("readline($self, size=-1, /)", readline)
            .method("tell($self, /)", |py, this: &This| {
                this.check(py).map(|()| this.position.get())
            })
            .method("truncate($self, pos=None, /)", truncate)
            .method("seek($self, pos, whence=0, /)", seek)
            .method("write($self, s, /)", write)
            .method("seekable($self, /)", |py, this: &This| {
                this.check(py).map(|()| true)
            })
            .method("readable($self, /)", |py, this: &This| {
                this.check(py).map(|()| true)
            })
            .method("writable($self, /)", |py, this: &This| {
                this.check(py).map(|()| true)
            })
            .method("__getstate__($self, /)", getstate)
            .method("__setstate__($self, state, /)", setstate)
            .getter("closed", |_py, this: &This| this.closed.get())
            .getter("newlines", |py, this: &This| {
                this.check(py)?;
                Ok::<_, krait_object::Raised>(
                    this.newlines
                        .borrow()
                        .as_ref()
                        .map_or_else(Value::none, NewlineState::newlines),
                )
            })
            .getter("line_buffering", |py, this: &This| {
                this.check(py).map(|()| false)
            });
    }

    fn traverse(&self, _visitor: &mut Visitor) {}
}
