//! `filter`.

use super::tuple::Tuple;
use super::typeobject::Type;
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

#[unsafe(export_name = "PyFilter_Type")]
pub static FILTER: TypeCell = TypeCell::new();

/// The items that a function finds true, or that are true themselves.
pub struct Filter {
    /// None, or the function.
    function: Value,
    iterator: Owned,
}

fn new(
    py: Py,
    class: &Type,
    function: &Value,
    iterable: &Value,
) -> PyResult<Owned<Instance<Filter>>> {
    let body = Filter {
        iterator: protocol::iter(py, iterable)?,
        function: function.clone(),
    };
    Instance::new_in(py, class, body)
}

fn next(py: Py, this: &Instance<Filter>) -> PyResult<Option<Owned>> {
    let by_truth =
        this.function.is_none() || this.function.is_object(crate::singletons::BOOL.as_object());
    while let Some(item) = protocol::next_object(py, &this.iterator)? {
        let value = Value::unboxed(&item);
        let good = if by_truth {
            protocol::truth(py, &value)?
        } else {
            let answer = protocol::call(py, &this.function, std::slice::from_ref(&value))?;
            protocol::truth(py, &answer)?
        };
        if good {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn reduce(_py: Py, this: &Instance<Filter>) -> Value {
    let class = Value::from(Layout::to_owned(this.as_object().ty()));
    let arguments = Tuple::from_values([this.function.clone(), Value::from(this.iterator.clone())]);
    Value::from(Tuple::from_values([class, Value::from(arguments)]))
}

impl Class for Filter {
    const NAME: &'static str = "filter";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &FILTER
    }

    fn define(b: &mut TypeBuilder<Instance<Filter>>) {
        b.silent();
        b.subclassable()
            .doc("Gives those items of an iterable for which the function is true; without a function\n(None), those that are true themselves.")
            .new_with("filter(function, iterable, /)", new)
            .iter(|_py, this: &Instance<Filter>| Layout::to_owned(this))
            .next(next)
            .method("__reduce__($self, /)", reduce);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.function);
        visitor.field(&self.iterator);
    }
}

pub(crate) fn define() {
    Instance::<Filter>::type_object();
}
