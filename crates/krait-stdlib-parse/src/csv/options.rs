//! The options of a dialect: their defaults and what they may be.

use krait_object::{Int, Owned, Py, PyResult, Str, Value, protocol, raise};

/// When fields are quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

impl Quoting {
    fn from_number(number: i64) -> Option<Quoting> {
        use Quoting::{All, Minimal, NonNumeric, NotNull, Strings};
        [Minimal, All, NonNumeric, Quoting::None, Strings, NotNull]
            .get(usize::try_from(number).ok()?)
            .copied()
    }
}

pub struct Options {
    pub delimiter: u32,
    pub quotechar: Option<u32>,
    pub escapechar: Option<u32>,
    pub doublequote: bool,
    pub skipinitialspace: bool,
    pub strict: bool,
    pub quoting: Quoting,
    pub lineterminator: Owned<Str>,
}

/// What is given of each option.
#[derive(Default)]
pub struct Given {
    pub delimiter: Option<Value>,
    pub doublequote: Option<Value>,
    pub escapechar: Option<Value>,
    pub lineterminator: Option<Value>,
    pub quotechar: Option<Value>,
    pub quoting: Option<Value>,
    pub skipinitialspace: Option<Value>,
    pub strict: Option<Value>,
}

impl Given {
    /// The options with their names.
    pub fn all(&mut self) -> [(&'static str, &mut Option<Value>); 8] {
        [
            ("delimiter", &mut self.delimiter),
            ("doublequote", &mut self.doublequote),
            ("escapechar", &mut self.escapechar),
            ("lineterminator", &mut self.lineterminator),
            ("quotechar", &mut self.quotechar),
            ("quoting", &mut self.quoting),
            ("skipinitialspace", &mut self.skipinitialspace),
            ("strict", &mut self.strict),
        ]
    }
}

fn character(py: Py, name: &str, value: &Value, or_none: &str) -> PyResult<u32> {
    let Some(text) = value.downcast::<Str>() else {
        let ty = value.ty().full_name();
        return raise!(
            py,
            TypeError,
            "\"{name}\" must be a unicode character{or_none}, not {ty}"
        );
    };
    match text.len() {
        1 => Ok(text.chars().at(0)),
        length => raise!(
            py,
            TypeError,
            "\"{name}\" must be a unicode character{or_none}, not a string of length {length}"
        ),
    }
}

fn character_or_none(
    py: Py,
    name: &str,
    value: Option<&Value>,
    default: Option<u32>,
) -> PyResult<Option<u32>> {
    match value {
        None => Ok(default),
        Some(none) if none.is_none() => Ok(None),
        Some(value) => character(py, name, value, " or None").map(Some),
    }
}

fn flag(py: Py, value: Option<&Value>, default: bool) -> PyResult<bool> {
    value.map_or(Ok(default), |v| protocol::truth(py, v))
}

fn quoting(py: Py, value: Option<&Value>) -> PyResult<Quoting> {
    let Some(value) = value else {
        return Ok(Quoting::Minimal);
    };
    if value.as_small_int().is_none() && value.downcast_exact::<Int>().is_none() {
        return raise!(
            py,
            TypeError,
            "\"quoting\" must be an integer, not {}",
            value.ty().full_name()
        );
    }
    match protocol::number::int_of(value).and_then(Quoting::from_number) {
        Some(quoting) => Ok(quoting),
        None => raise!(py, TypeError, "bad \"quoting\" value"),
    }
}

fn terminator(py: Py, value: Option<&Value>) -> PyResult<Owned<Str>> {
    let Some(value) = value else {
        return Ok(Str::new("\r\n"));
    };
    match value.downcast::<Str>() {
        Some(text) => Ok(text.to_owned_str()),
        None => raise!(
            py,
            TypeError,
            "\"lineterminator\" must be a string, not {}",
            value.ty().full_name()
        ),
    }
}

impl Options {
    pub fn new(py: Py, given: &Given) -> PyResult<Options> {
        let delimiter = match &given.delimiter {
            Some(value) => character(py, "delimiter", value, "")?,
            None => u32::from(b','),
        };
        let mut options = Options {
            delimiter,
            doublequote: flag(py, given.doublequote.as_ref(), true)?,
            escapechar: character_or_none(py, "escapechar", given.escapechar.as_ref(), None)?,
            lineterminator: terminator(py, given.lineterminator.as_ref())?,
            quotechar: character_or_none(
                py,
                "quotechar",
                given.quotechar.as_ref(),
                Some(u32::from(b'"')),
            )?,
            quoting: quoting(py, given.quoting.as_ref())?,
            skipinitialspace: flag(py, given.skipinitialspace.as_ref(), false)?,
            strict: flag(py, given.strict.as_ref(), false)?,
        };
        if given.quoting.is_none() && given.quotechar.as_ref().is_some_and(Value::is_none) {
            options.quoting = Quoting::None;
        }
        if options.quoting != Quoting::None && options.quotechar.is_none() {
            return raise!(py, TypeError, "quotechar must be set if quoting enabled");
        }
        options.check_characters(py)?;
        Ok(options)
    }

    fn check_characters(&self, py: Py) -> PyResult<()> {
        let space = !self.skipinitialspace;
        let delimiter = Some(self.delimiter);
        self.check_character(py, "delimiter", delimiter, true)?;
        self.check_character(py, "escapechar", self.escapechar, space)?;
        self.check_character(py, "quotechar", self.quotechar, space)?;
        let pairs = [
            ("delimiter", delimiter, "escapechar", self.escapechar),
            ("delimiter", delimiter, "quotechar", self.quotechar),
            ("escapechar", self.escapechar, "quotechar", self.quotechar),
        ];
        for (first, a, second, b) in pairs {
            if a.is_some() && a == b {
                return raise!(py, ValueError, "bad {first} or {second} value");
            }
        }
        Ok(())
    }

    fn check_character(
        &self,
        py: Py,
        name: &str,
        c: Option<u32>,
        allow_space: bool,
    ) -> PyResult<()> {
        let Some(c) = c else { return Ok(()) };
        if c == 0x0A || c == 0x0D || (c == 0x20 && !allow_space) {
            return raise!(py, ValueError, "bad {name} value");
        }
        if self.ends_lines(c) {
            return raise!(py, ValueError, "bad {name} or lineterminator value");
        }
        Ok(())
    }

    /// Whether the character occurs in the line terminator.
    pub fn ends_lines(&self, c: u32) -> bool {
        self.lineterminator.code_points().any(|t| t == c)
    }
}
