//! Golden listings: each `golden/*.py` is compiled and its listing compared with the file
//! `*.txt` beside it. With KRAIT_REWRITE set the listings are written anew.

use krait_compiler::{Mode, Options, compile};
use std::path::Path;

#[test]
fn listings_are_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut different = Vec::new();
    for entry in std::fs::read_dir(&folder)
        .expect("the golden folder")
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let source = std::fs::read(&path).expect("a readable source");
        let output = match compile(&source, &name, Mode::Exec, &Options::default()) {
            Ok(output) => output,
            Err(error) => panic!("{name}: {error}"),
        };
        if let Err(error) = krait_bytecode::verify(&output.code) {
            panic!("{name}: {error}");
        }
        let listing = krait_bytecode::disassemble(&output.code);
        let expected = path.with_extension("txt");
        if std::env::var_os("KRAIT_REWRITE").is_some() {
            std::fs::write(&expected, &listing).expect("a writable listing");
        } else if std::fs::read_to_string(&expected).ok().as_deref() != Some(&listing) {
            different.push(name);
        }
    }
    assert!(
        different.is_empty(),
        "other listings than expected: {different:?}"
    );
}
