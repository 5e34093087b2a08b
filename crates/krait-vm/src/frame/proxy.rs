//! `FrameLocalsProxy` (PEP 667): the variables of a function's frame as a mapping that
//! writes through.

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::object::{Layout, Object, Owned};
use krait_object::protocol::{self, CompareOp};
use krait_object::py::{Py, PyResult};
use krait_object::types::dict::Dict;
use krait_object::types::list::List;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;
use krait_object::{raise, singletons};

use super::locals;
use super::object::FrameObject;

/// The proxy's body.
pub struct Proxy {
    frame: Owned<FrameObject>,
}

type ProxyObject = Instance<Proxy>;

/// Makes the type ready.
pub fn define_type() {
    <Instance<Proxy> as krait_object::Builtin>::type_object();
}

impl Class for Proxy {
    const NAME: &'static str = "FrameLocalsProxy";
    const GC: bool = true;
    fn cell() -> &'static krait_object::native::TypeCell {
        &krait_object::types::exported::FRAME_LOCALS_PROXY
    }
    fn define(b: &mut TypeBuilder<ProxyObject>) {
        define(b);
    }
    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.frame);
    }
}

/// `f_locals`.
pub fn f_locals(py: Py, frame: &FrameObject) -> Value {
    // SAFETY: a frame object's record lives as long as the object.
    match unsafe { locals::namespace(frame.frame()) } {
        Some(mapping) => mapping,
        None => Value::from(ProxyObject::new(
            py,
            Proxy {
                frame: frame.to_owned(),
            },
        )),
    }
}

impl Proxy {
    /// The register of a variable. Keys are compared as a dict does.
    fn register(&self, py: Py, key: &Object) -> PyResult<Option<u16>> {
        if let Some(name) = key.downcast_exact::<Str>() {
            // SAFETY: a frame object's record lives as long as the object.
            return Ok(unsafe { locals::find(self.frame.frame(), name) });
        }
        let key = Value::unboxed(key);
        let hash = protocol::hash(py, &key)?;
        let mut found: Option<&Owned<Str>> = None;
        for name in self.frame.code().locals() {
            if name.hash() == hash && protocol::equal(py, &Value::from(name.clone()), &key)? {
                found = Some(name);
                break;
            }
        }
        // SAFETY: as above.
        Ok(found.and_then(|name| unsafe { locals::find(self.frame.frame(), name) }))
    }

    fn get(&self, py: Py, key: &Object) -> PyResult<Option<Value>> {
        if let Some(register) = self.register(py, key)? {
            // SAFETY: as above.
            if let Some(value) = unsafe { locals::read(self.frame.frame(), register) } {
                return Ok(Some(value));
            }
        }
        let extra = self.frame.extra_locals.borrow().clone();
        match extra {
            Some(extra) => extra.get(py, &Value::unboxed(key)),
            None => Ok(None),
        }
    }

    fn set(&self, py: Py, key: &Object, value: Value) -> PyResult<()> {
        if let Some(register) = self.register(py, key)? {
            // SAFETY: a frame object's record lives as long as the object.
            unsafe { locals::write(self.frame.frame(), register, Some(value)) };
            return Ok(());
        }
        let extra = self
            .frame
            .extra_locals
            .borrow_mut()
            .get_or_insert_with(Dict::new)
            .clone();
        extra.set_value(py, &Value::unboxed(key), value)
    }

    fn items(&self) -> Vec<(Value, Value)> {
        // SAFETY: a frame object's record lives as long as the object.
        let own = unsafe { locals::items(self.frame.frame()) };
        let mut all: Vec<_> = own.into_iter().map(|(n, v)| (Value::from(n), v)).collect();
        if let Some(extra) = self.frame.extra_locals.borrow().as_ref() {
            all.extend(extra.to_vec());
        }
        all
    }

    fn to_dict(&self, py: Py) -> PyResult<Owned<Dict>> {
        let dict = Dict::new();
        for (name, value) in self.items() {
            dict.set_value(py, &name, value)?;
        }
        Ok(dict)
    }
}

fn list_of(items: impl IntoIterator<Item = Value>) -> Owned<List> {
    List::from_values(items)
}

fn subscript(py: Py, this: &ProxyObject, key: &Object) -> PyResult {
    match this.get(py, key)? {
        Some(value) => Ok(value),
        None => {
            let name = protocol::repr(py, &Value::unboxed(key))?;
            raise!(
                py,
                KeyError,
                "local variable '{}' is not defined",
                name.to_rust()
            )
        }
    }
}

fn assign(py: Py, this: &ProxyObject, key: &Object, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => this.set(py, key, Value::unboxed(value)),
        None => {
            if this.register(py, key)?.is_some() {
                return raise!(
                    py,
                    ValueError,
                    "cannot remove local variables from FrameLocalsProxy"
                );
            }
            let extra = this.frame.extra_locals.borrow().clone();
            let key = Value::unboxed(key);
            match extra {
                Some(extra) if extra.remove(py, &key)?.is_some() => Ok(()),
                _ => krait_object::errors::key_error(py, &key),
            }
        }
    }
}

fn update(py: Py, this: &ProxyObject, other: &Value) -> PyResult<()> {
    if other.downcast::<Dict>().is_none() && other.downcast::<ProxyObject>().is_none() {
        return raise!(
            py,
            TypeError,
            "update() argument must be dict or another FrameLocalsProxy"
        );
    }
    let keys = protocol::call_method_str(py, other, "keys", &[])?;
    for key in protocol::iter::collect(py, &keys)? {
        let value = protocol::get_item(py, other, &key)?;
        this.set(py, &key.to_object(), value)?;
    }
    Ok(())
}

fn get(py: Py, this: &ProxyObject, key: &Value, default: Option<&Value>) -> PyResult {
    let found = this.get(py, &key.to_object())?;
    Ok(found
        .or_else(|| default.cloned())
        .unwrap_or_else(Value::none))
}

fn set_default(py: Py, this: &ProxyObject, key: &Value, default: Option<&Value>) -> PyResult {
    let object = key.to_object();
    if let Some(value) = this.get(py, &object)? {
        return Ok(value);
    }
    let value = default.cloned().unwrap_or_else(Value::none);
    this.set(py, &object, value.clone())?;
    Ok(value)
}

fn pop(py: Py, this: &ProxyObject, key: &Value, default: Option<&Value>) -> PyResult {
    let object = key.to_object();
    if this.register(py, &object)?.is_some() {
        return raise!(
            py,
            ValueError,
            "cannot remove local variables from FrameLocalsProxy"
        );
    }
    let extra = this.frame.extra_locals.borrow().clone();
    let found = match extra {
        Some(extra) => extra.remove(py, key)?,
        None => None,
    };
    match found.or_else(|| default.cloned()) {
        Some(value) => Ok(value),
        None => krait_object::errors::key_error(py, key),
    }
}

fn compare(py: Py, this: &ProxyObject, other: &Object, op: CompareOp) -> PyResult {
    let equal = match other.downcast_exact::<ProxyObject>() {
        Some(other) => std::ptr::eq(&*this.frame, &*other.frame),
        None if other.downcast::<Dict>().is_some() => {
            let own = Value::from(this.to_dict(py)?);
            protocol::equal(py, &own, &Value::from(other.to_owned()))?
        }
        None => return Ok(Value::from_static(singletons::not_implemented())),
    };
    Ok(match op {
        CompareOp::Eq => Value::bool(equal),
        CompareOp::Ne => Value::bool(!equal),
        _ => Value::from_static(singletons::not_implemented()),
    })
}

fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    let mapping = |o: &Object| -> PyResult<Option<Owned<Dict>>> {
        if let Some(proxy) = o.downcast_exact::<ProxyObject>() {
            return proxy.to_dict(py).map(Some);
        }
        Ok(o.downcast::<Dict>().map(Layout::to_owned))
    };
    let (Some(a), Some(b)) = (mapping(a)?, mapping(b)?) else {
        return Ok(Value::from_static(singletons::not_implemented()));
    };
    let result = Dict::new();
    for (key, value) in a.to_vec().into_iter().chain(b.to_vec()) {
        result.set_value(py, &key, value)?;
    }
    Ok(Value::from(result))
}

fn new(py: Py, _class: &Type, frame: &Value) -> PyResult<Owned<ProxyObject>> {
    match frame.downcast_exact::<FrameObject>() {
        Some(frame) => Ok(ProxyObject::new(
            py,
            Proxy {
                frame: frame.to_owned(),
            },
        )),
        None => raise!(py, TypeError, "expect frame, not {}", frame.ty().name()),
    }
}

fn repr(py: Py, this: &ProxyObject) -> PyResult<Owned<Str>> {
    match protocol::repr::ReprGuard::enter(py, this.as_object()) {
        Some(_guard) => protocol::repr(py, &Value::from(this.to_dict(py)?)),
        None => Ok(Str::new("{...}")),
    }
}

fn iterate(py: Py, values: Owned<List>) -> PyResult {
    protocol::iter(py, &Value::from(values)).map(Value::from)
}

fn define(b: &mut TypeBuilder<ProxyObject>) {
    b.flags(krait_abi::Py_TPFLAGS_MAPPING)
        .new_with("FrameLocalsProxy(frame, /)", new)
        .repr(repr)
        .compare(compare)
        .unhashable()
        .or(or)
        .inplace_or(|py, this: &ProxyObject, other: &Object| -> PyResult {
            update(py, this, &Value::from(other.to_owned()))?;
            Ok(Value::from(this.to_owned()))
        })
        .mapping_len(|_py, this: &ProxyObject| Ok(this.items().len()))
        .subscript(subscript)
        .assign_subscript(assign)
        .contains(|py, this: &ProxyObject, key| Ok(this.get(py, key)?.is_some()))
        .iter(|py, this: &ProxyObject| iterate(py, list_of(this.items().into_iter().map(|i| i.0))))
        .method("keys($self, /)", |_py, this: &ProxyObject| {
            list_of(this.items().into_iter().map(|i| i.0))
        })
        .method("values($self, /)", |_py, this: &ProxyObject| {
            list_of(this.items().into_iter().map(|i| i.1))
        })
        .method("items($self, /)", |_py, this: &ProxyObject| {
            list_of(
                this.items()
                    .into_iter()
                    .map(|(k, v)| Value::from(Tuple::from_values([k, v]))),
            )
        })
        .method("__reversed__($self, /)", |_py, this: &ProxyObject| {
            list_of(this.items().into_iter().rev().map(|i| i.0))
        })
        .method("copy($self, /)", |py, this: &ProxyObject| this.to_dict(py))
        .method("update($self, other, /)", update)
        .method("get($self, key, default=None, /)", get)
        .method("setdefault($self, key, default=None, /)", set_default)
        .method("pop($self, key, default=<unrepresentable>, /)", pop);
}
