//! The `krait` program.
#![forbid(unsafe_code)]

mod data;
mod library;
mod modules;
mod options;
mod paths;
mod prompt;
mod start;
mod unzip;

/// `SIG_BLOCK` of the system.
const SIG_BLOCK: i32 = 0;

fn main() -> std::process::ExitCode {
    let options = match options::parse(std::env::args_os().collect()) {
        Ok(options) => options,
        Err(options::Stop {
            code,
            text,
            to_stdout,
        }) => {
            if to_stdout {
                println!("{text}");
            } else {
                eprintln!("{text}");
            }
            return std::process::ExitCode::from(code);
        }
    };
    // Native recursion needs a stack of a known, generous size; pages are only taken
    // when they are used.
    let main = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || start::run(options));
    // Signals are for the thread that runs Python.
    let _ = krait_sys::signal::pthread_sigmask(SIG_BLOCK, &krait_sys::signal::valid());
    match main.map(|handle| handle.join()) {
        Ok(Ok(code)) => std::process::ExitCode::from(code),
        _ => std::process::ExitCode::from(134),
    }
}
