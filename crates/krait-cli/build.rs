//! How the program is linked: it exports the C API, since extension modules find it in the
//! executable, and in release builds what runs lies together.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    link_argument("-rdynamic");
    bind_lazily();
    include_unwinder();
    order_functions();
}

fn link_argument(argument: &str) {
    println!("cargo:rustc-link-arg-bins={argument}");
}

/// Has functions of the C library looked up when they are first called, as in CPython's usual
/// builds: a start calls an eighth of those that the program knows.
fn bind_lazily() {
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        link_argument("-Wl,-z,lazy");
    }
}

/// Has the program bring the functions that unwind panics itself, for itself alone: a library to
/// load less is a fiftieth of a start. C++ extensions load theirs with their own library.
fn include_unwinder() {
    if env::var("TARGET").is_ok_and(|target| target.ends_with("-linux-gnu")) {
        for argument in [
            "--push-state",
            "--whole-archive",
            "--exclude-libs=libgcc_eh.a",
            "-l:libgcc_eh.a",
            "--pop-state",
        ] {
            link_argument(&format!("-Wl,{argument}"));
        }
    }
}

/// Has the linker lay the functions out in the order of `tools/krait.order`, which
/// `tools/order` has recorded: first those that a start runs, then the others that run
/// often. A process then maps the pages of what it runs, not those in between. The
/// parts that never run were split off by the compiler (`tools/rustc`) and stay apart.
/// Only LLD knows how; with another linker the functions lie as they come.
fn order_functions() {
    let order = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/krait.order");
    println!("cargo:rerun-if-changed={}", order.display());
    let optimised = env::var("OPT_LEVEL").is_ok_and(|level| level == "3");
    if !optimised || !order.exists() || !links_with_lld() {
        return;
    }
    let order = order.canonicalize().expect("the file is there");
    link_argument(&format!("-Wl,--symbol-ordering-file={}", order.display()));
    link_argument("-Wl,--no-warn-symbol-ordering");
}

/// Whether rustc links with the LLD that comes with it, as it does for this target only.
fn links_with_lld() -> bool {
    let target = env::var("TARGET").unwrap_or_default();
    if target != "x86_64-unknown-linux-gnu" {
        return false;
    }
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let Ok(output) = Command::new(rustc).args(["--print", "sysroot"]).output() else {
        return false;
    };
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    sysroot
        .join("lib/rustlib")
        .join(target)
        .join("bin/gcc-ld/ld.lld")
        .exists()
}
