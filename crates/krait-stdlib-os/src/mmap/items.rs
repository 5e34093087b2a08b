//! A map as a sequence of bytes.

use krait_object::native::TypeBuilder;
use krait_object::protocol::number;
use krait_object::types::buffer::Buffer;
use krait_object::types::slice::Slice;
use krait_object::{Bytes, Object, Py, PyResult, Value, exceptions, raise};

use super::{This, copy_in, copy_out};

/// The place that an index names.
fn place(py: Py, this: &This, key: &Value) -> PyResult<usize> {
    let at = number::to_index(py, key, &exceptions::IndexError)?;
    this.check(py)?;
    let len = this.map.len() as isize;
    let at = if at < 0 { at + len } else { at };
    if !(0..len).contains(&at) {
        return raise!(py, IndexError, "mmap index out of range");
    }
    Ok(at as usize)
}

fn get(py: Py, this: &This, key: &Object) -> PyResult {
    this.check(py)?;
    let value = Value::unboxed(key);
    if number::is_index(&value) {
        let at = place(py, this, &value)?;
        return Ok(Value::int(
            this.map
                .with(|bytes| bytes.get(at).copied().map_or(0, i64::from)),
        ));
    }
    let Some(slice) = key.downcast::<Slice>() else {
        return raise!(py, TypeError, "mmap indices must be integers");
    };
    let (start, _, step, count) = slice.resolve(py, this.map.len())?;
    this.check(py)?;
    if count == 0 {
        return Ok(Value::from(Bytes::new(&[])));
    }
    if step == 1 {
        return Ok(Value::from(copy_out(
            this,
            start as usize,
            start as usize + count,
        )));
    }
    let picked: Vec<u8> = this.map.with(|bytes| {
        (0..count as isize)
            .filter_map(|i| bytes.get((start + i * step) as usize).copied())
            .collect()
    });
    Ok(Value::from(Bytes::new(&picked)))
}

fn set(py: Py, this: &This, key: &Object, new: Option<&Object>) -> PyResult<()> {
    this.check_writable(py)?;
    let key_value = Value::unboxed(key);
    if number::is_index(&key_value) {
        let at = place(py, this, &key_value)?;
        let Some(new) = new else {
            return raise!(py, TypeError, "mmap doesn't support item deletion");
        };
        let new = Value::unboxed(new);
        if !number::is_index(&new) {
            return raise!(py, TypeError, "mmap item value must be an int");
        }
        let byte = match number::index_to_i128(py, &new)?.and_then(|n| u8::try_from(n).ok()) {
            Some(byte) => byte,
            None => return raise!(py, ValueError, "mmap item value must be in range(0, 256)"),
        };
        // Making the byte may have closed or resized the map.
        this.check_writable(py)?;
        if at >= this.map.len() {
            return raise!(py, IndexError, "mmap index out of range");
        }
        this.map.with_mut(|bytes| bytes[at] = byte);
        return Ok(());
    }
    let Some(slice) = key.downcast::<Slice>() else {
        return raise!(py, TypeError, "mmap indices must be integer");
    };
    let (start, _, step, count) = slice.resolve(py, this.map.len())?;
    let Some(new) = new else {
        return raise!(py, TypeError, "mmap object doesn't support slice deletion");
    };
    let data = Buffer::new(py, &Value::unboxed(new))?;
    if data.len() != count {
        return raise!(py, IndexError, "mmap slice assignment is wrong size");
    }
    this.check_writable(py)?;
    let last = if count == 0 {
        0
    } else {
        start.max(start + (count as isize - 1) * step) + 1
    };
    if last > this.map.len() as isize {
        return raise!(py, IndexError, "mmap slice assignment is out of range");
    }
    if step == 1 {
        copy_in(this, start as usize, &data);
        return Ok(());
    }
    let data = data.as_slice().to_vec();
    this.map.with_mut(|bytes| {
        for (i, byte) in data.iter().enumerate() {
            if let Some(place) = bytes.get_mut((start + i as isize * step) as usize) {
                *place = *byte;
            }
        }
    });
    Ok(())
}

pub fn define(b: &mut TypeBuilder<This>) {
    b.len(|py: Py, this: &This| {
        this.check(py)?;
        Ok(this.map.len())
    })
    .item(|py: Py, this: &This, at: isize| -> PyResult {
        this.check(py)?;
        match usize::try_from(at)
            .ok()
            .and_then(|at| this.map.with(|bytes| bytes.get(at).copied()))
        {
            Some(byte) => Ok(Value::from(Bytes::new(&[byte]))),
            None => raise!(py, IndexError, "mmap index out of range"),
        }
    })
    .subscript(get)
    .assign_subscript(set);
}
