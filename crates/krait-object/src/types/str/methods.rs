//! Methods and slots of `str`. The algorithms are krait-text's.

use krait_text::search::{self, Ends};
use krait_text::{Chars, TextWriter, case, unicode};

use super::{Str, StrBuilder, intern};
use crate::native::{Args, KwArgs, TypeBuilder};
use crate::object::{Layout, Object, Owned};
use crate::protocol::{CompareOp, number};
use crate::py::{Py, PyResult};
use crate::types::int::methods::convert::text_error;
use crate::types::list::List;
use crate::types::sequence::{self, is_exactly, not_implemented, position};
use crate::types::slice::Slice;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

pub mod build;
pub mod construct;
pub mod format;
pub mod iterator;
pub mod markup;
pub mod percent;
pub mod translate;

/// The string itself, as an exact str.
pub fn exact(this: &Str) -> Owned<Str> {
    if this.as_object().is_exact::<Str>() {
        this.to_owned_str()
    } else {
        Str::from_chars(this.chars())
    }
}

/// Part of a string; the string itself where the part is all of it.
pub fn part(this: &Str, start: usize, end: usize) -> Owned<Str> {
    if start == 0 && end == this.len() {
        return exact(this);
    }
    Str::from_chars(this.chars().slice(start, end.max(start)))
}

fn subscript(py: Py, this: &Str, key: &Object) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, _stop, step, count) = slice.resolve(py, this.len())?;
        if step == 1 {
            return Ok(Value::from(part(
                this,
                start as usize,
                start as usize + count,
            )));
        }
        if count == 0 {
            return Ok(Value::from(intern::empty()));
        }
        if let Some(ascii) = this.as_ascii() {
            return Ok(Value::from(Str::build(count, 0x7F, |filler| {
                if let Some(to) = filler.latin1() {
                    krait_text::lanes::pick_into(ascii.as_bytes(), start, step, to);
                }
            })));
        }
        return Ok(Value::from(
            krait_text::with_units!(this.chars(), units => {
                let mut picked = vec![Default::default(); count];
                krait_text::lanes::pick_into(units, start, step, &mut picked);
                Str::from_chars(krait_text::Unit::chars(&picked))
            }),
        ));
    }
    let index = sequence::index_argument(py, &Value::unboxed(key), "string")?;
    item_at(py, this, position(index, this.len()))
}

fn item_at(py: Py, this: &Str, at: Option<usize>) -> PyResult {
    match at {
        Some(at) => Ok(Value::from(Str::from_code_point(this.chars().at(at)))),
        None => crate::raise!(py, IndexError, "string index out of range"),
    }
}

fn compare(_py: Py, this: &Str, other: &Object, op: CompareOp) -> Value {
    let Some(other) = other.downcast::<Str>() else {
        return not_implemented();
    };
    match op {
        CompareOp::Eq => Value::bool(this.eq(other)),
        CompareOp::Ne => Value::bool(!this.eq(other)),
        _ => Value::bool(op.holds(search::compare(this.chars(), other.chars()))),
    }
}

/// Up to which length a text is looked through a character at a time.
const SHORT: usize = 32;

impl Str {
    /// Whether a text is part of this one.
    #[inline]
    pub fn contains(&self, part: &Str) -> bool {
        match (self.chars(), part.chars()) {
            (Chars::Latin1(text), Chars::Latin1([byte])) if text.len() <= SHORT => {
                text.contains(byte)
            }
            (text, part) => search::contains(text, part),
        }
    }
}

fn contains(py: Py, this: &Str, item: &Object) -> PyResult<bool> {
    match item.downcast::<Str>() {
        Some(item) => Ok(this.contains(item)),
        None => crate::raise!(
            py,
            TypeError,
            "'in <string>' requires string as left operand, not {}",
            item.ty().name()
        ),
    }
}

/// The slice of the haystack that `start` and `stop` select; `None` where start is past
/// the end, where even the empty string is not found.
fn window<'a>(
    py: Py,
    this: &'a Str,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> PyResult<Option<(usize, Chars<'a>)>> {
    let past = match start.filter(|s| !s.is_none()) {
        Some(start) if number::is_index(start) => {
            number::to_clipped_index(py, start)? > this.len() as isize
        }
        _ => false,
    };
    let range = sequence::clip_or_none(start, stop, this.len(), py)?;
    if past || range.start > range.end {
        return Ok(None);
    }
    Ok(Some((
        range.start,
        this.chars().slice(range.start, range.end),
    )))
}

type Finder = fn(Chars<'_>, Chars<'_>) -> Option<usize>;

fn find_with(
    py: Py,
    this: &Str,
    sub: &Str,
    start: Option<&Value>,
    stop: Option<&Value>,
    finder: Finder,
) -> PyResult<Option<usize>> {
    let Some((offset, hay)) = window(py, this, start, stop)? else {
        return Ok(None);
    };
    Ok(finder(hay, sub.chars()).map(|at| at + offset))
}

macro_rules! finders {
    ($($name:ident, $index:ident, $f:path);*) => { $(
        fn $name(py: Py, this: &Str, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult<i64> {
            Ok(find_with(py, this, sub, start, end, $f)?.map_or(-1, |at| at as i64))
        }
        fn $index(py: Py, this: &Str, sub: &Str, start: Option<&Value>, end: Option<&Value>) -> PyResult<usize> {
            match find_with(py, this, sub, start, end, $f)? {
                Some(at) => Ok(at),
                None => crate::raise!(py, ValueError, "substring not found"),
            }
        }
    )* };
}
finders!(find, index, search::find; rfind, rindex, search::rfind);

fn count(
    py: Py,
    this: &Str,
    sub: &Str,
    start: Option<&Value>,
    end: Option<&Value>,
) -> PyResult<usize> {
    Ok(window(py, this, start, end)?
        .map_or(0, |(_, hay)| search::count(hay, sub.chars(), usize::MAX)))
}

type Matcher = fn(Chars<'_>, Chars<'_>) -> bool;

fn affix(
    py: Py,
    this: &Str,
    affix: &Value,
    (start, end): (Option<&Value>, Option<&Value>),
    (name, matches): (&str, Matcher),
) -> PyResult<bool> {
    let window = window(py, this, start, end)?;
    let test = |affix: &Str| {
        window
            .as_ref()
            .is_some_and(|(_, text)| matches(*text, affix.chars()))
    };
    if let Some(choices) = affix.downcast::<Tuple>() {
        for choice in choices.iter() {
            let Some(choice) = choice.downcast::<Str>() else {
                return crate::raise!(
                    py,
                    TypeError,
                    "tuple for {name} must only contain str, not {}",
                    choice.ty().name()
                );
            };
            if test(choice) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match affix.downcast::<Str>() {
        Some(affix) => Ok(test(affix)),
        None => crate::raise!(
            py,
            TypeError,
            "{name} first arg must be str or a tuple of str, not {}",
            affix.ty().name()
        ),
    }
}

/// Pieces of a split as a list.
fn pieces(this: &Str, each: impl FnOnce(&mut dyn FnMut(std::ops::Range<usize>))) -> Owned<List> {
    let list = List::new();
    each(&mut |range| list.push(part(this, range.start, range.end).upcast()));
    list
}

fn separator(py: Py, sep: Option<&Value>) -> PyResult<Option<&Str>> {
    let Some(sep) = sep.filter(|s| !s.is_none()) else {
        return Ok(None);
    };
    match sep.downcast::<Str>() {
        None => crate::raise!(
            py,
            TypeError,
            "must be str or None, not {}",
            sep.ty().name()
        ),
        Some(sep) if sep.is_empty() => crate::raise!(py, ValueError, "empty separator"),
        Some(sep) => Ok(Some(sep)),
    }
}

fn split(
    py: Py,
    this: &Str,
    sep: Option<&Value>,
    maxsplit: Option<isize>,
) -> PyResult<Owned<List>> {
    let most = usize::try_from(maxsplit.unwrap_or(-1)).unwrap_or(usize::MAX);
    Ok(match separator(py, sep)? {
        Some(sep) => pieces(this, |f| {
            search::each_split(this.chars(), sep.chars(), most, f)
        }),
        None => pieces(this, |f| search::each_split_space(this.chars(), most, f)),
    })
}

fn rsplit(
    py: Py,
    this: &Str,
    sep: Option<&Value>,
    maxsplit: Option<isize>,
) -> PyResult<Owned<List>> {
    let most = usize::try_from(maxsplit.unwrap_or(-1)).unwrap_or(usize::MAX);
    let list = match separator(py, sep)? {
        Some(sep) => pieces(this, |f| {
            search::each_rsplit(this.chars(), sep.chars(), most, f)
        }),
        None => pieces(this, |f| search::each_rsplit_space(this.chars(), most, f)),
    };
    let mut items = list.take_range(0, list.len());
    items.reverse();
    Ok(List::from_owned(items))
}

fn partition_at(this: &Str, sep: &Str, at: Option<usize>, from_right: bool) -> Value {
    let whole = || Value::from(exact(this));
    let empty = || Value::from(intern::empty());
    let parts = match at {
        Some(at) => [
            Value::from(part(this, 0, at)),
            Value::from(exact(sep)),
            Value::from(part(this, at + sep.len(), this.len())),
        ],
        None if from_right => [empty(), empty(), whole()],
        None => [whole(), empty(), empty()],
    };
    Value::from(Tuple::from_values(parts))
}

fn partition(py: Py, this: &Str, sep: &Str) -> PyResult {
    if sep.is_empty() {
        return crate::raise!(py, ValueError, "empty separator");
    }
    Ok(partition_at(
        this,
        sep,
        search::find(this.chars(), sep.chars()),
        false,
    ))
}

fn rpartition(py: Py, this: &Str, sep: &Str) -> PyResult {
    if sep.is_empty() {
        return crate::raise!(py, ValueError, "empty separator");
    }
    Ok(partition_at(
        this,
        sep,
        search::rfind(this.chars(), sep.chars()),
        true,
    ))
}

fn strip_with(
    py: Py,
    this: &Str,
    chars: Option<&Value>,
    ends: Ends,
    name: &str,
) -> PyResult<Owned<Str>> {
    let range = match chars.filter(|c| !c.is_none()) {
        None => search::strip_space(this.chars(), ends),
        Some(chars) => match chars.downcast::<Str>() {
            Some(set) => search::strip_set(this.chars(), set.chars(), ends),
            None => {
                return crate::raise!(py, TypeError, "{name} arg must be None or str");
            }
        },
    };
    Ok(part(this, range.start, range.end))
}

fn replace(py: Py, this: &Str, old: &Str, new: &Str, count: Option<isize>) -> PyResult<Owned<Str>> {
    let most = usize::try_from(count.unwrap_or(-1)).unwrap_or(usize::MAX);
    if !search::replaces(this.chars(), old.chars(), most) {
        return Ok(exact(this));
    }
    replaced(py, this, old, new, most)
}

#[inline(never)]
fn replaced(py: Py, this: &Str, old: &Str, new: &Str, most: usize) -> PyResult<Owned<Str>> {
    let mut out = StrBuilder::new();
    match search::replace_found(this.chars(), old.chars(), new.chars(), most, &mut out) {
        Ok(true) => Ok(out.finish()),
        Ok(false) => Ok(exact(this)),
        Err(error) => text_error(py, error),
    }
}

/// The fill character of `center` and the like.
fn fill_char(py: Py, fill: Option<&Value>) -> PyResult<u32> {
    let Some(fill) = fill else {
        return Ok(u32::from(' '));
    };
    match fill.downcast::<Str>() {
        None => crate::raise!(
            py,
            TypeError,
            "The fill character must be a unicode character, not {}",
            fill.ty().name()
        ),
        Some(fill) if fill.len() == 1 => Ok(fill.chars().at(0)),
        Some(_) => crate::raise!(
            py,
            TypeError,
            "The fill character must be exactly one character long"
        ),
    }
}

fn justify(
    py: Py,
    this: &Str,
    left: usize,
    right: usize,
    fill: Option<&Value>,
) -> PyResult<Owned<Str>> {
    let fill = fill_char(py, fill)?;
    if left + right == 0 {
        return Ok(exact(this));
    }
    padded(this, 0, left, right, fill)
}

/// The text after its first `sign` characters between so many fill characters, and those
/// characters before it all.
fn padded(this: &Str, sign: usize, left: usize, right: usize, fill: u32) -> PyResult<Owned<Str>> {
    let (len, max) = (this.len(), build::max_of_kind(this).max(fill));
    let Some(total) = left.checked_add(right).and_then(|n| n.checked_add(len)) else {
        return crate::errors::no_memory();
    };
    let made = Str::try_build(total, max, |out| {
        out.put_chars(0, this.chars().slice(0, sign));
        out.put_repeat(sign, left, fill);
        out.put_chars(sign + left, this.chars().slice(sign, len));
        out.put_repeat(left + len, right, fill);
    });
    match made {
        Some(made) => Ok(made),
        None => crate::errors::no_memory(),
    }
}

fn missing_width(this: &Str, width: isize) -> usize {
    usize::try_from(width)
        .unwrap_or(0)
        .saturating_sub(this.len())
}

fn center(py: Py, this: &Str, width: isize, fill: Option<&Value>) -> PyResult<Owned<Str>> {
    let (left, right) = search::center_padding(this.len(), usize::try_from(width).unwrap_or(0));
    justify(py, this, left, right, fill)
}

fn zfill(_py: Py, this: &Str, width: isize) -> PyResult<Owned<Str>> {
    let zeros = missing_width(this, width);
    if zeros == 0 {
        return Ok(exact(this));
    }
    let signed = matches!(this.chars().get(0), Some(0x2B | 0x2D));
    padded(this, usize::from(signed), zeros, 0, u32::from('0'))
}

fn expandtabs(py: Py, this: &Str, tabsize: Option<isize>) -> PyResult<Owned<Str>> {
    let size = usize::try_from(tabsize.unwrap_or(8)).unwrap_or(0);
    let mut out = StrBuilder::new();
    let expanded = krait_text::with_units!(this.chars(), units => {
        search::expandtabs(units, size, |run, spaces| {
            out.try_reserve(run.len() + spaces)?;
            out.push_units(run);
            out.push_repeat(u32::from(' '), spaces);
            Ok(())
        })
    });
    match expanded {
        Ok(true) => Ok(out.finish()),
        Ok(false) => Ok(exact(this)),
        Err(error) => text_error(py, error),
    }
}

fn removeprefix(_py: Py, this: &Str, prefix: &Str) -> Owned<Str> {
    let start = if search::starts_with(this.chars(), prefix.chars()) {
        prefix.len()
    } else {
        0
    };
    part(this, start, this.len())
}

fn removesuffix(_py: Py, this: &Str, suffix: &Str) -> Owned<Str> {
    let cut = !suffix.is_empty() && search::ends_with(this.chars(), suffix.chars());
    part(this, 0, this.len() - if cut { suffix.len() } else { 0 })
}

fn all(this: &Str, class: fn(u32) -> bool) -> bool {
    !this.is_empty() && case::all_are(this.chars(), class)
}

fn concat(py: Py, this: &Str, other: &Object) -> PyResult<Owned<Str>> {
    match other.downcast::<Str>() {
        Some(other) => Ok(build::concat(this, other)),
        None => crate::raise!(
            py,
            TypeError,
            "can only concatenate str (not \"{}\") to str",
            other.ty().name()
        ),
    }
}

fn repeat(py: Py, this: &Str, count: isize) -> PyResult<Owned<Str>> {
    if count == 1 {
        return Ok(exact(this));
    }
    if crate::types::bytes::build::repeated_length(this.len(), count).is_none() {
        return crate::raise!(py, OverflowError, "repeated string is too long");
    }
    match build::repeat(this, usize::try_from(count).unwrap_or(0)) {
        Some(text) => Ok(text),
        None => crate::errors::no_memory(),
    }
}

fn new(
    py: Py,
    class: &Type,
    object: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult {
    let text = construct::construct(py, object, encoding, errors)?;
    if is_exactly::<Str>(class) {
        return Ok(Value::from(text));
    }
    Str::new_in(class, &text).map(Value::from)
}

/// The string in another case: ASCII at once, other text by the tables.
#[inline(always)]
fn cased(
    this: &Str,
    ascii: impl Fn(u8) -> u8,
    other: fn(Chars<'_>, &mut StrBuilder),
) -> Owned<Str> {
    let Some(bytes) = this.as_ascii() else {
        return mapped(this, other);
    };
    Str::build(bytes.len(), 0x7F, |filler| {
        if let Some(to) = filler.latin1() {
            krait_text::lanes::map_into(bytes.as_bytes(), to, ascii);
        }
    })
}

/// What is written of a string, which is about as long.
fn mapped(this: &Str, write: impl FnOnce(Chars<'_>, &mut StrBuilder)) -> Owned<Str> {
    let mut out = StrBuilder::like(this, 0);
    write(this.chars(), &mut out);
    out.finish()
}

/// `repr(this)`.
pub fn repr(this: &Str) -> Owned<Str> {
    let mut out = StrBuilder::like(this, 2);
    krait_text::repr::repr(this.chars(), &mut out);
    out.finish()
}

pub(super) fn define(b: &mut TypeBuilder<Str>) {
    b.doc("str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.")
        .new_with("!str(object='', encoding='utf-8', errors='strict')", new)
        .repr(|_py, this: &Str| repr(this))
        .str(|_py, this: &Str| exact(this))
        .hash(|_py, this: &Str| Ok(this.hash()))
        .compare(compare)
        .len(|_py, this: &Str| Ok(this.len()))
        .item(|py, this: &Str, index: isize| item_at(py, this, usize::try_from(index).ok().filter(|&i| i < this.len())))
        .subscript(subscript)
        .concat(concat)
        .repeat(repeat)
        .contains(contains)
        .remainder(percent::remainder)
        .iter(|py, this: &Str| iterator::iter(py, this));
    define_searching(b);
    define_shaping(b);
    define_tests(b);
}

fn define_searching(b: &mut TypeBuilder<Str>) {
    b.method("find($self, sub, start=None, end=None, /)", find)
        .method("rfind($self, sub, start=None, end=None, /)", rfind)
        .method("index($self, sub, start=None, end=None, /)", index)
        .method("rindex($self, sub, start=None, end=None, /)", rindex)
        .method("count($self, sub, start=None, end=None, /)", count)
        .method(
            "startswith($self, prefix, start=None, end=None, /)",
            |py, this: &Str, prefix: &Value, start: Option<&Value>, end: Option<&Value>| {
                affix(
                    py,
                    this,
                    prefix,
                    (start, end),
                    ("startswith", search::starts_with),
                )
            },
        )
        .method(
            "endswith($self, suffix, start=None, end=None, /)",
            |py, this: &Str, suffix: &Value, start: Option<&Value>, end: Option<&Value>| {
                affix(
                    py,
                    this,
                    suffix,
                    (start, end),
                    ("endswith", search::ends_with),
                )
            },
        )
        .method("split($self, /, sep=None, maxsplit=-1)", split)
        .method("rsplit($self, /, sep=None, maxsplit=-1)", rsplit)
        .method(
            "splitlines($self, /, keepends=False)",
            |_py, this: &Str, keepends: Option<bool>| {
                pieces(this, |f| {
                    search::each_line(this.chars(), keepends.unwrap_or(false), f)
                })
            },
        )
        .method("partition($self, sep, /)", partition)
        .method("rpartition($self, sep, /)", rpartition)
        .method(
            "strip($self, chars=None, /)",
            |py, this: &Str, c: Option<&Value>| strip_with(py, this, c, Ends::Both, "strip"),
        )
        .method(
            "lstrip($self, chars=None, /)",
            |py, this: &Str, c: Option<&Value>| strip_with(py, this, c, Ends::Left, "lstrip"),
        )
        .method(
            "rstrip($self, chars=None, /)",
            |py, this: &Str, c: Option<&Value>| strip_with(py, this, c, Ends::Right, "rstrip"),
        )
        .method("removeprefix($self, prefix, /)", removeprefix)
        .method("removesuffix($self, suffix, /)", removesuffix)
        .method("replace($self, old, new, /, count=-1)", replace);
}

fn define_shaping(b: &mut TypeBuilder<Str>) {
    b.method("lower($self, /)", |_py, this: &Str| {
        cased(this, |byte| byte.to_ascii_lowercase(), case::lower)
    })
    .method("upper($self, /)", |_py, this: &Str| {
        cased(this, |byte| byte.to_ascii_uppercase(), case::upper)
    })
    .method("casefold($self, /)", |_py, this: &Str| {
        cased(this, |byte| byte.to_ascii_lowercase(), case::casefold)
    })
    .method("title($self, /)", |_py, this: &Str| {
        mapped(this, case::title)
    })
    .method("capitalize($self, /)", |_py, this: &Str| {
        mapped(this, case::capitalize)
    })
    .method("swapcase($self, /)", |_py, this: &Str| {
        mapped(this, case::swapcase)
    })
    .method("center($self, width, fillchar=' ', /)", center)
    .method(
        "ljust($self, width, fillchar=' ', /)",
        |py, this: &Str, width: isize, fill: Option<&Value>| {
            justify(py, this, 0, missing_width(this, width), fill)
        },
    )
    .method(
        "rjust($self, width, fillchar=' ', /)",
        |py, this: &Str, width: isize, fill: Option<&Value>| {
            justify(py, this, missing_width(this, width), 0, fill)
        },
    )
    .method("zfill($self, width, /)", zfill)
    .method("expandtabs($self, /, tabsize=8)", expandtabs)
    .method(
        "join($self, iterable, /)",
        |py, this: &Str, items: &Value| build::join(py, this, items),
    )
    .method(
        "encode($self, /, encoding='utf-8', errors='strict')",
        construct::encode,
    )
    .method("translate($self, table, /)", translate::translate)
    .static_method(
        "maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)",
        translate::maketrans,
    )
    .method(
        "format($self, /, *args, **kwargs)",
        |py, this: &Str, args: Args<'_>, kwargs: KwArgs| {
            markup::format(py, this, args.0, kwargs.0.map(Value::from).as_ref())
        },
    )
    .method(
        "format_map($self, mapping, /)",
        |py, this: &Str, mapping: &Value| markup::format_map(py, this, mapping),
    )
    .method("__format__($self, format_spec, /)", format::format)
    .method("__getnewargs__($self, /)", |_py, this: &Str| {
        Value::from(Tuple::from_values([Value::from(Str::from_chars(
            this.chars(),
        ))]))
    })
    .method("__sizeof__($self, /)", |_py, this: &Str| {
        let head = if this.is_ascii() { 40 } else { 56 };
        head + (this.len() + 1) * this.kind()
    });
}

fn define_tests(b: &mut TypeBuilder<Str>) {
    b.method("isalpha($self, /)", |_py, this: &Str| {
        all(this, unicode::is_alpha)
    })
    .method("isalnum($self, /)", |_py, this: &Str| {
        all(this, unicode::is_alnum)
    })
    .method("isdecimal($self, /)", |_py, this: &Str| {
        all(this, unicode::is_decimal)
    })
    .method("isdigit($self, /)", |_py, this: &Str| {
        all(this, unicode::is_digit)
    })
    .method("isnumeric($self, /)", |_py, this: &Str| {
        all(this, unicode::is_numeric)
    })
    .method("isspace($self, /)", |_py, this: &Str| {
        all(this, unicode::is_space)
    })
    .method("isprintable($self, /)", |_py, this: &Str| {
        case::all_are(this.chars(), unicode::is_printable) || this.is_empty()
    })
    .method("isascii($self, /)", |_py, this: &Str| this.is_ascii())
    .method("islower($self, /)", |_py, this: &Str| {
        case::is_lower(this.chars())
    })
    .method("isupper($self, /)", |_py, this: &Str| {
        case::is_upper(this.chars())
    })
    .method("istitle($self, /)", |_py, this: &Str| {
        case::is_title(this.chars())
    })
    .method("isidentifier($self, /)", |_py, this: &Str| {
        unicode::is_identifier(this.chars())
    });
}
