//! What a future says at its end where its exception was never looked at.

use krait_object::errors;
use krait_object::{Layout, Object, Py, Value};

use super::Future;
use crate::event_loop;

/// Reports to the loop; failures of that go to `sys.unraisablehook`.
pub fn report(py: Py, object: &Object, future: &Future, mut entries: Vec<(&str, Value)>) {
    if let Some(source) = future.source_traceback.get() {
        entries.push(("source_traceback", source));
    }
    let pending = py.thread().take_exception();
    let event_loop = future.event_loop.value();
    if event_loop::report(py, &event_loop, &entries).is_err() {
        errors::write_unraisable(py, None, Some(object));
    }
    if let Some(pending) = pending {
        py.thread().set_exception(pending);
    }
}

/// `Future.__del__`.
pub fn finalize(py: Py, object: &Object, future: &Future) {
    if !future.log_traceback.replace(false) {
        return;
    }
    let name = object.ty().short_name();
    let message = format!("{name} exception was never retrieved");
    let entries = vec![
        ("message", Value::from(krait_object::Str::new(&message))),
        ("exception", future.exception.value()),
        ("future", Value::from(object.to_owned())),
    ];
    report(py, object, future, entries);
}
