//! SQL functions, aggregates, window functions and collations made by the program.

use std::ffi::{CStr, c_int, c_void};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use libsqlite3_sys as ffi;

use crate::{Code, Database};

/// A value that SQLite lends to a function.
#[derive(Clone, Copy, Debug)]
pub enum ValueRef<'a> {
    Null,
    Integer(i64),
    Float(f64),
    /// UTF-8, as far as the database has it.
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// The arguments of a call.
pub struct Arguments<'a> {
    values: &'a [*mut ffi::sqlite3_value],
}

impl<'a> Arguments<'a> {
    /// # Safety
    /// SQLite's own arguments of a callback, which stay for the lifetime.
    unsafe fn new(count: c_int, values: *mut *mut ffi::sqlite3_value) -> Arguments<'a> {
        let values = match usize::try_from(count) {
            // SAFETY: the contract.
            Ok(count) if count > 0 => unsafe { std::slice::from_raw_parts(values, count) },
            _ => &[],
        };
        Arguments { values }
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values in turn. Each is read as the kind it has, so that it does not change.
    pub fn iter(&self) -> impl Iterator<Item = ValueRef<'a>> + '_ {
        self.values.iter().map(|&value| {
            // SAFETY: values of the callback; what is lent stays until it returns.
            unsafe {
                match ffi::sqlite3_value_type(value) {
                    ffi::SQLITE_INTEGER => ValueRef::Integer(ffi::sqlite3_value_int64(value)),
                    ffi::SQLITE_FLOAT => ValueRef::Float(ffi::sqlite3_value_double(value)),
                    ffi::SQLITE_TEXT => {
                        let start = ffi::sqlite3_value_text(value);
                        ValueRef::Text(lent(start, ffi::sqlite3_value_bytes(value)))
                    }
                    ffi::SQLITE_BLOB => {
                        let start = ffi::sqlite3_value_blob(value).cast();
                        ValueRef::Blob(lent(start, ffi::sqlite3_value_bytes(value)))
                    }
                    _ => ValueRef::Null,
                }
            }
        })
    }
}

/// # Safety
/// Null, or so many bytes that stay for the lifetime.
unsafe fn lent<'a>(start: *const u8, size: c_int) -> &'a [u8] {
    match usize::try_from(size) {
        // SAFETY: the contract.
        Ok(size) if !start.is_null() => unsafe { std::slice::from_raw_parts(start, size) },
        _ => &[],
    }
}

/// Where a call puts its result.
pub struct Context<'a> {
    raw: *mut ffi::sqlite3_context,
    lifetime: PhantomData<&'a ()>,
}

impl Context<'_> {
    pub fn null(&mut self) {
        // SAFETY: the context of a running callback.
        unsafe { ffi::sqlite3_result_null(self.raw) }
    }

    pub fn int(&mut self, value: i64) {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_result_int64(self.raw, value) }
    }

    pub fn float(&mut self, value: f64) {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_result_double(self.raw, value) }
    }

    pub fn text(&mut self, value: &str) {
        let Ok(size) = c_int::try_from(value.len()) else {
            return self.too_big();
        };
        // SAFETY: as above; so many bytes, which are copied.
        unsafe {
            let copy = ffi::SQLITE_TRANSIENT();
            ffi::sqlite3_result_text(self.raw, value.as_ptr().cast(), size, copy);
        }
    }

    pub fn blob(&mut self, value: &[u8]) {
        let Ok(size) = c_int::try_from(value.len()) else {
            return self.too_big();
        };
        // SAFETY: as above.
        unsafe {
            let copy = ffi::SQLITE_TRANSIENT();
            ffi::sqlite3_result_blob(self.raw, value.as_ptr().cast(), size, copy);
        }
    }

    pub fn error(&mut self, text: &CStr) {
        // SAFETY: as above; the text is copied.
        unsafe { ffi::sqlite3_result_error(self.raw, text.as_ptr(), -1) }
    }

    pub fn no_memory(&mut self) {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_result_error_nomem(self.raw) }
    }

    pub fn too_big(&mut self) {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_result_error_toobig(self.raw) }
    }
}

/// A function of a row.
pub trait Scalar: Send + Sync + 'static {
    fn call(&self, context: &mut Context<'_>, arguments: &Arguments<'_>);
}

/// A function of many rows. Each use has a state, made at its first row.
pub trait Aggregate: Send + Sync + 'static {
    type State: Send + 'static;
    /// A new state; `None` reports its own error.
    fn start(&self, context: &mut Context<'_>) -> Option<Self::State>;
    fn step(&self, state: &Self::State, context: &mut Context<'_>, arguments: &Arguments<'_>);
    /// The result. Without a state there was no row.
    fn finish(&self, state: Option<Self::State>, context: &mut Context<'_>);
}

/// An aggregate that can take rows back.
pub trait Window: Aggregate {
    fn inverse(&self, state: &Self::State, context: &mut Context<'_>, arguments: &Arguments<'_>);
    fn value(&self, state: &Self::State, context: &mut Context<'_>);
}

/// An order of texts.
pub trait Collation: Send + Sync + 'static {
    /// Negative, zero or positive.
    fn compare(&self, a: &[u8], b: &[u8]) -> i32;
}

/// Runs a callback's body; a panic must not reach SQLite.
fn shielded(raw: *mut ffi::sqlite3_context, body: impl FnOnce(&mut Context<'_>)) {
    let mut context = Context {
        raw,
        lifetime: PhantomData,
    };
    if catch_unwind(AssertUnwindSafe(|| body(&mut context))).is_err() {
        context.no_memory();
    }
}

/// # Safety
/// The context's function was registered with a `Box<F>` as its data.
unsafe fn function<'a, F>(raw: *mut ffi::sqlite3_context) -> &'a F {
    // SAFETY: the contract; the box lives until the function is taken away, which is not
    // while it runs.
    unsafe { &*ffi::sqlite3_user_data(raw).cast::<F>() }
}

unsafe extern "C" fn destroy<F>(data: *mut c_void) {
    let _ = catch_unwind(|| {
        // SAFETY: SQLite calls this once, with the box that was registered.
        drop(unsafe { Box::from_raw(data.cast::<F>()) });
    });
}

unsafe extern "C" fn call_scalar<F: Scalar>(
    raw: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: registered with the box, called with SQLite's arguments.
    let (scalar, arguments) = unsafe { (function::<F>(raw), Arguments::new(count, values)) };
    shielded(raw, |context| scalar.call(context, &arguments));
}

/// The place of a use's state; made where `make`. It holds null until there is a state.
fn place<S>(raw: *mut ffi::sqlite3_context, make: bool) -> Option<&'static mut *mut S> {
    let size = if make { size_of::<*mut S>() } else { 0 };
    // SAFETY: SQLite gives zeroed memory of the size, the same one for all calls of the
    // use; without a size only what is there.
    unsafe {
        ffi::sqlite3_aggregate_context(raw, size as c_int)
            .cast::<*mut S>()
            .as_mut()
    }
}

fn step_state<F: Aggregate>(
    raw: *mut ffi::sqlite3_context,
    body: impl FnOnce(&F, &F::State, &mut Context<'_>),
) {
    // SAFETY: registered with the box.
    let aggregate = unsafe { function::<F>(raw) };
    shielded(raw, |context| {
        let Some(place) = place::<F::State>(raw, true) else {
            return context.no_memory();
        };
        if place.is_null() {
            match aggregate.start(context) {
                Some(state) => *place = Box::into_raw(Box::new(state)),
                None => return,
            }
        }
        // SAFETY: the state was made above or by an earlier call, and is taken away by
        // the last one only.
        let state = unsafe { &**place };
        body(aggregate, state, context);
    });
}

unsafe extern "C" fn call_step<F: Aggregate>(
    raw: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite's arguments.
    let arguments = unsafe { Arguments::new(count, values) };
    step_state::<F>(raw, |aggregate, state, context| {
        aggregate.step(state, context, &arguments);
    });
}

unsafe extern "C" fn call_inverse<F: Window>(
    raw: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite's arguments.
    let arguments = unsafe { Arguments::new(count, values) };
    step_state::<F>(raw, |window, state, context| {
        window.inverse(state, context, &arguments);
    });
}

unsafe extern "C" fn call_value<F: Window>(raw: *mut ffi::sqlite3_context) {
    step_state::<F>(raw, |window, state, context| window.value(state, context));
}

unsafe extern "C" fn call_finish<F: Aggregate>(raw: *mut ffi::sqlite3_context) {
    // SAFETY: registered with the box.
    let aggregate = unsafe { function::<F>(raw) };
    shielded(raw, |context| {
        let state = place::<F::State>(raw, false)
            .map(|place| std::mem::replace(place, std::ptr::null_mut()))
            .filter(|state| !state.is_null());
        // SAFETY: the state was made by `step_state`, and its place is null from now on.
        let state = state.map(|state| *unsafe { Box::from_raw(state) });
        aggregate.finish(state, context);
    });
}

unsafe extern "C" fn call_collation<F: Collation>(
    data: *mut c_void,
    a_size: c_int,
    a: *const c_void,
    b_size: c_int,
    b: *const c_void,
) -> c_int {
    // SAFETY: registered with the box; SQLite lends both texts for the call.
    let (collation, a, b) = unsafe {
        (
            &*data.cast::<F>(),
            lent(a.cast(), a_size),
            lent(b.cast(), b_size),
        )
    };
    catch_unwind(AssertUnwindSafe(|| collation.compare(a, b))).unwrap_or(0)
}

fn boxed<F>(function: F) -> *mut c_void {
    Box::into_raw(Box::new(function)).cast()
}

impl Database {
    /// Makes a function of a row, or takes it away.
    pub fn create_scalar<F: Scalar>(
        &self,
        name: &CStr,
        count: c_int,
        flags: c_int,
        function: Option<F>,
    ) -> Code {
        let given = function.is_some();
        let data = function.map_or(std::ptr::null_mut(), boxed);
        // SAFETY: the callback takes the data for a box of the type; SQLite calls the
        // destructor once, also where the call fails.
        unsafe {
            ffi::sqlite3_create_function_v2(
                self.raw(),
                name.as_ptr(),
                count,
                flags | ffi::SQLITE_UTF8,
                data,
                given.then_some(call_scalar::<F>),
                None,
                None,
                given.then_some(destroy::<F>),
            )
        }
    }

    /// Makes an aggregate, or takes it away.
    pub fn create_aggregate<F: Aggregate>(
        &self,
        name: &CStr,
        count: c_int,
        function: Option<F>,
    ) -> Code {
        let given = function.is_some();
        let data = function.map_or(std::ptr::null_mut(), boxed);
        // SAFETY: as above.
        unsafe {
            ffi::sqlite3_create_function_v2(
                self.raw(),
                name.as_ptr(),
                count,
                ffi::SQLITE_UTF8,
                data,
                None,
                given.then_some(call_step::<F>),
                given.then_some(call_finish::<F>),
                given.then_some(destroy::<F>),
            )
        }
    }

    /// Makes a window function, or takes it away.
    pub fn create_window<F: Window>(&self, name: &CStr, count: c_int, function: Option<F>) -> Code {
        let given = function.is_some();
        let data = function.map_or(std::ptr::null_mut(), boxed);
        // SAFETY: as above.
        unsafe {
            ffi::sqlite3_create_window_function(
                self.raw(),
                name.as_ptr(),
                count,
                ffi::SQLITE_UTF8,
                data,
                given.then_some(call_step::<F>),
                given.then_some(call_finish::<F>),
                given.then_some(call_value::<F>),
                given.then_some(call_inverse::<F>),
                given.then_some(destroy::<F>),
            )
        }
    }

    /// Makes a collation, or takes it away.
    pub fn create_collation<F: Collation>(&self, name: &CStr, collation: Option<F>) -> Code {
        let given = collation.is_some();
        let data = collation.map_or(std::ptr::null_mut(), boxed);
        // SAFETY: as above, but that the destructor is not called where the call fails.
        unsafe {
            let code = ffi::sqlite3_create_collation_v2(
                self.raw(),
                name.as_ptr(),
                ffi::SQLITE_UTF8,
                data,
                given.then_some(call_collation::<F>),
                given.then_some(destroy::<F>),
            );
            if code != ffi::SQLITE_OK && given {
                destroy::<F>(data);
            }
            code
        }
    }
}
