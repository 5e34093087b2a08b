//! The parser of records: a state machine over the units of a line, with runs of
//! ordinary characters taken at once.

use krait_object::protocol::{self, attr::type_value};
use krait_object::types::list::List;
use krait_object::{Float, Owned, Py, PyResult, Str, StrBuilder, Value};
use krait_text::{TextWriter, Unit};

use super::options::{Options, Quoting};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    StartRecord,
    StartField,
    EscapedChar,
    AfterEscapedNewline,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatNewline,
}

/// A record that is being read.
pub struct Parser<'a> {
    py: Py,
    options: &'a Options,
    limit: isize,
    pub state: State,
    fields: Owned<List>,
    field: StrBuilder,
    unquoted: bool,
}

/// The end of a line counts as a character of its own.
type Char = Option<u32>;

fn is_newline(c: Char) -> bool {
    matches!(c, Some(0x0A | 0x0D))
}

impl<'a> Parser<'a> {
    pub fn new(py: Py, options: &'a Options, limit: isize) -> Parser<'a> {
        Parser {
            py,
            options,
            limit,
            state: State::StartRecord,
            fields: List::new(),
            field: StrBuilder::new(),
            unquoted: true,
        }
    }

    /// Whether the input must not end here.
    pub fn is_open(&self) -> bool {
        !self.field.is_empty() || self.state == State::InQuotedField
    }

    pub fn finish(self) -> Owned<List> {
        self.fields
    }

    /// Reads a line and its end.
    pub fn line<U: Unit>(&mut self, line: &Str, units: &[U]) -> PyResult<()> {
        let mut at = 0;
        while at < units.len() {
            match self.state {
                State::StartRecord | State::StartField => {
                    let next = self.whole_field(line, units, at)?;
                    if next > at {
                        at = next;
                        continue;
                    }
                }
                State::InField | State::InQuotedField => at = self.run(units, at)?,
                _ => {}
            }
            let Some(unit) = units.get(at) else { break };
            self.step(Some(unit.code()))?;
            at += 1;
        }
        self.step(None)
    }

    /// Takes a field that lies as it is before a delimiter straight from the line; the
    /// place behind the delimiter, or the same place where it is not so simple.
    fn whole_field<U: Unit>(&mut self, line: &Str, units: &[U], start: usize) -> PyResult<usize> {
        let options = self.options;
        let first = units[start].code();
        let quoted = options.quoting != Quoting::None && Some(first) == options.quotechar;
        if options.escapechar.is_some() || (first == 0x20 && options.skipinitialspace) {
            return Ok(start);
        }
        let (from, to, next) = if quoted {
            let rest = &units[start + 1..];
            let Some(length) = rest
                .iter()
                .position(|u| Some(u.code()) == options.quotechar)
            else {
                return Ok(start);
            };
            (start + 1, start + 1 + length, start + length + 2)
        } else {
            let rest = &units[start..];
            let ends =
                |u: &U| u.code() == options.delimiter || u.code() == 0x0A || u.code() == 0x0D;
            let Some(length) = rest.iter().position(ends) else {
                return Ok(start);
            };
            (start, start + length, start + length)
        };
        let delimited = units
            .get(next)
            .is_some_and(|u| u.code() == options.delimiter);
        if !delimited || (to - from) as isize > self.limit {
            return Ok(start);
        }
        self.unquoted = !quoted;
        self.save(line.slice(from, to))?;
        self.state = State::StartField;
        Ok(next + 1)
    }

    /// Takes ordinary characters of a field.
    fn run<U: Unit>(&mut self, units: &[U], start: usize) -> PyResult<usize> {
        let options = self.options;
        let quoted = self.state == State::InQuotedField;
        let special = |u: &U| {
            let c = u.code();
            Some(c) == options.escapechar
                || if quoted {
                    Some(c) == options.quotechar
                } else {
                    c == options.delimiter || c == 0x0A || c == 0x0D
                }
        };
        let length = units[start..]
            .iter()
            .position(special)
            .unwrap_or(units.len() - start);
        self.check_limit(length)?;
        self.field.push_units(&units[start..start + length]);
        Ok(start + length)
    }

    /// Fails where so many more characters are too many.
    fn check_limit(&self, more: usize) -> PyResult<()> {
        if more > 0 && (self.field.len() + more) as isize > self.limit {
            return super::error(
                self.py,
                &format!("field larger than field limit ({})", self.limit),
            );
        }
        Ok(())
    }

    fn add(&mut self, c: u32) -> PyResult<()> {
        self.check_limit(1)?;
        self.field.push(c);
        Ok(())
    }

    /// Ends the field that has been collected.
    pub fn save_collected(&mut self) -> PyResult<()> {
        let text = std::mem::take(&mut self.field).finish();
        self.save(text)
    }

    fn save(&mut self, text: Owned<Str>) -> PyResult<()> {
        use Quoting::{NonNumeric, NotNull, Strings};
        let quoting = self.options.quoting;
        let field = if text.is_empty() && self.unquoted && matches!(quoting, NotNull | Strings) {
            Value::none()
        } else if !text.is_empty() && self.unquoted && matches!(quoting, NonNumeric | Strings) {
            protocol::call(self.py, &type_value::<Float>(), &[Value::from(text)])?
        } else {
            Value::from(text)
        };
        self.fields.push_value(field);
        Ok(())
    }

    /// Ends the field at a line's end.
    fn end_line(&mut self, c: Char) -> PyResult<()> {
        self.save_collected()?;
        self.state = if c.is_none() {
            State::StartRecord
        } else {
            State::EatNewline
        };
        Ok(())
    }

    fn end_field(&mut self) -> PyResult<()> {
        self.state = State::StartField;
        self.save_collected()
    }

    fn step(&mut self, c: Char) -> PyResult<()> {
        match self.state {
            State::StartRecord => match c {
                None => Ok(()),
                c if is_newline(c) => {
                    self.state = State::EatNewline;
                    Ok(())
                }
                c => self.start_field(c),
            },
            State::StartField => self.start_field(c),
            State::EscapedChar => self.escaped(c),
            State::AfterEscapedNewline => {
                if c.is_none() {
                    return Ok(());
                }
                self.in_field(c)
            }
            State::InField => self.in_field(c),
            State::InQuotedField => self.in_quoted(c),
            State::EscapeInQuotedField => {
                self.add(c.unwrap_or(0x0A))?;
                self.state = State::InQuotedField;
                Ok(())
            }
            State::QuoteInQuotedField => self.after_quote(c),
            State::EatNewline => match c {
                None => {
                    self.state = State::StartRecord;
                    Ok(())
                }
                c if is_newline(c) => Ok(()),
                _ => super::error(
                    self.py,
                    "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                ),
            },
        }
    }

    fn start_field(&mut self, c: Char) -> PyResult<()> {
        let options = self.options;
        self.unquoted = true;
        if c.is_none() || is_newline(c) {
            return self.end_line(c);
        }
        if c == options.quotechar && options.quoting != Quoting::None {
            self.unquoted = false;
            self.state = State::InQuotedField;
        } else if c == options.escapechar {
            self.state = State::EscapedChar;
        } else if c == Some(0x20) && options.skipinitialspace {
            self.state = State::StartField;
        } else if c == Some(options.delimiter) {
            return self.end_field();
        } else if let Some(c) = c {
            self.add(c)?;
            self.state = State::InField;
        }
        Ok(())
    }

    fn escaped(&mut self, c: Char) -> PyResult<()> {
        self.add(c.unwrap_or(0x0A))?;
        self.state = if is_newline(c) {
            State::AfterEscapedNewline
        } else {
            State::InField
        };
        Ok(())
    }

    fn in_field(&mut self, c: Char) -> PyResult<()> {
        if c.is_none() || is_newline(c) {
            return self.end_line(c);
        }
        if c == self.options.escapechar {
            self.state = State::EscapedChar;
            return Ok(());
        }
        if c == Some(self.options.delimiter) {
            return self.end_field();
        }
        self.state = State::InField;
        c.map_or(Ok(()), |c| self.add(c))
    }

    fn in_quoted(&mut self, c: Char) -> PyResult<()> {
        let Some(code) = c else { return Ok(()) };
        if c == self.options.escapechar {
            self.state = State::EscapeInQuotedField;
        } else if c == self.options.quotechar && self.options.quoting != Quoting::None {
            self.state = if self.options.doublequote {
                State::QuoteInQuotedField
            } else {
                State::InField
            };
        } else {
            self.add(code)?;
        }
        Ok(())
    }

    fn after_quote(&mut self, c: Char) -> PyResult<()> {
        let options = self.options;
        if c.is_some() && options.quoting != Quoting::None && c == options.quotechar {
            self.state = State::InQuotedField;
            return c.map_or(Ok(()), |c| self.add(c));
        }
        if c == Some(options.delimiter) {
            return self.end_field();
        }
        if c.is_none() || is_newline(c) {
            return self.end_line(c);
        }
        if options.strict {
            let show = |c: Option<u32>| c.and_then(char::from_u32).unwrap_or('\u{fffd}');
            let text = format!(
                "'{}' expected after '{}'",
                show(Some(options.delimiter)),
                show(options.quotechar)
            );
            return super::error(self.py, &text);
        }
        self.state = State::InField;
        c.map_or(Ok(()), |c| self.add(c))
    }
}
