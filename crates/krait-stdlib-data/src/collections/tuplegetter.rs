//! The descriptors of a namedtuple's fields.

use std::cell::RefCell;

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{
    Layout, Object, Owned, Py, PyResult, Tuple, Type, Value, class_cell, protocol, raise,
};

/// Reads an item of a tuple as an attribute.
pub struct TupleGetter {
    index: isize,
    doc: RefCell<Value>,
}

type This = Instance<TupleGetter>;

fn new(py: Py, class: &Type, index: isize, doc: &Value) -> PyResult<Owned<This>> {
    Instance::new_in(
        py,
        class,
        TupleGetter {
            index,
            doc: RefCell::new(doc.clone()),
        },
    )
}

fn get(py: Py, this: &This, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Value::from(this.to_owned()));
    };
    let Some(tuple) = instance.downcast::<Tuple>() else {
        if instance.is_none() {
            return Ok(Value::from(this.to_owned()));
        }
        return raise!(
            py,
            TypeError,
            "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
            this.index,
            instance.ty().name()
        );
    };
    match usize::try_from(this.index).ok().and_then(|i| tuple.get(i)) {
        Some(item) => Ok(item),
        None => raise!(py, IndexError, "tuple index out of range"),
    }
}

impl Class for TupleGetter {
    const NAME: &'static str = "collections._tuplegetter";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.new_with("__new__($type, index, doc, /)", new)
            .descr_get(get)
            .descr_set(
                |py: Py, _this: &This, _instance: &Object, value: Option<&Object>| match value {
                    Some(_) => raise!(py, AttributeError, "can't set attribute"),
                    None => raise!(py, AttributeError, "can't delete attribute"),
                },
            )
            .settable_field(
                "__doc__",
                |_py: Py, this: &This| this.doc.borrow().clone(),
                |_py: Py, this: &This, value: Option<&Object>| {
                    let old = this
                        .doc
                        .replace(value.map_or_else(Value::none, Value::unboxed));
                    drop(old);
                    Ok(())
                },
            )
            .repr(|py: Py, this: &This| -> PyResult<String> {
                let doc = this.doc.borrow().clone();
                Ok(format!(
                    "_tuplegetter({}, {})",
                    this.index,
                    protocol::repr(py, &doc)?.to_rust()
                ))
            })
            .method("__reduce__($self, /)", |_py: Py, this: &This| {
                let class = Value::from(this.as_object().ty().to_owned());
                (class, (this.index, this.doc.borrow().clone()))
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.doc);
    }

    fn clear(&self) {
        let old = self.doc.replace(Value::none());
        drop(old);
    }
}
