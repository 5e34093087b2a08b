//! Signatures as `__text_signature__` shows them, where that is not what arguments are
//! bound by: some functions of CPython have none that could be written down in Python's
//! syntax, or none at all, and some write a default by name.

/// `owner.name` of functions and methods without one, sorted.
const NONE: &[&str] = &[
    "__build_class__",
    "_io.BufferedRWPair.peek",
    "_io.BufferedRWPair.read",
    "_io.BufferedRWPair.read1",
    "_io.BufferedRWPair.readinto",
    "_io.BufferedRWPair.readinto1",
    "_io.BufferedRWPair.write",
    "async_generator.athrow",
    "collections.OrderedDict.update",
    "coroutine.throw",
    "dict.update",
    "dir",
    "gc.set_threshold",
    "generator.throw",
    "getattr",
    "iter",
    "max",
    "min",
    "next",
    "re.Match.group",
    "sys.getsizeof",
    "sys.set_asyncgen_hooks",
    "time.asctime",
    "time.clock_getres",
    "time.clock_settime",
    "time.clock_settime_ns",
    "time.ctime",
    "time.get_clock_info",
    "time.gmtime",
    "time.localtime",
    "time.pthread_getcpuclockid",
    "time.strftime",
    "time.strptime",
    "typing.__class_getitem__",
    "typing.__init_subclass__",
    "vars",
];

/// Methods of text types that take optional arguments in CPython's older notation.
const OLD_NOTATION: &[&str] = &[
    "count",
    "endswith",
    "find",
    "index",
    "rfind",
    "rindex",
    "startswith",
];

const OTHER: &[(&str, &str)] = &[
    (
        "_io.TextIOWrapper.reconfigure",
        "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)",
    ),
    (
        "print",
        "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
    ),
    (
        "_warnings.warn",
        "($module, /, message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=())",
    ),
];

/// The text for a function or method, whose own text is given from the parenthesis on.
pub fn of_function(owner: &str, name: &str, text: &str) -> Option<String> {
    let key = if owner.is_empty() {
        name.to_string()
    } else {
        format!("{owner}.{name}")
    };
    if matches!(owner, "str" | "bytes" | "bytearray") && OLD_NOTATION.contains(&name) {
        let part = match name {
            "startswith" => "prefix",
            "endswith" => "suffix",
            _ => "sub",
        };
        return Some(format!("($self, {part}[, start[, end]], /)"));
    }
    if NONE.binary_search(&key.as_str()).is_ok() {
        return None;
    }
    let other = OTHER.iter().find(|other| other.0 == key);
    Some(other.map_or(text, |other| other.1).to_string())
}

/// Types whose signature is not that of their constructor: none, or another.
const TYPES: &[(&str, Option<&str>)] = &[
    (
        "_io.BufferedRandom",
        Some("(raw, buffer_size=DEFAULT_BUFFER_SIZE)"),
    ),
    (
        "_io.BufferedReader",
        Some("(raw, buffer_size=DEFAULT_BUFFER_SIZE)"),
    ),
    (
        "_io.BufferedWriter",
        Some("(raw, buffer_size=DEFAULT_BUFFER_SIZE)"),
    ),
    ("_thread._local", Some("()")),
    ("bytearray", None),
    ("bytes", None),
    ("complex", Some("(real=0, imag=0)")),
    ("frozenset", Some("(iterable=(), /)")),
    ("int", None),
    (
        "itertools.accumulate",
        Some("(iterable, func=None, *, initial=None)"),
    ),
    ("itertools.batched", Some("(iterable, n, *, strict=False)")),
    ("itertools.chain", Some("(*iterables)")),
    ("itertools.product", Some("(*iterables, repeat=1)")),
    ("itertools.repeat", None),
    (
        "itertools.zip_longest",
        Some("(*iterables, fillvalue=None)"),
    ),
    (
        "map",
        Some("(function, iterable, /, *iterables, strict=False)"),
    ),
    ("range", None),
    ("reversed", Some("(sequence, /)")),
    ("set", Some("(iterable=(), /)")),
    ("slice", None),
    ("str", None),
    (
        "types.SimpleNamespace",
        Some("(mapping_or_iterable=(), /, **kwargs)"),
    ),
    ("typing.ParamSpecArgs", None),
    ("typing.ParamSpecKwargs", None),
    ("zip", Some("(*iterables, strict=False)")),
];

/// What is shown for a type, if it is in the table.
pub fn of_type(name: &str) -> Option<Option<&'static str>> {
    let found = TYPES.iter().find(|entry| entry.0 == name)?;
    Some(found.1)
}
