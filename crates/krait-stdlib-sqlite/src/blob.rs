//! `sqlite3.Blob`: one value of a row, read and written in place.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::number;
use krait_object::types::buffer::Buffer;
use krait_object::types::slice::Slice;
use krait_object::{
    Bytes, Instance, Layout, Object, Owned, Py, PyResult, Value, class_cell, exceptions, raise,
};
use krait_sqlite::{Blob as Handle, Code, ffi};
use krait_stdlib_os::blocking::Data;

use crate::connection::Connection;
use crate::errors::{self, Kind};

/// An open value; it has no handle once it is closed.
pub struct Blob {
    connection: Owned<Instance<Connection>>,
    handle: RefCell<Option<Rc<Handle>>>,
    position: Cell<usize>,
}

type This = Instance<Blob>;

impl Blob {
    pub fn make(py: Py, connection: Owned<Instance<Connection>>, handle: Handle) -> Owned<This> {
        Instance::new(
            py,
            Blob {
                connection,
                handle: RefCell::new(Some(Rc::new(handle))),
                position: Cell::new(0),
            },
        )
    }

    /// Closes it without asking who calls.
    pub fn shut(&self) {
        let handle = self.handle.take();
        drop(handle);
    }

    fn open(&self, py: Py) -> PyResult<Rc<Handle>> {
        self.connection.own_database(py)?;
        match &*self.handle.borrow() {
            Some(handle) => Ok(handle.clone()),
            None => {
                let text = "Cannot operate on a closed blob.";
                errors::raise(py, Kind::Programming, text)
            }
        }
    }

    fn check(&self, py: Py, code: Code) -> PyResult<()> {
        match code {
            ffi::SQLITE_OK => Ok(()),
            // The row was changed or is gone.
            ffi::SQLITE_ABORT => {
                let text = "Cannot operate on modified blob";
                errors::raise(py, Kind::Operational, text)
            }
            _ => errors::fail(py, &self.connection.database(py)?.failure()),
        }
    }

    fn read_at(&self, py: Py, handle: &Handle, start: usize, size: usize) -> PyResult<Vec<u8>> {
        let mut bytes = vec![0; size];
        let room = &mut bytes[..];
        let code = py.allow_threads(|| handle.read(room, start));
        self.check(py, code)?;
        Ok(bytes)
    }

    fn write_at(&self, py: Py, handle: &Handle, start: usize, data: &[u8]) -> PyResult<()> {
        let code = py.allow_threads(|| handle.write(data, start));
        self.check(py, code)
    }
}

fn read(py: Py, this: &This, size: Option<i32>) -> PyResult<Owned<Bytes>> {
    let handle = this.open(py)?;
    let left = handle.len().saturating_sub(this.position.get());
    let size = match size.map(usize::try_from) {
        Some(Ok(size)) => size.min(left),
        _ => left,
    };
    if size == 0 {
        return Ok(Bytes::new(b""));
    }
    let bytes = this.read_at(py, &handle, this.position.get(), size)?;
    this.position.set(this.position.get() + size);
    Ok(Bytes::new(&bytes))
}

fn write(py: Py, this: &This, data: Data) -> PyResult<()> {
    let handle = this.open(py)?;
    let left = handle.len().saturating_sub(this.position.get());
    if data.len() > left {
        return raise!(py, ValueError, "data longer than blob length");
    }
    this.write_at(py, &handle, this.position.get(), data.as_slice())?;
    this.position.set(this.position.get() + data.len());
    Ok(())
}

fn seek(py: Py, this: &This, offset: i32, origin: Option<i32>) -> PyResult<()> {
    let handle = this.open(py)?;
    let (size, offset) = (handle.len() as i64, i64::from(offset));
    let base = match origin.unwrap_or(0) {
        0 => 0,
        1 => this.position.get() as i64,
        2 => size,
        _ => {
            return raise!(
                py,
                ValueError,
                "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END"
            );
        }
    };
    if base + offset > i64::from(i32::MAX) {
        return raise!(py, OverflowError, "seek offset results in overflow");
    }
    match usize::try_from(base + offset) {
        Ok(position) if position as i64 <= size => {
            this.position.set(position);
            Ok(())
        }
        _ => raise!(py, ValueError, "offset out of blob range"),
    }
}

/// The place that an index means.
fn place(py: Py, handle: &Handle, key: &Value) -> PyResult<usize> {
    let index = number::to_index(py, key, &exceptions::IndexError)?;
    let size = handle.len() as isize;
    let index = if index < 0 { index + size } else { index };
    if (0..size).contains(&index) {
        Ok(index as usize)
    } else {
        raise!(py, IndexError, "Blob index out of range")
    }
}

fn wrong_index<T>(py: Py) -> PyResult<T> {
    raise!(py, TypeError, "Blob indices must be integers")
}

fn get_item(py: Py, this: &This, key: &Object) -> PyResult {
    let handle = this.open(py)?;
    let key = Value::unboxed(key);
    if number::is_index(&key) {
        let at = place(py, &handle, &key)?;
        let bytes = this.read_at(py, &handle, at, 1)?;
        return Ok(Value::int(i64::from(bytes[0])));
    }
    let Some(slice) = key.downcast::<Slice>() else {
        return wrong_index(py);
    };
    let (start, _, step, count) = slice.resolve(py, handle.len())?;
    if count == 0 {
        return Ok(Value::from(Bytes::new(b"")));
    }
    if step == 1 {
        let bytes = this.read_at(py, &handle, start as usize, count)?;
        return Ok(Value::from(Bytes::new(&bytes)));
    }
    check_step(py, step)?;
    let all = this.read_at(py, &handle, 0, handle.len())?;
    let picked: Vec<u8> = (0..count)
        .map(|i| all[(start + i as isize * step) as usize])
        .collect();
    Ok(Value::from(Bytes::new(&picked)))
}

fn set_item(py: Py, this: &This, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let handle = this.open(py)?;
    let key = Value::unboxed(key);
    let is_index = number::is_index(&key);
    let slice = key.downcast::<Slice>();
    if !is_index && slice.is_none() {
        return wrong_index(py);
    }
    let Some(value) = value.map(Value::unboxed) else {
        let what = if is_index { "item" } else { "slice" };
        return raise!(py, TypeError, "Blob doesn't support {what} deletion");
    };
    if is_index {
        if !number::is_index(&value) {
            let got = value.ty().name();
            return raise!(
                py,
                TypeError,
                "'{got}' object cannot be interpreted as an integer"
            );
        }
        let at = place(py, &handle, &key)?;
        let byte = number::index_to_i128(py, &value)?;
        let Some(byte) = byte.and_then(|b| u8::try_from(b).ok()) else {
            return raise!(py, ValueError, "byte must be in range(0, 256)");
        };
        return this.write_at(py, &handle, at, &[byte]);
    }
    match slice {
        Some(slice) => set_slice(py, this, &handle, slice, &value),
        None => wrong_index(py),
    }
}

fn check_step(py: Py, step: isize) -> PyResult<()> {
    if step > 0 {
        return Ok(());
    }
    raise!(
        py,
        ValueError,
        "Blob doesn't support slices with a negative step"
    )
}

fn set_slice(py: Py, this: &This, handle: &Handle, slice: &Slice, value: &Value) -> PyResult<()> {
    let (start, _, step, count) = slice.resolve(py, handle.len())?;
    let data = Buffer::new(py, value)?;
    if data.len() != count {
        return raise!(py, IndexError, "Blob slice assignment is wrong size");
    }
    if count == 0 {
        return Ok(());
    }
    if step == 1 {
        return this.write_at(py, handle, start as usize, data.as_slice());
    }
    check_step(py, step)?;
    let mut all = this.read_at(py, handle, 0, handle.len())?;
    for (i, byte) in data.as_slice().iter().enumerate() {
        all[(start + i as isize * step) as usize] = *byte;
    }
    this.write_at(py, handle, 0, &all)
}

fn close(py: Py, this: &This) -> PyResult<()> {
    this.connection.own_database(py)?;
    this.shut();
    Ok(())
}

impl Class for Blob {
    const NAME: &'static str = "sqlite3.Blob";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .with_weakrefs()
            .mapping_len(|py: Py, this: &This| this.open(py).map(|h| h.len()))
            .subscript(get_item)
            .assign_subscript(set_item)
            .method("close($self, /)", close)
            .method("read($self, length=-1, /)", read)
            .method("write($self, data, /)", write)
            .method("seek($self, offset, origin=0, /)", seek)
            .method("tell($self, /)", |py: Py, this: &This| {
                this.open(py).map(|_| this.position.get())
            })
            .method("__enter__($self, /)", |py: Py, this: &This| {
                this.open(py).map(|_| this.to_owned())
            })
            .method(
                "__exit__($self, type, val, tb, /)",
                |py: Py, this: &This, _class: &Value, _value: &Value, _traceback: &Value| {
                    this.open(py)?;
                    this.shut();
                    Ok::<_, krait_object::Raised>(false)
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.connection.trace(visitor);
    }
}
