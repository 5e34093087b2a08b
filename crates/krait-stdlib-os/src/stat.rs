//! `_stat`: questions to the mode of a file.

use krait_object::native::FromArg;
use krait_object::native::arg::At;
use krait_object::native::module::NativeModule;
use krait_object::protocol::number;
use krait_object::{ModuleBuilder, Py, PyResult, Value, raise};

pub const MODULE: NativeModule = NativeModule {
    name: "_stat",
    init,
};

#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("S_IFDIR", 0o40000),
    ("S_IFCHR", 0o20000),
    ("S_IFBLK", 0o60000),
    ("S_IFREG", 0o100000),
    ("S_IFIFO", 0o10000),
    ("S_IFLNK", 0o120000),
    ("S_IFSOCK", 0o140000),
    ("S_IFDOOR", 0o0),
    ("S_IFPORT", 0o0),
    ("S_IFWHT", 0o0),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o70),
    ("S_IRGRP", 0o40),
    ("S_IWGRP", 0o20),
    ("S_IXGRP", 0o10),
    ("S_IRWXO", 0o7),
    ("S_IROTH", 0o4),
    ("S_IWOTH", 0o2),
    ("S_IXOTH", 0o1),
    ("UF_SETTABLE", 0xffff),
    ("UF_NODUMP", 1),
    ("UF_IMMUTABLE", 2),
    ("UF_APPEND", 4),
    ("UF_OPAQUE", 8),
    ("UF_NOUNLINK", 0x10),
    ("UF_COMPRESSED", 0x20),
    ("UF_TRACKED", 0x40),
    ("UF_DATAVAULT", 0x80),
    ("UF_HIDDEN", 0x8000),
    ("SF_SETTABLE", 0xffff0000),
    ("SF_ARCHIVED", 0x10000),
    ("SF_IMMUTABLE", 0x20000),
    ("SF_APPEND", 0x40000),
    ("SF_NOUNLINK", 0x100000),
    ("SF_SNAPSHOT", 0x200000),
    ("SF_FIRMLINK", 0x800000),
    ("SF_DATALESS", 0x40000000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

const FORMAT: u32 = 0o170000;

/// A mode argument.
struct Mode(u32);

impl FromArg for Mode {
    type Item<'a> = Mode;
    fn from_arg(py: Py, value: &Value, _at: At) -> PyResult<Mode> {
        match number::index_to_i128(py, value)? {
            Some(n) if n < 0 => raise!(
                py,
                OverflowError,
                "can't convert negative value to unsigned int"
            ),
            Some(n) if u32::try_from(n).is_ok() => Ok(Mode(n as u32)),
            Some(n) if u64::try_from(n).is_ok() => raise!(py, OverflowError, "mode out of range"),
            _ => raise!(
                py,
                OverflowError,
                "Python int too large to convert to C unsigned long"
            ),
        }
    }
}

fn letter(mode: u32) -> char {
    match mode & FORMAT {
        0o100000 => '-',
        0o040000 => 'd',
        0o120000 => 'l',
        0o060000 => 'b',
        0o020000 => 'c',
        0o010000 => 'p',
        0o140000 => 's',
        _ => '?',
    }
}

/// The mode as `ls -l` shows it.
fn filemode(_py: Py, mode: Mode) -> String {
    let mode = mode.0;
    let mut text = String::with_capacity(10);
    text.push(letter(mode));
    let classes = [
        (6, 0o4000, 's', 'S'),
        (3, 0o2000, 's', 'S'),
        (0, 0o1000, 't', 'T'),
    ];
    for (shift, special, with, without) in classes {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => with,
            (true, false) => without,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    crate::numbers::add_numbers(m, NUMBERS)?;
    macro_rules! kinds {
        ($($text:literal $bits:literal),*) => { $(
            m.function($text, |_py: Py, mode: Mode| mode.0 & FORMAT == $bits)?;
        )* };
    }
    kinds!(
        "S_ISDIR($self, object, /)" 0o040000, "S_ISCHR($self, object, /)" 0o020000,
        "S_ISBLK($self, object, /)" 0o060000, "S_ISREG($self, object, /)" 0o100000,
        "S_ISFIFO($self, object, /)" 0o010000, "S_ISLNK($self, object, /)" 0o120000,
        "S_ISSOCK($self, object, /)" 0o140000
    );
    // Kinds of files that Linux does not have.
    for_absent(m)?;
    m.function("S_IMODE($self, object, /)", |_py: Py, mode: Mode| {
        mode.0 & 0o7777
    })?
    .function("S_IFMT($self, object, /)", |_py: Py, mode: Mode| {
        mode.0 & FORMAT
    })?
    .function("filemode($self, object, /)", filemode)?;
    Ok(())
}

fn for_absent(m: &ModuleBuilder) -> PyResult<()> {
    m.function("S_ISDOOR($self, object, /)", |_py: Py, _mode: Mode| false)?
        .function("S_ISPORT($self, object, /)", |_py: Py, _mode: Mode| false)?
        .function("S_ISWHT($self, object, /)", |_py: Py, _mode: Mode| false)?;
    Ok(())
}
