//! Searching in `bytes` and `bytearray`: `find` and its relatives, `startswith`,
//! `split`, `partition`, `strip`.

use krait_text::search::{self, Ends, OfBytes};

use super::argument::Needle;
use super::{ByteString, BytesLike};
use crate::native::TypeBuilder;
use crate::object::Owned;
use crate::protocol::number;
use crate::py::{Py, PyResult};
use crate::types::buffer;
use crate::types::list::List;
use crate::types::tuple::Tuple;
use crate::value::Value;

/// `start` and `end` arguments, converted before the length is looked at.
struct Bounds {
    start: isize,
    end: isize,
}

impl Bounds {
    fn new(py: Py, start: Option<&Value>, end: Option<&Value>) -> PyResult<Bounds> {
        let one = |value: Option<&Value>, default: isize| match value {
            None => Ok(default),
            Some(value) => match value.as_small_int() {
                Some(at) => Ok(at as isize),
                None if value.is_none() => Ok(default),
                None if number::is_index(value) => number::to_clipped_index(py, value),
                None => crate::raise!(
                    py,
                    TypeError,
                    "slice indices must be integers or None or have an __index__ method"
                ),
            },
        };
        Ok(Bounds {
            start: one(start, 0)?,
            end: one(end, isize::MAX)?,
        })
    }

    /// What the bounds select, and where that begins; `None` where not even the empty
    /// string is found.
    fn window<'a>(&self, data: &'a [u8]) -> Option<(usize, &'a [u8])> {
        let len = data.len() as isize;
        let clip = |at: isize| {
            if at < 0 {
                at.saturating_add(len).max(0)
            } else {
                at
            }
        };
        let (start, end) = (clip(self.start), clip(self.end).min(len));
        (start <= end).then(|| (start as usize, &data[start as usize..end as usize]))
    }
}

type Finder = fn(&[u8], &[u8]) -> Option<usize>;

fn find_with<T: ByteString>(
    py: Py,
    this: &T,
    sub: &Value,
    (start, end): (Option<&Value>, Option<&Value>),
    finder: Finder,
) -> PyResult<Option<usize>> {
    let _pin = this.pin();
    let sub = Needle::new(py, sub)?;
    let bounds = Bounds::new(py, start, end)?;
    let Some((offset, hay)) = bounds.window(this.data()) else {
        return Ok(None);
    };
    Ok(finder(hay, &sub).map(|at| at + offset))
}

macro_rules! finders {
    ($($name:ident, $index:ident, $f:expr);*) => { $(
        fn $name<T: ByteString>(
            py: Py, this: &T, sub: &Value, start: Option<&Value>, end: Option<&Value>,
        ) -> PyResult<i64> {
            Ok(find_with(py, this, sub, (start, end), $f)?.map_or(-1, |at| at as i64))
        }
        fn $index<T: ByteString>(
            py: Py, this: &T, sub: &Value, start: Option<&Value>, end: Option<&Value>,
        ) -> PyResult<usize> {
            match find_with(py, this, sub, (start, end), $f)? {
                Some(at) => Ok(at),
                None => crate::raise!(py, ValueError, "subsection not found"),
            }
        }
    )* };
}
finders!(find, index, search::find_units; rfind, rindex, search::rfind_units);

fn count<T: ByteString>(
    py: Py,
    this: &T,
    sub: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
) -> PyResult<usize> {
    let _pin = this.pin();
    let sub = Needle::new(py, sub)?;
    let bounds = Bounds::new(py, start, end)?;
    Ok(bounds
        .window(this.data())
        .map_or(0, |(_, hay)| search::count_units(hay, &sub, usize::MAX)))
}

/// `item in this`.
pub fn contains<T: ByteString>(py: Py, this: &T, item: &crate::object::Object) -> PyResult<bool> {
    let (item, _pin) = (Value::unboxed(item), this.pin());
    let needle = Needle::of_contains(py, &item)?;
    Ok(match &*needle {
        [byte] => this.data().contains(byte),
        needle => search::find_units(this.data(), needle).is_some(),
    })
}

type Matcher = fn(&[u8], &[u8]) -> bool;

fn affix<T: ByteString>(
    py: Py,
    this: &T,
    affix: &Value,
    (start, end): (Option<&Value>, Option<&Value>),
    (name, matches): (&str, Matcher),
) -> PyResult<bool> {
    let _pin = this.pin();
    let bounds = Bounds::new(py, start, end)?;
    let test = |affix: &[u8]| {
        bounds
            .window(this.data())
            .is_some_and(|(_, text)| matches(text, affix))
    };
    if let Some(choices) = affix.downcast::<Tuple>() {
        for choice in choices.as_values() {
            if test(&BytesLike::new(py, choice)?) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !buffer::has_buffer(affix) {
        let got = affix.ty().name();
        return crate::raise!(
            py,
            TypeError,
            "{name} first arg must be bytes or a tuple of bytes, not {got}"
        );
    }
    Ok(test(&BytesLike::new(py, affix)?))
}

fn starts_with<T: ByteString>(
    py: Py,
    this: &T,
    prefix: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
) -> PyResult<bool> {
    affix(
        py,
        this,
        prefix,
        (start, end),
        ("startswith", |text, affix| text.starts_with(affix)),
    )
}

fn ends_with<T: ByteString>(
    py: Py,
    this: &T,
    suffix: &Value,
    start: Option<&Value>,
    end: Option<&Value>,
) -> PyResult<bool> {
    affix(
        py,
        this,
        suffix,
        (start, end),
        ("endswith", |text, affix| text.ends_with(affix)),
    )
}

/// Parts of the bytes as a list.
fn pieces<T: ByteString>(
    this: &T,
    ranges: impl Iterator<Item = std::ops::Range<usize>>,
) -> Owned<List> {
    let list = List::new();
    ranges.for_each(|range| list.push(this.part(range.start, range.end).upcast()));
    list
}

/// A `sep` argument; `None` is white space.
fn separator<'a>(py: Py, sep: Option<&'a Value>) -> PyResult<Option<BytesLike<'a>>> {
    let Some(sep) = sep else { return Ok(None) };
    let sep = BytesLike::new(py, sep)?;
    if sep.is_empty() {
        return crate::raise!(py, ValueError, "empty separator");
    }
    Ok(Some(sep))
}

fn limit(most: Option<isize>) -> usize {
    usize::try_from(most.unwrap_or(-1)).unwrap_or(usize::MAX)
}

fn split<T: ByteString>(
    py: Py,
    this: &T,
    sep: Option<&Value>,
    most: Option<isize>,
) -> PyResult<Owned<List>> {
    let _pin = this.pin();
    let sep = separator(py, sep)?;
    let (data, most) = (this.data(), limit(most));
    Ok(match &sep {
        Some(sep) => pieces(this, search::split_units(data, sep, most)),
        None => pieces(this, search::split_space_units::<OfBytes, _>(data, most)),
    })
}

fn rsplit<T: ByteString>(
    py: Py,
    this: &T,
    sep: Option<&Value>,
    most: Option<isize>,
) -> PyResult<Owned<List>> {
    let _pin = this.pin();
    let sep = separator(py, sep)?;
    let (data, most) = (this.data(), limit(most));
    let mut ranges: Vec<_> = match &sep {
        Some(sep) => search::rsplit_units(data, sep, most).collect(),
        None => search::rsplit_space_units::<OfBytes, _>(data, most).collect(),
    };
    ranges.reverse();
    Ok(pieces(this, ranges.into_iter()))
}

fn splitlines<T: ByteString>(_py: Py, this: &T, keepends: Option<bool>) -> Owned<List> {
    pieces(
        this,
        search::splitlines_units::<OfBytes, _>(this.data(), keepends.unwrap_or(false)),
    )
}

/// The three parts around a separator found at an index.
fn partition_with<T: ByteString>(py: Py, this: &T, sep: &Value, from_right: bool) -> PyResult {
    let held = BytesLike::new(py, sep)?;
    if held.is_empty() {
        return crate::raise!(py, ValueError, "empty separator");
    }
    let data = this.data();
    let found = if from_right {
        search::rfind_units(data, &held)
    } else {
        search::find_units(data, &held)
    };
    let part = |start, end| Value::from(this.part(start, end));
    let empty = || Value::from(T::of(&[]));
    let parts = match found {
        Some(at) => {
            let middle = match sep.downcast_exact::<T>() {
                Some(sep) => sep.whole(),
                None => T::of(&held),
            };
            [
                part(0, at),
                Value::from(middle),
                part(at + held.len(), data.len()),
            ]
        }
        None if from_right => [empty(), empty(), part(0, data.len())],
        None => [part(0, data.len()), empty(), empty()],
    };
    Ok(Value::from(Tuple::from_values(parts)))
}

fn partition<T: ByteString>(py: Py, this: &T, sep: &Value) -> PyResult {
    partition_with(py, this, sep, false)
}

fn rpartition<T: ByteString>(py: Py, this: &T, sep: &Value) -> PyResult {
    partition_with(py, this, sep, true)
}

fn strip_with<T: ByteString>(
    py: Py,
    this: &T,
    set: Option<&Value>,
    ends: Ends,
) -> PyResult<Owned<T>> {
    let range = match set {
        None => search::strip_space_units::<OfBytes, _>(this.data(), ends),
        Some(set) => {
            let set = BytesLike::new(py, set)?;
            search::strip_set_units(this.data(), &set, ends)
        }
    };
    Ok(this.part(range.start, range.end))
}

fn strip<T: ByteString>(py: Py, this: &T, set: Option<&Value>) -> PyResult<Owned<T>> {
    strip_with(py, this, set, Ends::Both)
}

fn lstrip<T: ByteString>(py: Py, this: &T, set: Option<&Value>) -> PyResult<Owned<T>> {
    strip_with(py, this, set, Ends::Left)
}

fn rstrip<T: ByteString>(py: Py, this: &T, set: Option<&Value>) -> PyResult<Owned<T>> {
    strip_with(py, this, set, Ends::Right)
}

fn removeprefix<T: ByteString>(_py: Py, this: &T, prefix: BytesLike<'_>) -> Owned<T> {
    let data = this.data();
    this.part(
        if data.starts_with(&prefix) {
            prefix.len()
        } else {
            0
        },
        data.len(),
    )
}

fn removesuffix<T: ByteString>(_py: Py, this: &T, suffix: BytesLike<'_>) -> Owned<T> {
    let data = this.data();
    this.part(
        0,
        data.len()
            - if data.ends_with(&suffix) {
                suffix.len()
            } else {
                0
            },
    )
}

pub(in crate::types) fn define<T: ByteString>(b: &mut TypeBuilder<T>) {
    b.method("find($self, sub, start=None, end=None, /)", find::<T>)
        .method("rfind($self, sub, start=None, end=None, /)", rfind::<T>)
        .method("index($self, sub, start=None, end=None, /)", index::<T>)
        .method("rindex($self, sub, start=None, end=None, /)", rindex::<T>)
        .method("count($self, sub, start=None, end=None, /)", count::<T>)
        .method(
            "startswith($self, prefix, start=None, end=None, /)",
            starts_with::<T>,
        )
        .method(
            "endswith($self, suffix, start=None, end=None, /)",
            ends_with::<T>,
        )
        .method("split($self, /, sep=None, maxsplit=-1)", split::<T>)
        .method("rsplit($self, /, sep=None, maxsplit=-1)", rsplit::<T>)
        .method("splitlines($self, /, keepends=False)", splitlines::<T>)
        .method("partition($self, sep, /)", partition::<T>)
        .method("rpartition($self, sep, /)", rpartition::<T>)
        .method("strip($self, bytes=None, /)", strip::<T>)
        .method("lstrip($self, bytes=None, /)", lstrip::<T>)
        .method("rstrip($self, bytes=None, /)", rstrip::<T>)
        .method("removeprefix($self, prefix, /)", removeprefix::<T>)
        .method("removesuffix($self, suffix, /)", removesuffix::<T>);
}
