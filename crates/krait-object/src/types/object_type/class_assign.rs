//! Assignment to `__class__`, and whether instances of one type can be those of another.

use krait_abi::*;

use crate::object::{Builtin, Layout, Object};
use crate::py::{Py, PyResult};
use crate::types::attributes;
use crate::types::inherit::same_free;
use crate::types::module::Module;
use crate::types::type_new::{same_slots_added, solid_base};
use crate::types::typeobject::Type;

/// `x.__class__ = value`.
pub(super) fn set_class(py: Py, this: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return crate::raise!(py, TypeError, "can't delete __class__ attribute");
    };
    let Some(new) = value.downcast::<Type>() else {
        return crate::raise!(
            py,
            TypeError,
            "__class__ must be set to a class, not '{}' object",
            value.ty().name()
        );
    };
    crate::hooks::attribute_is_set(py, this, "__class__", value)?;
    let old = this.ty();
    let module = Module::type_object();
    let modules = old.is_subtype_of(module) && new.is_subtype_of(module);
    let immutable = |t: &Type| t.has_flag(Py_TPFLAGS_IMMUTABLETYPE);
    if !modules && (immutable(old) || immutable(new)) {
        return crate::raise!(
            py,
            TypeError,
            "__class__ assignment only supported for mutable types or ModuleType subclasses"
        );
    }
    check_compatible(py, old, new, "__class__")?;
    change(py, this, new)
}

fn change(py: Py, this: &Object, new: &Type) -> PyResult<()> {
    let old = this.ty().to_owned();
    if old.is(new) {
        return Ok(());
    }
    if new.ext().inline_attrs.get() > old.ext().inline_attrs.get() {
        // The instance has no room for more; from now on no instance of the new class
        // uses more.
        new.limit_inline_attributes(old.ext().inline_attrs.get());
    }
    attributes::change_class(py, this, || {
        if new.is_heap_type() {
            new.as_object().incref();
        }
        // SAFETY: the layouts agree; the reference to the old type passes to `before`.
        unsafe {
            let before = std::mem::replace(&mut (*this.as_ptr()).ob_type, new.as_type_ptr());
            if (*before).tp_flags & Py_TPFLAGS_HEAPTYPE != 0 {
                Object::decref(before.cast());
            }
        }
    })
}

/// Fails where instances of `new` are laid out otherwise than those of `old`.
pub fn check_compatible(py: Py, old: &Type, new: &Type, attribute: &str) -> PyResult<()> {
    if !same_free(old, new) {
        return crate::raise!(
            py,
            TypeError,
            "{attribute} assignment: '{}' deallocator differs from '{}'",
            new.name(),
            old.name()
        );
    }
    if same_layout(old, new) {
        return Ok(());
    }
    crate::raise!(
        py,
        TypeError,
        "{attribute} assignment: '{}' object layout differs from '{}'",
        new.name(),
        old.name()
    )
}

fn same_layout(old: &Type, new: &Type) -> bool {
    let (a, b) = (old.raw(), new.raw());
    let (solid_a, solid_b) = (solid_base(old), solid_base(new));
    let same_fixed = solid_a.is(solid_b) || same_slots_added(solid_a, solid_b);
    let gc = |t: &Type| t.has_flag(Py_TPFLAGS_HAVE_GC);
    same_fixed
        && a.tp_itemsize == b.tp_itemsize
        && a.tp_weaklistoffset == b.tp_weaklistoffset
        && a.tp_dictoffset == b.tp_dictoffset
        && old.ext().attrs_offset.get() == new.ext().attrs_offset.get()
        && gc(old) == gc(new)
}
