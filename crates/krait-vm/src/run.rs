//! Running code objects: modules, `exec`, `eval`, class bodies.

use krait_object::object::Layout;
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::frame::{self, flag};
use crate::function::{Extras, Function};
use crate::{dispatch, stack};

/// Runs a code object in globals and locals, with the cells for its free variables: what
/// `exec` and `eval` do with one.
pub fn run_code(
    py: Py,
    code: &CodeObject,
    globals: &Dict,
    locals: &Value,
    closure: Option<&Tuple>,
) -> PyResult {
    let extras = Extras {
        closure: closure.map(|c| c.as_object().to_owned()),
        ..Extras::default()
    };
    let function = Function::new(py, code.to_owned(), globals.to_owned(), extras);
    run_function(py, &function, locals.clone())
}

/// Runs a function's code with a locals mapping: class bodies, modules. Code that has
/// registers for its locals (a function's) runs as if called without arguments.
pub fn run_function(py: Py, function: &Function, locals: Value) -> PyResult {
    if function.code().has_flag(krait_bytecode::flags::OPTIMIZED) {
        return crate::call::call_function(py, function, &[], None);
    }
    py.thread().check_native_stack(py, "")?;
    let function = function.to_owned();
    let code: *const CodeObject = function.code();
    let stack = stack::of_thread(py);
    // SAFETY: the frame owns its function and the mapping, and is run at once.
    unsafe {
        let Some(frame) = frame::push(
            stack,
            function.into_raw(),
            code,
            flag::NATIVE | flag::LOCALS,
            0,
        ) else {
            return stack::overflow(py);
        };
        (*frame).locals = locals.into_object().into_ptr();
        frame::zero_registers((*frame).base, 0, (*code).body.first_temp as usize);
        dispatch::run(py, false)
    }
}
