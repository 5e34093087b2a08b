//! `exec*` and `posix_spawn`.

use std::ffi::CString;

use krait_object::protocol::{self, number};
use krait_object::{List, ModuleBuilder, Py, PyResult, Tuple, Value, errors, raise};
use krait_sys::spawn::{FileAction, SpawnOptions};
use krait_sys::{process, spawn};

use crate::blocking::audit;
use crate::paths::{Path, PathOrFd, fs_converter};

/// The items of a tuple or list.
fn items(value: &Value) -> Option<Vec<Value>> {
    match (value.downcast::<Tuple>(), value.downcast::<List>()) {
        (Some(tuple), _) => Some(tuple.as_values().to_vec()),
        (_, Some(list)) => Some(list.to_vec().into_iter().map(Value::from).collect()),
        _ => None,
    }
}

/// The arguments of a program; `what` is how errors call them.
fn arguments(py: Py, value: &Value, what: &str, first: &str) -> PyResult<Vec<CString>> {
    let Some(items) = items(value) else {
        return raise!(py, TypeError, "{what} must be a tuple or list");
    };
    if items.is_empty() {
        return raise!(py, ValueError, "{what} must not be empty");
    }
    let strings = items
        .iter()
        .map(|item| fs_converter(py, item))
        .collect::<PyResult<Vec<_>>>()?;
    if strings[0].is_empty() {
        return raise!(py, ValueError, "{first} first element cannot be empty");
    }
    Ok(strings)
}

/// `NAME=value` strings of a mapping.
pub fn environment(py: Py, mapping: &Value) -> PyResult<Vec<CString>> {
    let keys = protocol::call_method_str(py, mapping, "keys", &[])?;
    let values = protocol::call_method_str(py, mapping, "values", &[])?;
    let keys = protocol::iter::collect(py, &keys)?;
    let values = protocol::iter::collect(py, &values)?;
    let mut list = Vec::with_capacity(keys.len());
    for (key, value) in keys.iter().zip(&values) {
        let (key, value) = (fs_converter(py, key)?, fs_converter(py, value)?);
        if key.is_empty() || key.to_bytes().contains(&b'=') {
            return raise!(py, ValueError, "illegal environment variable name");
        }
        let mut text = key.into_bytes();
        text.push(b'=');
        text.extend_from_slice(value.to_bytes());
        list.extend(CString::new(text));
    }
    Ok(list)
}

fn is_mapping(value: &Value) -> bool {
    let object = value.to_object();
    !object.ty().raw().tp_as_mapping.is_null()
        && value.downcast::<Tuple>().is_none()
        && value.downcast::<List>().is_none()
        && value.downcast::<krait_object::Str>().is_none()
}

fn execv(py: Py, path: Path, argv: &Value) -> PyResult<()> {
    let list = arguments(py, argv, "execv() arg 2", "execv() arg 2")?;
    audit(py, "os.exec", &[path.value(), argv.clone(), Value::none()])?;
    // The error has no file name, as in CPython.
    crate::blocking::fail(py, process::execv(&path.c, &list))
}

fn execve(py: Py, path: PathOrFd, argv: &Value, env: &Value) -> PyResult<()> {
    let list = arguments(py, argv, "execve: argv", "execve: argv")?;
    if !is_mapping(env) {
        return raise!(
            py,
            TypeError,
            "execve: environment must be a mapping object"
        );
    }
    let environment = environment(py, env)?;
    audit(py, "os.exec", &[path.value(), argv.clone(), env.clone()])?;
    let error = match path.fd {
        Some(fd) => process::fexecve(fd, &list, &environment),
        None => process::execve(&path.c, &list, &environment),
    };
    path.fail(py, error)
}

fn int(py: Py, value: &Value) -> PyResult<i32> {
    let wide = number::index_to_i128(py, value)?;
    match wide.and_then(|w| i32::try_from(w).ok()) {
        Some(n) => Ok(n),
        None => number::integer_overflow(py, wide, "C int", false),
    }
}

fn action(py: Py, item: &Value) -> PyResult<FileAction> {
    let Some(tuple) = item.downcast::<Tuple>().filter(|t| !t.is_empty()) else {
        return raise!(
            py,
            TypeError,
            "Each file_actions element must be a non-empty tuple"
        );
    };
    let parts = tuple.as_values().to_vec();
    let expect = |n: usize, what: &str, count: &str| -> PyResult<()> {
        if parts.len() == n {
            Ok(())
        } else {
            raise!(
                py,
                TypeError,
                "A {what} file_action tuple must have {count} elements"
            )
        }
    };
    match int(py, &parts[0])? {
        0 => {
            expect(5, "open", "5")?;
            let (fd, path) = (int(py, &parts[1])?, fs_converter(py, &parts[2])?);
            Ok(FileAction::Open {
                fd,
                path,
                flags: int(py, &parts[3])?,
                mode: int(py, &parts[4])? as u32,
            })
        }
        1 => {
            expect(2, "close", "2")?;
            Ok(FileAction::Close(int(py, &parts[1])?))
        }
        2 => {
            expect(3, "dup2", "3")?;
            Ok(FileAction::Dup2(int(py, &parts[1])?, int(py, &parts[2])?))
        }
        3 => {
            expect(2, "closefrom", "2")?;
            Ok(FileAction::CloseFrom(int(py, &parts[1])?))
        }
        _ => raise!(py, TypeError, "Unknown file_actions identifier"),
    }
}

/// The options of `posix_spawn`, as keyword arguments give them.
struct Given<'a> {
    actions: Option<&'a Value>,
    setpgroup: Option<&'a Value>,
    resetids: Option<bool>,
    setsid: Option<bool>,
    setsigmask: Option<&'a Value>,
    setsigdef: Option<&'a Value>,
    scheduler: Option<&'a Value>,
}

fn options(py: Py, name: &str, search_path: bool, given: &Given<'_>) -> PyResult<SpawnOptions> {
    let mut options = SpawnOptions {
        search_path,
        resetids: given.resetids.unwrap_or(false),
        setsid: given.setsid.unwrap_or(false),
        ..SpawnOptions::default()
    };
    if let Some(actions) = given.actions.filter(|a| !a.is_none()) {
        if !actions.as_object().is_some_and(protocol::iter::is_sequence) {
            return raise!(py, TypeError, "file_actions must be a sequence or None");
        }
        for item in protocol::iter::collect(py, actions)? {
            options.actions.push(action(py, &item)?);
        }
    }
    if let Some(group) = given.setpgroup.filter(|g| !g.is_none()) {
        options.setpgroup = Some(int(py, group)?);
    }
    if let Some(signals) = given.setsigmask {
        options.setsigmask = Some(crate::signal::signal_set(py, signals)?);
    }
    if let Some(signals) = given.setsigdef {
        options.setsigdef = Some(crate::signal::signal_set(py, signals)?);
    }
    if let Some(scheduler) = given.scheduler.filter(|s| !s.is_none()) {
        let Some(tuple) = scheduler.downcast::<Tuple>() else {
            return raise!(py, TypeError, "{name}: scheduler must be a tuple or None");
        };
        let parts = tuple.as_values().to_vec();
        if parts.len() != 2 {
            return raise!(py, TypeError, "A scheduler tuple must have two elements");
        }
        let policy = if parts[0].is_none() {
            None
        } else {
            Some(int(py, &parts[0])?)
        };
        options.scheduler = Some((policy, super::scheduling::priority(py, &parts[1])?));
    }
    Ok(options)
}

fn run(
    py: Py,
    name: &str,
    path: &Path,
    argv: &Value,
    env: &Value,
    search: bool,
    given: &Given<'_>,
) -> PyResult<i32> {
    let list = arguments(py, argv, &format!("{name}: argv"), &format!("{name}: argv"))?;
    if !env.is_none() && !is_mapping(env) {
        return raise!(
            py,
            TypeError,
            "{name}: environment must be a mapping object or None"
        );
    }
    let environment = if env.is_none() {
        None
    } else {
        Some(environment(py, env)?)
    };
    let options = options(py, name, search, given)?;
    audit(
        py,
        "os.posix_spawn",
        &[path.value(), argv.clone(), env.clone()],
    )?;
    match spawn::posix_spawn(&path.c, &list, environment.as_deref(), &options) {
        Ok(pid) => Ok(pid),
        Err(error) => errors::os_error(py, error.0, path.object.as_deref(), None),
    }
}

macro_rules! spawner {
    ($m:expr, $name:literal, $search:literal) => {
        $m.function(
            concat!(
                $name,
                "($module, path, argv, env, /, *, file_actions=(),\n            setpgroup=None, resetids=False, setsid=False,\n            setsigmask=(), setsigdef=(), scheduler=None)"
            ),
            |py: Py,
             path: Path,
             argv: &Value,
             env: &Value,
             actions: Option<&Value>,
             setpgroup: Option<&Value>,
             resetids: Option<bool>,
             setsid: Option<bool>,
             setsigmask: Option<&Value>,
             setsigdef: Option<&Value>,
             scheduler: Option<&Value>| {
                let given = Given { actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
                run(py, $name, &path, argv, env, $search, &given)
            },
        )?
    };
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("execv($module, path, argv, /)", execv)?
        .function("execve($module, /, path, argv, env)", execve)?;
    spawner!(m, "posix_spawn", false);
    spawner!(m, "posix_spawnp", true);
    Ok(())
}
