//! `property`.

use std::cell::{Cell, RefCell};

use crate::gc::{Trace, Visitor};
use crate::native::{Args, Class, Instance, KwArgs, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

type Part = RefCell<Option<Value>>;

/// A `property`.
#[derive(Default)]
pub struct Property {
    get: Part,
    set: Part,
    delete: Part,
    doc: Part,
    name: Part,
    doc_from_getter: Cell<bool>,
}

#[unsafe(export_name = "PyProperty_Type")]
pub static PROPERTY: StaticType = StaticType::new();

type This = Instance<Property>;

impl Property {
    /// The getter, for the interpreter's inline caches.
    pub fn getter(&self) -> Option<Value> {
        self.get.borrow().clone()
    }
}

/// `None` counts as no function.
fn part(value: Option<&Value>) -> Option<Value> {
    value.filter(|v| !v.is_none()).cloned()
}

fn replace(place: &Part, value: Option<Value>) {
    let old = place.replace(value);
    drop(old);
}

fn init(
    py: Py,
    this: &This,
    get: Option<&Value>,
    set: Option<&Value>,
    delete: Option<&Value>,
    doc: Option<&Value>,
) -> PyResult<()> {
    replace(&this.get, part(get));
    replace(&this.set, part(set));
    replace(&this.delete, part(delete));
    replace(&this.name, None);
    this.doc_from_getter.set(false);
    let mut doc = doc.filter(|d| !d.is_none()).cloned();
    if doc.is_none()
        && let Some(get) = part(get)
        && let Some(found) = protocol::lookup_attr(py, &get, crate::intern!("__doc__"))?
        && !found.is_none()
    {
        doc = Some(found);
        this.doc_from_getter.set(true);
    }
    if this.as_object().is_exact::<This>() {
        replace(&this.doc, doc);
        return Ok(());
    }
    // A subclass keeps its documentation in its own dict, if it can.
    replace(&this.doc, None);
    let target = Value::from(this.to_owned());
    let stored = protocol::set_attr(
        py,
        &target,
        crate::intern!("__doc__"),
        &doc.clone().unwrap_or_else(Value::none),
    );
    if this.doc_from_getter.get() {
        return stored;
    }
    crate::errors::suppress(py, stored, &crate::exceptions::AttributeError).map(drop)
}

/// The property's name: as `__set_name__` gave it, or its getter's.
fn name_of(py: Py, this: &This) -> PyResult<Option<Value>> {
    if let Some(name) = this.name.borrow().clone() {
        return Ok(Some(name));
    }
    match this.get.borrow().clone() {
        Some(get) => protocol::lookup_attr(py, &get, crate::intern!("__name__")),
        None => Ok(None),
    }
}

#[cold]
fn no_function<T>(py: Py, this: &This, instance: &Object, what: &str) -> PyResult<T> {
    let class = Value::from(instance.ty().to_owned());
    let class = protocol::get_attr(py, &class, crate::intern!("__qualname__"))?;
    let class = protocol::repr(py, &class)?;
    match name_of(py, this)? {
        Some(name) => {
            let name = protocol::repr(py, &name)?;
            crate::raise!(
                py,
                AttributeError,
                "property {} of {} object has no {what}",
                name.to_rust(),
                class.to_rust()
            )
        }
        None => crate::raise!(
            py,
            AttributeError,
            "property of {} object has no {what}",
            class.to_rust()
        ),
    }
}

fn descr_get(py: Py, this: &This, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance.filter(|i| !i.is_none()) else {
        return Ok(Value::from(this.to_owned()));
    };
    let get = this.get.borrow().clone();
    match get {
        Some(get) => protocol::call(py, &get, &[Value::from(instance.to_owned())]),
        None => no_function(py, this, instance, "getter"),
    }
}

fn descr_set(py: Py, this: &This, instance: &Object, value: Option<&Object>) -> PyResult<()> {
    let function = if value.is_some() {
        this.set.borrow().clone()
    } else {
        this.delete.borrow().clone()
    };
    let receiver = Value::from(instance.to_owned());
    match (function, value) {
        (Some(set), Some(value)) => {
            protocol::call(py, &set, &[receiver, Value::unboxed(value)]).map(drop)
        }
        (Some(delete), None) => protocol::call(py, &delete, &[receiver]).map(drop),
        (None, Some(_)) => no_function(py, this, instance, "setter"),
        (None, None) => no_function(py, this, instance, "deleter"),
    }
}

/// A copy with one function replaced.
fn copy(
    py: Py,
    this: &This,
    get: Option<&Value>,
    set: Option<&Value>,
    delete: Option<&Value>,
) -> PyResult {
    let or_own = |new: Option<&Value>, own: &Part| {
        part(new)
            .or_else(|| own.borrow().clone())
            .unwrap_or_else(Value::none)
    };
    let getter = or_own(get, &this.get);
    let doc = if this.doc_from_getter.get() && !getter.is_none() {
        Value::none()
    } else {
        this.doc.borrow().clone().unwrap_or_else(Value::none)
    };
    let class = Value::from(this.as_object().ty().to_owned());
    let arguments = [
        getter,
        or_own(set, &this.set),
        or_own(delete, &this.delete),
        doc,
    ];
    let new = protocol::call(py, &class, &arguments)?;
    if let Some(new) = new.downcast::<This>() {
        replace(&new.name, this.name.borrow().clone());
    }
    Ok(new)
}

fn is_abstract(py: Py, this: &This) -> PyResult<bool> {
    for place in [&this.get, &this.set, &this.delete] {
        let Some(function) = place.borrow().clone() else {
            continue;
        };
        if let Some(flag) =
            protocol::lookup_attr(py, &function, crate::intern!("__isabstractmethod__"))?
            && protocol::truth(py, &flag)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Class for Property {
    const NAME: &'static str = "property";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &PROPERTY
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.subclassable()
            .doc("Property attribute.")
            .new_with(
                "property(*args, **kwargs)",
                |py, class: &Type, _a: Args<'_>, _k: KwArgs| {
                    Instance::new_in(py, class, Property::default())
                },
            )
            .init("property(fget=None, fset=None, fdel=None, doc=None)", init)
            .descr_get(descr_get)
            .descr_set(descr_set)
            .method("getter($self, object, /)", |py, this: &This, f: &Value| {
                copy(py, this, Some(f), None, None)
            })
            .method("setter($self, object, /)", |py, this: &This, f: &Value| {
                copy(py, this, None, Some(f), None)
            })
            .method("deleter($self, object, /)", |py, this: &This, f: &Value| {
                copy(py, this, None, None, Some(f))
            })
            .method(
                "__set_name__($self, /, *args)",
                |py, this: &This, args: Args<'_>| match args.0 {
                    [_owner, name] => {
                        replace(&this.name, Some(name.clone()));
                        Ok(())
                    }
                    other => crate::raise!(
                        py,
                        TypeError,
                        "__set_name__() takes 2 positional arguments but {} were given",
                        other.len()
                    ),
                },
            )
            .field("fget", |_py, this: &This| this.get.borrow().clone())
            .field("fset", |_py, this: &This| this.set.borrow().clone())
            .field("fdel", |_py, this: &This| this.delete.borrow().clone())
            .getter("__isabstractmethod__", is_abstract)
            .settable_field(
                "__doc__",
                |_py, this: &This| this.doc.borrow().clone(),
                |_py, this: &This, value: Option<&Object>| {
                    replace(&this.doc, value.map(|v| Value::from(v.to_owned())));
                    Ok(())
                },
            )
            .getset(
                "__name__",
                |py, this: &This| match name_of(py, this)? {
                    Some(name) => Ok(name),
                    None => crate::raise!(
                        py,
                        AttributeError,
                        "'{}' object has no attribute '__name__'",
                        this.as_object().ty().name()
                    ),
                },
                |_py, this: &This, value: Option<&Object>| {
                    replace(&this.name, value.map(|v| Value::from(v.to_owned())));
                    Ok(())
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for place in [&self.get, &self.set, &self.delete, &self.doc, &self.name] {
            place.trace(visitor);
        }
    }

    fn clear(&self) {
        for place in [&self.get, &self.set, &self.delete, &self.doc, &self.name] {
            replace(place, None);
        }
    }
}

pub(crate) fn define() {
    Instance::<Property>::type_object();
}
