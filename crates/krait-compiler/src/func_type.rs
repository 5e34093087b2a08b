//! `(int, *str) -> float`: signatures as they stand in type comments, for
//! `ast.parse(..., mode="func_type")`.

use crate::ast::Expr;
use crate::errors::{Compile, CompileError};
use crate::lower::Lower;
use crate::source::Source;
use crate::tokens::{Kind, Token, Tokenizer};
use ruff_text_size::TextRange;

/// A signature: the types of the parameters, and of the result.
pub struct FunctionType {
    /// Types of the parameters, those of `*` and `**` last.
    pub argtypes: Vec<Expr>,
    /// Type of the result.
    pub returns: Expr,
}

/// Parses a signature.
pub fn parse(source: &Source) -> Compile<FunctionType> {
    let mut tokenizer = Tokenizer::new(source);
    let mut tokens = Vec::new();
    loop {
        let token = tokenizer
            .next()
            .map_err(|error| source.finish_error(error))?;
        match token.kind {
            Kind::End => break,
            Kind::Newline => {}
            _ => tokens.push(token),
        }
    }
    Signature { source, tokens }.parse()
}

struct Signature<'a> {
    source: &'a Source,
    tokens: Vec<Token>,
}

impl Signature<'_> {
    fn text(&self, token: usize) -> &str {
        self.tokens
            .get(token)
            .map_or("", |token| &self.source.text[token.start..token.end])
    }

    fn fail<T>(&self, token: usize) -> Compile<T> {
        let end = self.source.text.len();
        let (start, end) = self
            .tokens
            .get(token)
            .map_or((end, end), |t| (t.start, t.end));
        let error = CompileError::at(self.source.position(start, end), "invalid syntax");
        Err(self.source.finish_error(error))
    }

    fn parse(&self) -> Compile<FunctionType> {
        if self.text(0) != "(" {
            return self.fail(0);
        }
        let (mut argtypes, mut stars) = (Vec::new(), 0);
        let mut at = 1;
        while self.text(at) != ")" {
            let level = match self.text(at) {
                "*" => 1,
                "**" => 2,
                _ => 0,
            };
            if level < stars || level == stars && level > 0 {
                return self.fail(at);
            }
            stars = level;
            let start = at + usize::from(level > 0);
            let end = self.end_of_type(start);
            argtypes.push(self.expression(start, end)?);
            at = end;
            if self.text(at) == "," {
                at += 1;
            } else if self.text(at) != ")" {
                return self.fail(at);
            }
        }
        if self.text(at + 1) != "->" {
            return self.fail(at + 1);
        }
        let returns = self.expression(at + 2, self.tokens.len())?;
        Ok(FunctionType { argtypes, returns })
    }

    /// The token behind a type: a comma or the closing parenthesis.
    fn end_of_type(&self, start: usize) -> usize {
        let mut depth = 0usize;
        for i in start..self.tokens.len() {
            match self.text(i) {
                "," | ")" if depth == 0 => return i,
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.tokens.len()
    }

    fn expression(&self, start: usize, end: usize) -> Compile<Expr> {
        if start >= end {
            return self.fail(start);
        }
        let (from, to) = (self.tokens[start].start, self.tokens[end - 1].end);
        let range = TextRange::new((from as u32).into(), (to as u32).into());
        match ruff_python_parser::parse_expression_range(&self.source.text, range) {
            Ok(parsed) => Lower::new(self.source)
                .expression(&parsed.syntax().body)
                .map_err(|error| self.source.finish_error(error)),
            Err(_) => self.fail(start),
        }
    }
}
