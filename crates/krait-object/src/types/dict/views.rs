//! The views that `keys()`, `values()` and `items()` give: the set behaviour of the
//! first and last stands in `view_ops`.

use super::super::str::{Str, StrBuilder};
use super::super::tuple::Tuple;
use super::super::typeobject::StaticType;
use super::Dict;
use super::iterators::{DictIter, ITEMS, KEYS, VALUES};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, repr::ReprGuard};
use crate::py::{Py, PyResult};
use crate::value::Value;
use krait_text::TextWriter;

#[unsafe(export_name = "PyDictKeys_Type")]
pub static DICT_KEYS: StaticType = StaticType::new();
#[unsafe(export_name = "PyDictValues_Type")]
pub static DICT_VALUES: StaticType = StaticType::new();
#[unsafe(export_name = "PyDictItems_Type")]
pub static DICT_ITEMS: StaticType = StaticType::new();

/// A view of a dict: `KEYS`, `VALUES` or `ITEMS`.
pub struct DictView<const WHAT: u8> {
    pub dict: Owned<Dict>,
}

pub type DictKeys = Instance<DictView<KEYS>>;
pub type DictValues = Instance<DictView<VALUES>>;
pub type DictItems = Instance<DictView<ITEMS>>;

impl<const WHAT: u8> DictView<WHAT> {
    pub fn of(py: Py, dict: &Dict) -> Owned<Instance<Self>> {
        Instance::new(
            py,
            DictView {
                dict: Layout::to_owned(dict),
            },
        )
    }

    /// The elements as they are now.
    pub(super) fn elements(&self) -> Vec<Value> {
        let (mut pos, mut elements) = (0, Vec::with_capacity(self.dict.len()));
        while let Some((key, value)) = self.dict.iter_step(&mut pos) {
            elements.push(match WHAT {
                KEYS => key,
                VALUES => value,
                _ => Value::from(Tuple::from_values([key, value])),
            });
        }
        elements
    }
}

/// The dict whose keys, values or items an iterable has, where iterating means nothing else.
pub(crate) fn viewed(iterable: &Value) -> Option<(&Dict, u8)> {
    if let Some(dict) = iterable.downcast_exact::<Dict>() {
        return Some((dict, KEYS));
    }
    if let Some(keys) = iterable.downcast_exact::<DictKeys>() {
        return Some((&keys.dict, KEYS));
    }
    if let Some(values) = iterable.downcast_exact::<DictValues>() {
        return Some((&values.dict, VALUES));
    }
    let items = iterable.downcast_exact::<DictItems>()?;
    Some((&items.dict, ITEMS))
}

/// Whether an element is in a view of keys or items.
pub(super) fn view_contains<const WHAT: u8>(
    py: Py,
    dict: &Dict,
    element: &Value,
) -> PyResult<bool> {
    if WHAT == KEYS {
        return dict.contains(py, element);
    }
    match element.downcast::<Tuple>() {
        Some(pair) if pair.len() == 2 => match (pair.get(0), pair.get(1)) {
            (Some(key), Some(value)) => dict.has_item(py, &key, &value),
            _ => Ok(false),
        },
        _ => Ok(false),
    }
}

fn repr<const WHAT: u8>(py: Py, this: &Instance<DictView<WHAT>>) -> PyResult<Owned<Str>> {
    let Some(_guard) = ReprGuard::enter(py, this.as_object()) else {
        return Ok(Str::new("..."));
    };
    let mut text = StrBuilder::new();
    text.push_str(this.as_object().ty().short_name());
    text.push_str("([");
    for (i, element) in this.elements().iter().enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        protocol::repr::push_repr(py, element, &mut text)?;
    }
    text.push_str("])");
    Ok(text.finish())
}

impl<const WHAT: u8> Class for DictView<WHAT> {
    const NAME: &'static str = match WHAT {
        KEYS => "dict_keys",
        VALUES => "dict_values",
        _ => "dict_items",
    };
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        match WHAT {
            KEYS => &DICT_KEYS,
            VALUES => &DICT_VALUES,
            _ => &DICT_ITEMS,
        }
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .repr(repr::<WHAT>)
            .iter(|py: Py, this: &Instance<Self>| DictIter::<WHAT, false>::over(py, &this.dict))
            .len(|_py: Py, this: &Instance<Self>| Ok(this.dict.len()))
            .method_doc(
                "__reversed__($self, /)",
                "Return a reverse iterator over the dict view.",
                |py: Py, this: &Instance<Self>| DictIter::<WHAT, true>::over(py, &this.dict),
            )
            .getter("mapping", |py: Py, this: &Instance<Self>| {
                super::super::mappingproxy::proxy_of(py, Value::from(this.dict.clone()))
            });
        if WHAT != VALUES {
            b.contains(|py: Py, this: &Instance<Self>, element: &Object| {
                view_contains::<WHAT>(py, &this.dict, &Value::unboxed(element))
            });
            super::view_ops::define::<WHAT>(b);
        }
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.dict);
    }
}

pub(super) fn define() {
    DictKeys::type_object();
    DictValues::type_object();
    DictItems::type_object();
}
