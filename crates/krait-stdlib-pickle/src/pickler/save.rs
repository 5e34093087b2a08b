//! `save`: chooses how an object is pickled.

use krait_object::types::set::{FrozenSet, Set};
use krait_object::{
    Builtin, Bytes, Dict, Float, Int, Layout, List, Object, Py, PyResult, Str, Tuple, Type,
    Unpacked, Value, intern, protocol, singletons,
};

use super::Pickler;
use crate::opcode::*;
use crate::{errors, imports};

impl Pickler {
    #[inline]
    pub(super) fn put(&self, bytes: &[u8]) {
        self.output.borrow_mut().put(bytes);
    }

    #[inline]
    pub(super) fn is_binary(&self) -> bool {
        self.binary.get() != 0
    }

    /// Ends a frame that is full, and gives it to the file.
    #[inline]
    fn boundary(&self, py: Py) -> PyResult<()> {
        let ended = self.output.borrow_mut().boundary();
        if ended { self.flush(py) } else { Ok(()) }
    }

    pub(super) fn save(&self, py: Py, value: &Value) -> PyResult<()> {
        self.boundary(py)?;
        if let Some(persistent_id) = self.persistent_id.get()
            && self.save_persistent(py, value, &persistent_id)?
        {
            return Ok(());
        }
        self.save_itself(py, value)
    }

    /// Without asking for a persistent id.
    pub(super) fn save_itself(&self, py: Py, value: &Value) -> PyResult<()> {
        match value.unpack() {
            Unpacked::Int(n) => {
                self.save_small_int(n);
                Ok(())
            }
            Unpacked::Float(f) => self.save_float(py, f),
            Unpacked::Object(object) => self.save_object(py, object, value),
        }
    }

    /// True where the object has a persistent id, which is saved in its stead.
    fn save_persistent(&self, py: Py, value: &Value, persistent_id: &Value) -> PyResult<bool> {
        let id = protocol::call(py, persistent_id, std::slice::from_ref(value))?;
        if id.is_none() {
            return Ok(false);
        }
        if self.is_binary() {
            self.save_itself(py, &id)?;
            self.put(&[BINPERSID]);
            return Ok(true);
        }
        let text = protocol::str(py, &id)?;
        let Some(ascii) = text.as_ascii() else {
            return errors::pickling(py, "persistent IDs in protocol 0 must be ASCII strings");
        };
        self.put(&[PERSID]);
        self.put(ascii.as_bytes());
        self.put(b"\n");
        Ok(true)
    }

    fn save_object(&self, py: Py, object: &Object, value: &Value) -> PyResult<()> {
        if object.is_none() {
            self.put(&[NONE]);
            return Ok(());
        }
        if object.is(singletons::true_object()) || object.is(singletons::false_object()) {
            self.save_bool(object.is(singletons::true_object()));
            return Ok(());
        }
        if let Some(int) = object.downcast_exact::<Int>() {
            return self.save_int(py, int);
        }
        if let Some(float) = object.downcast_exact::<Float>() {
            return self.save_float(py, float.get());
        }
        let known = self.memo.borrow().get(object);
        if let Some(index) = known {
            self.put_get(index);
            return Ok(());
        }
        if let Some(text) = object.downcast_exact::<Str>() {
            return self.save_str(py, text);
        }
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return self.save_bytes(py, bytes);
        }
        py.thread()
            .check_native_stack(py, " while pickling an object")?;
        if let Some(done) = self.save_container(py, object) {
            return done;
        }
        self.save_other(py, object, value)
    }

    /// Containers of exactly the builtin types.
    #[inline]
    fn save_container(&self, py: Py, object: &Object) -> Option<PyResult<()>> {
        if let Some(dict) = object.downcast_exact::<Dict>() {
            return Some(self.save_dict(py, dict));
        }
        if let Some(list) = object.downcast_exact::<List>() {
            return Some(self.save_list(py, list));
        }
        if let Some(tuple) = object.downcast_exact::<Tuple>() {
            return Some(self.save_tuple(py, tuple));
        }
        if object.is_exact::<Set>() {
            return Some(self.save_set(py, object));
        }
        if object.is_exact::<FrozenSet>() {
            return Some(self.save_frozenset(py, object));
        }
        self.save_buffer_type(py, object)
    }

    fn save_other(&self, py: Py, object: &Object, value: &Value) -> PyResult<()> {
        if let Some(reducer) = self.reducer_override.get() {
            let reduced = protocol::call(py, &reducer, std::slice::from_ref(value))?;
            if !reduced.is_object(singletons::not_implemented()) {
                return self.save_reduced(py, object, value, &reduced);
            }
        }
        let ty = object.ty();
        if object.is_exact::<Type>() {
            return self.save_type(py, value);
        }
        if ty.is(krait_vm::Function::type_object()) {
            return self.save_global(py, value, None);
        }
        let reduced = match self.table_entry(py, ty)? {
            Some(reducer) => protocol::call(py, &reducer, std::slice::from_ref(value))?,
            None if ty.is_subtype_of(Type::type_object()) => {
                return self.save_global(py, value, None);
            }
            None => self.reduce(py, value)?,
        };
        self.save_reduced(py, object, value, &reduced)
    }

    /// The reducer for a type in the private dispatch table, or in copyreg's.
    fn table_entry(&self, py: Py, ty: &Type) -> PyResult<Option<Value>> {
        let key = Value::from(ty.to_owned());
        match self.dispatch_table.get() {
            None => imports::DISPATCH_TABLE.dict(py)?.get(py, &key),
            Some(table) => match table.downcast_exact::<Dict>() {
                Some(table) => table.get(py, &key),
                None => krait_object::errors::suppress(
                    py,
                    protocol::get_item(py, &table, &key),
                    &krait_object::exceptions::KeyError,
                ),
            },
        }
    }

    /// What the object's own `__reduce_ex__` or `__reduce__` gives.
    fn reduce(&self, py: Py, value: &Value) -> PyResult {
        let name = intern!("__reduce_ex__");
        if let Some(reduce) = protocol::lookup_attr(py, value, name)? {
            return protocol::call(py, &reduce, &[Value::int(self.protocol.get())]);
        }
        if let Some(reduce) = protocol::lookup_attr(py, value, intern!("__reduce__"))? {
            return protocol::call(py, &reduce, &[]);
        }
        let name = errors::type_name(py, value.ty());
        errors::pickling(py, &format!("Can't pickle {name} object"))
    }

    /// A reference to an object that the unpickler has already.
    pub(super) fn put_get(&self, index: u64) {
        if !self.is_binary() {
            self.put(format!("g{index}\n").as_bytes());
        } else if let Ok(short) = u8::try_from(index) {
            self.put(&[BINGET, short]);
        } else {
            let [a, b, c, d] = (index as u32).to_le_bytes();
            self.put(&[LONG_BINGET, a, b, c, d]);
        }
    }

    /// Remembers the object that has just been written.
    pub(super) fn memoize(&self, object: &Object) {
        if self.fast.get() != 0 {
            return;
        }
        let index = {
            let mut memo = self.memo.borrow_mut();
            let index = memo.len() as u64;
            memo.insert(object, index);
            index
        };
        if self.protocol.get() >= 4 {
            self.put(&[MEMOIZE]);
        } else if !self.is_binary() {
            self.put(format!("p{index}\n").as_bytes());
        } else if let Ok(short) = u8::try_from(index) {
            self.put(&[BINPUT, short]);
        } else {
            let [a, b, c, d] = (index as u32).to_le_bytes();
            self.put(&[LONG_BINPUT, a, b, c, d]);
        }
    }

    pub(super) fn known(&self, object: &Object) -> Option<u64> {
        self.memo.borrow().get(object)
    }
}
