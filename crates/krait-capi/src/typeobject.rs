//! `PyType_*` of `object.h` and `cpython/object.h`: readiness, names, state of types.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

use krait_abi::*;
use krait_object::types::attributes::AttributeStore;
use krait_object::types::descriptor::{self, NativeFunctionObject};
use krait_object::types::dict::Dict;
use krait_object::types::type_methods::names;
use krait_object::types::typeobject::{OBJECT, STORAGE_BEHIND, TYPE, finish_ready};
use krait_object::types::{class_static, type_new};
use krait_object::{
    Builtin, Layout, Module, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, intern, raise,
};

use crate::border::{Ptr, export};

/// Makes a static type of C's ready (CPython's `type_ready`).
pub fn ready(py: Py, ty: &Type) -> PyResult<()> {
    if ty.has_flag(Py_TPFLAGS_READY) {
        return Ok(());
    }
    let raw = ty.as_type_ptr();
    // SAFETY: the type is being made ready: nobody else uses it, and its fields are what
    // C code filled in.
    unsafe {
        if (*raw).tp_name.is_null() {
            return raise!(py, SystemError, "Type does not define the tp_name field.");
        }
        if !ty.is_heap_type() {
            (*ty.as_object().as_ptr()).ob_overflow = 0;
            (*ty.as_object().as_ptr()).ob_refcnt = _Py_IMMORTAL_INITIAL_REFCNT;
            (*raw).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
        }
        if (*raw).tp_base.is_null() && !ty.is(&OBJECT) {
            (*raw).tp_base = OBJECT.as_type_ptr();
            if ty.is_heap_type() {
                OBJECT.as_object().incref();
            }
        }
        if let Some(base) = ty.base() {
            ready(py, base)?;
        }
        if (*raw).ob_base.ob_base.ob_type.is_null() {
            (*raw).ob_base.ob_base.ob_type = (*(*raw).tp_base).ob_base.ob_base.ob_type;
        }
        if (*raw).tp_dict.is_null() {
            (*raw).tp_dict = Dict::new().into_ptr();
        }
        if (*raw).tp_bases.is_null()
            && let Some(base) = ty.base()
        {
            (*raw).tp_bases = Tuple::from_objects([base.as_object()]).into_ptr();
        }
        place_managed(ty);
    }
    // Slots come first: a method of a slot's name gives way to the slot, unless it is to
    // coexist.
    krait_object::types::slotdefs::add_wrappers(py, ty)?;
    add_declared(py, ty)?;
    set_doc(py, ty)?;
    finish_ready(py, ty)?;
    inherit_rest(ty);
    Ok(())
}

/// Gives a type the places that `Py_TPFLAGS_MANAGED_*` ask for. CPython has them before an
/// object, Krait behind its struct, where the size that C sees does not show them. A type
/// whose base has such places needs them behind its own struct.
fn place_managed(ty: &Type) {
    let raw = ty.as_type_ptr();
    // SAFETY: the type is being made ready.
    unsafe {
        let base = (*raw).tp_base;
        if (*raw).tp_basicsize == 0 && !base.is_null() {
            (*raw).tp_basicsize = (*base).tp_basicsize;
        }
        let from = |flag| !base.is_null() && (*base).tp_flags & flag != 0;
        let behind = from(STORAGE_BEHIND);
        let wanted = |flag| {
            let inherited = from(flag);
            (ty.has_flag(flag) && !inherited) || (inherited && behind)
        };
        let start = (*raw).tp_basicsize as usize;
        let mut end = start.next_multiple_of(8);
        if wanted(Py_TPFLAGS_MANAGED_WEAKREF) {
            (*raw).tp_flags |= Py_TPFLAGS_MANAGED_WEAKREF;
            (*raw).tp_weaklistoffset = end as isize;
            end += 8;
        }
        if wanted(Py_TPFLAGS_MANAGED_DICT) && (*raw).tp_itemsize == 0 {
            (*raw).tp_flags |= Py_TPFLAGS_MANAGED_DICT;
            (*raw).tp_dictoffset = -1;
            ty.ext().inline_attrs.set(INLINE);
            ty.ext().attrs_offset.set(end as isize);
            end += AttributeStore::size(INLINE);
        } else if wanted(Py_TPFLAGS_MANAGED_DICT) {
            ty.ext().inline_attrs.set(INLINE);
            ty.add_attribute_storage();
        }
        if end > start {
            (*raw).tp_flags |= STORAGE_BEHIND;
            ty.ext().hidden.set(end - start);
        }
    }
}

/// How many attributes instances of C's types keep in themselves.
const INLINE: u32 = 4;

/// Flags that a type has where its base has them.
fn inherit_rest(ty: &Type) {
    let raw = ty.as_type_ptr();
    let Some(base) = ty.base() else { return };
    // SAFETY: the type is being made ready.
    unsafe {
        (*raw).tp_flags |= base.raw().tp_flags & Py_TPFLAGS_ITEMS_AT_END;
    }
}

/// Puts what `tp_methods`, `tp_members` and `tp_getset` declare into the type's dict.
fn add_declared(py: Py, ty: &Type) -> PyResult<()> {
    let raw = ty.as_type_ptr();
    // SAFETY: the arrays end with an entry without name, and live as long as the type.
    unsafe {
        let mut method = (*raw).tp_methods;
        while !method.is_null() && !(*method).ml_name.is_null() {
            add_method(py, ty, method)?;
            method = method.add(1);
        }
        let mut member = (*raw).tp_members;
        while !member.is_null() && !(*member).name.is_null() {
            add_member(py, ty, member)?;
            member = member.add(1);
        }
        let mut getset = (*raw).tp_getset;
        while !getset.is_null() && !(*getset).name.is_null() {
            add_new(
                py,
                ty,
                (*getset).name,
                Value::from(descriptor::getset::new(ty, getset)),
            )?;
            getset = getset.add(1);
        }
    }
    Ok(())
}

/// Adds an entry unless the dict has one of the name.
fn add_new(py: Py, ty: &Type, name: *const c_char, value: Value) -> PyResult<()> {
    // SAFETY: a definition's name is a C string.
    let name = crate::text::name(py, unsafe { CStr::from_ptr(name) })?;
    if ty.dict().contains_str(py, &name) {
        return Ok(());
    }
    ty.dict().set_str(py, &name, value)
}

/// # Safety
/// The definition is alive.
unsafe fn add_method(py: Py, ty: &Type, def: *mut PyMethodDef) -> PyResult<()> {
    // SAFETY: the contract.
    let (name, flags) = unsafe { ((*def).ml_name, (*def).ml_flags) };
    let value = if flags & METH_CLASS != 0 {
        if flags & METH_STATIC != 0 {
            return raise!(py, ValueError, "method cannot be both class and static");
        }
        Value::from(descriptor::method::new(
            &descriptor::method::CLASS_METHOD,
            ty,
            def,
        ))
    } else if flags & METH_STATIC != 0 {
        let function = NativeFunctionObject::new(def, Some(ty.as_object().to_owned()), None);
        class_static::static_method_of(Value::from(function))
    } else {
        Value::from(descriptor::method::new(
            &descriptor::method::METHOD,
            ty,
            def,
        ))
    };
    if flags & METH_COEXIST != 0 {
        // SAFETY: a definition's name is a C string.
        let name = crate::text::name(py, unsafe { CStr::from_ptr(name) })?;
        return ty.dict().set_str(py, &name, value);
    }
    add_new(py, ty, name, value)
}

/// # Safety
/// The definition is alive.
unsafe fn add_member(py: Py, ty: &Type, def: *mut PyMemberDef) -> PyResult<()> {
    // SAFETY: the contract.
    let name = unsafe { (*def).name };
    add_new(py, ty, name, Value::from(descriptor::member::new(ty, def)))
}

fn set_doc(py: Py, ty: &Type) -> PyResult<()> {
    if ty.dict().contains_str(py, intern!("__doc__")) {
        return Ok(());
    }
    let doc = ty.raw().tp_doc;
    let value = if doc.is_null() {
        Value::none()
    } else {
        // SAFETY: a type's documentation is a C string.
        let doc = unsafe { CStr::from_ptr(doc) }.to_string_lossy();
        Value::from(Str::new(&descriptor::split_doc(&doc, ty.short_name()).1))
    };
    ty.dict().set_str(py, intern!("__doc__"), value)
}

/// The heap type's struct, where the type is one.
pub fn heap(ty: &Type) -> Option<*mut PyHeapTypeObject> {
    ty.is_heap_type().then(|| ty.as_type_ptr().cast())
}

/// The module that a type was made with.
fn module_of(ty: &Type) -> Option<&Object> {
    // SAFETY: a heap type's field is null or owned.
    unsafe {
        let module = (*heap(ty)?).ht_module;
        (!module.is_null()).then(|| Object::from_ptr(module))
    }
}

/// The module of the first type along the MRO that was made with the definition.
fn module_by_def(ty: &Type, def: *mut PyModuleDef) -> Option<&Object> {
    ty.mro_types().find_map(|t| {
        let module = module_of(t)?;
        let same = module
            .downcast::<Module>()
            .is_some_and(|m| m.def.get() == def);
        same.then_some(module)
    })
}

fn slot_of(py: Py, ty: &Type, number: c_int) -> PyResult<*mut c_void> {
    if number < 0 || number as usize >= crate::typespec::OFFSETS.len() || number == 0 {
        return crate::border::bad_internal_call(py);
    }
    Ok(
        crate::typespec::slot_place(ty, number).map_or(std::ptr::null_mut(), |place| {
            // SAFETY: the place is inside the type.
            unsafe { *place }
        }),
    )
}

export! {
    fn PyType_Ready(py, ty: &Type) -> PyResult<()> { ready(py, ty) }
    fn PyType_Check(_py, object: &Object) -> bool { Type::is_instance(object) }
    fn PyType_IsSubtype(_py, a: &Type, b: &Type) -> bool { a.is_subtype_of(b) }
    fn PyType_GetFlags(_py, ty: &Type) -> u64 { ty.raw().tp_flags }
    fn PyType_Modified(_py, ty: &Type) { ty.modified() }
    fn PyType_ClearCache(py) -> c_uint {
        krait_object::types::method_cache::clear(py);
        0
    }
    fn PyType_GetDict(_py, ty: &Type) -> Owned<Dict> { ty.dict().to_owned() }
    fn PyType_GetName(py, ty: &Type) -> PyResult {
        krait_object::protocol::get_attr(py, &Value::from(ty.to_owned()), intern!("__name__"))
    }
    fn PyType_GetQualName(_py, ty: &Type) -> Owned<Str> { names::qualname(ty) }
    fn PyType_GetModuleName(py, ty: &Type) -> PyResult {
        match names::module_of(py, ty) {
            Some(module) => Ok(module),
            None => raise!(py, AttributeError, "__module__"),
        }
    }
    fn PyType_GetFullyQualifiedName(py, ty: &Type) -> Owned<Str> { Str::new(&names::fully_qualified_name(py, ty)) }
    fn PyType_GetModule(py, ty: &Type) -> PyResult<Ptr> {
        match module_of(ty) {
            Some(module) => Ok(module.as_ptr()),
            None => raise!(py, TypeError, "PyType_GetModule: Type '{}' has no associated module", ty.name()),
        }
    }
    fn PyType_GetModuleState(py, ty: &Type) -> PyResult<*mut c_void> {
        match module_of(ty).and_then(|m| m.downcast::<Module>()) {
            Some(module) => Ok(module.state.get()),
            None => raise!(py, TypeError, "PyType_GetModule: Type '{}' has no associated module", ty.name()),
        }
    }
    fn PyType_GetModuleByDef(py, ty: &Type, def: *mut PyModuleDef) -> PyResult<Ptr> {
        match module_by_def(ty, def) {
            Some(module) => Ok(module.as_ptr()),
            None => raise!(py, TypeError, "PyType_GetModuleByDef: No superclass of '{}' has the given module", ty.name()),
        }
    }
    fn PyType_GetSlot(py, ty: &Type, number: c_int) -> PyResult<*mut c_void> { slot_of(py, ty, number) }
    fn PyType_GenericNew(_py, ty: *mut PyTypeObject, _args: Ptr, _kwargs: Ptr) -> Ptr {
        match (*ty).tp_alloc {
            Some(alloc) => alloc(ty, 0),
            None => krait_object::types::inherit::generic_alloc(ty, 0),
        }
    }
    fn PyType_Freeze(py, ty: &Type) -> PyResult<()> {
        for base in ty.mro_types() {
            if !base.has_flag(Py_TPFLAGS_IMMUTABLETYPE) && !base.is(ty) {
                return raise!(py, TypeError, "Creating immutable type {} from mutable base {}", ty.name(), base.name());
            }
        }
        (*ty.as_type_ptr()).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
        ty.modified();
        Ok(())
    }
    fn _PyType_Lookup(py, ty: &Type, name: &Str) -> PyResult<Ptr> {
        // Borrowed of the type's dict, where what C may keep must be an object.
        for class in ty.mro_types() {
            let key = Value::from(name.to_owned_str());
            if let Some(found) = class.dict().boxed_value(py, &key)? {
                return Ok(found);
            }
        }
        Ok(std::ptr::null_mut())
    }
    fn _PyType_LookupRef(py, ty: &Type, name: &Str) -> Option<Owned> {
        ty.lookup(py, name).map(Value::into_object)
    }
    fn _PyType_Name(_py, ty: &Type) -> *const c_char {
        let name = ty.raw().tp_name;
        match CStr::from_ptr(name).to_bytes().iter().rposition(|&b| b == b'.') {
            Some(dot) if !ty.is_heap_type() => name.add(dot + 1),
            _ => name,
        }
    }
    fn PyType_GetBaseByToken(py, ty: &Type, token: *mut c_void, result: *mut *mut PyTypeObject) -> PyResult<bool> {
        if !result.is_null() {
            *result = std::ptr::null_mut();
        }
        if token.is_null() {
            return raise!(py, SystemError, "PyType_GetBaseByToken called with token=NULL");
        }
        for base in ty.mro_types() {
            if heap(base).is_some_and(|h| (*h).ht_token == token) {
                if !result.is_null() {
                    *result = base.to_owned().into_raw().cast();
                }
                return Ok(true);
            }
        }
        Ok(false)
    }
    fn PyObject_GetTypeData(_py, object: Ptr, class: *mut PyTypeObject) -> *mut c_void {
        let base = (*class).tp_base;
        object.byte_add(align((*base).tp_basicsize as usize)).cast()
    }
    fn PyType_GetTypeDataSize(py, class: &Type) -> PyResult<isize> {
        let base = class.base().map_or(0, |b| align(b.raw().tp_basicsize as usize)) as isize;
        let size = class.raw().tp_basicsize - base;
        if size <= 0 {
            return raise!(py, TypeError, "type '{}' has no data of its own", class.name());
        }
        Ok(size)
    }
    fn PyObject_GetItemData(py, object: &Object) -> PyResult<*mut c_void> {
        let ty = object.ty();
        if !ty.has_flag(Py_TPFLAGS_ITEMS_AT_END) {
            return raise!(py, TypeError, "type '{}' does not have Py_TPFLAGS_ITEMS_AT_END", ty.name());
        }
        Ok(object.as_ptr().byte_add(ty.raw().tp_basicsize as usize).cast())
    }
}

/// How the data of a type behind its base's struct is aligned.
pub fn align(size: usize) -> usize {
    size.next_multiple_of(16)
}

/// The metaclass that a type made by C gets.
pub fn winner(py: Py, metatype: Option<&Type>, bases: &Tuple) -> PyResult<Owned<Type>> {
    type_new::metaclass_of(py, metatype.unwrap_or(&TYPE), bases)
}
