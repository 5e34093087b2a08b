//! Sources made to break a compiler: deep nesting and random damage give errors, never a crash.

use krait_compiler::{ErrorKind, Mode, Options, compile};

fn kind(source: &str) -> Option<ErrorKind> {
    compile(source.as_bytes(), "<t>", Mode::Exec, &Options::default())
        .err()
        .map(|e| e.kind)
}

#[test]
fn deep_sources_are_errors() {
    let many = 100_000;
    assert_eq!(kind(&"(".repeat(10_000_000)), Some(ErrorKind::Syntax));
    assert_eq!(
        kind(&format!("{}1{}", "(".repeat(many), ")".repeat(many))),
        Some(ErrorKind::Syntax)
    );
    assert_eq!(
        kind(&format!("{}1", "-".repeat(10_000_000))),
        Some(ErrorKind::Memory)
    );
    assert_eq!(
        kind(&format!("{}1", "not ".repeat(many))),
        Some(ErrorKind::Memory)
    );
    for link in [".b", "[0]", "()", "+a", "**a", "@a", "or a"] {
        let source = format!("x = a{}", link.repeat(many));
        let kind = kind(&source);
        assert!(
            matches!(kind, Some(ErrorKind::Recursion | ErrorKind::Syntax)),
            "{link}: {kind:?}"
        );
    }
    let choices = format!("x = a{}", " if a else a".repeat(many));
    assert_eq!(kind(&choices), Some(ErrorKind::Memory));
    let lambdas = format!("{}1", "lambda: ".repeat(many));
    assert_eq!(kind(&lambdas), Some(ErrorKind::Memory));
    let elifs = format!("if a: pass\n{}", "elif a: pass\n".repeat(many));
    assert_eq!(kind(&elifs), Some(ErrorKind::Recursion));
    let fields = format!("{}1{}", "f'{".repeat(many), "}'".repeat(many));
    assert!(kind(&fields).is_some());
    let indents: String = (0..200)
        .map(|i| format!("{}if a:\n", " ".repeat(i)))
        .collect();
    assert_eq!(kind(&indents), Some(ErrorKind::Indentation));
}

#[test]
fn moderately_deep_sources_compile() {
    for link in [".b", "[0]", "()", "+a", " if a else a", "**a"] {
        let source = format!("x = a{}", link.repeat(5900));
        assert_eq!(kind(&source), None, "{link}");
    }
    for prefix in ["-", "not ", "~"] {
        let source = format!("{}a", prefix.repeat(5900));
        assert_eq!(kind(&source), None, "{prefix}");
    }
    assert_eq!(kind(&format!("{}1", "lambda a, b=1: ".repeat(2900))), None);
    for link in [" and a", " or a", "<a", " in a", " or a and a < a"] {
        let source = format!("x = a{}", link.repeat(100_000));
        assert_eq!(kind(&source), None, "{link}");
    }
    for item in [
        "lambda a, b=1: a + b, ",
        "a if b else c, ",
        "[a for a, b in c if d], ",
    ] {
        let source = format!("x = [{}]", item.repeat(20_000));
        assert_eq!(kind(&source), None, "{item}");
    }
    let elifs = format!("if a: pass\n{}", "elif a: pass\n".repeat(5900));
    assert_eq!(kind(&elifs), None);
    let nested = format!("{}1{}", "(".repeat(190), ")".repeat(190));
    assert_eq!(kind(&nested), None);
    let wide = format!("x = [{}]", "f(a), ".repeat(100_000));
    assert_eq!(kind(&wide), None);
    let names: String = (0..70_000).map(|i| format!("n{i} = {i}.5\n")).collect();
    assert_eq!(kind(&names), None);
    let far = format!(
        "def f(a):\n for x in a:\n{}  if x: break\n",
        "  a.b(x)\n".repeat(20_000)
    );
    let output = compile(far.as_bytes(), "<t>", Mode::Exec, &Options::default()).expect("code");
    krait_bytecode::verify(&output.code).expect("verifiable code");
}

/// A source damaged in many ways.
#[test]
fn damaged_sources_never_crash() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) as usize % below.max(1)
    };
    let pieces: [&[u8]; 16] = [
        b"(",
        b")",
        b"{",
        b"]",
        b"'",
        b"\"\"\"",
        b"\n",
        b"    ",
        b"\\",
        b":",
        b"async ",
        b"*",
        b"=",
        b"f'{",
        b"lambda ",
        b"\xc3\xa9",
    ];
    for entry in std::fs::read_dir(folder)
        .expect("the golden folder")
        .flatten()
    {
        if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "py")
        {
            continue;
        }
        let source = std::fs::read(entry.path()).expect("a readable source");
        for _ in 0..400 {
            let mut damaged = source.clone();
            for _ in 0..1 + random(3) {
                let at = random(damaged.len());
                let end = (at + random(12)).min(damaged.len());
                let piece = pieces[random(pieces.len())];
                damaged.splice(at..end, piece.iter().copied());
            }
            if let Ok(output) = compile(&damaged, "<t>", Mode::Exec, &Options::default()) {
                krait_bytecode::verify(&output.code).expect("verifiable code");
            }
        }
    }
}
