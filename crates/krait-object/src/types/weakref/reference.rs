//! `weakref.ref`.

use std::ffi::{c_int, c_void};

use krait_abi::*;

use super::super::str::Str;
use super::super::typeobject::Type;
use super::{REF, WeakRef, make};
use crate::gc::Visitor;
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::dict::operators::not_implemented;
use crate::value::Value;

pub(super) unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying weak reference.
    unsafe {
        krait_heap::untrack(object.cast());
        let this = Object::from_ptr(object).cast_unchecked::<WeakRef>();
        this.unlink();
        drop(this.take_callback());
        Type::from_ptr((*object).ob_type).free_instance(object);
    }
}

pub(super) unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living weak reference.
    visitor.visit_ptr(unsafe { (*object.cast::<PyWeakReference>()).wr_callback });
    visitor.result()
}

pub(super) unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: called with a living weak reference.
    let this = unsafe { Object::from_ptr(object).cast_unchecked::<WeakRef>() };
    this.unlink();
    drop(this.take_callback());
    0
}

/// Object and callback of `ref(object, callback)`.
fn arguments<'a>(py: Py, name: &str, args: &Args<'a>) -> PyResult<(&'a Value, Option<&'a Value>)> {
    match args.0 {
        [object] => Ok((object, None)),
        [object, callback] => Ok((object, Some(callback))),
        [] => crate::raise!(py, TypeError, "{name} expected at least 1 argument, got 0"),
        more => crate::raise!(
            py,
            TypeError,
            "{name} expected at most 2 arguments, got {}",
            more.len()
        ),
    }
}

fn no_keywords(py: Py, kwargs: &KwArgs) -> PyResult<()> {
    match kwargs.0 {
        Some(_) => crate::raise!(py, TypeError, "ref() takes no keyword arguments"),
        None => Ok(()),
    }
}

fn new(py: Py, class: &Type, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<WeakRef>> {
    if class.is(&REF) {
        no_keywords(py, &kwargs)?;
    }
    let (object, callback) = arguments(py, "__new__", &args)?;
    let callback = callback.map(Value::to_object);
    make(py, class, &object.to_object(), callback.as_deref())
}

fn init(py: Py, _this: &WeakRef, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    no_keywords(py, &kwargs)?;
    arguments(py, "__init__", &args).map(|_| ())
}

fn call(_py: Py, this: &WeakRef) -> Option<Value> {
    this.upgrade().map(Value::from)
}

impl WeakRef {
    /// The object's hash, kept beyond its death.
    pub fn hash(&self, py: Py) -> PyResult<i64> {
        // SAFETY: the field is the reference's own.
        let cached = unsafe { (*self.raw()).hash };
        if cached != -1 {
            return Ok(cached as i64);
        }
        let Some(object) = self.upgrade() else {
            return crate::raise!(py, TypeError, "weak object has gone away");
        };
        let hash = protocol::hash(py, &Value::from(object))?;
        // SAFETY: as above.
        unsafe { (*self.raw()).hash = hash as isize }
        Ok(hash)
    }

    /// `repr(self)`.
    fn repr(&self, py: Py) -> PyResult<Owned<Str>> {
        let this = self.as_object().as_ptr();
        let Some(object) = self.upgrade() else {
            return Ok(Str::new(&format!("<weakref at {this:p}; dead>")));
        };
        let name = protocol::attr::lookup_special(py, &object, crate::intern!("__name__"))?;
        let of = object.as_ptr();
        let ty = crate::types::type_methods::names::fully_qualified_name(py, object.ty());
        Ok(match name.as_ref().and_then(|n| n.downcast::<Str>()) {
            Some(name) => Str::new(&format!(
                "<weakref at {this:p}; to '{ty}' at {of:p} ({})>",
                name.to_rust()
            )),
            None => Str::new(&format!("<weakref at {this:p}; to '{ty}' at {of:p}>")),
        })
    }
}

fn compare(py: Py, this: &WeakRef, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other
        .downcast::<WeakRef>()
        .filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne))
    else {
        return Ok(not_implemented());
    };
    match (this.upgrade(), other.upgrade()) {
        (Some(a), Some(b)) => protocol::rich_compare(py, &Value::from(a), &Value::from(b), op),
        _ => Ok(Value::bool(
            std::ptr::eq(this, other) == (op == CompareOp::Eq),
        )),
    }
}

pub(super) fn define() {
    let mut b =
        TypeBuilder::<WeakRef>::new(&REF, "weakref.ReferenceType", size_of::<PyWeakReference>());
    b.subclassable()
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear)
        .new_with("__new__($type, *args, **kwargs)", new)
        .init("__init__($self, *args, **kwargs)", init)
        .call("__call__($self, /)", call)
        .hash(|py: Py, this: &WeakRef| this.hash(py))
        .repr(|py: Py, this: &WeakRef| this.repr(py))
        .compare(compare)
        .field("__callback__", |_py: Py, this: &WeakRef| this.callback())
        .class_method(
            "__class_getitem__($type, object, /)",
            |py: Py, class: &Type, item: Owned| {
                (crate::hooks::get(py).make_generic_alias)(py, class.as_object(), &item)
            },
        );
    b.finish();
}
