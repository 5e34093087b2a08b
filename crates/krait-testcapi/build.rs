//! Compiles the modules' C sources against this crate's own declarations of the C API.

use std::path::Path;

/// The modules in the binary; each has a folder of sources.
const MODULES: [&str; 4] = [
    "testbuffer",
    "testcapi",
    "testinternalcapi",
    "testlimitedcapi",
];

/// Those that are shared libraries: tests load them as files.
const LIBRARIES: [&str; 3] = ["ctypestest", "testmultiphase", "testsinglephase"];

fn main() {
    println!("cargo:rerun-if-changed=c");
    println!("cargo:rerun-if-changed=include");
    for module in MODULES {
        cc::Build::new()
            .files(sources(&Path::new("c").join(module)))
            .include("include")
            .flag("-fexceptions")
            .flag("-Werror=implicit-function-declaration")
            .flag("-Wno-cast-function-type")
            .flag("-Wno-missing-field-initializers")
            .warnings(true)
            .compile(&format!("krait_{module}"));
    }
    for library in LIBRARIES {
        shared_library(library);
    }
}

/// Compiles a module as a shared library.
fn shared_library(module: &str) {
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let compiler = cc::Build::new()
        .include("include")
        .flag("-fvisibility=hidden")
        .flag("-Werror=implicit-function-declaration")
        .pic(true)
        .get_compiler();
    let mut command = compiler.to_command();
    command
        .arg("-shared")
        .args(sources(&Path::new("c").join(module)))
        .arg("-o")
        .arg(out.join(format!("{module}.so")))
        .arg("-lm");
    let status = command.status().expect("there is a C compiler");
    assert!(status.success(), "{module} does not compile: {command:?}");
}

/// The C files of a folder, in the order of their names.
fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a module has a folder of sources")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "c"))
        .collect();
    files.sort();
    files
}
