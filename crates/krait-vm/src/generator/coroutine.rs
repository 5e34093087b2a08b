//! What only coroutines have: their origin, and the warning that they were never awaited.

use krait_object::errors;
use krait_object::exceptions;
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::Py;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use super::Generator;
use crate::frame::{self, Frame};

/// Notes where the coroutine is made, if `sys.set_coroutine_origin_tracking_depth` asks
/// for it.
pub fn note_origin(py: Py, this: &Generator) {
    // SAFETY: the GIL is held; a plain field.
    let depth = unsafe { (*py.thread().raw()).coroutine_origin_tracking_depth };
    if depth > 0 {
        *this.extra.borrow_mut() = Some(origin(py, depth as usize).upcast());
    }
}

fn origin(py: Py, depth: usize) -> krait_object::object::Owned<Tuple> {
    let mut entries = Vec::new();
    let mut at = frame::current(py);
    while !at.is_null() && entries.len() < depth {
        // SAFETY: frames of the chain are alive; those that called have been saved.
        unsafe {
            let code = Frame::code_ref(at);
            let line = code.line_at(Frame::index(at));
            entries.push(Value::from(Tuple::from_values([
                Value::from(code.filename()),
                Value::int(i64::from(line)),
                Value::from(code.body.name.clone()),
            ])));
            at = (*at).previous;
        }
    }
    Tuple::from_values(entries)
}

/// RuntimeWarning: coroutine was never awaited.
pub fn never_awaited(py: Py, this: &Generator) {
    let origin = this.extra.borrow().clone();
    if origin.is_some()
        && let Ok(warnings) = krait_object::hooks::import_module(py, "warnings")
        && let Ok(Some(warn)) =
            protocol::lookup_attr(py, &warnings, &Str::intern("_warn_unawaited_coroutine"))
    {
        if protocol::call(py, &warn, &[Value::from(this.to_owned())]).is_err() {
            errors::write_unraisable(
                py,
                Some("Exception ignored while finalizing coroutine"),
                Some(this.as_object()),
            );
        }
        return;
    }
    let text = format!(
        "coroutine '{}' was never awaited",
        this.qualname.borrow().to_rust()
    );
    if errors::warn(py, &exceptions::RuntimeWarning, &text, 1).is_err() {
        errors::write_unraisable(
            py,
            Some("Exception ignored while finalizing coroutine"),
            Some(this.as_object()),
        );
    }
}
