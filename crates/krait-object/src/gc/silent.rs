//! Whether the process may end without ending its objects one by one.
//!
//! At the end of a program modules are emptied and what is left is collected, so that
//! finalizers, callbacks of weak references and whatever else an object does when it ends
//! come to their turn. Where no object there is does anything, all that would be is work:
//! the system takes the memory back at once. An object does nothing where its type says so
//! (`TypeBuilder::silent`), or is a class whose instances have no `__del__` and whose native
//! base says so. What cannot be seen from here is noted when it is made.

use std::cell::Cell;

use krait_abi::{Py_TPFLAGS_HAVE_GC, PyObject};

use super::collector;
use crate::object::Object;
use crate::py::{GilCell, Py};
use crate::types::type_new::instance::is_subtype_dealloc;
use crate::types::typeobject::Type;
use crate::types::weakref::{self, REF};

/// Something is there, or has been, that the objects of the collector do not show.
static NOTED: GilCell<Cell<bool>> = GilCell::new(Cell::new(false));

/// Notes that something may do something when it ends.
#[inline]
pub fn note(py: Py) {
    NOTED.get(py).set(true);
}

/// Forgets what was noted: what there is now is the interpreter's own.
pub(super) fn begin(py: Py) {
    NOTED.get(py).set(false);
}

/// Notes a class whose instances have a finalizer but are not the collector's.
pub(crate) fn note_class(py: Py, class: &Type) {
    if class.raw().tp_finalize.is_some() && !class.has_flag(Py_TPFLAGS_HAVE_GC) {
        note(py);
    }
}

/// Whether no object does anything when it ends. `known` says of an object of the
/// interpreter's own that does whether it was seen to, `tidies` of a weak reference's callback
/// whether all it does is to take the reference out of a collection.
pub fn all(
    py: Py,
    mut known: impl FnMut(&Object) -> bool,
    mut tidies: impl FnMut(&Object) -> bool,
) -> bool {
    if NOTED.get(py).get()
        || collector::debug(py) != 0
        || !collector::garbage(py).is_empty()
        || !collector::callbacks(py).is_empty()
    {
        return false;
    }
    // SAFETY: the GIL is held.
    let initial = unsafe { krait_heap::old_are_initial() };
    let mut last: *const Type = std::ptr::null();
    // SAFETY: the GIL is held, and the test only reads; the objects are alive.
    unsafe {
        krait_heap::all_objects(|object, old| {
            let object = Object::from_ptr(object.cast::<PyObject>());
            let ty = object.ty();
            if std::ptr::eq(ty, last) {
                return true;
            }
            let native = match silent_base(ty) {
                None => return false,
                Some(native) => native,
            };
            if native.ext().silent.get() {
                last = ty;
                return true;
            }
            if native.is(&REF) {
                let callback = object.cast_unchecked::<weakref::WeakRef>().callback();
                return callback.is_none_or(|callback| tidies(&callback));
            }
            // The interpreter's own do nothing but for what they still hold.
            old && initial && (native.raw().tp_finalize.is_none() || known(object))
        })
    }
}

/// The native type that a class's instances begin with; nothing where they have a finalizer
/// of the class's.
fn silent_base(ty: &Type) -> Option<&Type> {
    let mut at = ty;
    while is_subtype_dealloc(at) {
        at = at.base()?;
    }
    let raw = ty.raw();
    let own = |a, b| crate::types::typeobject::address(a) != crate::types::typeobject::address(b);
    let finalizer = own(raw.tp_finalize, at.raw().tp_finalize) || raw.tp_del.is_some();
    (!finalizer && !at.is_heap_type()).then_some(at)
}
