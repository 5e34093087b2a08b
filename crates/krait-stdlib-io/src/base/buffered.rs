//! `_io._BufferedIOBase`: `readinto` by `read`.

use krait_object::native::TypeBuilder;
use krait_object::{
    Bytes, Class, Instance, Layout, Py, PyResult, Str, Value, class_cell, intern, raise,
};

use super::{IoBase, base_of};
use crate::fault::unsupported;
use crate::raw_call::{self, call1, me};

/// `_BufferedIOBase`.
pub struct BufferedIoBase;

type This = Instance<BufferedIoBase>;

fn readinto(py: Py, this: &This, target: &Value, by: &'static Str, name: &str) -> PyResult<usize> {
    let buffer = raw_call::writable(py, name, target)?;
    let data = call1(
        py,
        &me(this.as_object()),
        by,
        Value::int(buffer.len() as i64),
    )?;
    let Some(data) = data.downcast::<Bytes>() else {
        return raise!(py, TypeError, "read() should return bytes");
    };
    let (data, len) = (data.as_slice(), buffer.len());
    match buffer
        .as_mut_slice()
        .and_then(|room| room.get_mut(..data.len()))
    {
        Some(room) => room.copy_from_slice(data),
        None => {
            let given = data.len();
            return raise!(
                py,
                ValueError,
                "read() returned too much data: {len} bytes requested, {given} returned"
            );
        }
    }
    Ok(data.len())
}

impl Class for BufferedIoBase {
    const NAME: &'static str = "_io._BufferedIOBase";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<IoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("Base class for buffered IO objects.")
            .method("detach($self, /)", |py, _this: &This| -> PyResult {
                unsupported(py, "detach")
            })
            .method(
                "read($self, size=-1, /)",
                |py, _this: &This, _size: Option<&Value>| -> PyResult { unsupported(py, "read") },
            )
            .method(
                "read1($self, size=-1, /)",
                |py, _this: &This, _size: Option<&Value>| -> PyResult { unsupported(py, "read1") },
            )
            .method(
                "readinto($self, buffer, /)",
                |py, this: &This, buffer: &Value| {
                    readinto(py, this, buffer, intern!("read"), "readinto")
                },
            )
            .method(
                "readinto1($self, buffer, /)",
                |py, this: &This, buffer: &Value| {
                    readinto(py, this, buffer, intern!("read1"), "readinto1")
                },
            )
            .method(
                "write($self, b, /)",
                |py, _this: &This, _b: &Value| -> PyResult { unsupported(py, "write") },
            );
    }
}
