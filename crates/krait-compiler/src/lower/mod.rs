//! From the parser crate's tree to [`crate::ast`], and the checks CPython's parser
//! makes that the crate leaves out.
//!
//! Strings are decoded here from the source where they have escapes, since the parser
//! crate cannot hold surrogates and does not report invalid escapes.

mod expr;
mod pattern;
mod stmt;
mod strings;

use crate::ast::{self, Name};
use crate::errors::{Compile, CompileError, Warning};
use crate::hash::Set;
use crate::source::Source;
use krait_bytecode::{Const, Position};
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};
use std::cell::Cell;
use std::sync::Arc;

/// The conversion's state.
pub struct Lower<'a> {
    /// The source that was parsed.
    pub source: &'a Source,
    /// Warnings so far.
    pub warnings: Vec<Warning>,
    names: Set<Name>,
    /// The line of the last range, counted from 0: the next one is rarely far away.
    line: Cell<usize>,
}

impl<'a> Lower<'a> {
    /// A new one for a source.
    pub fn new(source: &'a Source) -> Self {
        /// Source that has a new name.
        const PER_NAME: usize = 64;
        let names = source.text.len() / PER_NAME;
        Lower {
            source,
            warnings: Vec::new(),
            names: Set::with_capacity_and_hasher(names, Default::default()),
            line: Cell::new(0),
        }
    }

    /// A module's or prompt input's body.
    pub fn body(&mut self, body: &[ruff::Stmt]) -> Compile<Vec<ast::Stmt>> {
        each(body, |stmt| self.stmt(stmt))
    }

    /// An expression.
    pub fn expression(&mut self, expr: &ruff::Expr) -> Compile<ast::Expr> {
        self.expr(expr)
    }

    fn at(&self, node: &impl Ranged) -> Position {
        self.range(node.range())
    }

    fn range(&self, range: TextRange) -> Position {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        let at = self.source.position_on(self.line.get(), start, end);
        self.line.set(at.line as usize - 1);
        at
    }

    fn slice(&self, range: TextRange) -> &'a str {
        self.source
            .text
            .get(range.start().to_usize()..range.end().to_usize())
            .unwrap_or("")
    }

    fn name(&mut self, text: &str) -> Name {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let name: Name = text.into();
        self.names.insert(name.clone());
        name
    }

    fn ident(&mut self, ident: &ruff::Identifier) -> Name {
        self.name(ident.id.as_str())
    }

    fn error<T>(&self, range: TextRange, message: impl Into<String>) -> Compile<T> {
        Err(CompileError::at(self.range(range), message))
    }

    /// A warning about an escape; as an error it has a shorter message.
    fn warn(&mut self, range: TextRange, what: &str, written: &str) {
        let at = self.range(range);
        let hint = format!("Did you mean \"\\\\{written}\"? A raw string is also an option.");
        let head = format!("\"\\{written}\" is an invalid {what}.");
        let line = self.source.line(at.line).unwrap_or("");
        let text = format!("{line}{}", self.source.line_end(at.line));
        self.warnings.push(Warning {
            category: "SyntaxWarning",
            message: format!("{head} Such sequences will not work in the future. {hint}"),
            parsed: Some(Box::new((format!("{head} {hint}"), text))),
            line: at.line,
            col: self.source.char_col(at.line, at.col),
            end_line: at.end_line,
            end_col: self.source.char_col(at.end_line, at.end_col),
        });
    }

    /// Names no binding may use.
    fn check_target(&self, name: &str, range: TextRange) -> Compile<()> {
        match name {
            "__debug__" => Err(forbidden(self.range(range), "cannot assign to __debug__")),
            _ => Ok(()),
        }
    }

    /// An error that CPython finds behind its parser.
    fn late_error<T>(at: Position, message: impl Into<String>) -> Compile<T> {
        let mut error = CompileError::at(at, message);
        error.late = true;
        Err(error)
    }

    fn constant(value: Const, at: Position) -> ast::Expr {
        ast::Expr {
            kind: ast::ExprKind::Constant {
                value,
                kind_u: false,
            },
            at,
        }
    }

    fn exprs(&mut self, list: &[ruff::Expr]) -> Compile<Vec<ast::Expr>> {
        each(list, |expr| self.expr(expr))
    }

    fn boxed(&mut self, expr: &ruff::Expr) -> Compile<Box<ast::Expr>> {
        Ok(Box::new(self.expr(expr)?))
    }

    fn optional(&mut self, expr: Option<&ruff::Expr>) -> Compile<Option<Box<ast::Expr>>> {
        expr.map(|expr| self.boxed(expr)).transpose()
    }
}

/// Lowers the parts of a list, whose length is that of what comes out.
fn each<T, U>(list: &[T], mut lower: impl FnMut(&T) -> Compile<U>) -> Compile<Vec<U>> {
    let mut out = Vec::with_capacity(list.len());
    for part in list {
        out.push(lower(part)?);
    }
    Ok(out)
}

/// The error for a binding of `__debug__`, which CPython finds behind its parser.
pub(crate) fn forbidden(at: Position, message: &str) -> Box<CompileError> {
    let mut error = CompileError::at(at, message);
    (error.late, error.bare) = (true, true);
    error
}

/// An integer literal's constant; `text` is the token.
pub(crate) fn parse_int(text: &str) -> Result<Const, String> {
    let text = text.replace('_', "");
    let (digits, radix) = match text
        .get(..2)
        .map(|prefix| prefix.to_ascii_lowercase())
        .as_deref()
    {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (&text[..], 10),
    };
    if let Ok(small) = i64::from_str_radix(digits, radix) {
        return Ok(Const::Int(small));
    }
    let limit = crate::MAX_INT_DIGITS.load(std::sync::atomic::Ordering::Relaxed);
    if radix == 10 && limit != 0 && digits.len() > limit {
        return Err(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for \
             huge integer literals to avoid decimal conversion limits.",
            digits.len()
        ));
    }
    let mut result: Vec<u32> = Vec::new();
    if radix == 10 {
        for chunk in digits.as_bytes().chunks(9) {
            let value = chunk.iter().fold(0u64, |v, d| v * 10 + (d - b'0') as u64);
            multiply_add(&mut result, 10u64.pow(chunk.len() as u32), value);
        }
    } else {
        let bits = radix.trailing_zeros();
        let (mut buffer, mut filled) = (0u64, 0);
        for digit in digits.bytes().rev() {
            buffer |= (((digit as char).to_digit(radix).unwrap_or(0)) as u64) << filled;
            filled += bits;
            if filled >= 30 {
                result.push(buffer as u32 & 0x3fff_ffff);
                buffer >>= 30;
                filled -= 30;
            }
        }
        result.push(buffer as u32);
    }
    while result.last() == Some(&0) {
        result.pop();
    }
    Ok(digits_to_const(false, result))
}

fn multiply_add(digits: &mut Vec<u32>, factor: u64, mut carry: u64) {
    for digit in digits.iter_mut() {
        let value = *digit as u64 * factor + carry;
        *digit = value as u32 & 0x3fff_ffff;
        carry = value >> 30;
    }
    while carry > 0 {
        digits.push(carry as u32 & 0x3fff_ffff);
        carry >>= 30;
    }
}

fn digits_to_const(negative: bool, digits: Vec<u32>) -> Const {
    if digits.len() <= 3 {
        let value = digits.iter().rev().fold(0i128, |v, d| v << 30 | *d as i128);
        let value = if negative { -value } else { value };
        if let Ok(small) = i64::try_from(value) {
            return Const::Int(small);
        }
    }
    Const::BigInt(negative, Arc::from(digits))
}
