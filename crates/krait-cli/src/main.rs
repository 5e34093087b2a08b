//! The `krait` program.
#![forbid(unsafe_code)]

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

fn main() -> std::process::ExitCode {
    krait_sys::system::provide_variables();
    let mut arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|a| a == "run") {
        match run::prepare(&arguments) {
            run::Outcome::Start(ordinary) => arguments = ordinary,
            run::Outcome::Exit(code) => return std::process::ExitCode::from(code),
        }
    }
    let options = match options::parse(arguments).and_then(|options| {
        options::check(&options)?;
        Ok(options)
    }) {
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
    // when they are used. The thread stays the process's first one, as signals, `fork`
    // and debuggers expect.
    stacker::grow(64 << 20, || {
        std::process::ExitCode::from(start::run(options))
    })
}
