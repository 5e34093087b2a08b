//! `_io._RawIOBase`: reads by `readinto`.

use krait_object::native::TypeBuilder;
use krait_object::{
    Bytes, Class, Instance, Layout, Py, PyResult, Value, class_cell, intern, protocol, raise,
};

use super::{IoBase, base_of};
use crate::raw_call::{self, call0, call1, me};

/// `_RawIOBase`.
pub struct RawIoBase;

type This = Instance<RawIoBase>;

fn read(py: Py, this: &This, size: Option<i64>) -> PyResult {
    let this = me(this.as_object());
    let Ok(size) = usize::try_from(size.unwrap_or(-1)) else {
        return call0(py, &this, intern!("readall"));
    };
    let class = raw_call::builtin(py, intern!("bytearray"))?;
    let room = protocol::call(py, &class, &[Value::int(size as i64)])?;
    let count = call1(py, &this, intern!("readinto"), room.clone())?;
    if count.is_none() {
        return Ok(count);
    }
    let count = protocol::number::to_index(py, &count, &krait_object::exceptions::ValueError)?;
    let bytes = krait_object::types::buffer::to_bytes(py, &room)?;
    match usize::try_from(count)
        .ok()
        .and_then(|count| bytes.get(..count))
    {
        Some(read) => Ok(Value::from(Bytes::new(read))),
        None => raise!(
            py,
            ValueError,
            "readinto returned {count} outside buffer size {}",
            bytes.len()
        ),
    }
}

fn readall(py: Py, this: &This) -> PyResult {
    let this = me(this.as_object());
    let mut all: Option<Vec<u8>> = None;
    loop {
        let size = Value::int(crate::module::DEFAULT_BUFFER_SIZE as i64);
        let data = raw_call::call_through_signals(py, &this, intern!("read"), &[size])?;
        if data.is_none() {
            if all.is_none() {
                return Ok(data);
            }
            break;
        }
        let Some(bytes) = data.downcast::<Bytes>() else {
            return raise!(py, TypeError, "read() should return bytes");
        };
        let all = all.get_or_insert_default();
        if bytes.is_empty() {
            break;
        }
        all.extend_from_slice(bytes.as_slice());
    }
    Ok(Value::from(Bytes::new(&all.unwrap_or_default())))
}

impl Class for RawIoBase {
    const NAME: &'static str = "_io._RawIOBase";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<IoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("Base class for raw binary I/O.")
            .method("read($self, size=-1, /)", read)
            .method("readall($self, /)", readall)
            .method(
                "readinto($self, buffer, /)",
                |py, _this: &This, _buffer: &Value| -> PyResult {
                    raise!(py, NotImplementedError, "")
                },
            )
            .method(
                "write($self, b, /)",
                |py, _this: &This, _b: &Value| -> PyResult { raise!(py, NotImplementedError, "") },
            );
    }
}
