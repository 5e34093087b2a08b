//! Generators, coroutines and async generators: one layout, three types.
//!
//! The frame record and the registers are in the object. What always holds: while the
//! generator runs its record is in the thread's chain of frames and its exception item in
//! the thread's chain of handled exceptions; otherwise both links are null. Registers of a
//! finished generator are empty.

use std::cell::{Cell, RefCell, UnsafeCell};

use krait_abi::{_PyErr_StackItem, PyObject, visitproc};
use krait_bytecode::{Op, flags};
use krait_object::gc::Visitor;
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::str::Str;
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::frame::{self, Frame, flag};
use crate::instrument;
use crate::stack::{self, Stack};
use crate::word::{drop_word, is_object};

pub mod async_gen;
pub mod await_;
mod chain;
pub mod close;
pub mod coroutine;
pub mod settings;
pub mod types;

pub use crate::ops::r#gen::send;
pub use await_::anext_with_default;
pub use settings::{
    asyncgen_hooks, origin_tracking_depth, set_asyncgen_hooks, set_origin_tracking_depth,
};

#[unsafe(export_name = "PyGen_Type")]
pub static GENERATOR: StaticType = StaticType::new();
#[unsafe(export_name = "PyCoro_Type")]
pub static COROUTINE: StaticType = StaticType::new();
#[unsafe(export_name = "PyAsyncGen_Type")]
pub static ASYNC_GENERATOR: StaticType = StaticType::new();

/// Where a generator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Created,
    Suspended,
    Running,
    Finished,
}

/// A generator, coroutine or async generator. Its registers follow.
#[repr(C)]
pub struct Generator {
    header: PyObject,
    weakrefs: *mut PyObject,
    status: Cell<Status>,
    /// Async generators: an `__anext__`, `asend`... is under way.
    pub running_async: Cell<bool>,
    /// Async generators: closed, or the hooks have been called.
    pub closed: Cell<bool>,
    pub hooked: Cell<bool>,
    pub name: RefCell<Owned<Str>>,
    pub qualname: RefCell<Owned<Str>>,
    /// `cr_origin`, or an async generator's finalizer.
    pub extra: RefCell<Option<Owned>>,
    /// What the generator itself is handling.
    handled: UnsafeCell<_PyErr_StackItem>,
    /// See `chain`. Of a root: the tip and the number of members, good while the chain is
    /// suspended, and while it runs as long as the tip's `root` says so too.
    tip: Cell<*const Generator>,
    depth: Cell<u32>,
    /// Of a tip: the root.
    root: Cell<*const Generator>,
    pub frame: UnsafeCell<Frame>,
    registers: [u64; 0],
}

// SAFETY: repr(C), and the header comes first.
unsafe impl Layout for Generator {}

/// What a resumption led to.
pub enum Resumed {
    Yielded(Value),
    Returned(Value),
}

/// Sends a value to any awaitable's iterator: generator, C object with `am_send`, or
/// object with `__next__` and `send`.
pub fn send_to(py: Py, target: &Value, sent: Value) -> PyResult<Resumed> {
    Ok(match crate::ops::r#gen::send(py, target, sent)? {
        Ok(yielded) => Resumed::Yielded(yielded),
        Err(returned) => Resumed::Returned(returned),
    })
}

/// How a resumption starts.
enum Start {
    Send(Value),
    Raise,
    InPlace,
}

/// The type for a code's flags.
fn type_for(code: &CodeObject) -> &'static StaticType {
    if code.has_flag(flags::ASYNC_GENERATOR) {
        &ASYNC_GENERATOR
    } else if code.has_flag(flags::COROUTINE) {
        &COROUTINE
    } else {
        &GENERATOR
    }
}

/// The object as a generator of one of the three types.
#[inline(always)]
pub fn of_object(object: &Object) -> Option<&Generator> {
    let ty = object.ty() as *const Type;
    let is = |t: &'static StaticType| std::ptr::eq(ty, &**t);
    // SAFETY: instances of the three types have the layout.
    (is(&GENERATOR) || is(&COROUTINE) || is(&ASYNC_GENERATOR))
        .then(|| unsafe { object.cast_unchecked() })
}

/// The object as a plain generator.
#[inline(always)]
pub fn plain(object: &Object) -> Option<&Generator> {
    // SAFETY: instances of the type have the layout.
    std::ptr::eq(object.ty(), &*GENERATOR).then(|| unsafe { object.cast_unchecked() })
}

/// Whether it is a coroutine that has not started.
#[inline(always)]
pub fn fresh_coroutine(object: &Object) -> bool {
    // SAFETY: instances of the type have the layout.
    std::ptr::eq(object.ty(), &*COROUTINE)
        && unsafe { object.cast_unchecked::<Generator>() }.status.get() == Status::Created
}

impl Generator {
    /// Makes the generator of the innermost frame, which is taken off the stack.
    ///
    /// # Safety
    /// The innermost frame is on the stack, saved, and stands at `RETURN_GENERATOR`.
    pub unsafe fn from_frame(py: Py, stack: *mut Stack) -> Owned<Generator> {
        // SAFETY: the contract. The block is fresh and large enough, all fields are written
        // here, and what the record owns moves over.
        unsafe {
            let frame = (*stack).current;
            let code = Frame::code_ref(frame);
            let function = Frame::function_ref(frame);
            let (nregs, locals) = (code.body.nregs as usize, code.body.first_temp as usize);
            let ptr = krait_heap::alloc_object(size_of::<Generator>() + nregs * 8, true)
                .cast::<Generator>();
            if ptr.is_null() {
                krait_object::errors::out_of_memory();
            }
            let registers = (&raw mut (*ptr).registers).cast::<u64>();
            for i in 0..nregs {
                let word = if i < locals {
                    std::mem::replace(&mut *(*frame).base.add(i), 0)
                } else {
                    0
                };
                *registers.add(i) = word;
            }
            let field =
                |p: *mut PyObject| Object::from_ptr(p).cast_unchecked::<Str>().to_owned_str();
            let record = Frame {
                dead: 0,
                pc: (*frame).pc,
                base: registers,
                code: (*frame).code,
                function: (*frame).function,
                globals: (*frame).globals,
                previous: std::ptr::null_mut(),
                flags: flag::GENERATOR | ((*frame).flags & (flag::OBJECT | flag::LOCALS)),
                width: 0,
                first_temp: (*frame).first_temp,
                object: (*frame).object,
                locals: (*frame).locals,
                generator: ptr,
            };
            let generator = Generator {
                header: PyObject::new_heap(type_for(code).as_type_ptr()),
                weakrefs: std::ptr::null_mut(),
                status: Cell::new(Status::Created),
                running_async: Cell::new(false),
                closed: Cell::new(false),
                hooked: Cell::new(false),
                name: RefCell::new(field((*function.raw()).func_name)),
                qualname: RefCell::new(field((*function.raw()).func_qualname)),
                extra: RefCell::new(None),
                handled: UnsafeCell::new(_PyErr_StackItem::ZERO),
                tip: Cell::new(std::ptr::null()),
                depth: Cell::new(1),
                root: Cell::new(std::ptr::null()),
                frame: UnsafeCell::new(record),
                registers: [],
            };
            std::ptr::write(ptr, generator);
            if record_has_object(frame) {
                (*(*frame).object).moved((*ptr).frame.get());
            }
            (*stack).current = (*frame).previous;
            (*stack).top = (*frame).base;
            (*stack).next = frame;
            krait_heap::track(ptr.cast());
            let this = Owned::from_raw(ptr);
            if code.has_flag(flags::COROUTINE) {
                coroutine::note_origin(py, &this);
            }
            this
        }
    }

    /// Whether the loop can go on in it: the status of a member of a chain aside.
    #[inline(always)]
    pub fn can_resume(&self) -> bool {
        matches!(self.status.get(), Status::Suspended | Status::Created)
    }

    pub fn is_running(&self) -> bool {
        self.status() == Status::Running
    }

    pub fn has_started(&self) -> bool {
        self.status.get() != Status::Created
    }

    pub fn is_finished(&self) -> bool {
        self.status.get() == Status::Finished
    }

    #[inline(always)]
    pub fn record(&self) -> *mut Frame {
        self.frame.get()
    }

    pub fn code(&self) -> &CodeObject {
        // SAFETY: the record lives in the object; a finished generator keeps its function.
        unsafe { Frame::code_ref(self.record()) }
    }

    /// "generator", "coroutine" or "async generator", for error texts.
    pub fn kind(&self) -> &'static str {
        let ty = self.as_object().ty() as *const Type;
        if std::ptr::eq(ty, &*COROUTINE) {
            "coroutine"
        } else if std::ptr::eq(ty, &*ASYNC_GENERATOR) {
            "async generator"
        } else {
            "generator"
        }
    }

    /// The instruction it is suspended at.
    pub fn op(&self) -> Option<Op> {
        // SAFETY: the record lives in the object.
        let index = unsafe { Frame::index(self.record()) };
        instrument::op_at(self.code(), index)
    }

    /// What it waits for: `R[b]` of the `SEND` it is suspended at.
    pub fn awaiting(&self) -> Option<Value> {
        if self.status() != Status::Suspended || self.op() != Some(Op::SEND) {
            return None;
        }
        // SAFETY: the record's pc is at a SEND, whose operand is one of the registers.
        unsafe {
            let frame = self.record();
            let word = krait_bytecode::Word(*(*frame).pc);
            let held = *(*frame).base.add(word.b() as usize);
            (held != 0).then(|| crate::word::value(held))
        }
    }

    /// Puts the generator's frame, and those of its chain, on top of the thread's; false at
    /// the recursion limit.
    ///
    /// # Safety
    /// The generator is suspended or created, and alive until `unlink`.
    #[inline(always)]
    pub unsafe fn link(&self, py: Py, stack: *mut Stack, mode: u32, width: u32) -> bool {
        // SAFETY: the contract.
        unsafe {
            let mut depth = 1;
            if !self.tip.get().is_null() {
                if crate::breaker::is_set() {
                    // Each member's going on may be watched.
                    self.take_apart();
                } else {
                    depth = self.depth.get() as usize;
                }
            }
            let limit = (*stack).limit.wrapping_sub(depth);
            if (*stack).next > limit {
                return false;
            }
            let frame = self.record();
            (*frame).previous = (*stack).current;
            (*frame).flags = ((*frame).flags & !flag::RESUMPTION) | mode;
            (*frame).width = width;
            let tip = self.tip();
            (*stack).current = tip.record();
            (*stack).limit = limit;
            self.status.set(Status::Running);
            let thread = py.thread().raw();
            (*self.handled.get()).previous_item = (*thread).exc_info;
            (*thread).exc_info = tip.handled.get();
            true
        }
    }

    /// Takes the generator's frame off the thread's chain.
    ///
    /// # Safety
    /// It is the innermost one.
    #[inline(always)]
    pub unsafe fn unlink(&self, py: Py, stack: *mut Stack, status: Status) {
        // SAFETY: the contract.
        unsafe {
            let frame = self.record();
            (*stack).current = (*frame).previous;
            (*frame).previous = std::ptr::null_mut();
            (*stack).limit = (*stack).limit.wrapping_add(1);
            self.status.set(status);
            self.tip.set(std::ptr::null());
            self.root.set(std::ptr::null());
            let thread = py.thread().raw();
            (*thread).exc_info = (*self.handled.get()).previous_item;
            (*self.handled.get()).previous_item = std::ptr::null_mut();
        }
    }

    /// Lets the frame go on with a sent value: sets register and pc.
    ///
    /// # Safety
    /// The generator is linked; the word's reference passes to the frame.
    #[inline(always)]
    pub unsafe fn receive(&self, sent: u64) {
        // SAFETY: the pc is at one of the three instructions a frame is suspended at.
        unsafe {
            let frame = self.record();
            let word = krait_bytecode::Word(*(*frame).pc);
            let op = if word.op_byte() < Op::COUNT as u8 {
                word.op()
            } else {
                self.op()
            };
            match op {
                Some(Op::YIELD) => {
                    let place = (*frame).base.add(word.a() as usize);
                    drop_word(std::mem::replace(&mut *place, sent));
                    (*frame).pc = (*frame).pc.add(1);
                }
                Some(Op::SEND) => {
                    let place = (*frame).base.add(word.a() as usize);
                    drop_word(std::mem::replace(&mut *place, sent));
                }
                _ => {
                    drop_word(sent);
                    (*frame).pc = (*frame).pc.add(1);
                }
            }
        }
    }

    /// Ends the generator: drops registers and what it handled.
    ///
    /// # Safety
    /// It is not linked.
    pub unsafe fn finish(&self, py: Py) {
        // A suspended chain ends with its root: what waits in it may live on.
        if !self.tip.get().is_null() {
            self.take_apart();
        }
        // SAFETY: the contract; the registers are the object's own.
        unsafe {
            self.status.set(Status::Finished);
            let frame = self.record();
            if (*frame).flags & flag::OBJECT != 0 {
                // The object may take the function over; the generator needs its code.
                let keep = (*(*frame).function).to_owned();
                frame::object::frame_ends(py, frame);
                if (*frame).function.is_null() {
                    (*frame).function = keep.into_raw();
                }
            }
            frame::clear_registers((*frame).base, self.code().body.nregs as usize);
            let held =
                std::mem::replace(&mut (*self.handled.get()).exc_value, std::ptr::null_mut());
            if !held.is_null() {
                Object::decref(held);
            }
        }
    }

    /// Runs the generator until it yields or ends, from native code.
    pub fn resume(&self, py: Py, sent: Value) -> PyResult<Resumed> {
        self.run(py, Start::Send(sent))
    }

    /// As `resume`; raises the exception that is set at the place of suspension.
    pub fn resume_raising(&self, py: Py) -> PyResult<Resumed> {
        self.run(py, Start::Raise)
    }

    /// As `resume`; register and pc have been set already.
    pub fn resume_in_place(&self, py: Py) -> PyResult<Resumed> {
        self.run(py, Start::InPlace)
    }

    fn run(&self, py: Py, start: Start) -> PyResult<Resumed> {
        let raising = matches!(start, Start::Raise);
        let pending = if raising {
            py.thread().take_exception()
        } else {
            None
        };
        py.thread().check_native_stack(py, "")?;
        let this = self.to_owned();
        let stack = stack::of_thread(py);
        if !matches!(start, Start::Send(_)) && !this.tip.get().is_null() {
            this.take_apart();
        }
        // SAFETY: `this` keeps the generator alive; its status was checked by the caller.
        unsafe {
            if !this.link(py, stack, flag::NATIVE, 0) {
                return stack::overflow(py);
            }
            if let Start::Send(sent) = start {
                this.tip().receive(sent.into_word());
            }
            if let Some(exception) = pending {
                // What the generator is handling is the context of what is thrown in.
                if (*this.handled.get()).exc_value.is_null() {
                    py.thread().set_exception(exception);
                } else {
                    let _ = krait_object::errors::raise_object(py, exception);
                }
            }
            let result = crate::dispatch::run(py, raising)?;
            Ok(match this.status.get() {
                Status::Finished => Resumed::Returned(result),
                _ => Resumed::Yielded(result),
            })
        }
    }

    /// Checks that the generator can be resumed, with CPython's errors.
    pub fn check_not_running(&self, py: Py) -> PyResult<()> {
        if self.is_running() {
            return raise!(py, ValueError, "{} already executing", self.kind());
        }
        Ok(())
    }
}

/// # Safety
/// The frame is alive.
unsafe fn record_has_object(frame: *mut Frame) -> bool {
    // SAFETY: the contract.
    unsafe { (*frame).flags & flag::OBJECT != 0 }
}

pub(crate) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying generator; a finalizer may bring it back.
    unsafe {
        let this = object.cast::<Generator>();
        let ty = Type::from_ptr((*object).ob_type);
        if !(*this).weakrefs.is_null() {
            // The callbacks may collect, and would find it without a reference.
            krait_heap::untrack(object.cast());
            ty.clear_weakrefs(object);
            krait_heap::track(object.cast());
        }
        if !(*this).is_finished() && !krait_heap::is_finalized(object.cast()) {
            (*object).ob_refcnt = 1;
            krait_heap::set_finalized(object.cast());
            close::finalize(object);
            (*object).ob_refcnt -= 1;
            if (*object).ob_refcnt > 0 {
                return;
            }
        }
        krait_heap::untrack(object.cast());
        let py = Py::assume();
        if !(*this).is_finished() {
            (*this).finish(py);
        }
        let frame = (*this).record();
        if (*frame).flags & flag::OBJECT != 0 {
            frame::object::frame_ends(py, frame);
        }
        if !(*frame).function.is_null() {
            Object::decref((*frame).function.cast());
        }
        if (*frame).flags & flag::LOCALS != 0 {
            Object::decref((*frame).locals);
        }
        std::ptr::drop_in_place(&raw mut (*this).name);
        std::ptr::drop_in_place(&raw mut (*this).qualname);
        std::ptr::drop_in_place(&raw mut (*this).extra);
        krait_heap::free_object(object.cast());
    }
}

pub(crate) unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living generator.
    unsafe {
        let this = &*object.cast::<Generator>();
        let frame = this.record();
        visitor.visit_ptr((*frame).function.cast());
        if (*frame).flags & flag::OBJECT != 0 {
            visitor.visit_ptr((*frame).object.cast());
        }
        if (*frame).flags & flag::LOCALS != 0 {
            visitor.visit_ptr((*frame).locals);
        }
        for i in 0..this.code().body.nregs as usize {
            let word = *(*frame).base.add(i);
            if is_object(word) {
                visitor.visit_ptr(word as *mut PyObject);
            }
        }
        visitor.visit_ptr((*this.handled.get()).exc_value);
        visitor.field(&this.extra);
    }
    visitor.result()
}

pub(crate) unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> i32 {
    // SAFETY: called with a living generator that nothing outside its cycle refers to.
    unsafe {
        let this = &*object.cast::<Generator>();
        if !this.is_running() && !this.is_finished() {
            this.finish(Py::assume());
        }
        drop(this.extra.take());
    }
    0
}

/// Offset of the weak references' list, for the three types.
pub(crate) const WEAKREFS: isize = std::mem::offset_of!(Generator, weakrefs) as isize;
/// Basic size of the three types.
pub(crate) const SIZE: usize = size_of::<Generator>();
