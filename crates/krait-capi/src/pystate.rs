//! `pystate.h`, `ceval.h`'s part about threads, `pythread.h`,
//! `critical_section.h`: thread states, the GIL, locks.

use std::ffi::{c_int, c_ulong, c_void};
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use krait_abi::*;
use krait_object::interpreter::{self, Config, InterpreterCell, Whence};
use krait_object::thread::{self, ThreadState};
use krait_object::{Dict, Layout, Object, Owned, Py, PyResult, errors, gil};
use krait_vm::attach::{self, Before, holds_gil, new_state};
use krait_vm::{FrameObject, threads};

use crate::border::{Ptr, export};

pub type State = *mut PyThreadState;

/// C's view of a state; both begin at the same address.
pub fn as_c(state: *const ThreadState) -> State {
    state.cast_mut().cast()
}

pub fn from_c(state: State) -> *const ThreadState {
    state.cast_const().cast()
}

fn current() -> State {
    // SAFETY: only the pointer is looked at.
    as_c(unsafe { thread::current_or_null() })
}

fn ensure() -> PyGILState_STATE {
    match attach::ensure() {
        Before::Held => PyGILState_LOCKED,
        Before::Free => PyGILState_UNLOCKED,
    }
}

fn release(before: PyGILState_STATE) {
    let before = if before == PyGILState_LOCKED {
        Before::Held
    } else {
        Before::Free
    };
    // SAFETY: C gives back what it got from `ensure`.
    unsafe { attach::release(before) }
}

/// Does `tracemalloc`'s work with the GIL: C that allocates without it may tell of a block.
/// While nothing is traced, that costs a look.
fn traced(work: impl FnOnce(Py) -> bool) -> c_int {
    if !krait_vm::tracemalloc::is_tracing() {
        return -2;
    }
    let before = ensure();
    // SAFETY: `ensure` has taken the GIL.
    let on = work(unsafe { Py::assume() });
    release(before);
    if on { 0 } else { -2 }
}

/// Functions that are called without the GIL.
macro_rules! export_free {
    ($(fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block)*) => { $(
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) -> crate::border::result!($($ret)?) {
            // SAFETY: the caller keeps to the function's declaration.
            crate::border::border_without_gil::<crate::border::result!($($ret)?)>(|| unsafe { $body })
        }
    )* };
}

pub(crate) use export_free;

export_free! {
    fn PyGILState_Ensure() -> u32 { ensure() }
    fn PyGILState_Release(before: PyGILState_STATE) { release(before) }
    fn PyGILState_Check() -> c_int { c_int::from(holds_gil()) }
    fn PyGILState_GetThisThreadState() -> State { as_c(gil::own_state()) }
    fn PyTraceMalloc_Track(domain: u32, pointer: usize, size: usize) -> c_int {
        traced(|py| krait_vm::tracemalloc::track(py, domain, pointer, size))
    }
    fn PyTraceMalloc_Untrack(domain: u32, pointer: usize) -> c_int {
        traced(|py| krait_vm::tracemalloc::untrack(py, domain, pointer))
    }
    fn PyEval_SaveThread() -> State { as_c(gil::release()) }
    fn PyEval_RestoreThread(state: State) { attach::acquire(from_c(state)); }
    fn PyEval_AcquireThread(state: State) { attach::acquire(from_c(state)); }
    fn PyEval_ReleaseThread(_state: State) { gil::release(); }
    fn PyEval_AcquireLock() { gil::acquire(gil::own_state()); }
    fn PyEval_ReleaseLock() { gil::release(); }
    fn PyEval_InitThreads() {}
    fn PyEval_ThreadsInitialized() -> c_int { 1 }
    fn PyThreadState_New(interpreter: *mut PyInterpreterState) -> State {
        let state = state_of(interpreter);
        if gil::own_state().is_null() {
            gil::set_own_state(state);
        }
        as_c(state)
    }
    fn _PyThreadState_Prealloc(interpreter: *mut PyInterpreterState) -> State { as_c(state_of(interpreter)) }
    fn _PyThreadState_Init(_state: State) {
        errors::fatal("_PyThreadState_Init", "_PyThreadState_Init() is for internal use only")
    }
    fn PyThreadState_Get() -> State {
        let state = current();
        if state.is_null() {
            errors::fatal(
                "PyThreadState_Get",
                "the function must be called with the GIL held, but the GIL is released",
            );
        }
        state
    }
    fn PyThreadState_GetUnchecked() -> State { current() }
    fn _PyThreadState_UncheckedGet() -> State { current() }
    fn PyThreadState_Swap(new: State) -> State {
        let before = current();
        if !before.is_null() {
            gil::release();
        }
        if !new.is_null() {
            attach::acquire(from_c(new));
        }
        before
    }
    fn PyThreadState_Delete(state: State) {
        if std::ptr::eq(gil::own_state(), from_c(state)) {
            gil::set_own_state(std::ptr::null());
        }
        drop(Box::from_raw(from_c(state).cast_mut()));
    }
    fn PyThreadState_DeleteCurrent() { attach::delete_current() }
    fn PyInterpreterState_Get() -> *mut PyInterpreterState {
        let state = current();
        if state.is_null() { thread::main_interpreter() } else { (*state).interp }
    }
    fn PyInterpreterState_Main() -> *mut PyInterpreterState { thread::main_interpreter() }
    fn PyThreadState_GetInterpreter(state: State) -> *mut PyInterpreterState { (*state).interp }
    fn PyInterpreterState_New() -> *mut PyInterpreterState {
        let before = ensure();
        let made = interpreter::add(Py::assume(), Whence::CApi, Config::EMPTY);
        release(before);
        made.as_c()
    }
    fn PyInterpreterState_Delete(interpreter: *mut PyInterpreterState) {
        let before = ensure();
        delete(Py::assume(), interpreter);
        release(before);
    }
}

export! {
    fn PyThreadState_Clear(py, state: State) {
        if state == current() {
            threads::end(py);
        } else {
            threads::forget(py, &*from_c(state));
        }
    }
    fn PyUnstable_ThreadState_SetStackProtection(py, state: State, lowest: *mut c_void, size: usize) -> PyResult<()> {
        /// Three times what CPython keeps of a stack for itself.
        const LEAST: usize = 3 * (1 << 14);
        if size < LEAST {
            return krait_object::raise!(py, ValueError, "stack_size must be at least {LEAST} bytes");
        }
        (*from_c(state)).use_stack(lowest as usize, size);
        Ok(())
    }
    fn PyUnstable_ThreadState_ResetStackProtection(_py, state: State) { (*from_c(state)).use_own_stack() }
    fn PyThreadState_GetDict(_py) -> Ptr { state_dict(current()) }
    fn _PyThreadState_GetDict(_py, state: State) -> Ptr { state_dict(state) }
    fn PyThreadState_GetID(_py, state: State) -> u64 { (*state).id }
    fn PyThreadState_GetFrame(py, state: State) -> PyResult<Option<Owned<FrameObject>>> {
        if state == current() {
            return Ok(krait_vm::frame_object(py, 0));
        }
        let ident = (*state).thread_id;
        Ok(threads::current_frames(py).into_iter().find(|(id, _)| *id == ident).map(|(_, f)| f))
    }
    fn PyThreadState_SetAsyncExc(py, ident: c_ulong, exception: Option<&Object>) -> c_int {
        c_int::from(threads::set_async_exception(py, ident, exception))
    }
    fn PyThreadState_EnterTracing(_py, state: State) { (*state).tracing += 1 }
    fn PyThreadState_LeaveTracing(_py, state: State) { (*state).tracing -= 1 }
    fn PyInterpreterState_GetDict(py, interpreter: *mut PyInterpreterState) -> Ptr {
        static DICT: InterpreterCell<std::cell::OnceCell<Owned<Dict>>> =
            InterpreterCell::new(std::cell::OnceCell::new);
        interpreter::find_known(py, interpreter).map_or(std::ptr::null_mut(), |found| {
            DICT.of(py, found.id).get_or_init(Dict::new).as_object().as_ptr()
        })
    }
    fn PyInterpreterState_Clear(py, interpreter: *mut PyInterpreterState) {
        if let Some(found) = interpreter::find_known(py, interpreter)
            && !found.is_main()
        {
            interpreter::empty(py, &found);
        }
    }
    fn PyInterpreterState_ThreadHead(py, interpreter: *mut PyInterpreterState) -> State {
        threads::states_of(py, interpreter).last().map_or(std::ptr::null_mut(), |&state| as_c(state))
    }
    // The newest is the head, as it is CPython's.
    fn PyInterpreterState_Head(py) -> *mut PyInterpreterState {
        interpreter::all(py).last().map_or(std::ptr::null_mut(), |i| i.as_c())
    }
    fn PyInterpreterState_Next(py, interpreter: *mut PyInterpreterState) -> *mut PyInterpreterState {
        let all = interpreter::all(py);
        let place = all.iter().position(|i| i.as_c() == interpreter);
        place.and_then(|at| at.checked_sub(1)).map_or(std::ptr::null_mut(), |at| all[at].as_c())
    }
    fn PyInterpreterState_GetID(py, interpreter: *mut PyInterpreterState) -> PyResult<i64> {
        if interpreter.is_null() {
            return krait_object::raise!(py, RuntimeError, "no interpreter provided");
        }
        Ok(interpreter::id_of(interpreter))
    }
    fn PyThreadState_Next(py, state: State) -> State {
        let states = threads::states_of(py, (*state).interp);
        let place = states.iter().position(|&s| as_c(s) == state);
        place.and_then(|at| at.checked_sub(1)).map_or(std::ptr::null_mut(), |at| as_c(states[at]))
    }
}

/// A state for a thread of an interpreter, the main one where none is named.
///
/// # Safety
/// The interpreter is on the list.
unsafe fn state_of(interpreter: *mut PyInterpreterState) -> *const ThreadState {
    let state = new_state();
    if !interpreter.is_null() {
        // SAFETY: the contract; the state is new.
        unsafe { (*state).join_known(interpreter) };
    }
    state
}

/// Frees an interpreter that C has made or emptied, and the states of its threads.
///
/// # Safety
/// No thread runs in it.
unsafe fn delete(py: Py, interpreter: *mut PyInterpreterState) {
    let Some(found) = interpreter::find_known(py, interpreter) else {
        errors::fatal("PyInterpreterState_Delete", "no such interpreter")
    };
    if found.is_main() {
        errors::fatal("PyInterpreterState_Delete", "remaining subinterpreters");
    }
    for state in threads::states_of(py, interpreter) {
        // SAFETY: the contract; states of interpreters that C makes are C's too.
        unsafe {
            threads::forget(py, &*state);
            drop(Box::from_raw(state.cast_mut()));
        }
    }
    interpreter::remove(py, &found);
}

/// The dict that C code keeps things in for a thread.
///
/// # Safety
/// The state is alive, and the GIL is held.
unsafe fn state_dict(state: State) -> Ptr {
    // SAFETY: the contract; the field is null or an owned dict.
    unsafe {
        if state.is_null() {
            return std::ptr::null_mut();
        }
        if (*state).dict.is_null() {
            (*state).dict = Dict::new().into_ptr();
        }
        (*state).dict
    }
}

/// A lock of `pythread.h`.
pub struct Lock {
    held: Mutex<bool>,
    freed: Condvar,
}

impl Lock {
    /// Takes the lock within so long, or whenever it becomes free; whether it did.
    pub fn acquire(&self, timeout: Option<Duration>) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match timeout {
            None => {
                while *held {
                    held = self
                        .freed
                        .wait(held)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
            Some(timeout) => {
                let end = std::time::Instant::now() + timeout;
                while *held {
                    let left = end.saturating_duration_since(std::time::Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    held = self
                        .freed
                        .wait_timeout(held, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0;
                }
            }
        }
        *held = true;
        true
    }

    fn release(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.freed.notify_one();
    }
}

/// `Py_tss_t`
#[repr(C)]
pub struct Tss {
    initialized: c_int,
    key: libc::pthread_key_t,
}

export_free! {
    fn PyThread_init_thread() {}
    fn PyThread_get_thread_ident() -> c_ulong { libc::pthread_self() }
    fn PyThread_get_thread_native_id() -> c_ulong { libc::syscall(libc::SYS_gettid) as c_ulong }
    fn PyThread_exit_thread() { libc::pthread_exit(std::ptr::null_mut()) }
    fn PyThread_get_stacksize() -> usize { 0 }
    fn PyThread_set_stacksize(_size: usize) -> c_int { -2 }
    fn PyThread_allocate_lock() -> *mut Lock {
        Box::into_raw(Box::new(Lock { held: Mutex::new(false), freed: Condvar::new() }))
    }
    fn PyThread_free_lock(lock: *mut Lock) { drop(Box::from_raw(lock)) }
    fn PyThread_acquire_lock(lock: *mut Lock, wait: c_int) -> c_int {
        let timeout = (wait == 0).then_some(Duration::ZERO);
        c_int::from((*lock).acquire(timeout))
    }
    fn PyThread_acquire_lock_timed(lock: *mut Lock, microseconds: i64, _interrupt: c_int) -> c_int {
        let timeout = (microseconds >= 0).then(|| Duration::from_micros(microseconds as u64));
        c_int::from((*lock).acquire(timeout))
    }
    fn PyThread_release_lock(lock: *mut Lock) { (*lock).release() }
    fn PyThread_tss_alloc() -> *mut Tss { Box::into_raw(Box::new(Tss { initialized: 0, key: 0 })) }
    fn PyThread_tss_free(tss: *mut Tss) {
        if !tss.is_null() {
            PyThread_tss_delete(tss);
            drop(Box::from_raw(tss));
        }
    }
    fn PyThread_tss_is_created(tss: *mut Tss) -> c_int { (*tss).initialized }
    fn PyThread_tss_create(tss: *mut Tss) -> c_int {
        if (*tss).initialized != 0 {
            return 0;
        }
        if libc::pthread_key_create(&raw mut (*tss).key, None) != 0 {
            return -1;
        }
        (*tss).initialized = 1;
        0
    }
    fn PyThread_tss_delete(tss: *mut Tss) {
        if (*tss).initialized != 0 {
            libc::pthread_key_delete((*tss).key);
            (*tss).initialized = 0;
        }
    }
    fn PyThread_tss_set(tss: *mut Tss, value: *mut c_void) -> c_int { -c_int::from(libc::pthread_setspecific((*tss).key, value) != 0) }
    fn PyThread_tss_get(tss: *mut Tss) -> *mut c_void { libc::pthread_getspecific((*tss).key) }
    fn PyThread_create_key() -> c_int {
        let mut key = 0;
        if libc::pthread_key_create(&raw mut key, None) != 0 { -1 } else { key as c_int }
    }
    fn PyThread_delete_key(key: c_int) { libc::pthread_key_delete(key as libc::pthread_key_t); }
    fn PyThread_set_key_value(key: c_int, value: *mut c_void) -> c_int {
        -c_int::from(libc::pthread_setspecific(key as libc::pthread_key_t, value) != 0)
    }
    fn PyThread_get_key_value(key: c_int) -> *mut c_void { libc::pthread_getspecific(key as libc::pthread_key_t) }
    fn PyThread_delete_key_value(key: c_int) { libc::pthread_setspecific(key as libc::pthread_key_t, std::ptr::null()); }
    fn PyThread_ReInitTLS() {}
    // With the GIL a critical section needs no lock: the GIL is one.
    fn PyCriticalSection_Begin(_section: *mut c_void, _object: Ptr) {}
    fn PyCriticalSection_End(_section: *mut c_void) {}
    fn PyCriticalSection2_Begin(_section: *mut c_void, _a: Ptr, _b: Ptr) {}
    fn PyCriticalSection2_End(_section: *mut c_void) {}
    fn PyCriticalSection_BeginMutex(_section: *mut c_void, _mutex: *mut PyMutex) {}
    fn PyCriticalSection2_BeginMutex(_section: *mut c_void, _a: *mut PyMutex, _b: *mut PyMutex) {}
}

type Pending = (
    Option<unsafe extern "C-unwind" fn(*mut c_void) -> c_int>,
    usize,
);

static PENDING: Mutex<Vec<Pending>> = Mutex::new(Vec::new());

fn run_pending(py: Py) -> PyResult<()> {
    if !threads::is_main(py) {
        thread::EVAL_BREAKER.fetch_or(thread::breaker::PENDING_CALLS, Ordering::AcqRel);
        return Ok(());
    }
    let calls = std::mem::take(&mut *PENDING.lock().unwrap_or_else(PoisonError::into_inner));
    for (function, argument) in calls {
        if let Some(function) = function {
            // SAFETY: C gave both together.
            let status = unsafe { function(argument as *mut c_void) };
            krait_object::protocol::status(py, status)?;
        }
    }
    Ok(())
}

/// Joins pending calls to the interpreter's polls.
pub fn install(py: Py) {
    krait_vm::breaker::install(py, |h| h.pending = run_pending);
}

export_free! {
    fn Py_AddPendingCall(function: Option<unsafe extern "C-unwind" fn(*mut c_void) -> c_int>, argument: *mut c_void) -> c_int {
        PENDING.lock().unwrap_or_else(PoisonError::into_inner).push((function, argument as usize));
        thread::EVAL_BREAKER.fetch_or(thread::breaker::PENDING_CALLS, Ordering::AcqRel);
        0
    }
}

export! {
    fn Py_MakePendingCalls(py) -> PyResult<()> { run_pending(py) }
    fn PyOS_AfterFork(_py) {}
    fn PyOS_BeforeFork(_py) {}
    fn PyOS_AfterFork_Parent(_py) {}
    fn PyOS_AfterFork_Child(py) { let _: Result<i32, ()> = threads::fork(py, || Ok(0)); }
    fn PyOS_getsig(_py, signal: c_int) -> usize {
        let mut action: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signal, std::ptr::null(), &raw mut action) != 0 { return usize::MAX }
        action.sa_sigaction
    }
    fn PyOS_setsig(_py, signal: c_int, handler: usize) -> usize {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut before: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        libc::sigemptyset(&raw mut action.sa_mask);
        if libc::sigaction(signal, &raw const action, &raw mut before) != 0 { return usize::MAX }
        before.sa_sigaction
    }
}
