//! Compiles sources given one after another (length in bytes, newline, bytes) in a file and
//! prints one line for each: the error or `ok`.

use krait_compiler::{ErrorKind, Mode, Options, compile};

fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let data = std::fs::read(path).unwrap_or_default();
    let mut rest = &data[..];
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let length: usize = String::from_utf8_lossy(&rest[..end]).parse().unwrap_or(0);
        let Some(source) = rest.get(end + 1..end + 1 + length) else {
            break;
        };
        rest = &rest[end + 1 + length..];
        let options = Options {
            ignore_cookie: true,
            ..Options::default()
        };
        match compile(source, "<t>", Mode::Exec, &options) {
            Ok(_) => println!("ok"),
            Err(e) => {
                let kind = match e.kind {
                    ErrorKind::Indentation => "IndentationError",
                    ErrorKind::Tab => "TabError",
                    ErrorKind::Syntax => "SyntaxError",
                    ErrorKind::Incomplete => "Incomplete",
                    _ => "Other",
                };
                let message = e.message.replace('\\', "\\\\").replace('\n', "\\n");
                println!(
                    "{kind}\t{message}\t{}\t{}\t{}\t{}",
                    e.line, e.col, e.end_line, e.end_col
                );
            }
        }
    }
}
