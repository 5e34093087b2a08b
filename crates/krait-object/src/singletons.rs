//! None, True, False, NotImplemented and Ellipsis: the exported immortal objects.

use krait_abi::*;

use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object};
use crate::protocol::CompareOp;
use crate::py::{Py, PyResult};
use crate::types::int::{INT, Int};
use crate::types::typeobject::{StaticType, Type};
use crate::value::Value;

#[unsafe(export_name = "_PyNone_Type")]
pub static NONE_TYPE: StaticType = StaticType::new();
#[unsafe(export_name = "_PyNotImplemented_Type")]
pub static NOT_IMPLEMENTED_TYPE: StaticType = StaticType::new();
#[unsafe(export_name = "PyEllipsis_Type")]
pub static ELLIPSIS_TYPE: StaticType = StaticType::new();
#[unsafe(export_name = "PyBool_Type")]
pub static BOOL: StaticType = StaticType::new();

/// `None`, with an empty word behind it: extensions take it for an object of their own where
/// that is optional, and ask whether the first field is NULL (psycopg2's cursors).
#[repr(C)]
pub struct NoneObject {
    head: PyObject,
    behind: usize,
}

#[unsafe(export_name = "_Py_NoneStruct")]
pub static NONE: Static<NoneObject> = Static::new(NoneObject {
    head: PyObject::head_init(NONE_TYPE.as_type_ptr()),
    behind: 0,
});
#[unsafe(export_name = "_Py_NotImplementedStruct")]
pub static NOT_IMPLEMENTED: Static<PyObject> =
    Static::new(PyObject::head_init(NOT_IMPLEMENTED_TYPE.as_type_ptr()));
#[unsafe(export_name = "_Py_EllipsisObject")]
pub static ELLIPSIS: Static<PyObject> =
    Static::new(PyObject::head_init(ELLIPSIS_TYPE.as_type_ptr()));

const fn bool_object(digit: u32) -> PyLongObject {
    PyLongObject {
        ob_base: PyObject::head_init(BOOL.as_type_ptr()),
        long_value: _PyLongValue {
            lv_tag: if digit == 0 {
                SIGN_ZERO
            } else {
                1 << _PyLong_NON_SIZE_BITS
            } | IMMORTALITY_BIT_MASK,
            ob_digit: [digit],
        },
    }
}

#[unsafe(export_name = "_Py_TrueStruct")]
pub static TRUE: Static<PyLongObject> = Static::new(bool_object(1));
#[unsafe(export_name = "_Py_FalseStruct")]
pub static FALSE: Static<PyLongObject> = Static::new(bool_object(0));

#[inline(always)]
pub fn none() -> &'static Object {
    // SAFETY: a static object lives for ever.
    unsafe { Object::from_ptr(NONE.as_ptr().cast()) }
}

#[inline(always)]
pub fn true_object() -> &'static Object {
    // SAFETY: a static object lives for ever.
    unsafe { Object::from_ptr(TRUE.as_ptr().cast()) }
}

#[inline(always)]
pub fn false_object() -> &'static Object {
    // SAFETY: a static object lives for ever.
    unsafe { Object::from_ptr(FALSE.as_ptr().cast()) }
}

#[inline(always)]
pub fn not_implemented() -> &'static Object {
    // SAFETY: a static object lives for ever.
    unsafe { Object::from_ptr(NOT_IMPLEMENTED.as_ptr()) }
}

#[inline(always)]
pub fn ellipsis() -> &'static Object {
    // SAFETY: a static object lives for ever.
    unsafe { Object::from_ptr(ELLIPSIS.as_ptr()) }
}

/// A `bool`, which is an `int` in layout.
#[repr(transparent)]
pub struct Bool(Int);

// SAFETY: the struct begins with the header.
unsafe impl Layout for Bool {}
// SAFETY: bool cannot be subclassed; its two instances have int's layout.
unsafe impl Builtin for Bool {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &BOOL
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        std::ptr::eq(object.ty(), Self::type_object())
    }
}

impl Bool {
    #[inline(always)]
    pub fn get(&self) -> bool {
        self.as_object().is(true_object())
    }
}

fn bool_new(py: Py, _class: &Type, value: Option<&Value>) -> PyResult<bool> {
    value.map_or(Ok(false), |v| crate::protocol::truth(py, v))
}

fn logic(a: &Object, b: &Object, f: fn(bool, bool) -> bool) -> Option<Value> {
    Some(Value::bool(f(
        a.downcast::<Bool>()?.get(),
        b.downcast::<Bool>()?.get(),
    )))
}

fn logic_or_int(
    py: Py,
    a: &Object,
    b: &Object,
    f: fn(bool, bool) -> bool,
    int: fn(&PyNumberMethods) -> binaryfunc,
) -> PyResult {
    match logic(a, b, f) {
        Some(value) => Ok(value),
        // SAFETY: int is ready, and its slots take any two objects.
        None => unsafe {
            let slot = int(&*INT.raw().tp_as_number);
            crate::protocol::from_c(
                py,
                slot.map_or(std::ptr::null_mut(), |f| f(a.as_ptr(), b.as_ptr())),
            )
        },
    }
}

fn define_bool() {
    let mut b = TypeBuilder::<Bool>::new(&BOOL, "bool", INT.raw().tp_basicsize as usize);
    b.base(&INT)
        .item_size(4)
        .doc("Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.")
        .new_with("bool(object=False, /)", bool_new)
        .repr(|_py, this: &Bool| if this.get() { "True" } else { "False" })
        .and(|py, a: &Object, b: &Object| logic_or_int(py, a, b, |x, y| x & y, |n| n.nb_and))
        .or(|py, a: &Object, b: &Object| logic_or_int(py, a, b, |x, y| x | y, |n| n.nb_or))
        .xor(|py, a: &Object, b: &Object| logic_or_int(py, a, b, |x, y| x ^ y, |n| n.nb_xor))
        .invert(|py, this: &Bool| -> PyResult<i64> {
            crate::errors::warn(
                py,
                &crate::exceptions::DeprecationWarning,
                "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from the negation of a bool object. Use the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
                1,
            )?;
            Ok(!i64::from(this.get()))
        });
    b.finish();
}

/// The one object of a type that has one, without state.
#[repr(transparent)]
pub struct Singleton(PyObject, crate::object::Counted);
// SAFETY: it is the header.
unsafe impl Layout for Singleton {}

unsafe extern "C-unwind" fn never_dies(object: *mut PyObject) {
    // SAFETY: the object is static; somebody gave back too many references.
    unsafe { Object::from_ptr(object) }.immortalize();
}

fn single(ty: &'static StaticType, name: &'static str) -> TypeBuilder<Singleton> {
    let mut b = TypeBuilder::<Singleton>::new(ty, name, size_of::<PyObject>());
    b.dealloc_raw(never_dies);
    b
}

pub(crate) fn define() {
    single(&NONE_TYPE, "NoneType")
        .doc("The type of the None singleton.")
        .new_with("!NoneType()", |_py, _class: &Type| ())
        .repr(|_py, _this: &Singleton| "None")
        .truth(|_py, _this: &Singleton| Ok(false))
        .hash(|_py, _this: &Singleton| Ok(0xfca86420))
        .compare(
            |_py, this: &Singleton, other: &Object, op: CompareOp| -> Value {
                match op {
                    CompareOp::Eq | CompareOp::Ne if this.as_object().is(other) => {
                        Value::bool(op == CompareOp::Eq)
                    }
                    _ => Value::from_static(not_implemented()),
                }
            },
        )
        .finish();
    single(&NOT_IMPLEMENTED_TYPE, "NotImplementedType")
        .doc("The type of the NotImplemented singleton.")
        .new_with("!NotImplementedType()", |_py, _class: &Type| {
            Value::from_static(not_implemented())
        })
        .repr(|_py, _this: &Singleton| "NotImplemented")
        .truth(|py, _this: &Singleton| {
            crate::raise!(
                py,
                TypeError,
                "NotImplemented should not be used in a boolean context"
            )
        })
        .method(
            "__reduce__($self, /)",
            |_py, _this: &Singleton| "NotImplemented",
        )
        .finish();
    single(&ELLIPSIS_TYPE, "ellipsis")
        .doc("The type of the Ellipsis singleton.")
        .new_with("!EllipsisType()", |_py, _class: &Type| {
            Value::from_static(ellipsis())
        })
        .repr(|_py, _this: &Singleton| "Ellipsis")
        .method("__reduce__($self, /)", |_py, _this: &Singleton| "Ellipsis")
        .finish();
    define_bool();
}
