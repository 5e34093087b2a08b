//! `wrapper_descriptor` (a slot as a special method) and `method-wrapper` (the same,
//! bound to an instance), in CPython's layouts.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::{line_of, wrap};
use crate::gc::Visitor;
use crate::native::call::DefKind;
use crate::native::{NativeDef, TypeBuilder};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::descriptor::split_doc;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{StaticType, Type, native_call_slot};
use crate::value::Value;

/// A `wrapper_descriptor`.
#[repr(transparent)]
pub struct WrapperDescr(PyWrapperDescrObject, crate::object::Counted);

/// A `method-wrapper`.
#[repr(C)]
pub struct MethodWrapper {
    header: PyObject,
    descr: *mut PyObject,
    this: *mut PyObject,
    counted: crate::object::Counted,
}

#[unsafe(export_name = "PyWrapperDescr_Type")]
pub static WRAPPER_DESCRIPTOR: StaticType = StaticType::new();
#[unsafe(export_name = "_PyMethodWrapper_Type")]
pub static METHOD_WRAPPER: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for WrapperDescr {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for WrapperDescr {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &WRAPPER_DESCRIPTOR
    }
}
// SAFETY: repr(C), and the header comes first.
unsafe impl Layout for MethodWrapper {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for MethodWrapper {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &METHOD_WRAPPER
    }
}

impl WrapperDescr {
    /// A wrapper of a slot of `owner`; the record lives as long as the process.
    pub fn new(
        owner: &Type,
        name: &Str,
        record: *mut wrapperbase,
        wrapped: *mut c_void,
    ) -> Owned<WrapperDescr> {
        let Ok(raw) = WRAPPER_DESCRIPTOR.allocate(0) else {
            crate::errors::out_of_memory()
        };
        // SAFETY: the block has the type's size; the references pass to the descriptor.
        unsafe {
            let this = raw.cast::<PyWrapperDescrObject>();
            (*this).d_common.d_type = owner.to_owned().into_raw().cast();
            (*this).d_common.d_name = name.to_owned_str().into_ptr();
            (*this).d_base = record;
            (*this).d_wrapped = wrapped;
            WRAPPER_DESCRIPTOR.track_new(raw);
            Owned::from_raw(raw.cast())
        }
    }

    /// The slot's function.
    #[inline(always)]
    pub fn wrapped(&self) -> *mut c_void {
        self.0.d_wrapped
    }

    #[inline(always)]
    pub fn record(&self) -> *const wrapperbase {
        self.0.d_base
    }

    /// The type whose slot it is.
    #[inline(always)]
    pub fn owner(&self) -> &Type {
        // SAFETY: a descriptor keeps its type alive.
        unsafe { Type::from_ptr(self.0.d_common.d_type) }
    }

    fn name(&self) -> &Str {
        // SAFETY: a descriptor owns its name, a str.
        unsafe { Object::from_ptr(self.0.d_common.d_name).cast_unchecked() }
    }

    fn check(&self, py: Py, this: &Object) -> PyResult<()> {
        if this.ty().is_subtype_of(self.owner()) {
            return Ok(());
        }
        crate::raise!(
            py,
            TypeError,
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            self.name().to_rust(),
            self.owner().name(),
            this.ty().name()
        )
    }

    /// Calls the slot for an instance of the descriptor's type.
    pub fn invoke(
        &self,
        py: Py,
        this: &Object,
        values: &[Value],
        names: Option<&Tuple>,
    ) -> PyResult {
        match line_of(self.record()) {
            Some(line) => wrap::invoke(py, line, self, this, values, names),
            None => self.invoke_foreign(py, this, values, names),
        }
    }

    /// A wrapper that C code made from a record of its own.
    fn invoke_foreign(
        &self,
        py: Py,
        this: &Object,
        values: &[Value],
        names: Option<&Tuple>,
    ) -> PyResult {
        // SAFETY: the record lives as long as the wrapper.
        let record = unsafe { *self.record() };
        let (args, kwargs) = protocol::call::pack(py, values, names)?;
        let args = args.as_object().as_ptr();
        let kwargs = kwargs
            .as_ref()
            .map_or(std::ptr::null_mut(), |k| k.as_object().as_ptr());
        let Some(function) = record.wrapper else {
            return crate::raise!(py, SystemError, "wrapper without a function");
        };
        if record.flags & PyWrapperFlag_KEYWORDS == 0 {
            // SAFETY: the record's function has this signature.
            return unsafe { protocol::from_c(py, function(this.as_ptr(), args, self.wrapped())) };
        }
        // SAFETY: the flag says that the function has one parameter more.
        unsafe {
            let function: wrapperfunc_kwds =
                std::mem::transmute::<wrapperfunc, wrapperfunc_kwds>(Some(function));
            let function = function.unwrap_unchecked();
            protocol::from_c(py, function(this.as_ptr(), args, self.wrapped(), kwargs))
        }
    }

    fn texts(&self) -> (Option<String>, String) {
        // SAFETY: the record and its texts live as long as the wrapper.
        let doc = unsafe {
            let doc = (*self.record()).doc;
            if doc.is_null() {
                ""
            } else {
                std::ffi::CStr::from_ptr(doc).to_str().unwrap_or("")
            }
        };
        split_doc(doc, &self.name().to_rust())
    }
}

impl MethodWrapper {
    fn new(descr: &WrapperDescr, this: &Object) -> Owned<MethodWrapper> {
        let Ok(raw) = METHOD_WRAPPER.allocate(0) else {
            crate::errors::out_of_memory()
        };
        // SAFETY: the block has the type's size; the references pass to the object.
        unsafe {
            let wrapper = raw.cast::<MethodWrapper>();
            (*wrapper).descr = descr.to_owned().into_ptr();
            (*wrapper).this = this.to_owned().into_ptr();
            METHOD_WRAPPER.track_new(raw);
            Owned::from_raw(wrapper)
        }
    }

    pub fn descr(&self) -> &WrapperDescr {
        // SAFETY: owned, and a wrapper descriptor.
        unsafe { Object::from_ptr(self.descr).cast_unchecked() }
    }

    pub fn receiver(&self) -> &Object {
        // SAFETY: owned.
        unsafe { Object::from_ptr(self.this) }
    }
}

fn call_descr(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    // SAFETY: whoever calls the definition passes an instance of the type.
    let this = unsafe { this.unwrap_unchecked().cast_unchecked::<WrapperDescr>() };
    let positional = values.len() - names.map_or(0, |n| n.len());
    let Some(receiver) = values[..positional].first() else {
        return crate::raise!(
            py,
            TypeError,
            "descriptor '{}' of '{}' object needs an argument",
            this.name().to_rust(),
            this.owner().name()
        );
    };
    if !receiver.ty().is_subtype_of(this.owner()) {
        return crate::raise!(
            py,
            TypeError,
            "descriptor '{}' requires a '{}' object but received a '{}'",
            this.name().to_rust(),
            this.owner().name(),
            receiver.ty().name()
        );
    }
    this.invoke(py, &receiver.to_object(), &values[1..], names)
}

fn call_bound(
    py: Py,
    _def: &'static NativeDef,
    this: Option<&Object>,
    values: &[Value],
    names: Option<&Tuple>,
) -> PyResult {
    // SAFETY: whoever calls the definition passes an instance of the type.
    let this = unsafe { this.unwrap_unchecked().cast_unchecked::<MethodWrapper>() };
    this.descr().invoke(py, this.receiver(), values, names)
}

/// Gives a type the native call with a hand-written entry.
fn set_call<T: Layout>(b: &mut TypeBuilder<T>, entry: crate::native::call::Entry) {
    let def = NativeDef::new(
        "",
        "__call__($self, /, *args, **kwargs)",
        "",
        DefKind::Call,
        entry,
    );
    b.type_object().ext().native_call.set(Some(def));
    b.with_raw(|raw| raw.tp_call = Some(native_call_slot));
}

fn bind(
    py: Py,
    this: &WrapperDescr,
    instance: Option<&Object>,
    _owner: Option<&Object>,
) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Value::from(this.to_owned()));
    };
    this.check(py, instance)?;
    Ok(Value::from(MethodWrapper::new(this, instance)))
}

fn qualname(py: Py, this: &WrapperDescr) -> PyResult<String> {
    let owner = Value::from(this.owner().to_owned());
    let outer = protocol::get_attr(py, &owner, crate::intern!("__qualname__"))?;
    Ok(format!(
        "{}.{}",
        protocol::str(py, &outer)?.to_rust(),
        this.name().to_rust()
    ))
}

fn reduce(py: Py, of: Value, name: &Str) -> PyResult {
    let builtins = crate::hooks::import_module(py, "builtins")?;
    let getattr = protocol::get_attr(py, &builtins, crate::intern!("getattr"))?;
    let args = Tuple::from_values([of, Value::from(name.to_owned_str())]);
    Ok(Value::from(Tuple::from_values([
        getattr,
        Value::from(args),
    ])))
}

fn compare(_py: Py, this: &MethodWrapper, other: &Object, op: CompareOp) -> Value {
    let Some(other) = other.downcast_exact::<MethodWrapper>() else {
        return Value::from_static(crate::singletons::not_implemented());
    };
    let same = this.descr == other.descr && this.this == other.this;
    match op {
        CompareOp::Eq => Value::bool(same),
        CompareOp::Ne => Value::bool(!same),
        _ => Value::from_static(crate::singletons::not_implemented()),
    }
}

unsafe extern "C-unwind" fn dealloc_descr(object: *mut PyObject) {
    // SAFETY: called once with a dying descriptor, which owns these references.
    unsafe {
        WRAPPER_DESCRIPTOR.untrack(object);
        let head = object.cast::<PyDescrObject>();
        for owned in [
            (*head).d_type.cast::<PyObject>(),
            (*head).d_name,
            (*head).d_qualname,
        ] {
            if !owned.is_null() {
                Object::decref(owned);
            }
        }
        WRAPPER_DESCRIPTOR.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse_descr(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living descriptor.
    visitor.visit_ptr(unsafe { (*object.cast::<PyDescrObject>()).d_type.cast() });
    visitor.result()
}

unsafe extern "C-unwind" fn dealloc_bound(object: *mut PyObject) {
    // SAFETY: called once with a dying wrapper, which owns both references.
    unsafe {
        METHOD_WRAPPER.untrack(object);
        let wrapper = object.cast::<MethodWrapper>();
        Object::decref((*wrapper).descr);
        Object::decref((*wrapper).this);
        METHOD_WRAPPER.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse_bound(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living wrapper.
    unsafe {
        visitor.visit_ptr((*object.cast::<MethodWrapper>()).descr);
        visitor.visit_ptr((*object.cast::<MethodWrapper>()).this);
    }
    visitor.result()
}

unsafe extern "C-unwind" fn no_clear(_object: *mut PyObject) -> c_int {
    0
}

/// Makes both types.
pub fn define() {
    let mut b = TypeBuilder::<WrapperDescr>::new(
        &WRAPPER_DESCRIPTOR,
        "wrapper_descriptor",
        size_of::<PyWrapperDescrObject>(),
    );
    b.dealloc_raw(dealloc_descr)
        .gc_raw(traverse_descr, no_clear)
        .no_constructor()
        .flags(Py_TPFLAGS_METHOD_DESCRIPTOR)
        .repr(|_py, this: &WrapperDescr| {
            format!(
                "<slot wrapper '{}' of '{}' objects>",
                this.name().to_rust(),
                this.owner().name()
            )
        })
        .descr_get(bind)
        .method("__reduce__($self, /)", |py, this: &WrapperDescr| {
            reduce(py, Value::from(this.owner().to_owned()), this.name())
        })
        .getter("__objclass__", |_py, this: &WrapperDescr| {
            this.owner().to_owned()
        })
        .getter("__name__", |_py, this: &WrapperDescr| {
            this.name().to_owned_str()
        })
        .getter("__qualname__", qualname)
        .getter("__doc__", |_py, this: &WrapperDescr| this.texts().1)
        .getter("__text_signature__", |_py, this: &WrapperDescr| {
            this.texts().0
        });
    set_call(&mut b, call_descr);
    b.silent().finish();

    let mut b = TypeBuilder::<MethodWrapper>::new(
        &METHOD_WRAPPER,
        "method-wrapper",
        size_of::<MethodWrapper>(),
    );
    b.dealloc_raw(dealloc_bound)
        .gc_raw(traverse_bound, no_clear)
        .no_constructor()
        .repr(|_py, this: &MethodWrapper| {
            let receiver = this.receiver();
            let name = this.descr().name().to_rust();
            format!(
                "<method-wrapper '{name}' of {} object at {:#x}>",
                receiver.ty().name(),
                receiver.as_ptr() as usize
            )
        })
        .compare(compare)
        .hash(|_py, this: &MethodWrapper| Ok((this.descr as i64 >> 4) ^ (this.this as i64 >> 3)))
        .method("__reduce__($self, /)", |py, this: &MethodWrapper| {
            reduce(
                py,
                Value::from(this.receiver().to_owned()),
                this.descr().name(),
            )
        })
        .getter("__self__", |_py, this: &MethodWrapper| {
            this.receiver().to_owned()
        })
        .getter("__objclass__", |_py, this: &MethodWrapper| {
            this.descr().owner().to_owned()
        })
        .getter("__name__", |_py, this: &MethodWrapper| {
            this.descr().name().to_owned_str()
        })
        .getter("__qualname__", |py, this: &MethodWrapper| {
            qualname(py, this.descr())
        })
        .getter("__doc__", |_py, this: &MethodWrapper| {
            this.descr().texts().1
        })
        .getter("__text_signature__", |_py, this: &MethodWrapper| {
            this.descr().texts().0
        });
    set_call(&mut b, call_bound);
    b.silent().finish();
}
