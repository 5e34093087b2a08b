//! `pycore_fileutils.h`: system calls that set Python's exceptions.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::Error;

use krait_object::{Object, Py, PyResult, Str, Value, errors, protocol, raise};

use crate::border::export;
use crate::text;
use crate::unicodeobject::fs_bytes;

/// The result of a system call that may be interrupted, made without the GIL; Python's
/// signal handlers run before it is made again.
fn call<T: Copy + PartialEq + Send>(
    py: Py,
    failed: T,
    filename: Option<&Object>,
    work: impl Fn() -> T + Sync,
) -> PyResult<T> {
    loop {
        let (result, error) = py.allow_threads(|| {
            let result = work();
            (result, Error::last_os_error())
        });
        if result != failed {
            return Ok(result);
        }
        if error.raw_os_error() != Some(libc::EINTR) {
            return errors::io_error(py, &error, filename);
        }
        krait_vm::breaker::check_signals(py)?;
    }
}

fn open(py: Py, path: &CStr, flags: c_int) -> PyResult<c_int> {
    let shown = Value::from(text::decode_fs(py, path.to_bytes())?);
    let arguments = [shown.clone(), Value::none(), Value::int(flags.into())];
    let audit =
        protocol::get_attr_str(py, &krait_object::hooks::import_module(py, "sys")?, "audit")?;
    let [name, mode, flag] = arguments;
    protocol::call(
        py,
        &audit,
        &[Value::from(Str::new("open")), name, mode, flag],
    )?;
    let filename = shown.to_object();
    // SAFETY: the path is a C string.
    call(py, -1, Some(&filename), || unsafe {
        libc::open(path.as_ptr(), flags | libc::O_CLOEXEC)
    })
}

/// Sets whether programs that are started inherit a descriptor; 0, or -1 with `errno`.
fn set_inheritable(fd: c_int, inheritable: bool, works: *mut c_int) -> c_int {
    // SAFETY: null or a place where it is noted whether `O_CLOEXEC` works: -1 for not known.
    unsafe {
        if !works.is_null() && !inheritable {
            if *works == -1 {
                let flags = libc::fcntl(fd, libc::F_GETFD);
                if flags < 0 {
                    return -1;
                }
                *works = c_int::from(flags & libc::FD_CLOEXEC != 0);
            }
            if *works != 0 {
                return 0;
            }
        }
        let flags = libc::fcntl(fd, libc::F_GETFD);
        if flags < 0 {
            return -1;
        }
        let new = if inheritable {
            flags & !libc::FD_CLOEXEC
        } else {
            flags | libc::FD_CLOEXEC
        };
        if new == flags {
            0
        } else {
            libc::fcntl(fd, libc::F_SETFD, new).min(0)
        }
    }
}

/// The status of a path: that of the call, or -2 with an exception.
fn stat(py: Py, path: &Value, status: *mut libc::stat) -> PyResult<c_int> {
    let Some(path) = path.downcast::<Str>() else {
        return raise!(py, TypeError, "bad argument type for built-in operation");
    };
    let bytes = fs_bytes(py, path)?;
    let Ok(name) = CString::new(bytes) else {
        return raise!(py, ValueError, "embedded null byte");
    };
    // SAFETY: a C string, and the caller's struct.
    Ok(unsafe { libc::stat(name.as_ptr(), status) })
}

export! {
    fn _Py_open(py, path: &CStr, flags: c_int) -> PyResult<c_int> { open(py, path, flags) }
    fn _Py_dup(py, fd: c_int) -> PyResult<c_int> {
        // SAFETY: any number may be asked.
        call(py, -1, None, || unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) })
    }
    fn _Py_fstat(py, fd: c_int, status: *mut libc::stat) -> PyResult<c_int> {
        let status = status as usize;
        // SAFETY: C passes a place for the status, which lives during the call.
        call(py, -1, None, || unsafe { libc::fstat(fd, status as *mut libc::stat) })
    }
    fn _Py_stat(py, path: &Value, status: *mut libc::stat) -> c_int { stat(py, path, status).unwrap_or(-2) }
    fn _Py_set_inheritable(py, fd: c_int, inheritable: c_int, works: *mut c_int) -> PyResult<()> {
        if set_inheritable(fd, inheritable != 0, works) == 0 { return Ok(()) }
        errors::io_error(py, &Error::last_os_error(), None)
    }
    fn _Py_write(py, fd: c_int, data: *const c_void, count: usize) -> PyResult<isize> {
        let data = data as usize;
        // SAFETY: C passes the address of so many bytes, which live during the call.
        call(py, -1, None, || unsafe { libc::write(fd, data as *const c_void, count.min(isize::MAX as usize)) })
    }
}

crate::pystate::export_free! {
    fn _Py_open_noraise(path: *const c_char, flags: c_int) -> c_int { libc::open(path, flags | libc::O_CLOEXEC) }
    fn _Py_fstat_noraise(fd: c_int, status: *mut libc::stat) -> c_int { libc::fstat(fd, status) }
    fn _Py_set_inheritable_async_safe(fd: c_int, inheritable: c_int, works: *mut c_int) -> c_int {
        set_inheritable(fd, inheritable != 0, works)
    }
    fn _Py_write_noraise(fd: c_int, data: *const c_void, count: usize) -> isize {
        loop {
            let written = libc::write(fd, data, count.min(isize::MAX as usize));
            if written >= 0 || *libc::__errno_location() != libc::EINTR { return written }
        }
    }
    fn _Py_IsValidFD(fd: c_int) -> c_int { c_int::from(fd >= 0 && libc::fcntl(fd, libc::F_GETFD) >= 0) }
    fn _Py_closerange(first: c_int, last: c_int) {
        let first = first.max(0);
        if last >= first && libc::syscall(libc::SYS_close_range, first, last, 0) != 0 {
            for fd in first..=last { libc::close(fd); }
        }
    }
}
