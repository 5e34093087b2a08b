//! Times the heap: `cargo run --release -p krait-heap --example heap_bench`.

use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::time::Instant;

use krait_abi::{PyObject, PyTypeObject, visitproc};
use krait_heap::{CollectorHooks, Unreachable, Weakrefs};

struct NoHooks;

// SAFETY: nothing here is ever unreachable, so nothing is ever called.
unsafe impl CollectorHooks for NoHooks {
    unsafe fn handle_weakrefs(&mut self, _: &Unreachable<'_>) -> Weakrefs {
        Weakrefs::default()
    }
    unsafe fn clear_weakrefs(&mut self, _: &Unreachable<'_>) {}
    unsafe fn finalize(&mut self, _: *mut PyObject) {}
    unsafe fn clear(&mut self, _: *mut PyObject) {}
    unsafe fn decref(&mut self, _: *mut PyObject) {}
    unsafe fn add_garbage(&mut self, _: *mut PyObject) {}
}

/// A node has two references behind its header.
unsafe extern "C-unwind" fn traverse(o: *mut PyObject, v: visitproc, a: *mut c_void) -> c_int {
    // SAFETY: all objects here are nodes.
    unsafe {
        let refs = o.add(1).cast::<*mut PyObject>();
        for i in 0..2 {
            let target = *refs.add(i);
            if !target.is_null() {
                v.unwrap()(target, a);
            }
        }
    }
    0
}

fn node(ty: *mut PyTypeObject, first: *mut PyObject, second: *mut PyObject) -> *mut PyObject {
    // SAFETY: one thread only.
    unsafe {
        let node: *mut PyObject = krait_heap::alloc_object(48, true).cast();
        node.write(PyObject::new_heap(ty));
        let refs = node.add(1).cast::<*mut PyObject>();
        refs.write(first);
        refs.add(1).write(second);
        for target in [first, second] {
            if !target.is_null() {
                (*target).ob_refcnt += 1;
            }
        }
        krait_heap::track(node.cast());
        node
    }
}

fn time(name: &str, count: usize, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    let each = start.elapsed().as_nanos() as f64 / count as f64;
    println!("{name:44} {each:8.2} ns");
}

fn allocation() {
    const N: usize = 50_000_000;
    // SAFETY: one thread only; each block is released once.
    unsafe {
        time("plain 32 bytes, alloc + free", N, || {
            for _ in 0..N {
                krait_heap::free_object(black_box(krait_heap::alloc_object(32, false)));
            }
        });
        time("gc 64 bytes, alloc + track + untrack + free", N, || {
            for _ in 0..N {
                let block = black_box(krait_heap::alloc_object(64, true));
                krait_heap::track(block);
                krait_heap::untrack(block);
                krait_heap::free_object(block);
            }
        });
        time("malloc + free of 32 bytes, for comparison", N, || {
            for _ in 0..N {
                libc::free(black_box(libc::malloc(32)));
            }
        });
        let mut blocks = vec![std::ptr::null_mut(); 1000];
        time("1000 gc blocks of 64 bytes, alloc all, free all", N, || {
            for _ in 0..N / 1000 {
                blocks
                    .iter_mut()
                    .for_each(|b| *b = krait_heap::alloc_object(64, true));
                blocks
                    .iter()
                    .for_each(|&b| krait_heap::free_object(black_box(b)));
            }
        });
    }
}

fn collections() {
    const OLD: usize = 5_000_000;
    let ty = Box::leak(Box::new(PyTypeObject::ZERO));
    ty.tp_traverse = Some(traverse);
    let null = std::ptr::null_mut();
    // SAFETY: one thread only.
    unsafe {
        krait_heap::disable();
        let mut last = null;
        time("make a live object", OLD, || {
            for i in 0..OLD {
                last = node(ty, if i % 8 == 0 { null } else { last }, null);
            }
        });
        time("first full collection, an object", OLD, || {
            black_box(krait_heap::collect(2, &mut NoHooks));
        });
        time("second full collection, an object", OLD, || {
            black_box(krait_heap::collect(2, &mut NoHooks));
        });
        for _ in 0..3 {
            for _ in 0..2000 {
                last = node(ty, last, null);
            }
            time("young collection beside them, in all", 1, || {
                black_box(krait_heap::collect(0, &mut NoHooks));
            });
        }
    }
}

fn main() {
    allocation();
    collections();
}
