//! `cpython/initconfig.h`, its part for a running interpreter (PEP 741): options by their
//! names. The table has those options that Krait has.

use std::ffi::{CStr, c_int};

use krait_object::{Py, PyResult, Str, Tuple, Value, exceptions, protocol, raise};
use krait_stdlib_core::sys;

use crate::border::export;

/// Where an option's value is.
enum Place {
    /// `sys.NAME`
    Sys(&'static str),
    /// Whether `sys.NAME` is false.
    NotSys(&'static str),
    /// `sys.flags.NAME`
    Flag(&'static str),
    /// Whether `sys.flags.NAME` is set.
    BoolFlag(&'static str),
    /// Whether `sys.flags.NAME` is not set.
    NotFlag(&'static str),
    /// What `sys.NAME()` gives.
    Call(&'static str),
    /// What a function of the runtime says.
    Native(fn() -> bool),
}

use Place::{BoolFlag, Call, Flag, Native, NotFlag, NotSys, Sys};

const OPTIONS: &[(&str, Place)] = &[
    ("argv", Sys("argv")),
    ("base_exec_prefix", Sys("base_exec_prefix")),
    ("base_executable", Sys("_base_executable")),
    ("base_prefix", Sys("base_prefix")),
    ("bytes_warning", Flag("bytes_warning")),
    (
        "code_debug_ranges",
        Native(|| !krait_vm::code::attrs::columns_hidden()),
    ),
    ("dev_mode", BoolFlag("dev_mode")),
    ("exec_prefix", Sys("exec_prefix")),
    ("executable", Sys("executable")),
    ("filesystem_encoding", Call("getfilesystemencoding")),
    ("filesystem_errors", Call("getfilesystemencodeerrors")),
    ("inspect", BoolFlag("inspect")),
    ("int_max_str_digits", Call("get_int_max_str_digits")),
    ("interactive", BoolFlag("interactive")),
    ("isolated", BoolFlag("isolated")),
    ("module_search_paths", Sys("path")),
    ("optimization_level", Flag("optimize")),
    ("orig_argv", Sys("orig_argv")),
    ("parser_debug", BoolFlag("debug")),
    ("platlibdir", Sys("platlibdir")),
    ("prefix", Sys("prefix")),
    ("pycache_prefix", Sys("pycache_prefix")),
    ("quiet", BoolFlag("quiet")),
    ("safe_path", BoolFlag("safe_path")),
    ("site_import", NotFlag("no_site")),
    ("stdlib_dir", Sys("_stdlib_dir")),
    ("use_environment", NotFlag("ignore_environment")),
    ("user_site_directory", NotFlag("no_user_site")),
    ("utf8_mode", BoolFlag("utf8_mode")),
    ("verbose", Flag("verbose")),
    ("warn_default_encoding", BoolFlag("warn_default_encoding")),
    ("warnoptions", Sys("warnoptions")),
    ("write_bytecode", NotSys("dont_write_bytecode")),
    ("xoptions", Sys("_xoptions")),
];

fn lost<T>(py: Py, name: &str) -> PyResult<T> {
    raise!(py, RuntimeError, "lost sys.{name}")
}

fn of_sys(py: Py, name: &str) -> PyResult {
    sys::get(py, name).map_or_else(|| lost(py, name), Ok)
}

fn flag(py: Py, name: &str) -> PyResult {
    protocol::get_attr_str(py, &of_sys(py, "flags")?, name)
}

fn get(py: Py, name: &CStr) -> PyResult {
    let name = name.to_string_lossy();
    let Some((_, place)) = OPTIONS.iter().find(|(option, _)| *option == name) else {
        return raise!(py, ValueError, "unknown config option name: {name}");
    };
    match place {
        Sys(attribute) => of_sys(py, attribute),
        NotSys(attribute) => {
            let value = of_sys(py, attribute)?;
            Ok(Value::bool(!protocol::truth(py, &value)?))
        }
        Flag(flag_name) => flag(py, flag_name),
        BoolFlag(flag_name) => Ok(Value::bool(protocol::truth(py, &flag(py, flag_name)?)?)),
        NotFlag(flag_name) => Ok(Value::bool(!protocol::truth(py, &flag(py, flag_name)?)?)),
        Call(function) => protocol::call(py, &of_sys(py, function)?, &[]),
        Native(function) => Ok(Value::bool(function())),
    }
}

fn get_int(py: Py, name: &CStr) -> PyResult<c_int> {
    let value = get(py, name)?;
    let shown = name.to_string_lossy();
    if !protocol::number::is_index(&value) {
        return raise!(py, TypeError, "config option {shown} is not an int");
    }
    let number = protocol::number::to_index(py, &value, &exceptions::OverflowError)?;
    match c_int::try_from(number) {
        Ok(number) => Ok(number),
        Err(_) => raise!(
            py,
            OverflowError,
            "config option {shown} value does not fit into a C int"
        ),
    }
}

/// A frozenset of the options' names.
fn names(py: Py) -> PyResult {
    let names = OPTIONS
        .iter()
        .map(|(name, _)| Value::from(Str::intern(name)));
    let tuple = Tuple::from_values(names.collect::<Vec<_>>());
    let frozenset = sys::builtin(py, "frozenset")?;
    protocol::call(py, &frozenset, &[Value::from(tuple)])
}

export! {
    fn PyConfig_Get(py, name: &CStr) -> PyResult { get(py, name) }
    fn PyConfig_GetInt(py, name: &CStr, value: *mut c_int) -> PyResult<()> {
        *value = get_int(py, name)?;
        Ok(())
    }
    fn PyConfig_Names(py) -> PyResult { names(py) }
}
