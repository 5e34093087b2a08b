//! `Unpickler.memo`: the memo as Python sees it.

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::attr::type_value;
use krait_object::protocol::number;
use krait_object::{
    Dict, Int, Layout, Object, Owned, Py, PyResult, Tuple, Value, class_cell, raise,
};

use super::{This as UnpicklerObject, remember};

/// A view of an unpickler's memo.
pub struct UnpicklerMemoProxy {
    unpickler: Owned<UnpicklerObject>,
}

type This = Instance<UnpicklerMemoProxy>;

pub fn get(py: Py, unpickler: &UnpicklerObject) -> Owned<This> {
    let unpickler = unpickler.to_owned();
    Instance::new(py, UnpicklerMemoProxy { unpickler })
}

fn copy(py: Py, this: &This) -> PyResult<Owned<Dict>> {
    let memo = this.unpickler.memo.borrow().clone();
    let values = memo.borrow().clone();
    let copy = Dict::new();
    for (index, value) in values.into_iter().enumerate() {
        if let Some(value) = value {
            copy.set_value(py, &Value::int(index as i64), value)?;
        }
    }
    Ok(copy)
}

pub fn set(py: Py, unpickler: &UnpicklerObject, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "attribute deletion is not supported");
    };
    let new = super::Memo::default();
    if let Some(proxy) = value.downcast::<This>() {
        let other = proxy.unpickler.memo.borrow().clone();
        let values = other.borrow().clone();
        new.replace(values);
    } else if let Some(dict) = value.downcast::<Dict>() {
        for (key, value) in dict.to_vec() {
            if key.as_small_int().is_none() && key.downcast::<Int>().is_none() {
                return raise!(py, TypeError, "memo key must be integers");
            }
            let index = number::index_to_i128(py, &key)?.unwrap_or(-1);
            match usize::try_from(index) {
                Ok(index) if index < 1 << 40 => remember(&new, index, value),
                _ => return raise!(py, ValueError, "memo key must be positive integers."),
            }
        }
    } else {
        return raise!(
            py,
            TypeError,
            "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
            value.ty().name()
        );
    }
    let old = unpickler.memo.replace(new);
    drop(old);
    Ok(())
}

impl Class for UnpicklerMemoProxy {
    const NAME: &'static str = "_pickle.UnpicklerMemoProxy";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.unhashable()
            .no_constructor()
            .method_doc(
                "clear($self, /)",
                "Remove all items from memo.",
                |_py: Py, this: &This| {
                    let old = this.unpickler.memo.take();
                    drop(old);
                },
            )
            .method_doc("copy($self, /)", "Copy the memo to a new object.", copy)
            .method_doc(
                "__reduce__($self, /)",
                "Implement pickling support.",
                |py: Py, this: &This| -> PyResult<(Value, Owned<Tuple>)> {
                    let contents = Value::from(copy(py, this)?);
                    Ok((type_value::<Dict>(), Tuple::from_values([contents])))
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.unpickler);
    }
}
