//! Code objects as data: no Python objects, so that they can be made, stored and
//! moved between threads without a runtime.

use crate::positions::Positions;
use crate::word::Word;
use std::sync::Arc;

/// CPython's `CO_*` flags.
pub mod flags {
    /// Locals are registers, there is no locals mapping.
    pub const OPTIMIZED: u32 = 0x1;
    /// A new locals mapping is made for the frame if it needs one.
    pub const NEWLOCALS: u32 = 0x2;
    /// `*args`
    pub const VARARGS: u32 = 0x4;
    /// `**kwargs`
    pub const VARKEYWORDS: u32 = 0x8;
    /// Inside another function.
    pub const NESTED: u32 = 0x10;
    /// Generator function.
    pub const GENERATOR: u32 = 0x20;
    /// `async def`
    pub const COROUTINE: u32 = 0x80;
    /// `types.coroutine`
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// `async def` with `yield`
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// `from __future__ import division`
    pub const FUTURE_DIVISION: u32 = 0x20000;
    /// `from __future__ import absolute_import`
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    /// `from __future__ import with_statement`
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    /// `from __future__ import print_function`
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    /// `from __future__ import unicode_literals`
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    /// `from __future__ import barry_as_FLUFL`
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    /// `from __future__ import generator_stop`
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    /// `from __future__ import annotations`
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    /// The first constant is the docstring.
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    /// Defined in a class body.
    pub const METHOD: u32 = 0x8000000;
}

/// A constant: `T` is what texts and bytes are, `C` what codes are (numbers of an
/// [`crate::Image`] while it is not read).
#[derive(Clone, Debug)]
pub enum Const<T = Arc<[u8]>, C = Arc<Code>> {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer that fits 64 bits.
    Int(i64),
    /// Any other: negative or not, 30-bit digits, least significant first, no leading zero.
    BigInt(bool, Arc<[u32]>),
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(f64, f64),
    /// Text as WTF-8: surrogates are encoded like any other code point.
    Str(T),
    /// Bytes.
    Bytes(T),
    /// A tuple.
    Tuple(Arc<[Const<T, C>]>),
    /// A frozenset, items distinct.
    FrozenSet(Arc<[Const<T, C>]>),
    /// `slice(start, stop, step)`
    Slice(Arc<[Const<T, C>; 3]>),
    /// A code object.
    Code(C),
}

impl Const {
    /// A text constant.
    pub fn str(text: &str) -> Const {
        Const::Str(text.as_bytes().into())
    }
}

/// Equality as co_consts needs it: same type, same value, floats by bits.
impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        match (self, other) {
            (Const::None, Const::None) | (Const::Ellipsis, Const::Ellipsis) => true,
            (Const::Bool(a), Const::Bool(b)) => a == b,
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::BigInt(s, a), Const::BigInt(t, b)) => s == t && a == b,
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
            (Const::Complex(a, b), Const::Complex(c, d)) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Const::Str(a), Const::Str(b)) | (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) | (Const::FrozenSet(a), Const::FrozenSet(b)) => {
                a == b
            }
            (Const::Slice(a), Const::Slice(b)) => a == b,
            (Const::Code(a), Const::Code(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Const {}

impl std::hash::Hash for Const {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Const::None | Const::Ellipsis => {}
            Const::Bool(a) => a.hash(state),
            Const::Int(a) => a.hash(state),
            Const::BigInt(s, a) => (s, a).hash(state),
            Const::Float(a) => a.to_bits().hash(state),
            Const::Complex(a, b) => (a.to_bits(), b.to_bits()).hash(state),
            Const::Str(a) | Const::Bytes(a) => a.hash(state),
            Const::Tuple(a) | Const::FrozenSet(a) => a.hash(state),
            Const::Slice(a) => a.hash(state),
            Const::Code(a) => Arc::as_ptr(a).hash(state),
        }
    }
}

/// One range of the exception table; ranges do not overlap and are sorted by start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First word covered.
    pub start: u32,
    /// First word no longer covered.
    pub end: u32,
    /// Where to go on.
    pub target: u32,
    /// Registers from this one up are emptied first; the exception is put into R[depth]
    /// (with `lasti`: the raising instruction's word index as int into R[depth],
    /// the exception into R[depth+1]).
    pub depth: u16,
    /// See `depth`.
    pub lasti: bool,
}

impl Handler {
    /// The one of a table that covers a word.
    pub fn at(table: &[Handler], pc: u32) -> Option<&Handler> {
        let after = table.partition_point(|h| h.start <= pc);
        let found = table[..after].last()?;
        (pc < found.end).then_some(found)
    }
}

/// What a code object's parts count: all that making a function or a frame asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Shape {
    /// `co_firstlineno`
    pub first_line: u32,
    /// `co_flags`
    pub flags: u32,
    /// `co_argcount`: positional parameters, positional-only ones included.
    pub argcount: u32,
    /// `co_posonlyargcount`
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: u32,
    /// All registers of a frame.
    pub nregs: u16,
    /// The first temporary.
    pub first_temp: u16,
    /// How many `co_varnames`.
    pub varnames: u16,
    /// How many `co_cellvars`.
    pub cellvars: u16,
    /// How many `co_freevars`.
    pub freevars: u16,
    /// How many words of instructions.
    pub words: u32,
}

impl Shape {
    /// Parameters, `*args` and `**kwargs` included: the registers a call fills.
    pub fn parameter_count(&self) -> u32 {
        self.argcount
            + self.kwonlyargcount
            + (self.flags & flags::VARARGS != 0) as u32
            + (self.flags & flags::VARKEYWORDS != 0) as u32
    }

    /// Register of the first cell variable.
    pub fn first_cell(&self) -> u16 {
        self.varnames
    }

    /// Register of the first free variable.
    pub fn first_free(&self) -> u16 {
        self.varnames + self.cellvars
    }
}

/// A code object.
///
/// Registers: `varnames` (positional parameters, keyword-only parameters, `*args`,
/// `**kwargs`, then other locals), one for each of `cellvars`, one for each of
/// `freevars`, then temporaries from `first_temp` up to `nregs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// `co_name`
    pub name: Arc<str>,
    /// `co_qualname`
    pub qualname: Arc<str>,
    /// `co_filename`
    pub filename: Arc<str>,
    /// `co_firstlineno`
    pub first_line: u32,
    /// `co_flags`
    pub flags: u32,
    /// `co_argcount`: positional parameters, positional-only ones included.
    pub argcount: u32,
    /// `co_posonlyargcount`
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: u32,
    /// `co_varnames`; a name may occur again as a hidden local.
    pub varnames: Vec<Arc<str>>,
    /// Registers that hold variables of inlined comprehensions (PEP 709), ascending; both
    /// among `varnames` and among `cellvars`. They are shown by `locals()` only while bound
    /// (for a cell: while the register holds one), and then hide an earlier register of the
    /// same name.
    pub hidden: Vec<u16>,
    /// `co_cellvars` with the register of the parameter of the same name, if there is one.
    pub cellvars: Vec<(Arc<str>, Option<u16>)>,
    /// `co_freevars`
    pub freevars: Vec<Arc<str>>,
    /// `co_names`
    pub names: Vec<Arc<str>>,
    /// `co_consts`; the first is the docstring if the flag HAS_DOCSTRING is set.
    pub consts: Vec<Const>,
    /// Instructions with their operand and cache words.
    pub words: Vec<Word>,
    /// All registers of a frame.
    pub nregs: u16,
    /// The first temporary.
    pub first_temp: u16,
    /// Exception table.
    pub handlers: Vec<Handler>,
    /// Source positions.
    pub positions: Positions,
}

impl Code {
    /// The registers of locals that `co_varnames` shows: of those of one name the first.
    pub fn shown_locals(&self) -> impl Iterator<Item = usize> {
        let again = |i: usize| self.varnames[..i].contains(&self.varnames[i]);
        (0..self.varnames.len()).filter(move |&i| self.hidden.is_empty() || !again(i))
    }

    /// Its numbers.
    pub fn shape(&self) -> Shape {
        Shape {
            first_line: self.first_line,
            flags: self.flags,
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            nregs: self.nregs,
            first_temp: self.first_temp,
            varnames: self.varnames.len() as u16,
            cellvars: self.cellvars.len() as u16,
            freevars: self.freevars.len() as u16,
            words: self.words.len() as u32,
        }
    }

    /// The name of a register that is a local, a cell or a free variable.
    pub fn register_name(&self, register: u16) -> Option<&Arc<str>> {
        let index = register as usize;
        let shape = self.shape();
        let (cells, frees) = (shape.first_cell() as usize, shape.first_free() as usize);
        if index < cells {
            self.varnames.get(index)
        } else if index < frees {
            self.cellvars.get(index - cells).map(|cell| &cell.0)
        } else {
            self.freevars.get(index - frees)
        }
    }
}
