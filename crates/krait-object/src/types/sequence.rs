//! What list, tuple and the other builtin sequences share: index arguments,
//! comparison item by item, repr, hash.

use krait_text::TextWriter;
use std::ops::Range;

use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp, number, repr::ReprGuard};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::types::float::Float;
use crate::types::int::Int;
use crate::types::str::{Str, StrBuilder};
use crate::types::typeobject::Type;
use crate::value::{Unpacked, Value};

/// An index into a sequence of a length: `None` where it is outside.
#[inline(always)]
pub fn position(index: isize, len: usize) -> Option<usize> {
    let at = if index < 0 {
        index + len as isize
    } else {
        index
    };
    (at >= 0 && (at as usize) < len).then_some(at as usize)
}

/// A key as an index, or IndexError / TypeError with the sequence's name.
pub fn index_argument(py: Py, key: &Value, what: &str) -> PyResult<isize> {
    if let Some(i) = key.as_small_int() {
        return Ok(i as isize);
    }
    if number::is_index(key) {
        return number::to_index(py, key, &crate::exceptions::IndexError);
    }
    if what == "string" {
        let got = key.ty().name();
        return crate::raise!(
            py,
            TypeError,
            "string indices must be integers, not '{got}'"
        );
    }
    crate::raise!(
        py,
        TypeError,
        "{what} indices must be integers or slices, not {}",
        key.ty().name()
    )
}

/// `start` and `stop` arguments of `index` and the like, clipped to the length.
pub fn clip(
    start: Option<&Value>,
    stop: Option<&Value>,
    len: usize,
    py: Py,
) -> PyResult<Range<usize>> {
    clip_with(start, stop, len, py, "have an __index__ method")
}

/// The same for methods that take None for the default.
pub fn clip_or_none(
    start: Option<&Value>,
    stop: Option<&Value>,
    len: usize,
    py: Py,
) -> PyResult<Range<usize>> {
    let given = |v: Option<&'_ Value>| v.is_some_and(|v| !v.is_none());
    let (start, stop) = (start.filter(|_| given(start)), stop.filter(|_| given(stop)));
    clip_with(start, stop, len, py, "None or have an __index__ method")
}

fn clip_with(
    start: Option<&Value>,
    stop: Option<&Value>,
    len: usize,
    py: Py,
    or: &str,
) -> PyResult<Range<usize>> {
    let one = |value: Option<&Value>, default: usize| -> PyResult<usize> {
        let Some(value) = value else {
            return Ok(default);
        };
        if !number::is_index(value) {
            return crate::raise!(py, TypeError, "slice indices must be integers or {or}");
        }
        let at = number::to_clipped_index(py, value)?;
        let at = if at < 0 {
            at.saturating_add(len as isize).max(0)
        } else {
            at
        };
        Ok((at as usize).min(len))
    };
    Ok(one(start, 0)?..one(stop, len)?)
}

/// Rich comparison of two sequences read by index; items may vanish meanwhile.
/// Those before `start` are known to be equal.
pub fn compare(
    py: Py,
    op: CompareOp,
    start: usize,
    lens: impl Fn() -> (usize, usize),
    a: impl Fn(usize) -> Option<Value>,
    b: impl Fn(usize) -> Option<Value>,
) -> PyResult {
    let (la, lb) = lens();
    if la != lb && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::bool(op == CompareOp::Ne));
    }
    let mut at = start;
    while let (Some(x), Some(y)) = (a(at), b(at)) {
        if !protocol::equal(py, &x, &y)? {
            let (la, lb) = lens();
            if at >= la || at >= lb {
                break; // the comparison has shortened a list
            }
            return match op {
                CompareOp::Eq => Ok(Value::bool(false)),
                CompareOp::Ne => Ok(Value::bool(true)),
                _ => protocol::rich_compare(py, &x, &y, op),
            };
        }
        at += 1;
    }
    let (la, lb) = lens();
    Ok(Value::bool(op.holds(la.cmp(&lb))))
}

/// What `in`, `index` and `count` look for in a list or a tuple.
pub struct Sought<'a> {
    value: &'a Value,
    form: Form<'a>,
}

/// The value in the form that items are compared with.
enum Form<'a> {
    Int(i64),
    Float(f64),
    Str(&'a Str),
    Object(&'a Object),
}

impl Sought<'_> {
    pub fn new(value: &Value) -> Sought<'_> {
        let form = match value.unpack() {
            Unpacked::Int(i) => Form::Int(i),
            Unpacked::Float(f) => Form::Float(f),
            Unpacked::Object(object) => match object.downcast_exact::<Str>() {
                Some(text) => Form::Str(text),
                None => Form::Object(object),
            },
        };
        Sought { value, form }
    }

    /// Whether an item equals it, where that can be told without running Python code.
    #[inline(always)]
    fn plainly(&self, item: &Object) -> Option<bool> {
        let int = item.downcast_exact::<Int>().map(Int::compact_value);
        match self.form {
            Form::Int(sought) => match int {
                // What is no immediate is larger than any of them.
                Some(int) => Some(int == Some(sought)),
                None if item.is_exact::<Str>() => Some(false),
                None => {
                    let float = item.downcast_exact::<Float>()?;
                    Some(float.get() == sought as f64)
                }
            },
            Form::Float(sought) => match int {
                // 50 bits are exact in a double.
                Some(Some(int)) => Some(int as f64 == sought),
                Some(None) => None,
                None if item.is_exact::<Str>() => Some(false),
                None => {
                    let float = item.downcast_exact::<Float>()?;
                    let same = float.get().is_nan() && sought.is_nan();
                    (!same).then(|| float.get() == sought)
                }
            },
            Form::Str(sought) => {
                if let Some(text) = item.downcast_exact::<Str>() {
                    return Some(sought.as_object().is(item) || text.eq(sought));
                }
                (int.is_some() || item.is_exact::<Float>()).then_some(false)
            }
            Form::Object(sought) => {
                if sought.is(item) {
                    return Some(true);
                }
                let number = int.is_some() || item.is_exact::<Float>() || item.is_exact::<Str>();
                (number && sought.is_none()).then_some(false)
            }
        }
    }

    /// The next place from `at` on that holds what is sought; items may vanish meanwhile.
    #[inline]
    pub fn find<'i>(
        &self,
        py: Py,
        mut at: usize,
        item: impl Fn(usize) -> Option<&'i Object>,
    ) -> PyResult<Option<usize>> {
        while let Some(one) = item(at) {
            let equal = match self.plainly(one) {
                Some(equal) => equal,
                None => self.ask(py, one)?,
            };
            if equal {
                return Ok(Some(at));
            }
            at += 1;
        }
        Ok(None)
    }

    #[inline(never)]
    fn ask(&self, py: Py, item: &Object) -> PyResult<bool> {
        protocol::equal(py, &Value::unboxed(item), self.value)
    }
}

/// `[a, b]`-like text of items read by index; `None` inside itself gives `...`.
pub fn repr(
    py: Py,
    this: &Object,
    (open, close, nested): (&str, &str, &str),
    item: impl Fn(usize) -> Option<Option<Value>>,
) -> PyResult<Owned<Str>> {
    let Some(_guard) = ReprGuard::enter(py, this) else {
        return Ok(Str::new(nested));
    };
    let mut out = StrBuilder::new();
    out.push_ascii(open);
    let mut at = 0;
    while let Some(value) = item(at) {
        if at > 0 {
            out.push_ascii(", ");
        }
        match value {
            Some(value) => protocol::repr::push_repr(py, &value, &mut out)?,
            // What C made and has not filled yet.
            None => out.push_ascii("<NULL>"),
        }
        at += 1;
    }
    out.push_ascii(close);
    Ok(out.finish())
}

/// The hash of a tuple of item hashes.
pub struct TupleHash(u64);

impl TupleHash {
    pub fn start() -> TupleHash {
        TupleHash(2_870_177_450_012_600_261)
    }

    pub fn item(&mut self, hash: i64) {
        self.0 = self
            .0
            .wrapping_add((hash as u64).wrapping_mul(14_029_467_366_897_019_727));
        self.0 = self
            .0
            .rotate_left(31)
            .wrapping_mul(11_400_714_785_074_694_791);
    }

    pub fn finish(self, len: usize) -> i64 {
        let hash = self
            .0
            .wrapping_add(len as u64 ^ (2_870_177_450_012_600_261 ^ 3_527_539));
        if hash == u64::MAX {
            1_546_275_796
        } else {
            hash as i64
        }
    }
}

pub fn not_implemented() -> Value {
    Value::from_static(singletons::not_implemented())
}

/// Whether the class is exactly a builtin type.
pub fn is_exactly<T: Builtin>(class: &Type) -> bool {
    class.is(T::type_object())
}

/// `Class[item]`.
pub fn class_getitem(py: Py, class: &Type, item: &Value) -> PyResult {
    (crate::hooks::get(py).make_generic_alias)(py, Layout::as_object(class), &item.to_object())
}
