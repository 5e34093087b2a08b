//! `TokenizerIter(readline, *, encoding=None, extra_tokens)`.

use std::cell::{Cell, RefCell};

use krait_object::exceptions::syntax::{Place, new_at};
use krait_object::gc::Visitor;
use krait_object::{
    Class, Instance, Layout, Owned, Py, PyResult, Raised, Str, Tuple, Type, TypeBuilder, Value,
    errors, exceptions,
};

use super::lexer::{Class as ErrorClass, Fault, LexError, Lexer};
use super::source::Source;
use super::token::{Kind, Token, exact};

pub struct TokenizerIter {
    /// Taken while a token is read: `readline` runs Python code.
    lexer: RefCell<Option<Box<Lexer>>>,
    readline: Value,
    extra_tokens: bool,
    ended: Cell<bool>,
    /// The line of the last token, which is often the line of the next one.
    line: RefCell<Option<(usize, Owned<Str>)>>,
}

type This = Instance<TokenizerIter>;

fn new(
    py: Py,
    class: &Type,
    readline: &Value,
    encoding: Option<String>,
    extra_tokens: bool,
) -> PyResult<Owned<This>> {
    let lexer = Lexer::new(py, Source::new(readline.clone(), encoding));
    let body = TokenizerIter {
        lexer: RefCell::new(Some(Box::new(lexer))),
        readline: readline.clone(),
        extra_tokens,
        ended: Cell::new(false),
        line: RefCell::new(None),
    };
    Instance::new_in(py, class, body)
}

fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    if this.ended.get() {
        return Ok(None);
    }
    let Some(mut lexer) = this.lexer.take() else {
        return krait_object::raise!(py, ValueError, "tokenizer already executing");
    };
    let result = next_token(this, &mut lexer);
    drop(this.lexer.replace(Some(lexer)));
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Fault::Raised) => Err(Raised),
        Err(Fault::Error(error)) => {
            this.ended.set(true);
            Err(raise(py, &error))
        }
    }
}

fn next_token(this: &This, lexer: &mut Lexer) -> Result<Value, Fault> {
    loop {
        let token = lexer.get()?;
        if lexer.finished {
            this.ended.set(true);
        }
        if this.extra_tokens {
            return Ok(as_value(this, lexer, token));
        }
        if !matches!(token.kind, Kind::Comment | Kind::Nl) {
            return Ok(plain_value(this, lexer, token));
        }
    }
}

fn text(chars: &[u32]) -> Owned<Str> {
    Str::from_u32(chars)
}

/// The text of a token's line, without a newline that was added.
fn line_of(this: &This, lexer: &Lexer, token: &Token) -> Owned<Str> {
    let Some(start) = token.text_line else {
        return Str::new("");
    };
    let single = start == lexer.line_start;
    if single
        && let Some((number, known)) = &*this.line.borrow()
        && *number == lexer.line
    {
        return known.clone();
    }
    let end = lexer.buffer.len() - usize::from(lexer.implicit_newline && !lexer.buffer.is_empty());
    let line = text(&lexer.buffer[start.min(end)..end]);
    if single {
        drop(this.line.replace(Some((lexer.line, line.clone()))));
    }
    line
}

fn place(line: usize, col: isize) -> Value {
    Value::from(Tuple::from_values([
        Value::int(line as i64),
        Value::int(col as i64),
    ]))
}

fn tuple(kind: u8, string: Owned<Str>, start: Value, end: Value, line: Owned<Str>) -> Value {
    let kind = Value::int(i64::from(kind));
    Value::from(Tuple::from_values([
        kind,
        Value::from(string),
        start,
        end,
        Value::from(line),
    ]))
}

fn as_value(this: &This, lexer: &Lexer, token: Token) -> Value {
    let line = line_of(this, lexer, &token);
    let chars = &lexer.buffer[token.start..token.end];
    let (string, end_col) = match token.kind {
        Kind::Newline | Kind::Nl if lexer.implicit_newline && token.end == lexer.buffer.len() => {
            (Str::new(""), token.end_col)
        }
        _ => (text(chars), token.end_col),
    };
    tuple(
        token.kind as u8,
        string,
        place(token.line, token.col),
        place(token.end_line, end_col),
        line,
    )
}

/// A token as the compiler sees it: operators by their exact type, nothing in newlines
/// and indents.
fn plain_value(this: &This, lexer: &Lexer, token: Token) -> Value {
    let string = text(&lexer.buffer[token.start..token.end]);
    match token.kind {
        Kind::Op => {
            let kind = exact(&string.to_rust());
            let line = line_of(this, lexer, &token);
            tuple(
                kind,
                string,
                place(token.line, token.col),
                place(token.end_line, token.end_col),
                line,
            )
        }
        Kind::Newline => {
            let start = place(token.line, token.col);
            tuple(
                token.kind as u8,
                Str::new(""),
                start.clone(),
                start,
                line_of(this, lexer, &token),
            )
        }
        Kind::Indent | Kind::Dedent | Kind::EndMarker => {
            let token = Token {
                text_line: Some(lexer.line_start),
                ..token
            };
            let at = place(lexer.line.max(1), -1);
            tuple(
                token.kind as u8,
                Str::new(""),
                at.clone(),
                at,
                line_of(this, lexer, &token),
            )
        }
        _ => as_value(this, lexer, token),
    }
}

#[cold]
fn raise(py: Py, error: &LexError) -> Raised {
    let class: &Type = match error.class {
        ErrorClass::Syntax | ErrorClass::EndOfFile => &exceptions::SyntaxError,
        ErrorClass::Indentation => &exceptions::IndentationError,
        ErrorClass::Tab => &exceptions::TabError,
    };
    let filename = Value::from(Str::new("<string>"));
    let has_text = error.class != ErrorClass::EndOfFile;
    let Some((end_line, end_column)) = error.end else {
        let shown = if has_text {
            Value::from(text(&error.text))
        } else {
            Value::none()
        };
        let parts = [
            filename,
            Value::int(error.line as i64),
            Value::int(error.offset as i64),
            shown,
            Value::none(),
            Value::none(),
        ];
        let details = Value::from(Tuple::from_values(parts));
        return errors::raise_args(py, class, &[Value::from(Str::new(&error.message)), details]);
    };
    let place = Place {
        filename: &filename,
        line: error.line as i64,
        column: error.offset as i64,
        end_line: end_line as i64,
        end_column: end_column as i64,
        text: Some(text(&error.text)),
        context: None,
    };
    match new_at(py, class, &error.message, place) {
        Ok(exception) => errors::raise_object(py, exception),
        Err(raised) => raised,
    }
}

impl Class for TokenizerIter {
    const NAME: &'static str = "_tokenize.TokenizerIter";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.new_with(
            "tokenizeriter(readline, /, *, encoding=None, extra_tokens)",
            new,
        )
        .iter(|_py, this: &This| this.to_owned())
        .next(next);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.readline);
    }
}
