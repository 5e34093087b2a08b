//! Where things are: the program, its prefix, the module search path.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use krait_stdlib_core::sys::Config;
use krait_sys::locale;

use crate::options::Options;

/// The program's own path.
fn executable() -> PathBuf {
    let given = std::env::args_os()
        .next()
        .map(PathBuf::from)
        .unwrap_or_default();
    if given.components().count() > 1 {
        return std::path::absolute(&given).unwrap_or(given);
    }
    // Found through PATH: a link there (a virtual environment's) keeps its name.
    let found = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(&given))
            .find(|candidate| candidate.is_file())
    });
    found
        .or_else(|| std::env::current_exe().ok())
        .unwrap_or_default()
}

/// The folder two levels above the program itself, links followed.
pub fn base_prefix() -> PathBuf {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    let find = || {
        // What the program was called may be anything.
        let real = std::fs::canonicalize(executable())
            .or_else(|_| std::env::current_exe())
            .unwrap_or_default();
        real.parent()
            .and_then(Path::parent)
            .map_or_else(|| PathBuf::from("/usr/local"), Path::to_path_buf)
    };
    FOUND.get_or_init(find).clone()
}

/// The virtual environment that the program belongs to, by `pyvenv.cfg`.
fn environment() -> Option<PathBuf> {
    let program = executable();
    let folder = program.parent()?;
    [Some(folder), folder.parent()]
        .into_iter()
        .flatten()
        .find(|f| f.join("pyvenv.cfg").is_file())
        .map(Path::to_path_buf)
}

/// The folder that the standard library inside the binary takes the place of.
pub fn library_folder() -> String {
    base_prefix().join("lib/python3.14").display().to_string()
}

pub fn config(options: &Options) -> Config {
    let variable = |name: &str| {
        if options.ignore_environment {
            None
        } else {
            std::env::var(name).ok().filter(|v| !v.is_empty())
        }
    };
    let number = |name: &str| variable(name).map_or(0, |v| v.parse().unwrap_or(1));
    let base = base_prefix();
    let prefix = environment().unwrap_or_else(|| base.clone());
    let bytes = |path: PathBuf| path.into_os_string().into_encoded_bytes();
    let given =
        std::env::var_os("PYTHONPATH").filter(|p| !options.ignore_environment && !p.is_empty());
    let mut path: Vec<Vec<u8>> = given
        .map(|p| std::env::split_paths(&p).map(bytes).collect())
        .unwrap_or_default();
    path.push(bytes(base.join("lib/python314.zip")));
    path.push(library_folder().into_bytes());
    path.push(bytes(base.join("lib/python3.14/lib-dynload")));
    let mut warn_options: Vec<String> = variable("PYTHONWARNINGS")
        .map(|w| w.split(',').map(str::to_string).collect())
        .unwrap_or_default();
    warn_options.extend(options.warn_options.iter().cloned());
    let has = |name: &str| options.x_options.iter().any(|(n, _)| n == name);
    let dev = has("dev") || variable("PYTHONDEVMODE").is_some();
    if dev {
        warn_options.insert(0, "default".to_string());
    }
    // The last counts most.
    match options.bytes_warning {
        0 => {}
        1 => warn_options.push("default::BytesWarning".to_string()),
        _ => warn_options.push("error::BytesWarning".to_string()),
    }
    let setting = |name: &str| options.setting(name);
    let pycache_prefix = match setting("pycache_prefix") {
        Some((_, path)) => path.clone().filter(|path| !path.is_empty()),
        None => variable("PYTHONPYCACHEPREFIX"),
    };
    let cpu_count = match setting("cpu_count") {
        Some((_, count)) => count.clone(),
        None => variable("PYTHON_CPU_COUNT"),
    };
    let dont_write = options.dont_write_bytecode || variable("PYTHONDONTWRITEBYTECODE").is_some();
    let seed_fixed =
        !options.random_hashes && variable("PYTHONHASHSEED").is_some_and(|seed| seed == "0");
    let digits = setting("int_max_str_digits").and_then(|(_, v)| v.clone());
    let digits = digits
        .or_else(|| variable("PYTHONINTMAXSTRDIGITS"))
        .and_then(|v| v.parse().ok())
        .unwrap_or(4300);
    let flags = vec![
        ("debug", options.debug.max(number("PYTHONDEBUG").min(1))),
        (
            "inspect",
            i64::from(options.inspect || variable("PYTHONINSPECT").is_some()),
        ),
        ("interactive", i64::from(options.inspect)),
        ("optimize", options.optimize.max(number("PYTHONOPTIMIZE"))),
        ("dont_write_bytecode", i64::from(dont_write)),
        (
            "no_user_site",
            i64::from(options.no_user_site || variable("PYTHONNOUSERSITE").is_some()),
        ),
        ("no_site", i64::from(options.no_site)),
        ("ignore_environment", i64::from(options.ignore_environment)),
        ("verbose", options.verbose.max(number("PYTHONVERBOSE"))),
        ("bytes_warning", options.bytes_warning),
        ("quiet", i64::from(options.quiet)),
        ("hash_randomization", i64::from(!seed_fixed)),
        ("isolated", i64::from(options.isolated)),
        ("dev_mode", i64::from(dev)),
        (
            "utf8_mode",
            i64::from(utf8_mode(options, variable("PYTHONUTF8"))),
        ),
        (
            "warn_default_encoding",
            i64::from(has("warn_default_encoding")),
        ),
        (
            "safe_path",
            i64::from(options.safe_path || variable("PYTHONSAFEPATH").is_some()),
        ),
        ("int_max_str_digits", digits),
        ("gil", 1),
        ("thread_inherit_context", 0),
        ("context_aware_warnings", 0),
    ];
    let (argv, orig_argv) = options.raw_arguments();
    Config {
        argv,
        orig_argv,
        executable: executable().display().to_string(),
        prefix: prefix.display().to_string(),
        base_prefix: base.display().to_string(),
        path,
        flags,
        warn_options,
        x_options: options.x_options.clone(),
        dont_write_bytecode: dont_write,
        pycache_prefix,
        cpu_count: cpu_count.and_then(|count| count.parse().ok()).unwrap_or(-1),
        import_time: crate::options::import_time(options).unwrap_or(1),
    }
}

/// Whether Python's UTF-8 mode is on: as the program is told to, or where the locale is no
/// UTF-8 locale that the system has (PEP 540). Text is UTF-8 in any case; the mode says what
/// its encoding is called, and whether the standard streams let other bytes through.
fn utf8_mode(options: &Options, variable: Option<String>) -> bool {
    let told = match options.setting("utf8") {
        Some((_, told)) => Some(told.as_deref() != Some("0")),
        None => variable.map(|told| told != "0"),
    };
    told.unwrap_or_else(|| {
        let name = locale::named_by_environment().unwrap_or_default();
        let codeset = name.split_once('.').map_or("", |(_, codeset)| codeset);
        let is_utf8 = ["utf-8", "utf8"].contains(&&*codeset.to_ascii_lowercase());
        let exists = || locale::setlocale(locale::LC_CTYPE, Some(c"")).is_some();
        !(is_utf8 && (name.starts_with("C.") || exists()))
    })
}
