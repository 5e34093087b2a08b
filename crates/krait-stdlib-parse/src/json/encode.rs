//! The writer behind an encoder.

use std::collections::HashSet;

use krait_object::protocol::{self, attr::type_value};
use krait_object::types::list::List;
use krait_object::value::Unpacked;
use krait_object::{
    Dict, Float, Int, Object, Owned, Py, PyResult, Str, StrBuilder, Tuple, Value, errors,
    exceptions, intern, raise, singletons,
};
use krait_text::TextWriter;

use super::encoder::Encoder;
use super::quote;

/// How many containers are looked through one by one for a circle.
const FEW: usize = 64;

/// Containers that are being written, by address.
#[derive(Default)]
struct Open {
    first: Vec<usize>,
    more: HashSet<usize>,
}

impl Open {
    /// Whether it was not open yet.
    fn enter(&mut self, object: &Object) -> bool {
        let address = object.as_ptr() as usize;
        if self.first.contains(&address) {
            return false;
        }
        if self.first.len() < FEW {
            self.first.push(address);
            return true;
        }
        self.more.insert(address)
    }

    fn leave(&mut self, object: &Object) {
        if !self.more.remove(&(object.as_ptr() as usize)) {
            self.first.pop();
        }
    }
}

pub struct Writer<'a> {
    py: Py,
    settings: &'a Encoder,
    out: StrBuilder,
    open: Open,
    level: usize,
    indent: Option<Owned<Str>>,
}

impl<'a> Writer<'a> {
    pub fn new(py: Py, settings: &'a Encoder, level: usize) -> PyResult<Writer<'a>> {
        let indent = match settings.indent.downcast::<Str>() {
            Some(indent) => Some(indent.to_owned_str()),
            None if settings.indent.is_none() => None,
            None => return raise!(py, TypeError, "indent must be a string or None"),
        };
        Ok(Writer {
            py,
            settings,
            out: StrBuilder::new(),
            open: Open::default(),
            level,
            indent,
        })
    }

    pub fn write(mut self, value: &Value) -> PyResult<Owned<Str>> {
        self.value(value)?;
        Ok(self.out.finish())
    }

    fn value(&mut self, value: &Value) -> PyResult<()> {
        match value.unpack() {
            Unpacked::Int(i) => {
                self.out.push_ascii(protocol::repr::itoa(i, &mut [0; 24]));
                Ok(())
            }
            Unpacked::Float(f) => self.float(f),
            Unpacked::Object(object) => self.object(value, object),
        }
    }

    fn object(&mut self, value: &Value, object: &Object) -> PyResult<()> {
        if let Some(text) = object.downcast::<Str>() {
            return self.string(text);
        }
        if self.constant(object) {
            return Ok(());
        }
        if let Some(dict) = object.downcast::<Dict>() {
            return self.dict(value, object, dict);
        }
        if object.downcast::<List>().is_some() || object.downcast::<Tuple>().is_some() {
            return self.list(value, object);
        }
        if object.downcast::<Int>().is_some() {
            let text = int_text(self.py, value)?;
            self.out.push_text(&text);
            return Ok(());
        }
        if let Some(float) = object.downcast::<Float>() {
            return self.float(float.get());
        }
        self.other(value, object)
    }

    /// None, True and False.
    fn constant(&mut self, object: &Object) -> bool {
        match constant_text(object) {
            Some(text) => {
                self.out.push_ascii(text);
                true
            }
            None => false,
        }
    }

    #[inline]
    fn string(&mut self, text: &Str) -> PyResult<()> {
        match self.settings.quoting {
            Some(ascii_only) => {
                quote::push(&mut self.out, text, ascii_only);
                Ok(())
            }
            None => self.string_by_function(text),
        }
    }

    fn string_by_function(&mut self, text: &Str) -> PyResult<()> {
        let made = protocol::call(
            self.py,
            &self.settings.encoder,
            &[Value::from(text.to_owned_str())],
        )?;
        match made.downcast::<Str>() {
            Some(made) => {
                self.out.push_text(made);
                Ok(())
            }
            None => raise!(
                self.py,
                TypeError,
                "encoder() must return a string, not {}",
                made.ty().name()
            ),
        }
    }

    fn float(&mut self, number: f64) -> PyResult<()> {
        self.float_text(number)
            .map(|text| self.out.push_ascii(&text))
    }

    fn float_text(&self, number: f64) -> PyResult<String> {
        if number.is_finite() {
            return Ok(krait_text::float::float_repr(number));
        }
        if !self.settings.allow_nan {
            let shown = krait_text::float::float_repr(number);
            return raise!(
                self.py,
                ValueError,
                "Out of range float values are not JSON compliant: {shown}"
            );
        }
        let text = if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        Ok(text.to_string())
    }

    /// What `default` makes of a value that JSON does not know.
    fn other(&mut self, value: &Value, object: &Object) -> PyResult<()> {
        self.enter(object)?;
        let made = protocol::call(self.py, &self.settings.default, std::slice::from_ref(value))?;
        self.py
            .thread()
            .check_native_stack(self.py, " while encoding a JSON object")?;
        let result = self.value(&made);
        if result.is_err() {
            add_note(
                self.py,
                &format!("when serializing {} object", object.ty().full_name()),
            );
        }
        result?;
        self.leave(object);
        Ok(())
    }

    fn enter(&mut self, object: &Object) -> PyResult<()> {
        if !self.settings.markers.is_none() && !self.open.enter(object) {
            return raise!(self.py, ValueError, "Circular reference detected");
        }
        Ok(())
    }

    fn leave(&mut self, object: &Object) {
        if !self.settings.markers.is_none() {
            self.open.leave(object);
        }
    }

    fn list(&mut self, value: &Value, object: &Object) -> PyResult<()> {
        // What a subclass holds is what its iterator says.
        let held = match object.is_exact::<List>() || object.is_exact::<Tuple>() {
            true => value.clone(),
            false => self.held(value)?,
        };
        let (list, tuple) = (held.downcast::<List>(), held.downcast::<Tuple>());
        let item_at = |at: usize| match (list, tuple) {
            (Some(list), _) => list.get(at),
            (_, Some(tuple)) => tuple.get(at),
            _ => None,
        };
        if item_at(0).is_none() {
            self.out.push_ascii("[]");
            return Ok(());
        }
        self.py
            .thread()
            .check_native_stack(self.py, " while encoding a JSON object")?;
        self.enter(object)?;
        self.out.push_ascii("[");
        self.level += 1;
        self.new_line();
        let mut at = 0;
        while let Some(item) = item_at(at) {
            if at > 0 {
                self.separator();
            }
            if self.value(&item).is_err() {
                add_note(
                    self.py,
                    &format!("when serializing {} item {at}", object.ty().full_name()),
                );
                return Err(krait_object::Raised);
            }
            at += 1;
        }
        self.level -= 1;
        self.leave(object);
        self.new_line();
        self.out.push_ascii("]");
        Ok(())
    }

    /// The items of a list or tuple of a subclass, in a list.
    fn held(&self, value: &Value) -> PyResult {
        let iterator = protocol::iter::iter(self.py, value);
        match errors::suppress(self.py, iterator, &exceptions::TypeError)? {
            Some(iterator) => {
                protocol::iter::to_list(self.py, &Value::from(iterator)).map(Value::from)
            }
            None => raise!(self.py, TypeError, "_iterencode_list needs a sequence"),
        }
    }

    fn dict(&mut self, value: &Value, object: &Object, dict: &Dict) -> PyResult<()> {
        if dict.is_empty() {
            self.out.push_ascii("{}");
            return Ok(());
        }
        self.py
            .thread()
            .check_native_stack(self.py, " while encoding a JSON object")?;
        self.enter(object)?;
        self.out.push_ascii("{");
        self.level += 1;
        let mut first = true;
        if self.settings.sort_keys || !object.is_exact::<Dict>() {
            self.sorted_members(value, &mut first)?;
        } else {
            let mut at = 0;
            while let Some((key, value)) = dict.iter_step(&mut at) {
                self.member(&key, &value, &mut first)?;
            }
        }
        self.level -= 1;
        self.leave(object);
        // All members may have been skipped.
        if !first {
            self.new_line();
        }
        self.out.push_ascii("}");
        Ok(())
    }

    /// Members as the `items()` method gives them, sorted where that is wanted.
    fn sorted_members(&mut self, dict: &Value, first: &mut bool) -> PyResult<()> {
        let items = protocol::call_method_str(self.py, dict, "items", &[])?;
        let list = Value::from(protocol::iter::to_list(self.py, &items)?);
        if self.settings.sort_keys {
            protocol::call_method_str(self.py, &list, "sort", &[])?;
        }
        let Some(list) = list.downcast::<List>() else {
            return Ok(());
        };
        let mut at = 0;
        while let Some(item) = list.get(at) {
            match item.downcast::<Tuple>().map(|pair| pair.as_values()) {
                Some([key, value]) => self.member(key, value, first)?,
                _ => return raise!(self.py, ValueError, "items must return 2-tuples"),
            }
            at += 1;
        }
        Ok(())
    }

    fn member(&mut self, key: &Value, value: &Value, first: &mut bool) -> PyResult<()> {
        let made;
        let key_text = match key.downcast::<Str>() {
            Some(text) => text,
            None => match self.key_text(key)? {
                Some(text) => {
                    made = text;
                    &made
                }
                None => return Ok(()),
            },
        };
        if std::mem::replace(first, false) {
            self.new_line();
        } else {
            self.separator();
        }
        self.string(key_text)?;
        self.out.push_text(&self.settings.key_separator);
        if self.value(value).is_err() {
            self.note_key(key);
            return Err(krait_object::Raised);
        }
        Ok(())
    }

    /// The text of a key that is no string; `None` where it is to be skipped.
    fn key_text(&self, key: &Value) -> PyResult<Option<Owned<Str>>> {
        let text = match key.unpack() {
            Unpacked::Int(_) => return protocol::repr(self.py, key).map(Some),
            Unpacked::Float(f) => self.float_text(f)?,
            Unpacked::Object(object) => match (object.downcast::<Float>(), constant_text(object)) {
                (Some(float), _) => self.float_text(float.get())?,
                (_, Some(constant)) => constant.to_string(),
                _ if object.downcast::<Int>().is_some() => return int_text(self.py, key).map(Some),
                _ if self.settings.skipkeys => return Ok(None),
                _ => {
                    let name = object.ty().name();
                    return raise!(
                        self.py,
                        TypeError,
                        "keys must be str, int, float, bool or None, not {name}"
                    );
                }
            },
        };
        Ok(Some(Str::new(&text)))
    }

    #[cold]
    fn note_key(&self, key: &Value) {
        let exception = self.py.thread().take_exception();
        let shown = protocol::repr(self.py, key);
        if let (Some(exception), Ok(shown)) = (exception, shown) {
            self.py.thread().set_exception(exception);
            add_note(
                self.py,
                &format!("when serializing dict item {}", shown.to_rust()),
            );
        }
    }

    #[inline]
    fn separator(&mut self) {
        self.out.push_text(&self.settings.item_separator);
        self.new_line();
    }

    #[inline]
    fn new_line(&mut self) {
        if let Some(indent) = &self.indent {
            self.out.push_ascii("\n");
            for _ in 0..self.level {
                self.out.push_text(indent);
            }
        }
    }
}

fn constant_text(object: &Object) -> Option<&'static str> {
    if object.is_none() {
        Some("null")
    } else if object.is(singletons::true_object()) {
        Some("true")
    } else if object.is(singletons::false_object()) {
        Some("false")
    } else {
        None
    }
}

/// `int.__repr__(value)`, whatever a subclass says.
fn int_text(py: Py, value: &Value) -> PyResult<Owned<Str>> {
    let repr = protocol::get_attr(py, &type_value::<Int>(), intern!("__repr__"))?;
    let text = protocol::call(py, &repr, std::slice::from_ref(value))?;
    protocol::str(py, &text)
}

/// Adds a note to the exception that is set.
#[cold]
fn add_note(py: Py, note: &str) {
    let Some(exception) = py.thread().take_exception() else {
        return;
    };
    let value = Value::from(exception.clone());
    if protocol::call_method_str(py, &value, "add_note", &[Value::from(Str::new(note))]).is_ok() {
        py.thread().set_exception(exception);
    }
}
