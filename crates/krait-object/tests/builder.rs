//! Strings under construction, against vectors of code points.

use krait_object::*;
use krait_text::{Chars, CharsMut, TextWriter};

mod common;
use common::runtime;

/// The string holds just these code points, in the narrowest kind, and ends with a zero.
fn check(text: &Str, codes: &[u32]) {
    assert!(text.code_points().eq(codes.iter().copied()));
    let max = codes.iter().copied().max().unwrap_or(0);
    let kind = match max {
        0..0x100 => 1,
        0x100..0x1_0000 => 2,
        _ => 4,
    };
    assert_eq!((text.kind(), text.is_ascii()), (kind, max < 0x80));
    let bytes = text.raw_bytes();
    // SAFETY: a string's characters are followed by a zero of their size.
    let end = unsafe { std::slice::from_raw_parts(bytes.as_ptr_range().end, kind) };
    assert!(end.iter().all(|byte| *byte == 0));
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    /// A code point of one of the first `kinds` kinds, mostly ASCII.
    fn code(&mut self, kinds: usize) -> u32 {
        let (from, to) = [
            (0x20, 0x7F),
            (0x80, 0xFF),
            (0x100, 0xFFFF),
            (0x1_0000, 0x10_FFFF),
        ][self
            .below(9)
            .checked_sub(5)
            .map_or(0, |kind| kind.min(kinds - 1))];
        (from + self.below(to - from)) as u32
    }

    fn codes(&mut self, kinds: usize) -> Vec<u32> {
        let most = [3, 20, 200, 3000][self.below(4)];
        (0..self.below(most)).map(|_| self.code(kinds)).collect()
    }
}

/// Does something to both.
fn step(random: &mut Random, kinds: usize, out: &mut StrBuilder, codes: &mut Vec<u32>) {
    let more = random.codes(kinds);
    match random.below(7) {
        0 => {
            let code = random.code(kinds);
            out.push(code);
            codes.push(code);
        }
        1 => {
            out.push_units(&more);
            codes.extend(more);
        }
        2 => {
            out.push_text(&Str::from_u32(&more));
            codes.extend(more);
        }
        3 => {
            let (code, count) = (random.code(kinds), random.below(300));
            out.push_repeat(code, count);
            codes.resize(codes.len() + count, code);
        }
        4 => {
            let at = random.below(codes.len() + 1);
            out.overwrite(at, Chars::U32(&more));
            codes.resize(codes.len().max(at + more.len()), 0);
            codes[at..at + more.len()].copy_from_slice(&more);
        }
        5 => {
            let length = codes.len() - random.below(codes.len().min(40) + 1);
            out.truncate(length);
            codes.truncate(length);
        }
        _ => {
            let text: String = more.iter().filter_map(|&c| char::from_u32(c)).collect();
            out.push_str(&text);
            codes.extend(text.chars().map(u32::from));
        }
    }
}

#[test]
fn any_operations() {
    let (_py, _guard) = runtime();
    let mut random = Random(1);
    for round in 0..4000 {
        let kinds = round % 4 + 1;
        let mut out = StrBuilder::with_capacity([0, 1, 100, 129, 5000][random.below(5)]);
        let mut codes = Vec::new();
        for _ in 0..random.below(12) {
            step(&mut random, kinds, &mut out, &mut codes);
            assert_eq!(out.len(), codes.len());
        }
        assert!(out.as_chars().same_text(Chars::U32(&codes)));
        let text = out.finish();
        check(&text, &codes);
        // Going on in the string's own memory, and in a copy of what somebody else has.
        let held = (round % 2 == 0).then(|| text.clone());
        let before = codes.clone();
        let mut out = StrBuilder::resume(text);
        for _ in 0..3 {
            step(&mut random, kinds, &mut out, &mut codes);
        }
        check(&out.finish(), &codes);
        if let Some(held) = held {
            check(&held, &before);
        }
    }
}

#[test]
fn short_texts_are_shared() {
    let (_py, _guard) = runtime();
    for code in [0, 0x41, 0xFF] {
        let mut out = StrBuilder::with_capacity(1000);
        out.push(code);
        assert!(std::ptr::eq(&*out.finish(), &*Str::from_code_point(code)));
    }
    let mut out = StrBuilder::new();
    out.push_repeat(0x416, 500);
    out.truncate(0);
    assert!(std::ptr::eq(&*out.finish(), &*Str::new("")));
}

#[test]
fn zeros_are_written_over() {
    let (_py, _guard) = runtime();
    let mut out = StrBuilder::new();
    out.push_ascii("ab");
    match out.push_zeros(3, 0xFFFF) {
        CharsMut::U16(units) => units.copy_from_slice(&[0x416, 0x41, 0x42]),
        other => panic!("{other:?}"),
    }
    check(&out.finish(), &[0x61, 0x62, 0x416, 0x41, 0x42]);
    let mut out = StrBuilder::new();
    assert!(out.try_reserve(usize::MAX).is_err());
    assert!(out.try_reserve(isize::MAX as usize - 10).is_err());
    out.push(0x41);
    check(&out.finish(), &[0x41]);
}
