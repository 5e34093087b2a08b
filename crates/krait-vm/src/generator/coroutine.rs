//! What only coroutines have: their origin, and the warning that they were never awaited.

use krait_object::errors;
use krait_object::exceptions;
use krait_object::intern;
use krait_object::object::Layout;
use krait_object::protocol;
use krait_object::py::{Py, Raised};
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use super::Generator;
use super::close::unraisable;
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
                Value::from(code.name().to_owned_str()),
            ])));
            at = (*at).previous;
        }
    }
    Tuple::from_values(entries)
}

/// RuntimeWarning: coroutine was never awaited.
pub fn never_awaited(py: Py, this: &Generator) {
    const DOING: &str = "Exception ignored while finalizing coroutine";
    let warn = krait_object::hooks::import_module(py, "warnings")
        .and_then(|m| protocol::lookup_attr(py, &m, intern!("_warn_unawaited_coroutine")));
    let mut warned = false;
    match warn {
        Ok(Some(warn)) => {
            let result = protocol::call(py, &warn, &[Value::from(this.to_owned())]);
            warned = result.is_ok() || errors::matches(py, &exceptions::RuntimeWarning);
        }
        Ok(None) => {}
        Err(Raised) => drop(py.thread().take_exception()),
    }
    if py.thread().has_exception() {
        unraisable(py, DOING, this.as_object());
    }
    if warned {
        return;
    }
    let text = format!(
        "coroutine '{}' was never awaited",
        this.qualname.borrow().to_rust()
    );
    if errors::warn(py, &exceptions::RuntimeWarning, &text, 1).is_err() {
        unraisable(py, DOING, this.as_object());
    }
}
