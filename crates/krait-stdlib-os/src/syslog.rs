//! `syslog`: the system's log.

use std::cell::Cell;

use krait_object::native::Args;
use krait_object::native::module::NativeModule;
use krait_object::protocol::number;
use krait_object::{GilCell, List, ModuleBuilder, Py, PyResult, Str, Value, raise};
use krait_sys::log;

use crate::blocking::audit;
use crate::paths::CText;

pub const MODULE: NativeModule = NativeModule {
    name: "syslog",
    init,
};

const USER: i32 = 8;
const INFO: i32 = 6;

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("LOG_EMERG", 0),
    ("LOG_ALERT", 1),
    ("LOG_CRIT", 2),
    ("LOG_ERR", 3),
    ("LOG_WARNING", 4),
    ("LOG_NOTICE", 5),
    ("LOG_INFO", 6),
    ("LOG_DEBUG", 7),
    ("LOG_PID", 1),
    ("LOG_CONS", 2),
    ("LOG_NDELAY", 8),
    ("LOG_ODELAY", 4),
    ("LOG_NOWAIT", 16),
    ("LOG_PERROR", 32),
    ("LOG_KERN", 0),
    ("LOG_USER", 8),
    ("LOG_MAIL", 16),
    ("LOG_DAEMON", 24),
    ("LOG_AUTH", 32),
    ("LOG_LPR", 48),
    ("LOG_LOCAL0", 128),
    ("LOG_LOCAL1", 136),
    ("LOG_LOCAL2", 144),
    ("LOG_LOCAL3", 152),
    ("LOG_LOCAL4", 160),
    ("LOG_LOCAL5", 168),
    ("LOG_LOCAL6", 176),
    ("LOG_LOCAL7", 184),
    ("LOG_SYSLOG", 40),
    ("LOG_CRON", 72),
    ("LOG_UUCP", 64),
    ("LOG_NEWS", 56),
    ("LOG_AUTHPRIV", 80),
    ("LOG_FTP", 88),
];

/// Whether the log was opened.
static OPEN: GilCell<Cell<bool>> = GilCell::new(Cell::new(false));

/// The program's name, as lines begin with it: the last part of `sys.argv[0]`.
fn program_name(py: Py) -> PyResult<Option<std::ffi::CString>> {
    let sys = krait_object::hooks::import_module(py, "sys")?;
    let argv = krait_object::protocol::lookup_attr(py, &sys, krait_object::intern!("argv"))?;
    let first = argv.and_then(|a| a.downcast::<List>().and_then(|l| l.get(0)));
    let name = first.and_then(|f| f.downcast::<Str>().map(|f| f.to_rust().into_owned()));
    let name = name.map(|n| n.rsplit('/').next().unwrap_or("").to_owned());
    Ok(name
        .filter(|n| !n.is_empty())
        .and_then(|n| std::ffi::CString::new(n).ok()))
}

fn openlog(
    py: Py,
    name: Option<CText>,
    options: Option<i32>,
    facility: Option<i32>,
) -> PyResult<()> {
    let (options, facility) = (options.unwrap_or(0), facility.unwrap_or(USER));
    let name = match name {
        Some(name) => Some(name.0),
        None => program_name(py)?,
    };
    let shown = name
        .as_ref()
        .map_or_else(Value::none, |n| Value::from(Str::new(&n.to_string_lossy())));
    let numbers = [options, facility].map(|n| Value::int(i64::from(n)));
    let [shown_options, shown_facility] = numbers;
    audit(
        py,
        "syslog.openlog",
        &[shown, shown_options, shown_facility],
    )?;
    log::open(name, options, facility);
    OPEN.get(py).set(true);
    Ok(())
}

fn write(py: Py, args: Args<'_>) -> PyResult<()> {
    let (priority, text) = match args.0 {
        [text] => (INFO, text),
        [priority, text] => {
            let wide = number::index_to_i128(py, priority)?;
            match wide.and_then(|w| i32::try_from(w).ok()) {
                Some(priority) => (priority, text),
                None => return number::integer_overflow(py, wide, "C int", false),
            }
        }
        _ => return raise!(py, TypeError, "syslog.syslog requires 1 to 2 arguments"),
    };
    let Some(line) = text.downcast::<Str>() else {
        let got = text.ty().short_name();
        return raise!(
            py,
            TypeError,
            "syslog() argument {} must be str, not {got}",
            args.0.len()
        );
    };
    let Ok(line) = std::ffi::CString::new(line.to_utf8(py)?.into_owned()) else {
        return raise!(py, ValueError, "embedded null character");
    };
    let shown = [Value::int(i64::from(priority)), text.clone()];
    audit(py, "syslog.syslog", &shown)?;
    if !OPEN.get(py).get() {
        openlog(py, None, None, None)?;
    }
    py.allow_threads(|| log::write(priority, &line));
    Ok(())
}

fn closelog(py: Py) -> PyResult<()> {
    audit(py, "syslog.closelog", &[])?;
    if OPEN.get(py).replace(false) {
        log::close();
    }
    Ok(())
}

fn setlogmask(py: Py, mask: i32) -> PyResult<i32> {
    audit(py, "syslog.setlogmask", &[Value::int(i64::from(mask))])?;
    Ok(log::set_mask(mask))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    crate::numbers::add_numbers(m, NUMBERS)?;
    m.function(
        "openlog($module, /, ident=<unrepresentable>, logoption=0, facility=LOG_USER)",
        openlog,
    )?
    .function("syslog(*args)", write)?
    .function("closelog($module, /)", closelog)?
    .function("setlogmask($module, maskpri, /)", setlogmask)?
    .function("LOG_MASK($module, pri, /)", |_py: Py, priority: i64| {
        1i64.wrapping_shl(priority as u32)
    })?
    .function("LOG_UPTO($module, pri, /)", |_py: Py, priority: i64| {
        1i64.wrapping_shl(priority as u32 + 1) - 1
    })?;
    Ok(())
}
