//! How argument values become Rust parameters.
//!
//! `FromArg` is for a type that an argument can be converted to; `Arg` is what a
//! parameter may be: any `FromArg`, an `Option` of one (absent, or `None` where the
//! signature's default is `None`), `Args` for `*args`, `KwArgs` for `**kwargs`.

use super::bind::Bound;
use crate::object::{Builtin, Object, Owned};
use crate::py::{Py, PyResult};
use crate::types::dict::Dict;
use crate::value::{Unpacked, Value};

/// Which argument of which function, for error texts.
#[derive(Clone, Copy)]
pub struct At {
    pub def: &'static super::NativeDef,
    pub index: usize,
}

impl At {
    /// Raises `f() argument 'x' must be EXPECTED, not TYPE`.
    #[cold]
    pub fn mismatch<T>(self, py: Py, expected: &str, got: &Value) -> PyResult<T> {
        let got = if got.is_none() {
            "None".to_string()
        } else {
            got.ty().name().to_string()
        };
        let signature = self.def.signature();
        let single = signature.params.len() == 1 && !signature.keywords;
        let name = self.def.name();
        if single {
            return crate::raise!(
                py,
                TypeError,
                "{name}() argument must be {expected}, not {got}"
            );
        }
        match signature.params.get(self.index) {
            Some(p) if p.kind != super::signature::ParamKind::PositionalOnly => {
                crate::raise!(
                    py,
                    TypeError,
                    "{name}() argument '{}' must be {expected}, not {got}",
                    p.name
                )
            }
            _ => crate::raise!(
                py,
                TypeError,
                "{name}() argument {} must be {expected}, not {got}",
                self.index + 1
            ),
        }
    }
}

/// A type that an argument's value can be converted to.
pub trait FromArg: Sized {
    type Item<'a>;
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<Self::Item<'_>>;
}

/// What a native function's parameter may be.
pub trait Arg: Sized {
    type Item<'a>;
    fn extract<'a>(py: Py, bound: &Bound<'a>, index: usize) -> PyResult<Self::Item<'a>>;
}

impl<T: FromArg> Arg for T {
    type Item<'a> = T::Item<'a>;
    #[inline(always)]
    fn extract<'a>(py: Py, bound: &Bound<'a>, index: usize) -> PyResult<T::Item<'a>> {
        match bound.get(index) {
            Some(value) => T::from_arg(
                py,
                value,
                At {
                    def: bound.def,
                    index,
                },
            ),
            None => missing(py, bound, index),
        }
    }
}

#[cold]
fn missing<T>(py: Py, bound: &Bound<'_>, index: usize) -> PyResult<T> {
    crate::raise!(
        py,
        SystemError,
        "{}() parameter {index} has a default that it cannot take",
        bound.def.name()
    )
}

impl<T: FromArg> Arg for Option<T> {
    type Item<'a> = Option<T::Item<'a>>;
    #[inline(always)]
    fn extract<'a>(py: Py, bound: &Bound<'a>, index: usize) -> PyResult<Option<T::Item<'a>>> {
        match bound.get(index) {
            None => Ok(None),
            Some(value) if value.is_none() && none_is_default(bound, index) => Ok(None),
            Some(value) => T::from_arg(
                py,
                value,
                At {
                    def: bound.def,
                    index,
                },
            )
            .map(Some),
        }
    }
}

fn none_is_default(bound: &Bound<'_>, index: usize) -> bool {
    bound
        .def
        .signature()
        .params
        .get(index)
        .is_some_and(|p| p.default == Some("None"))
}

/// The surplus positional arguments (`*args`).
pub struct Args<'a>(pub &'a [Value]);

impl<'x> Arg for Args<'x> {
    type Item<'a> = Args<'a>;
    #[inline(always)]
    fn extract<'a>(_py: Py, bound: &Bound<'a>, _index: usize) -> PyResult<Args<'a>> {
        Ok(Args(bound.rest))
    }
}

/// The surplus keyword arguments (`**kwargs`); `None` where there are none.
pub struct KwArgs(pub Option<Owned<Dict>>);

impl Arg for KwArgs {
    type Item<'a> = KwArgs;
    #[inline(always)]
    fn extract<'a>(_py: Py, bound: &Bound<'a>, _index: usize) -> PyResult<KwArgs> {
        Ok(KwArgs(bound.kwargs.clone()))
    }
}

/// How many arguments were given by position; no parameter of its own, so it comes last.
pub struct ByPosition(pub usize);

impl Arg for ByPosition {
    type Item<'a> = ByPosition;
    #[inline(always)]
    fn extract<'a>(_py: Py, bound: &Bound<'a>, _index: usize) -> PyResult<ByPosition> {
        Ok(ByPosition(bound.by_position))
    }
}

impl FromArg for &Value {
    type Item<'a> = &'a Value;
    #[inline(always)]
    fn from_arg(_py: Py, value: &Value, _at: At) -> PyResult<&Value> {
        Ok(value)
    }
}

impl FromArg for Value {
    type Item<'a> = Value;
    #[inline(always)]
    fn from_arg(_py: Py, value: &Value, _at: At) -> PyResult<Value> {
        Ok(value.clone())
    }
}

impl FromArg for Owned {
    type Item<'a> = Owned;
    #[inline(always)]
    fn from_arg(_py: Py, value: &Value, _at: At) -> PyResult<Owned> {
        Ok(value.to_object())
    }
}

impl<T: Builtin> FromArg for &T {
    type Item<'a> = &'a T;
    #[inline(always)]
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<&T> {
        match value.downcast::<T>() {
            Some(object) => Ok(object),
            None => at.mismatch(py, T::type_object().name(), value),
        }
    }
}

impl FromArg for bool {
    type Item<'a> = bool;
    #[inline(always)]
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<bool> {
        crate::protocol::truth(py, value)
    }
}

impl FromArg for f64 {
    type Item<'a> = f64;
    #[inline(always)]
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<f64> {
        match value.unpack() {
            Unpacked::Float(f) => Ok(f),
            Unpacked::Int(i) => Ok(i as f64),
            Unpacked::Object(_) => crate::protocol::number::to_f64(py, value),
        }
    }
}

macro_rules! from_arg_integer {
    ($($t:ty, $text:literal);* $(;)?) => { $(
        impl FromArg for $t {
            type Item<'a> = $t;
            #[inline(always)]
            fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<$t> {
                if let Some(i) = value.as_small_int() && let Ok(i) = <$t>::try_from(i) {
                    return Ok(i);
                }
                let wide = crate::protocol::number::index_to_i128(py, value)?;
                match wide.and_then(|w| <$t>::try_from(w).ok()) {
                    Some(i) => Ok(i),
                    None => crate::protocol::number::integer_overflow(py, wide, $text, <$t>::MIN == 0),
                }
            }
        }
    )* };
}
from_arg_integer! {
    i64, "C long";
    isize, "C ssize_t";
    i32, "C int";
    u32, "C unsigned int";
    u64, "C unsigned long";
    usize, "C size_t";
    u8, "unsigned char";
    u16, "C unsigned short";
}

/// A `str` argument as Rust text; lone surrogates are refused with CPython's
/// UnicodeEncodeError.
impl FromArg for String {
    type Item<'a> = String;
    fn from_arg(py: Py, value: &Value, at: At) -> PyResult<String> {
        match value.downcast::<crate::types::str::Str>() {
            Some(text) => text.to_utf8(py).map(|s| s.into_owned()),
            None => at.mismatch(py, "str", value),
        }
    }
}

/// Any object, boxed; for functions that only look at objects.
pub struct AnyObject(pub Owned<Object>);

impl FromArg for AnyObject {
    type Item<'a> = AnyObject;
    fn from_arg(_py: Py, value: &Value, _at: At) -> PyResult<AnyObject> {
        Ok(AnyObject(value.to_object()))
    }
}
