//! `_dbm`: the databases of `dbm.ndbm`, in sdbm's files (`NAME.pag`, `NAME.dir`), which Perl's
//! SDBM_File and APR read and write too.
//!
//! `database` knows the files, `page` one page of them; `object` is what Python sees.
#![forbid(unsafe_code)]

use krait_object::native::module::NativeModule;

mod database;
mod object;
mod page;

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[NativeModule {
    name: "_dbm",
    init: object::define,
}];
