//! `_datetime` and `_zoneinfo`: dates, times, and time zones.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

pub mod datetime;
mod zoneinfo;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[datetime::MODULE, zoneinfo::MODULE];
