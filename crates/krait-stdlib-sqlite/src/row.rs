//! `sqlite3.Row`: a tuple with the names of its columns.

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::{self, CompareOp, number};
use krait_object::types::slice::Slice;
use krait_object::{
    Instance, List, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, raise,
    singletons,
};

use crate::cursor::Cursor;

/// A row.
pub struct Row {
    data: Owned<Tuple>,
    /// The cursor's description, or None.
    description: Value,
}

type This = Instance<Row>;

fn new(py: Py, class: &Type, cursor: &Instance<Cursor>, data: &Tuple) -> PyResult<Owned<This>> {
    let row = Row {
        data: krait_object::Layout::to_owned(data),
        description: cursor.description(py)?,
    };
    Instance::new_in(py, class, row)
}

fn same_name(a: &Str, b: &Str) -> bool {
    a.eq(b)
        || match (a.as_ascii(), b.as_ascii()) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        }
}

fn subscript(py: Py, this: &This, key: &Object) -> PyResult {
    let key = Value::unboxed(key);
    if let Some(name) = key.downcast::<Str>() {
        let columns = this.description.downcast::<Tuple>();
        let columns = columns.map_or(&[][..], Tuple::as_values);
        for (at, column) in columns.iter().enumerate() {
            let own = column.downcast::<Tuple>().and_then(|c| c.get(0));
            if own.is_some_and(|o| o.downcast::<Str>().is_some_and(|o| same_name(o, name))) {
                return match this.data.get(at) {
                    Some(value) => Ok(value),
                    None => raise!(py, IndexError, "tuple index out of range"),
                };
            }
        }
        let shown = protocol::repr(py, &key)?;
        return raise!(py, IndexError, "No item with key {}", shown.to_rust());
    }
    if number::is_index(&key) || key.downcast::<Slice>().is_some() {
        return protocol::get_item(py, &Value::from(this.data.clone()), &key);
    }
    raise!(py, IndexError, "Index must be int or string")
}

fn keys(_py: Py, this: &This) -> Owned<List> {
    let columns = this.description.downcast::<Tuple>();
    let columns = columns.map_or(&[][..], Tuple::as_values);
    let names = columns
        .iter()
        .filter_map(|c| c.downcast::<Tuple>().and_then(|c| c.get(0)));
    List::from_values(names)
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let other = match other.downcast::<This>() {
        Some(other) if matches!(op, CompareOp::Eq | CompareOp::Ne) => other,
        _ => return Ok(Value::from_static(singletons::not_implemented())),
    };
    let equal = protocol::equal(py, &this.description, &other.description)? && {
        let (a, b) = (this.data.clone(), other.data.clone());
        protocol::equal(py, &Value::from(a), &Value::from(b))?
    };
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

impl Class for Row {
    const NAME: &'static str = "sqlite3.Row";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.subclassable()
            .new_with("Row(cursor, data, /)", new)
            .len(|_py: Py, this: &This| Ok(this.data.len()))
            .item(|py: Py, this: &This, at: isize| match usize::try_from(at) {
                Ok(at) if at < this.data.len() => Ok(this.data.get(at)),
                _ => raise!(py, IndexError, "tuple index out of range"),
            })
            .subscript(subscript)
            .iter(|py: Py, this: &This| protocol::iter::iter(py, &Value::from(this.data.clone())))
            .hash(|py: Py, this: &This| {
                let description = protocol::hash(py, &this.description)?;
                Ok(description ^ protocol::hash(py, &Value::from(this.data.clone()))?)
            })
            .compare(compare)
            .method("keys($self, /)", keys);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.data.trace(visitor);
        self.description.trace(visitor);
    }
}
