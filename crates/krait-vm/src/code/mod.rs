//! `types.CodeType`: a code object and its prepared form.
//!
//! The data (`krait_bytecode::Code`) is shared and never changes; beside it stand the
//! constants as values, the names as interned strings and the instruction words, in
//! which caches are filled. Corresponds to CPython's `Objects/codeobject.c`.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use krait_abi::{PyCodeObject, PyObject, PyVarObject};
use krait_bytecode::{Code, Const, flags};
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::types::str::{Str, intern};
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::value::Value;

pub mod attrs;
pub mod consts;
pub mod extra;
pub mod lines;
mod linetable;
pub mod replace;

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
    /// First instruction; the words belong to the code object.
    pub words: *mut u64,
    pub consts: *const u64,
    /// Positional parameters where a call with just so many arguments needs no binding
    /// (no `*args`, `**kwargs`, keyword-only parameters), else `NOT_SIMPLE`.
    pub simple_args: u32,
    pub nregs: u32,
    pub first_temp: u32,
    /// Registers that a call fills.
    pub parameters: u32,
    pub flags: u32,
    pub data: Arc<Code>,
    pub names: Box<[Owned<Str>]>,
    /// Names of the registers below `first_temp`.
    pub locals: Box<[Owned<Str>]>,
    pub name: Owned<Str>,
    pub qualname: Owned<Str>,
    filename: std::cell::RefCell<Owned<Str>>,
    /// The version of the settings that the words are set up for, see `instrument`.
    pub instrumented: Cell<u32>,
    /// Whether places that settings ask for were put back since nobody wants them.
    pub partly_instrumented: Cell<bool>,
    marks: OnceCell<Box<[u8]>>,
    /// Events of tools for this code alone, and places they have disabled.
    pub monitoring: std::cell::RefCell<Option<Box<crate::monitoring::Local>>>,
    word_count: usize,
    const_count: usize,
    line_runs: OnceCell<Box<[lines::LineRun]>>,
}

impl CodeObject {
    /// The object of a code; its nested codes become constants.
    pub fn new(data: Arc<Code>) -> Owned<CodeObject> {
        let name = Str::intern(&data.name);
        let qualname = if data.qualname == data.name {
            name.clone()
        } else {
            Str::intern(&data.qualname)
        };
        let filename = Str::intern(&data.filename);
        CodeObject::with_names(data, name, qualname, filename)
    }

    pub fn with_names(
        data: Arc<Code>,
        name: Owned<Str>,
        qualname: Owned<Str>,
        filename: Owned<Str>,
    ) -> Owned<CodeObject> {
        let consts: Box<[Value]> = data
            .consts
            .iter()
            .map(|c| consts::value(c, &filename))
            .collect();
        CodeObject::build(data, consts, name, qualname, filename)
    }

    /// As `with_names`, with the constants already made.
    pub fn build(
        data: Arc<Code>,
        consts: Box<[Value]>,
        name: Owned<Str>,
        qualname: Owned<Str>,
        filename: Owned<Str>,
    ) -> Owned<CodeObject> {
        let words: Box<[u64]> = data.words.iter().map(|w| w.0).collect();
        let body = Body {
            word_count: words.len(),
            const_count: consts.len(),
            words: Box::into_raw(words).cast(),
            consts: Box::into_raw(consts).cast_const().cast(),
            simple_args: simple_args(&data),
            nregs: u32::from(data.nregs),
            first_temp: u32::from(data.first_temp),
            parameters: data.parameter_count(),
            flags: data.flags,
            names: data.names.iter().map(|n| Str::intern(n)).collect(),
            locals: (0..data.first_temp)
                .map(|r| {
                    data.register_name(r)
                        .map_or_else(intern::empty, |n| Str::intern(n))
                })
                .collect(),
            name,
            qualname,
            filename: std::cell::RefCell::new(filename),
            instrumented: Cell::new(0),
            partly_instrumented: Cell::new(false),
            marks: OnceCell::new(),
            monitoring: std::cell::RefCell::default(),
            line_runs: OnceCell::new(),
            data,
        };
        CodeObject::allocate(body)
    }

    fn allocate(body: Body) -> Owned<CodeObject> {
        // SAFETY: the block is fresh and large enough; head and body are written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size_of::<CodeObject>(), false).cast::<CodeObject>();
            if ptr.is_null() {
                krait_object::errors::out_of_memory();
            }
            let mut head = PyCodeObject::ZERO;
            head.ob_base = PyVarObject::new_heap(CODE.as_type_ptr(), body.word_count as isize);
            head.co_flags = body.flags as i32;
            head.co_argcount = body.data.argcount as i32;
            head.co_posonlyargcount = body.data.posonlyargcount as i32;
            head.co_kwonlyargcount = body.data.kwonlyargcount as i32;
            head.co_stacksize = (body.nregs - body.first_temp) as i32;
            head.co_firstlineno = body.data.first_line as i32;
            head.co_nlocals = body.data.varnames.len() as i32;
            head.co_ncellvars = body.data.cellvars.len() as i32;
            head.co_nfreevars = body.data.freevars.len() as i32;
            head.co_nlocalsplus = body.first_temp as i32;
            head.co_filename = body.filename.borrow().clone().into_ptr();
            head.co_name = body.name.clone().into_ptr();
            head.co_qualname = body.qualname.clone().into_ptr();
            std::ptr::write(&raw mut (*ptr).head, std::cell::UnsafeCell::new(head));
            std::ptr::write(&raw mut (*ptr).body, body);
            Owned::from_raw(ptr)
        }
    }

    pub fn raw(&self) -> *mut PyCodeObject {
        self.head.get()
    }

    #[inline(always)]
    pub fn data(&self) -> &Arc<Code> {
        &self.body.data
    }

    /// `co_filename`
    pub fn filename(&self) -> Owned<Str> {
        self.body.filename.borrow().clone()
    }

    /// Sets `co_filename` of this code and of those inside that have the same one.
    pub fn set_filename(&self, filename: &Str) {
        let old = self.body.filename.replace(filename.to_owned_str());
        // SAFETY: the head's field is an owned object.
        unsafe {
            let place = &raw mut (*self.raw()).co_filename;
            Object::decref(std::mem::replace(
                &mut *place,
                filename.to_owned_str().into_ptr(),
            ));
        }
        for nested in self
            .consts()
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
        !self.has_flag(flags::NEWLOCALS | flags::OPTIMIZED) && self.body.name.eq_str("<module>")
    }

    /// Whether calls make a generator, coroutine or async generator.
    #[inline(always)]
    pub fn is_generator(&self) -> bool {
        self.has_flag(flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR)
    }

    /// The constants.
    pub fn consts(&self) -> &[Value] {
        // SAFETY: so many values belong to the code object.
        unsafe { std::slice::from_raw_parts(self.body.consts.cast(), self.body.const_count) }
    }

    /// The index of an instruction's word.
    #[inline(always)]
    pub fn index_of(&self, pc: *mut u64) -> u32 {
        ((pc as usize - self.body.words as usize) / 8) as u32
    }

    /// The address of a word.
    #[inline(always)]
    pub fn word_at(&self, index: u32) -> *mut u64 {
        // SAFETY: indices come from the verified code.
        unsafe { self.body.words.add(index as usize) }
    }

    /// What tracing knows of the words, `instrument::mark::*` for each.
    pub fn marks(&self) -> &[u8] {
        self.body
            .marks
            .get_or_init(|| crate::instrument::marks_of(self))
    }

    pub fn word_count(&self) -> usize {
        self.body.word_count
    }

    /// The docstring, if the code has one.
    pub fn docstring(&self) -> Value {
        match self.consts().first() {
            Some(doc) if self.has_flag(flags::HAS_DOCSTRING) => doc.clone(),
            _ => Value::none(),
        }
    }
}

fn simple_args(data: &Code) -> u32 {
    // Without registers for its locals, a function's namespace is its globals.
    let mapped = data.flags & flags::OPTIMIZED == 0;
    let extra = mapped
        || data.flags & (flags::VARARGS | flags::VARKEYWORDS) != 0
        || data.kwonlyargcount != 0;
    if extra { NOT_SIMPLE } else { data.argcount }
}

/// Whether text looks like an identifier, so that it is interned.
fn identifier_like(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// The nested codes of a constant list, outermost first.
pub fn nested_codes(consts: &[Const]) -> impl Iterator<Item = &Arc<Code>> {
    consts.iter().filter_map(|c| match c {
        Const::Code(code) => Some(code),
        _ => None,
    })
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying code object, which owns all of this.
    unsafe {
        let code = object.cast::<CodeObject>();
        let head = (*code).head.get();
        if (*head).co_weakreflist as usize != 0 {
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
        let (words, consts) = ((*body).words, (*body).consts.cast_mut().cast::<Value>());
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(
            words,
            (*body).word_count,
        )));
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(
            consts,
            (*body).const_count,
        )));
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
