//! Objects that go to another interpreter pickled.
//!
//! What is of the sender's `__main__` is looked for in the receiver's, where it is not. Then
//! the file that the sender's `__main__` came from is run once there, as a module beside
//! `__main__`, and the pickle is read with that one in its place.

use std::cell::RefCell;

use krait_object::Layout as _;
use krait_object::types::module::Module;
use krait_object::{
    Bytes, Dict, InterpreterCell, Owned, Py, PyResult, Str, Value, errors as object_errors,
    exceptions, intern, protocol,
};
use krait_stdlib_core::{import, sys};

use crate::errors;

/// A pickle, and the file of the `__main__` that it was made in.
pub struct Pickled {
    bytes: Box<[u8]>,
    main_file: Option<String>,
}

/// The module of a sender's file, by the file's name, that this interpreter has run.
static FAKE_MAIN: InterpreterCell<RefCell<Option<(String, Value)>>> =
    InterpreterCell::new(RefCell::default);

const FAKE_NAME: &str = "<fake __main__>";

fn modules(py: Py) -> Option<Owned<Dict>> {
    let modules = sys::get(py, "modules")?;
    modules.downcast::<Dict>().map(|dict| dict.to_owned())
}

fn main_file(py: Py) -> PyResult<Option<String>> {
    let name = Value::from(intern!("__main__").to_owned_str());
    let Some(main) = modules(py).map(|m| m.get(py, &name)).transpose()?.flatten() else {
        return Ok(None);
    };
    let file = protocol::lookup_attr(py, &main, intern!("__file__"))?;
    Ok(file.and_then(|file| Some(file.downcast::<Str>()?.to_rust().into_owned())))
}

/// Pickles an object.
pub fn dump(py: Py, value: &Value) -> PyResult<Pickled> {
    let dump = || {
        let pickle = import::import_module(py, "pickle")?;
        let given = std::slice::from_ref(value);
        let made = protocol::call_method(py, &pickle, intern!("dumps"), given)?;
        let Some(bytes) = made.downcast::<Bytes>() else {
            return krait_object::raise!(py, TypeError, "pickle.dumps() gave no bytes");
        };
        Ok(Pickled {
            bytes: bytes.as_slice().into(),
            main_file: main_file(py)?,
        })
    };
    dump().or_else(|_| errors::not_shareable(py, Str::new("object could not be pickled")))
}

impl Pickled {
    fn loads(&self, py: Py) -> PyResult {
        let pickle = import::import_module(py, "pickle")?;
        let bytes = Value::from(Bytes::new(&self.bytes));
        protocol::call_method(py, &pickle, intern!("loads"), &[bytes])
    }

    /// Reads the pickle in the current interpreter.
    pub fn load(&self, py: Py) -> PyResult {
        self.loads(py)
            .or_else(|raised| match &self.main_file {
                Some(file) if misses_main(py) => self.load_with(py, file),
                _ => Err(raised),
            })
            .or_else(|_| errors::not_shareable(py, Str::new("object could not be unpickled")))
    }

    /// Reads the pickle with the sender's file in `__main__`'s place.
    fn load_with(&self, py: Py, file: &str) -> PyResult {
        let first = py.thread().take_exception();
        let fake = match fake_main(py, file) {
            Ok(fake) => fake,
            Err(raised) => {
                if let Some(first) = first {
                    py.thread().set_exception(first);
                }
                return Err(raised);
            }
        };
        let Some(modules) = modules(py) else {
            return self.loads(py);
        };
        let name = Value::from(intern!("__main__").to_owned_str());
        let own = modules.get(py, &name)?;
        modules.set_value(py, &name, fake)?;
        let result = self.loads(py);
        let failed = py.thread().take_exception();
        match own {
            Some(own) => modules.set_value(py, &name, own)?,
            None => drop(modules.remove(py, &name)?),
        }
        if let Some(failed) = failed {
            py.thread().set_exception(failed);
        }
        result
    }
}

/// Whether the exception that is set says that `__main__` lacks something.
fn misses_main(py: Py) -> bool {
    let Some(exception) = py.thread().exception() else {
        return false;
    };
    if !object_errors::matches(py, &exceptions::AttributeError) {
        return false;
    }
    let text = protocol::str(py, &Value::from(exception));
    text.is_ok_and(|text| {
        let text = text.to_rust();
        text.starts_with("module '__main__' has no attribute '") || text.contains("'__main__'")
    })
}

/// The module of the sender's file, which is run where it has not been.
fn fake_main(py: Py, file: &str) -> PyResult {
    let known = FAKE_MAIN.get(py).borrow().clone();
    if let Some((_, module)) = known.filter(|(of, _)| of == file) {
        return Ok(module);
    }
    let runpy = import::import_module(py, "runpy")?;
    let run = [
        Value::from(Str::new(file)),
        Value::none(),
        Value::from(Str::new(FAKE_NAME)),
    ];
    let names = protocol::call_method(py, &runpy, intern!("run_path"), &run)?;
    let module = Module::new(py, &Str::intern(FAKE_NAME));
    if let Some(names) = names.downcast::<Dict>() {
        let dict = module.dict();
        for (name, value) in names.to_vec() {
            dict.set_value(py, &name, value)?;
        }
    }
    let module = Value::from(module);
    *FAKE_MAIN.get(py).borrow_mut() = Some((file.to_string(), module.clone()));
    Ok(module)
}
