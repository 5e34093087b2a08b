//! A map as a file: reading, writing, seeking, finding.

use krait_object::native::TypeBuilder;
use krait_object::protocol::number;
use krait_object::{Bytes, Owned, Py, PyResult, Value, exceptions, raise};
use krait_text::search;

use super::{This, copy_in, copy_out};
use crate::blocking::Data;

fn read(py: Py, this: &This, n: Option<&Value>) -> PyResult<Owned<Bytes>> {
    let limit = match n.filter(|n| !n.is_none()) {
        None => isize::MAX,
        Some(n) if number::is_index(n) => number::to_index(py, n, &exceptions::OverflowError)?,
        Some(n) => {
            return raise!(
                py,
                TypeError,
                "argument should be integer or None, not '{}'",
                n.ty().short_name()
            );
        }
    };
    this.check(py)?;
    let start = this.position.get();
    let left = this.map.len().saturating_sub(start);
    let count = usize::try_from(limit).map_or(left, |n| n.min(left));
    this.position.set(start + count);
    Ok(copy_out(this, start, start + count))
}

fn readline(py: Py, this: &This) -> PyResult<Owned<Bytes>> {
    this.check(py)?;
    let start = this.position.get();
    let end = this.map.with(|bytes| {
        let rest = bytes.get(start..).unwrap_or(&[]);
        rest.iter()
            .position(|&b| b == b'\n')
            .map_or(bytes.len(), |i| start + i + 1)
    });
    this.position.set(end);
    Ok(copy_out(this, start, end))
}

fn read_byte(py: Py, this: &This) -> PyResult<u8> {
    this.check(py)?;
    let at = this.position.get();
    match this.map.with(|bytes| bytes.get(at).copied()) {
        Some(byte) => {
            this.position.set(at + 1);
            Ok(byte)
        }
        None => raise!(py, ValueError, "read byte out of range"),
    }
}

fn write(py: Py, this: &This, data: Data) -> PyResult<usize> {
    this.check_writable(py)?;
    let at = this.position.get();
    if at > this.map.len() || this.map.len() - at < data.len() {
        return raise!(py, ValueError, "data out of range");
    }
    copy_in(this, at, &data);
    this.position.set(at + data.len());
    Ok(data.len())
}

fn write_byte(py: Py, this: &This, byte: u8) -> PyResult<()> {
    this.check_writable(py)?;
    let at = this.position.get();
    if at >= this.map.len() {
        return raise!(py, ValueError, "write byte out of range");
    }
    this.map.with_mut(|bytes| bytes[at] = byte);
    this.position.set(at + 1);
    Ok(())
}

fn seek(py: Py, this: &This, distance: isize, whence: Option<i32>) -> PyResult<usize> {
    this.check(py)?;
    let from = match whence.unwrap_or(0) {
        0 => 0,
        1 => this.position.get() as isize,
        2 => this.map.len() as isize,
        _ => return raise!(py, ValueError, "unknown seek type"),
    };
    match from
        .checked_add(distance)
        .and_then(|to| usize::try_from(to).ok())
        .filter(|&to| to <= this.map.len())
    {
        Some(to) => {
            this.position.set(to);
            Ok(to)
        }
        None => raise!(py, ValueError, "seek out of range"),
    }
}

fn find(
    py: Py,
    this: &This,
    what: &Data,
    start: Option<&Value>,
    end: Option<&Value>,
    last: bool,
) -> PyResult<isize> {
    this.check(py)?;
    let size = this.map.len() as isize;
    let bound = |value: Option<&Value>, default: isize| -> PyResult<isize> {
        match value.filter(|v| !v.is_none()) {
            None => Ok(default),
            Some(value) => {
                let at = number::to_clipped_index(py, value)?;
                Ok(if at < 0 {
                    (at + size).max(0)
                } else {
                    at.min(size)
                })
            }
        }
    };
    let start = bound(start, this.position.get() as isize)? as usize;
    let end = bound(end, size)? as usize;
    // Evaluating the bounds may have closed the map.
    this.check(py)?;
    let needle = what.as_slice().to_vec();
    Ok(this.map.with(|bytes| {
        let Some(part) = bytes.get(start..end) else {
            return -1;
        };
        let found = if last {
            search::rfind_units(part, &needle)
        } else {
            search::find_units(part, &needle)
        };
        found.map_or(-1, |i| (start + i) as isize)
    }))
}

fn shift(py: Py, this: &This, dest: isize, src: isize, count: isize) -> PyResult<()> {
    this.check_writable(py)?;
    let size = this.map.len() as isize;
    if dest < 0 || src < 0 || count < 0 || size - dest < count || size - src < count {
        return raise!(py, ValueError, "source, destination, or count out of range");
    }
    let (dest, src, count) = (dest as usize, src as usize, count as usize);
    this.map
        .with_mut(|bytes| bytes.copy_within(src..src + count, dest));
    Ok(())
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.method("read($self, n=None, /)", read)
        .method("readline($self, /)", readline)
        .method("read_byte($self, /)", read_byte)
        .method("write($self, bytes, /)", write)
        .method("write_byte($self, byte, /)", write_byte)
        .method("seek($self, pos, whence=0, /)", seek)
        .method("seekable($self, /)", |_py: Py, _this: &This| true)
        .method("tell($self, /)", |py: Py, this: &This| {
            this.check(py)?;
            Ok::<_, krait_object::Raised>(this.position.get())
        })
        .method(
            "find($self, view, start=None, end=None, /)",
            |py: Py, this: &This, what: Data, start: Option<&Value>, end: Option<&Value>| {
                find(py, this, &what, start, end, false)
            },
        )
        .method(
            "rfind($self, view, start=None, end=None, /)",
            |py: Py, this: &This, what: Data, start: Option<&Value>, end: Option<&Value>| {
                find(py, this, &what, start, end, true)
            },
        )
        .method("move($self, dest, src, count, /)", shift);
}
