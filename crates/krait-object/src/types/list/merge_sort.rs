//! The merge sort behind `list.sort`: natural runs, merged as powersort has it, galloping where
//! one run wins again and again (CPython's `Objects/listsort.txt`). Which items are compared,
//! and in which order, is as there: comparisons written in Python can tell.
//!
//! Items change places only with others or with placeholders, so that none is lost where a
//! comparison fails.

use crate::py::PyResult;

/// Shorter runs are made longer by insertion; half of it at least.
const MOST_MIN_RUN: usize = 64;

/// So many items of one run in a row start galloping, and keep it going.
const MIN_GALLOP: usize = 7;

#[derive(Clone, Copy)]
struct Run {
    start: usize,
    len: usize,
    /// Depth in the tree of merges of the node between this run and the next one.
    power: u32,
}

/// A merge under way. Between its runs is a gap, as large as what is left of the spare run.
struct Merge {
    /// Where the gap is filled next; its end, where it is filled from above.
    to: usize,
    /// Which item of the run in its place comes next; the end of that run from above.
    next: usize,
    /// The same in the spare run.
    spare: usize,
}

/// How a merge ends.
enum End {
    /// The rest of the spare run goes into the gap.
    Rest,
    /// One item of the spare run is left, which belongs behind (from above: before) all others.
    One,
}

struct Sort<'a, T, F> {
    items: &'a mut [T],
    /// The shorter of two runs that are merged; otherwise placeholders.
    spare: Vec<T>,
    runs: Vec<Run>,
    min_gallop: usize,
    less: F,
}

/// Sorts as far as `less` does not fail. What is made by default stands for items meanwhile.
pub(super) fn sort<T: Default>(
    items: &mut [T],
    less: impl FnMut(&T, &T) -> PyResult<bool>,
) -> PyResult<()> {
    let mut sort = Sort {
        items,
        spare: Vec::new(),
        runs: Vec::new(),
        min_gallop: MIN_GALLOP,
        less,
    };
    sort.run()
}

fn min_run(mut len: usize) -> usize {
    let mut odd = 0;
    while len >= MOST_MIN_RUN {
        odd |= len & 1;
        len >>= 1;
    }
    len + odd
}

/// The power of a run of `len` items with one of `next` items behind it, among `total`: how many
/// bits it takes to tell their middles apart.
fn power(start: usize, len: usize, next: usize, total: usize) -> u32 {
    let mut a = 2 * start + len;
    let mut b = a + len + next;
    for bit in 1.. {
        if a >= total {
            a -= total;
            b -= total;
        } else if b >= total {
            return bit;
        }
        a *= 2;
        b *= 2;
    }
    0
}

/// How many of `len` items, those up to some place, pass; looked for from `hint` outwards.
fn gallop(
    len: usize,
    hint: usize,
    mut passes: impl FnMut(usize) -> PyResult<bool>,
) -> PyResult<usize> {
    let (mut last, mut offset) = (0, 1);
    let (mut low, mut high);
    if passes(hint)? {
        let most = len - hint;
        while offset < most && passes(hint + offset)? {
            (last, offset) = (offset, 2 * offset + 1);
        }
        (low, high) = (hint + last + 1, hint + offset.min(most));
    } else {
        let most = hint + 1;
        while offset < most && !passes(hint - offset)? {
            (last, offset) = (offset, 2 * offset + 1);
        }
        (low, high) = (most - offset.min(most), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if passes(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// How many items of a sorted run stand before `key` if equal ones stand behind it.
fn before<T>(
    less: &mut impl FnMut(&T, &T) -> PyResult<bool>,
    key: &T,
    run: &[T],
    hint: usize,
) -> PyResult<usize> {
    gallop(run.len(), hint, |i| less(&run[i], key))
}

/// How many items of a sorted run stand before `key` if equal ones do, too.
fn up_to<T>(
    less: &mut impl FnMut(&T, &T) -> PyResult<bool>,
    key: &T,
    run: &[T],
    hint: usize,
) -> PyResult<usize> {
    gallop(run.len(), hint, |i| less(key, &run[i]).map(|less| !less))
}

impl<T: Default, F: FnMut(&T, &T) -> PyResult<bool>> Sort<'_, T, F> {
    fn run(&mut self) -> PyResult<()> {
        let total = self.items.len();
        let min_run = min_run(total);
        let mut start = 0;
        while start < total {
            let mut end = self.natural_run(start)?;
            if end - start < min_run {
                let forced = total.min(start + min_run);
                self.insert(start, end, forced)?;
                end = forced;
            }
            self.merge_deeper(end - start)?;
            self.runs.push(Run {
                start,
                len: end - start,
                power: 0,
            });
            start = end;
        }
        while let Some(mut at) = self.runs.len().checked_sub(2) {
            if at > 0 && self.runs[at - 1].len < self.runs[at + 1].len {
                at -= 1;
            }
            self.merge_at(at)?;
        }
        Ok(())
    }

    /// Whether the item at one place is less than that at another.
    fn less_at(&mut self, a: usize, b: usize) -> PyResult<bool> {
        (self.less)(&self.items[a], &self.items[b])
    }

    fn end_of_ascent(&mut self, mut end: usize) -> PyResult<usize> {
        while end < self.items.len() && !self.less_at(end, end - 1)? {
            end += 1;
        }
        Ok(end)
    }

    /// The end of the run at `start`; a descending one is turned round, but for what is equal
    /// in it.
    fn natural_run(&mut self, start: usize) -> PyResult<usize> {
        let mut end = self.end_of_ascent(start + 1)?;
        if end == self.items.len() {
            return Ok(end);
        }
        if end > start + 1 {
            if self.less_at(start, end - 1)? {
                return Ok(end);
            }
            self.items[start..end].reverse();
        }
        end += 1;
        let mut equal = 0;
        while end < self.items.len() {
            if self.less_at(end, end - 1)? {
                self.reverse_equal(end, &mut equal);
            } else if self.less_at(end - 1, end)? {
                break;
            } else {
                equal += 1;
            }
            end += 1;
        }
        self.reverse_equal(end, &mut equal);
        self.items[start..end].reverse();
        self.end_of_ascent(end)
    }

    /// Turns the last items before `end` round, which are equal: the last and `equal` more.
    fn reverse_equal(&mut self, end: usize, equal: &mut usize) {
        self.items[end - 1 - *equal..end].reverse();
        *equal = 0;
    }

    /// Binary insertion of `sorted..end` into the run `start..sorted`.
    fn insert(&mut self, start: usize, sorted: usize, end: usize) -> PyResult<()> {
        for at in sorted..end {
            let (mut low, mut high) = (start, at);
            while low < high {
                let middle = (low + high) / 2;
                if self.less_at(at, middle)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.items[low..=at].rotate_right(1);
        }
        Ok(())
    }

    /// Merges what lies deeper than the node between the last run and a new one.
    fn merge_deeper(&mut self, new: usize) -> PyResult<()> {
        let Some(&Run { start, len, .. }) = self.runs.last() else {
            return Ok(());
        };
        let power = power(start, len, new, self.items.len());
        while let Some(at) = self.runs.len().checked_sub(2)
            && self.runs[at].power > power
        {
            self.merge_at(at)?;
        }
        if let Some(last) = self.runs.last_mut() {
            last.power = power;
        }
        Ok(())
    }

    /// Merges a run with the next one.
    fn merge_at(&mut self, at: usize) -> PyResult<()> {
        let next = self.runs.remove(at + 1);
        let run = &mut self.runs[at];
        let (mut start, middle, mut end) = (run.start, next.start, next.start + next.len);
        run.len += next.len;
        // What stands at its place already is left there.
        let (less, items) = (&mut self.less, &*self.items);
        start += up_to(less, &items[middle], &items[start..middle], 0)?;
        if start == middle {
            return Ok(());
        }
        let last = &items[middle - 1];
        end = middle + before(less, last, &items[middle..end], end - middle - 1)?;
        if end == middle {
            return Ok(());
        }
        if middle - start <= end - middle {
            self.merge_upwards(start, middle, end)
        } else {
            self.merge_downwards(start, middle, end)
        }
    }

    /// Makes a gap of a run.
    fn set_aside(&mut self, start: usize, end: usize) {
        self.spare.clear();
        let run = self.items[start..end].iter_mut();
        self.spare.extend(run.map(std::mem::take));
    }

    /// Merges two runs, of which the first is set aside.
    fn merge_upwards(&mut self, start: usize, middle: usize, end: usize) -> PyResult<()> {
        self.set_aside(start, middle);
        let mut merge = Merge {
            to: start,
            next: middle,
            spare: 0,
        };
        let result = self.fill_upwards(&mut merge, end);
        if let Ok(End::One) = result {
            let left = end - merge.next;
            self.take_next(&mut merge, left);
        }
        let left = self.spare.len() - merge.spare;
        self.take_spare(&mut merge, left);
        result.map(drop)
    }

    fn take_next(&mut self, merge: &mut Merge, count: usize) {
        for _ in 0..count {
            self.items.swap(merge.to, merge.next);
            merge.next += 1;
            merge.to += 1;
        }
    }

    fn take_spare(&mut self, merge: &mut Merge, count: usize) {
        let run = &mut self.spare[merge.spare..merge.spare + count];
        self.items[merge.to..merge.to + count].swap_with_slice(run);
        merge.spare += count;
        merge.to += count;
    }

    fn fill_upwards(&mut self, merge: &mut Merge, end: usize) -> PyResult<End> {
        let last = self.spare.len() - 1;
        self.take_next(merge, 1);
        if merge.next == end {
            return Ok(End::Rest);
        }
        if merge.spare == last {
            return Ok(End::One);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut spares, mut nexts) = (0, 0);
            while spares < min_gallop && nexts < min_gallop {
                if (self.less)(&self.items[merge.next], &self.spare[merge.spare])? {
                    self.take_next(merge, 1);
                    (spares, nexts) = (0, nexts + 1);
                    if merge.next == end {
                        return Ok(End::Rest);
                    }
                } else {
                    self.take_spare(merge, 1);
                    (spares, nexts) = (spares + 1, 0);
                    if merge.spare == last {
                        return Ok(End::One);
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                self.min_gallop = min_gallop;
                let (less, key) = (&mut self.less, &self.items[merge.next]);
                spares = up_to(less, key, &self.spare[merge.spare..], 0)?;
                self.take_spare(merge, spares);
                match merge.spare.cmp(&last) {
                    std::cmp::Ordering::Less => {}
                    std::cmp::Ordering::Equal => return Ok(End::One),
                    std::cmp::Ordering::Greater => return Ok(End::Rest),
                }
                self.take_next(merge, 1);
                if merge.next == end {
                    return Ok(End::Rest);
                }
                let (less, key) = (&mut self.less, &self.spare[merge.spare]);
                nexts = before(less, key, &self.items[merge.next..end], 0)?;
                self.take_next(merge, nexts);
                if merge.next == end {
                    return Ok(End::Rest);
                }
                self.take_spare(merge, 1);
                if merge.spare == last {
                    return Ok(End::One);
                }
                if spares < MIN_GALLOP && nexts < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// Merges two runs, of which the second is set aside.
    fn merge_downwards(&mut self, start: usize, middle: usize, end: usize) -> PyResult<()> {
        self.set_aside(middle, end);
        let mut merge = Merge {
            to: end,
            next: middle,
            spare: end - middle,
        };
        let result = self.fill_downwards(&mut merge, start);
        if let Ok(End::One) = result {
            let left = merge.next - start;
            self.take_next_down(&mut merge, left);
        }
        let left = merge.spare;
        self.take_spare_down(&mut merge, left);
        result.map(drop)
    }

    fn take_next_down(&mut self, merge: &mut Merge, count: usize) {
        for _ in 0..count {
            merge.next -= 1;
            merge.to -= 1;
            self.items.swap(merge.to, merge.next);
        }
    }

    fn take_spare_down(&mut self, merge: &mut Merge, count: usize) {
        let end = merge.spare;
        merge.spare -= count;
        merge.to -= count;
        let run = &mut self.spare[merge.spare..end];
        self.items[merge.to..merge.to + count].swap_with_slice(run);
    }

    fn fill_downwards(&mut self, merge: &mut Merge, start: usize) -> PyResult<End> {
        self.take_next_down(merge, 1);
        if merge.next == start {
            return Ok(End::Rest);
        }
        if merge.spare == 1 {
            return Ok(End::One);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut spares, mut nexts) = (0, 0);
            while spares < min_gallop && nexts < min_gallop {
                if (self.less)(&self.spare[merge.spare - 1], &self.items[merge.next - 1])? {
                    self.take_next_down(merge, 1);
                    (spares, nexts) = (0, nexts + 1);
                    if merge.next == start {
                        return Ok(End::Rest);
                    }
                } else {
                    self.take_spare_down(merge, 1);
                    (spares, nexts) = (spares + 1, 0);
                    if merge.spare == 1 {
                        return Ok(End::One);
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                self.min_gallop = min_gallop;
                let (less, key) = (&mut self.less, &self.spare[merge.spare - 1]);
                let run = &self.items[start..merge.next];
                nexts = run.len() - up_to(less, key, run, run.len() - 1)?;
                self.take_next_down(merge, nexts);
                if merge.next == start {
                    return Ok(End::Rest);
                }
                self.take_spare_down(merge, 1);
                if merge.spare == 1 {
                    return Ok(End::One);
                }
                let (less, key) = (&mut self.less, &self.items[merge.next - 1]);
                let run = &self.spare[..merge.spare];
                spares = run.len() - before(less, key, run, run.len() - 1)?;
                self.take_spare_down(merge, spares);
                match merge.spare {
                    0 => return Ok(End::Rest),
                    1 => return Ok(End::One),
                    _ => {}
                }
                self.take_next_down(merge, 1);
                if merge.next == start {
                    return Ok(End::Rest);
                }
                if spares < MIN_GALLOP && nexts < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }
}
