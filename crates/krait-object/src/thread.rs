//! The thread state: C's `PyThreadState` with Krait's fields behind it.
//!
//! The state of the thread that holds the GIL is a plain global. What always holds:
//! at most one exception is set, and it is owned by `abi.current_exception`.

use std::cell::{Cell, UnsafeCell};
use std::ffi::c_void;

use krait_abi::*;

use crate::object::{Object, Owned};
use crate::py::{Py, PyResult};

/// One thread's state.
#[repr(C)]
pub struct ThreadState {
    pub abi: UnsafeCell<PyThreadState>,
    /// The lowest address that native code of this thread may use before a
    /// RecursionError; the end of the stack lies a margin below.
    pub stack_limit: Cell<usize>,
    /// Whether the thread has got its first `vm` record.
    pub has_stack: Cell<bool>,
    /// Objects whose repr is being made, against endless recursion.
    pub repr_stack: std::cell::RefCell<Vec<*mut PyObject>>,
    /// The event loop that runs in the thread (`asyncio._set_running_loop`).
    pub running_loop: Cell<Option<crate::value::Value>>,
    /// The task that the event loop is in.
    pub running_task: Cell<Option<crate::value::Value>>,
    /// The number of the interpreter that the thread runs code of.
    pub interpreter: Cell<i64>,
}

struct Current(UnsafeCell<*const ThreadState>);
// SAFETY: written only by the thread that has just taken the GIL.
unsafe impl Sync for Current {}
static CURRENT: Current = Current(UnsafeCell::new(std::ptr::null()));

/// What C sees as the main interpreter: only the address counts.
static MAIN_INTERPRETER: Static<[u64; 8]> = Static::new([0; 8]);

/// What C knows the main interpreter by.
pub fn main_interpreter() -> *mut PyInterpreterState {
    MAIN_INTERPRETER.as_ptr().cast()
}

/// Set by other threads, signal handlers and the allocator: the interpreter looks at
/// it at calls and back edges.
pub static EVAL_BREAKER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// Bits of `EVAL_BREAKER`.
pub mod breaker {
    pub const SIGNALS: u32 = 1;
    pub const GIL_REQUEST: u32 = 2;
    pub const COLLECT: u32 = 4;
    pub const PENDING_CALLS: u32 = 8;
    pub const ASYNC_EXCEPTION: u32 = 16;
    pub const TRACING: u32 = 32;
    pub const NO_MEMORY: u32 = 64;
}

#[inline(always)]
pub fn current(_py: Py) -> &'static ThreadState {
    // SAFETY: the holder of the GIL has set it; a state outlives its time as current.
    unsafe { &**CURRENT.0.get() }
}

/// Makes a state current; part of taking the GIL.
///
/// # Safety
/// The calling thread holds the GIL and the state lives until it is replaced.
pub unsafe fn set_current(state: *const ThreadState) {
    // SAFETY: as the contract says.
    unsafe { *CURRENT.0.get() = state }
}

/// The current state, null where no thread holds the GIL.
///
/// # Safety
/// The calling thread holds the GIL, or only compares the pointer.
pub unsafe fn current_or_null() -> *const ThreadState {
    // SAFETY: as the contract says.
    unsafe { *CURRENT.0.get() }
}

/// How much of the native stack is kept for handling the error itself.
pub const STACK_MARGIN: usize = 160 * 1024;

impl ThreadState {
    /// A state for the calling thread, alive as long as the process or until freed; one of
    /// the main interpreter, unless it joins another.
    pub fn new(id: u64) -> Box<ThreadState> {
        // SAFETY: an all-zero PyThreadState is valid: null pointers and zero numbers.
        let mut abi: PyThreadState = unsafe { std::mem::zeroed() };
        abi.py_recursion_limit = 1000;
        abi.py_recursion_remaining = 1000;
        abi.id = id;
        // One for the state's own life; who only attaches counts on top of it.
        abi.gilstate_counter = 1;
        abi.interp = main_interpreter();
        let state = Box::new(ThreadState {
            abi: UnsafeCell::new(abi),
            stack_limit: Cell::new(stack_bottom() + STACK_MARGIN),
            has_stack: Cell::new(false),
            repr_stack: std::cell::RefCell::default(),
            running_loop: Cell::new(None),
            running_task: Cell::new(None),
            interpreter: Cell::new(0),
        });
        // SAFETY: the box's content does not move.
        unsafe { (*state.abi.get()).exc_info = &raw mut (*state.abi.get()).exc_state };
        state
    }

    /// Makes the state the calling thread's, which may not be the one that made it; whether
    /// this is its first use.
    pub fn bind(&self) -> bool {
        // SAFETY: the thread holds the GIL with the state, whose fields are plain.
        unsafe {
            if (*self.raw()).native_thread_id != 0 {
                return false;
            }
        }
        self.use_own_stack();
        true
    }

    /// Sets the limit for the stack that the system gave the calling thread.
    pub fn use_own_stack(&self) {
        self.stack_limit.set(stack_bottom() + STACK_MARGIN);
    }

    /// Sets the limit for another stack, of so many bytes from its lowest address on.
    pub fn use_stack(&self, lowest: usize, size: usize) {
        self.stack_limit.set(lowest + STACK_MARGIN.min(size / 4));
    }

    #[inline(always)]
    pub fn raw(&self) -> *mut PyThreadState {
        self.abi.get()
    }

    /// The interpreter's own record (frame stack), as krait-vm keeps it. It is where
    /// CPython's frames lie, so that code which runs several native stacks in one thread
    /// (greenlet) exchanges it with them.
    #[inline(always)]
    pub fn vm(&self) -> *mut c_void {
        // SAFETY: the thread's own field, or another's while the GIL is held.
        unsafe { (*self.raw()).datastack_chunk.cast() }
    }

    /// Replaces the record.
    pub fn set_vm(&self, record: *mut c_void) {
        // SAFETY: as above.
        unsafe { (*self.raw()).datastack_chunk = record.cast() }
    }

    /// Whether an exception is set.
    #[inline(always)]
    pub fn has_exception(&self) -> bool {
        // SAFETY: the GIL is held.
        unsafe { !(*self.raw()).current_exception.is_null() }
    }

    /// Takes the exception that is set.
    #[inline]
    pub fn take_exception(&self) -> Option<Owned> {
        // SAFETY: the GIL is held; the field's reference passes on.
        unsafe {
            let exception =
                std::mem::replace(&mut (*self.raw()).current_exception, std::ptr::null_mut());
            (!exception.is_null()).then(|| Owned::from_raw(exception.cast()))
        }
    }

    /// Sets the exception, replacing any.
    pub fn set_exception(&self, exception: Owned) {
        let old = self.take_exception();
        // SAFETY: the GIL is held; the reference passes to the field.
        unsafe { (*self.raw()).current_exception = exception.into_ptr() }
        drop(old);
    }

    /// The exception that is set, still set.
    pub fn exception(&self) -> Option<Owned> {
        // SAFETY: the GIL is held; a new reference is made.
        unsafe {
            let exception = (*self.raw()).current_exception;
            (!exception.is_null())
                .then(|| crate::object::Layout::to_owned(Object::from_ptr(exception)))
        }
    }

    /// The exception being handled (`sys.exception()`).
    pub fn handled_exception(&self) -> Option<Owned> {
        // SAFETY: the chain of entries ends with the state's own, whose previous is null.
        unsafe {
            let mut item = (*self.raw()).exc_info;
            while !item.is_null() {
                let value = (*item).exc_value;
                if !value.is_null() && !Object::from_ptr(value).is_none() {
                    return Some(crate::object::Layout::to_owned(Object::from_ptr(value)));
                }
                item = (*item).previous_item;
            }
            None
        }
    }

    /// The hooks of asynchronous generators: first iteration, finaliser.
    pub fn asyncgen_hooks(&self) -> (Option<Owned>, Option<Owned>) {
        // SAFETY: the GIL is held; the fields are null or owned.
        unsafe {
            let get = |p: *mut PyObject| {
                (!p.is_null()).then(|| crate::object::Layout::to_owned(Object::from_ptr(p)))
            };
            (
                (get)((*self.raw()).async_gen_firstiter),
                (get)((*self.raw()).async_gen_finalizer),
            )
        }
    }

    /// Replaces the hooks that are given; `Some(None)` takes one away.
    pub fn set_asyncgen_hooks(
        &self,
        first: Option<Option<Owned>>,
        finalizer: Option<Option<Owned>>,
    ) {
        let swap = |place: *mut *mut PyObject, new: Option<Option<Owned>>| {
            let Some(new) = new else { return };
            let new = new.map_or(std::ptr::null_mut(), Owned::into_ptr);
            // SAFETY: the GIL is held; the old reference is released after the swap.
            unsafe {
                let old = std::mem::replace(&mut *place, new);
                if !old.is_null() {
                    Object::decref(old);
                }
            }
        };
        // SAFETY: only the fields' addresses are taken.
        unsafe {
            swap(&raw mut (*self.raw()).async_gen_firstiter, first);
            swap(&raw mut (*self.raw()).async_gen_finalizer, finalizer);
        }
    }

    /// The current `contextvars.Context`; none where nobody has asked for one yet.
    #[inline]
    pub fn context(&self) -> Option<Owned> {
        // SAFETY: the GIL is held; the field is null or owned.
        unsafe {
            let context = (*self.raw()).context;
            (!context.is_null()).then(|| crate::object::Layout::to_owned(Object::from_ptr(context)))
        }
    }

    /// Replaces the current context.
    pub fn set_context(&self, context: Option<Owned>) {
        let new = context.map_or(std::ptr::null_mut(), Owned::into_ptr);
        // SAFETY: the GIL is held; the old reference is released after the exchange.
        unsafe {
            let old = std::mem::replace(&mut (*self.raw()).context, new);
            (*self.raw()).context_ver += 1;
            if !old.is_null() {
                Object::decref(old);
            }
        }
    }

    /// How many frames of its creation a coroutine remembers.
    pub fn origin_depth(&self) -> usize {
        // SAFETY: the GIL is held.
        unsafe { (*self.raw()).coroutine_origin_tracking_depth }.max(0) as usize
    }

    pub fn set_origin_depth(&self, depth: usize) {
        // SAFETY: the GIL is held.
        unsafe { (*self.raw()).coroutine_origin_tracking_depth = depth as i32 }
    }

    /// Fails with RecursionError where the native stack is nearly used up.
    #[inline(always)]
    pub fn check_native_stack(&self, py: Py, doing: &str) -> PyResult<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.stack_limit.get() {
            return native_overflow(py, doing);
        }
        Ok(())
    }
}

#[cold]
fn native_overflow(py: Py, doing: &str) -> PyResult<()> {
    let state = py.thread();
    let limit = state.stack_limit.get();
    // Below the end of the thread's stack begins another: an extension has changed to one of
    // its own (as polars does, by `stacker`), whose bounds only it knows.
    let here = 0u8;
    if (&raw const here as usize) < limit.saturating_sub(STACK_MARGIN) {
        return Ok(());
    }
    state
        .stack_limit
        .set(limit.saturating_sub(STACK_MARGIN / 2));
    let result = crate::raise!(
        py,
        RecursionError,
        "maximum recursion depth exceeded{doing}"
    );
    state.stack_limit.set(limit);
    result
}

/// The lowest address of the calling thread's stack, which may be one that
/// [`krait_stack`] has made.
fn stack_bottom() -> usize {
    let here = 0u8;
    let left = krait_stack::remaining().unwrap_or(STACK_MARGIN);
    (&raw const here as usize).saturating_sub(left)
}
