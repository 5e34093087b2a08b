//! Calls.

use super::Codegen;
use super::operators::type_name;
use super::unit::Reg;
use crate::ast::{Expr, ExprKind, Keyword, Name};
use crate::errors::Compile;
use krait_bytecode::op::{CALL_DISCARD, CALL_EX_KWARGS, SUPER_TWO_ARGS};
use krait_bytecode::{Const, Op, Position};

/// More arguments than this go through a tuple.
const MAX_ARGUMENTS: usize = 250;

impl<'a> Codegen<'a> {
    /// A call; with `discard` the result is dropped and the returned register means nothing.
    pub(super) fn call(
        &mut self,
        expr: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        dst: Option<Reg>,
        discard: bool,
    ) -> Compile<Reg> {
        self.check_callee(func);
        let mark = self.mark();
        let starred = args
            .iter()
            .any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|keyword| keyword.arg.is_none())
            || args.len() + keywords.len() > MAX_ARGUMENTS;
        let (op, base, count, word, extra) = if starred {
            let base = self.push(func)?;
            let flag = self.extended_arguments(base, args, keywords, 0, expr.at)?;
            (Op::CALL_EX, base, 0, 0, flag)
        } else {
            let (method, base) = self.callee(func)?;
            for arg in args {
                self.push(arg)?;
            }
            for keyword in keywords {
                self.push(&keyword.value)?;
            }
            let count = (args.len() + keywords.len()) as u32;
            let (op, word) = match (method, keywords.is_empty()) {
                (false, true) => (Op::CALL, 0),
                (true, true) => (Op::CALL_METHOD, 0),
                (false, false) => (Op::CALL_KW, self.keyword_names(keywords)),
                (true, false) => (Op::CALL_METHOD_KW, self.keyword_names(keywords)),
            };
            (op, base, count, word, 0)
        };
        self.release(mark);
        let dst = match (discard, dst) {
            (true, _) => base,
            (false, Some(dst)) => dst,
            (false, None) => self.temp(),
        };
        let flag = extra | if discard { CALL_DISCARD } else { 0 };
        self.at(call_position(expr, func));
        self.u().push(op, flag, dst.0, base.0, count, None, word);
        Ok(dst)
    }

    fn keyword_names(&mut self, keywords: &[Keyword]) -> u32 {
        let names = Self::names_tuple(keywords.iter().filter_map(|keyword| keyword.arg.as_ref()));
        self.u().constant(&names)
    }

    /// Evaluates what is called: gives whether it is a method pair, and its register.
    fn callee(&mut self, func: &'a Expr) -> Compile<(bool, Reg)> {
        let ExprKind::Attribute { value, attr, .. } = &func.kind else {
            return Ok((false, self.push(func)?));
        };
        let mark = self.mark();
        if let Some((base, flag)) = self.super_operands(value)? {
            let index = self.attribute_name(attr, func.at)?;
            self.release(mark);
            let pair = self.u().temps(2);
            self.at(func.at);
            self.u()
                .emit(Op::LOAD_SUPER_METHOD, flag, pair.0, base.0, index);
            return Ok((true, pair));
        }
        let object = self.operand(value)?;
        let index = self.attribute_name(attr, func.at)?;
        self.release(mark);
        let pair = self.u().temps(2);
        self.at(attr_position(func.at, attr));
        self.u().emit(Op::LOAD_METHOD, 0, pair.0, object.0, index);
        Ok((true, pair))
    }

    /// If `value` is `super()` or `super(a, b)`: the global, class and object on three
    /// temporaries, and the flag of the instruction.
    pub(super) fn super_operands(&mut self, value: &'a Expr) -> Compile<Option<(Reg, u8)>> {
        let ExprKind::Call {
            func,
            args,
            keywords,
        } = &value.kind
        else {
            return Ok(None);
        };
        let Some(name) = func.as_name().filter(|name| &***name == "super") else {
            return Ok(None);
        };
        let global = self.place_of(&self.mangled(name)) == super::names::Place::Global;
        let starred = args
            .iter()
            .any(|arg| matches!(arg.kind, ExprKind::Starred { .. }));
        if !global || !keywords.is_empty() || starred {
            return Ok(None);
        }
        // A module that names it itself may mean its own (and is compiled as by CPython).
        if self.table.scopes[0].resolve("super").is_some() {
            return Ok(None);
        }
        match args.len() {
            2 => {
                let base = self.push(func)?;
                self.push(&args[0])?;
                self.push(&args[1])?;
                Ok(Some((base, SUPER_TWO_ARGS)))
            }
            0 => self.zero_argument_super(func),
            _ => Ok(None),
        }
    }

    fn zero_argument_super(&mut self, func: &'a Expr) -> Compile<Option<(Reg, u8)>> {
        let unit = self.unit();
        let scope = &self.table.scopes[unit.scope];
        let Some(class) = unit.free_index.get("__class__").copied() else {
            return Ok(None);
        };
        let Some(first) = scope.parameters.first().cloned() else {
            return Ok(None);
        };
        if unit.argcount == 0 || !unit.comps.is_empty() {
            return Ok(None);
        }
        let base = self.push(func)?;
        let temp = self.temp();
        self.emit(Op::LOAD_DEREF, temp, class, Reg(0));
        let temp = self.temp();
        self.load_name(&first, Some(temp), func.at);
        Ok(Some((base, 0)))
    }

    /// Arguments for CALL_EX behind the callable; `given` arguments stand there already.
    pub(super) fn extended_arguments(
        &mut self,
        callable: Reg,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        given: u32,
        at: Position,
    ) -> Compile<u8> {
        match args {
            [
                Expr {
                    kind: ExprKind::Starred { value, .. },
                    ..
                },
            ] if given == 0 => {
                self.push(value)?;
            }
            _ if given == 0 => {
                let list = self.collect(false, args, at)?;
                self.at(at);
                self.emit(Op::LIST_TO_TUPLE, list, list, Reg(0));
            }
            _ => self.append_to_given(callable.plus(1), given, args, at)?,
        }
        if keywords.is_empty() {
            return Ok(0);
        }
        if let [
            Keyword {
                arg: None, value, ..
            },
        ] = keywords
        {
            self.push(value)?;
            return Ok(CALL_EX_KWARGS);
        }
        let dict = self.temp();
        let mark = self.mark();
        let head = keywords
            .iter()
            .take_while(|keyword| keyword.arg.is_some())
            .count();
        for keyword in &keywords[..head] {
            if let Some(name) = &keyword.arg {
                let key = self.temp();
                self.at(keyword.at);
                self.load_str(name, key);
                self.push(&keyword.value)?;
            }
        }
        self.release(mark);
        self.at(at);
        self.u()
            .emit(Op::BUILD_MAP, 0, dict.0, Reg::temp(mark).0, head as u32);
        let mut rest = &keywords[head..];
        while let Some((first, others)) = rest.split_first() {
            if first.arg.is_none() {
                let value = self.operand(&first.value)?;
                self.release(mark);
                self.at(at);
                self.emit(Op::DICT_MERGE, dict, value, callable);
                rest = others;
                continue;
            }
            let count = rest
                .iter()
                .take_while(|keyword| keyword.arg.is_some())
                .count();
            let part = self.temp();
            let inner = self.mark();
            for keyword in &rest[..count] {
                if let Some(name) = &keyword.arg {
                    let key = self.temp();
                    self.at(keyword.at);
                    self.load_str(name, key);
                    self.push(&keyword.value)?;
                }
            }
            self.release(mark);
            self.at(at);
            self.u()
                .emit(Op::BUILD_MAP, 0, part.0, Reg::temp(inner).0, count as u32);
            self.emit(Op::DICT_MERGE, dict, part, callable);
            rest = &rest[count..];
        }
        Ok(CALL_EX_KWARGS)
    }

    /// Makes one tuple of `given` registers from `first` and further arguments.
    fn append_to_given(
        &mut self,
        first: Reg,
        given: u32,
        args: &'a [Expr],
        at: Position,
    ) -> Compile<()> {
        self.at(at);
        self.release(first.index() + 1);
        self.u().emit(Op::BUILD_LIST, 0, first.0, first.0, given);
        for arg in args {
            let mark = self.mark();
            let (op, value) = match &arg.kind {
                ExprKind::Starred { value, .. } => (Op::LIST_EXTEND, self.operand(value)?),
                _ => (Op::LIST_APPEND, self.operand(arg)?),
            };
            self.release(mark);
            self.at(arg.at);
            self.emit(op, first, value, Reg(0));
        }
        self.at(at);
        self.emit(Op::LIST_TO_TUPLE, first, first, Reg(0));
        Ok(())
    }

    fn check_callee(&mut self, func: &Expr) {
        let kind = match &func.kind {
            ExprKind::Constant { value, .. } => type_name(value),
            ExprKind::Tuple { .. } => "tuple",
            ExprKind::List { .. } | ExprKind::ListComp(_) => "list",
            ExprKind::Dict { .. } | ExprKind::DictComp(_) => "dict",
            ExprKind::Set(_) | ExprKind::SetComp(_) => "set",
            ExprKind::GeneratorExp(_) => "generator",
            ExprKind::JoinedStr(_) | ExprKind::FormattedValue(_) => "str",
            ExprKind::TemplateStr(_) | ExprKind::Interpolation(_) => "string.templatelib.Template",
            _ => return,
        };
        let message = format!("'{kind}' object is not callable; perhaps you missed a comma?");
        self.warn(func.at, message);
    }

    /// The tuple of keyword names.
    pub(super) fn keyword_consts(keywords: &[Keyword]) -> Const {
        Self::names_tuple(keywords.iter().filter_map(|keyword| keyword.arg.as_ref()))
    }
}

/// A method call over several lines is reported on the line of the method's name.
fn call_position(expr: &Expr, func: &Expr) -> Position {
    match &func.kind {
        ExprKind::Attribute { attr, .. } => shifted(expr.at, func.at, attr),
        _ => expr.at,
    }
}

/// An attribute over several lines is reported on the line of its name.
pub(super) fn attr_position(at: Position, attr: &Name) -> Position {
    shifted(at, at, attr)
}

fn shifted(mut at: Position, func: Position, attr: &Name) -> Position {
    if func.line != func.end_line {
        at.line = func.end_line;
        let length = attr.len() as u32;
        if length <= func.end_col {
            at.col = func.end_col - length;
        } else {
            at.col = krait_bytecode::NO_COLUMN;
            at.end_col = krait_bytecode::NO_COLUMN;
        }
        at.end_line = at.end_line.max(at.line);
    }
    at
}
