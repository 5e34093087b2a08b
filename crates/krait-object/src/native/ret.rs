//! What a native function may return, and how it becomes a value.

use crate::object::{Layout, Owned};
use crate::py::{Py, PyResult, Raised};
use crate::types::bytes::Bytes;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// A result of a native function.
pub trait IntoResult {
    fn into_result(self, py: Py) -> PyResult;
}

impl IntoResult for Value {
    #[inline(always)]
    fn into_result(self, _py: Py) -> PyResult {
        Ok(self)
    }
}

impl<T: Layout> IntoResult for Owned<T> {
    #[inline(always)]
    fn into_result(self, _py: Py) -> PyResult {
        Ok(Value::from(self))
    }
}

impl IntoResult for () {
    #[inline(always)]
    fn into_result(self, _py: Py) -> PyResult {
        Ok(Value::none())
    }
}

impl IntoResult for bool {
    #[inline(always)]
    fn into_result(self, _py: Py) -> PyResult {
        Ok(Value::bool(self))
    }
}

impl IntoResult for f64 {
    #[inline(always)]
    fn into_result(self, _py: Py) -> PyResult {
        Ok(Value::float(self))
    }
}

macro_rules! integers_into_result {
    ($($t:ty),*) => { $(
        impl IntoResult for $t {
            #[inline(always)]
            fn into_result(self, _py: Py) -> PyResult {
                Ok(Value::int(self as i64))
            }
        }
    )* };
}
integers_into_result!(i64, i32, i16, i8, u32, u16, u8, isize);

macro_rules! wide_into_result {
    ($($t:ty),*) => { $(
        impl IntoResult for $t {
            #[inline(always)]
            fn into_result(self, _py: Py) -> PyResult {
                match i64::try_from(self) {
                    Ok(i) => Ok(Value::int(i)),
                    Err(_) => Ok(Value::from(crate::types::int::Int::from_i128(self as i128))),
                }
            }
        }
    )* };
}
wide_into_result!(u64, usize, i128);

impl IntoResult for &str {
    fn into_result(self, _py: Py) -> PyResult {
        Ok(Value::from(Str::new(self)))
    }
}

impl IntoResult for String {
    fn into_result(self, _py: Py) -> PyResult {
        Ok(Value::from(Str::new(&self)))
    }
}

impl IntoResult for Vec<u8> {
    fn into_result(self, _py: Py) -> PyResult {
        Ok(Value::from(Bytes::new(&self)))
    }
}

impl<T: IntoResult> IntoResult for Option<T> {
    #[inline(always)]
    fn into_result(self, py: Py) -> PyResult {
        match self {
            Some(value) => value.into_result(py),
            None => Ok(Value::none()),
        }
    }
}

impl<T: IntoResult> IntoResult for Result<T, Raised> {
    #[inline(always)]
    fn into_result(self, py: Py) -> PyResult {
        self.and_then(|value| value.into_result(py))
    }
}

macro_rules! tuples_into_result {
    ($($T:ident $i:tt),*) => {
        impl<$($T: IntoResult),*> IntoResult for ($($T,)*) {
            fn into_result(self, py: Py) -> PyResult {
                let items = [$(self.$i.into_result(py)?),*];
                Ok(Value::from(Tuple::from_values(items)))
            }
        }
    };
}
tuples_into_result!(A 0, B 1);
tuples_into_result!(A 0, B 1, C 2);
tuples_into_result!(A 0, B 1, C 2, D 3);
tuples_into_result!(A 0, B 1, C 2, D 3, E 4);
