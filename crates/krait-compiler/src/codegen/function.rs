//! Functions and lambdas.

use super::Codegen;
use super::unit::{CompVar, Reg, UnitKind};
use crate::ast::{Arguments, Expr, FunctionDef, Lambda, Stmt};
use crate::errors::Compile;
use crate::scope::{ScopeId, ScopePart};
use krait_bytecode::op::make_function as bits;
use krait_bytecode::{Code, Const, Op, Position, flags};
use std::sync::Arc;

impl<'a> Codegen<'a> {
    pub(super) fn function_def(&mut self, f: &'a FunctionDef, stmt: Position) -> Compile<()> {
        let mark = self.mark();
        for decorator in &f.decorator_list {
            self.push(decorator)?;
        }
        let first_line = f
            .decorator_list
            .first()
            .map_or(stmt.line, |first| first.at.line);
        let function = self.temp();
        self.at(stmt);
        if f.type_params.is_empty() {
            let scope = self.find_scope(f, ScopePart::Body, stmt)?;
            let code = self.function_body(f, scope, first_line)?;
            let first = self.mark();
            let mut flag = self.defaults(&f.args, stmt)?;
            flag |= self.closure(&code);
            flag |= self.annotate(f, stmt)?;
            self.make(code, flag, Reg::temp(first), function, stmt)?;
        } else {
            self.generic_function(f, first_line, stmt, function)?;
        }
        self.release(function.index() + 1);
        self.apply_decorators(&f.decorator_list, mark);
        self.show(stmt);
        self.at(stmt);
        self.release(mark);
        self.store_name(&f.name, Reg::temp(mark));
        Ok(())
    }

    /// Calls the decorators, which stand from `mark` on with the object behind them; the result
    /// is in the first of these temporaries.
    pub(super) fn apply_decorators(&mut self, decorators: &[Expr], mark: u32) {
        for (i, decorator) in decorators.iter().enumerate().rev() {
            let base = Reg::temp(mark + i as u32);
            self.at(decorator.at);
            self.u().emit(Op::CALL, 0, base.0, base.0, 1);
        }
    }

    /// `def f[T]()`: a function that makes the type parameters and then `f`.
    fn generic_function(
        &mut self,
        f: &'a FunctionDef,
        first_line: u32,
        stmt: Position,
        dst: Reg,
    ) -> Compile<()> {
        let type_scope = self.find_scope(f, ScopePart::TypeParams, stmt)?;
        // Defaults are evaluated outside and handed in.
        let base = self.temp();
        let passed = self.defaults(&f.args, stmt)?;
        let arguments = passed.count_ones();
        let name = format!("<generic parameters of {}>", f.name).into();
        self.enter(UnitKind::TypeParams, type_scope, name, first_line)?;
        self.u().argcount = arguments;
        self.at(stmt);
        let function = self.temp();
        let params = self.type_params(&f.type_params)?;
        let scope = self.find_scope(f, ScopePart::Body, stmt)?;
        let code = self.function_body(f, scope, first_line)?;
        let first = self.mark();
        for i in 0..arguments {
            let copy = self.temp();
            self.emit(Op::COPY, copy, Reg::local(i as usize), Reg(0));
        }
        let mut flag = passed | self.closure(&code);
        flag |= self.annotate(f, stmt)?;
        self.make(code, flag, Reg::temp(first), function, stmt)?;
        self.release(params.index() + 1);
        debug_assert_eq!(params, function.plus(1));
        let id = krait_bytecode::Intrinsic::SetFunctionTypeParams as u32;
        self.u()
            .emit(Op::CALL_INTRINSIC, 0, function.0, function.0, id);
        self.emit(Op::RETURN, function, Reg(0), Reg(0));
        let code = self.finish()?;
        let mark = self.mark();
        self.at(stmt);
        let flag = self.closure(&code);
        self.make(code, flag, Reg::temp(mark), base, stmt)?;
        self.u().emit(Op::CALL, 0, dst.0, base.0, arguments);
        Ok(())
    }

    /// Evaluates defaults into the next temporaries; gives the flag bits.
    fn defaults(&mut self, args: &'a Arguments, at: Position) -> Compile<u8> {
        let mut flag = 0;
        if !args.defaults.is_empty() {
            flag |= bits::DEFAULTS;
            let constants: Option<Vec<Const>> = args
                .defaults
                .iter()
                .map(|default| default.as_const().cloned())
                .collect();
            let tuple = self.temp();
            self.at(at);
            match constants {
                Some(values) => self.load_const(&Const::Tuple(values.into()), tuple),
                None => {
                    let mark = self.mark();
                    for default in &args.defaults {
                        self.push(default)?;
                    }
                    self.release(mark);
                    self.at(at);
                    let count = args.defaults.len() as u32;
                    self.u()
                        .emit(Op::BUILD_TUPLE, 0, tuple.0, Reg::temp(mark).0, count);
                }
            }
        }
        if args.kw_defaults.iter().any(Option::is_some) {
            flag |= bits::KWDEFAULTS;
            let dict = self.temp();
            let mark = self.mark();
            let mut count = 0;
            for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
                let Some(default) = default else { continue };
                let name = self.mangled(&arg.arg);
                let key = self.temp();
                self.at(at);
                self.load_str(&name, key);
                self.push(default)?;
                count += 1;
            }
            self.release(mark);
            self.at(at);
            self.u()
                .emit(Op::BUILD_MAP, 0, dict.0, Reg::temp(mark).0, count);
        }
        Ok(flag)
    }

    /// Puts the closure tuple of a code object into the next temporary, if it needs one.
    pub(super) fn closure(&mut self, code: &Code) -> u8 {
        if code.freevars.is_empty() {
            return 0;
        }
        let tuple = self.temp();
        let first = self.mark();
        for name in &code.freevars {
            let cell = self.cell_of(name);
            let copy = self.temp();
            self.emit(Op::COPY, copy, cell, Reg(0));
        }
        self.release(first);
        let count = code.freevars.len() as u32;
        self.u()
            .emit(Op::BUILD_TUPLE, 0, tuple.0, Reg::temp(first).0, count);
        bits::CLOSURE
    }

    /// The register of the cell a function inside refers to.
    pub(super) fn cell_of(&self, name: &str) -> Reg {
        let unit = self.unit();
        for comp in unit.comps.iter().rev() {
            if let Some(CompVar::Cell(register)) = comp.vars.get(name) {
                return *register;
            }
        }
        let cell = unit
            .cell_index
            .get(name)
            .or_else(|| unit.free_index.get(name));
        cell.copied().unwrap_or(Reg::NONE)
    }

    /// A function without extras but its closure.
    pub(super) fn make_function(
        &mut self,
        code: Arc<Code>,
        flag: u8,
        first: Reg,
        dst: Reg,
    ) -> Compile<()> {
        let mark = self.mark();
        let at = self.unit().at;
        let first = if flag == 0 { Reg::temp(mark) } else { first };
        let flag = flag | self.closure(&code);
        self.make(code, flag, first, dst, at)?;
        self.release(mark);
        Ok(())
    }

    /// MAKE_FUNCTION with its extras standing from `first` on.
    pub(super) fn make(
        &mut self,
        code: Arc<Code>,
        flag: u8,
        first: Reg,
        dst: Reg,
        at: Position,
    ) -> Compile<()> {
        self.at(at);
        if self.cell_missing(&code) {
            return self.error(at, "lookup of a free variable failed");
        }
        let index = self.u().constant(&Const::Code(code));
        if index <= u16::MAX as u32 {
            self.u()
                .emit(Op::MAKE_FUNCTION, flag, dst.0, index, first.0);
        } else {
            // Above the extras, which may lie above the top already.
            let mark = self.mark();
            let extras = if flag == 0 {
                0
            } else {
                first.index() + flag.count_ones()
            };
            self.u().top = mark.max(extras);
            let holder = self.temp();
            self.u().emit(Op::LOAD_CONST, 0, holder.0, index, 0);
            let flag = flag | bits::CODE_IN_REGISTER;
            self.u()
                .emit(Op::MAKE_FUNCTION, flag, dst.0, holder.0, first.0);
            self.release(mark);
        }
        Ok(())
    }

    fn cell_missing(&self, code: &Code) -> bool {
        code.freevars
            .iter()
            .any(|name| self.cell_of(name) == Reg::NONE)
    }

    fn parameters(&mut self, args: &Arguments) {
        let unit = self.u();
        unit.posonlyargcount = args.posonlyargs.len() as u32;
        unit.argcount = (args.posonlyargs.len() + args.args.len()) as u32;
        unit.kwonlyargcount = args.kwonlyargs.len() as u32;
        if args.vararg.is_some() {
            unit.flags |= flags::VARARGS;
        }
        if args.kwarg.is_some() {
            unit.flags |= flags::VARKEYWORDS;
        }
    }

    fn function_body(
        &mut self,
        f: &'a FunctionDef,
        scope: ScopeId,
        first_line: u32,
    ) -> Compile<Arc<Code>> {
        let kind = if f.is_async {
            UnitKind::AsyncFunction
        } else {
            UnitKind::Function
        };
        self.enter(kind, scope, f.name.clone(), first_line)?;
        self.parameters(&f.args);
        let body = self.docstring(&f.body)?;
        self.body(body)?;
        self.implicit_return();
        self.finish()
    }

    /// Makes the docstring the first constant; gives the statements behind it.
    fn docstring(&mut self, body: &'a [Stmt]) -> Compile<&'a [Stmt]> {
        let Some((text, _)) = Self::is_docstring(body) else {
            return Ok(body);
        };
        if self.settings.optimize < 2 {
            let text = super::stmt::clean_docstring(text)?;
            self.u().constant(&Const::Str(text.into()));
            self.u().flags |= flags::HAS_DOCSTRING;
        }
        Ok(&body[1..])
    }

    pub(super) fn lambda(
        &mut self,
        expr: &'a Expr,
        lambda: &'a Lambda,
        dst: Option<Reg>,
    ) -> Compile<Reg> {
        let mark = self.mark();
        let scope = self.find_scope(lambda, ScopePart::Body, expr.at)?;
        let flag = self.defaults(&lambda.args, expr.at)?;
        self.enter(UnitKind::Lambda, scope, "<lambda>".into(), expr.at.line)?;
        self.parameters(&lambda.args);
        let value = self.operand(&lambda.body)?;
        self.at(lambda.body.at);
        self.emit(Op::RETURN, value, Reg(0), Reg(0));
        let code = self.finish()?;
        self.at(expr.at);
        let flag = flag | self.closure(&code);
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.make(code, flag, Reg::temp(mark), dst, expr.at)?;
        Ok(dst)
    }
}
