//! `typing.TypeVarTuple` (PEP 646).

use krait_object::gc::Visitor;
use krait_object::{
    Class, Instance, Layout, Owned, Py, PyResult, Str, Tuple, Type, TypeBuilder, Value, protocol,
    raise,
};

use super::parts::{Lazy, default_of};

/// A type variable that stands for any number of types.
pub struct TypeVarTuple {
    name: Owned<Str>,
    pub default: Lazy,
}

type This = Instance<TypeVarTuple>;

impl TypeVarTuple {
    /// A variable of the type parameter syntax.
    pub fn inferred(py: Py, name: &Str) -> Value {
        Value::from(Instance::new(
            py,
            TypeVarTuple {
                name: name.to_owned_str(),
                default: Lazy::default(),
            },
        ))
    }
}

fn new(py: Py, class: &Type, name: &Str, default: Option<&Value>) -> PyResult {
    let body = TypeVarTuple {
        name: name.to_owned_str(),
        default: Lazy::default_given(py, default),
    };
    let made = Value::from(Instance::new_in(py, class, body)?);
    super::set_module(py, &made)?;
    Ok(made)
}

/// An iterator that gives `Unpack[value]` once.
pub fn iter_unpacked(py: Py, value: Value) -> PyResult<Owned> {
    let unpacked = super::unpack(py, value)?;
    protocol::iter(py, &Value::from(Tuple::from_values([unpacked])))
}

impl Class for TypeVarTuple {
    const NAME: &'static str = "typing.TypeVarTuple";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.with_dict()
            .with_weakrefs()
            .doc("Type variable tuple.\n\nMade by `class C[*Ts]: ...` or TypeVarTuple('Ts').")
            .attr_value("__module__", Value::from(Str::intern("typing")))
            .new_with("typevartuple(name, *, default=typing.NoDefault)", new)
            .repr(|_py, this: &This| this.name.clone())
            .iter(|py, this: &This| iter_unpacked(py, Value::from(this.to_owned())))
            .method(
                "__typing_subst__($self, arg, /)",
                |py, _this: &This, _arg: &Value| -> PyResult<()> {
                    raise!(
                        py,
                        TypeError,
                        "Substitution of bare TypeVarTuple is not supported"
                    )
                },
            )
            .method(
                "__typing_prepare_subst__($self, alias, args, /)",
                |py, this: &This, alias: &Value, args: &Value| {
                    let values = [Value::from(this.to_owned()), alias.clone(), args.clone()];
                    super::call_typing(py, "_typevartuple_prepare_subst", &values)
                },
            )
            .method("__reduce__($self, /)", |_py, this: &This| this.name.clone())
            .method("has_default($self, /)", |_py, this: &This| {
                this.default.is_set()
            })
            .method(
                "__mro_entries__($self, object, /)",
                |py, _this: &This, _bases: &Value| super::cannot_subclass(py, "TypeVarTuple"),
            )
            .field("__name__", |_py, this: &This| this.name.clone())
            .getter("__default__", |py, this: &This| {
                default_of(py, &this.default)
            })
            .getter("evaluate_default", |py, this: &This| {
                this.default.evaluator(py)
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.default);
    }

    fn clear(&self) {
        self.default.clear();
    }
}
