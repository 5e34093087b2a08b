//! `cpython/pydebug.h`: the program's options as variables, which `sys.flags` has too.

use std::sync::atomic::{AtomicI32, Ordering};

use krait_object::{Py, PyResult, protocol};

macro_rules! flags {
    ($($variable:ident $name:literal;)*) => {
        $(
            #[doc = concat!("`sys.flags.", $name, "`, as C knows it.")]
            #[unsafe(no_mangle)]
            pub static $variable: AtomicI32 = AtomicI32::new(0);
        )*

        /// Gives the variables the values that `sys.flags` has.
        pub fn set(py: Py) -> PyResult<()> {
            let sys = krait_stdlib_core::import::import_module(py, "sys")?;
            let flags = protocol::get_attr_str(py, &sys, "flags")?;
            $(
                let value = protocol::get_attr_str(py, &flags, $name)?;
                let value = protocol::number::int_of(&value).unwrap_or(0);
                $variable.store(value as i32, Ordering::Relaxed);
            )*
            Ok(())
        }
    };
}

flags! {
    Py_DebugFlag "debug";
    Py_VerboseFlag "verbose";
    Py_QuietFlag "quiet";
    Py_InteractiveFlag "interactive";
    Py_InspectFlag "inspect";
    Py_OptimizeFlag "optimize";
    Py_NoSiteFlag "no_site";
    Py_BytesWarningFlag "bytes_warning";
    Py_IgnoreEnvironmentFlag "ignore_environment";
    Py_DontWriteBytecodeFlag "dont_write_bytecode";
    Py_NoUserSiteDirectory "no_user_site";
    Py_HashRandomizationFlag "hash_randomization";
    Py_IsolatedFlag "isolated";
}
