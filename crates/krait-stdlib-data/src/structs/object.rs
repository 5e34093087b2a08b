//! `struct.Struct`.

use std::cell::RefCell;

use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::types::bytes::BytesLike;
use krait_object::{
    Bytes, Layout, Owned, Py, PyResult, Str, Type, Value, class_cell, errors, exceptions, raise,
};

use super::iter::UnpackIter;
use super::layout::{self, Layouts};
use super::{pack, raised, unpack};

/// A format and its layout, once `__init__` has run.
#[derive(Default)]
pub struct Struct {
    parts: RefCell<Option<(Box<[u8]>, Layouts)>>,
}

type This = Instance<Struct>;

/// The text of a format argument.
pub(super) fn format_text(py: Py, format: &Value) -> PyResult<Box<[u8]>> {
    if let Some(bytes) = format.downcast::<Bytes>() {
        return Ok(bytes.as_slice().into());
    }
    let Some(text) = format.downcast::<Str>() else {
        let name = format.ty().name();
        return raise!(
            py,
            TypeError,
            "Struct() argument 1 must be a str or bytes object, not {name}"
        );
    };
    if let Some(ascii) = text.as_ascii() {
        return Ok(ascii.as_bytes().into());
    }
    let first = text.code_points().position(|c| c > 127).unwrap_or(0) as i64;
    let arguments = [
        Value::from(Str::new("ascii")),
        format.clone(),
        Value::int(first),
        Value::int(first + 1),
        Value::from(Str::new("ordinal not in range(128)")),
    ];
    Err(errors::raise_args(
        py,
        &exceptions::UnicodeEncodeError,
        &arguments,
    ))
}

fn init(py: Py, this: &This, format: &Value) -> PyResult<()> {
    let text = format_text(py, format)?;
    let layout = layout::parse(&text).map_err(|what| raised(py, what))?;
    this.parts.replace(Some((text, layout)));
    Ok(())
}

fn layout_of(py: Py, this: &This) -> PyResult<Layouts> {
    match &*this.parts.borrow() {
        Some((_, layout)) => Ok(layout.clone()),
        None => raise!(py, RuntimeError, "Struct object is not initialized"),
    }
}

fn text(py: Py, this: &This) -> PyResult<Owned<Str>> {
    match &*this.parts.borrow() {
        Some((text, _)) => Ok(Str::from_latin1(text)),
        None => raise!(py, RuntimeError, "Struct object is not initialized"),
    }
}

fn pack_into(
    py: Py,
    this: &This,
    buffer: &Value,
    offset: &Value,
    values: Args<'_>,
) -> PyResult<()> {
    pack::into(py, &*layout_of(py, this)?, buffer, offset, values.0)
}

impl Class for Struct {
    const NAME: &'static str = "_struct.Struct";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .with_weakrefs()
            .doc("Struct(fmt) --> compiled struct object")
            .new_with(
                "__new__($type, *args, **kwargs)",
                |py: Py, class: &Type, _a: Args<'_>, _k: KwArgs| {
                    Instance::new_in(py, class, Struct::default())
                },
            )
            .init("Struct(format)", init)
            .repr(|py: Py, this: &This| -> PyResult<String> {
                let format = krait_object::protocol::repr(py, &Value::from(text(py, this)?))?;
                Ok(format!(
                    "{}({})",
                    this.as_object().ty().short_name(),
                    format.to_rust()
                ))
            })
            .getter("format", text)
            .getter("size", |_py: Py, this: &This| -> PyResult<i64> {
                let parts = this.parts.borrow();
                Ok(parts.as_ref().map_or(-1, |(_, layout)| layout.size as i64))
            })
            .method(
                "pack($self, /, *values)",
                |py: Py, this: &This, values: Args<'_>| {
                    pack::pack(py, &*layout_of(py, this)?, values.0, "pack")
                },
            )
            .method("pack_into($self, buffer, offset, /, *values)", pack_into)
            .method(
                "unpack($self, buffer, /)",
                |py: Py, this: &This, buffer: &Value| {
                    unpack::whole(py, &*layout_of(py, this)?, &BytesLike::new(py, buffer)?)
                },
            )
            .method(
                "unpack_from($self, /, buffer, offset=0)",
                |py: Py, this: &This, buffer: &Value, offset: Option<isize>| {
                    unpack::from(
                        py,
                        &*layout_of(py, this)?,
                        &BytesLike::new(py, buffer)?,
                        offset.unwrap_or(0),
                    )
                },
            )
            .method(
                "iter_unpack($self, buffer, /)",
                |py: Py, this: &This, buffer: &Value| {
                    UnpackIter::over(py, layout_of(py, this)?, buffer)
                },
            )
            .method("__sizeof__($self, /)", |py: Py, this: &This| {
                layout_of(py, this)
                    .map(|l| size_of::<This>() + l.runs.len() * size_of::<layout::Run>())
            });
    }
}
