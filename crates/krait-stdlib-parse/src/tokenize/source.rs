//! The characters of the source, line by line as a function gives them.

use krait_object::types::buffer;
use krait_object::{
    Bytes, Layout, Py, PyResult, Str, Value, errors, exceptions, hooks, protocol, raise,
};

/// Calls `readline` for each new line.
pub struct Source {
    readline: Value,
    /// The encoding of lines that are bytes.
    encoding: Option<String>,
    ended: bool,
}

/// A line, and whether its newline had to be added.
pub struct Line {
    pub chars: Vec<u32>,
    pub implicit_newline: bool,
}

impl Source {
    pub fn new(readline: Value, encoding: Option<String>) -> Source {
        Source {
            readline,
            encoding,
            ended: false,
        }
    }

    /// The next line; `None` at the end.
    pub fn line(&mut self, py: Py) -> PyResult<Option<Line>> {
        if self.ended {
            return Ok(None);
        }
        let called = protocol::call(py, &self.readline, &[]);
        let Some(line) = errors::suppress(py, called, &exceptions::StopIteration)? else {
            self.ended = true;
            return Ok(None);
        };
        let mut chars = self.decode(py, &line)?;
        if chars.is_empty() {
            self.ended = true;
            return Ok(None);
        }
        let implicit_newline = chars.last() != Some(&0x0A);
        if implicit_newline {
            chars.push(0x0A);
        }
        Ok(Some(Line {
            chars,
            implicit_newline,
        }))
    }

    fn decode(&self, py: Py, line: &Value) -> PyResult<Vec<u32>> {
        let Some(encoding) = &self.encoding else {
            return match line.downcast::<Str>() {
                Some(text) => Ok(text.code_points().collect()),
                None => raise!(py, TypeError, "readline() returned a non-string object"),
            };
        };
        if line.downcast::<Bytes>().is_none() {
            return raise!(py, TypeError, "readline() returned a non-bytes object");
        }
        let bytes = buffer::to_bytes(py, line)?;
        if let Ok(text) = std::str::from_utf8(&bytes)
            && matches!(encoding.as_str(), "utf-8" | "utf8" | "ascii")
        {
            return Ok(text.chars().map(u32::from).collect());
        }
        let object = line.to_object();
        let text = (hooks::get(py).decode)(py, object.as_object(), encoding, "replace")?;
        Ok(protocol::str(py, &text)?.code_points().collect())
    }
}
