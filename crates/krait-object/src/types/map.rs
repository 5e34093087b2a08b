//! `map`.

use std::cell::Cell;

use super::tuple::Tuple;
use super::typeobject::Type;
use super::zip;
use crate::gc::Visitor;
use crate::native::{Args, Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::value::Value;

#[unsafe(export_name = "PyMap_Type")]
pub static MAP: TypeCell = TypeCell::new();

/// What a function gives for the items of one or more iterables.
pub struct Map {
    function: Value,
    iterators: zip::Iterators,
    strict: Cell<bool>,
}

fn new(
    py: Py,
    class: &Type,
    args: Args<'_>,
    strict: Option<bool>,
) -> PyResult<Owned<Instance<Map>>> {
    let [function, iterables @ ..] = args.0 else {
        return crate::raise!(py, TypeError, "map() must have at least two arguments.");
    };
    if iterables.is_empty() {
        return crate::raise!(py, TypeError, "map() must have at least two arguments.");
    }
    let body = Map {
        function: function.clone(),
        iterators: zip::iterators(py, iterables)?,
        strict: Cell::new(strict.unwrap_or(false)),
    };
    Instance::new_in(py, class, body)
}

fn next(py: Py, this: &Instance<Map>) -> PyResult<Option<Value>> {
    let (all, strict) = (&this.iterators, &this.strict);
    let call = |items: &[Value]| protocol::call(py, &this.function, items).map(Some);
    match all.len() {
        1 => match protocol::next(py, &all[0])? {
            Some(item) => call(&[item]),
            None => Ok(None),
        },
        2 => match zip::step_some::<2, _>(py, "map", all, strict, protocol::next)? {
            Some(items) => call(&items),
            None => Ok(None),
        },
        _ => match zip::step_all(py, "map", all, strict, protocol::next)? {
            Some(items) => call(&items),
            None => Ok(None),
        },
    }
}

fn reduce(_py: Py, this: &Instance<Map>) -> Value {
    let mut arguments = vec![this.function.clone()];
    arguments.extend(this.iterators.iter().cloned().map(Value::from));
    zip::reduced(
        this.as_object().ty(),
        Tuple::from_values(arguments),
        this.strict.get(),
    )
}

impl Class for Map {
    const NAME: &'static str = "map";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &MAP
    }

    fn define(b: &mut TypeBuilder<Instance<Map>>) {
        b.silent();
        type This = Instance<Map>;
        b.subclassable()
            .doc("Gives the function's results for the items of the iterables, until the shortest is\nexhausted. With strict, iterables of different lengths are a ValueError.")
            .new_with("map(*args, strict=False)", new)
            .iter(|_py, this: &This| Layout::to_owned(this))
            .next(next)
            .method("__reduce__($self, /)", reduce)
            .method("__setstate__($self, object, /)", |_py: Py, this: &This, strict: bool| this.strict.set(strict));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.function);
        self.iterators.iter().for_each(|i| visitor.field(i));
    }
}

pub(crate) fn define() {
    Instance::<Map>::type_object();
}
