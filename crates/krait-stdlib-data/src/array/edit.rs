//! Methods that change an array's items one by one, and that look for one.

use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::types::sequence::{self, position};
use krait_object::{Layout, Owned, Py, PyResult, Value, raise};

use super::items::item;
use super::object::{Array, This, extend, make};

/// The index of the first item equal to a value, from `start` below `stop`.
fn find(py: Py, this: &Array, value: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    for index in start..stop {
        let Some(item) = this.get(py, index)? else {
            break;
        };
        if protocol::equal(py, &item, value)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn index(
    py: Py,
    this: &This,
    v: &Value,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> PyResult<i64> {
    let range = sequence::clip(start, stop, this.len(), py)?;
    match find(py, this, v, range.start, range.end)? {
        Some(index) => Ok(index as i64),
        None => raise!(py, ValueError, "array.index(x): x not in array"),
    }
}

fn count(py: Py, this: &This, v: &Value) -> PyResult<i64> {
    let (mut count, mut at) = (0, 0);
    while let Some(index) = find(py, this, v, at, this.len())? {
        (count, at) = (count + 1, index + 1);
    }
    Ok(count)
}

fn delete(py: Py, this: &Array, index: usize) -> PyResult<()> {
    let size = this.code.size;
    this.splice(py, index * size, (index + 1) * size, &[])
}

fn remove(py: Py, this: &This, v: &Value) -> PyResult<()> {
    match find(py, this, v, 0, this.len())? {
        Some(index) if index < this.len() => delete(py, this, index),
        _ => raise!(py, ValueError, "array.remove(x): x not in array"),
    }
}

fn pop(py: Py, this: &This, i: Option<isize>) -> PyResult {
    if this.len() == 0 {
        return raise!(py, IndexError, "pop from empty array");
    }
    let index = position(i.unwrap_or(-1), this.len());
    let Some(index) = index else {
        return raise!(py, IndexError, "pop index out of range");
    };
    let item = item(py, this, index as isize)?;
    delete(py, this, index).map(|()| item)
}

fn insert(py: Py, this: &This, i: isize, v: &Value) -> PyResult<()> {
    let item = this.code.write(py, v)?;
    let (len, size) = (this.len(), this.code.size);
    let at = if i < 0 {
        i.saturating_add(len as isize).max(0)
    } else {
        i
    };
    let start = (at as usize).min(len) * size;
    this.splice(py, start, start, &item[..size])
}

pub(super) fn extend_array(py: Py, this: &Array, other: &Array) -> PyResult<()> {
    if other.code != this.code {
        return raise!(py, TypeError, "can only extend with array of same kind");
    }
    this.push_bytes(py, &other.to_vec())
}

fn extend_any(py: Py, this: &This, bb: &Value) -> PyResult<()> {
    match bb.downcast::<This>() {
        Some(other) => extend_array(py, this, other),
        None => extend(py, this, bb),
    }
}

fn copy(py: Py, this: &This) -> PyResult<Owned<This>> {
    make(py, this.as_object().ty(), this.code, &this.to_vec())
}

fn reverse(_py: Py, this: &This) {
    let size = this.code.size;
    let mut bytes = this.bytes.write();
    bytes.reverse();
    bytes.chunks_mut(size).for_each(<[u8]>::reverse);
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.method("append($self, v, /)", |py: Py, this: &This, v: &Value| {
        this.push(py, this.code.write(py, v)?)
    })
    .method("extend($self, bb, /)", extend_any)
    .method("insert($self, i, v, /)", insert)
    .method("pop($self, i=-1, /)", pop)
    .method("remove($self, v, /)", remove)
    .method("index($self, v, start=0, stop=sys.maxsize, /)", index)
    .method("count($self, v, /)", count)
    .method("reverse($self, /)", reverse)
    .method("clear($self, /)", |py: Py, this: &This| {
        let len = this.bytes.read().len();
        this.splice(py, 0, len, &[])
    })
    .method("byteswap($self, /)", |_py: Py, this: &This| {
        let size = this.code.size;
        this.bytes
            .write()
            .chunks_mut(size)
            .for_each(<[u8]>::reverse);
    })
    .method("__copy__($self, /)", copy)
    .method(
        "__deepcopy__($self, unused, /)",
        |py: Py, this: &This, _unused: &Value| copy(py, this),
    );
}
