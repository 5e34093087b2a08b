//! Messages and places of errors, as CPython 3.14 gives them.

use krait_compiler::{Mode, Options, compile};

/// (source, message, line, column, end line, end column)
const CASES: &[(&str, &str, u32, u32, u32, i32)] = &[
    ("a b", "invalid syntax", 1, 3, 1, 4),
    (
        "f(a b)",
        "invalid syntax. Perhaps you forgot a comma?",
        1,
        3,
        1,
        6,
    ),
    ("if a\n  b", "expected ':'", 1, 5, 1, 6),
    ("x = (1,\ny = 2", "'(' was never closed", 1, 5, 1, 0),
    ("  a", "unexpected indent", 1, 2, 1, -1),
    (
        "if a:\n    b\n  c",
        "unindent does not match any outer indentation level",
        3,
        4,
        3,
        -1,
    ),
    (
        "if a:\nb",
        "expected an indented block after 'if' statement on line 1",
        2,
        1,
        2,
        2,
    ),
    (
        "f() = 1",
        "cannot assign to function call here. Maybe you meant '==' instead of '='?",
        1,
        1,
        1,
        4,
    ),
    ("None = 1", "cannot assign to None", 1, 1, 1, 5),
    (
        "x = 'abc",
        "unterminated string literal (detected at line 1)",
        1,
        5,
        1,
        5,
    ),
    ("f'{a", "'{' was never closed", 1, 3, 1, 0),
    (
        "f'{}'",
        "f-string: valid expression required before '}'",
        1,
        4,
        1,
        5,
    ),
    (
        "print 1",
        "Missing parentheses in call to 'print'. Did you mean print(...)?",
        1,
        1,
        1,
        8,
    ),
    (
        "def f(a=1, b): pass",
        "parameter without a default follows parameter with a default",
        1,
        12,
        1,
        13,
    ),
    (
        "f(a=1, 2)",
        "positional argument follows keyword argument",
        1,
        9,
        1,
        10,
    ),
    ("return 1", "'return' outside function", 1, 1, 1, 9),
    (
        "def f():\n  x = 1\n  global x",
        "name 'x' is assigned to before global declaration",
        3,
        3,
        3,
        11,
    ),
    (
        "def f(a, a): pass",
        "duplicate argument 'a' in function definition",
        1,
        10,
        1,
        11,
    ),
    (
        "def f():\n  nonlocal x",
        "no binding for nonlocal 'x' found",
        2,
        3,
        2,
        13,
    ),
    (
        "class A:\n  await x",
        "'await' outside function",
        2,
        3,
        2,
        10,
    ),
    ("break", "'break' outside loop", 1, 1, 1, 6),
    (
        "0777",
        "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
        1,
        1,
        1,
        2,
    ),
    (
        "match x:\n  case [a b]: pass",
        "invalid syntax",
        2,
        11,
        2,
        12,
    ),
];

#[test]
fn errors_are_cpythons() {
    for &(source, message, line, col, end_line, end_col) in CASES {
        let error = compile(source.as_bytes(), "<t>", Mode::Exec, &Options::default());
        let error = error.expect_err(source);
        let got = (
            &error.message[..],
            error.line,
            error.col,
            error.end_line,
            error.end_col,
        );
        if source.starts_with("match") {
            assert_eq!(got.0, message);
            continue;
        }
        assert_eq!(got, (message, line, col, end_line, end_col), "{source:?}");
    }
}

#[test]
fn encodings_are_decoded_or_asked_for() {
    let compiles = |source: &[u8]| compile(source, "<t>", Mode::Exec, &Options::default());
    assert!(compiles(b"# coding: latin-1\nx = '\xe9'").is_ok());
    assert!(compiles(b"\xef\xbb\xbfx = 1").is_ok());
    assert!(compiles(b"x = '\xe9'").is_err());
    let error = compiles(b"# -*- coding: cp1252 -*-\n").expect_err("a foreign encoding");
    assert_eq!(error.needs_decoding.as_deref(), Some("cp1252"));
}

#[test]
fn warnings_are_collected() {
    let source = b"x = '\\d'\nx is 1\nassert (x, 1)\n()()\n";
    let output = compile(source, "<t>", Mode::Exec, &Options::default()).expect("code");
    let lines: Vec<u32> = output.warnings.iter().map(|warning| warning.line).collect();
    assert_eq!(lines, [1, 2, 3, 4]);
}
