//! The local zone: `timezone`, `altzone`, `daylight`, `tzname`, `tzset`.

use krait_object::{Dict, ModuleBuilder, Py, PyResult, Str, Tuple, Value, hooks, protocol};
use krait_sys::time as sys;

const YEAR: i64 = (365 * 24 + 6) * 3600;

/// A zone's name and its offset west of Greenwich, half a year apart.
fn sample(time: i64) -> Option<(String, i64)> {
    let tm = sys::localtime(time).ok()?;
    let name = tm
        .zone
        .as_ref()
        .map_or_else(String::new, |z| z.to_string_lossy().into_owned());
    Some((name.chars().take(100).collect(), -tm.offset))
}

/// Standard time is that of the half year whose clocks are behind.
fn set(py: Py, dict: &Dict) -> PyResult<()> {
    let now = sys::clock_gettime(krait_sys::libc::CLOCK_REALTIME).map_or(0, |t| t.tv_sec);
    let start = now / YEAR * YEAR;
    let utc = || ("UTC".to_string(), 0);
    let january = sample(start).unwrap_or_else(utc);
    let july = sample(start + YEAR / 2).unwrap_or_else(utc);
    let (standard, summer) = if january.1 < july.1 {
        (july.clone(), january.clone())
    } else {
        (january.clone(), july.clone())
    };
    let put = |name: &str, value: Value| dict.set_value(py, &Value::from(Str::intern(name)), value);
    put("timezone", Value::int(standard.1))?;
    put("altzone", Value::int(summer.1))?;
    put("daylight", Value::int(i64::from(january.1 != july.1)))?;
    let names = [standard.0, summer.0].map(|n| Value::from(Str::new(&n)));
    put("tzname", Value::from(Tuple::from_values(names)))
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    set(m.py, &m.dict())?;
    m.function("tzset($self, /)", |py: Py| {
        sys::tzset();
        let time = hooks::import_module(py, "time")?;
        let dict = protocol::get_attr_str(py, &time, "__dict__")?;
        dict.downcast::<Dict>().map_or(Ok(()), |d| set(py, d))
    })?;
    Ok(())
}
