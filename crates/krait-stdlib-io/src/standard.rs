//! `sys.stdin`, `sys.stdout`, `sys.stderr`.

use krait_object::{
    Layout, Owned, Py, PyResult, Str, Value, errors, exceptions, hooks, intern, protocol, raise,
};
use krait_sys::fd;

use crate::buffered::{reader, writer};
use crate::fileio::{self, Mode};
use crate::module::{DEFAULT_BUFFER_SIZE, sys_flag};
use crate::open;
use crate::raw_call::me;
use crate::text::lines::Newline;
use crate::text::{self, Settings};

/// What the environment and the command line say about the streams.
struct Plan {
    encoding: String,
    errors: String,
    unbuffered: bool,
    interactive: bool,
}

impl Plan {
    fn read(py: Py) -> PyResult<Plan> {
        let ignores = sys_flag(py, intern!("ignore_environment"))?;
        let variable = |name: &str| match ignores {
            true => None,
            false => std::env::var(name).ok().filter(|value| !value.is_empty()),
        };
        let utf8 = sys_flag(py, intern!("utf8_mode"))?;
        let locale = krait_sys::locale::encoding();
        let mut encoding = if utf8 || locale == "UTF-8" {
            "utf-8".to_string()
        } else {
            codec_name(py, &locale)
        };
        // Where the locale says nothing, bytes of any encoding pass through.
        let mut errors = if utf8 || is_c_locale() {
            "surrogateescape"
        } else {
            "strict"
        }
        .to_string();
        if let Some(given) = variable("PYTHONIOENCODING") {
            let (name, handler) = given.split_once(':').unwrap_or((&given, ""));
            if !name.is_empty() {
                encoding = codec_name(py, name);
                errors = "strict".to_string();
            }
            if !handler.is_empty() {
                errors = handler.to_string();
            }
        }
        let options = variable("PYTHONUNBUFFERED").is_some() || command_line_unbuffered(py)?;
        let interactive = sys_flag(py, intern!("interactive"))?;
        Ok(Plan {
            encoding,
            errors,
            unbuffered: options,
            interactive,
        })
    }
}

/// What a codec calls itself; the name as it was given where there is none.
fn codec_name(py: Py, given: &str) -> String {
    if ["utf-8", "utf8"]
        .iter()
        .any(|own| given.eq_ignore_ascii_case(own))
    {
        return "utf-8".to_string();
    }
    let name = || {
        let codecs = hooks::import_module(py, "_codecs")?;
        let arguments = [Value::from(Str::new(given))];
        let codec = protocol::call_method(py, &codecs, intern!("lookup"), &arguments)?;
        protocol::get_attr(py, &codec, intern!("name"))
    };
    match name() {
        Ok(name) => match name.downcast::<Str>() {
            Some(name) => name.to_rust().into_owned(),
            None => given.to_string(),
        },
        Err(_) => {
            drop(py.thread().take_exception());
            given.to_string()
        }
    }
}

/// Whether the locale is C or POSIX, or not set at all.
fn is_c_locale() -> bool {
    let name = krait_sys::locale::named_by_environment();
    matches!(
        name.as_deref(),
        None | Some("C" | "POSIX" | "C.UTF-8" | "C.utf8")
    )
}

/// Whether `-u` stands on the command line, before the program's own arguments.
fn command_line_unbuffered(py: Py) -> PyResult<bool> {
    let sys = hooks::import_module(py, "sys")?;
    let all = protocol::get_attr(py, &sys, intern!("orig_argv"))?;
    let own = protocol::get_attr(py, &sys, intern!("argv"))?;
    let (all, own) = (
        protocol::iter::collect(py, &all)?,
        protocol::length(py, &own)?,
    );
    let options = all.len().saturating_sub(own);
    Ok(all
        .iter()
        .skip(1)
        .take(options)
        .filter_map(|a| a.downcast::<Str>())
        .any(|argument| {
            let text = argument.to_rust();
            text.starts_with('-')
                && !text.starts_with("--")
                && !text.starts_with("-c")
                && !text.starts_with("-m")
                && {
                    let flags: String = text[1..]
                        .chars()
                        .take_while(|c| !"WXcm".contains(*c))
                        .collect();
                    flags.contains('u')
                }
        }))
}

/// One of the streams; None where the descriptor is not open.
fn stream(py: Py, descriptor: i32, name: &str, plan: &Plan) -> PyResult {
    let open = krait_sys::standard_fds::was_open(descriptor);
    if !open || fd::stat(descriptor).is_err() {
        return Ok(Value::none());
    }
    let writes = descriptor != 0;
    let mode = Mode {
        readable: !writes,
        writable: writes,
        truncating: writes,
        ..Mode::default()
    };
    let raw: Owned<fileio::This> =
        match fileio::create(py, &Value::int(i64::from(descriptor)), mode, false, None) {
            Ok(raw) => raw,
            // A directory as standard input, for example, is as good as none.
            Err(raised) => {
                return errors::take_if(py, &exceptions::OSError)
                    .map(|_| Value::none())
                    .ok_or(raised);
            }
        };
    let raw_value = Value::from(raw.clone());
    protocol::set_attr(
        py,
        &raw_value,
        intern!("name"),
        &Value::from(Str::new(name)),
    )?;
    let size = raw
        .block_size()
        .clamp(DEFAULT_BUFFER_SIZE as i64, open::LARGEST_BUFFER);
    let unbuffered = plan.unbuffered && writes;
    let buffer = match (writes, unbuffered) {
        (false, _) => Value::from(reader::create(py, &raw_value, size)?),
        (true, false) => Value::from(writer::create(py, &raw_value, size)?),
        (true, true) => raw_value,
    };
    let terminal = raw.is_terminal(py)? || plan.interactive;
    let is_error = descriptor == 2;
    let errors = if is_error {
        "backslashreplace"
    } else {
        &plan.errors
    };
    let settings = Settings {
        encoding: Value::from(Str::new(&plan.encoding)),
        errors: Value::from(Str::new(errors)),
        newline: Newline::Lf,
        line_buffering: !plan.unbuffered && (terminal || is_error),
        write_through: plan.unbuffered,
    };
    let wrapper = text::create(py, &buffer, settings)?;
    let wrapper = me(wrapper.as_object());
    let mode = if writes { "w" } else { "r" };
    protocol::set_attr(
        py,
        &wrapper,
        intern!("mode"),
        &Value::from(Str::intern(mode)),
    )?;
    Ok(wrapper)
}

/// Makes the three streams and puts them into `sys`; `open` becomes a builtin.
pub fn standard_streams(py: Py) -> PyResult<()> {
    let io = hooks::import_module(py, "_io")?;
    let open = protocol::get_attr(py, &io, intern!("open"))?;
    let builtins = hooks::import_module(py, "builtins")?;
    protocol::set_attr(py, &builtins, intern!("open"), &open)?;
    let sys = hooks::import_module(py, "sys")?;
    let plan = Plan::read(py)?;
    for (descriptor, name) in [(2, "stderr"), (0, "stdin"), (1, "stdout")] {
        let stream = match stream(py, descriptor, &format!("<{name}>"), &plan) {
            Ok(stream) => stream,
            Err(raised) if py.thread().has_exception() => return Err(raised),
            Err(_) => return raise!(py, RuntimeError, "can't initialize sys standard streams"),
        };
        protocol::set_attr(py, &sys, &Str::intern(&format!("__{name}__")), &stream)?;
        protocol::set_attr(py, &sys, &Str::intern(name), &stream)?;
    }
    Ok(())
}
