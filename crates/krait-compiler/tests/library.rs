//! Compiles and verifies whole libraries: the directories named by the environment variable
//! KRAIT_LIB (separated by `:`), or else those of the standard library that are found.

use krait_compiler::{ErrorKind, Mode, Options, compile};
use std::path::{Path, PathBuf};

fn roots() -> Vec<PathBuf> {
    if let Some(list) = std::env::var_os("KRAIT_LIB") {
        return std::env::split_paths(&list).collect();
    }
    let Some(home) = std::env::var_os("HOME").map(PathBuf::from) else {
        return Vec::new();
    };
    let mut found = vec![home.join(".cache/krait-peers/root/usr/lib/python3.14")];
    let registry = home.join(".cargo/registry/src");
    for index in std::fs::read_dir(registry).into_iter().flatten().flatten() {
        for package in std::fs::read_dir(index.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            if package
                .file_name()
                .to_string_lossy()
                .starts_with("rustpython-pylib-")
            {
                found.push(package.path().join("Lib"));
            }
        }
    }
    found.retain(|path| path.is_dir());
    found
}

fn python_files(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
}

/// Files that are wrong on purpose.
fn is_bad_on_purpose(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.contains("/bad") || name.contains("badsyntax") || name.contains("lib2to3/tests/data")
}

#[test]
fn libraries_compile_and_verify() {
    let mut files = Vec::new();
    for root in roots() {
        python_files(&root, &mut files);
    }
    files.sort();
    let mut failures = Vec::new();
    for path in files.iter().filter(|path| !is_bad_on_purpose(path)) {
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        let name = path.to_string_lossy();
        match compile(&bytes, &name, Mode::Exec, &Options::default()) {
            Ok(output) => {
                if let Err(error) = krait_bytecode::verify(&output.code) {
                    failures.push(format!("{name}: {error}"));
                }
                let bytes = krait_bytecode::to_bytes(&output.code);
                if krait_bytecode::from_bytes(&bytes).is_err() {
                    failures.push(format!("{name}: does not survive serialisation"));
                }
            }
            Err(error) if error.needs_decoding.is_some() => {}
            Err(error) => {
                let kind: ErrorKind = error.kind;
                failures.push(format!("{name}: {kind:?} {error}"));
            }
        }
    }
    println!("{} files", files.len());
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
