//! Compares every struct and constant of this crate with CPython's real headers.
//!
//! A C program that prints sizes, offsets and values is generated from the two lists in
//! `layout/`, compiled, run, and its output compared with what Rust says. The lists are
//! complete: a struct's list has to name all its fields, and
//! `every_declaration_is_checked` finds what is on no list.
//!
//! The headers of Python 3.14 are looked for in `KRAIT_PYTHON_INCLUDE` (directories,
//! separated by `:`), then in `~/.cache/krait-peers`. Without them the tests fail.

#[path = "layout/constants.rs"]
mod constants;
#[path = "layout/structs.rs"]
mod structs;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A number that C and Rust must agree on.
pub struct Fact {
    /// Says what it is in the report, without blanks.
    pub name: String,
    /// C's expression for it.
    pub c: String,
    /// Rust's value, as C's `long long`.
    pub rust: i64,
}

/// The compiler's options that make it find the headers.
fn include_options() -> Vec<OsString> {
    let directories: Vec<PathBuf> = match std::env::var_os("KRAIT_PYTHON_INCLUDE") {
        Some(paths) => std::env::split_paths(&paths).collect(),
        None => {
            let home = std::env::var_os("HOME").unwrap_or_default();
            let include = Path::new(&home).join(".cache/krait-peers/root/usr/include");
            vec![
                include.join("python3.14"),
                include.join("x86_64-linux-gnu/python3.14"),
            ]
        }
    };
    let Some(headers) = directories.iter().find(|d| d.join("Python.h").is_file()) else {
        panic!(
            "no Python.h in {directories:?}: install the headers of CPython 3.14 and set \
             KRAIT_PYTHON_INCLUDE to their directory"
        );
    };
    // Debian's pyconfig.h includes <x86_64-linux-gnu/python3.14/pyconfig.h>, relative to
    // the directory above; last, because another C library's headers may lie there.
    let above = headers.parent().unwrap_or(headers).as_os_str().to_owned();
    let mut options: Vec<OsString> = vec!["-idirafter".into(), above];
    for directory in directories {
        options.extend(["-I".into(), directory.into()]);
    }
    options
}

fn program(facts: &[Fact]) -> String {
    let mut text = String::from(
        "#include <Python.h>\n#include <structmember.h>\n#include <datetime.h>\n\
         #include <frameobject.h>\n#define Py_BUILD_CORE 1\n\
         #include <internal/pycore_frame.h>\n\
         #include <internal/pycore_interpframe_structs.h>\n#include <stddef.h>\n#include <stdio.h>\n\
         #include <string.h>\n\
         #if PY_VERSION_HEX < 0x030E0000 || PY_VERSION_HEX >= 0x030F0000\n\
         #error \"these are not the headers of Python 3.14\"\n#endif\n\
         #ifdef Py_GIL_DISABLED\n#error \"these are headers of a build without GIL\"\n#endif\n\
         #define FACT(name, value) printf(\"%s %lld\\n\", name, (long long)(value))\n\
         int main(void) {\n",
    );
    for fact in facts {
        writeln!(text, "FACT(\"{}\", {});", fact.name, fact.c).unwrap();
    }
    text.push_str("return 0; }\n");
    text
}

/// Compiles and runs the program; what C says, by name.
fn ask_c(facts: &[Fact]) -> HashMap<String, i64> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = directory.join("layout.c");
    let binary = directory.join("layout");
    std::fs::write(&source, program(facts)).unwrap();
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.args(["-std=gnu11", "-w", "-o"]).arg(&binary);
    let compiled = command
        .args(include_options())
        .arg(&source)
        .output()
        .expect("the C compiler runs");
    assert!(
        compiled.status.success(),
        "{} does not compile:\n{}",
        source.display(),
        String::from_utf8_lossy(&compiled.stderr)
    );
    let output = Command::new(&binary).output().expect("the program runs");
    assert!(output.status.success(), "the program failed: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

#[test]
fn layout_is_that_of_the_headers() {
    let mut facts = structs::facts();
    facts.extend(constants::facts());
    let c = ask_c(&facts);
    let mut wrong = String::new();
    for fact in &facts {
        let expected = c[&fact.name];
        if expected != fact.rust {
            writeln!(wrong, "{}: C {expected}, Rust {}", fact.name, fact.rust).unwrap();
        }
    }
    assert!(wrong.is_empty(), "differences:\n{wrong}");
    assert!(facts.len() > 1000, "only {} facts", facts.len());
}

/// Names of the structs and constants declared at top level in a source text.
fn declared(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let rest = line
            .strip_prefix("pub struct ")
            .or_else(|| line.strip_prefix("pub const "))?;
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        (&rest[..end] != "fn").then_some(&rest[..end])
    })
}

#[test]
fn every_declaration_is_checked() {
    let mut checked = structs::names();
    checked.extend(constants::names());
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap() {
        let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for name in declared(&source) {
            if !checked.contains(&name) && !constants::OURS.contains(&name) {
                missing.push(name.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "on no list: {missing:?}");
}
