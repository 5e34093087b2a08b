//! The builtin exceptions.
//!
//! Each class is a static named as in Python: `exceptions::TypeError`. Structs of the
//! same names (`BaseException`, `OSError`, ...) are the layouts of their instances, so
//! that `exceptions::OSError` is a class where a value is meant and a struct where a
//! type is meant.

mod base;
mod context;
pub mod group;
mod group_split;
mod imports;
pub mod layout;
mod memory;
mod names;
pub mod new_class;
pub mod os;
mod stop;
pub mod syntax;
mod table;
pub mod unicode;

pub use base::register_traceback_type;
pub use context::chain_context;
pub use layout::{
    AttributeError, BaseException, BaseExceptionGroup, CodecError, Exception, ImportError,
    NameError, OSError, Slot, StopIteration, SyntaxError, SystemExit,
};
pub use memory::memory_error;
pub use table::*;

use krait_abi::{Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS};

use crate::object::{Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::tuple::Tuple;
use crate::types::typeobject::{
    Type, address, native_init_def, native_init_slot, native_new_def, native_new_slot,
};
use crate::value::Value;

/// Makes the exception classes ready.
pub(crate) fn define() {
    table::define();
    // SAFETY: types are built with the GIL held.
    memory::fill_pool(unsafe { Py::assume() });
}

/// Whether the object is an instance of BaseException.
#[inline(always)]
pub fn is_exception(object: &Object) -> bool {
    object.ty().has_flag(Py_TPFLAGS_BASE_EXC_SUBCLASS)
}

/// Whether the object is a class of exceptions.
#[inline]
pub fn is_exception_class(object: &Object) -> bool {
    object.ty().has_flag(Py_TPFLAGS_TYPE_SUBCLASS)
        && object
            .downcast::<Type>()
            .is_some_and(|class| class.has_flag(Py_TPFLAGS_BASE_EXC_SUBCLASS))
}

/// An instance of a class whose construction is BaseException's own, by the shortest
/// way: neither `__new__` nor `__init__` is called.
#[inline]
pub fn new_simple(class: &Type, args: Owned<Tuple>) -> PyResult<Owned> {
    debug_assert!(is_simple(class));
    layout::allocate::<BaseException>(class, args).map(Owned::upcast)
}

/// Whether constructing the class does no more than keep the arguments.
#[inline]
pub fn is_simple(class: &Type) -> bool {
    let raw = class.raw();
    let own = |t: &Type| t.ext().native_new.get().is_none() && t.ext().native_init.get().is_none();
    address(raw.tp_new) == native_new_slot as *const std::ffi::c_void
        && address(raw.tp_init) == native_init_slot as *const std::ffi::c_void
        && own(class)
        && simple_native(class)
}

fn simple_native(class: &Type) -> bool {
    let ext = table::BaseException.ext();
    let same = |a: Option<&'static crate::native::NativeDef>,
                b: Option<&'static crate::native::NativeDef>| {
        a.map(std::ptr::from_ref) == b.map(std::ptr::from_ref)
    };
    same(native_new_def(class), ext.native_new.get())
        && same(native_init_def(class), ext.native_init.get())
}

/// `class(*values)` for an exception class, short where the class allows it.
pub fn instantiate(py: Py, class: &Type, values: &[Value]) -> PyResult<Owned> {
    if is_simple(class) {
        return new_simple(class, Tuple::from_slice(values));
    }
    let class = Value::from(crate::object::Layout::to_owned(class));
    crate::protocol::call::call(py, &class, values).map(Value::into_object)
}
