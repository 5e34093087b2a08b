//! Iterators over dicts: of keys, values or items, forwards and backwards.

use std::cell::Cell;

use super::super::list::List;
use super::super::tuple::Tuple;
use super::super::typeobject::StaticType;
use super::Dict;
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

/// What an iterator or a view gives: the parameter of `DictIter` and `DictView`.
pub const KEYS: u8 = 0;
pub const VALUES: u8 = 1;
pub const ITEMS: u8 = 2;

#[unsafe(export_name = "PyDictIterKey_Type")]
pub static KEY_ITERATOR: StaticType = StaticType::new();
#[unsafe(export_name = "PyDictIterValue_Type")]
pub static VALUE_ITERATOR: StaticType = StaticType::new();
#[unsafe(export_name = "PyDictIterItem_Type")]
pub static ITEM_ITERATOR: StaticType = StaticType::new();
#[unsafe(export_name = "PyDictRevIterKey_Type")]
pub static REVERSE_KEY_ITERATOR: StaticType = StaticType::new();
#[unsafe(export_name = "PyDictRevIterValue_Type")]
pub static REVERSE_VALUE_ITERATOR: StaticType = StaticType::new();
#[unsafe(export_name = "PyDictRevIterItem_Type")]
pub static REVERSE_ITEM_ITERATOR: StaticType = StaticType::new();

/// An iterator over a dict. It lets go of the dict at its end.
pub struct DictIter<const WHAT: u8, const BACK: bool> {
    dict: Cell<Option<Owned<Dict>>>,
    pos: Cell<usize>,
    /// The dict's length at the start; `usize::MAX` once it was found to have changed.
    used: Cell<usize>,
    /// How many items are still to come.
    left: Cell<usize>,
}

impl<const WHAT: u8, const BACK: bool> DictIter<WHAT, BACK> {
    /// An iterator over a dict.
    pub fn over(py: Py, dict: &Dict) -> Owned<Instance<Self>> {
        let iterator = DictIter {
            dict: Cell::new(Some(Layout::to_owned(dict))),
            pos: Cell::new(if BACK { dict.filled() } else { 0 }),
            used: Cell::new(dict.len()),
            left: Cell::new(dict.len()),
        };
        Instance::new(py, iterator)
    }

    /// The next item's key and value.
    #[inline]
    pub fn step(&self, py: Py) -> PyResult<Option<(Value, Value)>> {
        let Some(dict) = self.dict.take() else {
            return Ok(None);
        };
        if self.used.get() != dict.len() {
            self.used.set(usize::MAX);
            self.dict.set(Some(dict));
            return crate::raise!(py, RuntimeError, "dictionary changed size during iteration");
        }
        let mut pos = self.pos.get();
        let item = if BACK {
            dict.back_step(&mut pos)
        } else {
            dict.iter_step(&mut pos)
        };
        self.pos.set(pos);
        if item.is_none() {
            return Ok(None);
        }
        if self.left.get() == 0 {
            return crate::raise!(py, RuntimeError, "dictionary keys changed during iteration");
        }
        self.left.set(self.left.get() - 1);
        self.dict.set(Some(dict));
        Ok(item)
    }

    /// The next key, value or pair.
    #[inline]
    pub fn next(&self, py: Py) -> PyResult<Option<Value>> {
        Ok(self.step(py)?.map(pick::<WHAT>))
    }

    fn length_hint(&self) -> usize {
        let Some(dict) = self.dict.take() else {
            return 0;
        };
        let hint = if self.used.get() == dict.len() {
            self.left.get()
        } else {
            0
        };
        self.dict.set(Some(dict));
        hint
    }

    /// `(iter, ([remaining items],))`; the iterator itself does not move.
    fn reduce(&self, py: Py) -> PyResult<(Value, Value)> {
        let rest = List::new();
        if let Some(dict) = self.dict.take() {
            let copy = DictIter::<WHAT, BACK> {
                dict: Cell::new(Some(dict.clone())),
                pos: Cell::new(self.pos.get()),
                used: Cell::new(self.used.get()),
                left: Cell::new(self.left.get()),
            };
            self.dict.set(Some(dict));
            while let Some(item) = copy.next(py)? {
                rest.push_value(item);
            }
        }
        let builtins = crate::hooks::import_module(py, "builtins")?;
        let iter = protocol::get_attr(py, &builtins, crate::intern!("iter"))?;
        Ok((iter, Value::from(Tuple::from_values([Value::from(rest)]))))
    }
}

/// What the iterator gives of an item.
fn pick<const WHAT: u8>((key, value): (Value, Value)) -> Value {
    match WHAT {
        KEYS => key,
        VALUES => value,
        _ => Value::from(Tuple::from_values([key, value])),
    }
}

impl<const WHAT: u8, const BACK: bool> Class for DictIter<WHAT, BACK> {
    const NAME: &'static str = match (WHAT, BACK) {
        (KEYS, false) => "dict_keyiterator",
        (VALUES, false) => "dict_valueiterator",
        (_, false) => "dict_itemiterator",
        (KEYS, true) => "dict_reversekeyiterator",
        (VALUES, true) => "dict_reversevalueiterator",
        (_, true) => "dict_reverseitemiterator",
    };
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        match (WHAT, BACK) {
            (KEYS, false) => &KEY_ITERATOR,
            (VALUES, false) => &VALUE_ITERATOR,
            (_, false) => &ITEM_ITERATOR,
            (KEYS, true) => &REVERSE_KEY_ITERATOR,
            (VALUES, true) => &REVERSE_VALUE_ITERATOR,
            (_, true) => &REVERSE_ITEM_ITERATOR,
        }
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .iter(|_py: Py, this: &Instance<Self>| Layout::to_owned(this))
            .next(|py: Py, this: &Instance<Self>| this.next(py))
            .method_doc(
                "__length_hint__($self, /)",
                "Private method returning an estimate of len(list(it)).",
                |_py: Py, this: &Instance<Self>| this.length_hint(),
            )
            .method_doc(
                "__reduce__($self, /)",
                "Return state information for pickling.",
                |py: Py, this: &Instance<Self>| this.reduce(py),
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.dict);
    }

    fn clear(&self) {
        self.dict.take();
    }
}

pub(super) fn define() {
    Instance::<DictIter<KEYS, false>>::type_object();
    Instance::<DictIter<VALUES, false>>::type_object();
    Instance::<DictIter<ITEMS, false>>::type_object();
    Instance::<DictIter<KEYS, true>>::type_object();
    Instance::<DictIter<VALUES, true>>::type_object();
    Instance::<DictIter<ITEMS, true>>::type_object();
}
