//! Paths as text alone: `fspath`, `_path_normpath`, `_path_splitroot_ex`.

use krait_object::{Bytes, ModuleBuilder, Py, PyResult, Str, Value, raise};

/// Applies a function on code points to a text or bytes path.
fn on_units<R>(
    py: Py,
    value: &Value,
    f: impl FnOnce(&[u32], &dyn Fn(&[u32]) -> Value) -> R,
) -> PyResult<R> {
    let path = crate::paths::fspath(py, value)?;
    if let Some(text) = path.downcast::<Str>() {
        let units: Vec<u32> = text.code_points().collect();
        return Ok(f(&units, &|units| Value::from(Str::from_u32(units))));
    }
    match path.downcast::<Bytes>() {
        Some(bytes) => {
            let units: Vec<u32> = bytes.as_slice().iter().map(|&b| u32::from(b)).collect();
            Ok(f(&units, &|units| {
                let bytes: Vec<u8> = units.iter().map(|&u| u as u8).collect();
                Value::from(Bytes::new(&bytes))
            }))
        }
        None => raise!(py, TypeError, "a path is text or bytes"),
    }
}

const SLASH: u32 = '/' as u32;
const DOT: u32 = '.' as u32;

/// How many slashes are the root: two mean something of their own (POSIX), three do not.
fn root(path: &[u32]) -> usize {
    match path.iter().take_while(|&&c| c == SLASH).count() {
        0 => 0,
        2 => 2,
        _ => 1,
    }
}

/// `posixpath.normpath`.
fn normal(path: &[u32]) -> Vec<u32> {
    let root = root(path);
    let mut parts: Vec<&[u32]> = Vec::new();
    for part in path.split(|&c| c == SLASH) {
        if part.is_empty() || part == [DOT] {
            continue;
        }
        let up = part == [DOT, DOT];
        let under = parts.last().is_some_and(|last| *last != [DOT, DOT]);
        if !up || (root == 0 && !under) {
            parts.push(part);
        } else if under {
            parts.pop();
        }
    }
    let mut out = vec![SLASH; root];
    out.extend(parts.join(&SLASH));
    if out.is_empty() {
        out.push(DOT);
    }
    out
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("fspath($module, /, path)", |py: Py, path: &Value| {
        crate::paths::fspath(py, path)
    })?
    .function(
        "_path_normpath($module, /, path)",
        |py: Py, path: &Value| on_units(py, path, |units, make| make(&normal(units))),
    )?
    .function(
        "_path_splitroot_ex($module, /, p)",
        |py: Py, path: &Value| {
            on_units(py, path, |units, make| {
                let (first, rest) =
                    units.split_at(match units.iter().take_while(|&&c| c == SLASH).count() {
                        2 => 2,
                        n => n.min(1),
                    });
                (make(&[]), make(first), make(rest))
            })
        },
    )?
    .function("_inputhook()", |py: Py| -> PyResult {
        raise!(py, RuntimeError, "no input hook is installed")
    })?
    .function("_is_inputhook_installed()", |_py| false)?;
    Ok(())
}
