//! The modules that the interpreter itself needs: builtins, sys, _imp, marshal,
//! _warnings, _weakref, gc, and the start of the import system.
#![forbid(unsafe_code)]

pub mod builtins;
pub mod finalize;
pub mod import;
pub mod marshal;
pub mod registry;
pub mod run;
pub mod sys;
pub mod warnings;
