//! Methods of `bytes` and `bytearray` that change letters, replace and pad, and the
//! `is...` tests. Only ASCII has letters here.

use krait_text::{case, lanes, search};

use super::argument::Fill;
use super::{ByteString, Bytes, BytesLike};
use crate::native::TypeBuilder;
use crate::object::Owned;
use crate::py::{Py, PyResult};
use crate::types::int::methods::convert::text_error;
use crate::value::Value;

fn replace<T: ByteString>(
    py: Py,
    this: &T,
    old: BytesLike<'_>,
    new: BytesLike<'_>,
    count: Option<isize>,
) -> PyResult<Owned<T>> {
    let most = usize::try_from(count.unwrap_or(-1)).unwrap_or(usize::MAX);
    match search::replace_units(this.data(), &old, &new, most) {
        Ok(Some(replaced)) => Ok(T::of(&replaced)),
        Ok(None) => Ok(this.whole()),
        Err(error) => text_error(py, error),
    }
}

/// The bytes between so many fill bytes on both sides.
fn justify<T: ByteString>(
    this: &T,
    left: usize,
    right: usize,
    fill: Option<Fill>,
) -> PyResult<Owned<T>> {
    if left + right == 0 {
        return Ok(this.whole());
    }
    let (data, fill) = (this.data(), fill.map_or(b' ', |f| f.0));
    T::try_build(
        left.saturating_add(right).saturating_add(data.len()),
        |out| {
            out[..left].fill(fill);
            out[left..left + data.len()].copy_from_slice(data);
            out[left + data.len()..].fill(fill);
        },
    )
}

fn missing<T: ByteString>(this: &T, width: isize) -> usize {
    usize::try_from(width)
        .unwrap_or(0)
        .saturating_sub(this.data().len())
}

fn center<T: ByteString>(
    _py: Py,
    this: &T,
    width: isize,
    fill: Option<Fill>,
) -> PyResult<Owned<T>> {
    let (left, right) =
        search::center_padding(this.data().len(), usize::try_from(width).unwrap_or(0));
    justify(this, left, right, fill)
}

fn ljust<T: ByteString>(_py: Py, this: &T, width: isize, fill: Option<Fill>) -> PyResult<Owned<T>> {
    justify(this, 0, missing(this, width), fill)
}

fn rjust<T: ByteString>(_py: Py, this: &T, width: isize, fill: Option<Fill>) -> PyResult<Owned<T>> {
    justify(this, missing(this, width), 0, fill)
}

fn zfill<T: ByteString>(_py: Py, this: &T, width: isize) -> PyResult<Owned<T>> {
    let zeros = missing(this, width);
    if zeros == 0 {
        return Ok(this.whole());
    }
    let data = this.data();
    let sign = usize::from(matches!(data.first(), Some(b'+' | b'-')));
    T::try_build(zeros.saturating_add(data.len()), |out| {
        out.fill(b'0');
        out[..sign].copy_from_slice(&data[..sign]);
        out[sign + zeros..].copy_from_slice(&data[sign..]);
    })
}

fn expandtabs<T: ByteString>(py: Py, this: &T, tabsize: Option<i32>) -> PyResult<Owned<T>> {
    let size = usize::try_from(tabsize.unwrap_or(8)).unwrap_or(0);
    let mut out = Vec::new();
    let expanded = search::expandtabs(this.data(), size, |run, spaces| {
        out.try_reserve(run.len() + spaces)
            .map_err(|_| krait_text::TextError::memory())?;
        out.extend_from_slice(run);
        out.resize(out.len() + spaces, b' ');
        Ok(())
    });
    match expanded {
        Ok(true) => Ok(T::of(&out)),
        // A result that is the same is still a new object.
        Ok(false) => Ok(T::of(this.data())),
        Err(error) => text_error(py, error),
    }
}

fn translate<T: ByteString>(
    py: Py,
    this: &T,
    table: &Value,
    delete: Option<&Value>,
) -> PyResult<Owned<T>> {
    let held = if table.is_none() {
        None
    } else {
        Some(BytesLike::new(py, table)?)
    };
    let table: Option<&[u8; 256]> = match held.as_deref().map(<&[u8; 256]>::try_from) {
        None => None,
        Some(Ok(table)) => Some(table),
        Some(Err(_)) => {
            return crate::raise!(
                py,
                ValueError,
                "translation table must be 256 characters long"
            );
        }
    };
    let delete = delete.map(|d| BytesLike::new(py, d)).transpose()?;
    let out = case::translate_bytes(this.data(), table, delete.as_deref().unwrap_or(&[]));
    Ok(if out == this.data() {
        this.whole()
    } else {
        T::of(&out)
    })
}

fn maketrans(py: Py, frm: BytesLike<'_>, to: BytesLike<'_>) -> PyResult<Owned<Bytes>> {
    if frm.len() != to.len() {
        return crate::raise!(py, ValueError, "maketrans arguments must have same length");
    }
    let mut table = [0; 256];
    table
        .iter_mut()
        .zip(0..=255u8)
        .for_each(|(place, byte)| *place = byte);
    for (&from, &to) in frm.iter().zip(to.iter()) {
        table[usize::from(from)] = to;
    }
    Ok(Bytes::new(&table))
}

fn all<T: ByteString>(this: &T, test: impl Fn(&u8) -> bool) -> bool {
    let data = this.data();
    !data.is_empty() && data.iter().all(test)
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | 9..=13)
}

pub(in crate::types) fn define<T: ByteString>(b: &mut TypeBuilder<T>) {
    b.method("lower($self, /)", |_py, this: &T| {
        this.mapped(|out| lanes::map(out, |byte| byte.to_ascii_lowercase()))
    })
    .method("upper($self, /)", |_py, this: &T| {
        this.mapped(|out| lanes::map(out, |byte| byte.to_ascii_uppercase()))
    })
    .method("title($self, /)", |_py, this: &T| {
        T::of(&case::title_bytes(this.data()))
    })
    .method("capitalize($self, /)", |_py, this: &T| {
        T::of(&case::capitalize_bytes(this.data()))
    })
    .method("swapcase($self, /)", |_py, this: &T| {
        T::of(&case::swapcase_bytes(this.data()))
    })
    .method("replace($self, old, new, count=-1, /)", replace::<T>)
    .method("center($self, width, fillchar=b' ', /)", center::<T>)
    .method("ljust($self, width, fillchar=b' ', /)", ljust::<T>)
    .method("rjust($self, width, fillchar=b' ', /)", rjust::<T>)
    .method("zfill($self, width, /)", zfill::<T>)
    .method("expandtabs($self, /, tabsize=8)", expandtabs::<T>)
    .method("translate($self, table, /, delete=b'')", translate::<T>)
    .static_method("maketrans(frm, to, /)", maketrans);
    define_tests(b);
}

fn define_tests<T: ByteString>(b: &mut TypeBuilder<T>) {
    b.method("isalpha($self, /)", |_py, this: &T| {
        all(this, u8::is_ascii_alphabetic)
    })
    .method("isalnum($self, /)", |_py, this: &T| {
        all(this, u8::is_ascii_alphanumeric)
    })
    .method("isdigit($self, /)", |_py, this: &T| {
        all(this, u8::is_ascii_digit)
    })
    .method("isspace($self, /)", |_py, this: &T| all(this, is_space))
    .method("isascii($self, /)", |_py, this: &T| this.data().is_ascii())
    .method("islower($self, /)", |_py, this: &T| {
        case::is_lower_bytes(this.data())
    })
    .method("isupper($self, /)", |_py, this: &T| {
        case::is_upper_bytes(this.data())
    })
    .method("istitle($self, /)", |_py, this: &T| {
        case::is_title_bytes(this.data())
    });
}
