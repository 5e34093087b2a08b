//! Methods that the three buffered classes declare alike.

use krait_object::native::TypeBuilder;
use krait_object::{Instance, Layout, Object, Py, PyResult, Type, Value, intern, protocol};

use super::{Buffered, HasBuffer};
use crate::base::{base_of, buffered::BufferedIoBase};
use crate::fault;

type This<T> = Instance<T>;

fn set_finalizing<T: HasBuffer>(py: Py, this: &This<T>, value: Option<&Object>) -> PyResult<()> {
    let truth = value.map_or(Ok(false), |v| protocol::object_truth(py, v))?;
    this.core().finalizing.set(truth);
    Ok(())
}

/// What all of them have.
pub fn define<T: HasBuffer + From<Buffered> + 'static, const READS: bool, const WRITES: bool>(
    b: &mut TypeBuilder<This<T>>,
) {
    b.base(base_of::<BufferedIoBase>())
        .subclassable()
        .with_dict()
        .with_weakrefs()
        .new_bare(|py, class: &Type| {
            Instance::new_in(py, class, T::from(Buffered::new(READS, WRITES)))
        })
        .repr(|py, this: &This<T>| this.core().repr(py, this.as_object()))
        .method("close($self, /)", |py, this: &This<T>| {
            this.core().close(py, this.as_object())
        })
        .method("detach($self, /)", |py, this: &This<T>| {
            this.core().detach(py, this.as_object())
        })
        .method("seekable($self, /)", |py, this: &This<T>| {
            this.core().forward(py, intern!("seekable"))
        })
        .method("fileno($self, /)", |py, this: &This<T>| {
            this.core().forward(py, intern!("fileno"))
        })
        .method("isatty($self, /)", |py, this: &This<T>| {
            this.core().forward(py, intern!("isatty"))
        })
        .method(
            "_dealloc_warn($self, source, /)",
            |py, this: &This<T>, source: &Value| this.core().dealloc_warn(py, source),
        )
        .method(
            "seek($self, target, whence=0, /)",
            |py, this: &This<T>, target: &Value, whence: Option<i32>| {
                this.core().seek(py, this.as_object(), target, whence)
            },
        )
        .method("tell($self, /)", |py, this: &This<T>| this.core().tell(py))
        .method(
            "truncate($self, pos=None, /)",
            |py, this: &This<T>, pos: Option<&Value>| {
                this.core().truncate(py, this.as_object(), pos)
            },
        )
        .method("__sizeof__($self, /)", |_py, this: &This<T>| {
            this.as_object().ty().raw().tp_basicsize as i64 + this.core().memory_size()
        })
        .method("__getstate__($self, /)", |py, this: &This<T>| {
            fault::no_pickle(py, this.as_object())
        })
        .getter("raw", |_py, this: &This<T>| this.core().raw.value())
        .getset(
            "_finalizing",
            |_py, this: &This<T>| this.core().finalizing.get(),
            set_finalizing::<T>,
        )
        .getter("closed", |py, this: &This<T>| this.core().closed_value(py))
        .getter("name", |py, this: &This<T>| {
            this.core().check_ready(py)?;
            protocol::get_attr(py, &this.core().raw.value(), intern!("name"))
        })
        .getter("mode", |py, this: &This<T>| {
            this.core().check_ready(py)?;
            protocol::get_attr(py, &this.core().raw.value(), intern!("mode"))
        });
}

/// What those have that read.
pub fn define_reading<T: HasBuffer>(b: &mut TypeBuilder<This<T>>) {
    b.next(|py, this: &This<T>| {
        let object = this.as_object();
        if !object.is_exact::<This<T>>() {
            return crate::base::next_line(py, &crate::raw_call::me(object));
        }
        this.core().check_open(py, "readline of closed file")?;
        let line = this.core().line(py, object, None)?;
        Ok((!line.is_empty()).then(|| Value::from(line)))
    })
    .method("readable($self, /)", |py, this: &This<T>| {
        this.core().forward(py, intern!("readable"))
    })
    .method(
        "read($self, size=-1, /)",
        |py, this: &This<T>, size: Option<&Value>| this.core().read(py, this.as_object(), size),
    )
    .method(
        "peek($self, size=0, /)",
        |py, this: &This<T>, _size: Option<i64>| this.core().peek(py, this.as_object()),
    )
    .method(
        "read1($self, size=-1, /)",
        |py, this: &This<T>, size: Option<&Value>| this.core().read1(py, this.as_object(), size),
    )
    .method(
        "readinto($self, buffer, /)",
        |py, this: &This<T>, buffer: &Value| {
            this.core().readinto(py, this.as_object(), buffer, false)
        },
    )
    .method(
        "readinto1($self, buffer, /)",
        |py, this: &This<T>, buffer: &Value| {
            this.core().readinto(py, this.as_object(), buffer, true)
        },
    )
    .method(
        "readline($self, size=-1, /)",
        |py, this: &This<T>, size: Option<&Value>| this.core().readline(py, this.as_object(), size),
    );
}

/// What those have that write.
pub fn define_writing<T: HasBuffer>(b: &mut TypeBuilder<This<T>>) {
    b.method("writable($self, /)", |py, this: &This<T>| {
        this.core().forward(py, intern!("writable"))
    })
    .method(
        "write($self, buffer, /)",
        |py, this: &This<T>, buffer: &Value| this.core().write(py, this.as_object(), buffer),
    )
    .method("flush($self, /)", |py, this: &This<T>| {
        this.core().flush(py, this.as_object())
    });
}
