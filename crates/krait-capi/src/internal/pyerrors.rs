//! `pycore_pyerrors.h`: what `pyerrors.h` has, of a thread state that the caller has found
//! already, which is the current one; notes; and what `except*` does at its end.

use std::ffi::CStr;

use krait_abi::PyThreadState;
use krait_object::exceptions::BaseException;
use krait_object::{List, Object, Owned, Py, PyResult, Value, errors, protocol, raise};

use crate::border::{Ptr, export};
use crate::pyerrors;

type State = *mut PyThreadState;

/// What an `except*` statement raises again, of its exception and those that its clauses
/// raised or left.
fn prepare_reraise(py: Py, original: &Object, raised: &Object) -> PyResult {
    let Some(body) = BaseException::from_object(original) else {
        return raise!(py, TypeError, "orig must be an exception instance");
    };
    let Some(list) = raised.downcast::<List>() else {
        return raise!(py, TypeError, "excs must be a list of exception instances");
    };
    for (at, item) in list.to_vec().iter().enumerate() {
        if !item.is_none() && BaseException::from_object(item).is_none() {
            return raise!(py, TypeError, "item {at} of excs is not an exception");
        }
    }
    if body.traceback().is_none() {
        return raise!(py, ValueError, "orig must be a raised exception");
    }
    let result = krait_object::exceptions::group::prepare_reraise(py, original, list)?;
    Ok(result.map_or_else(Value::none, Value::from))
}

export! {
    fn _PyErr_Clear(py, _state: State) { drop(py.thread().take_exception()) }
    fn _PyErr_SetString(_py, _state: State, class: Ptr, text: *const std::ffi::c_char) { pyerrors::PyErr_SetString(class, text) }
    fn _PyErr_ExceptionMatches(_py, _state: State, class: Ptr) -> bool { pyerrors::PyErr_ExceptionMatches(class) != 0 }
    fn _PyErr_GetRaisedException(py, _state: State) -> Option<Owned> { py.thread().take_exception() }
    fn _PyErr_SetRaisedException(_py, _state: State, exception: Ptr) { pyerrors::PyErr_SetRaisedException(exception) }
    fn _PyErr_SetLocaleString(py, class: Option<&Value>, text: &CStr) {
        // (The locale's encoding is UTF-8.)
        if let Ok(text) = crate::text::decode_fs(py, text.to_bytes()) {
            pyerrors::set_object(py, class, Some(&Value::from(text)));
        }
    }
    // Adds a note to the exception that is set; a failure in doing so takes its place.
    fn krait_err_note(py, note: Option<Owned>) {
        let Some(note) = note else { return };
        let Some(exception) = py.thread().take_exception() else { return };
        let target = Value::from(exception.clone());
        if protocol::call_method_str(py, &target, "add_note", &[Value::from(note)]).is_ok() {
            py.thread().set_exception(exception);
        }
    }
    fn _PyGen_SetStopIterationValue(py, value: &Value) -> PyResult<()> {
        let krait_object::Raised = errors::stop_iteration(py, value);
        Ok(())
    }
    fn _PyCoro_GetAwaitableIter(py, object: &Value) -> PyResult { krait_vm::generator::await_::awaitable_of(py, object, 0) }
    fn PyUnstable_Exc_PrepReraiseStar(py, original: &Object, raised: &Object) -> PyResult { prepare_reraise(py, original, raised) }
    fn _Py_GetErrorHandler(_py, errors: Option<&CStr>) -> std::ffi::c_int {
        const HANDLERS: [&CStr; 7] = [c"strict", c"surrogateescape", c"replace", c"ignore", c"backslashreplace", c"surrogatepass", c"xmlcharrefreplace"];
        let errors = errors.unwrap_or(c"strict");
        // `_Py_ERROR_STRICT` is 1, `_Py_ERROR_OTHER` 8.
        HANDLERS.iter().position(|&handler| handler == errors).map_or(8, |at| at as std::ffi::c_int + 1)
    }
}
