//! `stat` and its kin.

use krait_object::{ModuleBuilder, Owned, Py, PyResult, Value, raise};
use krait_sys::libc::{self, AT_FDCWD, AT_SYMLINK_NOFOLLOW};
use krait_sys::{file, path};

use super::structs::{make, stat_result, statvfs_result};
use crate::blocking::blocking;
use crate::numbers::{id_value, unsigned, wide};
use crate::paths::{DirFd, FsPath, Path, PathOrFd, dir_fd};

/// A `stat_result`.
pub fn result(py: Py, s: &libc::stat) -> PyResult<Owned> {
    let times = [
        (s.st_atime, s.st_atime_nsec),
        (s.st_mtime, s.st_mtime_nsec),
        (s.st_ctime, s.st_ctime_nsec),
    ];
    let mut values = vec![
        Value::int(i64::from(s.st_mode)),
        unsigned(s.st_ino),
        unsigned(s.st_dev),
        unsigned(s.st_nlink),
        id_value(s.st_uid),
        id_value(s.st_gid),
        Value::int(s.st_size),
    ];
    values.extend(times.map(|(seconds, _)| Value::int(seconds)));
    values.extend(times.map(|(seconds, nanos)| Value::float(seconds as f64 + 1e-9 * nanos as f64)));
    values.extend(
        times.map(|(seconds, nanos)| wide(i128::from(seconds) * 1_000_000_000 + i128::from(nanos))),
    );
    values.extend([
        Value::int(s.st_blksize),
        Value::int(s.st_blocks),
        unsigned(s.st_rdev),
    ]);
    make(py, stat_result(py), values)
}

/// The checks that calls with path or descriptor, folder and link option share.
pub fn check_options(py: Py, name: &str, path: &FsPath, dir: i32, follow: bool) -> PyResult<()> {
    if path.is_fd() && dir != AT_FDCWD {
        return raise!(
            py,
            ValueError,
            "{name}: can't specify dir_fd without matching path"
        );
    }
    if path.is_fd() && !follow {
        return raise!(
            py,
            ValueError,
            "{name}: cannot use fd and follow_symlinks together"
        );
    }
    Ok(())
}

fn stat_of(py: Py, name: &str, path: &FsPath, dir: i32, follow: bool) -> PyResult<Owned> {
    check_options(py, name, path, dir, follow)?;
    let found = path.call_fd(py, file::fstat, |c| match (dir, follow) {
        (AT_FDCWD, true) => path::stat(c),
        (AT_FDCWD, false) => path::lstat(c),
        _ => path::fstatat(dir, c, if follow { 0 } else { AT_SYMLINK_NOFOLLOW }),
    })?;
    result(py, &found)
}

fn vfs_result(py: Py, s: &libc::statvfs) -> PyResult<Owned> {
    let values = [
        s.f_bsize,
        s.f_frsize,
        s.f_blocks,
        s.f_bfree,
        s.f_bavail,
        s.f_files,
        s.f_ffree,
        s.f_favail,
        s.f_flag,
        s.f_namemax,
        s.f_fsid,
    ];
    make(py, statvfs_result(py), values.map(unsigned))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "stat($module, /, path, *, dir_fd=None, follow_symlinks=True)",
        |py: Py, path: PathOrFd, dir: Option<DirFd>, follow: Option<bool>| {
            stat_of(py, "stat", &path, dir_fd(dir), follow.unwrap_or(true))
        },
    )?
    .function(
        "lstat($module, /, path, *, dir_fd=None)",
        |py: Py, path: Path, dir: Option<DirFd>| stat_of(py, "lstat", &path, dir_fd(dir), false),
    )?
    .function("fstat($module, /, fd)", |py: Py, fd: i32| {
        let found = blocking(py, || file::fstat(fd))?;
        result(py, &found)
    })?
    .function("statvfs($module, /, path)", |py: Py, path: PathOrFd| {
        let found = path.call_fd(py, file::fstatvfs, path::statvfs)?;
        vfs_result(py, &found)
    })?
    .function("fstatvfs($module, fd, /)", |py: Py, fd: i32| {
        let found = blocking(py, || file::fstatvfs(fd))?;
        vfs_result(py, &found)
    })?;
    Ok(())
}
