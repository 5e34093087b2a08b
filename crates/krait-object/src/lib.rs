//! Krait's object layer: values, handles, types, protocols, exceptions, builtin types.
//!
//! Everything here needs the GIL, proved by a `Py`. Other crates write native modules
//! on it without `unsafe`: `native::Class` and `native::ModuleBuilder`.

pub mod errors;
pub mod exceptions;
pub mod gc;
pub mod hash;
pub mod hooks;
pub mod native;
pub mod object;
pub mod protocol;
pub mod py;
pub mod singletons;
pub mod thread;
pub mod types;
pub mod value;

pub use native::{Args, Class, Instance, KwArgs, ModuleBuilder, TypeBuilder};
pub use object::{Builtin, Layout, Object, Owned};
pub use py::{GilCell, Py, PyResult, Raised};
pub use types::bytes::Bytes;
pub use types::dict::Dict;
pub use types::float::Float;
pub use types::int::Int;
pub use types::list::List;
pub use types::module::Module;
pub use types::str::Str;
pub use types::tuple::Tuple;
pub use types::typeobject::Type;
pub use value::{Unpacked, Value};
