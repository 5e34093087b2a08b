//! Cursors, the shortcuts that make one, and dumping.

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, attr};
use krait_object::{
    Instance, Layout, Owned, Py, PyResult, Str, Tuple, Value, hooks, intern, raise,
};

use super::This;
use crate::cursor::Cursor;
use crate::errors::{self, Kind};

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

/// `connection(sql)`: a statement, as its cache makes it. Only that the text can be
/// prepared is of use to programs.
fn call(py: Py, this: &This, sql: &Str) -> PyResult<()> {
    this.own_database(py)?;
    this.statement(py, sql).map(drop)
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
                forward(py, this, intern!("executescript"), &[script.clone()])
            },
        )
        .call("Connection(sql, /)", call)
        .method("iterdump($self, /, *, filter=None)", iterdump);
}
