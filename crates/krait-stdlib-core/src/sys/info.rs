//! What `sys` says about the runtime: versions, paths, flags, command line.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU8, Ordering};

use krait_object::types::structseq::{self, Description};
use krait_object::{Dict, GilCell, List, ModuleBuilder, Py, PyResult, Str, Tuple, Value};

/// Krait's own version.
const KRAIT: &str = env!("CARGO_PKG_VERSION");
/// The Python version whose language and library this is.
const VERSION: (i64, i64, i64) = (3, 14, 10);

/// The number in a `.pyc` file's head: Krait's own, so that CPython's files and Krait's
/// are never taken for each other, nor those of different Kraits.
pub const MAGIC_TOKEN: i64 = 0x0a0d_0000 | krait_bytecode::FORMAT_VERSION as i64;
pub const EXTENSION_SUFFIXES: [&str; 4] = [
    ".cpython-314-x86_64-linux-gnu.so",
    ".abi3.so",
    ".abi3-x86_64-linux-gnu.so",
    ".so",
];

/// What the program was started with.
#[derive(Clone, Default)]
pub struct Config {
    /// `sys.argv` and `sys.orig_argv`, as the system gave them.
    pub argv: Vec<Vec<u8>>,
    pub orig_argv: Vec<Vec<u8>>,
    pub executable: String,
    pub prefix: String,
    pub base_prefix: String,
    /// `sys.path`, likewise.
    pub path: Vec<Vec<u8>>,
    pub flags: Vec<(&'static str, i64)>,
    pub warn_options: Vec<String>,
    pub x_options: Vec<(String, Option<String>)>,
    pub dont_write_bytecode: bool,
    pub pycache_prefix: Option<String>,
    /// How many processors there are said to be; -1 asks the system.
    pub cpu_count: i64,
    /// Which imports are timed: none, those that load (1), or all (2).
    pub import_time: u8,
}

impl Config {
    pub fn flag(&self, name: &str) -> i64 {
        self.flags
            .iter()
            .find(|(n, _)| *n == name)
            .map_or(0, |f| f.1)
    }
}

static CONFIG: GilCell<RefCell<Option<Config>>> = GilCell::new(RefCell::new(None));

/// Says what the program was started with; before sys is made.
pub fn set_config(py: Py, config: Config) {
    IMPORT_TIME.store(config.import_time, Ordering::Relaxed);
    *CONFIG.get(py).borrow_mut() = Some(config);
}

pub fn config(py: Py) -> Config {
    CONFIG.get(py).borrow().clone().unwrap_or_default()
}

/// `Config::import_time`, which every import asks for.
static IMPORT_TIME: AtomicU8 = AtomicU8::new(0);

/// Which imports are timed: none, those that load (1), or all (2).
pub fn import_time() -> u8 {
    IMPORT_TIME.load(Ordering::Relaxed)
}

/// One flag of the configuration.
pub fn flag(py: Py, name: &str) -> i64 {
    CONFIG.get(py).borrow().as_ref().map_or(0, |c| c.flag(name))
}

fn text(value: &str) -> Value {
    Value::from(Str::new(value))
}

fn texts(values: &[String]) -> Value {
    Value::from(List::from_values(values.iter().map(|v| text(v))))
}

const FLAGS: Description = Description {
    name: "sys.flags",
    doc: "sys.flags\n\nFlags provided through command line arguments or environment vars.",
    fields: &[
        ("debug", "-d"),
        ("inspect", "-i"),
        ("interactive", "-i"),
        ("optimize", "-O or -OO"),
        ("dont_write_bytecode", "-B"),
        ("no_user_site", "-s"),
        ("no_site", "-S"),
        ("ignore_environment", "-E"),
        ("verbose", "-v"),
        ("bytes_warning", "-b"),
        ("quiet", "-q"),
        ("hash_randomization", "-R"),
        ("isolated", "-I"),
        ("dev_mode", "-X dev"),
        ("utf8_mode", "-X utf8"),
        ("warn_default_encoding", "-X warn_default_encoding"),
        ("safe_path", "-P"),
        ("int_max_str_digits", "-X int_max_str_digits"),
        ("gil", "-X gil"),
        ("thread_inherit_context", "-X thread_inherit_context"),
        ("context_aware_warnings", "-X context_aware_warnings"),
    ],
    visible: 18,
    constructible: false,
};

const VERSION_INFO: Description = Description {
    name: "sys.version_info",
    doc: "sys.version_info\n\nVersion information as a named tuple.",
    fields: &[
        ("major", "Major release number"),
        ("minor", "Minor release number"),
        ("micro", "Patch release number"),
        ("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
        ("serial", "Serial release number"),
    ],
    visible: 5,
    constructible: false,
};

fn flags(py: Py, config: &Config) -> PyResult {
    let ty = structseq::make_type(FLAGS);
    let values = FLAGS.fields.iter().map(|(name, _)| match *name {
        "dev_mode" | "safe_path" => Value::bool(config.flag(name) != 0),
        name => Value::int(config.flag(name)),
    });
    structseq::make(py, ty, values).map(Value::from)
}

fn version_info(py: Py) -> PyResult {
    let ty = structseq::make_type(VERSION_INFO);
    let (major, minor, micro) = VERSION;
    let values = [
        Value::int(major),
        Value::int(minor),
        Value::int(micro),
        text("final"),
        Value::int(0),
    ];
    structseq::make(py, ty, values).map(Value::from)
}

fn hexversion() -> i64 {
    (VERSION.0 << 24) | (VERSION.1 << 16) | (VERSION.2 << 8) | 0xF0
}

/// `sys.implementation`: a `types.SimpleNamespace`.
fn implementation(py: Py, version: &Value) -> PyResult {
    let namespace = krait_object::types::namespace::new(py)?;
    for (name, value) in [
        ("name", text("cpython")),
        ("cache_tag", text("krait-314")),
        ("version", version.clone()),
        ("hexversion", Value::int(hexversion())),
        ("_multiarch", text("x86_64-linux-gnu")),
        ("supports_isolated_interpreters", Value::bool(true)),
    ] {
        krait_object::protocol::set_attr(py, &namespace, &Str::intern(name), &value)?;
    }
    Ok(namespace)
}

fn decoded(texts: &[Vec<u8>]) -> Value {
    let texts = texts
        .iter()
        .map(|bytes| Value::from(Str::from_system(bytes)));
    Value::from(List::from_values(texts))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    let config = config(py);
    let version = version_info(py)?;
    let (major, minor, micro) = VERSION;
    m.value("implementation", implementation(py, &version)?)?
        .value("version_info", version)?
        .text("version", &format!("{major}.{minor}.{micro} (Krait {KRAIT}) [Rust]"))?
        .int("hexversion", hexversion())?
        .int("api_version", 1013)?
        .text("copyright", "Copyright (c) the Krait developers.\nThe standard library is Copyright (c) Python Software Foundation.")?
        .text("platform", "linux")?
        .text("byteorder", "little")?
        .text("platlibdir", "lib")?
        .text("abiflags", "")?
        .text("float_repr_style", "short")?
        .int("maxsize", i64::MAX)?
        .int("maxunicode", 0x10_FFFF)?
        .value("flags", flags(py, &config)?)?
        .value("argv", decoded(&config.argv))?
        .value("orig_argv", decoded(&config.orig_argv))?
        .value("stderr", super::stderr_printer::new(py))?
        .value("path", decoded(&config.path))?
        .text("executable", &config.executable)?
        .text("_base_executable", &config.executable)?
        .text("prefix", &config.prefix)?
        .text("exec_prefix", &config.prefix)?
        .text("base_prefix", &config.base_prefix)?
        .text("base_exec_prefix", &config.base_prefix)?
        .text("_framework", "")?
        .value("warnoptions", texts(&config.warn_options))?
        .value("dont_write_bytecode", Value::bool(config.dont_write_bytecode))?
        .value("pycache_prefix", config.pycache_prefix.as_deref().map_or_else(Value::none, text))?
        .value("_git", Value::from(Tuple::from_values([text("Krait"), text(""), text("")])))?
        .value("_stdlib_dir", Value::none())?;
    let options = Dict::new();
    for (name, value) in &config.x_options {
        let value = value.as_deref().map_or_else(|| Value::bool(true), text);
        options.set_value(py, &text(name), value)?;
    }
    m.value("_xoptions", Value::from(options))?;
    let names = (crate::import::source(py).names)();
    // CPython's list leaves out what is for tests.
    let top = names
        .into_iter()
        .filter(|n| !n.contains('.') && *n != "test")
        .chain(crate::registry::names(py))
        .filter(|n| !n.starts_with("_test"));
    let names = Tuple::from_values(top.map(|n| Value::from(Str::intern(n))).collect::<Vec<_>>());
    let set = krait_object::types::set::FrozenSet::from_iterable(py, &Value::from(names))?;
    m.value("stdlib_module_names", Value::from(set))?;
    Ok(())
}
