//! Float text, format specifications and `%` directives against the reference.

mod common;

use common::{Report, Text, bits, double, error, rows};
use krait_text::float::*;
use krait_text::format::*;
use krait_text::{TextError, TextWriter};
use std::ops::Range;

fn conversion(spec: &str) -> (u8, usize, FloatFlags) {
    let alt = spec.starts_with('#');
    let rest = spec.trim_start_matches('#');
    let code = *rest.as_bytes().last().expect("a code");
    let precision = rest.trim_start_matches('.');
    let precision = precision[..precision.len() - 1].parse().unwrap_or(6);
    (
        code,
        precision,
        FloatFlags {
            alt,
            ..FloatFlags::default()
        },
    )
}

#[test]
fn float_text() {
    let mut report = Report::default();
    for row in rows("float") {
        let fields: Vec<String> = row.iter().map(Text::to_string_lossy).collect();
        let expected = fields.last().expect("a result");
        let got = match fields[0].as_str() {
            "repr" => float_repr(double(&fields[1])),
            "hex" => float_to_hex(double(&fields[1])),
            "format" => {
                let (code, precision, flags) = conversion(&fields[2]);
                format_float(double(&fields[1]), code, precision, flags).expect("memory")
            }
            "parse" => parse_float(&fields[1]).map_or("!".into(), bits),
            "complex" => parse_complex(fields[1].as_bytes())
                .map_or("!".into(), |(re, im)| format!("{} {}", bits(re), bits(im))),
            "fromhex" => float_from_hex(fields[1].as_bytes()).map_or_else(|e| error(&e), bits),
            other => panic!("{other}"),
        };
        let expected = match expected.as_bytes() {
            [b'!', ..] if got == "!" => "!".to_string(),
            _ => expected.clone(),
        };
        report.check(&&fields[..fields.len() - 1], &got, &expected);
    }
    report.finish();
}

fn int_text(value: i128, spec: &Spec, out: &mut Vec<u32>) -> Result<(), TextError> {
    let locale = Locale::default();
    match plan_int(spec, "int")? {
        IntPlan::Char => format_char(value as i64, spec, out),
        IntPlan::Float => format_float_spec(value as f64, spec, "int", &locale, out),
        IntPlan::Digits { base, upper } => {
            let size = value.unsigned_abs();
            let digits = match (base, upper) {
                (2, _) => format!("{size:b}"),
                (8, _) => format!("{size:o}"),
                (10, _) => format!("{size}"),
                (_, false) => format!("{size:x}"),
                (_, true) => format!("{size:X}"),
            };
            format_int(&digits, value < 0, spec, &locale, out)
        }
    }
}

fn formatted(kind: &str, value: &Text, spec: &Text) -> Result<Text, TextError> {
    let mut out = Vec::new();
    let locale = Locale::default();
    let shown = value.to_string_lossy();
    match kind {
        "str" => {
            format_str(
                value.chars(),
                &Spec::for_str(spec.chars(), "str")?,
                "str",
                &mut out,
            )?;
        }
        "int" => {
            let value = shown.parse().expect("an integer");
            int_text(value, &Spec::for_int(spec.chars(), "int")?, &mut out)?;
        }
        "float" => {
            let spec = Spec::for_float(spec.chars(), "float")?;
            format_float_spec(double(&shown), &spec, "float", &locale, &mut out)?;
        }
        "complex" => {
            let spec = Spec::for_float(spec.chars(), "complex")?;
            let (re, im) = shown.split_once(' ').expect("two parts");
            format_complex(double(re), double(im), &spec, "complex", &locale, &mut out)?;
        }
        _ => {
            let (re, im) = shown.split_once(' ').expect("two parts");
            out.push_ascii(&complex_repr(double(re), double(im)));
        }
    }
    Ok(Text::of(&out))
}

#[test]
fn format_specifications() {
    let mut report = Report::default();
    for row in rows("format") {
        let got = match formatted(&row[0].to_string_lossy(), &row[1], &row[2]) {
            Ok(text) => text.to_string_lossy(),
            Err(e) => error(&e),
        };
        let expected = row[3].to_string_lossy();
        if expected.contains("too large to convert to C") {
            continue;
        }
        report.check(&&row[..3], &got, &expected);
    }
    report.finish();
}

#[derive(Clone, Debug)]
enum Arg {
    Int(i64),
    Float(f64),
}

struct Args {
    values: Vec<Arg>,
    mapping: bool,
    format: Text,
}

impl Args {
    fn next(&mut self) -> Arg {
        if self.values.is_empty() {
            Arg::Int(0)
        } else {
            self.values.remove(0)
        }
    }
    fn int(&mut self) -> isize {
        match self.next() {
            Arg::Int(value) => value as isize,
            Arg::Float(_) => panic!("not generated"),
        }
    }
}

impl PercentArgs for Args {
    type Error = TextError;
    fn require_mapping(&mut self) -> Result<(), TextError> {
        match self.mapping {
            true => Ok(()),
            false => Err(TextError::type_error("format requires a mapping")),
        }
    }
    fn key(&mut self, key: Range<usize>) -> Result<(), TextError> {
        let key = self
            .format
            .chars()
            .slice(key.start, key.end)
            .to_string_lossy();
        self.values = vec![Arg::Int(if key == "a" { 255 } else { 2 })];
        Ok(())
    }
    fn width(&mut self) -> Result<isize, TextError> {
        Ok(self.int())
    }
    fn precision(&mut self) -> Result<isize, TextError> {
        Ok(self.int())
    }
}

fn percent(args: &mut Args, is_bytes: bool) -> Result<String, TextError> {
    let format = args.format.clone();
    let directive = parse_directive(format.chars(), 1, is_bytes, args)?;
    let conversion = u8::try_from(directive.conversion).unwrap_or(0);
    if conversion == b'%' {
        return Ok("%".into());
    }
    let value = args.next();
    match (conversion, value) {
        (b'd' | b'i' | b'u' | b'x' | b'X' | b'o', value) => {
            let value = match value {
                Arg::Int(value) => value,
                Arg::Float(value) => value as i64,
            };
            let digits = match conversion {
                b'x' | b'X' => format!("{:x}", value.abs()),
                b'o' => format!("{:o}", value.abs()),
                _ => value.abs().to_string(),
            };
            percent_int(&digits, value < 0, &directive)
        }
        (b'e' | b'E' | b'f' | b'F' | b'g' | b'G', Arg::Int(value)) => {
            percent_float(value as f64, &directive)
        }
        (b'e' | b'E' | b'f' | b'F' | b'g' | b'G', Arg::Float(value)) => {
            percent_float(value, &directive)
        }
        _ => Err(unsupported_conversion(
            directive.conversion,
            directive.conversion_at,
            is_bytes,
        )),
    }
}

#[test]
fn percent_directives() {
    let mut report = Report::default();
    for row in rows("percent") {
        let expected = row[3].to_string_lossy();
        if expected.contains("cannot convert") {
            continue;
        }
        let shown = row[2].to_string_lossy();
        let values = shown
            .split(';')
            .filter(|_| shown != "map")
            .map(|arg| match arg.split_at(1) {
                ("f", bits) => Arg::Float(double(bits)),
                (_, digits) => Arg::Int(digits.parse().expect("an integer")),
            });
        let mut args = Args {
            values: values.collect(),
            mapping: shown == "map",
            format: row[1].clone(),
        };
        let got = percent(&mut args, row[0].to_string_lossy() == "bytes");
        report.check(&&row[..3], &got.unwrap_or_else(|e| error(&e)), &expected);
    }
    report.finish();
}
