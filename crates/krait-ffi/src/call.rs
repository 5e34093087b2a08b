//! Calls of C functions.
//!
//! What is asked of the program: at the address is a function that takes these arguments
//! and gives this result.

use std::ffi::c_void;

use krait_object::{Py, gil};
use libffi_sys as ffi;

use crate::errno;
use crate::kind::{Kind, Row};
use crate::memory::{Block, Slot};

/// One argument.
pub struct Argument {
    pub kind: Kind,
    pub given: Given,
}

/// Its value.
pub enum Given {
    Value(Slot),
    /// An aggregate, passed by value.
    Block(Block),
}

/// A result, in memory.
pub enum Outcome {
    Small(Slot),
    Large(Block),
}

impl Outcome {
    fn new(size: usize) -> Option<Outcome> {
        if size <= Slot::SIZE {
            Some(Outcome::Small(Slot::new()))
        } else {
            Block::new(size).map(Outcome::Large)
        }
    }

    /// Where it is, as long as it is not moved.
    pub fn address(&self) -> usize {
        match self {
            Outcome::Small(slot) => slot.address(),
            Outcome::Large(block) => block.address(),
        }
    }
}

/// How a function is called.
#[derive(Clone, Copy)]
pub struct Manner {
    /// It is one of Python's API, and needs the GIL.
    pub keep_gil: bool,
    /// It sees ctypes' copy of `errno`.
    pub own_errno: bool,
}

/// Why a call was not made.
pub enum Failure {
    /// libffi cannot make such a call.
    Signature,
    Memory,
}

/// Calls the function.
pub fn call(
    py: Py,
    function: usize,
    arguments: &[&Argument],
    result: &Kind,
    manner: Manner,
) -> Result<Outcome, Failure> {
    let mut row = Row::new(arguments.iter().map(|a| a.kind.clone()).collect());
    let mut cif = row.prepare(result).ok_or(Failure::Signature)?;
    let outcome = Outcome::new(result.size()).ok_or(Failure::Memory)?;
    let mut values: Vec<*mut c_void> = arguments
        .iter()
        .map(|argument| {
            let address = match &argument.given {
                Given::Value(slot) => slot.address(),
                Given::Block(block) => block.address(),
            };
            std::ptr::with_exposed_provenance_mut(address)
        })
        .collect();
    let code: *const c_void = std::ptr::with_exposed_provenance(function);
    // SAFETY: a function pointer is a data pointer here; NULL is none.
    let code =
        unsafe { std::mem::transmute::<*const c_void, Option<unsafe extern "C" fn()>>(code) };
    // SAFETY: the thread holds the GIL by its token, which it does not use meanwhile.
    let retake = Retake((!manner.keep_gil).then(|| unsafe { gil::release() }));
    if manner.own_errno {
        errno::exchange();
    }
    // SAFETY: what the module asks of the program; types and values live until the end.
    unsafe {
        let place = std::ptr::with_exposed_provenance_mut(outcome.address());
        ffi::ffi_call(&raw mut cif, code, place, values.as_mut_ptr());
    }
    if manner.own_errno {
        errno::exchange();
    }
    drop(retake);
    let _ = py;
    Ok(outcome)
}

/// Takes the GIL back that was given up.
struct Retake(Option<*const krait_object::thread::ThreadState>);

impl Drop for Retake {
    fn drop(&mut self) {
        if let Some(state) = self.0 {
            // SAFETY: the state is this thread's, which had the GIL before.
            unsafe {
                gil::acquire(state);
            }
        }
    }
}
