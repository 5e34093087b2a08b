//! Moving data between files inside the kernel, and files without a name.

use krait_object::protocol::number;
use krait_object::{ModuleBuilder, Py, PyResult, Value, raise};
use krait_sys::file;
use krait_sys::libc;

use crate::blocking::{blocking, os};
use crate::paths::FsBytes;

/// A file offset, absent where `None` is given.
fn offset(py: Py, value: Option<&Value>) -> PyResult<Option<i64>> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(None);
    };
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i64::try_from(w).ok()) {
        Some(offset) => Ok(Some(offset)),
        None => number::integer_overflow(py, wide, "C long", false),
    }
}

fn size(py: Py, count: isize) -> PyResult<usize> {
    match usize::try_from(count) {
        Ok(count) => Ok(count),
        Err(_) => raise!(py, ValueError, "negative value for 'count' not allowed"),
    }
}

fn unsigned_int(py: Py, value: &Value) -> PyResult<u32> {
    match number::index_to_i128(py, value)? {
        Some(n) if n < 0 => raise!(py, ValueError, "Cannot convert negative int"),
        Some(n) if n <= i128::from(u32::MAX) => Ok(n as u32),
        _ => raise!(py, OverflowError, "Python int too large for C unsigned int"),
    }
}

fn unsigned_long(py: Py, value: &Value) -> PyResult<u64> {
    match number::index_to_i128(py, value)? {
        Some(n) if n < 0 => raise!(py, ValueError, "Cannot convert negative int"),
        Some(n) if n <= i128::from(u64::MAX) => Ok(n as u64),
        _ => raise!(
            py,
            OverflowError,
            "Python int too large for C unsigned long long"
        ),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("sendfile($module, /, out_fd, in_fd, offset, count)", |py: Py, out: i32, input: i32, at: &Value, count: isize| {
        let at = offset(py, Some(at))?;
        blocking(py, || file::sendfile(out, input, at, count as usize))
    })?
    .function(
        "copy_file_range($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)",
        |py: Py, src: i32, dst: i32, count: isize, from: Option<&Value>, to: Option<&Value>| {
            let (n, from, to) = (size(py, count)?, offset(py, from)?, offset(py, to)?);
            blocking(py, || file::copy_file_range(src, from, dst, to, n))
        },
    )?
    .function(
        "splice($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)",
        |py: Py, src: i32, dst: i32, count: isize, from: Option<&Value>, to: Option<&Value>, flags: Option<u32>| {
            let (n, from, to) = (size(py, count)?, offset(py, from)?, offset(py, to)?);
            blocking(py, || file::splice(src, from, dst, to, n, flags.unwrap_or(0)))
        },
    )?
    .function("posix_fallocate($module, fd, offset, length, /)", |py: Py, fd: i32, at: i64, length: i64| {
        blocking(py, || file::posix_fallocate(fd, at, length))
    })?
    .function("posix_fadvise($module, fd, offset, length, advice, /)", |py: Py, fd: i32, at: i64, length: i64, advice: i32| {
        blocking(py, || file::posix_fadvise(fd, at, length, advice))
    })?
    .function("memfd_create($module, /, name, flags=MFD_CLOEXEC)", |py: Py, name: FsBytes, flags: Option<u32>| {
        os(py, file::memfd_create(&name.0, flags.unwrap_or(libc::MFD_CLOEXEC)))
    })?
    .function("eventfd($module, /, initval, flags=EFD_CLOEXEC)", |py: Py, initial: &Value, flags: Option<i32>| {
        let initial = unsigned_int(py, initial)?;
        os(py, file::eventfd(initial, flags.unwrap_or(libc::EFD_CLOEXEC)))
    })?
    .function("eventfd_read($module, /, fd)", |py: Py, fd: Fd| blocking(py, || file::eventfd_read(fd.0)))?
    .function("eventfd_write($module, /, fd, value)", |py: Py, fd: Fd, value: &Value| {
        let value = unsigned_long(py, value)?;
        blocking(py, || file::eventfd_write(fd.0, value))
    })?;
    Ok(())
}

use crate::numbers::Fd;
