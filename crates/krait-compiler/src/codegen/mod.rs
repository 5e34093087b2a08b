//! Tree and scopes to code objects (CPython's Python/codegen.c and compile.c).
//!
//! Expressions are evaluated into registers: [`Codegen::operand`] gives a local in
//! place or a fresh temporary, [`Codegen::into`] evaluates into a given register. An
//! expression writes its destination with its last instruction only, so a local may
//! be the destination of an expression that reads it.

mod annotations;
mod call;
mod class;
mod comp;
mod expr;
mod function;
mod jump;
mod loops;
mod names;
mod numbered;
mod operators;
mod pattern;
mod stmt;
mod strings;
mod trys;
mod types;
pub mod unit;
pub(crate) use jump::truth;
mod withs;

use crate::assemble::Room;
use crate::ast::{Expr, Module, Name, StmtKind};
use crate::errors::{Compile, CompileError, Warning};
use crate::hash::Map;
use crate::scope::{ScopeId, ScopeKind, ScopePart, SymbolTable, mangle};
use krait_bytecode::{Code, Const, Op, Position, flags};
use numbered::Numbered;
use std::sync::Arc;
use unit::{Label, Reg, Unit, UnitKind};

/// Settings that reach code generation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `co_filename`
    pub filename: Arc<str>,
    /// `CO_FUTURE_*` bits in force.
    pub future: u32,
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
    /// `await` at module level makes a coroutine.
    pub top_level_await: bool,
}

/// The state of code generation.
pub struct Codegen<'a> {
    table: &'a SymbolTable,
    settings: &'a Settings,
    units: Vec<Unit<'a>>,
    interactive: bool,
    room: Room,
    /// Warnings so far.
    pub warnings: Vec<Warning>,
}

impl<'a> Codegen<'a> {
    /// A new one for a tree whose scopes are known.
    pub fn new(table: &'a SymbolTable, settings: &'a Settings) -> Self {
        Codegen {
            table,
            settings,
            units: Vec::new(),
            interactive: false,
            room: Room::default(),
            warnings: Vec::new(),
        }
    }

    /// The whole tree.
    pub fn module(&mut self, module: &'a Module) -> Compile<Arc<Code>> {
        let name: Name = "<module>".into();
        self.enter(UnitKind::Module, 0, name, 1)?;
        match module {
            Module::Module(body) => {
                self.module_body(body)?;
                self.implicit_return();
            }
            Module::Interactive(body) => {
                self.interactive = true;
                self.module_body(body)?;
                self.implicit_return();
            }
            Module::Expression(expr) => {
                let value = self.operand(expr)?;
                self.u().emit(Op::RETURN, 0, value.0, 0, 0);
            }
        }
        self.finish()
    }

    /// The innermost code object.
    fn u(&mut self) -> &mut Unit<'a> {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    fn unit(&self) -> &Unit<'a> {
        &self.units[self.units.len() - 1]
    }

    fn error<T>(&self, at: Position, message: impl Into<String>) -> Compile<T> {
        Err(CompileError::at(at, message))
    }

    fn warn(&mut self, at: Position, message: impl Into<String>) {
        self.warnings.push(Warning {
            category: "SyntaxWarning",
            message: message.into(),
            line: at.line,
            col: at.col.wrapping_add(1),
            end_line: at.end_line,
            end_col: at.end_col.wrapping_add(1),
            parsed: None,
        });
    }

    fn find_scope<T>(&self, node: &T, part: ScopePart, at: Position) -> Compile<ScopeId> {
        match self.table.find(node, part) {
            Some(id) => Ok(id),
            None => self.error(at, "unknown scope"),
        }
    }

    fn mangled(&self, name: &Name) -> Name {
        let scope = &self.table.scopes[self.unit().scope];
        if let Some(names) = &scope.mangled_names
            && !names.contains(name)
        {
            return name.clone();
        }
        mangle(self.unit().private.as_deref(), name)
    }

    /// Starts a code object: registers for parameters, locals, cells and free variables.
    fn enter(
        &mut self,
        kind: UnitKind,
        scope: ScopeId,
        name: Name,
        first_line: u32,
    ) -> Compile<()> {
        let private = self.units.last().and_then(|unit| unit.private.clone());
        let qualname = self.qualname(&name, scope);
        let mut items = std::mem::take(&mut self.room.items);
        items.reserve(32);
        let mut unit = Unit {
            kind,
            scope,
            qualname,
            name,
            private,
            first_line,
            flags: 0,
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            varnames: Vec::new(),
            locals: Map::default(),
            hidden: Vec::new(),
            touches: Vec::new(),
            cells: Vec::new(),
            cell_index: Map::default(),
            frees: Vec::new(),
            free_index: Map::default(),
            names: Numbered::default(),
            consts: Numbered::default(),
            items,
            labels: 0,
            handlers: Vec::new(),
            handler: 0,
            at: Position::line_only(first_line),
            top: 0,
            max_top: 0,
            blocks: Vec::new(),
            comps: Vec::new(),
            static_attributes: Default::default(),
            deferred: Vec::new(),
            conditional_annotations: 0,
            conditional_depth: 0,
            walrus: Vec::new(),
        };
        self.assign_registers(&mut unit);
        unit.flags = self.code_flags(&unit);
        self.units.push(unit);
        self.prologue();
        Ok(())
    }

    fn assign_registers(&self, unit: &mut Unit<'a>) {
        let scope = &self.table.scopes[unit.scope];
        if scope.is_function_like() {
            unit.locals.reserve(scope.order.len());
            unit.varnames.reserve(scope.parameters.len());
        }
        for name in &scope.parameters {
            unit.locals
                .insert(name.clone(), Reg::local(unit.varnames.len()));
            let shown = match scope.kind {
                ScopeKind::Annotation if &**name == ".format" => "format".into(),
                _ => name.clone(),
            };
            unit.varnames.push(shown);
        }
        if scope.is_function_like() {
            for name in &scope.order {
                let local = scope.resolve(name) == Some(crate::scope::Resolution::Local);
                if local && !unit.locals.contains_key(name) {
                    unit.locals
                        .insert(name.clone(), Reg::local(unit.varnames.len()));
                    unit.varnames.push(name.clone());
                }
            }
        }
        let mut cells: Vec<Name> = Vec::new();
        let mut frees: Vec<Name> = Vec::new();
        for name in &scope.order {
            let Some(symbol) = scope.symbols.get(name) else {
                continue;
            };
            match symbol.resolution {
                crate::scope::Resolution::Cell => cells.push(name.clone()),
                crate::scope::Resolution::Free => frees.push(name.clone()),
                _ if symbol.flags & crate::scope::def::FREE_CLASS != 0 => frees.push(name.clone()),
                _ => {}
            }
        }
        if scope.kind == ScopeKind::Class {
            if scope.needs_class_closure {
                cells.push("__class__".into());
            }
            if scope.needs_classdict {
                cells.push("__classdict__".into());
            }
            if scope.has_conditional_annotations {
                cells.push("__conditional_annotations__".into());
            }
        }
        // Parameters first, in their order.
        let rank = |name: &Name| {
            scope
                .parameters
                .iter()
                .position(|p| p == name)
                .unwrap_or(usize::MAX)
        };
        cells.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
        cells.dedup();
        frees.sort_unstable();
        for name in cells {
            let register = Reg::cell(unit.cells.len());
            let parameter = unit.locals.get(&name).copied();
            unit.cell_index.insert(name.clone(), register);
            unit.cells.push((name, parameter));
        }
        for name in frees {
            unit.free_index
                .insert(name.clone(), Reg::free(unit.frees.len()));
            unit.frees.push(name);
        }
    }

    fn code_flags(&self, unit: &Unit<'a>) -> u32 {
        let scope = &self.table.scopes[unit.scope];
        let mut bits = self.settings.future;
        if scope.is_function_like() {
            bits |= flags::OPTIMIZED | flags::NEWLOCALS;
            if scope.nested {
                bits |= flags::NESTED;
            }
            let is_async = scope.coroutine
                && (scope.comprehension == crate::scope::CompKind::No
                    || scope.comprehension == crate::scope::CompKind::Generator
                    || !scope.inlined);
            bits |= match (scope.generator, is_async) {
                (true, true) => flags::ASYNC_GENERATOR,
                (true, false) => flags::GENERATOR,
                (false, true) => flags::COROUTINE,
                (false, false) => 0,
            };
            if scope.method {
                bits |= flags::METHOD;
            }
        } else if scope.kind == ScopeKind::Module
            && self.settings.top_level_await
            && scope.coroutine
        {
            bits |= flags::COROUTINE;
        }
        bits
    }

    /// Makes cells and the generator.
    fn prologue(&mut self) {
        let unit = self.u();
        let line = unit.first_line;
        unit.at = Position::NONE;
        if !unit.frees.is_empty() {
            let (first, count) = (Reg::free(0), unit.frees.len() as u32);
            unit.emit(Op::COPY_FREE_VARS, 0, first.0, count, 0);
        }
        for i in 0..unit.cells.len() {
            let parameter = unit.cells[i].1.unwrap_or(Reg::NONE);
            unit.emit(Op::MAKE_CELL, 0, Reg::cell(i).0, parameter.0, 0);
        }
        unit.at = Position::line_only(line);
        let suspends = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
        if unit.flags & suspends != 0 {
            unit.emit(Op::RETURN_GENERATOR, 0, 0, 0, 0);
        }
    }

    fn qualname(&self, name: &Name, scope: ScopeId) -> Name {
        let Some(mut parent) = self.units.last() else {
            return name.clone();
        };
        // Scopes of annotations and of type parameters give no name to what is in them.
        if matches!(parent.kind, UnitKind::Annotations | UnitKind::TypeParams)
            && let Some(outer) = self.units.iter().nth_back(1)
        {
            parent = outer;
        }
        if parent.kind == UnitKind::Module {
            return name.clone();
        }
        let kind = self.table.scopes[scope].kind;
        if matches!(kind, ScopeKind::Function | ScopeKind::Class) {
            let mangled = mangle(parent.private.as_deref(), name);
            let declared = self.table.scopes[parent.scope].resolve(&mangled);
            if declared == Some(crate::scope::Resolution::GlobalExplicit) {
                return name.clone();
            }
        }
        let function_like = matches!(
            parent.kind,
            UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Lambda
        );
        let between = if function_like { ".<locals>." } else { "." };
        format!("{}{between}{name}", parent.qualname).into()
    }

    fn implicit_return(&mut self) {
        self.u().at = Position::NONE;
        let none = self.u().constant(&Const::None);
        self.u().emit(Op::RETURN_CONST, 0, 0, none, 0);
    }

    /// Ends the innermost code object.
    fn finish(&mut self) -> Compile<Arc<Code>> {
        let Some(unit) = self.units.pop() else {
            return Err(CompileError::new(
                crate::errors::ErrorKind::Syntax,
                "no code object",
            ));
        };
        crate::assemble::assemble(unit, &self.settings.filename, &mut self.room)
    }

    // ---- small helpers used everywhere

    fn mark(&self) -> u32 {
        self.unit().top
    }

    fn release(&mut self, mark: u32) {
        self.u().top = mark;
    }

    fn temp(&mut self) -> Reg {
        self.u().temp()
    }

    fn at(&mut self, at: Position) {
        self.u().at = at;
    }

    fn emit(&mut self, op: Op, a: Reg, b: Reg, c: Reg) {
        self.u().emit(op, 0, a.0, b.0, c.0);
    }

    fn jump(&mut self, target: Label) {
        self.u().push(Op::JUMP, 0, 0, 0, 0, Some(target), 0);
    }

    fn load_const(&mut self, value: &Const, dst: Reg) {
        let unit = self.u();
        match value {
            Const::None => unit.emit(Op::LOAD_NONE, 0, dst.0, 0, 0),
            Const::Bool(true) => unit.emit(Op::LOAD_TRUE, 0, dst.0, 0, 0),
            Const::Bool(false) => unit.emit(Op::LOAD_FALSE, 0, dst.0, 0, 0),
            Const::Int(number) if i32::try_from(*number).is_ok() => {
                unit.emit(Op::LOAD_INT, 0, dst.0, *number as i32 as u32, 0);
            }
            _ => {
                let index = unit.constant(value);
                unit.emit(Op::LOAD_CONST, 0, dst.0, index, 0);
            }
        }
    }

    fn load_str(&mut self, text: &str, dst: Reg) {
        self.load_const(&Const::str(text), dst);
    }

    /// Copies a register to another, moving if the source is a temporary.
    fn move_to(&mut self, dst: Reg, src: Reg) {
        if dst != src {
            let op = if src.is_temp() { Op::MOVE } else { Op::COPY };
            self.emit(op, dst, src, Reg(0));
        }
    }

    fn clear(&mut self, register: Reg) {
        self.emit(Op::CLEAR, register, Reg(0), Reg(0));
    }

    /// A tuple constant of names.
    fn names_tuple<'n>(names: impl Iterator<Item = &'n Name>) -> Const {
        Const::Tuple(names.map(|name| Const::str(name)).collect())
    }

    fn is_docstring(body: &[crate::ast::Stmt]) -> Option<(&Arc<[u8]>, &Expr)> {
        let StmtKind::Expr(expr) = &body.first()?.kind else {
            return None;
        };
        match expr.as_const() {
            Some(Const::Str(text)) => Some((text, expr)),
            _ => None,
        }
    }
}
