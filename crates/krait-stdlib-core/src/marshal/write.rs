//! Writing marshal data.

use std::collections::HashMap;

use krait_object::types::complex::Complex;
use krait_object::types::slice::Slice;
use krait_object::{
    Bytes, Dict, Float, Int, List, Object, Py, PyResult, Str, Tuple, Unpacked, Value, exceptions,
    protocol, raise, singletons, types::buffer,
};
use krait_vm::CodeObject;

use super::{MAX_DEPTH, code};

struct Writer {
    py: Py,
    out: Vec<u8>,
    version: i64,
    allow_code: bool,
    /// The indices of objects that may occur again, by address.
    seen: HashMap<usize, u32>,
    /// Objects that are being written and cannot be referred to before they are complete.
    unfinished: Vec<usize>,
    /// Keeps written objects alive, so that addresses stay unique.
    kept: Vec<Value>,
    depth: usize,
}

/// A value as marshal data.
pub fn dumps(py: Py, value: &Value, version: i64, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut writer = Writer {
        py,
        out: Vec::new(),
        version,
        allow_code,
        seen: HashMap::new(),
        unfinished: Vec::new(),
        kept: Vec::new(),
        depth: 0,
    };
    writer.value(value)?;
    Ok(writer.out)
}

impl Writer {
    fn size(&mut self, size: usize) -> PyResult<()> {
        match i32::try_from(size) {
            Ok(size) => {
                self.out.extend(size.to_le_bytes());
                Ok(())
            }
            Err(_) => raise!(self.py, ValueError, "unmarshallable object"),
        }
    }

    fn value(&mut self, value: &Value) -> PyResult<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return raise!(self.py, ValueError, "object too deeply nested to marshal");
        }
        let result = match value.unpack() {
            Unpacked::Int(i) => self.int(i),
            Unpacked::Float(f) => self.float(f),
            Unpacked::Object(o) => self.object(o, value),
        };
        self.depth -= 1;
        result
    }

    fn int(&mut self, i: i64) -> PyResult<()> {
        match i32::try_from(i) {
            Ok(i) => {
                self.out.push(code::INT);
                self.out.extend(i.to_le_bytes());
                Ok(())
            }
            Err(_) => {
                let object = Int::from_i64(i);
                self.long(&object, 0)
            }
        }
    }

    /// 15-bit digits with the sign in the count.
    fn long(&mut self, int: &Int, flag: u8) -> PyResult<()> {
        let mut digits: Vec<u16> = int
            .digits()
            .iter()
            .flat_map(|d| [(d & 0x7FFF) as u16, (d >> 15) as u16])
            .collect();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        self.out.push(code::LONG | flag);
        let count = digits.len() as i32;
        self.out
            .extend((if int.is_negative() { -count } else { count }).to_le_bytes());
        digits.iter().for_each(|d| self.out.extend(d.to_le_bytes()));
        Ok(())
    }

    fn float(&mut self, f: f64) -> PyResult<()> {
        if self.version > 1 {
            self.out.push(code::BINARY_FLOAT);
            self.out.extend(f.to_le_bytes());
        } else {
            self.out.push(code::FLOAT);
            self.float_text(f);
        }
        Ok(())
    }

    fn float_text(&mut self, f: f64) {
        let text = krait_text::float::float_repr(f);
        self.out.push(text.len() as u8);
        self.out.extend(text.bytes());
    }

    /// The flag for an object that may occur again; `None` where it was written before.
    fn reference(&mut self, object: &Object, value: &Value) -> Option<u8> {
        if self.version < 3 {
            return Some(0);
        }
        let address = object.as_ptr() as usize;
        if self.unfinished.contains(&address) {
            // It is found out where it is written.
            return Some(0);
        }
        if let Some(index) = self.seen.get(&address) {
            self.out.push(code::REF);
            self.out.extend(index.to_le_bytes());
            return None;
        }
        if object.refcount() == 1 {
            return Some(0);
        }
        self.seen.insert(address, self.seen.len() as u32);
        self.kept.push(value.clone());
        Some(code::FLAG_REF)
    }

    fn object(&mut self, o: &Object, value: &Value) -> PyResult<()> {
        let single = [
            (singletons::none(), code::NONE),
            (singletons::true_object(), code::TRUE),
            (singletons::false_object(), code::FALSE),
            (singletons::ellipsis(), code::ELLIPSIS),
        ];
        if let Some((_, letter)) = single.iter().find(|(s, _)| o.is(s)) {
            self.out.push(*letter);
            return Ok(());
        }
        if let Some(ty) = o.downcast::<krait_object::Type>()
            && ty.is(&exceptions::StopIteration)
        {
            self.out.push(code::STOP_ITERATION);
            return Ok(());
        }
        let Some(flag) = self.reference(o, value) else {
            return Ok(());
        };
        if let Some(int) = o.downcast_exact::<Int>() {
            return match int.to_i64().and_then(|i| i32::try_from(i).ok()) {
                Some(i) => {
                    self.out.push(code::INT | flag);
                    self.out.extend(i.to_le_bytes());
                    Ok(())
                }
                None => self.long(int, flag),
            };
        }
        if let Some(float) = o.downcast_exact::<Float>() {
            let at = self.out.len();
            self.float(float.get())?;
            self.out[at] |= flag;
            return Ok(());
        }
        if let Some(text) = o.downcast_exact::<Str>() {
            return self.text(text, flag);
        }
        if let Some(bytes) = o.downcast_exact::<Bytes>() {
            return self.bytes(bytes.as_slice(), flag);
        }
        self.container(o, value, flag)
    }

    fn bytes(&mut self, bytes: &[u8], flag: u8) -> PyResult<()> {
        self.out.push(code::BYTES | flag);
        self.size(bytes.len())?;
        self.out.extend(bytes);
        Ok(())
    }

    fn text(&mut self, text: &Str, flag: u8) -> PyResult<()> {
        let interned = text.is_interned();
        if self.version >= 4
            && let Some(ascii) = text.as_ascii()
        {
            if let Ok(len) = u8::try_from(ascii.len()) {
                self.out.push(
                    if interned {
                        code::SHORT_ASCII_INTERNED
                    } else {
                        code::SHORT_ASCII
                    } | flag,
                );
                self.out.push(len);
            } else {
                self.out.push(
                    if interned {
                        code::ASCII_INTERNED
                    } else {
                        code::ASCII
                    } | flag,
                );
                self.size(ascii.len())?;
            }
            self.out.extend(ascii.bytes());
            return Ok(());
        }
        self.out.push(
            if interned && self.version >= 3 {
                code::INTERNED
            } else {
                code::UNICODE
            } | flag,
        );
        let bytes = krait_vm::code::consts::wtf8(text);
        self.size(bytes.len())?;
        self.out.extend(bytes);
        Ok(())
    }

    fn container(&mut self, o: &Object, value: &Value, flag: u8) -> PyResult<()> {
        if let Some(tuple) = o.downcast_exact::<Tuple>() {
            match u8::try_from(tuple.len()) {
                Ok(len) if self.version >= 4 => self.out.extend([code::SMALL_TUPLE | flag, len]),
                _ => {
                    self.out.push(code::TUPLE | flag);
                    self.size(tuple.len())?;
                }
            }
            return (0..tuple.len()).try_for_each(|i| self.value(&tuple.as_values()[i]));
        }
        if let Some(list) = o.downcast_exact::<List>() {
            self.out.push(code::LIST | flag);
            self.size(list.len())?;
            return list
                .to_vec()
                .into_iter()
                .try_for_each(|item| self.value(&Value::from(item)));
        }
        if let Some(dict) = o.downcast_exact::<Dict>() {
            self.out.push(code::DICT | flag);
            let mut at = 0;
            while let Some((key, item)) = dict.iter_step(&mut at) {
                self.value(&key)?;
                self.value(&item)?;
            }
            self.out.push(code::NULL);
            return Ok(());
        }
        if let Some(complex) = o.downcast_exact::<Complex>() {
            let (re, im) = (complex.real(), complex.imag());
            if self.version > 1 {
                self.out.push(code::BINARY_COMPLEX | flag);
                self.out.extend(re.to_le_bytes());
                self.out.extend(im.to_le_bytes());
            } else {
                self.out.push(code::COMPLEX | flag);
                self.float_text(re);
                self.float_text(im);
            }
            return Ok(());
        }
        let set = o.ty().is(&krait_object::types::set::SET)
            || o.ty().is(&krait_object::types::set::FROZENSET);
        if set {
            return self.set(o, value, flag);
        }
        if let Some(slice) = o.downcast_exact::<Slice>()
            && self.version >= 5
        {
            self.out.push(code::SLICE | flag);
            let address = o.as_ptr() as usize;
            if self.unfinished.contains(&address) {
                return raise!(self.py, ValueError, "unmarshallable object");
            }
            self.unfinished.push(address);
            let written = [slice.start(), slice.stop(), slice.step()]
                .iter()
                .try_for_each(|part| self.value(&Value::unboxed(part)));
            self.unfinished.pop();
            return written;
        }
        if let Some(code_object) = o.downcast_exact::<CodeObject>() {
            if !self.allow_code {
                return raise!(
                    self.py,
                    ValueError,
                    "marshalling code objects is disallowed"
                );
            }
            self.out.push(code::CODE | flag);
            let bytes = krait_bytecode::to_bytes(code_object.data());
            self.size(bytes.len())?;
            self.out.extend(bytes);
            return Ok(());
        }
        if buffer::has_buffer(value) {
            let bytes = buffer::to_bytes(self.py, value)?;
            return self.bytes(&bytes, flag);
        }
        raise!(self.py, ValueError, "unmarshallable object")
    }

    /// Items in the order of their own data, so that equal sets give equal data.
    fn set(&mut self, o: &Object, value: &Value, flag: u8) -> PyResult<()> {
        let frozen = !o.ty().is(&krait_object::types::set::SET);
        let items = protocol::iter::collect(self.py, value)?;
        self.out
            .push(if frozen { code::FROZENSET } else { code::SET } | flag);
        self.size(items.len())?;
        let mut keyed = Vec::with_capacity(items.len());
        let count = items.len();
        for item in items {
            keyed.push((dumps(self.py, &item, self.version, self.allow_code)?, item));
            if protocol::item::length(self.py, value)? != count {
                return raise!(self.py, RuntimeError, "set changed size during iteration");
            }
        }
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        keyed.iter().try_for_each(|(_, item)| self.value(item))
    }
}
