//! The `krait` program.
#![forbid(unsafe_code)]
#![no_main]

mod coercion;
mod data;
mod interpreters;
mod library;
mod modules;
mod options;
mod paths;
mod prompt;
mod run;
mod start;
mod unzip;

#[global_allocator]
static MEMORY: krait_heap::ProgramMemory = krait_heap::ProgramMemory;

/// Has MemoryError raised where the interpreter looks next.
fn memory_is_short() {
    use krait_object::thread::{EVAL_BREAKER, breaker};
    EVAL_BREAKER.fetch_or(breaker::NO_MEMORY, std::sync::atomic::Ordering::Relaxed);
}

krait_sys::program!(run_program);

/// The program; its exit code.
fn run_program() -> u8 {
    krait_sys::system::provide_variables();
    let mut arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|a| a == "run") {
        match run::prepare(&arguments) {
            run::Outcome::Start(ordinary) => arguments = ordinary,
            run::Outcome::Exit(code) => return code,
        }
    }
    let options = match options::parse(arguments).and_then(|options| {
        options::check(&options)?;
        Ok(options)
    }) {
        Ok(options) => options,
        Err(stop) => {
            stop.tell();
            return stop.code;
        }
    };
    krait_heap::keep_spare(memory_is_short);
    #[cfg(target_os = "linux")]
    krait_heap::when_grown(krait_sys::program::let_go_of_code);
    // Native recursion needs a stack of a known, generous size; pages are only taken
    // when they are used. The thread stays the process's first one, as signals, `fork`
    // and debuggers expect.
    krait_stack::on_new(64 << 20, || start::run(options)).unwrap_or_else(|| {
        eprintln!("Fatal Python error: main: no memory for the stack");
        1
    })
}
