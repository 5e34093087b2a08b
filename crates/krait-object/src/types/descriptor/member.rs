//! `member_descriptor`: fields of a struct, and the places of `__slots__`.
#![expect(
    non_upper_case_globals,
    reason = "the constants have the names of CPython's headers"
)]

use std::ffi::{c_char, c_int, c_void};

use krait_abi::*;

use super::{c_text, check_instance, common, fill_head, name, owner, picklable};
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::str::Str;
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

/// A `member_descriptor`.
#[repr(transparent)]
pub struct Member(PyMemberDescrObject, crate::object::Counted);

#[unsafe(export_name = "PyMemberDescr_Type")]
pub static MEMBER: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Member {}
// SAFETY: instances of the type have the layout; it cannot be subclassed.
unsafe impl Builtin for Member {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &MEMBER
    }
}

/// A descriptor of a definition that lives as long as its type.
#[expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a definition lives as long as the type or module that it is of"
)]
pub fn new(owner: &Type, def: *mut PyMemberDef) -> Owned {
    let Ok(raw) = MEMBER.allocate(0) else {
        crate::errors::out_of_memory()
    };
    // SAFETY: the block has the type's size; the definition is alive.
    unsafe {
        fill_head(raw, owner, c_text((*def).name));
        (*raw.cast::<PyMemberDescrObject>()).d_member = def;
        MEMBER.track_new(raw);
        Owned::from_raw(raw.cast())
    }
}

/// The kind of a field that a function reads, since it is no plain C field.
const COMPUTED: c_int = 1000;

pub type Get = unsafe extern "C-unwind" fn(*mut PyObject, *mut c_void) -> *mut PyObject;
pub type Set = unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject, *mut c_void) -> c_int;

/// The definition of a computed field; C sees its first part.
#[repr(C)]
struct Computed {
    c: PyMemberDef,
    get: Get,
    /// Nothing where the field is read-only.
    set: Option<Set>,
}

/// A field of a native type that functions read and write.
pub fn computed(owner: &Type, name: &'static str, get: Get, set: Option<Set>) -> Owned {
    let def = Box::leak(Box::new(Computed {
        c: PyMemberDef {
            name: crate::native::leak::c_string(name),
            r#type: COMPUTED,
            offset: 0,
            flags: if set.is_some() { 0 } else { Py_READONLY },
            doc: std::ptr::null(),
        },
        get,
        set,
    }));
    new(owner, (&raw mut *def).cast())
}

impl Member {
    pub fn definition(&self) -> &PyMemberDef {
        // SAFETY: the definition lives as long as the descriptor's type.
        unsafe { &*self.0.d_member }
    }

    /// The offset where the member is a plain object slot (`__slots__`).
    pub fn object_slot(&self) -> Option<usize> {
        let def = self.definition();
        (def.r#type == Py_T_OBJECT_EX && def.flags & Py_READONLY == 0)
            .then_some(def.offset as usize)
    }
}

/// Reads a field.
///
/// # Safety
/// The object has the field that the definition describes.
pub unsafe fn read(py: Py, object: &Object, def: &PyMemberDef) -> PyResult {
    // SAFETY: as the contract says; object fields are null or owned.
    unsafe {
        let place = object.as_ptr().byte_offset(def.offset);
        Ok(match def.r#type {
            Py_T_BOOL => Value::bool(*place.cast::<c_char>() != 0),
            Py_T_BYTE => Value::int((*place.cast::<i8>()).into()),
            Py_T_UBYTE => Value::int((*place.cast::<u8>()).into()),
            Py_T_SHORT => Value::int((*place.cast::<i16>()).into()),
            Py_T_USHORT => Value::int((*place.cast::<u16>()).into()),
            Py_T_INT => Value::int((*place.cast::<i32>()).into()),
            Py_T_UINT => Value::int((*place.cast::<u32>()).into()),
            Py_T_LONG | Py_T_LONGLONG | Py_T_PYSSIZET => Value::int(*place.cast::<i64>()),
            Py_T_ULONG | Py_T_ULONGLONG => Value::from(crate::types::int::Int::from_i128(
                (*place.cast::<u64>()).into(),
            )),
            Py_T_FLOAT => Value::float((*place.cast::<f32>()).into()),
            Py_T_DOUBLE => Value::float(*place.cast::<f64>()),
            Py_T_CHAR => Value::from(Str::from_latin1(&[*place.cast::<u8>()])),
            Py_T_STRING => match *place.cast::<*const c_char>() {
                text if text.is_null() => Value::none(),
                text => Value::from(Str::new(c_text(text))),
            },
            Py_T_STRING_INPLACE => Value::from(Str::new(c_text(place.cast()))),
            _Py_T_OBJECT | Py_T_OBJECT_EX => match *place.cast::<*mut PyObject>() {
                value if !value.is_null() => Value::unboxed(Object::from_ptr(value)),
                _ if def.r#type == _Py_T_OBJECT => Value::none(),
                _ => return unset(py, object, c_text(def.name)),
            },
            _Py_T_NONE => Value::none(),
            COMPUTED => {
                let def = &*std::ptr::from_ref(def).cast::<Computed>();
                return crate::protocol::from_c(
                    py,
                    (def.get)(object.as_ptr(), std::ptr::null_mut()),
                );
            }
            _ => {
                return crate::raise!(
                    py,
                    SystemError,
                    "bad memberdescr type for {}",
                    c_text(def.name)
                );
            }
        })
    }
}

/// A slot that holds nothing: the text names the type with its module.
#[cold]
fn unset(py: Py, object: &Object, name: &str) -> PyResult {
    let class = crate::types::type_methods::names::fully_qualified_name(py, object.ty());
    let text = format!("'{class}' object has no attribute '{name}'");
    Err(crate::protocol::attr::attribute_error(
        py,
        &text,
        object,
        &Str::intern(name),
    ))
}

/// Writes or deletes a field.
///
/// # Safety
/// The object has the field that the definition describes.
pub unsafe fn write(
    py: Py,
    object: &Object,
    def: &PyMemberDef,
    value: Option<&Object>,
) -> PyResult<()> {
    if def.flags & Py_READONLY != 0 {
        return crate::raise!(py, AttributeError, "readonly attribute");
    }
    // SAFETY: as the contract says; the old reference is released after the swap.
    unsafe {
        if def.r#type == COMPUTED
            && let Some(set) = (*std::ptr::from_ref(def).cast::<Computed>()).set
        {
            let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
            return crate::protocol::status(py, set(object.as_ptr(), value, std::ptr::null_mut()))
                .map(drop);
        }
        let place = object.as_ptr().byte_offset(def.offset);
        if matches!(def.r#type, _Py_T_OBJECT | Py_T_OBJECT_EX) {
            let place = place.cast::<*mut PyObject>();
            if value.is_none() && def.r#type == Py_T_OBJECT_EX && (*place).is_null() {
                return crate::raise!(py, AttributeError, "{}", c_text(def.name));
            }
            let new = value.map_or(std::ptr::null_mut(), |v| v.to_owned().into_ptr());
            let old = std::mem::replace(&mut *place, new);
            if !old.is_null() {
                Object::decref(old);
            }
            return Ok(());
        }
        let Some(value) = value else {
            return crate::raise!(py, TypeError, "can't delete numeric/char attribute");
        };
        write_plain(py, place, def.r#type, &Value::unboxed(value))
    }
}

/// # Safety
/// The place is a field of the kind.
unsafe fn write_plain(py: Py, place: *mut PyObject, kind: c_int, value: &Value) -> PyResult<()> {
    let integer = |limits: std::ops::RangeInclusive<i128>| -> PyResult<i128> {
        match crate::protocol::number::index_to_i128(py, value)? {
            Some(i) if limits.contains(&i) => Ok(i),
            _ => crate::raise!(
                py,
                OverflowError,
                "Python int too large to convert to C long"
            ),
        }
    };
    let (long, ulong) = (
        i64::MIN.into()..=i64::MAX.into(),
        i64::MIN.into()..=u64::MAX.into(),
    );
    // SAFETY: as the contract says.
    unsafe {
        match kind {
            Py_T_BOOL => match value {
                v if v.is_object(crate::singletons::true_object()) => *place.cast::<u8>() = 1,
                v if v.is_object(crate::singletons::false_object()) => *place.cast::<u8>() = 0,
                _ => return crate::raise!(py, TypeError, "attribute value type must be bool"),
            },
            Py_T_BYTE | Py_T_UBYTE => *place.cast::<u8>() = integer(long)? as u8,
            Py_T_SHORT | Py_T_USHORT => *place.cast::<u16>() = integer(long)? as u16,
            Py_T_INT | Py_T_UINT => *place.cast::<u32>() = integer(long)? as u32,
            Py_T_LONG | Py_T_LONGLONG | Py_T_PYSSIZET => {
                *place.cast::<i64>() = integer(long)? as i64
            }
            Py_T_ULONG | Py_T_ULONGLONG => *place.cast::<u64>() = integer(ulong)? as u64,
            Py_T_FLOAT => *place.cast::<f32>() = crate::protocol::number::to_f64(py, value)? as f32,
            Py_T_DOUBLE => *place.cast::<f64>() = crate::protocol::number::to_f64(py, value)?,
            Py_T_CHAR => match value.downcast::<Str>() {
                Some(s) if s.len() == 1 && s.is_ascii() => *place.cast::<u8>() = s.raw_bytes()[0],
                _ => {
                    return crate::raise!(
                        py,
                        TypeError,
                        "bad argument type for built-in operation"
                    );
                }
            },
            _ => return crate::raise!(py, TypeError, "readonly attribute"),
        }
    }
    Ok(())
}

fn get(py: Py, this: &Member, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Value::from(this.to_owned()));
    };
    check_instance(py, this, instance)?;
    // SAFETY: the receiver is an instance of the descriptor's type.
    unsafe { read(py, instance, this.definition()) }
}

fn set(py: Py, this: &Member, instance: &Object, value: Option<&Object>) -> PyResult<()> {
    check_instance(py, this, instance)?;
    // SAFETY: the receiver is an instance of the descriptor's type.
    unsafe { write(py, instance, this.definition(), value) }
}

pub(super) fn define() {
    let mut b = TypeBuilder::<Member>::new(
        &MEMBER,
        "member_descriptor",
        size_of::<PyMemberDescrObject>(),
    );
    common(&mut b);
    picklable(&mut b);
    b.repr(|_py, this: &Member| {
        format!(
            "<member '{}' of '{}' objects>",
            name(this).to_rust(),
            owner(this).name()
        )
    })
    .descr_get(get)
    .descr_set(set)
    .getter("__doc__", |_py, this: &Member| {
        let doc = this.definition().doc;
        // SAFETY: the definition's texts live as long as it.
        (!doc.is_null()).then(|| unsafe { c_text(doc) })
    });
    b.silent().finish();
}
