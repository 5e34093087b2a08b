//! Native modules for the encodings of Chinese, Japanese and Korean.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod codec;
mod decode;
mod encode;
mod engine;
mod incremental;
mod iso2022;
mod modules;
mod stream;
mod table;

/// All modules of the crate, for the import system's table.
pub const MODULES: &[NativeModule] = &[
    modules::MULTIBYTE,
    modules::CODECS_CN,
    modules::CODECS_HK,
    modules::CODECS_ISO2022,
    modules::CODECS_JP,
    modules::CODECS_KR,
    modules::CODECS_TW,
];
