//! What a connection asks and tells the program while it works: the authorizer, the
//! progress handler, the tracer.
//!
//! A handler may be replaced while it runs, also by itself: the callbacks hold their own
//! reference to it.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use libsqlite3_sys as ffi;

use crate::database::text;
use crate::{Code, Database};

/// Allows what a statement does.
pub trait Authorizer: Send + Sync {
    /// `SQLITE_OK`, `SQLITE_DENY` or `SQLITE_IGNORE`; another number fails the statement.
    fn authorize(&self, action: i32, names: [Option<String>; 4]) -> i32;
}

/// Called while statements run.
pub trait Progress: Send + Sync {
    /// Whether to stop.
    fn interrupts(&self) -> bool;
}

/// Told of statements.
pub trait Tracer: Send + Sync {
    /// The text with its parameters' values in it; `None` where that is too long, with
    /// the text without them.
    fn trace(&self, expanded: Option<&str>, sql: &str);
}

type Slot<T> = Mutex<Option<Arc<T>>>;

/// The handlers of a connection.
#[derive(Default)]
pub(crate) struct Handlers {
    authorizer: Slot<dyn Authorizer>,
    progress: Slot<dyn Progress>,
    tracer: Slot<dyn Tracer>,
}

fn current<T: ?Sized>(slot: &Slot<T>) -> Option<Arc<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn replace<T: ?Sized>(slot: &Slot<T>, new: Option<Arc<T>>) -> Option<Arc<T>> {
    std::mem::replace(
        &mut *slot.lock().unwrap_or_else(PoisonError::into_inner),
        new,
    )
}

/// # Safety
/// The data of a callback of a connection that is open: its handlers, which live as long.
unsafe fn handlers<'a>(data: *mut c_void) -> &'a Handlers {
    // SAFETY: the contract.
    unsafe { &*data.cast::<Handlers>() }
}

unsafe extern "C" fn call_authorizer(
    data: *mut c_void,
    action: c_int,
    a: *const c_char,
    b: *const c_char,
    c: *const c_char,
    d: *const c_char,
) -> c_int {
    // SAFETY: registered with the connection's handlers.
    let Some(handler) = current(&unsafe { handlers(data) }.authorizer) else {
        return ffi::SQLITE_OK;
    };
    let names = [a, b, c, d].map(text);
    catch_unwind(AssertUnwindSafe(|| handler.authorize(action, names))).unwrap_or(ffi::SQLITE_DENY)
}

unsafe extern "C" fn call_progress(data: *mut c_void) -> c_int {
    // SAFETY: as above.
    let Some(handler) = current(&unsafe { handlers(data) }.progress) else {
        return 0;
    };
    catch_unwind(AssertUnwindSafe(|| handler.interrupts())).map_or(1, c_int::from)
}

unsafe extern "C" fn call_tracer(
    event: c_uint,
    data: *mut c_void,
    statement: *mut c_void,
    sql: *mut c_void,
) -> c_int {
    if event != ffi::SQLITE_TRACE_STMT {
        return 0;
    }
    // SAFETY: as above.
    let Some(handler) = current(&unsafe { handlers(data) }.tracer) else {
        return 0;
    };
    // SAFETY: for this event the arguments are the statement and its text; the expanded
    // text is ours to free.
    let (expanded, sql) = unsafe {
        let raw = ffi::sqlite3_expanded_sql(statement.cast());
        let expanded = text(raw);
        ffi::sqlite3_free(raw.cast());
        (expanded, text(sql.cast::<c_char>()).unwrap_or_default())
    };
    let _ = catch_unwind(AssertUnwindSafe(|| {
        handler.trace(expanded.as_deref(), &sql)
    }));
    0
}

impl Database {
    fn handlers_data(&self) -> *mut c_void {
        (&raw const self.0.handlers).cast_mut().cast()
    }

    /// Sets the authorizer, or takes it away.
    pub fn set_authorizer(&self, handler: Option<Arc<dyn Authorizer>>) -> Code {
        let call = handler.is_some();
        let old = replace(&self.0.handlers.authorizer, handler);
        // SAFETY: the handlers live as long as the connection.
        let code = unsafe {
            ffi::sqlite3_set_authorizer(
                self.raw(),
                if call { Some(call_authorizer) } else { None },
                self.handlers_data(),
            )
        };
        drop(old);
        code
    }

    /// Sets what is called after every so many steps of the machine, or takes it away.
    pub fn set_progress(&self, steps: c_int, handler: Option<Arc<dyn Progress>>) {
        let call = handler.is_some();
        let old = replace(&self.0.handlers.progress, handler);
        // SAFETY: as above.
        unsafe {
            ffi::sqlite3_progress_handler(
                self.raw(),
                steps,
                if call { Some(call_progress) } else { None },
                self.handlers_data(),
            );
        }
        drop(old);
    }

    /// Sets the tracer, or takes it away.
    pub fn set_tracer(&self, handler: Option<Arc<dyn Tracer>>) -> Code {
        let events = if handler.is_some() {
            ffi::SQLITE_TRACE_STMT
        } else {
            0
        };
        let call = handler.is_some();
        let old = replace(&self.0.handlers.tracer, handler);
        // SAFETY: as above.
        let code = unsafe {
            ffi::sqlite3_trace_v2(
                self.raw(),
                events,
                if call { Some(call_tracer) } else { None },
                self.handlers_data(),
            )
        };
        drop(old);
        code
    }
}
