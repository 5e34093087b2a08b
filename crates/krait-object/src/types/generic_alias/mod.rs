//! `types.GenericAlias`: a class with type arguments (`list[int]`, PEP 585).
//!
//! It behaves as its origin but for the attributes in `OWN`: calling it makes an
//! instance of the origin, other attributes are the origin's. `substitute` holds what
//! unions and type aliases share with it.

use std::cell::OnceCell;

use krait_text::TextWriter;

use crate::gc::Visitor;
use crate::native::{Args, Class, Instance, KwArgs, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::list::List;
use crate::types::sequence::not_implemented;
use crate::types::str::{Str, StrBuilder};
use crate::types::tuple::{TUPLE, Tuple};
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

mod iterator;
mod names;
mod substitute;

pub use names::{push_argument, push_type};
pub use substitute::{parameters_of, substitute, unpack_args};

/// A class and its type arguments.
pub struct GenericAlias {
    pub origin: Owned,
    pub args: Owned<Tuple>,
    /// Whether it stands for its arguments one by one (`*tuple[int, str]`).
    pub starred: bool,
    parameters: OnceCell<Owned<Tuple>>,
}

#[unsafe(export_name = "Py_GenericAliasType")]
pub static GENERIC_ALIAS: StaticType = StaticType::new();

type This = Instance<GenericAlias>;

/// Attributes of the alias itself; all others are the origin's.
const OWN: [&str; 12] = [
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__bases__",
    "__copy__",
    "__deepcopy__",
];
/// How many of them `dir()` lists.
const LISTED: usize = 9;

impl GenericAlias {
    fn body(origin: Owned, args: Owned<Tuple>, starred: bool) -> GenericAlias {
        GenericAlias {
            origin,
            args,
            starred,
            parameters: OnceCell::new(),
        }
    }

    pub fn make(py: Py, origin: Owned, args: Owned<Tuple>, starred: bool) -> Owned<This> {
        Instance::new(py, GenericAlias::body(origin, args, starred))
    }

    /// The type parameters among the arguments.
    pub fn parameters(&self, py: Py) -> PyResult<Owned<Tuple>> {
        if let Some(known) = self.parameters.get() {
            return Ok(known.clone());
        }
        let found = parameters_of(py, self.args.as_values())?;
        Ok(self.parameters.get_or_init(|| found).clone())
    }
}

/// One argument stands for a tuple of one.
fn as_tuple(item: &Object) -> Owned<Tuple> {
    match item.downcast::<Tuple>() {
        Some(tuple) => tuple.to_owned(),
        None => Tuple::from_objects([item]),
    }
}

/// `origin[item]` (`Py_GenericAlias`).
pub fn generic_alias(py: Py, origin: &Object, item: &Object) -> PyResult {
    Ok(Value::from(GenericAlias::make(
        py,
        origin.to_owned(),
        as_tuple(item),
        false,
    )))
}

fn repr(py: Py, this: &This) -> PyResult<Owned<Str>> {
    py.thread()
        .check_native_stack(py, " while getting the repr of an object")?;
    let mut out = StrBuilder::new();
    if this.starred {
        out.push_ascii("*");
    }
    push_type(py, &mut out, &this.origin)?;
    out.push_ascii("[");
    for (i, arg) in this.args.iter().enumerate() {
        if i > 0 {
            out.push_ascii(", ");
        }
        push_argument(py, &mut out, arg)?;
    }
    if this.args.is_empty() {
        out.push_ascii("()");
    }
    out.push_ascii("]");
    Ok(out.finish())
}

fn hash(py: Py, this: &This) -> PyResult<i64> {
    let origin = protocol::compare::hash_object(py, &this.origin)?;
    Ok(origin ^ protocol::compare::hash_object(py, this.args.as_object())?)
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other
        .downcast::<This>()
        .filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne))
    else {
        return Ok(not_implemented());
    };
    let equal = this.starred == other.starred
        && protocol::compare::equal_objects(py, &this.origin, &other.origin)?
        && protocol::compare::equal_objects(py, this.args.as_object(), other.args.as_object())?;
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
    if !OWN.iter().any(|own| name.eq_str(own)) {
        return protocol::attr::get_attr_object(py, &this.origin, name);
    }
    match protocol::attr::generic_lookup(py, this.as_object(), name)? {
        Some(value) => Ok(value),
        None => protocol::attr::no_attribute(py, this.as_object(), name),
    }
}

/// Makes an instance of the origin, and tells it what it was made from.
fn call(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    let origin = Value::from(this.origin.clone());
    let made = match &kwargs.0 {
        None => protocol::call(py, &origin, args.0)?,
        Some(kwargs) => {
            protocol::call::call_tuple(py, &origin, &Tuple::from_slice(args.0), Some(kwargs))?
        }
    };
    let alias = Value::from(this.to_owned());
    let set = protocol::set_attr(py, &made, crate::intern!("__orig_class__"), &alias);
    if set.is_err()
        && crate::errors::take_if(py, &crate::exceptions::AttributeError).is_none()
        && crate::errors::take_if(py, &crate::exceptions::TypeError).is_none()
    {
        set?;
    }
    Ok(made)
}

fn subscript(py: Py, this: &This, item: &Object) -> PyResult {
    let parameters = this.parameters(py)?;
    let args = this.args.as_values();
    let new = substitute(
        py,
        this.as_object(),
        args,
        &parameters,
        &Value::unboxed(item),
    )?;
    Ok(Value::from(GenericAlias::make(
        py,
        this.origin.clone(),
        Tuple::from_slice(&new),
        this.starred,
    )))
}

fn reduce(py: Py, this: &This) -> PyResult {
    if this.starred {
        let builtins = crate::hooks::import_module(py, "builtins")?;
        let next = protocol::get_attr_str(py, &builtins, "next")?;
        let plain = GenericAlias::make(py, this.origin.clone(), this.args.clone(), false);
        let iterator = Value::from(iterator::AliasIter::over(py, &plain));
        return Ok(Value::from(Tuple::from_values([
            next,
            Value::from(Tuple::from_values([iterator])),
        ])));
    }
    let class = Value::from(this.as_object().ty().to_owned());
    let parts = [
        Value::from(this.origin.clone()),
        Value::from(this.args.clone()),
    ];
    Ok(Value::from(Tuple::from_values([
        class,
        Value::from(Tuple::from_values(parts)),
    ])))
}

fn dir(py: Py, this: &This) -> PyResult {
    let builtins = crate::hooks::import_module(py, "builtins")?;
    let dir = protocol::get_attr_str(py, &builtins, "dir")?;
    let names = protocol::call(py, &dir, &[Value::from(this.origin.clone())])?;
    let Some(list) = names.downcast::<List>() else {
        return Ok(names);
    };
    for own in &OWN[..LISTED] {
        let name = Value::from(Str::intern(own));
        if !protocol::contains(py, &names, &name)? {
            list.push_value(name);
        }
    }
    Ok(names)
}

fn refuse_check<T>(py: Py, function: &str) -> PyResult<T> {
    crate::raise!(
        py,
        TypeError,
        "{function}() argument 2 cannot be a parameterized generic"
    )
}

fn new(py: Py, class: &Type, origin: Owned, args: Owned) -> PyResult<Owned<This>> {
    Instance::new_in(
        py,
        class,
        GenericAlias::body(origin, as_tuple(&args), false),
    )
}

const DOC: &str = "Represent a PEP 585 generic type\n\n\
    For example, for t = list[int], t.__origin__ is list and t.__args__\nis (int,).";

impl Class for GenericAlias {
    const NAME: &'static str = "types.GenericAlias";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &GENERIC_ALIAS
    }

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.subclassable()
            .with_weakrefs()
            .doc(DOC)
            .new_with("GenericAlias(origin, args, /)", new)
            .repr(repr)
            .hash(hash)
            .compare(compare)
            .get_attribute(get_attribute)
            .call("GenericAlias(*args, **kwargs)", call)
            .iter(|py, this: &This| iterator::AliasIter::over(py, this))
            .subscript(subscript)
            .or(super::union::or)
            .method(
                "__mro_entries__($self, object, /)",
                |_py, this: &This, _bases: &Value| Tuple::from_owned([this.origin.clone()]),
            )
            .method(
                "__instancecheck__($self, object, /)",
                |py, _this: &This, _value: &Value| refuse_check::<()>(py, "isinstance"),
            )
            .method(
                "__subclasscheck__($self, object, /)",
                |py, _this: &This, _value: &Value| refuse_check::<()>(py, "issubclass"),
            )
            .method("__reduce__($self, /)", reduce)
            .method("__dir__($self, /)", dir)
            .field("__origin__", |_py, this: &This| this.origin.clone())
            .field("__args__", |_py, this: &This| this.args.clone())
            .field("__unpacked__", |_py, this: &This| this.starred)
            .getter("__parameters__", |py, this: &This| this.parameters(py))
            .getter("__typing_unpacked_tuple_args__", |_py, this: &This| {
                (this.starred && this.origin.is(TUPLE.as_object()))
                    .then(|| Value::from(this.args.clone()))
            });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.origin);
        visitor.field(&self.args);
        visitor.field(&self.parameters);
    }
}

pub(crate) fn define() {
    This::type_object();
}
