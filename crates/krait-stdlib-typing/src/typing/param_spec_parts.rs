//! `P.args` and `P.kwargs` of a `ParamSpec`.

use krait_object::gc::Visitor;
use krait_object::protocol::CompareOp;
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Class, Instance, Object, Py, PyResult, Str, Type, TypeBuilder, Value, protocol,
};

use super::param_spec::ParamSpec;

macro_rules! part {
    ($name:ident, $full:literal, $text:literal, $attribute:literal, $doc:literal) => {
        #[doc = $doc]
        pub struct $name {
            origin: Value,
        }

        impl $name {
            pub fn of(py: Py, origin: Value) -> Value {
                Value::from(Instance::new(py, $name { origin }))
            }
        }

        impl Class for $name {
            const NAME: &'static str = $full;
            const GC: bool = true;
            krait_object::class_cell!();

            fn define(b: &mut TypeBuilder<Instance<Self>>) {
                b.with_weakrefs()
                    .doc($doc)
                    .attr_value("__module__", Value::from(Str::intern("typing")))
                    .new_with($text, |py, class: &Type, origin: &Value| {
                        Instance::new_in(
                            py,
                            class,
                            $name {
                                origin: origin.clone(),
                            },
                        )
                    })
                    .repr(|py, this: &Instance<$name>| repr(py, &this.origin, $attribute))
                    .unhashable()
                    .compare(
                        |py, this: &Instance<$name>, other: &Object, op: CompareOp| {
                            compare(
                                py,
                                &this.origin,
                                other.downcast::<Instance<$name>>().map(|o| &o.origin),
                                op,
                            )
                        },
                    )
                    .method(
                        "__mro_entries__($self, object, /)",
                        |py, _this: &Instance<$name>, _bases: &Value| {
                            super::cannot_subclass(py, stringify!($name))
                        },
                    )
                    .getter("__origin__", |_py, this: &Instance<$name>| {
                        this.origin.clone()
                    });
            }

            fn traverse(&self, visitor: &mut Visitor) {
                visitor.field(&self.origin);
            }
        }
    };
}

part!(
    ParamSpecArgs,
    "typing.ParamSpecArgs",
    "paramspecargs(origin)",
    "args",
    "The positional arguments that a ParamSpec stands for."
);
part!(
    ParamSpecKwargs,
    "typing.ParamSpecKwargs",
    "paramspeckwargs(origin)",
    "kwargs",
    "The keyword arguments that a ParamSpec stands for."
);

fn repr(py: Py, origin: &Value, attribute: &str) -> PyResult<String> {
    match origin.downcast::<Instance<ParamSpec>>() {
        Some(spec) => Ok(format!("{}.{attribute}", spec.name.to_rust())),
        None => Ok(format!(
            "{}.{attribute}",
            protocol::repr(py, origin)?.to_rust()
        )),
    }
}

fn compare(py: Py, a: &Value, b: Option<&Value>, op: CompareOp) -> PyResult {
    match (b, op) {
        (Some(b), CompareOp::Eq | CompareOp::Ne) => protocol::rich_compare(py, a, b, op),
        _ => Ok(not_implemented()),
    }
}
