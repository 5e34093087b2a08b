//! `listdir` and `scandir`.

use std::cell::{Cell, RefCell};

use krait_object::native::{Args, Class, TypeBuilder};
use krait_object::{
    Instance, List, ModuleBuilder, Owned, Py, PyResult, Value, class_cell, errors, raise,
};
use krait_sys::dir::{Dir, Entry};

use super::entry::DirEntry;
use crate::blocking::audit;
use crate::paths::{AnyPath, FsPath};

fn open(py: Py, path: &FsPath) -> PyResult<Dir> {
    let (fd, c) = (path.fd, &*path.c);
    let opened = crate::blocking::retry(py, || fd.map_or_else(|| Dir::open(c), Dir::open_fd))?;
    match (opened, path.is_fd()) {
        (Err(error), true) => crate::blocking::fail(py, error),
        (opened, _) => path.check(py, opened),
    }
}

fn listdir(py: Py, path: Option<AnyPath>) -> PyResult<Owned<List>> {
    let path = path.map_or_else(FsPath::current, |p| p.0);
    audit(py, "os.listdir", &[path.value()])?;
    let mut dir = open(py, &path)?;
    let all = py.allow_threads(|| {
        let mut names = Vec::new();
        while let Some(entry) = dir.read()? {
            names.push(entry.name);
        }
        Ok(names)
    });
    let names = path.check(py, all)?;
    Ok(List::from_values(
        names.iter().map(|name| path.result(name)),
    ))
}

/// What `scandir` gives.
pub struct ScandirIterator {
    dir: RefCell<Option<Dir>>,
    path: FsPath,
    warned: Cell<bool>,
}

type This = Instance<ScandirIterator>;

fn scandir(py: Py, path: Option<AnyPath>) -> PyResult<Owned<This>> {
    let path = path.map_or_else(FsPath::current, |p| p.0);
    audit(py, "os.scandir", &[path.value()])?;
    let dir = open(py, &path)?;
    let body = ScandirIterator {
        dir: RefCell::new(Some(dir)),
        path,
        warned: Cell::new(false),
    };
    Ok(Instance::new(py, body))
}

fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    let Some(mut dir) = this.dir.borrow_mut().take() else {
        return Ok(None);
    };
    let read: krait_sys::Result<Option<Entry>> = py.allow_threads(|| dir.read());
    match read {
        Ok(None) => Ok(None),
        Ok(Some(entry)) => {
            *this.dir.borrow_mut() = Some(dir);
            Ok(Some(Value::from(DirEntry::make(py, &this.path, &entry))))
        }
        Err(error) => this.path.fail(py, error),
    }
}

impl ScandirIterator {
    fn close(&self) {
        let dir = self.dir.borrow_mut().take();
        drop(dir);
    }
}

impl Class for ScandirIterator {
    const NAME: &'static str = "posix.ScandirIterator";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.mutable()
            .no_constructor()
            .iter(|_py, this: &This| krait_object::Layout::to_owned(this))
            .next(next)
            .finalize(|py: Py, this: &This| {
                if this.dir.borrow().is_none() || this.warned.replace(true) {
                    return;
                }
                let shown = krait_object::protocol::repr::repr_object(
                    py,
                    krait_object::Layout::as_object(this),
                );
                let warned = shown.and_then(|text| {
                    let text = format!("unclosed scandir iterator {}", text.to_rust());
                    errors::warn_of_resource(py, &text, krait_object::Layout::as_object(this))
                });
                if warned.is_err() {
                    errors::write_unraisable(py, None, Some(krait_object::Layout::as_object(this)));
                }
                this.close();
            })
            .method("close($self, /)", |_py, this: &This| this.close())
            .method("__enter__($self, /)", |_py, this: &This| {
                krait_object::Layout::to_owned(this)
            })
            .method(
                "__exit__($self, /, *args)",
                |_py, this: &This, _args: Args<'_>| this.close(),
            )
            .method(
                "__reduce_ex__($self, protocol, /)",
                |py: Py, _this: &This, _protocol: &Value| -> PyResult {
                    raise!(
                        py,
                        TypeError,
                        "cannot pickle 'posix.ScandirIterator' object"
                    )
                },
            );
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("listdir($module, /, path=None)", listdir)?
        .function("scandir($module, /, path=None)", scandir)?
        .class::<DirEntry>()?;
    Ok(())
}
