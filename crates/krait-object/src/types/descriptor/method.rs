//! `method_descriptor` and `classmethod_descriptor`.

use krait_abi::*;

use super::{c_text, common, doc_of, fill_head, name, owner, picklable};
use crate::native::{Args, KwArgs, NativeDef, TypeBuilder};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, call::is_native_def};
use crate::py::{Py, PyResult};
use crate::types::descriptor::function::NativeFunctionObject;
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

/// A `method_descriptor`.
#[repr(transparent)]
pub struct MethodDescriptor(PyMethodDescrObject, crate::object::Counted);
/// A `classmethod_descriptor`.
#[repr(transparent)]
pub struct ClassMethodDescriptor(PyMethodDescrObject, crate::object::Counted);

#[unsafe(export_name = "PyMethodDescr_Type")]
pub static METHOD: StaticType = StaticType::new();
#[unsafe(export_name = "PyClassMethodDescr_Type")]
pub static CLASS_METHOD: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for MethodDescriptor {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for MethodDescriptor {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &METHOD
    }
}
// SAFETY: the struct begins with the header.
unsafe impl Layout for ClassMethodDescriptor {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for ClassMethodDescriptor {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &CLASS_METHOD
    }
}

/// A descriptor of either type.
#[expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a definition lives as long as the type or module that it is of"
)]
pub fn new(ty: &'static StaticType, owner: &Type, def: *mut PyMethodDef) -> Owned {
    let Ok(raw) = ty.allocate(0) else {
        crate::errors::out_of_memory()
    };
    // SAFETY: the block has the type's size; a definition's name lives for ever.
    unsafe {
        fill_head(raw, owner, c_text((*def).ml_name));
        (*raw.cast::<PyMethodDescrObject>()).d_method = def;
        (*raw.cast::<PyMethodDescrObject>()).vectorcall = crate::native::foreign::of_method(def);
        ty.track_new(raw);
        Owned::from_raw(raw.cast())
    }
}

impl MethodDescriptor {
    #[inline(always)]
    pub fn native_def(&self) -> Option<&'static NativeDef> {
        // SAFETY: the flag says which record it is.
        is_native_def(self.0.d_method).then(|| unsafe { NativeDef::from_c(self.0.d_method) })
    }

    pub fn definition(&self) -> *mut PyMethodDef {
        self.0.d_method
    }

    #[inline(always)]
    pub fn owner(&self) -> &Type {
        owner(self)
    }
}

/// A definition's function bound to its receiver.
fn bound(def: *mut PyMethodDef, owner: &Type, receiver: &Object) -> Owned<NativeFunctionObject> {
    // SAFETY: the definition lives as long as its descriptor.
    if !is_native_def(def) && unsafe { (*def).ml_flags } & METH_METHOD != 0 {
        return NativeFunctionObject::new_of_class(def, Some(receiver.to_owned()), None, owner);
    }
    NativeFunctionObject::new(def, Some(receiver.to_owned()), None)
}

fn bind_method(
    py: Py,
    this: &MethodDescriptor,
    instance: Option<&Object>,
    _owner: Option<&Object>,
) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Value::from(this.to_owned()));
    };
    super::check_instance(py, this, instance)?;
    Ok(Value::from(bound(this.0.d_method, owner(this), instance)))
}

fn bind_class(
    py: Py,
    this: &ClassMethodDescriptor,
    instance: Option<&Object>,
    class: Option<&Object>,
) -> PyResult<Owned<NativeFunctionObject>> {
    let class = match (class, instance) {
        (Some(class), _) => class,
        (None, Some(instance)) => instance.ty().as_object(),
        (None, None) => {
            return crate::raise!(
                py,
                TypeError,
                "descriptor '{}' for type '{}' needs either an object or a type",
                name(this).to_rust(),
                owner(this).name()
            );
        }
    };
    let Some(ty) = class.downcast::<Type>() else {
        return crate::raise!(
            py,
            TypeError,
            "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2",
            name(this).to_rust(),
            owner(this).name(),
            class.ty().name()
        );
    };
    if !ty.is_subtype_of(owner(this)) {
        return crate::raise!(
            py,
            TypeError,
            "descriptor '{}' requires a subtype of '{}' but received '{}'",
            name(this).to_rust(),
            owner(this).name(),
            ty.name()
        );
    }
    Ok(bound(this.0.d_method, owner(this), class))
}

fn call_class(py: Py, this: &ClassMethodDescriptor, args: Args<'_>, kwargs: KwArgs) -> PyResult {
    let Some((class, rest)) = args.0.split_first() else {
        return crate::raise!(
            py,
            TypeError,
            "descriptor '{}' of '{}' object needs an argument",
            name(this).to_rust(),
            owner(this).name()
        );
    };
    let bound = bind_class(py, this, None, Some(&class.to_object()))?;
    let rest = crate::types::tuple::Tuple::from_slice(rest);
    protocol::call::call_tuple(py, &Value::from(bound), &rest, kwargs.0.as_deref())
}

pub(super) fn define() {
    let size = size_of::<PyMethodDescrObject>();
    let mut b = TypeBuilder::<MethodDescriptor>::new(&METHOD, "method_descriptor", size);
    common(&mut b);
    picklable(&mut b);
    b.flags(Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_HAVE_VECTORCALL)
        .with_raw(|raw| {
            raw.tp_vectorcall_offset =
                std::mem::offset_of!(PyMethodDescrObject, vectorcall) as isize;
            raw.tp_call = Some(super::function::call_slot);
        })
        .repr(|_py, this: &MethodDescriptor| {
            format!(
                "<method '{}' of '{}' objects>",
                name(this).to_rust(),
                owner(this).name()
            )
        })
        .descr_get(bind_method)
        .getter("__doc__", |_py, this: &MethodDescriptor| {
            // SAFETY: the definition lives as long as the process.
            unsafe { doc_of(this.0.d_method) }.1
        })
        .getter("__text_signature__", |_py, this: &MethodDescriptor| {
            // SAFETY: the definition lives as long as the process.
            unsafe { doc_of(this.0.d_method) }.0
        });
    b.silent().finish();

    let mut b =
        TypeBuilder::<ClassMethodDescriptor>::new(&CLASS_METHOD, "classmethod_descriptor", size);
    common(&mut b);
    b.call("__call__($self, /, *args, **kwargs)", call_class)
        .repr(|_py, this: &ClassMethodDescriptor| {
            format!(
                "<method '{}' of '{}' objects>",
                name(this).to_rust(),
                owner(this).name()
            )
        })
        .descr_get(bind_class)
        .getter("__doc__", |_py, this: &ClassMethodDescriptor| {
            // SAFETY: the definition lives as long as the process.
            unsafe { doc_of(this.0.d_method) }.1
        })
        .getter("__text_signature__", |_py, this: &ClassMethodDescriptor| {
            // SAFETY: the definition lives as long as the process.
            unsafe { doc_of(this.0.d_method) }.0
        });
    b.silent().finish();
}
