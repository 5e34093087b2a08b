//! Random input: nothing panics, fast paths agree with slow ones.

use krait_text::codecs::*;
use krait_text::float::*;
use krait_text::format::*;
use krait_text::{Chars, case, repr, search, unicode};

/// A small generator; the same numbers in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ self.0 >> 31
    }
    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 20) as usize % limit
    }
    fn bytes(&mut self, pool: &[u8], most: usize) -> Vec<u8> {
        (0..self.below(most))
            .map(|_| pool[self.below(pool.len())])
            .collect()
    }
}

#[test]
fn fixed_decimals_are_exact() {
    let mut random = Random(1);
    for round in 0..200_000 {
        let value = match round % 3 {
            0 => f64::from_bits(random.next() & !(1 << 63)),
            1 => random.below(1_000_000) as f64 / 1000.0,
            _ => (random.next() >> 30) as f64 / 8.0,
        };
        if !value.is_finite() {
            continue;
        }
        let precision = random.below(22);
        let got = format_float(value, b'f', precision, FloatFlags::default()).expect("memory");
        assert_eq!(got, format!("{value:.precision$}"));
        let shortest = float_repr(value);
        assert_eq!(parse_float(&shortest), Some(value));
        assert_eq!(float_from_hex(float_to_hex(value).as_bytes()), Ok(value));
    }
}

#[test]
fn any_bytes_decode() {
    let mut random = Random(2);
    let pools: [&[u8]; 5] = [
        b"ab\\xuUN{}0123456789DIGIT ONE\n",
        b"+-AGE2AD!\xe9~",
        b"\x00\xd8\xdc\xff\xfea\x10\x11",
        b"a\x80\xbf\xc2\xe0\xa0\xed\xf0\x90\xf4\x8f\xff\xe2\x82\xac",
        b"",
    ];
    let everything: Vec<u8> = (0..=255).collect();
    let policies = [
        "ignore",
        "replace",
        "backslashreplace",
        "surrogateescape",
        "surrogatepass",
        "strict",
    ];
    for round in 0..30_000 {
        let pool = match pools[round % 5] {
            b"" => &everything,
            pool => pool,
        };
        let bytes = random.bytes(pool, 24);
        let policy = Policy::named(policies[random.below(6)]).expect("exists");
        let last = random.below(2) == 0;
        let out = &mut Vec::new();
        let with = |form: SurrogateForm, run: &mut dyn FnMut(&mut Handler<'_>)| {
            run(&mut |fault| {
                assert!(fault.start < fault.end && fault.end <= bytes.len());
                policy.decode(&bytes, fault, form)
            });
        };
        with(SurrogateForm::Utf8, &mut |h| {
            let mut out = Vec::new();
            if decode_utf8(&bytes, last, h, &mut out).is_ok() {
                exercise(Chars::U32(&out));
            }
        });
        with(SurrogateForm::Utf16Le, &mut |h| {
            let _ = decode_utf16(&bytes, None, last, h, out);
        });
        with(SurrogateForm::Utf32Le, &mut |h| {
            let _ = decode_utf32(&bytes, None, last, h, out);
        });
        with(SurrogateForm::None, &mut |h| {
            let _ = decode_utf7(&bytes, last, h, out);
        });
        with(SurrogateForm::None, &mut |h| {
            let _ = decode_unicode_escape(&bytes, last, h, out);
        });
        with(SurrogateForm::None, &mut |h| {
            let _ = decode_raw_unicode_escape(&bytes, last, h, out);
        });
        with(SurrogateForm::None, &mut |h| {
            let _ = decode_ascii(&bytes, h, out);
        });
        let _ = bytes_escape_decode(&bytes, |_| None);
        let strict = decode_utf8(&bytes, true, &mut |_| Handled::Fail, out);
        assert_eq!(strict.is_ok(), std::str::from_utf8(&bytes).is_ok());
    }
}

fn exercise(text: Chars<'_>) {
    let (mut upper, mut out) = (Vec::new(), Vec::new());
    case::upper(text, &mut upper);
    let upper = Chars::U32(&upper);
    case::lower(upper, &mut out);
    case::title(text, &mut out);
    case::swapcase(text, &mut out);
    repr::repr(text, &mut out);
    repr::ascii(text, &mut out);
    let _ = unicode::is_identifier(text);
    let _ = unicode::normalize(text, unicode::Form::Nfkc, unicode::Version::Old);
    let _ = search::replace(text, upper, text, 3, &mut out);
    let half = text.slice(text.len() / 2, text.len());
    assert_eq!(
        search::find(text, half).is_some(),
        search::rfind(text, half).is_some()
    );
}

#[test]
fn any_specification() {
    let mut random = Random(3);
    let pool = b"<>=^ +-z#0123456789,_.sdnfgeE%xXobcr*\x00\xff(h";
    let locale = Locale {
        decimal_point: "٫".into(),
        thousands_sep: "\u{a0}".into(),
        grouping: vec![3, 2, 0],
    };
    for _ in 0..60_000 {
        let mut spec = random.bytes(pool, 9);
        spec.dedup_by(|a, b| a.is_ascii_digit() && b.is_ascii_digit());
        let chars = Chars::Latin1(&spec);
        let mut out = Vec::<u32>::new();
        let value = f64::from_bits(random.next());
        if let Ok(spec) = Spec::for_float(chars, "float") {
            let _ = format_float_spec(value, &spec, "float", &locale, &mut out);
            let _ = format_complex(value, -value, &spec, "complex", &locale, &mut out);
        }
        if let Ok(spec) = Spec::for_int(chars, "int")
            && let Ok(IntPlan::Digits { .. }) = plan_int(&spec, "int")
        {
            let mut out = Vec::<u32>::new();
            format_int("1234567", true, &spec, &locale, &mut out).expect("memory");
            assert!(out.len() >= spec.width.unwrap_or(0));
        }
        if let Ok(spec) = Spec::for_str(chars, "str") {
            let _ = format_str(chars, &spec, "str", &mut out);
        }
        let _ = float_from_hex(&spec);
        let _ = parse_complex(&spec);
        let _ = parse_float_chars(chars);
        let _ = unicode::lookup(&chars.to_string_lossy());
    }
}

#[test]
fn every_name_is_found() {
    for code in 0..0x11_0000 {
        if let Some(name) = unicode::name(code) {
            assert_eq!(
                unicode::lookup(&name),
                Some(unicode::Named::Char(code)),
                "{name}"
            );
        }
    }
}
