//! `typing.TypeVar`.

use krait_object::gc::Visitor;
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Args, Class, Instance, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, TypeBuilder,
    Value, intern, protocol, raise,
};

use super::parts::{Lazy, default_of};

/// A type variable.
pub struct TypeVar {
    name: Owned<Str>,
    pub bound: Lazy,
    pub constraints: Lazy,
    pub default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

type This = Instance<TypeVar>;

impl TypeVar {
    /// A variable of the type parameter syntax.
    pub fn inferred(py: Py, name: &Str, bound: Lazy, constraints: Lazy) -> Value {
        Value::from(Instance::new(
            py,
            TypeVar {
                name: name.to_owned_str(),
                bound,
                constraints,
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
    constraints: Args<'_>,
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
    let bound = match bound.filter(|b| !b.is_none()) {
        Some(bound) => {
            let text = Value::from(Str::new("Bound must be a type."));
            Some(super::call_typing(
                py,
                "_type_check",
                &[bound.clone(), text],
            )?)
        }
        None => None,
    };
    let constraints = super::rest(&constraints);
    match constraints.len() {
        0 => {}
        1 => return raise!(py, TypeError, "A single constraint is not allowed"),
        _ if bound.is_some() => {
            return raise!(
                py,
                TypeError,
                "Constraints cannot be combined with bound=..."
            );
        }
        _ => {}
    }
    let constraints =
        (!constraints.is_empty()).then(|| Value::from(Tuple::from_slice(constraints)));
    let body = TypeVar {
        name: name.to_owned_str(),
        bound: Lazy::given(bound),
        constraints: Lazy::given(constraints),
        default: Lazy::default_given(py, default),
        covariant,
        contravariant,
        infer_variance,
    };
    let made = Value::from(Instance::new_in(py, class, body)?);
    super::set_module(py, &made)?;
    Ok(made)
}

/// Adds the default where the alias is given one argument less than it has parameters.
fn prepare(py: Py, this: &This, alias: &Value, args: &Value) -> PyResult {
    let parameters = protocol::get_attr(py, alias, intern!("__parameters__"))?;
    let given = protocol::length(py, args)?;
    let me = Value::from(this.to_owned());
    let index = protocol::call_method_str(py, &parameters, "index", std::slice::from_ref(&me))?;
    let index = index.as_small_int().unwrap_or(0) as usize;
    if index < given {
        return Ok(args.clone());
    }
    if index == given
        && let Some(default) = this.default.get(py)?
    {
        let more = Value::from(Tuple::from_values([default]));
        return protocol::number::binary(py, protocol::number::BinaryOp::Add, args, &more);
    }
    let name = protocol::str(py, alias)?;
    let least = index + 1;
    raise!(
        py,
        TypeError,
        "Too few arguments for {}; actual {given}, expected at least {least}",
        name.to_rust()
    )
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    if a.downcast::<This>().is_none() && b.downcast::<This>().is_none() {
        return Ok(not_implemented());
    }
    super::union(py, a, b)
}

impl Class for TypeVar {
    const NAME: &'static str = "typing.TypeVar";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.with_dict()
            .with_weakrefs()
            .doc("Type variable.\n\nMade by `class C[T]: ...`, `def f[T](): ...`, `type A[T] = ...` or TypeVar('T').")
            .attr_value("__module__", Value::from(Str::intern("typing")))
            .new_with(
                "typevar(name, *constraints, bound=None, default=typing.NoDefault, covariant=False, \
                 contravariant=False, infer_variance=False)",
                new,
            )
            .repr(|_py, this: &This| {
                super::signed_name(&this.name, this.covariant, this.contravariant, this.infer_variance)
            })
            .or(or)
            .method("__typing_subst__($self, arg, /)", |py, this: &This, arg: &Value| {
                super::call_typing(py, "_typevar_subst", &[Value::from(this.to_owned()), arg.clone()])
            })
            .method("__typing_prepare_subst__($self, alias, args, /)", prepare)
            .method("__reduce__($self, /)", |_py, this: &This| this.name.clone())
            .method("has_default($self, /)", |_py, this: &This| this.default.is_set())
            .method("__mro_entries__($self, object, /)", |py, _this: &This, _bases: &Value| {
                super::cannot_subclass(py, "TypeVar")
            })
            .field("__name__", |_py, this: &This| this.name.clone())
            .getter("__covariant__", |_py, this: &This| this.covariant)
            .getter("__contravariant__", |_py, this: &This| this.contravariant)
            .getter("__infer_variance__", |_py, this: &This| this.infer_variance)
            .getter("__bound__", |py, this: &This| this.bound.get(py))
            .getter("__constraints__", |py, this: &This| -> PyResult {
                Ok(this.constraints.get(py)?.unwrap_or_else(|| Value::from(Tuple::empty())))
            })
            .getter("__default__", |py, this: &This| default_of(py, &this.default))
            .getter("evaluate_bound", |py, this: &This| this.bound.evaluator(py))
            .getter("evaluate_constraints", |py, this: &This| this.constraints.evaluator(py))
            .getter("evaluate_default", |py, this: &This| this.default.evaluator(py));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.bound);
        visitor.field(&self.constraints);
        visitor.field(&self.default);
    }

    fn clear(&self) {
        self.bound.clear();
        self.constraints.clear();
        self.default.clear();
    }
}
