//! Classes.

use super::Codegen;
use super::unit::{Reg, UnitKind};
use crate::ast::{ClassDef, ExprKind};
use crate::errors::Compile;
use crate::scope::ScopePart;
use krait_bytecode::op::CALL_DISCARD;
use krait_bytecode::{Code, Const, Intrinsic, Op, Position};
use std::sync::Arc;

impl<'a> Codegen<'a> {
    pub(super) fn class_def(&mut self, c: &'a ClassDef, stmt: Position) -> Compile<()> {
        let mark = self.mark();
        for decorator in &c.decorator_list {
            self.push(decorator)?;
        }
        let first_line = c
            .decorator_list
            .first()
            .map_or(stmt.line, |first| first.at.line);
        let made = self.temp();
        if c.type_params.is_empty() {
            self.build_class(c, first_line, stmt, made)?;
        } else {
            self.generic_class(c, first_line, stmt, made)?;
        }
        self.release(made.index() + 1);
        self.apply_decorators(&c.decorator_list, mark);
        self.show(stmt);
        self.release(mark);
        self.at(stmt);
        self.store_name(&c.name, Reg::temp(mark));
        Ok(())
    }

    fn generic_class(
        &mut self,
        c: &'a ClassDef,
        first_line: u32,
        stmt: Position,
        dst: Reg,
    ) -> Compile<()> {
        let scope = self.find_scope(c, ScopePart::TypeParams, stmt)?;
        let name = format!("<generic parameters of {}>", c.name).into();
        self.enter(UnitKind::TypeParams, scope, name, first_line)?;
        self.u().private = Some(c.name.clone());
        self.at(stmt);
        let params = self.type_params(&c.type_params)?;
        self.store_name(&".type_params".into(), params);
        self.release(0);
        let made = self.temp();
        self.build_class(c, first_line, stmt, made)?;
        self.at(stmt);
        self.emit(Op::RETURN, made, Reg(0), Reg(0));
        let code = self.finish()?;
        let function = self.temp();
        self.at(stmt);
        self.make_function(code, 0, Reg::NONE, function)?;
        self.u().emit(Op::CALL, 0, dst.0, function.0, 0);
        Ok(())
    }

    /// `__build_class__(function, name, *bases, **keywords)` into `dst`.
    fn build_class(
        &mut self,
        c: &'a ClassDef,
        first_line: u32,
        stmt: Position,
        dst: Reg,
    ) -> Compile<()> {
        let generic = !c.type_params.is_empty();
        let code = self.class_body(c, first_line, stmt)?;
        let base = self.temp();
        self.at(stmt);
        self.emit(Op::LOAD_BUILD_CLASS, base, Reg(0), Reg(0));
        let function = self.temp();
        self.make_function(code, 0, Reg::NONE, function)?;
        let name = self.temp();
        self.load_str(&c.name, name);
        let starred = c
            .bases
            .iter()
            .any(|b| matches!(b.kind, ExprKind::Starred { .. }))
            || c.keywords.iter().any(|keyword| keyword.arg.is_none())
            || c.bases.len() + c.keywords.len() > 200;
        if generic {
            // The tuple of type parameters becomes the base Generic[...].
            let generic_base = self.temp();
            self.load_name(&".type_params".into(), Some(generic_base), stmt);
            let id = Intrinsic::SubscriptGeneric as u32;
            self.u()
                .emit(Op::CALL_INTRINSIC, 0, generic_base.0, generic_base.0, id);
            self.store_name(&".generic_base".into(), generic_base);
            self.release(generic_base.index());
        }
        if starred {
            let flag = self.class_arguments(c, base, generic, stmt)?;
            self.at(stmt);
            self.u().emit(Op::CALL_EX, flag, dst.0, base.0, 0);
            return Ok(());
        }
        for expr in &c.bases {
            self.push(expr)?;
        }
        let mut count = 2 + c.bases.len() as u32;
        if generic {
            let copy = self.temp();
            self.load_name(&".generic_base".into(), Some(copy), stmt);
            count += 1;
        }
        for keyword in &c.keywords {
            self.push(&keyword.value)?;
        }
        self.at(stmt);
        if c.keywords.is_empty() {
            self.u().emit(Op::CALL, 0, dst.0, base.0, count);
        } else {
            let names = Self::keyword_consts(&c.keywords);
            let index = self.u().constant(&names);
            count += c.keywords.len() as u32;
            self.u()
                .push(Op::CALL_KW, 0, dst.0, base.0, count, None, index);
        }
        Ok(())
    }

    /// Arguments with `*` or `**`: function and name stand behind `base` already.
    fn class_arguments(
        &mut self,
        c: &'a ClassDef,
        base: Reg,
        generic: bool,
        stmt: Position,
    ) -> Compile<u8> {
        if !generic {
            return self.extended_arguments(base, &c.bases, &c.keywords, 2, stmt);
        }
        let list = base.plus(1);
        self.at(stmt);
        self.release(list.index() + 1);
        self.u().emit(Op::BUILD_LIST, 0, list.0, list.0, 2);
        for expr in &c.bases {
            let mark = self.mark();
            let (op, value) = match &expr.kind {
                ExprKind::Starred { value, .. } => (Op::LIST_EXTEND, self.operand(value)?),
                _ => (Op::LIST_APPEND, self.operand(expr)?),
            };
            self.release(mark);
            self.at(expr.at);
            self.emit(op, list, value, Reg(0));
        }
        let mark = self.mark();
        let copy = self.temp();
        self.load_name(&".generic_base".into(), Some(copy), stmt);
        self.emit(Op::LIST_APPEND, list, copy, Reg(0));
        self.release(mark);
        // One starred argument, so that only the keywords are left to do.
        self.emit(Op::LIST_TO_TUPLE, list, list, Reg(0));
        self.keywords_dict(base, &c.keywords, stmt)
    }

    fn keywords_dict(
        &mut self,
        base: Reg,
        keywords: &'a [crate::ast::Keyword],
        stmt: Position,
    ) -> Compile<u8> {
        if keywords.is_empty() {
            return Ok(0);
        }
        let dict = self.temp();
        self.at(stmt);
        self.u().emit(Op::BUILD_MAP, 0, dict.0, dict.0, 0);
        for keyword in keywords {
            let mark = self.mark();
            let value = match &keyword.arg {
                None => self.operand(&keyword.value)?,
                Some(name) => {
                    let part = self.temp();
                    let key = self.temp();
                    self.load_str(name, key);
                    self.push(&keyword.value)?;
                    self.u().emit(Op::BUILD_MAP, 0, part.0, key.0, 1);
                    part
                }
            };
            self.release(mark);
            self.at(keyword.at);
            self.emit(Op::DICT_MERGE, dict, value, base);
        }
        Ok(krait_bytecode::op::CALL_EX_KWARGS)
    }

    fn class_body(
        &mut self,
        c: &'a ClassDef,
        first_line: u32,
        stmt: Position,
    ) -> Compile<Arc<Code>> {
        let scope = self.find_scope(c, ScopePart::Body, stmt)?;
        self.enter(UnitKind::Class, scope, c.name.clone(), first_line)?;
        self.u().private = Some(c.name.clone());
        self.at(Position::line_only(first_line));
        let temp = self.temp();
        self.load_name(
            &"__name__".into(),
            Some(temp),
            Position::line_only(first_line),
        );
        self.store_name(&"__module__".into(), temp);
        let qualname = self.unit().qualname.clone();
        self.load_str(&qualname, temp);
        self.store_name(&"__qualname__".into(), temp);
        self.load_const(&Const::Int(first_line as i64), temp);
        self.store_name(&"__firstlineno__".into(), temp);
        if !c.type_params.is_empty() {
            let place = Position::line_only(first_line);
            self.load_name(&".type_params".into(), Some(temp), place);
            self.store_name(&"__type_params__".into(), temp);
        }
        let needs_classdict = self.table.scopes[scope].needs_classdict;
        if needs_classdict {
            self.emit(Op::LOAD_LOCALS, temp, Reg(0), Reg(0));
            let cell = self.cell_of("__classdict__");
            self.emit(Op::STORE_DEREF, cell, temp, Reg(0));
        }
        if self.table.scopes[scope].has_conditional_annotations && !self.future_annotations() {
            self.u().emit(Op::BUILD_SET, 0, temp.0, temp.plus(1).0, 0);
            let cell = self.cell_of("__conditional_annotations__");
            self.emit(Op::STORE_DEREF, cell, temp, Reg(0));
        }
        self.release(0);
        self.scope_body(&c.body, stmt)?;
        let end = Position::line_only(first_line);
        self.deferred_annotations("__annotate_func__", end)?;
        // What follows is nobody's line.
        self.u().at = Position::NONE;
        let temp = self.temp();
        let names: Vec<Const> = self
            .unit()
            .static_attributes
            .iter()
            .map(|n| Const::str(n))
            .collect();
        self.load_const(&Const::Tuple(names.into()), temp);
        self.store_name(&"__static_attributes__".into(), temp);
        if needs_classdict {
            let cell = self.cell_of("__classdict__");
            self.emit(Op::COPY, temp, cell, Reg(0));
            self.store_name(&"__classdictcell__".into(), temp);
        }
        if self.table.scopes[scope].needs_class_closure {
            let cell = self.cell_of("__class__");
            self.emit(Op::COPY, temp, cell, Reg(0));
            self.store_name(&"__classcell__".into(), temp);
            self.emit(Op::COPY, temp, cell, Reg(0));
            self.emit(Op::RETURN, temp, Reg(0), Reg(0));
        } else {
            let none = self.u().constant(&Const::None);
            self.u().emit(Op::RETURN_CONST, 0, 0, none, 0);
        }
        self.finish()
    }

    /// `object.method()` with the result dropped, for calls the compiler adds itself.
    pub(super) fn call_pair_discarding(&mut self, pair: Reg, arguments: u32) {
        self.u()
            .emit(Op::CALL_METHOD, CALL_DISCARD, pair.0, pair.0, arguments);
    }
}
