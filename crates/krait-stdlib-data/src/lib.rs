//! Native modules about data: containers, iteration, numbers, weak references, the
//! garbage collector.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod abc;
mod collections;
mod functools;
mod gc;
mod itertools;
mod math;
mod operator;
mod weakref;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[
    abc::MODULE,
    collections::MODULE,
    functools::MODULE,
    gc::MODULE,
    itertools::MODULE,
    math::MODULE,
    operator::MODULE,
    weakref::MODULE,
];
