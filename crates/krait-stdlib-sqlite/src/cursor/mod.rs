//! `sqlite3.Cursor`.
//!
//! What always holds: `statement` is set only while a result is being read or can be.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Args, Class, KwArgs, TypeBuilder};
use krait_object::{
    Instance, Int, Layout, Object, Owned, Py, PyResult, Type, Value, class_cell, raise,
};

use crate::connection::Connection;
use crate::errors::{self, Kind};
use crate::statement::Statement;

mod describe;
mod execute;
mod fetch;

/// A cursor.
pub struct Cursor {
    connection: RefCell<Option<Owned<Instance<Connection>>>>,
    statement: RefCell<Option<Rc<Statement>>>,
    /// Converters of the columns, where types are to be detected.
    casts: RefCell<Vec<Option<Value>>>,
    description: RefCell<Value>,
    last_row: RefCell<Value>,
    pub row_factory: RefCell<Value>,
    row_count: Cell<i64>,
    array_size: Cell<u32>,
    closed: Cell<bool>,
    /// Whether a call on it is running.
    locked: Cell<bool>,
}

pub type This = Instance<Cursor>;

impl Cursor {
    fn empty() -> Cursor {
        Cursor {
            connection: RefCell::default(),
            statement: RefCell::default(),
            casts: RefCell::default(),
            description: RefCell::new(Value::none()),
            last_row: RefCell::new(Value::none()),
            row_factory: RefCell::new(Value::none()),
            row_count: Cell::new(-1),
            array_size: Cell::new(1),
            closed: Cell::new(false),
            locked: Cell::new(false),
        }
    }

    /// The columns as DB-API shows them.
    pub fn description(&self, _py: Py) -> PyResult {
        Ok(self.description.borrow().clone())
    }

    /// The connection, where the cursor can be used.
    fn usable(&self, py: Py) -> PyResult<Owned<Instance<Connection>>> {
        let Some(connection) = self.connection.borrow().clone() else {
            return errors::raise(py, Kind::Programming, "Base Cursor.__init__ not called.");
        };
        if self.closed.get() {
            return errors::raise(py, Kind::Programming, "Cannot operate on a closed cursor.");
        }
        if self.locked.get() {
            let text = "Recursive use of cursors not allowed.";
            return errors::raise(py, Kind::Programming, text);
        }
        connection.check_thread(py)?;
        connection.database(py)?;
        Ok(connection)
    }

    /// Gives up the statement after its run.
    fn drop_statement(&self) {
        let old = self.statement.take();
        if let Some(statement) = &old {
            statement.reset();
        }
        drop(old);
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.drop_statement();
    }
}

fn init(py: Py, this: &This, connection: &Instance<Connection>) -> PyResult<()> {
    if this.locked.get() {
        let text = "Recursive use of cursors not allowed.";
        return errors::raise(py, Kind::Programming, text);
    }
    this.drop_statement();
    let old = this.connection.replace(Some(connection.to_owned()));
    drop(old);
    for place in [&this.description, &this.last_row, &this.row_factory] {
        let old = place.replace(Value::none());
        drop(old);
    }
    this.array_size.set(1);
    this.closed.set(false);
    this.row_count.set(-1);
    connection.check_thread(py)
}

fn close(py: Py, this: &This) -> PyResult<()> {
    if this.locked.get() {
        let text = "Recursive use of cursors not allowed.";
        return errors::raise(py, Kind::Programming, text);
    }
    let Some(connection) = this.connection.borrow().clone() else {
        return errors::raise(py, Kind::Programming, "Base Cursor.__init__ not called.");
    };
    connection.check_thread(py)?;
    connection.database(py)?;
    this.drop_statement();
    this.closed.set(true);
    Ok(())
}

/// A number of rows: 32 bits without a sign.
fn row_number(py: Py, value: &Value, too_large: &str) -> PyResult<u32> {
    let number = krait_object::protocol::number::index(py, value)?;
    match krait_object::protocol::number::index_to_i128(py, &number)? {
        Some(n) if n < 0 => raise!(py, ValueError, "Cannot convert negative int"),
        Some(n) if u32::try_from(n).is_ok() => Ok(n as u32),
        None if number.downcast::<Int>().is_some_and(Int::is_negative) => {
            raise!(py, ValueError, "Cannot convert negative int")
        }
        _ => raise!(py, OverflowError, "{too_large}"),
    }
}

fn set_array_size(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value.map(Value::unboxed) else {
        return raise!(
            py,
            AttributeError,
            "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted"
        );
    };
    let too_large = "Python int too large to convert to C uint32_t";
    this.array_size.set(row_number(py, &value, too_large)?);
    Ok(())
}

impl Class for Cursor {
    const NAME: &'static str = "sqlite3.Cursor";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .with_weakrefs()
            .doc("SQLite database cursor class.")
            .new_with(
                "Cursor(*args, **kwargs)",
                |py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                    Instance::new_in(py, class, Cursor::empty())
                },
            )
            .init("Cursor(connection, /)", init)
            .iter(|_py: Py, this: &This| this.to_owned())
            .getter("connection", |_py: Py, this: &This| {
                this.connection.borrow().clone()
            })
            .getter("description", |_py: Py, this: &This| {
                this.description.borrow().clone()
            })
            .getter("lastrowid", |_py: Py, this: &This| {
                this.last_row.borrow().clone()
            })
            .getter("rowcount", |_py: Py, this: &This| this.row_count.get())
            .getset(
                "arraysize",
                |_py: Py, this: &This| this.array_size.get(),
                set_array_size,
            )
            .getset(
                "row_factory",
                |_py: Py, this: &This| this.row_factory.borrow().clone(),
                |py: Py, this: &This, value: Option<&Object>| {
                    let Some(value) = value.map(Value::unboxed) else {
                        return raise!(py, AttributeError, "cannot delete row_factory attribute");
                    };
                    let old = this.row_factory.replace(value);
                    drop(old);
                    Ok(())
                },
            )
            .method("close($self, /)", close)
            .method(
                "setinputsizes($self, sizes, /)",
                |_py: Py, _this: &This, _sizes: &Value| (),
            )
            .method(
                "setoutputsize($self, size, column=None, /)",
                |_py: Py, _this: &This, _size: &Value, _column: Option<&Value>| (),
            );
        execute::define(b);
        fetch::define(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        if let Ok(connection) = self.connection.try_borrow() {
            connection.trace(visitor);
        }
        for place in [&self.description, &self.last_row, &self.row_factory] {
            if let Ok(value) = place.try_borrow() {
                value.trace(visitor);
            }
        }
        if let Ok(casts) = self.casts.try_borrow() {
            casts.trace(visitor);
        }
    }

    fn clear(&self) {
        self.drop_statement();
        for place in [&self.description, &self.last_row, &self.row_factory] {
            let old = place.replace(Value::none());
            drop(old);
        }
        drop(self.casts.take());
        drop(self.connection.take());
    }
}
