//! `_io.BufferedRWPair`: a reader and a writer on two raw streams.

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Args, Class, Instance, Py, PyResult, Str, Type, Value, class_cell, intern, protocol, raise,
};

use super::{reader, writer};
use crate::base::{self, base_of, buffered::BufferedIoBase};
use crate::fault;
use crate::module::DEFAULT_BUFFER_SIZE;
use krait_object::slot::Slot;

/// `BufferedRWPair`.
#[derive(Default)]
pub struct BufferedRwPair {
    reader: Slot,
    writer: Slot,
}

type This = Instance<BufferedRwPair>;

fn init(py: Py, this: &This, source: &Value, target: &Value, size: Option<i64>) -> PyResult<()> {
    base::check_readable(py, source)?;
    base::check_writable(py, target)?;
    let size = size.unwrap_or(DEFAULT_BUFFER_SIZE as i64);
    this.reader
        .set(Value::from(reader::create(py, source, size)?));
    this.writer
        .set(Value::from(writer::create(py, target, size)?));
    Ok(())
}

fn forward(py: Py, to: &Slot, name: &'static Str, arguments: &[Value]) -> PyResult {
    match to.get() {
        Some(stream) => protocol::call_method(py, &stream, name, arguments),
        None => raise!(py, ValueError, "I/O operation on uninitialized object"),
    }
}

fn close(py: Py, this: &This) -> PyResult {
    let written = forward(py, &this.writer, intern!("close"), &[]);
    fault::both(py, written, || {
        forward(py, &this.reader, intern!("close"), &[])
    })
}

fn isatty(py: Py, this: &This) -> PyResult {
    let writes = forward(py, &this.writer, intern!("isatty"), &[])?;
    if writes.is(&Value::bool(true)) {
        return Ok(writes);
    }
    forward(py, &this.reader, intern!("isatty"), &[])
}

fn closed(py: Py, this: &This) -> PyResult {
    match this.writer.get() {
        Some(writer) => protocol::get_attr(py, &writer, intern!("closed")),
        None => raise!(
            py,
            RuntimeError,
            "the BufferedRWPair object is being garbage-collected"
        ),
    }
}

impl Class for BufferedRwPair {
    const NAME: &'static str = "_io.BufferedRWPair";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<BufferedIoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("A buffered reader and writer object together.")
            .new_bare(|py, class: &Type| Instance::new_in(py, class, BufferedRwPair::default()))
            .init(
                "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
                init,
            )
            .method("read($self, *args)", |py, this: &This, a: Args<'_>| {
                forward(py, &this.reader, intern!("read"), a.0)
            })
            .method("peek($self, *args)", |py, this: &This, a: Args<'_>| {
                forward(py, &this.reader, intern!("peek"), a.0)
            })
            .method("read1($self, *args)", |py, this: &This, a: Args<'_>| {
                forward(py, &this.reader, intern!("read1"), a.0)
            })
            .method(
                "readinto($self, buffer, /)",
                |py, this: &This, buffer: Value| {
                    forward(py, &this.reader, intern!("readinto"), &[buffer])
                },
            )
            .method(
                "readinto1($self, buffer, /)",
                |py, this: &This, buffer: Value| {
                    forward(py, &this.reader, intern!("readinto1"), &[buffer])
                },
            )
            .method("write($self, b, /)", |py, this: &This, b: Value| {
                forward(py, &this.writer, intern!("write"), &[b])
            })
            .method("flush($self, /)", |py, this: &This| {
                forward(py, &this.writer, intern!("flush"), &[])
            })
            .method("readable($self, /)", |py, this: &This| {
                forward(py, &this.reader, intern!("readable"), &[])
            })
            .method("writable($self, /)", |py, this: &This| {
                forward(py, &this.writer, intern!("writable"), &[])
            })
            .method("close($self, /)", close)
            .method("isatty($self, /)", isatty)
            .getter("closed", closed);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.reader);
        visitor.field(&self.writer);
    }

    fn clear(&self) {
        self.reader.clear();
        self.writer.clear();
    }
}
