//! `_io`: streams of bytes and text.
//!
//! Raw files (`fileio`), buffers on them (`buffered`), text on buffers (`text`), memory
//! streams (`bytesio`, `stringio`), the base classes with their mixin methods (`base`),
//! and `open`. The layers speak to each other through Python methods where a class of
//! the user's stands in between, and directly where both are this crate's own.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod base;
mod buffered;
mod bytesio;
mod fault;
mod fileio;
mod module;
mod open;
mod raw_call;
mod standard;
mod stringio;
mod text;

pub use standard::standard_streams;

pub const MODULES: &[NativeModule] = &[module::MODULE];

/// Whether a stream is exactly a BytesIO or StringIO, whose end nobody notices.
fn is_memory(object: &krait_object::Object) -> bool {
    object.is_exact::<krait_object::Instance<bytesio::BytesIo>>()
        || object.is_exact::<krait_object::Instance<stringio::StringIo>>()
}
