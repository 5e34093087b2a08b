//! `datetime.h`: dates and times, and the table of functions in their module's capsule.

use crate::{Py_hash_t, PyObject, PyTypeObject};
use core::ffi::{CStr, c_char, c_int, c_uchar};

type Obj = *mut PyObject;
type Type = *mut PyTypeObject;

pub const _PyDateTime_DATE_DATASIZE: usize = 4;
pub const _PyDateTime_TIME_DATASIZE: usize = 6;
pub const _PyDateTime_DATETIME_DATASIZE: usize = 10;
pub const PyDateTime_CAPSULE_NAME: &CStr = c"datetime.datetime_CAPI";

/// A `timedelta`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDateTime_Delta {
    pub ob_base: PyObject,
    /// -1 until it is computed.
    pub hashcode: Py_hash_t,
    pub days: c_int,
    pub seconds: c_int,
    pub microseconds: c_int,
}

/// A `tzinfo`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDateTime_TZInfo {
    pub ob_base: PyObject,
}

/// What dates and times begin with.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyDateTime_BaseTZInfo {
    pub ob_base: PyObject,
    /// -1 until it is computed.
    pub hashcode: Py_hash_t,
    /// Whether the struct has the field `tzinfo`.
    pub hastzinfo: c_char,
}

/// A `time` without time zone.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyDateTime_BaseTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    /// Hour, minute, second, and three bytes of microseconds, high to low.
    pub data: [c_uchar; _PyDateTime_TIME_DATASIZE],
}

/// A `time`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDateTime_Time {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    /// As in [`_PyDateTime_BaseTime`].
    pub data: [c_uchar; _PyDateTime_TIME_DATASIZE],
    pub fold: c_uchar,
    pub tzinfo: *mut PyObject,
}

/// A `date`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDateTime_Date {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    /// Two bytes of the year, high to low, month, day.
    pub data: [c_uchar; _PyDateTime_DATE_DATASIZE],
}

/// A `datetime` without time zone.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyDateTime_BaseDateTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    /// The bytes of a date, then those of a time.
    pub data: [c_uchar; _PyDateTime_DATETIME_DATASIZE],
}

/// A `datetime`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDateTime_DateTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    /// The bytes of a date, then those of a time.
    pub data: [c_uchar; _PyDateTime_DATETIME_DATASIZE],
    pub fold: c_uchar,
    pub tzinfo: *mut PyObject,
}

/// What the capsule `datetime.datetime_CAPI` points to.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyDateTime_CAPI {
    pub DateType: *mut PyTypeObject,
    pub DateTimeType: *mut PyTypeObject,
    pub TimeType: *mut PyTypeObject,
    pub DeltaType: *mut PyTypeObject,
    pub TZInfoType: *mut PyTypeObject,
    pub TimeZone_UTC: *mut PyObject,
    /// Year, month, day, type.
    pub Date_FromDate: Option<unsafe extern "C-unwind" fn(c_int, c_int, c_int, Type) -> Obj>,
    /// Year, month, day, hour, minute, second, microsecond, tzinfo, type.
    pub DateTime_FromDateAndTime: Option<
        unsafe extern "C-unwind" fn(
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            Obj,
            Type,
        ) -> Obj,
    >,
    /// Hour, minute, second, microsecond, tzinfo, type.
    pub Time_FromTime:
        Option<unsafe extern "C-unwind" fn(c_int, c_int, c_int, c_int, Obj, Type) -> Obj>,
    /// Days, seconds, microseconds, whether to normalize, type.
    pub Delta_FromDelta:
        Option<unsafe extern "C-unwind" fn(c_int, c_int, c_int, c_int, Type) -> Obj>,
    /// Offset, name.
    pub TimeZone_FromTimeZone: Option<unsafe extern "C-unwind" fn(Obj, Obj) -> Obj>,
    /// Type, arguments, keyword arguments.
    pub DateTime_FromTimestamp: Option<unsafe extern "C-unwind" fn(Obj, Obj, Obj) -> Obj>,
    /// Type, arguments.
    pub Date_FromTimestamp: Option<unsafe extern "C-unwind" fn(Obj, Obj) -> Obj>,
    /// As `DateTime_FromDateAndTime`, with fold before the type.
    pub DateTime_FromDateAndTimeAndFold: Option<
        unsafe extern "C-unwind" fn(
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            c_int,
            Obj,
            c_int,
            Type,
        ) -> Obj,
    >,
    /// As `Time_FromTime`, with fold before the type.
    pub Time_FromTimeAndFold:
        Option<unsafe extern "C-unwind" fn(c_int, c_int, c_int, c_int, Obj, c_int, Type) -> Obj>,
}

zeroable!(
    PyDateTime_Delta,
    PyDateTime_TZInfo,
    _PyDateTime_BaseTZInfo,
    _PyDateTime_BaseTime,
    PyDateTime_Time,
    PyDateTime_Date,
    _PyDateTime_BaseDateTime,
    PyDateTime_DateTime,
    PyDateTime_CAPI,
);
