//! Finalisers (`tp_finalize`) of what a collection has found unreachable.
//!
//! An object's finaliser is called before those of the objects that it holds itself,
//! wherever references do not run in a circle: a text stream writes what it keeps through
//! its buffer, and the buffer through its file, so that each must be closed before the
//! next. Otherwise the order is that in which the objects were found, as CPython has it.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};

use krait_abi::PyObject;

use crate::collect::{CollectorHooks, Unreachable, is_garbage};
use crate::object::{incref, traverse, type_of};
use crate::pages::{FINALIZED, state_of};

/// Calls the finalisers that have not been called; whether there was any.
///
/// # Safety
/// Called by the collector only.
pub(crate) unsafe fn call(unreachable: &Unreachable<'_>, hooks: &mut dyn CollectorHooks) -> bool {
    let (mut pending, mut all) = (Vec::new(), true);
    for object in unreachable.iter() {
        // SAFETY: the iterator yields live tracked objects.
        if unsafe { is_pending(object) } {
            match pending.try_reserve(1) {
                Ok(()) => pending.push(object),
                Err(_) => all = false,
            }
        }
    }
    // SAFETY: these are live tracked objects, and no Python code has run since.
    unsafe { order(&mut pending) };
    for &object in &pending {
        // SAFETY: the state tells whether the object is still there.
        unsafe {
            if is_garbage(object) && is_pending(object) {
                finalize(object, hooks);
            }
        }
    }
    if !all {
        // Those for which there was no memory, as they come.
        for object in unreachable.iter() {
            // SAFETY: the iterator yields live tracked objects.
            unsafe {
                if is_pending(object) {
                    finalize(object, hooks);
                }
            }
        }
    }
    !all || !pending.is_empty()
}

/// Calls the finaliser of a live object, which is noted.
unsafe fn finalize(object: *mut PyObject, hooks: &mut dyn CollectorHooks) {
    // SAFETY: a reference is held meanwhile.
    unsafe {
        *state_of(object.cast()) |= FINALIZED;
        incref(object);
        hooks.finalize(object);
        hooks.decref(object);
    }
}

/// Whether an object of the unreachable set has a finaliser that has not been called.
unsafe fn is_pending(object: *mut PyObject) -> bool {
    // SAFETY: a live gc object has a state and a type.
    unsafe { *state_of(object.cast()) & FINALIZED == 0 && (*type_of(object)).tp_finalize.is_some() }
}

/// The references between objects that wait for their finalisers, by their places.
#[derive(Default)]
struct Links {
    places: HashMap<*mut PyObject, usize>,
    /// For each place, where its targets begin; one more for the end.
    begins: Vec<usize>,
    targets: Vec<usize>,
}

unsafe extern "C-unwind" fn visit(object: *mut PyObject, links: *mut c_void) -> c_int {
    // SAFETY: the argument is the links of `order`.
    let links = unsafe { &mut *links.cast::<Links>() };
    if let Some(&place) = links.places.get(&object)
        && links.targets.try_reserve(1).is_ok()
    {
        links.targets.push(place);
    }
    0
}

/// Puts each object before those that it holds. The order stays as it is among objects
/// that hold each other, among unrelated ones, and where there is no memory for a better.
unsafe fn order(objects: &mut [*mut PyObject]) {
    let count = objects.len();
    let mut links = Links::default();
    if count < 2
        || links.places.try_reserve(count).is_err()
        || links.begins.try_reserve_exact(count + 1).is_err()
    {
        return;
    }
    links.places.extend(objects.iter().copied().zip(0..));
    for &object in objects.iter() {
        links.begins.push(links.targets.len());
        // SAFETY: the objects are live and tracked.
        unsafe { traverse(object, visit, (&raw mut links).cast()) };
    }
    links.begins.push(links.targets.len());
    if links.targets.is_empty() {
        return;
    }
    let Some(places) = Circles::of(&links) else {
        return;
    };
    let mut ordered = Vec::new();
    if ordered.try_reserve_exact(count).is_ok() {
        ordered.extend(places.into_iter().map(|place| objects[place]));
        objects.copy_from_slice(&ordered);
    }
}

/// Tarjan's search for the circles in which references run. It comes to the end of a
/// circle after those that the circle holds.
struct Circles {
    /// When a place was entered; 0 for never.
    entered: Vec<usize>,
    /// The earliest place of its circle that is known, by when it was entered.
    lowest: Vec<usize>,
    /// Places whose circle is not complete.
    open: Vec<usize>,
    /// All places of complete circles, from what is held to what holds.
    closed: Vec<usize>,
    /// Places being searched, each with its next link.
    path: Vec<(usize, usize)>,
    clock: usize,
}

impl Circles {
    /// All places, holders first; nothing without memory.
    fn of(links: &Links) -> Option<Vec<usize>> {
        let count = links.places.len();
        let zeros = || {
            let mut all = Vec::new();
            all.try_reserve_exact(count).ok()?;
            all.resize(count, 0);
            Some(all)
        };
        let room = || {
            let mut all = Vec::new();
            all.try_reserve_exact(count).ok()?;
            Some(all)
        };
        let mut path = Vec::new();
        path.try_reserve_exact(count).ok()?;
        let mut search = Circles {
            entered: zeros()?,
            lowest: zeros()?,
            open: room()?,
            closed: room()?,
            path,
            clock: 0,
        };
        for start in (0..count).rev() {
            if search.entered[start] == 0 {
                search.from(links, start);
            }
        }
        search.closed.reverse();
        Some(search.closed)
    }

    fn enter(&mut self, links: &Links, place: usize) {
        self.clock += 1;
        self.entered[place] = self.clock;
        self.lowest[place] = self.clock;
        self.open.push(place);
        self.path.push((place, links.begins[place]));
    }

    fn from(&mut self, links: &Links, start: usize) {
        self.enter(links, start);
        while let Some(step) = self.path.last_mut() {
            let (place, link) = *step;
            if link < links.begins[place + 1] {
                step.1 += 1;
                let target = links.targets[link];
                if self.entered[target] == 0 {
                    self.enter(links, target);
                } else {
                    // (Of complete circles, `lowest` is beyond all that are entered.)
                    self.lowest[place] = self.lowest[place].min(self.lowest[target]);
                }
                continue;
            }
            self.path.pop();
            if self.lowest[place] == self.entered[place] {
                self.close(place);
            }
            if let Some(&(holder, _)) = self.path.last() {
                self.lowest[holder] = self.lowest[holder].min(self.lowest[place]);
            }
        }
    }

    /// Completes the circle that was entered at a place.
    fn close(&mut self, place: usize) {
        let Some(begin) = self.open.iter().rposition(|&open| open == place) else {
            return;
        };
        // Last first, since the whole is reversed in the end.
        let circle = &mut self.open[begin..];
        circle.sort_unstable_by(|a, b| b.cmp(a));
        for &member in circle.iter() {
            self.lowest[member] = usize::MAX;
        }
        self.closed.extend_from_slice(circle);
        self.open.truncate(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(targets: &[&[usize]]) -> Vec<usize> {
        let mut links = Links::default();
        for (place, held) in targets.iter().enumerate() {
            links
                .places
                .insert(std::ptr::without_provenance_mut(place + 1), place);
            links.begins.push(links.targets.len());
            links.targets.extend_from_slice(held);
        }
        links.begins.push(links.targets.len());
        Circles::of(&links).unwrap_or_default()
    }

    #[test]
    fn unrelated_objects_keep_their_order() {
        assert_eq!(ordered(&[&[], &[], &[]]), [0, 1, 2]);
    }

    #[test]
    fn circles_keep_their_order() {
        assert_eq!(ordered(&[&[1], &[2], &[0]]), [0, 1, 2]);
        assert_eq!(ordered(&[&[2], &[0], &[1]]), [0, 1, 2]);
        assert_eq!(ordered(&[&[1], &[0], &[3], &[2]]), [0, 1, 2, 3]);
    }

    #[test]
    fn holders_come_before_what_they_hold() {
        assert_eq!(ordered(&[&[], &[0], &[1]]), [2, 1, 0]);
        // A circle of 0 and 2, held by 3, which holds 1.
        assert_eq!(ordered(&[&[2], &[], &[0, 1], &[0]]), [3, 0, 2, 1]);
    }
}
