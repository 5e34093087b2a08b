//! Functions, methods and slots written in Rust.
//!
//! A native function is an ordinary safe function with typed arguments. Its text
//! signature, written once where it is registered, drives argument binding,
//! defaults, error texts and `__text_signature__`.

pub mod arg;
pub mod bind;
pub mod builder;
pub mod call;
pub mod dict_class;
pub mod foreign;
pub(crate) mod leak;
pub mod module;
pub mod ret;
pub mod roll;
pub mod signature;
pub mod slots;

pub use arg::{Arg, Args, ByPosition, FromArg, KwArgs};
pub use builder::{Class, Instance, TypeBuilder, TypeCell};
pub(crate) use call::conjure;
pub use call::{Inline, NativeDef, NativeFunction, NativeMethod};
pub use dict_class::{DictClass, DictInstance};
pub use module::ModuleBuilder;
pub use ret::IntoResult;
pub use roll::{Place, Roll};
