//! `_ThreadHandle`: a thread that can be joined.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use krait_object::native::{Class, TypeBuilder};
use krait_object::{
    Builtin, GilCell, Instance, InterpreterCell, Layout, ModuleBuilder, Owned, Py, PyResult, Tuple,
    Type, Value, class_cell, protocol, raise,
};
use krait_sys::thread::{RawLock, ident};

use super::lock::{Wait, acquire};
use crate::time::convert::{Round, nanoseconds};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Running,
    Done,
}

/// A thread's condition, shared by its handle and the thread itself.
pub struct Record {
    stage: Cell<Stage>,
    ident: Cell<u64>,
    /// Held until the thread is over.
    over: Arc<RawLock>,
}

impl Record {
    fn new() -> Rc<Record> {
        let over = Arc::new(RawLock::new());
        over.try_acquire();
        Rc::new(Record {
            stage: Cell::new(Stage::New),
            ident: Cell::new(0),
            over,
        })
    }

    fn finish(&self) {
        if self.stage.replace(Stage::Done) != Stage::Done {
            self.over.release();
        }
    }
}

/// `_thread._ThreadHandle`.
pub struct ThreadHandle {
    record: Rc<Record>,
}

type This = Instance<ThreadHandle>;

/// All records, for a forked child; those that `_shutdown` waits for.
static ALL: GilCell<RefCell<Vec<Weak<Record>>>> = GilCell::new(RefCell::new(Vec::new()));
static NOT_DAEMONS: InterpreterCell<RefCell<Vec<Rc<Record>>>> =
    InterpreterCell::new(RefCell::default);

fn new_handle(py: Py, class: &Type) -> PyResult<Owned<This>> {
    let record = Record::new();
    let mut all = ALL.get(py).borrow_mut();
    all.retain(|r| r.strong_count() > 0);
    all.push(Rc::downgrade(&record));
    drop(all);
    Instance::new_in(py, class, ThreadHandle { record })
}

/// In a forked child: all other threads are over.
pub fn after_fork(py: Py) {
    let me = ident();
    for record in ALL.get(py).borrow().iter().filter_map(Weak::upgrade) {
        if record.ident.get() != me && record.stage.get() == Stage::Running {
            record.finish();
        }
    }
    NOT_DAEMONS.get(py).borrow_mut().clear();
}

/// Set when other threads run no Python code any more: the program ends.
static ENDING: AtomicBool = AtomicBool::new(false);

/// From here on other threads stand still for ever: to wait for one, or to start one, is an
/// error.
pub fn program_ends() {
    ENDING.store(true, Ordering::Relaxed);
}

/// Refuses what the end of the program does not allow.
pub fn check_not_ending(py: Py, text: &str) -> PyResult<()> {
    if ENDING.load(Ordering::Relaxed) {
        return raise!(py, PythonFinalizationError, "{text}");
    }
    Ok(())
}

/// Waits until a thread is over; false where the time is over before.
fn wait(py: Py, record: &Record, wait: Wait) -> PyResult<bool> {
    let over = record.over.clone();
    let taken = acquire(py, &over, wait)?;
    if taken {
        over.release();
    }
    Ok(taken)
}

fn join(py: Py, this: &This, timeout: Option<&Value>) -> PyResult<()> {
    let limit = match timeout {
        None => Wait::Forever,
        Some(timeout) => {
            let nanos = nanoseconds(py, timeout, Round::Timeout)?;
            match u64::try_from(nanos) {
                Ok(nanos) => Wait::For(std::time::Duration::from_nanos(nanos)),
                Err(_) => Wait::Forever,
            }
        }
    };
    let record = this.record.clone();
    match record.stage.get() {
        Stage::New => return raise!(py, RuntimeError, "thread not started"),
        Stage::Running if record.ident.get() == ident() => {
            return raise!(py, RuntimeError, "Cannot join current thread");
        }
        Stage::Running if ENDING.load(Ordering::Relaxed) => {
            return raise!(
                py,
                PythonFinalizationError,
                "cannot join thread at interpreter shutdown"
            );
        }
        _ => {}
    }
    wait(py, &record, limit).map(drop)
}

impl Class for ThreadHandle {
    const NAME: &'static str = "_thread._ThreadHandle";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.new_with("_ThreadHandle()", new_handle)
            .repr(|_py, this: &This| {
                format!(
                    "<{} object: ident={}>",
                    this.as_object().ty().name(),
                    this.record.ident.get()
                )
            })
            .getter("ident", |_py, this: &This| this.record.ident.get())
            .method("join($self, timeout=None, /)", join)
            .method("is_done($self, /)", |_py, this: &This| {
                this.record.stage.get() == Stage::Done
            })
            .method("_set_done($self, /)", |py: Py, this: &This| {
                if this.record.stage.get() == Stage::New {
                    return raise!(py, RuntimeError, "thread not started");
                }
                this.record.finish();
                Ok(())
            });
    }
}

fn start(
    py: Py,
    function: &Value,
    handle: Option<&Value>,
    daemon: Option<bool>,
) -> PyResult<Owned<This>> {
    if !protocol::call::is_callable(function) {
        return raise!(py, TypeError, "thread function must be callable");
    }
    let given = handle.cloned().unwrap_or_else(Value::none);
    let handle = match handle.filter(|h| !h.is_none()) {
        None => new_handle(py, This::type_object())?,
        Some(handle) => match handle.downcast::<This>() {
            Some(handle) => Layout::to_owned(handle),
            None => return raise!(py, TypeError, "'handle' must be a _ThreadHandle"),
        },
    };
    let told = [
        function.clone(),
        Value::int(i64::from(daemon.unwrap_or(true))),
        given,
    ];
    crate::blocking::audit(py, "_thread.start_joinable_thread", &told)?;
    let record = handle.record.clone();
    if record.stage.get() != Stage::New {
        return raise!(py, RuntimeError, "thread already started");
    }
    check_not_ending(py, super::NO_THREAD)?;
    record.stage.set(Stage::Running);
    let of_thread = record.clone();
    let started = super::spawn(py, function.clone(), Tuple::empty(), None, move |py: Py| {
        NOT_DAEMONS
            .get(py)
            .borrow_mut()
            .retain(|r| !Rc::ptr_eq(r, &of_thread));
        of_thread.finish();
    });
    match started {
        Ok(ident) => record.ident.set(ident),
        Err(raised) => {
            record.stage.set(Stage::New);
            return Err(raised);
        }
    }
    if !daemon.unwrap_or(true) {
        NOT_DAEMONS.get(py).borrow_mut().push(record);
    }
    Ok(handle)
}

/// Waits for all threads that are not daemons; at the end of the program.
pub fn shutdown(py: Py) -> PyResult<()> {
    let me = ident();
    loop {
        let next = NOT_DAEMONS
            .get(py)
            .borrow()
            .iter()
            .find(|r| r.ident.get() != me)
            .cloned();
        let Some(record) = next else { return Ok(()) };
        wait(py, &record, Wait::Forever)?;
        NOT_DAEMONS
            .get(py)
            .borrow_mut()
            .retain(|r| !Rc::ptr_eq(r, &record));
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "start_joinable_thread($module, /, function, handle=None, daemon=True)",
        start,
    )?
    .function(
        "_make_thread_handle($module, ident, /)",
        |py: Py, ident: u64| {
            let handle = new_handle(py, This::type_object())?;
            handle.record.ident.set(ident);
            handle.record.stage.set(Stage::Running);
            Ok::<_, krait_object::Raised>(handle)
        },
    )?
    .function("_shutdown()", shutdown)?;
    Ok(())
}
