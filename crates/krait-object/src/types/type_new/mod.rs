//! Making classes: `type(name, bases, namespace, **kwargs)`; and making instances:
//! `call_type`.

use std::cell::OnceCell;

use krait_abi::*;

use super::descriptor;
use super::dict::Dict;
use super::slotdefs::{self, same_constructor, special};
use super::str::{STR, Str};
use super::tuple::Tuple;
use super::typeobject::{OBJECT, TYPE, Type, address, native_init_def, native_init_slot};
use crate::native::NativeDef;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{GilCell, Py, PyResult};
use crate::value::Value;

mod bases;
mod finish;
pub(crate) mod instance;
mod layout;
mod namespace;
mod slots;

pub use bases::{best_base, metaclass_of, solid_base};
pub(super) use finish::enlist;
pub use instance::{subtype_clear, subtype_dealloc, subtype_traverse};
pub(super) use namespace::set_heap_qualname;
pub(super) use slots::{members, same_slots_added};

/// `class(*values)`: makes an instance and initialises it.
pub fn call_type(py: Py, class: &Type, values: &[Value], names: Option<&Tuple>) -> PyResult {
    if class.is(&TYPE) {
        match values.len() - names.map_or(0, |n| n.len()) {
            1 if values.len() == 1 => return Ok(Value::from(values[0].ty().to_owned())),
            3 => {}
            _ => return crate::raise!(py, TypeError, "type() takes 1 or 3 arguments"),
        }
    }
    if class.is(&STR) && values.len() == 1 && names.is_none() {
        return protocol::str(py, &values[0]).map(Value::from);
    }
    let object = slotdefs::construct_own(py, class, values, names)?;
    match object.as_object() {
        Some(instance) if instance.ty().is_subtype_of(class) => {
            initialise(py, instance, values, names)?;
            Ok(object)
        }
        _ => Ok(object),
    }
}

/// Calls `__init__` as the instance's type has it.
#[inline]
pub fn initialise(
    py: Py,
    instance: &Object,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult<()> {
    let ty = instance.ty();
    let Some(slot) = ty.raw().tp_init else {
        return Ok(());
    };
    if slotdefs::is_python_init(ty) {
        return python_init(py, instance, values, names);
    }
    let at = address(Some(slot));
    if at == super::object_type::object_init as *const std::ffi::c_void {
        return super::object_type::check_init(py, ty, !values.is_empty());
    }
    if at == native_init_slot as *const std::ffi::c_void
        && let Some(def) = native_init_def(ty)
    {
        return def.call(py, Some(instance), values, names).map(drop);
    }
    let (args, kwargs) = protocol::call::pack(py, values, names)?;
    let kwargs = kwargs
        .as_ref()
        .map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
    // SAFETY: the slot is called with an instance of its type, a tuple, a dict or NULL.
    protocol::status(py, unsafe {
        slot(instance.as_ptr(), args.as_object().as_ptr(), kwargs)
    })
    .map(drop)
}

/// How many values `__init__` gets without an allocation for them.
const FEW: usize = 8;

fn python_init(py: Py, instance: &Object, values: &[Value], names: Option<&Tuple>) -> PyResult<()> {
    let Some(method) = special::find(py, instance, crate::intern!("__init__"))? else {
        return Ok(());
    };
    let result = if values.len() < FEW {
        let mut words = [0u64; FEW];
        words[0] = instance.as_ptr() as u64;
        for (word, value) in words[1..].iter_mut().zip(values) {
            *word = value.word();
        }
        // SAFETY: the words are those of values that live during the call; the slice
        // lends them and drops nothing.
        let lent =
            unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<Value>(), values.len() + 1) };
        method.call_with(py, lent, names)?
    } else {
        let mut all = Vec::with_capacity(values.len() + 1);
        all.push(Value::from(instance.to_owned()));
        all.extend_from_slice(values);
        method.call_with(py, &all, names)?
    };
    slotdefs::check_init_result(py, &result)
}

/// The entry of `type`'s constructor; `this` is the metaclass.
pub(super) fn entry(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    let Some(metatype) = this.and_then(|t| t.downcast::<Type>()) else {
        return crate::raise!(py, TypeError, "type.__new__(X): X is not a type object");
    };
    let (positional, named) = values.split_at(values.len() - names.map_or(0, |n| n.len()));
    let [name, bases, namespace] = positional else {
        let given = positional.len();
        return crate::raise!(
            py,
            TypeError,
            "type.__new__() takes exactly 3 arguments ({given} given)"
        );
    };
    let Some(name) = name.downcast::<Str>() else {
        return wrong_argument(py, 1, "str", name);
    };
    let Some(bases) = bases.downcast::<Tuple>() else {
        return wrong_argument(py, 2, "tuple", bases);
    };
    let Some(namespace) = namespace.downcast::<Dict>() else {
        return wrong_argument(py, 3, "dict", namespace);
    };
    let metatype = {
        let winner = bases::winner(py, metatype, bases)?;
        if !winner.is(metatype) && !same_constructor(&winner, &TYPE) {
            return slotdefs::construct_own(py, &winner, values, names);
        }
        winner
    };
    make_class(py, &metatype, name, bases, namespace, named, names).map(Value::from)
}

fn wrong_argument(py: Py, number: usize, expected: &str, got: &Value) -> PyResult {
    let got = if got.is_none() {
        "None"
    } else {
        got.ty().name()
    };
    crate::raise!(
        py,
        TypeError,
        "type.__new__() argument {number} must be {expected}, not {got}"
    )
}

/// A new class. `named` are the keyword arguments for `__init_subclass__`.
pub fn make_class(
    py: Py,
    metatype: &Type,
    name: &Str,
    bases: &Tuple,
    namespace: &Dict,
    named: &[Value],
    names: Option<&Tuple>,
) -> PyResult<Owned<Type>> {
    let bases = if bases.is_empty() {
        Tuple::from_objects([OBJECT.as_object()])
    } else {
        bases.to_owned()
    };
    let base = best_base(py, &bases)?.to_owned();
    let dict = namespace.copy();
    warn_of_other_keys(py, name, &dict)?;
    let slots = slots::read(py, name, &bases, &base, &dict)?;
    let class = layout::allocate(py, metatype, name, &bases, &base, dict, &slots)?;
    namespace::prepare(py, &class, name)?;
    slots::add_descriptors(py, &class, &slots)?;
    namespace::set_doc(py, &class)?;
    finish::ready(py, &class)?;
    finish::call_set_name(py, &class)?;
    finish::call_init_subclass(py, &class, named, names)?;
    Ok(class)
}

/// A class's namespace should have names only.
fn warn_of_other_keys(py: Py, name: &Str, dict: &Dict) -> PyResult<()> {
    let mut at = 0;
    while let Some(key) = dict.key_step(&mut at) {
        if key.downcast::<Str>().is_none() {
            let text = format!("non-string key in the __dict__ of class {}", name.to_rust());
            return crate::errors::warn(py, &crate::exceptions::RuntimeWarning, &text, 1);
        }
    }
    Ok(())
}

/// A definition of a computed attribute that all classes share, made at first use.
struct Shared(GilCell<OnceCell<*mut PyGetSetDef>>);

static DICT_DEFINITION: Shared = Shared(GilCell::new(OnceCell::new()));
static WEAKREF_DEFINITION: Shared = Shared(GilCell::new(OnceCell::new()));

impl Shared {
    /// The attribute's descriptor for a class; `make` gives a first one, from whose
    /// definition the others are made.
    fn descriptor(&self, py: Py, owner: &Type, make: impl FnOnce() -> Value) -> Value {
        let def = self.0.get(py).get_or_init(|| {
            let first = make();
            let getset = first.downcast::<descriptor::GetSet>();
            getset.map_or(std::ptr::null_mut(), |g| {
                (&raw const *g.definition()).cast_mut()
            })
        });
        if def.is_null() {
            Value::none()
        } else {
            Value::from(descriptor::getset::new(owner, *def))
        }
    }
}

/// The C string of a class's name, freed with the class.
fn c_name(py: Py, name: &Str) -> PyResult<std::ffi::CString> {
    let text = name.to_utf8(py)?;
    match std::ffi::CString::new(text.as_bytes()) {
        Ok(text) => Ok(text),
        Err(_) => crate::raise!(py, ValueError, "type name must not contain null characters"),
    }
}

/// Gives a heap type another name.
pub(super) fn set_name(py: Py, ty: &Type, name: &Str) -> PyResult<()> {
    let text = c_name(py, name)?;
    let heap = ty.as_type_ptr().cast::<PyHeapTypeObject>();
    // SAFETY: the type is a heap type; the old name and text are its own and released
    // after the new ones are in place.
    unsafe {
        let old_text = std::mem::replace(&mut (*heap)._ht_tpname, text.into_raw());
        (*heap).ht_type.tp_name = (*heap)._ht_tpname;
        let old = std::mem::replace(&mut (*heap).ht_name, name.to_owned_str().into_ptr());
        if !old_text.is_null() {
            drop(std::ffi::CString::from_raw(old_text));
        }
        if !old.is_null() {
            Object::decref(old);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
