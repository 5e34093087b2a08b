//! The running frame's hot state and the accessors that instructions use.
//!
//! `State` lives in locals of the interpreter's loop: handlers are inlined into it, and
//! whatever is not inlined gets a copy, so that no field needs an address. What always
//! holds between two instructions: `frame` is the thread's innermost frame and all other
//! fields are what `reload` takes from it, but for `pc`, which the frame gets only
//! before something that may look at it (`save`).

use krait_abi::PyObject;
use krait_bytecode::{NO_REG, Word};
use krait_object::object::Object;
use krait_object::py::Py;
use krait_object::types::str::Str;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::frame::Frame;
use crate::function::Function;
use crate::stack::Stack;
use crate::word::{copy_word, drop_word, is_object};

/// What the loop does after an instruction.
pub enum Flow {
    /// Goes on behind the instruction.
    Next,
    /// Goes on at this distance behind the instruction's own word.
    Jump(i32),
    /// An exception is set: looks for a handler.
    Raise,
    /// The state has been set to another place (call, return, yield).
    Reload,
    /// Leaves the loop with this word; zero where an exception is set.
    Exit(u64),
}

/// The registers of the machine.
#[derive(Clone, Copy)]
pub struct State {
    pub pc: *mut u64,
    pub base: *mut u64,
    pub frame: *mut Frame,
    pub py: Py,
}

impl State {
    /// Takes everything from the innermost frame.
    ///
    /// # Safety
    /// There is one.
    #[inline(always)]
    pub unsafe fn reload(&mut self) {
        // SAFETY: the innermost frame and its code are alive.
        unsafe {
            let frame = (*self.stack()).current;
            self.frame = frame;
            self.pc = (*frame).pc;
            self.base = (*frame).base;
        }
    }

    /// The running thread's stack.
    #[inline(always)]
    pub fn stack(&self) -> *mut Stack {
        self.py.thread().vm().cast()
    }

    /// Lets the frame know where it is, before anything that may ask.
    #[inline(always)]
    pub fn save(&self) {
        // SAFETY: the frame is the innermost one, and alive.
        unsafe { (*self.frame).pc = self.pc }
    }

    #[inline(always)]
    pub fn code<'a>(&self) -> &'a CodeObject {
        // SAFETY: a frame keeps its function and that its code alive.
        unsafe { &*(*self.frame).code }
    }

    #[inline(always)]
    pub fn function<'a>(&self) -> &'a Function {
        // SAFETY: a frame owns its function.
        unsafe { &*(*self.frame).function }
    }

    /// The word of a register.
    #[inline(always)]
    pub fn get(&self, register: u16) -> u64 {
        // SAFETY: the verifier has checked the register numbers.
        unsafe { *self.base.add(register as usize) }
    }

    /// Where a register is.
    #[inline(always)]
    pub fn at(&self, register: u16) -> *mut u64 {
        // SAFETY: the verifier has checked the register numbers.
        unsafe { self.base.add(register as usize) }
    }

    /// Stores into a register that holds no reference.
    #[inline(always)]
    pub fn put(&self, register: u16, word: u64) {
        // SAFETY: the verifier has checked the register numbers.
        unsafe { *self.at(register) = word }
    }

    /// Stores into a register and gives back what a local held.
    #[inline(always)]
    pub fn set(&self, register: u16, word: u64) {
        // SAFETY: the register owned its old word.
        unsafe {
            let old = std::mem::replace(&mut *self.at(register), word);
            drop_word(old);
        }
    }

    #[inline(always)]
    pub fn set_value(&self, register: u16, value: Value) {
        self.set(register, value.into_word());
    }

    #[inline(always)]
    pub fn is_temp(&self, register: u16) -> bool {
        // SAFETY: the innermost frame is alive.
        u32::from(register) >= unsafe { (*self.frame).first_temp }
    }

    /// The operand as an owned value: a temporary is consumed, a local copied.
    #[inline(always)]
    pub fn take(&self, register: u16) -> Value {
        // SAFETY: an operand is not empty; a temporary's reference passes on.
        unsafe {
            let place = self.at(register);
            let word = *place;
            if self.is_temp(register) {
                *place = 0;
                Value::from_word(word)
            } else {
                Value::from_word(copy_word(word))
            }
        }
    }

    /// The word of a temporary, which is empty afterwards.
    #[inline(always)]
    pub fn steal(&self, register: u16) -> u64 {
        // SAFETY: the verifier has checked the register numbers.
        unsafe { std::mem::replace(&mut *self.at(register), 0) }
    }

    /// The operand in its place. Nothing that may run Python code may happen while it
    /// is used.
    #[inline(always)]
    pub fn lend(&self, register: u16) -> &Value {
        // SAFETY: an operand is not empty, and a word is a value in form.
        unsafe { &*self.at(register).cast::<Value>() }
    }

    /// A copy of a register that is not empty.
    #[inline(always)]
    pub fn copy(&self, register: u16) -> Value {
        self.lend(register).clone()
    }

    /// Consumes an operand that was read in place.
    #[inline(always)]
    pub fn release(&self, register: u16) {
        if self.is_temp(register) {
            // SAFETY: a temporary owned its word.
            unsafe { drop_word(self.steal(register)) }
        }
    }

    /// Consumes an operand whose word is a reference.
    #[inline(always)]
    pub fn release_object(&self, register: u16) {
        if self.is_temp(register) {
            // SAFETY: a temporary owned its reference.
            unsafe { Object::decref(self.steal(register) as *mut PyObject) }
        }
    }

    /// The operand, or nothing for `NO_REG`.
    pub fn take_opt(&self, register: u16) -> Option<Value> {
        (register != NO_REG).then(|| self.take(register))
    }

    /// Consecutive registers as values; all are filled.
    #[inline(always)]
    pub fn slice<'a>(&self, first: u16, count: usize) -> &'a [Value] {
        // SAFETY: filled registers are values in form; they are temporaries that nobody
        // else changes while the instruction runs.
        unsafe { std::slice::from_raw_parts(self.at(first).cast::<Value>(), count) }
    }

    /// Empties consecutive temporaries.
    #[inline(always)]
    pub fn clear(&self, first: u16, count: usize) {
        for i in 0..count {
            // SAFETY: the verifier has checked the register numbers.
            unsafe {
                let place = self.at(first).add(i);
                let word = *place;
                if is_object(word) {
                    *place = 0;
                    Object::decref(word as *mut PyObject);
                }
            }
        }
    }

    /// The word of a constant.
    #[inline(always)]
    pub fn constant(&self, index: u32) -> u64 {
        // SAFETY: the verifier has checked the constant numbers.
        unsafe { *(*(*self.frame).code).body.consts.add(index as usize) }
    }

    #[inline(always)]
    pub fn constant_value<'a>(&self, index: u32) -> &'a Value {
        // SAFETY: constants are values; the code is alive while it runs.
        unsafe {
            &*(*(*self.frame).code)
                .body
                .consts
                .add(index as usize)
                .cast::<Value>()
        }
    }

    #[inline(always)]
    pub fn name<'a>(&self, index: u32) -> &'a Str {
        &self.code().body.names[index as usize]
    }

    /// The instruction's cache or operand word number `i`.
    #[inline(always)]
    pub fn cache(&self, i: usize) -> *mut u64 {
        // SAFETY: the table says how many words follow an instruction.
        unsafe { self.pc.add(1 + i) }
    }

    /// The result of an instruction into its register.
    #[inline(always)]
    pub fn finish(&self, register: u16, result: krait_object::py::PyResult) -> Flow {
        match result {
            Ok(value) => {
                self.set_value(register, value);
                Flow::Next
            }
            Err(_) => Flow::Raise,
        }
    }

    /// As `finish`, for results that are not in a loop's locals.
    #[inline(always)]
    pub fn done(result: krait_object::py::PyResult<()>) -> Flow {
        if result.is_ok() {
            Flow::Next
        } else {
            Flow::Raise
        }
    }

    /// Index of the present instruction's word.
    pub fn index(&self) -> u32 {
        self.code().index_of(self.pc)
    }
}

/// The operand that an instruction's word encodes.
#[inline(always)]
pub fn signed(operand: u16) -> i64 {
    i64::from(operand as i16)
}

/// The flow of a conditional jump with a 16-bit offset.
#[inline(always)]
pub fn short(w: Word) -> Flow {
    Flow::Jump(i32::from(w.c() as i16))
}

/// The flow of a jump with a 32-bit offset.
#[inline(always)]
pub fn wide(w: Word) -> Flow {
    Flow::Jump(w.bc() as i32)
}

impl State {
    /// The state of the innermost frame.
    ///
    /// # Safety
    /// There is one.
    pub unsafe fn innermost(py: Py) -> State {
        let null = std::ptr::null_mut();
        let mut state = State {
            pc: null,
            base: null,
            frame: std::ptr::null_mut(),
            py,
        };
        // SAFETY: the contract.
        unsafe { state.reload() };
        state
    }
}
