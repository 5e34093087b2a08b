//! `_io._IOBase`: what all streams have, by default; and how a stream ends.

use krait_object::native::TypeBuilder;
use krait_object::types::typeobject::OBJECT;
use krait_object::{
    Args, Builtin, Bytes, Class, Instance, Layout, List, Object, Owned, Py, PyResult, Value,
    class_cell, errors, intern, protocol, raise,
};

use crate::fault::{self, unsupported};
use crate::raw_call::{self, Size, call0, call1, me};

pub mod buffered;
pub mod raw;
pub mod text;

/// `_IOBase`. Has no fields: all is in the instance's attributes.
pub struct IoBase;

type This = Instance<IoBase>;

/// Whether the stream says that it is closed.
pub fn is_closed(py: Py, this: &Value) -> PyResult<bool> {
    raw_call::flag(py, this, intern!("closed"))
}

/// Fails where the stream says that it is closed.
pub fn check_closed(py: Py, this: &Value) -> PyResult<()> {
    if is_closed(py, this)? {
        fault::closed(py)
    } else {
        Ok(())
    }
}

/// Whether `_IOBase.close` has run.
fn base_closed(py: Py, this: &Value) -> PyResult<bool> {
    Ok(protocol::lookup_attr(py, this, intern!("__IOBase_closed"))?.is_some())
}

fn flush(py: Py, this: &This) -> PyResult<()> {
    if base_closed(py, &me(this.as_object()))? {
        fault::closed(py)
    } else {
        Ok(())
    }
}

/// `_IOBase.close`: flushes once and is closed even where that fails.
pub fn close(py: Py, this: &Value) -> PyResult {
    if base_closed(py, this)? {
        return Ok(Value::none());
    }
    let flushed = call0(py, this, intern!("flush"));
    fault::both(py, flushed, || {
        protocol::set_attr(py, this, intern!("__IOBase_closed"), &Value::bool(true))
            .map(|()| Value::none())
    })
}

/// `_checkReadable` and its like: UnsupportedOperation unless the stream says True.
fn check(py: Py, this: &Value, name: &'static krait_object::Str, text: &str) -> PyResult {
    let answer = call0(py, this, name)?;
    if answer.is(&Value::bool(true)) {
        Ok(answer)
    } else {
        unsupported(py, text)
    }
}

pub fn check_seekable(py: Py, this: &Value) -> PyResult {
    check(
        py,
        this,
        intern!("seekable"),
        "File or stream is not seekable.",
    )
}

pub fn check_readable(py: Py, this: &Value) -> PyResult {
    check(
        py,
        this,
        intern!("readable"),
        "File or stream is not readable.",
    )
}

pub fn check_writable(py: Py, this: &Value) -> PyResult {
    check(
        py,
        this,
        intern!("writable"),
        "File or stream is not writable.",
    )
}

/// How many bytes `readline` may ask for at once: up to a newline that `peek` shows.
fn readahead(py: Py, this: &Value, limit: Option<usize>) -> PyResult<usize> {
    let shown = raw_call::call_through_signals(py, this, intern!("peek"), &[Value::int(1)])?;
    let shown = raw_call::expect_bytes(py, &shown, "peek() should have returned a bytes object")?
        .as_slice();
    if shown.is_empty() {
        return Ok(1);
    }
    let part = &shown[..limit.unwrap_or(usize::MAX).min(shown.len())];
    Ok(memchr::memchr(b'\n', part).map_or(part.len(), |at| at + 1))
}

fn readline(py: Py, this: &This, size: Option<&Value>) -> PyResult<Vec<u8>> {
    let Size(limit) = Size::of(py, size)?;
    let this = me(this.as_object());
    let peeks = protocol::lookup_attr(py, &this, intern!("peek"))?.is_some();
    let mut line = Vec::new();
    while limit.is_none_or(|limit| line.len() < limit) {
        let left = limit.map(|limit| limit - line.len());
        let wanted = if peeks {
            readahead(py, &this, left)?
        } else {
            1
        };
        let more = raw_call::call_through_signals(
            py,
            &this,
            intern!("read"),
            &[Value::int(wanted as i64)],
        )?;
        let more = raw_call::expect_bytes(py, &more, "read() should have returned a bytes object")?
            .as_slice();
        if more.is_empty() {
            break;
        }
        line.extend_from_slice(more);
        if line.last() == Some(&b'\n') {
            break;
        }
    }
    Ok(line)
}

/// The next line of any stream, by its `readline` method.
pub fn next_line(py: Py, this: &Value) -> PyResult<Option<Value>> {
    let line = call0(py, this, intern!("readline"))?;
    let empty = match line.downcast::<Bytes>() {
        Some(bytes) => bytes.is_empty(),
        None => protocol::length(py, &line)? == 0,
    };
    Ok((!empty).then_some(line))
}

fn readlines(py: Py, this: &This, hint: Option<&Value>) -> PyResult<Owned<List>> {
    let Size(hint) = Size::of(py, hint)?;
    let this = me(this.as_object());
    let hint = hint.filter(|&h| h > 0);
    let (list, mut length) = (List::new(), 0usize);
    let mut lines = protocol::Iter::new(py, &this)?;
    while let Some(line) = lines.next(py)? {
        length += protocol::length(py, &line)?;
        list.push_value(line);
        if hint.is_some_and(|hint| length > hint) {
            break;
        }
    }
    Ok(list)
}

fn writelines(py: Py, this: &This, lines: &Value) -> PyResult<()> {
    let this = me(this.as_object());
    check_closed(py, &this)?;
    let mut lines = protocol::Iter::new(py, lines)?;
    while let Some(line) = lines.next(py)? {
        raw_call::call_through_signals(py, &this, intern!("write"), &[line])?;
    }
    Ok(())
}

/// The finaliser: closes a stream that is still open. Errors cannot be raised.
fn finalize(py: Py, this: &This) {
    if crate::is_memory(this.as_object()) {
        return;
    }
    let pending = py.thread().take_exception();
    let this = me(this.as_object());
    let open = match is_closed(py, &this) {
        Ok(closed) => !closed,
        // A stream that cannot tell is in no state to be closed.
        Err(_) => {
            drop(py.thread().take_exception());
            false
        }
    };
    if open {
        raw_call::set_quietly(py, &this, intern!("_finalizing"), &Value::bool(true));
        if call0(py, &this, intern!("close")).is_err() {
            unraisable_in(py, &this);
        }
    }
    if let Some(exception) = pending {
        py.thread().set_exception(exception);
    }
}

/// Reports an error of a stream that is being finalised.
pub fn unraisable_in(py: Py, stream: &Value) {
    let Some(exception) = py.thread().take_exception() else {
        return;
    };
    let shown = protocol::repr(py, stream).map(|s| s.to_rust().into_owned());
    let shown = shown.unwrap_or_else(|_| {
        drop(py.thread().take_exception());
        "<object repr() failed>".to_string()
    });
    py.thread().set_exception(exception);
    errors::write_unraisable(
        py,
        Some(&format!("Exception ignored while finalizing file {shown}")),
        None,
    );
}

impl Class for IoBase {
    const NAME: &'static str = "_io._IOBase";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .with_dict()
            .with_weakrefs()
            .with_raw(|raw| raw.tp_new = OBJECT.raw().tp_new)
            .doc("The abstract base class for all I/O classes.")
            .finalize(finalize)
            .iter(|py, this: &This| {
                let this = me(this.as_object());
                check_closed(py, &this).map(|()| this)
            })
            .next(|py, this: &This| next_line(py, &me(this.as_object())))
            .method(
                "seek($self, offset, whence=os.SEEK_SET, /)",
                |py, _this: &This, _offset: &Value, _whence: Option<&Value>| -> PyResult {
                    unsupported(py, "seek")
                },
            )
            .method("tell($self, /)", |py, this: &This| {
                let arguments = [Value::int(0), Value::int(1)];
                protocol::call_method(py, &me(this.as_object()), intern!("seek"), &arguments)
            })
            .method(
                "truncate($self, size=None, /)",
                |py, _this: &This, _size: Option<&Value>| -> PyResult {
                    unsupported(py, "truncate")
                },
            )
            .method("flush($self, /)", flush)
            .method("close($self, /)", |py, this: &This| {
                close(py, &me(this.as_object()))
            })
            .method("seekable($self, /)", |_py, _this: &This| false)
            .method("readable($self, /)", |_py, _this: &This| false)
            .method("writable($self, /)", |_py, _this: &This| false)
            .method("_checkClosed($self, /)", |py, this: &This| {
                check_closed(py, &me(this.as_object()))
            })
            .method("_checkSeekable($self, /)", |py, this: &This| {
                check_seekable(py, &me(this.as_object()))
            })
            .method("_checkReadable($self, /)", |py, this: &This| {
                check_readable(py, &me(this.as_object()))
            })
            .method("_checkWritable($self, /)", |py, this: &This| {
                check_writable(py, &me(this.as_object()))
            })
            .method("fileno($self, /)", |py, _this: &This| -> PyResult {
                unsupported(py, "fileno")
            })
            .method("isatty($self, /)", |py, this: &This| {
                check_closed(py, &me(this.as_object())).map(|()| false)
            })
            .method("__enter__($self, /)", |py, this: &This| {
                let this = me(this.as_object());
                check_closed(py, &this).map(|()| this)
            })
            .method(
                "__exit__($self, *args)",
                |py, this: &This, _args: Args<'_>| {
                    call0(py, &me(this.as_object()), intern!("close"))
                },
            )
            .method("readline($self, size=-1, /)", readline)
            .method("readlines($self, hint=-1, /)", readlines)
            .method("writelines($self, lines, /)", writelines)
            .getter("closed", |py, this: &This| {
                base_closed(py, &me(this.as_object()))
            });
    }
}

/// Warns that a stream was left open, and reports the warning where it is an error.
pub fn warn_unclosed(py: Py, source: &Value) {
    let pending = py.thread().take_exception();
    let warned = protocol::repr(py, source).and_then(|shown| {
        let text = format!("unclosed file {}", shown.to_rust());
        errors::warn_of_resource(py, &text, &source.to_object())
    });
    if warned.is_err() {
        if errors::matches(py, &krait_object::exceptions::Warning) {
            unraisable_in(py, source);
        } else {
            drop(py.thread().take_exception());
        }
    }
    if let Some(exception) = pending {
        py.thread().set_exception(exception);
    }
}

/// Runs the `_dealloc_warn` of a lower layer for the stream on top of it.
pub fn dealloc_warn_through(py: Py, lower: &Value, source: &Value) {
    if call1(py, lower, intern!("_dealloc_warn"), source.clone()).is_err() {
        drop(py.thread().take_exception());
    }
}

/// Enters a stream's repr; RuntimeError where that is under way already.
pub fn enter_repr(py: Py, object: &Object) -> PyResult<protocol::repr::ReprGuard> {
    match protocol::repr::ReprGuard::enter(py, object) {
        Some(guard) => Ok(guard),
        None => raise!(
            py,
            RuntimeError,
            "reentrant call inside {}.__repr__",
            object.ty().name()
        ),
    }
}

/// The type object of a native class, as a base.
pub fn base_of<T: Class>() -> &'static krait_object::Type {
    Instance::<T>::type_object()
}
