//! Processes: identities, waiting, signals to others, scheduling, limits.

use std::ffi::{CStr, CString};

use crate::{Errno, Result, check, count, filled};

calls! {
    fn kill(pid: i32, signal: i32) -> i32;
    fn killpg(pgid: i32, signal: i32) -> i32;
    fn getpgid(pid: i32) -> i32;
    fn getsid(pid: i32) -> i32;
    fn setsid() -> i32;
    fn setpgid(pid: i32, pgid: i32) -> i32;
    fn setuid(uid: u32) -> i32;
    fn setgid(gid: u32) -> i32;
    fn seteuid(uid: u32) -> i32;
    fn setegid(gid: u32) -> i32;
    fn setreuid(ruid: u32, euid: u32) -> i32;
    fn setregid(rgid: u32, egid: u32) -> i32;
    fn setresuid(ruid: u32, euid: u32, suid: u32) -> i32;
    fn setresgid(rgid: u32, egid: u32, sgid: u32) -> i32;
    fn initgroups(user: &CStr, gid: u32) -> i32;
    fn setpriority(which: u32, who: u32, priority: i32) -> i32;
    fn sched_get_priority_max(policy: i32) -> i32;
    fn sched_get_priority_min(policy: i32) -> i32;
    fn sched_getscheduler(pid: i32) -> i32;
    fn sched_yield() -> i32;
    fn unshare(flags: i32) -> i32;
}

macro_rules! ids {
    ($($name:ident -> $t:ty),*) => { $(
        #[doc = concat!("The C library's `", stringify!($name), "`, which cannot fail.")]
        pub fn $name() -> $t {
            // SAFETY: takes nothing and cannot fail.
            unsafe { libc::$name() }
        }
    )* };
}
ids!(getpid -> i32, getppid -> i32, getpgrp -> i32, getuid -> u32, geteuid -> u32, getgid -> u32, getegid -> u32);

/// The kernel's number of the calling thread.
pub fn gettid() -> i64 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::syscall(libc::SYS_gettid) }
}

pub fn getresuid() -> Result<(u32, u32, u32)> {
    let (mut r, mut e, mut s) = (0, 0, 0);
    // SAFETY: three numbers are filled.
    check(unsafe { libc::getresuid(&mut r, &mut e, &mut s) })?;
    Ok((r, e, s))
}

pub fn getresgid() -> Result<(u32, u32, u32)> {
    let (mut r, mut e, mut s) = (0, 0, 0);
    // SAFETY: three numbers are filled.
    check(unsafe { libc::getresgid(&mut r, &mut e, &mut s) })?;
    Ok((r, e, s))
}

pub fn getgroups() -> Result<Vec<u32>> {
    // SAFETY: the first call asks for the number, the second fills so many.
    unsafe {
        let n = check(libc::getgroups(0, std::ptr::null_mut()))?;
        let mut groups = vec![0; n as usize];
        let n = check(libc::getgroups(n, groups.as_mut_ptr()))?;
        groups.truncate(n as usize);
        Ok(groups)
    }
}

pub fn setgroups(groups: &[u32]) -> Result<i32> {
    // SAFETY: so many numbers are read.
    check(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) })
}

pub fn getgrouplist(user: &CStr, group: u32) -> Option<Vec<u32>> {
    let mut size = 64;
    loop {
        let mut groups = vec![0; size as usize];
        let mut found = size;
        // SAFETY: at most `found` numbers are filled.
        if unsafe { libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &mut found) } >= 0
        {
            groups.truncate(found as usize);
            return Some(groups);
        }
        size = if found > size { found } else { size * 2 };
        if size > 1 << 20 {
            return None;
        }
    }
}

unsafe extern "C" {
    fn getlogin_r(name: *mut libc::c_char, size: usize) -> i32;
}

pub fn getlogin() -> Result<Vec<u8>> {
    let mut name = [0u8; 256];
    // SAFETY: the buffer has so many bytes.
    crate::direct(unsafe { getlogin_r(name.as_mut_ptr().cast(), name.len()) })?;
    Ok(crate::file::until_zero(&name))
}

pub fn getpriority(which: u32, who: u32) -> Result<i32> {
    crate::set_errno(0);
    // SAFETY: plain numbers.
    let priority = unsafe { libc::getpriority(which, who) };
    match crate::errno() {
        Errno(0) => Ok(priority),
        error => Err(error),
    }
}

pub fn nice(increment: i32) -> Result<i32> {
    crate::set_errno(0);
    // SAFETY: a plain number.
    let value = unsafe { libc::nice(increment) };
    match crate::errno() {
        error @ Errno(1..) if value == -1 => Err(error),
        _ => Ok(value),
    }
}

/// Ends the process at once.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(status) }
}

pub fn abort() -> ! {
    std::process::abort()
}

/// Pid and status; with `WNOHANG` pid 0 where nothing has ended.
pub fn waitpid(pid: i32, options: i32) -> Result<(i32, i32)> {
    let mut status = 0;
    // SAFETY: one number is filled.
    let pid = check(unsafe { libc::waitpid(pid, &mut status, options) })?;
    Ok((pid, status))
}

/// Pid, status and what the child used; pid -1 is any child.
pub fn wait4(pid: i32, options: i32) -> Result<(i32, i32, libc::rusage)> {
    let (mut status, mut found) = (0, 0);
    let usage = filled(|out| {
        // SAFETY: a number and a struct are filled.
        found = unsafe { libc::wait4(pid, &mut status, options, out) };
        found
    })?;
    Ok((found, status, usage))
}

/// What `waitid` tells.
pub struct WaitInfo {
    pub pid: i32,
    pub uid: u32,
    pub signal: i32,
    pub status: i32,
    pub code: i32,
}

/// `None` where nothing has ended and `WNOHANG` was given.
pub fn waitid(kind: u32, id: u32, options: i32) -> Result<Option<WaitInfo>> {
    // SAFETY: the call fills the struct; the union's fields are those of SIGCHLD.
    unsafe {
        let info = filled(|out: *mut libc::siginfo_t| libc::waitid(kind, id, out, options))?;
        if info.si_pid() == 0 {
            return Ok(None);
        }
        Ok(Some(WaitInfo {
            pid: info.si_pid(),
            uid: info.si_uid(),
            signal: info.si_signo,
            status: info.si_status(),
            code: info.si_code,
        }))
    }
}

/// A null-ended list of pointers to the strings.
pub(crate) fn pointers(list: &[CString]) -> Vec<*const libc::c_char> {
    list.iter()
        .map(|s| s.as_ptr())
        .chain([std::ptr::null()])
        .collect()
}

/// Replaces the program; returns only the error.
pub fn execv(path: &CStr, arguments: &[CString]) -> Errno {
    let arguments = pointers(arguments);
    // SAFETY: null-ended lists of C strings.
    unsafe { libc::execv(path.as_ptr(), arguments.as_ptr()) };
    crate::errno()
}

pub fn execve(path: &CStr, arguments: &[CString], environment: &[CString]) -> Errno {
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    // SAFETY: null-ended lists of C strings.
    unsafe { libc::execve(path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    crate::errno()
}

pub fn fexecve(fd: i32, arguments: &[CString], environment: &[CString]) -> Errno {
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    // SAFETY: null-ended lists of C strings.
    unsafe { libc::fexecve(fd, arguments.as_ptr(), environment.as_ptr()) };
    crate::errno()
}

/// Clock ticks since an arbitrary point, and the process's times in clock ticks.
pub fn times() -> Result<(i64, libc::tms)> {
    let mut elapsed = 0;
    let times = filled(|out| {
        // SAFETY: the call fills the struct.
        elapsed = unsafe { libc::times(out) };
        elapsed
    })?;
    Ok((elapsed, times))
}

pub fn sched_setscheduler(pid: i32, policy: i32, priority: i32) -> Result<i32> {
    let param = libc::sched_param {
        sched_priority: priority,
    };
    // SAFETY: the struct is read.
    check(unsafe { libc::sched_setscheduler(pid, policy, &param) })
}

pub fn sched_setparam(pid: i32, priority: i32) -> Result<i32> {
    let param = libc::sched_param {
        sched_priority: priority,
    };
    // SAFETY: the struct is read.
    check(unsafe { libc::sched_setparam(pid, &param) })
}

pub fn sched_getparam(pid: i32) -> Result<i32> {
    // SAFETY: the call fills the struct.
    filled(|out: *mut libc::sched_param| unsafe { libc::sched_getparam(pid, out) })
        .map(|p| p.sched_priority)
}

pub fn sched_rr_get_interval(pid: i32) -> Result<libc::timespec> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::sched_rr_get_interval(pid, out) })
}

const CPU_BYTES: usize = 1024;

/// The processors that a process may use.
pub fn sched_getaffinity(pid: i32) -> Result<Vec<usize>> {
    let mut mask = [0u8; CPU_BYTES];
    // SAFETY: so many bytes are filled; the mask is one of bits.
    let n = unsafe {
        libc::syscall(
            libc::SYS_sched_getaffinity,
            pid,
            CPU_BYTES,
            mask.as_mut_ptr(),
        )
    };
    count(n as isize)?;
    Ok((0..CPU_BYTES * 8)
        .filter(|i| mask[i / 8] >> (i % 8) & 1 == 1)
        .collect())
}

pub fn sched_setaffinity(pid: i32, processors: &[usize]) -> Result<()> {
    let mut mask = [0u8; CPU_BYTES];
    for &cpu in processors {
        match mask.get_mut(cpu / 8) {
            Some(byte) => *byte |= 1 << (cpu % 8),
            None => return Err(Errno(libc::EINVAL)),
        }
    }
    // SAFETY: so many bytes are read.
    let done = unsafe { libc::syscall(libc::SYS_sched_setaffinity, pid, CPU_BYTES, mask.as_ptr()) };
    check(done).map(drop)
}

pub fn pidfd_open(pid: i32, flags: u32) -> Result<i32> {
    // SAFETY: plain numbers.
    check(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) }).map(|fd| fd as i32)
}

pub fn pidfd_send_signal(pidfd: i32, signal: i32, flags: u32) -> Result<()> {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: plain numbers; no info is given.
    check(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signal, none, flags) })
        .map(drop)
}

pub fn getrusage(who: i32) -> Result<libc::rusage> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::getrusage(who, out) })
}

/// Soft and hard limit.
pub fn getrlimit(resource: u32) -> Result<(u64, u64)> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::getrlimit(resource, out) })
        .map(|l: libc::rlimit| (l.rlim_cur, l.rlim_max))
}

pub fn setrlimit(resource: u32, soft: u64, hard: u64) -> Result<i32> {
    let new = libc::rlimit {
        rlim_cur: soft,
        rlim_max: hard,
    };
    // SAFETY: the struct is read.
    check(unsafe { libc::setrlimit(resource, &new) })
}

/// The limits before, after setting new ones where given.
pub fn prlimit(pid: i32, resource: u32, new: Option<(u64, u64)>) -> Result<(u64, u64)> {
    let new = new.map(|(soft, hard)| libc::rlimit {
        rlim_cur: soft,
        rlim_max: hard,
    });
    let place = new.as_ref().map_or(std::ptr::null(), |n| &raw const *n);
    // SAFETY: one struct is read where given, the other filled.
    filled(|old| unsafe { libc::prlimit(pid, resource, place, old) })
        .map(|l: libc::rlimit| (l.rlim_cur, l.rlim_max))
}

/// Forks: 0 in the child. The child may only use what the calling thread owns; locks of
/// other threads stay as they were.
pub fn fork() -> Result<i32> {
    let _threads = crate::thread::threads();
    // SAFETY: takes nothing; what the copy may do is what every fork may.
    check(unsafe { libc::fork() })
}

/// Forks with a new terminal for the child; the pid (0 in the child) and the master.
pub fn forkpty() -> Result<(i32, i32)> {
    let _threads = crate::thread::threads();
    let mut master = -1;
    let null = std::ptr::null_mut();
    // SAFETY: a number is filled; otherwise as for `fork`.
    let pid = check(unsafe {
        libc::forkpty(
            &mut master,
            null,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    })?;
    Ok((pid, master))
}
