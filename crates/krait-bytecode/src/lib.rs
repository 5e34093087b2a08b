//! Krait's bytecode: the instruction table, code objects as data, encoding,
//! serialisation, disassembly and verification.
//!
//! [`table`] declares each instruction once; `docs/internals/bytecode.md` says how
//! frames, calls, exceptions and generators use them. Nothing here knows Python
//! objects, so the compiler, the interpreter and the code generator can all depend
//! on it. It corresponds to CPython's `Python/bytecodes.c` (declarations only),
//! `Objects/codeobject.c` and `Python/marshal.c`.
#![forbid(unsafe_code)]

pub mod code;
pub mod disasm;
pub mod image;
pub mod op;
pub mod positions;
pub mod serial;
pub mod table;
pub mod verify;
pub mod word;

pub use code::{Code, Const, Handler, Shape, flags};
pub use disasm::disassemble;
pub use image::Image;
pub use op::{CommonConst, Conversion, Intrinsic, NO_REG, Op, OpInfo, Operand, Special};
pub use positions::{NO_COLUMN, Position, Positions};
pub use serial::{FORMAT_VERSION, ReadError, from_bytes, identifier_like, to_bytes};
pub use verify::verify;
pub use word::Word;

#[cfg(test)]
mod tests;
