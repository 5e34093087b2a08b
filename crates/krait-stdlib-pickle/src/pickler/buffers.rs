//! `bytearray` and `PickleBuffer`.

use krait_object::native::Instance;
use krait_object::types::buffer;
use krait_object::types::bytearray::ByteArray;
use krait_object::types::memoryview::picklebuffer::PickleBuffer;
use krait_object::{Bytes, Layout, Object, Py, PyResult, Tuple, Value, intern, protocol};

use super::Pickler;
use crate::errors;
use crate::opcode::*;

impl Pickler {
    /// Objects of the two types; nothing for others.
    pub(super) fn save_buffer_type(&self, py: Py, object: &Object) -> Option<PyResult<()>> {
        if let Some(bytes) = object.downcast_exact::<ByteArray>() {
            return Some(self.save_bytearray(py, bytes));
        }
        if object.is_exact::<Instance<PickleBuffer>>() {
            return Some(self.save_picklebuffer(py, object));
        }
        None
    }

    fn save_bytearray(&self, py: Py, bytes: &ByteArray) -> PyResult<()> {
        let object = bytes.as_object();
        if self.protocol.get() < 5 {
            let class = protocol::attr::type_value::<ByteArray>();
            let args = if bytes.is_empty() {
                Tuple::empty()
            } else {
                Tuple::from_values([Value::from(Bytes::new(bytes.as_slice()))])
            };
            return self.save_call(py, object, class, Value::from(args));
        }
        let data = bytes.as_slice().to_vec();
        self.put_bytearray(py, &data, Some(Value::from(bytes.to_owned())))?;
        self.memoize(object);
        Ok(())
    }

    fn put_bytearray(&self, py: Py, data: &[u8], object: Option<Value>) -> PyResult<()> {
        let mut header = [BYTEARRAY8; 9];
        header[1..].copy_from_slice(&(data.len() as u64).to_le_bytes());
        self.put_payload(py, &header, data, object)
    }

    fn save_picklebuffer(&self, py: Py, object: &Object) -> PyResult<()> {
        if self.protocol.get() < 5 {
            return errors::pickling(py, "PickleBuffer can only be pickled with protocol >= 5");
        }
        let value = Value::from(object.to_owned());
        let view = protocol::call_method(py, &value, intern!("raw"), &[]);
        let view = match view {
            Ok(view) => view,
            Err(raised) => {
                let class = &krait_object::exceptions::BufferError;
                return match krait_object::errors::take_if(py, class) {
                    Some(_) => errors::pickling(
                        py,
                        "PickleBuffer can not be pickled when pointing to a non-contiguous buffer",
                    ),
                    None => Err(raised),
                };
            }
        };
        let read_only = protocol::get_attr(py, &view, intern!("readonly"))?;
        let read_only = protocol::truth(py, &read_only)?;
        let in_band = match self.buffer_callback.get() {
            None => true,
            Some(callback) => {
                let answer = protocol::call(py, &callback, std::slice::from_ref(&value))?;
                protocol::truth(py, &answer)?
            }
        };
        if !in_band {
            self.put(&[NEXT_BUFFER]);
            if read_only {
                self.put(&[READONLY_BUFFER]);
            }
            return Ok(());
        }
        let data = buffer::to_bytes(py, &view)?;
        if read_only {
            self.put_bytes(py, &data, None)?;
        } else {
            self.put_bytearray(py, &data, None)?;
        }
        self.memoize(object);
        Ok(())
    }
}
