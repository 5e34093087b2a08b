//! Tracebacks of all threads as plain text, for when nothing else works any more
//! (`faulthandler`).
//!
//! The functions here may run in a signal handler, without the GIL and with memory in any
//! condition: they allocate nothing and only read. What they show of a thread that runs
//! meanwhile may be out of date.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use krait_object::gil;
use krait_object::object::Object;
use krait_object::py::Py;
use krait_object::thread::ThreadState;
use krait_object::types::str::Str;

use crate::frame::Frame;
use crate::stack::Stack;
use crate::threads;

/// The most frames shown of a thread, and the most threads.
const MOST_FRAMES: usize = 100;
const MOST_THREADS: usize = 100;

/// Collects text and writes it to a descriptor.
struct Out {
    fd: i32,
    buffer: [u8; 256],
    len: usize,
}

impl Out {
    fn new(fd: i32) -> Out {
        Out {
            fd,
            buffer: [0; 256],
            len: 0,
        }
    }

    fn flush(&mut self) {
        let mut rest = &self.buffer[..self.len];
        while !rest.is_empty() {
            // SAFETY: so many bytes are read.
            let n = unsafe { libc::write(self.fd, rest.as_ptr().cast(), rest.len()) };
            if n <= 0 {
                break;
            }
            rest = &rest[n as usize..];
        }
        self.len = 0;
    }

    fn byte(&mut self, byte: u8) {
        if self.len == self.buffer.len() {
            self.flush();
        }
        self.buffer[self.len] = byte;
        self.len += 1;
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|b| self.byte(b));
    }

    fn decimal(&mut self, mut number: u64) {
        let (mut digits, mut at) = ([0u8; 20], 20);
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        digits[at..].iter().for_each(|&d| self.byte(d));
    }

    fn hex(&mut self, number: u64, digits: u32) {
        for i in (0..digits).rev() {
            self.byte(b"0123456789abcdef"[(number >> (4 * i) & 15) as usize]);
        }
    }

    /// A string, or the beginning of a long one; what is not ASCII is escaped.
    fn string(&mut self, string: &Str) {
        const MOST: usize = 500;
        for code in string.code_points().take(MOST) {
            match code {
                0x20..0x7F => self.byte(code as u8),
                0..0x100 => {
                    self.text("\\x");
                    self.hex(u64::from(code), 2);
                }
                0x100..0x1_0000 => {
                    self.text("\\u");
                    self.hex(u64::from(code), 4);
                }
                _ => {
                    self.text("\\U");
                    self.hex(u64::from(code), 8);
                }
            }
        }
        if string.len() > MOST {
            self.text("...");
        }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        self.flush();
    }
}

/// # Safety
/// The state's thread is alive, and its frames do not change meanwhile or the caller
/// accepts what comes of it.
unsafe fn frames(out: &mut Out, state: *const ThreadState) {
    // SAFETY: the contract.
    unsafe {
        let stack = (*state).vm().cast::<Stack>();
        let mut frame = if stack.is_null() {
            std::ptr::null_mut()
        } else {
            (*stack).current
        };
        if frame.is_null() {
            out.text("  <no Python frame>\n");
            return;
        }
        for _ in 0..MOST_FRAMES {
            let code = Frame::code_ref(frame);
            out.text("  File \"");
            out.string(Object::from_ptr((*code.raw()).co_filename).cast_unchecked());
            out.text("\", line ");
            out.decimal(u64::from(code.line_at(Frame::index(frame))));
            out.text(" in ");
            out.string(Object::from_ptr((*code.raw()).co_name).cast_unchecked());
            out.text("\n");
            frame = (*frame).previous;
            if frame.is_null() {
                return;
            }
        }
        out.text("  ...\n");
    }
}

/// Writes the calling thread's traceback.
pub fn dump_current(fd: i32) {
    let mut out = Out::new(fd);
    out.text("Stack (most recent call first):\n");
    let state = gil::own_state();
    if state.is_null() {
        out.text("  <no Python frame>\n");
    } else {
        // SAFETY: the calling thread's own state.
        unsafe { frames(&mut out, state) }
    }
}

/// Writes the tracebacks of all threads, the newest first. Without the GIL where it must
/// be; then threads may change while they are read.
pub fn dump_all(fd: i32) {
    // SAFETY: only reads; see the module's head.
    let py = unsafe { Py::assume() };
    let own = gil::own_state();
    let mut out = Out::new(fd);
    let mut first = true;
    threads::for_each_newest_first(py, MOST_THREADS, |state| {
        if !first {
            out.text("\n");
        }
        first = false;
        out.text(if std::ptr::eq(state, own) {
            "Current thread 0x"
        } else {
            "Thread 0x"
        });
        // SAFETY: listed states are alive.
        unsafe {
            let raw = (*state).raw();
            out.hex((*raw).thread_id, 16);
            name(&mut out, (*raw).native_thread_id);
            out.text(" (most recent call first):\n");
            frames(&mut out, state);
        }
    });
}

/// The system's name of a thread.
fn name(out: &mut Out, thread: u64) {
    let mut path = *b"/proc/self/task/00000000000000000000/comm\0";
    let mut digits = [0u8; 20];
    let (mut n, mut at) = (thread, 20);
    while n > 0 && at > 0 {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    let count = 20 - at;
    let tail = b"/comm\0";
    path[16..16 + count].copy_from_slice(&digits[at..]);
    path[16 + count..16 + count + tail.len()].copy_from_slice(tail);
    let mut text = [0u8; 32];
    // SAFETY: a C string, and a buffer of the given size.
    let n = unsafe {
        let fd = libc::open(path.as_ptr().cast(), libc::O_RDONLY | libc::O_CLOEXEC);
        if fd < 0 {
            return;
        }
        let n = libc::read(fd, text.as_mut_ptr().cast(), text.len());
        libc::close(fd);
        n
    };
    if n > 1 {
        out.text(" [");
        text[..n as usize - 1].iter().for_each(|&b| out.byte(b));
        out.text("]");
    }
}

/// The signals that end the process, with what is said of them.
const FATAL: [(i32, &str); 5] = [
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating-point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];

static FATAL_FD: AtomicI32 = AtomicI32::new(-1);
static FATAL_ALL: AtomicBool = AtomicBool::new(true);

extern "C" fn fatal(signal: i32) {
    let fd = FATAL_FD.load(Ordering::Acquire);
    let text = FATAL.iter().find(|f| f.0 == signal).map_or("", |f| f.1);
    {
        let mut out = Out::new(fd);
        out.text("Fatal Python error: ");
        out.text(text);
        out.text("\n\n");
    }
    if FATAL_ALL.load(Ordering::Relaxed) {
        dump_all(fd);
    } else {
        dump_current(fd);
    }
    // SAFETY: both are allowed in a handler. The signal comes again and ends the process.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

fn set_handler(signal: i32, handler: usize, flags: i32) -> i32 {
    // SAFETY: a zeroed sigaction is valid; the handlers are allowed in a signal's context.
    unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = handler;
        new.sa_flags = flags;
        libc::sigaction(signal, &new, std::ptr::null_mut())
    }
}

/// Shows tracebacks when the process is ended by an error.
pub fn enable(fd: i32, all: bool) {
    FATAL_ALL.store(all, Ordering::Relaxed);
    FATAL_FD.store(fd, Ordering::Release);
    for (signal, _) in FATAL {
        set_handler(
            signal,
            fatal as *const () as usize,
            libc::SA_NODEFER | libc::SA_ONSTACK,
        );
    }
}

/// Undoes `enable`; false where it was not in force.
pub fn disable() -> bool {
    if FATAL_FD.swap(-1, Ordering::AcqRel) < 0 {
        return false;
    }
    for (signal, _) in FATAL {
        set_handler(signal, libc::SIG_DFL, 0);
    }
    true
}

pub fn is_enabled() -> bool {
    FATAL_FD.load(Ordering::Acquire) >= 0
}

const SIGNALS: usize = 65;
static USER_FD: [AtomicI32; SIGNALS] = [const { AtomicI32::new(-1) }; SIGNALS];
static USER_ALL: [AtomicBool; SIGNALS] = [const { AtomicBool::new(true) }; SIGNALS];
/// How the signal was met before, where it is passed on: the address of a handler.
static USER_PREVIOUS: [std::sync::atomic::AtomicUsize; SIGNALS] =
    [const { std::sync::atomic::AtomicUsize::new(libc::SIG_DFL) }; SIGNALS];
static USER_CHAIN: [AtomicBool; SIGNALS] = [const { AtomicBool::new(false) }; SIGNALS];

extern "C" fn user(signal: i32) {
    let i = signal as usize;
    let fd = USER_FD[i].load(Ordering::Acquire);
    if fd < 0 {
        return;
    }
    // SAFETY: the address is the thread's own.
    let saved = unsafe { *libc::__errno_location() };
    if USER_ALL[i].load(Ordering::Relaxed) {
        dump_all(fd);
    } else {
        dump_current(fd);
    }
    if USER_CHAIN[i].load(Ordering::Relaxed) {
        let previous = USER_PREVIOUS[i].load(Ordering::Relaxed);
        if previous == libc::SIG_DFL {
            // SAFETY: both are allowed in a handler.
            unsafe {
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
            }
            set_handler(
                signal,
                user as *const () as usize,
                libc::SA_NODEFER | libc::SA_ONSTACK,
            );
        } else if previous != libc::SIG_IGN {
            // SAFETY: the handler that was installed before, called as the system would.
            unsafe { std::mem::transmute::<usize, extern "C" fn(i32)>(previous)(signal) }
        }
    }
    // SAFETY: the address is the thread's own.
    unsafe { *libc::__errno_location() = saved }
}

/// Shows tracebacks whenever a signal comes; with `chain` the handler before is called
/// too. Fails with the error number.
pub fn register(signal: i32, fd: i32, all: bool, chain: bool) -> Result<(), i32> {
    let i = signal as usize;
    let is_new = USER_FD[i].load(Ordering::Acquire) < 0;
    USER_ALL[i].store(all, Ordering::Relaxed);
    USER_CHAIN[i].store(chain, Ordering::Relaxed);
    if is_new {
        // SAFETY: the call fills the struct.
        unsafe {
            let mut old: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(signal, std::ptr::null(), &mut old) != 0 {
                return Err(*libc::__errno_location());
            }
            USER_PREVIOUS[i].store(old.sa_sigaction, Ordering::Relaxed);
        }
    }
    USER_FD[i].store(fd, Ordering::Release);
    let flags = libc::SA_ONSTACK
        | if chain {
            libc::SA_NODEFER
        } else {
            libc::SA_RESTART
        };
    if set_handler(signal, user as *const () as usize, flags) != 0 {
        // SAFETY: the address is the thread's own.
        return Err(unsafe { *libc::__errno_location() });
    }
    Ok(())
}

/// Undoes `register`; false where it was not in force.
pub fn unregister(signal: i32) -> bool {
    let i = signal as usize;
    if USER_FD[i].swap(-1, Ordering::AcqRel) < 0 {
        return false;
    }
    set_handler(
        signal,
        USER_PREVIOUS[i].load(Ordering::Relaxed),
        libc::SA_ONSTACK,
    );
    true
}
