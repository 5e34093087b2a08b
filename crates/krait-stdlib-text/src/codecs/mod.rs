//! `_codecs`: the registry of codecs and error handlers, and the native codecs.

pub mod charmap;
pub mod errors;
pub mod escapes;
pub mod handlers;
pub mod native;
pub mod registry;
pub mod text;
pub mod unicode;

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, PyResult};

pub const MODULE: NativeModule = NativeModule {
    name: "_codecs",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    registry::define(m)?;
    unicode::define(m)?;
    charmap::define(m)?;
    escapes::define(m)
}
