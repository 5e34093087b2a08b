//! Numbers between Python and C: what does not fit a plain conversion.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::protocol::number;
use krait_object::{Int, Py, PyResult, Value, protocol, raise};

/// An unsigned number as a value.
pub fn unsigned(value: u64) -> Value {
    match i64::try_from(value) {
        Ok(small) => Value::int(small),
        Err(_) => Value::from(Int::from_i128(i128::from(value))),
    }
}

/// A number of any size as a value.
pub fn wide(value: i128) -> Value {
    match i64::try_from(value) {
        Ok(small) => Value::int(small),
        Err(_) => Value::from(Int::from_i128(value)),
    }
}

/// A user or group number as a value: the highest one stands for -1.
pub fn id_value(id: u32) -> Value {
    if id == u32::MAX {
        Value::int(-1)
    } else {
        Value::int(i64::from(id))
    }
}

fn id(py: Py, value: &Value, what: &str) -> PyResult<u32> {
    if !number::is_index(value) {
        return raise!(
            py,
            TypeError,
            "{what} should be integer, not {}",
            value.ty().short_name()
        );
    }
    match number::index_to_i128(py, value)? {
        Some(-1) => Ok(u32::MAX),
        Some(n) if (0..i128::from(u32::MAX)).contains(&n) => Ok(n as u32),
        Some(n) if n <= i128::from(i64::MAX) => {
            raise!(py, OverflowError, "{what} is less than minimum")
        }
        None if protocol::compare::rich_compare(
            py,
            value,
            &Value::int(0),
            protocol::CompareOp::Lt,
        )
        .and_then(|less| protocol::truth(py, &less))? =>
        {
            raise!(py, OverflowError, "{what} is less than minimum")
        }
        _ => raise!(py, OverflowError, "{what} is greater than maximum"),
    }
}

/// A user number; -1 is the highest one.
pub struct Uid(pub u32);
/// A group number; -1 is the highest one.
pub struct Gid(pub u32);

impl Gid {
    pub fn of(py: Py, value: &Value) -> PyResult<u32> {
        id(py, value, "gid")
    }
}

impl Uid {
    pub fn of(py: Py, value: &Value) -> PyResult<u32> {
        id(py, value, "uid")
    }
}

impl FromArg for Uid {
    type Item<'a> = Uid;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<Uid> {
        id(py, value, "uid").map(Uid)
    }
}

impl FromArg for Gid {
    type Item<'a> = Gid;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<Gid> {
        id(py, value, "gid").map(Gid)
    }
}

/// A number of a file descriptor, or of an object with `fileno()`.
pub struct Fd(pub i32);

impl FromArg for Fd {
    type Item<'a> = Fd;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<Fd> {
        file_descriptor(py, value).map(Fd)
    }
}

/// `PyObject_AsFileDescriptor`.
pub fn file_descriptor(py: Py, value: &Value) -> PyResult<i32> {
    let fd = if number::int_of(value).is_some() || value.downcast::<Int>().is_some() {
        if value.ty().name() == "bool" {
            let category = &krait_object::exceptions::RuntimeWarning;
            krait_object::errors::warn(py, category, "bool is used as a file descriptor", 1)?;
        }
        value.clone()
    } else if let Some(method) = protocol::lookup_attr(py, value, krait_object::intern!("fileno"))?
    {
        let fd = protocol::call(py, &method, &[])?;
        if fd.as_small_int().is_none() && fd.downcast::<Int>().is_none() {
            return raise!(py, TypeError, "fileno() returned a non-integer");
        }
        fd
    } else {
        return raise!(
            py,
            TypeError,
            "argument must be an int, or have a fileno() method."
        );
    };
    match number::index_to_i128(py, &fd)? {
        Some(n) if n < 0 && n >= i128::from(i32::MIN) => {
            raise!(
                py,
                ValueError,
                "file descriptor cannot be a negative integer ({n})"
            )
        }
        Some(n) if n >= 0 && n <= i128::from(i32::MAX) => Ok(n as i32),
        n => number::integer_overflow(py, n, "C int", false),
    }
}

/// An index of any size: what is wider than 128 bits becomes the lowest or highest number.
pub fn saturating(py: Py, value: &Value) -> PyResult<i128> {
    if let Some(n) = number::index_to_i128(py, value)? {
        return Ok(n);
    }
    let less = protocol::rich_compare(py, value, &Value::int(0), protocol::CompareOp::Lt)?;
    Ok(if protocol::truth(py, &less)? {
        i128::MIN
    } else {
        i128::MAX
    })
}

/// Adds a table of constants to a module.
pub fn add_numbers(m: &krait_object::ModuleBuilder, table: &[(&str, i64)]) -> PyResult<()> {
    for (name, value) in table {
        m.int(name, *value)?;
    }
    Ok(())
}
