//! Attributes of connections.

use krait_object::native::TypeBuilder;
use krait_object::{Object, Py, PyResult, Str, Value, raise};

use super::{AUTOCOMMIT_OFF, AUTOCOMMIT_ON, LEGACY, This, open, text_kind, transactions};
use crate::errors::{self, Kind};

fn given(py: Py, value: Option<&Object>, what: &str) -> PyResult {
    match value {
        Some(value) => Ok(Value::unboxed(value)),
        None => raise!(py, AttributeError, "cannot delete {what}"),
    }
}

fn set_isolation_level(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let level = open::isolation_level(py, &given(py, value, "attribute")?)?;
    if level.is_none() {
        // Nothing is begun from now on, and nothing stays open.
        let database = this.own_database(py)?;
        if this.is_legacy() && !database.is_autocommit() {
            transactions::run(py, &database, "COMMIT")?;
        }
    }
    this.isolation_level.set(level);
    Ok(())
}

fn get_autocommit(py: Py, this: &This) -> PyResult {
    this.own_database(py)?;
    Ok(match this.autocommit.get() {
        AUTOCOMMIT_ON => Value::bool(true),
        AUTOCOMMIT_OFF => Value::bool(false),
        _ => Value::int(i64::from(LEGACY)),
    })
}

fn set_autocommit(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let value = given(py, value, "autocommit attribute")?;
    let database = this.own_database(py)?;
    let control = open::autocommit(py, &value)?;
    if control == AUTOCOMMIT_ON && !database.is_autocommit() {
        transactions::run(py, &database, "COMMIT")?;
    } else if control == AUTOCOMMIT_OFF && database.is_autocommit() {
        transactions::run(py, &database, "BEGIN")?;
    }
    this.autocommit.set(control);
    Ok(())
}

/// The exception classes, as DB-API's optional extension has them.
fn add_classes(b: &mut TypeBuilder<This>) {
    macro_rules! classes {
        ($($name:literal $kind:ident),*) => { $(
            b.getter($name, |py: Py, _this: &This| errors::class(py, Kind::$kind));
        )* };
    }
    classes!(
        "Warning" Warning, "Error" Error, "InterfaceError" Interface,
        "DatabaseError" Database, "DataError" Data, "OperationalError" Operational,
        "IntegrityError" Integrity, "InternalError" Internal,
        "ProgrammingError" Programming, "NotSupportedError" NotSupported
    );
}

pub fn define(b: &mut TypeBuilder<This>) {
    add_classes(b);
    b.getset(
        "isolation_level",
        |py: Py, this: &This| {
            this.database(py)?;
            let level = this.isolation_level.get();
            Ok::<_, krait_object::Raised>(level.map(|l| Value::from(Str::new(l))))
        },
        set_isolation_level,
    )
    .getset("autocommit", get_autocommit, set_autocommit)
    .getter("total_changes", |py: Py, this: &This| {
        this.database(py).map(|d| d.total_changes())
    })
    .getter("in_transaction", |py: Py, this: &This| {
        this.database(py).map(|d| !d.is_autocommit())
    })
    .getset(
        "row_factory",
        |_py: Py, this: &This| this.row_factory.borrow().clone(),
        |py: Py, this: &This, value: Option<&Object>| {
            let value = given(py, value, "row_factory attribute")?;
            let old = this.row_factory.replace(value);
            drop(old);
            Ok(())
        },
    )
    .getset(
        "text_factory",
        |_py: Py, this: &This| this.text_factory.borrow().clone(),
        |py: Py, this: &This, value: Option<&Object>| {
            let value = given(py, value, "text_factory attribute")?;
            this.text_kind.set(text_kind(&value));
            let old = this.text_factory.replace(value);
            drop(old);
            Ok(())
        },
    );
}
