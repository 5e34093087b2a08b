//! Interpreters beside the main one: their start, their end, and how a thread runs code in
//! one. What they are is in `krait_object::interpreter`.
//!
//! A thread has one state in each interpreter that it runs code of at the moment, and the
//! innermost is its own (`gil::own_state`).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use krait_object::gil;
use krait_object::interpreter::{self, Config, Interpreter, InterpreterCell, Whence};
use krait_object::object::Owned;
use krait_object::py::{GilCell, Py, PyResult};
use krait_object::thread::{self, ThreadState};
use krait_object::types::dict::Dict;

use crate::threads;

/// How the program brings an interpreter up and down.
#[derive(Clone, Copy)]
pub struct Life {
    /// Makes the modules that a program finds when it starts; runs in the interpreter.
    pub start: fn(Py) -> PyResult<()>,
    /// Waits for its threads, calls what is to be called at exit and gives up its modules.
    pub end: fn(Py),
}

static LIFE: GilCell<Cell<Option<Life>>> = GilCell::new(Cell::new(None));

/// Says how interpreters start and end.
pub fn set_life(py: Py, life: Life) {
    LIFE.get(py).set(Some(life));
}

/// The names of a `__main__` that something runs as which is no Python code: `dir()` that
/// another interpreter calls.
static MAIN_NAMES: InterpreterCell<RefCell<Option<Owned<Dict>>>> =
    InterpreterCell::new(RefCell::default);

/// What stands for the caller's names where no Python code calls.
pub(crate) fn main_names(py: Py) -> Option<Owned<Dict>> {
    MAIN_NAMES.get(py).borrow().clone()
}

/// Runs the work with the names of the `__main__` that it is run as.
pub fn as_main<R>(py: Py, names: &Owned<Dict>, work: impl FnOnce() -> R) -> R {
    let before = MAIN_NAMES.get(py).replace(Some(names.clone()));
    let result = work();
    drop(MAIN_NAMES.get(py).replace(before));
    result
}

/// The state that a thread had before it entered an interpreter, which it gets back.
struct Entered {
    before: *const ThreadState,
    state: *const ThreadState,
}

impl Entered {
    fn new(py: Py, interpreter: &Interpreter) -> Entered {
        let state = ThreadState::new(gil::next_thread_id(py));
        state.join_interpreter(interpreter);
        let entered = Entered {
            before: py.thread(),
            state: Box::into_raw(state),
        };
        gil::set_own_state(entered.state);
        // SAFETY: the GIL is held, and the state lives until `drop`.
        unsafe { thread::set_current(entered.state) };
        threads::register(py);
        entered
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // SAFETY: the thread holds the GIL with the state made above, as it did when it
        // entered; what is in between takes it again before it returns.
        unsafe {
            threads::end(Py::assume());
            gil::set_own_state(self.before);
            thread::set_current(self.before);
            drop(Box::from_raw(self.state.cast_mut()));
        }
    }
}

/// Runs the work in an interpreter. The exception that it leaves set is gone afterwards.
pub fn within<R>(py: Py, interpreter: &Interpreter, work: impl FnOnce(Py) -> R) -> R {
    let entered = Entered::new(py, interpreter);
    let result = work(py);
    drop(entered);
    result
}

/// Makes an interpreter and starts it; what it raised where that failed, as text.
pub fn create(py: Py, whence: Whence, config: Config) -> Result<Rc<Interpreter>, String> {
    let new = interpreter::add(py, whence, config);
    let started = within(py, &new, |py| {
        let Some(life) = LIFE.get(py).get() else {
            return Err("interpreters cannot be made here".to_string());
        };
        (life.start)(py).map_err(|_| match py.thread().take_exception() {
            Some(exception) => exception.ty().name().to_string(),
            None => String::new(),
        })
    });
    if let Err(text) = started {
        destroy(py, &new);
        return Err(text);
    }
    new.ready.set(true);
    Ok(new)
}

/// Ends an interpreter in which no thread runs `__main__`.
pub fn destroy(py: Py, interpreter: &Rc<Interpreter>) {
    if interpreter.ending.replace(true) {
        return;
    }
    within(py, interpreter, |py| end(py, interpreter, || {}));
}

/// Ends the interpreter that the thread is in; the check comes before its objects go.
pub fn end(py: Py, interpreter: &Rc<Interpreter>, check: impl FnOnce()) {
    interpreter.ending.set(true);
    if let Some(life) = LIFE.get(py).get() {
        (life.end)(py);
    }
    check();
    interpreter.ready.set(false);
    interpreter::remove(py, interpreter);
}

/// Ends all interpreters but the main one; at the end of the program. How many there were.
pub fn destroy_all(py: Py) -> usize {
    let rest = || interpreter::all(py).into_iter().filter(|i| !i.is_main());
    let count = rest().count();
    for interpreter in rest() {
        destroy(py, &interpreter);
    }
    count
}
