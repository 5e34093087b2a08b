//! `types.CodeType`: a code object and its prepared form.
//!
//! Its constants as values, its names as interned strings and the instruction words, in
//! which caches are filled, are made from data that never change: a `krait_bytecode::Code`,
//! or the image of a file, which is read when the code first runs. Until then `words` is
//! the word `UNREAD`, at which the interpreter reads the code and goes on at the first
//! instruction. Corresponds to CPython's `Objects/codeobject.c`.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use krait_abi::{PyCodeObject, PyObject, PyVarObject};
use krait_bytecode::{Code, Shape, flags};
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::types::str::Str;
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::value::Value;

pub mod attrs;
pub mod bytes;
pub mod consts;
pub mod extra;
pub mod lines;
mod linetable;
pub mod read;
pub mod replace;

use read::{Origin, Read};

/// A `code` object: the head that C sees, and Krait's body.
#[repr(C)]
pub struct CodeObject {
    head: std::cell::UnsafeCell<PyCodeObject>,
    pub body: Body,
}

#[unsafe(export_name = "PyCode_Type")]
pub static CODE: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for CodeObject {}
// SAFETY: code cannot be subclassed.
unsafe impl Builtin for CodeObject {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &CODE
    }
}

/// Stands in `simple_args` of code that needs argument binding.
pub const NOT_SIMPLE: u32 = u32::MAX;

/// The prepared form.
pub struct Body {
    /// First instruction; the words belong to the code object once it is read.
    pub words: Cell<*mut u64>,
    pub consts: Cell<*const u64>,
    pub names: Cell<*const Owned<Str>>,
    /// Positional parameters where a call with just so many arguments needs no binding
    /// (no `*args`, `**kwargs`, keyword-only parameters), else `NOT_SIMPLE`.
    pub simple_args: u32,
    pub nregs: u32,
    pub first_temp: u32,
    /// Registers that a call fills.
    pub parameters: u32,
    pub flags: u32,
    pub shape: Shape,
    origin: Origin,
    read: OnceCell<Box<Read>>,
    /// The version of the settings that the words are set up for, see `instrument`.
    pub instrumented: Cell<u32>,
    /// Whether places that settings ask for were put back since nobody wants them.
    pub partly_instrumented: Cell<bool>,
    /// Events of tools for this code alone, and places they have disabled.
    pub monitoring: std::cell::RefCell<Option<Box<crate::monitoring::Local>>>,
}

impl CodeObject {
    /// The object of a code; its nested codes become constants.
    pub fn new(data: Arc<Code>) -> Owned<CodeObject> {
        let filename = Str::intern(&data.filename);
        CodeObject::with_filename(data, filename)
    }

    pub fn with_filename(data: Arc<Code>, filename: Owned<Str>) -> Owned<CodeObject> {
        let name = Str::intern(&data.name);
        let qualname = if data.qualname == data.name {
            name.clone()
        } else {
            Str::intern(&data.qualname)
        };
        let consts: Box<[Value]> = data
            .consts
            .iter()
            .map(|c| consts::value(c, &consts::Whole(&filename)))
            .collect();
        CodeObject::build(data, consts, name, qualname, filename)
    }

    /// As `with_filename`, with the constants already made.
    pub fn build(
        data: Arc<Code>,
        consts: Box<[Value]>,
        name: Owned<Str>,
        qualname: Owned<Str>,
        filename: Owned<Str>,
    ) -> Owned<CodeObject> {
        let read = Read::of_code(&data, consts);
        let shape = data.shape();
        let code = CodeObject::make(Origin::Code(data), shape, [name, qualname, filename]);
        code.now_read(read);
        code
    }

    fn make(
        origin: Origin,
        shape: Shape,
        [name, qualname, filename]: [Owned<Str>; 3],
    ) -> Owned<CodeObject> {
        let temporaries = i32::from(shape.nregs) - i32::from(shape.first_temp);
        let head = PyCodeObject {
            ob_base: PyVarObject::new_heap(CODE.as_type_ptr(), shape.words as isize),
            co_flags: shape.flags as i32,
            co_argcount: shape.argcount as i32,
            co_posonlyargcount: shape.posonlyargcount as i32,
            co_kwonlyargcount: shape.kwonlyargcount as i32,
            co_stacksize: temporaries,
            co_firstlineno: shape.first_line as i32,
            co_nlocals: i32::from(shape.varnames),
            co_ncellvars: i32::from(shape.cellvars),
            co_nfreevars: i32::from(shape.freevars),
            co_nlocalsplus: i32::from(shape.first_temp),
            co_filename: filename.into_ptr(),
            co_name: name.into_ptr(),
            co_qualname: qualname.into_ptr(),
            ..PyCodeObject::ZERO
        };
        // SAFETY: the block is fresh and large enough; head and body are written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size_of::<CodeObject>(), false).cast::<CodeObject>();
            if ptr.is_null() {
                krait_object::errors::out_of_memory();
            }
            ptr.write(CodeObject {
                head: std::cell::UnsafeCell::new(head),
                body: Body {
                    words: Cell::new(read::unread()),
                    consts: Cell::new(std::ptr::null()),
                    names: Cell::new(std::ptr::null()),
                    simple_args: simple_args(&shape),
                    nregs: u32::from(shape.nregs),
                    first_temp: u32::from(shape.first_temp),
                    parameters: shape.parameter_count(),
                    flags: shape.flags,
                    shape,
                    origin,
                    read: OnceCell::new(),
                    instrumented: Cell::new(0),
                    partly_instrumented: Cell::new(false),
                    monitoring: std::cell::RefCell::default(),
                },
            });
            Owned::from_raw(ptr)
        }
    }

    pub fn raw(&self) -> *mut PyCodeObject {
        self.head.get()
    }

    #[inline(always)]
    pub fn shape(&self) -> &Shape {
        &self.body.shape
    }

    /// `co_name`
    #[inline]
    pub fn name(&self) -> &Str {
        // SAFETY: the head holds a string, always the same one.
        unsafe { Object::from_ptr((*self.raw()).co_name).cast_unchecked() }
    }

    /// `co_qualname`
    #[inline]
    pub fn qualname(&self) -> &Str {
        // SAFETY: as in `name`.
        unsafe { Object::from_ptr((*self.raw()).co_qualname).cast_unchecked() }
    }

    /// `co_filename`
    pub fn filename(&self) -> Owned<Str> {
        // SAFETY: the head holds a string, which gets a reference more before it can change.
        let filename: &Str =
            unsafe { Object::from_ptr((*self.raw()).co_filename).cast_unchecked() };
        filename.to_owned_str()
    }

    /// Sets `co_filename` of this code and of those inside that have the same one.
    pub fn set_filename(&self, filename: &Str) {
        let old = self.filename();
        // SAFETY: the head's field is an owned object.
        unsafe {
            let place = &raw mut (*self.raw()).co_filename;
            Object::decref(place.replace(filename.to_owned_str().into_ptr()));
        }
        // Of a code that is not read, those inside get the name when they are made.
        let consts = self.body.read.get().map_or(&[][..], |read| &read.consts);
        for nested in consts
            .iter()
            .filter_map(|c| c.downcast_exact::<CodeObject>())
        {
            if nested.filename().eq(&old) {
                nested.set_filename(filename);
            }
        }
    }

    /// `co_firstlineno`, which C may have set.
    pub fn first_line(&self) -> u32 {
        // SAFETY: a plain field of the head.
        unsafe { (*self.raw()).co_firstlineno as u32 }
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.body.flags & flag != 0
    }

    /// Whether it is the code of a module, of `exec` or `eval`.
    pub fn is_module(&self) -> bool {
        !self.has_flag(flags::NEWLOCALS | flags::OPTIMIZED) && self.name().eq_str("<module>")
    }

    /// Whether calls make a generator, coroutine or async generator.
    #[inline(always)]
    pub fn is_generator(&self) -> bool {
        self.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR)
    }

    /// The index of an instruction's word.
    #[inline(always)]
    pub fn index_of(&self, pc: *mut u64) -> u32 {
        // A frame that has not run yet may stand where the code was not read.
        if pc == read::unread() {
            return 0;
        }
        ((pc as usize - self.body.words.get() as usize) / 8) as u32
    }

    /// The address of a word of code that is read.
    #[inline(always)]
    pub fn word_at(&self, index: u32) -> *mut u64 {
        // SAFETY: indices come from the verified code.
        unsafe { self.body.words.get().add(index as usize) }
    }

    /// What tracing knows of the words, `instrument::mark::*` for each.
    pub fn marks(&self) -> &[u8] {
        let read = self.read();
        read.marks.get_or_init(|| crate::instrument::marks_of(self))
    }

    /// The docstring, if the code has one.
    pub fn docstring(&self) -> Value {
        if !self.has_flag(flags::HAS_DOCSTRING) {
            return Value::none();
        }
        self.consts().first().map_or_else(Value::none, Value::clone)
    }
}

fn simple_args(shape: &Shape) -> u32 {
    // Without registers for its locals, a function's namespace is its globals.
    let mapped = shape.flags & flags::OPTIMIZED == 0;
    let extra = mapped
        || shape.flags & (flags::VARARGS | flags::VARKEYWORDS) != 0
        || shape.kwonlyargcount != 0;
    if extra { NOT_SIMPLE } else { shape.argcount }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying code object, which owns all of this.
    unsafe {
        let code = object.cast::<CodeObject>();
        let head = (*code).head.get();
        if !(*head).co_weakreflist.is_null() {
            CODE.clear_weakrefs(object);
        }
        extra::free((*head).co_extra);
        for place in [
            (*head).co_filename,
            (*head).co_name,
            (*head).co_qualname,
            (*head).co_consts,
            (*head).co_names,
        ] {
            if !place.is_null() {
                Object::decref(place);
            }
        }
        let body = &raw mut (*code).body;
        std::ptr::drop_in_place(body);
        CODE.free_instance(object);
    }
}

pub(crate) fn define() {
    let mut b = krait_object::native::TypeBuilder::<CodeObject>::new(
        &CODE,
        "code",
        size_of::<CodeObject>(),
    );
    b.dealloc_raw(dealloc).with_raw(|raw| {
        raw.tp_weaklistoffset = std::mem::offset_of!(PyCodeObject, co_weakreflist) as isize;
    });
    attrs::define(&mut b);
    replace::define(&mut b);
    b.finish();
}
