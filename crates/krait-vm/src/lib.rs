//! Krait's interpreter: code objects, functions, frames, generators, and the loop that
//! runs them.
//!
//! Frames lie on one stack per thread (`stack`), a call from Python to Python goes on in
//! the same loop (`dispatch`), and each instruction is a function in `ops`. What other
//! crates use: [`init`], [`eval`] to compile, [`run`] to run, [`call`] (also by the hooks of
//! krait-object), [`frame`] for `sys._getframe`, [`trace`] and [`breaker`].

pub mod attach;
pub mod breaker;
pub mod build_class;
pub mod call;
pub mod cell;
pub mod code;
mod dispatch;
pub mod eval;
pub mod fault;
pub mod frame;
pub mod function;
pub mod generator;
pub mod import_lock;
pub mod instrument;
pub mod method;
pub mod monitoring;
mod ops;
pub mod run;
pub mod source;
pub mod stack;
mod state;
pub mod subinterpreter;
pub mod template;
pub mod threads;
pub mod trace;
pub mod tracemalloc;
mod unwind;
mod watch;
mod word;

use std::cell::{Cell, OnceCell};

use krait_bytecode::Intrinsic;
use krait_object::interpreter::InterpreterCell;
use krait_object::object::Owned;
use krait_object::py::{GilCell, Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::str::Str;
use krait_object::value::Value;
use krait_object::{hooks, protocol};

pub use call::call_function;
pub use code::CodeObject;
pub use eval::compile;
pub use frame::{FrameObject, frame_object};
pub use function::Function;
pub use generator::Generator;
pub use ops::inline::set_up as inline_builtins;

/// Makes the interpreter's types and fills the hooks of krait-object. Once, after
/// `krait_object::init`.
pub fn init(py: Py) {
    code::define();
    cell::define();
    function::define();
    method::define();
    generator::types::define();
    frame::traceback::define(py);
    hooks::install(py, |h| {
        h.call_function = |py, function, values, names| match function.downcast_exact::<Function>()
        {
            Some(function) => call::call_function(py, function, values, names),
            None => krait_object::raise!(py, TypeError, "a function is needed"),
        };
        h.super_arguments = build_class::super_arguments;
        h.current_globals = frame::globals_if_any;
    });
    threads::init(py);
    breaker::install(py, |h| {
        h.switch = krait_object::gil::yield_to_others;
        h.collect = krait_object::gc::collector::collect_due;
    });
}

static BUILTINS: InterpreterCell<OnceCell<Owned<Dict>>> = InterpreterCell::new(OnceCell::new);

/// Says which namespace is that of `builtins`: globals without `__builtins__` get it. The
/// first one stays.
pub fn set_builtins(py: Py, dict: Owned<Dict>) {
    let _ = BUILTINS.get(py).set(dict);
}

/// The namespace of `builtins`.
pub fn builtins_dict(py: Py) -> Owned<Dict> {
    BUILTINS.get(py).get_or_init(Dict::new).clone()
}

/// `sys.getrecursionlimit()`
pub fn recursion_limit(py: Py) -> usize {
    // SAFETY: the thread's own stack.
    unsafe { (*stack::of_thread(py)).recursion_limit() }
}

/// How many frames count for the recursion limit in this thread.
pub fn recursion_depth(py: Py) -> usize {
    // SAFETY: the thread's own stack.
    unsafe { (*stack::of_thread(py)).used() }
}

/// `sys.setrecursionlimit(limit)`
pub fn set_recursion_limit(py: Py, limit: usize) -> PyResult<()> {
    // SAFETY: the thread's own stack.
    let depth = unsafe { (*stack::of_thread(py)).depth() };
    if depth >= limit {
        return krait_object::raise!(
            py,
            RecursionError,
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        );
    }
    stack::set_limit(py, limit);
    Ok(())
}

/// Makes what an intrinsic of `typing` gives.
pub type TypingHook = fn(Py, Intrinsic, &[Value]) -> PyResult;

static TYPING: GilCell<Cell<TypingHook>> = GilCell::new(Cell::new(typing_by_import));

/// Replaces how type parameters and aliases are made.
pub fn set_typing_hook(py: Py, hook: TypingHook) {
    TYPING.get(py).set(hook);
}

pub(crate) fn typing_hook(py: Py) -> TypingHook {
    TYPING.get(py).get()
}

/// Type parameters by a function `_make` of the module `_typing`, which gets the
/// intrinsic's name and its arguments.
fn typing_by_import(py: Py, intrinsic: Intrinsic, arguments: &[Value]) -> PyResult {
    let typing = hooks::import_module(py, "_typing")?;
    let make = protocol::get_attr_str(py, &typing, "_make")?;
    let mut all = vec![Value::from(Str::intern(&format!("{intrinsic:?}")))];
    all.extend_from_slice(arguments);
    protocol::call(py, &make, &all)
}
