//! Signals: the handler that only takes notes, masks, waiting, timers.
//!
//! The C handler stores what has come in atomic flags, sets a bit of the interpreter's
//! eval breaker and writes to the wakeup descriptor; Python's handlers run later, in
//! ordinary code.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::{Result, check, direct, filled};

/// One more than the highest signal number.
pub const NSIG: i32 = 65;

calls! {
    fn raise(signal: i32) -> i32;
}

static TRIPPED: [AtomicBool; NSIG as usize] = [const { AtomicBool::new(false) }; NSIG as usize];
static ANY: AtomicBool = AtomicBool::new(false);
static BREAKER: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());
static BREAKER_BIT: AtomicU32 = AtomicU32::new(0);
static WAKEUP: AtomicI32 = AtomicI32::new(-1);
static WAKEUP_ERRNO: AtomicI32 = AtomicI32::new(0);
static WAKEUP_WARNS: AtomicBool = AtomicBool::new(true);

/// Says which word and bit the handler sets.
pub fn set_breaker(breaker: &'static AtomicU32, bit: u32) {
    BREAKER_BIT.store(bit, Ordering::Release);
    BREAKER.store(std::ptr::from_ref(breaker).cast_mut(), Ordering::Release);
}

/// Notes that a signal has come (`PyErr_SetInterruptEx`).
pub fn trip(signal: i32) {
    if let Some(flag) = TRIPPED.get(signal as usize) {
        flag.store(true, Ordering::Release);
    }
    ANY.store(true, Ordering::Release);
    remind();
    let fd = WAKEUP.load(Ordering::Relaxed);
    if fd != -1 {
        let byte = signal as u8;
        // SAFETY: one byte is read; allowed in a signal handler.
        let written = unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
        if written < 0 {
            let error = crate::errno().0;
            let full = error == libc::EAGAIN || error == libc::EWOULDBLOCK;
            if !full || WAKEUP_WARNS.load(Ordering::Relaxed) {
                WAKEUP_ERRNO.store(error, Ordering::Release);
            }
        }
    }
}

/// The thread that runs Python's handlers, as `pthread_t`.
static MAIN: AtomicU64 = AtomicU64::new(0);

/// Says that the calling thread runs Python's handlers.
pub fn set_main_thread() {
    MAIN.store(crate::thread::ident(), Ordering::Release);
}

/// Passes a signal on where the process's first thread got it, and that is not the main
/// thread of Python: only what interrupts the main thread's system call wakes it.
fn pass_on(signal: i32) -> bool {
    let main = MAIN.load(Ordering::Acquire);
    // SAFETY: all of these are allowed in a signal handler; the main thread lives as long
    // as the process.
    unsafe {
        main != 0
            && libc::pthread_self() as u64 != main
            && libc::syscall(libc::SYS_gettid) == i64::from(libc::getpid())
            && libc::pthread_kill(main as libc::pthread_t, signal) == 0
    }
}

extern "C" fn handler(signal: i32) {
    let saved = crate::errno().0;
    if !pass_on(signal) {
        trip(signal);
    }
    crate::set_errno(saved);
}

/// The lowest signal that has come and was not taken yet.
pub fn take_next() -> Option<i32> {
    // Cleared first: a signal that comes during the search sets it again.
    ANY.store(false, Ordering::Release);
    let next = (1..NSIG).find(|&s| TRIPPED[s as usize].swap(false, Ordering::AcqRel));
    if next.is_some() {
        ANY.store(true, Ordering::Release);
    }
    next
}

/// Whether a signal has come and was not taken yet, which takes it.
pub fn take(signal: i32) -> bool {
    TRIPPED
        .get(signal as usize)
        .is_some_and(|flag| flag.swap(false, Ordering::AcqRel))
}

/// Sets the breaker's bit again, where signals were left for later.
pub fn remind() {
    let breaker = BREAKER.load(Ordering::Acquire);
    if !breaker.is_null() {
        // SAFETY: set from a static reference.
        unsafe { &*breaker }.fetch_or(BREAKER_BIT.load(Ordering::Relaxed), Ordering::AcqRel);
    }
}

/// Whether a signal waits to be handled.
pub fn is_any_tripped() -> bool {
    ANY.load(Ordering::Acquire)
}

/// Forgets the signals that have come; in a forked child.
pub fn clear_tripped() {
    while take_next().is_some() {}
}

/// An error of writing to the wakeup descriptor since the last call.
pub fn take_wakeup_error() -> Option<i32> {
    match WAKEUP_ERRNO.swap(0, Ordering::AcqRel) {
        0 => None,
        error => Some(error),
    }
}

/// Sets the wakeup descriptor (-1 for none); the result is the old one.
pub fn set_wakeup_fd(fd: i32, warn_on_full: bool) -> i32 {
    WAKEUP_WARNS.store(warn_on_full, Ordering::Relaxed);
    WAKEUP.swap(fd, Ordering::AcqRel)
}

/// How a signal is met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Default,
    Ignore,
    /// It is noted, for `take_next`.
    Note,
    /// A handler that is not ours.
    Other,
}

/// Sets how a signal is met; the result says how it was.
pub fn set_action(signal: i32, action: Action) -> Result<Action> {
    // SAFETY: a zeroed sigaction is valid; the handler is allowed in a signal's context.
    unsafe {
        let mut new: libc::sigaction = MaybeUninit::zeroed().assume_init();
        new.sa_sigaction = match action {
            Action::Default => libc::SIG_DFL,
            Action::Ignore => libc::SIG_IGN,
            Action::Note | Action::Other => handler as *const () as usize,
        };
        new.sa_flags = libc::SA_ONSTACK;
        libc::sigemptyset(&mut new.sa_mask);
        filled(|old| libc::sigaction(signal, &new, old)).map(classify)
    }
}

/// How a signal is met.
pub fn action(signal: i32) -> Result<Action> {
    // SAFETY: the call fills the struct.
    filled(|old| unsafe { libc::sigaction(signal, std::ptr::null(), old) }).map(classify)
}

fn classify(old: libc::sigaction) -> Action {
    match old.sa_sigaction {
        libc::SIG_DFL => Action::Default,
        libc::SIG_IGN => Action::Ignore,
        f if f == handler as *const () as usize => Action::Note,
        _ => Action::Other,
    }
}

/// Undoes what the interpreter ignores at its start; in a child that becomes another
/// program.
pub fn restore_defaults() {
    for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
        let _ = set_action(signal, Action::Default);
    }
}

/// A set of signals; numbers that are none are left out.
pub fn set_of(signals: &[i32]) -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: initialised by the first call.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for &signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal);
        }
        set.assume_init()
    }
}

/// The signals of a set.
pub fn members(set: &libc::sigset_t) -> Vec<i32> {
    // SAFETY: the set is initialised.
    (1..NSIG)
        .filter(|&s| unsafe { libc::sigismember(set, s) } == 1)
        .collect()
}

/// All signals that a program may use.
pub fn valid() -> Vec<i32> {
    // SAFETY: the call fills the set.
    let set = filled(|out| unsafe { libc::sigfillset(out) });
    set.map(|s| members(&s)).unwrap_or_default()
}

/// Changes the calling thread's mask; the result is the old one.
pub fn pthread_sigmask(how: i32, signals: &[i32]) -> Result<Vec<i32>> {
    let set = set_of(signals);
    let mut old = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: one set is read, the other filled.
    unsafe {
        direct(libc::pthread_sigmask(how, &set, old.as_mut_ptr()))?;
        Ok(members(&old.assume_init()))
    }
}

pub fn sigpending() -> Result<Vec<i32>> {
    // SAFETY: the call fills the set.
    filled(|out| unsafe { libc::sigpending(out) }).map(|s| members(&s))
}

pub fn sigwait(signals: &[i32]) -> Result<i32> {
    let set = set_of(signals);
    let mut signal = 0;
    // SAFETY: a set is read, a number filled.
    direct(unsafe { libc::sigwait(&set, &mut signal) })?;
    Ok(signal)
}

unsafe extern "C" {
    #[link_name = "siginterrupt"]
    fn siginterrupt_c(signal: i32, flag: i32) -> i32;
}

/// Says whether a signal ends system calls.
pub fn siginterrupt(signal: i32, flag: bool) -> Result<i32> {
    // SAFETY: plain numbers.
    check(unsafe { siginterrupt_c(signal, i32::from(flag)) })
}

/// What is known of a signal that was waited for.
pub struct Info {
    pub signal: i32,
    pub code: i32,
    pub errno: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub band: i64,
}

fn info(raw: libc::siginfo_t) -> Info {
    // SAFETY: the union's fields are plain numbers, whatever they mean for the signal.
    unsafe {
        Info {
            signal: raw.si_signo,
            code: raw.si_code,
            errno: raw.si_errno,
            pid: raw.si_pid(),
            uid: raw.si_uid(),
            status: raw.si_status(),
            band: (&raw const raw).cast::<i64>().add(2).read(),
        }
    }
}

/// Waits for one of the signals; forever without a timeout, which fails with `EAGAIN`.
pub fn sigtimedwait(signals: &[i32], timeout: Option<Duration>) -> Result<Info> {
    let set = set_of(signals);
    let timeout = timeout.map(crate::time::timespec_of);
    let limit = timeout.as_ref().map_or(std::ptr::null(), |t| &raw const *t);
    // SAFETY: set and time are read, the info filled.
    filled(|out| unsafe { libc::sigtimedwait(&set, out, limit) }).map(info)
}

/// Waits for any signal.
pub fn pause() {
    // SAFETY: takes nothing.
    unsafe { libc::pause() };
}

pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: a plain number.
    unsafe { libc::alarm(seconds) }
}

/// Remaining time and interval of a timer.
pub fn getitimer(which: i32) -> Result<libc::itimerval> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::getitimer(which as _, out) })
}

pub fn setitimer(which: i32, new: libc::itimerval) -> Result<libc::itimerval> {
    // SAFETY: one struct is read, the other filled.
    filled(|old| unsafe { libc::setitimer(which as _, &new, old) })
}

pub fn strsignal(signal: i32) -> Option<Vec<u8>> {
    // SAFETY: the text is copied before the next call.
    let text = unsafe { crate::bytes_of(libc::strsignal(signal)) };
    (!text.is_empty()).then_some(text)
}

/// Sends a signal to a thread of this process, given by its `pthread_t`.
pub fn pthread_kill(thread: u64, signal: i32) -> Result<()> {
    if !crate::thread::is_thread(thread) {
        return Err(crate::Errno(libc::ESRCH));
    }
    // SAFETY: the thread is known to run.
    direct(unsafe { libc::pthread_kill(thread as libc::pthread_t, signal) })
}

/// Whether a timer's number is one.
pub fn check_signal(signal: i32) -> Result<i32> {
    check(if (1..NSIG).contains(&signal) { 0 } else { -1 })
}
