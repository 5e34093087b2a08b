//! All native modules, and what they do at start-up.

use krait_object::{Py, PyResult};
use krait_stdlib_core::{builtins, import, marshal, registry, sys, warnings};

/// Lists the modules that are in the binary.
pub fn register(py: Py) {
    registry::add(
        py,
        &[
            sys::MODULE,
            builtins::MODULE,
            import::IMP,
            marshal::MODULE,
            warnings::MODULE,
        ],
    );
    registry::add(py, krait_stdlib_async::MODULES);
    registry::add(py, krait_stdlib_cjk::MODULES);
    registry::add(py, krait_stdlib_compress::MODULES);
    registry::add(py, krait_stdlib_ctypes::MODULES);
    registry::add(py, krait_stdlib_dbm::MODULES);
    registry::add(py, krait_stdlib_hash::MODULES);
    registry::add(py, krait_stdlib_xml::MODULES);
    registry::add(py, krait_stdlib_data::MODULES);
    registry::add(py, krait_stdlib_decimal::MODULES);
    registry::add(py, krait_stdlib_interpreters::MODULES);
    registry::add(py, krait_stdlib_io::MODULES);
    registry::add(py, krait_stdlib_os::MODULES);
    registry::add(py, krait_stdlib_parse::MODULES);
    registry::add(py, krait_stdlib_sqlite::MODULES);
    registry::add(py, krait_stdlib_ssl::MODULES);
    registry::add(py, krait_stdlib_pickle::MODULES);
    registry::add(py, krait_stdlib_text::MODULES);
    registry::add(py, krait_stdlib_time::MODULES);
    registry::add(py, krait_stdlib_typing::MODULES);
    registry::add(py, krait_testcapi::MODULES);
}

/// Hooks that native modules fill once builtins and sys are there.
pub fn install(py: Py) -> PyResult<()> {
    krait_stdlib_text::install(py);
    krait_object::types::install_typing(py);
    krait_stdlib_os::init(py, true)?;
    krait_capi::install(py)
}

/// Makes the standard streams.
pub fn start_streams(py: Py) -> PyResult<()> {
    krait_stdlib_io::standard_streams(py)
}
