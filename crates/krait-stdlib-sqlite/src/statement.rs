//! Statements with what is known of them, and the binding of parameters.

use std::cell::RefCell;

use krait_object::protocol::{self, iter, number};
use krait_object::types::buffer::{self, Buffer};
use krait_object::types::bytearray::ByteArray;
use krait_object::{
    Bytes, Dict, Float, Int, List, Owned, Py, PyResult, Str, Tuple, Value, errors as core_errors,
    exceptions, raise as raise_core,
};
use krait_sqlite::{Code, Database, Statement as Handle, ffi};

use crate::errors::{self, Kind, raise};
use crate::{protocol as adaption, values};

/// A prepared statement.
pub struct Statement {
    /// None for a text without a statement.
    pub handle: Option<Handle>,
    /// Whether it changes rows.
    pub is_dml: bool,
    /// Names of parameters without their marks, asked for once.
    names: RefCell<Option<Vec<Option<Owned<Str>>>>>,
    /// The columns as `Cursor.description` shows them, and how often SQLite had prepared
    /// the statement anew when they were asked for.
    pub description: RefCell<Option<(i32, Value)>>,
}

/// The text without white space and comments before it; `None` where nothing is left.
fn without_comments(sql: &[u8]) -> Option<&[u8]> {
    let mut rest = sql;
    loop {
        match rest {
            [b' ' | b'\t' | b'\x0C' | b'\n' | b'\r', after @ ..] => rest = after,
            [b'-', b'-', ..] => {
                let end = rest.iter().position(|&b| b == b'\n')?;
                rest = &rest[end..];
            }
            [b'/', b'*', after @ ..] => {
                let end = after.windows(2).position(|w| w == b"*/")?;
                rest = &after[end + 2..];
            }
            [] => return None,
            _ => return Some(rest),
        }
    }
}

fn changes_rows(sql: &[u8]) -> bool {
    let Some(start) = without_comments(sql) else {
        return false;
    };
    [&b"insert"[..], b"update", b"delete", b"replace"]
        .iter()
        .any(|word| {
            start
                .get(..word.len())
                .is_some_and(|s| s.eq_ignore_ascii_case(word))
        })
}

impl Statement {
    /// Prepares the one statement of a text.
    pub fn new(py: Py, database: &Database, sql: &Str) -> PyResult<Statement> {
        let text = sql.to_utf8(py)?;
        let bytes = text.as_bytes();
        let most = database.limit(ffi::SQLITE_LIMIT_SQL_LENGTH, -1);
        if bytes.len() > most as usize {
            return raise(py, Kind::Data, "query string is too large");
        }
        if bytes.contains(&0) {
            return raise(py, Kind::Programming, "the query contains a null character");
        }
        let prepared = py.allow_threads(|| database.prepare(bytes));
        let Ok(prepared) = prepared else {
            return errors::fail(py, &database.failure());
        };
        if without_comments(&bytes[prepared.tail..]).is_some() {
            let text = "You can only execute one statement at a time.";
            return raise(py, Kind::Programming, text);
        }
        Ok(Statement {
            handle: prepared.statement,
            is_dml: changes_rows(bytes),
            names: RefCell::default(),
            description: RefCell::default(),
        })
    }

    /// Ends its run; what that run has failed with is known already.
    pub fn reset(&self) {
        if let Some(handle) = &self.handle {
            handle.reset();
        }
    }

    /// Binds parameters by place or by name.
    pub fn bind(&self, py: Py, database: &Database, parameters: &Value) -> PyResult<()> {
        let Some(handle) = &self.handle else {
            return self.check_count(py, 0, parameters);
        };
        if let Some(tuple) = parameters.downcast_exact::<Tuple>() {
            self.check_places(py, handle, tuple.len())?;
            for (at, value) in tuple.as_values().iter().enumerate() {
                bind_one(py, database, handle, at + 1, value)?;
            }
            return Ok(());
        }
        if let Some(list) = parameters.downcast_exact::<List>() {
            let count = list.len();
            self.check_places(py, handle, count)?;
            for at in 0..count {
                // An adapter may change the list.
                let Some(value) = list.get(at) else {
                    return raise_core!(py, IndexError, "list index out of range");
                };
                bind_one(py, database, handle, at + 1, &value)?;
            }
            return Ok(());
        }
        self.bind_other(py, database, handle, parameters)
    }

    fn bind_other(
        &self,
        py: Py,
        database: &Database,
        handle: &Handle,
        parameters: &Value,
    ) -> PyResult<()> {
        let is_dict = parameters.downcast::<Dict>().is_some();
        let object = parameters.to_object();
        if !is_dict && iter::is_sequence(&object) {
            let count = protocol::length(py, parameters)?;
            self.check_places(py, handle, count)?;
            for at in 0..count {
                let value = protocol::get_item(py, parameters, &Value::int(at as i64))?;
                bind_one(py, database, handle, at + 1, &value)?;
            }
            return Ok(());
        }
        if is_dict || is_mapping(parameters) {
            return self.bind_names(py, database, handle, parameters);
        }
        raise(py, Kind::Programming, "parameters are of unsupported type")
    }

    fn bind_names(
        &self,
        py: Py,
        database: &Database,
        handle: &Handle,
        parameters: &Value,
    ) -> PyResult<()> {
        let count = self.with_names(handle, <[_]>::len);
        for at in 0..count {
            let name = self.with_names(handle, |names| names[at].clone());
            let Some(name) = name else {
                let text = format!(
                    "Binding {} has no name, but you supplied a dictionary (which has only names).",
                    at + 1
                );
                return raise(py, Kind::Programming, &text);
            };
            let key = Value::from(name.clone());
            let found = match parameters.downcast_exact::<Dict>() {
                Some(dict) => dict.get(py, &key)?,
                None => {
                    let found = protocol::get_item(py, parameters, &key);
                    core_errors::suppress(py, found, &exceptions::LookupError)?
                }
            };
            let Some(value) = found else {
                let text = format!(
                    "You did not supply a value for binding parameter :{}.",
                    name.to_rust()
                );
                return raise(py, Kind::Programming, &text);
            };
            bind_one(py, database, handle, at + 1, &value)?;
        }
        Ok(())
    }

    fn with_names<R>(
        &self,
        handle: &Handle,
        use_them: impl FnOnce(&[Option<Owned<Str>>]) -> R,
    ) -> R {
        let mut names = self.names.borrow_mut();
        let names = names.get_or_insert_with(|| {
            let name = |at: usize| {
                let name = handle.parameter_name(at)?;
                Some(Str::intern(&name[1..]))
            };
            (1..=handle.parameter_count()).map(name).collect()
        });
        use_them(names)
    }

    fn check_count(&self, py: Py, wanted: usize, parameters: &Value) -> PyResult<()> {
        let is_sequence = iter::is_sequence(&parameters.to_object());
        if is_sequence && parameters.downcast::<Dict>().is_none() {
            let given = protocol::length(py, parameters)?;
            if given != wanted {
                return wrong_count(py, wanted, given);
            }
        }
        Ok(())
    }

    fn check_places(&self, py: Py, handle: &Handle, given: usize) -> PyResult<()> {
        let wanted = handle.parameter_count();
        if given != wanted {
            return wrong_count(py, wanted, given);
        }
        if wanted == 0 {
            return Ok(());
        }
        let named = self.with_names(handle, |names| names.iter().position(Option::is_some));
        match named {
            // A number is no name.
            Some(at)
                if handle
                    .parameter_name(at + 1)
                    .is_some_and(|n| !n.starts_with('?')) =>
            {
                let shown = handle.parameter_name(at + 1).unwrap_or_default();
                let text = format!(
                    "Binding {} ('{shown}') is a named parameter, but you supplied a sequence \
                     which requires nameless (qmark) placeholders.",
                    at + 1
                );
                raise(py, Kind::Programming, &text)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the object has the mapping protocol (`PyMapping_Check`).
fn is_mapping(value: &Value) -> bool {
    let class = value.ty();
    class.raw().tp_as_mapping.addr() != 0 && {
        let py_names = krait_object::intern!("__getitem__");
        class.mro_types().any(|t| {
            t.dict()
                .keys_vec()
                .iter()
                .any(|k| k.downcast::<Str>().is_some_and(|k| k.eq(py_names)))
        })
    }
}

#[cold]
fn wrong_count<T>(py: Py, wanted: usize, given: usize) -> PyResult<T> {
    let text = format!(
        "Incorrect number of bindings supplied. The current statement uses {wanted}, and there \
         are {given} supplied."
    );
    raise(py, Kind::Programming, &text)
}

fn bind_one(
    py: Py,
    database: &Database,
    handle: &Handle,
    at: usize,
    value: &Value,
) -> PyResult<()> {
    let code = if adaption::is_base(value) && !adaption::adapts_base_types(py) {
        bind_value(py, handle, at, value)?
    } else {
        let adapted = adaption::adapted_parameter(py, value)?;
        bind_value(py, handle, at, &adapted)?
    };
    match code {
        Some(ffi::SQLITE_OK) => Ok(()),
        Some(_) => errors::fail(py, &database.failure()),
        None => {
            let text = format!(
                "Error binding parameter {at}: type '{}' is not supported",
                value.ty().name()
            );
            raise(py, Kind::Programming, &text)
        }
    }
}

/// Binds a value; `None` for what is none of SQLite's.
fn bind_value(py: Py, handle: &Handle, at: usize, value: &Value) -> PyResult<Option<Code>> {
    if let Some(n) = value.as_small_int() {
        return Ok(Some(handle.bind_int(at, n)));
    }
    if let Some(f) = value.as_double() {
        return Ok(Some(handle.bind_float(at, f)));
    }
    if let Some(text) = value.downcast::<Str>() {
        let text = text.to_utf8(py)?;
        if i32::try_from(text.len()).is_err() {
            return raise_core!(py, OverflowError, "string longer than INT_MAX bytes");
        }
        return Ok(Some(handle.bind_text(at, &text)));
    }
    if value.is_none() {
        return Ok(Some(handle.bind_null(at)));
    }
    if let Some(bytes) = value.downcast::<Bytes>() {
        return bind_bytes(py, handle, at, bytes.as_slice()).map(Some);
    }
    if value.downcast::<Int>().is_some() {
        debug_assert!(number::is_index(value));
        return Ok(Some(handle.bind_int(at, values::integer(py, value)?)));
    }
    if let Some(f) = value.downcast::<Float>() {
        return Ok(Some(handle.bind_float(at, f.get())));
    }
    if value.downcast::<ByteArray>().is_some() || buffer::has_buffer(value) {
        let data = Buffer::new(py, value)?;
        return bind_bytes(py, handle, at, data.as_slice()).map(Some);
    }
    Ok(None)
}

fn bind_bytes(py: Py, handle: &Handle, at: usize, bytes: &[u8]) -> PyResult<Code> {
    if i32::try_from(bytes.len()).is_err() {
        return raise_core!(py, OverflowError, "BLOB longer than INT_MAX bytes");
    }
    Ok(handle.bind_blob(at, bytes))
}
