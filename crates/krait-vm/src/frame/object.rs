//! `types.FrameType`: a frame as an object.
//!
//! Made when somebody asks. As long as the frame runs, the object points to its record;
//! when it ends, the object takes over registers, function and locals, so that they can
//! still be looked at.

use std::cell::{Cell, RefCell};

use krait_abi::{_PyInterpreterFrame, FRAME_OWNED_BY_INTERPRETER, PyFrameObject, Static};
use krait_bytecode::Op;
use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder, TypeCell};
use krait_object::object::{Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::dict::Dict;
use krait_object::types::typeobject::StaticType;
use krait_object::value::Value;

use super::{Frame, flag};
use crate::code::CodeObject;
use crate::function::Function;
use crate::instrument;
use crate::word::{drop_word, is_object};

#[unsafe(export_name = "PyFrame_Type")]
pub static FRAME: StaticType = StaticType::new();

/// A frame object.
pub type FrameObject = Instance<Body>;

/// What C knows of a frame object behind its header (`pycore_frame.h`): extensions made by
/// Cython set the line of the frames that they make.
#[repr(C)]
struct Visible {
    back: Cell<usize>,
    /// Always `NO_RECORD`: where C looks for CPython's record of the frame.
    frame: Cell<*mut _PyInterpreterFrame>,
    trace: Cell<usize>,
    /// `f_lineno`; 0 where the line follows from the instruction.
    line: Cell<i32>,
    trace_lines: Cell<u8>,
    trace_opcodes: Cell<u8>,
}

impl Default for Visible {
    fn default() -> Visible {
        Visible {
            back: Cell::default(),
            frame: Cell::new(NO_RECORD.as_ptr()),
            trace: Cell::default(),
            line: Cell::default(),
            trace_lines: Cell::default(),
            trace_opcodes: Cell::default(),
        }
    }
}

/// A record that says of itself that it is none: one of the interpreter's own, which have no
/// code, before any other. Code that knows CPython's frames (greenlet) steps over it.
static NO_RECORD: Static<_PyInterpreterFrame> = Static::new(_PyInterpreterFrame {
    frame_obj: NO_FRAME.as_ptr().cast(),
    owner: FRAME_OWNED_BY_INTERPRETER,
    .._PyInterpreterFrame::ZERO
});
/// What that record has for its frame object, which is read where another record would have
/// kept the one before it.
static NO_FRAME: Static<PyFrameObject> = Static::new(PyFrameObject::ZERO);

/// The body of a frame object.
#[repr(C)]
pub struct Body {
    visible: Visible,
    /// The record: the running frame's, or the one in `ended`.
    frame: Cell<*mut Frame>,
    /// What the object took over when the frame ended.
    ended: RefCell<Option<Box<Ended>>>,
    back: RefCell<Option<Owned<FrameObject>>>,
    /// Keeps the code alive; the record only borrows it.
    code: Owned<CodeObject>,
    pub trace: RefCell<Option<Owned>>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// Variables that `f_locals` was given and the code does not have.
    pub extra_locals: RefCell<Option<Owned<Dict>>>,
    /// Where tracers last heard of a line, or could have.
    pub last_line_place: Cell<Option<u32>>,
    /// The call that the frame was in when somebody began to watch its instructions.
    pub within_call: Cell<Option<u32>>,
    /// Where the last traced jump led.
    pub last_jump: Cell<Option<u32>>,
}

/// A frame that is over.
struct Ended {
    record: Frame,
    registers: Box<[u64]>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        // SAFETY: the registers, the function and the locals belong to this record.
        unsafe {
            for word in self.registers.iter_mut() {
                drop_word(std::mem::replace(word, 0));
            }
            if !self.record.function.is_null() {
                Object::decref(self.record.function.cast());
            }
            if self.record.flags & flag::LOCALS != 0 {
                Object::decref(self.record.locals);
            }
        }
    }
}

impl Class for Body {
    const NAME: &'static str = "frame";
    const GC: bool = true;
    fn cell() -> &'static TypeCell {
        &FRAME
    }
    fn define(b: &mut TypeBuilder<FrameObject>) {
        define(b);
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.back);
        visitor.field(&self.trace);
        visitor.field(&self.extra_locals);
        // SAFETY: visiting only reads; a borrow may be open further up.
        if let Some(ended) = unsafe { (*self.ended.as_ptr()).as_ref() } {
            for &word in &ended.registers {
                if is_object(word) {
                    visitor.visit_ptr(word as *mut krait_abi::PyObject);
                }
            }
            visitor.visit_ptr(ended.record.function.cast());
            if ended.record.flags & flag::LOCALS != 0 {
                visitor.visit_ptr(ended.record.locals);
            }
        }
    }
    fn clear(&self) {
        let _ = self.clear_registers();
        drop(self.trace.take());
        drop(self.extra_locals.take());
        drop(self.back.take());
    }
}

impl Body {
    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        self.frame.get()
    }

    pub fn code(&self) -> &CodeObject {
        &self.code
    }

    pub fn is_ended(&self) -> bool {
        self.ended.borrow().is_some()
    }

    /// Word index of the instruction.
    pub fn index(&self) -> u32 {
        // SAFETY: the record lives as long as the frame, or in this object.
        unsafe { Frame::index(self.frame()) }
    }

    /// `f_lineno`, if there is one. Before the first instruction it is that of the
    /// definition.
    pub fn known_line(&self) -> Option<u32> {
        if self.visible.line.get() > 0 {
            return Some(self.visible.line.get() as u32);
        }
        // SAFETY: the record lives as long as the frame, or in this object.
        if unsafe { (*self.frame()).flags } & flag::AT_ENTRY != 0 {
            let is_module = self.code.is_module();
            return Some(if is_module { 0 } else { self.code.first_line() });
        }
        self.code.known_line_at(self.index())
    }

    /// `f_lineno`; 0 where there is none.
    pub fn line(&self) -> u32 {
        self.known_line().unwrap_or(0)
    }

    /// The object of the frame that called this one.
    pub fn back(&self, py: Py) -> Option<Owned<FrameObject>> {
        if self.is_ended() {
            return self.back.borrow().clone();
        }
        // SAFETY: the record of a frame that is not over; a suspended generator's has
        // no predecessor.
        unsafe {
            let previous = (*self.frame()).previous;
            (!previous.is_null()).then(|| of_frame(py, previous))
        }
    }

    /// Empties the registers of a frame that is over; false where it is not.
    fn clear_registers(&self) -> bool {
        let words: Vec<u64> = match self.ended.borrow_mut().as_mut() {
            Some(ended) => ended
                .registers
                .iter_mut()
                .map(|w| std::mem::replace(w, 0))
                .collect(),
            None => return false,
        };
        // SAFETY: the words were the object's.
        words
            .into_iter()
            .for_each(|word| unsafe { drop_word(word) });
        true
    }
}

/// The object of a frame, made if need be.
///
/// # Safety
/// The frame is alive.
pub unsafe fn of_frame(py: Py, frame: *mut Frame) -> Owned<FrameObject> {
    // SAFETY: the contract; with the flag the field is an owned object.
    unsafe {
        if (*frame).flags & flag::OBJECT != 0 {
            return (*(*frame).object).to_owned();
        }
        let object = FrameObject::new(
            py,
            Body {
                visible: Visible::default(),
                frame: Cell::new(frame),
                ended: RefCell::new(None),
                back: RefCell::new(None),
                code: (*(*frame).code).to_owned(),
                trace: RefCell::new(None),
                trace_lines: Cell::new(true),
                trace_opcodes: Cell::new(false),
                extra_locals: RefCell::new(None),
                last_line_place: Cell::new(None),
                within_call: Cell::new(None),
                last_jump: Cell::new(None),
            },
        );
        (*frame).object = object.clone().into_raw();
        (*frame).flags |= flag::OBJECT;
        object
    }
}

/// The object of a frame that never runs: a place in tracebacks for code that is not
/// Python's (`PyFrame_New`). It stands at the code's last instruction.
pub fn detached(py: Py, code: &CodeObject, globals: &Dict) -> Owned<FrameObject> {
    let function = Function::new(
        py,
        code.to_owned(),
        globals.to_owned(),
        crate::function::Extras::default(),
    );
    let mut registers = vec![0u64; code.body.first_temp as usize].into_boxed_slice();
    let record = Frame {
        dead: 0,
        pc: code.word_at(code.word_count().saturating_sub(1) as u32),
        base: registers.as_mut_ptr(),
        code,
        function: function.into_raw(),
        globals: (&raw const *globals).cast_mut(),
        previous: std::ptr::null_mut(),
        flags: 0,
        width: 0,
        first_temp: code.body.first_temp,
        object: std::ptr::null_mut(),
        locals: std::ptr::null_mut(),
        generator: std::ptr::null_mut(),
    };
    let mut ended = Box::new(Ended { record, registers });
    let frame = &raw mut ended.record;
    FrameObject::new(
        py,
        Body {
            visible: Visible::default(),
            frame: Cell::new(frame),
            ended: RefCell::new(Some(ended)),
            back: RefCell::new(None),
            code: code.to_owned(),
            trace: RefCell::new(None),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            extra_locals: RefCell::new(None),
            last_line_place: Cell::new(None),
            within_call: Cell::new(None),
            last_jump: Cell::new(None),
        },
    )
}

/// Lets go of the frame object of a frame that ends: if anybody else has it, it takes
/// over what the frame owned. The frame's registers are empty then.
///
/// # Safety
/// The frame is alive and has the flag `OBJECT`.
pub unsafe fn frame_ends(py: Py, frame: *mut Frame) {
    // SAFETY: the contract. References move from the record to the object's copy of it.
    unsafe {
        let object = Owned::<FrameObject>::from_raw((*frame).object);
        (*frame).flags &= !flag::OBJECT;
        if object.as_object().refcount() == 1 {
            return;
        }
        let previous = (*frame).previous;
        if !previous.is_null() {
            *object.back.borrow_mut() = Some(of_frame(py, previous));
        }
        let code = &*(*frame).code;
        let (locals, nregs) = (code.body.first_temp as usize, code.body.nregs as usize);
        let mut registers = vec![0u64; locals].into_boxed_slice();
        for (i, word) in registers.iter_mut().enumerate() {
            *word = std::mem::replace(&mut *(*frame).base.add(i), 0);
        }
        super::clear_registers((*frame).base.add(locals), nregs - locals);
        let record = Frame {
            dead: 0,
            pc: (*frame).pc,
            base: registers.as_mut_ptr(),
            code: (*frame).code,
            function: (*frame).function,
            globals: (*frame).globals,
            previous: std::ptr::null_mut(),
            flags: (*frame).flags & flag::LOCALS,
            width: 0,
            first_temp: (*frame).first_temp,
            object: std::ptr::null_mut(),
            locals: (*frame).locals,
            generator: std::ptr::null_mut(),
        };
        (*frame).function = std::ptr::null_mut();
        (*frame).flags &= !flag::LOCALS;
        let mut ended = Box::new(Ended { record, registers });
        object.frame.set(&raw mut ended.record);
        *object.ended.borrow_mut() = Some(ended);
    }
}

fn is_running(this: &FrameObject) -> bool {
    !this.is_ended() && !is_suspended(this)
}

/// Whether it is the frame of a generator that is not running.
fn is_suspended(this: &FrameObject) -> bool {
    // SAFETY: the record of a frame that is not over.
    unsafe {
        let frame = this.frame();
        !this.is_ended()
            && (*frame).flags & flag::GENERATOR != 0
            && !(*(*frame).generator).is_running()
    }
}

fn clear(py: Py, this: &FrameObject) -> PyResult<()> {
    if is_suspended(this) {
        // SAFETY: with the flag, the field is the living generator.
        let generator = unsafe { (*(*this.frame()).generator).to_owned() };
        if generator.has_started() {
            return raise!(py, RuntimeError, "cannot clear a suspended frame");
        }
        // SAFETY: the generator is alive.
        unsafe { crate::generator::close::finalize(generator.as_object().as_ptr()) };
        return Ok(());
    }
    if !this.is_ended() {
        return raise!(py, RuntimeError, "cannot clear an executing frame");
    }
    this.clear_registers();
    drop(this.extra_locals.take());
    Ok(())
}

fn lineno(_py: Py, this: &FrameObject) -> Option<i64> {
    this.known_line().map(i64::from)
}

/// `f_lineno = line`: only from a trace function, and only to a place that needs the same
/// registers.
fn set_lineno(py: Py, this: &FrameObject, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, AttributeError, "cannot delete attribute");
    };
    let Some(line) = Value::unboxed(value).as_small_int() else {
        return raise!(py, ValueError, "lineno must be an integer");
    };
    if let Some(text) = crate::trace::refusal_to_jump(py) {
        return raise!(py, ValueError, "{text}");
    }
    if !is_running(this) {
        return raise!(
            py,
            ValueError,
            "f_lineno can only be set in a trace function"
        );
    }
    super::jump::to_line(py, this, line)
}

fn set_trace(_py: Py, this: &FrameObject, value: Option<&Object>) -> PyResult<()> {
    let new = value.filter(|v| !v.is_none()).map(Layout::to_owned);
    let old = this.trace.replace(new);
    drop(old);
    Ok(())
}

fn set_bool(py: Py, value: &Object) -> PyResult<bool> {
    use krait_object::singletons::{false_object, true_object};
    if std::ptr::eq(value.as_ptr(), true_object().as_ptr()) {
        Ok(true)
    } else if std::ptr::eq(value.as_ptr(), false_object().as_ptr()) {
        Ok(false)
    } else {
        raise!(py, TypeError, "attribute value type must be bool")
    }
}

fn set_trace_lines(py: Py, this: &FrameObject, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "can't delete numeric/char attribute");
    };
    this.trace_lines.set(set_bool(py, value)?);
    Ok(())
}

fn set_trace_opcodes(py: Py, this: &FrameObject, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, AttributeError, "f_trace_opcodes cannot be deleted");
    };
    this.trace_opcodes.set(set_bool(py, value)?);
    if this.trace_opcodes.get() {
        crate::instrument::opcodes_wanted(py);
    }
    Ok(())
}

fn repr(_py: Py, this: &FrameObject) -> String {
    format!(
        "<frame at {:p}, file '{}', line {}, code {}>",
        this.as_object().as_ptr(),
        this.code().filename().to_rust(),
        this.line(),
        this.code().name().to_rust()
    )
}

fn generator_of(_py: Py, this: &FrameObject) -> Option<Owned> {
    // SAFETY: the record lives as long as the frame, or in this object.
    unsafe {
        let frame = this.frame();
        ((*frame).flags & flag::GENERATOR != 0)
            .then(|| (*(*frame).generator).as_object().to_owned())
    }
}

/// `f_lasti`: twice the word index, -2 before the first instruction.
fn lasti(_py: Py, this: &FrameObject) -> i64 {
    // SAFETY: the record lives as long as the frame, or in this object.
    if unsafe { (*this.frame()).flags } & flag::AT_ENTRY != 0 {
        return ENTRY;
    }
    i64::from(this.index()) * 2
}

/// The offset that stands for the entry of a code, before its first instruction: the line
/// of the definition is its line.
pub const ENTRY: i64 = -2;

fn with_function<R>(this: &FrameObject, f: impl FnOnce(&Function) -> R) -> R {
    // SAFETY: the record lives as long as the frame, or in this object, and owns its
    // function.
    f(unsafe { Frame::function_ref(this.frame()) })
}

/// The instruction a frame stands at.
pub fn op_at(this: &FrameObject) -> Option<Op> {
    instrument::op_at(this.code(), this.index())
}

fn define(b: &mut TypeBuilder<FrameObject>) {
    b.no_constructor()
        .repr(repr)
        .getter("f_back", |py, f: &FrameObject| f.back(py))
        .getter("f_code", |_py, f: &FrameObject| f.code().to_owned())
        .getter("f_globals", |_py, f: &FrameObject| {
            with_function(f, |f| f.globals().to_owned())
        })
        .getter("f_builtins", |_py, f: &FrameObject| {
            with_function(f, |f| f.builtins().to_owned())
        })
        .getter("f_locals", super::proxy::f_locals)
        .getter("f_lasti", lasti)
        .getter("f_generator", generator_of)
        .getset("f_lineno", lineno, set_lineno)
        .getset(
            "f_trace",
            |_py, f: &FrameObject| f.trace.borrow().clone(),
            set_trace,
        )
        .getset(
            "f_trace_lines",
            |_py, f: &FrameObject| f.trace_lines.get(),
            set_trace_lines,
        )
        .getset(
            "f_trace_opcodes",
            |_py, f: &FrameObject| f.trace_opcodes.get(),
            set_trace_opcodes,
        )
        .method("clear($self, /)", clear);
}

impl Body {
    /// The record of the frame is somewhere else now.
    pub fn moved(&self, frame: *mut Frame) {
        self.frame.set(frame);
    }
}
