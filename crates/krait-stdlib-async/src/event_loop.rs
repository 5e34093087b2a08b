//! What futures ask of their event loop.

use std::cell::OnceCell;

use krait_object::protocol;
use krait_object::{Dict, GilCell, Owned, Py, PyResult, Tuple, Value, intern};

use crate::future;
use crate::imports;

/// The names of keyword arguments, `("context",)` and `("msg",)`.
struct Keyword(GilCell<OnceCell<Owned<Tuple>>>);

impl Keyword {
    const fn new() -> Keyword {
        Keyword(GilCell::new(OnceCell::new()))
    }

    fn get(&self, py: Py, name: &'static str) -> Owned<Tuple> {
        self.0
            .get(py)
            .get_or_init(|| Tuple::from_values([Value::from(krait_object::Str::intern(name))]))
            .clone()
    }
}

static CONTEXT: Keyword = Keyword::new();
static MSG: Keyword = Keyword::new();

/// `loop.call_soon(callback, argument, context=context)`.
pub fn call_soon(
    py: Py,
    event_loop: &Value,
    callback: Value,
    argument: Option<Value>,
    context: Option<Value>,
) -> PyResult<()> {
    let mut values: smallvec::SmallVec<[Value; 4]> = smallvec::SmallVec::new();
    values.push(event_loop.clone());
    values.push(callback);
    values.extend(argument);
    let names = context.is_some().then(|| CONTEXT.get(py, "context"));
    values.extend(context);
    protocol::call_method_with(py, intern!("call_soon"), &values, names.as_deref()).map(drop)
}

/// `future.add_done_callback(callback, context=context)`.
pub fn add_done_callback(py: Py, future: &Value, callback: Value, context: Value) -> PyResult<()> {
    let values = [future.clone(), callback, context];
    let names = CONTEXT.get(py, "context");
    protocol::call_method_with(py, intern!("add_done_callback"), &values, Some(&names)).map(drop)
}

/// `future.cancel(msg=message)`.
pub fn cancel(py: Py, future: &Value, message: Option<Value>) -> PyResult<bool> {
    let values = [future.clone(), message.unwrap_or_else(Value::none)];
    let names = MSG.get(py, "msg");
    let answer = protocol::call_method_with(py, intern!("cancel"), &values, Some(&names))?;
    protocol::truth(py, &answer)
}

/// Whether the loop is in debug mode.
pub fn is_debug(py: Py, event_loop: &Value) -> PyResult<bool> {
    let values = [event_loop.clone()];
    let answer = protocol::call_method_with(py, intern!("get_debug"), &values, None)?;
    protocol::truth(py, &answer)
}

pub fn is_running(py: Py, event_loop: &Value) -> PyResult<bool> {
    let values = [event_loop.clone()];
    let answer = protocol::call_method_with(py, intern!("is_running"), &values, None)?;
    protocol::truth(py, &answer)
}

/// The policy's loop, for a thread where none runs.
pub fn from_policy(py: Py) -> PyResult {
    let policy = imports::GET_POLICY.call(py, &[])?;
    protocol::call_method(py, &policy, intern!("get_event_loop"), &[])
}

/// The loop of a future, native or not (`asyncio.futures._get_loop`).
pub fn of_future(py: Py, value: &Value) -> PyResult {
    if let Some((_, native)) = future::exact(value) {
        return Ok(native.event_loop.value());
    }
    match protocol::lookup_attr(py, value, intern!("get_loop"))? {
        Some(get_loop) => protocol::call(py, &get_loop, &[]),
        None => protocol::get_attr(py, value, intern!("_loop")),
    }
}

/// Tells the loop of something that has gone wrong where nobody can catch it.
pub fn report(py: Py, event_loop: &Value, entries: &[(&str, Value)]) -> PyResult<()> {
    let context = Dict::new();
    for (key, value) in entries {
        context.set_str(py, &krait_object::Str::intern(key), value.clone())?;
    }
    let name = intern!("call_exception_handler");
    protocol::call_method(py, event_loop, name, &[Value::from(context)]).map(drop)
}
