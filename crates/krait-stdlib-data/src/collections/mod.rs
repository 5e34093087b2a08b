//! `_collections`: `deque`, `defaultdict`, `OrderedDict`, and what `namedtuple` and
//! `Counter` need.

use krait_object::native::module::NativeModule;
use krait_object::protocol::number::{self, BinaryOp};
use krait_object::protocol::{self, Iter};
use krait_object::{Builtin, Dict, ModuleBuilder, Py, PyResult, Str, Value, intern};

mod defaultdict;
mod deque;
mod deque_items;
mod deque_iter;
mod ordered_dict;
mod ordered_iter;
mod tuplegetter;

pub const MODULE: NativeModule = NativeModule {
    name: "_collections",
    init,
};

/// Makes those types ready that C knows.
pub fn define_types() {
    ordered_dict::This::type_object();
    ordered_iter::define_types();
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    m.class::<deque::Deque>()?;
    m.class::<deque_iter::DequeIter<false>>()?;
    m.class::<deque_iter::DequeIter<true>>()?;
    m.type_object(defaultdict::This::type_object())?;
    m.type_object(ordered_dict::This::type_object())?;
    m.class::<tuplegetter::TupleGetter>()?;
    m.function(
        "_count_elements($module, mapping, iterable, /)",
        count_elements,
    )?;
    Ok(())
}

/// Whether a mapping's type does with `get` and `__setitem__` what dict does.
fn counts_as_dict(py: Py, mapping: &Value) -> bool {
    let dict = Dict::type_object();
    let same = |name: &Str| match (mapping.ty().lookup(py, name), dict.lookup(py, name)) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    mapping.ty().is(dict) || (same(intern!("get")) && same(intern!("__setitem__")))
}

/// `collections.Counter`'s counting.
fn count_elements(py: Py, mapping: &Value, iterable: &Value) -> PyResult<()> {
    let mut items = Iter::new(py, iterable)?;
    if let Some(dict) = mapping
        .downcast::<Dict>()
        .filter(|_| counts_as_dict(py, mapping))
    {
        while let Some(item) = items.next(py)? {
            dict.count(py, &item)?;
        }
        return Ok(());
    }
    let get = protocol::get_attr(py, mapping, intern!("get"))?;
    while let Some(item) = items.next(py)? {
        let old = protocol::call(py, &get, &[item.clone(), Value::int(0)])?;
        let new = number::binary(py, BinaryOp::Add, &old, &Value::int(1))?;
        protocol::set_item(py, mapping, &item, &new)?;
    }
    Ok(())
}

const DOC: &str = "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n- defaultdict:  dict subclass with a default value factory\n";
