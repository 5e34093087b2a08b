//! The metaclasses: what happens when a C type is made, and its class methods.

pub mod array;
pub mod common;
pub mod function;
pub mod pointer;
pub mod simple;
pub mod structure;
