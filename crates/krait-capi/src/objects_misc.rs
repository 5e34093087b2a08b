//! Small headers about builtin types: `iterobject.h`, `methodobject.h`, `classobject.h`,
//! `descrobject.h`, `funcobject.h`, `cellobject.h`, `genobject.h`, `weakrefobject.h`,
//! `genericaliasobject.h`, `structseq.h`.

use std::ffi::{CStr, c_char, c_int, c_void};

use krait_abi::*;
use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder, TypeCell};
use krait_object::protocol::CompareOp;
use krait_object::types::descriptor::{self, NativeFunctionObject};
use krait_object::types::iterators;
use krait_object::types::method::Method;
use krait_object::types::typeobject::StaticType;
use krait_object::types::{class_static, weakref};
use krait_object::{
    Builtin, Dict, Layout, Object, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, protocol,
    raise,
};
use krait_vm::cell::Cell;
use krait_vm::{CodeObject, Function};

use crate::border::{Ptr, bad_internal_call, export};

fn function(def: *mut PyMethodDef, this: Option<&Object>, module: Option<&Object>) -> Owned {
    NativeFunctionObject::new(
        def,
        this.map(|t| t.to_owned()),
        module.map(|m| m.to_owned()),
    )
    .upcast()
}

fn native(py: Py, object: &Object) -> PyResult<&NativeFunctionObject> {
    match object.downcast::<NativeFunctionObject>() {
        Some(function) => Ok(function),
        None => bad_internal_call(py),
    }
}

fn static_of(function: &NativeFunctionObject) -> bool {
    // SAFETY: a definition in use is alive.
    unsafe { (*function.definition()).ml_flags & METH_STATIC != 0 }
}

export! {
    fn PySeqIter_New(py, sequence: &Object) -> PyResult<Owned> {
        if !protocol::iter::is_sequence(sequence) {
            return bad_internal_call(py);
        }
        Ok(iterators::sequence_iter(sequence))
    }
    fn PyCallIter_New(py, callable: &Value, sentinel: &Value) -> Owned {
        iterators::callable_iter(py, callable.clone(), sentinel.clone())
    }

    fn PyCFunction_New(_py, def: *mut PyMethodDef, this: Option<&Object>) -> Owned { function(def, this, None) }
    fn PyCFunction_NewEx(_py, def: *mut PyMethodDef, this: Option<&Object>, module: Option<&Object>) -> Owned {
        function(def, this, module)
    }
    fn PyCMethod_New(py, def: *mut PyMethodDef, this: Option<&Object>, module: Option<&Object>, class: *mut PyTypeObject) -> PyResult<Owned> {
        let told = (*def).ml_flags & METH_METHOD != 0;
        match (told, class.is_null()) {
            (true, false) => Ok(NativeFunctionObject::new_of_class(
                def, this.map(|t| t.to_owned()), module.map(|m| m.to_owned()), Type::from_ptr(class)).upcast()),
            (true, true) => raise!(py, SystemError, "attempting to create PyCMethod with a METH_METHOD flag but no class"),
            (false, false) => raise!(py, SystemError, "attempting to create PyCFunction with class but no METH_METHOD flag"),
            (false, true) => {
                let flags = (*def).ml_flags;
                if krait_object::native::foreign::of_function(def).is_none() {
                    let name = CStr::from_ptr((*def).ml_name).to_string_lossy();
                    return raise!(py, SystemError, "{name}() method: bad call flags ({flags})");
                }
                Ok(function(def, this, module))
            }
        }
    }
    fn PyCFunction_GetFunction(py, object: &Object) -> PyResult<*const c_void> {
        Ok((*native(py, object)?.definition()).ml_meth.map_or(std::ptr::null(), |f| f as *const c_void))
    }
    fn PyCFunction_GetSelf(py, object: &Object) -> PyResult<Ptr> {
        let function = native(py, object)?;
        if static_of(function) {
            return Ok(std::ptr::null_mut());
        }
        Ok(function.receiver().map_or(std::ptr::null_mut(), Object::as_ptr))
    }
    fn PyCFunction_GetFlags(py, object: &Object) -> PyResult<c_int> { Ok((*native(py, object)?.definition()).ml_flags) }

    fn PyMethod_New(py, function: &Object, receiver: Option<&Object>) -> PyResult<Owned<Method>> {
        match receiver {
            Some(receiver) => Ok(Method::new(function.to_owned(), receiver.to_owned())),
            None => bad_internal_call(py),
        }
    }
    fn PyMethod_Function(py, method: &Object) -> PyResult<Ptr> {
        match method.downcast::<Method>() {
            Some(method) => Ok(method.function().as_ptr()),
            None => bad_internal_call(py),
        }
    }
    fn PyMethod_Self(py, method: &Object) -> PyResult<Ptr> {
        match method.downcast::<Method>() {
            Some(method) => Ok(method.receiver().as_ptr()),
            None => bad_internal_call(py),
        }
    }
    fn PyInstanceMethod_New(py, function: &Value) -> Owned { Instance::new(py, InstanceMethod { function: function.clone() }).upcast() }
    fn PyInstanceMethod_Function(py, method: &Object) -> PyResult<Ptr> {
        match method.downcast::<Instance<InstanceMethod>>().and_then(|m| m.function.as_object().map(Object::as_ptr)) {
            Some(function) => Ok(function),
            None => bad_internal_call(py),
        }
    }

    fn PyDescr_NewMethod(_py, ty: &Type, def: *mut PyMethodDef) -> Owned {
        descriptor::method::new(&descriptor::method::METHOD, ty, def)
    }
    fn PyDescr_NewClassMethod(_py, ty: &Type, def: *mut PyMethodDef) -> Owned {
        descriptor::method::new(&descriptor::method::CLASS_METHOD, ty, def)
    }
    fn PyDescr_NewMember(_py, ty: &Type, def: *mut PyMemberDef) -> Owned { descriptor::member::new(ty, def) }
    fn PyDescr_NewGetSet(_py, ty: &Type, def: *mut PyGetSetDef) -> Owned { descriptor::getset::new(ty, def) }
    fn PyDescr_IsData(_py, object: &Object) -> bool { object.ty().raw().tp_descr_set.is_some() }
    fn PyWrapper_New(py, descr: &Object, this: &Value) -> PyResult {
        match descr.ty().raw().tp_descr_get {
            Some(get) => protocol::from_c(py, get(descr.as_ptr(), this.to_object().as_object().as_ptr(), this.ty().as_object().as_ptr())),
            None => bad_internal_call(py),
        }
    }
    fn PyMember_GetOne(py, address: *const c_char, def: *const PyMemberDef) -> PyResult {
        descriptor::member::read(py, Object::from_ptr(address.cast_mut().cast()), &*def)
    }
    fn PyMember_SetOne(py, address: *mut c_char, def: *const PyMemberDef, value: Option<&Object>) -> PyResult<()> {
        descriptor::member::write(py, Object::from_ptr(address.cast()), &*def, value)
    }
    fn PyClassMethod_New(py, function: &Value) -> Value { class_static::class_method_of(py, function.clone()) }
    fn PyStaticMethod_New(_py, function: &Value) -> Value { class_static::static_method_of(function.clone()) }

    fn PyFunction_New(py, code: &CodeObject, globals: &Dict) -> Owned<Function> {
        Function::new(py, code.to_owned(), globals.to_owned(), Default::default())
    }
    fn PyFunction_NewWithQualName(py, code: &CodeObject, globals: &Dict, qualname: Option<&Value>) -> PyResult<Owned<Function>> {
        let function = Function::new(py, code.to_owned(), globals.to_owned(), Default::default());
        if let Some(qualname) = qualname {
            protocol::set_attr(py, &Value::from(function.clone()), krait_object::intern!("__qualname__"), qualname)?;
        }
        Ok(function)
    }
    fn PyFunction_GetCode(_py, function: &Function) -> Ptr { function.code().as_object().as_ptr() }
    fn PyFunction_GetGlobals(_py, function: &Function) -> Ptr { function.globals().as_object().as_ptr() }
    fn PyFunction_GetModule(py, function: &Value) -> PyResult<Ptr> { lent_attribute(py, function, "__module__") }
    fn PyFunction_GetDefaults(py, function: &Value) -> PyResult<Ptr> { lent_attribute(py, function, "__defaults__") }
    fn PyFunction_GetKwDefaults(py, function: &Value) -> PyResult<Ptr> { lent_attribute(py, function, "__kwdefaults__") }
    fn PyFunction_GetClosure(py, function: &Value) -> PyResult<Ptr> { lent_attribute(py, function, "__closure__") }
    fn PyFunction_GetAnnotations(py, function: &Value) -> PyResult<Ptr> { lent_attribute(py, function, "__annotations__") }
    fn PyFunction_SetDefaults(py, function: &Value, value: &Value) -> PyResult<()> {
        set_part(py, function, "__defaults__", value)
    }
    fn PyFunction_SetKwDefaults(py, function: &Value, value: &Value) -> PyResult<()> {
        set_part(py, function, "__kwdefaults__", value)
    }
    fn PyFunction_SetAnnotations(py, function: &Value, value: &Value) -> PyResult<()> {
        set_part(py, function, "__annotations__", value)
    }

    fn PyCell_New(_py, content: Option<&Value>) -> Owned<Cell> { Cell::new(content.cloned()) }
    fn PyCell_Get(py, cell: &Object) -> PyResult<Option<Value>> {
        match cell.downcast::<Cell>() {
            Some(cell) => Ok(cell.get()),
            None => bad_internal_call(py),
        }
    }
    fn PyCell_Set(py, cell: &Object, content: Option<&Value>) -> PyResult<()> {
        match cell.downcast::<Cell>() {
            Some(cell) => { cell.set(content.cloned()); Ok(()) }
            None => bad_internal_call(py),
        }
    }
    // The value of the StopIteration that is set, which is taken; None where nothing is.
    fn _PyGen_FetchStopIterationValue(py, result: *mut Ptr) -> PyResult<()> {
        let value = match krait_vm::generator::close::stop_value(py) {
            Some(value) => value,
            None if py.thread().exception().is_some() => return Err(Raised),
            None => Value::none(),
        };
        *result = value.into_object().into_ptr();
        Ok(())
    }
    fn PyGen_GetCode(py, generator: &Object) -> PyResult<Owned<CodeObject>> {
        match krait_vm::generator::of_object(generator) {
            Some(generator) => Ok(generator.code().to_owned()),
            None => bad_internal_call(py),
        }
    }

    fn PyWeakref_NewRef(py, object: &Object, callback: Option<&Object>) -> PyResult<Owned> {
        let callback = callback.filter(|c| !c.is_none());
        weakref::new_ref(py, object, callback).map(Owned::upcast)
    }
    fn PyWeakref_NewProxy(py, object: &Object, callback: Option<&Object>) -> PyResult<Owned> {
        let callback = callback.filter(|c| !c.is_none());
        weakref::new_proxy(py, object, callback).map(Owned::upcast)
    }
    fn PyWeakref_GetRef(py, reference: &Object, result: *mut Ptr) -> PyResult<bool> {
        *result = std::ptr::null_mut();
        match reference.downcast::<weakref::WeakRef>() {
            Some(reference) => match reference.upgrade() {
                Some(object) => { *result = object.into_ptr(); Ok(true) }
                None => Ok(false),
            },
            None => raise!(py, TypeError, "expected a weakref"),
        }
    }
    fn PyWeakref_GetObject(py, reference: &Object) -> PyResult<Ptr> {
        match reference.downcast::<weakref::WeakRef>() {
            Some(reference) => Ok(reference.upgrade().map_or(krait_object::singletons::none().as_ptr(), |o| o.as_object().as_ptr())),
            None => bad_internal_call(py),
        }
    }
    fn PyWeakref_IsDead(py, reference: &Object) -> PyResult<bool> {
        match reference.downcast::<weakref::WeakRef>() {
            Some(reference) => Ok(reference.is_dead()),
            None => raise!(py, TypeError, "expected a weakref, got {}", reference.ty().name()),
        }
    }
    fn Py_GenericAlias(py, origin: &Object, args: &Object) -> PyResult {
        krait_object::types::generic_alias::generic_alias(py, origin, args)
    }
}

/// Sets an attribute of a function; SystemError for what is none.
fn set_part(py: Py, function: &Value, name: &str, value: &Value) -> PyResult<()> {
    if function.downcast::<Function>().is_none() {
        return bad_internal_call(py);
    }
    protocol::set_attr(py, function, &Str::intern(name), value)
}

/// An attribute that a function keeps, borrowed; NULL where it is None.
fn lent_attribute(py: Py, object: &Value, name: &str) -> PyResult<Ptr> {
    if object.downcast::<Function>().is_none() {
        return bad_internal_call(py);
    }
    let value = protocol::get_attr_str(py, object, name)?;
    Ok(match value.as_object() {
        Some(object) if !object.is_none() => object.as_ptr(),
        _ => std::ptr::null_mut(),
    })
}

/// `instancemethod`: a callable that binds like a function.
pub struct InstanceMethod {
    function: Value,
}

#[unsafe(export_name = "PyInstanceMethod_Type")]
pub static INSTANCE_METHOD: StaticType = StaticType::new();

/// What the class has not, the function may have.
fn attribute_of_method(py: Py, this: &Instance<InstanceMethod>, name: &Object) -> PyResult {
    let Some(name) = name.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        );
    };
    let own = INSTANCE_METHOD.lookup(py, name).is_some();
    match protocol::attr::generic_lookup(py, this.as_object(), name)? {
        Some(value) if own => Ok(value),
        _ => protocol::get_attr(py, &this.function, name),
    }
}

impl Class for InstanceMethod {
    const NAME: &'static str = "instancemethod";
    const GC: bool = true;

    fn cell() -> &'static TypeCell {
        &INSTANCE_METHOD
    }

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.new_with(
            "instancemethod(function, /)",
            |py, class: &Type, function: &Value| {
                Instance::new_in(
                    py,
                    class,
                    InstanceMethod {
                        function: function.clone(),
                    },
                )
            },
        )
        .call(
            "__call__($self, /, *args, **kwargs)",
            |py,
             this: &Instance<InstanceMethod>,
             args: krait_object::Args<'_>,
             kwargs: krait_object::KwArgs| {
                protocol::call::call_tuple(
                    py,
                    &this.function,
                    &Tuple::from_slice(args.0),
                    kwargs.0.as_deref(),
                )
            },
        )
        .descr_get(
            |_py,
             this: &Instance<InstanceMethod>,
             instance: Option<&Object>,
             _owner: Option<&Object>| {
                match instance {
                    None => this.function.clone(),
                    Some(instance) => {
                        Value::from(Method::new(this.function.to_object(), instance.to_owned()))
                    }
                }
            },
        )
        .getter("__func__", |_py, this: &Instance<InstanceMethod>| {
            this.function.clone()
        })
        .getter("__doc__", |py, this: &Instance<InstanceMethod>| {
            protocol::get_attr_str(py, &this.function, "__doc__")
        })
        .get_attribute(attribute_of_method)
        .compare(|py, this: &Instance<InstanceMethod>, other: &Object, op| {
            match (op, other.downcast::<Instance<InstanceMethod>>()) {
                (CompareOp::Eq | CompareOp::Ne, Some(other)) => {
                    let equal = protocol::equal(py, &this.function, &other.function)?;
                    Ok(Value::bool(equal == (op == CompareOp::Eq)))
                }
                _ => Ok(Value::from(
                    krait_object::singletons::not_implemented().to_owned(),
                )),
            }
        })
        .repr(|py, this: &Instance<InstanceMethod>| {
            let name =
                protocol::lookup_attr(py, &this.function, krait_object::intern!("__name__"))?;
            let name = name.and_then(|n| n.downcast::<Str>().map(|n| n.to_rust().into_owned()));
            let name = name.unwrap_or_else(|| "?".to_string());
            PyResult::Ok(format!(
                "<instancemethod {name} at {:p}>",
                this.as_object().as_ptr()
            ))
        });
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.function);
    }
}

/// # Safety
/// The text is a C string or null.
unsafe fn leaked(text: *const c_char) -> &'static str {
    if text.is_null() {
        return "";
    }
    // SAFETY: the contract.
    Box::leak(
        unsafe { CStr::from_ptr(text) }
            .to_string_lossy()
            .into_owned()
            .into_boxed_str(),
    )
}

/// The name of unnamed fields.
#[unsafe(no_mangle)]
pub static PyStructSequence_UnnamedField: crate::statics::CText =
    crate::statics::CText(c"unnamed field".as_ptr());

fn new_structseq(desc: *mut PyStructSequence_Desc) -> krait_object::types::structseq::Description {
    // SAFETY: C passes a description whose fields end with one without name.
    unsafe {
        let mut fields: Vec<(&'static str, &'static str)> = Vec::new();
        let mut at = (*desc).fields;
        while !(*at).name.is_null() {
            let unnamed = std::ptr::eq((*at).name, PyStructSequence_UnnamedField.0);
            fields.push((
                if unnamed { "" } else { leaked((*at).name) },
                leaked((*at).doc),
            ));
            at = at.add(1);
        }
        krait_object::types::structseq::Description {
            name: leaked((*desc).name),
            doc: leaked((*desc).doc),
            fields: Vec::leak(fields),
            visible: (*desc).n_in_sequence as usize,
            constructible: true,
        }
    }
}

export! {
    fn PyStructSequence_NewType(_py, desc: *mut PyStructSequence_Desc) -> Owned<Type> {
        krait_object::types::structseq::make_type(new_structseq(desc)).to_owned()
    }
    fn PyStructSequence_InitType(py, ty: *mut PyTypeObject, desc: *mut PyStructSequence_Desc) {
        let _ = init_structseq(py, ty, desc);
    }
    fn PyStructSequence_InitType2(py, ty: *mut PyTypeObject, desc: *mut PyStructSequence_Desc) -> PyResult<()> {
        init_structseq(py, ty, desc)
    }
    fn PyStructSequence_New(py, ty: &Type) -> PyResult<Owned> {
        let Some(count) = ty.dict().get_str(py, "n_fields").and_then(|n| protocol::number::int_of(&n)) else {
            return bad_internal_call(py);
        };
        let visible = ty.dict().get_str(py, "n_sequence_fields").and_then(|n| protocol::number::int_of(&n)).unwrap_or(count);
        let object = ty.allocate(count as usize)?;
        (*object.cast::<PyVarObject>()).ob_size = visible as isize;
        ty.track_new(object);
        Ok(Owned::from_raw(object.cast()))
    }
    fn PyStructSequence_SetItem(_py, object: Ptr, index: isize, value: Option<Owned>) {
        let items = (&raw mut (*object.cast::<PyTupleObject>()).ob_item).cast::<Ptr>();
        *items.add(index as usize) = value.map_or(std::ptr::null_mut(), Owned::into_ptr);
    }
    fn PyStructSequence_GetItem(_py, object: Ptr, index: isize) -> Ptr {
        let items = (&raw mut (*object.cast::<PyTupleObject>()).ob_item).cast::<Ptr>();
        *items.add(index as usize)
    }
}

/// A struct sequence type in C's static memory.
fn init_structseq(py: Py, ty: *mut PyTypeObject, desc: *mut PyStructSequence_Desc) -> PyResult<()> {
    // SAFETY: C passes a zeroed static type; Krait's StaticType has the same layout.
    let place: &'static StaticType = unsafe { &*ty.cast::<StaticType>() };
    if place.is_ready() {
        return Ok(());
    }
    let _ = py;
    krait_object::types::structseq::make_type_at(place, new_structseq(desc));
    Ok(())
}

/// Forces the types that are made at first use.
pub fn define_types() {
    Instance::<krait_object::types::bytes::iterator::BytesIterator>::type_object();
    Instance::<krait_object::types::bytes::iterator::ByteArrayIterator>::type_object();
    Instance::<krait_object::types::str::methods::iterator::StrIterator>::type_object();
    krait_vm::frame::proxy::define_type();
    krait_stdlib_data::collections::define_types();
    Instance::<InstanceMethod>::type_object();
}
