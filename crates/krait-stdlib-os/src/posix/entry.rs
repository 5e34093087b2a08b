//! `DirEntry`: a folder's entry, with what the folder already told of it.

use std::cell::RefCell;

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Class, TypeBuilder};
use krait_object::{Instance, Layout, Owned, Py, PyResult, Value, class_cell, protocol, raise};
use krait_sys::dir::Entry;
use krait_sys::libc::{self, AT_FDCWD, AT_SYMLINK_NOFOLLOW, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG};
use krait_sys::{Errno, path};

use crate::paths::{self, FsPath};

/// An entry; the results of `stat` are kept.
pub struct DirEntry {
    name: Value,
    path: Value,
    inode: u64,
    kind: u8,
    /// The folder's descriptor, where it was given so.
    dir_fd: i32,
    stat: RefCell<Option<Value>>,
    lstat: RefCell<Option<Value>>,
}

type This = Instance<DirEntry>;

/// What a look at the file system says of an entry.
enum Look {
    Missing,
    Mode(u32),
}

impl DirEntry {
    pub fn make(py: Py, folder: &FsPath, entry: &Entry) -> Owned<This> {
        let name = folder.result(&entry.name);
        let (path, dir_fd) = match folder.fd {
            Some(fd) => (name.clone(), fd),
            None => {
                let mut full = folder.c.to_bytes().to_vec();
                if full.last() != Some(&b'/') {
                    full.push(b'/');
                }
                // An absent path is the current folder: entries are shown as `./name`.
                full.extend_from_slice(&entry.name);
                (folder.result(&full), AT_FDCWD)
            }
        };
        let body = DirEntry {
            name,
            path,
            inode: entry.inode,
            kind: entry.kind,
            dir_fd,
            stat: RefCell::default(),
            lstat: RefCell::default(),
        };
        Instance::new(py, body)
    }

    fn fetch(&self, py: Py, follow: bool) -> PyResult<krait_sys::Result<libc::stat>> {
        let c = paths::fs_converter(py, &self.path)?;
        let (dir, flags) = (self.dir_fd, if follow { 0 } else { AT_SYMLINK_NOFOLLOW });
        crate::blocking::retry(py, || path::fstatat(dir, &c, flags))
    }

    fn is_symlink(&self, py: Py) -> PyResult<bool> {
        if self.kind != libc::DT_UNKNOWN {
            return Ok(self.kind == libc::DT_LNK);
        }
        Ok(matches!(self.look(py, false)?, Look::Mode(mode) if mode & S_IFMT == S_IFLNK))
    }

    fn look(&self, py: Py, follow: bool) -> PyResult<Look> {
        let result = self.stat_result(py, follow)?;
        match result {
            Ok(value) => {
                let mode = protocol::get_attr_str(py, &value, "st_mode")?;
                Ok(Look::Mode(
                    protocol::number::int_of(&mode).unwrap_or(0) as u32
                ))
            }
            Err(Errno(libc::ENOENT)) => Ok(Look::Missing),
            Err(error) => self.fail(py, error),
        }
    }

    fn fail<T>(&self, py: Py, error: Errno) -> PyResult<T> {
        crate::blocking::fail_with(py, error, &self.path.to_object())
    }

    fn stat_result(&self, py: Py, follow: bool) -> PyResult<krait_sys::Result<Value>> {
        let follow = follow && self.is_symlink(py)?;
        let cell = if follow { &self.stat } else { &self.lstat };
        if let Some(known) = cell.borrow().clone() {
            return Ok(Ok(known));
        }
        match self.fetch(py, follow)? {
            Err(error) => Ok(Err(error)),
            Ok(found) => {
                let value = Value::from(super::stat::result(py, &found)?);
                *cell.borrow_mut() = Some(value.clone());
                Ok(Ok(value))
            }
        }
    }

    fn is_kind(&self, py: Py, follow: bool, kind: u32, entry_kind: u8) -> PyResult<bool> {
        let known = self.kind != libc::DT_UNKNOWN;
        if known && !(follow && self.kind == libc::DT_LNK) {
            return Ok(self.kind == entry_kind);
        }
        Ok(matches!(self.look(py, follow)?, Look::Mode(mode) if mode & S_IFMT == kind))
    }
}

impl Class for DirEntry {
    const NAME: &'static str = "posix.DirEntry";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.mutable()
            .no_constructor()
            .getter("name", |_py, this: &This| this.name.clone())
            .getter("path", |_py, this: &This| this.path.clone())
            .repr(|py: Py, this: &This| -> PyResult<String> {
                Ok(format!(
                    "<DirEntry {}>",
                    protocol::repr(py, &this.name)?.to_rust()
                ))
            })
            .method(
                "is_dir($self, /, *, follow_symlinks=True)",
                |py: Py, this: &This, follow: Option<bool>| {
                    this.is_kind(py, follow.unwrap_or(true), S_IFDIR, libc::DT_DIR)
                },
            )
            .method(
                "is_file($self, /, *, follow_symlinks=True)",
                |py: Py, this: &This, follow: Option<bool>| {
                    this.is_kind(py, follow.unwrap_or(true), S_IFREG, libc::DT_REG)
                },
            )
            .method("is_symlink($self, /)", |py: Py, this: &This| {
                this.is_symlink(py)
            })
            .method("is_junction($self, /)", |_py, _this: &This| false)
            .method(
                "stat($self, /, *, follow_symlinks=True)",
                |py: Py, this: &This, follow: Option<bool>| match this
                    .stat_result(py, follow.unwrap_or(true))?
                {
                    Ok(value) => Ok(value),
                    Err(error) => this.fail(py, error),
                },
            )
            .method("inode($self, /)", |_py, this: &This| this.inode)
            .method("__fspath__($self, /)", |_py, this: &This| this.path.clone())
            .method(
                "__reduce_ex__($self, protocol, /)",
                |py: Py, _this: &This, _protocol: &Value| -> PyResult {
                    raise!(py, TypeError, "cannot pickle 'posix.DirEntry' object")
                },
            )
            .class_method(
                "__class_getitem__($type, object, /)",
                |py: Py, class: &krait_object::Type, item: &Value| {
                    (krait_object::hooks::get(py).make_generic_alias)(
                        py,
                        class.as_object(),
                        &item.to_object(),
                    )
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.name.trace(visitor);
        self.path.trace(visitor);
        self.stat.trace(visitor);
        self.lstat.trace(visitor);
    }
}
