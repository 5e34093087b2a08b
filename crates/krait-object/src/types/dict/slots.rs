//! The type object of `dict`: construction, item access, representation, collection.

use krait_text::TextWriter;
use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::super::str::{Str, StrBuilder};
use super::super::typeobject::Type;
use super::{DICT, Dict};
use crate::gc::Visitor;
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, repr::ReprGuard};
use crate::py::{Py, PyResult};
use crate::value::Value;

pub(in super::super) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying dict.
    unsafe {
        krait_heap::untrack(object.cast());
        Object::from_ptr(object).cast_unchecked::<Dict>().clear();
        Type::from_ptr((*object).ob_type).free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: called with a living dict.
    let dict = unsafe { Object::from_ptr(object).cast_unchecked::<Dict>() };
    let mut visitor = Visitor::new(visit, arg);
    dict.visit_all(&mut visitor);
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: called with a living dict.
    unsafe { Object::from_ptr(object).cast_unchecked::<Dict>() }.clear();
    0
}

fn new(_py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs) -> PyResult<Owned<Dict>> {
    Dict::new_in(class)
}

fn init(py: Py, this: &Dict, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    this.update_arguments(py, "dict", args, kwargs)
}

/// The slots of a type by which items are read and set.
fn item_slots(ty: &Type) -> Option<&PyMappingMethods> {
    // SAFETY: a type's tables live as long as the type.
    unsafe { ty.raw().tp_as_mapping.as_ref() }
}

impl Dict {
    /// The object as a dict that reads its items as `dict` does (but for `__missing__`).
    #[inline]
    pub fn with_own_items(object: &Object) -> Option<&Dict> {
        Dict::with_slot(object, |slots| slots.mp_subscript.map(|slot| slot as usize))
    }

    /// The object as a dict that sets its items as `dict` does.
    #[inline]
    pub fn with_own_setting(object: &Object) -> Option<&Dict> {
        Dict::with_slot(object, |slots| {
            slots.mp_ass_subscript.map(|slot| slot as usize)
        })
    }

    #[inline(always)]
    fn with_slot(object: &Object, slot: fn(&PyMappingMethods) -> Option<usize>) -> Option<&Dict> {
        let ty = object.ty();
        let is = std::ptr::eq(ty, &*DICT)
            || ty.raw().tp_flags & Py_TPFLAGS_DICT_SUBCLASS != 0
                && item_slots(ty).map(slot) == item_slots(&DICT).map(slot);
        // SAFETY: instances of dict and its subclasses have the layout.
        is.then(|| unsafe { object.cast_unchecked() })
    }

    /// `dict(...)` itself, in one step: what calling exactly `dict` does.
    pub fn construct(
        py: Py,
        args: &[Value],
        names: Option<&super::super::tuple::Tuple>,
        named: &[Value],
    ) -> PyResult<Owned<Dict>> {
        let dict = match (args, names) {
            ([], Some(names)) => return Dict::from_names(py, names, named),
            _ => Dict::new(),
        };
        let kwargs = names
            .map(|names| Dict::from_names(py, names, named))
            .transpose()?;
        dict.update_arguments(py, "dict", Args(args), KwArgs(kwargs))?;
        Ok(dict)
    }

    /// `self[key]`, with `__missing__` for subclasses; KeyError.
    #[inline]
    pub fn get_item(&self, py: Py, key: &Value) -> PyResult {
        match self.get(py, key)? {
            Some(value) => Ok(value),
            None => self.missing(py, key),
        }
    }

    #[cold]
    #[inline(never)]
    fn missing(&self, py: Py, key: &Value) -> PyResult {
        let object = self.as_object();
        if !object.is_exact::<Dict>() {
            let found = protocol::call_special(
                py,
                object,
                crate::intern!("__missing__"),
                std::slice::from_ref(key),
            )?;
            if let Some(value) = found {
                return Ok(value);
            }
        }
        crate::errors::key_error(py, key)
    }

    /// `del self[key]`; KeyError.
    pub fn del_item(&self, py: Py, key: &Value) -> PyResult<()> {
        match self.remove(py, key)? {
            Some(_) => Ok(()),
            None => crate::errors::key_error(py, key),
        }
    }

    /// `repr(self)`.
    pub fn repr(&self, py: Py) -> PyResult<Owned<Str>> {
        let Some(_guard) = ReprGuard::enter(py, self.as_object()) else {
            return Ok(Str::new("{...}"));
        };
        if self.is_empty() {
            return Ok(Str::new("{}"));
        }
        let mut text = StrBuilder::new();
        let (mut pos, mut first) = (0, true);
        text.push_str("{");
        while let Some((key, value)) = self.iter_step(&mut pos) {
            if !std::mem::take(&mut first) {
                text.push_str(", ");
            }
            protocol::repr::push_repr(py, &key, &mut text)?;
            text.push_str(": ");
            protocol::repr::push_repr(py, &value, &mut text)?;
        }
        text.push_str("}");
        Ok(text.finish())
    }
}

fn subscript(py: Py, this: &Dict, key: &Object) -> PyResult {
    this.get_item(py, &Value::unboxed(key))
}

fn assign_subscript(py: Py, this: &Dict, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let key = Value::unboxed(key);
    match value {
        Some(value) => this.set_value(py, &key, Value::unboxed(value)),
        None => this.del_item(py, &key),
    }
}

pub(super) fn define() {
    let mut b = TypeBuilder::<Dict>::new(&DICT, "dict", size_of::<PyDictObject>());
    b.subclassable()
        .flags(Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_MAPPING | _Py_TPFLAGS_MATCH_SELF)
        .doc(DOC)
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .new_with("__new__($type, *args, **kwargs)", new)
        .init("__init__($self, *args, **kwargs)", init)
        .unhashable()
        .repr(|py: Py, this: &Dict| this.repr(py))
        .mapping_len(|_py: Py, this: &Dict| Ok(this.len()))
        .subscript(subscript)
        .assign_subscript(assign_subscript)
        .contains(|py: Py, this: &Dict, key: &Object| this.contains(py, &Value::unboxed(key)))
        .method_doc(
            "__contains__($self, key, /)",
            "True if the dictionary has the specified key, else False.",
            |py: Py, this: &Dict, key: &Value| this.contains(py, key),
        )
        .method_doc(
            "__getitem__($self, key, /)",
            "Return self[key].",
            |py: Py, this: &Dict, key: &Value| this.get_item(py, key),
        );
    super::operators::define(&mut b);
    super::methods::define(&mut b);
    b.silent().finish();
}

const DOC: &str = "dict() -> new empty dictionary\n\
dict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\n\
dict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\n\
dict(**kwargs) -> new dictionary initialized with the name=value pairs\n    \
in the keyword argument list.  For example:  dict(one=1, two=2)";
