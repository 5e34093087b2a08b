//! `PyArg_Parse*`: arguments by format string, in all its units ("Parsing arguments and
//! building values" in the C API's documentation).

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_abi::*;
use krait_object::types::buffer;
use krait_object::types::bytearray::ByteArray;
use krait_object::{
    Bytes, Dict, Layout, Object, Py, PyResult, Raised, Str, Tuple, Type, Value, protocol, raise,
};

use crate::border::{Ptr, export};
use crate::modsupport::CLEANUP;
use crate::varargs::{RawVa, Va};

pub mod clinic;
mod keywords;
mod shape;

use keywords::{Given, Named, keywords, parse_keywords};
use shape::{called, refused, shape, wrong_count};

type Converter = unsafe extern "C-unwind" fn(Ptr, *mut c_void) -> c_int;

/// What is undone when a later argument fails.
enum Undo {
    Buffer(*mut Py_buffer),
    Memory(*mut *mut c_char),
    Converter(Converter, *mut c_void),
}

/// Why an argument was not taken.
enum Refusal {
    /// An exception is set.
    Raised,
    /// A text that goes on from "argument 1 ".
    Text(String),
}

type Taken = Result<(), Refusal>;

impl From<Raised> for Refusal {
    fn from(_: Raised) -> Refusal {
        Refusal::Raised
    }
}

/// Format and variable arguments of a running call.
struct Parser<'a> {
    py: Py,
    text: &'a [u8],
    at: usize,
    va: Va,
    undo: Vec<Undo>,
}

fn must_be<T>(expected: &str, arg: &Object) -> Result<T, Refusal> {
    let got = if arg.is_none() {
        "None"
    } else {
        arg.ty().name()
    };
    Err(Refusal::Text(format!("must be {expected}, not {got}")))
}

/// # Safety
/// The pointer is to a place of the unit's type.
unsafe fn put<T>(place: *mut c_void, value: T) {
    // SAFETY: the contract.
    unsafe { *place.cast::<T>() = value }
}

impl<'a> Parser<'a> {
    fn new(py: Py, text: &'a [u8], va: Va) -> Parser<'a> {
        Parser {
            py,
            text,
            at: 0,
            va,
            undo: Vec::new(),
        }
    }

    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// Undoes what was taken.
    fn fail(&mut self) {
        let pending = self.py.thread().take_exception();
        for undo in self.undo.drain(..) {
            // SAFETY: the places are C's and were filled by this call.
            unsafe {
                match undo {
                    Undo::Buffer(view) => buffer::release(self.py, &mut *view),
                    Undo::Memory(place) => {
                        krait_heap::free_raw((*place).cast());
                        *place = std::ptr::null_mut();
                    }
                    Undo::Converter(converter, place) => {
                        converter(std::ptr::null_mut(), place);
                    }
                }
            }
        }
        if let Some(pending) = pending {
            self.py.thread().set_exception(pending);
        }
    }

    /// Takes an argument, which may be a parenthesised group.
    fn item(&mut self, arg: &Object) -> Taken {
        if self.take(b'(') {
            return self.group(arg);
        }
        self.unit(arg)
    }

    fn group(&mut self, arg: &Object) -> Taken {
        let count = self.group_length();
        if !protocol::iter::is_sequence(arg)
            || arg.downcast::<Str>().is_some()
            || arg.downcast::<Bytes>().is_some()
        {
            let got = if arg.is_none() {
                "None"
            } else {
                arg.ty().name()
            };
            return Err(Refusal::Text(format!(
                "must be {count}-item tuple, not {got}"
            )));
        }
        let items = protocol::iter::collect(self.py, &Value::from(arg.to_owned()))?;
        if items.len() != count {
            return Err(Refusal::Text(format!(
                "must be tuple of length {count}, not {}",
                items.len()
            )));
        }
        // Borrowed results must be the sequence's own objects.
        let keep = arg.downcast::<Tuple>();
        for (i, item) in items.iter().enumerate() {
            let object = item.to_object();
            let object = keep.and_then(|t| t.get_ref(i)).unwrap_or(&object);
            self.item(object)?;
        }
        self.take(b')');
        Ok(())
    }

    fn group_length(&self) -> usize {
        let (mut level, mut count) = (0, 0);
        for &byte in &self.text[self.at..] {
            match byte {
                b'(' => {
                    count += usize::from(level == 0);
                    level += 1;
                }
                b')' if level == 0 => break,
                b')' => level -= 1,
                byte if level == 0 && byte.is_ascii_alphabetic() => {
                    count += 1;
                }
                _ => {}
            }
        }
        // `e` and its second letter are one unit.
        count - encoded_units(&self.text[self.at..])
    }

    fn unit(&mut self, arg: &Object) -> Taken {
        let py = self.py;
        let value = Value::from(arg.to_owned());
        match self.next() {
            b'b' => {
                let number = self.integer(&value)?;
                let place = self.va.pointer();
                ranged(py, number, 0, u8::MAX.into(), "unsigned byte integer")?;
                // SAFETY: the unit's place.
                unsafe { put(place, number as u8) }
            }
            b'B' => self.masked(&value, |n| n as u8)?,
            b'h' => {
                let number = self.integer(&value)?;
                let place = self.va.pointer();
                ranged(
                    py,
                    number,
                    i16::MIN.into(),
                    i16::MAX.into(),
                    "signed short integer",
                )?;
                // SAFETY: the unit's place.
                unsafe { put(place, number as i16) }
            }
            b'H' => self.masked(&value, |n| n as u16)?,
            b'i' => {
                let number = self.integer(&value)?;
                let place = self.va.pointer();
                ranged(
                    py,
                    number,
                    i32::MIN.into(),
                    i32::MAX.into(),
                    "signed integer",
                )?;
                // SAFETY: the unit's place.
                unsafe { put(place, number as i32) }
            }
            b'I' => self.masked(&value, |n| n as u32)?,
            b'l' | b'L' => {
                let number = self.integer(&value)?;
                let place = self.va.pointer();
                // SAFETY: the unit's place.
                unsafe { put(place, number) }
            }
            b'k' | b'K' => {
                if !protocol::number::is_index(&value) {
                    return must_be("int", arg);
                }
                self.masked(&value, |n| n)?;
            }
            b'n' => {
                let index = protocol::number::index(py, &value)?;
                let index = match protocol::number::int_of(&index) {
                    Some(index) => index,
                    None => raise!(
                        py,
                        OverflowError,
                        "Python int too large to convert to C ssize_t"
                    )?,
                };
                let place = self.va.pointer();
                // SAFETY: the unit's place.
                unsafe { put(place, index) }
            }
            b'f' => {
                let number = protocol::number::to_f64(py, &value)?;
                let place = self.va.pointer();
                // SAFETY: the unit's place.
                unsafe { put(place, number as f32) }
            }
            b'd' => {
                let number = protocol::number::to_f64(py, &value)?;
                let place = self.va.pointer();
                // SAFETY: the unit's place.
                unsafe { put(place, number) }
            }
            b'D' => {
                let number = crate::floatobject::complex_of(py, &value)?;
                let place = self.va.pointer();
                // SAFETY: the unit's place.
                unsafe { put(place, number) }
            }
            b'p' => {
                let truth = protocol::truth(py, &value)?;
                let place = self.va.pointer();
                // SAFETY: the unit's place.
                unsafe { put(place, c_int::from(truth)) }
            }
            b'c' => self.byte(arg)?,
            b'C' => match arg.downcast::<Str>() {
                Some(text) if text.len() == 1 => {
                    let place = self.va.pointer();
                    // SAFETY: the unit's place.
                    unsafe { put(place, text.chars().at(0) as c_int) }
                }
                Some(text) => {
                    return Err(Refusal::Text(format!(
                        "must be a unicode character, not a string of length {}",
                        text.len()
                    )));
                }
                None => return must_be("a unicode character", arg),
            },
            b'y' => self.bytes_unit(arg)?,
            unit @ (b's' | b'z') => self.text_unit(arg, unit == b'z')?,
            b'e' => self.encoded(arg)?,
            b'w' => self.writable(arg)?,
            b'S' => self.object_of(arg, arg.downcast::<Bytes>().is_some(), "bytes")?,
            b'Y' => self.object_of(arg, arg.downcast::<ByteArray>().is_some(), "bytearray")?,
            b'U' => self.object_of(arg, arg.downcast::<Str>().is_some(), "str")?,
            b'O' => self.object(arg)?,
            _ => return Err(Refusal::Text("(impossible<bad format char>)".to_string())),
        }
        Ok(())
    }

    fn integer(&mut self, value: &Value) -> Result<i64, Refusal> {
        let int = protocol::number::index(self.py, value)?;
        match protocol::number::int_of(&int) {
            Some(number) => Ok(number),
            None => {
                let _: PyResult<()> = raise!(
                    self.py,
                    OverflowError,
                    "Python int too large to convert to C long"
                );
                Err(Refusal::Raised)
            }
        }
    }

    fn masked<T>(&mut self, value: &Value, narrow: impl Fn(u64) -> T) -> Taken {
        let object = value.to_object();
        // SAFETY: a living object.
        let number = unsafe {
            crate::longobject::PyLong_AsUnsignedLongLongMask(object.as_object().as_ptr())
        };
        if number == u64::MAX && self.py.thread().has_exception() {
            return Err(Refusal::Raised);
        }
        // SAFETY: the unit's place, of the type that `narrow` gives.
        unsafe { put(self.va.pointer(), narrow(number)) }
        Ok(())
    }

    fn byte(&mut self, arg: &Object) -> Taken {
        let data = match (arg.downcast::<Bytes>(), arg.downcast::<ByteArray>()) {
            (Some(bytes), _) => bytes.as_slice(),
            (_, Some(array)) => array.as_slice(),
            _ => return must_be("a byte string of length 1", arg),
        };
        if data.len() != 1 {
            let kind = if arg.downcast::<Bytes>().is_some() {
                "bytes"
            } else {
                "bytearray"
            };
            return Err(Refusal::Text(format!(
                "must be a byte string of length 1, not a {kind} object of length {}",
                data.len()
            )));
        }
        let byte = data[0];
        let place = self.va.pointer();
        // SAFETY: the unit's place.
        unsafe { put(place, byte) }
        Ok(())
    }

    fn object_of(&mut self, arg: &Object, fits: bool, expected: &str) -> Taken {
        let place = self.va.pointer();
        if !fits {
            return must_be(expected, arg);
        }
        // SAFETY: the unit's place.
        unsafe { put(place, arg.as_ptr()) }
        Ok(())
    }

    fn object(&mut self, arg: &Object) -> Taken {
        if self.take(b'!') {
            let class: *mut PyTypeObject = self.va.pointer();
            let place = self.va.pointer();
            // SAFETY: the unit says that a type is there.
            let class = unsafe { Type::from_ptr(class) };
            if !arg.ty().is_subtype_of(class) {
                return must_be(class.name(), arg);
            }
            // SAFETY: the unit's place.
            unsafe { put(place, arg.as_ptr()) }
            return Ok(());
        }
        if self.take(b'&') {
            let converter: *mut c_void = self.va.pointer();
            let place: *mut c_void = self.va.pointer();
            // SAFETY: the unit says that a converter and its place are there.
            unsafe {
                let converter = std::mem::transmute::<*mut c_void, Converter>(converter);
                match converter(arg.as_ptr(), place) {
                    0 if self.py.thread().has_exception() => return Err(Refusal::Raised),
                    0 => return Err(Refusal::Text("(unspecified)".to_string())),
                    CLEANUP => self.undo.push(Undo::Converter(converter, place)),
                    _ => {}
                }
            }
            return Ok(());
        }
        let place = self.va.pointer();
        // SAFETY: the unit's place.
        unsafe { put(place, arg.as_ptr()) }
        Ok(())
    }

    /// Fills a Py_buffer with a contiguous export.
    fn exported(&mut self, arg: &Object, flags: c_int) -> Taken {
        let view: *mut Py_buffer = self.va.pointer();
        // SAFETY: the unit's place; the slot fills it.
        unsafe {
            if crate::pybuffer::PyObject_GetBuffer(arg.as_ptr(), view, flags) != 0 {
                return Err(Refusal::Raised);
            }
            if crate::pybuffer::PyBuffer_IsContiguous(view, b'C' as c_char) == 0 {
                buffer::release(self.py, &mut *view);
                return must_be("contiguous buffer", arg);
            }
        }
        self.undo.push(Undo::Buffer(view));
        Ok(())
    }

    /// Data of an object that cannot move: address and length.
    fn fixed(&mut self, arg: &Object) -> Result<(*const c_char, usize), Refusal> {
        // SAFETY: slot tables live as long as the type; the view is released at once, which
        // the object allows without losing its data.
        unsafe {
            let slots = arg.ty().raw().tp_as_buffer.as_ref();
            if slots.is_some_and(|s| s.bf_releasebuffer.is_some()) {
                return must_be("read-only bytes-like object", arg);
            }
            let mut view = Py_buffer::ZERO;
            if crate::pybuffer::PyObject_GetBuffer(arg.as_ptr(), &raw mut view, PyBUF_SIMPLE) != 0 {
                return Err(Refusal::Raised);
            }
            let found = (view.buf.cast_const().cast(), view.len as usize);
            buffer::release(self.py, &mut view);
            Ok(found)
        }
    }

    fn bytes_unit(&mut self, arg: &Object) -> Taken {
        if self.take(b'*') {
            return self.exported(arg, PyBUF_SIMPLE);
        }
        let (data, len) = self.fixed(arg)?;
        let place = self.va.pointer();
        // SAFETY: the unit's places.
        unsafe {
            put(place, data);
            if self.take(b'#') {
                put(self.va.pointer(), len as isize);
            } else if std::slice::from_raw_parts(data.cast::<u8>(), len).contains(&0) {
                return Err(raise_value(self.py, "embedded null byte"));
            }
        }
        Ok(())
    }

    fn text_unit(&mut self, arg: &Object, optional: bool) -> Taken {
        let none = optional && arg.is_none();
        let text = arg.downcast::<Str>();
        if self.take(b'*') {
            if none || text.is_some() {
                return self.filled(arg, text);
            }
            return self.exported(arg, PyBUF_SIMPLE);
        }
        let counted = self.peek() == b'#';
        let (data, len) = match text {
            _ if none => (std::ptr::null(), 0),
            Some(text) => crate::unicodeobject::as_utf8(self.py, text)?,
            None if counted => self.fixed(arg)?,
            None => return must_be(if optional { "str or None" } else { "str" }, arg),
        };
        let place = self.va.pointer();
        // SAFETY: the unit's places.
        unsafe {
            put(place, data);
            if self.take(b'#') {
                put(self.va.pointer(), len as isize);
            } else if !none && std::slice::from_raw_parts(data.cast::<u8>(), len).contains(&0) {
                return Err(raise_value(self.py, "embedded null character"));
            }
        }
        Ok(())
    }

    /// A Py_buffer of a str's UTF-8, or of nothing.
    fn filled(&mut self, arg: &Object, text: Option<&Str>) -> Taken {
        let view: *mut Py_buffer = self.va.pointer();
        let (owner, data, len) = match text {
            Some(text) => {
                let (data, len) = crate::unicodeobject::as_utf8(self.py, text)?;
                (arg.as_ptr(), data, len)
            }
            None => (std::ptr::null_mut(), std::ptr::null(), 0),
        };
        // SAFETY: the unit's place; the str keeps its UTF-8.
        unsafe {
            crate::pybuffer::PyBuffer_FillInfo(
                view,
                owner,
                data.cast_mut().cast(),
                len as isize,
                1,
                0,
            );
        }
        self.undo.push(Undo::Buffer(view));
        Ok(())
    }

    fn writable(&mut self, arg: &Object) -> Taken {
        if !self.take(b'*') {
            return Err(Refusal::Text(
                "(invalid use of 'w' format character)".to_string(),
            ));
        }
        match self.exported(arg, PyBUF_WRITABLE) {
            Err(Refusal::Raised) => {
                drop(self.py.thread().take_exception());
                must_be("read-write bytes-like object", arg)
            }
            taken => taken,
        }
    }

    /// `es`, `et`, `es#`, `et#`: text in an encoding, in memory of the caller's or new.
    fn encoded(&mut self, arg: &Object) -> Taken {
        let encoding: *const c_char = self.va.pointer();
        let encoding = if encoding.is_null() {
            "utf-8".to_string()
        } else {
            // SAFETY: the unit says that a name is there.
            unsafe { CStr::from_ptr(encoding) }
                .to_string_lossy()
                .into_owned()
        };
        let keeps_bytes = match self.next() {
            b's' => false,
            b't' => true,
            _ => {
                return Err(Refusal::Text(
                    "(unknown parser marker combination)".to_string(),
                ));
            }
        };
        let place: *mut *mut c_char = self.va.pointer();
        let length: *mut isize = if self.take(b'#') {
            self.va.pointer()
        } else {
            std::ptr::null_mut()
        };
        let data = match (
            arg.downcast::<Str>(),
            arg.downcast::<Bytes>(),
            arg.downcast::<ByteArray>(),
        ) {
            (_, Some(bytes), _) if keeps_bytes => bytes.as_slice().to_vec(),
            (_, _, Some(array)) if keeps_bytes => array.as_slice().to_vec(),
            (Some(text), ..) => crate::unicodeobject::encode(self.py, text, &encoding, "strict")?
                .as_slice()
                .to_vec(),
            _ => {
                return must_be(
                    if keeps_bytes {
                        "str, bytes or bytearray"
                    } else {
                        "str"
                    },
                    arg,
                );
            }
        };
        // SAFETY: the unit's places.
        unsafe { self.deliver(&data, place, length) }
    }

    /// # Safety
    /// The places are those of an `e` unit.
    unsafe fn deliver(
        &mut self,
        data: &[u8],
        place: *mut *mut c_char,
        length: *mut isize,
    ) -> Taken {
        // SAFETY: the contract; memory of the caller's is as large as it says.
        unsafe {
            if length.is_null() && data.contains(&0) {
                return Err(raise_value(self.py, "embedded null character"));
            }
            if length.is_null() || (*place).is_null() {
                let block = krait_heap::alloc_raw(data.len() + 1);
                if block.is_null() {
                    return Err(Refusal::from(
                        krait_object::errors::no_memory::<()>()
                            .err()
                            .unwrap_or(Raised),
                    ));
                }
                *place = block.cast();
                self.undo.push(Undo::Memory(place));
            } else if data.len() as isize + 1 > *length {
                return Err(raise_value(
                    self.py,
                    &format!(
                        "encoded string too long ({}, maximum length {})",
                        data.len(),
                        *length - 1
                    ),
                ));
            }
            let to = (*place).cast::<u8>();
            std::ptr::copy_nonoverlapping(data.as_ptr(), to, data.len());
            *to.add(data.len()) = 0;
            if !length.is_null() {
                *length = data.len() as isize;
            }
        }
        Ok(())
    }

    /// Passes over a unit whose argument is missing.
    fn skip(&mut self) {
        match self.next() {
            b'(' => {
                while self.peek() != b')' && self.peek() != 0 {
                    self.skip();
                }
                self.next();
            }
            b'e' => {
                self.next();
                let (_, _): (*mut c_void, *mut c_void) = (self.va.pointer(), self.va.pointer());
                if self.take(b'#') {
                    let _: *mut c_void = self.va.pointer();
                }
            }
            b'O' => {
                if self.take(b'!') || self.take(b'&') {
                    let _: *mut c_void = self.va.pointer();
                }
                let _: *mut c_void = self.va.pointer();
            }
            b's' | b'z' | b'y' | b'w' => {
                let _: *mut c_void = self.va.pointer();
                if !self.take(b'*') && self.take(b'#') {
                    let _: *mut c_void = self.va.pointer();
                }
            }
            b'|' | b'$' => self.skip(),
            _ => {
                let _: *mut c_void = self.va.pointer();
            }
        }
    }
}

fn encoded_units(text: &[u8]) -> usize {
    let (mut level, mut units) = (0, 0);
    for &byte in text {
        match byte {
            b'(' => level += 1,
            b')' if level == 0 => break,
            b')' => level -= 1,
            b'e' if level == 0 => units += 1,
            _ => {}
        }
    }
    units
}

fn raise_value(py: Py, text: &str) -> Refusal {
    let _: PyResult<()> = raise!(py, ValueError, "{text}");
    Refusal::Raised
}

fn ranged(py: Py, number: i64, least: i64, most: i64, what: &str) -> Taken {
    if number < least {
        let _: PyResult<()> = raise!(py, OverflowError, "{what} is less than minimum");
        return Err(Refusal::Raised);
    }
    if number > most {
        let _: PyResult<()> = raise!(py, OverflowError, "{what} is greater than maximum");
        return Err(Refusal::Raised);
    }
    Ok(())
}

fn parse_tuple(py: Py, args: &Tuple, format: &CStr, va: Va) -> bool {
    parse_objects(py, args.as_slice(), format, va)
}

fn parse_objects(py: Py, args: &[&Object], format: &CStr, va: Va) -> bool {
    let shape = shape(format.to_bytes());
    let given = args.len();
    if given < shape.min || given > shape.max {
        wrong_count(py, &shape, given);
        return false;
    }
    let mut parser = Parser::new(py, &format.to_bytes()[..shape.end], va);
    for (i, arg) in args.iter().enumerate() {
        parser.take(b'|');
        if let Err(refusal) = parser.item(arg) {
            refused(py, refusal, Some(i + 1), &shape);
            parser.fail();
            return false;
        }
    }
    true
}

fn parse_one(py: Py, arg: Option<&Object>, format: &CStr, va: Va) -> bool {
    let shape = shape(format.to_bytes());
    let mut parser = Parser::new(py, &format.to_bytes()[..shape.end], va);
    match (shape.max, arg) {
        (0, None) => true,
        (0, Some(_)) => {
            let _: PyResult<()> =
                raise!(py, TypeError, "{} takes no arguments", called(shape.name));
            false
        }
        (1, Some(arg)) => match parser.item(arg) {
            Ok(()) => true,
            Err(refusal) => {
                refused(py, refusal, None, &shape);
                parser.fail();
                false
            }
        },
        _ => match arg.and_then(|a| a.downcast::<Tuple>()) {
            Some(tuple) => parse_tuple(py, tuple, format, parser.va),
            None => {
                let _: PyResult<()> = raise!(
                    py,
                    SystemError,
                    "old style getargs format uses new features"
                );
                false
            }
        },
    }
}

export! {
    fn krait_parse_tuple(py, args: &Object, format: &CStr, va: *mut RawVa) -> bool {
        match args.downcast::<Tuple>() {
            Some(args) => parse_tuple(py, args, format, Va::new(va)),
            None => {
                let _: PyResult<()> = raise!(py, SystemError, "new style getargs format but argument is not a tuple");
                false
            }
        }
    }
    fn krait_parse_one(py, arg: Option<&Object>, format: &CStr, va: *mut RawVa) -> bool { parse_one(py, arg, format, Va::new(va)) }
    fn krait_parse_keywords(py, args: &Tuple, kwargs: Option<&Object>, format: &CStr, names: *const *const c_char, va: *mut RawVa) -> bool {
        let named = kwargs.and_then(|k| k.downcast::<Dict>()).map_or(Named::None, Named::Dict);
        let call = Given { positional: args.as_slice(), named };
        parse_keywords(py, &call, format, &keywords(names), Va::new(va)).unwrap_or(false)
    }
}
