//! `list.sort`: a stable merge sort that uses the runs already there (`merge_sort`).
//!
//! The list is emptied while it is sorted, so that comparisons that look at it cannot
//! break it; a comparison that fails leaves the items in some order. Keys that are all
//! strings, small ints, floats or tuples of these are sorted without the protocol
//! (`plain_order`).

use super::{List, merge_sort, plain_order};
use crate::object::Owned;
use crate::protocol::{self, CompareOp, truth};
use crate::py::{Py, PyResult, Raised};
use crate::types::tuple::Tuple;
use crate::value::Value;

/// An item and what it is compared by.
pub(super) struct Entry {
    pub(super) key: Value,
    item: Option<Owned>,
}

impl Default for Entry {
    fn default() -> Entry {
        Entry {
            key: Value::int(0),
            item: None,
        }
    }
}

/// `a < b`.
fn less(py: Py, a: &Value, b: &Value) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Ok(x < y);
    }
    // Tuples often differ in their first items, of which the order is known.
    if let (Some(x), Some(y)) = (a.downcast_exact::<Tuple>(), b.downcast_exact::<Tuple>())
        && let (Some(p), Some(q)) = (x.get(0), y.get(0))
        && let Some(order) = plain_order::compare(&p, &q).filter(|order| order.is_ne())
    {
        return Ok(order.is_lt());
    }
    truth(py, &protocol::rich_compare(py, a, b, CompareOp::Lt)?)
}

pub fn sort_method(
    py: Py,
    this: &List,
    key: Option<&Value>,
    reverse: Option<&Value>,
) -> PyResult<()> {
    let reverse = match reverse {
        Some(flag) => truth(py, flag)?,
        None => false,
    };
    sort(py, this, key, reverse)
}

/// Sorts in place.
pub fn sort(py: Py, this: &List, key: Option<&Value>, reverse: bool) -> PyResult<()> {
    let items = this.take_for_sort();
    let mut entries = Vec::with_capacity(items.len());
    let mut failed = None;
    let mut items = items.into_iter();
    for item in items.by_ref() {
        let own = Value::unboxed(&item);
        match key.map_or_else(
            || Ok(own.clone()),
            |key| protocol::call(py, key, std::slice::from_ref(&own)),
        ) {
            Ok(made) => {
                entries.push(Entry {
                    key: made.unbox(),
                    item: Some(item),
                });
            }
            Err(raised) => {
                failed = Some(raised);
                entries.push(Entry {
                    key: Value::none(),
                    item: Some(item),
                });
                break;
            }
        }
    }
    let rest: Vec<Owned> = items.collect();
    if failed.is_none() {
        failed = sort_entries(py, &mut entries, reverse).err();
    }
    let mut back: Vec<Owned> = entries.iter_mut().filter_map(|e| e.item.take()).collect();
    back.extend(rest);
    drop(entries); // the keys' finalisers may use the list
    let changed = !this.is_untouched();
    let intruders = this.take_range(0, this.len());
    this.insert_all(0, back);
    drop(intruders);
    match failed {
        Some(raised) => Err(raised),
        None if changed => crate::raise!(py, ValueError, "list modified during sort"),
        None => Ok(()),
    }
}

fn sort_entries(py: Py, entries: &mut Vec<Entry>, reverse: bool) -> Result<(), Raised> {
    if plain_order::sort(entries, reverse) {
        return Ok(());
    }
    // A stable descending sort is an ascending one of the reversed list, reversed.
    if reverse {
        entries.reverse();
    }
    let result = merge_sort::sort(entries, |a, b| less(py, &a.key, &b.key));
    if reverse {
        entries.reverse();
    }
    result
}
