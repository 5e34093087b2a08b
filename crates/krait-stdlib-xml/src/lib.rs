//! Native modules about XML: a streaming parser with the events of Expat, `pyexpat` over
//! it, and the elements of `_elementtree`.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod driver;
mod elementtree;
mod expat;
mod pyexpat;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[elementtree::MODULE, pyexpat::MODULE];
