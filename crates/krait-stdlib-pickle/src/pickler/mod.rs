//! `_pickle.Pickler`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::{self, attr, number};
use krait_object::types::bytes::Bytes;
use krait_object::{
    Builtin, Layout, Object, Owned, Py, PyResult, Str, Type, Value, class_cell, intern, raise,
};

use crate::errors;
use crate::opcode::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL};
use krait_object::slot::Slot;

mod batch;
mod buffers;
mod containers;
mod global;
mod memo;
mod memo_proxy;
mod numbers;
mod output;
mod reduce;
mod reduce_parts;
mod save;
mod text;

use memo::Memo;
use output::Output;

/// A pickler: what it has written and what it remembers. Without a file it collects the
/// bytes for `dumps`.
#[derive(Default)]
pub struct Pickler {
    output: RefCell<Output>,
    memo: RefCell<Memo>,
    /// `file.write`.
    write: Slot,
    buffer_callback: Slot,
    dispatch_table: Slot,
    reducer_override: Slot,
    /// What was assigned to the instance's attribute.
    own_persistent_id: Slot,
    /// What is asked for persistent ids during a dump.
    persistent_id: Slot,
    protocol: Cell<i64>,
    binary: Cell<i64>,
    fast: Cell<i64>,
    fast_depth: Cell<usize>,
    fast_seen: RefCell<Vec<usize>>,
    fix_imports: Cell<bool>,
    ready: Cell<bool>,
    busy: Cell<bool>,
}

pub type This = Instance<Pickler>;

impl Pickler {
    /// Sets protocol and what goes with it.
    pub fn set_protocol(
        &self,
        py: Py,
        protocol: Option<&Value>,
        fix_imports: bool,
        callback: Option<&Value>,
    ) -> PyResult<()> {
        let mut version = match protocol.filter(|p| !p.is_none()) {
            None => DEFAULT_PROTOCOL,
            Some(protocol) => {
                let wide = number::index_to_i128(py, protocol)?;
                let Some(version) = wide.and_then(|w| i64::try_from(w).ok()) else {
                    return raise!(
                        py,
                        OverflowError,
                        "Python int too large to convert to C long"
                    );
                };
                version
            }
        };
        if version < 0 {
            version = HIGHEST_PROTOCOL;
        }
        if version > HIGHEST_PROTOCOL {
            return raise!(
                py,
                ValueError,
                "pickle protocol must be <= {HIGHEST_PROTOCOL}"
            );
        }
        let callback = callback.filter(|c| !c.is_none());
        if callback.is_some() && version < 5 {
            return raise!(py, ValueError, "buffer_callback needs protocol >= 5");
        }
        self.protocol.set(version);
        self.binary.set(i64::from(version > 0));
        self.fix_imports.set(fix_imports && version < 3);
        self.buffer_callback.replace(callback.cloned());
        Ok(())
    }

    pub fn set_file(&self, py: Py, file: &Value) -> PyResult<()> {
        match protocol::lookup_attr(py, file, intern!("write"))? {
            Some(write) => {
                self.write.replace(Some(write));
                Ok(())
            }
            None => raise!(py, TypeError, "file must have a 'write' attribute"),
        }
    }

    /// Pickles an object; the bytes go to the file, if there is one.
    pub fn dump(&self, py: Py, object: &Value) -> PyResult<()> {
        let start = self.start(py, object);
        self.fast_depth.set(0);
        self.fast_seen.borrow_mut().clear();
        if start.is_err() {
            self.output.take();
        }
        start
    }

    fn start(&self, py: Py, object: &Value) -> PyResult<()> {
        let version = self.protocol.get();
        self.output.take();
        if version >= 2 {
            let mut output = self.output.borrow_mut();
            output.put(&[crate::opcode::PROTO, version as u8]);
            output.framing = version >= 4;
        }
        self.save(py, object)?;
        self.put(&[crate::opcode::STOP]);
        self.output.borrow_mut().end_framing();
        self.flush(py)
    }

    /// The bytes of a dump without a file.
    pub fn take_bytes(&self) -> Owned<Bytes> {
        Bytes::new(&self.output.take().bytes)
    }

    /// Gives the file what has been written.
    fn flush(&self, py: Py) -> PyResult<()> {
        let Some(write) = self.write.get() else {
            return Ok(());
        };
        let bytes = std::mem::take(&mut self.output.borrow_mut().bytes);
        let bytes = Value::from(Bytes::new(&bytes));
        protocol::call(py, &write, &[bytes]).map(drop)
    }
}

fn init(
    py: Py,
    this: &This,
    file: &Value,
    version: Option<&Value>,
    fix_imports: Option<bool>,
    callback: Option<&Value>,
) -> PyResult<()> {
    check_free(py, this)?;
    this.ready.set(false);
    let old = (this.memo.take(), this.output.take());
    drop(old);
    this.set_protocol(py, version, fix_imports.unwrap_or(true), callback)?;
    this.set_file(py, file)?;
    this.fast.set(0);
    let own = Value::from(this.to_owned());
    if !this.as_object().is_exact::<This>() {
        let table = protocol::lookup_attr(py, &own, intern!("dispatch_table"))?;
        this.dispatch_table.replace(table);
    }
    this.ready.set(true);
    Ok(())
}

/// What is asked for persistent ids: nothing where a class has not overridden the method.
fn persistent_id_of(py: Py, this: &This) -> PyResult<Option<Value>> {
    if let Some(own) = this.own_persistent_id.get() {
        return Ok(Some(own));
    }
    let class = this.as_object().ty();
    if class.is(This::type_object()) {
        return Ok(None);
    }
    let name = intern!("persistent_id");
    let default = This::type_object().dict().get_str_key(py, name);
    let own = Value::from(this.to_owned());
    match (class.lookup(py, name), default) {
        (Some(found), Some(default)) if found.is(&default) => {
            let instance = this.as_object();
            Ok(attr::instance_attribute(py, instance, name))
        }
        _ => protocol::lookup_attr(py, &own, name),
    }
}

/// Fails while a dump is under way.
fn check_free(py: Py, this: &This) -> PyResult<()> {
    if this.busy.get() {
        return raise!(py, RuntimeError, "Pickler object is already used");
    }
    Ok(())
}

fn dump(py: Py, this: &This, object: &Value) -> PyResult<()> {
    check_free(py, this)?;
    let class = this.as_object().ty();
    if !this.ready.get() {
        let name = class.short_name();
        let text = format!("Pickler.__init__() was not called by {name}.__init__()");
        return errors::pickling(py, &text);
    }
    if !class.is(This::type_object()) {
        let own = Value::from(this.to_owned());
        let reducer = protocol::lookup_attr(py, &own, intern!("reducer_override"))?;
        this.reducer_override.replace(reducer);
    }
    this.persistent_id.replace(persistent_id_of(py, this)?);
    this.busy.set(true);
    let result = this.dump(py, object);
    this.busy.set(false);
    // They refer to the pickler itself.
    this.reducer_override.replace(None);
    this.persistent_id.replace(None);
    result
}

fn get_attribute(py: Py, this: &This, name: &Object) -> PyResult {
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "attribute name must be string");
    };
    if text.eq_str("persistent_id")
        && let Some(own) = this.own_persistent_id.get()
    {
        return Ok(own);
    }
    match attr::generic_lookup(py, this.as_object(), text)? {
        Some(value) => Ok(value),
        None => attr::no_attribute(py, this.as_object(), text),
    }
}

fn set_attribute(py: Py, this: &This, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "attribute name must be string");
    };
    if text.eq_str("persistent_id") && this.as_object().is_exact::<This>() {
        this.own_persistent_id.replace(value.map(Value::unboxed));
        return Ok(());
    }
    attr::generic_set(py, this.as_object(), text, value.map(Value::unboxed))
}

fn set_flag(py: Py, place: &Cell<i64>, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "can't delete numeric/char attribute");
    };
    let wide = number::index_to_i128(py, &Value::unboxed(value))?;
    match wide.and_then(|w| i64::try_from(w).ok()) {
        Some(flag) => {
            place.set(flag);
            Ok(())
        }
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C long"
        ),
    }
}

fn define_attributes(b: &mut TypeBuilder<This>) {
    b.settable_field(
        "bin",
        |_py: Py, this: &This| this.binary.get(),
        |py: Py, this: &This, value: Option<&Object>| set_flag(py, &this.binary, value),
    )
    .settable_field(
        "fast",
        |_py: Py, this: &This| this.fast.get(),
        |py: Py, this: &This, value: Option<&Object>| set_flag(py, &this.fast, value),
    )
    .settable_field(
        "dispatch_table",
        |py: Py, this: &This| match this.dispatch_table.get() {
            Some(table) => Ok(table),
            None => attr::no_attribute(py, this.as_object(), intern!("dispatch_table")),
        },
        |_py: Py, this: &This, value: Option<&Object>| {
            this.dispatch_table.replace(value.map(Value::unboxed));
            Ok(())
        },
    )
    .getset("memo", memo_proxy::get, memo_proxy::set);
}

impl Class for Pickler {
    const NAME: &'static str = "_pickle.Pickler";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc(DOC)
            .new_bare(|py: Py, class: &Type| Instance::new_in(py, class, Pickler::default()))
            .init(
                "Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)",
                init,
            )
            .get_attribute(get_attribute)
            .set_attribute(set_attribute)
            .method(
                "persistent_id($self, obj, /)",
                |_py: Py, _this: &This, _object: &Value| (),
            )
            .method_doc(
                "dump($self, obj, /)",
                "Write a pickled representation of the given object to the open file.",
                dump,
            )
            .method_doc(
                "clear_memo($self, /)",
                "Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful when\nre-using picklers.",
                |_py: Py, this: &This| {
                    let old = this.memo.take();
                    drop(old);
                },
            )
            .method("__sizeof__($self, /)", |_py: Py, this: &This| {
                size_of::<This>() + this.memo.borrow().size()
            });
        define_attributes(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in self.slots() {
            visitor.field(slot);
        }
        if let Ok(memo) = self.memo.try_borrow() {
            memo.visit(visitor);
        }
    }

    fn clear(&self) {
        self.slots().into_iter().for_each(|slot| slot.replace(None));
        let old = self.memo.take();
        drop(old);
    }
}

impl Pickler {
    fn slots(&self) -> [&Slot; 6] {
        [
            &self.write,
            &self.buffer_callback,
            &self.dispatch_table,
            &self.reducer_override,
            &self.own_persistent_id,
            &self.persistent_id,
        ]
    }
}

const DOC: &str = "This takes a binary file for writing a pickle data stream.

The optional *protocol* argument tells the pickler to use the given
protocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default
protocol is 5. It was introduced in Python 3.8, and is incompatible
with previous versions.

Specifying a negative protocol version selects the highest protocol
version supported.  The higher the protocol used, the more recent the
version of Python needed to read the pickle produced.

The *file* argument must have a write() method that accepts a single
bytes argument. It can thus be a file object opened for binary
writing, an io.BytesIO instance, or any other custom object that meets
this interface.

If *fix_imports* is True and protocol is less than 3, pickle will try
to map the new Python 3 names to the old module names used in Python
2, so that the pickle data stream is readable with Python 2.

If *buffer_callback* is None (the default), buffer views are
serialized into *file* as part of the pickle stream.

If *buffer_callback* is not None, then it can be called any number
of times with a buffer view.  If the callback returns a false value
(such as None), the given buffer is out-of-band; otherwise the
buffer is serialized in-band, i.e. inside the pickle stream.

It is an error if *buffer_callback* is not None and *protocol*
is None or smaller than 5.";
