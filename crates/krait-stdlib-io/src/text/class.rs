//! The class `TextIOWrapper`.

use krait_object::gc::{Trace, Visitor};
use krait_object::native::TypeBuilder;
use krait_object::{
    Class, Instance, Layout, Object, Py, PyResult, Type, Value, class_cell, exceptions, intern,
    protocol, raise,
};

use super::{State, TextWrapper, opening, position, reading, writing};
use crate::base::{self, base_of, text::TextIoBase};
use crate::fault;
use crate::raw_call::{call0, me};

pub type This = Instance<TextWrapper>;

fn detach(py: Py, this: &This) -> PyResult {
    this.check_ready(py)?;
    call0(py, &me(this.as_object()), intern!("flush"))?;
    this.state.set(State::Detached);
    drop(this.file.take());
    Ok(this.buffer.take().unwrap_or_else(Value::none))
}

fn close(py: Py, this: &This) -> PyResult {
    this.check_ready(py)?;
    let object = me(this.as_object());
    if base::is_closed(py, &object)? {
        return Ok(Value::none());
    }
    let buffer = this.buffer.value();
    // Asking may have taken the buffer away.
    if buffer.is_none() {
        return Ok(Value::none());
    }
    if this.finalizing.get() {
        base::dealloc_warn_through(py, &buffer, &object);
    }
    let flushed = call0(py, &object, intern!("flush"));
    fault::both(py, flushed, || call0(py, &buffer, intern!("close")))
}

fn set_chunk(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    this.check_ready(py)?;
    let Some(value) = value else {
        return raise!(
            py,
            AttributeError,
            "attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted"
        );
    };
    let size = protocol::number::to_index(py, &Value::unboxed(value), &exceptions::ValueError)?;
    if size <= 0 {
        return raise!(py, ValueError, "a strictly positive integer is required");
    }
    this.chunk.set(size as usize);
    Ok(())
}

fn newlines(py: Py, this: &This) -> PyResult {
    this.check_ready(py)?;
    let decoder = this.decoder.borrow().clone();
    decoder.map_or_else(|| Ok(Value::none()), |decoder| decoder.newlines(py))
}

fn set_finalizing(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let truth = value.map_or(Ok(false), |v| protocol::object_truth(py, v))?;
    this.finalizing.set(truth);
    Ok(())
}

impl Class for TextWrapper {
    const NAME: &'static str = "_io.TextIOWrapper";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<TextIoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("Character and line based layer over a BufferedIOBase object, buffer.")
            .new_bare(|py, class: &Type| Instance::new_in(py, class, TextWrapper::unopened()))
            .init(
                "TextIOWrapper(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
                opening::init,
            )
            .repr(opening::repr)
            .next(reading::next)
            .method("detach($self, /)", detach)
            .method(
                "reconfigure($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)",
                opening::reconfigure,
            )
            .method("write($self, text, /)", writing::write)
            .method("read($self, size=-1, /)", reading::read)
            .method("readline($self, size=-1, /)", reading::readline)
            .method("flush($self, /)", writing::flush)
            .method("close($self, /)", close)
            .method("fileno($self, /)", |py, this: &This| this.forward(py, intern!("fileno")))
            .method("seekable($self, /)", |py, this: &This| this.forward(py, intern!("seekable")))
            .method("readable($self, /)", |py, this: &This| this.forward(py, intern!("readable")))
            .method("writable($self, /)", |py, this: &This| this.forward(py, intern!("writable")))
            .method("isatty($self, /)", |py, this: &This| this.forward(py, intern!("isatty")))
            .method("seek($self, cookie, whence=os.SEEK_SET, /)", position::seek)
            .method("tell($self, /)", position::tell)
            .method("truncate($self, pos=None, /)", position::truncate)
            .method("__getstate__($self, /)", |py, this: &This| fault::no_pickle(py, this.as_object()))
            .getter("encoding", |_py, this: &This| this.encoding.value())
            .getter("line_buffering", |_py, this: &This| this.line_buffering.get())
            .getter("write_through", |_py, this: &This| this.write_through.get())
            .getset("_finalizing", |_py, this: &This| this.finalizing.get(), set_finalizing)
            .getter("name", |py, this: &This| {
                this.check_ready(py)?;
                protocol::get_attr(py, &this.buffer.value(), intern!("name"))
            })
            .getter("closed", |py, this: &This| {
                this.check_ready(py)?;
                protocol::get_attr(py, &this.buffer.value(), intern!("closed"))
            })
            .getter("newlines", newlines)
            .getter("errors", |py, this: &This| {
                if this.state.get() == State::New {
                    this.check_ready(py)?;
                }
                Ok(this.errors.value())
            })
            .getset("_CHUNK_SIZE", |py, this: &This| this.check_ready(py).map(|()| this.chunk.get()), set_chunk)
            .getter("buffer", |py, this: &This| this.check_ready(py).map(|()| this.buffer.value()));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.trace(visitor);
    }

    fn clear(&self) {
        TextWrapper::clear(self);
    }
}
