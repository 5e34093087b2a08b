//! `mmap`: memory-mapped files.
//!
//! What always holds: `position` is within the map, or the map is closed.

use std::cell::Cell;

use krait_object::native::module::NativeModule;
use krait_object::native::{Class, TypeBuilder};
use krait_object::protocol::number;
use krait_object::types::buffer::Buffer;
use krait_object::types::memory_map::MemoryMap;
use krait_object::{
    Bytes, Instance, Layout, ModuleBuilder, Owned, Py, PyResult, Type, Value, class_cell,
    exceptions, raise,
};
use krait_sys::{Errno, file, libc};

use crate::blocking::{audit, fail, os};

mod constants;
mod items;
mod stream;

pub const MODULE: NativeModule = NativeModule { name: "mmap", init };

const DEFAULT: i32 = 0;
const READ: i32 = 1;
const WRITE: i32 = 2;
const COPY: i32 = 3;

/// A mapped file or anonymous memory.
pub struct Mmap {
    map: MemoryMap,
    position: Cell<usize>,
    /// Our own descriptor of the file; -1 for none.
    fd: Cell<i32>,
    offset: i64,
    access: i32,
    shared_anonymous: bool,
    trackfd: bool,
}

type This = Instance<Mmap>;

impl Mmap {
    fn check(&self, py: Py) -> PyResult<()> {
        if self.map.is_closed() {
            return raise!(py, ValueError, "mmap closed or invalid");
        }
        Ok(())
    }

    fn check_writable(&self, py: Py) -> PyResult<()> {
        self.check(py)?;
        if self.access == READ {
            return raise!(py, TypeError, "mmap can't modify a readonly memory map.");
        }
        Ok(())
    }

    fn close(&self, py: Py) -> PyResult<()> {
        if self.map.is_lent() {
            return raise!(py, BufferError, "cannot close exported pointers exist");
        }
        self.map.close();
        self.close_file();
        Ok(())
    }

    fn close_file(&self) {
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // The descriptor is our own copy; nobody is told of an error.
            let _ = file::close(fd);
        }
    }

    /// The current size of the file.
    fn file_size(&self, py: Py) -> PyResult<i64> {
        match self.fd.get() {
            fd if fd >= 0 => os(py, file::fstat(fd)).map(|s| s.st_size),
            _ => fail(py, Errno(libc::EBADF)),
        }
    }
}

impl Drop for Mmap {
    fn drop(&mut self) {
        self.close_file();
    }
}

/// Access rights of the memory: `access` names a usual combination.
struct Rights {
    access: i32,
    flags: i32,
    prot: i32,
}

fn rights(py: Py, flags: Option<i32>, prot: Option<i32>, access: i32) -> PyResult<Rights> {
    let given = flags.is_some_and(|f| f != libc::MAP_SHARED)
        || prot.is_some_and(|p| p != libc::PROT_READ | libc::PROT_WRITE);
    if access != DEFAULT && given {
        return raise!(
            py,
            ValueError,
            "mmap can't specify both access and flags, prot."
        );
    }
    let (flags, prot) = (
        flags.unwrap_or(libc::MAP_SHARED),
        prot.unwrap_or(libc::PROT_READ | libc::PROT_WRITE),
    );
    let both = libc::PROT_READ | libc::PROT_WRITE;
    Ok(match access {
        READ => Rights {
            access,
            flags: libc::MAP_SHARED,
            prot: libc::PROT_READ,
        },
        WRITE => Rights {
            access,
            flags: libc::MAP_SHARED,
            prot: both,
        },
        COPY => Rights {
            access,
            flags: libc::MAP_PRIVATE,
            prot: both,
        },
        DEFAULT => {
            let access = match (prot & libc::PROT_READ != 0, prot & libc::PROT_WRITE != 0) {
                (true, true) => DEFAULT,
                (_, true) => WRITE,
                _ => READ,
            };
            Rights {
                access,
                flags,
                prot,
            }
        }
        _ => return raise!(py, ValueError, "mmap invalid access parameter."),
    })
}

#[expect(clippy::too_many_arguments, reason = "the constructor's signature")]
fn new(
    py: Py,
    class: &Type,
    fd: i32,
    length: isize,
    flags: Option<i32>,
    prot: Option<i32>,
    access: Option<i32>,
    offset: Option<i64>,
    trackfd: Option<bool>,
) -> PyResult<Owned<This>> {
    let offset = offset.unwrap_or(0);
    if length < 0 {
        return raise!(py, OverflowError, "memory mapped length must be positive");
    }
    if offset < 0 {
        return raise!(py, OverflowError, "memory mapped offset must be positive");
    }
    let rights = rights(py, flags, prot, access.unwrap_or(DEFAULT))?;
    let (fd_value, length_value) = (Value::int(i64::from(fd)), Value::int(length as i64));
    audit(
        py,
        "mmap.__new__",
        &[
            fd_value,
            length_value,
            Value::int(i64::from(rights.access)),
            Value::int(offset),
        ],
    )?;
    let mut length = length as usize;
    if fd != -1 {
        length = length_in_file(py, fd, length, offset)?;
    }
    let trackfd = trackfd.unwrap_or(true);
    let (own, flags) = if fd == -1 {
        (-1, rights.flags | libc::MAP_ANONYMOUS)
    } else if trackfd {
        (
            os(py, file::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0))?,
            rights.flags,
        )
    } else {
        (-1, rights.flags)
    };
    let map = match MemoryMap::new(length, rights.prot, flags, fd, offset) {
        Ok(map) => map,
        Err(errno) => {
            if own >= 0 {
                let _ = file::close(own);
            }
            return fail(py, Errno(errno));
        }
    };
    let body = Mmap {
        map,
        position: Cell::new(0),
        fd: Cell::new(own),
        offset,
        access: rights.access,
        shared_anonymous: fd == -1 && flags & libc::MAP_SHARED != 0,
        trackfd,
    };
    Instance::new_in(py, class, body)
}

/// How much of a file is mapped.
fn length_in_file(py: Py, fd: i32, length: usize, offset: i64) -> PyResult<usize> {
    let found = os(py, file::fstat(fd))?;
    if found.st_mode & libc::S_IFMT != libc::S_IFREG {
        return Ok(length);
    }
    if length == 0 {
        if found.st_size == 0 {
            return raise!(py, ValueError, "cannot mmap an empty file");
        }
        if offset >= found.st_size {
            return raise!(py, ValueError, "mmap offset is greater than file size");
        }
        return Ok((found.st_size - offset) as usize);
    }
    if offset > found.st_size || (found.st_size - offset) < length as i64 {
        return raise!(py, ValueError, "mmap length is greater than file size");
    }
    Ok(length)
}

fn resize(py: Py, this: &This, size: isize) -> PyResult<()> {
    this.check(py)?;
    if this.map.is_lent() {
        return raise!(
            py,
            BufferError,
            "mmap can't resize with extant buffers exported."
        );
    }
    if !this.trackfd {
        return raise!(py, ValueError, "mmap can't resize with trackfd=False.");
    }
    if this.access != WRITE && this.access != DEFAULT {
        return raise!(
            py,
            TypeError,
            "mmap can't resize a readonly or copy-on-write memory map."
        );
    }
    let Ok(size) = usize::try_from(size) else {
        return raise!(py, ValueError, "new size out of range");
    };
    if this.shared_anonymous && size > this.map.len() {
        return raise!(
            py,
            ValueError,
            "mmap: can't expand a shared anonymous mapping"
        );
    }
    if this.fd.get() >= 0 {
        os(
            py,
            file::ftruncate(this.fd.get(), this.offset + size as i64),
        )?;
    }
    if let Err(errno) = this.map.resize(size) {
        return fail(py, Errno(errno));
    }
    this.position.set(this.position.get().min(size));
    Ok(())
}

fn flush(py: Py, this: &This, offset: Option<isize>, size: Option<&Value>) -> PyResult<()> {
    this.check(py)?;
    let offset = offset.unwrap_or(0);
    let size = match size.filter(|s| !s.is_none()) {
        Some(size) => number::to_index(py, size, &exceptions::OverflowError)?,
        None => this.map.len() as isize,
    };
    if offset < 0 || size < 0 || (this.map.len() as isize) - offset < size {
        return raise!(py, ValueError, "flush values out of range");
    }
    if this.access == READ || this.access == COPY {
        return Ok(());
    }
    match this.map.flush(offset as usize, size as usize) {
        Ok(()) => Ok(()),
        Err(errno) => fail(py, Errno(errno)),
    }
}

fn madvise(
    py: Py,
    this: &This,
    option: i32,
    start: Option<isize>,
    length: Option<&Value>,
) -> PyResult<()> {
    this.check(py)?;
    let size = this.map.len() as isize;
    let start = start.unwrap_or(0);
    let length = match length.filter(|l| !l.is_none()) {
        Some(length) => number::to_index(py, length, &exceptions::OverflowError)?,
        None => size,
    };
    if start < 0 || start >= size {
        return raise!(py, ValueError, "madvise start out of bounds");
    }
    if length < 0 {
        return raise!(py, ValueError, "madvise length invalid");
    }
    if isize::MAX - start < length {
        return raise!(py, OverflowError, "madvise length too large");
    }
    let length = length.min(size - start);
    match this.map.advise(start as usize, length as usize, option) {
        Ok(()) => Ok(()),
        Err(errno) => fail(py, Errno(errno)),
    }
}

fn repr(_py: Py, this: &This) -> String {
    let name = this.as_object().ty().name();
    if this.map.is_closed() {
        return format!("<{name} closed=True>");
    }
    let access = [
        "ACCESS_DEFAULT",
        "ACCESS_READ",
        "ACCESS_WRITE",
        "ACCESS_COPY",
    ];
    let access = access
        .get(this.access as usize)
        .copied()
        .unwrap_or("unknown");
    let (length, position, offset) = (this.map.len(), this.position.get(), this.offset);
    format!(
        "<{name} closed=False, access={access}, length={length}, pos={position}, offset={offset}>"
    )
}

impl Class for Mmap {
    const NAME: &'static str = "mmap.mmap";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .with_weakrefs()
            .new_with(
                "mmap(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)",
                new,
            )
            .repr(repr)
            .lends_map(|py: Py, this: &This| {
                this.check(py)?;
                Ok(&this.map)
            })
            .getter("closed", |_py: Py, this: &This| this.map.is_closed())
            .method("close($self, /)", |py: Py, this: &This| this.close(py))
            .method("resize($self, newsize, /)", resize)
            .method("flush($self, offset=0, size=None, /)", flush)
            .method("madvise($self, option, start=0, length=None, /)", madvise)
            .method("size($self, /)", |py: Py, this: &This| {
                this.check(py)?;
                this.file_size(py)
            })
            .method("__enter__($self, /)", |py: Py, this: &This| {
                this.check(py)?;
                Ok::<_, krait_object::Raised>(this.to_owned())
            })
            .method(
                "__exit__($self, exc_type, exc_value, traceback, /)",
                |py: Py, this: &This, _type: &Value, _value: &Value, _traceback: &Value| this.close(py),
            );
        stream::define(b);
        items::define(b);
    }
}

/// Bytes of a range of the map; the range is within it.
fn copy_out(this: &This, start: usize, end: usize) -> Owned<Bytes> {
    this.map
        .with(|bytes| Bytes::new(bytes.get(start..end).unwrap_or(&[])))
}

/// Writes bytes into the map at a place that has been checked.
fn copy_in(this: &This, start: usize, data: &Buffer) {
    // The source may be the map itself.
    let data = data.as_slice().to_vec();
    this.map.with_mut(|bytes| {
        if let Some(room) = bytes.get_mut(start..start + data.len()) {
            room.copy_from_slice(&data);
        }
    });
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    m.value("error", Value::from(exceptions::OSError.to_owned()))?
        .class::<Mmap>()?;
    Ok(())
}
