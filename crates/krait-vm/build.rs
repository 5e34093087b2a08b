//! Chooses how the interpreter goes from one instruction to the next: `cfg(threaded)` where
//! the compiler turns calls at a function's end into jumps, which it does from level 2 on.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(threaded)");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    if matches!(level.as_str(), "2" | "3") {
        println!("cargo:rustc-cfg=threaded");
    }
}
