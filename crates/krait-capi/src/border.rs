//! The border between C and Rust: `export!` makes a C function of a Rust body.
//!
//! ```ignore
//! export! {
//!     fn PyList_Append(py, list: &List, item: &Object) -> PyResult<()> { ... }
//! }
//! ```
//!
//! gives `int PyList_Append(PyObject *, PyObject *)`. Arguments are converted and checked
//! (`FromC`), the result becomes what C expects, with the error indicator set where it is
//! a failure (`ToC`), and a panic becomes a SystemError. `Owned` arguments are stolen
//! references, `&Object` ones borrowed; `Owned` results are new references.

use std::any::Any;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use krait_abi::*;
use krait_object::{Layout, Object, Owned, Py, PyResult, Raised, Value, errors, raise};

/// A pointer to an object as C sees it.
pub type Ptr = *mut PyObject;

/// Why an argument was refused.
pub enum Refused {
    Null,
    WrongType,
}

/// An argument made from what C passes.
pub trait FromC {
    type C: Copy;
    /// The argument, with the lifetime of the call.
    type Item<'a>;

    /// # Safety
    /// The argument is what the function's declaration in CPython's headers asks for.
    unsafe fn from_c(c: &Self::C) -> Result<Self::Item<'_>, Refused>;
}

/// A result in C's form.
pub trait ToC {
    type C;
    fn to_c(self) -> Self::C;
    /// What C gets when the exception is set.
    fn failed() -> Self::C;
}

impl FromC for &Object {
    type C = Ptr;
    type Item<'a> = &'a Object;
    #[inline(always)]
    unsafe fn from_c(c: &Ptr) -> Result<Self::Item<'_>, Refused> {
        if c.is_null() {
            return Err(Refused::Null);
        }
        // SAFETY: C keeps the arguments of a call alive.
        Ok(unsafe { Object::from_ptr(*c) })
    }
}

impl FromC for Option<&Object> {
    type C = Ptr;
    type Item<'a> = Option<&'a Object>;
    #[inline(always)]
    unsafe fn from_c(c: &Ptr) -> Result<Self::Item<'_>, Refused> {
        // SAFETY: C keeps the arguments of a call alive.
        Ok((!c.is_null()).then(|| unsafe { Object::from_ptr(*c) }))
    }
}

impl FromC for &Value {
    type C = Ptr;
    type Item<'a> = &'a Value;
    #[inline(always)]
    unsafe fn from_c(c: &Ptr) -> Result<Self::Item<'_>, Refused> {
        if c.is_null() {
            return Err(Refused::Null);
        }
        // SAFETY: an object's pointer is a value's word; it is lent and not dropped.
        Ok(unsafe { &*std::ptr::from_ref(c).cast::<Value>() })
    }
}

impl FromC for Option<&Value> {
    type C = Ptr;
    type Item<'a> = Option<&'a Value>;
    #[inline(always)]
    unsafe fn from_c(c: &Ptr) -> Result<Self::Item<'_>, Refused> {
        // SAFETY: as for a value.
        Ok((!c.is_null()).then(|| unsafe { &*std::ptr::from_ref(c).cast::<Value>() }))
    }
}

/// A reference that passes to the function.
impl FromC for Owned {
    type C = Ptr;
    type Item<'a> = Owned;
    #[inline(always)]
    unsafe fn from_c(c: &Ptr) -> Result<Self::Item<'_>, Refused> {
        if c.is_null() {
            return Err(Refused::Null);
        }
        // SAFETY: the declaration says that the reference is stolen.
        Ok(unsafe { Owned::from_raw(c.cast()) })
    }
}

impl FromC for Option<Owned> {
    type C = Ptr;
    type Item<'a> = Option<Owned>;
    #[inline(always)]
    unsafe fn from_c(c: &Ptr) -> Result<Self::Item<'_>, Refused> {
        // SAFETY: the declaration says that the reference is stolen.
        Ok((!c.is_null()).then(|| unsafe { Owned::from_raw(c.cast()) }))
    }
}

impl FromC for &CStr {
    type C = *const c_char;
    type Item<'a> = &'a CStr;
    #[inline(always)]
    unsafe fn from_c(c: &*const c_char) -> Result<Self::Item<'_>, Refused> {
        if c.is_null() {
            return Err(Refused::Null);
        }
        // SAFETY: C passes a string that ends with a zero.
        Ok(unsafe { CStr::from_ptr(*c) })
    }
}

impl FromC for Option<&CStr> {
    type C = *const c_char;
    type Item<'a> = Option<&'a CStr>;
    #[inline(always)]
    unsafe fn from_c(c: &*const c_char) -> Result<Self::Item<'_>, Refused> {
        // SAFETY: C passes a string that ends with a zero, or NULL.
        Ok((!c.is_null()).then(|| unsafe { CStr::from_ptr(*c) }))
    }
}

/// Builtin layouts: the object must be an instance of the type.
macro_rules! builtin_arguments {
    ($($ty:ty),* $(,)?) => { $(
        impl FromC for &$ty {
            type C = Ptr;
            type Item<'a> = &'a $ty;
            #[inline(always)]
            unsafe fn from_c(c: &Ptr) -> Result<Self::Item<'_>, Refused> {
                if c.is_null() {
                    return Err(Refused::Null);
                }
                // SAFETY: C keeps the arguments of a call alive.
                unsafe { Object::from_ptr(*c) }.downcast::<$ty>().ok_or(Refused::WrongType)
            }
        }
    )* };
}

builtin_arguments!(
    krait_object::List,
    krait_object::Dict,
    krait_object::Bytes,
    krait_object::Str,
    krait_object::Tuple,
    krait_object::Module,
    krait_object::types::bytearray::ByteArray,
    krait_object::types::set::Set,
    krait_object::types::set::AnySet,
    krait_object::types::memoryview::MemoryView,
    krait_vm::Function,
    krait_vm::CodeObject,
    krait_vm::FrameObject,
);

/// Types come as `PyTypeObject *`.
impl FromC for &krait_object::Type {
    type C = *mut PyTypeObject;
    type Item<'a> = &'a krait_object::Type;
    #[inline(always)]
    unsafe fn from_c(c: &*mut PyTypeObject) -> Result<Self::Item<'_>, Refused> {
        if c.is_null() {
            return Err(Refused::Null);
        }
        // SAFETY: C keeps the arguments of a call alive.
        Ok(unsafe { krait_object::Type::from_ptr(*c) })
    }
}

macro_rules! plain_arguments {
    ($($ty:ty),* $(,)?) => { $(
        impl FromC for $ty {
            type C = $ty;
            type Item<'a> = $ty;
            #[inline(always)]
            unsafe fn from_c(c: &$ty) -> Result<Self::Item<'_>, Refused> {
                Ok(*c)
            }
        }
    )* };
}

plain_arguments!(i8, u8, i16, u16, i32, u32, i64, u64, isize, usize, f32, f64);

impl<T> FromC for *mut T {
    type C = *mut T;
    type Item<'a> = *mut T;
    #[inline(always)]
    unsafe fn from_c(c: &*mut T) -> Result<Self::Item<'_>, Refused> {
        Ok(*c)
    }
}

impl<T> FromC for *const T {
    type C = *const T;
    type Item<'a> = *const T;
    #[inline(always)]
    unsafe fn from_c(c: &*const T) -> Result<Self::Item<'_>, Refused> {
        Ok(*c)
    }
}

macro_rules! callback_arguments {
    ($($ty:ty),* $(,)?) => { $(
        impl FromC for $ty {
            type C = $ty;
            type Item<'a> = $ty;
            #[inline(always)]
            unsafe fn from_c(c: &$ty) -> Result<Self::Item<'_>, Refused> {
                Ok(*c)
            }
        }
    )* };
}

callback_arguments!(
    visitproc,
    Py_tracefunc,
    vectorcallfunc,
    PyCapsule_Destructor,
    freefunc,
    Option<unsafe extern "C-unwind" fn(*mut c_void) -> c_int>,
    Option<unsafe extern "C-unwind" fn()>,
    Option<unsafe extern "C-unwind" fn() -> Ptr>,
    Option<unsafe extern "C" fn(c_int)>,
);

/// Results that cannot fail, or whose failure the body has turned into C's form itself.
macro_rules! plain_results {
    ($($ty:ty = $failed:expr),* $(,)?) => { $(
        impl ToC for $ty {
            type C = $ty;
            #[inline(always)]
            fn to_c(self) -> $ty {
                self
            }
            fn failed() -> $ty {
                $failed
            }
        }
    )* };
}

plain_results!(
    () = (),
    c_int = -1,
    u32 = u32::MAX,
    u8 = 0,
    u16 = 0,
    i64 = -1,
    u64 = u64::MAX,
    isize = -1,
    usize = usize::MAX,
    f64 = -1.0,
);

impl<T> ToC for *mut T {
    type C = *mut T;
    #[inline(always)]
    fn to_c(self) -> *mut T {
        self
    }
    fn failed() -> *mut T {
        std::ptr::null_mut()
    }
}

impl<T> ToC for *const T {
    type C = *const T;
    #[inline(always)]
    fn to_c(self) -> *const T {
        self
    }
    fn failed() -> *const T {
        std::ptr::null()
    }
}

impl ToC for bool {
    type C = c_int;
    #[inline(always)]
    fn to_c(self) -> c_int {
        c_int::from(self)
    }
    fn failed() -> c_int {
        0
    }
}

impl<T: Layout> ToC for Owned<T> {
    type C = Ptr;
    #[inline(always)]
    fn to_c(self) -> Ptr {
        self.into_ptr()
    }
    fn failed() -> Ptr {
        std::ptr::null_mut()
    }
}

impl<T: Layout> ToC for Option<Owned<T>> {
    type C = Ptr;
    #[inline(always)]
    fn to_c(self) -> Ptr {
        self.map_or(std::ptr::null_mut(), Owned::into_ptr)
    }
    fn failed() -> Ptr {
        std::ptr::null_mut()
    }
}

impl ToC for Value {
    type C = Ptr;
    #[inline(always)]
    fn to_c(self) -> Ptr {
        self.into_object().into_ptr()
    }
    fn failed() -> Ptr {
        std::ptr::null_mut()
    }
}

macro_rules! fallible_results {
    ($($ty:ty => $c:ty, $failed:expr, |$value:ident| $convert:expr;)*) => { $(
        impl ToC for PyResult<$ty> {
            type C = $c;
            #[inline(always)]
            fn to_c(self) -> $c {
                match self {
                    Ok($value) => $convert,
                    Err(Raised) => $failed,
                }
            }
            fn failed() -> $c {
                $failed
            }
        }
    )* };
}

fallible_results! {
    () => c_int, -1, |_done| 0;
    bool => c_int, -1, |yes| c_int::from(yes);
    c_int => c_int, -1, |n| n;
    u32 => u32, u32::MAX, |n| n;
    isize => isize, -1, |n| n;
    usize => isize, -1, |n| n as isize;
    i64 => i64, -1, |n| n;
    u64 => u64, u64::MAX, |n| n;
    f64 => f64, -1.0, |f| f;
    Value => Ptr, std::ptr::null_mut(), |v| v.into_object().into_ptr();
    Option<Value> => Ptr, std::ptr::null_mut(), |v| v.map_or(std::ptr::null_mut(), |v| v.into_object().into_ptr());
}

impl<T: Layout> ToC for PyResult<Owned<T>> {
    type C = Ptr;
    #[inline(always)]
    fn to_c(self) -> Ptr {
        self.map_or(std::ptr::null_mut(), Owned::into_ptr)
    }
    fn failed() -> Ptr {
        std::ptr::null_mut()
    }
}

impl<T: Layout> ToC for PyResult<Option<Owned<T>>> {
    type C = Ptr;
    #[inline(always)]
    fn to_c(self) -> Ptr {
        self.ok()
            .flatten()
            .map_or(std::ptr::null_mut(), Owned::into_ptr)
    }
    fn failed() -> Ptr {
        std::ptr::null_mut()
    }
}

impl<T> ToC for PyResult<*mut T> {
    type C = *mut T;
    #[inline(always)]
    fn to_c(self) -> *mut T {
        self.unwrap_or(std::ptr::null_mut())
    }
    fn failed() -> *mut T {
        std::ptr::null_mut()
    }
}

impl<T> ToC for PyResult<*const T> {
    type C = *const T;
    #[inline(always)]
    fn to_c(self) -> *const T {
        self.unwrap_or(std::ptr::null())
    }
    fn failed() -> *const T {
        std::ptr::null()
    }
}

/// Runs the body of an exported function; a panic stops here.
#[inline(always)]
pub fn border<R: ToC>(body: impl FnOnce(Py) -> R::C) -> R::C {
    // SAFETY: the C API is only called with the GIL held.
    let py = unsafe { Py::assume() };
    match catch_unwind(AssertUnwindSafe(|| body(py))) {
        Ok(result) => result,
        Err(panic) => {
            stopped(py, panic);
            R::failed()
        }
    }
}

/// An exported function that does not need the GIL.
#[inline(always)]
pub fn border_without_gil<R: ToC>(body: impl FnOnce() -> R::C) -> R::C {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| R::failed())
}

#[cold]
#[inline(never)]
fn stopped(py: Py, panic: Box<dyn Any + Send>) {
    let _ = errors::raise_panic(py, panic);
}

/// Raises what a refused argument means.
#[cold]
#[inline(never)]
pub fn refuse<R: ToC>(py: Py, refused: Refused) -> R::C {
    match refused {
        // NULL for a failed call passes on that call's exception.
        Refused::Null if py.thread().has_exception() => {}
        Refused::Null => {
            let _: PyResult<()> = raise!(py, SystemError, "null argument to internal routine");
        }
        Refused::WrongType => {
            let _: PyResult<()> = bad_internal_call(py);
        }
    }
    R::failed()
}

/// `PyErr_BadInternalCall`
#[cold]
pub fn bad_internal_call<T>(py: Py) -> PyResult<T> {
    raise!(py, SystemError, "bad argument to internal function")
}

/// Defines exported functions; see the module.
macro_rules! export {
    ($(fn $name:ident($py:ident $(, $arg:ident: $ty:ty)* $(,)?) $(-> $ret:ty)? $body:block)*) => { $(
        $crate::border::export_one! { $name($py $(, $arg: $ty)*), ($($ret)?), $body }
    )* };
}

/// One function of `export!`, its result in parentheses.
macro_rules! export_one {
    ($name:ident($($signature:tt)*), (), $body:block) => {
        $crate::border::export_one! { $name($($signature)*), (()), $body }
    };
    ($name:ident($py:ident $(, $arg:ident: $ty:ty)*), ($ret:ty), $body:block) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(
            $($arg: <$ty as $crate::border::FromC>::C),*
        ) -> <$ret as $crate::border::ToC>::C {
            $crate::border::border::<$ret>(|$py| {
                $(
                    // SAFETY: the caller keeps to the function's declaration.
                    let $arg = match unsafe { <$ty as $crate::border::FromC>::from_c(&$arg) } {
                        Ok(argument) => argument,
                        Err(refused) => return $crate::border::refuse::<$ret>($py, refused),
                    };
                )*
                let _ = $py;
                // SAFETY: the caller keeps to the function's declaration in CPython's headers
                // and holds the GIL; pointers that the declaration asks for are valid.
                let body = || -> $ret { unsafe { $body } };
                $crate::border::ToC::to_c(body())
            })
        }
    };
}

macro_rules! result {
    () => {
        ()
    };
    ($ret:ty) => {
        $ret
    };
}

pub(crate) use {export, export_one, result};
