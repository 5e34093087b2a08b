//! `datetime.h`: the table of functions in the capsule `datetime.datetime_CAPI`.

use std::cell::OnceCell;
use std::ffi::c_int;

use krait_abi::*;
use krait_object::{
    Dict, GilCell, Layout, Module, Object, Py, PyResult, Str, Tuple, Type, Value, protocol, raise,
};

use crate::border::{Ptr, border};

/// `class(*numbers, tzinfo, fold=fold)`
///
/// # Safety
/// The class is alive, the zone an object or NULL.
unsafe fn construct(
    py: Py,
    class: *mut PyTypeObject,
    numbers: &[c_int],
    zone: Ptr,
    fold: c_int,
) -> PyResult {
    // SAFETY: the contract.
    let class = Value::from(unsafe { Type::from_ptr(class) }.to_owned());
    let mut values: Vec<Value> = numbers.iter().map(|&n| Value::int(n.into())).collect();
    if !zone.is_null() {
        // SAFETY: the contract.
        values.push(Value::from(unsafe { Object::from_ptr(zone) }.to_owned()));
    }
    if fold == 0 {
        return protocol::call(py, &class, &values);
    }
    values.push(Value::int(fold.into()));
    let names = Tuple::from_values([Value::from(Str::intern("fold"))]);
    protocol::call_with(py, &class, &values, Some(&names))
}

unsafe extern "C-unwind" fn date(y: c_int, m: c_int, d: c_int, class: *mut PyTypeObject) -> Ptr {
    border::<PyResult>(|py| {
        // SAFETY: C passes a class derived from `date`.
        to_c(unsafe { construct(py, class, &[y, m, d], std::ptr::null_mut(), 0) })
    })
}

fn to_c(result: PyResult) -> Ptr {
    crate::border::ToC::to_c(result)
}

unsafe extern "C-unwind" fn datetime(
    y: c_int,
    m: c_int,
    d: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    micro: c_int,
    zone: Ptr,
    class: *mut PyTypeObject,
) -> Ptr {
    let numbers = [y, m, d, hour, minute, second, micro];
    // SAFETY: C passes a class derived from `datetime` and a zone or None.
    border::<PyResult>(|py| to_c(unsafe { construct(py, class, &numbers, zone, 0) }))
}

unsafe extern "C-unwind" fn datetime_fold(
    y: c_int,
    m: c_int,
    d: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    micro: c_int,
    zone: Ptr,
    fold: c_int,
    class: *mut PyTypeObject,
) -> Ptr {
    let numbers = [y, m, d, hour, minute, second, micro];
    // SAFETY: as above.
    border::<PyResult>(|py| to_c(unsafe { construct(py, class, &numbers, zone, fold) }))
}

unsafe extern "C-unwind" fn time(
    hour: c_int,
    minute: c_int,
    second: c_int,
    micro: c_int,
    zone: Ptr,
    class: *mut PyTypeObject,
) -> Ptr {
    let numbers = [hour, minute, second, micro];
    // SAFETY: C passes a class derived from `time` and a zone or None.
    border::<PyResult>(|py| to_c(unsafe { construct(py, class, &numbers, zone, 0) }))
}

unsafe extern "C-unwind" fn time_fold(
    hour: c_int,
    minute: c_int,
    second: c_int,
    micro: c_int,
    zone: Ptr,
    fold: c_int,
    class: *mut PyTypeObject,
) -> Ptr {
    let numbers = [hour, minute, second, micro];
    // SAFETY: as above.
    border::<PyResult>(|py| to_c(unsafe { construct(py, class, &numbers, zone, fold) }))
}

unsafe extern "C-unwind" fn delta(
    days: c_int,
    seconds: c_int,
    micros: c_int,
    _normalize: c_int,
    class: *mut PyTypeObject,
) -> Ptr {
    let numbers = [days, seconds, micros];
    border::<PyResult>(|py| {
        // SAFETY: C passes a class derived from `timedelta`.
        to_c(unsafe { construct(py, class, &numbers, std::ptr::null_mut(), 0) })
    })
}

unsafe extern "C-unwind" fn zone(offset: Ptr, name: Ptr) -> Ptr {
    border::<PyResult>(|py| {
        let module = match krait_object::hooks::import_module(py, "_datetime") {
            Ok(module) => module,
            Err(_) => return std::ptr::null_mut(),
        };
        // SAFETY: C passes a timedelta, and a str or NULL.
        let values: Vec<Value> = [offset, name]
            .into_iter()
            .filter(|p| !p.is_null())
            .map(|p| Value::from(unsafe { Object::from_ptr(p) }.to_owned()))
            .collect();
        to_c(protocol::call_method_str(py, &module, "timezone", &values))
    })
}

/// `class.fromtimestamp(*args, **kwargs)`
unsafe extern "C-unwind" fn from_timestamp(class: Ptr, args: Ptr, kwargs: Ptr) -> Ptr {
    border::<PyResult>(|py| {
        // SAFETY: C passes a class, a tuple, and a dict or NULL.
        let (class, args, kwargs) = unsafe {
            (
                Value::from(Object::from_ptr(class).to_owned()),
                Object::from_ptr(args).downcast::<Tuple>(),
                (!kwargs.is_null()).then(|| Object::from_ptr(kwargs)),
            )
        };
        let Some(args) = args else {
            return std::ptr::null_mut();
        };
        let kwargs = kwargs.and_then(|k| k.downcast::<Dict>());
        to_c(
            protocol::get_attr_str(py, &class, "fromtimestamp")
                .and_then(|method| protocol::call::call_tuple(py, &method, args, kwargs)),
        )
    })
}

unsafe extern "C-unwind" fn date_from_timestamp(class: Ptr, args: Ptr) -> Ptr {
    // SAFETY: the same arguments.
    unsafe { from_timestamp(class, args, std::ptr::null_mut()) }
}

static TABLE: GilCell<OnceCell<Box<PyDateTime_CAPI>>> = GilCell::new(OnceCell::new());

/// A type of the module, which lives as long as the process.
fn type_of(py: Py, module: &Module, name: &str) -> PyResult<*mut PyTypeObject> {
    match module
        .dict()
        .get_str(py, name)
        .as_ref()
        .and_then(|t| t.downcast::<Type>())
    {
        Some(ty) => Ok(ty.as_type_ptr()),
        None => raise!(py, SystemError, "_datetime has no type {name}"),
    }
}

fn table(py: Py, module: &Module) -> PyResult<PyDateTime_CAPI> {
    let utc = match module.dict().get_str(py, "UTC") {
        Some(utc) => utc.into_object().into_ptr(),
        None => return raise!(py, SystemError, "_datetime has no UTC"),
    };
    Ok(PyDateTime_CAPI {
        DateType: type_of(py, module, "date")?,
        DateTimeType: type_of(py, module, "datetime")?,
        TimeType: type_of(py, module, "time")?,
        DeltaType: type_of(py, module, "timedelta")?,
        TZInfoType: type_of(py, module, "tzinfo")?,
        TimeZone_UTC: utc,
        Date_FromDate: Some(date),
        DateTime_FromDateAndTime: Some(datetime),
        Time_FromTime: Some(time),
        Delta_FromDelta: Some(delta),
        TimeZone_FromTimeZone: Some(zone),
        DateTime_FromTimestamp: Some(from_timestamp),
        Date_FromTimestamp: Some(date_from_timestamp),
        DateTime_FromDateAndTimeAndFold: Some(datetime_fold),
        Time_FromTimeAndFold: Some(time_fold),
    })
}

/// Adds the capsule to `_datetime`.
pub fn add_capsule(py: Py, module: &Module) -> PyResult<()> {
    let made = table(py, module)?;
    let table = TABLE.get(py).get_or_init(|| Box::new(made));
    let pointer = (&raw const **table).cast_mut().cast();
    let capsule = crate::pycapsule::of_static(py, pointer, PyDateTime_CAPSULE_NAME)?;
    module
        .dict()
        .set_str(py, &Str::intern("datetime_CAPI"), capsule)
}
