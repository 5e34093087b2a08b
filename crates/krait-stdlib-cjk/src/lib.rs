//! Native modules for the encodings of Chinese, Japanese and Korean.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod codec;
mod decode;
mod encode;
mod engine;
mod incremental;
mod modules;
mod stream;
mod table;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[
    modules::MULTIBYTE,
    modules::CN,
    modules::JP,
    modules::KR,
    modules::TW,
];
