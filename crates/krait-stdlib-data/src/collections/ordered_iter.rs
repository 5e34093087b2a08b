//! Iterators over ordered dicts and their views.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::dict::{DictView, ITEMS, KEYS, VALUES};
use krait_object::{
    Builtin, Layout, List, Owned, Py, PyResult, Tuple, Value, hooks, protocol, raise,
};

use super::ordered_dict::This as OrderedDictObject;

/// An iterator over keys, values or items, in either direction. It lets go of the dict at
/// its end.
pub struct OrderedIter {
    dict: Cell<Option<Owned<OrderedDictObject>>>,
    what: u8,
    back: bool,
    at: Cell<usize>,
    /// The dict's keys as they were at the start, and how many.
    version: u32,
    len: usize,
}

type This = Instance<OrderedIter>;

impl OrderedIter {
    pub fn over(py: Py, dict: &OrderedDictObject, what: u8, back: bool) -> Owned<This> {
        let body = OrderedIter {
            dict: Cell::new(Some(dict.to_owned())),
            what,
            back,
            at: Cell::new(if back { dict.dict().end() } else { 0 }),
            version: dict.dict().keys_version(py),
            len: dict.dict().len(),
        };
        Instance::new(py, body)
    }

    fn step(&self, py: Py) -> PyResult<Option<Value>> {
        let Some(dict) = self.dict.take() else {
            return Ok(None);
        };
        let result = self.item_of(py, &dict);
        if !matches!(result, Ok(None)) {
            self.dict.set(Some(dict));
        }
        result
    }

    fn item_of(&self, py: Py, dict: &OrderedDictObject) -> PyResult<Option<Value>> {
        let dict = dict.dict();
        if dict.is_empty() && self.len == 0 {
            return Ok(None);
        }
        if dict.current_version() != self.version {
            if dict.len() != self.len {
                return raise!(
                    py,
                    RuntimeError,
                    "OrderedDict changed size during iteration"
                );
            }
            return raise!(py, RuntimeError, "OrderedDict mutated during iteration");
        }
        let mut at = self.at.get();
        let item = if self.back {
            dict.step_back(&mut at)
        } else {
            dict.iter_step(&mut at)
        };
        self.at.set(at);
        Ok(item.map(|(key, value)| match self.what {
            KEYS => key,
            VALUES => value,
            _ => Value::from(Tuple::from_values([key, value])),
        }))
    }
}

/// `(iter, ([remaining items],))`; the iterator itself does not move.
fn reduce(py: Py, this: &This) -> PyResult<(Value, Value)> {
    let rest = List::new();
    let dict = this.dict.take();
    this.dict.set(dict.clone());
    if let Some(dict) = dict {
        let copy = OrderedIter {
            dict: Cell::new(Some(dict)),
            what: this.what,
            back: this.back,
            at: Cell::new(this.at.get()),
            version: this.version,
            len: this.len,
        };
        while let Some(item) = copy.step(py)? {
            rest.push_value(item);
        }
    }
    let builtins = hooks::import_module(py, "builtins")?;
    let iter = protocol::get_attr_str(py, &builtins, "iter")?;
    Ok((iter, Value::from(Tuple::from_values([Value::from(rest)]))))
}

impl Class for OrderedIter {
    const NAME: &'static str = "odict_iterator";
    const GC: bool = true;
    fn cell() -> &'static krait_object::native::TypeCell {
        &krait_object::types::exported::ODICT_ITER
    }

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.no_constructor()
            .iter(|_py: Py, this: &This| this.to_owned())
            .next(|py: Py, this: &This| this.step(py))
            .method_doc(
                "__reduce__($self, /)",
                "Return state information for pickling",
                reduce,
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.dict);
    }
}

/// A view of an ordered dict: a view of the dict, with its own iterators.
#[repr(transparent)]
pub struct OrderedView<const WHAT: u8>(DictView<WHAT>);

impl<const WHAT: u8> OrderedView<WHAT>
where
    OrderedView<WHAT>: Class,
{
    pub fn of(py: Py, dict: &OrderedDictObject) -> Owned<Instance<Self>> {
        Instance::new(
            py,
            OrderedView(DictView {
                dict: dict.dict().to_owned(),
            }),
        )
    }

    fn iterator(&self, py: Py, back: bool) -> PyResult<Owned<This>> {
        match self.0.dict.as_object().downcast::<OrderedDictObject>() {
            Some(dict) => Ok(OrderedIter::over(py, dict, WHAT, back)),
            None => raise!(py, TypeError, "the view is not of an OrderedDict"),
        }
    }
}

/// Makes the types ready.
pub(super) fn define_types() {
    Instance::<OrderedIter>::type_object();
    Instance::<OrderedView<KEYS>>::type_object();
    Instance::<OrderedView<VALUES>>::type_object();
    Instance::<OrderedView<ITEMS>>::type_object();
}

macro_rules! view {
    ($what:ident, $name:literal, $cell:ident) => {
        impl Class for OrderedView<$what> {
            const NAME: &'static str = $name;
            const GC: bool = true;
            fn cell() -> &'static krait_object::native::TypeCell {
                &krait_object::types::exported::$cell
            }

            fn define(b: &mut TypeBuilder<Instance<Self>>) {
                b.silent();
                b.base(Instance::<DictView<$what>>::type_object())
                    .no_constructor()
                    .iter(|py: Py, this: &Instance<Self>| this.iterator(py, false))
                    .method("__reversed__($self, /)", |py: Py, this: &Instance<Self>| {
                        this.iterator(py, true)
                    });
            }

            fn traverse(&self, visitor: &mut Visitor) {
                visitor.field(&self.0.dict);
            }
        }
    };
}
view!(KEYS, "odict_keys", ODICT_KEYS);
view!(VALUES, "odict_values", ODICT_VALUES);
view!(ITEMS, "odict_items", ODICT_ITEMS);
