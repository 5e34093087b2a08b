//! Cursors, the shortcuts that make one, and dumping.

use std::rc::Rc;

use krait_object::native::{Args, Class, KwArgs, TypeBuilder};
use krait_object::protocol::{self, attr};
use krait_object::{
    Instance, Layout, Owned, Py, PyResult, Str, Tuple, Value, hooks, intern, raise,
};

use super::This;
use crate::cursor::Cursor;
use crate::errors::{self, Kind};
use crate::statement::Statement;

fn cursor(py: Py, this: &This, factory: Option<&Value>) -> PyResult {
    this.own_database(py)?;
    let own = Value::from(this.to_owned());
    let factory = factory
        .cloned()
        .unwrap_or_else(attr::type_value::<Instance<Cursor>>);
    let made = protocol::call(py, &factory, &[own])?;
    let Some(cursor) = made.downcast::<Instance<Cursor>>() else {
        let got = made.ty().name();
        return raise!(py, TypeError, "factory must return a cursor, not {got}");
    };
    let rows = this.row_factory.borrow().clone();
    if !rows.is_none() {
        let old = cursor.row_factory.replace(rows);
        drop(old);
    }
    Ok(made)
}

/// Makes a cursor as the class's own `cursor()` does, and calls it.
fn forward(py: Py, this: &This, name: &'static Str, arguments: &[Value]) -> PyResult {
    let own = Value::from(this.to_owned());
    let cursor = protocol::call_method(py, &own, intern!("cursor"), &[])?;
    protocol::call_method(py, &cursor, name, arguments)
}

fn execute(py: Py, this: &This, sql: &Value, parameters: Option<&Value>) -> PyResult {
    let arguments = [sql.clone(), parameters.cloned().unwrap_or_else(Value::none)];
    let count = if parameters.is_some() { 2 } else { 1 };
    forward(py, this, intern!("execute"), &arguments[..count])
}

/// `connection(sql)`: a statement, as executing prepares it.
fn call(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    this.own_database(py)?;
    if kwargs.0.is_some_and(|k| !k.is_empty()) {
        let text = "sqlite3.Connection() takes no keyword arguments";
        return raise!(py, TypeError, "{text}");
    }
    let [sql] = args.0 else {
        let given = args.0.len();
        return raise!(
            py,
            TypeError,
            "function takes exactly 1 argument ({given} given)"
        );
    };
    let Some(text) = sql.downcast::<Str>() else {
        let got = sql.ty().short_name();
        return raise!(py, TypeError, "argument 1 must be str, not {got}");
    };
    let statement = this.statement(py, text)?;
    Ok(Value::from(Instance::new(py, StatementObject(statement))))
}

/// `sqlite3.Statement`, of which a program sees no more than that it is there.
struct StatementObject(#[expect(dead_code, reason = "held for its lifetime alone")] Rc<Statement>);

impl Class for StatementObject {
    const NAME: &'static str = "sqlite3.Statement";
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor();
    }
}

fn iterdump(py: Py, this: &This, filter: Option<&Value>) -> PyResult {
    this.database(py)?;
    let module = hooks::import_module(py, "sqlite3.dump")?;
    let function = protocol::lookup_attr(py, &module, intern!("_iterdump"))?;
    let Some(function) = function else {
        let text = "Failed to obtain _iterdump() reference";
        return errors::raise(py, Kind::Operational, text);
    };
    let own = Value::from(this.to_owned());
    let filter = filter.cloned().unwrap_or_else(Value::none);
    let names: Owned<Tuple> = Tuple::from_values([Value::from(Str::intern("filter"))]);
    protocol::call::call_with(py, &function, &[own, filter], Some(&names))
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("cursor($self, /, factory=<unrepresentable>)", cursor)
        .method("execute($self, sql, parameters=(), /)", execute)
        .method(
            "executemany($self, sql, parameters, /)",
            |py: Py, this: &This, sql: &Value, rows: &Value| {
                forward(
                    py,
                    this,
                    intern!("executemany"),
                    &[sql.clone(), rows.clone()],
                )
            },
        )
        .method(
            "executescript($self, sql_script, /)",
            |py: Py, this: &This, script: &Value| {
                forward(
                    py,
                    this,
                    intern!("executescript"),
                    std::slice::from_ref(script),
                )
            },
        )
        .call("Connection(*args, **kwargs)", call)
        .getter("__text_signature__", |_py: Py, _this: &This| "(sql, /)")
        .method("iterdump($self, /, *, filter=None)", iterdump);
}
