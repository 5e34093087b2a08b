//! f-strings and t-strings.

use super::Codegen;
use super::unit::Reg;
use crate::ast::{Expr, ExprKind, Formatted};
use crate::errors::Compile;
use krait_bytecode::op::INTERPOLATION_SPEC;
use krait_bytecode::{Const, Conversion, Op, Position};

const MAX_PARTS: usize = 64;

fn conversion_flag(conversion: i32) -> Option<u8> {
    let which = match conversion {
        -1 => Conversion::None,
        115 => Conversion::Str,
        114 => Conversion::Repr,
        97 => Conversion::Ascii,
        _ => return None,
    };
    Some(which as u8)
}

impl<'a> Codegen<'a> {
    pub(super) fn joined(
        &mut self,
        values: &'a [Expr],
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        match values {
            [] => {
                let dst = dst.unwrap_or_else(|| self.temp());
                self.at(at);
                self.load_str("", dst);
                return Ok(dst);
            }
            [only] => {
                let dst = dst.unwrap_or_else(|| self.temp());
                self.into(only, dst)?;
                return Ok(dst);
            }
            _ => {}
        }
        let mark = self.mark();
        for chunk in values.chunks(MAX_PARTS) {
            let first = self.mark();
            for value in chunk {
                self.push(value)?;
            }
            if values.len() > MAX_PARTS {
                self.release(first);
                let part = self.temp();
                self.at(at);
                self.u()
                    .emit(Op::BUILD_STRING, 0, part.0, part.0, chunk.len() as u32);
            }
        }
        let count = self.mark() - mark;
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        self.u()
            .emit(Op::BUILD_STRING, 0, dst.0, Reg::temp(mark).0, count);
        Ok(dst)
    }

    pub(super) fn formatted(
        &mut self,
        field: &'a Formatted,
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let Some(flag) = conversion_flag(field.conversion) else {
            let message = format!("Unrecognized conversion character {}", field.conversion);
            return self.error(at, message);
        };
        let mark = self.mark();
        let value = self.operand(&field.value)?;
        let spec = match &field.format_spec {
            Some(spec) => self.operand(spec)?,
            None => Reg::NONE,
        };
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.at(at);
        self.u().emit(Op::FORMAT, flag, dst.0, value.0, spec.0);
        Ok(dst)
    }

    pub(super) fn template(
        &mut self,
        values: &'a [Expr],
        dst: Option<Reg>,
        at: Position,
    ) -> Compile<Reg> {
        let mark = self.mark();
        let (strings, fields) = self.temps_pair();
        // Strings alternate with interpolations and stand at both ends.
        let mut texts = Vec::new();
        let mut after_text = false;
        for value in values {
            if let ExprKind::Interpolation(_) = value.kind {
                if !after_text {
                    texts.push(Const::str(""));
                }
                after_text = false;
            } else if let Some(text) = value.as_const() {
                texts.push(text.clone());
                after_text = true;
            }
        }
        if !after_text {
            texts.push(Const::str(""));
        }
        self.at(at);
        self.load_const(&Const::Tuple(texts.into()), strings);
        self.u()
            .emit(Op::BUILD_LIST, 0, fields.0, Reg::temp(mark + 2).0, 0);
        for value in values {
            if let ExprKind::Interpolation(field) = &value.kind {
                let inner = self.mark();
                let made = self.interpolation(field, value.at)?;
                self.release(inner);
                self.emit(Op::LIST_APPEND, fields, made, Reg(0));
            }
        }
        self.at(at);
        self.emit(Op::LIST_TO_TUPLE, fields, fields, Reg(0));
        self.release(mark);
        let dst = dst.unwrap_or_else(|| self.temp());
        self.emit(Op::BUILD_TEMPLATE, dst, strings, fields);
        Ok(dst)
    }

    fn temps_pair(&mut self) -> (Reg, Reg) {
        let first = self.u().temps(2);
        (first, first.plus(1))
    }

    fn interpolation(&mut self, field: &'a Formatted, at: Position) -> Compile<Reg> {
        let Some(mut flag) = conversion_flag(field.conversion) else {
            let message = format!("Unrecognized conversion character {}", field.conversion);
            return self.error(at, message);
        };
        let mark = self.mark();
        self.push(&field.value)?;
        let source = self.temp();
        self.at(at);
        self.load_const(&field.source, source);
        if let Some(spec) = &field.format_spec {
            self.push(spec)?;
            flag |= INTERPOLATION_SPEC;
        }
        self.release(mark);
        let made = self.temp();
        self.at(at);
        self.u()
            .emit(Op::BUILD_INTERPOLATION, flag, made.0, made.0, 0);
        Ok(made)
    }
}
