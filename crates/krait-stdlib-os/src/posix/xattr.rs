//! Extended attributes.

use krait_object::Bytes;
use krait_object::{List, ModuleBuilder, Owned, Py, PyResult, Value};
use krait_sys::path::{self, XattrOf};

use super::stat::check_options;
use crate::blocking::{Data, audit};
use crate::paths::{AnyPath, FsPath, Path, PathOrFd, decode};

/// Runs a call on what the path means.
fn on<T: Send>(
    py: Py,
    name: &str,
    path: &FsPath,
    follow: Option<bool>,
    call: impl Fn(XattrOf<'_>) -> krait_sys::Result<T> + Sync,
) -> PyResult<T> {
    let follow = follow.unwrap_or(true);
    check_options(py, name, path, path::AT_FDCWD, follow)?;
    path.call_fd(
        py,
        |fd| call(XattrOf::Fd(fd)),
        |c| {
            call(if follow {
                XattrOf::Path(c)
            } else {
                XattrOf::Link(c)
            })
        },
    )
}

fn list(py: Py, path: Option<AnyPath>, follow: Option<bool>) -> PyResult<Owned<List>> {
    let path = path.map_or_else(FsPath::current, |p| p.0);
    audit(py, "os.listxattr", &[path.value()])?;
    let names = on(py, "listxattr", &path, follow, path::listxattr)?;
    let names = names.split(|&b| b == 0).filter(|n| !n.is_empty());
    Ok(List::from_values(names.map(|n| Value::from(decode(n)))))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "getxattr($module, /, path, attribute, *, follow_symlinks=True)",
        |py: Py, path: PathOrFd, name: Path, follow: Option<bool>| {
            audit(py, "os.getxattr", &[path.value(), name.value()])?;
            let name = &*name.c;
            on(py, "getxattr", &path, follow, |of| path::getxattr(of, name)).map(|v| Bytes::new(&v))
        },
    )?
    .function(
        "setxattr($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)",
        |py: Py,
         path: PathOrFd,
         name: Path,
         value: Data,
         flags: Option<i32>,
         follow: Option<bool>| {
            let told = [
                path.value(),
                name.value(),
                Value::from(Bytes::new(value.as_slice())),
                Value::int(i64::from(flags.unwrap_or(0))),
            ];
            audit(py, "os.setxattr", &told)?;
            let (name, value) = (&*name.c, value.as_slice());
            on(py, "setxattr", &path, follow, |of| {
                path::setxattr(of, name, value, flags.unwrap_or(0))
            })
            .map(drop)
        },
    )?
    .function(
        "removexattr($module, /, path, attribute, *, follow_symlinks=True)",
        |py: Py, path: PathOrFd, name: Path, follow: Option<bool>| {
            audit(py, "os.removexattr", &[path.value(), name.value()])?;
            let name = &*name.c;
            on(py, "removexattr", &path, follow, |of| {
                path::removexattr(of, name)
            })
            .map(drop)
        },
    )?
    .function(
        "listxattr($module, /, path=None, *, follow_symlinks=True)",
        list,
    )?;
    Ok(())
}
