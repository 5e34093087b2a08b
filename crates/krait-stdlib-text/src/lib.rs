//! Native modules on text: `_codecs`, `unicodedata`, `_string`, `_suggestions`.
#![forbid(unsafe_code)]

pub mod codecs;
pub mod string;
pub mod suggestions;
pub mod unicodedata;

use krait_object::Py;
use krait_object::native::module::NativeModule;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[
    codecs::MODULE,
    unicodedata::MODULE,
    string::MODULE,
    suggestions::MODULE,
];

/// Gives the object layer its codecs; before anything is decoded or encoded by name.
pub fn install(py: Py) {
    krait_object::hooks::install(py, |hooks| {
        hooks.decode = codecs::text::decode;
        hooks.encode = codecs::text::encode;
    });
}
