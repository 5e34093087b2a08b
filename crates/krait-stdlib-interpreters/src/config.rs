//! `PyInterpreterConfig` as Python sees it: a namespace with one attribute per field.

use krait_object::Layout as _;
use krait_object::interpreter::{Config, Lock};
use krait_object::types::namespace;
use krait_object::{Dict, Owned, Py, PyResult, Str, Value, protocol, raise};

/// The fields that are yes or no, in their order.
const FIELDS: [&str; 6] = [
    "use_main_obmalloc",
    "allow_fork",
    "allow_exec",
    "allow_threads",
    "allow_daemon_threads",
    "check_multi_interp_extensions",
];

fn field<'a>(config: &'a mut Config, name: &str) -> &'a mut bool {
    match name {
        "use_main_obmalloc" => &mut config.use_main_obmalloc,
        "allow_fork" => &mut config.allow_fork,
        "allow_exec" => &mut config.allow_exec,
        "allow_threads" => &mut config.allow_threads,
        "allow_daemon_threads" => &mut config.allow_daemon_threads,
        _ => &mut config.check_multi_interp_extensions,
    }
}

fn lock_name(lock: Lock) -> &'static str {
    match lock {
        Lock::Default => "default",
        Lock::Shared => "shared",
        Lock::Own => "own",
    }
}

/// A config by its name.
pub fn by_name(py: Py, name: &str) -> PyResult<Config> {
    match name {
        "" | "default" | "isolated" => Ok(Config::ISOLATED),
        "legacy" => Ok(Config::LEGACY),
        "empty" => Ok(Config::EMPTY),
        _ => raise!(py, ValueError, "unsupported config name '{name}'"),
    }
}

pub fn to_namespace(py: Py, mut config: Config) -> PyResult {
    let made = namespace::new(py)?;
    for name in FIELDS {
        let value = Value::bool(*field(&mut config, name));
        protocol::set_attr(py, &made, &Str::intern(name), &value)?;
    }
    let lock = Value::from(Str::intern(lock_name(config.gil)));
    protocol::set_attr(py, &made, &Str::intern("gil"), &lock)?;
    Ok(made)
}

/// Takes the fields that a dict has; all must be there unless some may be `missing`.
pub fn update(py: Py, config: &mut Config, dict: &Dict, missing: bool) -> PyResult<()> {
    let mut rest = dict.len();
    let mut get = |name: &str| {
        let found = dict.get_str_key(py, &Str::intern(name));
        match found {
            Some(found) => {
                rest -= 1;
                Ok(Some(found))
            }
            None if missing => Ok(None),
            None => raise!(py, ValueError, "missing config key: {name}"),
        }
    };
    for name in FIELDS {
        let Some(value) = get(name)? else { continue };
        if !value.is(&Value::bool(true)) && !value.is(&Value::bool(false)) {
            return raise!(py, TypeError, "invalid config type: {name}");
        }
        *field(config, name) = value.is(&Value::bool(true));
    }
    if let Some(value) = get("gil")? {
        let Some(text) = value.downcast::<Str>() else {
            return raise!(py, TypeError, "invalid config type: gil");
        };
        let text = text.to_utf8(py)?;
        config.gil = match &*text {
            "default" => Lock::Default,
            "shared" => Lock::Shared,
            "own" => Lock::Own,
            _ => {
                return raise!(
                    py,
                    ValueError,
                    "unsupported interpreter config .gil value '{text}'"
                );
            }
        };
    }
    if rest > 0 {
        return extra(py, dict, rest);
    }
    Ok(())
}

#[cold]
fn extra(py: Py, dict: &Dict, rest: usize) -> PyResult<()> {
    let others = Dict::new();
    for (key, value) in dict.to_vec() {
        let known = key.downcast::<Str>().is_some_and(|key| {
            let key = key.to_rust();
            key == "gil" || FIELDS.contains(&&*key)
        });
        if !known {
            others.set_value(py, &key, value)?;
        }
    }
    let shown = protocol::repr(py, &Value::from(others))?;
    let items = if rest == 1 { "item" } else { "items" };
    raise!(
        py,
        ValueError,
        "config dict has {rest} extra {items} ({})",
        shown.to_rust()
    )
}

/// The config that an argument stands for: none, a name, or a namespace with all fields.
pub fn from_value(py: Py, value: Option<&Value>) -> PyResult<Config> {
    let Some(value) = value.filter(|v| !v.is_none()) else {
        return Ok(Config::ISOLATED);
    };
    if let Some(name) = value.downcast::<Str>() {
        return by_name(py, &name.to_utf8(py)?);
    }
    let dict = protocol::lookup_attr(py, value, &Str::intern("__dict__"))?;
    let dict: Option<Owned<Dict>> = dict.and_then(|d| d.downcast::<Dict>().map(|d| d.to_owned()));
    let Some(dict) = dict else {
        let shown = protocol::repr(py, value)?;
        return raise!(py, TypeError, "bad config {}", shown.to_rust());
    };
    let mut config = Config::ISOLATED;
    update(py, &mut config, &dict, false)?;
    Ok(config)
}
