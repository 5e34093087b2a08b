//! Starting programs: `posix_spawn`, and the child's side of `subprocess`.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;

use crate::process::pointers;
use crate::{Errno, Result, check, direct};

/// What the child does with its files before the program starts.
pub enum FileAction {
    Open {
        fd: i32,
        path: CString,
        flags: i32,
        mode: u32,
    },
    Close(i32),
    Dup2(i32, i32),
    CloseFrom(i32),
}

/// Options of `posix_spawn`.
#[derive(Default)]
pub struct SpawnOptions {
    pub search_path: bool,
    pub actions: Vec<FileAction>,
    pub setpgroup: Option<i32>,
    pub resetids: bool,
    pub setsid: bool,
    pub setsigmask: Option<Vec<i32>>,
    pub setsigdef: Option<Vec<i32>>,
    /// Policy and priority; without a policy only the priority changes.
    pub scheduler: Option<(Option<i32>, i32)>,
}

struct Actions(Box<libc::posix_spawn_file_actions_t>);

impl Actions {
    fn new(list: &[FileAction]) -> Result<Actions> {
        // SAFETY: initialised by the call, and destroyed when dropped.
        unsafe {
            let mut raw = Box::new(MaybeUninit::zeroed().assume_init());
            direct(libc::posix_spawn_file_actions_init(&mut *raw))?;
            let mut this = Actions(raw);
            for action in list {
                let raw: *mut _ = &mut *this.0;
                direct(match action {
                    FileAction::Open {
                        fd,
                        path,
                        flags,
                        mode,
                    } => libc::posix_spawn_file_actions_addopen(
                        raw,
                        *fd,
                        path.as_ptr(),
                        *flags,
                        *mode,
                    ),
                    FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(raw, *fd),
                    FileAction::Dup2(from, to) => {
                        libc::posix_spawn_file_actions_adddup2(raw, *from, *to)
                    }
                    FileAction::CloseFrom(fd) => posix_spawn_file_actions_addclosefrom_np(raw, *fd),
                })?;
            }
            Ok(this)
        }
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`.
        unsafe { libc::posix_spawn_file_actions_destroy(&mut *self.0) };
    }
}

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(
        actions: *mut libc::posix_spawn_file_actions_t,
        from: i32,
    ) -> i32;
}

struct Attributes(Box<libc::posix_spawnattr_t>);

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`.
        unsafe { libc::posix_spawnattr_destroy(&mut *self.0) };
    }
}

impl Attributes {
    fn new(options: &SpawnOptions) -> Result<Attributes> {
        // SAFETY: initialised by the call; the setters read plain values.
        unsafe {
            let mut raw = Box::new(MaybeUninit::zeroed().assume_init());
            direct(libc::posix_spawnattr_init(&mut *raw))?;
            let mut this = Attributes(raw);
            let raw: *mut _ = &mut *this.0;
            let mut flags = 0;
            if let Some(pgroup) = options.setpgroup {
                direct(libc::posix_spawnattr_setpgroup(raw, pgroup))?;
                flags |= libc::POSIX_SPAWN_SETPGROUP;
            }
            if options.resetids {
                flags |= libc::POSIX_SPAWN_RESETIDS;
            }
            if options.setsid {
                flags |= libc::POSIX_SPAWN_SETSID as i32;
            }
            if let Some(signals) = &options.setsigmask {
                direct(libc::posix_spawnattr_setsigmask(
                    raw,
                    &crate::signal::set_of(signals),
                ))?;
                flags |= libc::POSIX_SPAWN_SETSIGMASK;
            }
            if let Some(signals) = &options.setsigdef {
                direct(libc::posix_spawnattr_setsigdefault(
                    raw,
                    &crate::signal::set_of(signals),
                ))?;
                flags |= libc::POSIX_SPAWN_SETSIGDEF;
            }
            if let Some((policy, priority)) = options.scheduler {
                if let Some(policy) = policy {
                    direct(libc::posix_spawnattr_setschedpolicy(raw, policy))?;
                    flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                }
                let param = libc::sched_param {
                    sched_priority: priority,
                };
                direct(libc::posix_spawnattr_setschedparam(raw, &param))?;
                flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            }
            direct(libc::posix_spawnattr_setflags(raw, flags as i16))?;
            Ok(this)
        }
    }
}

/// Starts a program; the result is its pid. Without an environment it gets ours.
pub fn posix_spawn(
    path: &CStr,
    arguments: &[CString],
    environment: Option<&[CString]>,
    options: &SpawnOptions,
) -> Result<i32> {
    let actions = Actions::new(&options.actions)?;
    let attributes = Attributes::new(options)?;
    let arguments = pointers(arguments);
    let own = environment.map(pointers);
    let mut pid = 0;
    // SAFETY: null-ended lists of C strings; actions and attributes are initialised.
    unsafe {
        let environment = own
            .as_ref()
            .map_or(libc::environ as *const *mut libc::c_char, |e| {
                e.as_ptr().cast()
            });
        let start = if options.search_path {
            libc::posix_spawnp
        } else {
            libc::posix_spawn
        };
        direct(start(
            &mut pid,
            path.as_ptr(),
            &*actions.0,
            &*attributes.0,
            arguments.as_ptr().cast(),
            environment,
        ))?;
    }
    Ok(pid)
}

/// What `_posixsubprocess.fork_exec` is asked for.
pub struct Child {
    pub executables: Vec<CString>,
    pub arguments: Vec<CString>,
    /// Ours where `None`.
    pub environment: Option<Vec<CString>>,
    pub close_fds: bool,
    /// Sorted descriptors that stay open.
    pub keep: Vec<i32>,
    pub cwd: Option<CString>,
    pub p2cread: i32,
    pub p2cwrite: i32,
    pub c2pread: i32,
    pub c2pwrite: i32,
    pub errread: i32,
    pub errwrite: i32,
    pub errpipe_read: i32,
    pub errpipe_write: i32,
    pub restore_signals: bool,
    pub setsid: bool,
    pub pgid: i32,
    pub gid: Option<u32>,
    pub groups: Option<Vec<u32>>,
    pub uid: Option<u32>,
    pub umask: i32,
}

/// Pointers made before the fork: the child must not allocate.
pub struct Prepared<'a> {
    child: &'a Child,
    arguments: Vec<*const libc::c_char>,
    environment: Option<Vec<*const libc::c_char>>,
}

impl Child {
    pub fn prepare(&self) -> Prepared<'_> {
        Prepared {
            child: self,
            arguments: pointers(&self.arguments),
            environment: self.environment.as_deref().map(pointers),
        }
    }

    /// Forks and runs the program in the child. Nothing of the child's memory is
    /// changed but by what `run` does.
    pub fn fork(&self) -> Result<i32> {
        let prepared = self.prepare();
        // SAFETY: the child calls only functions that are allowed after a fork, and
        // ends in `run`.
        match check(unsafe { libc::fork() })? {
            0 => prepared.run(None),
            pid => Ok(pid),
        }
    }
}

/// Where the child failed, as `subprocess` reads it from the pipe.
enum Failure {
    /// Nothing about the program itself.
    Before(Errno),
    Chdir(Errno),
    Exec(Errno),
    Preexec,
}

impl Prepared<'_> {
    /// Becomes the program; in a forked child. `preexec` is false where it has failed.
    pub fn run(&self, preexec: Option<&mut dyn FnMut() -> bool>) -> ! {
        let failure = self.try_run(preexec);
        let out = self.child.errpipe_write;
        let put = |data: &[u8]| {
            let _ = crate::file::write(out, data);
        };
        let hex = |number: i32| {
            let mut digits = [0u8; 8];
            let (mut n, mut at) = (number.max(0) as u32, 8);
            while n != 0 {
                at -= 1;
                digits[at] = b"0123456789ABCDEF"[(n % 16) as usize];
                n /= 16;
            }
            put(&digits[at..]);
        };
        match failure {
            Failure::Preexec => put(b"SubprocessError:0:Exception occurred in preexec_fn."),
            Failure::Before(error) => {
                put(b"OSError:");
                hex(error.0);
                put(b":noexec");
            }
            Failure::Chdir(error) => {
                put(b"OSError:");
                hex(error.0);
                put(b":noexec:chdir");
            }
            Failure::Exec(error) => {
                put(b"OSError:");
                hex(error.0);
                put(b":");
            }
        }
        crate::process::exit_now(255)
    }

    fn try_run(&self, preexec: Option<&mut dyn FnMut() -> bool>) -> Failure {
        match self.set_up() {
            Ok(()) => {}
            Err(failure) => return failure,
        }
        if let Some(preexec) = preexec
            && !preexec()
        {
            return Failure::Preexec;
        }
        let c = self.child;
        if c.close_fds {
            self.close_others();
        }
        let mut saved = Errno(0);
        for path in &c.executables {
            // SAFETY: null-ended lists of C strings.
            unsafe {
                match &self.environment {
                    Some(environment) => {
                        libc::execve(path.as_ptr(), self.arguments.as_ptr(), environment.as_ptr())
                    }
                    None => libc::execv(path.as_ptr(), self.arguments.as_ptr()),
                };
            }
            let error = crate::errno();
            let missing = matches!(error.0, libc::ENOENT | libc::ENOTDIR);
            if !missing && saved.0 == 0 {
                saved = error;
            }
        }
        Failure::Exec(if saved.0 != 0 { saved } else { crate::errno() })
    }

    fn set_up(&self) -> std::result::Result<(), Failure> {
        let c = self.child;
        let before = |r: Result<i32>| r.map_err(Failure::Before);
        for &fd in &c.keep {
            if fd != c.errpipe_write {
                crate::file::set_inheritable(fd, true).map_err(Failure::Before)?;
            }
        }
        for fd in [c.p2cwrite, c.c2pread, c.errread, c.errpipe_read] {
            if fd != -1 {
                before(crate::file::close(fd))?;
            }
        }
        // A low descriptor must not be overwritten before it has been used.
        let mut c2pwrite = c.c2pwrite;
        if c2pwrite == 0 {
            c2pwrite = before(crate::file::dup(c2pwrite))?;
            crate::file::set_inheritable(c2pwrite, false).map_err(Failure::Before)?;
        }
        let mut errwrite = c.errwrite;
        while errwrite == 0 || errwrite == 1 {
            errwrite = before(crate::file::dup(errwrite))?;
            crate::file::set_inheritable(errwrite, false).map_err(Failure::Before)?;
        }
        for (from, to) in [(c.p2cread, 0), (c2pwrite, 1), (errwrite, 2)] {
            if from == to {
                crate::file::set_inheritable(from, true).map_err(Failure::Before)?;
            } else if from != -1 {
                before(crate::file::dup2(from, to))?;
            }
        }
        if let Some(cwd) = &c.cwd {
            crate::path::chdir(cwd).map_err(Failure::Chdir)?;
        }
        if c.umask >= 0 {
            crate::system::umask(c.umask as u32);
        }
        if c.restore_signals {
            crate::signal::restore_defaults();
        }
        if c.setsid {
            before(crate::process::setsid())?;
        }
        if c.pgid >= 0 {
            before(crate::process::setpgid(0, c.pgid))?;
        }
        if let Some(groups) = &c.groups {
            before(crate::process::setgroups(groups))?;
        }
        if let Some(gid) = c.gid {
            before(crate::process::setregid(gid, gid))?;
        }
        if let Some(uid) = c.uid {
            before(crate::process::setreuid(uid, uid))?;
        }
        Ok(())
    }

    fn close_others(&self) {
        let mut from = 3;
        for &keep in &self.child.keep {
            if keep < from {
                continue;
            }
            crate::file::close_range(from, keep);
            from = keep + 1;
        }
        crate::file::close_range(from, i32::MAX);
    }
}
