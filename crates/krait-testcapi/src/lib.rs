//! CPython's modules for tests of the C API (`_testcapi`, `_testlimitedcapi`,
//! `_testinternalcapi`, `_testbuffer`, `_testmultiphase`, ...), written anew in C on Krait's own
//! declarations (`include/`): Python code calls a function of the C API through them, as an
//! extension module would. CPython's builds ship such modules, and its test suite asks for
//! them.
//!
//! Some are shared libraries, files of the standard library: tests load them as such.
//!
//! What always holds: a function of these modules does what its name says by means of the C
//! API; what Krait does not have is absent.

mod adopt;
mod code;
mod internals;
mod interpreters;
mod time;

use krait_object::PyResult;
use krait_object::native::module::{ModuleBuilder, NativeModule};

use adopt::{Init, adopt};

unsafe extern "C-unwind" {
    fn PyInit__testbuffer() -> *mut krait_abi::PyObject;
    fn PyInit__testcapi() -> *mut krait_abi::PyObject;
    fn PyInit__testlimitedcapi() -> *mut krait_abi::PyObject;
    fn PyInit__testinternalcapi() -> *mut krait_abi::PyObject;
}

/// One entry of the table: a module that an initialisation function defines.
macro_rules! module {
    ($name:literal, $init:ident $(, $more:path)?) => {
        NativeModule {
            name: $name,
            init: {
                fn init(builder: &ModuleBuilder) -> PyResult<()> {
                    const INIT: Init = $init;
                    adopt(builder, INIT)?;
                    $($more(builder)?;)?
                    Ok(())
                }
                init
            },
        }
    };
}

/// The content of a shared library.
macro_rules! library {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".so"))
    };
}

/// The modules that are shared libraries: their places below the library's folder, and what is
/// to be there.
pub const EXTENSIONS: [(&str, &[u8]); 3] = [
    (
        "lib-dynload/_ctypes_test.cpython-314-x86_64-linux-gnu.so",
        library!("ctypestest"),
    ),
    (
        "lib-dynload/_testmultiphase.cpython-314-x86_64-linux-gnu.so",
        library!("testmultiphase"),
    ),
    (
        "lib-dynload/_testsinglephase.cpython-314-x86_64-linux-gnu.so",
        library!("testsinglephase"),
    ),
];

/// The modules of this crate.
pub const MODULES: &[NativeModule] = &[
    module!("_testbuffer", PyInit__testbuffer),
    module!("_testcapi", PyInit__testcapi, interpreters::define),
    module!("_testlimitedcapi", PyInit__testlimitedcapi),
    module!(
        "_testinternalcapi",
        PyInit__testinternalcapi,
        interpreters::define_internal
    ),
];
