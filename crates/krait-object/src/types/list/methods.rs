//! Methods and slots of `list`.

use super::List;
use super::sort;
use crate::native::TypeBuilder;
use crate::object::{Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::dict::{Dict, iterators, views};
use crate::types::sequence::{self, Sought, not_implemented, position};
use crate::types::slice::Slice;
use crate::types::tuple::Tuple;
use crate::types::typeobject::Type;
use crate::value::Value;

fn init(py: Py, this: &List, iterable: Option<&Value>) -> PyResult<()> {
    this.clear();
    iterable.map_or(Ok(()), |i| extend(py, this, i))
}

/// `list.extend`.
pub fn extend(py: Py, this: &List, iterable: &Value) -> PyResult<()> {
    if let Some(other) = iterable.downcast_exact::<List>() {
        return made(other.repeat_onto(this, 1));
    }
    if let Some(other) = iterable.downcast_exact::<Tuple>() {
        return made(this.append_tuple(other));
    }
    if let Some((dict, what)) = views::viewed(iterable) {
        return extend_by_view(this, dict, what);
    }
    let mut items = protocol::Iter::new(py, iterable)?;
    let hint = protocol::length_hint(py, iterable, 8)?;
    // A hint that no list can follow is ignored; one that memory cannot is an error.
    if let Some(total) = this
        .len()
        .checked_add(hint)
        .filter(|&n| n <= isize::MAX as usize)
        && (total > isize::MAX as usize / 16 || !this.reserve(this.len() + hint.min(1 << 20)))
    {
        return crate::errors::no_memory();
    }
    while let Some(item) = items.next_object(py)? {
        this.push(item);
    }
    Ok(())
}

/// Adds the keys, values or items of a dict. No Python code runs meanwhile.
fn extend_by_view(this: &List, dict: &Dict, what: u8) -> PyResult<()> {
    made(!this.is_empty() || this.reserve(dict.len()))?;
    let mut at = 0;
    match what {
        iterators::KEYS => {
            while let Some(key) = dict.key_step(&mut at) {
                this.push_value(key);
            }
        }
        iterators::VALUES => {
            while let Some(value) = dict.value_step(&mut at) {
                this.push_value(value);
            }
        }
        _ => {
            while let Some((key, value)) = dict.iter_step(&mut at) {
                this.push(Tuple::from_values([key, value]).upcast());
            }
        }
    }
    Ok(())
}

fn made(enough: bool) -> PyResult<()> {
    if enough {
        Ok(())
    } else {
        crate::errors::no_memory()
    }
}

fn repr(py: Py, this: &List) -> PyResult {
    sequence::repr(py, this.as_object(), ("[", "]", "[...]"), |i| {
        this.get_or_gap(i)
    })
    .map(Value::from)
}

fn compare(py: Py, this: &List, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<List>() else {
        return Ok(not_implemented());
    };
    let ordered = !matches!(op, CompareOp::Eq | CompareOp::Ne);
    let mut start = 0;
    if ordered || this.len() == other.len() {
        let plainly = |a, b| protocol::compare::equal_plain(a, b) == Some(true);
        // SAFETY: the comparison runs no code that could change a list.
        let (ours, theirs) = unsafe { (this.as_slice(), other.as_slice()) };
        start = ours
            .iter()
            .zip(theirs)
            .take_while(|&(a, b)| plainly(a, b))
            .count();
    }
    sequence::compare(
        py,
        op,
        start,
        || (this.len(), other.len()),
        |i| this.get(i),
        |i| other.get(i),
    )
}

fn item(py: Py, this: &List, index: isize) -> PyResult<Owned> {
    match usize::try_from(index).ok().and_then(|i| this.get_object(i)) {
        Some(value) => Ok(value),
        None => crate::raise!(py, IndexError, "list index out of range"),
    }
}

fn assign_item(py: Py, this: &List, index: isize, value: Option<&Object>) -> PyResult<()> {
    match usize::try_from(index).ok().filter(|&i| i < this.len()) {
        Some(at) => {
            put(this, at, value);
            Ok(())
        }
        None => crate::raise!(py, IndexError, "list assignment index out of range"),
    }
}

/// Replaces or removes the item at a valid index.
fn put(this: &List, at: usize, value: Option<&Object>) {
    match value {
        Some(value) => {
            this.set(at, value.to_owned());
        }
        None => drop(this.take_range(at, at + 1)),
    }
}

/// Releases items as CPython does, from the last to the first.
fn release(mut items: Vec<Owned>) {
    while let Some(item) = items.pop() {
        drop(item);
    }
}

fn subscript(py: Py, this: &List, key: &Object) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, _stop, step, count) = slice.resolve(py, this.len())?;
        if step == 1 {
            let start = start as usize;
            return Ok(Value::from(this.part(start, start + count)));
        }
        let list = List::with_capacity(count);
        (0..count)
            .filter_map(|i| this.get_object((start + i as isize * step) as usize))
            .for_each(|item| list.push(item));
        return Ok(Value::from(list));
    }
    let index = sequence::index_argument(py, &Value::unboxed(key), "list")?;
    match position(index, this.len()) {
        Some(at) => Ok(this.get(at).unwrap_or_else(Value::none)),
        None => crate::raise!(py, IndexError, "list index out of range"),
    }
}

fn assign_subscript(py: Py, this: &List, key: &Object, value: Option<&Object>) -> PyResult<()> {
    if let Some(slice) = key.downcast::<Slice>() {
        return assign_slice(py, this, slice, value);
    }
    let index = sequence::index_argument(py, &Value::unboxed(key), "list")?;
    match position(index, this.len()) {
        Some(at) => {
            put(this, at, value);
            Ok(())
        }
        None => crate::raise!(py, IndexError, "list assignment index out of range"),
    }
}

fn assign_slice(py: Py, this: &List, slice: &Slice, value: Option<&Object>) -> PyResult<()> {
    slice.resolve(py, this.len())?;
    let new = match value {
        None => Vec::new(),
        Some(value) => {
            let value = Value::from(value.to_owned());
            let items = protocol::iter::collect_objects(py, &value);
            match crate::errors::suppress(py, items, &crate::exceptions::TypeError)? {
                Some(items) => items,
                None => {
                    return crate::raise!(py, TypeError, "must assign iterable to extended slice");
                }
            }
        }
    };
    let (start, stop, step, count) = slice.resolve(py, this.len())?;
    if step == 1 {
        let old = this.take_range(start as usize, stop.max(start) as usize);
        if !this.insert_all(start as usize, new) {
            return crate::errors::no_memory();
        }
        release(old);
        return Ok(());
    }
    if value.is_none() {
        return delete_stepped(this, start, step, count);
    }
    if new.len() != count {
        return crate::raise!(
            py,
            ValueError,
            "attempt to assign sequence of size {} to extended slice of size {count}",
            new.len()
        );
    }
    for (i, item) in new.into_iter().enumerate() {
        this.set((start + i as isize * step) as usize, item);
    }
    Ok(())
}

fn delete_stepped(this: &List, start: isize, step: isize, count: usize) -> PyResult<()> {
    if count == 0 {
        return Ok(());
    }
    let (first, step) = if step < 0 {
        (start + (count as isize - 1) * step, step.unsigned_abs())
    } else {
        (start, step as usize)
    };
    let last = first as usize + (count - 1) * step;
    let all = this.take_range(0, this.len());
    let mut dead = Vec::with_capacity(count);
    let mut kept = Vec::with_capacity(all.len() - count);
    for (i, item) in all.into_iter().enumerate() {
        let hit = i >= first as usize && i <= last && (i - first as usize).is_multiple_of(step);
        if hit {
            dead.push(item)
        } else {
            kept.push(item)
        }
    }
    this.insert_all(0, kept);
    Ok(())
}

fn concat(py: Py, this: &List, other: &Object) -> PyResult {
    let Some(other) = other.downcast::<List>() else {
        return crate::raise!(
            py,
            TypeError,
            "can only concatenate list (not \"{}\") to list",
            other.ty().name()
        );
    };
    let list = List::new();
    let enough = list.reserve(this.len() + other.len());
    made(enough && this.repeat_onto(&list, 1) && other.repeat_onto(&list, 1))?;
    Ok(Value::from(list))
}

fn repeat(_py: Py, this: &List, count: isize) -> PyResult {
    let list = List::new();
    made(this.repeat_onto(&list, count.max(0) as usize))?;
    Ok(Value::from(list))
}

fn inplace_repeat(_py: Py, this: &List, count: isize) -> PyResult {
    if count <= 0 {
        this.clear();
    } else {
        made(this.repeat_onto(this, count as usize - 1))?;
    }
    Ok(Value::from(this.to_owned()))
}

/// The list's items, each for a look before anything else runs.
fn items(this: &List) -> impl Fn(usize) -> Option<&'static Object> {
    // SAFETY: `Sought` looks at an item before it runs anything.
    move |at| unsafe { this.peek(at) }
}

fn contains(py: Py, this: &List, item: &Object) -> PyResult<bool> {
    let item = Value::unboxed(item);
    let found = Sought::new(&item).find(py, 0, items(this))?;
    Ok(found.is_some())
}

fn insert(_py: Py, this: &List, index: isize, object: &Value) -> PyResult<()> {
    let len = this.len() as isize;
    let at = if index < 0 {
        (index + len).max(0)
    } else {
        index.min(len)
    };
    if this.insert_all(at as usize, vec![object.to_object()]) {
        Ok(())
    } else {
        crate::errors::no_memory()
    }
}

fn pop(py: Py, this: &List, index: Option<isize>) -> PyResult {
    let index = index.unwrap_or(-1);
    if this.is_empty() {
        return crate::raise!(py, IndexError, "pop from empty list");
    }
    match position(index, this.len()) {
        Some(at) => Ok(pop_at(this, at)),
        None => crate::raise!(py, IndexError, "pop index out of range"),
    }
}

/// Takes the item at a valid index out, unboxed where possible.
pub fn pop_at(this: &List, at: usize) -> Value {
    let value = this.get(at).unwrap_or_else(Value::none);
    drop(this.take_range(at, at + 1));
    value
}

fn remove(py: Py, this: &List, value: &Value) -> PyResult<()> {
    if let Some(at) = Sought::new(value).find(py, 0, items(this))? {
        drop(this.take_range(at, at + 1));
        return Ok(());
    }
    crate::raise!(py, ValueError, "list.remove(x): x not in list")
}

fn index(
    py: Py,
    this: &List,
    value: &Value,
    start: Option<&Value>,
    stop: Option<&Value>,
) -> PyResult<usize> {
    let range = sequence::clip(start, stop, this.len(), py)?;
    let item = |at: usize| items(this)(at).filter(|_| at < range.end);
    if let Some(at) = Sought::new(value).find(py, range.start, item)? {
        return Ok(at);
    }
    crate::raise!(py, ValueError, "list.index(x): x not in list")
}

fn count(py: Py, this: &List, value: &Value) -> PyResult<usize> {
    let (sought, mut count, mut at) = (Sought::new(value), 0, 0);
    while let Some(found) = sought.find(py, at, items(this))? {
        count += 1;
        at = found + 1;
    }
    Ok(count)
}

fn reverse(_py: Py, this: &List) {
    let mut items = this.take_range(0, this.len());
    items.reverse();
    this.insert_all(0, items);
}

fn new(
    _py: Py,
    class: &Type,
    _args: crate::native::Args<'_>,
    _kwargs: crate::native::KwArgs,
) -> PyResult<Owned> {
    if sequence::is_exactly::<List>(class) {
        return Ok(List::new().upcast());
    }
    let raw = class.allocate(0)?;
    // SAFETY: an all-zero list is an empty one.
    unsafe {
        class.track_new(raw);
        Ok(Owned::from_raw(raw.cast()))
    }
}

pub(super) fn define(b: &mut TypeBuilder<List>) {
    b.doc("Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.")
        .new_with("list(*args, **kwargs)", new)
        .init("list(iterable=(), /)", init)
        .repr(repr)
        .unhashable()
        .compare(compare)
        .len(|_py, this: &List| Ok(this.len()))
        .item(item)
        .assign_item(assign_item)
        .subscript(subscript)
        .assign_subscript(assign_subscript)
        .concat(concat)
        .inplace_concat(|py, this: &List, other: &Object| -> PyResult {
            extend(py, this, &Value::from(other.to_owned()))?;
            Ok(Value::from(this.to_owned()))
        })
        .repeat(repeat)
        .inplace_repeat(inplace_repeat)
        .contains(contains)
        .iter(|py, this: &List| crate::types::iterators::list_iter(py, this))
        .method_doc(
            "__getitem__($self, index, /)",
            "Return self[index].",
            |py, this: &List, index: &Value| subscript(py, this, &index.to_object()),
        );
    b.method(
        "append($self, object, /)",
        |_py, this: &List, object: &Value| this.push(object.to_object()),
    )
    .method("extend($self, iterable, /)", extend)
    .method("insert($self, index, object, /)", insert)
    .method("pop($self, index=-1, /)", pop)
    .method("remove($self, value, /)", remove)
    .method("clear($self, /)", |_py, this: &List| this.clear())
    .method("copy($self, /)", |_py, this: &List| {
        this.part(0, this.len())
    })
    .method("index($self, value, start=0, stop=sys.maxsize, /)", index)
    .method("count($self, value, /)", count)
    .method("reverse($self, /)", reverse)
    .method(
        "sort($self, /, *, key=None, reverse=False)",
        sort::sort_method,
    )
    .method("__reversed__($self, /)", |py, this: &List| {
        crate::types::iterators::list_reverse_iter(py, this)
    })
    .method("__sizeof__($self, /)", |_py, this: &List| {
        // SAFETY: the head is initialised.
        40 + 8 * unsafe { (*this.raw()).allocated } as usize
    })
    .class_method(
        "__class_getitem__($type, object, /)",
        sequence::class_getitem,
    );
}
