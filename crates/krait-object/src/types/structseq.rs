//! Struct sequences: tuples whose items have names (`sys.version_info`, `os.stat_result`).
//!
//! Items beyond the visible ones stand behind them in the object and are reached by
//! name only.

use krait_abi::*;
use krait_text::TextWriter;

use super::dict::Dict;
use super::pending::Attr;
use super::str::{Str, StrBuilder};
use super::tuple::{TUPLE, Tuple};
use super::typeobject::{StaticType, Type};
use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

/// What a struct sequence type is made from.
#[derive(Clone, Copy)]
pub struct Description {
    /// Full name: `time.struct_time`.
    pub name: &'static str,
    pub doc: &'static str,
    /// Names and docs of all fields; an empty name is an unnamed field.
    pub fields: &'static [(&'static str, &'static str)],
    /// How many fields the tuple shows.
    pub visible: usize,
    /// Whether the type can be called (`sys.flags` cannot).
    pub constructible: bool,
}

const ITEMS: usize = std::mem::offset_of!(PyTupleObject, ob_item);

/// Makes the type; it lives as long as the process.
pub fn make_type(description: Description) -> &'static Type {
    make_type_with(description, |_| {})
}

/// The same; `extend` may add to the type, or replace its constructor.
pub fn make_type_with(
    description: Description,
    extend: impl FnOnce(&mut TypeBuilder<Tuple>),
) -> &'static Type {
    build(Box::leak(Box::new(StaticType::new())), description, extend)
}

/// Makes the type in static memory that is there already (`PyStructSequence_InitType`).
pub fn make_type_at(ty: &'static StaticType, description: Description) {
    build(ty, description, |_| {});
}

fn build(
    ty: &'static StaticType,
    description: Description,
    extend: impl FnOnce(&mut TypeBuilder<Tuple>),
) -> &'static Type {
    let mut b = TypeBuilder::<Tuple>::new(ty, description.name, ITEMS);
    b.base(&TUPLE)
        .item_size(8)
        .doc(description.doc)
        .dealloc_raw(dealloc)
        .repr(repr)
        .method("__reduce__($self, /)", reduce)
        .method("__replace__($self, /, **changes)", replace);
    if description.constructible {
        b.new_with("structseq(sequence, dict={})", new);
    } else {
        b.no_constructor();
    }
    let of: &'static Description = Box::leak(Box::new(description));
    ty.ext().fields.set(Some((of.visible, of.fields.len())));
    for (number, (name, _)) in of.fields.iter().enumerate() {
        if !name.is_empty() {
            b.attr(Attr::Item { of, number });
        }
    }
    let unnamed = of.fields.iter().filter(|(name, _)| name.is_empty()).count();
    b.attr_value("n_sequence_fields", Value::int(of.visible as i64))
        .attr_value("n_fields", Value::int(of.fields.len() as i64))
        .attr_value("n_unnamed_fields", Value::int(unnamed as i64))
        .attr(Attr::Described {
            name: "__match_args__",
            of,
            make: |of| {
                let shown = of.fields[..of.visible].iter();
                names_of(shown.filter(|(name, _)| !name.is_empty()))
            },
        })
        .attr(Attr::Described {
            name: "__krait_fields__",
            of,
            make: |of| names_of(of.fields.iter()),
        });
    extend(&mut b);
    b.silent().finish();
    ty
}

fn names_of<'a>(fields: impl Iterator<Item = &'a (&'static str, &'static str)>) -> Value {
    let names = fields.map(|(name, _)| Value::from(Str::intern(name)));
    Value::from(Tuple::from_values(names.collect::<Vec<_>>()))
}

/// The attribute that stands for an item.
pub(super) fn item_descriptor(ty: &Type, of: &Description, number: usize) -> Value {
    let (name, doc) = of.fields[number];
    let def = Box::leak(Box::new(PyMemberDef {
        name: crate::native::leak::c_string(name),
        r#type: _Py_T_OBJECT,
        offset: (ITEMS + 8 * number) as isize,
        flags: Py_READONLY,
        doc: crate::native::leak::c_string(doc),
    }));
    Value::from(super::descriptor::member::new(ty, def))
}

/// An instance; missing values at the end are None.
pub fn make(py: Py, class: &Type, values: impl IntoIterator<Item = Value>) -> PyResult<Owned> {
    let (visible, all) = counts(py, class)?;
    let raw = class.allocate(all)?;
    // SAFETY: the block has room for all items; their references pass to it.
    unsafe {
        let items = raw.byte_add(ITEMS).cast::<*mut PyObject>();
        let mut values = values.into_iter();
        for i in 0..all {
            *items.add(i) = values
                .next()
                .unwrap_or_else(Value::none)
                .into_object()
                .into_ptr();
        }
        (*raw.cast::<PyTupleObject>()).ob_hash = -1;
        (*raw.cast::<PyVarObject>()).ob_size = visible as isize;
        class.track_new(raw);
        Ok(Owned::from_raw(raw.cast()))
    }
}

fn number(py: Py, class: &Type, name: &'static Str) -> PyResult<usize> {
    match class.lookup(py, name).and_then(|v| v.as_small_int()) {
        Some(number) => Ok(number as usize),
        None => crate::raise!(
            py,
            TypeError,
            "Missed attribute '{}' of type {}",
            name.to_rust(),
            class.name()
        ),
    }
}

/// Numbers of visible and of all fields.
fn counts(py: Py, class: &Type) -> PyResult<(usize, usize)> {
    let mut at = Some(class);
    while let Some(ty) = at {
        if let Some(known) = ty.ext().fields.get() {
            return Ok(known);
        }
        at = ty.base();
    }
    Ok((
        number(py, class, crate::intern!("n_sequence_fields"))?,
        number(py, class, crate::intern!("n_fields"))?,
    ))
}

fn field_names(py: Py, class: &Type) -> Vec<String> {
    let names = class.lookup(py, crate::intern!("__krait_fields__"));
    let names = names.as_ref().and_then(|n| n.downcast::<Tuple>());
    names.map_or_else(Vec::new, |n| {
        n.iter()
            .filter_map(|s| s.downcast::<Str>())
            .map(|s| s.to_rust().into_owned())
            .collect()
    })
}

/// Any item, visible or not.
fn item(this: &Tuple, at: usize) -> Value {
    // SAFETY: callers stay within the type's number of fields, all of which are set.
    Value::unboxed(unsafe { Object::from_ptr(*this.items_ptr().add(at)) })
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying instance; all its fields are set.
    unsafe {
        let py = Py::assume();
        let ty = Type::from_ptr((*object).ob_type);
        ty.untrack(object);
        let all = counts(py, ty).map_or((*object.cast::<PyVarObject>()).ob_size as usize, |c| c.1);
        let items = object.byte_add(ITEMS).cast::<*mut PyObject>();
        for i in 0..all {
            let item = *items.add(i);
            if !item.is_null() {
                Object::decref(item);
            }
        }
        ty.free_instance(object);
    }
}

/// The constructor that types have by default.
pub fn new(py: Py, class: &Type, sequence: &Value, dict: Option<&Value>) -> PyResult<Owned> {
    let given = protocol::iter::collect(py, sequence);
    let Some(mut values) = crate::errors::suppress(py, given, &crate::exceptions::TypeError)?
    else {
        return crate::raise!(py, TypeError, "constructor requires a sequence");
    };
    let dict = match dict {
        None => None,
        Some(dict) => match dict.downcast::<Dict>() {
            Some(dict) => Some(dict),
            None => {
                let name = class.name();
                return crate::raise!(py, TypeError, "{name}() takes a dict as second arg, if any");
            }
        },
    };
    let (visible, all) = counts(py, class)?;
    let (len, name) = (values.len(), class.name());
    if visible == all && len != visible {
        return crate::raise!(
            py,
            TypeError,
            "{name}() takes a {visible}-sequence ({len}-sequence given)"
        );
    }
    if len < visible {
        return crate::raise!(
            py,
            TypeError,
            "{name}() takes an at least {visible}-sequence ({len}-sequence given)"
        );
    }
    if len > all {
        return crate::raise!(
            py,
            TypeError,
            "{name}() takes an at most {all}-sequence ({len}-sequence given)"
        );
    }
    let names = field_names(py, class);
    let mut used = 0;
    for field in &names[values.len()..] {
        let found = dict.and_then(|d| d.get_str_key(py, &Str::intern(field)));
        used += usize::from(found.is_some());
        values.push(found.unwrap_or_else(Value::none));
    }
    if dict.is_some_and(|d| d.len() > used) {
        let name = class.name();
        return crate::raise!(
            py,
            TypeError,
            "{name}() got duplicate or unexpected field name(s)"
        );
    }
    make(py, class, values)
}

fn repr(py: Py, this: &Tuple) -> PyResult<Owned<Str>> {
    let class = this.as_object().ty();
    let mut out = StrBuilder::new();
    out.push_str(class.name());
    out.push_ascii("(");
    // Unnamed fields are shown under the names of those that follow.
    let names = field_names(py, class);
    for (i, name) in names
        .iter()
        .filter(|n| !n.is_empty())
        .take(this.len())
        .enumerate()
    {
        if i > 0 {
            out.push_ascii(", ");
        }
        out.push_str(name);
        out.push_ascii("=");
        protocol::repr::push_repr(py, &item(this, i), &mut out)?;
    }
    out.push_ascii(")");
    Ok(out.finish())
}

fn reduce(py: Py, this: &Tuple) -> PyResult {
    let class = this.as_object().ty();
    let (visible, all) = counts(py, class)?;
    let shown = Tuple::from_values((0..visible).map(|i| item(this, i)));
    let hidden = Dict::new();
    for (i, name) in field_names(py, class)
        .iter()
        .enumerate()
        .take(all)
        .skip(visible)
    {
        hidden.set_value(py, &Value::from(Str::intern(name)), item(this, i))?;
    }
    let arguments = Tuple::from_values([Value::from(shown), Value::from(hidden)]);
    Ok(Value::from(Tuple::from_values([
        Value::from(class.to_owned()),
        Value::from(arguments),
    ])))
}

fn replace(py: Py, this: &Tuple, changes: crate::native::KwArgs) -> PyResult<Owned> {
    let class = this.as_object().ty();
    let (_, all) = counts(py, class)?;
    if number(py, class, crate::intern!("n_unnamed_fields"))? > 0 {
        let name = class.name();
        return crate::raise!(
            py,
            TypeError,
            "__replace__() is not supported for {name} because it has unnamed field(s)"
        );
    }
    let names = field_names(py, class);
    let mut values: Vec<Value> = (0..all).map(|i| item(this, i)).collect();
    let mut unknown = Vec::new();
    if let Some(changes) = changes.0 {
        let mut at = 0;
        while let Some((key, value)) = changes.iter_step(&mut at) {
            let key = protocol::str(py, &key)?.to_rust().into_owned();
            match names.iter().position(|n| *n == key) {
                Some(i) => values[i] = value,
                None => unknown.push(format!("'{key}'")),
            }
        }
    }
    if unknown.is_empty() {
        return make(py, class, values);
    }
    crate::raise!(
        py,
        TypeError,
        "Got unexpected field name(s): [{}]",
        unknown.join(", ")
    )
}
