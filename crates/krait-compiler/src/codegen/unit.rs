//! The code object being made: its instructions before layout, registers, tables.
//!
//! Registers are numbered by class here (local, cell, free, temporary); layout turns
//! them into frame indices when all are known. Temporaries are handed out like a
//! stack: what is in use is always `0..top`, though some of it may be dead already.

use super::numbered::Numbered;
use crate::ast::{Expr, Name, Stmt};
use crate::hash::Map;
use crate::scope::ScopeId;
use krait_bytecode::{Const, NO_REG, Op, Position, flags};
use std::collections::{BTreeMap, BTreeSet};

/// A register before layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reg(pub u32);

const CLASS_SHIFT: u32 = 28;

impl Reg {
    /// "No register".
    pub const NONE: Reg = Reg(u32::MAX);

    /// A local.
    pub fn local(index: usize) -> Reg {
        Reg(index as u32)
    }

    /// A cell variable.
    pub fn cell(index: usize) -> Reg {
        Reg(1 << CLASS_SHIFT | index as u32)
    }

    /// A free variable.
    pub fn free(index: usize) -> Reg {
        Reg(2 << CLASS_SHIFT | index as u32)
    }

    /// A temporary.
    pub fn temp(index: u32) -> Reg {
        Reg(3 << CLASS_SHIFT | index)
    }

    /// Number of its class: 0 for locals, 1 for cells, 2 for free variables, 3 for temporaries.
    pub fn class(self) -> usize {
        (self.0 >> CLASS_SHIFT) as usize
    }

    /// Whether it is a temporary.
    pub fn is_temp(self) -> bool {
        self.class() == 3
    }

    /// Whether it is a local (not a cell).
    pub fn is_local(self) -> bool {
        self.class() == 0
    }

    /// The register `offset` above.
    pub fn plus(self, offset: u32) -> Reg {
        Reg(self.0 + offset)
    }

    /// Index in its class.
    pub fn index(self) -> u32 {
        self.0 & ((1 << CLASS_SHIFT) - 1)
    }

    /// Frame index, given how many locals, cells and free variables there are.
    pub fn place(self, locals: u32, cells: u32, frees: u32) -> u32 {
        if self == Reg::NONE {
            return NO_REG as u32;
        }
        let base = match self.0 >> CLASS_SHIFT {
            0 => 0,
            1 => locals,
            2 => locals + cells,
            _ => locals + cells + frees,
        };
        base + self.index()
    }
}

/// A place in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub u32);

/// An instruction before layout. Operands are registers (`Reg.0`) or numbers, as the
/// table's kinds say; wide ones stand in `b` (or `c` for `NameF`) whole.
#[derive(Clone, Copy, Debug)]
pub struct Inst {
    pub op: Op,
    pub flag: u8,
    pub a: u32,
    pub b: u32,
    pub c: u32,
    pub target: Option<Label>,
    /// Operand word.
    pub word: u32,
    pub at: Position,
    /// Index + 1 of the handler that covers it.
    pub handler: u32,
}

/// The stream of code.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    Inst(Inst),
    Label(Label),
}

/// Where exceptions of the instructions it covers go.
#[derive(Clone, Copy, Debug)]
pub struct HandlerInfo {
    pub label: Label,
    /// Temporaries in use that stay.
    pub depth: u32,
    pub lasti: bool,
}

/// What must be undone when control leaves a block early.
#[derive(Clone, Copy)]
pub enum Block<'a> {
    /// A loop: where `continue` and `break` go; the iterator kept in a temporary.
    Loop {
        next: Label,
        end: Label,
        iter: Option<Reg>,
    },
    /// A `try` body whose `finally` is to be run.
    Finally { body: &'a [Stmt], handler: u32 },
    /// A `try` or other body under a handler, nothing to run.
    Try { handler: u32 },
    /// The code of a `finally` after an exception.
    FinallyEnd { exc: Reg, saved: Reg, handler: u32 },
    /// An `except` clause's code.
    Handler {
        saved: Reg,
        name: Option<&'a Name>,
        handler: u32,
    },
    /// An `except*` clause's code: the temporaries to clear.
    StarHandler {
        name: Option<&'a Name>,
        handler: u32,
    },
    /// A `with` body.
    With {
        exit: Reg,
        is_async: bool,
        handler: u32,
        at: Position,
    },
}

impl Block<'_> {
    /// How many of CPython's blocks it is: a handler stands in one for all handlers.
    pub fn weight(&self) -> usize {
        match self {
            Block::Handler { .. } | Block::StarHandler { .. } => 2,
            _ => 1,
        }
    }
}

/// Kinds of code objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    Annotations,
    TypeParams,
}

/// How a comprehension variable is kept.
#[derive(Clone, Copy, Debug)]
pub enum CompVar {
    Local(Reg),
    Cell(Reg),
}

/// A comprehension being generated inline.
pub struct CompFrame {
    pub scope: ScopeId,
    pub vars: BTreeMap<Name, CompVar>,
}

/// An annotation whose evaluation is put off.
#[derive(Clone, Copy)]
pub struct DeferredAnnotation<'a> {
    pub name: &'a Name,
    pub annotation: &'a Expr,
    pub at: Position,
    pub condition: Option<u32>,
}

/// A code object being made.
pub struct Unit<'a> {
    pub kind: UnitKind,
    pub scope: ScopeId,
    pub name: Name,
    pub qualname: Name,
    pub private: Option<Name>,
    pub first_line: u32,
    pub flags: u32,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub varnames: Vec<Name>,
    pub locals: Map<Name, Reg>,
    pub hidden: Vec<Reg>,
    /// Locals that count as touched before an item, though what touches them comes later.
    pub touches: Vec<(usize, Reg)>,
    pub cells: Vec<(Name, Option<Reg>)>,
    pub cell_index: Map<Name, Reg>,
    pub frees: Vec<Name>,
    pub free_index: Map<Name, Reg>,
    pub names: Numbered<Name>,
    pub consts: Numbered<Const>,
    pub items: Vec<Item>,
    pub labels: u32,
    pub handlers: Vec<HandlerInfo>,
    pub handler: u32,
    pub at: Position,
    pub top: u32,
    pub max_top: u32,
    pub blocks: Vec<Block<'a>>,
    pub comps: Vec<CompFrame>,
    pub static_attributes: BTreeSet<Name>,
    pub deferred: Vec<DeferredAnnotation<'a>>,
    pub conditional_annotations: u32,
    /// Depth of conditional statements (module and class bodies).
    pub conditional_depth: u32,
    /// Names assigned by `:=` in the statement being generated.
    pub walrus: Vec<Name>,
}

impl Unit<'_> {
    /// Parameters, `*args` and `**kwargs` included: the first locals.
    pub fn parameter_count(&self) -> u32 {
        self.argcount
            + self.kwonlyargcount
            + (self.flags & flags::VARARGS != 0) as u32
            + (self.flags & flags::VARKEYWORDS != 0) as u32
    }

    /// Locals that are to be touched by what comes next, as far as their order is concerned.
    pub fn touch(&mut self, locals: impl IntoIterator<Item = Reg>) {
        let at = self.items.len();
        self.touches
            .extend(locals.into_iter().map(|local| (at, local)));
    }

    /// Appends an instruction at the current position under the current handler.
    pub fn emit(&mut self, op: Op, flag: u8, a: u32, b: u32, c: u32) {
        self.push(op, flag, a, b, c, None, 0);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of an instruction")]
    pub fn push(
        &mut self,
        op: Op,
        flag: u8,
        a: u32,
        b: u32,
        c: u32,
        target: Option<Label>,
        word: u32,
    ) {
        let (at, handler) = (self.at, self.handler);
        self.items.push(Item::Inst(Inst {
            op,
            flag,
            a,
            b,
            c,
            target,
            word,
            at,
            handler,
        }));
    }

    /// A new label, not yet placed.
    pub fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Puts a label here.
    pub fn place(&mut self, label: Label) {
        self.items.push(Item::Label(label));
    }

    /// Takes the next temporary.
    pub fn temp(&mut self) -> Reg {
        self.temps(1)
    }

    /// Takes consecutive temporaries.
    pub fn temps(&mut self, count: u32) -> Reg {
        let first = self.top;
        self.top += count;
        self.max_top = self.max_top.max(self.top);
        Reg::temp(first)
    }

    /// Index of a name, added if new.
    pub fn name(&mut self, name: &Name) -> u32 {
        self.names.number(name)
    }

    /// Index of a constant, added if new.
    pub fn constant(&mut self, value: &Const) -> u32 {
        self.consts.number(value)
    }

    /// A new handler; gives what [`Unit::handler`] is set to while it is in force.
    pub fn new_handler(&mut self, label: Label, depth: u32, lasti: bool) -> u32 {
        self.handlers.push(HandlerInfo {
            label,
            depth,
            lasti,
        });
        // Room for what the exception needs.
        self.max_top = self.max_top.max(depth + 1 + lasti as u32);
        self.handlers.len() as u32
    }
}
