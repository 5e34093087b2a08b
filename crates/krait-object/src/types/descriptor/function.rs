//! `builtin_function_or_method`: native functions, bound native methods.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::{c_text, doc_of};
use crate::gc::Visitor;
use crate::native::{NativeDef, TypeBuilder};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp, call::is_native_def};
use crate::py::{Py, PyResult};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

/// A native function object.
#[repr(transparent)]
pub struct NativeFunctionObject(std::cell::UnsafeCell<PyCFunctionObject>);

#[unsafe(export_name = "PyCFunction_Type")]
pub static FUNCTION: StaticType = StaticType::new();
#[unsafe(export_name = "PyCMethod_Type")]
pub static C_METHOD: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for NativeFunctionObject {}
// SAFETY: instances of the type and of PyCMethod_Type begin with the layout.
unsafe impl Builtin for NativeFunctionObject {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &FUNCTION
    }
}

impl NativeFunctionObject {
    /// A function object. The definition lives as long as the process.
    #[expect(
        clippy::not_unsafe_ptr_arg_deref,
        reason = "a definition lives as long as the type or module that it is of"
    )]
    pub fn new(
        def: *mut PyMethodDef,
        this: Option<Owned>,
        module: Option<Owned>,
    ) -> Owned<NativeFunctionObject> {
        let Ok(raw) = FUNCTION.allocate(0) else {
            crate::errors::out_of_memory()
        };
        // SAFETY: the block has the type's size; the references pass to the object.
        unsafe {
            let function = raw.cast::<PyCFunctionObject>();
            (*function).m_ml = def;
            (*function).m_self = this.map_or(std::ptr::null_mut(), Owned::into_ptr);
            (*function).m_module = module.map_or(std::ptr::null_mut(), Owned::into_ptr);
            (*function).vectorcall = crate::native::foreign::of_function(def);
            FUNCTION.track_new(raw);
            Owned::from_raw(raw.cast())
        }
    }

    /// A function that is told the class that defines it (`METH_METHOD`).
    #[expect(
        clippy::not_unsafe_ptr_arg_deref,
        reason = "a definition lives as long as the type or module that it is of"
    )]
    pub fn new_of_class(
        def: *mut PyMethodDef,
        this: Option<Owned>,
        module: Option<Owned>,
        class: &Type,
    ) -> Owned<NativeFunctionObject> {
        let Ok(raw) = C_METHOD.allocate(0) else {
            crate::errors::out_of_memory()
        };
        // SAFETY: the block has the type's size; the references pass to the object.
        unsafe {
            let method = raw.cast::<PyCMethodObject>();
            (*method).func.m_ml = def;
            (*method).func.m_self = this.map_or(std::ptr::null_mut(), Owned::into_ptr);
            (*method).func.m_module = module.map_or(std::ptr::null_mut(), Owned::into_ptr);
            (*method).func.vectorcall = crate::native::foreign::of_function(def);
            (*method).mm_class = class.to_owned().into_raw().cast();
            C_METHOD.track_new(raw);
            Owned::from_raw(raw.cast())
        }
    }

    /// The class that defines the method, where the function is told it.
    pub fn defining_class(&self) -> Option<&Type> {
        // SAFETY: an instance of the type has the field, which owns its class.
        self.as_object()
            .ty()
            .is(&C_METHOD)
            .then(|| unsafe { Type::from_ptr((*self.0.get().cast::<PyCMethodObject>()).mm_class) })
    }

    /// `__module__`.
    pub fn module_object(&self) -> Option<&Object> {
        // SAFETY: null or an owned object.
        (!self.fields().m_module.is_null())
            .then(|| unsafe { Object::from_ptr(self.fields().m_module) })
    }

    #[inline(always)]
    fn fields(&self) -> &PyCFunctionObject {
        // SAFETY: initialised; the module, which may be replaced, is only read by value.
        unsafe { &*self.0.get() }
    }

    pub fn definition(&self) -> *const PyMethodDef {
        self.fields().m_ml
    }

    /// Krait's own definition, where the function is not C's.
    #[inline(always)]
    pub fn native_def(&self) -> Option<&'static NativeDef> {
        // SAFETY: the flag says which record it is.
        is_native_def(self.fields().m_ml).then(|| unsafe { NativeDef::from_c(self.fields().m_ml) })
    }

    /// `__self__`, as calls pass it.
    #[inline(always)]
    pub fn receiver(&self) -> Option<&Object> {
        // SAFETY: null or an owned object.
        (!self.fields().m_self.is_null()).then(|| unsafe { Object::from_ptr(self.fields().m_self) })
    }

    fn module(&self) -> Option<Owned> {
        // SAFETY: null or an owned object.
        (!self.fields().m_module.is_null())
            .then(|| unsafe { Object::from_ptr(self.fields().m_module) }.to_owned())
    }

    fn name(&self) -> &str {
        // SAFETY: a definition and its name live as long as the process.
        unsafe { c_text((*self.fields().m_ml).ml_name) }
    }

    /// The receiver if it is not just the function's module.
    fn bound_to(&self) -> Option<&Object> {
        self.receiver()
            .filter(|r| r.downcast::<crate::types::module::Module>().is_none())
    }
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying function.
    unsafe {
        FUNCTION.untrack(object);
        FUNCTION.clear_weakrefs(object);
        let function = object.cast::<PyCFunctionObject>();
        for owned in [(*function).m_self, (*function).m_module] {
            if !owned.is_null() {
                Object::decref(owned);
            }
        }
        if std::ptr::eq((*object).ob_type, C_METHOD.as_type_ptr()) {
            Object::decref((*object.cast::<PyCMethodObject>()).mm_class.cast());
        }
        FUNCTION.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living function.
    unsafe {
        visitor.visit_ptr((*object.cast::<PyCFunctionObject>()).m_self);
        visitor.visit_ptr((*object.cast::<PyCFunctionObject>()).m_module);
        if std::ptr::eq((*object).ob_type, C_METHOD.as_type_ptr()) {
            visitor.visit_ptr((*object.cast::<PyCMethodObject>()).mm_class.cast());
        }
    }
    visitor.result()
}

unsafe extern "C-unwind" fn clear(_object: *mut PyObject) -> c_int {
    0
}

impl NativeFunctionObject {
    /// Whether the receiver is only the class that a static method belongs to.
    fn is_static(&self) -> bool {
        let static_method = crate::native::call::DefKind::StaticMethod;
        match self.native_def() {
            Some(def) => def.kind == static_method,
            // SAFETY: a definition lives as long as the process.
            None => unsafe { (*self.fields().m_ml).ml_flags & METH_STATIC != 0 },
        }
    }
}

fn qualname(py: Py, this: &NativeFunctionObject) -> PyResult {
    let Some(bound) = this.bound_to() else {
        return Ok(Value::from(Str::new(this.name())));
    };
    let class = if bound.downcast::<Type>().is_some() {
        bound
    } else {
        bound.ty().as_object()
    };
    let outer = protocol::get_attr(
        py,
        &Value::from(class.to_owned()),
        crate::intern!("__qualname__"),
    )?;
    let outer = protocol::str(py, &outer)?;
    Ok(Value::from(Str::new(&format!(
        "{}.{}",
        outer.to_rust(),
        this.name()
    ))))
}

fn repr(_py: Py, this: &NativeFunctionObject) -> String {
    match this.bound_to() {
        None => format!("<built-in function {}>", this.name()),
        Some(bound) => {
            format!(
                "<built-in method {} of {} object at {:#x}>",
                this.name(),
                bound.ty().name(),
                bound.as_ptr() as usize
            )
        }
    }
}

fn compare(_py: Py, this: &NativeFunctionObject, other: &Object, op: CompareOp) -> Value {
    let Some(other) = other.downcast::<NativeFunctionObject>() else {
        return Value::from_static(crate::singletons::not_implemented());
    };
    let same =
        this.fields().m_ml == other.fields().m_ml && this.fields().m_self == other.fields().m_self;
    match op {
        CompareOp::Eq => Value::bool(same),
        CompareOp::Ne => Value::bool(!same),
        _ => Value::from_static(crate::singletons::not_implemented()),
    }
}

fn reduce(py: Py, this: &NativeFunctionObject) -> PyResult {
    let name = Value::from(Str::new(this.name()));
    let Some(bound) = this.bound_to() else {
        return Ok(name);
    };
    let builtins = crate::hooks::import_module(py, "builtins")?;
    let getattr = protocol::get_attr(py, &builtins, crate::intern!("getattr"))?;
    let args = Tuple::from_values([Value::from(bound.to_owned()), name]);
    Ok(Value::from(Tuple::from_values([
        getattr,
        Value::from(args),
    ])))
}

pub(super) fn define() {
    let mut b = TypeBuilder::<NativeFunctionObject>::new(
        &FUNCTION,
        "builtin_function_or_method",
        size_of::<PyCFunctionObject>(),
    );
    b.dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .no_constructor()
        .flags(Py_TPFLAGS_HAVE_VECTORCALL)
        .with_raw(|raw| {
            raw.tp_vectorcall_offset = std::mem::offset_of!(PyCFunctionObject, vectorcall) as isize;
            raw.tp_weaklistoffset = std::mem::offset_of!(PyCFunctionObject, m_weakreflist) as isize;
            raw.tp_call = Some(call_slot);
        })
        .repr(repr)
        .compare(compare)
        .hash(|_py, this: &NativeFunctionObject| {
            Ok((this.fields().m_ml as i64 >> 4) ^ (this.fields().m_self as i64 >> 4))
        })
        .method("__reduce__($self, /)", reduce)
        .getter("__name__", |_py, this: &NativeFunctionObject| {
            Str::new(this.name())
        })
        .getter("__qualname__", qualname)
        .getter("__doc__", |_py, this: &NativeFunctionObject| {
            // SAFETY: the definition lives as long as the process.
            unsafe { doc_of(this.fields().m_ml) }.1
        })
        .getter("__text_signature__", |_py, this: &NativeFunctionObject| {
            // SAFETY: the definition lives as long as the process.
            unsafe { doc_of(this.fields().m_ml) }.0
        })
        .getset(
            "__module__",
            |_py, this: &NativeFunctionObject| this.module(),
            |_py, this: &NativeFunctionObject, value: Option<&Object>| {
                let new = value.map_or(std::ptr::null_mut(), |v| v.to_owned().into_ptr());
                // SAFETY: the GIL is held; the old reference is released after the swap.
                unsafe {
                    let place = &raw mut (*this.0.get()).m_module;
                    let old = std::mem::replace(&mut *place, new);
                    if !old.is_null() {
                        Object::decref(old);
                    }
                }
                Ok(())
            },
        )
        .getter("__self__", |_py, this: &NativeFunctionObject| {
            let receiver = this.receiver().filter(|_| !this.is_static());
            receiver.map(|r| r.to_owned())
        });
    b.silent().finish();
    let mut b = TypeBuilder::<NativeFunctionObject>::new(
        &C_METHOD,
        "builtin_method",
        size_of::<PyCMethodObject>(),
    );
    b.base(&FUNCTION)
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .no_constructor()
        .flags(Py_TPFLAGS_HAVE_VECTORCALL)
        .with_raw(|raw| {
            raw.tp_vectorcall_offset = std::mem::offset_of!(PyCFunctionObject, vectorcall) as isize;
            raw.tp_weaklistoffset = std::mem::offset_of!(PyCFunctionObject, m_weakreflist) as isize;
            raw.tp_call = Some(call_slot);
        });
    b.silent().finish();
}

/// `tp_call` of native functions, and of C functions of every convention.
///
/// # Safety
/// The callable is a living function, the arguments a living tuple, the keywords a living
/// dict or null; the GIL is held.
pub unsafe extern "C-unwind" fn call_slot(
    callable: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C calls slots with the GIL, a tuple, and a dict or NULL.
    unsafe {
        let py = Py::assume();
        let callable = Value::from(Object::from_ptr(callable).to_owned());
        let args = Object::from_ptr(args).cast_unchecked::<Tuple>();
        let kwargs = (!kwargs.is_null()).then(|| Object::from_ptr(kwargs).cast_unchecked());
        crate::native::slots::to_c(protocol::call::call_tuple(py, &callable, args, kwargs))
    }
}
