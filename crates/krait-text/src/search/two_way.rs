//! The two-way algorithm of Crochemore and Perrin: linear time, constant space.

/// A sequence of comparable items that can be read forwards or backwards.
pub(super) trait Sequence: Copy {
    type Item: Copy + Ord;
    fn len(self) -> usize;
    fn at(self, index: usize) -> Self::Item;
}

/// A slice from its start to its end.
#[derive(Clone, Copy)]
pub(super) struct Forward<'a, T>(pub &'a [T]);

/// A slice from its end to its start.
#[derive(Clone, Copy)]
pub(super) struct Backward<'a, T>(pub &'a [T]);

impl<T: Copy + Ord> Sequence for Forward<'_, T> {
    type Item = T;
    #[inline(always)]
    fn len(self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn at(self, index: usize) -> T {
        self.0[index]
    }
}

impl<T: Copy + Ord> Sequence for Backward<'_, T> {
    type Item = T;
    #[inline(always)]
    fn len(self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn at(self, index: usize) -> T {
        self.0[self.0.len() - 1 - index]
    }
}

/// The start of the largest suffix, in the order or in its reverse, and the period
/// of that suffix.
fn largest_suffix<S: Sequence>(needle: S, reversed: bool) -> (usize, usize) {
    let (mut best, mut candidate, mut same, mut period) = (0, 1, 0, 1);
    while candidate + same < needle.len() {
        let (new, old) = (needle.at(candidate + same), needle.at(best + same));
        if new == old {
            same += 1;
            if same == period {
                candidate += period;
                same = 0;
            }
        } else if (new < old) != reversed {
            candidate += same + 1;
            same = 0;
            period = candidate - best;
        } else {
            best = candidate;
            candidate += 1;
            (same, period) = (0, 1);
        }
    }
    (best, period)
}

/// The first place of `needle`, which must have at least two items.
pub(super) fn two_way<S, N>(hay: S, needle: N) -> Option<usize>
where
    S: Sequence,
    N: Sequence<Item = S::Item>,
{
    let length = needle.len();
    let (split, period) = largest_suffix(needle, false).max(largest_suffix(needle, true));
    let periodic = split + period <= length
        && (0..split).all(|index| needle.at(index) == needle.at(index + period));
    // After a failure left of the split, this many places can be skipped; of a
    // periodic needle, the part that is known to match need not be read again.
    let (skip, remembered) = match periodic {
        true => (period, length - period),
        false => (split.max(length - split) + 1, 0),
    };
    let (mut at, mut known) = (0, 0);
    while at + length <= hay.len() {
        let right = (split.max(known)..length).find(|&i| needle.at(i) != hay.at(at + i));
        if let Some(wrong) = right {
            at += wrong - split + 1;
            known = 0;
            continue;
        }
        if (known..split).rev().all(|i| needle.at(i) == hay.at(at + i)) {
            return Some(at);
        }
        at += skip;
        known = remembered;
    }
    None
}
