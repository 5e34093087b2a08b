//! What all C types have: `CType_Type`, and the class methods that make instances.

use krait_ffi::library;
use krait_object::native::TypeBuilder;
use krait_object::types::buffer::Buffer;
use krait_object::types::memoryview::MemoryView;
use krait_object::{
    Layout, Object, Owned, Py, PyResult, Str, Type, Value, intern, protocol, raise,
};

use crate::argument::PassedObject;
use crate::data::{self, This};
use crate::function::{c_name, handle_of};
use crate::storage::{self, Storage};
use crate::{codes, keep};

/// `CType_Type` itself.
pub fn define(b: &mut TypeBuilder<Type>) {
    b.repeat(|py, this: &Type, length: isize| super::array::of_items(py, this, length))
        .getset("__pointer_type__", pointer_type, set_pointer_type)
        .method_doc(
            "__sizeof__($self, /)",
            "Return memory consumption of the type object.",
            |_py, this: &Type| {
                let own = storage::of(this).map_or(0, |storage| {
                    let format = storage.format().count_bytes() + 1;
                    let parts = storage.parts.borrow().len();
                    size_of::<Storage>() + format + 8 * (parts + storage.shape.len())
                });
                this.as_object().ty().raw().tp_basicsize as usize + own
            },
        );
}

fn with_storage(py: Py, this: &Type) -> PyResult<&Storage> {
    match storage::of(this) {
        Some(storage) => Ok(storage),
        None => {
            let shown = protocol::repr(py, &storage::class_value(this))?;
            raise!(py, TypeError, "{} must have storage info", shown.to_rust())
        }
    }
}

fn pointer_type(py: Py, this: &Type) -> PyResult {
    let known = with_storage(py, this)?.pointer_type.borrow().clone();
    match known {
        Some(known) => Ok(known),
        None => {
            let shown = protocol::repr(py, &storage::class_value(this))?;
            raise!(
                py,
                AttributeError,
                "{} has no attribute '__pointer_type__'",
                shown.to_rust()
            )
        }
    }
}

fn set_pointer_type(py: Py, this: &Type, value: Option<&Object>) -> PyResult<()> {
    if this.is_immutable() {
        return raise!(
            py,
            TypeError,
            "cannot set '__pointer_type__' attribute of immutable type '{}'",
            this.name()
        );
    }
    let storage = with_storage(py, this)?;
    drop(storage.pointer_type.replace(value.map(Value::unboxed)));
    Ok(())
}

/// The class methods that make instances of memory that is there.
pub fn define_makers(b: &mut TypeBuilder<Type>) {
    b.method_doc(
        "from_address($self, value, /)",
        "C.from_address(integer) -> C instance\n\nAccess a C instance at the specified address.",
        from_address,
    )
    .method_doc(
        "from_buffer($self, obj, offset=0, /)",
        "C.from_buffer(object, offset=0) -> C instance\n\nCreate a C instance from a writeable \
         buffer.",
        from_buffer,
    )
    .method_doc(
        "from_buffer_copy($self, buffer, offset=0, /)",
        "C.from_buffer_copy(object, offset=0) -> C instance\n\nCreate a C instance from a readable \
         buffer.",
        from_buffer_copy,
    )
    .method_doc(
        "in_dll($self, dll, name, /)",
        "C.in_dll(dll, name) -> C instance\n\nAccess a C instance in a dll.",
        in_dll,
    );
}

/// The same with `from_param` as most types have it.
pub fn define_all(b: &mut TypeBuilder<Type>) {
    define_makers(b);
    b.method_doc("from_param($self, value, /)", FROM_PARAM, from_param);
}

pub const FROM_PARAM: &str = "Convert a Python object into a function call parameter.";

fn from_address(py: Py, this: &Type, value: &Value) -> PyResult<Owned<This>> {
    if !codes::is_int(value) {
        return raise!(py, TypeError, "integer expected");
    }
    let wide = protocol::number::index_to_i128(py, value)?;
    let fits = |w: i128| i64::try_from(w).is_ok() || u64::try_from(w).is_ok();
    match wide.filter(|&w| fits(w)) {
        Some(address) => data::at_address(py, this, address as usize),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C long"
        ),
    }
}

/// Where in a buffer of some length an instance of the type begins.
fn offset_in(py: Py, storage: &Storage, len: usize, offset: Option<isize>) -> PyResult<usize> {
    let Ok(offset) = usize::try_from(offset.unwrap_or(0)) else {
        return raise!(py, ValueError, "offset cannot be negative");
    };
    let needed = storage.size.get().saturating_add(offset);
    if needed > len {
        return raise!(
            py,
            ValueError,
            "Buffer size too small ({len} instead of at least {needed} bytes)"
        );
    }
    Ok(offset)
}

fn from_buffer(
    py: Py,
    this: &Type,
    object: &Value,
    offset: Option<isize>,
) -> PyResult<Owned<This>> {
    let storage = storage::required(py, this)?;
    let view = MemoryView::of(py, &object.to_object())?;
    if view.view().readonly != 0 {
        return raise!(py, TypeError, "underlying buffer is not writable");
    }
    if !view.region().is_c_contiguous() {
        return raise!(py, TypeError, "underlying buffer is not C contiguous");
    }
    let offset = offset_in(py, storage, view.view().len as usize, offset)?;
    let start = view.view().buf.expose_provenance();
    let made = data::at_address(py, this, start + offset)?;
    keep::keep(py, &made, usize::MAX, Value::from(view))?;
    Ok(made)
}

fn from_buffer_copy(
    py: Py,
    this: &Type,
    object: &Value,
    offset: Option<isize>,
) -> PyResult<Owned<This>> {
    let buffer = Buffer::new(py, object)?;
    let storage = storage::required(py, this)?;
    let offset = offset_in(py, storage, buffer.len(), offset)?;
    let made = data::create(py, this)?;
    let bytes = &buffer.as_slice()[offset..offset + storage.size.get()];
    krait_ffi::memory::write(made.address.get(), bytes);
    Ok(made)
}

fn in_dll(py: Py, this: &Type, dll: &Value, name: &Str) -> PyResult<Owned<This>> {
    let handle = handle_of(py, dll)?;
    let name = name.to_utf8(py)?;
    if name.contains('\0') {
        return raise!(py, ValueError, "embedded null character");
    }
    match library::symbol(handle, &c_name(name.as_bytes())) {
        Ok(address) => data::at_address(py, this, address),
        Err(Some(text)) => raise!(py, ValueError, "{}", String::from_utf8_lossy(&text)),
        Err(None) => raise!(py, ValueError, "symbol '{name}' not found"),
    }
}

/// `from_param`: an instance is passed as it is.
pub fn from_param(py: Py, this: &Type, value: &Value) -> PyResult {
    if protocol::is_instance(py, value, this.as_object())? {
        return Ok(value.clone());
    }
    if let Some(passed) = value.downcast::<PassedObject>() {
        // What `byref` was given must be of the type that a pointer points to.
        let item = storage::of(this).and_then(|s| s.item.borrow().clone());
        if let (Some(item), Some(object)) = (&item, &passed.object)
            && protocol::is_instance(py, object, item.as_object())?
        {
            return Ok(value.clone());
        }
        let found = passed.object.as_ref().map_or("???", |o| o.ty().name());
        return raise!(
            py,
            TypeError,
            "expected {} instance instead of pointer to {found}",
            this.name()
        );
    }
    match as_parameter(py, value)? {
        Some(parameter) => from_param(py, this, &parameter),
        None => raise!(
            py,
            TypeError,
            "expected {} instance instead of {}",
            this.name(),
            value.ty().name()
        ),
    }
}

/// The `_as_parameter_` of a value, which is to be converted in its place.
pub fn as_parameter(py: Py, value: &Value) -> PyResult<Option<Value>> {
    let parameter = protocol::lookup_attr(py, value, intern!("_as_parameter_"))?;
    if parameter.is_some() {
        py.thread()
            .check_native_stack(py, " while processing _as_parameter_")?;
    }
    Ok(parameter)
}
