//! `_string`: how `string.Formatter` takes formats apart.

use std::cell::Cell;

use krait_object::native::module::NativeModule;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::str::methods::markup::{Accessor, as_index, next_accessor, parse_field};
use krait_object::{
    Layout, ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, class_cell, raise,
};

pub const MODULE: NativeModule = NativeModule {
    name: "_string",
    init,
};

/// An iterator over the literals and fields of a format.
pub struct FormatterIterator {
    text: Owned<Str>,
    at: Cell<usize>,
}

fn text(py: Py, value: &Value) -> PyResult<Owned<Str>> {
    match value.downcast::<Str>() {
        Some(text) => Ok(text.to_owned_str()),
        None => raise!(py, TypeError, "expected str, got {}", value.ty().name()),
    }
}

/// The next literal, ended by a doubled brace or a field.
fn next_part(py: Py, this: &FormatterIterator) -> PyResult<Option<Value>> {
    let chars = this.text.chars();
    let start = this.at.get();
    if start >= chars.len() {
        return Ok(None);
    }
    let brace = |code: u32| code == u32::from('{') || code == u32::from('}');
    let Some(end) = (start..chars.len()).find(|&i| brace(chars.at(i))) else {
        this.at.set(chars.len());
        return Ok(Some(literal(Str::from_chars(
            chars.slice(start, chars.len()),
        ))));
    };
    let code = chars.at(end);
    if chars.get(end + 1) == Some(code) {
        this.at.set(end + 2);
        return Ok(Some(literal(Str::from_chars(chars.slice(start, end + 1)))));
    }
    if code == u32::from('}') {
        return raise!(py, ValueError, "Single '}}' encountered in format string");
    }
    if end + 1 >= chars.len() {
        return raise!(py, ValueError, "Single '{{' encountered in format string");
    }
    let field = parse_field(py, chars, end + 1)?;
    this.at.set(field.end);
    let conversion = field
        .conversion
        .map_or(Value::none(), |c| Value::from(Str::from_code_point(c)));
    Ok(Some(Value::from(Tuple::from_values([
        Value::from(Str::from_chars(chars.slice(start, end))),
        Value::from(Str::from_chars(field.name)),
        Value::from(Str::from_chars(field.spec)),
        conversion,
    ]))))
}

fn literal(text: Owned<Str>) -> Value {
    Value::from(Tuple::from_values([
        Value::from(text),
        Value::none(),
        Value::none(),
        Value::none(),
    ]))
}

impl Class for FormatterIterator {
    const NAME: &'static str = "formatteriterator";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .iter(|_py, this: &Instance<Self>| Layout::to_owned(this))
            .next(|py, this: &Instance<Self>| next_part(py, this));
    }
}

/// An iterator over the attributes and items behind a field's first name.
pub struct FieldNameIterator {
    name: Owned<Str>,
    at: Cell<usize>,
}

fn next_step(py: Py, this: &FieldNameIterator) -> PyResult<Option<Value>> {
    let Some((accessor, end)) = next_accessor(py, this.name.chars(), this.at.get())? else {
        return Ok(None);
    };
    this.at.set(end);
    let (is_attribute, key) = match accessor {
        Accessor::Attribute(name) => (true, Value::from(Str::from_chars(name))),
        Accessor::Item(key) => (false, key),
    };
    Ok(Some(Value::from(Tuple::from_values([
        Value::bool(is_attribute),
        key,
    ]))))
}

impl Class for FieldNameIterator {
    const NAME: &'static str = "fieldnameiterator";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .iter(|_py, this: &Instance<Self>| Layout::to_owned(this))
            .next(|py, this: &Instance<Self>| next_step(py, this));
    }
}

fn formatter_parser(py: Py, format: &Value) -> PyResult<Owned<Instance<FormatterIterator>>> {
    let text = text(py, format)?;
    Ok(Instance::new(
        py,
        FormatterIterator {
            text,
            at: Cell::new(0),
        },
    ))
}

fn formatter_field_name_split(py: Py, name: &Value) -> PyResult {
    let name = text(py, name)?;
    let chars = name.chars();
    let follows = |code: u32| code == u32::from('.') || code == u32::from('[');
    let end = (0..chars.len())
        .find(|&i| follows(chars.at(i)))
        .unwrap_or(chars.len());
    let first = chars.slice(0, end);
    let first = match as_index(py, first)? {
        Some(index) => Value::int(index as i64),
        None => Value::from(Str::from_chars(first)),
    };
    let rest = Instance::new(
        py,
        FieldNameIterator {
            name: name.clone(),
            at: Cell::new(end),
        },
    );
    Ok(Value::from(Tuple::from_values([first, Value::from(rest)])))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.function("formatter_parser(format, /)", formatter_parser)?
        .function(
            "formatter_field_name_split(name, /)",
            formatter_field_name_split,
        )?;
    Ok(())
}
