//! `sub`, `subn` and `Match.expand`.

use krait_object::types::buffer::{Buffer, has_buffer};
use krait_object::{Bytes, Owned, Py, PyResult, Str, StrBuilder, Value, protocol, raise};
use krait_sre::{Mode, Scan, State};
use krait_text::TextWriter;

use super::found::{self, Match};
use super::pattern::This;
use super::subject::Held;
use super::template::{self, Template};
use super::{failed, interrupted};

/// The text that comes out, and how many pieces it has been put together from.
pub enum Output {
    Text(StrBuilder, usize),
    Bytes(Vec<u8>, usize),
}

impl Output {
    pub fn new(held: &Held) -> Output {
        match held {
            Held::Str(_) => Output::Text(StrBuilder::new(), 0),
            _ => Output::Bytes(Vec::new(), 0),
        }
    }

    /// Adds a part of the subject.
    #[inline]
    pub fn push_part(&mut self, held: &Held, start: usize, end: usize) {
        let end = end.min(held.len());
        let start = start.min(end);
        match (self, held) {
            (Output::Text(out, count), Held::Str(text)) => {
                *count += 1;
                out.push_chars(text.chars().slice(start, end));
            }
            (Output::Bytes(out, count), Held::Bytes(bytes)) => {
                *count += 1;
                out.extend_from_slice(&bytes.as_slice()[start..end]);
            }
            (Output::Bytes(out, count), Held::Buffer(_, buffer)) => {
                *count += 1;
                out.extend_from_slice(&buffer.as_slice()[start..end]);
            }
            _ => {}
        }
    }

    /// Adds a replacement.
    pub fn push_value(&mut self, py: Py, value: &Value) -> PyResult<()> {
        match self {
            Output::Text(out, count) => match value.downcast::<Str>() {
                Some(text) => {
                    *count += 1;
                    out.push_text(text);
                    Ok(())
                }
                None => {
                    let name = value.ty().name();
                    raise!(
                        py,
                        TypeError,
                        "sequence item {count}: expected str instance, {name} found"
                    )
                }
            },
            Output::Bytes(out, count) => {
                if let Some(bytes) = value.downcast::<Bytes>() {
                    out.extend_from_slice(bytes.as_slice());
                } else if has_buffer(value) {
                    out.extend_from_slice(Buffer::new(py, value)?.as_slice());
                } else {
                    let name = value.ty().name();
                    return raise!(
                        py,
                        TypeError,
                        "sequence item {count}: expected a bytes-like object, {name} found"
                    );
                }
                *count += 1;
                Ok(())
            }
        }
    }

    pub fn finish(self) -> Value {
        match self {
            Output::Text(out, _) => Value::from(out.finish()),
            Output::Bytes(out, _) => Value::from(Bytes::new(&out)),
        }
    }
}

/// What stands in for each match.
enum Replacement {
    Text(Value),
    Template(Value),
    Function(Value),
}

fn replacement(py: Py, this: &This, repl: &Value) -> PyResult<Replacement> {
    if protocol::call::is_callable(repl) {
        return Ok(Replacement::Function(repl.clone()));
    }
    let has_backslash = match repl.downcast::<Str>() {
        Some(text) => text.code_points().any(|c| c == u32::from(b'\\')),
        None if has_buffer(repl) => Buffer::new(py, repl)?.as_slice().contains(&b'\\'),
        None => true,
    };
    if !has_backslash {
        return Ok(Replacement::Text(repl.clone()));
    }
    let made = template::compile(py, this, repl)?;
    Ok(match template::of(&made) {
        Some(template) if template.parts.is_empty() => Replacement::Text(template.literal.clone()),
        Some(_) => Replacement::Template(made),
        None => Replacement::Text(made),
    })
}

/// Adds a template's expansion for the match in the state.
fn push_template(
    py: Py,
    out: &mut Output,
    template: &Template,
    held: &Held,
    state: &State,
) -> PyResult<()> {
    out.push_value(py, &template.literal)?;
    for (group, text) in &template.parts {
        if let Some((start, end)) = state.group(*group) {
            out.push_part(held, start, end);
        }
        if let Some(text) = text {
            out.push_value(py, text)?;
        }
    }
    Ok(())
}

/// The new text and how many replacements there were.
pub fn sub(
    py: Py,
    this: &This,
    repl: &Value,
    string: &Value,
    count: Option<isize>,
) -> PyResult<(Value, usize)> {
    let replacement = replacement(py, this, repl)?;
    let held = Held::for_pattern(py, string, this.is_bytes)?;
    let most = match count.unwrap_or(0) {
        0 => usize::MAX,
        negative if negative < 0 => 0,
        most => most as usize,
    };
    if let Replacement::Template(value) = &replacement
        && let Some(template) = template::of(value)
    {
        template::check_groups(py, template, this)?;
    }
    let mut state = this.take_state();
    let result = run(py, this, &held, &mut state, &replacement, most);
    this.put_state(state);
    result
}

fn run(
    py: Py,
    this: &This,
    held: &Held,
    state: &mut State,
    replacement: &Replacement,
    most: usize,
) -> PyResult<(Value, usize)> {
    let length = held.len();
    let mut out: Option<Output> = None;
    let (mut last, mut count) = (0, 0);
    let mut scan = Scan::new(0, length);
    let mut interrupt = || interrupted(py);
    while count < most {
        let found = scan.next(
            &this.program,
            state,
            held.subject(),
            Mode::Search,
            &mut interrupt,
        );
        let (start, end) = match found {
            Ok(Some(span)) => span,
            Ok(None) => break,
            Err(error) => return failed(py, error),
        };
        let out = out.get_or_insert_with(|| Output::new(held));
        if last < start {
            out.push_part(held, last, start);
        }
        match replacement {
            Replacement::Text(text) => out.push_value(py, text)?,
            Replacement::Template(value) => {
                if let Some(template) = template::of(value) {
                    push_template(py, out, template, held, state)?;
                }
            }
            Replacement::Function(function) => {
                let found = Match::make(py, this, held.value(), state, 0, length);
                let text = protocol::call(py, function, &[Value::from(found)])?;
                if !text.is_none() {
                    out.push_value(py, &text)?;
                }
            }
        }
        last = end;
        count += 1;
    }
    let Some(mut out) = out else {
        return Ok((held.slice(0, length), 0));
    };
    if last < length {
        out.push_part(held, last, length);
    }
    Ok((out.finish(), count))
}

/// `Match.expand(template)`
pub fn expand(py: Py, this: &found::This, template: &Value) -> PyResult {
    let made = template::compile(py, &this.pattern, template)?;
    let Some(template) = template::of(&made) else {
        return Ok(made);
    };
    if template.parts.is_empty() {
        return Ok(template.literal.clone());
    }
    template::check_groups(py, template, &this.pattern)?;
    let held: Held = Held::new(py, &this.string)?;
    let mut out = Output::new(&held);
    out.push_value(py, &template.literal)?;
    for (group, text) in &template.parts {
        if let Some((start, end)) = this.span(*group) {
            out.push_part(&held, start, end);
        }
        if let Some(text) = text {
            out.push_value(py, text)?;
        }
    }
    Ok(out.finish())
}

/// The first characters of a text, for reprs.
pub fn head(text: &Str, most: usize) -> Owned<Str> {
    text.slice(0, text.len().min(most))
}
