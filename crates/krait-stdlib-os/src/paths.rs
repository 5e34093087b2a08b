//! Paths: text, bytes, path-like objects and descriptors as arguments.
//!
//! Text becomes bytes, and bytes text, in UTF-8 with undecodable bytes as lone
//! surrogates (PEP 383, `os.fsencode`).

use std::ffi::{CStr, CString};

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::protocol::{self, number};
use krait_object::{Bytes, Object, Owned, Py, PyResult, Str, Value, errors, intern, raise};
use krait_sys::Errno;

/// Text of file system bytes.
pub fn decode(bytes: &[u8]) -> Owned<Str> {
    Str::from_system(bytes)
}

/// Bytes of text.
pub fn encode(py: Py, text: &Str) -> PyResult<Vec<u8>> {
    if let Some(ascii) = text.as_ascii() {
        return Ok(ascii.as_bytes().to_vec());
    }
    let mut bytes = Vec::with_capacity(text.len() * 2);
    for (i, code) in text.code_points().enumerate() {
        match char::from_u32(code) {
            Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None if (0xDC80..0xDD00).contains(&code) => bytes.push((code - 0xDC00) as u8),
            None => return errors::surrogates_not_allowed(py, text, i),
        }
    }
    Ok(bytes)
}

/// `os.fspath`.
pub fn fspath(py: Py, value: &Value) -> PyResult {
    if value.downcast::<Str>().is_some() || value.downcast::<Bytes>().is_some() {
        return Ok(value.clone());
    }
    let Some(made) = call_fspath(py, value)? else {
        let name = value.ty().short_name();
        return raise!(
            py,
            TypeError,
            "expected str, bytes or os.PathLike object, not {name}"
        );
    };
    Ok(made)
}

/// What `__fspath__` gives; `None` where the type has none.
fn call_fspath(py: Py, value: &Value) -> PyResult<Option<Value>> {
    let object = value.to_object();
    let method = krait_object::protocol::lookup_special(py, &object, intern!("__fspath__"))?;
    let Some(method) = method.filter(|m| !m.is_none()) else {
        return Ok(None);
    };
    let made = krait_object::protocol::call(py, &method, &[])?;
    if made.downcast::<Str>().is_some() || made.downcast::<Bytes>().is_some() {
        return Ok(Some(made));
    }
    let (class, got) = (value.ty().short_name(), made.ty().short_name());
    raise!(
        py,
        TypeError,
        "expected {class}.__fspath__() to return str or bytes, not {got}"
    )
}

/// `os.fsencode` with the check for zero bytes: an argument of `PyUnicode_FSConverter`.
pub fn fs_converter(py: Py, value: &Value) -> PyResult<CString> {
    let path = fspath(py, value)?;
    let bytes = match path.downcast::<Str>() {
        Some(text) => encode(py, text)?,
        None => path
            .downcast::<Bytes>()
            .map(|b| b.as_slice().to_vec())
            .unwrap_or_default(),
    };
    match CString::new(bytes) {
        Ok(c) => Ok(c),
        Err(_) => raise!(py, ValueError, "embedded null byte"),
    }
}

/// An argument that `fs_converter` takes.
pub struct FsBytes(pub CString);

impl FromArg for FsBytes {
    type Item<'a> = FsBytes;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<FsBytes> {
        fs_converter(py, value).map(FsBytes)
    }
}

/// A text argument as a C string in UTF-8.
pub struct CText(pub CString);

impl FromArg for CText {
    type Item<'a> = CText;
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<CText> {
        let Some(text) = value.downcast::<Str>() else {
            return at.mismatch(py, "str", value);
        };
        match CString::new(text.to_utf8(py)?.into_owned()) {
            Ok(c) => Ok(CText(c)),
            Err(_) => raise!(py, ValueError, "embedded null character"),
        }
    }
}

/// A path, or the descriptor given instead of one.
pub struct FsPath {
    /// The argument, or what its `__fspath__` gave, for errors; `None` where nothing was given.
    pub object: Option<Owned>,
    pub c: CString,
    /// The descriptor that was given instead of a path.
    pub fd: Option<i32>,
    /// Whether results are bytes.
    pub is_bytes: bool,
}

impl FsPath {
    /// What `None` or an absent argument stands for: the current folder.
    pub fn current() -> FsPath {
        FsPath {
            object: None,
            c: c".".to_owned(),
            fd: None,
            is_bytes: false,
        }
    }

    pub fn is_fd(&self) -> bool {
        self.fd.is_some()
    }

    /// OSError with the path as file name.
    #[cold]
    pub fn fail<T>(&self, py: Py, error: Errno) -> PyResult<T> {
        errors::os_error(py, error.0, self.object.as_deref(), None)
    }

    #[cold]
    pub fn fail_both<T>(&self, py: Py, error: Errno, other: &FsPath) -> PyResult<T> {
        errors::os_error(py, error.0, self.object.as_deref(), other.object.as_deref())
    }

    pub fn check<T>(&self, py: Py, result: krait_sys::Result<T>) -> PyResult<T> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => self.fail(py, error),
        }
    }

    /// Runs a call on the path without the GIL, again after signals.
    pub fn call<T: Send>(
        &self,
        py: Py,
        call: impl Fn(&CStr) -> krait_sys::Result<T> + Sync,
    ) -> PyResult<T> {
        let c = &*self.c;
        let result = crate::blocking::retry(py, || call(c))?;
        self.check(py, result)
    }

    /// Runs one of two calls: by descriptor or by path.
    pub fn call_fd<T: Send>(
        &self,
        py: Py,
        by_fd: impl Fn(i32) -> krait_sys::Result<T> + Sync,
        by_path: impl Fn(&CStr) -> krait_sys::Result<T> + Sync,
    ) -> PyResult<T> {
        let (fd, c) = (self.fd, &*self.c);
        let result = crate::blocking::retry(py, || fd.map_or_else(|| by_path(c), &by_fd))?;
        self.check(py, result)
    }

    /// The path as given in arguments of audit hooks.
    pub fn value(&self) -> Value {
        self.object.clone().map_or_else(Value::none, Value::from)
    }

    /// Bytes as the kind of path that was given.
    pub fn result(&self, bytes: &[u8]) -> Value {
        if self.is_bytes {
            Value::from(Bytes::new(bytes))
        } else {
            Value::from(decode(bytes))
        }
    }

    fn parse(py: Py, value: &Value, at: At, fd: bool, none: bool) -> PyResult<FsPath> {
        if none && value.is_none() {
            return Ok(FsPath::current());
        }
        if fd && number::is_index(value) {
            let fd = descriptor(py, value)?;
            return Ok(FsPath {
                object: Some(value.to_object()),
                c: CString::default(),
                fd: Some(fd),
                is_bytes: false,
            });
        }
        let made;
        let given = if value.downcast::<Str>().is_some() || value.downcast::<Bytes>().is_some() {
            value
        } else {
            match call_fspath(py, value)? {
                Some(path) => {
                    made = path;
                    &made
                }
                None => return not_a_path(py, value, at, fd, none),
            }
        };
        let (bytes, is_bytes) = match given.downcast::<Str>() {
            Some(text) => (encode(py, text)?, false),
            None => (
                given
                    .downcast::<Bytes>()
                    .map(|b| b.as_slice().to_vec())
                    .unwrap_or_default(),
                true,
            ),
        };
        let Ok(c) = CString::new(bytes) else {
            let (function, name) = (at.def.name(), parameter(at));
            return raise!(
                py,
                ValueError,
                "{function}: embedded null character in {name}"
            );
        };
        Ok(FsPath {
            object: Some(given.to_object()),
            c,
            fd: None,
            is_bytes,
        })
    }
}

fn parameter(at: At) -> &'static str {
    at.def
        .signature()
        .params
        .get(at.index)
        .map_or("path", |p| p.name)
}

#[cold]
fn not_a_path<T>(py: Py, value: &Value, at: At, fd: bool, none: bool) -> PyResult<T> {
    let kinds = match (fd, none) {
        (true, true) => "string, bytes, os.PathLike, integer or None",
        (true, false) => "string, bytes, os.PathLike or integer",
        (false, true) => "string, bytes, os.PathLike or None",
        (false, false) => "string, bytes or os.PathLike",
    };
    let (function, name, got) = (at.def.name(), parameter(at), value.ty().short_name());
    raise!(
        py,
        TypeError,
        "{function}: {name} should be {kinds}, not {got}"
    )
}

/// A descriptor given where a path may stand.
fn descriptor(py: Py, value: &Value) -> PyResult<i32> {
    if value.ty().name() == "bool" {
        let category = &krait_object::exceptions::RuntimeWarning;
        errors::warn(py, category, "bool is used as a file descriptor", 1)?;
    }
    let number = number::index_to_i128(py, value)?;
    match number {
        Some(n) if i32::try_from(n).is_ok() => Ok(n as i32),
        Some(n) if n < 0 => raise!(py, OverflowError, "fd is less than minimum"),
        Some(_) => raise!(py, OverflowError, "fd is greater than maximum"),
        None => {
            let less = protocol::rich_compare(py, value, &Value::int(0), protocol::CompareOp::Lt)?;
            let what = if protocol::truth(py, &less)? {
                "less than minimum"
            } else {
                "greater than maximum"
            };
            raise!(py, OverflowError, "fd is {what}")
        }
    }
}

/// A path argument; `FD`: a descriptor may stand for it, `NONE`: so may `None`.
pub struct PathArg<const FD: bool, const NONE: bool>(pub FsPath);

impl<const FD: bool, const NONE: bool> std::ops::Deref for PathArg<FD, NONE> {
    type Target = FsPath;
    fn deref(&self) -> &FsPath {
        &self.0
    }
}

impl<const FD: bool, const NONE: bool> FromArg for PathArg<FD, NONE> {
    type Item<'a> = PathArg<FD, NONE>;
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<PathArg<FD, NONE>> {
        FsPath::parse(py, value, at, FD, NONE).map(PathArg)
    }
}

pub type Path = PathArg<false, false>;
pub type PathOrFd = PathArg<true, false>;
pub type PathOrNone = PathArg<false, true>;
pub type AnyPath = PathArg<true, true>;

/// `dir_fd=`: a folder's descriptor.
pub struct DirFd(pub i32);

impl FromArg for DirFd {
    type Item<'a> = DirFd;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<DirFd> {
        if value.is_none() {
            return Ok(DirFd(krait_sys::path::AT_FDCWD));
        }
        if !number::is_index(value) {
            let got = value.ty().short_name();
            return raise!(
                py,
                TypeError,
                "argument should be integer or None, not {got}"
            );
        }
        descriptor(py, value).map(DirFd)
    }
}

/// The folder's descriptor, or the current folder.
pub fn dir_fd(given: Option<DirFd>) -> i32 {
    given.map_or(krait_sys::path::AT_FDCWD, |d| d.0)
}

/// A file name for OSError.
pub fn name_object(value: &Value) -> Owned<Object> {
    value.to_object()
}
