//! Lists the bytecode of Python files: `cargo run -p krait-compiler --example listing -- FILE...`

use krait_compiler::{Mode, Options, compile};

fn main() {
    for path in std::env::args().skip(1) {
        let source = match std::fs::read(&path) {
            Ok(source) => source,
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        match compile(&source, &path, Mode::Exec, &Options::default()) {
            Ok(output) => {
                print!("{}", krait_bytecode::disassemble(&output.code));
                if let Err(error) = krait_bytecode::verify(&output.code) {
                    println!("does not verify: {error}");
                }
                for warning in output.warnings {
                    println!("warning {}: {}", warning.line, warning.message);
                }
            }
            Err(error) => println!("{path}: {:?} {error}", error.kind),
        }
    }
}
