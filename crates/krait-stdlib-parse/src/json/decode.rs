//! The decoder: values, arrays and objects.
//!
//! `at` is the place of the next unit. "No value here" is StopIteration with the place,
//! which the package turns into its own error.

use krait_object::types::list::List;
use krait_object::{Dict, Owned, Py, PyResult, Str, Tuple, Value, protocol};
use krait_text::chars::Unit;

use super::keys::Keys;
use super::number;
use super::scanner::Scanner;
use super::{decode_error, text};

pub struct Decoder<'a, U: Unit> {
    py: Py,
    doc: &'a Str,
    units: &'a [U],
    settings: &'a Scanner,
    keys: Keys,
    at: usize,
}

impl<'a, U: Unit> Decoder<'a, U> {
    pub fn new(py: Py, doc: &'a Str, units: &'a [U], settings: &'a Scanner) -> Decoder<'a, U> {
        Decoder {
            py,
            doc,
            units,
            settings,
            keys: Keys::default(),
            at: 0,
        }
    }

    /// The value at a place, and the place behind it.
    pub fn read(mut self, start: usize) -> PyResult<(Value, usize)> {
        self.at = start;
        let value = self.value()?;
        Ok((value, self.at))
    }

    #[inline(always)]
    fn peek(&self) -> u32 {
        self.units.get(self.at).map_or(0, |u| u.code())
    }

    #[inline(always)]
    fn is(&self, ascii: u8) -> bool {
        self.peek() == u32::from(ascii)
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        while matches!(self.peek(), 0x20 | 0x0A | 0x0D | 0x09) {
            self.at += 1;
        }
    }

    #[cold]
    fn no_value<T>(&self, at: usize) -> PyResult<T> {
        Err(krait_object::errors::stop_iteration(
            self.py,
            &Value::int(at as i64),
        ))
    }

    #[cold]
    fn error<T>(&self, message: &str, at: usize) -> PyResult<T> {
        decode_error(self.py, message, self.doc, at)
    }

    fn value(&mut self) -> PyResult {
        match u8::try_from(self.peek()).unwrap_or(0) {
            b'"' => self.string().map(Value::from),
            b'{' => {
                self.py.thread().check_native_stack(
                    self.py,
                    " while decoding a JSON object from a unicode string",
                )?;
                self.at += 1;
                self.object()
            }
            b'[' => {
                self.py.thread().check_native_stack(
                    self.py,
                    " while decoding a JSON array from a unicode string",
                )?;
                self.at += 1;
                self.array()
            }
            b'n' if self.word("null") => Ok(Value::none()),
            b't' if self.word("true") => Ok(Value::bool(true)),
            b'f' if self.word("false") => Ok(Value::bool(false)),
            b'N' if self.word("NaN") => self.constant("NaN"),
            b'I' if self.word("Infinity") => self.constant("Infinity"),
            b'-' if self.word("-Infinity") => self.constant("-Infinity"),
            _ => self.number(),
        }
    }

    /// Steps over a word that stands here.
    fn word(&mut self, word: &str) -> bool {
        let end = self.at + word.len();
        let here = self.units.get(self.at..end);
        let found = here.is_some_and(|units| {
            units
                .iter()
                .zip(word.bytes())
                .all(|(u, b)| u.code() == u32::from(b))
        });
        if found {
            self.at = end;
        }
        found
    }

    fn constant(&self, name: &str) -> PyResult {
        protocol::call(
            self.py,
            &self.settings.parse_constant,
            &[Value::from(Str::new(name))],
        )
    }

    fn number(&mut self) -> PyResult {
        let start = self.at;
        let Some(extent) = number::extent(self.units, start) else {
            return self.no_value(start);
        };
        self.at = extent.end;
        let units = &self.units[start..extent.end];
        match extent.is_float {
            true if self.settings.plain_floats => number::float(self.py, units),
            false if self.settings.plain_ints => number::int(self.py, units),
            is_float => {
                let function = if is_float {
                    &self.settings.parse_float
                } else {
                    &self.settings.parse_int
                };
                protocol::call(self.py, function, &[Value::from(number::text(units))])
            }
        }
    }

    #[inline]
    fn string(&mut self) -> PyResult<Owned<Str>> {
        let (string, end) = text::scan_units(
            self.py,
            self.doc,
            self.units,
            self.at + 1,
            self.settings.strict,
        )?;
        self.at = end;
        Ok(string)
    }

    /// The key of an object's member.
    #[inline]
    fn key(&mut self) -> PyResult<Owned<Str>> {
        let start = self.at + 1;
        let stop = text::run_end(self.units, start, true);
        if self
            .units
            .get(stop)
            .is_some_and(|u| u.code() == u32::from(b'"'))
        {
            self.at = stop + 1;
            return Ok(self.keys.get(self.doc, self.units, start, stop));
        }
        self.string()
    }

    fn array(&mut self) -> PyResult {
        let list = List::new();
        self.skip_space();
        if self.is(b']') {
            self.at += 1;
            return Ok(Value::from(list));
        }
        loop {
            list.push_value(self.value()?);
            self.skip_space();
            if self.is(b']') {
                self.at += 1;
                return Ok(Value::from(list));
            }
            if !self.is(b',') {
                return self.error("Expecting ',' delimiter", self.at);
            }
            let comma = self.at;
            self.at += 1;
            self.skip_space();
            if self.is(b']') {
                return self.error("Illegal trailing comma before end of array", comma);
            }
        }
    }

    fn object(&mut self) -> PyResult {
        if !self.settings.object_pairs_hook.is_none() {
            let pairs = List::new();
            self.members(|_py, key, value| {
                pairs.push_value(Value::from(Tuple::from_values([Value::from(key), value])));
                Ok(())
            })?;
            return protocol::call(
                self.py,
                &self.settings.object_pairs_hook,
                &[Value::from(pairs)],
            );
        }
        let dict = Dict::new();
        self.members(|py, key, value| dict.set_str(py, &key, value))?;
        if self.settings.object_hook.is_none() {
            return Ok(Value::from(dict));
        }
        protocol::call(self.py, &self.settings.object_hook, &[Value::from(dict)])
    }

    #[inline(always)]
    fn members(
        &mut self,
        mut add: impl FnMut(Py, Owned<Str>, Value) -> PyResult<()>,
    ) -> PyResult<()> {
        self.skip_space();
        if self.is(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if !self.is(b'"') {
                return self.error("Expecting property name enclosed in double quotes", self.at);
            }
            let key = self.key()?;
            self.skip_space();
            if !self.is(b':') {
                return self.error("Expecting ':' delimiter", self.at);
            }
            self.at += 1;
            self.skip_space();
            let value = self.value()?;
            add(self.py, key, value)?;
            self.skip_space();
            if self.is(b'}') {
                self.at += 1;
                return Ok(());
            }
            if !self.is(b',') {
                return self.error("Expecting ',' delimiter", self.at);
            }
            let comma = self.at;
            self.at += 1;
            self.skip_space();
            if self.is(b'}') {
                return self.error("Illegal trailing comma before end of object", comma);
            }
        }
    }
}
