//! The builtin types, a module each.

pub mod attributes;
pub mod buffer;
pub mod bytes;
pub mod class_static;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod float;
pub mod inherit;
pub mod instance_dict;
pub mod int;
pub mod iterators;
pub mod list;
pub mod mappingproxy;
pub mod method;
pub mod method_cache;
pub mod module;
mod module_annotations;
pub mod mro;
pub mod object_type;
pub mod property;
pub mod sequence;
pub mod set;
pub mod slice;
pub mod slotdefs;
pub mod str;
pub mod tuple;
pub mod type_new;
pub mod typeobject;
pub mod weakref;

/// Gives the types whose instances other types are built from their sizes, so that
/// such instances can be made before the types themselves are complete.
pub(crate) fn prepare() {
    use krait_abi::*;
    let early: [(&typeobject::StaticType, usize); 7] = [
        (&descriptor::function::FUNCTION, size_of::<PyCFunctionObject>()),
        (&descriptor::method::METHOD, size_of::<PyMethodDescrObject>()),
        (&descriptor::method::CLASS_METHOD, size_of::<PyMethodDescrObject>()),
        (&descriptor::getset::GETSET, size_of::<PyGetSetDescrObject>()),
        (&descriptor::member::MEMBER, size_of::<PyMemberDescrObject>()),
        (&slotdefs::wrapper::WRAPPER_DESCRIPTOR, size_of::<PyWrapperDescrObject>()),
        (&typeobject::TYPE, size_of::<PyHeapTypeObject>()),
    ];
    for (ty, size) in early {
        // SAFETY: start-up, before any of them is in use.
        unsafe {
            (*ty.as_type_ptr()).tp_basicsize = size as isize;
            (*ty.as_type_ptr()).tp_flags |= Py_TPFLAGS_HAVE_GC;
        }
    }
}

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
