//! Clocks and calendar times.

use std::ffi::CStr;
use std::time::Duration;

use crate::{Result, check, direct, errno, filled};

pub fn timespec_of(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}

/// A clock's time.
#[inline]
pub fn clock_gettime(clock: i32) -> Result<libc::timespec> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::clock_gettime(clock, out) })
}

pub fn clock_getres(clock: i32) -> Result<libc::timespec> {
    // SAFETY: the call fills the struct.
    filled(|out| unsafe { libc::clock_getres(clock, out) })
}

pub fn clock_settime(clock: i32, time: libc::timespec) -> Result<i32> {
    // SAFETY: the struct is read.
    check(unsafe { libc::clock_settime(clock, &time) })
}

/// Sleeps until the monotonic clock shows the time; fails with `EINTR` at a signal.
pub fn sleep_until(time: libc::timespec) -> Result<()> {
    // SAFETY: the struct is read.
    direct(unsafe {
        libc::clock_nanosleep(
            libc::CLOCK_MONOTONIC,
            libc::TIMER_ABSTIME,
            &time,
            std::ptr::null_mut(),
        )
    })
}

/// A calendar time, with the zone's name copied out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tm {
    pub year: i32,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub weekday: i32,
    pub yearday: i32,
    pub dst: i32,
    pub offset: i64,
    pub zone: Option<std::ffi::CString>,
}

impl Tm {
    fn from_c(tm: &libc::tm) -> Tm {
        // SAFETY: the zone's name is the C library's, valid until the zone changes.
        let zone = unsafe { crate::bytes_of(tm.tm_zone) };
        Tm {
            year: tm.tm_year,
            month: tm.tm_mon,
            day: tm.tm_mday,
            hour: tm.tm_hour,
            minute: tm.tm_min,
            second: tm.tm_sec,
            weekday: tm.tm_wday,
            yearday: tm.tm_yday,
            dst: tm.tm_isdst,
            offset: tm.tm_gmtoff,
            zone: if tm.tm_zone.is_null() {
                None
            } else {
                std::ffi::CString::new(zone).ok()
            },
        }
    }

    /// The C struct; its zone name lives as long as this.
    fn to_c(&self) -> libc::tm {
        libc::tm {
            tm_year: self.year,
            tm_mon: self.month,
            tm_mday: self.day,
            tm_hour: self.hour,
            tm_min: self.minute,
            tm_sec: self.second,
            tm_wday: self.weekday,
            tm_yday: self.yearday,
            tm_isdst: self.dst,
            tm_gmtoff: self.offset,
            tm_zone: self.zone.as_ref().map_or(std::ptr::null(), |z| z.as_ptr()),
        }
    }
}

/// Local time of a Unix time.
pub fn localtime(time: i64) -> Result<Tm> {
    let mut out = Tm::empty();
    crate::set_errno(0);
    // SAFETY: a number is read, the struct filled.
    if unsafe { libc::localtime_r(&time, &mut out) }.is_null() {
        Err(errno())
    } else {
        Ok(Tm::from_c(&out))
    }
}

/// UTC of a Unix time.
pub fn gmtime(time: i64) -> Result<Tm> {
    let mut out = Tm::empty();
    crate::set_errno(0);
    // SAFETY: a number is read, the struct filled.
    if unsafe { libc::gmtime_r(&time, &mut out) }.is_null() {
        Err(errno())
    } else {
        Ok(Tm::from_c(&out))
    }
}

impl Tm {
    fn empty() -> libc::tm {
        libc::tm {
            tm_year: 0,
            tm_mon: 0,
            tm_mday: 0,
            tm_hour: 0,
            tm_min: 0,
            tm_sec: 0,
            tm_wday: 0,
            tm_yday: 0,
            tm_isdst: 0,
            tm_gmtoff: 0,
            tm_zone: std::ptr::null(),
        }
    }
}

/// The Unix time of a local time; `None` where there is none.
pub fn mktime(tm: &Tm) -> Option<i64> {
    let mut c = tm.to_c();
    // The C library sets the weekday where it succeeds.
    c.tm_wday = -1;
    // SAFETY: the struct is read and normalised.
    let time = unsafe { libc::mktime(&mut c) };
    (time != -1 || c.tm_wday != -1).then_some(time)
}

/// Text of a time by a format. The result is empty where the C library gives nothing.
pub fn strftime(format: &CStr, tm: &Tm) -> Vec<u8> {
    let c = tm.to_c();
    let mut size = 1024;
    loop {
        let mut buffer = vec![0u8; size];
        // SAFETY: the buffer has so many bytes; format and struct are read.
        let n = unsafe { strftime_c(buffer.as_mut_ptr().cast(), size, format.as_ptr(), &c) };
        if n > 0 || size >= 256 * format.to_bytes().len().max(1) {
            buffer.truncate(n);
            return buffer;
        }
        size *= 2;
    }
}

unsafe extern "C" {
    #[link_name = "strftime"]
    fn strftime_c(
        out: *mut libc::c_char,
        max: usize,
        format: *const libc::c_char,
        tm: *const libc::tm,
    ) -> usize;
    #[link_name = "tzset"]
    fn tzset_c();
}

/// Takes over the zone that `TZ` names.
pub fn tzset() {
    // SAFETY: takes nothing.
    unsafe { tzset_c() }
}
