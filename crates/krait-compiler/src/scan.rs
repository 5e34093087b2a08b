//! Reads the tokens once before parsing: the first lexical error, warnings about numbers, and
//! how deep the tree is going to be, for which a stack is then made ([`crate::compile`]).

use crate::errors::{Compile, CompileError, ErrorKind, Warning};
use crate::source::Source;
use crate::tokens::{Kind, Token, Tokenizer};

/// What the tokens tell before parsing.
pub struct Scan {
    /// Estimate of the tree's depth.
    pub depth: usize,
    /// The first lexical error.
    pub error: Option<Box<CompileError>>,
    /// Warnings about numbers.
    pub warnings: Vec<Warning>,
}

/// Deeper trees are a RecursionError. (CPython's limit depends on the size of its stack; it
/// takes some 40,000 terms of a sum.)
const MAX_DEPTH: usize = 30_000;
/// What CPython's parser calls itself for while a statement is read; more is a MemoryError.
const MAX_NESTED: usize = 5968;
/// What a bracket or an f-string may add to the depth besides what is counted in it:
/// itself, `or`, `and`, a comparison.
const PER_LEVEL: usize = 4;

/// What is open within one bracket.
#[derive(Default)]
struct Level {
    /// Operators and trailers since the last comma, which may form a chain (`a.b.c`, `a + b`).
    chain: usize,
    /// `lambda`s and `else`s since then, each within the one before, as CPython's parser
    /// counts them.
    nested: usize,
    /// `lambda`s whose parameters are being read: their commas end nothing.
    parameters: usize,
    /// Behind a `for`: commas end nothing.
    comprehension: bool,
}

impl Level {
    fn depth(&self) -> usize {
        self.chain + self.nested
    }

    fn comma(&mut self) {
        self.chain = 0;
        if self.parameters == 0 && !self.comprehension {
            self.nested = 0;
        }
    }

    fn name(&mut self, text: &[u8]) {
        match text {
            b"lambda" => {
                self.nested += 2;
                self.parameters += 1;
            }
            b"else" => self.nested += 1,
            b"for" => {
                self.nested += 1;
                self.comprehension = true;
            }
            b"not" | b"await" | b"yield" => self.chain += 1,
            // Their operands are beside each other, and hold all that came before.
            b"and" | b"or" => self.chain = 0,
            _ => {}
        }
    }
}

/// The depth at one place of the source.
struct Depths {
    levels: Vec<Level>,
    /// Depth of all levels but the last.
    below: usize,
    /// Prefix operators in a row.
    prefix: usize,
    /// Per indentation: `elif`s of the current statement; each nests the tree deeper.
    elifs: Vec<usize>,
    /// All of these.
    all_elifs: usize,
    line_start: bool,
    deepest: usize,
}

impl Depths {
    fn new() -> Depths {
        Depths {
            levels: vec![Level::default()],
            below: 0,
            prefix: 0,
            elifs: vec![0],
            all_elifs: 0,
            line_start: true,
            deepest: 0,
        }
    }

    fn open(&mut self) {
        self.below += self.levels.last().map_or(0, Level::depth) + PER_LEVEL;
        self.levels.push(Level::default());
    }

    fn close(&mut self) {
        if self.levels.len() > 1 {
            self.levels.pop();
            if let Some(level) = self.levels.last_mut() {
                self.below = self.below.saturating_sub(level.depth() + PER_LEVEL);
                level.chain += 1;
            }
        }
    }

    fn statement(&mut self) {
        self.below = 0;
        self.levels.truncate(1);
        self.levels[0] = Level::default();
    }

    fn take(&mut self, token: &Token, text: &[u8]) -> Compile<()> {
        let last = self.levels.len() - 1;
        let mut is_prefix = false;
        match token.kind {
            Kind::Newline => self.statement(),
            Kind::Indent => self.elifs.push(0),
            Kind::Dedent if self.elifs.len() > 1 => {
                self.all_elifs -= self.elifs.pop().unwrap_or(0);
            }
            Kind::Name if self.line_start && matches!(text, b"elif" | b"if") => {
                if let Some(count) = self.elifs.last_mut() {
                    self.all_elifs -= *count;
                    *count = if text == b"if" { 0 } else { *count + 1 };
                    self.all_elifs += *count;
                }
            }
            Kind::Name => {
                is_prefix = text == b"not";
                self.levels[last].name(text);
            }
            Kind::FStringStart => self.open(),
            Kind::FStringEnd => self.close(),
            Kind::Op => match text {
                [b'(' | b'[' | b'{'] => self.open(),
                [b')' | b']' | b'}'] => self.close(),
                [b','] => self.levels[last].comma(),
                [b';'] => self.statement(),
                [b'=' | b'<' | b'>'] | [b'=' | b'!' | b'<' | b'>', b'='] => {}
                _ => {
                    let level = &mut self.levels[last];
                    if text == b":" {
                        level.parameters = level.parameters.saturating_sub(1);
                    }
                    is_prefix = matches!(text, [b'-' | b'+' | b'~']);
                    level.chain += 1;
                }
            },
            _ => {}
        }
        self.prefix = if is_prefix { self.prefix + 1 } else { 0 };
        self.line_start = matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent);
        self.check()
    }

    fn check(&mut self) -> Compile<()> {
        let level = self.levels.last();
        let nested = self.prefix + level.map_or(0, |level| level.nested);
        if nested > MAX_NESTED {
            let message = "Parser stack overflowed - Python source too complex to parse";
            return Err(CompileError::new(ErrorKind::Memory, message));
        }
        let depth = self.below + level.map_or(0, Level::depth) + self.all_elifs;
        if depth > MAX_DEPTH {
            let message = "maximum recursion depth exceeded during compilation";
            return Err(CompileError::new(ErrorKind::Recursion, message));
        }
        self.deepest = self.deepest.max(depth + 4 * self.elifs.len());
        Ok(())
    }
}

/// Reads all tokens.
pub fn scan(source: &Source) -> Compile<Scan> {
    let mut tokenizer = Tokenizer::new(source);
    let mut depths = Depths::new();
    let error = loop {
        match tokenizer.next() {
            Ok(token) if token.kind == Kind::End => break None,
            Ok(token) => {
                let text = &source.text.as_bytes()[token.start..token.end];
                depths.take(&token, text)?;
            }
            Err(error) => break Some(error),
        }
    };
    Ok(Scan {
        depth: depths.deepest,
        error,
        warnings: tokenizer.warnings,
    })
}
