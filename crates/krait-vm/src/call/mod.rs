//! Calls: frames for Python functions, from the interpreter's registers and from native
//! code.

use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use crate::code::NOT_SIMPLE;
use crate::dispatch;
use crate::frame::{self, flag};
use crate::function::Function;
use crate::stack;

use arguments::{Arguments, Lent};

pub mod arguments;
pub mod bind;
pub mod construct;
pub mod errors;

/// Calls a Python function from native code. The values stay the caller's.
pub fn call_function(
    py: Py,
    function: &Function,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult {
    py.thread().check_native_stack(py, "")?;
    // SAFETY: the new frame gets its own reference to the function, and is run at once.
    unsafe {
        enter_native(py, function, values, kwnames)?;
        dispatch::run(py, false)
    }
}

/// Pushes the frame of a call from native code.
///
/// # Safety
/// The frame is run next.
unsafe fn enter_native(
    py: Py,
    function: &Function,
    values: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    let function = function.to_owned();
    let code: *const crate::code::CodeObject = function.code();
    let stack = stack::of_thread(py);
    // SAFETY: registers are written in the frame's own range; references are counted.
    unsafe {
        let body = &(*code).body;
        if kwnames.is_none() && body.simple_args == values.len() as u32 {
            let Some(frame) = frame::push(stack, function.into_raw(), code, flag::NATIVE, 0) else {
                return stack::overflow(py);
            };
            let base = (*frame).base;
            for (i, value) in values.iter().enumerate() {
                *base.add(i) = value.clone().into_word();
            }
            frame::zero_registers(base, values.len(), body.first_temp as usize);
            return Ok(());
        }
        let arguments = Lent {
            values,
            names: kwnames,
        };
        enter_bound(py, function, arguments, flag::NATIVE, 0)
    }
}

/// Binds arguments of any kind and pushes the frame.
///
/// # Safety
/// The frame is run next, or the loop's state reloaded.
pub unsafe fn enter_bound<A: Arguments>(
    py: Py,
    function: Owned<Function>,
    arguments: A,
    flags: u32,
    width: u32,
) -> PyResult<()> {
    let stack = stack::of_thread(py);
    let code: *const _ = function.code();
    // SAFETY: the registers are reserved before anything is written to them, since
    // binding may run Python code.
    unsafe {
        let (base, locals) = ((*stack).top, (*code).body.first_temp as usize);
        let top = base.add((*code).body.nregs as usize);
        if (*stack).next >= (*stack).limit || top > (*stack).end {
            return stack::overflow(py);
        }
        frame::zero_registers(base, 0, locals);
        (*stack).top = top;
        let bound = bind::bind(py, &function, arguments, base);
        if bound.is_err() {
            frame::clear_registers(base, locals);
        }
        (*stack).top = base;
        bound?;
        let globals = function.globals().as_object().to_owned();
        let Some(frame) = frame::push(stack, function.into_raw(), code, flags, width) else {
            frame::clear_registers(base, locals);
            return stack::overflow(py);
        };
        if !(*code).has_flag(krait_bytecode::flags::OPTIMIZED) {
            (*frame).flags |= flag::LOCALS;
            (*frame).locals = globals.into_ptr();
        }
        Ok(())
    }
}

/// Whether missing trailing arguments are all in the defaults of a simple function.
#[inline(always)]
pub fn covered_by_defaults(function: &Function, given: u32) -> bool {
    let wanted = function.code().body.simple_args;
    if wanted == NOT_SIMPLE || given > wanted {
        return false;
    }
    // SAFETY: null or an owned tuple.
    unsafe {
        let defaults = (*function.raw()).func_defaults;
        !defaults.is_null()
            && Object::from_ptr(defaults).cast_unchecked::<Tuple>().len()
                >= (wanted - given) as usize
    }
}

/// Writes the defaults of the parameters from `given` on.
///
/// # Safety
/// `covered_by_defaults` holds, and the registers are the new frame's.
#[inline]
pub unsafe fn fill_defaults(function: &Function, base: *mut u64, given: usize) {
    let wanted = function.code().body.simple_args as usize;
    // SAFETY: the contract.
    unsafe {
        let defaults = Object::from_ptr((*function.raw()).func_defaults).cast_unchecked::<Tuple>();
        let first = defaults.len() - (wanted - given);
        for i in given..wanted {
            if let Some(value) = defaults.get(first + i - given) {
                *base.add(i) = value.into_word();
            }
        }
    }
}
