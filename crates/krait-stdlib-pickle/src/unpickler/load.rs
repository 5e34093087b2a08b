//! The loop over a pickle's opcodes.

use krait_object::types::set::{FrozenSet, Set};
use krait_object::{Dict, List, Py, PyResult, Tuple, Value, errors as raising, raise};

use super::stack::Stack;
use super::{Input, Memo, Settings, remember};
use crate::errors::{self, unpickling};
use crate::opcode::*;

/// One load.
pub struct Loader {
    pub input: Input,
    pub settings: Settings,
    pub stack: Stack,
    pub memo: Memo,
    pub protocol: u8,
    /// Overridden methods of a subclass.
    pub find_class: Option<Value>,
    pub persistent_load: Option<Value>,
    /// The number that `MEMOIZE` gives next.
    count: usize,
}

impl Loader {
    pub fn new(input: Input, settings: Settings) -> Loader {
        Loader {
            input,
            settings,
            stack: Stack::default(),
            memo: Memo::default(),
            protocol: 0,
            find_class: None,
            persistent_load: None,
            count: 0,
        }
    }

    pub fn load(&mut self, py: Py) -> PyResult {
        self.count = self.memo.borrow().iter().filter(|v| v.is_some()).count();
        loop {
            let code = match self.input.byte(py) {
                Ok(code) => code,
                Err(raised) => return self.no_opcode(py, raised),
            };
            if code == STOP {
                let value = self.stack.pop(py)?;
                self.input.skip_used(py)?;
                return Ok(value);
            }
            self.step(py, code)?;
        }
    }

    #[cold]
    fn no_opcode(&self, py: Py, raised: krait_object::Raised) -> PyResult {
        let class = &errors::classes(py)?.unpickling;
        match raising::take_if(py, class) {
            Some(_) => raise!(py, EOFError, "Ran out of input"),
            None => Err(raised),
        }
    }

    #[inline]
    fn step(&mut self, py: Py, code: u8) -> PyResult<()> {
        match code {
            NONE => self.stack.push(Value::none()),
            NEWTRUE => self.stack.push(Value::bool(true)),
            NEWFALSE => self.stack.push(Value::bool(false)),
            BININT => {
                let n = i32::from_le_bytes(self.input.array(py)?);
                self.stack.push(Value::int(i64::from(n)));
            }
            BININT1 => {
                let n = self.input.byte(py)?;
                self.stack.push(Value::int(i64::from(n)));
            }
            BININT2 => {
                let n = u16::from_le_bytes(self.input.array(py)?);
                self.stack.push(Value::int(i64::from(n)));
            }
            BINFLOAT => {
                let f = f64::from_be_bytes(self.input.array(py)?);
                self.stack.push(Value::float(f));
            }
            MEMOIZE => {
                let top = self.stack.top(py)?;
                self.memoize(self.count, top);
            }
            BINGET => {
                let index = self.input.byte(py)?;
                self.recall(py, usize::from(index))?;
            }
            LONG_BINGET => {
                let index = u32::from_le_bytes(self.input.array(py)?);
                self.recall(py, index as usize)?;
            }
            BINPUT => {
                let index = self.input.byte(py)?;
                let top = self.stack.top(py)?;
                self.memoize(usize::from(index), top);
            }
            LONG_BINPUT => {
                let index = u32::from_le_bytes(self.input.array(py)?);
                let top = self.stack.top(py)?;
                self.memoize(index as usize, top);
            }
            MARK => self.stack.mark(),
            EMPTY_TUPLE => self.stack.push(Value::from(Tuple::empty())),
            TUPLE1 => self.tuple(py, 1)?,
            TUPLE2 => self.tuple(py, 2)?,
            TUPLE3 => self.tuple(py, 3)?,
            TUPLE => {
                let items = self.stack.pop_mark(py)?;
                self.stack.push(Value::from(Tuple::from_values(items)));
            }
            EMPTY_LIST => self.stack.push(Value::from(List::new())),
            EMPTY_DICT => self.stack.push(Value::from(Dict::new())),
            EMPTY_SET => self.stack.push(Value::from(Set::new())),
            _ => return self.other(py, code),
        }
        Ok(())
    }

    fn tuple(&mut self, py: Py, count: usize) -> PyResult<()> {
        let items = self.stack.pop_many(py, count)?;
        self.stack.push(Value::from(Tuple::from_values(items)));
        Ok(())
    }

    fn memoize(&mut self, index: usize, value: Value) {
        let is_new = !matches!(self.memo.borrow().get(index), Some(Some(_)));
        self.count += usize::from(is_new);
        remember(&self.memo, index, value);
    }

    fn recall(&mut self, py: Py, index: usize) -> PyResult<()> {
        let found = self.memo.borrow().get(index).cloned().flatten();
        match found {
            Some(value) => {
                self.stack.push(value);
                Ok(())
            }
            None => unpickling(py, &format!("Memo value not found at index {index}")),
        }
    }

    /// The opcodes that are met less often, or do more.
    fn other(&mut self, py: Py, code: u8) -> PyResult<()> {
        match code {
            SHORT_BINUNICODE | BINUNICODE | BINUNICODE8 | UNICODE => self.load_text(py, code),
            SHORT_BINBYTES | BINBYTES | BINBYTES8 | BYTEARRAY8 => self.load_bytes(py, code),
            STRING | BINSTRING | SHORT_BINSTRING => self.load_string(py, code),
            INT | LONG | FLOAT | LONG1 | LONG4 => self.load_number(py, code),
            APPEND | APPENDS | SETITEM | SETITEMS | ADDITEMS | BUILD => self.load_change(py, code),
            REDUCE | NEWOBJ | NEWOBJ_EX | OBJ | INST => self.load_call(py, code),
            GLOBAL | STACK_GLOBAL | EXT1 | EXT2 | EXT4 | PERSID | BINPERSID => {
                self.load_name(py, code)
            }
            NEXT_BUFFER | READONLY_BUFFER => self.load_buffer(py, code),
            LIST => {
                let items = self.stack.pop_mark(py)?;
                self.stack.push(Value::from(List::from_values(items)));
                Ok(())
            }
            DICT => self.load_dict(py),
            FROZENSET => {
                let items = self.stack.pop_mark(py)?;
                let items = Value::from(List::from_values(items));
                let set = FrozenSet::from_iterable(py, &items)?;
                self.stack.push(Value::from(set));
                Ok(())
            }
            POP => self.stack.pop_any(py),
            POP_MARK => self.stack.pop_mark(py).map(drop),
            DUP => {
                let top = self.stack.top(py)?;
                self.stack.push(top);
                Ok(())
            }
            GET | PUT => self.load_memo_line(py, code),
            PROTO => self.load_proto(py),
            FRAME => self.load_frame(py),
            _ => invalid(py, code),
        }
    }

    fn load_dict(&mut self, py: Py) -> PyResult<()> {
        let items = self.stack.pop_mark(py)?;
        if items.len() % 2 != 0 {
            return unpickling(py, "odd number of items for DICT");
        }
        let dict = Dict::new();
        for pair in items.chunks_exact(2) {
            dict.set_value(py, &pair[0], pair[1].clone())?;
        }
        self.stack.push(Value::from(dict));
        Ok(())
    }

    fn load_memo_line(&mut self, py: Py, code: u8) -> PyResult<()> {
        let line = self.input.filled_line(py)?;
        let text = String::from_utf8_lossy(line).into_owned();
        let number = super::scalars::int_of_text(py, &text)?;
        let number = krait_object::protocol::number::index_to_i128(py, &number)?;
        if code == GET {
            return match number.map(usize::try_from) {
                Some(Ok(index)) => self.recall(py, index),
                _ => unpickling(py, &format!("Memo value not found at index {text}")),
            };
        }
        let top = self.stack.top(py)?;
        match number.map(usize::try_from) {
            Some(Ok(index)) if index < 1 << 40 => {
                self.memoize(index, top);
                Ok(())
            }
            Some(Err(_)) => raise!(py, ValueError, "negative PUT argument"),
            _ => raise!(py, OverflowError, "PUT argument is too large"),
        }
    }

    fn load_proto(&mut self, py: Py) -> PyResult<()> {
        let version = self.input.byte(py)?;
        if i64::from(version) > HIGHEST_PROTOCOL {
            return raise!(py, ValueError, "unsupported pickle protocol: {version}");
        }
        self.protocol = version;
        Ok(())
    }

    fn load_frame(&mut self, py: Py) -> PyResult<()> {
        let len = u64::from_le_bytes(self.input.array(py)?);
        match isize::try_from(len) {
            Ok(len) => self.input.frame(py, len as usize),
            Err(_) => raise!(
                py,
                OverflowError,
                "FRAME length exceeds system's maximum of {} bytes",
                isize::MAX
            ),
        }
    }
}

#[cold]
fn invalid(py: Py, code: u8) -> PyResult<()> {
    let printable = (0x20..=0x7E).contains(&code) && code != b'\'' && code != b'\\';
    let text = if printable {
        format!("invalid load key, '{}'.", char::from(code))
    } else {
        format!("invalid load key, '\\x{code:02x}'.")
    };
    unpickling(py, &text)
}
