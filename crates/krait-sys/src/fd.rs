//! File descriptors: open, read, write, seek and what they refer to.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;

/// The most that one call reads or writes, as Linux has it.
const MOST: usize = 0x7fff_f000;

/// What `fstat` says, as far as streams want to know.
#[derive(Clone, Copy, Debug)]
pub struct FdStat {
    pub mode: u32,
    pub size: i64,
    pub block_size: i64,
}

impl FdStat {
    fn is(&self, kind: libc::mode_t) -> bool {
        self.mode & libc::S_IFMT == kind
    }

    pub fn is_dir(&self) -> bool {
        self.is(libc::S_IFDIR)
    }

    pub fn is_regular(&self) -> bool {
        self.is(libc::S_IFREG)
    }

    /// A terminal is a character device; anything else is surely none.
    pub fn may_be_terminal(&self) -> bool {
        self.is(libc::S_IFCHR)
    }
}

fn check(result: i64) -> io::Result<i64> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Opens a path; the descriptor is not inherited.
pub fn open(path: &CStr, flags: i32, mode: u32) -> io::Result<i32> {
    crate::path::openat(libc::AT_FDCWD, path, flags | libc::O_CLOEXEC, mode)
        .map_err(|e| io::Error::from_raw_os_error(e.0))
}

/// Closes; the descriptor is gone even where this fails.
pub fn close(fd: i32) -> io::Result<()> {
    // SAFETY: no memory is involved.
    check(i64::from(unsafe { libc::close(fd) })).map(drop)
}

/// Reads to the start of a room that may be uninitialised; the result is what was read.
pub fn read_uninit(fd: i32, room: &mut [MaybeUninit<u8>]) -> io::Result<&mut [u8]> {
    let most = room.len().min(MOST);
    // SAFETY: the kernel writes no more than `most` bytes to the room, and as many as it
    // says are initialised afterwards.
    unsafe {
        let count = check(libc::read(fd, room.as_mut_ptr().cast(), most) as i64)?;
        Ok(std::slice::from_raw_parts_mut(
            room.as_mut_ptr().cast(),
            count as usize,
        ))
    }
}

pub fn read(fd: i32, room: &mut [u8]) -> io::Result<usize> {
    let most = room.len().min(MOST);
    // SAFETY: the kernel writes no more than `most` bytes to the room.
    check(unsafe { libc::read(fd, room.as_mut_ptr().cast(), most) } as i64).map(|n| n as usize)
}

pub fn write(fd: i32, bytes: &[u8]) -> io::Result<usize> {
    let most = bytes.len().min(MOST);
    // SAFETY: the kernel reads no more than `most` bytes.
    check(unsafe { libc::write(fd, bytes.as_ptr().cast(), most) } as i64).map(|n| n as usize)
}

/// Moves the position; the new one from the file's start.
pub fn seek(fd: i32, offset: i64, whence: i32) -> io::Result<i64> {
    // SAFETY: no memory is involved.
    check(unsafe { libc::lseek(fd, offset, whence) })
}

pub fn truncate(fd: i32, size: i64) -> io::Result<()> {
    // SAFETY: no memory is involved.
    check(i64::from(unsafe { libc::ftruncate(fd, size) })).map(drop)
}

pub fn stat(fd: i32) -> io::Result<FdStat> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the call fills the struct where it succeeds.
    unsafe {
        check(i64::from(libc::fstat(fd, stat.as_mut_ptr())))?;
        let stat = stat.assume_init();
        Ok(FdStat {
            mode: stat.st_mode,
            size: stat.st_size,
            block_size: stat.st_blksize,
        })
    }
}

pub fn is_terminal(fd: i32) -> bool {
    // SAFETY: no memory is involved.
    unsafe { libc::isatty(fd) == 1 }
}

/// Says whether programs that this process starts get the descriptor too.
pub fn set_inheritable(fd: i32, inheritable: bool) -> io::Result<()> {
    // SAFETY: no memory is involved.
    unsafe {
        let flags = check(i64::from(libc::fcntl(fd, libc::F_GETFD)))? as i32;
        let wanted = if inheritable {
            flags & !libc::FD_CLOEXEC
        } else {
            flags | libc::FD_CLOEXEC
        };
        if wanted != flags {
            check(i64::from(libc::fcntl(fd, libc::F_SETFD, wanted)))?;
        }
        Ok(())
    }
}

/// Numbers that Python's streams need to know.
pub mod constants {
    pub use libc::{EAGAIN, EBADF, EINTR, EISDIR, ESPIPE};
    pub use libc::{O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
    pub use libc::{SEEK_CUR, SEEK_END, SEEK_SET};
}
