//! `_heapq`.
//!
//! Items may compare themselves in Python and change the list meanwhile: each item looked
//! at is held, and the list's length is checked after each comparison.

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, CompareOp};
use krait_object::{List, ModuleBuilder, Object, Owned, Py, PyResult, Str, Value, raise};

pub const MODULE: NativeModule = NativeModule {
    name: "_heapq",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new("Heap queue algorithm (a.k.a. priority queue).\n")),
    )?;
    m.text("__about__", "Heap queues")?;
    m.function("heappush($module, heap, item, /)", push::<false>)?;
    m.function("heappush_max($module, heap, item, /)", push::<true>)?;
    m.function("heappop($module, heap, /)", pop::<false>)?;
    m.function("heappop_max($module, heap, /)", pop::<true>)?;
    m.function("heapreplace($module, heap, item, /)", replace::<false>)?;
    m.function("heapreplace_max($module, heap, item, /)", replace::<true>)?;
    m.function("heappushpop($module, heap, item, /)", push_pop::<false>)?;
    m.function("heappushpop_max($module, heap, item, /)", push_pop::<true>)?;
    m.function("heapify($module, heap, /)", heapify::<false>)?;
    m.function("heapify_max($module, heap, /)", heapify::<true>)?;
    Ok(())
}

/// Whether `a` goes above `b`: the smaller one, or the larger one in a max-heap.
#[inline(always)]
fn above<const MAX: bool>(py: Py, a: &Object, b: &Object) -> PyResult<bool> {
    let (x, y) = if MAX { (b, a) } else { (a, b) };
    let result = protocol::rich_compare(py, &Value::unboxed(x), &Value::unboxed(y), CompareOp::Lt)?;
    protocol::truth(py, &result)
}

#[cold]
fn changed<T>(py: Py) -> PyResult<T> {
    raise!(py, RuntimeError, "list changed size during iteration")
}

fn item(py: Py, heap: &List, index: usize) -> PyResult<Owned> {
    match heap.get_object(index) {
        Some(item) => Ok(item),
        None => raise!(py, IndexError, "index out of range"),
    }
}

/// Moves an item up, not above `start`, to where it belongs.
fn sift_down<const MAX: bool>(py: Py, heap: &List, start: usize, mut at: usize) -> PyResult<()> {
    let len = heap.len();
    if at >= len {
        return raise!(py, IndexError, "index out of range");
    }
    let new = item(py, heap, at)?;
    while at > start {
        let parent = (at - 1) >> 1;
        let other = item(py, heap, parent)?;
        let goes_up = above::<MAX>(py, &new, &other)?;
        if heap.len() != len {
            return changed(py);
        }
        if !goes_up {
            break;
        }
        heap.swap(parent, at);
        at = parent;
    }
    Ok(())
}

/// Moves an item down to a leaf along the upper children, and up again to its place.
fn sift_up<const MAX: bool>(py: Py, heap: &List, start: usize) -> PyResult<()> {
    let len = heap.len();
    if start >= len {
        return raise!(py, IndexError, "index out of range");
    }
    let mut at = start;
    let limit = len >> 1;
    while at < limit {
        let mut child = 2 * at + 1;
        if child + 1 < len {
            let (left, right) = (item(py, heap, child)?, item(py, heap, child + 1)?);
            let left_first = above::<MAX>(py, &left, &right)?;
            if heap.len() != len {
                return changed(py);
            }
            child += usize::from(!left_first);
        }
        heap.swap(child, at);
        at = child;
    }
    sift_down::<MAX>(py, heap, start, at)
}

fn push<const MAX: bool>(py: Py, heap: &List, item: Owned) -> PyResult<()> {
    heap.push(item);
    sift_down::<MAX>(py, heap, 0, heap.len() - 1)
}

fn pop<const MAX: bool>(py: Py, heap: &List) -> PyResult<Owned> {
    let len = heap.len();
    let Some(last) = heap.take_range(len.saturating_sub(1), len).pop() else {
        return raise!(py, IndexError, "index out of range");
    };
    if heap.is_empty() {
        return Ok(last);
    }
    let top = item(py, heap, 0)?;
    heap.set(0, last);
    sift_up::<MAX>(py, heap, 0)?;
    Ok(top)
}

fn replace<const MAX: bool>(py: Py, heap: &List, new: Owned) -> PyResult<Owned> {
    let top = item(py, heap, 0)?;
    heap.set(0, new);
    sift_up::<MAX>(py, heap, 0)?;
    Ok(top)
}

fn push_pop<const MAX: bool>(py: Py, heap: &List, new: Owned) -> PyResult<Owned> {
    if heap.is_empty() {
        return Ok(new);
    }
    let top = item(py, heap, 0)?;
    if !above::<MAX>(py, &top, &new)? {
        return Ok(new);
    }
    if heap.is_empty() {
        return raise!(py, IndexError, "index out of range");
    }
    replace::<MAX>(py, heap, new)
}

fn heapify<const MAX: bool>(py: Py, heap: &List) -> PyResult<()> {
    for start in (0..heap.len() / 2).rev() {
        sift_up::<MAX>(py, heap, start)?;
    }
    Ok(())
}
