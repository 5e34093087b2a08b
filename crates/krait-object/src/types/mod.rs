//! The builtin types, a module each.

pub mod attributes;
pub mod bytes;
pub mod class_static;
pub mod descriptor;
pub mod dict;
pub mod float;
pub mod inherit;
pub mod instance_dict;
pub mod int;
pub mod iterators;
pub mod list;
pub mod method;
pub mod method_cache;
pub mod module;
mod module_annotations;
pub mod mro;
pub mod property;
pub mod set;
pub mod slotdefs;
pub mod str;
pub mod tuple;
pub mod type_new;
pub mod typeobject;
pub mod weakref;

/// Makes all builtin types, in the order of their bases.
pub(crate) fn define_all() {
    descriptor::define();
    int::define();
    float::define();
    str::define();
    bytes::define();
    tuple::define();
    list::define();
    method::define();
    module::define();
    crate::singletons::define();
    class_static::define();
    property::define();
}
