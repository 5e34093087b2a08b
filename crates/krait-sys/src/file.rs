//! Open files: by descriptor.

use crate::{Result, check, count, direct, filled};

calls! {
    fn close(fd: i32) -> i32;
    fn dup(fd: i32) -> i32;
    fn dup2(old: i32, new: i32) -> i32;
    fn dup3(old: i32, new: i32, flags: i32) -> i32;
    fn lseek(fd: i32, offset: i64, whence: i32) -> i64;
    fn ftruncate(fd: i32, length: i64) -> i32;
    fn fsync(fd: i32) -> i32;
    fn fdatasync(fd: i32) -> i32;
    fn fchdir(fd: i32) -> i32;
    fn fchmod(fd: i32, mode: u32) -> i32;
    fn fchown(fd: i32, uid: u32, gid: u32) -> i32;
    fn lockf(fd: i32, command: i32, length: i64) -> i32;
    fn flock(fd: i32, operation: i32) -> i32;
    fn eventfd(initial: u32, flags: i32) -> i32;
    fn memfd_create(name: &std::ffi::CStr, flags: u32) -> i32;
    fn timerfd_create(clock: i32, flags: i32) -> i32;
    fn tcgetpgrp(fd: i32) -> i32;
    fn tcsetpgrp(fd: i32, pgid: i32) -> i32;
    fn login_tty(fd: i32) -> i32;
    fn grantpt(fd: i32) -> i32;
    fn unlockpt(fd: i32) -> i32;
    fn posix_openpt(flags: i32) -> i32;
    fn setns(fd: i32, kind: i32) -> i32;
}

pub fn fstat(fd: i32) -> Result<libc::stat> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::fstat(fd, out) })
}

pub fn fstatvfs(fd: i32) -> Result<libc::statvfs> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::fstatvfs(fd, out) })
}

pub fn read(fd: i32, buffer: &mut [u8]) -> Result<usize> {
    // SAFETY: the buffer has so many bytes.
    count(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

pub fn write(fd: i32, data: &[u8]) -> Result<usize> {
    // SAFETY: the data has so many bytes. Linux itself writes no more than this at once.
    count(unsafe { libc::write(fd, data.as_ptr().cast(), data.len().min(0x7fff_f000)) })
}

/// Reads up to `size` bytes into a new vector.
pub fn read_vec(fd: i32, size: usize) -> Result<Vec<u8>> {
    let mut buffer = Vec::<u8>::new();
    if buffer.try_reserve_exact(size).is_err() {
        return Err(crate::Errno(libc::ENOMEM));
    }
    // SAFETY: there is room for so many bytes; as many as were read become part of it.
    unsafe {
        let n = count(libc::read(fd, buffer.as_mut_ptr().cast(), size))?;
        buffer.set_len(n);
    }
    Ok(buffer)
}

pub fn pread(fd: i32, buffer: &mut [u8], offset: i64) -> Result<usize> {
    // SAFETY: the buffer has so many bytes.
    count(unsafe { libc::pread(fd, buffer.as_mut_ptr().cast(), buffer.len(), offset) })
}

pub fn pwrite(fd: i32, data: &[u8], offset: i64) -> Result<usize> {
    // SAFETY: the data has so many bytes.
    count(unsafe { libc::pwrite(fd, data.as_ptr().cast(), data.len(), offset) })
}

fn vectors_mut(buffers: &mut [&mut [u8]]) -> Vec<libc::iovec> {
    buffers
        .iter_mut()
        .map(|b| libc::iovec {
            iov_base: b.as_mut_ptr().cast(),
            iov_len: b.len(),
        })
        .collect()
}

fn vectors(buffers: &[&[u8]]) -> Vec<libc::iovec> {
    buffers
        .iter()
        .map(|b| libc::iovec {
            iov_base: b.as_ptr().cast_mut().cast(),
            iov_len: b.len(),
        })
        .collect()
}

pub fn readv(fd: i32, buffers: &mut [&mut [u8]]) -> Result<usize> {
    let vectors = vectors_mut(buffers);
    // SAFETY: the vectors describe the buffers.
    count(unsafe { libc::readv(fd, vectors.as_ptr(), vectors.len() as i32) })
}

pub fn writev(fd: i32, buffers: &[&[u8]]) -> Result<usize> {
    let vectors = vectors(buffers);
    // SAFETY: the vectors describe the buffers.
    count(unsafe { libc::writev(fd, vectors.as_ptr(), vectors.len() as i32) })
}

pub fn preadv(fd: i32, buffers: &mut [&mut [u8]], offset: i64, flags: i32) -> Result<usize> {
    let vectors = vectors_mut(buffers);
    // SAFETY: the vectors describe the buffers.
    count(unsafe { libc::preadv2(fd, vectors.as_ptr(), vectors.len() as i32, offset, flags) })
}

pub fn pwritev(fd: i32, buffers: &[&[u8]], offset: i64, flags: i32) -> Result<usize> {
    let vectors = vectors(buffers);
    // SAFETY: the vectors describe the buffers.
    count(unsafe { libc::pwritev2(fd, vectors.as_ptr(), vectors.len() as i32, offset, flags) })
}

/// Closes all descriptors from `low` to below `high`; errors are ignored.
pub fn close_range(low: i32, high: i32) {
    if low >= high {
        return;
    }
    let low = low.max(0);
    // SAFETY: plain numbers.
    let done = unsafe { libc::syscall(libc::SYS_close_range, low, high - 1, 0) } == 0;
    if !done {
        let most = system_limit();
        for fd in low..high.min(most) {
            let _ = close(fd);
        }
    }
}

fn system_limit() -> i32 {
    // SAFETY: a plain query.
    let limit = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) };
    if limit < 0 {
        65_536
    } else {
        limit.min(1 << 20) as i32
    }
}

/// `fcntl` with a number.
pub fn fcntl(fd: i32, command: i32, argument: i64) -> Result<i32> {
    // SAFETY: the command takes a number or nothing; a command that takes an address
    // fails with EFAULT unless the number is one, which the caller answers for as in C.
    check(unsafe { libc::fcntl(fd, command, argument) })
}

/// `fcntl` with a struct in a buffer, which the call may change.
pub fn fcntl_buffer(fd: i32, command: i32, argument: &mut [u8]) -> Result<i32> {
    // SAFETY: the buffer lives during the call; callers give commands the struct's room.
    check(unsafe { libc::fcntl(fd, command, argument.as_mut_ptr()) })
}

/// `ioctl` with a number.
pub fn ioctl(fd: i32, request: u64, argument: i64) -> Result<i32> {
    // SAFETY: as for `fcntl`.
    check(unsafe { libc::ioctl(fd, request as libc::c_ulong, argument) })
}

/// `ioctl` with a struct in a buffer, which the call may change.
pub fn ioctl_buffer(fd: i32, request: u64, argument: &mut [u8]) -> Result<i32> {
    // SAFETY: as for `fcntl_buffer`.
    check(unsafe { libc::ioctl(fd, request as libc::c_ulong, argument.as_mut_ptr()) })
}

pub fn is_inheritable(fd: i32) -> Result<bool> {
    Ok(fcntl(fd, libc::F_GETFD, 0)? & libc::FD_CLOEXEC == 0)
}

pub fn set_inheritable(fd: i32, inheritable: bool) -> Result<()> {
    let flags = fcntl(fd, libc::F_GETFD, 0)?;
    let new = if inheritable {
        flags & !libc::FD_CLOEXEC
    } else {
        flags | libc::FD_CLOEXEC
    };
    if new != flags {
        fcntl(fd, libc::F_SETFD, i64::from(new))?;
    }
    Ok(())
}

pub fn is_blocking(fd: i32) -> Result<bool> {
    Ok(fcntl(fd, libc::F_GETFL, 0)? & libc::O_NONBLOCK == 0)
}

pub fn set_blocking(fd: i32, blocking: bool) -> Result<()> {
    let flags = fcntl(fd, libc::F_GETFL, 0)?;
    let new = if blocking {
        flags & !libc::O_NONBLOCK
    } else {
        flags | libc::O_NONBLOCK
    };
    if new != flags {
        fcntl(fd, libc::F_SETFL, i64::from(new))?;
    }
    Ok(())
}

pub fn isatty(fd: i32) -> bool {
    // SAFETY: a plain number.
    unsafe { libc::isatty(fd) == 1 }
}

/// A pipe: the end to read from and the one to write to.
pub fn pipe2(flags: i32) -> Result<(i32, i32)> {
    let ends: [i32; 2] = filled(|out: *mut [i32; 2]| unsafe {
        // SAFETY: the call fills two numbers.
        libc::pipe2(out.cast(), flags)
    })?;
    Ok((ends[0], ends[1]))
}

/// A pseudo-terminal: master and slave.
pub fn openpty() -> Result<(i32, i32)> {
    let (mut master, mut slave) = (-1, -1);
    let null = std::ptr::null_mut();
    // SAFETY: the call fills two numbers.
    check(unsafe {
        libc::openpty(
            &mut master,
            &mut slave,
            null,
            std::ptr::null(),
            std::ptr::null(),
        )
    })?;
    Ok((master, slave))
}

pub fn ptsname(fd: i32) -> Result<Vec<u8>> {
    let mut name = [0u8; 256];
    // SAFETY: the buffer has so many bytes; the call ends the name with a zero.
    direct(unsafe { libc::ptsname_r(fd, name.as_mut_ptr().cast(), name.len()) })?;
    Ok(until_zero(&name))
}

pub fn ttyname(fd: i32) -> Result<Vec<u8>> {
    let mut name = [0u8; 256];
    // SAFETY: the buffer has so many bytes; the call ends the name with a zero.
    direct(unsafe { libc::ttyname_r(fd, name.as_mut_ptr().cast(), name.len()) })?;
    Ok(until_zero(&name))
}

pub(crate) fn until_zero(bytes: &[u8]) -> Vec<u8> {
    bytes.split(|&b| b == 0).next().unwrap_or(&[]).to_vec()
}

/// Columns and lines of a terminal.
pub fn window_size(fd: i32) -> Result<libc::winsize> {
    // SAFETY: the request fills the struct.
    filled(|out: *mut libc::winsize| unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, out) })
}

pub fn set_window_size(fd: i32, size: libc::winsize) -> Result<i32> {
    // SAFETY: the request reads the struct.
    check(unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, &size) })
}

/// Copies from one descriptor to another; `None` uses the file's own position.
pub fn sendfile(out: i32, input: i32, offset: Option<i64>, size: usize) -> Result<usize> {
    let mut at = offset.unwrap_or(0);
    let place = if offset.is_some() {
        &raw mut at
    } else {
        std::ptr::null_mut()
    };
    // SAFETY: the offset lives during the call.
    count(unsafe { libc::sendfile(out, input, place, size) })
}

fn place(offset: &mut Option<i64>) -> *mut i64 {
    offset
        .as_mut()
        .map_or(std::ptr::null_mut(), |o| &raw mut *o)
}

pub fn copy_file_range(
    src: i32,
    mut from: Option<i64>,
    dst: i32,
    mut to: Option<i64>,
    size: usize,
) -> Result<usize> {
    // SAFETY: the offsets live during the call.
    count(unsafe { libc::copy_file_range(src, place(&mut from), dst, place(&mut to), size, 0) })
}

pub fn splice(
    src: i32,
    mut from: Option<i64>,
    dst: i32,
    mut to: Option<i64>,
    size: usize,
    flags: u32,
) -> Result<usize> {
    // SAFETY: the offsets live during the call.
    count(unsafe { libc::splice(src, place(&mut from), dst, place(&mut to), size, flags) })
}

pub fn posix_fallocate(fd: i32, offset: i64, length: i64) -> Result<()> {
    // SAFETY: plain numbers.
    direct(unsafe { libc::posix_fallocate(fd, offset, length) })
}

pub fn posix_fadvise(fd: i32, offset: i64, length: i64, advice: i32) -> Result<()> {
    // SAFETY: plain numbers.
    direct(unsafe { libc::posix_fadvise(fd, offset, length, advice) })
}

pub fn eventfd_read(fd: i32) -> Result<u64> {
    let mut bytes = [0u8; 8];
    read(fd, &mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

pub fn eventfd_write(fd: i32, value: u64) -> Result<()> {
    write(fd, &value.to_ne_bytes()).map(drop)
}

/// Sets access and modification times of an open file.
pub fn futimens(fd: i32, times: &[libc::timespec; 2]) -> Result<i32> {
    // SAFETY: two times are read.
    check(unsafe { libc::futimens(fd, times.as_ptr()) })
}

pub fn timerfd_gettime(fd: i32) -> Result<libc::itimerspec> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::timerfd_gettime(fd, out) })
}

pub fn timerfd_settime(fd: i32, flags: i32, new: libc::itimerspec) -> Result<libc::itimerspec> {
    // SAFETY: one struct is read, the other filled.
    filled(|old| unsafe { libc::timerfd_settime(fd, flags, &new, old) })
}

pub fn fpathconf(fd: i32, name: i32) -> Result<Option<i64>> {
    crate::set_errno(0);
    // SAFETY: plain numbers.
    crate::system::limit(unsafe { libc::fpathconf(fd, name) })
}
