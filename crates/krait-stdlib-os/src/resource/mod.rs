//! `resource`: limits and what has been used.

use krait_object::native::module::NativeModule;
use krait_object::protocol;
use krait_object::types::structseq;
use krait_object::{Layout, ModuleBuilder, Owned, Py, PyResult, Value, exceptions, memory, raise};
use krait_sys::libc::{self, rusage};
use krait_sys::{Errno, process};

use crate::blocking::{audit, fail, os};
use crate::numbers::saturating;

mod constants;

pub const MODULE: NativeModule = NativeModule {
    name: "resource",
    init,
};

structseqs! {
    struct_rusage "resource.struct_rusage" "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on." 16 [
        "ru_utime" "user time used",
        "ru_stime" "system time used",
        "ru_maxrss" "max. resident set size",
        "ru_ixrss" "shared memory size",
        "ru_idrss" "unshared data size",
        "ru_isrss" "unshared stack size",
        "ru_minflt" "page faults not requiring I/O",
        "ru_majflt" "page faults requiring I/O",
        "ru_nswap" "number of swap outs",
        "ru_inblock" "block input operations",
        "ru_oublock" "block output operations",
        "ru_msgsnd" "IPC messages sent",
        "ru_msgrcv" "IPC messages received",
        "ru_nsignals" "signals received",
        "ru_nvcsw" "voluntary context switches",
        "ru_nivcsw" "involuntary context switches",
    ];
}

/// A `struct_rusage`.
pub fn usage(py: Py, r: &rusage) -> PyResult<Owned> {
    let seconds = |t: libc::timeval| Value::float(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let counts = [
        r.ru_maxrss,
        r.ru_ixrss,
        r.ru_idrss,
        r.ru_isrss,
        r.ru_minflt,
        r.ru_majflt,
        r.ru_nswap,
        r.ru_inblock,
        r.ru_oublock,
        r.ru_msgsnd,
        r.ru_msgrcv,
        r.ru_nsignals,
        r.ru_nvcsw,
        r.ru_nivcsw,
    ];
    let mut values = vec![seconds(r.ru_utime), seconds(r.ru_stime)];
    values.extend(counts.map(Value::int));
    structseq::make(py, struct_rusage(py), values)
}

const RESOURCES: i32 = 16;

fn check_resource(py: Py, resource: i32) -> PyResult<u32> {
    if !(0..RESOURCES).contains(&resource) {
        return raise!(py, ValueError, "invalid resource specified");
    }
    Ok(resource as u32)
}

fn limit(py: Py, value: &Value) -> PyResult<u64> {
    match saturating(py, value)? {
        -1 => Ok(libc::RLIM_INFINITY),
        n if n < 0 => raise!(py, ValueError, "Cannot convert negative int"),
        n if u64::try_from(n).is_ok() => Ok(n as u64),
        _ => raise!(
            py,
            OverflowError,
            "Python int too large to convert to C rlim_t"
        ),
    }
}

fn limits(py: Py, value: &Value) -> PyResult<(u64, u64)> {
    let items = protocol::iter::collect(py, value)?;
    match items.as_slice() {
        [soft, hard] => Ok((limit(py, soft)?, limit(py, hard)?)),
        _ => raise!(py, ValueError, "expected a tuple of 2 integers"),
    }
}

fn limit_value(limit: u64) -> Value {
    if limit == libc::RLIM_INFINITY {
        Value::int(-1)
    } else {
        crate::numbers::unsigned(limit)
    }
}

fn pair((soft, hard): (u64, u64)) -> (Value, Value) {
    (limit_value(soft), limit_value(hard))
}

/// The heap must not keep more address space reserved than it may have.
fn adapt_heap(py: Py, resource: u32, soft: u64) {
    if resource == libc::RLIMIT_AS && soft != libc::RLIM_INFINITY {
        memory::limit_address_space(py, soft as usize);
    }
}

fn setrlimit(py: Py, resource: i32, new: &Value) -> PyResult<()> {
    let resource = check_resource(py, resource)?;
    audit(
        py,
        "resource.setrlimit",
        &[Value::int(i64::from(resource)), new.clone()],
    )?;
    let (soft, hard) = limits(py, new)?;
    adapt_heap(py, resource, soft);
    match process::setrlimit(resource, soft, hard) {
        Ok(_) => Ok(()),
        Err(Errno(libc::EINVAL)) => raise!(py, ValueError, "current limit exceeds maximum limit"),
        Err(Errno(libc::EPERM)) => raise!(py, ValueError, "not allowed to raise maximum limit"),
        Err(error) => fail(py, error),
    }
}

fn prlimit(py: Py, pid: i32, resource: i32, new: Option<&Value>) -> PyResult<(Value, Value)> {
    let resource = check_resource(py, resource)?;
    let new = match new.filter(|n| !n.is_none()) {
        Some(new) => Some(limits(py, new)?),
        None => None,
    };
    if let Some((soft, _)) = new
        && (pid == 0 || pid == process::getpid())
    {
        adapt_heap(py, resource, soft);
    }
    match process::prlimit(pid, resource, new) {
        Ok(old) => Ok(pair(old)),
        Err(Errno(libc::EINVAL)) => raise!(py, ValueError, "current limit exceeds maximum limit"),
        Err(error) => fail(py, error),
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    crate::numbers::add_numbers(m, constants::NUMBERS)?;
    m.value(
        "error",
        Value::from(Layout::to_owned(&*exceptions::OSError)),
    )?
    .value(
        "struct_rusage",
        Value::from(Layout::to_owned(struct_rusage(m.py))),
    )?
    .function(
        "getrusage($module, who, /)",
        |py: Py, who: i32| match process::getrusage(who) {
            Ok(used) => usage(py, &used),
            Err(Errno(libc::EINVAL)) => raise!(py, ValueError, "invalid who parameter"),
            Err(error) => fail(py, error),
        },
    )?
    .function(
        "getrlimit($module, resource, /)",
        |py: Py, resource: i32| {
            let resource = check_resource(py, resource)?;
            os(py, process::getrlimit(resource)).map(pair)
        },
    )?
    .function("setrlimit($module, resource, limits, /)", setrlimit)?
    .function("prlimit($module, pid, resource, limits=None, /)", prlimit)?
    .function("getpagesize()", |_py| 4096)?;
    Ok(())
}
