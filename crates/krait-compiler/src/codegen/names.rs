//! Reading, writing and deleting names.

use super::Codegen;
use super::unit::{CompVar, Reg};
use crate::ast::Name;
use crate::errors::Compile;
use crate::scope::{Resolution, ScopeKind};
use krait_bytecode::{Op, Position};

/// Where a name lives, seen from the code being generated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Local(Reg),
    /// A cell register; in a class body (`true`) the namespace is asked first.
    Cell(Reg, bool),
    Global,
    /// Global unless the class namespace has it (annotation scopes in classes).
    ClassGlobal,
    Name,
}

/// Cells that a class makes for its functions; a comprehension in its body sees none.
fn is_class_cell(name: &str) -> bool {
    matches!(
        name,
        "__class__" | "__classdict__" | "__conditional_annotations__"
    )
}

impl<'a> Codegen<'a> {
    pub(super) fn place_of(&self, mangled: &Name) -> Place {
        let unit = self.unit();
        let scope = &self.table.scopes[unit.scope];
        let mut in_comp = false;
        for comp in unit.comps.iter().rev() {
            match self.table.scopes[comp.scope].resolve(mangled) {
                Some(Resolution::Local | Resolution::Cell) => match comp.vars.get(mangled) {
                    Some(CompVar::Local(register)) => return Place::Local(*register),
                    Some(CompVar::Cell(register)) => return Place::Cell(*register, false),
                    None => return Place::Global,
                },
                Some(Resolution::Free) => in_comp = true,
                // What `exec` and `eval` take as locals need not be the globals.
                Some(Resolution::GlobalImplicit) if scope.kind == ScopeKind::Module => {
                    return Place::Name;
                }
                _ => return Place::Global,
            }
        }
        let free = || unit.free_index.get(mangled).copied();
        if in_comp && scope.kind == ScopeKind::Class && is_class_cell(mangled) {
            return Place::Global;
        }
        if in_comp && !scope.is_function_like() {
            // Past a class's own names: only what functions around it bind.
            let cell = unit.cell_index.get(mangled).copied();
            return free()
                .or(cell)
                .map_or(Place::Global, |register| Place::Cell(register, false));
        }
        let is_class = scope.kind == ScopeKind::Class;
        match scope.resolve(mangled) {
            Some(Resolution::Local) if scope.is_function_like() => match unit.locals.get(mangled) {
                Some(register) => Place::Local(*register),
                None => Place::Name,
            },
            Some(Resolution::Cell) => match unit.cell_index.get(mangled) {
                Some(register) => Place::Cell(*register, is_class),
                None => Place::Name,
            },
            Some(Resolution::Free) => match free() {
                Some(register) => Place::Cell(register, is_class || scope.can_see_class_scope),
                None => Place::Global,
            },
            Some(Resolution::GlobalExplicit) => Place::Global,
            _ if !scope.is_function_like() => Place::Name,
            _ if scope.can_see_class_scope => Place::ClassGlobal,
            _ => Place::Global,
        }
    }

    /// Whether a local must be copied because the rest of the statement assigns it by `:=`.
    fn reassigned(&self, mangled: &Name) -> bool {
        self.unit().walrus.contains(mangled)
    }

    /// Reads a name: a local in place, or into `dst`, or into a new temporary.
    pub(super) fn load_name(&mut self, name: &Name, dst: Option<Reg>, at: Position) -> Reg {
        let mangled = self.mangled(name);
        self.at(at);
        match self.place_of(&mangled) {
            Place::Local(register) => {
                self.emit(Op::CHECK_BOUND, register, Reg(0), Reg(0));
                match dst {
                    None if !self.reassigned(&mangled) => register,
                    _ => {
                        let dst = dst.unwrap_or_else(|| self.temp());
                        self.move_to(dst, register);
                        dst
                    }
                }
            }
            place => {
                let dst = dst.unwrap_or_else(|| self.temp());
                self.load_place(place, &mangled, dst);
                dst
            }
        }
    }

    fn load_place(&mut self, place: Place, mangled: &Name, dst: Reg) {
        match place {
            Place::Local(register) => self.move_to(dst, register),
            Place::Cell(cell, false) => self.emit(Op::LOAD_DEREF, dst, cell, Reg(0)),
            Place::Cell(cell, true) => {
                let mapping = self.class_namespace();
                self.emit(Op::LOAD_FROM_DICT_OR_DEREF, dst, mapping, cell);
                self.release(mapping.index());
            }
            Place::Global => {
                let index = self.u().name(mangled);
                self.u().emit(Op::LOAD_GLOBAL, 0, dst.0, index, 0);
            }
            Place::ClassGlobal => {
                let mapping = self.class_namespace();
                let index = self.u().name(mangled);
                self.u()
                    .emit(Op::LOAD_FROM_DICT_OR_GLOBALS, 0, dst.0, mapping.0, index);
                self.release(mapping.index());
            }
            Place::Name => {
                let index = self.u().name(mangled);
                self.u().emit(Op::LOAD_NAME, 0, dst.0, index, 0);
            }
        }
    }

    /// The class namespace in a new temporary: the frame's own, or the cell `__classdict__`.
    fn class_namespace(&mut self) -> Reg {
        let mapping = self.temp();
        let is_class = self.table.scopes[self.unit().scope].kind == ScopeKind::Class;
        let classdict = self.unit().free_index.get("__classdict__").copied();
        match classdict {
            Some(cell) if !is_class => self.emit(Op::LOAD_DEREF, mapping, cell, Reg(0)),
            _ => self.emit(Op::LOAD_LOCALS, mapping, Reg(0), Reg(0)),
        }
        mapping
    }

    /// The local register a name is assigned to, if it is one.
    pub(super) fn local_of(&self, name: &Name) -> Option<Reg> {
        match self.place_of(&self.mangled(name)) {
            Place::Local(register) => Some(register),
            _ => None,
        }
    }

    /// Assigns a register to a name; a temporary is consumed.
    pub(super) fn store_name(&mut self, name: &Name, src: Reg) {
        let mangled = self.mangled(name);
        match self.place_of(&mangled) {
            Place::Local(register) => self.move_to(register, src),
            Place::Cell(cell, _) => self.emit(Op::STORE_DEREF, cell, src, Reg(0)),
            Place::Global | Place::ClassGlobal => {
                let index = self.u().name(&mangled);
                self.u().emit(Op::STORE_GLOBAL, 0, src.0, index, 0);
            }
            Place::Name => {
                let index = self.u().name(&mangled);
                self.u().emit(Op::STORE_NAME, 0, src.0, index, 0);
            }
        }
    }

    /// `del name`
    pub(super) fn delete_name(&mut self, name: &Name) {
        let mangled = self.mangled(name);
        match self.place_of(&mangled) {
            Place::Local(register) => self.emit(Op::DELETE_LOCAL, register, Reg(0), Reg(0)),
            Place::Cell(cell, _) => self.emit(Op::DELETE_DEREF, cell, Reg(0), Reg(0)),
            Place::Global | Place::ClassGlobal => {
                let index = self.u().name(&mangled);
                self.u().emit(Op::DELETE_GLOBAL, 0, 0, index, 0);
            }
            Place::Name => {
                let index = self.u().name(&mangled);
                self.u().emit(Op::DELETE_NAME, 0, 0, index, 0);
            }
        }
    }

    /// `name = None; del name` at the end of an `except ... as name` block.
    pub(super) fn forget_name(&mut self, name: &Name) {
        if let Some(local) = self.local_of(name) {
            self.clear(local);
            return;
        }
        let none = self.temp();
        self.emit(Op::LOAD_NONE, none, Reg(0), Reg(0));
        self.store_name(name, none);
        self.delete_name(name);
        self.release(none.index());
    }

    /// The name operand of an attribute instruction.
    pub(super) fn attribute_name(&mut self, name: &Name, at: Position) -> Compile<u32> {
        let mangled = self.mangled(name);
        let index = self.u().name(&mangled);
        if index >= 1 << 23 {
            return self.error(at, "too many names");
        }
        Ok(index)
    }
}
