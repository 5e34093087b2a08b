//! `Pickler.memo`: the memo as Python sees it.

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::attr::type_value;
use krait_object::protocol::number;
use krait_object::{
    Dict, Int, Layout, Object, Owned, Py, PyResult, Tuple, Value, class_cell, raise,
};

use super::This as PicklerObject;
use super::memo::Memo;

/// A view of a pickler's memo.
pub struct PicklerMemoProxy {
    pickler: Owned<PicklerObject>,
}

type This = Instance<PicklerMemoProxy>;

pub fn get(py: Py, pickler: &PicklerObject) -> Owned<This> {
    let pickler = pickler.to_owned();
    Instance::new(py, PicklerMemoProxy { pickler })
}

fn copy(py: Py, this: &This) -> PyResult<Owned<Dict>> {
    let items = this.pickler.memo.borrow().items();
    let copy = Dict::new();
    for (identity, index, object) in items {
        let key = match i64::try_from(identity) {
            Ok(identity) => Value::int(identity),
            Err(_) => Value::from(Int::from_i128(identity as i128)),
        };
        let entry = Tuple::from_values([Value::int(index as i64), object]);
        copy.set_value(py, &key, Value::from(entry))?;
    }
    Ok(copy)
}

/// The memo that a dict describes.
fn from_dict(py: Py, dict: &Dict) -> PyResult<Memo> {
    let mut memo = Memo::default();
    for (_, entry) in dict.to_vec() {
        let Some(pair) = entry.downcast::<Tuple>().filter(|p| p.len() == 2) else {
            return raise!(py, TypeError, "'memo' values must be 2-item tuples");
        };
        let (Some(index), Some(object)) = (pair.get(0), pair.get_ref(1)) else {
            continue;
        };
        let index = number::index_to_i128(py, &index)?.unwrap_or(-1);
        let Ok(index) = u64::try_from(index) else {
            return raise!(py, ValueError, "memo id must be positive");
        };
        memo.insert(object, index);
    }
    Ok(memo)
}

pub fn set(py: Py, pickler: &PicklerObject, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "attribute deletion is not supported");
    };
    let new = if let Some(proxy) = value.downcast::<This>() {
        let mut memo = Memo::default();
        let items = proxy.pickler.memo.borrow().items();
        for (_, index, object) in &items {
            if let Some(object) = object.as_object() {
                memo.insert(object, *index);
            }
        }
        memo
    } else if let Some(dict) = value.downcast::<Dict>() {
        from_dict(py, dict)?
    } else {
        return raise!(
            py,
            TypeError,
            "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
            value.ty().name()
        );
    };
    let old = pickler.memo.replace(new);
    drop(old);
    Ok(())
}

impl Class for PicklerMemoProxy {
    const NAME: &'static str = "_pickle.PicklerMemoProxy";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.unhashable()
            .no_constructor()
            .method_doc(
                "clear($self, /)",
                "Remove all items from memo.",
                |_py: Py, this: &This| {
                    let old = this.pickler.memo.take();
                    drop(old);
                },
            )
            .method_doc("copy($self, /)", "Copy the memo to a new object.", copy)
            .method_doc(
                "__reduce__($self, /)",
                "Implement pickle support.",
                |py: Py, this: &This| -> PyResult<(Value, Owned<Tuple>)> {
                    let contents = Value::from(copy(py, this)?);
                    Ok((type_value::<Dict>(), Tuple::from_values([contents])))
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.pickler);
    }
}
