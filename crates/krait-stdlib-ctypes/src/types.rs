//! The module's static types: metaclasses and the base classes that they make.

use krait_object::native::TypeBuilder;
use krait_object::types::typeobject::{StaticType, TYPE};
use krait_object::{Builtin, Type};

use crate::data::This;
use crate::{array, function, meta, pointer, simple, structure};

/// The metaclass of all C types (`CType_Type`).
pub static META: StaticType = StaticType::new();
pub static META_STRUCTURE: StaticType = StaticType::new();
pub static META_UNION: StaticType = StaticType::new();
pub static META_POINTER: StaticType = StaticType::new();
pub static META_ARRAY: StaticType = StaticType::new();
pub static META_SIMPLE: StaticType = StaticType::new();
pub static META_FUNCTION: StaticType = StaticType::new();

pub static STRUCTURE: StaticType = StaticType::new();
pub static UNION: StaticType = StaticType::new();
pub static POINTER: StaticType = StaticType::new();
pub static ARRAY: StaticType = StaticType::new();
pub static SIMPLE: StaticType = StaticType::new();
pub static FUNCTION: StaticType = StaticType::new();

/// What a metaclass declares of itself.
type Definition = fn(&mut TypeBuilder<Type>);

/// Makes them all; once.
pub fn define() {
    if META.is_ready() {
        return;
    }
    metaclass(&META, "_ctypes.CType_Type", &TYPE, meta::common::define);
    let metaclasses: [(&'static StaticType, &'static str, Definition); 6] = [
        (
            &META_STRUCTURE,
            "_ctypes.PyCStructType",
            meta::structure::define_struct,
        ),
        (
            &META_UNION,
            "_ctypes.UnionType",
            meta::structure::define_union,
        ),
        (
            &META_POINTER,
            "_ctypes.PyCPointerType",
            meta::pointer::define,
        ),
        (&META_ARRAY, "_ctypes.PyCArrayType", meta::array::define),
        (&META_SIMPLE, "_ctypes.PyCSimpleType", meta::simple::define),
        (
            &META_FUNCTION,
            "_ctypes.PyCFuncPtrType",
            meta::function::define,
        ),
    ];
    for (ty, name, define) in metaclasses {
        metaclass(ty, name, &META, define);
    }
    class(
        &STRUCTURE,
        "_ctypes.Structure",
        &META_STRUCTURE,
        structure::define_structure,
    );
    class(
        &UNION,
        "_ctypes.Union",
        &META_UNION,
        structure::define_union,
    );
    class(&POINTER, "_ctypes._Pointer", &META_POINTER, pointer::define);
    class(&ARRAY, "_ctypes.Array", &META_ARRAY, array::define);
    class(
        &SIMPLE,
        "_ctypes._SimpleCData",
        &META_SIMPLE,
        simple::define,
    );
    class(
        &FUNCTION,
        "_ctypes.CFuncPtr",
        &META_FUNCTION,
        function::define,
    );
}

fn metaclass(ty: &'static StaticType, name: &'static str, base: &'static Type, define: Definition) {
    let mut b = TypeBuilder::<Type>::new(ty, name, 0);
    b.base(base).subclassable();
    define(&mut b);
    b.finish();
}

fn class(
    ty: &'static StaticType,
    name: &'static str,
    metaclass: &'static StaticType,
    define: fn(&mut TypeBuilder<This>),
) {
    let mut b = TypeBuilder::<This>::new(ty, name, 0);
    b.base(This::type_object())
        .subclassable()
        .with_raw(|raw| raw.ob_base.ob_base.ob_type = metaclass.as_type_ptr());
    define(&mut b);
    b.finish();
}

/// Whether the class is one that the metaclass has made.
pub fn is_made_by(class: &Type, metaclass: &StaticType) -> bool {
    use krait_object::Layout;
    class.as_object().ty().is_subtype_of(metaclass)
}

/// Whether the class is a subclass of a basic type (`class Handle(c_void_p)`): those are not
/// turned into Python's values.
pub fn is_own_simple(class: &Type) -> bool {
    is_made_by(class, &META_SIMPLE) && !class.base().is_some_and(|base| base.is(&SIMPLE))
}
