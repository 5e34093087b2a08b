//! `types.SimpleNamespace`.

use crate::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp, repr::ReprGuard};
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::types::sequence::not_implemented;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// The body holds nothing: all is in the instance's attributes.
pub struct Namespace;

type This = Instance<Namespace>;

/// An empty namespace.
pub fn new(py: Py) -> PyResult {
    Instance::new_in(py, This::type_object(), Namespace).map(Value::from)
}

fn dict_of(py: Py, object: &Object) -> Owned<Dict> {
    protocol::attr::instance_dict(py, object).unwrap_or_else(Dict::new)
}

fn init(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let dict = dict_of(py, this.as_object());
    if args.0.len() > 1 {
        let given = args.0.len();
        return crate::raise!(
            py,
            TypeError,
            "SimpleNamespace expected at most 1 argument, got {given}"
        );
    }
    if let Some(mapping) = args.0.first() {
        let made = protocol::call(
            py,
            &protocol::attr::type_value::<Dict>(),
            std::slice::from_ref(mapping),
        )?;
        let Some(made) = made.downcast::<Dict>() else {
            return Ok(());
        };
        let mut at = 0;
        while let Some((key, value)) = made.iter_step(&mut at) {
            if key.downcast::<Str>().is_none() {
                return crate::raise!(py, TypeError, "keywords must be strings");
            }
            dict.set_value(py, &key, value)?;
        }
    }
    if let Some(kwargs) = kwargs.0 {
        let mut at = 0;
        while let Some((key, value)) = kwargs.iter_step(&mut at) {
            dict.set_value(py, &key, value)?;
        }
    }
    Ok(())
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let class = this.as_object().ty();
    let name = if class.is(This::type_object()) {
        "namespace"
    } else {
        class.short_name()
    };
    let Some(_guard) = ReprGuard::enter(py, this.as_object()) else {
        return Ok(format!("{name}(...)"));
    };
    let dict = dict_of(py, this.as_object());
    let (mut at, mut parts) = (0, Vec::new());
    while let Some((key, value)) = dict.iter_step(&mut at) {
        if let Some(key) = key.downcast::<Str>().filter(|k| !k.is_empty()) {
            parts.push(format!(
                "{}={}",
                key.to_rust(),
                protocol::repr(py, &value)?.to_rust()
            ));
        }
    }
    Ok(format!("{name}({})", parts.join(", ")))
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    if other.downcast::<This>().is_none() {
        return Ok(not_implemented());
    }
    let (a, b) = (dict_of(py, this.as_object()), dict_of(py, other));
    protocol::rich_compare(py, &Value::from(a), &Value::from(b), op)
}

fn reduce(py: Py, this: &This) -> PyResult {
    let class = Value::from(this.as_object().ty().to_owned());
    let dict = Value::from(dict_of(py, this.as_object()));
    Ok(Value::from(Tuple::from_values([
        class,
        Value::from(Tuple::empty()),
        dict,
    ])))
}

fn replace(py: Py, this: &This, changes: KwArgs) -> PyResult {
    let class = Value::from(this.as_object().ty().to_owned());
    let new = protocol::call(py, &class, &[])?;
    let target = dict_of(py, &new.to_object());
    for source in [Some(dict_of(py, this.as_object())), changes.0]
        .into_iter()
        .flatten()
    {
        let mut at = 0;
        while let Some((key, value)) = source.iter_step(&mut at) {
            target.set_value(py, &key, value)?;
        }
    }
    Ok(new)
}

impl Class for Namespace {
    const NAME: &'static str = "types.SimpleNamespace";
    const GC: bool = true;
    crate::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.subclassable()
            .with_dict()
            .doc("A simple attribute-based namespace.")
            .new_with(
                "SimpleNamespace(*args, **kwargs)",
                |py, class: &Type, _a: Args<'_>, _k: KwArgs| Instance::new_in(py, class, Namespace),
            )
            .init("SimpleNamespace(*args, **kwargs)", init)
            .repr(repr)
            .unhashable()
            .compare(compare)
            .method("__reduce__($self, /)", reduce)
            .method("__replace__($self, /, **changes)", replace);
    }
}
