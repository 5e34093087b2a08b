//! `_struct`: packing of values into bytes by a format.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use krait_object::native::Args;
use krait_object::native::module::NativeModule;
use krait_object::types::bytes::BytesLike;
use krait_object::{
    GilCell, ModuleBuilder, Owned, Py, PyResult, Raised, Str, Type, Value, errors, exceptions,
};

mod half;
mod iter;
mod layout;
mod object;
mod pack;
mod unpack;

use iter::UnpackIter;
use layout::Layouts;
use object::{Struct, format_text};

pub const MODULE: NativeModule = NativeModule {
    name: "_struct",
    init,
};

static ERROR: GilCell<OnceCell<Owned<Type>>> = GilCell::new(OnceCell::new());

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    let class = crate::exception::new_class(m.py, "struct.error", &exceptions::Exception)?;
    crate::exception::add(m, "error", ERROR.get(m.py).get_or_init(|| class))?;
    m.class::<Struct>()?;
    m.function("calcsize($module, format, /)", |py: Py, format: &Value| {
        layout_of(py, format).map(|layout| layout.size)
    })?;
    m.function("pack($module, format, /, *values)", pack_values)?;
    m.function(
        "pack_into($module, format, buffer, offset, /, *values)",
        pack_into,
    )?;
    m.function(
        "unpack($module, format, buffer, /)",
        |py: Py, format: &Value, buffer: &Value| {
            let layout = layout_of(py, format)?;
            unpack::whole(py, &layout, &BytesLike::new(py, buffer)?)
        },
    )?;
    m.function(
        "unpack_from($module, format, /, buffer, offset=0)",
        |py: Py, format: &Value, buffer: &Value, offset: Option<isize>| {
            let layout = layout_of(py, format)?;
            unpack::from(
                py,
                &layout,
                &BytesLike::new(py, buffer)?,
                offset.unwrap_or(0),
            )
        },
    )?;
    m.function(
        "iter_unpack($module, format, buffer, /)",
        |py: Py, format: &Value, buffer: &Value| {
            UnpackIter::over(py, layout_of(py, format)?, buffer)
        },
    )?;
    m.function("_clearcache($module, /)", |py: Py| {
        CACHE.get(py).replace(None);
        LAST.get(py).replace(None);
    })?;
    Ok(())
}

/// Raises `struct.error`.
#[cold]
fn error<T>(py: Py, text: &str) -> PyResult<T> {
    Err(raised(py, text))
}

#[cold]
fn raised(py: Py, text: &str) -> Raised {
    match ERROR.get(py).get() {
        Some(class) => errors::raise_value(py, class, Value::from(Str::new(text))),
        None => errors::raise_text(py, &exceptions::ValueError, format_args!("{text}")),
    }
}

type Cache = HashMap<Box<[u8]>, Layouts>;

/// Layouts of formats used lately.
static CACHE: GilCell<RefCell<Option<Cache>>> = GilCell::new(RefCell::new(None));

/// The format of the last call and its layout: most calls have it again.
static LAST: GilCell<RefCell<Option<(Value, Layouts)>>> = GilCell::new(RefCell::new(None));

/// How many layouts are kept.
const KEPT: usize = 100;

/// The layout of a format.
fn layout_of(py: Py, format: &Value) -> PyResult<Layouts> {
    if let Some((last, layout)) = &*LAST.get(py).borrow()
        && last.is(format)
    {
        return Ok(layout.clone());
    }
    let layout = layout_of_text(py, format)?;
    // Texts and bytes do not change.
    if format.downcast_exact::<Str>().is_some() {
        let before = LAST.get(py).replace(Some((format.clone(), layout.clone())));
        drop(before);
    }
    Ok(layout)
}

fn layout_of_text(py: Py, format: &Value) -> PyResult<Layouts> {
    let text = format_text(py, format)?;
    if let Some(known) = CACHE.get(py).borrow().as_ref().and_then(|c| c.get(&*text)) {
        return Ok(known.clone());
    }
    let layout = layout::parse(&text).map_err(|what| raised(py, what))?;
    let mut cache = CACHE.get(py).borrow_mut();
    let cache = cache.get_or_insert_default();
    if cache.len() >= KEPT {
        cache.clear();
    }
    cache.insert(text, layout.clone());
    Ok(layout)
}

fn pack_values(py: Py, format: &Value, values: Args<'_>) -> PyResult<Vec<u8>> {
    pack::pack(py, &*layout_of(py, format)?, values.0, "pack")
}

fn pack_into(
    py: Py,
    format: &Value,
    buffer: &Value,
    offset: &Value,
    values: Args<'_>,
) -> PyResult<()> {
    pack::into(py, &*layout_of(py, format)?, buffer, offset, values.0)
}

const DOC: &str = "Functions to convert between Python values and C structs.\n\
Python bytes objects are used to hold the data representing the C struct\n\
and also as format strings (explained below) to describe the layout of data\nin the C struct.\n";
