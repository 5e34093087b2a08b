//! The start of a program without what Rust's runtime does before `main`: it looks where the
//! stack lies (which reads `/proc/self/maps`), makes handlers and a stack of their own for
//! overflows, and opens `/dev/null` in the place of closed descriptors, of which CPython does
//! nothing.

use std::panic::{UnwindSafe, catch_unwind};

/// The exit code of a program that panicked, as Rust's runtime gives it.
const PANICKED: u8 = 101;

/// Makes a function, which gives the exit code, the program's `main`.
#[macro_export]
macro_rules! program {
    ($run:path) => {
        #[unsafe(no_mangle)]
        extern "C" fn main() -> std::ffi::c_int {
            $crate::program::run($run)
        }
    };
}

/// Runs the program and ends the process.
pub fn run(program: impl FnOnce() -> u8 + UnwindSafe) -> ! {
    crate::standard_fds::record();
    // SAFETY: a broken pipe is to be an error of the call, from the first write on.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let code = catch_unwind(program).unwrap_or(PANICKED);
    std::process::exit(i32::from(code))
}

/// Lets go of the pages of the program's code and constants: what only the start and imports
/// have run, and modules that were read once, need not stay in the process's memory. What runs
/// on is mapped again as it is touched, from the memory that the system keeps of files.
#[cfg(target_os = "linux")]
pub fn let_go_of_code() {
    unsafe extern "C" {
        static __executable_start: u8;
        static etext: u8;
    }
    // A debugger's breakpoints are in this memory, and not in the file.
    if is_traced() {
        return;
    }
    let start = &raw const __executable_start;
    // SAFETY: the linker says where code and constants lie, which nobody changes: their pages
    // are the file's. (A hole between them is no matter.)
    unsafe {
        let length = (&raw const etext).addr() - start.addr();
        libc::madvise(start.cast_mut().cast(), length, libc::MADV_DONTNEED);
    }
}

/// Whether another process traces this one, as debuggers do; true where that is not known.
#[cfg(target_os = "linux")]
fn is_traced() -> bool {
    const LABEL: &[u8] = b"TracerPid:\t";
    let mut status = [0u8; 1024];
    // SAFETY: a C string; so many bytes are filled.
    let count = unsafe {
        let file = libc::open(
            c"/proc/self/status".as_ptr(),
            libc::O_RDONLY | libc::O_CLOEXEC,
        );
        if file < 0 {
            return true;
        }
        let count = libc::read(file, status.as_mut_ptr().cast(), status.len());
        libc::close(file);
        count
    };
    let status = &status[..usize::try_from(count).unwrap_or(0)];
    let at = status.windows(LABEL.len()).position(|part| part == LABEL);
    at.is_none_or(|at| status.get(at + LABEL.len()) != Some(&b'0'))
}
