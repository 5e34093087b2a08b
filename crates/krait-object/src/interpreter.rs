//! The interpreters of the process: the main one and those that `_interpreters` makes.
//!
//! They share the lock, the heap, the builtin types and the interned strings, and have each
//! their own `sys`, `builtins`, modules and what an `InterpreterCell` keeps. What always
//! holds: a thread state belongs to one interpreter from its first use to its last, and that
//! one is the current interpreter while the state is current.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use krait_abi::PyInterpreterState;

use crate::py::{GilCell, Py};
use crate::thread::ThreadState;

/// Who made an interpreter (`_PyInterpreterState_WHENCE_*`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whence {
    Unknown = 0,
    Runtime = 1,
    LegacyCApi = 2,
    CApi = 3,
    CrossInterpreter = 4,
    Library = 5,
}

/// Whose lock an interpreter asks for. Krait has one; what asks for its own gets that.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    Default,
    Shared,
    Own,
}

/// What an interpreter may do (`PyInterpreterConfig`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Config {
    pub use_main_obmalloc: bool,
    pub allow_fork: bool,
    pub allow_exec: bool,
    pub allow_threads: bool,
    pub allow_daemon_threads: bool,
    pub check_multi_interp_extensions: bool,
    pub gil: Lock,
}

impl Config {
    pub const ISOLATED: Config = Config {
        use_main_obmalloc: false,
        allow_fork: false,
        allow_exec: false,
        allow_threads: true,
        allow_daemon_threads: false,
        check_multi_interp_extensions: true,
        gil: Lock::Own,
    };
    pub const LEGACY: Config = Config {
        use_main_obmalloc: true,
        allow_fork: true,
        allow_exec: true,
        allow_threads: true,
        allow_daemon_threads: true,
        check_multi_interp_extensions: false,
        gil: Lock::Shared,
    };
    pub const EMPTY: Config = Config {
        use_main_obmalloc: false,
        allow_fork: false,
        allow_exec: false,
        allow_threads: false,
        allow_daemon_threads: false,
        check_multi_interp_extensions: false,
        gil: Lock::Default,
    };
    /// What the main interpreter says of itself.
    const MAIN: Config = Config {
        gil: Lock::Own,
        ..Config::LEGACY
    };

    /// Whether an interpreter can be made with it, as CPython's `init_interp_settings` has it.
    pub fn is_possible(&self) -> bool {
        // An extension that initialises itself in one phase is told of no interpreter, and
        // takes the main one's memory.
        self.use_main_obmalloc || self.check_multi_interp_extensions
    }
}

/// One interpreter.
pub struct Interpreter {
    /// Never given twice; the main one's is 0.
    pub id: i64,
    pub whence: Whence,
    pub config: Config,
    /// It can be used: its modules are there, and it has not begun to end.
    pub ready: Cell<bool>,
    /// Code runs as its `__main__`.
    pub running_main: Cell<bool>,
    /// It has begun to end.
    pub ending: Cell<bool>,
    /// Objects that stand for it; where it depends on them, it ends with the last.
    pub references: Cell<i64>,
    pub needs_references: Cell<bool>,
    /// What C sees of it: an address, where its number stands.
    address: Box<[i64; 8]>,
}

/// The number of an interpreter as C knows it; without one, the main interpreter's.
///
/// # Safety
/// The interpreter is on the list.
pub unsafe fn id_of(interpreter: *const PyInterpreterState) -> i64 {
    if interpreter.is_null() {
        return 0;
    }
    // SAFETY: the contract; the number stands first, and the main one's place has zeros.
    unsafe { *interpreter.cast::<i64>() }
}

impl Interpreter {
    /// What C knows it by.
    pub fn as_c(&self) -> *mut PyInterpreterState {
        if self.is_main() {
            return crate::thread::main_interpreter();
        }
        (&raw const *self.address).cast_mut().cast()
    }

    pub fn is_main(&self) -> bool {
        self.id == 0
    }
}

/// All interpreters, the main one first.
static ALL: GilCell<RefCell<Vec<Rc<Interpreter>>>> = GilCell::new(RefCell::new(Vec::new()));
static NEXT: GilCell<Cell<i64>> = GilCell::new(Cell::new(0));

/// Makes an interpreter of which nothing but its record is there yet.
pub fn add(py: Py, whence: Whence, config: Config) -> Rc<Interpreter> {
    let id = NEXT.get(py).get();
    NEXT.get(py).set(id + 1);
    let interpreter = Rc::new(Interpreter {
        id,
        whence,
        config,
        ready: Cell::new(false),
        running_main: Cell::new(false),
        ending: Cell::new(false),
        references: Cell::new(0),
        needs_references: Cell::new(false),
        address: Box::new([id, 0, 0, 0, 0, 0, 0, 0]),
    });
    ALL.get(py).borrow_mut().push(interpreter.clone());
    interpreter
}

/// Makes the main interpreter's record; before the first thread runs Python code.
pub(crate) fn init(py: Py) {
    if !ALL.get(py).borrow().is_empty() {
        return;
    }
    let main = add(py, Whence::Runtime, Config::MAIN);
    main.ready.set(true);
    main.running_main.set(true);
}

/// Takes an interpreter off the list and gives up what its cells keep.
pub fn remove(py: Py, interpreter: &Interpreter) {
    ALL.get(py).borrow_mut().retain(|i| i.id != interpreter.id);
    empty(py, interpreter);
}

/// Gives up what an interpreter's cells keep.
pub fn empty(py: Py, interpreter: &Interpreter) {
    // What a cell keeps may run code when it goes, and that may fill another cell again.
    for _ in 0..2 {
        let cells = CELLS.get(py).borrow().clone();
        for cell in cells {
            cell.forget(py, interpreter.id);
        }
    }
}

pub fn all(py: Py) -> Vec<Rc<Interpreter>> {
    ALL.get(py).borrow().clone()
}

/// The number that the next interpreter gets.
pub fn next_id(py: Py) -> i64 {
    NEXT.get(py).get()
}

pub fn find(py: Py, id: i64) -> Option<Rc<Interpreter>> {
    ALL.get(py).borrow().iter().find(|i| i.id == id).cloned()
}

/// The interpreter that C knows by an address.
pub fn find_known(py: Py, known: *const PyInterpreterState) -> Option<Rc<Interpreter>> {
    let all = ALL.get(py).borrow();
    all.iter().find(|i| std::ptr::eq(i.as_c(), known)).cloned()
}

/// The interpreter of the running thread. A daemon thread may outlive its own; what it still
/// does counts as the main one's.
pub fn current(py: Py) -> Rc<Interpreter> {
    find(py, py.thread().interpreter.get())
        .or_else(|| find(py, 0))
        .expect("the main interpreter stays on the list")
}

/// Whether the running thread is the main interpreter's.
#[inline]
pub fn in_main(py: Py) -> bool {
    py.thread().interpreter.get() == 0
}

impl ThreadState {
    /// Makes the state one of an interpreter; before its first use.
    pub fn join_interpreter(&self, interpreter: &Interpreter) {
        // SAFETY: who has it has kept it on the list.
        unsafe { self.join_known(interpreter.as_c()) };
    }

    /// As `join_interpreter`, for one that C knows; the GIL need not be held.
    ///
    /// # Safety
    /// The interpreter is on the list.
    pub unsafe fn join_known(&self, known: *mut PyInterpreterState) {
        // SAFETY: the contract; nobody else uses the state yet.
        unsafe {
            self.interpreter.set(id_of(known));
            (*self.raw()).interp = known;
        }
    }
}

/// What one cell does when an interpreter ends.
trait Forget: Sync {
    fn forget(&self, py: Py, id: i64);
}

/// The cells of which an interpreter other than the main one has used its own.
static CELLS: GilCell<RefCell<Vec<&'static dyn Forget>>> = GilCell::new(RefCell::new(Vec::new()));

/// State of which each interpreter has its own, made when it is first looked at.
pub struct InterpreterCell<T: 'static> {
    main: GilCell<std::cell::OnceCell<T>>,
    others: GilCell<RefCell<Option<HashMap<i64, Rc<T>>>>>,
    make: fn() -> T,
}

/// What an `InterpreterCell` holds for the current interpreter.
pub enum OfInterpreter<T: 'static> {
    Main(&'static T),
    Other(Rc<T>),
}

impl<T> std::ops::Deref for OfInterpreter<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            OfInterpreter::Main(value) => value,
            OfInterpreter::Other(value) => value,
        }
    }
}

impl<T> InterpreterCell<T> {
    pub const fn new(make: fn() -> T) -> InterpreterCell<T> {
        InterpreterCell {
            main: GilCell::new(std::cell::OnceCell::new()),
            others: GilCell::new(RefCell::new(None)),
            make,
        }
    }

    /// The current interpreter's own.
    #[inline]
    pub fn get(&'static self, py: Py) -> OfInterpreter<T> {
        self.of(py, py.thread().interpreter.get())
    }

    /// That of the interpreter with this number.
    #[inline]
    pub fn of(&'static self, py: Py, id: i64) -> OfInterpreter<T> {
        if id == 0 {
            return OfInterpreter::Main(self.main.get(py).get_or_init(self.make));
        }
        self.of_other(py, id)
    }

    #[cold]
    fn of_other(&'static self, py: Py, id: i64) -> OfInterpreter<T> {
        let mut others = self.others.get(py).borrow_mut();
        let others = others.get_or_insert_with(|| {
            CELLS.get(py).borrow_mut().push(self);
            HashMap::new()
        });
        let value = others.entry(id).or_insert_with(|| Rc::new((self.make)()));
        OfInterpreter::Other(value.clone())
    }
}

impl<T> Forget for InterpreterCell<T> {
    fn forget(&self, py: Py, id: i64) {
        let taken = self
            .others
            .get(py)
            .borrow_mut()
            .as_mut()
            .and_then(|others| others.remove(&id));
        drop(taken);
    }
}
