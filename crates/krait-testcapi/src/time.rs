//! What `_testinternalcapi` has of the conversions of time, and of text in the locale's
//! encoding.

use krait_object::{
    Bytes, ModuleBuilder, Py, PyResult, Str, Value, errors, exceptions, protocol, raise,
};
use krait_stdlib_os::time::convert::{self, Round};

const MICRO: i64 = 1_000_000;
const NANO: i64 = 1_000_000_000;

fn rounding(py: Py, number: i32) -> PyResult<Round> {
    Ok(match number {
        0 => Round::Floor,
        1 => Round::Ceiling,
        2 => Round::HalfEven,
        3 => Round::Timeout,
        _ => return raise!(py, ValueError, "invalid rounding"),
    })
}

/// Whole units of so many nanoseconds.
fn units(nanoseconds: i64, unit: i64, round: Round) -> i64 {
    let (floor, rest) = (nanoseconds.div_euclid(unit), nanoseconds.rem_euclid(unit));
    let up = match round {
        Round::Floor => false,
        Round::Ceiling => rest > 0,
        Round::Timeout => rest > 0 && nanoseconds > 0,
        Round::HalfEven => rest * 2 > unit || (rest * 2 == unit && floor % 2 != 0),
    };
    floor + i64::from(up)
}

fn timeval(py: Py, nanoseconds: i64, round: i32) -> PyResult<(i64, i64)> {
    let micro = units(nanoseconds, NANO / MICRO, rounding(py, round)?);
    Ok((micro.div_euclid(MICRO), micro.rem_euclid(MICRO)))
}

fn timespec(nanoseconds: i64) -> (i64, i64) {
    let time = convert::to_timespec(nanoseconds);
    (time.tv_sec, time.tv_nsec)
}

/// `_testcapi`'s part.
pub fn define_public(m: &ModuleBuilder) -> PyResult<()> {
    m.int("PyTime_MIN", i64::MIN)?
        .int("PyTime_MAX", i64::MAX)?
        .function("PyTime_AsSecondsDouble(ns, /)", |_py: Py, ns: i64| {
            if ns % NANO == 0 {
                (ns / NANO) as f64
            } else {
                ns as f64 / 1e9
            }
        })?;
    Ok(())
}

fn define_time(m: &ModuleBuilder) -> PyResult<()> {
    m.int("SIZEOF_TIME_T", 8)?;
    m.function(
        "_PyTime_FromSeconds(seconds, /)",
        |py: Py, seconds: &Value| {
            if seconds.as_double().is_some() {
                return raise!(
                    py,
                    TypeError,
                    "'float' object cannot be interpreted as an integer"
                );
            }
            match protocol::number::index_to_i128(py, seconds)?.map(i32::try_from) {
                Some(Ok(seconds)) => Ok(i64::from(seconds) * NANO),
                _ => raise!(py, OverflowError, "signed integer is out of C int range"),
            }
        },
    )?
    .function(
        "_PyTime_FromSecondsObject(seconds, round, /)",
        |py: Py, seconds: &Value, round: i32| {
            convert::nanoseconds(py, seconds, rounding(py, round)?)
        },
    )?
    .function("_PyTime_AsTimeval(ns, round, /)", timeval)?
    .function("_PyTime_AsTimeval_clamp(ns, round, /)", timeval)?
    .function("_PyTime_AsTimespec(ns, /)", |_py: Py, ns: i64| timespec(ns))?
    .function("_PyTime_AsTimespec_clamp(ns, /)", |_py: Py, ns: i64| {
        timespec(ns)
    })?
    .function(
        "_PyTime_AsMilliseconds(ns, round, /)",
        |py: Py, ns: i64, round: i32| {
            Ok::<_, krait_object::Raised>(units(ns, NANO / 1000, rounding(py, round)?))
        },
    )?
    .function(
        "_PyTime_AsMicroseconds(ns, round, /)",
        |py: Py, ns: i64, round: i32| {
            Ok::<_, krait_object::Raised>(units(ns, NANO / MICRO, rounding(py, round)?))
        },
    )?
    .function(
        "_PyTime_ObjectToTime_t(object, round, /)",
        |py: Py, object: &Value, round: i32| {
            convert::whole_seconds(py, object, rounding(py, round)?)
        },
    )?
    .function(
        "_PyTime_ObjectToTimeval(object, round, /)",
        |py: Py, object: &Value, round: i32| {
            convert::seconds_and_parts(py, object, rounding(py, round)?, MICRO)
        },
    )?
    .function(
        "_PyTime_ObjectToTimespec(object, round, /)",
        |py: Py, object: &Value, round: i32| {
            convert::seconds_and_parts(py, object, rounding(py, round)?, NANO)
        },
    )?;
    Ok(())
}

/// Refuses the error handlers that the locale's codec does not have.
fn check_handler(py: Py, errors: &str) -> PyResult<()> {
    match errors {
        "strict" | "surrogateescape" | "surrogatepass" => Ok(()),
        _ => raise!(py, ValueError, "unsupported error handler"),
    }
}

/// A failure of the codec as the functions tell it.
fn retold(py: Py, result: PyResult, doing: &str) -> PyResult {
    result.or_else(|raised| {
        let Some(error) = errors::take_if(py, &exceptions::UnicodeError) else {
            return Err(raised);
        };
        let error = Value::from(error);
        let start = protocol::get_attr_str(py, &error, "start")?;
        let reason = protocol::get_attr_str(py, &error, "reason")?;
        let (start, reason) = (protocol::str(py, &start)?, protocol::str(py, &reason)?);
        let (start, reason) = (start.to_rust(), reason.to_rust());
        raise!(
            py,
            RuntimeError,
            "{doing} error: pos={start}, reason={reason}"
        )
    })
}

fn define_locale(m: &ModuleBuilder) -> PyResult<()> {
    let recode = |py: Py, value: &Value, method: &str, errors: &str| {
        check_handler(py, errors)?;
        let arguments = [
            Value::from(Str::new("utf-8")),
            Value::from(Str::new(errors)),
        ];
        let result = protocol::call_method(py, value, &Str::intern(method), &arguments);
        retold(py, result, method)
    };
    m.function(
        "EncodeLocaleEx(text, current_locale=0, errors='strict', /)",
        move |py: Py, text: &Str, _current: Option<i32>, errors: Option<String>| {
            let text = Value::from(text.to_owned_str());
            recode(py, &text, "encode", errors.as_deref().unwrap_or("strict"))
        },
    )?
    .function(
        "DecodeLocaleEx(bytes, current_locale=0, errors='strict', /)",
        move |py: Py, bytes: &Bytes, _current: Option<i32>, errors: Option<String>| {
            let bytes = Value::from(Bytes::new(bytes.as_slice()));
            recode(py, &bytes, "decode", errors.as_deref().unwrap_or("strict"))
        },
    )?;
    Ok(())
}

/// `_testinternalcapi`'s part.
pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    define_time(m)?;
    define_locale(m)
}
