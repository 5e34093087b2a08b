//! Times the matcher on the cases of `gen/timing.py`, whose output file is the argument.

use std::hint::black_box;
use std::time::Instant;

use krait_sre::{Mode, Pattern, Scan, State, Subject, Unicode};

fn words(text: &str) -> Vec<u32> {
    text.split_whitespace()
        .filter_map(|w| u32::from_str_radix(w, 16).ok())
        .collect()
}

/// Runs a case once; the number of matches.
fn once(pattern: &Pattern, state: &mut State, subject: Subject, operation: &str) -> usize {
    let mut never = || false;
    if operation == "i" {
        let mut scan = Scan::new(0, usize::MAX);
        let mut count = 0;
        while let Ok(Some(_)) = scan.next(pattern, state, subject, Mode::Search, &mut never) {
            count += 1;
        }
        return count;
    }
    let mode = match operation {
        "m" => Mode::Match,
        "f" => Mode::FullMatch,
        _ => Mode::Search,
    };
    let found = pattern.run(state, subject, 0..usize::MAX, mode, false, &mut never);
    matches!(found, Ok(Some(_))) as usize
}

fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let cases = std::fs::read_to_string(path).unwrap_or_default();
    for line in cases.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let [name, operation, reference, groups, code, text] = fields[..] else {
            continue;
        };
        let groups = groups.parse().unwrap_or(0);
        let Ok(pattern) = Pattern::new(words(code), 32, groups, &Unicode) else {
            continue;
        };
        let text = words(text);
        let narrow: Option<Vec<u8>> = text.iter().map(|&c| u8::try_from(c).ok()).collect();
        let wide: Vec<u16> = text.iter().map(|&c| c as u16).collect();
        let subject = match &narrow {
            Some(narrow) => Subject::Latin1(narrow),
            None => Subject::U16(&wide),
        };
        let mut state = State::new();
        let mut best = f64::MAX;
        for _ in 0..3 {
            let (start, mut rounds) = (Instant::now(), 0);
            while start.elapsed().as_millis() < 50 {
                black_box(once(&pattern, &mut state, subject, operation));
                rounds += 1;
            }
            best = best.min(start.elapsed().as_nanos() as f64 / rounds as f64);
        }
        let reference: f64 = reference.parse().unwrap_or(0.0);
        println!(
            "{name:24} {best:12.0} ns  reference {reference:12.0} ns  {:6.2} x",
            reference / best
        );
    }
}
