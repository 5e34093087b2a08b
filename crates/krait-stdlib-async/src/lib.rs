//! `_asyncio`: futures, tasks, and what a thread knows of its event loop; `_remote_debugging`.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod assigned;
mod awaited_by;
mod current;
mod event_loop;
mod future;
mod imports;
mod module;
mod remote;
mod task;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[module::MODULE, remote::MODULE];
