//! Search, case, repr and the Unicode database against the reference.

mod common;

use common::{Report, Text, bits, rows};
use krait_text::search::{self, Ends, OfBytes};
use krait_text::unicode::{self, Form, Named, Version};
use krait_text::{Chars, TextWriter, case, repr, with_units};
use std::ops::Range;

fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    };
    !data.iter().fold(!0, step)
}

fn hexed(codes: impl Iterator<Item = u32>) -> String {
    codes
        .map(|code| format!("{code:x}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn properties(code: u32, version: Version) -> String {
    let shown = |value: Option<u8>| value.map_or(String::new(), |v| v.to_string());
    [
        unicode::category(code, version).to_string(),
        unicode::bidirectional(code, version).to_string(),
        version.combining(code).to_string(),
        unicode::east_asian_width(code, version).to_string(),
        u8::from(unicode::mirrored(code, version)).to_string(),
        shown(version.decimal(code)),
        shown(version.digit(code)),
        version.numeric(code).map_or(String::new(), bits),
        unicode::decomposition(code, version),
        version.name(code).unwrap_or_default(),
    ]
    .join("|")
}

fn classes(code: u32) -> String {
    let one = [code];
    let text = Chars::U32(&one);
    let flags = [
        unicode::is_alpha(code),
        unicode::is_decimal(code),
        unicode::is_digit(code),
        unicode::is_numeric(code),
        unicode::is_alnum(code),
        unicode::is_space(code),
        case::is_lower(text),
        case::is_upper(text),
        case::is_title(text),
        unicode::is_printable(code),
        unicode::is_identifier(text),
        unicode::is_xid_continue(code),
        unicode::is_line_break(code),
    ];
    flags
        .iter()
        .map(|flag| if *flag { '1' } else { '0' })
        .collect()
}

fn cases(code: u32) -> String {
    let one = [code];
    let text = Chars::U32(&one);
    let functions = [
        case::lower,
        case::upper,
        case::title,
        case::casefold,
        case::swapcase,
        case::capitalize,
    ];
    functions
        .map(|function| hexed(Text::written(|out| function(text, out)).chars().iter()))
        .join("|")
}

const FORMS: [Form; 4] = [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd];

fn normal(text: Chars<'_>, form: Form, version: Version) -> Text {
    match unicode::normalize(text, form, version) {
        Some(codes) => Text::of(&codes),
        None => Text::from(text),
    }
}

fn forms(code: u32, version: Version) -> String {
    let one = [code];
    let text = Chars::U32(&one);
    FORMS
        .map(|form| {
            let is = u8::from(unicode::is_normalized(text, form, version));
            format!("{}{is}", hexed(normal(text, form, version).chars().iter()))
        })
        .join("|")
}

#[test]
fn whole_database() {
    let mut report = Report::default();
    for row in rows("unicode") {
        let fields: Vec<String> = row.iter().map(Text::to_string_lossy).collect();
        let plane = u32::from_str_radix(&fields[1], 16).expect("hexadecimal");
        let line = |code| match fields[0].as_str() {
            "properties" => properties(code, Version::Current),
            "old properties" => properties(code, Version::Old),
            "classes" => classes(code),
            "cases" => cases(code),
            "forms" => forms(code, Version::Current),
            _ => forms(code, Version::Old),
        };
        let lines: Vec<String> = (plane << 16..(plane + 1) << 16).map(line).collect();
        if let Ok(folder) = std::env::var("KRAIT_TEXT_DUMP") {
            let path = format!("{folder}/{}-{}", fields[0].replace(' ', "_"), fields[1]);
            std::fs::write(path, lines.join("\n")).expect("can write");
        }
        let got = format!("{:08x}", crc32(lines.join("\n").as_bytes()));
        report.check(&&fields[..2], &got, &fields[2]);
    }
    report.finish();
}

fn flag(flag: bool) -> Text {
    Text::from(if flag { "1" } else { "0" })
}

fn parts(text: Chars<'_>, ranges: Vec<Range<usize>>) -> Text {
    let shown = |range: &Range<usize>| hexed(text.slice(range.start, range.end).iter());
    Text::from(
        ranges
            .iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(";")
            .as_str(),
    )
}

fn collected(each: impl FnOnce(&mut dyn FnMut(Range<usize>))) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    each(&mut |range| ranges.push(range));
    ranges
}

fn reversed(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.reverse();
    ranges
}

fn sliced(text: Chars<'_>, range: Range<usize>) -> Text {
    Text::from(text.slice(range.start, range.end))
}

fn text_method(method: &str, text: &Text) -> Text {
    let chars = text.chars();
    if let Some(method) = method.strip_prefix("bytes") {
        let bytes = text.bytes();
        return match method {
            "repr" => Text::written(|out| repr::bytes_repr(bytes, out)),
            "title" => Text::Latin1(case::title_bytes(bytes)),
            "capitalize" => Text::Latin1(case::capitalize_bytes(bytes)),
            "swapcase" => Text::Latin1(case::swapcase_bytes(bytes)),
            "islower" => flag(case::is_lower_bytes(bytes)),
            "isupper" => flag(case::is_upper_bytes(bytes)),
            _ => flag(case::is_title_bytes(bytes)),
        };
    }
    let old = method.strip_prefix("old");
    if let Some(form) = Form::named(old.unwrap_or(method)) {
        let version = if old.is_some() {
            Version::Old
        } else {
            Version::Current
        };
        return normal(chars, form, version);
    }
    if let Some(form) = method.strip_prefix("is").and_then(Form::named) {
        return flag(unicode::is_normalized(chars, form, Version::Current));
    }
    match method {
        "lower" => Text::written(|out| case::lower(chars, out)),
        "upper" => Text::written(|out| case::upper(chars, out)),
        "title" => Text::written(|out| case::title(chars, out)),
        "capitalize" => Text::written(|out| case::capitalize(chars, out)),
        "swapcase" => Text::written(|out| case::swapcase(chars, out)),
        "casefold" => Text::written(|out| case::casefold(chars, out)),
        "islower" => flag(case::is_lower(chars)),
        "isupper" => flag(case::is_upper(chars)),
        "istitle" => flag(case::is_title(chars)),
        "isalpha" => flag(case::all_are(chars, unicode::is_alpha)),
        "isalnum" => flag(case::all_are(chars, unicode::is_alnum)),
        "isspace" => flag(case::all_are(chars, unicode::is_space)),
        "isnumeric" => flag(case::all_are(chars, unicode::is_numeric)),
        "isprintable" => flag(chars.is_empty() || case::all_are(chars, unicode::is_printable)),
        "isidentifier" => flag(unicode::is_identifier(chars)),
        "repr" => Text::written(|out| repr::repr(chars, out)),
        "ascii" => Text::written(|out| repr::ascii(chars, out)),
        "splitlines" => parts(chars, collected(|f| search::each_line(chars, false, f))),
        "splitlines+" => parts(chars, collected(|f| search::each_line(chars, true, f))),
        "split" => parts(
            chars,
            collected(|f| search::each_split_space(chars, usize::MAX, f)),
        ),
        "split2" => parts(chars, collected(|f| search::each_split_space(chars, 2, f))),
        "rsplit2" => parts(
            chars,
            reversed(collected(|f| search::each_rsplit_space(chars, 2, f))),
        ),
        "strip" => sliced(chars, search::strip_space(chars, Ends::Both)),
        "lstrip" => sliced(chars, search::strip_space(chars, Ends::Left)),
        "rstrip" => sliced(chars, search::strip_space(chars, Ends::Right)),
        "expandtabs" => {
            let mut out = Vec::new();
            let expanded = with_units!(chars, units => search::expandtabs(units, 5, |run, spaces| {
                out.push_units(run);
                out.push_repeat(32, spaces);
                Ok(())
            }));
            match expanded {
                Ok(true) => Text::of(&out),
                _ => text.clone(),
            }
        }
        "lookup" => match unicode::lookup(&text.to_string_lossy()) {
            Some(Named::Char(code)) => Text::of(&[code]),
            Some(Named::Sequence(codes)) => Text::of(&codes),
            None => Text::from("!"),
        },
        other => panic!("{other}"),
    }
}

#[test]
fn methods_of_strings() {
    let mut report = Report::default();
    for row in rows("text") {
        let got = text_method(&row[0].to_string_lossy(), &row[1]);
        report.check(&&row[..2], &format!("{got:?}"), &format!("{:?}", row[2]));
    }
    report.finish();
}

fn search_method(row: &[Text]) -> Text {
    let (text, needle) = (row[1].chars(), row[2].chars());
    let place =
        |found: Option<usize>| Text::from(found.map_or("-1".into(), |at| at.to_string()).as_str());
    match row[0].to_string_lossy().as_str() {
        "find" => place(search::find(text, needle)),
        "rfind" => place(search::rfind(text, needle)),
        "count" => Text::from(search::count(text, needle, usize::MAX).to_string().as_str()),
        "stripset" => sliced(text, search::strip_set(text, needle, Ends::Both)),
        "replace" => {
            let most = row[4].to_string_lossy().parse().unwrap_or(usize::MAX);
            let mut out = Vec::new();
            match search::replace(text, needle, row[3].chars(), most, &mut out).expect("memory") {
                true => Text::of(&out),
                false => Text::from(text),
            }
        }
        other => panic!("{other}"),
    }
}

#[test]
fn searching() {
    let mut report = Report::default();
    let table = rows("search");
    let mut most = usize::MAX;
    for row in &table {
        let method = row[0].to_string_lossy();
        let (text, needle) = (row[1].chars(), row[2].chars());
        if method == "replace" {
            most = row[4].to_string_lossy().parse().unwrap_or(usize::MAX);
        }
        let got = match method.as_str() {
            "split" => parts(
                text,
                collected(|f| search::each_split(text, needle, most, f)),
            ),
            "rsplit" => parts(
                text,
                reversed(collected(|f| search::each_rsplit(text, needle, most, f))),
            ),
            _ => search_method(row),
        };
        let expected = format!("{:?}", row.last().expect("a result"));
        report.check(&&row[..3], &format!("{got:?}"), &expected);
    }
    report.finish();
}

#[test]
fn long_needles_are_linear() {
    // A quadratic search would not come to an end.
    let hay: Vec<u16> = vec![0x430; 400_000];
    let mut needle: Vec<u16> = vec![0x430; 100_000];
    needle[50_000] = 0x431;
    assert_eq!(search::find_units(&hay, &needle), None);
    assert_eq!(search::rfind_units(&hay, &needle), None);
    let mut hay = hay;
    hay[250_000] = 0x431;
    assert_eq!(search::find_units(&hay, &needle), Some(200_000));
    assert_eq!(search::rfind_units(&hay, &needle), Some(200_000));
}

#[test]
fn bytes_have_their_own_classes() {
    let text = b"\x1ca\x85 b\x0bc\r\nd\x0ce\rf";
    let words: Vec<_> = search::split_space_units::<OfBytes, _>(text, usize::MAX).collect();
    assert_eq!(words, [0..3, 4..5, 6..7, 9..10, 11..12, 13..14]);
    let lines: Vec<_> = search::splitlines_units::<OfBytes, _>(text, false).collect();
    assert_eq!(lines, [0..7, 9..12, 13..14]);
}
