//! Type comments (PEP 484) for `ast.parse(..., type_comments=True)`.
//!
//! The parser crate drops comments; here they are found between the tokens and given to
//! the statements and parameters behind which they stand. One that stands anywhere else is
//! a syntax error, as in CPython, whose grammar has them as tokens.

use crate::ast::*;
use crate::errors::{Compile, CompileError};
use crate::source::Source;
use crate::tokens::{Kind, Token, Tokenizer};
use krait_bytecode::Position;
use std::collections::HashMap;

/// The comments of a source.
#[derive(Clone, Debug, Default)]
pub struct TypeComments {
    /// By line and column where the statement or parameter starts.
    by_place: HashMap<(u32, u32), String>,
    /// `# type: ignore`: line and what follows the word.
    pub ignores: Vec<(u32, String)>,
}

impl TypeComments {
    /// The comment of a statement or parameter.
    pub fn of(&self, at: Position) -> Option<&str> {
        self.by_place.get(&(at.line, at.col)).map(String::as_str)
    }
}

/// A comment that stands behind a token.
struct Comment {
    text: String,
    start: usize,
    /// Index of the token before it.
    after: usize,
    used: bool,
}

/// Finds the comments of a module's source and what they belong to.
pub fn find(module: &Module, source: &Source) -> Compile<TypeComments> {
    let mut finder = Finder::new(source);
    if let Module::Module(body) | Module::Interactive(body) = module {
        finder.body(body)?;
    }
    let left = finder.comments.iter().find(|comment| !comment.used);
    match left {
        None => Ok(finder.found),
        Some(comment) => Err(finder.misplaced(comment)),
    }
}

struct Finder<'a> {
    source: &'a Source,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    found: TypeComments,
}

impl<'a> Finder<'a> {
    fn new(source: &'a Source) -> Finder<'a> {
        let mut tokenizer = Tokenizer::new(source);
        let mut finder = Finder {
            source,
            tokens: Vec::new(),
            comments: Vec::new(),
            found: TypeComments::default(),
        };
        let mut behind = 0;
        while let Ok(token) = tokenizer.next() {
            finder.gap(behind, token.start.max(behind));
            behind = token.end.max(behind);
            finder.tokens.push(token);
            if token.kind == Kind::End {
                break;
            }
        }
        finder
    }

    /// Comments between two tokens.
    fn gap(&mut self, start: usize, end: usize) {
        let mut at = start;
        for line in self.source.text[start..end].split_inclusive('\n') {
            if let Some(hash) = line.find('#')
                && let Some(text) = type_comment(line[hash..].trim_end_matches('\n'))
            {
                self.comment(text, at + hash);
            }
            at += line.len();
        }
    }

    fn comment(&mut self, text: &str, start: usize) {
        if let Some(tag) = text.strip_prefix("ignore")
            && !tag.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii())
        {
            let line = self.source.line_col(start).0 as u32 + 1;
            self.found.ignores.push((line, tag.to_string()));
            return;
        }
        self.comments.push(Comment {
            text: text.to_string(),
            start,
            after: self.tokens.len().saturating_sub(1),
            used: false,
        });
    }

    fn text(&self, token: usize) -> &'a str {
        self.tokens
            .get(token)
            .map_or("", |token| &self.source.text[token.start..token.end])
    }

    fn misplaced(&self, comment: &Comment) -> Box<CompileError> {
        let at = self.source.position(comment.start, comment.start + 1);
        let star = self.text(comment.after) == ","
            && comment.after > 0
            && self.text(comment.after - 1) == "*";
        let message = if star {
            "bare * has associated type comment"
        } else {
            "invalid syntax"
        };
        CompileError::at(at, message)
    }

    fn offset(&self, line: u32, col: u32) -> usize {
        let start = self.source.line_starts.get(line as usize - 1);
        start.map_or(0, |start| *start as usize) + col as usize
    }

    /// The first token at or behind a place.
    fn token_at(&self, at: Position) -> usize {
        let offset = self.offset(at.line, at.col);
        self.tokens.partition_point(|token| token.start < offset)
    }

    /// Takes the comment behind a token.
    fn take(&mut self, token: usize) -> Option<String> {
        let mut behind = self
            .comments
            .iter_mut()
            .filter(|comment| comment.after == token && !comment.used);
        let comment = behind.next()?;
        comment.used = true;
        Some(comment.text.clone())
    }

    fn give(&mut self, at: Position, text: Option<String>) {
        if let Some(text) = text {
            self.found.by_place.insert((at.line, at.col), text);
        }
    }

    fn body(&mut self, body: &[Stmt]) -> Compile<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Compile<()> {
        match &stmt.kind {
            StmtKind::Assign { .. } => {
                let end = self.offset(stmt.at.end_line, stmt.at.end_col);
                let last = self.tokens.partition_point(|token| token.start < end);
                let text = last.checked_sub(1).and_then(|last| self.take(last));
                self.give(stmt.at, text);
                Ok(())
            }
            StmtKind::FunctionDef(f) => {
                self.function(f, stmt.at)?;
                self.body(&f.body)
            }
            StmtKind::ClassDef(c) => self.body(&c.body),
            StmtKind::For(f) => {
                let text = self.colon(stmt.at).and_then(|colon| self.take(colon));
                self.give(stmt.at, text);
                self.body(&f.body)?;
                self.body(&f.orelse)
            }
            StmtKind::With { body, .. } => {
                let text = self.colon(stmt.at).and_then(|colon| self.take(colon));
                self.give(stmt.at, text);
                self.body(body)
            }
            StmtKind::While { body, orelse, .. } | StmtKind::If { body, orelse, .. } => {
                self.body(body)?;
                self.body(orelse)
            }
            StmtKind::Match { cases, .. } => {
                cases.iter().try_for_each(|case| self.body(&case.body))
            }
            StmtKind::Try(t) => {
                self.body(&t.body)?;
                t.handlers.iter().try_for_each(|h| self.body(&h.body))?;
                self.body(&t.orelse)?;
                self.body(&t.finalbody)
            }
            _ => Ok(()),
        }
    }

    /// The colon that ends a statement's header.
    fn colon(&self, at: Position) -> Option<usize> {
        let mut depth = 0usize;
        for i in self.token_at(at)..self.tokens.len() {
            match self.text(i) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                ":" if depth == 0 => return Some(i),
                _ => {}
            }
        }
        None
    }

    fn function(&mut self, f: &FunctionDef, at: Position) -> Compile<()> {
        for arg in f.args.all() {
            self.argument(arg);
        }
        let Some(colon) = self.colon(at) else {
            return Ok(());
        };
        let same_line = self.take(colon);
        let own_line = self.take(colon + 1);
        if let (Some(_), Some(_)) = (&same_line, &own_line) {
            let message = "Cannot have two type comments on def";
            return Err(CompileError::at(at, message));
        }
        self.give(at, same_line.or(own_line));
        Ok(())
    }

    /// A parameter's comment stands behind its comma, or behind the last one.
    fn argument(&mut self, arg: &Arg) {
        let mut depth = 0usize;
        for i in self.token_at(arg.at)..self.tokens.len() {
            match self.text(i) {
                "(" | "[" | "{" => depth += 1,
                ")" if depth == 0 => {
                    let text = i.checked_sub(1).and_then(|last| self.take(last));
                    return self.give(arg.at, text);
                }
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    let text = self.take(i);
                    return self.give(arg.at, text);
                }
                _ => {}
            }
        }
    }
}

/// What a comment says if it is a type comment.
fn type_comment(comment: &str) -> Option<&str> {
    let blanks = [' ', '\t'];
    let rest = comment.strip_prefix('#')?.trim_start_matches(blanks);
    Some(rest.strip_prefix("type:")?.trim_start_matches(blanks))
}
