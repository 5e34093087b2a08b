//! An array's items as bytes, text, lists and files.

use krait_object::native::TypeBuilder;
use krait_object::protocol;
use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, List, Py, PyResult, Str, Value, intern, raise};

use super::kind::Kind;
use super::object::{Array, This, push_text, text_of, to_list};

/// Appends bytes that are whole items.
pub(super) fn push_whole(py: Py, this: &Array, bytes: &[u8]) -> PyResult<()> {
    if !bytes.len().is_multiple_of(this.code.size) {
        return raise!(py, ValueError, "bytes length not a multiple of item size");
    }
    this.push_bytes(py, bytes)
}

fn from_bytes(py: Py, this: &This, buffer: &Value) -> PyResult<()> {
    let bytes = Buffer::new(py, buffer)?.as_slice().to_vec();
    push_whole(py, this, &bytes)
}

fn from_list(py: Py, this: &This, list: &Value) -> PyResult<()> {
    let Some(list) = list.downcast::<List>() else {
        return raise!(py, TypeError, "arg must be list");
    };
    let (len, before) = (list.len(), this.bytes.read().len());
    for i in 0..len {
        let Some(item) = list.get(i) else { break };
        let added = this
            .code
            .write(py, &item)
            .and_then(|item| this.push(py, item));
        let result = match added {
            Ok(()) if list.len() != len => {
                raise!(py, RuntimeError, "list changed size during iteration")
            }
            other => other,
        };
        if let Err(raised) = result {
            let now = this.bytes.read().len();
            if now > before && !this.bytes.is_lent() {
                this.splice(py, before, now, &[])?;
            }
            return Err(raised);
        }
    }
    Ok(())
}

fn check_text(py: Py, this: &This, who: &str) -> PyResult<()> {
    if this.code.kind == Kind::Char {
        return Ok(());
    }
    raise!(
        py,
        ValueError,
        "{who}() may only be called on unicode type arrays ('u' or 'w')"
    )
}

fn from_unicode(py: Py, this: &This, ustr: &Str) -> PyResult<()> {
    check_text(py, this, "fromunicode")?;
    push_text(py, this, ustr)
}

fn to_unicode(py: Py, this: &This) -> PyResult {
    check_text(py, this, "tounicode")?;
    text_of(py, this)
}

/// Bytes of a write to a file.
const BLOCK: usize = 64 * 1024;

fn to_file(py: Py, this: &This, f: &Value) -> PyResult<()> {
    let bytes = this.to_vec();
    if bytes.is_empty() {
        protocol::get_attr(py, f, intern!("write"))?;
    }
    for block in bytes.chunks(BLOCK) {
        protocol::call_method(py, f, intern!("write"), &[Value::from(Bytes::new(block))])?;
    }
    Ok(())
}

fn from_file(py: Py, this: &This, f: &Value, n: isize) -> PyResult<()> {
    let Ok(n) = usize::try_from(n) else {
        return raise!(py, ValueError, "negative count");
    };
    let Some(wanted) = n
        .checked_mul(this.code.size)
        .filter(|&w| w <= isize::MAX as usize)
    else {
        return krait_object::errors::no_memory();
    };
    let read = protocol::call_method(py, f, intern!("read"), &[Value::int(wanted as i64)])?;
    let Some(bytes) = read.downcast::<Bytes>() else {
        return raise!(py, TypeError, "read() didn't return bytes");
    };
    push_whole(py, this, bytes.as_slice())?;
    if bytes.len() != wanted {
        return raise!(py, EOFError, "read() didn't return enough bytes");
    }
    Ok(())
}

pub(super) fn define(b: &mut TypeBuilder<This>) {
    b.method("frombytes($self, buffer, /)", from_bytes)
        .method("tobytes($self, /)", |_py: Py, this: &This| {
            Bytes::new(&this.bytes.read())
        })
        .method("fromlist($self, list, /)", from_list)
        .method("tolist($self, /)", |py: Py, this: &This| to_list(py, this))
        .method("fromunicode($self, ustr, /)", from_unicode)
        .method("tounicode($self, /)", to_unicode)
        .method("fromfile($self, f, n, /)", from_file)
        .method("tofile($self, f, /)", to_file);
}
