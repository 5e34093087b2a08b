//! `Context.flags` and `Context.traps`: mappings of signals to whether they are set.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::{self, CompareOp};
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Builtin, Dict, GilCell, Layout, Object, Owned, Py, PyResult, Str, Tuple, Type, Value,
    class_cell, raise,
};

use super::signals;
use crate::number::Context;

/// What a context object and its two dicts share.
pub type Shared = Rc<Cell<Context>>;

/// The native part of the dicts' class.
#[derive(Default)]
pub struct SignalDictMixin {
    /// Nothing once the context is gone.
    shared: RefCell<Weak<Cell<Context>>>,
    is_traps: Cell<bool>,
}

pub type This = Instance<SignalDictMixin>;

static CLASS: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

/// Makes the class, which is a `MutableMapping` as well.
pub fn prepare(py: Py) -> PyResult<()> {
    if CLASS.get(py).get().is_some() {
        return Ok(());
    }
    let mapping = super::imported(py, "collections.abc", "MutableMapping")?;
    let metaclass = Value::from(mapping.ty().to_owned());
    let mixin = Value::from(This::type_object().to_owned());
    let arguments = [
        Value::from(Str::new("SignalDict")),
        Value::from(Tuple::from_values([mixin, mapping])),
        Value::from(Dict::new()),
    ];
    let class = protocol::call(py, &metaclass, &arguments)?;
    CLASS.get(py).get_or_init(|| class);
    Ok(())
}

/// A dict of a context's.
pub fn new(py: Py, shared: &Shared, is_traps: bool) -> PyResult {
    prepare(py)?;
    let class = CLASS.get(py).get().cloned().unwrap_or_else(Value::none);
    let dict = protocol::call(py, &class, &[])?;
    if let Some(own) = dict.downcast::<This>() {
        own.shared.replace(Rc::downgrade(shared));
        own.is_traps.set(is_traps);
    }
    Ok(dict)
}

/// The bits that an assigned value stands for, if it is a dict of this kind.
pub fn bits_of(value: &Value) -> Option<u32> {
    value.downcast::<This>().and_then(|d| d.bits())
}

impl SignalDictMixin {
    fn bits(&self) -> Option<u32> {
        let context = self.shared.borrow().upgrade()?.get();
        Some(if self.is_traps.get() {
            context.traps
        } else {
            context.status
        })
    }

    fn set_bits(&self, change: impl FnOnce(u32) -> u32) {
        let shared = self.shared.borrow().upgrade();
        if let Some(shared) = shared {
            let mut context = shared.get();
            if self.is_traps.get() {
                context.traps = change(context.traps);
            } else {
                context.status = change(context.status);
            }
            shared.set(context);
        }
    }
}

fn expect_bits(py: Py, this: &This) -> PyResult<u32> {
    match this.bits() {
        Some(bits) => Ok(bits),
        None => raise!(py, ValueError, "invalid signal dict"),
    }
}

fn signal(py: Py, key: &Object) -> PyResult<&'static signals::Signal> {
    match signals::classes(py)?.signal_of(&Value::unboxed(key)) {
        Some(signal) => Ok(signal),
        None => signals::unknown(py),
    }
}

fn assign(py: Py, this: &This, key: &Object, value: Option<&Object>) -> PyResult<()> {
    expect_bits(py, this)?;
    let Some(value) = value else {
        return raise!(py, ValueError, "signal keys cannot be deleted");
    };
    let signal = signal(py, key)?;
    let on = protocol::object_truth(py, value)?;
    this.set_bits(|bits| {
        if on {
            bits | signal.bits
        } else {
            bits & !signal.bits
        }
    });
    Ok(())
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let bits = expect_bits(py, this)?;
    let mut parts = Vec::new();
    for signal in &signals::classes(py)?.signals {
        let class = protocol::repr(py, &Value::from(signal.class.clone()))?;
        let on = if bits & signal.bits != 0 {
            "True"
        } else {
            "False"
        };
        parts.push(format!("{}:{on}", class.to_rust()));
    }
    Ok(format!("{{{}}}", parts.join(", ")))
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(not_implemented());
    }
    let own = expect_bits(py, this)?;
    let other = if let Some(other) = other.downcast::<This>() {
        expect_bits(py, other)?
    } else if let Some(dict) = other.downcast::<Dict>() {
        match signals::bits_of_dict(py, dict) {
            Ok(bits) => bits,
            Err(raised) => {
                let class = &krait_object::exceptions::KeyError;
                return match krait_object::errors::take_if(py, class) {
                    Some(_) => Ok(not_implemented()),
                    None => Err(raised),
                };
            }
        }
    } else {
        return Ok(not_implemented());
    };
    let normal = |bits: u32| -> PyResult<u32> {
        let all = &signals::classes(py)?.signals;
        let set = all.iter().filter(|s| s.bits & bits != 0);
        Ok(set.fold(0, |sum, s| sum | s.bits))
    };
    let equal = normal(own)? == normal(other)?;
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

fn copy(py: Py, this: &This) -> PyResult<Owned<Dict>> {
    let bits = expect_bits(py, this)?;
    let dict = Dict::new();
    for signal in &signals::classes(py)?.signals {
        let on = Value::bool(bits & signal.bits != 0);
        dict.set_value(py, &Value::from(signal.class.clone()), on)?;
    }
    Ok(dict)
}

fn iter(py: Py, this: &This) -> PyResult<Owned> {
    expect_bits(py, this)?;
    let all = &signals::classes(py)?.signals;
    let keys: Vec<Value> = all.iter().map(|s| Value::from(s.class.clone())).collect();
    protocol::iter(py, &Value::from(Tuple::from_values(keys)))
}

impl Class for SignalDictMixin {
    const NAME: &'static str = "decimal.SignalDictMixin";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .new_with("SignalDictMixin()", |py: Py, class: &Type| {
                Instance::new_in(py, class, SignalDictMixin::default())
            })
            .mapping_len(|py: Py, this: &This| {
                expect_bits(py, this)?;
                Ok(signals::classes(py)?.signals.len())
            })
            .subscript(|py: Py, this: &This, key: &Object| -> PyResult<bool> {
                let bits = expect_bits(py, this)?;
                Ok(bits & signal(py, key)?.bits != 0)
            })
            .assign_subscript(assign)
            .iter(iter)
            .repr(repr)
            .compare(compare)
            .unhashable()
            .method("copy($self, /)", copy);
    }
}
