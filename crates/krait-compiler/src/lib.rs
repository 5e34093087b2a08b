//! krait-compiler.
