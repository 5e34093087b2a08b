//! The struct sequences of `posix`.

use krait_object::types::structseq;
use krait_object::{Layout, ModuleBuilder, Owned, Py, PyResult, Type, Value};

structseqs! {
    stat_result "os.stat_result" "stat_result: Result from stat, fstat, or lstat." 10 [
        "st_mode" "protection bits",
        "st_ino" "inode",
        "st_dev" "device",
        "st_nlink" "number of hard links",
        "st_uid" "user ID of owner",
        "st_gid" "group ID of owner",
        "st_size" "total size, in bytes",
        "" "integer time of last access",
        "" "integer time of last modification",
        "" "integer time of last change",
        "st_atime" "time of last access",
        "st_mtime" "time of last modification",
        "st_ctime" "time of last change",
        "st_atime_ns" "time of last access in nanoseconds",
        "st_mtime_ns" "time of last modification in nanoseconds",
        "st_ctime_ns" "time of last change in nanoseconds",
        "st_blksize" "blocksize for filesystem I/O",
        "st_blocks" "number of blocks allocated",
        "st_rdev" "device type (if inode device)",
    ];
    statvfs_result "os.statvfs_result" "statvfs_result: Result from statvfs or fstatvfs." 10 [
        "f_bsize" "", "f_frsize" "", "f_blocks" "", "f_bfree" "", "f_bavail" "", "f_files" "",
        "f_ffree" "", "f_favail" "", "f_flag" "", "f_namemax" "", "f_fsid" "",
    ];
    terminal_size "os.terminal_size" "A tuple of (columns, lines) for holding terminal window size" 2 [
        "columns" "width of the terminal window in characters",
        "lines" "height of the terminal window in characters",
    ];
    times_result "posix.times_result" "times_result: Result from os.times()." 5 [
        "user" "user time",
        "system" "system time",
        "children_user" "user time of children",
        "children_system" "system time of children",
        "elapsed" "elapsed time since an arbitrary point in the past",
    ];
    uname_result "posix.uname_result" "uname_result: Result from os.uname()." 5 [
        "sysname" "operating system name",
        "nodename" "name of machine on network (implementation-defined)",
        "release" "operating system release",
        "version" "operating system version",
        "machine" "hardware identifier",
    ];
    waitid_result "posix.waitid_result" "waitid_result: Result from waitid." 5 [
        "si_pid" "", "si_uid" "", "si_signo" "", "si_status" "", "si_code" "",
    ];
    sched_param_type "posix.sched_param" "sched_param(sched_priority): A scheduling parameter." 1 [
        "sched_priority" "the scheduling priority",
    ];
}

/// An instance of a struct sequence.
pub fn make(py: Py, class: &Type, values: impl IntoIterator<Item = Value>) -> PyResult<Owned> {
    structseq::make(py, class, values)
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    for ty in [
        stat_result(py),
        statvfs_result(py),
        terminal_size(py),
        times_result(py),
        uname_result(py),
        waitid_result(py),
        sched_param_type(py),
    ] {
        m.value(ty.short_name(), Value::from(Layout::to_owned(ty)))?;
    }
    Ok(())
}
