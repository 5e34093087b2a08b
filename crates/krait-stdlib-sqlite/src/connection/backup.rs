//! `backup()`: copying a database while it is used.

use krait_object::native::TypeBuilder;
use krait_object::protocol::{self, call::is_callable};
use krait_object::{Py, PyResult, Value, raise};
use krait_sqlite::{Backup, ffi, sleep};

use super::{This, image};
use crate::errors;

fn backup(
    py: Py,
    this: &This,
    target: &This,
    pages: Option<i32>,
    progress: Option<&Value>,
    name: Option<String>,
    pause: Option<f64>,
) -> PyResult<()> {
    let source = this.own_database(py)?;
    if std::ptr::eq(this, target) {
        return raise!(
            py,
            ValueError,
            "target cannot be the same connection instance"
        );
    }
    let into = target.own_database(py)?;
    if let Some(progress) = progress
        && !is_callable(progress)
    {
        return raise!(py, TypeError, "progress argument must be a callable");
    }
    let pages = match pages.unwrap_or(-1) {
        0 => -1,
        pages => pages,
    };
    let pause = (pause.unwrap_or(0.25) * 1000.0) as i32;
    let schema = image::schema(py, name)?;
    let Some(mut copy) = py.allow_threads(|| Backup::start(&source, &schema, &into)) else {
        return errors::fail(py, &into.failure());
    };
    loop {
        let code = py.allow_threads(|| copy.step(pages));
        if let Some(progress) = progress {
            let (left, all) = copy.progress();
            let arguments = [code, left, all].map(|n| Value::int(i64::from(n)));
            protocol::call(py, progress, &arguments)?;
        }
        match code {
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => py.allow_threads(|| sleep(pause)),
            ffi::SQLITE_OK => {}
            _ => break,
        }
    }
    match py.allow_threads(|| copy.finish()) {
        ffi::SQLITE_OK => Ok(()),
        _ => errors::fail(py, &into.failure()),
    }
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method(
        "backup($self, /, target, *, pages=-1, progress=None, name='main', sleep=0.25)",
        backup,
    );
}
