//! `functools.cmp_to_key`.

use std::cell::RefCell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::{self, CompareOp};
use krait_object::{Object, Owned, Py, PyResult, Value, class_cell, raise};

/// A key made by a comparison function, or the factory of such keys (without object).
pub struct Key {
    compare: RefCell<Option<Value>>,
    object: RefCell<Option<Value>>,
}

type This = Instance<Key>;

/// `functools.cmp_to_key(mycmp)`.
pub(super) fn cmp_to_key(py: Py, mycmp: &Value) -> Owned<This> {
    make(py, Some(mycmp.clone()), None)
}

fn make(py: Py, compare: Option<Value>, object: Option<Value>) -> Owned<This> {
    Instance::new(
        py,
        Key {
            compare: RefCell::new(compare),
            object: RefCell::new(object),
        },
    )
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<This>() else {
        return raise!(py, TypeError, "other argument must be K instance");
    };
    let pair = (this.object.borrow().clone(), other.object.borrow().clone());
    let (Some(x), Some(y)) = pair else {
        return raise!(py, AttributeError, "object");
    };
    let function = this.compare.borrow().clone().unwrap_or_else(Value::none);
    let order = protocol::call(py, &function, &[x, y])?;
    protocol::rich_compare(py, &order, &Value::int(0), op)
}

impl Class for Key {
    const NAME: &'static str = "functools.KeyWrapper";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.no_constructor()
            .call(
                "__call__($self, /, obj)",
                |py: Py, this: &This, obj: &Value| {
                    make(py, this.compare.borrow().clone(), Some(obj.clone()))
                },
            )
            .compare(compare)
            .unhashable()
            .getter("__text_signature__", |_py: Py, _this: &This| "(obj)")
            .settable_field(
                "obj",
                |_py: Py, this: &This| this.object.borrow().clone(),
                |_py: Py, this: &This, value: Option<&Object>| {
                    let old = this.object.replace(value.map(Value::unboxed));
                    drop(old);
                    Ok(())
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.compare);
        visitor.field(&self.object);
    }

    fn clear(&self) {
        let parts = (self.compare.take(), self.object.take());
        drop(parts);
    }
}
