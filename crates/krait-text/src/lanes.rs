//! Loops over many units in steps of a fixed number.
//!
//! A compiler makes vector code of such a loop whatever it believes, from a recorded profile,
//! about how long texts are; and since nothing is called in it, whatever it believes about
//! what is called often.

/// Units in a step.
const STEP: usize = 32;

/// Maps each unit in place.
#[inline(always)]
pub fn map<T: Copy>(units: &mut [T], change: impl Fn(T) -> T) {
    let (steps, rest) = units.as_chunks_mut::<STEP>();
    for step in steps {
        let mut i = 0;
        while i < STEP {
            step[i] = change(step[i]);
            i += 1;
        }
    }
    for unit in rest {
        *unit = change(*unit);
    }
}

/// Maps each unit of one slice into the same place of another, as far as both go.
#[inline(always)]
pub fn map_into<A: Copy, B: Copy>(from: &[A], to: &mut [B], change: impl Fn(A) -> B) {
    let len = from.len().min(to.len());
    let (from, to) = (&from[..len], &mut to[..len]);
    let (from_steps, from_rest) = from.as_chunks::<STEP>();
    let (to_steps, to_rest) = to.as_chunks_mut::<STEP>();
    let mut step = 0;
    while step < from_steps.len() && step < to_steps.len() {
        let (from, to) = (&from_steps[step], &mut to_steps[step]);
        let mut i = 0;
        while i < STEP {
            to[i] = change(from[i]);
            i += 1;
        }
        step += 1;
    }
    let mut i = 0;
    while i < from_rest.len() && i < to_rest.len() {
        to_rest[i] = change(from_rest[i]);
        i += 1;
    }
}

/// Copies units in the opposite order into a slice of the same length.
#[inline(always)]
pub fn reverse_into<T: Copy>(from: &[T], to: &mut [T]) {
    let len = from.len().min(to.len());
    let (from, to) = (&from[..len], &mut to[..len]);
    let (from_steps, from_rest) = from.as_chunks::<STEP>();
    let (to_rest, to_steps) = to.as_rchunks_mut::<STEP>();
    let count = from_steps.len();
    let mut step = 0;
    while step < count && step < to_steps.len() {
        let (from, to) = (&from_steps[step], &mut to_steps[count - 1 - step]);
        let mut i = 0;
        while i < STEP {
            to[STEP - 1 - i] = from[i];
            i += 1;
        }
        step += 1;
    }
    let mut i = 0;
    while i < from_rest.len() && i < to_rest.len() {
        to_rest[from_rest.len() - 1 - i] = from_rest[i];
        i += 1;
    }
}

/// Adds each unit of a slice, mapped, to the end of a vector that has room for them.
#[inline(always)]
pub fn extend<A: Copy, B: Copy + Default>(to: &mut Vec<B>, from: &[A], change: impl Fn(A) -> B) {
    let start = to.len();
    to.resize(start + from.len(), B::default());
    map_into(from, &mut to[start..], change);
}

/// Fills a slice with every so manyth unit of another from a place on, forwards or backwards;
/// all places are within it.
#[inline(always)]
pub fn pick_into<T: Copy>(from: &[T], start: isize, step: isize, to: &mut [T]) {
    let (Ok(start), count) = (usize::try_from(start), to.len()) else {
        return;
    };
    match step {
        -1 => reverse_into(&from[start + 1 - count.min(start + 1)..=start], to),
        0.. => {
            let units = from[start..].iter().step_by(step.unsigned_abs().max(1));
            to.iter_mut().zip(units).for_each(|(to, unit)| *to = *unit);
        }
        _ => {
            let units = from[..=start].iter().rev().step_by(step.unsigned_abs());
            to.iter_mut().zip(units).for_each(|(to, unit)| *to = *unit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{map_into, pick_into, reverse_into};

    #[test]
    fn steps_and_rest() {
        for len in [0, 1, 31, 32, 33, 64, 95] {
            let from: Vec<u8> = (0..len).collect();
            let mut to = vec![0; from.len()];
            map_into(&from, &mut to, |unit| unit + 1);
            assert!(to.iter().copied().eq(1..=len));
            reverse_into(&from, &mut to);
            assert!(to.iter().copied().eq((0..len).rev()));
        }
    }

    #[test]
    fn picks() {
        let from: Vec<u8> = (0..100).collect();
        for (start, step, count) in [(99, -1, 100), (50, -1, 40), (3, 7, 10), (90, -9, 11)] {
            let mut to = vec![0; count];
            pick_into(&from, start, step, &mut to);
            let wanted = (0..count as isize).map(|i| (start + i * step) as u8);
            assert!(to.iter().copied().eq(wanted));
        }
    }
}
