//! Native modules that read and write text: regular expressions, JSON, CSV, and
//! Python's own tokens, trees and symbol tables.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

pub mod ast;
pub mod csv;
pub mod json;
pub mod sre;
pub mod suggestions;
pub mod symtable;
pub mod tokenize;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[
    ast::MODULE,
    csv::MODULE,
    json::MODULE,
    sre::MODULE,
    suggestions::MODULE,
    symtable::MODULE,
    tokenize::MODULE,
];
