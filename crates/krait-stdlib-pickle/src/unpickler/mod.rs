//! `_pickle.Unpickler`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::{self, attr};
use krait_object::{
    Builtin, Layout, Object, Py, PyResult, Str, Type, Value, class_cell, intern, raise,
};

use crate::errors;
use krait_object::slot::Slot;

mod build;
mod call;
mod input;
mod load;
mod memo_proxy;
mod names;
mod scalars;
mod stack;
mod text;

pub use input::Input;
pub use load::Loader;

/// The objects that a pickle refers to by number.
pub type Memo = Rc<RefCell<Vec<Option<Value>>>>;

/// How the strings of Python 2 are decoded, and what its names become.
#[derive(Clone)]
pub struct Settings {
    pub fix_imports: bool,
    pub encoding: String,
    pub errors: String,
    /// An iterator over the buffers that are not in the pickle.
    pub buffers: Option<Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            fix_imports: true,
            encoding: "ASCII".to_string(),
            errors: "strict".to_string(),
            buffers: None,
        }
    }
}

impl Settings {
    pub fn new(
        py: Py,
        fix_imports: Option<bool>,
        encoding: Option<String>,
        on_error: Option<String>,
        buffers: Option<&Value>,
    ) -> PyResult<Settings> {
        let buffers = match buffers.filter(|b| !b.is_none()) {
            Some(buffers) => Some(Value::from(protocol::iter(py, buffers)?)),
            None => None,
        };
        Ok(Settings {
            fix_imports: fix_imports.unwrap_or(true),
            encoding: encoding.unwrap_or_else(|| "ASCII".to_string()),
            errors: on_error.unwrap_or_else(|| "strict".to_string()),
            buffers,
        })
    }
}

#[derive(Default)]
pub struct Unpickler {
    /// Nothing before `__init__`, and while a load is under way.
    input: RefCell<Option<Input>>,
    settings: RefCell<Settings>,
    memo: RefCell<Memo>,
    /// What was assigned to the instance's attribute.
    own_persistent_load: Slot,
    busy: Cell<bool>,
    protocol: Cell<u8>,
}

pub type This = Instance<Unpickler>;

fn init(
    py: Py,
    this: &This,
    file: &Value,
    fix_imports: Option<bool>,
    encoding: Option<String>,
    on_error: Option<String>,
    buffers: Option<&Value>,
) -> PyResult<()> {
    check_free(py, this)?;
    let input = Input::of_file(py, file)?;
    let settings = Settings::new(py, fix_imports, encoding, on_error, buffers)?;
    let old = (
        this.input.replace(Some(input)),
        this.settings.replace(settings),
        this.memo.take(),
    );
    drop(old);
    Ok(())
}

/// The method of a subclass, or what was assigned; nothing for the class's own.
fn overridden(py: Py, this: &This, name: &'static Str) -> PyResult<Option<Value>> {
    let class = this.as_object().ty();
    if class.is(This::type_object()) {
        return Ok(None);
    }
    let own = Value::from(this.to_owned());
    let default = This::type_object().dict().get_str_key(py, name);
    match (class.lookup(py, name), default) {
        (Some(found), Some(default)) if found.is(&default) => {
            Ok(attr::instance_attribute(py, this.as_object(), name))
        }
        _ => protocol::lookup_attr(py, &own, name),
    }
}

/// Fails while a load is under way.
fn check_free(py: Py, this: &This) -> PyResult<()> {
    if this.busy.get() {
        return raise!(py, RuntimeError, "Unpickler object is already used");
    }
    Ok(())
}

fn load(py: Py, this: &This) -> PyResult {
    check_free(py, this)?;
    let Some(input) = this.input.take() else {
        let name = this.as_object().ty().short_name();
        let text = format!("Unpickler.__init__() was not called by {name}.__init__()");
        return errors::unpickling(py, &text);
    };
    let mut loader = Loader::new(input, this.settings.borrow().clone());
    loader.memo = this.memo.borrow().clone();
    this.busy.set(true);
    let result = prepare(py, this, &mut loader).and_then(|()| loader.load(py));
    this.protocol.set(loader.protocol);
    this.busy.set(false);
    let Loader { input, stack, .. } = loader;
    if this.input.borrow().is_none() {
        this.input.replace(Some(input));
    }
    drop(stack);
    result
}

fn prepare(py: Py, this: &This, loader: &mut Loader) -> PyResult<()> {
    loader.find_class = overridden(py, this, intern!("find_class"))?;
    loader.persistent_load = match this.own_persistent_load.get() {
        Some(own) => Some(own),
        None => overridden(py, this, intern!("persistent_load"))?,
    };
    Ok(())
}

fn find_class(py: Py, this: &This, module: &Value, name: &Value) -> PyResult {
    let fix_imports = this.settings.borrow().fix_imports;
    names::find_class(py, module, name, this.protocol.get(), fix_imports)
}

fn get_attribute(py: Py, this: &This, name: &Object) -> PyResult {
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "attribute name must be string");
    };
    if text.eq_str("persistent_load")
        && let Some(own) = this.own_persistent_load.get()
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
    if text.eq_str("persistent_load") && this.as_object().is_exact::<This>() {
        this.own_persistent_load.replace(value.map(Value::unboxed));
        return Ok(());
    }
    attr::generic_set(py, this.as_object(), text, value.map(Value::unboxed))
}

impl Class for Unpickler {
    const NAME: &'static str = "_pickle.Unpickler";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc(DOC)
            .new_bare(|py: Py, class: &Type| Instance::new_in(py, class, Unpickler::default()))
            .init(
                "Unpickler(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
                init,
            )
            .get_attribute(get_attribute)
            .set_attribute(set_attribute)
            .getset("memo", memo_proxy::get, memo_proxy::set)
            .method("persistent_load($self, pid, /)", |py: Py, _this: &This, _pid: &Value| {
                errors::unpickling::<Value>(py, "unsupported persistent id encountered")
            })
            .method_doc(
                "load($self, /)",
                "Load a pickle.\n\nRead a pickled object representation from the open file object given\nin the constructor, and return the reconstituted object hierarchy\nspecified therein.",
                load,
            )
            .method_doc(
                "find_class($self, module_name, global_name, /)",
                "Return an object from a specified module.\n\nIf necessary, the module will be imported. Subclasses may override\nthis method (e.g. to restrict unpickling of arbitrary classes and\nfunctions).\n\nThis method is called whenever a class or a function object is\nneeded.  Both arguments passed are str objects.",
                find_class,
            )
            .method("__sizeof__($self, /)", |_py: Py, this: &This| {
                size_of::<This>() + this.memo.borrow().borrow().capacity() * 8
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.own_persistent_load);
        if let Ok(input) = self.input.try_borrow()
            && let Some(Input {
                file: Some(file), ..
            }) = &*input
        {
            visitor.field(&file.read);
            visitor.field(&file.readline);
            visitor.field(&file.peek);
        }
        if let Ok(memo) = self.memo.try_borrow()
            && Rc::strong_count(&memo) == 1
        {
            visitor.field(&*memo.borrow());
        }
    }

    fn clear(&self) {
        self.own_persistent_load.replace(None);
        let old = (self.input.take(), self.memo.take());
        drop(old);
    }
}

/// Puts a value under a number.
pub fn remember(memo: &Memo, index: usize, value: Value) {
    let mut memo = memo.borrow_mut();
    if index >= memo.len() {
        let more = index + 1 - memo.len();
        krait_text::memory::make_room(&mut memo, more);
        memo.resize_with(index + 1, || None);
    }
    let old = memo[index].replace(value);
    drop(memo);
    drop(old);
}

const DOC: &str = "This takes a binary file for reading a pickle data stream.

The protocol version of the pickle is detected automatically, so no
protocol argument is needed.  Bytes past the pickled object's
representation are ignored.

The argument *file* must have two methods, a read() method that takes
an integer argument, and a readline() method that requires no
arguments.  Both methods should return bytes.  Thus *file* can be a
binary file object opened for reading, an io.BytesIO object, or any
other custom object that meets this interface.

Optional keyword arguments are *fix_imports*, *encoding* and *errors*,
which are used to control compatibility support for pickle stream
generated by Python 2.  If *fix_imports* is True, pickle will try to
map the old Python 2 names to the new names used in Python 3.  The
*encoding* and *errors* tell pickle how to decode 8-bit string
instances pickled by Python 2; these default to 'ASCII' and 'strict',
respectively.  The *encoding* can be 'bytes' to read these 8-bit
string instances as bytes objects.";
