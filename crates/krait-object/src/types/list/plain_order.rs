//! Sorting by keys that are compared without running Python code: ints, floats, strings, and
//! tuples of these.
//!
//! Such an order is total, so that there is one stable result, whatever the method. A NaN
//! takes part in no order, and what there is with one depends on which items are compared
//! with which: floats among which is one are left to the comparison by the protocol.

use std::cmp::Ordering;

use super::sort::Entry;
use crate::singletons::{BOOL, true_object};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::value::{Unpacked, Value};

/// What all keys are.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Int,
    Float,
    Str,
}

fn kind_of(key: &Value) -> Option<Kind> {
    match key.unpack() {
        Unpacked::Int(_) => Some(Kind::Int),
        Unpacked::Float(x) => (!x.is_nan()).then_some(Kind::Float),
        Unpacked::Object(object) if object.is_exact::<Str>() => Some(Kind::Str),
        // A bool is compared as an int is.
        Unpacked::Object(object) => object.ty().is(&BOOL).then_some(Kind::Int),
    }
}

/// The order of two keys of one plain kind.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (kind_of(a)?, kind_of(b)?) {
        (Kind::Int, Kind::Int) => Some(int(a).cmp(&int(b))),
        (Kind::Float, Kind::Float) => Some(compare_floats(a, b)),
        (Kind::Str, Kind::Str) => Some(compare_texts(a, b)),
        _ => None,
    }
}

/// Sorts where all keys are of one plain kind; false where they are not, and nothing is done.
pub(super) fn sort(entries: &mut Vec<Entry>, reverse: bool) -> bool {
    let Some(first) = entries.first() else {
        return true;
    };
    let same = |kind: Kind| entries.iter().all(|e| kind_of(&e.key) == Some(kind));
    match kind_of(&first.key) {
        Some(kind) if !same(kind) => false,
        Some(Kind::Int) => {
            order(entries, reverse, |a, b| int(&a.key).cmp(&int(&b.key)));
            true
        }
        Some(Kind::Float) => {
            order(entries, reverse, |a, b| compare_floats(&a.key, &b.key));
            true
        }
        Some(Kind::Str) => {
            let narrow = entries
                .iter()
                .all(|e| text(&e.key).is_some_and(|t| t.kind() == 1));
            let prefix = |key: &Value| text(key).map_or(0, |text| text_prefix(text, narrow));
            by_prefix(entries, reverse, prefix, compare_texts);
            true
        }
        None => sort_tuples(entries, reverse),
    }
}

fn order<T>(entries: &mut [T], reverse: bool, compare: impl Fn(&T, &T) -> Ordering) {
    if reverse {
        entries.sort_by(|a, b| compare(b, a));
    } else {
        entries.sort_by(compare);
    }
}

/// Sorts by a number that keeps the order of the keys as far as it goes, and compares the
/// keys themselves where it is the same.
fn by_prefix(
    entries: &mut Vec<Entry>,
    reverse: bool,
    prefix: impl Fn(&Value) -> u64,
    compare: impl Fn(&Value, &Value) -> Ordering,
) {
    let mut numbered: Vec<(u64, Entry)> = std::mem::take(entries)
        .into_iter()
        .map(|entry| (prefix(&entry.key), entry))
        .collect();
    order(&mut numbered, reverse, |(a, x), (b, y)| {
        a.cmp(b).then_with(|| compare(&x.key, &y.key))
    });
    entries.extend(numbered.into_iter().map(|(_, entry)| entry));
}

#[inline(always)]
fn int(key: &Value) -> i64 {
    key.as_small_int()
        .unwrap_or_else(|| i64::from(key.is_object(true_object())))
}

#[inline(always)]
fn compare_floats(a: &Value, b: &Value) -> Ordering {
    a.as_double()
        .partial_cmp(&b.as_double())
        .unwrap_or(Ordering::Equal)
}

#[inline(always)]
fn text(key: &Value) -> Option<&Str> {
    key.downcast_exact::<Str>()
}

#[inline(always)]
fn tuple(key: &Value) -> Option<&Tuple> {
    key.downcast_exact::<Tuple>()
}

/// The first eight bytes, or the first two characters.
fn text_prefix(text: &Str, narrow: bool) -> u64 {
    if narrow {
        let bytes = text.raw_bytes();
        if let Some(first) = bytes.first_chunk::<8>() {
            return u64::from_be_bytes(*first);
        }
        let mut first = [0; 8];
        first[..bytes.len()].copy_from_slice(bytes);
        return u64::from_be_bytes(first);
    }
    let at = |i: usize| u64::from(text.chars().get(i).unwrap_or(0));
    at(0) << 32 | at(1)
}

fn compare_texts(a: &Value, b: &Value) -> Ordering {
    let (Some(a), Some(b)) = (text(a), text(b)) else {
        return Ordering::Equal;
    };
    if a.kind() == 1 && b.kind() == 1 {
        return a.raw_bytes().cmp(b.raw_bytes());
    }
    a.code_points().cmp(b.code_points())
}

/// Sorts tuples of as many items each, of which those at the same place are of one kind.
fn sort_tuples(entries: &mut Vec<Entry>, reverse: bool) -> bool {
    const MOST: usize = 8;
    let Some(first) = entries.first().and_then(|e| tuple(&e.key)) else {
        return false;
    };
    let len = first.len();
    if !(1..=MOST).contains(&len) {
        return false;
    }
    let mut kinds = [None; MOST];
    for (kind, item) in kinds.iter_mut().zip(first.iter()) {
        *kind = kind_of(&Value::unboxed(item));
    }
    let alike = |tuple: &Tuple| {
        let mut items = tuple.iter().zip(kinds);
        tuple.len() == len
            && items.all(|(item, kind)| kind.is_some() && kind_of(&Value::unboxed(item)) == kind)
    };
    if !entries.iter().all(|e| tuple(&e.key).is_some_and(alike)) {
        return false;
    }
    let prefix = |key: &Value| {
        let first = tuple(key).and_then(|tuple| tuple.get(0));
        first.map_or(0, |first| match (first.as_double(), text(&first)) {
            (Some(x), _) => ordered_bits(x),
            (None, Some(text)) => text_prefix(text, false),
            (None, None) => (int(&first) as u64) ^ (1 << 63),
        })
    };
    by_prefix(entries, reverse, prefix, compare_tuples);
    true
}

/// A number that is ordered as doubles are that are not NaN.
fn ordered_bits(x: f64) -> u64 {
    // Both zeros are the same.
    let bits = (x + 0.0).to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    }
}

fn compare_tuples(a: &Value, b: &Value) -> Ordering {
    let (Some(a), Some(b)) = (tuple(a), tuple(b)) else {
        return Ordering::Equal;
    };
    a.iter()
        .zip(b.iter())
        .map(|(x, y)| {
            if x.is(y) {
                return Ordering::Equal;
            }
            compare(&Value::unboxed(x), &Value::unboxed(y)).unwrap_or(Ordering::Equal)
        })
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}
