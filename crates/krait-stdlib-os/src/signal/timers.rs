//! `alarm`, `setitimer`, `getitimer`, `pause`.

use std::cell::RefCell;

use krait_object::protocol;
use krait_object::{GilCell, ModuleBuilder, Py, PyResult, Value, errors, exceptions};
use krait_sys::libc;
use krait_sys::signal as sys;

use crate::time::convert::{Round, nanoseconds};

/// `ItimerError`.
static ERROR: GilCell<RefCell<Option<Value>>> = GilCell::new(RefCell::new(None));

fn timeval(py: Py, seconds: &Value) -> PyResult<libc::timeval> {
    let nanos = nanoseconds(py, seconds, Round::Ceiling)?;
    let micros = nanos.div_euclid(1000) + i64::from(nanos.rem_euclid(1000) != 0);
    Ok(libc::timeval {
        tv_sec: micros.div_euclid(1_000_000),
        tv_usec: micros.rem_euclid(1_000_000),
    })
}

fn seconds(t: libc::timeval) -> f64 {
    t.tv_sec as f64 + t.tv_usec as f64 / 1e6
}

fn result(py: Py, result: krait_sys::Result<libc::itimerval>) -> PyResult<(f64, f64)> {
    match result {
        Ok(timer) => Ok((seconds(timer.it_value), seconds(timer.it_interval))),
        Err(error) => {
            let class = ERROR.get(py).borrow().clone();
            let Some(class) = class else {
                return crate::blocking::fail(py, error);
            };
            let text = Value::from(krait_object::Str::new(&errors::os_error_text(error.0)));
            let exception = protocol::call(py, &class, &[Value::int(i64::from(error.0)), text])?;
            Err(errors::raise_object(py, exception.into_object()))
        }
    }
}

fn setitimer(py: Py, which: i32, first: &Value, interval: Option<&Value>) -> PyResult<(f64, f64)> {
    let it_value = timeval(py, first)?;
    let it_interval = match interval {
        Some(interval) => timeval(py, interval)?,
        None => libc::timeval {
            tv_sec: 0,
            tv_usec: 0,
        },
    };
    result(
        py,
        sys::setitimer(
            which,
            libc::itimerval {
                it_interval,
                it_value,
            },
        ),
    )
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let class = crate::exceptions::new_class(m.py, "signal.ItimerError", &exceptions::OSError)?;
    *ERROR.get(m.py).borrow_mut() = Some(class.clone());
    m.value("ItimerError", class)?
        .function("alarm($module, seconds, /)", |_py, seconds: i32| {
            sys::alarm(seconds as u32)
        })?
        .function("pause()", |py: Py| {
            py.allow_threads(sys::pause);
            crate::blocking::run_signals(py)
        })?
        .function(
            "setitimer($module, which, seconds, interval=0.0, /)",
            setitimer,
        )?
        .function("getitimer($module, which, /)", |py: Py, which: i32| {
            result(py, sys::getitimer(which))
        })?;
    Ok(())
}
