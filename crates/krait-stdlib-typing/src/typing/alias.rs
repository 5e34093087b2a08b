//! `typing.TypeAliasType`: what `type X = ...` makes (PEP 695).

use krait_object::gc::Visitor;
use krait_object::types::{generic_alias, union};
use krait_object::{
    Class, Instance, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, TypeBuilder, Value,
    intern, protocol, raise,
};

use super::param_spec::ParamSpec;
use super::parts::Lazy;
use super::type_var::TypeVar;
use super::type_var_tuple::{TypeVarTuple, iter_unpacked};

/// A named type.
pub struct TypeAliasType {
    name: Owned<Str>,
    value: Lazy,
    /// Not empty.
    type_params: Option<Owned<Tuple>>,
    module: Option<Value>,
}

type This = Instance<TypeAliasType>;

impl TypeAliasType {
    /// An alias of the `type` statement; the function evaluates its value.
    pub fn from_statement(
        py: Py,
        name: &Str,
        type_params: Option<&Tuple>,
        evaluate: Value,
    ) -> Value {
        let type_params = type_params.filter(|p| !p.is_empty()).map(Layout::to_owned);
        let body = TypeAliasType {
            name: name.to_owned_str(),
            value: Lazy::by(evaluate),
            type_params,
            module: None,
        };
        Value::from(Instance::new(py, body))
    }
}

/// Whether a type parameter has a default; `None` where the value is none.
fn has_default(value: &Value) -> Option<bool> {
    if let Some(v) = value.downcast::<Instance<TypeVar>>() {
        return Some(v.default.is_set());
    }
    if let Some(v) = value.downcast::<Instance<ParamSpec>>() {
        return Some(v.default.is_set());
    }
    value
        .downcast::<Instance<TypeVarTuple>>()
        .map(|v| v.default.is_set())
}

fn check_params(py: Py, params: &Tuple) -> PyResult<()> {
    let mut defaults = false;
    for param in params.iter().map(Value::unboxed) {
        match has_default(&param) {
            Some(true) => defaults = true,
            Some(false) if defaults => {
                let text = protocol::repr(py, &param)?;
                let text = text.to_rust();
                return raise!(
                    py,
                    TypeError,
                    "non-default type parameter '{text}' follows default type parameter"
                );
            }
            Some(false) => {}
            None => {
                let text = protocol::repr(py, &param)?;
                return raise!(
                    py,
                    TypeError,
                    "Expected a type param, got {}",
                    text.to_rust()
                );
            }
        }
    }
    Ok(())
}

fn new(
    py: Py,
    class: &Type,
    name: &Str,
    value: &Value,
    type_params: Option<&Value>,
) -> PyResult<Owned<This>> {
    let type_params = match type_params.filter(|p| !p.is_none()) {
        None => None,
        Some(given) => match given.downcast::<Tuple>() {
            Some(tuple) => {
                check_params(py, tuple)?;
                (!tuple.is_empty()).then(|| tuple.to_owned())
            }
            None => return raise!(py, TypeError, "type_params must be a tuple"),
        },
    };
    let body = TypeAliasType {
        name: name.to_owned_str(),
        value: Lazy::given(Some(value.clone())),
        type_params,
        module: super::caller(py),
    };
    Instance::new_in(py, class, body)
}

/// Type parameters as generics want them: tuples of types unpacked.
pub fn unpack_tuples(py: Py, params: &Tuple) -> PyResult<Owned<Tuple>> {
    let mut all = Vec::with_capacity(params.len());
    for param in params.iter().map(Value::unboxed) {
        let is_tuple = param.downcast::<Instance<TypeVarTuple>>().is_some();
        all.push(if is_tuple {
            super::unpack(py, param)?
        } else {
            param
        });
    }
    Ok(Tuple::from_slice(&all))
}

fn module(py: Py, this: &This) -> PyResult {
    if let Some(module) = &this.module {
        return Ok(module.clone());
    }
    match this.value.evaluator(py) {
        Some(function) => {
            let module = protocol::lookup_attr(py, &function, intern!("__module__"))?;
            Ok(module.unwrap_or_else(Value::none))
        }
        None => Ok(Value::none()),
    }
}

fn subscript(py: Py, this: &This, item: &Object) -> PyResult {
    if this.type_params.is_none() {
        return raise!(py, TypeError, "Only generic type aliases are subscriptable");
    }
    generic_alias::generic_alias(py, this.as_object(), item)
}

const DOC: &str = "Type alias, made by `type X = ...`.\n\n\
    The value in __value__ is evaluated when first asked for.";

impl Class for TypeAliasType {
    const NAME: &'static str = "typing.TypeAliasType";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.doc(DOC)
            .new_with("typealias(name, value, *, type_params=())", new)
            .repr(|_py, this: &This| this.name.clone())
            .iter(|py, this: &This| iter_unpacked(py, Value::from(this.to_owned())))
            .or(union::or)
            .subscript(subscript)
            .method("__reduce__($self, /)", |_py, this: &This| this.name.clone())
            .field("__name__", |_py, this: &This| this.name.clone())
            .getter("__parameters__", |py, this: &This| {
                match &this.type_params {
                    Some(params) => unpack_tuples(py, params),
                    None => Ok(Tuple::empty()),
                }
            })
            .getter("__type_params__", |_py, this: &This| {
                this.type_params.clone().unwrap_or_else(Tuple::empty)
            })
            .getter("__value__", |py, this: &This| this.value.get(py))
            .getter("evaluate_value", |py, this: &This| this.value.evaluator(py))
            .getter("__module__", module);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.value);
        visitor.field(&self.type_params);
        visitor.field(&self.module);
    }

    fn clear(&self) {
        self.value.clear();
    }
}
