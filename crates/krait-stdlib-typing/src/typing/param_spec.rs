//! `typing.ParamSpec` (PEP 612).

use krait_object::gc::Visitor;
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Class, Instance, Layout, Object, Owned, Py, PyResult, Str, Type, TypeBuilder, Value,
};

use super::param_spec_parts::{ParamSpecArgs, ParamSpecKwargs};
use super::parts::{Lazy, default_of};

/// A parameter specification variable.
pub struct ParamSpec {
    pub name: Owned<Str>,
    bound: Value,
    pub default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

type This = Instance<ParamSpec>;

impl ParamSpec {
    /// A variable of the type parameter syntax.
    pub fn inferred(py: Py, name: &Str) -> Value {
        Value::from(Instance::new(
            py,
            ParamSpec {
                name: name.to_owned_str(),
                bound: Value::none(),
                default: Lazy::default(),
                covariant: false,
                contravariant: false,
                infer_variance: true,
            },
        ))
    }
}

#[expect(clippy::too_many_arguments, reason = "the constructor's parameters")]
fn new(
    py: Py,
    class: &Type,
    name: &Str,
    bound: Option<&Value>,
    default: Option<&Value>,
    covariant: Option<bool>,
    contravariant: Option<bool>,
    infer_variance: Option<bool>,
) -> PyResult {
    let flag = |given: Option<bool>| given.unwrap_or(false);
    let (covariant, contravariant, infer_variance) =
        (flag(covariant), flag(contravariant), flag(infer_variance));
    super::check_variance(py, covariant, contravariant, infer_variance)?;
    let body = ParamSpec {
        name: name.to_owned_str(),
        bound: bound.cloned().unwrap_or_else(Value::none),
        default: Lazy::default_given(py, default),
        covariant,
        contravariant,
        infer_variance,
    };
    let made = Value::from(Instance::new_in(py, class, body)?);
    super::set_module(py, &made)?;
    Ok(made)
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    if a.downcast::<This>().is_none() && b.downcast::<This>().is_none() {
        return Ok(not_implemented());
    }
    super::union(py, a, b)
}

impl Class for ParamSpec {
    const NAME: &'static str = "typing.ParamSpec";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.with_dict()
            .with_weakrefs()
            .doc("Parameter specification variable.\n\nMade by `def f[**P](): ...` or ParamSpec('P').\n\n    >>> P = ParamSpec(\"P\")\n    >>> P.__name__\n    'P'")
            .attr_value("__module__", Value::from(Str::intern("typing")))
            .new_with(
                "paramspec(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, \
                 infer_variance=False)",
                new,
            )
            .repr(|_py, this: &This| {
                super::signed_name(&this.name, this.covariant, this.contravariant, this.infer_variance)
            })
            .or(or)
            .method("__typing_subst__($self, arg, /)", |py, this: &This, arg: &Value| {
                super::call_typing(py, "_paramspec_subst", &[Value::from(this.to_owned()), arg.clone()])
            })
            .method("__typing_prepare_subst__($self, alias, args, /)", |py, this: &This, alias: &Value, args: &Value| {
                let values = [Value::from(this.to_owned()), alias.clone(), args.clone()];
                super::call_typing(py, "_paramspec_prepare_subst", &values)
            })
            .method("has_default($self, /)", |_py, this: &This| this.default.is_set())
            .method("__reduce__($self, /)", |_py, this: &This| this.name.clone())
            .method("__mro_entries__($self, object, /)", |py, _this: &This, _bases: &Value| {
                super::cannot_subclass(py, "ParamSpec")
            })
            .field("__name__", |_py, this: &This| this.name.clone())
            .getter("__bound__", |_py, this: &This| this.bound.clone())
            .getter("__covariant__", |_py, this: &This| this.covariant)
            .getter("__contravariant__", |_py, this: &This| this.contravariant)
            .getter("__infer_variance__", |_py, this: &This| this.infer_variance)
            .getter("args", |py, this: &This| ParamSpecArgs::of(py, Value::from(this.to_owned())))
            .getter("kwargs", |py, this: &This| ParamSpecKwargs::of(py, Value::from(this.to_owned())))
            .getter("__default__", |py, this: &This| default_of(py, &this.default))
            .getter("evaluate_default", |py, this: &This| this.default.evaluator(py));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.bound);
        visitor.field(&self.default);
    }

    fn clear(&self) {
        self.default.clear();
    }
}
