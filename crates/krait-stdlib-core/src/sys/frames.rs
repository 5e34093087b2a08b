//! What `sys` tells about running code: frames, exceptions, recursion, tracing.

use krait_object::{Dict, ModuleBuilder, Py, PyResult, Tuple, Value, intern, protocol, raise};
use krait_vm::frame;

fn getframe(py: Py, depth: Option<i64>) -> PyResult {
    let depth = usize::try_from(depth.unwrap_or(0)).unwrap_or(0);
    match frame::frame_object(py, depth) {
        Some(frame) => {
            let frame = Value::from(frame);
            super::audit::audit(py, "sys._getframe", std::slice::from_ref(&frame))?;
            Ok(frame)
        }
        None => raise!(py, ValueError, "call stack is not deep enough"),
    }
}

fn getframemodulename(py: Py, depth: Option<i64>) -> PyResult {
    let asked = Value::int(depth.unwrap_or(0));
    super::audit::audit(py, "sys._getframemodulename", &[asked])?;
    let depth = usize::try_from(depth.unwrap_or(0)).unwrap_or(0);
    let Some(frame) = frame::frame_object(py, depth) else {
        return Ok(Value::none());
    };
    let globals = protocol::get_attr(py, &Value::from(frame), intern!("f_globals"))?;
    let found = globals
        .downcast::<krait_object::Dict>()
        .and_then(|g| g.get_str_key(py, intern!("__name__")));
    Ok(found.unwrap_or_else(Value::none))
}

fn exc_info(py: Py) -> PyResult {
    let Some(exception) = py.thread().handled_exception() else {
        return Ok(Value::from(Tuple::from_values([
            Value::none(),
            Value::none(),
            Value::none(),
        ])));
    };
    let class = Value::from(krait_object::Layout::to_owned(exception.ty()));
    let value = Value::from(exception);
    let traceback = protocol::get_attr(py, &value, intern!("__traceback__"))?;
    Ok(Value::from(Tuple::from_values([class, value, traceback])))
}

fn setrecursionlimit(py: Py, limit: i32) -> PyResult<()> {
    if limit < 1 {
        return raise!(
            py,
            ValueError,
            "recursion limit must be greater or equal than 1"
        );
    }
    krait_vm::set_recursion_limit(py, limit as usize)
}

fn exit(py: Py, status: Option<&Value>) -> PyResult<()> {
    // A tuple holds the exception's arguments, as with `raise`'s C counterpart.
    let tuple = status.and_then(|s| s.downcast::<Tuple>());
    let tuple: Option<Vec<Value>> = tuple.map(|t| t.iter().map(Value::unboxed).collect());
    let arguments: &[Value] = match &tuple {
        Some(values) => values,
        None => status.map_or(&[], std::slice::from_ref),
    };
    Err(krait_object::errors::raise_args(
        py,
        &krait_object::exceptions::SystemExit,
        arguments,
    ))
}

/// `_current_frames()`: the innermost frame of each thread.
fn current_frames(py: Py) -> PyResult {
    let dict = Dict::new();
    for (ident, frame) in krait_vm::threads::current_frames(py) {
        dict.set_value(py, &Value::int(ident as i64), Value::from(frame))?;
    }
    Ok(Value::from(dict))
}

/// `_current_exceptions()`: what each thread handles.
fn current_exceptions(py: Py) -> PyResult {
    let dict = Dict::new();
    for (ident, exception) in krait_vm::threads::current_exceptions(py) {
        let value = exception.map_or_else(Value::none, Value::from);
        dict.set_value(py, &Value::int(ident as i64), value)?;
    }
    Ok(Value::from(dict))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("_getframe($module, depth=0, /)", getframe)?
        .function(
            "_getframemodulename($module, /, depth=0)",
            getframemodulename,
        )?
        .function("_current_frames($module, /)", current_frames)?
        .function("_current_exceptions($module, /)", current_exceptions)?
        .function("exc_info($module, /)", exc_info)?
        .function("exception($module, /)", |py: Py| {
            py.thread().handled_exception()
        })?
        .function("getrecursionlimit($module, /)", krait_vm::recursion_limit)?
        .function("setrecursionlimit($module, limit, /)", setrecursionlimit)?
        .function("exit($module, status=None, /)", exit)?
        .function(
            "call_tracing($module, func, args, /)",
            krait_vm::trace::call_tracing,
        )?;
    Ok(())
}
