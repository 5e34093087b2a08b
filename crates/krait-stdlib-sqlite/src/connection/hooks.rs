//! The authorizer, the progress handler and the trace callback.

use std::sync::Arc;

use krait_object::gil::{Held, with_gil};
use krait_object::native::{ByPosition, TypeBuilder};
use krait_object::protocol::{self, number};
use krait_object::{Py, PyResult, Str, Value};
use krait_sqlite::{Authorizer, Progress, Tracer, ffi};

use super::This;
use crate::errors::{self, Kind};
use crate::functions::warn_keywords;

/// A callback, and the connection's class for errors in it.
struct Callback(Held<Value>);

fn text_or_none(text: Option<&str>) -> Value {
    text.map_or_else(Value::none, |t| Value::from(Str::new(t)))
}

impl Authorizer for Callback {
    fn authorize(&self, action: i32, names: [Option<String>; 4]) -> i32 {
        let decide = |py: Py| {
            let callable = self.0.get(py);
            let mut arguments = vec![Value::int(i64::from(action))];
            arguments.extend(names.iter().map(|n| text_or_none(n.as_deref())));
            let result = protocol::call(py, callable, &arguments);
            let decided = result.and_then(|result| match number::int_of(&result) {
                Some(n) => Ok(n),
                None if number::is_index(&result) => {
                    let wide = number::index_to_i128(py, &result)?;
                    Ok(wide.and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX))
                }
                // What is no number is refused.
                None => Ok(i64::from(ffi::SQLITE_DENY)),
            });
            let decided = decided.and_then(|n| match i32::try_from(n) {
                Ok(n) => Ok(n),
                Err(_) => krait_object::raise!(
                    py,
                    OverflowError,
                    "Python int too large to convert to C int"
                ),
            });
            decided.unwrap_or_else(|_| {
                errors::report_callback(py, &callable.to_object());
                ffi::SQLITE_DENY
            })
        };
        with_gil(decide).unwrap_or(ffi::SQLITE_DENY)
    }
}

impl Progress for Callback {
    fn interrupts(&self) -> bool {
        let ask = |py: Py| {
            let callable = self.0.get(py);
            let result = protocol::call(py, callable, &[]);
            let stops = result.and_then(|result| protocol::truth(py, &result));
            stops.unwrap_or_else(|_| {
                errors::report_callback(py, &callable.to_object());
                true
            })
        };
        with_gil(ask).unwrap_or(true)
    }
}

impl Tracer for Callback {
    fn trace(&self, expanded: Option<&str>, sql: &str) {
        let tell = |py: Py| {
            let callable = self.0.get(py);
            let shown = match expanded {
                Some(text) => Ok(Value::from(Str::new(text))),
                None => {
                    let text = "Expanded SQL string exceeds the maximum string length";
                    let raised: PyResult = errors::raise(py, Kind::Data, text);
                    drop(raised);
                    errors::report_callback(py, &callable.to_object());
                    Ok(Value::from(Str::new(sql)))
                }
            };
            let told = shown.and_then(|s| protocol::call(py, callable, &[s]));
            if told.is_err() {
                errors::report_callback(py, &callable.to_object());
            }
        };
        with_gil(tell);
    }
}

fn held(py: Py, callable: &Value) -> Option<Arc<Callback>> {
    (!callable.is_none()).then(|| Arc::new(Callback(Held::new(py, callable.clone()))))
}

fn set_authorizer(py: Py, this: &This, callable: &Value, by_position: ByPosition) -> PyResult<()> {
    let names = ["authorizer_callback"];
    warn_keywords(py, "set_authorizer", &names, &by_position)?;
    let database = this.own_database(py)?;
    let handler = held(py, callable).map(|h| h as Arc<dyn Authorizer>);
    match database.set_authorizer(handler) {
        ffi::SQLITE_OK => Ok(()),
        _ => {
            let text = "Error setting authorizer callback";
            errors::raise(py, Kind::Operational, text)
        }
    }
}

fn set_progress(
    py: Py,
    this: &This,
    callable: &Value,
    steps: i32,
    by_position: ByPosition,
) -> PyResult<()> {
    let names = ["progress_handler"];
    warn_keywords(py, "set_progress_handler", &names, &by_position)?;
    let database = this.own_database(py)?;
    database.set_progress(steps, held(py, callable).map(|h| h as Arc<dyn Progress>));
    Ok(())
}

fn set_trace(py: Py, this: &This, callable: &Value, by_position: ByPosition) -> PyResult<()> {
    let names = ["trace_callback"];
    warn_keywords(py, "set_trace_callback", &names, &by_position)?;
    let database = this.own_database(py)?;
    database.set_tracer(held(py, callable).map(|h| h as Arc<dyn Tracer>));
    Ok(())
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method(
        "set_authorizer($self, /, authorizer_callback)",
        set_authorizer,
    )
    .method(
        "set_progress_handler($self, /, progress_handler, n)",
        set_progress,
    )
    .method("set_trace_callback($self, /, trace_callback)", set_trace);
}
