//! `__slots__`: reading and checking the names, and the descriptors of their places.

use std::ffi::CString;

use krait_abi::*;

use super::{DICT_DEFINITION, WEAKREF_DEFINITION};
use crate::native::slots::to_c;
use crate::object::{Layout, Object, Owned};
use crate::protocol;
use crate::py::{Py, PyResult};
use crate::types::descriptor;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::str::intern::intern;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

/// What a class adds to its instances.
pub(super) struct Added {
    /// Mangled names, sorted; none where the class has no `__slots__`.
    pub names: Option<Vec<Owned<Str>>>,
    pub dict: bool,
    pub weakref: bool,
}

impl Added {
    pub fn count(&self) -> usize {
        self.names.as_ref().map_or(0, Vec::len)
    }
}

/// Reads `__slots__` from a class's namespace.
pub(super) fn read(
    py: Py,
    class: &Str,
    bases: &Tuple,
    base: &Type,
    dict: &Dict,
) -> PyResult<Added> {
    let may_dict = base.raw().tp_dictoffset == 0;
    let may_weakref = base.raw().tp_weaklistoffset == 0 && base.raw().tp_itemsize == 0;
    let Some(given) = dict.get_str_key(py, crate::intern!("__slots__")) else {
        return Ok(Added {
            names: None,
            dict: may_dict,
            weakref: may_weakref,
        });
    };
    let given: Vec<Value> = match given.downcast::<Str>() {
        Some(_) => vec![given],
        None => protocol::iter::collect(py, &given)?,
    };
    if !given.is_empty() && base.raw().tp_itemsize != 0 {
        return crate::raise!(
            py,
            TypeError,
            "nonempty __slots__ not supported for subtype of '{}'",
            base.name()
        );
    }
    let mut added = Added {
        names: None,
        dict: false,
        weakref: false,
    };
    let mut names = Vec::with_capacity(given.len());
    for item in &given {
        let name = identifier(py, item)?;
        if name.eq_str("__dict__") {
            claim(py, &mut added.dict, may_dict, "__dict__")?;
        } else if name.eq_str("__weakref__") {
            claim(py, &mut added.weakref, may_weakref, "__weakref__")?;
        } else {
            names.push(checked(py, class, name, dict)?);
        }
    }
    names.sort_by(|a, b| a.code_points().cmp(b.code_points()));
    added.names = Some(names);
    from_other_bases(bases, base, may_dict, may_weakref, &mut added);
    Ok(added)
}

fn claim(py: Py, have: &mut bool, may: bool, what: &str) -> PyResult<()> {
    if *have || !may {
        return crate::raise!(py, TypeError, "{what} slot disallowed: we already got one");
    }
    *have = true;
    Ok(())
}

fn identifier(py: Py, item: &Value) -> PyResult<&Str> {
    let Some(name) = item.downcast::<Str>() else {
        return crate::raise!(
            py,
            TypeError,
            "__slots__ items must be strings, not '{}'",
            item.ty().name()
        );
    };
    if !krait_text::unicode::is_identifier(name.chars()) {
        return crate::raise!(py, TypeError, "__slots__ must be identifiers");
    }
    Ok(name)
}

/// The mangled name, if it does not hide a class variable.
fn checked(py: Py, class: &Str, name: &Str, dict: &Dict) -> PyResult<Owned<Str>> {
    let name = intern(mangled(class, name));
    let internal = ["__qualname__", "__classcell__", "__classdictcell__"];
    if dict.contains_str(py, &name) && !internal.iter().any(|n| name.eq_str(n)) {
        let shown = protocol::repr(py, &Value::from(name))?;
        return crate::raise!(
            py,
            ValueError,
            "{} in __slots__ conflicts with class variable",
            shown.to_rust()
        );
    }
    Ok(name)
}

/// A private name as the compiler spells it inside the class ("Private name mangling").
fn mangled(class: &Str, name: &Str) -> Owned<Str> {
    let text = name.to_rust();
    let private = text.starts_with("__") && !text.ends_with("__") && !text.contains('.');
    let class = class.to_rust();
    let class = class.trim_start_matches('_');
    if private && !class.is_empty() {
        Str::new(&format!("_{class}{text}"))
    } else {
        name.to_owned_str()
    }
}

/// What a class with `__slots__` gets all the same because another base has it.
fn from_other_bases(
    bases: &Tuple,
    base: &Type,
    may_dict: bool,
    may_weakref: bool,
    added: &mut Added,
) {
    for other in bases
        .iter()
        .filter_map(|b| b.downcast::<Type>())
        .filter(|b| !b.is(base))
    {
        added.dict |= may_dict && other.raw().tp_dictoffset != 0;
        added.weakref |= may_weakref && other.raw().tp_weaklistoffset != 0;
    }
}

/// The member definitions of a class; they stand behind its struct.
pub(in crate::types) fn members(class: &Type) -> (*mut PyMemberDef, usize) {
    let raw = class.as_type_ptr();
    // SAFETY: a class was allocated with room for so many definitions.
    unsafe {
        let size = class.as_object().ty().raw().tp_basicsize as usize;
        (
            raw.cast::<u8>().add(size).cast(),
            (*raw).ob_base.ob_size.max(0) as usize,
        )
    }
}

/// Puts the descriptors of `__slots__`, `__dict__` and `__weakref__` into the class's dict.
pub(super) fn add_descriptors(py: Py, class: &Type, added: &Added) -> PyResult<()> {
    let (definitions, count) = members(class);
    let offsets = class.ext().slot_offsets.borrow().clone();
    for (i, name) in added.names.iter().flatten().enumerate().take(count) {
        let Ok(text) = CString::new(name.to_utf8(py)?.as_bytes()) else {
            continue;
        };
        // SAFETY: the place is one of those behind the struct; a descriptor keeps the
        // class, and with it the definition, alive.
        let descriptor = unsafe {
            let place = definitions.add(i);
            (*place).name = text.into_raw();
            (*place).r#type = Py_T_OBJECT_EX;
            (*place).offset = offsets[i] as isize;
            descriptor::member::new(class, place)
        };
        if !class.dict().contains_str(py, name) {
            class.dict().set_str(py, name, Value::from(descriptor))?;
        }
    }
    if added.dict && !class.dict().contains_str(py, crate::intern!("__dict__")) {
        let value = DICT_DEFINITION.descriptor(py, class, descriptor::dict_getset);
        class
            .dict()
            .set_str(py, crate::intern!("__dict__"), value)?;
    }
    if added.weakref && !class.dict().contains_str(py, crate::intern!("__weakref__")) {
        let value = WEAKREF_DEFINITION.descriptor(py, class, || weakref_descriptor(class));
        class
            .dict()
            .set_str(py, crate::intern!("__weakref__"), value)?;
    }
    Ok(())
}

fn weakref_descriptor(owner: &Type) -> Value {
    unsafe extern "C-unwind" fn get(
        object: *mut PyObject,
        _closure: *mut std::ffi::c_void,
    ) -> *mut PyObject {
        // SAFETY: the receiver's type says where the list's head is; null is an empty one.
        to_c(Ok(unsafe {
            let offset = (*(*object).ob_type).tp_weaklistoffset;
            let head = if offset > 0 {
                *object.byte_offset(offset).cast::<*mut PyObject>()
            } else {
                std::ptr::null_mut()
            };
            if head.is_null() {
                Value::none()
            } else {
                Value::from(Object::from_ptr(head).to_owned())
            }
        }))
    }
    let doc = c"list of weak references to the object";
    descriptor::getset::documented(owner, "__weakref__", get, None, Some(doc))
}

/// Whether two types add places of the same names to the same base.
pub(in crate::types) fn same_slots_added(a: &Type, b: &Type) -> bool {
    let same_base = match (a.base(), b.base()) {
        (Some(x), Some(y)) => x.is(y),
        _ => false,
    };
    if !same_base || !a.is_heap_type() || !b.is_heap_type() || a.fixed_size() != b.fixed_size() {
        return false;
    }
    // SAFETY: both are heap types; the field is null or an owned tuple.
    let (x, y) = unsafe {
        let slots = |t: &Type| (*t.as_type_ptr().cast::<PyHeapTypeObject>()).ht_slots;
        (slots(a), slots(b))
    };
    if x.is_null() || y.is_null() {
        return x == y;
    }
    // SAFETY: as above.
    let (x, y) = unsafe {
        (
            Object::from_ptr(x).cast_unchecked::<Tuple>(),
            Object::from_ptr(y).cast_unchecked::<Tuple>(),
        )
    };
    // The names are interned.
    x.len() == y.len() && x.iter().zip(y.iter()).all(|(p, q)| p.is(q))
}
