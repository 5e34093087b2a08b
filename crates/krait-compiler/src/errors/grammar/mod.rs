//! A second parser, run only on source that does not parse, to find CPython's message
//! and place.
//!
//! It follows the language's grammar in two passes: the first finds how far the
//! source makes sense; in the second, rules that recognise common mistakes are tried
//! where CPython tries them, and the first that fits is the error. If none fits, the
//! error is "invalid syntax" at the last token that was looked at. It is a PEG
//! parser: a rule gives a [`Node`] or nothing, alternatives are tried in order.

mod args;
mod atoms;
mod blocks;
mod expr;
mod params;
mod patterns;
mod stmt;

use crate::errors::{CompileError, ErrorKind, Warning};
use crate::lower::Lower;
use crate::source::Source;
use crate::tokens::{Kind, Tokenizer};
use crate::{Mode, Options};
use krait_bytecode::Position;
use ruff_text_size::TextRange;
use std::collections::HashMap;
use std::rc::Rc;

/// A token with what the rules ask of it.
#[derive(Clone, Copy, Debug)]
struct Tok {
    kind: TokKind,
    start: usize,
    end: usize,
    /// Brackets open behind it.
    level: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokKind {
    Name,
    Keyword,
    Number,
    String,
    FStart,
    FMiddle,
    FEnd,
    Op,
    Newline,
    Indent,
    Dedent,
    End,
    /// Where the tokenizer failed.
    Error,
}

/// Kinds of expressions, as far as messages tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Attribute,
    Subscript,
    Starred,
    Name,
    List,
    Tuple,
    Lambda,
    Call,
    Operation,
    Generator,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    FString,
    TString,
    Literal,
    None,
    True,
    False,
    Ellipsis,
    Comparison,
    /// A comparison whose first operator is `in`.
    InComparison,
    IfExp,
    Named,
    /// Anything that is no expression.
    Other,
    /// `name=value` in a call.
    Keyword,
    /// `**value` in a call.
    DoubleStar,
}

/// What a rule matched: a range of tokens.
#[derive(Debug)]
struct Node {
    shape: Shape,
    start: usize,
    end: usize,
    items: Vec<N>,
}

type N = Rc<Node>;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Rules whose results are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Memo {
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitOr,
    Shift,
    Sum,
    Term,
    Factor,
    Primary,
    Arguments,
    Args,
    Strings,
    SimpleStmt,
    Block,
    NamedInvalid,
    StarTarget,
    TargetAtom,
    TPrimary,
    Group,
    ClosedPattern,
    Params,
}

struct P<'a> {
    source: &'a Source,
    toks: Vec<Tok>,
    pos: usize,
    furthest: usize,
    /// The second pass: rules for mistakes are tried.
    invalid: bool,
    error: Option<Box<CompileError>>,
    /// What CPython finds behind its parser, where the parser crate does not read so far, and
    /// the token where that begins.
    late: Option<(usize, Box<CompileError>)>,
    /// Where the tokenizer failed: the last token.
    lexical: Option<Box<CompileError>>,
    memo: HashMap<(Memo, usize, bool), (Option<N>, usize)>,
    /// Line and byte column of the last compound statement that is whole.
    last_stmt: (u32, u32),
}

/// The error CPython gives for a source that does not parse; None if it parses here.
pub(super) fn diagnose(
    source: &Source,
    mode: Mode,
    options: &Options,
) -> Option<Box<CompileError>> {
    let (mut toks, lexical) = tokens(source);
    if mode == Mode::Single && lexical.is_none() {
        prompt_tokens(&mut toks, source, options.dont_imply_dedent);
    }
    let mut p = P {
        source,
        toks,
        pos: 0,
        furthest: 0,
        invalid: false,
        error: None,
        late: None,
        lexical,
        memo: HashMap::new(),
        last_stmt: (0, 0),
    };
    if p.run(mode) && p.error.is_none() {
        return match mode {
            Mode::Single => p.more_than_one(),
            _ if p.lexical.is_some() => None,
            _ => bad_string(source).or_else(|| p.late.take().map(|(_, error)| error)),
        };
    }
    let last = p.furthest;
    let at_end = matches!(p.toks[last].kind, TokKind::End | TokKind::Error)
        || mode == Mode::Single && p.toks[last].start >= source.text.len();
    if options.allow_incomplete && at_end && p.lexical.as_deref().is_none_or(is_incomplete) {
        let mut error = CompileError::new(ErrorKind::Incomplete, "incomplete input");
        if let Some(read) = p.toks.get(..=last) {
            error.warnings = string_warnings(source, read);
        }
        return Some(error);
    }
    if p.error.is_none() {
        p.invalid = true;
        p.pos = 0;
        p.memo.clear();
        p.run(mode);
    }
    let error = match p.error.take() {
        Some(error) => p.prefer_lexical(error),
        None => p.generic(last),
    };
    let mut error = error;
    if error.kind == ErrorKind::Incomplete {
        error.kind = ErrorKind::Syntax;
    }
    let (line, column) = p.last_stmt;
    if let Some(read) = p.toks.get(..=last) {
        error.warnings = string_warnings(source, read);
    }
    error.context = Some(Box::new((line, column, source.whole())));
    p.show_line(&mut error);
    Some(error)
}

/// Ends the tokens as a prompt's input ends: whatever its last character is, one more
/// line end follows, and so it does after the blocks that are ended with it.
fn prompt_tokens(toks: &mut Vec<Tok>, source: &Source, keep_blocks: bool) {
    let Some(&end) = toks.last() else {
        return;
    };
    let Some(last) = toks
        .iter()
        .rposition(|tok| !matches!(tok.kind, TokKind::Dedent | TokKind::End))
    else {
        return;
    };
    let newline = Tok {
        kind: TokKind::Newline,
        ..end
    };
    let blocks = toks.len() - last > 2;
    let implied = toks[last].kind == TokKind::Newline && toks[last].start == source.text.len();
    // Behind the last statement's line there may be one of blanks or a comment that nothing
    // ends.
    let open_line = !implied && !source.text.ends_with('\n');
    if keep_blocks && (open_line || implied && blocks) {
        toks.truncate(last + 1);
        toks.push(end);
    } else if !implied || blocks {
        let at = toks.len() - 1;
        toks.insert(at, newline);
    }
}

/// Warnings about escapes in the strings that were read before an error.
fn string_warnings(source: &Source, toks: &[Tok]) -> Vec<Warning> {
    let mut lower = Lower::new(source);
    for tok in toks.iter().filter(|tok| tok.kind == TokKind::String) {
        let range = TextRange::new((tok.start as u32).into(), (tok.end as u32).into());
        if lower.check_token(range, false).is_err() {
            break;
        }
    }
    lower.warnings
}

/// The first string whose escapes cannot be decoded.
pub(super) fn bad_string(source: &Source) -> Option<Box<CompileError>> {
    let (toks, _) = tokens(source);
    let mut lower = Lower::new(source);
    // For each open f-string: whether it is raw.
    let mut raw = Vec::new();
    for tok in toks {
        let range = TextRange::new((tok.start as u32).into(), (tok.end as u32).into());
        match tok.kind {
            TokKind::FStart => {
                let text = &source.text[tok.start..tok.end];
                raw.push(text.contains(['r', 'R']));
            }
            TokKind::FEnd => {
                raw.pop();
            }
            TokKind::String | TokKind::FMiddle => {
                let middle = tok.kind == TokKind::FMiddle;
                if middle && raw.last() == Some(&true) {
                    continue;
                }
                if let Err(error) = lower.check_token(range, middle) {
                    return Some(error);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether the source only ended too early.
fn is_incomplete(error: &CompileError) -> bool {
    error.kind == ErrorKind::Incomplete
}

/// Errors of the tokenizer that count only when the parser gets there.
fn is_soft(error: &CompileError) -> bool {
    match error.kind {
        ErrorKind::Indentation | ErrorKind::Tab => true,
        ErrorKind::Incomplete => !error.message.contains("triple-quoted"),
        _ => error.message.ends_with("after line continuation character"),
    }
}

fn tokens(source: &Source) -> (Vec<Tok>, Option<Box<CompileError>>) {
    let mut tokenizer = Tokenizer::new(source);
    let mut toks = Vec::new();
    loop {
        match tokenizer.next() {
            Ok(token) => {
                let text = &source.text[token.start..token.end];
                let kind = match token.kind {
                    Kind::Name if KEYWORDS.contains(&text) => TokKind::Keyword,
                    Kind::Name => TokKind::Name,
                    Kind::Number => TokKind::Number,
                    Kind::String => TokKind::String,
                    Kind::FStringStart => TokKind::FStart,
                    Kind::FStringMiddle => TokKind::FMiddle,
                    Kind::FStringEnd => TokKind::FEnd,
                    Kind::Op => TokKind::Op,
                    Kind::Newline => TokKind::Newline,
                    Kind::Indent => TokKind::Indent,
                    Kind::Dedent => TokKind::Dedent,
                    Kind::End => TokKind::End,
                };
                let level = tokenizer.open_brackets().len() as u32;
                toks.push(Tok {
                    kind,
                    start: token.start,
                    end: token.end,
                    level,
                });
                if kind == TokKind::End {
                    return (toks, None);
                }
            }
            Err(error) => {
                let end = source.text.len();
                toks.push(Tok {
                    kind: TokKind::Error,
                    start: end,
                    end,
                    level: 0,
                });
                return (toks, Some(error));
            }
        }
    }
}

impl<'a> P<'a> {
    fn run(&mut self, mode: Mode) -> bool {
        let done = match mode {
            Mode::Exec => {
                self.statements();
                self.kind(TokKind::End)
            }
            Mode::Single => self.statement_newline(),
            Mode::Eval => {
                let found = self.expressions().is_some();
                while self.kind(TokKind::Newline) {}
                found && self.kind(TokKind::End)
            }
        };
        done && self.error.is_none()
    }

    /// The error where text follows a prompt's statement.
    fn more_than_one(&mut self) -> Option<Box<CompileError>> {
        let end = self.toks[self.pos.checked_sub(1)?].end;
        let mut rest = self.source.text[end..].trim_start();
        while let Some(comment) = rest.strip_prefix('#') {
            rest = comment
                .split_once('\n')
                .map_or("", |(_, rest)| rest)
                .trim_start();
        }
        if rest.is_empty() {
            return None;
        }
        let message = "multiple statements found while compiling a single statement";
        Some(self.error_at_token(self.pos - 1, message.into()))
    }

    // ---- errors

    /// The line of an error behind which the tokenizer has gone is shown without its end.
    fn show_line(&self, error: &mut CompileError) {
        if error.line > 0 && error.line < self.line_of(self.furthest) && error.text.is_none() {
            error.text = self.source.line(error.line).map(str::to_string);
        }
    }

    fn fail_at(&mut self, at: Position, message: impl Into<String>) -> Option<N> {
        if self.error.is_none() {
            self.error = Some(CompileError::at(at, message));
        }
        None
    }

    fn span(&self, start: usize, end: usize) -> Position {
        let last = self.toks[end];
        let mut at = self.source.position(self.toks[start].start, last.end);
        if last.kind == TokKind::Newline {
            // The line's end counts as one more column of the line.
            let end = self.source.position(last.start, last.start);
            at.end_line = end.line;
            at.end_col = end.col + 1;
        }
        at
    }

    fn node_span(&self, from: &Node, to: &Node) -> Position {
        self.span(from.start, to.end.max(to.start + 1) - 1)
    }

    /// At a node.
    fn fail_node(&mut self, node: &Node, message: impl Into<String>) -> Option<N> {
        self.fail_range(node, node, message)
    }

    /// From the start of one node to the end of another.
    fn fail_range(&mut self, from: &Node, to: &Node, message: impl Into<String>) -> Option<N> {
        let at = self.node_span(from, to);
        self.fail_at(at, message)
    }

    /// What is wrong with a node though it parses; of several, the first counts.
    fn note_late(&mut self, node: &Node, message: &str) {
        if self
            .late
            .as_ref()
            .is_none_or(|(start, _)| node.start <= *start)
        {
            let mut error = CompileError::at(self.node_span(node, node), message);
            error.late = true;
            self.late = Some((node.start, error));
        }
    }

    /// At a token.
    fn fail_token(&mut self, token: usize, message: impl Into<String>) -> Option<N> {
        if self.error.is_none() {
            self.error = Some(self.error_at_token(token, message.into()));
        }
        None
    }

    fn error_at_token(&self, token: usize, message: String) -> Box<CompileError> {
        let tok = self.toks[token];
        if !matches!(tok.kind, TokKind::Indent | TokKind::Dedent | TokKind::End) {
            return CompileError::at(self.span(token, token), message);
        }
        // These have no column: how far the tokenizer has come counts.
        let text = &self.source.text;
        let mut at = self.source.position(tok.end, tok.end);
        if tok.kind == TokKind::End {
            let last = text.strip_suffix('\n').unwrap_or(text).len();
            at = self.source.position(last, last);
            at.col += 1;
        }
        let mut error = CompileError::at(at, message);
        error.col = at.col;
        error.end_line = error.line;
        error.end_col = -1;
        error
    }

    /// From a token to the end of another.
    fn fail_tokens(&mut self, from: usize, to: usize, message: impl Into<String>) -> Option<N> {
        let at = self.span(from, to);
        self.fail_at(at, message)
    }

    /// At the last token looked at so far.
    fn fail_last(&mut self, message: impl Into<String>) -> Option<N> {
        self.fail_token(self.furthest, message)
    }

    /// At the next token.
    fn fail_next(&mut self, message: impl Into<String>) -> Option<N> {
        let pos = self.pos;
        self.look();
        self.fail_token(pos, message)
    }

    /// From a token to the end of what was looked at.
    fn fail_from(&mut self, start: usize, message: impl Into<String>) -> Option<N> {
        let end = self.furthest.max(start);
        self.fail_tokens(start, end, message);
        if let Some(error) = &mut self.error {
            error.end_col -= 1;
        }
        None
    }

    fn fail_indent(&mut self, message: impl Into<String>) -> Option<N> {
        if self.error.is_none() {
            self.fail_last(message);
            if let Some(error) = &mut self.error {
                error.kind = ErrorKind::Indentation;
            }
        }
        None
    }

    /// "invalid syntax" where the first pass got stuck, and its variants.
    fn generic(&self, last: usize) -> Box<CompileError> {
        let message = match self.toks[last].kind {
            TokKind::Indent => "unexpected indent",
            TokKind::Dedent => "unexpected unindent",
            _ if self.text(last) == "<>" && self.ends_operand(last) => {
                "invalid syntax.  Maybe you meant '!=' instead of '<>'?"
            }
            _ => "invalid syntax",
        };
        let mut error = self.error_at_token(last, message.into());
        if self.toks[last].kind == TokKind::End {
            (error.col, error.end_col) = (0, 0);
            if self.source.text.is_empty() {
                (error.line, error.end_line) = (0, 0);
                error.text = Some(String::new());
            }
        }
        if message.starts_with("unexpected") {
            error.kind = ErrorKind::Indentation;
            return error;
        }
        self.prefer_lexical(error)
    }

    /// Whether an operand ends before a token.
    fn ends_operand(&self, token: usize) -> bool {
        let Some(before) = token.checked_sub(1) else {
            return false;
        };
        match self.toks[before].kind {
            TokKind::Name | TokKind::Number | TokKind::String | TokKind::FEnd => true,
            TokKind::Op => matches!(self.text(before), ")" | "]" | "}" | "..."),
            TokKind::Keyword => matches!(self.text(before), "None" | "True" | "False"),
            _ => false,
        }
    }

    /// The rest of the source is tokenized after an error: what is wrong there is reported
    /// instead, and so is a bracket never closed that was opened on an earlier line.
    fn prefer_lexical(&self, error: Box<CompileError>) -> Box<CompileError> {
        match &self.lexical {
            Some(lexical) if !is_soft(lexical) && !lexical.message.contains("-string") => {
                lexical.clone()
            }
            Some(lexical)
                if lexical.message.ends_with("was never closed")
                    && self.line_of(self.furthest) > lexical.line =>
            {
                lexical.clone()
            }
            _ => error,
        }
    }

    fn line_of(&self, token: usize) -> u32 {
        let tok = self.toks[token.min(self.toks.len() - 1)];
        let text = &self.source.text;
        // Nothing is read behind the last line.
        let at_end = tok.start == text.len() && text.ends_with('\n');
        self.source.line_col(tok.start - usize::from(at_end)).0 as u32 + 1
    }

    // ---- tokens

    /// The next token; notes how far was looked.
    fn look(&mut self) -> Tok {
        let pos = self.pos.min(self.toks.len() - 1);
        self.furthest = self.furthest.max(pos);
        let tok = self.toks[pos];
        if tok.kind == TokKind::Error && self.error.is_none() {
            self.error = self.lexical.clone();
        }
        tok
    }

    fn text(&self, token: usize) -> &'a str {
        let tok = self.toks[token.min(self.toks.len() - 1)];
        &self.source.text[tok.start..tok.end]
    }

    fn is_kind(&mut self, kind: TokKind) -> bool {
        self.error.is_none() && self.look().kind == kind
    }

    /// Takes a token of a kind.
    fn kind(&mut self, kind: TokKind) -> bool {
        let found = self.is_kind(kind);
        self.pos += found as usize;
        found
    }

    fn is(&mut self, text: &str) -> bool {
        let tok = self.look();
        self.error.is_none()
            && matches!(tok.kind, TokKind::Op | TokKind::Keyword | TokKind::Name)
            && &self.source.text[tok.start..tok.end] == text
    }

    /// Takes an operator or keyword.
    fn eat(&mut self, text: &str) -> bool {
        let found = self.is(text);
        self.pos += found as usize;
        found
    }

    fn eat_any(&mut self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.eat(text))
    }

    fn is_any(&mut self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(text))
    }

    /// Takes an identifier.
    fn name(&mut self) -> Option<N> {
        let start = self.pos;
        self.kind(TokKind::Name)
            .then(|| self.node(Shape::Name, start))
    }

    fn node(&self, shape: Shape, start: usize) -> N {
        self.node_of(shape, start, Vec::new())
    }

    fn node_of(&self, shape: Shape, start: usize, items: Vec<N>) -> N {
        Rc::new(Node {
            shape,
            start,
            end: self.pos,
            items,
        })
    }

    // ---- combinators

    /// Tries a rule; goes back if it fails.
    fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.error.is_some() {
            return None;
        }
        let start = self.pos;
        let found = rule(self);
        if found.is_none() {
            self.pos = start;
        }
        found
    }

    /// Whether a rule matches here; takes nothing.
    fn ahead<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> bool {
        let start = self.pos;
        let found = self.error.is_none() && rule(self).is_some();
        self.pos = start;
        found
    }

    /// A rule for a mistake: only in the second pass, and it never matches.
    fn mistake(&mut self, rule: impl FnOnce(&mut Self) -> Option<N>) {
        if self.invalid && self.error.is_none() {
            let start = self.pos;
            rule(self);
            self.pos = start;
        }
    }

    /// A rule whose result is remembered.
    fn memo(&mut self, memo: Memo, rule: impl FnOnce(&mut Self) -> Option<N>) -> Option<N> {
        if self.error.is_some() {
            return None;
        }
        let key = (memo, self.pos, self.invalid);
        if let Some((found, end)) = self.memo.get(&key) {
            let (found, end) = (found.clone(), *end);
            if found.is_some() {
                self.pos = end;
            }
            return found;
        }
        let start = self.pos;
        let found = krait_stack::with_room(256 * 1024, 4 * 1024 * 1024, || rule(self)).flatten();
        if found.is_none() {
            self.pos = start;
        }
        if self.error.is_none() {
            self.memo.insert(key, (found.clone(), self.pos));
        }
        found
    }

    /// One or more, with commas between.
    fn commas(&mut self, mut rule: impl FnMut(&mut Self) -> Option<N>) -> Option<Vec<N>> {
        let mut items = vec![self.attempt(&mut rule)?];
        while let Some(item) = self.attempt(|p| p.eat(",").then_some(()).and_then(|()| rule(p))) {
            items.push(item);
        }
        Some(items)
    }

    /// Zero or more.
    fn many(&mut self, mut rule: impl FnMut(&mut Self) -> Option<N>) -> Vec<N> {
        let mut items = Vec::new();
        while let Some(item) = self.attempt(&mut rule) {
            items.push(item);
        }
        items
    }

    // ---- names of expressions in messages

    fn expr_name(&self, node: &Node) -> &'static str {
        match node.shape {
            Shape::Attribute => "attribute",
            Shape::Subscript => "subscript",
            Shape::Starred => "starred",
            Shape::Name => "name",
            Shape::List => "list",
            Shape::Tuple => "tuple",
            Shape::Lambda => "lambda",
            Shape::Call => "function call",
            Shape::Operation => "expression",
            Shape::Generator => "generator expression",
            Shape::Yield => "yield expression",
            Shape::Await => "await expression",
            Shape::ListComp => "list comprehension",
            Shape::SetComp => "set comprehension",
            Shape::DictComp => "dict comprehension",
            Shape::Dict => "dict literal",
            Shape::Set => "set display",
            Shape::FString => "f-string expression",
            Shape::TString => "t-string expression",
            Shape::None => "None",
            Shape::True => "True",
            Shape::False => "False",
            Shape::Ellipsis => "ellipsis",
            Shape::Comparison | Shape::InComparison => "comparison",
            Shape::IfExp => "conditional expression",
            Shape::Named => "named expression",
            _ => "literal",
        }
    }

    /// The part of a target that cannot be assigned to or deleted.
    fn invalid_target(&self, node: &N, kind: Target) -> Option<N> {
        match node.shape {
            Shape::List | Shape::Tuple => node
                .items
                .iter()
                .find_map(|item| self.invalid_target(item, kind)),
            Shape::Starred if kind == Target::Delete => Some(node.clone()),
            Shape::Starred => node
                .items
                .first()
                .and_then(|item| self.invalid_target(item, kind)),
            Shape::InComparison if kind == Target::For => node
                .items
                .first()
                .and_then(|item| self.invalid_target(item, kind)),
            Shape::Comparison if kind == Target::For => None,
            Shape::Name | Shape::Subscript | Shape::Attribute => None,
            _ => Some(node.clone()),
        }
    }

    fn fail_target(&mut self, node: &N, kind: Target) -> Option<N> {
        let bad = self.invalid_target(node, kind)?;
        let verb = if kind == Target::Delete {
            "delete"
        } else {
            "assign to"
        };
        let message = format!("cannot {verb} {}", self.expr_name(&bad));
        self.fail_node(&bad, message)
    }
}

/// What a target is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Star,
    For,
    Delete,
}
