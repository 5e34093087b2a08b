//! `classmethod` and `staticmethod`.

use std::cell::RefCell;

use crate::gc::{Trace, Visitor};
use crate::native::{Args, Class, Instance, KwArgs, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

/// The function in a `classmethod` or `staticmethod`.
#[derive(Default)]
pub struct Wrapped {
    function: RefCell<Option<Value>>,
}

/// `classmethod`.
pub struct ClassMethod(Wrapped);
/// `staticmethod`.
pub struct StaticMethod(Wrapped);

#[unsafe(export_name = "PyClassMethod_Type")]
pub static CLASS_METHOD: StaticType = StaticType::new();
#[unsafe(export_name = "PyStaticMethod_Type")]
pub static STATIC_METHOD: StaticType = StaticType::new();

impl Wrapped {
    pub fn get(&self) -> Option<Value> {
        self.function.borrow().clone()
    }

    fn set(&self, function: &Value) {
        let old = self.function.replace(Some(function.clone()));
        drop(old);
    }

    fn take(&self) {
        let old = self.function.take();
        drop(old);
    }
}

impl ClassMethod {
    pub fn function(&self) -> Option<Value> {
        self.0.get()
    }
}

impl StaticMethod {
    pub fn function(&self) -> Option<Value> {
        self.0.get()
    }
}

/// A `staticmethod` of a function.
pub fn static_method_of(function: Value) -> Value {
    // SAFETY: types are built with the GIL held.
    let py = unsafe { Py::assume() };
    let body = StaticMethod(Wrapped {
        function: RefCell::new(Some(function)),
    });
    // Not by the static: the first types have static methods before this one is defined.
    Value::from(Instance::new(py, body))
}

/// A `classmethod` of a function.
pub fn class_method_of(py: Py, function: Value) -> Value {
    Value::from(Instance::new(
        py,
        ClassMethod(Wrapped {
            function: RefCell::new(Some(function)),
        }),
    ))
}

/// Copies what identifies a function to its wrapper.
fn copy_attributes(py: Py, wrapper: &Object, function: &Value) -> PyResult<()> {
    let wrapper = Value::from(wrapper.to_owned());
    let names = [
        crate::intern!("__module__"),
        crate::intern!("__name__"),
        crate::intern!("__qualname__"),
        crate::intern!("__doc__"),
    ];
    for name in names {
        if let Some(value) = protocol::lookup_attr(py, function, name)? {
            protocol::set_attr(py, &wrapper, name, &value)?;
        }
    }
    Ok(())
}

fn is_abstract(py: Py, wrapped: &Wrapped) -> PyResult<bool> {
    let Some(function) = wrapped.get() else {
        return Ok(false);
    };
    match protocol::lookup_attr(py, &function, crate::intern!("__isabstractmethod__"))? {
        Some(flag) => protocol::truth(py, &flag),
        None => Ok(false),
    }
}

fn uninitialized(py: Py, what: &str) -> PyResult {
    crate::raise!(py, RuntimeError, "uninitialized {what} object")
}

/// A lazily forwarded attribute: the function's own, kept in the wrapper's dict once set.
fn forwarded(py: Py, object: &Object, wrapped: &Wrapped, name: &'static Str) -> PyResult {
    if let Some(known) = protocol::attr::instance_attribute(py, object, name) {
        return Ok(known);
    }
    let function = wrapped.get().unwrap_or_else(Value::none);
    let value = protocol::get_attr(py, &function, name)?;
    store(py, object, name, Some(&value))?;
    Ok(value)
}

fn store(py: Py, object: &Object, name: &'static Str, value: Option<&Value>) -> PyResult<()> {
    let Some(dict) = protocol::attr::instance_dict(py, object) else {
        return Ok(());
    };
    let key = Value::from(name.to_owned_str());
    match value {
        Some(value) => dict.set_value(py, &key, value.clone()),
        None => match dict.remove(py, &key)? {
            Some(_) => Ok(()),
            None => crate::raise!(
                py,
                AttributeError,
                "'{}' object has no attribute '{}'",
                object.ty().name(),
                name.to_rust()
            ),
        },
    }
}

macro_rules! shared {
    ($b:expr, $T:ty, $what:literal) => {
        $b.subclassable()
            .with_dict()
            .with_weakrefs()
            .new_with(
                concat!($what, "(*args, **kwargs)"),
                |py, class: &Type, _a: Args<'_>, _k: KwArgs| {
                    Instance::new_in(py, class, <$T>::empty())
                },
            )
            .init(
                concat!($what, "(function, /)"),
                |py, this: &Instance<$T>, function: &Value| {
                    this.0.set(function);
                    copy_attributes(py, this.as_object(), function)
                },
            )
            .field("__func__", |_py, this: &Instance<$T>| this.0.get())
            .field("__wrapped__", |_py, this: &Instance<$T>| this.0.get())
            .getter("__isabstractmethod__", |py, this: &Instance<$T>| {
                is_abstract(py, &this.0)
            })
            .getset(
                "__annotations__",
                |py, this: &Instance<$T>| {
                    forwarded(
                        py,
                        this.as_object(),
                        &this.0,
                        crate::intern!("__annotations__"),
                    )
                },
                |py, this: &Instance<$T>, value: Option<&Object>| {
                    let value = value.map(|v| Value::from(v.to_owned()));
                    store(
                        py,
                        this.as_object(),
                        crate::intern!("__annotations__"),
                        value.as_ref(),
                    )
                },
            )
            .getset(
                "__annotate__",
                |py, this: &Instance<$T>| {
                    forwarded(
                        py,
                        this.as_object(),
                        &this.0,
                        crate::intern!("__annotate__"),
                    )
                },
                |py, this: &Instance<$T>, value: Option<&Object>| {
                    let value = value.map(|v| Value::from(v.to_owned()));
                    store(
                        py,
                        this.as_object(),
                        crate::intern!("__annotate__"),
                        value.as_ref(),
                    )
                },
            )
            .class_method(
                "__class_getitem__($type, object, /)",
                |py, class: &Type, item: &Value| {
                    (crate::hooks::get(py).make_generic_alias)(
                        py,
                        class.as_object(),
                        &item.to_object(),
                    )
                },
            )
            .repr(|py, this: &Instance<$T>| -> PyResult<String> {
                let function = this.0.get().unwrap_or_else(Value::none);
                Ok(format!(
                    concat!("<", $what, "({})>"),
                    protocol::repr(py, &function)?.to_rust()
                ))
            })
    };
}

impl ClassMethod {
    fn empty() -> ClassMethod {
        ClassMethod(Wrapped::default())
    }
}

impl StaticMethod {
    fn empty() -> StaticMethod {
        StaticMethod(Wrapped::default())
    }
}

impl Class for ClassMethod {
    const NAME: &'static str = "classmethod";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &CLASS_METHOD
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        shared!(b, ClassMethod, "classmethod").descr_get(
            |py,
             this: &Instance<ClassMethod>,
             instance: Option<&Object>,
             owner: Option<&Object>| {
                let Some(function) = this.0.get() else {
                    return uninitialized(py, "classmethod");
                };
                let class = match (owner, instance) {
                    (Some(owner), _) => owner.to_owned(),
                    (None, Some(instance)) => instance.ty().as_object().to_owned(),
                    (None, None) => {
                        return crate::raise!(py, TypeError, "__get__(None, None) is invalid");
                    }
                };
                Ok(crate::types::method::bound(
                    py,
                    &function,
                    Value::from(class),
                ))
            },
        );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.0.function.trace(visitor);
    }

    fn clear(&self) {
        self.0.take();
    }
}

impl Class for StaticMethod {
    const NAME: &'static str = "staticmethod";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &STATIC_METHOD
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        shared!(b, StaticMethod, "staticmethod")
            .descr_get(
                |py,
                 this: &Instance<StaticMethod>,
                 _instance: Option<&Object>,
                 _owner: Option<&Object>| {
                    this.0
                        .get()
                        .map_or_else(|| uninitialized(py, "staticmethod"), Ok)
                },
            )
            .call(
                "__call__($self, /, *args, **kwargs)",
                |py, this: &Instance<StaticMethod>, args: Args<'_>, kwargs: KwArgs| {
                    let Some(function) = this.0.get() else {
                        return uninitialized(py, "staticmethod");
                    };
                    protocol::call::call_tuple(
                        py,
                        &function,
                        &Tuple::from_slice(args.0),
                        kwargs.0.as_deref(),
                    )
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.0.function.trace(visitor);
    }

    fn clear(&self) {
        self.0.take();
    }
}

pub(crate) fn define() {
    Instance::<ClassMethod>::type_object();
    Instance::<StaticMethod>::type_object();
}
