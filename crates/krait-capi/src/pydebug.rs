//! `cpython/pydebug.h`: the program's options as variables, which `sys.flags` has too.

use std::sync::atomic::{AtomicI32, Ordering};

use krait_object::{Py, PyResult, intern, protocol};

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
            // The standard streams that are text write through then, and else never.
            if let Some(stream) = krait_stdlib_core::sys::get(py, "__stdout__")
                && let Some(through) = protocol::lookup_attr(py, &stream, intern!("write_through"))?
            {
                let value = i32::from(protocol::truth(py, &through)?);
                Py_UnbufferedStdioFlag.store(value, Ordering::Relaxed);
            }
            Ok(())
        }
    };
}

/// `-u` or `PYTHONUNBUFFERED`, of which `sys.flags` knows nothing.
#[unsafe(no_mangle)]
pub static Py_UnbufferedStdioFlag: AtomicI32 = AtomicI32::new(0);
/// Whether the program is a frozen one, which it never is.
#[unsafe(no_mangle)]
pub static Py_FrozenFlag: AtomicI32 = AtomicI32::new(0);

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
