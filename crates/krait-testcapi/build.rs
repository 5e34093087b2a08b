//! Compiles the modules' C sources against this crate's own declarations of the C API.

use std::path::Path;

/// The modules; each has a folder of sources.
const MODULES: [&str; 5] = [
    "testbuffer",
    "testcapi",
    "testinternalcapi",
    "testlimitedcapi",
    "testmultiphase",
];

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
