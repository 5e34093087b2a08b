//! Reading marshal data: bad data gives an error, whatever it is.

use krait_object::types::bytearray::ByteArray;
use krait_object::types::complex::Complex;
use krait_object::types::memoryview::MemoryView;
use krait_object::types::str::intern;
use krait_object::{
    Bytes, Dict, Int, List, Py, PyResult, Str, Tuple, Value, exceptions, protocol, raise,
    singletons, types,
};
use krait_vm::CodeObject;

use super::{MAX_DEPTH, code};

/// Where the data comes from.
pub trait Source {
    /// The next bytes, exactly so many.
    fn take(&mut self, py: Py, count: usize) -> PyResult<&[u8]>;
    /// The next byte, if there is one.
    fn next(&mut self, py: Py) -> PyResult<Option<u8>>;
}

/// Data in memory, of which the rest is left.
struct Memory<'a>(&'a [u8]);

impl Source for Memory<'_> {
    fn take(&mut self, py: Py, count: usize) -> PyResult<&[u8]> {
        match self.0.split_at_checked(count) {
            Some((bytes, rest)) => {
                self.0 = rest;
                Ok(bytes)
            }
            None => raise!(py, EOFError, "marshal data too short"),
        }
    }

    fn next(&mut self, _py: Py) -> PyResult<Option<u8>> {
        Ok(self.0.split_off_first().copied())
    }
}

/// A file, of which nothing is read but what belongs to the value.
struct File<'a> {
    file: &'a Value,
    bytes: Vec<u8>,
}

/// The most that is asked of a file at once: what data says of its length may be wrong.
const PIECE: usize = 1 << 20;
/// The longest tuple that is there before its items are, likewise.
const MOST_SHARED: usize = 1 << 20;

impl File<'_> {
    /// Reads into the buffer; fewer bytes than asked for are the end.
    fn read(&mut self, py: Py, count: usize) -> PyResult<()> {
        self.bytes.clear();
        while self.bytes.len() < count {
            let wanted = (count - self.bytes.len()).min(PIECE);
            let buffer = Value::from(ByteArray::new(&vec![0; wanted]));
            let view = Value::from(MemoryView::of(py, &buffer.to_object())?);
            let given =
                protocol::call_method(py, self.file, krait_object::intern!("readinto"), &[view])?;
            let got = match given.is_none() {
                true => 0,
                false => protocol::number::to_index(py, &given, &exceptions::ValueError)?,
            };
            let Some(got) = usize::try_from(got).ok().filter(|&got| got <= wanted) else {
                return raise!(
                    py,
                    ValueError,
                    "read() returned too much data: {wanted} bytes requested, {got} returned"
                );
            };
            let bytes = types::buffer::to_bytes(py, &buffer)?;
            self.bytes.extend(&bytes[..got]);
            if got < wanted {
                break;
            }
        }
        Ok(())
    }
}

impl Source for File<'_> {
    fn take(&mut self, py: Py, count: usize) -> PyResult<&[u8]> {
        self.read(py, count)?;
        if self.bytes.len() < count {
            return raise!(py, EOFError, "EOF read where not expected");
        }
        Ok(&self.bytes)
    }

    fn next(&mut self, py: Py) -> PyResult<Option<u8>> {
        self.read(py, 1)?;
        Ok(self.bytes.first().copied())
    }
}

struct Reader<S> {
    py: Py,
    source: S,
    allow_code: bool,
    refs: Vec<Option<Value>>,
    depth: usize,
}

/// The value in marshal data; bytes behind it are ignored.
pub fn loads(py: Py, data: &[u8], allow_code: bool) -> PyResult {
    read(py, Memory(data), allow_code)
}

/// The next value of a file.
pub fn load(py: Py, file: &Value, allow_code: bool) -> PyResult {
    let source = File {
        file,
        bytes: Vec::new(),
    };
    read(py, source, allow_code)
}

/// The next value of a source, of which nothing behind it is taken.
pub fn read(py: Py, source: impl Source, allow_code: bool) -> PyResult {
    let mut reader = Reader {
        py,
        source,
        allow_code,
        refs: Vec::new(),
        depth: 0,
    };
    match reader.value()? {
        Some(value) => Ok(value),
        None => raise!(py, TypeError, "NULL object in marshal data for object"),
    }
}

impl<S: Source> Reader<S> {
    fn take(&mut self, count: usize) -> PyResult<&[u8]> {
        self.source.take(self.py, count)
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
        let mut items = Vec::with_capacity(count.min(1024));
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
        let Some(letter) = self.source.next(self.py)? else {
            return raise!(self.py, EOFError, "EOF read where object expected");
        };
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

    /// A tuple that may be referred to, by its items too.
    fn shared_tuple(&mut self, count: usize) -> PyResult<Option<Value>> {
        if count == 0 {
            return self.keep(true, Value::from(Tuple::empty()));
        }
        if count > MOST_SHARED {
            let place = self.reserve(true);
            let items = self.items(count, "tuple")?;
            return self.fill(place, Value::from(Tuple::from_values(items)));
        }
        let tuple = Tuple::incomplete(count);
        let value = Value::from(tuple.clone());
        self.keep(true, value.clone())?;
        for index in 0..count {
            tuple.complete(index, self.item("tuple")?);
        }
        Ok(Some(value))
    }

    fn container(&mut self, letter: u8, flagged: bool) -> PyResult<Option<Value>> {
        match letter {
            code::TUPLE | code::SMALL_TUPLE => {
                let count = if letter == code::TUPLE {
                    self.size("tuple")?
                } else {
                    usize::from(self.byte()?)
                };
                if flagged {
                    return self.shared_tuple(count);
                }
                let items = self.items(count, "tuple")?;
                Ok(Some(Value::from(Tuple::from_values(items))))
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
                let bytes = self.take(len)?.into();
                let code = krait_bytecode::Image::open(bytes)
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
