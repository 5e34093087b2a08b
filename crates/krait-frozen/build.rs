//! Compiles the standard library into one blob: code, ready to load, and compressed
//! source for tracebacks and `inspect`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[path = "src/later.rs"]
mod later;
#[path = "src/stamp.rs"]
mod stamp;
#[path = "src/undo.rs"]
mod undo;

/// A module of the library.
struct Module {
    name: String,
    file: String,
    package: bool,
    code: Vec<u8>,
    source: Vec<u8>,
    length: usize,
}

/// Modules that are Krait's own: name, file in the library, text.
const OWN: &[(&str, &str, &str)] = &[
    (
        "_sysconfigdata__linux_x86_64-linux-gnu",
        "_sysconfigdata__linux_x86_64-linux-gnu.py",
        include_str!("lib/sysconfigdata.py"),
    ),
    ("cProfile", "cProfile.py", include_str!("lib/cProfile.py")),
    ("readline", "readline.py", include_str!("lib/readline.py")),
];

/// Folders whose files other than modules programs read.
const DATA: &[&str] = &["ensurepip/_bundled", "venv/scripts", "pydoc_data"];

/// Folders that are no part of what a program imports.
const LEFT_OUT: &[&str] = &[
    "test",
    "tests",
    "idlelib",
    "turtledemo",
    "__pycache__",
    "tkinter",
    "lib2to3",
];

/// What of CPython's library the packaged copy has not.
fn left_out() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lib/cpython")
}

fn collect(folder: &Path, package: &str, out: &mut Vec<(String, PathBuf, bool)>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let Some(stem) = path.file_stem().and_then(|s| s.to_str()) else {
            continue;
        };
        let join = |name: &str| {
            if package.is_empty() {
                name.to_string()
            } else {
                format!("{package}.{name}")
            }
        };
        if path.is_dir() {
            if !LEFT_OUT.contains(&stem) && path.join("__init__.py").exists() {
                out.push((join(stem), path.join("__init__.py"), true));
                collect(&path, &join(stem), out);
            }
        } else if path.extension().is_some_and(|e| e == "py") && stem != "__init__" {
            out.push((join(stem), path, false));
        }
    }
}

fn compile(
    root: &Path,
    changes: &later::Changes,
    (name, path, package): &(String, PathBuf, bool),
) -> Result<Module, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let file = path
        .strip_prefix(root)
        .or_else(|_| path.strip_prefix(left_out()))
        .map_err(|e| e.to_string())?
        .display()
        .to_string();
    let text = changes.apply(&file, text)?;
    let text = undo::undo(name, text)?;
    compile_text(name, &file, *package, &text)
}

fn compile_text(name: &str, file: &str, package: bool, text: &str) -> Result<Module, String> {
    let shown = format!("<frozen {name}>");
    let options = krait_compiler::Options::default();
    let output = krait_compiler::compile(
        text.as_bytes(),
        &shown,
        krait_compiler::Mode::Exec,
        &options,
    )
    .map_err(|e| format!("{name}: {e}"))?;
    Ok(Module {
        name: name.to_string(),
        file: file.to_string(),
        package,
        code: krait_bytecode::to_bytes(&output.code),
        source: miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6),
        length: text.len(),
    })
}

/// All files below a folder but modules.
fn collect_data(
    root: &Path,
    changes: &later::Changes,
    folder: &Path,
    out: &mut Vec<(String, Vec<u8>)>,
) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            collect_data(root, changes, &path, out);
        } else if path.extension().is_none_or(|e| e != "py" && e != "pyc")
            && let (Ok(file), Ok(content)) = (path.strip_prefix(root), std::fs::read(&path))
        {
            let file = file.display().to_string();
            let content = match String::from_utf8(content) {
                Ok(text) => match changes.apply(&file, text) {
                    Ok(text) => text.into_bytes(),
                    Err(error) => panic!("{error}"),
                },
                Err(other) => other.into_bytes(),
            };
            out.push((file, content));
        }
    }
}

/// All modules' code, and where each module's starts. What `first.txt` names comes first:
/// code is read in place, page by page, and a process holds fewer pages where the modules
/// that most programs use lie together.
fn lay_out(modules: &[Module]) -> (Vec<u8>, Vec<usize>) {
    let first = include_str!("first.txt").lines();
    let ranks: HashMap<&str, usize> = first.enumerate().map(|(i, name)| (name, i)).collect();
    let rank = |&i: &usize| ranks.get(&*modules[i].name).copied().unwrap_or(usize::MAX);
    let mut order: Vec<usize> = (0..modules.len()).collect();
    order.sort_by_key(rank);
    let (mut code, mut places) = (Vec::new(), vec![0; modules.len()]);
    for i in order {
        // Aligned, so that the words of the code could be read in place.
        code.resize(code.len().next_multiple_of(8), 0);
        places[i] = code.len();
        code.extend(&modules[i].code);
    }
    (code, places)
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=first.txt");
    println!("cargo:rerun-if-changed=src/later.rs");
    println!("cargo:rerun-if-changed=src/stamp.rs");
    println!("cargo:rerun-if-changed=src/undo.rs");
    println!("cargo:rerun-if-changed=lib");
    let root = PathBuf::from(rustpython_pylib::LIB_PATH);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let changes = later::Changes::read();
    let mut files = Vec::new();
    collect(&root, "", &mut files);
    let test = left_out().join("test");
    files.push(("test".to_string(), test.join("__init__.py"), true));
    collect(&test, "test", &mut files);
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get());
    let share = files.len().div_ceil(threads).max(1);
    let compiled: Vec<Result<Module, String>> = std::thread::scope(|scope| {
        let (root, changes) = (&root, &changes);
        let handles: Vec<_> = files
            .chunks(share)
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .map(|f| compile(root, changes, f))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().expect("the compiler does not panic"))
            .collect()
    });
    let mut modules: Vec<Module> = Vec::new();
    for result in compiled {
        match result {
            Ok(module) => modules.push(module),
            Err(error) => panic!("{error}"),
        }
    }
    for (name, file, text) in OWN {
        modules.push(compile_text(name, file, false, text).expect("Krait's own modules compile"));
    }
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    let (code, places) = lay_out(&modules);
    let (mut source, mut index) = (Vec::new(), String::new());
    for (m, place) in modules.iter().zip(places) {
        let _ = writeln!(
            index,
            "    Entry {{ name: {:?}, file: {:?}, package: {}, code: ({}, {}), source: ({}, {}), length: {} }},",
            m.name,
            m.file,
            m.package,
            place,
            place + m.code.len(),
            source.len(),
            source.len() + m.source.len(),
            m.length,
        );
        source.extend(&m.source);
    }
    let mut data = Vec::new();
    for folder in DATA {
        collect_data(&root, &changes, &root.join(folder), &mut data);
    }
    data.sort();
    let (mut files, mut bytes) = (String::new(), Vec::new());
    for (file, content) in &data {
        let packed = miniz_oxide::deflate::compress_to_vec(content, 6);
        let _ = writeln!(
            files,
            "    DataFile {{ file: {file:?}, bytes: ({}, {}), length: {} }},",
            bytes.len(),
            bytes.len() + packed.len(),
            content.len(),
        );
        bytes.extend(packed);
    }
    std::fs::write(out.join("data.bin"), &bytes).expect("OUT_DIR is writable");
    let table = format!(
        "pub static MODULES: [Entry; {}] = [\n{index}];\npub static DATA: [DataFile; {}] = [\n{files}];\npub const STAMP: u64 = {:#x};\n",
        modules.len(),
        data.len(),
        stamp::stamp(&bytes) ^ stamp::stamp(&source),
    );
    std::fs::write(out.join("code.bin"), code).expect("OUT_DIR is writable");
    std::fs::write(out.join("source.bin"), source).expect("OUT_DIR is writable");
    std::fs::write(out.join("table.rs"), table).expect("OUT_DIR is writable");
}
