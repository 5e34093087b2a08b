//! Frame records: what a running function is.
//!
//! A record stands on the thread's stack of records, or, for generators, in the generator
//! object. It owns its function, its locals mapping (if it has one) and the frame object
//! that someone may have asked for; it borrows code and globals from the function.

use krait_abi::PyObject;
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::function::Function;
use crate::generator::Generator;
use crate::stack::{self, Stack};
use crate::subinterpreter;
use crate::word::{drop_word, is_object};

mod jump;
pub mod locals;
pub mod object;
pub mod proxy;
pub mod traceback;

pub use object::{FrameObject, detached};

/// Bits of `Frame::flags`. A frame with none returns to the Python frame before it.
pub mod flag {
    /// A frame object belongs to the record.
    pub const OBJECT: u32 = 1;
    /// The record is in a generator.
    pub const GENERATOR: u32 = 2;
    /// Native code waits for the result.
    pub const NATIVE: u32 = 4;
    /// It runs `__init__` for a call of a class.
    pub const INIT: u32 = 8;
    /// It owns a locals mapping.
    pub const LOCALS: u32 = 16;
    /// The result is not wanted.
    pub const DISCARD: u32 = 32;
    /// A generator resumed by `FOR_ITER`.
    pub const FOR_ITER: u32 = 64;
    /// A generator resumed by `SEND`.
    pub const SEND: u32 = 128;
    /// Trace or profile functions were told of the call.
    pub const TRACED: u32 = 256;
    /// Tracers are being told of the call: no instruction has run yet.
    pub const AT_ENTRY: u32 = 512;
    /// It runs `__new__` for a call of a class; the call's registers keep class and arguments.
    pub const NEW: u32 = 1024;
    /// With `NEW`: an empty register is between callable and arguments.
    pub const LATER: u32 = 2048;
    /// How a generator was resumed.
    pub const RESUMPTION: u32 = NATIVE | DISCARD | FOR_ITER | SEND;
}

/// A frame record.
#[repr(C)]
pub struct Frame {
    /// The instruction being run; current only when the frame is not, or was saved.
    pub pc: *mut u64,
    /// The first register.
    pub base: *mut u64,
    pub code: *const CodeObject,
    pub function: *mut Function,
    pub globals: *mut Dict,
    /// The frame to return to.
    pub previous: *mut Frame,
    /// `flag::*`
    pub flags: u32,
    /// Words of the instruction in the frame before that made this call.
    pub width: u32,
    /// The code's first temporary.
    pub first_temp: u32,
    /// See `Flow::FreeTwo`.
    pub dead: u64,
    /// With `OBJECT`.
    pub object: *mut FrameObject,
    /// With `LOCALS`: the mapping of a module, class or `exec`.
    pub locals: *mut PyObject,
    /// With `GENERATOR`.
    pub generator: *mut Generator,
}

impl Frame {
    /// # Safety
    /// The frame is alive.
    #[inline(always)]
    pub unsafe fn code_ref<'a>(this: *mut Frame) -> &'a CodeObject {
        // SAFETY: a frame keeps its function and that its code alive.
        unsafe { &*(*this).code }
    }

    /// # Safety
    /// The frame is alive.
    #[inline(always)]
    pub unsafe fn function_ref<'a>(this: *mut Frame) -> &'a Function {
        // SAFETY: a frame owns its function.
        unsafe { &*(*this).function }
    }

    /// # Safety
    /// The frame is alive.
    #[inline(always)]
    pub unsafe fn globals_ref<'a>(this: *mut Frame) -> &'a Dict {
        // SAFETY: the function owns its globals.
        unsafe { &*(*this).globals }
    }

    /// Word index of the instruction being run.
    ///
    /// # Safety
    /// The frame is alive and saved.
    pub unsafe fn index(this: *mut Frame) -> u32 {
        // SAFETY: the contract.
        unsafe { (*(*this).code).index_of((*this).pc) }
    }

    /// The locals mapping; `None` in function code.
    ///
    /// # Safety
    /// The frame is alive.
    pub unsafe fn mapping(this: *mut Frame) -> Option<Value> {
        // SAFETY: with the flag, the field is an owned object.
        unsafe {
            if (*this).flags & flag::LOCALS == 0 {
                return None;
            }
            Some(Value::from(Object::from_ptr((*this).locals).to_owned()))
        }
    }
}

/// Whether a temporary of the running frame holds the object: an argument that a call
/// consumes, say, and not a variable.
pub fn is_temporary(py: Py, object: &Object) -> bool {
    let (_, temporaries) = running_registers(py);
    temporaries.contains(&(object.as_ptr() as u64))
}

/// Whether a variable of the running frame, and no cell, holds the object.
pub fn is_variable(py: Py, object: &Object) -> bool {
    let (variables, _) = running_registers(py);
    variables.contains(&(object.as_ptr() as u64))
}

/// The running frame's registers: variables and temporaries. Good until code runs.
fn running_registers<'a>(py: Py) -> (&'a [u64], &'a [u64]) {
    // SAFETY: the innermost frame is alive, and its registers are the code's.
    unsafe {
        let frame = (*stack::of_thread(py)).current;
        if frame.is_null() {
            return (&[], &[]);
        }
        let body = &(*(*frame).code).body;
        let registers = std::slice::from_raw_parts((*frame).base, body.nregs as usize);
        registers.split_at(body.first_temp as usize)
    }
}

/// Puts a record for a call on the stack; nothing where there is no room. Registers are
/// reserved, not written.
///
/// # Safety
/// The function's reference passes to the frame; `code` is the function's.
#[inline(always)]
pub unsafe fn push(
    stack: *mut Stack,
    function: *mut Function,
    code: *const CodeObject,
    flags: u32,
    width: u32,
) -> Option<*mut Frame> {
    // SAFETY: the record and the registers are within the reservations, which is checked.
    unsafe {
        let (frame, base) = ((*stack).next, (*stack).top);
        let top = base.add((*code).body.nregs as usize);
        if frame >= (*stack).limit || top > (*stack).end {
            return None;
        }
        (*frame).pc = (*code).body.words.get();
        (*frame).base = base;
        (*frame).code = code;
        (*frame).function = function;
        (*frame).globals = (*(*function).raw()).func_globals.cast();
        (*frame).previous = (*stack).current;
        (*frame).flags = flags;
        (*frame).width = width;
        (*frame).first_temp = (*code).body.first_temp;
        (*stack).next = frame.add(1);
        (*stack).top = top;
        (*stack).current = frame;
        Some(frame)
    }
}

/// Empties so many registers.
///
/// # Safety
/// They are a frame's own.
#[inline(always)]
pub unsafe fn clear_registers(base: *mut u64, count: usize) {
    // From the last one down, as CPython does: destructors can tell.
    for i in (0..count).rev() {
        // SAFETY: the contract.
        unsafe {
            let place = base.add(i);
            let word = *place;
            if is_object(word) {
                *place = 0;
                Object::decref(word as *mut PyObject);
            }
        }
    }
}

/// Empties so many registers, from the last one down, as long as nothing dies of it; false
/// where something would, with the registers up to there empty.
///
/// # Safety
/// They are a frame's own.
#[inline(always)]
pub unsafe fn clear_living(base: *mut u64, count: usize) -> bool {
    for i in (0..count).rev() {
        // SAFETY: the contract.
        unsafe {
            let place = base.add(i);
            let word = *place;
            if is_object(word) {
                if Object::is_last(word as *mut PyObject) {
                    return false;
                }
                *place = 0;
                let _ = Object::give_back(word as *mut PyObject);
            }
        }
    }
    true
}

/// Sets registers to empty without looking at them.
///
/// # Safety
/// They hold no references.
#[inline(always)]
pub unsafe fn zero_registers(base: *mut u64, from: usize, to: usize) {
    for i in from..to {
        // SAFETY: the contract. There are few: a call of `memset` would cost more, and is
        // what the compiler makes of plain stores.
        unsafe { base.add(i).write_volatile(0) }
    }
}

/// Takes the innermost frame off the stack of records, with all that it owns.
///
/// # Safety
/// It is a record of the stack, not a generator's.
#[inline(never)]
pub unsafe fn pop(py: Py, stack: *mut Stack, frame: *mut Frame) {
    // SAFETY: the frame is the innermost one; its registers stay reserved until they
    // are empty.
    unsafe {
        if (*frame).flags & flag::OBJECT != 0 {
            object::frame_ends(py, frame);
        }
        (*stack).current = (*frame).previous;
        let nregs = (*(*frame).code).body.nregs as usize;
        clear_registers((*frame).base, nregs);
        (*stack).top = (*frame).base;
        (*stack).next = frame;
        let (function, locals) = ((*frame).function, (*frame).locals);
        let has_locals = (*frame).flags & flag::LOCALS != 0;
        if !function.is_null() {
            Object::decref(function.cast());
        }
        if has_locals {
            drop_word(locals as u64);
        }
    }
}

/// The innermost frame, or null.
pub fn current(py: Py) -> *mut Frame {
    let stack = py.thread().vm().cast::<stack::Stack>();
    // Asking makes no stack: a greenlet that has finished asks when its own is gone already.
    if stack.is_null() {
        return std::ptr::null_mut();
    }
    // SAFETY: the thread's own stack.
    unsafe { (*stack).current }
}

/// The frame so many calls further out.
pub fn at_depth(py: Py, depth: usize) -> Option<*mut Frame> {
    let mut frame = current(py);
    for _ in 0..depth {
        if frame.is_null() {
            return None;
        }
        // SAFETY: frames of the chain are alive.
        frame = unsafe { (*frame).previous };
    }
    (!frame.is_null()).then_some(frame)
}

/// `sys._getframe(depth)`.
pub fn frame_object(py: Py, depth: usize) -> Option<Owned<FrameObject>> {
    // SAFETY: frames of the chain are alive.
    at_depth(py, depth).map(|frame| unsafe { object::of_frame(py, frame) })
}

/// `locals()` of the running Python code.
pub fn current_locals(py: Py) -> PyResult {
    let frame = current(py);
    if frame.is_null() {
        return match subinterpreter::main_names(py) {
            Some(names) => Ok(Value::from(names)),
            None => raise!(py, SystemError, "frame does not exist"),
        };
    }
    // SAFETY: the innermost frame is alive.
    unsafe { locals::locals(py, frame) }
}

/// `globals()` of the running Python code.
pub fn current_globals(py: Py) -> PyResult {
    match globals_if_any(py).or_else(|| subinterpreter::main_names(py)) {
        Some(globals) => Ok(Value::from(globals)),
        None => raise!(py, SystemError, "frame does not exist"),
    }
}

/// The same, `None` outside Python code.
pub fn globals_if_any(py: Py) -> Option<Owned<Dict>> {
    let frame = current(py);
    // SAFETY: the innermost frame is alive.
    (!frame.is_null()).then(|| unsafe { Frame::globals_ref(frame) }.to_owned())
}

/// The builtins of the running Python code, or the interpreter's.
pub fn current_builtins(py: Py) -> PyResult {
    let frame = current(py);
    if frame.is_null() {
        return Ok(Value::from(crate::builtins_dict(py)));
    }
    // SAFETY: the innermost frame is alive.
    Ok(Value::from(
        unsafe { Frame::function_ref(frame) }.builtins().to_owned(),
    ))
}

/// The `CO_FUTURE_*` flags of the running code, which `compile` inherits.
pub fn inherited_flags(py: Py) -> i64 {
    const FUTURE: u32 = 0x1FE_0000;
    let frame = current(py);
    if frame.is_null() {
        return 0;
    }
    // SAFETY: the innermost frame is alive.
    i64::from(unsafe { Frame::code_ref(frame) }.body.flags & FUTURE)
}

/// Takes the import system's own entries out of an exception's traceback: all of them if
/// `always`, else only runs that end in a module's own code being executed or imported.
pub fn remove_importlib_frames(_py: Py, exception: &Object, always: bool) {
    traceback::remove_importlib(exception, always);
}
