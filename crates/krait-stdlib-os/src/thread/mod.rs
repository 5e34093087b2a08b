//! `_thread`: starting threads, locks, thread-local data.

use std::cell::Cell;

use krait_object::interpreter;
use krait_object::native::module::NativeModule;
use krait_object::{
    Builtin, Dict, GilCell, Instance, InterpreterCell, Layout, ModuleBuilder, Py, PyResult, Tuple,
    Value, errors, exceptions, protocol, raise,
};
use krait_sys::thread as sys;

mod excepthook;
pub mod handle;
mod local;
pub mod lock;
mod rlock;

use handle::ThreadHandle;
use local::Local;
use lock::Lock;
use rlock::RLock;

pub const MODULE: NativeModule = NativeModule {
    name: "_thread",
    init,
};

/// The longest wait that locks take, in seconds.
pub const TIMEOUT_MAX: f64 = 9_223_372_036.0;
/// The longest thread name that Linux keeps.
const NAME_MAX: usize = 15;

static COUNT: InterpreterCell<Cell<i64>> = InterpreterCell::new(Cell::default);
static STACK_SIZE: GilCell<Cell<usize>> = GilCell::new(Cell::new(0));

/// Prepares the main thread.
pub fn start(py: Py) {
    sys::register();
    krait_vm::threads::on_end(py, local::thread_ends);
}

/// In a forked child the other threads are gone.
pub fn after_fork(py: Py) {
    COUNT.get(py).set(0);
    handle::after_fork(py);
}

/// Runs a thread's function; what it raises is reported.
fn run(py: Py, function: &Value, args: &Tuple, kwargs: Option<&Dict>) {
    let result = protocol::call::call_tuple(py, function, args, kwargs);
    if result.is_err() {
        if errors::take_if(py, &exceptions::SystemExit).is_some() {
            return;
        }
        let shown = protocol::repr(py, function)
            .map(|r| r.to_rust().into_owned())
            .unwrap_or_else(|_| {
                drop(py.thread().take_exception());
                "<unknown function>".to_string()
            });
        errors::write_unraisable(
            py,
            Some(&format!("Exception ignored in thread started by {shown}")),
            None,
        );
    }
}

/// Starts a thread: the function runs in it, `done` when it is over.
fn spawn(
    py: Py,
    function: Value,
    args: krait_object::Owned<Tuple>,
    kwargs: Option<krait_object::Owned<Dict>>,
    done: impl FnOnce(Py) + 'static,
) -> PyResult<u64> {
    if !interpreter::current(py).config.allow_threads {
        return raise!(
            py,
            RuntimeError,
            "thread is not supported for isolated subinterpreters"
        );
    }
    let started = krait_vm::threads::spawn(
        py,
        STACK_SIZE.get(py).get(),
        move |py: Py| {
            sys::register();
            COUNT.get(py).set(COUNT.get(py).get() + 1);
            run(py, &function, &args, kwargs.as_deref());
            drop((function, args, kwargs));
            COUNT.get(py).set(COUNT.get(py).get() - 1);
            sys::unregister();
        },
        done,
    );
    match started {
        Ok(ident) => Ok(ident),
        Err(_) => raise!(py, RuntimeError, "can't start new thread"),
    }
}

fn start_new_thread(
    py: Py,
    function: &Value,
    args: &Value,
    kwargs: Option<&Value>,
) -> PyResult<u64> {
    if !protocol::call::is_callable(function) {
        return raise!(py, TypeError, "first arg must be callable");
    }
    let Some(args) = args.downcast::<Tuple>() else {
        return raise!(py, TypeError, "2nd arg must be a tuple");
    };
    let kwargs = match kwargs {
        None => None,
        Some(kwargs) => match kwargs.downcast::<Dict>() {
            Some(dict) => Some(dict.to_owned()),
            None => return raise!(py, TypeError, "optional 3rd arg must be a dictionary"),
        },
    };
    let given = kwargs.clone().map_or_else(Value::none, Value::from);
    let told = [function.clone(), Value::from(args.to_owned()), given];
    crate::blocking::audit(py, "_thread.start_new_thread", &told)?;
    handle::check_not_ending(py, NO_THREAD)?;
    spawn(py, function.clone(), args.to_owned(), kwargs, |_| {})
}

const NO_THREAD: &str = "can't create new thread at interpreter shutdown";

/// The smallest stack that a thread can be given.
const LEAST_STACK: isize = 53248;

fn stack_size(py: Py, size: Option<isize>) -> PyResult<usize> {
    let old = STACK_SIZE.get(py).get();
    match size {
        None => {}
        Some(size) if size != 0 && size < LEAST_STACK => {
            return raise!(py, ValueError, "size must be at least {LEAST_STACK} bytes");
        }
        Some(size) => STACK_SIZE.get(py).set(size as usize),
    }
    Ok(old)
}

fn exit(py: Py) -> PyResult {
    Err(errors::raise_args(py, &exceptions::SystemExit, &[]))
}

fn set_name(py: Py, name: &krait_object::Str) -> PyResult<()> {
    let mut bytes = crate::paths::encode(py, name)?;
    if let Some(zero) = bytes.iter().position(|&b| b == 0) {
        bytes.truncate(zero);
    }
    bytes.truncate(NAME_MAX);
    let name = std::ffi::CString::new(bytes).unwrap_or_default();
    crate::blocking::os(py, sys::set_name(&name))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text(
        "__doc__",
        "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    )?;
    m.class::<Lock>()?
        .class::<RLock>()?
        .class::<ThreadHandle>()?
        .class::<Local>()?;
    m.value(
        "LockType",
        Value::from(Instance::<Lock>::type_object().to_owned()),
    )?
    .value("error", Value::from(exceptions::RuntimeError.to_owned()))?
    .value("TIMEOUT_MAX", Value::float(TIMEOUT_MAX))?
    .int("_NAME_MAXLEN", NAME_MAX as i64)?;
    for text in [
        "start_new_thread($module, function, args, kwargs={}, /)",
        "start_new($module, function, args, kwargs={}, /)",
    ] {
        m.function(text, start_new_thread)?;
    }
    for text in ["allocate_lock()", "allocate()"] {
        m.function(text, |py: Py| Instance::new(py, Lock::default()))?;
    }
    for text in ["exit()", "exit_thread()"] {
        m.function(text, exit)?;
    }
    m.function("daemon_threads_allowed()", |py: Py| {
        interpreter::current(py).config.allow_daemon_threads
    })?
    .function("get_ident()", |_py| sys::ident())?
    .function("get_native_id()", |_py| krait_sys::process::gettid())?
    .function("_count()", |py: Py| COUNT.get(py).get())?
    .function("_get_main_thread_ident()", |py: Py| {
        krait_vm::threads::main_ident(py)
    })?
    .function("_is_main_interpreter()", |py: Py| interpreter::in_main(py))?
    .function("stack_size($module, size=0, /)", stack_size)?
    .function(
        "interrupt_main($module, signum=signal.SIGINT, /)",
        |py: Py, signum: Option<i32>| {
            crate::signal::interrupt(py, signum.unwrap_or(krait_sys::libc::SIGINT))
        },
    )?
    .function("set_name($module, /, name)", set_name)?
    .function("_get_name()", |py: Py| {
        crate::blocking::os(py, sys::name()).map(|n| crate::paths::decode(&n))
    })?;
    handle::define(m)?;
    excepthook::define(m)
}
