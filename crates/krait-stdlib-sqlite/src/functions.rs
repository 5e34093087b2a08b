//! SQL functions, aggregates, window functions and collations written in Python.

use std::ffi::{CStr, CString};

use krait_object::gil::{Held, with_gil};
use krait_object::native::{ByPosition, TypeBuilder};
use krait_object::protocol::{self, call::is_callable, number};
use krait_object::{Py, PyResult, Str, Value, errors as core_errors, exceptions, intern, raise};
use krait_sqlite::{Aggregate, Arguments, Collation, Context, Database, Scalar, Window, ffi};

use crate::connection::This;
use crate::errors::{self, Kind};
use crate::values;

/// A callable or class that SQLite keeps.
struct Callable(Held<Value>);

fn python_arguments(py: Py, arguments: &Arguments<'_>) -> PyResult<Vec<Value>> {
    arguments
        .iter()
        .map(|a| values::of_argument(py, a))
        .collect()
}

impl Scalar for Callable {
    fn call(&self, context: &mut Context<'_>, arguments: &Arguments<'_>) {
        with_gil(|py| {
            let callable = self.0.get(py);
            let result = python_arguments(py, arguments)
                .and_then(|arguments| protocol::call(py, callable, &arguments))
                .and_then(|result| values::set_result(py, context, &result));
            if result.is_err() {
                let text = c"user-defined function raised exception";
                values::set_error(py, context, text, callable);
            }
        });
    }
}

/// An instance of an aggregate's class, while its rows come.
struct Instance(Held<Value>);

/// A method of an aggregate, and SQLite's texts where it is missing or fails.
struct Method {
    name: &'static Str,
    missing: &'static CStr,
    failed: &'static CStr,
}

impl Callable {
    /// Calls a method, and gives its result to SQLite where that is wanted.
    fn call_method(
        &self,
        state: &Instance,
        context: &mut Context<'_>,
        method: &Method,
        arguments: Option<&Arguments<'_>>,
    ) {
        with_gil(|py| {
            let class = self.0.get(py);
            let found = match protocol::get_attr(py, state.0.get(py), method.name) {
                Ok(found) => found,
                Err(_) => {
                    let missing = core_errors::matches(py, &exceptions::AttributeError);
                    let text = if missing {
                        method.missing
                    } else {
                        method.failed
                    };
                    return values::set_error(py, context, text, class);
                }
            };
            let result = match arguments {
                Some(arguments) => python_arguments(py, arguments)
                    .and_then(|arguments| protocol::call(py, &found, &arguments))
                    .map(drop),
                None => protocol::call(py, &found, &[])
                    .and_then(|result| values::set_result(py, context, &result)),
            };
            if result.is_err() {
                values::set_error(py, context, method.failed, class);
            }
        });
    }
}

impl Aggregate for Callable {
    type State = Instance;

    fn start(&self, context: &mut Context<'_>) -> Option<Instance> {
        with_gil(|py| {
            let class = self.0.get(py);
            match protocol::call(py, class, &[]) {
                Ok(instance) => Some(Instance(Held::new(py, instance))),
                Err(_) => {
                    let text = c"user-defined aggregate's '__init__' method raised error";
                    values::set_error(py, context, text, class);
                    None
                }
            }
        })
        .flatten()
    }

    fn step(&self, state: &Instance, context: &mut Context<'_>, arguments: &Arguments<'_>) {
        let method = Method {
            name: intern!("step"),
            missing: c"user-defined aggregate's 'step' method not defined",
            failed: c"user-defined aggregate's 'step' method raised error",
        };
        self.call_method(state, context, &method, Some(arguments));
    }

    fn finish(&self, state: Option<Instance>, context: &mut Context<'_>) {
        // Without a row there is no instance and no result.
        let Some(state) = state else { return };
        let method = Method {
            name: intern!("finalize"),
            missing: c"user-defined aggregate's 'finalize' method not defined",
            failed: c"user-defined aggregate's 'finalize' method raised error",
        };
        self.call_method(&state, context, &method, None);
    }
}

impl Window for Callable {
    fn inverse(&self, state: &Instance, context: &mut Context<'_>, arguments: &Arguments<'_>) {
        let method = Method {
            name: intern!("inverse"),
            missing: c"user-defined aggregate's 'inverse' method not defined",
            failed: c"user-defined aggregate's 'inverse' method raised error",
        };
        self.call_method(state, context, &method, Some(arguments));
    }

    fn value(&self, state: &Instance, context: &mut Context<'_>) {
        let method = Method {
            name: intern!("value"),
            missing: c"user-defined aggregate's 'value' method not defined",
            failed: c"user-defined aggregate's 'value' method raised error",
        };
        self.call_method(state, context, &method, None);
    }
}

impl Collation for Callable {
    fn compare(&self, a: &[u8], b: &[u8]) -> i32 {
        let compare = |py: Py| {
            // An earlier comparison has failed: its exception ends the statement.
            if py.thread().has_exception() {
                return 0;
            }
            let callable = self.0.get(py);
            let result = values::text(py, a).and_then(|a| {
                let b = values::text(py, b)?;
                let result = protocol::call(py, callable, &[a, b])?;
                number::index_to_i128(py, &result)
            });
            result.map_or(0, |order| order.map_or(0, |o| o.signum() as i32))
        };
        with_gil(compare).unwrap_or(0)
    }
}

fn c_name(py: Py, name: String) -> PyResult<CString> {
    match CString::new(name) {
        Ok(name) => Ok(name),
        Err(_) => raise!(py, ValueError, "embedded null character"),
    }
}

/// How many arguments a function may have; -1 is any number.
fn check_count(py: Py, database: &Database, count: i32, what: &str) -> PyResult<()> {
    let most = database.limit(ffi::SQLITE_LIMIT_FUNCTION_ARG, -1);
    if (-1..=most).contains(&count) {
        return Ok(());
    }
    let text = format!("'{what}' must be between -1 and {most}, not {count}");
    errors::raise(py, Kind::Programming, &text)
}

/// Warns of arguments given by keyword that will be positional-only.
pub fn warn_keywords(
    py: Py,
    method: &str,
    names: &[&str],
    by_position: &ByPosition,
) -> PyResult<()> {
    if by_position.0 >= names.len() {
        return Ok(());
    }
    let (last, others) = match names.split_last() {
        Some((last, others)) => (last, others.join("', '")),
        None => return Ok(()),
    };
    let (s, names) = match others.is_empty() {
        true => ("", format!("'{last}'")),
        false => ("s", format!("'{others}' and '{last}'")),
    };
    let text = format!(
        "Passing keyword argument{s} {names} to _sqlite3.Connection.{method}() is deprecated. \
         Parameter{s} {names} will become positional-only in Python 3.15."
    );
    core_errors::warn(py, &exceptions::DeprecationWarning, &text, 1)
}

fn held(py: Py, callable: &Value) -> Option<Callable> {
    (!callable.is_none()).then(|| Callable(Held::new(py, callable.clone())))
}

fn create_function(
    py: Py,
    this: &This,
    name: String,
    count: i32,
    function: &Value,
    deterministic: Option<bool>,
    by_position: ByPosition,
) -> PyResult<()> {
    let names = ["name", "narg", "func"];
    warn_keywords(py, "create_function", &names, &by_position)?;
    let database = this.own_database(py)?;
    check_count(py, &database, count, "narg")?;
    let name = c_name(py, name)?;
    let flags = if deterministic == Some(true) {
        ffi::SQLITE_DETERMINISTIC
    } else {
        0
    };
    match database.create_scalar(&name, count, flags, held(py, function)) {
        ffi::SQLITE_OK => Ok(()),
        _ => errors::raise(py, Kind::Operational, "Error creating function"),
    }
}

fn create_aggregate(
    py: Py,
    this: &This,
    name: String,
    count: i32,
    class: &Value,
    by_position: ByPosition,
) -> PyResult<()> {
    let names = ["name", "n_arg", "aggregate_class"];
    warn_keywords(py, "create_aggregate", &names, &by_position)?;
    let database = this.own_database(py)?;
    check_count(py, &database, count, "n_arg")?;
    let name = c_name(py, name)?;
    match database.create_aggregate(&name, count, held(py, class)) {
        ffi::SQLITE_OK => Ok(()),
        _ => errors::raise(py, Kind::Operational, "Error creating aggregate"),
    }
}

fn create_window(py: Py, this: &This, name: String, count: i32, class: &Value) -> PyResult<()> {
    let database = this.own_database(py)?;
    check_count(py, &database, count, "num_params")?;
    let name = c_name(py, name)?;
    match database.create_window(&name, count, held(py, class)) {
        ffi::SQLITE_OK => Ok(()),
        // SQLite refuses names and counts without leaving a text of its own.
        code => errors::fail_code(py, code),
    }
}

fn create_collation(py: Py, this: &This, name: &Str, callable: &Value) -> PyResult<()> {
    let database = this.own_database(py)?;
    let name = c_name(py, name.to_utf8(py)?.into_owned())?;
    if !callable.is_none() && !is_callable(callable) {
        return raise!(py, TypeError, "parameter must be callable");
    }
    match database.create_collation(&name, held(py, callable)) {
        ffi::SQLITE_OK => Ok(()),
        _ => errors::fail(py, &database.failure()),
    }
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method(
        "create_function($self, /, name, narg, func, *, deterministic=False)",
        create_function,
    )
    .method(
        "create_aggregate($self, /, name, n_arg, aggregate_class)",
        create_aggregate,
    )
    .method(
        "create_window_function($self, name, num_params, aggregate_class, /)",
        create_window,
    )
    .method(
        "create_collation($self, name, callback, /)",
        create_collation,
    );
}
