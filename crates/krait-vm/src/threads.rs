//! OS threads that run Python: their states, their start and end, and forking.
//!
//! What always holds: `STATES` lists every state whose thread is alive, the main thread's
//! first, and a state is on the list from before its first use until its thread's last.

use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;

use krait_object::gil;
use krait_object::interpreter;
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{GilCell, Py};
use krait_object::thread::{EVAL_BREAKER, ThreadState, breaker};
use krait_object::value::Value;

use crate::frame::{FrameObject, object};
use crate::stack::{self, Stack};

static STATES: GilCell<RefCell<Vec<*const ThreadState>>> = GilCell::new(RefCell::new(Vec::new()));
static MAIN: GilCell<Cell<*const ThreadState>> = GilCell::new(Cell::new(std::ptr::null()));
static ON_END: GilCell<RefCell<Vec<fn(Py)>>> = GilCell::new(RefCell::new(Vec::new()));

/// Notes the calling thread as the main one; at start-up.
pub fn init(py: Py) {
    MAIN.get(py).set(py.thread());
    register(py);
}

/// Puts the calling thread's state on the list.
pub fn register(py: Py) {
    let state: *const ThreadState = py.thread();
    // SAFETY: plain queries about the calling thread; the fields are its own.
    unsafe {
        (*py.thread().raw()).thread_id = libc::pthread_self();
        (*py.thread().raw()).native_thread_id = libc::syscall(libc::SYS_gettid) as u64;
    }
    let mut states = STATES.get(py).borrow_mut();
    if !states.contains(&state) {
        states.push(state);
    }
}

/// The states of all threads that run Python.
pub fn states(py: Py) -> Vec<*const ThreadState> {
    STATES.get(py).borrow().clone()
}

/// The states of one interpreter's threads.
pub fn states_of(
    py: Py,
    interpreter: *const krait_abi::PyInterpreterState,
) -> Vec<*const ThreadState> {
    let mut states = states(py);
    // SAFETY: the states on the list are alive.
    states.retain(|&state| std::ptr::eq(unsafe { (*(*state).raw()).interp }, interpreter));
    states
}

/// Whether the calling thread is the main one.
pub fn is_main(py: Py) -> bool {
    std::ptr::eq(MAIN.get(py).get(), py.thread())
}

/// Python's identifier of the main thread.
pub fn main_ident(py: Py) -> u64 {
    let main = MAIN.get(py).get();
    if main.is_null() {
        0
    } else {
        // SAFETY: the main thread's state lives as long as the process.
        unsafe { (*(*main).raw()).thread_id }
    }
}

/// How many threads there are.
pub fn count(py: Py) -> usize {
    STATES.get(py).borrow().len()
}

/// The number of the calling thread's state: unlike identifiers never used twice.
pub fn state_id(py: Py) -> u64 {
    // SAFETY: the thread's own field.
    unsafe { (*py.thread().raw()).id }
}

/// Adds a function that each ending thread calls.
pub fn on_end(py: Py, function: fn(Py)) {
    ON_END.get(py).borrow_mut().push(function);
}

/// The states of the current interpreter's threads.
fn own_states(py: Py) -> Vec<*const ThreadState> {
    let own = py.thread().interpreter.get();
    let mut states = STATES.get(py).borrow().clone();
    // SAFETY: listed states are alive.
    states.retain(|&state| unsafe { (*state).interpreter.get() } == own);
    states
}

/// The innermost frame of each thread that runs Python code of the current interpreter, with
/// its identifier.
pub fn current_frames(py: Py) -> Vec<(u64, Owned<FrameObject>)> {
    let states = own_states(py);
    let mut frames = Vec::new();
    for state in states {
        // SAFETY: listed states are alive; another thread's frames do not change while
        // this one holds the GIL, and their registers were saved when it gave it up.
        unsafe {
            let stack = (*state).vm().cast::<Stack>();
            if !stack.is_null() && !(*stack).current.is_null() {
                frames.push((
                    (*(*state).raw()).thread_id,
                    object::of_frame(py, (*stack).current),
                ));
            }
        }
    }
    frames
}

/// Calls a function with each state, without allocating; nothing where the list is just
/// being changed. For `fault`, which may not have the GIL.
pub(crate) fn for_each_newest_first(py: Py, most: usize, mut f: impl FnMut(*const ThreadState)) {
    if let Ok(states) = STATES.get(py).try_borrow() {
        states.iter().rev().take(most).for_each(|&state| f(state));
    }
}

/// The exception that each thread of the current interpreter handles, with the thread's
/// identifier.
pub fn current_exceptions(py: Py) -> Vec<(u64, Option<Owned>)> {
    let states = own_states(py);
    // SAFETY: listed states are alive, and do not change while the GIL is held.
    states
        .iter()
        .map(|&s| unsafe { ((*(*s).raw()).thread_id, (*s).handled_exception()) })
        .collect()
}

/// Has an exception raised in another thread (`PyThreadState_SetAsyncExc`); `None` takes
/// it back. False where there is no such thread.
pub fn set_async_exception(py: Py, ident: u64, exception: Option<&Object>) -> bool {
    let states = STATES.get(py).borrow().clone();
    for state in states {
        // SAFETY: listed states are alive; the field owns its reference.
        unsafe {
            if (*(*state).raw()).thread_id != ident {
                continue;
            }
            let new = exception.map_or(std::ptr::null_mut(), |e| e.to_owned().into_ptr());
            let old = std::mem::replace(&mut (*(*state).raw()).async_exc, new);
            if !old.is_null() {
                Object::decref(old);
            }
        }
        EVAL_BREAKER.fetch_or(
            breaker::ASYNC_EXCEPTION,
            std::sync::atomic::Ordering::AcqRel,
        );
        return true;
    }
    false
}

/// Work on its way to another thread.
struct Work(Box<dyn FnOnce(Py)>);
// SAFETY: the objects in it are only touched by the new thread once it holds the GIL, or
// by the starting thread, which holds it.
unsafe impl Send for Work {}

/// Starts a thread, which runs the work with the GIL; when its state has been emptied, it
/// calls `done`, still with the GIL. A stack size of zero is the system's default. The
/// result is the thread's identifier.
pub fn spawn(
    py: Py,
    stack_size: usize,
    work: impl FnOnce(Py) + 'static,
    done: impl FnOnce(Py) + 'static,
) -> std::io::Result<u64> {
    let id = gil::next_thread_id(py);
    let interpreter = interpreter::current(py);
    let work = move |py: Py| {
        py.thread().join_interpreter(&interpreter);
        work(py);
    };
    let (work, done) = (Work(Box::new(work)), Work(Box::new(done)));
    // Rust's own default is smaller than the system's. What is asked for is for Python
    // code; the margin that the interpreter keeps comes on top.
    let size = if stack_size == 0 {
        DEFAULT_STACK
    } else {
        stack_size + STACK_MARGIN
    };
    krait_heap::limit_arenas();
    let builder = std::thread::Builder::new().stack_size(size);
    let handle = builder.spawn(move || run(id, work, done))?;
    Ok(std::os::unix::thread::JoinHandleExt::as_pthread_t(&handle))
}

const DEFAULT_STACK: usize = 8 << 20;
const STACK_MARGIN: usize = 512 << 10;

fn run(id: u64, work: Work, done: Work) {
    let state = Box::into_raw(ThreadState::new(id));
    gil::set_own_state(state);
    // SAFETY: the state is this thread's, which does not hold the GIL yet.
    let py = unsafe { gil::acquire(state) };
    register(py);
    let (work, done) = (work, done);
    if std::panic::catch_unwind(AssertUnwindSafe(|| (work.0)(py))).is_err() {
        eprintln!("Fatal Python error: a thread has panicked");
    }
    end(py);
    (done.0)(py);
    // SAFETY: the state is off the list, nothing of it is left, and it is not used after.
    unsafe {
        gil::set_own_state(std::ptr::null());
        gil::release();
        drop(Box::from_raw(state));
    }
}

/// Ends the calling thread's Python life; its state may be freed afterwards.
pub fn end(py: Py) {
    let functions = ON_END.get(py).borrow().clone();
    for function in functions {
        function(py);
    }
    crate::trace::thread_ends(py);
    forget(py, py.thread());
}

/// Empties a state with which no thread will run Python code any more.
pub fn forget(py: Py, thread: &ThreadState) {
    drop(thread.take_exception());
    clear_fields(thread);
    STATES
        .get(py)
        .borrow_mut()
        .retain(|&s| !std::ptr::eq(s, thread));
    // SAFETY: the thread runs no Python code any more.
    unsafe { stack::free(thread) };
}

/// The event loop and the task of each thread that is in one.
pub fn running_tasks(py: Py) -> Vec<(Value, Value)> {
    let states = STATES.get(py).borrow().clone();
    let peek = |cell: &Cell<Option<Value>>| {
        let value = cell.take();
        cell.set(value.clone());
        value
    };
    let of_state = |state: &ThreadState| {
        let event_loop = peek(&state.running_loop)?;
        Some((event_loop, peek(&state.running_task)?))
    };
    states
        .iter()
        // SAFETY: listed states are alive, and do not change while the GIL is held.
        .filter_map(|&state| of_state(unsafe { &*state }))
        .collect()
}

/// Gives up the references that a state owns.
fn clear_fields(thread: &ThreadState) {
    drop(thread.running_task.take());
    drop(thread.running_loop.take());
    // SAFETY: the fields own their references, which are taken out before they are given
    // back, since that may run code.
    unsafe {
        let raw = thread.raw();
        let fields = [
            &raw mut (*raw).dict,
            &raw mut (*raw).async_exc,
            &raw mut (*raw).context,
            &raw mut (*raw).async_gen_firstiter,
            &raw mut (*raw).async_gen_finalizer,
            &raw mut (*raw).c_profileobj,
            &raw mut (*raw).c_traceobj,
            &raw mut (*raw).exc_state.exc_value,
        ];
        for field in fields {
            let object = std::mem::replace(&mut *field, std::ptr::null_mut());
            if !object.is_null() {
                Object::decref(object);
            }
        }
    }
}

/// Forks by the function given, which returns 0 in the child. There the calling thread is
/// the only one, the main one, and holds the GIL.
pub fn fork<E>(py: Py, fork: impl FnOnce() -> Result<i32, E>) -> Result<i32, E> {
    let pid = crate::import_lock::around_fork(py, || gil::around_fork(py, fork))?;
    if pid == 0 {
        // SAFETY: this is the child, in the thread that forked with the GIL held.
        unsafe { gil::after_fork_child() };
        // What other threads' states own is not given back: their frames may hold
        // anything in any condition.
        STATES.get(py).borrow_mut().clear();
        init(py);
        crate::instrument::settings_changed(py);
    }
    Ok(pid)
}
