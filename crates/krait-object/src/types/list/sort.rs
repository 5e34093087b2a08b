//! `list.sort`: a stable merge sort that uses the runs already there.
//!
//! The list is emptied while it is sorted, so that comparisons that look at it cannot
//! break it; a comparison that fails leaves the items in some order. Keys that are all
//! strings, small ints, floats or tuples of these are sorted without the protocol
//! (`plain_order`).

use super::{List, plain_order};
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
    let result = merge_sort(py, entries);
    if reverse {
        entries.reverse();
    }
    result
}

/// The shortest run that is worth merging.
const MIN_RUN: usize = 24;

fn merge_sort(py: Py, entries: &mut [Entry]) -> Result<(), Raised> {
    let len = entries.len();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    while start < len {
        let mut end = natural_run(py, entries, start)?;
        if end - start < MIN_RUN {
            let target = len.min(start + MIN_RUN);
            insertion(py, entries, start, end, target)?;
            end = target;
        }
        runs.push((start, end));
        start = end;
        while let [.., (a, b), (c, d)] = runs[..] {
            let balanced = b - a > 2 * (d - c);
            if balanced && start < len {
                break;
            }
            merge(py, entries, a, c, d)?;
            runs.truncate(runs.len() - 2);
            runs.push((a, d));
        }
    }
    while let [.., (a, _), (c, d)] = runs[..] {
        merge(py, entries, a, c, d)?;
        runs.truncate(runs.len() - 2);
        runs.push((a, d));
    }
    Ok(())
}

/// The end of the ascending run at `start`; a strictly descending one is turned round.
fn natural_run(py: Py, entries: &mut [Entry], start: usize) -> PyResult<usize> {
    let mut end = start + 1;
    if end >= entries.len() {
        return Ok(entries.len());
    }
    let descending = less(py, &entries[end].key, &entries[start].key)?;
    end += 1;
    while end < entries.len() && less(py, &entries[end].key, &entries[end - 1].key)? == descending {
        end += 1;
    }
    if descending {
        entries[start..end].reverse();
    }
    Ok(end)
}

/// Binary insertion of `sorted..end` into the run `start..sorted`.
fn insertion(
    py: Py,
    entries: &mut [Entry],
    start: usize,
    sorted: usize,
    end: usize,
) -> Result<(), Raised> {
    for at in sorted..end {
        let (mut low, mut high) = (start, at);
        while low < high {
            let middle = (low + high) / 2;
            if less(py, &entries[at].key, &entries[middle].key)? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        entries[low..=at].rotate_right(1);
    }
    Ok(())
}

/// Merges the neighbouring runs `a..b` and `b..c`.
fn merge(py: Py, entries: &mut [Entry], a: usize, b: usize, c: usize) -> Result<(), Raised> {
    if !less(py, &entries[b].key, &entries[b - 1].key)? {
        return Ok(());
    }
    let placeholder = || Entry {
        key: Value::int(0),
        item: None,
    };
    let left: Vec<Entry> = entries[a..b]
        .iter_mut()
        .map(|e| std::mem::replace(e, placeholder()))
        .collect();
    let mut left = left.into_iter().peekable();
    let (mut right, mut out) = (b, a);
    let mut failed = None;
    while let Some(next) = left.peek() {
        let take_right = right < c
            && failed.is_none()
            && match less(py, &entries[right].key, &next.key) {
                Ok(smaller) => smaller,
                Err(raised) => {
                    failed = Some(raised);
                    false
                }
            };
        if take_right {
            entries.swap(out, right);
            right += 1;
        } else if let Some(entry) = left.next() {
            entries[out] = entry;
        }
        out += 1;
    }
    failed.map_or(Ok(()), Err)
}
