//! Native modules about data: containers, iteration, numbers, weak references, the
//! garbage collector.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod collections;
mod functools;
mod itertools;
mod operator;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[
    collections::MODULE,
    functools::MODULE,
    itertools::MODULE,
    operator::MODULE,
];
