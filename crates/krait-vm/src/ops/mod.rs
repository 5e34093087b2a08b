//! The instructions, a function each, named as the table names them.
//!
//! A handler is a short fast path that is inlined into the loop; what it cannot do it
//! leaves to a cold function that gets a copy of the state. What all of them rely on: the
//! state is the innermost frame's and `w` the word at its pc; operands are what the table
//! says, which the verifier has checked.
#![expect(
    non_snake_case,
    reason = "handlers are named as the table names the instructions"
)]

pub mod arith;
pub mod attr;
pub mod attr_cache;
pub mod build;
pub mod call;
pub mod compare;
pub mod concat;
pub mod exc;
pub mod format;
pub mod function;
pub mod r#gen;
pub mod import;
pub mod intrinsic;
pub mod iter;
pub mod jump;
pub mod load;
pub mod match_;
pub mod name;
pub mod subscript;
pub mod super_;
pub mod unpack;

pub use arith::*;
pub use attr::*;
pub use build::*;
pub use call::*;
pub use compare::*;
pub use exc::*;
pub use format::*;
pub use function::*;
pub use r#gen::*;
pub use import::*;
pub use intrinsic::*;
pub use iter::*;
pub use jump::*;
pub use load::*;
pub use match_::*;
pub use name::*;
pub use subscript::*;
pub use super_::*;
pub use unpack::*;
