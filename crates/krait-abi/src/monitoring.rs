//! `cpython/monitoring.h`: events of `sys.monitoring` that C may fire.

use core::ffi::c_int;

/// Whether an event is watched; C reads `active` inline before it fires.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMonitoringState {
    pub active: u8,
    pub opaque: u8,
}

zeroable!(PyMonitoringState);

pub const PY_MONITORING_EVENT_PY_START: c_int = 0;
pub const PY_MONITORING_EVENT_PY_RESUME: c_int = 1;
pub const PY_MONITORING_EVENT_PY_RETURN: c_int = 2;
pub const PY_MONITORING_EVENT_PY_YIELD: c_int = 3;
pub const PY_MONITORING_EVENT_CALL: c_int = 4;
pub const PY_MONITORING_EVENT_LINE: c_int = 5;
pub const PY_MONITORING_EVENT_INSTRUCTION: c_int = 6;
pub const PY_MONITORING_EVENT_JUMP: c_int = 7;
pub const PY_MONITORING_EVENT_BRANCH_LEFT: c_int = 8;
pub const PY_MONITORING_EVENT_BRANCH_RIGHT: c_int = 9;
pub const PY_MONITORING_EVENT_STOP_ITERATION: c_int = 10;
pub const PY_MONITORING_EVENT_RAISE: c_int = 11;
pub const PY_MONITORING_EVENT_EXCEPTION_HANDLED: c_int = 12;
pub const PY_MONITORING_EVENT_PY_UNWIND: c_int = 13;
pub const PY_MONITORING_EVENT_PY_THROW: c_int = 14;
pub const PY_MONITORING_EVENT_RERAISE: c_int = 15;
pub const PY_MONITORING_EVENT_C_RETURN: c_int = 16;
pub const PY_MONITORING_EVENT_C_RAISE: c_int = 17;
pub const PY_MONITORING_EVENT_BRANCH: c_int = 18;
