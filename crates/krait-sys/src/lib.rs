//! The operating system, safely: system calls on plain numbers, slices and C strings.
//!
//! One file a theme. Nothing here knows of Python objects; errors are `std::io::Error`
//! with the system's number, and nothing is retried after a signal: that is the
//! caller's decision, since Python runs signal handlers first (PEP 475).

pub mod fd;
