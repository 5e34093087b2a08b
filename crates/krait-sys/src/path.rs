//! Files by path.

use std::ffi::CStr;

use crate::stand_in::{asking, opening};
use crate::{Errno, Result, check, count, filled};

/// The current folder, as a `dirfd`.
pub const AT_FDCWD: i32 = libc::AT_FDCWD;

calls! {
    fn chroot(path: &CStr) -> i32;
    fn truncate(path: &CStr, length: i64) -> i32;
    fn chmod(path: &CStr, mode: u32) -> i32;
    fn fchmodat(dirfd: i32, path: &CStr, mode: u32, flags: i32) -> i32;
    fn fchownat(dirfd: i32, path: &CStr, uid: u32, gid: u32, flags: i32) -> i32;
    fn lchown(path: &CStr, uid: u32, gid: u32) -> i32;
    fn mkdirat(dirfd: i32, path: &CStr, mode: u32) -> i32;
    fn mkfifoat(dirfd: i32, path: &CStr, mode: u32) -> i32;
    fn mknodat(dirfd: i32, path: &CStr, mode: u32, device: u64) -> i32;
    fn unlinkat(dirfd: i32, path: &CStr, flags: i32) -> i32;
    fn renameat(from_dir: i32, from: &CStr, to_dir: i32, to: &CStr) -> i32;
    fn linkat(from_dir: i32, from: &CStr, to_dir: i32, to: &CStr, flags: i32) -> i32;
    fn symlinkat(target: &CStr, dirfd: i32, path: &CStr) -> i32;
    fn shm_open(name: &CStr, flags: i32, mode: u32) -> i32;
    fn shm_unlink(name: &CStr) -> i32;
    fn sem_unlink(name: &CStr) -> i32;
}

pub fn chdir(path: &CStr) -> Result<i32> {
    opening(path, |path| {
        // SAFETY: a C string.
        check(unsafe { libc::chdir(path.as_ptr()) })
    })
}

pub fn faccessat(dirfd: i32, path: &CStr, mode: i32, flags: i32) -> Result<i32> {
    asking(path, |path| {
        // SAFETY: numbers and a C string.
        check(unsafe { libc::faccessat(dirfd, path.as_ptr(), mode, flags) })
    })
}

pub fn openat(dirfd: i32, path: &CStr, flags: i32, mode: u32) -> Result<i32> {
    // SAFETY: numbers and a C string.
    let open = |path: &CStr| check(unsafe { libc::openat(dirfd, path.as_ptr(), flags, mode) });
    if flags & (libc::O_ACCMODE | libc::O_CREAT) == libc::O_RDONLY {
        opening(path, open)
    } else {
        open(path)
    }
}

pub fn stat(path: &CStr) -> Result<libc::stat> {
    asking(path, |path| {
        // SAFETY: the call fills the struct.
        filled(|out| unsafe { libc::stat(path.as_ptr(), out) })
    })
}

pub fn lstat(path: &CStr) -> Result<libc::stat> {
    asking(path, |path| {
        // SAFETY: the call fills the struct.
        filled(|out| unsafe { libc::lstat(path.as_ptr(), out) })
    })
}

pub fn fstatat(dirfd: i32, path: &CStr, flags: i32) -> Result<libc::stat> {
    asking(path, |path| {
        // SAFETY: the call fills the struct.
        filled(|out| unsafe { libc::fstatat(dirfd, path.as_ptr(), out, flags) })
    })
}

pub fn statvfs(path: &CStr) -> Result<libc::statvfs> {
    asking(path, |path| {
        // SAFETY: the call fills the struct.
        filled(|out| unsafe { libc::statvfs(path.as_ptr(), out) })
    })
}

/// The current folder.
pub fn getcwd() -> Result<Vec<u8>> {
    let mut buffer = vec![0u8; 1024];
    loop {
        // SAFETY: the buffer has so many bytes; the call ends the path with a zero.
        let found = unsafe { libc::getcwd(buffer.as_mut_ptr().cast(), buffer.len()) };
        if !found.is_null() {
            return Ok(crate::file::until_zero(&buffer));
        }
        match crate::errno() {
            Errno(libc::ERANGE) => buffer.resize(buffer.len() * 2, 0),
            error => return Err(error),
        }
    }
}

pub fn readlinkat(dirfd: i32, path: &CStr) -> Result<Vec<u8>> {
    let mut buffer = vec![0u8; 4096];
    loop {
        // SAFETY: the buffer has so many bytes.
        let n = count(unsafe {
            libc::readlinkat(
                dirfd,
                path.as_ptr(),
                buffer.as_mut_ptr().cast(),
                buffer.len(),
            )
        })?;
        if n < buffer.len() {
            buffer.truncate(n);
            return Ok(buffer);
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

/// Sets access and modification times; `None` is now.
pub fn utimensat(dirfd: i32, path: &CStr, times: &[libc::timespec; 2], flags: i32) -> Result<i32> {
    // SAFETY: two times are read.
    check(unsafe { libc::utimensat(dirfd, path.as_ptr(), times.as_ptr(), flags) })
}

pub fn pathconf(path: &CStr, name: i32) -> Result<Option<i64>> {
    crate::set_errno(0);
    // SAFETY: a number and a C string.
    crate::system::limit(unsafe { libc::pathconf(path.as_ptr(), name) })
}

/// What extended attributes belong to.
#[derive(Clone, Copy)]
pub enum XattrOf<'a> {
    Path(&'a CStr),
    /// The link itself.
    Link(&'a CStr),
    Fd(i32),
}

/// Asks for the size and then for the contents, again where it grew in between.
fn sized(get: impl Fn(*mut libc::c_void, usize) -> isize) -> Result<Vec<u8>> {
    loop {
        let mut buffer = vec![0u8; count(get(std::ptr::null_mut(), 0))?];
        match count(get(buffer.as_mut_ptr().cast(), buffer.len())) {
            Ok(n) => {
                buffer.truncate(n);
                return Ok(buffer);
            }
            Err(Errno(libc::ERANGE)) => {}
            Err(error) => return Err(error),
        }
    }
}

pub fn getxattr(of: XattrOf<'_>, name: &CStr) -> Result<Vec<u8>> {
    // SAFETY: C strings, and a buffer of the given size.
    sized(|buffer, size| unsafe {
        match of {
            XattrOf::Path(path) => libc::getxattr(path.as_ptr(), name.as_ptr(), buffer, size),
            XattrOf::Link(path) => libc::lgetxattr(path.as_ptr(), name.as_ptr(), buffer, size),
            XattrOf::Fd(fd) => libc::fgetxattr(fd, name.as_ptr(), buffer, size),
        }
    })
}

/// The names, each ended by a zero byte.
pub fn listxattr(of: XattrOf<'_>) -> Result<Vec<u8>> {
    // SAFETY: C strings, and a buffer of the given size.
    sized(|buffer, size| unsafe {
        match of {
            XattrOf::Path(path) => libc::listxattr(path.as_ptr(), buffer.cast(), size),
            XattrOf::Link(path) => libc::llistxattr(path.as_ptr(), buffer.cast(), size),
            XattrOf::Fd(fd) => libc::flistxattr(fd, buffer.cast(), size),
        }
    })
}

pub fn setxattr(of: XattrOf<'_>, name: &CStr, value: &[u8], flags: i32) -> Result<i32> {
    let (data, size) = (value.as_ptr().cast(), value.len());
    // SAFETY: C strings, and data of the given size.
    check(unsafe {
        match of {
            XattrOf::Path(path) => libc::setxattr(path.as_ptr(), name.as_ptr(), data, size, flags),
            XattrOf::Link(path) => libc::lsetxattr(path.as_ptr(), name.as_ptr(), data, size, flags),
            XattrOf::Fd(fd) => libc::fsetxattr(fd, name.as_ptr(), data, size, flags),
        }
    })
}

pub fn removexattr(of: XattrOf<'_>, name: &CStr) -> Result<i32> {
    // SAFETY: C strings.
    check(unsafe {
        match of {
            XattrOf::Path(path) => libc::removexattr(path.as_ptr(), name.as_ptr()),
            XattrOf::Link(path) => libc::lremovexattr(path.as_ptr(), name.as_ptr()),
            XattrOf::Fd(fd) => libc::fremovexattr(fd, name.as_ptr()),
        }
    })
}
