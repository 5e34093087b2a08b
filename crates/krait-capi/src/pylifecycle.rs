//! `pylifecycle.h`: the end of the program, a second program, and interpreters beside the
//! main one.
//!
//! Extensions come when the program runs already: what starts a runtime finds one. After
//! `Py_FinalizeEx` none can be started again.

use std::cell::Cell;
use std::ffi::{CStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStringExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use krait_object::interpreter::{self, Config, Lock, Whence};
use krait_object::thread::ThreadState;
use krait_object::{GilCell, Py, errors, gil};
use krait_stdlib_core::run;
use krait_vm::{attach, subinterpreter, threads};

use crate::border::export;
use crate::pystate::{State, as_c, export_free, from_c};
use crate::stable_rest::{encode_locale, wide_len};
use crate::status::Status;

/// What the program's own start and end are.
#[derive(Clone, Copy)]
pub struct Program {
    /// Ends the runtime; whether all output could be written.
    pub finalize: fn(Py) -> bool,
    /// Does what these arguments ask for, and ends the runtime; the exit code.
    pub main: fn(Py, Vec<OsString>) -> c_int,
}

static PROGRAM: GilCell<Cell<Option<Program>>> = GilCell::new(Cell::new(None));
static FINALIZED: AtomicBool = AtomicBool::new(false);

pub fn set_program(py: Py, program: Program) {
    PROGRAM.get(py).set(Some(program));
}

fn program(py: Py) -> Program {
    let Some(program) = PROGRAM.get(py).get() else {
        errors::fatal("Py_FinalizeEx", "the runtime is part of another program")
    };
    program
}

/// Functions of C's for the end of the program, the last one's turn first.
static AT_EXIT: Mutex<Vec<unsafe extern "C-unwind" fn()>> = Mutex::new(Vec::new());

extern "C" fn run_exit_functions() {
    let functions = std::mem::take(&mut *AT_EXIT.lock().unwrap_or_else(PoisonError::into_inner));
    for function in functions.into_iter().rev() {
        // SAFETY: C gave the function for this.
        unsafe { function() }
    }
}

/// Ends the runtime once; the calling thread keeps the GIL, for which all others wait.
fn finalize(py: Py) -> c_int {
    if FINALIZED.load(Ordering::Acquire) {
        return 0;
    }
    if !interpreter::in_main(py) {
        errors::fatal("Py_FinalizeEx", "the interpreter is not the main one");
    }
    let written = (program(py).finalize)(py);
    FINALIZED.store(true, Ordering::Release);
    run_exit_functions();
    if written { 0 } else { -1 }
}

/// What `Py_Initialize` does with a runtime that runs, or has run.
fn initialize() {
    if FINALIZED.load(Ordering::Acquire) {
        errors::fatal("Py_Initialize", "the runtime cannot be started again");
    }
}

fn main_again(py: Py, arguments: Vec<OsString>) -> c_int {
    initialize();
    let code = (program(py).main)(py, arguments);
    if run::is_finalizing() {
        FINALIZED.store(true, Ordering::Release);
        run_exit_functions();
    }
    code
}

export_free! {
    fn Py_IsInitialized() -> c_int { c_int::from(!FINALIZED.load(Ordering::Acquire)) }
    fn Py_IsFinalizing() -> c_int { c_int::from(run::is_finalizing()) }
    fn Py_AtExit(function: Option<unsafe extern "C-unwind" fn()>) -> c_int {
        let Some(function) = function else { return -1 };
        let mut functions = AT_EXIT.lock().unwrap_or_else(PoisonError::into_inner);
        if functions.is_empty() {
            libc::atexit(run_exit_functions);
        }
        functions.push(function);
        0
    }
}

export! {
    fn Py_Initialize(_py) { initialize() }
    fn Py_InitializeEx(_py, _signals: c_int) { initialize() }
    fn Py_Finalize(py) { finalize(py); }
    fn Py_FinalizeEx(py) -> c_int { finalize(py) }
    fn Py_Exit(py, status: c_int) {
        let status = if finalize(py) < 0 { 120 } else { status };
        libc::exit(status)
    }
    fn Py_Main(py, count: c_int, arguments: *const *const i32) -> c_int {
        let given = std::slice::from_raw_parts(arguments, usize::try_from(count).unwrap_or(0));
        let texts = given.iter().map(|&text| {
            let wide = std::slice::from_raw_parts(text, wide_len(text));
            match encode_locale(wide) {
                Some(bytes) => OsString::from_vec(bytes),
                None => errors::fatal("Py_Main", "cannot encode command line"),
            }
        });
        main_again(py, texts.collect())
    }
    fn Py_BytesMain(py, count: c_int, arguments: *const *const c_char) -> c_int {
        let given = std::slice::from_raw_parts(arguments, usize::try_from(count).unwrap_or(0));
        let texts = given.iter().map(|&text| OsString::from_vec(CStr::from_ptr(text).to_bytes().to_vec()));
        main_again(py, texts.collect())
    }
    fn Py_NewInterpreter(py) -> State {
        match start(py, Whence::LegacyCApi, Config::LEGACY) {
            Ok(state) => as_c(state),
            Err(text) => errors::fatal("Py_NewInterpreter", text.to_str().unwrap_or_default()),
        }
    }
    fn Py_EndInterpreter(py, state: State) { end(py, from_c(state)) }
}

/// `PyInterpreterConfig`
#[repr(C)]
pub struct InterpreterConfig {
    use_main_obmalloc: c_int,
    allow_fork: c_int,
    allow_exec: c_int,
    allow_threads: c_int,
    allow_daemon_threads: c_int,
    check_multi_interp_extensions: c_int,
    gil: c_int,
}

impl InterpreterConfig {
    fn read(&self) -> Result<Config, &'static CStr> {
        let config = Config {
            use_main_obmalloc: self.use_main_obmalloc != 0,
            allow_fork: self.allow_fork != 0,
            allow_exec: self.allow_exec != 0,
            allow_threads: self.allow_threads != 0,
            allow_daemon_threads: self.allow_daemon_threads != 0,
            check_multi_interp_extensions: self.check_multi_interp_extensions != 0,
            gil: match self.gil {
                0 => Lock::Default,
                1 => Lock::Shared,
                2 => Lock::Own,
                _ => return Err(c"invalid interpreter config 'gil' value"),
            },
        };
        if !config.is_possible() {
            return Err(
                c"per-interpreter obmalloc does not support single-phase init extension modules",
            );
        }
        Ok(config)
    }
}

export! {
    fn Py_NewInterpreterFromConfig(py, state: *mut State, config: *const InterpreterConfig) -> Status {
        *state = std::ptr::null_mut();
        match (*config).read().and_then(|config| start(py, Whence::CApi, config)) {
            Ok(made) => {
                *state = as_c(made);
                Status::ok()
            }
            Err(text) => Status::error(c"Py_NewInterpreterFromConfig", text),
        }
    }
}

/// Makes and starts an interpreter; the thread is in it afterwards, with the state given.
fn start(py: Py, whence: Whence, config: Config) -> Result<*const ThreadState, &'static CStr> {
    if FINALIZED.load(Ordering::Acquire) {
        return Err(c"Py_Initialize must be called first");
    }
    let made = subinterpreter::create(py, whence, config)
        .map_err(|_| c"the interpreter's modules could not be imported")?;
    let state = attach::new_state();
    // SAFETY: the thread gives the GIL up with the state it has, and takes it with the new
    // one, which nobody else knows.
    unsafe {
        (*state).join_interpreter(&made);
        gil::release();
        attach::acquire(state);
    }
    Ok(state)
}

/// Ends the interpreter that the thread is in, and the thread's state with it.
fn end(py: Py, state: *const ThreadState) {
    let fail = |text| errors::fatal("Py_EndInterpreter", text);
    if !std::ptr::eq(state, py.thread()) {
        fail("thread is not current");
    }
    if krait_vm::frame_object(py, 0).is_some() {
        fail("thread still has a frame");
    }
    let ended = interpreter::current(py);
    if ended.is_main() {
        fail("the main interpreter ends with Py_FinalizeEx");
    }
    subinterpreter::end(py, &ended, || {
        if threads::states_of(py, ended.as_c()).len() > 1 {
            fail("not the last thread");
        }
    });
    threads::end(py);
    // SAFETY: the state is empty, and the token is not used any more.
    unsafe { attach::delete_current() }
}
