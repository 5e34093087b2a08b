//! Changing the tree of files: making, renaming, linking, removing, rights and owners.

use krait_object::{Bytes, ModuleBuilder, Py, PyResult, Value, raise};
use krait_sys::libc::{self, AT_FDCWD, AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW};
use krait_sys::{Errno, file, path};

use super::stat::check_options;
use crate::blocking::{audit, blocking};
use crate::numbers::{Fd, Gid, Uid};
use crate::paths::{DirFd, FsPath, Path, PathOrFd, dir_fd};

/// A folder's descriptor as audit hooks hear of it.
fn told_dir(dir: i32) -> Value {
    Value::int(if dir == AT_FDCWD { -1 } else { i64::from(dir) })
}

fn rename(py: Py, src: &FsPath, dst: &FsPath, from: i32, to: i32) -> PyResult<()> {
    let told = [src.value(), dst.value(), told_dir(from), told_dir(to)];
    audit(py, "os.rename", &told)?;
    let (old, new) = (&*src.c, &*dst.c);
    match crate::blocking::retry(py, || path::renameat(from, old, to, new))? {
        Ok(_) => Ok(()),
        Err(error) => src.fail_both(py, error, dst),
    }
}

fn link(
    py: Py,
    src: &FsPath,
    dst: &FsPath,
    from: i32,
    to: i32,
    follow: Option<bool>,
) -> PyResult<()> {
    let told = [src.value(), dst.value(), told_dir(from), told_dir(to)];
    audit(py, "os.link", &told)?;
    let (old, new) = (&*src.c, &*dst.c);
    let flags = if follow != Some(false) {
        AT_SYMLINK_FOLLOW
    } else {
        0
    };
    match crate::blocking::retry(py, || path::linkat(from, old, to, new, flags))? {
        Ok(_) => Ok(()),
        Err(error) => src.fail_both(py, error, dst),
    }
}

fn symlink(
    py: Py,
    src: Path,
    dst: Path,
    _is_dir: Option<bool>,
    dir: Option<DirFd>,
) -> PyResult<()> {
    let (target, new, dir) = (&*src.c, &*dst.c, dir_fd(dir));
    let told = [src.value(), dst.value(), told_dir(dir)];
    audit(py, "os.symlink", &told)?;
    match crate::blocking::retry(py, || path::symlinkat(target, dir, new))? {
        Ok(_) => Ok(()),
        Err(error) => src.fail_both(py, error, &dst),
    }
}

fn unlink(py: Py, path: &FsPath, dir: Option<DirFd>, flags: i32) -> PyResult<()> {
    let dir = dir_fd(dir);
    path.call(py, |c| path::unlinkat(dir, c, flags)).map(drop)
}

fn chmod(
    py: Py,
    path: PathOrFd,
    mode: i32,
    dir: Option<DirFd>,
    follow: Option<bool>,
) -> PyResult<()> {
    let (dir, mode, follow) = (dir_fd(dir), mode as u32, follow.unwrap_or(true));
    check_options(py, "chmod", &path, dir, follow)?;
    let told = [path.value(), Value::int(i64::from(mode)), told_dir(dir)];
    audit(py, "os.chmod", &told)?;
    let flags = if follow { 0 } else { AT_SYMLINK_NOFOLLOW };
    let result = crate::blocking::retry(py, {
        let (fd, c) = (path.fd, &*path.c);
        move || match fd {
            Some(fd) => file::fchmod(fd, mode),
            None => path::fchmodat(dir, c, mode, flags),
        }
    })?;
    match result {
        Err(Errno(libc::ENOTSUP)) if !follow => {
            raise!(
                py,
                NotImplementedError,
                "chmod: follow_symlinks unavailable on this platform"
            )
        }
        result => path.check(py, result).map(drop),
    }
}

/// Audit hooks hear of a new owner.
fn tell_chown(py: Py, path: Value, uid: u32, gid: u32, dir: i32) -> PyResult<()> {
    let ids = [uid, gid].map(|id| Value::int(i64::from(id)));
    let [uid, gid] = ids;
    audit(py, "os.chown", &[path, uid, gid, told_dir(dir)])
}

fn chown(
    py: Py,
    path: PathOrFd,
    uid: Uid,
    gid: Gid,
    dir: Option<DirFd>,
    follow: Option<bool>,
) -> PyResult<()> {
    let (dir, follow, uid, gid) = (dir_fd(dir), follow.unwrap_or(true), uid.0, gid.0);
    if path.is_fd() && dir != AT_FDCWD {
        return raise!(py, ValueError, "chown: can't specify both dir_fd and fd");
    }
    check_options(py, "chown", &path, dir, follow)?;
    tell_chown(py, path.value(), uid, gid, dir)?;
    let flags = if follow { 0 } else { AT_SYMLINK_NOFOLLOW };
    path.call_fd(
        py,
        |fd| file::fchown(fd, uid, gid),
        |c| path::fchownat(dir, c, uid, gid, flags),
    )
    .map(drop)
}

fn access(
    py: Py,
    path: Path,
    mode: i32,
    dir: Option<DirFd>,
    effective: Option<bool>,
    follow: Option<bool>,
) -> PyResult<bool> {
    let mut flags = 0;
    if effective == Some(true) {
        flags |= libc::AT_EACCESS;
    }
    if follow == Some(false) {
        flags |= AT_SYMLINK_NOFOLLOW;
    }
    let (dir, c) = (dir_fd(dir), &*path.c);
    Ok(py
        .allow_threads(|| path::faccessat(dir, c, mode, flags))
        .is_ok())
}

fn open(py: Py, path: Path, flags: i32, mode: Option<i32>, dir: Option<DirFd>) -> PyResult<i32> {
    let (dir, mode) = (dir_fd(dir), mode.unwrap_or(0o777) as u32);
    let flags = flags | libc::O_CLOEXEC;
    audit(
        py,
        "open",
        &[path.value(), Value::none(), Value::int(i64::from(flags))],
    )?;
    path.call(py, |c| path::openat(dir, c, flags, mode))
}

fn readlink(py: Py, path: Path, dir: Option<DirFd>) -> PyResult {
    let dir = dir_fd(dir);
    let target = path.call(py, |c| path::readlinkat(dir, c))?;
    Ok(path.result(&target))
}

fn mknod(
    py: Py,
    path: Path,
    mode: Option<i32>,
    device: Option<&Value>,
    dir: Option<DirFd>,
) -> PyResult<()> {
    let (mode, dir) = (mode.unwrap_or(0o600) as u32, dir_fd(dir));
    let device = device.map_or(Ok(0), |d| super::config::device(py, d))?;
    let c = &*path.c;
    blocking(py, || path::mknodat(dir, c, mode, device)).map(drop)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("open($module, /, path, flags, mode=511, *, dir_fd=None)", open)?
        .function("access($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)", access)?
        .function("chdir($module, /, path)", |py: Py, path: PathOrFd| {
            audit(py, "os.chdir", &[path.value()])?;
            path.call_fd(py, file::fchdir, path::chdir).map(drop)
        })?
        .function("fchdir($module, /, fd)", |py: Py, fd: Fd| {
            audit(py, "os.chdir", &[Value::int(i64::from(fd.0))])?;
            blocking(py, || file::fchdir(fd.0)).map(drop)
        })?
        .function("chroot($module, /, path)", |py: Py, path: Path| path.call(py, path::chroot).map(drop))?
        .function(
            "chmod($module, /, path, mode, *, dir_fd=None,\n      follow_symlinks=(os.name != 'nt'))",
            chmod,
        )?
        .function("fchmod($module, /, fd, mode)", |py: Py, fd: i32, mode: i32| {
            let told = [fd, mode, -1].map(|n| Value::int(i64::from(n)));
            audit(py, "os.chmod", &told)?;
            blocking(py, || file::fchmod(fd, mode as u32)).map(drop)
        })?
        .function("chown($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)", chown)?
        .function("fchown($module, /, fd, uid, gid)", |py: Py, fd: i32, uid: Uid, gid: Gid| {
            tell_chown(py, Value::int(i64::from(fd)), uid.0, gid.0, AT_FDCWD)?;
            blocking(py, || file::fchown(fd, uid.0, gid.0)).map(drop)
        })?
        .function("lchown($module, /, path, uid, gid)", |py: Py, path: Path, uid: Uid, gid: Gid| {
            tell_chown(py, path.value(), uid.0, gid.0, AT_FDCWD)?;
            path.call(py, |c| path::lchown(c, uid.0, gid.0)).map(drop)
        })?
        .function("getcwd()", |py: Py| cwd(py).map(|c| Value::from(crate::paths::decode(&c))))?
        .function("getcwdb()", |py: Py| cwd(py).map(|c| Value::from(Bytes::new(&c))))?
        .function("mkdir($module, /, path, mode=511, *, dir_fd=None)", |py: Py, path: Path, mode: Option<i32>, dir: Option<DirFd>| {
            let (mode, dir) = (mode.unwrap_or(0o777) as u32, dir_fd(dir));
            let told = [path.value(), Value::int(i64::from(mode)), told_dir(dir)];
            audit(py, "os.mkdir", &told)?;
            path.call(py, |c| path::mkdirat(dir, c, mode)).map(drop)
        })?
        .function("mkfifo($module, /, path, mode=438, *, dir_fd=None)", |py: Py, path: Path, mode: Option<i32>, dir: Option<DirFd>| {
            let (mode, dir) = (mode.unwrap_or(0o666) as u32, dir_fd(dir));
            let c = &*path.c;
                blocking(py, || path::mkfifoat(dir, c, mode)).map(drop)
        })?
        .function("mknod($module, /, path, mode=384, device=0, *, dir_fd=None)", mknod)?
        .function("rmdir($module, /, path, *, dir_fd=None)", |py: Py, path: Path, dir: Option<DirFd>| {
            audit(py, "os.rmdir", &[path.value(), Value::int(-1)])?;
            unlink(py, &path, dir, libc::AT_REMOVEDIR)
        })?
        .function("unlink($module, /, path, *, dir_fd=None)", |py: Py, path: Path, dir: Option<DirFd>| {
            audit(py, "os.remove", &[path.value(), Value::int(-1)])?;
            unlink(py, &path, dir, 0)
        })?
        .function("remove($module, /, path, *, dir_fd=None)", |py: Py, path: Path, dir: Option<DirFd>| {
            audit(py, "os.remove", &[path.value(), Value::int(-1)])?;
            unlink(py, &path, dir, 0)
        })?
        .function(
            "rename($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            |py: Py, src: Path, dst: Path, from: Option<DirFd>, to: Option<DirFd>| {
                rename(py, &src, &dst, dir_fd(from), dir_fd(to))
            },
        )?
        .function(
            "replace($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            |py: Py, src: Path, dst: Path, from: Option<DirFd>, to: Option<DirFd>| {
                rename(py, &src, &dst, dir_fd(from), dir_fd(to))
            },
        )?
        .function(
            "link($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=(os.name != 'nt'))",
            |py: Py, src: Path, dst: Path, from: Option<DirFd>, to: Option<DirFd>, follow: Option<bool>| {
                link(py, &src, &dst, dir_fd(from), dir_fd(to), follow)
            },
        )?
        .function("symlink($module, /, src, dst, target_is_directory=False, *, dir_fd=None)", symlink)?
        .function("readlink($module, /, path, *, dir_fd=None)", readlink)?
        .function("truncate($module, /, path, length)", |py: Py, path: PathOrFd, length: i64| {
            audit(py, "os.truncate", &[path.value(), Value::int(length)])?;
            path.call_fd(py, |fd| file::ftruncate(fd, length), |c| path::truncate(c, length)).map(drop)
        })?;
    Ok(())
}

fn cwd(py: Py) -> PyResult<Vec<u8>> {
    blocking(py, path::getcwd)
}
