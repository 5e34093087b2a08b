//! Lists of living instances of a class, which do not keep them alive: what a `WeakSet`
//! would be, at the cost of one word in the instance.
//!
//! What always holds: an object on a list has not begun to be torn down, since its
//! deallocation takes it off before anything else of it ends.

use std::cell::{Cell, RefCell};

use krait_abi::PyObject;

use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{GilCell, Py};

/// A list of instances.
pub struct Roll(GilCell<RefCell<Entries>>);

struct Entries {
    /// Null where an object has gone.
    objects: Vec<*mut PyObject>,
    free: Vec<usize>,
}

/// Where an instance stands on its class's list: one more than the index, 0 for nowhere.
/// A field of the instance that [`Class::roll`](super::Class::roll) always gives.
#[derive(Default)]
pub struct Place(Cell<usize>);

impl Roll {
    pub const fn new() -> Roll {
        Roll(GilCell::new(RefCell::new(Entries {
            objects: Vec::new(),
            free: Vec::new(),
        })))
    }

    pub(super) fn add(&self, py: Py, object: *mut PyObject, place: &Place) {
        if place.0.get() != 0 {
            return;
        }
        let mut entries = self.0.get(py).borrow_mut();
        match entries.free.pop() {
            Some(index) => {
                entries.objects[index] = object;
                place.0.set(index + 1);
            }
            None => {
                entries.objects.push(object);
                place.0.set(entries.objects.len());
            }
        }
    }

    /// Takes the object off; its neighbours keep their places.
    pub(super) fn remove(&self, py: Py, object: *mut PyObject, place: &Place) {
        let Some(index) = place.0.replace(0).checked_sub(1) else {
            return;
        };
        let mut entries = self.0.get(py).borrow_mut();
        if entries.objects.get(index) == Some(&object) {
            entries.objects[index] = std::ptr::null_mut();
            entries.free.push(index);
        }
    }

    /// The instances on the list that are of a class.
    pub fn members<T: Builtin>(&self, py: Py) -> Vec<Owned<T>> {
        let entries = self.0.get(py).borrow();
        entries
            .objects
            .iter()
            .filter(|object| !object.is_null())
            // SAFETY: an object on the list has not been torn down.
            .map(|&object| unsafe { Object::from_ptr(object) })
            // One whose count is zero is on its way out.
            .filter(|object| object.refcount() != 0)
            .filter_map(|object| object.downcast::<T>())
            .map(Layout::to_owned)
            .collect()
    }
}

impl Default for Roll {
    fn default() -> Self {
        Roll::new()
    }
}
