//! Socket options.

use krait_object::native::{Args, TypeBuilder};
use krait_object::protocol::number;
use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, Int, Py, PyResult, Value, raise};
use krait_sys::socket as sys;

use super::object::This;
use crate::blocking::os;

/// An option that is a number.
pub fn int_option(fd: i32, level: i32, name: i32) -> krait_sys::Result<i32> {
    let mut bytes = [0; 4];
    sys::getsockopt(fd, level, name, &mut bytes)?;
    Ok(i32::from_ne_bytes(bytes))
}

fn getsockopt(py: Py, this: &This, level: i32, name: i32, size: Option<i32>) -> PyResult {
    match size.unwrap_or(0) {
        0 => os(py, int_option(this.fd.get(), level, name)).map(|n| Value::int(i64::from(n))),
        size @ 1..=1024 => {
            let mut buffer = vec![0; size as usize];
            let n = os(py, sys::getsockopt(this.fd.get(), level, name, &mut buffer))?;
            Ok(Value::from(Bytes::new(&buffer[..n.min(buffer.len())])))
        }
        _ => raise!(py, OSError, "getsockopt buflen out of range"),
    }
}

fn int(py: Py, value: &Value) -> PyResult<i32> {
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i32::try_from(w).ok()) {
        Some(n) => Ok(n),
        None => number::integer_overflow(py, wide, "C int", false),
    }
}

fn setsockopt(py: Py, this: &This, args: Args<'_>) -> PyResult<()> {
    let fd = this.fd.get();
    match args.0 {
        [level, name, value] => {
            let (level, name) = (int(py, level)?, int(py, name)?);
            let is_int = value.as_small_int().is_some() || value.downcast::<Int>().is_some();
            if is_int && let Some(n) = number::int_of(value).and_then(|n| i32::try_from(n).ok()) {
                return os(py, sys::setsockopt(fd, level, name, &n.to_ne_bytes())).map(drop);
            }
            let data = Buffer::new(py, value)?;
            os(py, sys::setsockopt(fd, level, name, data.as_slice())).map(drop)
        }
        [level, name, value, size] if value.is_none() => {
            let (level, name, size) = (int(py, level)?, int(py, name)?, int(py, size)?);
            os(py, sys::setsockopt_none(fd, level, name, size as u32)).map(drop)
        }
        [_, _, _, _] => raise!(
            py,
            TypeError,
            "setsockopt() takes exactly 3 arguments (4 given)"
        ),
        given => raise!(
            py,
            TypeError,
            "setsockopt() takes 3 or 4 arguments ({} given)",
            given.len()
        ),
    }
}

pub fn define_methods(b: &mut TypeBuilder<This>) {
    b.method("getsockopt(level, option, buffersize=0, /)", getsockopt)
        .method("setsockopt(*args)", setsockopt);
}
