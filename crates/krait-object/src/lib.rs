//! Krait's object layer: values, handles, types, protocols, exceptions, builtin types.
//!
//! Everything here needs the GIL, proved by a `Py`. Other crates write native modules
//! on it without `unsafe`: `native::Class` and `native::ModuleBuilder`.

pub mod errors;
pub mod exceptions;
pub mod gc;
pub mod gil;
pub mod guarded;
pub mod hash;
pub mod hooks;
pub mod interpreter;
pub mod memory;
pub mod native;
pub mod object;
pub mod protocol;
pub mod py;
pub mod singletons;
pub mod slot;
pub mod thread;
pub mod types;
pub mod value;

/// Makes the builtin types and exceptions; the first thing a process does, once, on a
/// thread whose state is current.
pub fn init(py: Py, hash_key: (u64, u64)) {
    hash::set_key(py, hash_key);
    types::define_all();
    exceptions::define();
    gc::collector::install(py);
    interpreter::init(py);
}

pub use interpreter::InterpreterCell;
pub use native::{Args, Class, Instance, KwArgs, ModuleBuilder, TypeBuilder};
pub use object::{Builtin, Layout, Object, Owned};
pub use py::{GilCell, Py, PyResult, Raised};
pub use types::bytes::Bytes;
pub use types::dict::Dict;
pub use types::float::Float;
pub use types::int::Int;
pub use types::list::List;
pub use types::module::Module;
pub use types::str::{Str, StrBuilder};
pub use types::tuple::Tuple;
pub use types::typeobject::Type;
pub use value::{Unpacked, Value};
