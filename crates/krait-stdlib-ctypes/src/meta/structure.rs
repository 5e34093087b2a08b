//! The metaclasses of structures and unions: `_fields_` and what follows from it. Where the
//! fields lie is computed by the library's `ctypes._layout`.

use krait_ffi::{Kind, Scalar};
use krait_object::native::TypeBuilder;
use krait_object::types::type_methods::type_setattr;
use krait_object::{
    Args, KwArgs, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, hooks, intern, protocol,
    raise,
};

use crate::data::arguments_of;
use crate::field;
use crate::storage::{self, Role, Storage};
use crate::types;

/// Structures up to this size are passed in registers, for which libffi must know what
/// their arrays are made of.
const MOST_IN_REGISTERS: usize = 16;

pub fn define_struct(b: &mut TypeBuilder<Type>) {
    b.doc("metatype for the CData Objects");
    define(b);
}

pub fn define_union(b: &mut TypeBuilder<Type>) {
    b.doc("metatype for the Union Objects");
    define(b);
}

fn define(b: &mut TypeBuilder<Type>) {
    super::common::define_all(b);
    b.init("__init__($self, /, *args, **kwargs)", init)
        .set_attribute(set_attribute);
}

fn init(py: Py, this: &Type, _args: Args<'_>, _kwargs: KwArgs) -> PyResult<()> {
    if storage::own_attribute(py, this, intern!("_abstract_")).is_some() {
        return Ok(());
    }
    let base = this.base().and_then(storage::of);
    let fields = storage::own_attribute(py, this, intern!("_fields_"));
    let storage = match base.filter(|_| fields.is_none()) {
        Some(base) => like(base),
        None => Storage::new(Role::Structure, 0, 0, Kind::aggregate(0, 0, Vec::new())),
    };
    storage::attach(py, this, storage)?;
    match (fields, base) {
        // A metaclass in Python may have its own way to set it.
        (Some(fields), _) => protocol::set_attr(
            py,
            &storage::class_value(this),
            intern!("_fields_"),
            &fields,
        ),
        (None, Some(base)) => {
            base.is_final.set(true);
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

/// The storage of a class without fields of its own: that of its base.
fn like(base: &Storage) -> Storage {
    let kind = base.kind.borrow().clone();
    let storage = Storage::new(Role::Structure, base.size.get(), base.align.get(), kind);
    storage.length.set(base.length.get());
    storage.parts.replace(base.parts.borrow().clone());
    storage.has_pointer.set(base.has_pointer.get());
    storage.set_format(base.format().to_string_lossy().into_owned());
    storage
}

fn set_attribute(py: Py, this: &Type, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(name) = name.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        );
    };
    set_fields(py, this, name, value.map(Value::unboxed))
}

/// Sets an attribute; `_fields_` lays the memory out first.
fn set_fields(py: Py, this: &Type, name: &Str, value: Option<Value>) -> PyResult<()> {
    if name.eq_str("_fields_")
        && let Some(fields) = &value
    {
        lay_out(py, this, fields)?;
    }
    type_setattr(py, this, name, value)
}

/// What `ctypes._layout` says.
struct Plan {
    fields: Vec<Value>,
    size: usize,
    align: usize,
    format: String,
}

fn plan(py: Py, this: &Type, fields: &Value, base: Option<&Type>) -> PyResult<Plan> {
    let module = hooks::import_module(py, "ctypes._layout")?;
    let get_layout = protocol::get_attr(py, &module, intern!("get_layout"))?;
    let names = Tuple::from_values(["is_struct", "base"].map(|n| Value::from(Str::intern(n))));
    let arguments = [
        storage::class_value(this),
        fields.clone(),
        Value::bool(types::is_made_by(this, &types::META_STRUCTURE)),
        base.map_or_else(Value::none, storage::class_value),
    ];
    let layout = protocol::call_with(py, &get_layout, &arguments, Some(&names))?;
    let number = |name: &str| -> PyResult<usize> {
        let value = protocol::get_attr_str(py, &layout, name)?;
        let wide = protocol::number::index_to_i128(py, &value)?;
        match wide.map(isize::try_from) {
            Some(Ok(number)) if number >= 0 => Ok(number as usize),
            Some(_) if wide.is_some_and(|w| w < 0) => {
                raise!(py, ValueError, "{name} must be a non-negative integer")
            }
            _ => raise!(
                py,
                OverflowError,
                "Python int too large to convert to C ssize_t"
            ),
        }
    };
    let format = protocol::get_attr_str(py, &layout, "format_spec")?;
    let Some(format) = format.downcast::<Str>() else {
        return raise!(py, TypeError, "bad argument type for built-in operation");
    };
    let list = protocol::get_attr_str(py, &layout, "fields")?;
    Ok(Plan {
        align: number("align")?,
        size: number("size")?,
        format: format.to_utf8(py)?.into_owned(),
        fields: protocol::iter::collect(py, &list)?,
    })
}

fn lay_out(py: Py, this: &Type, fields: &Value) -> PyResult<()> {
    let Some(storage) = storage::of(this) else {
        return raise!(py, TypeError, "ctypes state is not initialized");
    };
    let base = this.base().filter(|base| storage::of(base).is_some());
    if storage.is_final.get() {
        return raise!(py, AttributeError, "_fields_ is final");
    }
    let plan = plan(py, this, fields, base)?;
    let inherited = base.and_then(storage::of);
    let mut parts = inherited.map_or_else(Vec::new, |base| base.parts.borrow().clone());
    let first = inherited.map_or(0, |base| base.length.get());
    for (i, value) in plan.fields.iter().enumerate() {
        add_field(py, this, storage, &mut parts, value, i, plan.size)?;
    }
    let kind = Kind::aggregate(plan.size, plan.align, parts.clone());
    storage.kind.replace(kind);
    storage.parts.replace(parts);
    storage.size.set(plan.size);
    storage.align.set(plan.align);
    storage.length.set(first + plan.fields.len());
    // It was not final before: one of the fields is of the very type.
    if storage.is_final.get() {
        return raise!(
            py,
            AttributeError,
            "Structure or union cannot contain itself"
        );
    }
    storage.is_final.set(true);
    storage.set_format(plan.format);
    anonymous_fields(py, this)
}

/// Adds a field's descriptor to the class.
fn add_field(
    py: Py,
    this: &Type,
    storage: &Storage,
    parts: &mut Vec<Kind>,
    value: &Value,
    index: usize,
    total: usize,
) -> PyResult<()> {
    let Some(field) = field::of(value) else {
        return raise!(
            py,
            TypeError,
            "fields must be of type CField, got {}",
            value.ty().name()
        );
    };
    if field.index != index as isize {
        let shown = protocol::repr(py, &Value::from(field.name.clone()))?;
        return raise!(
            py,
            ValueError,
            "field {} index mismatch (expected {index}, got {})",
            shown.to_rust(),
            field.index
        );
    }
    let info = storage::required(py, &field.class)?;
    parts.push(if total <= MOST_IN_REGISTERS {
        kind_inside(py, info)?
    } else {
        info.kind.borrow().clone()
    });
    if info.has_pointer.get() {
        storage.has_pointer.set(true);
    }
    info.is_final.set(true);
    type_setattr(py, this, &field.name, Some(value.clone()))
}

/// The kind of a field's type in a structure: an array is all its items there.
fn kind_inside(py: Py, info: &Storage) -> PyResult<Kind> {
    if info.role != Role::Array {
        return Ok(info.kind.borrow().clone());
    }
    let class = info.item_class(py)?;
    let item = storage::required(py, &class)?;
    let kind = kind_inside(py, item)?;
    let count = info.length.get().min(MOST_IN_REGISTERS);
    if count == 0 || info.size.get() == 0 {
        return Ok(Kind::basic(Scalar::Pointer));
    }
    Ok(Kind::aggregate(
        info.size.get(),
        item.align.get(),
        vec![kind; count],
    ))
}

/// The fields of anonymous fields become fields of the structure.
fn anonymous_fields(py: Py, this: &Type) -> PyResult<()> {
    let class = storage::class_value(this);
    let Some(names) = protocol::lookup_attr(py, &class, intern!("_anonymous_"))? else {
        return Ok(());
    };
    for name in sequence(py, &names, "_anonymous_ must be a sequence")? {
        let found = attribute(py, &class, &name)?;
        let Some(field) = field::of(&found) else {
            let shown = protocol::str(py, &name)?;
            return raise!(
                py,
                AttributeError,
                "'{}' is specified in _anonymous_ but not in _fields_",
                shown.to_rust()
            );
        };
        field.is_anonymous.set(true);
        add_inner(py, this, field)?;
    }
    Ok(())
}

/// Adds the fields of an anonymous field's type to the class.
fn add_inner(py: Py, this: &Type, outer: &field::This) -> PyResult<()> {
    py.thread().check_native_stack(py, "")?;
    let class = storage::class_value(&outer.class);
    let fields = protocol::get_attr(py, &class, intern!("_fields_"))?;
    for pair in sequence(py, &fields, "_fields_ must be a sequence")? {
        let name = match pair.downcast::<Tuple>() {
            Some(pair) if (2..=3).contains(&pair.len()) => arguments_of(pair).swap_remove(0),
            _ => return raise!(py, TypeError, "_fields_ must be a sequence of pairs"),
        };
        let found = attribute(py, &class, &name)?;
        let Some(field) = field::of(&found) else {
            return raise!(py, TypeError, "unexpected type");
        };
        let moved: Owned<field::This> = field.moved(py, outer);
        if field.is_anonymous.get() {
            add_inner(py, this, &moved)?;
            continue;
        }
        type_setattr(py, this, &field.name, Some(Value::from(moved)))?;
    }
    Ok(())
}

/// An attribute by a name that must be one.
fn attribute(py: Py, class: &Value, name: &Value) -> PyResult {
    match name.downcast::<Str>() {
        Some(name) => protocol::get_attr(py, class, name),
        None => raise!(
            py,
            TypeError,
            "attribute name must be string, not '{}'",
            name.ty().name()
        ),
    }
}

fn sequence(py: Py, value: &Value, text: &str) -> PyResult<Vec<Value>> {
    protocol::iter::collect(py, value).or_else(|raised| {
        if !krait_object::errors::matches(py, &krait_object::exceptions::TypeError) {
            return Err(raised);
        }
        drop(py.thread().take_exception());
        raise!(py, TypeError, "{text}")
    })
}
