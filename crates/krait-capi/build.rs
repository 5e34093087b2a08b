//! Compiles the C shims: stable Rust cannot define variadic functions.

fn main() {
    println!("cargo:rerun-if-changed=shims/variadic.c");
    cc::Build::new()
        .file("shims/variadic.c")
        .flag("-fexceptions")
        .warnings(true)
        .compile("krait_variadic");
}
