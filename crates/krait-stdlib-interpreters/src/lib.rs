//! Interpreters beside the main one, for `concurrent.interpreters` and
//! `InterpreterPoolExecutor`: `_interpreters`, `_interpqueues` and `_interpchannels`.
//!
//! What always holds: what goes from one interpreter to another is `cross::Data`, from which
//! the other makes objects of its own.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod capture;
mod channels;
mod config;
pub mod cross;
mod errors;
mod interpreters;
mod pickled;
mod queues;
pub mod script;
mod session;

pub use config::from_value as config_from_value;
pub use interpreters::named;
pub use session::already_running;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[interpreters::MODULE, queues::MODULE, channels::MODULE];
