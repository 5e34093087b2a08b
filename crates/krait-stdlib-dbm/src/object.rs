//! The module's function, its exception, and the type of databases.

use std::cell::RefCell;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use krait_object::native::{Class, TypeBuilder};
use krait_object::types::buffer::{self, Buffer};
use krait_object::{
    Bytes, GilCell, Instance, Layout, List, ModuleBuilder, Object, Owned, Py, PyResult, Str, Type,
    Value, class_cell, errors, exceptions, raise,
};
use krait_stdlib_os::exceptions::new_class;
use krait_stdlib_os::paths;

use crate::database::{Database, Mode};

/// `_dbm.error`.
static ERROR: GilCell<RefCell<Option<Value>>> = GilCell::new(RefCell::new(None));

/// Raises the module's exception.
#[cold]
fn fail<T>(py: Py, arguments: &[Value]) -> PyResult<T> {
    let class = ERROR.get(py).borrow().clone();
    match class.as_ref().and_then(|class| class.downcast::<Type>()) {
        Some(class) => Err(errors::raise_args(py, class, arguments)),
        None => Err(errors::raise_args(py, &exceptions::OSError, arguments)),
    }
}

#[cold]
fn fail_text<T>(py: Py, text: &str) -> PyResult<T> {
    fail(py, &[Value::from(Str::new(text))])
}

#[cold]
fn fail_io<T>(py: Py, error: &std::io::Error, path: Option<&Value>) -> PyResult<T> {
    match error.raw_os_error() {
        Some(number) => {
            let text = Value::from(Str::new(&errors::os_error_text(number)));
            let arguments = [
                Some(Value::int(i64::from(number))),
                Some(text),
                path.cloned(),
            ];
            fail(py, &arguments.into_iter().flatten().collect::<Vec<_>>())
        }
        None => fail_text(py, &error.to_string()),
    }
}

/// A database.
pub struct Dbm {
    /// Nothing once it is closed.
    database: RefCell<Option<Database>>,
}

type This = Instance<Dbm>;

impl Dbm {
    fn with<T>(
        &self,
        py: Py,
        work: impl FnOnce(&mut Database) -> std::io::Result<T>,
    ) -> PyResult<T> {
        match self.database.borrow_mut().as_mut().map(work) {
            Some(Ok(result)) => Ok(result),
            Some(Err(error)) => fail_io(py, &error, None),
            None => fail_text(py, "DBM object has already been closed"),
        }
    }

    fn is_read_only(&self, py: Py) -> PyResult<bool> {
        self.with(py, |database| Ok(database.read_only))
    }

    fn store(&self, py: Py, key: &[u8], value: &[u8]) -> PyResult<()> {
        let stored = self.with(py, |database| {
            Ok(!database.read_only && database.set(key, value).is_ok())
        });
        match stored? {
            true => Ok(()),
            false => fail_text(py, "cannot add item to database"),
        }
    }

    fn count(&self, py: Py) -> PyResult<usize> {
        self.with(py, |database| {
            database
                .pairs()
                .try_fold(0, |sum, page| Ok(sum + page?.0.len()))
        })
    }
}

/// The bytes of text or of a bytes-like object that cannot change; `None` for others.
fn bytes_of(py: Py, value: &Value) -> PyResult<Option<Vec<u8>>> {
    if let Some(text) = value.downcast::<Str>() {
        return Ok(Some(text.to_utf8(py)?.as_bytes().to_vec()));
    }
    let buffer = match buffer::has_buffer(value) {
        true => Buffer::new(py, value)?,
        false => return Ok(None),
    };
    Ok(buffer
        .as_mut_slice()
        .is_none()
        .then(|| buffer.as_slice().to_vec()))
}

fn sought(py: Py, key: &Value) -> PyResult<Vec<u8>> {
    match bytes_of(py, key)? {
        Some(bytes) => Ok(bytes),
        None if buffer::has_buffer(key) => raise!(
            py,
            TypeError,
            "argument must be read-only bytes-like object, not {}",
            key.ty().name()
        ),
        None => raise!(
            py,
            TypeError,
            "a bytes-like object is required, not '{}'",
            key.ty().name()
        ),
    }
}

fn stored(py: Py, value: &Value, what: &str) -> PyResult<Vec<u8>> {
    match bytes_of(py, value)? {
        Some(bytes) => Ok(bytes),
        None => raise!(
            py,
            TypeError,
            "dbm mappings have bytes or string {what} only"
        ),
    }
}

fn get_item(py: Py, this: &This, key: &Object) -> PyResult {
    let key = Value::unboxed(key);
    let bytes = sought(py, &key)?;
    match this.with(py, |database| database.get(&bytes))? {
        Some(value) => Ok(Value::from(Bytes::new(&value))),
        None => errors::key_error(py, &key),
    }
}

fn set_item(py: Py, this: &This, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let key = Value::unboxed(key);
    let bytes = stored(py, &key, "keys")?;
    match value {
        Some(value) => {
            let value = stored(py, &Value::unboxed(value), "elements")?;
            this.store(py, &bytes, &value)
        }
        None if this.is_read_only(py)? => fail_text(py, "cannot delete item from database"),
        None => match this.with(py, |database| database.delete(&bytes))? {
            true => Ok(()),
            false => errors::key_error(py, &key),
        },
    }
}

fn contains(py: Py, this: &This, key: &Object) -> PyResult<bool> {
    let key = Value::unboxed(key);
    this.is_read_only(py)?;
    let bytes = match key.downcast::<Str>().is_some() || key.downcast::<Bytes>().is_some() {
        true => sought(py, &key)?,
        false => {
            return raise!(
                py,
                TypeError,
                "dbm key must be bytes or string, not {}",
                key.ty().name()
            );
        }
    };
    Ok(this.with(py, |database| database.get(&bytes))?.is_some())
}

fn get(py: Py, this: &This, key: &Value, default: Option<&Value>) -> PyResult {
    let bytes = sought(py, key)?;
    Ok(match this.with(py, |database| database.get(&bytes))? {
        Some(value) => Value::from(Bytes::new(&value)),
        None => default.map_or_else(Value::none, Value::clone),
    })
}

fn set_default(py: Py, this: &This, key: &Value, default: Option<&Value>) -> PyResult {
    let bytes = sought(py, key)?;
    if let Some(value) = this.with(py, |database| database.get(&bytes))? {
        return Ok(Value::from(Bytes::new(&value)));
    }
    let default = default.map_or_else(|| Value::from(Bytes::new(b"")), Value::clone);
    let value = stored(py, &default, "elements")?;
    this.store(py, &bytes, &value)?;
    Ok(default)
}

fn keys(py: Py, this: &This) -> PyResult<Owned<List>> {
    let keys = this.with(py, |database| {
        let mut keys = Vec::new();
        for page in database.pairs() {
            keys.extend(page?.0.into_iter().map(|pair| pair.key));
        }
        Ok(keys)
    })?;
    let keys = keys.iter().map(|key| Value::from(Bytes::new(key)));
    Ok(List::from_values(keys))
}

fn clear(py: Py, this: &This) -> PyResult<()> {
    match this.is_read_only(py)? {
        true => fail_text(py, "cannot delete item from database"),
        false => this.with(py, Database::clear),
    }
}

impl Class for Dbm {
    const NAME: &'static str = "_dbm.dbm";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .mapping_len(|py: Py, this: &This| this.count(py))
            .truth(|py: Py, this: &This| this.count(py).map(|count| count > 0))
            .subscript(get_item)
            .assign_subscript(set_item)
            .contains(contains)
            .method_doc(
                "close($self, /)",
                "Closes the database.",
                |_py: Py, this: &This| {
                    drop(this.database.take());
                },
            )
            .method_doc("keys($self, /)", "The keys, as a list.", keys)
            .method_doc(
                "get($self, key, default=None, /)",
                "The value of a key, or the default where there is none.",
                get,
            )
            .method_doc(
                "setdefault($self, key, default=b'', /)",
                "The value of a key; where there is none, the default becomes it.",
                set_default,
            )
            .method_doc("clear($self, /)", "Removes all items.", clear)
            .method("__enter__($self, /)", |_py: Py, this: &This| {
                this.to_owned()
            })
            .method(
                "__exit__($self, *args)",
                |_py: Py, this: &This, _args: krait_object::Args<'_>| drop(this.database.take()),
            );
    }
}

fn open(
    py: Py,
    filename: &Value,
    flags: Option<String>,
    permissions: Option<i32>,
) -> PyResult<Owned<This>> {
    let mode = match flags.as_deref().unwrap_or("r") {
        "r" => Mode::Read,
        "w" => Mode::Write,
        "c" => Mode::Create,
        "n" => Mode::New,
        _ => return fail_text(py, "arg 2 to open should be 'r', 'w', 'c', or 'n'"),
    };
    let path = paths::fs_converter(py, filename)?;
    let path = Path::new(std::ffi::OsStr::from_bytes(path.as_bytes()));
    match Database::open(path, mode, permissions.unwrap_or(0o666).cast_unsigned()) {
        Ok(database) => Ok(Instance::new(
            py,
            Dbm {
                database: RefCell::new(Some(database)),
            },
        )),
        Err(error) => fail_io(py, &error, Some(filename)),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let error = new_class(m.py, "_dbm.error", &exceptions::OSError)?;
    *ERROR.get(m.py).borrow_mut() = Some(error.clone());
    m.value("error", error)?.text("library", "sdbm")?;
    m.function("open(filename, flags='r', mode=0o666, /)", open)?;
    Ok(())
}
