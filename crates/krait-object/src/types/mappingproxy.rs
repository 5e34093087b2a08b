//! `mappingproxy`: a read-only view of a mapping, above all of a class's dict.

use std::cell::RefCell;

use krait_abi::*;

use super::dict::Dict;
use super::list::List;
use super::str::Str;
use super::tuple::Tuple;
use super::typeobject::{StaticType, Type};
use crate::gc::Visitor;
use crate::native::{Class, Instance, TypeBuilder, TypeCell};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::value::Value;

#[unsafe(export_name = "PyDictProxy_Type")]
pub static MAPPING_PROXY: StaticType = StaticType::new();

/// A `mappingproxy` object's body; empty only when the collector has cleared it.
pub struct MappingProxy {
    mapping: RefCell<Option<Value>>,
}

type Proxy = Instance<MappingProxy>;

impl MappingProxy {
    fn mapping(&self) -> Value {
        self.mapping.borrow().clone().unwrap_or_else(Value::none)
    }
}

/// A proxy of a mapping.
pub fn proxy_of(py: Py, mapping: Value) -> Owned<Instance<MappingProxy>> {
    Instance::new(
        py,
        MappingProxy {
            mapping: RefCell::new(Some(mapping)),
        },
    )
}

/// The mapping behind a proxy.
pub fn behind(object: &Object) -> Option<Value> {
    object.downcast::<Proxy>().map(|p| p.mapping())
}

fn construct(py: Py, class: &Type, mapping: &Value) -> PyResult<Owned<Proxy>> {
    // SAFETY: slot tables live as long as the type.
    let has_subscript = unsafe { mapping.ty().raw().tp_as_mapping.as_ref() }
        .is_some_and(|m| m.mp_subscript.is_some());
    if !has_subscript
        || mapping.downcast::<List>().is_some()
        || mapping.downcast::<Tuple>().is_some()
    {
        return crate::raise!(
            py,
            TypeError,
            "mappingproxy() argument must be a mapping, not {}",
            mapping.ty().name()
        );
    }
    Instance::new_in(
        py,
        class,
        MappingProxy {
            mapping: RefCell::new(Some(mapping.clone())),
        },
    )
}

fn delegate(py: Py, this: &Proxy, name: &'static Str, values: &[Value]) -> PyResult {
    protocol::call_method(py, &this.mapping(), name, values)
}

fn subscript(py: Py, this: &Proxy, key: &Object) -> PyResult {
    protocol::get_item(py, &this.mapping(), &Value::unboxed(key))
}

fn contains(py: Py, this: &Proxy, key: &Object) -> PyResult<bool> {
    let mapping = this.mapping();
    match mapping.downcast_exact::<Dict>() {
        Some(dict) => dict.contains(py, &Value::unboxed(key)),
        None => protocol::contains(py, &mapping, &Value::unboxed(key)),
    }
}

fn get(py: Py, this: &Proxy, key: &Value, default: Option<&Value>) -> PyResult {
    let default = default.cloned().unwrap_or_else(Value::none);
    delegate(py, this, crate::intern!("get"), &[key.clone(), default])
}

/// `|`: on what is behind the proxies.
fn or(py: Py, a: &Object, b: &Object) -> PyResult {
    let open = |o: &Object| behind(o).unwrap_or_else(|| Value::unboxed(o));
    protocol::number::binary(py, protocol::number::BinaryOp::Or, &open(a), &open(b))
}

fn compare(py: Py, this: &Proxy, other: &Object, op: CompareOp) -> PyResult {
    protocol::rich_compare(py, &this.mapping(), &Value::unboxed(other), op)
}

fn repr(py: Py, this: &Proxy) -> PyResult<String> {
    py.thread()
        .check_native_stack(py, " while getting the repr of an object")?;
    Ok(format!(
        "mappingproxy({})",
        protocol::repr(py, &this.mapping())?.to_rust()
    ))
}

impl Class for MappingProxy {
    const NAME: &'static str = "mappingproxy";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &MAPPING_PROXY
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.doc("Read-only proxy of a mapping.")
            .flags(Py_TPFLAGS_MAPPING)
            .new_with("mappingproxy(mapping)", construct)
            .mapping_len(|py, this: &Proxy| protocol::length(py, &this.mapping()))
            .subscript(subscript)
            .contains(contains)
            .iter(|py, this: &Proxy| protocol::iter(py, &this.mapping()))
            .repr(repr)
            .str(|py, this: &Proxy| protocol::str(py, &this.mapping()))
            .hash(|py, this: &Proxy| protocol::hash(py, &this.mapping()))
            .compare(compare)
            .or(or)
            .inplace_or(|py, this: &Proxy, _other: &Object| -> PyResult {
                crate::raise!(
                    py,
                    TypeError,
                    "'|=' is not supported by {}; use '|' instead",
                    this.as_object().ty().name()
                )
            })
            .method("get($self, key, default=None, /)", get)
            .method("keys($self, /)", |py, this: &Proxy| {
                delegate(py, this, crate::intern!("keys"), &[])
            })
            .method("values($self, /)", |py, this: &Proxy| {
                delegate(py, this, crate::intern!("values"), &[])
            })
            .method("items($self, /)", |py, this: &Proxy| {
                delegate(py, this, crate::intern!("items"), &[])
            })
            .method("copy($self, /)", |py, this: &Proxy| {
                delegate(py, this, crate::intern!("copy"), &[])
            })
            .method("__reversed__($self, /)", |py, this: &Proxy| {
                delegate(py, this, crate::intern!("__reversed__"), &[])
            })
            .class_method(
                "__class_getitem__($type, object, /)",
                |py, class: &Type, item: &Value| {
                    (crate::hooks::get(py).make_generic_alias)(
                        py,
                        class.as_object(),
                        &item.to_object(),
                    )
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.mapping);
    }

    fn clear(&self) {
        drop(self.mapping.take());
    }
}

/// Makes the type.
pub(crate) fn define() {
    Proxy::type_object();
}
