//! How a FileIO gets its descriptor: a number, a path, or the user's opener.

use std::ffi::CString;

use krait_object::{
    Bytes, Instance, Layout, Owned, Py, PyResult, Str, Value, errors, exceptions, hooks, intern,
    protocol, raise,
};
use krait_sys::fd::{self, constants};

use super::{FileIo, Mode, This};
use crate::fault;
use crate::raw_call::me;

/// A new file of exactly the class, for `open`.
pub fn create(
    py: Py,
    file: &Value,
    mode: Mode,
    closes: bool,
    opener: Option<&Value>,
) -> PyResult<Owned<This>> {
    let this = Instance::new(py, FileIo::unopened());
    open_into(py, &this, file, mode, closes, opener)?;
    Ok(this)
}

pub fn init(
    py: Py,
    this: &This,
    file: &Value,
    mode: Option<&Str>,
    closefd: Option<bool>,
    opener: Option<&Value>,
) -> PyResult<()> {
    let mode = match mode {
        Some(mode) => Mode::parse(py, &mode.to_utf8(py)?)?,
        None => Mode {
            readable: true,
            ..Mode::default()
        },
    };
    if !this.is_closed() {
        if this.closes.get() {
            this.close_descriptor(py)?;
        } else {
            this.fd.set(-1);
        }
    }
    open_into(py, this, file, mode, closefd.unwrap_or(true), opener)
}

/// The descriptor that the argument itself is, if it is a number.
fn given_descriptor(py: Py, file: &Value) -> PyResult<Option<i32>> {
    if !protocol::number::is_index(file) {
        return Ok(None);
    }
    if file.is(&Value::bool(true)) || file.is(&Value::bool(false)) {
        errors::warn(
            py,
            &exceptions::RuntimeWarning,
            "bool is used as a file descriptor",
            1,
        )?;
    }
    match protocol::number::index_to_i128(py, file)?.map(i32::try_from) {
        Some(Ok(fd)) if fd >= 0 => Ok(Some(fd)),
        Some(Ok(_)) => raise!(py, ValueError, "negative file descriptor"),
        _ => Ok(None),
    }
}

/// A path's bytes, as the file system has them (`os.fsencode`).
fn encoded_path(py: Py, file: &Value) -> PyResult<CString> {
    let path = crate::open::fs_path(py, file)?;
    let bytes = if let Some(text) = path.downcast::<Str>() {
        match text.as_ascii() {
            Some(ascii) => ascii.as_bytes().to_vec(),
            None => crate::open::fs_encode(py, text)?,
        }
    } else if let Some(bytes) = path.downcast::<Bytes>() {
        bytes.as_slice().to_vec()
    } else {
        Vec::new()
    };
    match CString::new(bytes) {
        Ok(path) => Ok(path),
        Err(_) => raise!(py, ValueError, "embedded null byte"),
    }
}

fn open_path(py: Py, file: &Value, flags: i32) -> PyResult<i32> {
    let path = encoded_path(py, file)?;
    match fault::retry(py, || fd::open(&path, flags, 0o666))? {
        Ok(fd) => Ok(fd),
        Err(e) => errors::io_error(py, &e, Some(&file.to_object())),
    }
}

fn open_with(py: Py, opener: &Value, file: &Value, flags: i32) -> PyResult<i32> {
    let result = protocol::call(py, opener, &[file.clone(), Value::int(i64::from(flags))])?;
    let is_int =
        result.downcast::<krait_object::Int>().is_some() || result.as_small_int().is_some();
    if !is_int {
        return raise!(py, TypeError, "expected integer from opener");
    }
    let fd = match protocol::number::index_to_i128(py, &result)?.map(i32::try_from) {
        Some(Ok(fd)) => fd,
        _ => {
            return raise!(
                py,
                OverflowError,
                "Python int too large to convert to C int"
            );
        }
    };
    if fd < 0 {
        return raise!(py, ValueError, "opener returned {fd}");
    }
    fault::os(py, fd::set_inheritable(fd, false))?;
    Ok(fd)
}

fn open_into(
    py: Py,
    this: &This,
    file: &Value,
    mode: Mode,
    closes: bool,
    opener: Option<&Value>,
) -> PyResult<()> {
    let given = given_descriptor(py, file)?;
    let flags = mode.flags() | constants::O_CLOEXEC;
    let mode_text = Value::from(Str::intern(mode.asked()));
    (hooks::get(py).audit)(
        py,
        "open",
        &[file.clone(), mode_text, Value::int(i64::from(flags))],
    )?;
    let descriptor = match given {
        Some(descriptor) => descriptor,
        None if !closes => {
            return raise!(py, ValueError, "Cannot use closefd=False with file name");
        }
        None => match opener.filter(|o| !o.is_none()) {
            Some(opener) => open_with(py, opener, file, flags)?,
            None => open_path(py, file, flags)?,
        },
    };
    this.fd.set(descriptor);
    this.mode.set(mode);
    this.closes.set(closes);
    this.seeks.set(None);
    this.finalizing.set(false);
    let result = examine(py, this, file);
    if result.is_err() {
        if given.is_some() {
            this.fd.set(-1);
        } else {
            let pending = py.thread().take_exception();
            if this.close_descriptor(py).is_err() {
                drop(py.thread().take_exception());
            }
            if let Some(exception) = pending {
                py.thread().set_exception(exception);
            }
        }
    }
    result
}

/// Looks at what was opened: directories are refused, appending starts at the end.
fn examine(py: Py, this: &This, file: &Value) -> PyResult<()> {
    let descriptor = this.fd.get();
    match fault::retry(py, || fd::stat(descriptor))? {
        Ok(stat) if stat.is_dir() => {
            return errors::os_error(py, constants::EISDIR, Some(&file.to_object()), None);
        }
        Ok(stat) => {
            this.stat.set(Some(stat));
            if stat.is_regular() {
                this.seeks.set(Some(true));
            }
        }
        Err(e) if e.raw_os_error() == Some(constants::EBADF) => {
            return errors::io_error(py, &e, None);
        }
        Err(_) => this.stat.set(None),
    }
    protocol::set_attr(py, &me(this.as_object()), intern!("name"), file)?;
    if this.mode.get().appending {
        // A pipe has no end to go to.
        drop(fd::seek(descriptor, 0, constants::SEEK_END));
    }
    Ok(())
}
