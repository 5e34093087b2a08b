//! `Include/internal`: what CPython exports to the extensions of its own standard library,
//! and what others came to use: code that its Argument Clinic made (`getargs::clinic` has the
//! parsers), profilers, and wheels that were written against older headers. One file mirrors
//! one header, or a few small ones. Here stands what can be real on Krait's objects.

mod bytes_writer;
mod complexobject;
mod fileutils;
mod hashtable;
mod long;
mod object;
mod pyerrors;
mod sysmodule;
mod time;
mod unicode;
mod unicode_writer;

pub use sysmodule::set_hash_secret;
