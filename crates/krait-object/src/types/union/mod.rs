//! `typing.Union`: alternatives of types (`int | None`, PEP 604).
//!
//! Alternatives are flat, each stands once, and their order does not count for
//! equality. Ones that cannot be hashed are compared one by one.

use std::cell::OnceCell;

use krait_abi::Py_TPFLAGS_TYPE_SUBCLASS;
use krait_text::TextWriter;

use super::generic_alias::{GenericAlias, parameters_of, push_type, substitute};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::sequence::not_implemented;
use crate::types::set::FrozenSet;
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::Tuple;
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

mod build;

/// A union of two or more types.
pub struct Union {
    pub args: Owned<Tuple>,
    hashable: Owned<FrozenSet>,
    unhashable: Vec<Value>,
    parameters: OnceCell<Owned<Tuple>>,
}

#[unsafe(export_name = "_PyUnion_Type")]
pub static UNION: StaticType = StaticType::new();

type This = Instance<Union>;

impl Union {
    fn make(
        py: Py,
        args: Owned<Tuple>,
        hashable: Owned<FrozenSet>,
        unhashable: Vec<Value>,
    ) -> Owned<This> {
        Instance::new(
            py,
            Union {
                args,
                hashable,
                unhashable,
                parameters: OnceCell::new(),
            },
        )
    }

    fn parameters(&self, py: Py) -> PyResult<Owned<Tuple>> {
        if let Some(known) = self.parameters.get() {
            return Ok(known.clone());
        }
        let found = parameters_of(py, self.args.as_values())?;
        Ok(self.parameters.get_or_init(|| found).clone())
    }
}

/// Whether `|` makes a union of the object.
fn is_unionable(object: &Object) -> bool {
    object.is_none()
        || object.ty().has_flag(Py_TPFLAGS_TYPE_SUBCLASS)
        || object.downcast::<Instance<GenericAlias>>().is_some()
        || object.is_exact::<This>()
        // The type of aliases lives in a module of its own.
        || object.ty().full_name() == "typing.TypeAliasType"
}

/// `a | b` for types; NotImplemented where either is no type.
pub fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    if a.is_exact::<This>() || b.is_exact::<This>() {
        of(py, &[a, b], true)
    } else if is_unionable(a) && is_unionable(b) {
        of(py, &[a, b], false)
    } else {
        Ok(not_implemented())
    }
}

/// The union of types.
fn of(py: Py, types: &[&Object], checked: bool) -> PyResult {
    let mut builder = build::Builder::new(py, checked);
    types.iter().try_for_each(|one| builder.add(one))?;
    builder.finish()
}

/// `Union[a, b]` for anything that may stand in an annotation.
pub fn of_annotations(py: Py, types: &[&Object]) -> PyResult {
    of(py, types, true)
}

fn repr(py: Py, this: &This) -> PyResult<Owned<Str>> {
    py.thread()
        .check_native_stack(py, " while getting the repr of an object")?;
    let mut out = StrBuilder::new();
    for (i, arg) in this.args.iter().enumerate() {
        if i > 0 {
            out.push_ascii(" | ");
        }
        push_type(py, &mut out, arg)?;
    }
    Ok(out.finish())
}

fn hash(py: Py, this: &This) -> PyResult<i64> {
    if this.unhashable.is_empty() {
        return protocol::compare::hash_object(py, this.hashable.as_object());
    }
    for one in &this.unhashable {
        protocol::hash(py, one)?;
    }
    crate::raise!(
        py,
        TypeError,
        "union contains {} unhashable elements",
        this.unhashable.len()
    )
}

/// Whether each alternative of the one stands in the other.
fn all_in(py: Py, some: &[Value], others: &[Value]) -> PyResult<bool> {
    'each: for one in some {
        for other in others {
            if protocol::equal(py, one, other)? {
                continue 'each;
            }
        }
        return Ok(false);
    }
    Ok(true)
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other
        .downcast_exact::<This>()
        .filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne))
    else {
        return Ok(not_implemented());
    };
    let equal = this.unhashable.len() == other.unhashable.len()
        && protocol::compare::equal_objects(
            py,
            this.hashable.as_object(),
            other.hashable.as_object(),
        )?
        && all_in(py, &this.unhashable, &other.unhashable)?
        && all_in(py, &other.unhashable, &this.unhashable)?;
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

fn get_attribute(py: Py, this: &This, name: &Object) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        );
    };
    if name.eq_str("__module__") {
        return protocol::get_attr(py, &Value::from(UNION.as_object().to_owned()), name);
    }
    match protocol::attr::generic_lookup(py, this.as_object(), name)? {
        Some(value) => Ok(value),
        None => protocol::attr::no_attribute(py, this.as_object(), name),
    }
}

fn subscript(py: Py, this: &This, item: &Object) -> PyResult {
    let parameters = this.parameters(py)?;
    let new = substitute(
        py,
        this.as_object(),
        this.args.as_values(),
        &parameters,
        &Value::unboxed(item),
    )?;
    of(py, Tuple::from_slice(&new).as_slice(), true)
}

fn class_getitem(py: Py, _class: &Type, item: Owned) -> PyResult {
    match item.downcast::<Tuple>() {
        Some(types) => of(py, types.as_slice(), true),
        None => of(py, &[&item], true),
    }
}

fn mro_entries(py: Py, this: &This, _bases: &Value) -> PyResult<()> {
    let text = repr(py, this)?;
    crate::raise!(py, TypeError, "Cannot subclass {}", text.to_rust())
}

impl Class for Union {
    const NAME: &'static str = "typing.Union";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &UNION
    }

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.no_constructor()
            .with_weakrefs()
            .doc("Represent a union type\n\nE.g. for int | str")
            .repr(repr)
            .hash(hash)
            .compare(compare)
            .get_attribute(get_attribute)
            .subscript(subscript)
            .or(or)
            .method("__mro_entries__($self, object, /)", mro_entries)
            .class_method("__class_getitem__($type, object, /)", class_getitem)
            .getter("__args__", |_py, this: &This| this.args.clone())
            .getter("__name__", |_py, _this: &This| "Union")
            .getter("__qualname__", |_py, _this: &This| "Union")
            .getter("__origin__", |_py, _this: &This| {
                UNION.as_object().to_owned()
            })
            .getter("__parameters__", |py, this: &This| this.parameters(py));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.args);
        visitor.field(&self.hashable);
        visitor.field(&self.unhashable);
        visitor.field(&self.parameters);
    }
}

pub(crate) fn define() {
    This::type_object();
}

/// What `isinstance` and `issubclass` look at instead of a union.
pub fn alternatives(class: &Object) -> Option<&Tuple> {
    if class.ty().is(&UNION) {
        class.downcast_exact::<This>().map(|u| &*u.args)
    } else {
        None
    }
}
