//! Reading marshal data: bad data gives an error, whatever it is.

use krait_object::types::complex::Complex;
use krait_object::types::str::intern;
use krait_object::{
    Bytes, Dict, Int, List, Py, PyResult, Str, Tuple, Value, exceptions, raise, singletons, types,
};
use krait_vm::CodeObject;

use super::{MAX_DEPTH, code};

struct Reader<'a> {
    py: Py,
    data: &'a [u8],
    at: usize,
    allow_code: bool,
    refs: Vec<Option<Value>>,
    depth: usize,
}

/// The value in marshal data; bytes behind it are ignored.
pub fn loads(py: Py, data: &[u8], allow_code: bool) -> PyResult {
    load_prefix(py, data, allow_code).map(|(value, _)| value)
}

/// The first value, and how many bytes it took.
pub fn load_prefix(py: Py, data: &[u8], allow_code: bool) -> PyResult<(Value, usize)> {
    let mut reader = Reader {
        py,
        data,
        at: 0,
        allow_code,
        refs: Vec::new(),
        depth: 0,
    };
    match reader.value()? {
        Some(value) => Ok((value, reader.at)),
        None => raise!(py, TypeError, "NULL object in marshal data for object"),
    }
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> PyResult<&'a [u8]> {
        match self
            .at
            .checked_add(count)
            .and_then(|end| self.data.get(self.at..end))
        {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => raise!(self.py, EOFError, "marshal data too short"),
        }
    }

    fn byte(&mut self) -> PyResult<u8> {
        Ok(self.take(1)?[0])
    }

    fn number<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    fn size(&mut self, what: &str) -> PyResult<usize> {
        match usize::try_from(i32::from_le_bytes(self.number()?)) {
            Ok(size) => Ok(size),
            Err(_) => raise!(
                self.py,
                ValueError,
                "bad marshal data ({what} size out of range)"
            ),
        }
    }

    fn double(&mut self) -> PyResult<f64> {
        Ok(f64::from_le_bytes(self.number()?))
    }

    fn text_double(&mut self) -> PyResult<f64> {
        let len = usize::from(self.byte()?);
        let bytes = self.take(len)?;
        match krait_text::float::parse_float_bytes(bytes) {
            Some(value) => Ok(value),
            None => raise!(self.py, ValueError, "bad marshal data (float)"),
        }
    }

    /// A value that must be there.
    fn item(&mut self, what: &str) -> PyResult {
        match self.value()? {
            Some(value) => Ok(value),
            None => raise!(self.py, TypeError, "NULL object in marshal data for {what}"),
        }
    }

    fn items(&mut self, count: usize, what: &str) -> PyResult<Vec<Value>> {
        let mut items = Vec::with_capacity(count.min(self.data.len()));
        for _ in 0..count {
            items.push(self.item(what)?);
        }
        Ok(items)
    }

    /// A value, or `None` for the end of a dict.
    fn value(&mut self) -> PyResult<Option<Value>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return raise!(self.py, ValueError, "recursion limit exceeded");
        }
        let letter = match self.data.get(self.at) {
            Some(letter) => *letter,
            None => return raise!(self.py, EOFError, "EOF read where object expected"),
        };
        self.at += 1;
        let flagged = letter & code::FLAG_REF != 0;
        let result = self.by_letter(letter & !code::FLAG_REF, flagged);
        self.depth -= 1;
        result
    }

    /// Keeps a finished value for later references.
    fn keep(&mut self, flagged: bool, value: Value) -> PyResult<Option<Value>> {
        if flagged {
            self.refs.push(Some(value.clone()));
        }
        Ok(Some(value))
    }

    /// Reserves the place of a value that is still being read.
    fn reserve(&mut self, flagged: bool) -> Option<usize> {
        flagged.then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        })
    }

    fn fill(&mut self, place: Option<usize>, value: Value) -> PyResult<Option<Value>> {
        if let Some(place) = place {
            self.refs[place] = Some(value.clone());
        }
        Ok(Some(value))
    }

    fn by_letter(&mut self, letter: u8, flagged: bool) -> PyResult<Option<Value>> {
        let value = match letter {
            code::NULL => return Ok(None),
            code::NONE => return Ok(Some(Value::none())),
            code::TRUE => return Ok(Some(Value::bool(true))),
            code::FALSE => return Ok(Some(Value::bool(false))),
            code::ELLIPSIS => return Ok(Some(Value::from_static(singletons::ellipsis()))),
            code::STOP_ITERATION => {
                return Ok(Some(Value::from(krait_object::Layout::to_owned(
                    &*exceptions::StopIteration,
                ))));
            }
            code::REF => return self.reference(),
            code::INT => Value::int(i64::from(i32::from_le_bytes(self.number()?))),
            code::INT64 => Value::from(Int::from_i64(i64::from_le_bytes(self.number()?))),
            code::LONG => self.long()?,
            code::FLOAT => Value::float(self.text_double()?),
            code::BINARY_FLOAT => Value::float(self.double()?),
            code::COMPLEX => Value::from(Complex::new(self.text_double()?, self.text_double()?)),
            code::BINARY_COMPLEX => Value::from(Complex::new(self.double()?, self.double()?)),
            code::BYTES => {
                let len = self.size("bytes object")?;
                Value::from(Bytes::new(self.take(len)?))
            }
            code::SHORT_ASCII | code::SHORT_ASCII_INTERNED => {
                let len = usize::from(self.byte()?);
                self.text(len, letter == code::SHORT_ASCII_INTERNED)?
            }
            code::ASCII | code::ASCII_INTERNED => {
                let len = self.size("string")?;
                self.text(len, letter == code::ASCII_INTERNED)?
            }
            code::UNICODE | code::INTERNED => {
                let len = self.size("string")?;
                let text = Str::from_wtf8(self.take(len)?);
                Value::from(if letter == code::INTERNED {
                    intern::intern(text)
                } else {
                    text
                })
            }
            _ => return self.container(letter, flagged),
        };
        self.keep(flagged, value)
    }

    fn text(&mut self, len: usize, interned: bool) -> PyResult {
        let text = Str::from_latin1(self.take(len)?);
        Ok(Value::from(if interned {
            intern::intern(text)
        } else {
            text
        }))
    }

    fn reference(&mut self) -> PyResult<Option<Value>> {
        let index = i32::from_le_bytes(self.number()?);
        match usize::try_from(index)
            .ok()
            .and_then(|i| self.refs.get(i).cloned())
            .flatten()
        {
            Some(value) => Ok(Some(value)),
            None => raise!(self.py, ValueError, "bad marshal data (invalid reference)"),
        }
    }

    fn long(&mut self) -> PyResult {
        let count = i32::from_le_bytes(self.number()?);
        let Some(size) = (count.unsigned_abs() as usize)
            .checked_mul(2)
            .filter(|_| count > i32::MIN)
        else {
            return raise!(
                self.py,
                ValueError,
                "bad marshal data (long size out of range)"
            );
        };
        let bytes = self.take(size)?;
        let digits: Vec<u32> = bytes
            .chunks_exact(2)
            .map(|c| u32::from(u16::from_le_bytes([c[0], c[1]])))
            .collect();
        if digits.iter().any(|&d| d > 0x7FFF) {
            return raise!(
                self.py,
                ValueError,
                "bad marshal data (digit out of range in long)"
            );
        }
        if digits.last() == Some(&0) {
            return raise!(
                self.py,
                ValueError,
                "bad marshal data (unnormalized long data)"
            );
        }
        let mut wide: Vec<u32> = digits
            .chunks(2)
            .map(|c| c[0] | (c.get(1).copied().unwrap_or(0) << 15))
            .collect();
        while wide.last() == Some(&0) {
            wide.pop();
        }
        Ok(Int::value_from_digits(count < 0, &wide))
    }

    fn container(&mut self, letter: u8, flagged: bool) -> PyResult<Option<Value>> {
        match letter {
            code::TUPLE | code::SMALL_TUPLE => {
                let count = if letter == code::TUPLE {
                    self.size("tuple")?
                } else {
                    usize::from(self.byte()?)
                };
                let place = self.reserve(flagged);
                let items = self.items(count, "tuple")?;
                self.fill(place, Value::from(Tuple::from_values(items)))
            }
            code::LIST => {
                let count = self.size("list")?;
                let list = List::new();
                self.keep(flagged, Value::from(krait_object::Layout::to_owned(&*list)))?;
                for _ in 0..count {
                    let item = self.item("list")?;
                    list.push_value(item);
                }
                Ok(Some(Value::from(list)))
            }
            code::DICT => {
                let dict = Dict::new();
                self.keep(flagged, Value::from(krait_object::Layout::to_owned(&*dict)))?;
                while let Some(key) = self.value()? {
                    let Some(value) = self.value()? else { break };
                    dict.set_value(self.py, &key, value)?;
                }
                Ok(Some(Value::from(dict)))
            }
            code::SET | code::FROZENSET => {
                let count = self.size("set")?;
                let place = self.reserve(flagged);
                let items = self.items(count, "set")?;
                let made = if letter == code::SET {
                    Value::from(types::set::Set::from_iterable(
                        self.py,
                        &Value::from(Tuple::from_values(items)),
                    )?)
                } else {
                    Value::from(types::set::FrozenSet::from_iterable(
                        self.py,
                        &Value::from(Tuple::from_values(items)),
                    )?)
                };
                self.fill(place, made)
            }
            code::SLICE => {
                let place = self.reserve(flagged);
                let (start, stop, step) = (
                    self.item("slice")?,
                    self.item("slice")?,
                    self.item("slice")?,
                );
                let made = types::slice::Slice::new(&start, &stop, &step);
                self.fill(place, Value::from(made))
            }
            code::CODE => {
                if !self.allow_code {
                    return raise!(
                        self.py,
                        ValueError,
                        "unmarshalling code objects is disallowed"
                    );
                }
                let len = self.size("code")?;
                let bytes = self.take(len)?;
                let code = krait_bytecode::Image::open(bytes.into())
                    .and_then(|image| CodeObject::stored(image, None));
                match code {
                    Ok(code) => self.keep(flagged, Value::from(code)),
                    Err(_) => raise!(self.py, ValueError, "bad marshal data (code object)"),
                }
            }
            _ => raise!(self.py, ValueError, "bad marshal data (unknown type code)"),
        }
    }
}
