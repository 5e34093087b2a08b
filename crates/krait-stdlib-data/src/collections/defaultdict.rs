//! `collections.defaultdict`.

use std::cell::RefCell;

use krait_object::gc::Visitor;
use krait_object::native::{Args, DictClass, DictInstance, KwArgs, TypeBuilder};
use krait_object::protocol::{self, repr::ReprGuard};
use krait_object::types::sequence;
use krait_object::{
    Dict, Layout, Object, Py, PyResult, Tuple, Value, class_cell, errors, intern, raise,
};

/// What a `defaultdict` has beside the dict.
#[derive(Default)]
pub struct DefaultDict {
    factory: RefCell<Option<Value>>,
}

pub type This = DictInstance<DefaultDict>;

impl DefaultDict {
    fn factory(&self) -> Value {
        self.factory.borrow().clone().unwrap_or_else(Value::none)
    }

    fn set_factory(&self, factory: Option<Value>) {
        let old = self.factory.replace(factory.filter(|f| !f.is_none()));
        drop(old);
    }
}

fn init(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let (factory, rest) = match args.0.split_first() {
        Some((first, rest)) => (Some(first), rest),
        None => (None, args.0),
    };
    if factory.is_some_and(|f| !f.is_none() && !protocol::call::is_callable(f)) {
        return raise!(py, TypeError, "first argument must be callable or None");
    }
    this.set_factory(factory.cloned());
    match rest {
        [] => {}
        [one] => this.dict().update_from(py, one)?,
        more => {
            return raise!(
                py,
                TypeError,
                "dict expected at most 1 argument, got {}",
                more.len()
            );
        }
    }
    match kwargs.0 {
        Some(kwargs) => this.dict().update(py, &Value::from(kwargs)),
        None => Ok(()),
    }
}

/// Makes, stores and gives the value of a key that is not there.
fn missing(py: Py, this: &This, key: &Value) -> PyResult {
    let Some(factory) = this.factory.borrow().clone() else {
        return errors::key_error(py, key);
    };
    let value = protocol::call(py, &factory, &[])?;
    // The factory may have set the key already.
    this.dict().set_default(py, key, || value)
}

fn subscript(py: Py, this: &This, key: &Object) -> PyResult {
    let key = Value::unboxed(key);
    if let Some(value) = this.dict().get(py, &key)? {
        return Ok(value);
    }
    if this.as_object().is_exact::<This>() {
        return missing(py, this, &key);
    }
    let found = protocol::call_special(
        py,
        this.as_object(),
        intern!("__missing__"),
        std::slice::from_ref(&key),
    )?;
    match found {
        Some(value) => Ok(value),
        None => errors::key_error(py, &key),
    }
}

fn copy(py: Py, this: &This) -> PyResult {
    let class = Value::from(this.as_object().ty().to_owned());
    protocol::call(py, &class, &[this.factory(), Value::from(this.to_owned())])
}

fn reduce(py: Py, this: &This) -> PyResult<(Value, Value, Value, Value, Value)> {
    let class = Value::from(this.as_object().ty().to_owned());
    let arguments = match this.factory.borrow().clone() {
        Some(factory) => Tuple::from_values([factory]),
        None => Tuple::empty(),
    };
    let items = protocol::call_method(py, &Value::from(this.to_owned()), intern!("items"), &[])?;
    let items = Value::from(protocol::iter(py, &items)?);
    Ok((
        class,
        Value::from(arguments),
        Value::none(),
        Value::none(),
        items,
    ))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let dict = this.dict().repr(py)?;
    let factory = this.factory();
    let factory = match ReprGuard::enter(py, factory.to_object().as_object()) {
        Some(_guard) => protocol::repr(py, &factory)?.to_rust().into_owned(),
        None => "...".to_string(),
    };
    Ok(format!(
        "{}({factory}, {})",
        this.as_object().ty().short_name(),
        dict.to_rust()
    ))
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    let own = a.downcast::<This>().or_else(|| b.downcast::<This>());
    let (Some(own), Some(_), Some(_)) = (own, a.downcast::<Dict>(), b.downcast::<Dict>()) else {
        return Ok(sequence::not_implemented());
    };
    let class = Value::from(own.as_object().ty().to_owned());
    let new = protocol::call(py, &class, &[own.factory(), Value::from(a.to_owned())])?;
    if let Some(dict) = new.downcast::<Dict>() {
        dict.update(py, &Value::from(b.to_owned()))?;
    }
    Ok(new)
}

impl DictClass for DefaultDict {
    const NAME: &'static str = "collections.defaultdict";
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.doc(DOC)
            .init("__init__($self, /, *args, **kwargs)", init)
            .subscript(subscript)
            .assign_subscript(
                |py: Py, this: &This, key: &Object, value: Option<&Object>| {
                    let key = Value::unboxed(key);
                    match value {
                        Some(value) => this.dict().set_value(py, &key, Value::unboxed(value)),
                        None => this.dict().del_item(py, &key),
                    }
                },
            )
            .mapping_len(|_py: Py, this: &This| Ok(this.dict().len()))
            .repr(repr)
            .or(or)
            .method_doc("__missing__($self, object, /)", MISSING_DOC, missing)
            .method_doc("copy($self, /)", "D.copy() -> a shallow copy of D.", copy)
            .method_doc(
                "__copy__($self, /)",
                "D.copy() -> a shallow copy of D.",
                copy,
            )
            .method_doc(
                "__reduce__($self, /)",
                "Return state information for pickling.",
                reduce,
            )
            .settable_field(
                "default_factory",
                |_py: Py, this: &This| this.factory(),
                |_py: Py, this: &This, value: Option<&Object>| {
                    this.set_factory(value.map(Value::unboxed));
                    Ok(())
                },
            )
            .class_method(
                "__class_getitem__($type, object, /)",
                sequence::class_getitem,
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.factory);
    }

    fn clear(&self) {
        self.set_factory(None);
    }
}

const DOC: &str = "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n\
The default factory is called without arguments to produce\n\
a new value when a key is not present, in __getitem__ only.\n\
A defaultdict compares equal to a dict with the same items.\n\
All remaining arguments are treated the same as if they were\n\
passed to the dict constructor, including keyword arguments.";

const MISSING_DOC: &str = "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  \
if self.default_factory is None: raise KeyError((key,))\n  \
self[key] = value = self.default_factory()\n  return value\n";
