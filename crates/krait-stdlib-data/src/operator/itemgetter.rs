//! `operator.itemgetter`.

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, NativeDef, TypeBuilder};
use krait_object::protocol;
use krait_object::{
    Layout, List, Object, Owned, Py, PyResult, Tuple, Type, Value, class_cell, raise,
};

/// Fetches items by fixed keys.
pub struct ItemGetter {
    items: Owned<Tuple>,
    /// The index, where there is one key which is a small index.
    index: Option<usize>,
}

type This = Instance<ItemGetter>;

fn new(py: Py, class: &Type, item: &Value, items: Args<'_>) -> PyResult<Owned<This>> {
    let mut all = vec![item.clone()];
    all.extend_from_slice(items.0);
    let index = match &all[..] {
        [one] => one.as_small_int().and_then(|i| usize::try_from(i).ok()),
        _ => None,
    };
    Instance::new_in(
        py,
        class,
        ItemGetter {
            items: Tuple::from_values(all),
            index,
        },
    )
}

/// The one argument of a getter's call.
pub(super) fn argument<'a>(
    py: Py,
    who: &str,
    values: &'a [Value],
    names: Option<&Tuple>,
) -> PyResult<&'a Value> {
    if names.is_some_and(|n| !n.is_empty()) {
        return raise!(py, TypeError, "{who}() takes no keyword arguments");
    }
    match values {
        [one] => Ok(one),
        _ => raise!(
            py,
            TypeError,
            "{who} expected 1 argument, got {}",
            values.len()
        ),
    }
}

fn call(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let obj = argument(py, "itemgetter", values, names)?;
    let Some(this) = this.and_then(|t| t.downcast::<This>()) else {
        return raise!(py, TypeError, "an itemgetter is needed");
    };
    if let Some(index) = this.index {
        let item = match obj.downcast_exact::<Tuple>() {
            Some(tuple) => tuple.get(index),
            None => obj
                .downcast_exact::<List>()
                .and_then(|list| list.get(index)),
        };
        if let Some(item) = item {
            return Ok(item);
        }
    }
    match this.items.as_values() {
        [one] => protocol::get_item(py, obj, one),
        several => {
            let found: PyResult<Vec<Value>> = several
                .iter()
                .map(|key| protocol::get_item(py, obj, &unboxed(key)))
                .collect();
            Ok(Value::from(Tuple::from_values(found?)))
        }
    }
}

fn unboxed(value: &Value) -> Value {
    value
        .as_object()
        .map_or_else(|| value.clone(), Value::unboxed)
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = super::attrgetter::class_name(py, this.as_object())?;
    let Some(_guard) = protocol::repr::ReprGuard::enter(py, this.as_object()) else {
        return Ok(format!("{name}(...)"));
    };
    let items: PyResult<Vec<String>> = this
        .items
        .as_values()
        .iter()
        .map(|v| protocol::repr(py, v).map(|t| t.to_rust().into_owned()))
        .collect();
    Ok(format!("{name}({})", items?.join(", ")))
}

impl Class for ItemGetter {
    const NAME: &'static str = "operator.itemgetter";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.doc(DOC)
            .new_with("itemgetter(item, /, *items)", new)
            .call_flat("__call__($self, /, *args, **kwargs)", call)
            .getter("__text_signature__", |_py: Py, _this: &This| "(obj, /)")
            .repr(repr)
            .method("__reduce__($self, /)", |_py: Py, this: &This| {
                (
                    Value::from(this.as_object().ty().to_owned()),
                    Value::from(this.items.clone()),
                )
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.items);
    }
}

const DOC: &str = "itemgetter(item, /, *items)\n--\n\nReturn a callable object that fetches the given item(s) from its operand.\n\
After f = itemgetter(2), the call f(r) returns r[2].\n\
After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])";
