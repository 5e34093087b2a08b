//! What the system says of itself, and random bytes.

use crate::{Errno, Result, check, count, filled};

/// What `sysconf` and its like return after `errno` was cleared: -1 without an error
/// means that there is no limit.
pub(crate) fn limit(value: i64) -> Result<Option<i64>> {
    match (value, crate::errno()) {
        (-1, Errno(0)) => Ok(None),
        (-1, error) => Err(error),
        _ => Ok(Some(value)),
    }
}

pub fn sysconf(name: i32) -> Result<Option<i64>> {
    crate::set_errno(0);
    // SAFETY: a plain number.
    limit(unsafe { libc::sysconf(name) })
}

pub fn confstr(name: i32) -> Result<Option<Vec<u8>>> {
    crate::set_errno(0);
    // SAFETY: the first call asks for the size, the second fills so many bytes.
    unsafe {
        let size = libc::confstr(name, std::ptr::null_mut(), 0);
        if size == 0 {
            let error = crate::errno();
            return if error.0 == 0 { Ok(None) } else { Err(error) };
        }
        let mut buffer = vec![0u8; size];
        libc::confstr(name, buffer.as_mut_ptr().cast(), size);
        Ok(Some(crate::file::until_zero(&buffer)))
    }
}

/// sysname, nodename, release, version, machine.
pub fn uname() -> Result<[Vec<u8>; 5]> {
    // SAFETY: the call fills the struct.
    let name = filled(|out: *mut libc::utsname| unsafe { libc::uname(out) })?;
    let text = |field: &[libc::c_char]| {
        field
            .iter()
            .take_while(|&&c| c != 0)
            .map(|&c| c as u8)
            .collect()
    };
    Ok([
        text(&name.sysname),
        text(&name.nodename),
        text(&name.release),
        text(&name.version),
        text(&name.machine),
    ])
}

pub fn getrandom(buffer: &mut [u8], flags: u32) -> Result<usize> {
    // SAFETY: the buffer has so many bytes.
    count(unsafe { libc::getrandom(buffer.as_mut_ptr().cast(), buffer.len(), flags) })
}

/// Fills the buffer with random bytes from the system.
pub fn random_bytes(buffer: &mut [u8]) -> Result<()> {
    let mut at = 0;
    while at < buffer.len() {
        match getrandom(&mut buffer[at..], 0) {
            Ok(n) => at += n,
            Err(Errno(libc::EINTR)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The load averages of 1, 5 and 15 minutes.
pub fn getloadavg() -> Option<[f64; 3]> {
    let mut loads = [0.0; 3];
    // SAFETY: three numbers are filled.
    (unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } == 3).then_some(loads)
}

pub fn sync() {
    // SAFETY: takes nothing.
    unsafe { libc::sync() }
}

/// Runs a command with the shell; the result is a wait status.
pub fn system(command: &std::ffi::CStr) -> i32 {
    // SAFETY: a C string.
    unsafe { libc::system(command.as_ptr()) }
}

pub fn umask(mask: u32) -> u32 {
    // SAFETY: a plain number.
    unsafe { libc::umask(mask) }
}

pub fn gethostname() -> Result<Vec<u8>> {
    let mut buffer = [0u8; 1024];
    // SAFETY: the buffer has so many bytes; the last stays zero.
    check(unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) })?;
    Ok(crate::file::until_zero(&buffer))
}

pub fn sethostname(name: &[u8]) -> Result<i32> {
    // SAFETY: so many bytes.
    check(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) })
}

/// Has the system provide the memory of the program's variables, most of which every start
/// touches: one call in place of a fault for each page.
pub fn provide_variables() {
    unsafe extern "C" {
        static __data_start: u8;
        static __bss_start: u8;
        static _end: u8;
    }
    const PAGE: usize = 4096;
    /// Variables that begin with a value are not many.
    const NEAR: usize = 256 << 10;
    let (data, zeroed) = (&raw const __data_start, &raw const __bss_start);
    let near = zeroed.addr().wrapping_sub(data.addr()) < NEAR;
    let start = if near { data } else { zeroed };
    let start = start.map_addr(|at| at.next_multiple_of(PAGE));
    let length = (&raw const _end).addr().saturating_sub(start.addr());
    // SAFETY: the linker says where the variables lie; what they hold does not change.
    unsafe { libc::madvise(start.cast_mut().cast(), length, libc::MADV_POPULATE_WRITE) };
}
