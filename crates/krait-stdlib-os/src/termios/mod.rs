//! `termios`: modes of terminals.

use std::cell::RefCell;

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, number};
use krait_object::{
    Bytes, GilCell, List, ModuleBuilder, Owned, Py, PyResult, Value, errors, exceptions, raise,
};
use krait_sys::terminal as sys;
use krait_sys::{Errno, file, libc};

use crate::blocking::retry;
use crate::numbers::{Fd, saturating, unsigned};

mod constants;

pub const MODULE: NativeModule = NativeModule {
    name: "termios",
    init,
};

static ERROR: GilCell<RefCell<Option<Value>>> = GilCell::new(RefCell::new(None));

#[cold]
fn fail<T>(py: Py, error: Errno) -> PyResult<T> {
    let class = ERROR.get(py).borrow().clone();
    let Some(class) = class else {
        return crate::blocking::fail(py, error);
    };
    let text = krait_object::Str::new(&errors::os_error_text(error.0));
    crate::exceptions::raise(
        py,
        &class,
        &[Value::int(i64::from(error.0)), Value::from(text)],
    )
}

/// Runs a call without the GIL; fails with `termios.error`.
fn call<T: Send>(py: Py, call: impl Fn() -> krait_sys::Result<T> + Sync) -> PyResult<T> {
    match retry(py, call)? {
        Ok(value) => Ok(value),
        Err(error) => fail(py, error),
    }
}

fn tcgetattr(py: Py, fd: Fd) -> PyResult<Owned<List>> {
    let mode = call(py, || sys::tcgetattr(fd.0))?;
    let (input, output) = sys::speeds(&mode);
    let raw = mode.c_lflag & libc::ICANON == 0;
    let characters = mode.c_cc.iter().enumerate().map(|(i, &c)| {
        // Without line editing two of them are numbers.
        if raw && (i == libc::VMIN || i == libc::VTIME) {
            Value::int(i64::from(c))
        } else {
            Value::from(Bytes::new(&[c]))
        }
    });
    let characters = List::from_values(characters.collect::<Vec<_>>());
    let flags = [
        mode.c_iflag,
        mode.c_oflag,
        mode.c_cflag,
        mode.c_lflag,
        input,
        output,
    ];
    let list = List::from_values(flags.map(|f| unsigned(u64::from(f))));
    list.push_value(Value::from(characters));
    Ok(list)
}

fn flag(py: Py, value: &Value) -> PyResult<u32> {
    match number::index_to_i128(py, value)? {
        Some(n) => Ok(n as u32),
        None => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C unsigned long"
        ),
    }
}

fn tcsetattr(py: Py, fd: Fd, when: i32, attributes: &Value) -> PyResult<()> {
    let items = attributes.downcast::<List>().map(List::to_vec);
    let Some(items) = items.filter(|i| i.len() == 7) else {
        return raise!(py, TypeError, "tcsetattr, arg 3: must be 7 element list");
    };
    let items: Vec<Value> = items.iter().map(|o| Value::unboxed(o)).collect();
    // What the list does not say stays as it is.
    let mut mode = call(py, || sys::tcgetattr(fd.0))?;
    mode.c_iflag = flag(py, &items[0])?;
    mode.c_oflag = flag(py, &items[1])?;
    mode.c_cflag = flag(py, &items[2])?;
    mode.c_lflag = flag(py, &items[3])?;
    let (input, output) = (flag(py, &items[4])?, flag(py, &items[5])?);
    let characters = items[6].downcast::<List>().map(List::to_vec);
    let Some(characters) = characters.filter(|c| c.len() == mode.c_cc.len()) else {
        let count = mode.c_cc.len();
        return raise!(
            py,
            TypeError,
            "tcsetattr: attributes[6] must be {count} element list"
        );
    };
    for (place, item) in mode.c_cc.iter_mut().zip(characters) {
        let item = Value::unboxed(&item);
        *place = match item.downcast::<Bytes>() {
            Some(bytes) if bytes.len() == 1 => bytes.as_slice()[0],
            None if number::is_index(&item) => match saturating(py, &item)? {
                n if u8::try_from(n).is_ok() => n as u8,
                _ => {
                    return raise!(
                        py,
                        OverflowError,
                        "Python int too large to convert to C cc_t"
                    );
                }
            },
            _ => {
                return raise!(
                    py,
                    TypeError,
                    "tcsetattr: elements of attributes must be characters or integers"
                );
            }
        };
    }
    if let Err(error) = sys::set_speeds(&mut mode, input, output) {
        return fail(py, error);
    }
    call(py, || sys::tcsetattr(fd.0, when, &mode)).map(drop)
}

fn set_size(py: Py, fd: Fd, size: &Value) -> PyResult<()> {
    let items = match size.as_object().is_some_and(protocol::iter::is_sequence) {
        true => protocol::iter::collect(py, size)?,
        false => Vec::new(),
    };
    let [rows, columns] = items.as_slice() else {
        return raise!(
            py,
            TypeError,
            "tcsetwinsize, arg 2: must be a two-item sequence"
        );
    };
    let mut new = call(py, || file::window_size(fd.0))?;
    for (place, value) in [(&mut new.ws_row, rows), (&mut new.ws_col, columns)] {
        match number::index_to_i128(py, value)?.and_then(|n| u16::try_from(n).ok()) {
            Some(n) => *place = n,
            None => return raise!(py, OverflowError, "winsize value(s) out of range."),
        }
    }
    call(py, || file::set_window_size(fd.0, new)).map(drop)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    let class = crate::exceptions::new_class(m.py, "termios.error", &exceptions::Exception)?;
    *ERROR.get(m.py).borrow_mut() = Some(class.clone());
    m.value("error", class)?
        .function("tcgetattr($module, fd, /)", tcgetattr)?
        .function("tcsetattr($module, fd, when, attributes, /)", tcsetattr)?
        .function(
            "tcsendbreak($module, fd, duration, /)",
            |py: Py, fd: Fd, duration: i32| call(py, || sys::tcsendbreak(fd.0, duration)).map(drop),
        )?
        .function("tcdrain($module, fd, /)", |py: Py, fd: Fd| {
            call(py, || sys::tcdrain(fd.0)).map(drop)
        })?
        .function(
            "tcflush($module, fd, queue, /)",
            |py: Py, fd: Fd, queue: i32| call(py, || sys::tcflush(fd.0, queue)).map(drop),
        )?
        .function(
            "tcflow($module, fd, action, /)",
            |py: Py, fd: Fd, action: i32| call(py, || sys::tcflow(fd.0, action)).map(drop),
        )?
        .function("tcgetwinsize($module, fd, /)", |py: Py, fd: Fd| {
            call(py, || file::window_size(fd.0)).map(|s| (s.ws_row, s.ws_col))
        })?
        .function("tcsetwinsize($module, fd, winsize, /)", set_size)?;
    Ok(())
}
