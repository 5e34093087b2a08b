//! `object.__reduce__`, `__reduce_ex__`, `__getstate__`: the default of pickling and
//! copying ("Pickling Class Instances" in the documentation of `pickle`).

use krait_abi::*;

use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::protocol::call::is_native_def;
use crate::py::{Py, PyResult};
use crate::types::attributes;
use crate::types::descriptor::NativeFunctionObject;
use crate::types::dict::Dict;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{OBJECT, Type};
use crate::value::Value;

fn copyreg(py: Py, name: &'static Str) -> PyResult {
    let module = crate::hooks::import_module(py, "copyreg")?;
    protocol::get_attr(py, &module, name)
}

fn reduce(py: Py, this: &Object) -> PyResult {
    common_reduce(py, this, 0)
}

/// A class's own `__reduce__` goes first.
fn reduce_ex(py: Py, this: &Object, protocol: i32) -> PyResult {
    let name = crate::intern!("__reduce__");
    let value = Value::from(this.to_owned());
    let (own, default) = (
        this.ty().lookup(py, name),
        OBJECT.dict().get_str_key(py, name),
    );
    let class_attribute = protocol::get_attr(py, &Value::from(this.ty().to_owned()), name)?;
    let overridden = match (&own, &default) {
        (Some(own), Some(default)) => !own.is(default) || !class_attribute.is(default),
        _ => false,
    };
    if overridden {
        let method = protocol::get_attr(py, &value, name)?;
        return protocol::call(py, &method, &[]);
    }
    common_reduce(py, this, protocol)
}

fn common_reduce(py: Py, this: &Object, version: i32) -> PyResult {
    if version >= 2 {
        return reduce_newobj(py, this);
    }
    let function = copyreg(py, crate::intern!("_reduce_ex"))?;
    protocol::call(
        py,
        &function,
        &[Value::from(this.to_owned()), Value::int(version.into())],
    )
}

fn cannot_pickle<T>(py: Py, ty: &Type) -> PyResult<T> {
    crate::raise!(py, TypeError, "cannot pickle '{}' object", ty.name())
}

/// Protocol 2 and above: `copyreg.__newobj__` with the class and its arguments.
fn reduce_newobj(py: Py, this: &Object) -> PyResult {
    let ty = this.ty();
    if ty.raw().tp_new.is_none() {
        return cannot_pickle(py, ty);
    }
    let class = Value::from(ty.to_owned());
    let arguments = new_arguments(py, this)?;
    let list = this.downcast::<List>().is_some();
    let dict = this.downcast::<Dict>().is_some();
    let required = arguments.is_none() && !list && !dict;
    let (function, args) = match arguments {
        Some((args, Some(kwargs))) if !kwargs.is_empty() => {
            let args = [class, Value::from(args), Value::from(kwargs)];
            (
                copyreg(py, crate::intern!("__newobj_ex__"))?,
                Tuple::from_values(args),
            )
        }
        other => {
            let mut all = vec![class];
            all.extend(
                other
                    .iter()
                    .flat_map(|(args, _)| args.as_values().iter().cloned()),
            );
            (
                copyreg(py, crate::intern!("__newobj__"))?,
                Tuple::from_values(all),
            )
        }
    };
    let state = state_of(py, this, required)?;
    let value = Value::from(this.to_owned());
    let list_items = if list {
        Value::from(protocol::iter(py, &value)?)
    } else {
        Value::none()
    };
    let dict_items = if dict {
        let items = protocol::call_method(py, &value, crate::intern!("items"), &[])?;
        Value::from(protocol::iter(py, &items)?)
    } else {
        Value::none()
    };
    Ok(Value::from(Tuple::from_values([
        function,
        Value::from(args),
        state,
        list_items,
        dict_items,
    ])))
}

type Arguments = (Owned<Tuple>, Option<Owned<Dict>>);

/// What `__getnewargs_ex__` or `__getnewargs__` says.
fn new_arguments(py: Py, this: &Object) -> PyResult<Option<Arguments>> {
    if let Some(result) =
        protocol::call_special(py, this, crate::intern!("__getnewargs_ex__"), &[])?
    {
        return arguments_ex(py, &result).map(Some);
    }
    let Some(result) = protocol::call_special(py, this, crate::intern!("__getnewargs__"), &[])?
    else {
        return Ok(None);
    };
    match result.downcast::<Tuple>() {
        Some(args) => Ok(Some((args.to_owned(), None))),
        None => crate::raise!(
            py,
            TypeError,
            "__getnewargs__ should return a tuple, not '{}'",
            result.ty().name()
        ),
    }
}

fn arguments_ex(py: Py, result: &Value) -> PyResult<Arguments> {
    let name = "__getnewargs_ex__";
    let Some(pair) = result.downcast::<Tuple>() else {
        return crate::raise!(
            py,
            TypeError,
            "{name} should return a tuple, not '{}'",
            result.ty().name()
        );
    };
    let [args, kwargs] = pair.as_slice() else {
        return crate::raise!(
            py,
            ValueError,
            "{name} should return a tuple of length 2, not {}",
            pair.len()
        );
    };
    let Some(args) = args.downcast::<Tuple>() else {
        return crate::raise!(
            py,
            TypeError,
            "first item of the tuple returned by {name} must be a tuple, not '{}'",
            args.ty().name()
        );
    };
    let Some(kwargs) = kwargs.downcast::<Dict>() else {
        return crate::raise!(
            py,
            TypeError,
            "second item of the tuple returned by {name} must be a dict, not '{}'",
            kwargs.ty().name()
        );
    };
    Ok((args.to_owned(), Some(kwargs.to_owned())))
}

/// `__getstate__()`; the default one knows whether anything else describes the object.
fn state_of(py: Py, this: &Object, required: bool) -> PyResult {
    let method = protocol::get_attr(
        py,
        &Value::from(this.to_owned()),
        crate::intern!("__getstate__"),
    )?;
    let default = method
        .downcast_exact::<NativeFunctionObject>()
        .is_some_and(|f| {
            let own = OBJECT
                .dict()
                .get_str_key(py, crate::intern!("__getstate__"));
            let own = own
                .as_ref()
                .and_then(|d| d.downcast_exact::<crate::types::descriptor::MethodDescriptor>());
            f.receiver().is_some_and(|r| r.is(this))
                && is_native_def(f.definition())
                && own.is_some_and(|d| std::ptr::eq(d.definition(), f.definition()))
        });
    if default {
        default_state(py, this, required)
    } else {
        protocol::call(py, &method, &[])
    }
}

/// The instance's dict and the values of its `__slots__`.
fn default_state(py: Py, this: &Object, required: bool) -> PyResult {
    let ty = this.ty();
    if required && ty.raw().tp_itemsize != 0 {
        return crate::raise!(py, TypeError, "cannot pickle {} objects", ty.name());
    }
    let dict = if ty.raw().tp_dictoffset < 0 {
        Some(attributes::snapshot(py, this))
    } else {
        protocol::attr::instance_dict(py, this)
    };
    let state = dict
        .filter(|d| !d.is_empty())
        .map_or_else(Value::none, Value::from);
    let names = slot_names(py, ty)?;
    if required && has_hidden_state(ty, names.as_ref().map_or(0, |n| n.len())) {
        return cannot_pickle(py, ty);
    }
    let Some(names) = names.filter(|n| !n.is_empty()) else {
        return Ok(state);
    };
    let slots = Dict::new();
    let value = Value::from(this.to_owned());
    for i in 0..names.len() {
        let Some(name) = names.get(i) else { break };
        if let Some(text) = name.downcast::<Str>()
            && let Some(found) = protocol::lookup_attr(py, &value, text)?
        {
            slots.set_value(py, &name, found)?;
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(Value::from(Tuple::from_values([state, Value::from(slots)])))
}

/// Whether the fixed part of instances holds more than the named slots.
fn has_hidden_state(ty: &Type, slots: usize) -> bool {
    let fixed = ty.fixed_size();
    let in_struct = |offset: isize| usize::from(offset > 0 && (offset as usize) < fixed);
    let links = in_struct(ty.raw().tp_weaklistoffset) + in_struct(ty.raw().tp_dictoffset);
    fixed > size_of::<PyObject>() + (slots + links) * 8
}

/// The names that `copyreg` finds in the class's and its bases' `__slots__`.
fn slot_names(py: Py, ty: &Type) -> PyResult<Option<Owned<List>>> {
    let known = ty.dict().get_str_key(py, crate::intern!("__slotnames__"));
    let names = match known {
        Some(known) => known,
        None => {
            let function = copyreg(py, crate::intern!("_slotnames"))?;
            protocol::call(py, &function, &[Value::from(ty.to_owned())])?
        }
    };
    if names.is_none() {
        return Ok(None);
    }
    match names.downcast::<List>() {
        Some(list) => Ok(Some(list.to_owned())),
        None => crate::raise!(
            py,
            TypeError,
            "copyreg._slotnames should return a list or None, not '{}'",
            names.ty().name()
        ),
    }
}

pub(super) fn define(b: &mut TypeBuilder<Object>) {
    b.method_doc("__reduce__($self, /)", "Helper for pickle.", reduce)
        .method_doc(
            "__reduce_ex__($self, protocol, /)",
            "Helper for pickle.",
            reduce_ex,
        )
        .method_doc(
            "__getstate__($self, /)",
            "Helper for pickle.",
            |py, this: &Object| default_state(py, this, false),
        );
}
