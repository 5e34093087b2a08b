//! The struct sequences of `posix`.

use krait_object::native::TypeBuilder;
use krait_object::types::structseq;
use krait_object::{Layout, ModuleBuilder, Owned, Py, PyResult, Tuple, Type, Value, protocol};

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
    ] extend extend_stat;
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
    ] extend extend_sched_param;
}

/// `stat_result` from numbers alone: times that are not given as floats are the whole ones.
fn extend_stat(b: &mut TypeBuilder<Tuple>) {
    b.new_with(
        "stat_result(sequence, dict=None)",
        |py: Py, class: &Type, sequence: &Value, dict: Option<&Value>| {
            let made = structseq::new(py, class, sequence, dict)?;
            let value = Value::from(made.clone());
            let items = made
                .downcast::<Tuple>()
                .map_or_else(Vec::new, |t| t.as_values().to_vec());
            let mut all = items;
            for (i, field) in FIELDS_BEHIND.iter().enumerate() {
                let given = protocol::get_attr_str(py, &value, field)?;
                all.push(if i < 3 && given.is_none() {
                    all[7 + i].clone()
                } else {
                    given
                });
            }
            structseq::make(py, class, all)
        },
    );
}

/// The fields of `stat_result` that the tuple does not show.
const FIELDS_BEHIND: [&str; 9] = [
    "st_atime",
    "st_mtime",
    "st_ctime",
    "st_atime_ns",
    "st_mtime_ns",
    "st_ctime_ns",
    "st_blksize",
    "st_blocks",
    "st_rdev",
];

/// `sched_param` takes its one item itself.
fn extend_sched_param(b: &mut TypeBuilder<Tuple>) {
    b.new_with(
        "sched_param(sched_priority)",
        |py: Py, class: &Type, priority: &Value| structseq::make(py, class, [priority.clone()]),
    )
    .method("__reduce__($self, /)", |_py: Py, this: &Tuple| {
        let class = Value::from(this.as_object().ty().to_owned());
        let priority = this.get(0).unwrap_or_else(Value::none);
        Tuple::from_values([class, Value::from(Tuple::from_values([priority]))])
    });
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
