//! `_io.FileIO`: a raw file over a descriptor.

use std::cell::Cell;

use krait_object::native::TypeBuilder;
use krait_object::{
    Class, Instance, Layout, Object, Owned, Py, PyResult, Type, Value, class_cell, intern, protocol,
};
use krait_sys::fd::{self, FdStat};

use crate::base::{self, base_of, raw::RawIoBase};
use crate::fault::{self, unsupported};
use crate::raw_call::me;

mod data;
mod mode;
mod opening;

pub use mode::Mode;
pub use opening::create;

/// `FileIO`. The descriptor is -1 while nothing is open.
pub struct FileIo {
    fd: Cell<i32>,
    mode: Cell<Mode>,
    closes: Cell<bool>,
    /// Whether the descriptor can seek, once that is known.
    seeks: Cell<Option<bool>>,
    /// What `fstat` said when the file was opened.
    stat: Cell<Option<FdStat>>,
    finalizing: Cell<bool>,
}

pub type This = Instance<FileIo>;

impl FileIo {
    fn unopened() -> FileIo {
        FileIo {
            fd: Cell::new(-1),
            mode: Cell::new(Mode::default()),
            closes: Cell::new(true),
            seeks: Cell::new(None),
            stat: Cell::new(None),
            finalizing: Cell::new(false),
        }
    }

    pub fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    pub fn mode(&self) -> Mode {
        self.mode.get()
    }

    /// The descriptor, or ValueError where the file is closed.
    #[inline]
    pub fn descriptor(&self, py: Py) -> PyResult<i32> {
        match self.fd.get() {
            fd if fd >= 0 => Ok(fd),
            _ => closed(py),
        }
    }

    /// The block size that buffers should have, as the file system says.
    pub fn block_size(&self) -> i64 {
        self.stat
            .get()
            .map_or(crate::module::DEFAULT_BUFFER_SIZE as i64, |s| {
                s.block_size.max(1)
            })
    }

    /// Whether the file may be read (written), or UnsupportedOperation.
    fn check_readable(&self, py: Py) -> PyResult<()> {
        if self.mode.get().readable {
            Ok(())
        } else {
            unsupported(py, "File not open for reading")
        }
    }

    fn check_writable(&self, py: Py) -> PyResult<()> {
        if self.mode.get().writable {
            Ok(())
        } else {
            unsupported(py, "File not open for writing")
        }
    }

    /// Gives the descriptor back to the system.
    fn close_descriptor(&self, py: Py) -> PyResult<()> {
        let descriptor = self.fd.replace(-1);
        self.stat.set(None);
        if descriptor < 0 {
            return Ok(());
        }
        match py.allow_threads(|| fd::close(descriptor)) {
            Err(e) if e.raw_os_error() != Some(krait_sys::fd::constants::EINTR) => {
                krait_object::errors::io_error(py, &e, None)
            }
            _ => Ok(()),
        }
    }

    pub fn is_terminal(&self, py: Py) -> PyResult<bool> {
        let descriptor = self.descriptor(py)?;
        if self.stat.get().is_some_and(|s| !s.may_be_terminal()) {
            return Ok(false);
        }
        Ok(py.allow_threads(|| fd::is_terminal(descriptor)))
    }

    pub fn can_seek(&self, py: Py) -> PyResult<bool> {
        let descriptor = self.descriptor(py)?;
        if let Some(known) = self.seeks.get() {
            return Ok(known);
        }
        let can = py
            .allow_threads(|| fd::seek(descriptor, 0, fd::constants::SEEK_CUR))
            .is_ok();
        self.seeks.set(Some(can));
        Ok(can)
    }
}

#[cold]
fn closed<T>(py: Py) -> PyResult<T> {
    krait_object::raise!(py, ValueError, "I/O operation on closed file")
}

/// `close()` of a file whose class may be a subclass.
pub fn close(py: Py, this: &This) -> PyResult {
    let object = me(this.as_object());
    if this.as_object().is_exact::<This>() && this.is_closed() {
        return Ok(Value::none());
    }
    let base = base::close(py, &object);
    if !this.closes.get() {
        this.fd.set(-1);
        return base;
    }
    let rest = || {
        if this.finalizing.get() {
            dealloc_warn(py, this, &object);
        }
        this.close_descriptor(py).map(|()| Value::none())
    };
    fault::both(py, base, rest)
}

/// ResourceWarning for a file that nobody has closed.
pub fn dealloc_warn(py: Py, this: &FileIo, source: &Value) {
    if !this.is_closed() && this.closes.get() {
        base::warn_unclosed(py, source);
    }
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let name = this.as_object().ty().name();
    if this.is_closed() {
        return Ok(format!("<{name} [closed]>"));
    }
    let closes = if this.closes.get() { "True" } else { "False" };
    let mode = this.mode.get().text();
    let object = me(this.as_object());
    match crate::raw_call::attribute_or_none(py, &object, intern!("name"))? {
        None => Ok(format!(
            "<{name} fd={} mode='{mode}' closefd={closes}>",
            this.fd.get()
        )),
        Some(file) => {
            let _guard = base::enter_repr(py, this.as_object())?;
            let file = protocol::repr(py, &file)?;
            Ok(format!(
                "<{name} name={} mode='{mode}' closefd={closes}>",
                file.to_rust()
            ))
        }
    }
}

fn set_finalizing(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let truth = value.map_or(Ok(false), |v| protocol::object_truth(py, v))?;
    this.finalizing.set(truth);
    Ok(())
}

impl Class for FileIo {
    const NAME: &'static str = "_io.FileIO";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.base(base_of::<RawIoBase>())
            .subclassable()
            .with_dict()
            .with_weakrefs()
            .doc("Open a file.")
            .new_bare(|py, class: &Type| Instance::new_in(py, class, FileIo::unopened()))
            .init(
                "FileIO(file, mode='r', closefd=True, opener=None)",
                opening::init,
            )
            .repr(repr)
            .method("read($self, size=-1, /)", data::read)
            .method("readall($self, /)", data::readall)
            .method("readinto($self, buffer, /)", data::readinto)
            .method("write($self, b, /)", data::write)
            .method("seek($self, pos, whence=0, /)", data::seek)
            .method("tell($self, /)", |py, this: &This| this.position(py))
            .method("truncate($self, size=None, /)", data::truncate)
            .method("close($self, /)", close)
            .method("seekable($self, /)", |py, this: &This| this.can_seek(py))
            .method("readable($self, /)", |py, this: &This| {
                this.descriptor(py).map(|_| this.mode.get().readable)
            })
            .method("writable($self, /)", |py, this: &This| {
                this.descriptor(py).map(|_| this.mode.get().writable)
            })
            .method("fileno($self, /)", |py, this: &This| this.descriptor(py))
            .method("isatty($self, /)", |py, this: &This| {
                let descriptor = this.descriptor(py)?;
                Ok::<_, krait_object::Raised>(py.allow_threads(|| fd::is_terminal(descriptor)))
            })
            .method("_isatty_open_only($self, /)", |py, this: &This| {
                this.is_terminal(py)
            })
            .method(
                "_dealloc_warn($self, object, /)",
                |py, this: &This, source: &Value| dealloc_warn(py, this, source),
            )
            .method("__getstate__($self, /)", |py, this: &This| {
                fault::no_pickle(py, this.as_object())
            })
            .getset(
                "_finalizing",
                |_py, this: &This| this.finalizing.get(),
                set_finalizing,
            )
            .getter("closed", |_py, this: &This| this.is_closed())
            .getter("closefd", |_py, this: &This| this.closes.get())
            .getter("mode", |_py, this: &This| this.mode.get().text())
            .getter("_blksize", |_py, this: &This| this.block_size());
    }
}

/// The object as a file, where it is exactly a FileIO.
pub fn exactly(object: &Value) -> Option<Owned<This>> {
    object.downcast_exact::<This>().map(Layout::to_owned)
}
