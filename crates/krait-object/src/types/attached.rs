//! What a native metaclass keeps with each of its classes: a Rust value beside the type
//! object, which lives as long as the class and takes part in garbage collection.
//!
//! CPython's counterpart is a metaclass with a larger struct (`PyType_GetTypeData`).

use std::any::Any;

use super::typeobject::Type;
use crate::gc::Visitor;

/// Such a value. Fields that change are cells.
pub trait Attached: Any {
    /// Reports every owned reference.
    fn traverse(&self, visitor: &mut Visitor);
    /// Gives up references that can be part of a cycle.
    fn clear(&self);
}

impl Type {
    /// Attaches the value to the class; false where it has one already.
    pub fn attach(&self, value: impl Attached) -> bool {
        self.ext().attached.set(Box::new(value)).is_ok()
    }

    /// The class's own value, where it has one of this kind.
    #[inline]
    pub fn attached<T: Attached>(&self) -> Option<&T> {
        let value: &dyn Any = &**self.ext().attached.get()?;
        value.downcast_ref()
    }
}
