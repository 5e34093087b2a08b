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
#[derive(Clone, Copy)]
pub enum Flow {
    /// Goes on behind the instruction.
    Next,
    /// Goes on at this distance behind the instruction's own word.
    Jump(i64),
    /// An exception is set: looks for a handler.
    Raise,
    /// The state has been set to another place (call, return, yield).
    Reload,
    /// Leaves the loop with this word; zero where an exception is set.
    Exit(u64),
    /// Nothing was done yet: the instruction is one for its function in `cold`.
    Cold,
    /// Nothing was done yet: the instruction is one for its function in `second`.
    Second,
    /// As `Next`, after freeing this object, which has no references any more.
    Free(u64),
    /// The same for two: the other one is the frame's `dead`.
    FreeTwo(u64),
    /// As `Jump`, after freeing the frame's `dead`.
    JumpFree(i64),
    /// As `Reload`, after freeing this object.
    ReloadFree(u64),
}

/// The registers of the machine.
#[derive(Clone, Copy)]
pub struct State {
    pub pc: *mut u64,
    pub base: *mut u64,
    pub frame: *mut Frame,
    pub py: Py,
}

/// A state as its frame has it, with the pc saved. It is one word: to pass it on gives no
/// address of the state away, which the threaded interpreter lives from.
#[derive(Clone, Copy)]
pub struct Saved(*mut Frame);

impl Saved {
    #[inline(always)]
    pub fn state(self) -> State {
        // SAFETY: only `State::saved` makes one, of the innermost frame, and it does not
        // outlive the instruction; the GIL is held.
        unsafe { State::of((*self.0).pc, (*self.0).base, self.0) }
    }
}

impl State {
    /// The state of the innermost frame, from its parts.
    ///
    /// # Safety
    /// They are that frame's; the GIL is held while the state is used.
    #[inline(always)]
    pub unsafe fn of(pc: *mut u64, base: *mut u64, frame: *mut Frame) -> State {
        // SAFETY: the contract.
        let py = unsafe { Py::assume() };
        State {
            pc,
            base,
            frame,
            py,
        }
    }

    /// Saves the state and lends it to a function out of line.
    #[inline(always)]
    pub fn saved(&self) -> Saved {
        self.save();
        Saved(self.frame)
    }

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

    /// Whether the frame is the thread's innermost one still.
    pub fn is_innermost(&self) -> bool {
        // SAFETY: the thread's own stack.
        unsafe { (*self.stack()).current == self.frame }
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

    /// The instruction that is run. (Its number may be a watcher's.)
    #[inline(always)]
    pub fn word(&self) -> Word {
        // SAFETY: the pc is at an instruction.
        Word(unsafe { *self.pc })
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

    /// Stores a result, as an instruction's last deed.
    #[inline(always)]
    pub fn fill(&self, register: u16, word: u64) -> Flow {
        // SAFETY: the register owned its old word.
        unsafe {
            let old = std::mem::replace(&mut *self.at(register), word);
            if is_object(old) && Object::give_back(old as *mut PyObject) {
                return Flow::Free(old);
            }
        }
        Flow::Next
    }

    /// The same, having consumed an operand that is an object.
    #[inline(always)]
    pub fn fill_consuming(&self, register: u16, word: u64, operand: u16) -> Flow {
        let mut dead = 0;
        if self.is_temp(operand) {
            let held = self.steal(operand);
            // SAFETY: a temporary owned its reference.
            if unsafe { Object::give_back(held as *mut PyObject) } {
                dead = held;
            }
        }
        let flow = self.fill(register, word);
        if dead == 0 {
            return flow;
        }
        if let Flow::Free(old) = flow {
            // SAFETY: the frame is the innermost one.
            unsafe { (*self.frame).dead = old };
            return Flow::FreeTwo(dead);
        }
        Flow::Free(dead)
    }

    /// Stores a loop's item, then jumps.
    #[inline(always)]
    pub fn fill_and_jump(&self, register: u16, word: u64, offset: i64) -> Flow {
        if let Flow::Free(old) = self.fill(register, word) {
            // SAFETY: the frame is the innermost one.
            unsafe { (*self.frame).dead = old };
            return Flow::JumpFree(offset);
        }
        Flow::Jump(offset)
    }

    /// Whether the register holds an object's last reference.
    #[inline(always)]
    pub fn dies(&self, register: u16) -> bool {
        let word = self.get(register);
        // SAFETY: a register keeps its object alive.
        is_object(word) && unsafe { Object::is_last(word as *mut PyObject) }
    }

    /// Whether consuming the operand frees an object.
    #[inline(always)]
    pub fn consumes_last(&self, register: u16) -> bool {
        self.is_temp(register) && self.dies(register)
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

    /// Moves temporaries to other registers; they are empty afterwards.
    ///
    /// # Safety
    /// There is room for so many words, which hold nothing.
    #[inline(always)]
    pub unsafe fn move_out(&self, first: u16, count: usize, to: *mut u64) {
        // SAFETY: the contract; the verifier has checked the register numbers.
        unsafe {
            let from = self.at(first);
            for i in 0..count {
                *to.add(i) = *from.add(i);
                *from.add(i) = 0;
            }
        }
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

    /// Consumes an operand that does not die of it.
    #[inline(always)]
    pub fn let_go(&self, register: u16) {
        if self.is_temp(register) {
            self.let_temp_go(register);
        }
    }

    /// The same for a temporary.
    #[inline(always)]
    pub fn let_temp_go(&self, register: u16) {
        let word = self.steal(register);
        if is_object(word) {
            // SAFETY: a temporary owned its reference, which is not the last one.
            let last = unsafe { Object::give_back(word as *mut PyObject) };
            debug_assert!(!last);
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
        unsafe { *(*(*self.frame).code).body.consts.get().add(index as usize) }
    }

    #[inline(always)]
    pub fn constant_value<'a>(&self, index: u32) -> &'a Value {
        // SAFETY: constants are values; the code is alive while it runs.
        unsafe {
            &*(*(*self.frame).code)
                .body
                .consts
                .get()
                .add(index as usize)
                .cast::<Value>()
        }
    }

    #[inline(always)]
    pub fn name<'a>(&self, index: u32) -> &'a Str {
        // SAFETY: the verifier has checked the numbers of names; code that runs is read.
        unsafe { &*self.code().body.names.get().add(index as usize) }
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
    Flow::Jump(i64::from(w.c() as i16))
}

/// The flow of a jump with a 32-bit offset.
#[inline(always)]
pub fn wide(w: Word) -> Flow {
    Flow::Jump(i64::from(w.bc() as i32))
}

impl State {
    /// The state of the innermost frame.
    ///
    /// # Safety
    /// There is one.
    #[inline(always)]
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
