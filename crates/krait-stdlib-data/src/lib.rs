//! Native modules about data: containers, iteration, numbers, weak references, the
//! garbage collector.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod abc;
mod array;
mod bisect;
mod cmath;
pub mod collections;
pub mod contextvars;
mod exception;
mod functools;
mod gc;
mod heapq;
mod itertools;
mod math;
mod opcode;
mod operator;
mod queue;
mod random;
mod statistics;
mod structs;
mod types;
mod weakref;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[
    abc::MODULE,
    array::MODULE,
    bisect::MODULE,
    cmath::MODULE,
    collections::MODULE,
    contextvars::MODULE,
    functools::MODULE,
    gc::MODULE,
    heapq::MODULE,
    itertools::MODULE,
    math::MODULE,
    opcode::MODULE,
    operator::MODULE,
    queue::MODULE,
    random::MODULE,
    statistics::MODULE,
    structs::MODULE,
    types::MODULE,
    weakref::MODULE,
];
