//! The builtin types, a module each.

pub mod attached;
pub mod attributes;
pub mod buffer;
pub mod bytearray;
pub mod bytes;
pub mod bytes_builder;
pub mod class_static;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod enumerate;
pub mod exported;
pub mod filter;
pub mod float;
pub mod generic_alias;
pub mod inherit;
pub mod instance_dict;
pub mod int;
pub mod iterators;
pub mod list;
pub mod map;
pub mod mappingproxy;
pub mod memory_map;
pub mod memoryview;
pub mod method;
pub mod method_cache;
pub mod module;
mod module_annotations;
pub mod module_origin;
pub mod mro;
pub mod namespace;
pub mod object_type;
pub mod pending;
pub mod property;
pub mod range;
pub mod reversed;
pub mod sequence;
pub mod set;
pub mod shared_bytes;
pub mod slice;
pub mod slotdefs;
pub mod str;
pub mod structseq;
pub mod super_type;
pub mod tuple;
pub mod type_methods;
pub mod type_new;
pub mod typeobject;
pub mod union;
pub mod weakref;
pub mod zip;

/// Gives the types whose instances are made, and die, before the types are complete
/// what that needs.
fn prepare() {
    let early: [(
        &typeobject::StaticType,
        unsafe extern "C-unwind" fn(*mut krait_abi::PyObject),
    ); 6] = [
        (&str::STR, str::dealloc),
        (&dict::DICT, dict::slots::dealloc),
        (&tuple::TUPLE, tuple::dealloc),
        (&list::LIST, list::dealloc),
        (&int::INT, float::dealloc),
        (&bytes::BYTES, float::dealloc),
    ];
    for (ty, dealloc) in early {
        // SAFETY: start-up, before any of them is in use.
        unsafe { (*ty.as_type_ptr()).tp_dealloc = Some(dealloc) }
    }
}

/// Makes all builtin types, in the order of their bases.
pub(crate) fn define_all() {
    prepare();
    type_methods::define_core();
    descriptor::define();
    // Other types' static methods are instances of it.
    class_static::define();
    int::define();
    float::define();
    complex::define();
    str::define();
    bytes::define();
    bytearray::define();
    tuple::define();
    list::define();
    dict::define();
    set::define();
    slice::define();
    range::define();
    iterators::define();
    enumerate::define();
    reversed::define();
    zip::define();
    map::define();
    filter::define();
    method::define();
    module::define();
    weakref::define();
    crate::singletons::define();
    property::define();
    slotdefs::buffer::define();
    generic_alias::define();
    union::define();
    memoryview::define();
}

/// The types that `builtins` names, beside `object`, `type` and `bool`.
pub fn public_types() -> Vec<&'static typeobject::Type> {
    let mut all: Vec<&'static typeobject::Type> = vec![
        &int::INT,
        &float::FLOAT,
        &complex::COMPLEX,
        &str::STR,
        &bytes::BYTES,
        &bytearray::BYTEARRAY,
        &memoryview::MEMORYVIEW,
        &tuple::TUPLE,
        &list::LIST,
        &dict::DICT,
        &set::SET,
        &set::FROZENSET,
        &slice::SLICE,
        &range::RANGE,
        &enumerate::ENUMERATE,
        &reversed::REVERSED,
        &zip::ZIP,
        &map::MAP,
        &filter::FILTER,
        &super_type::SUPER,
        &property::PROPERTY,
        &class_static::CLASS_METHOD,
        &class_static::STATIC_METHOD,
    ];
    all.sort_by_key(|t| t.short_name());
    all
}

/// Lets the builtin types make generic aliases (`list[int]`) and unions (`int | None`).
pub fn install_typing(py: crate::py::Py) {
    crate::hooks::install(py, |hooks| {
        hooks.make_generic_alias = generic_alias::generic_alias;
        hooks.make_union = union::or;
    });
}
