//! Native modules about XML: a streaming parser with the events of Expat, and `pyexpat`
//! over it.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod expat;
mod pyexpat;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[pyexpat::MODULE];
