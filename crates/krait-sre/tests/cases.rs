//! What the reference CPython found (see `gen/cases.py`), case by case.

use krait_sre::{Mode, Pattern, Scan, State, Subject, Unicode};

fn words(text: &str) -> Vec<u32> {
    text.split_whitespace()
        .map(|w| u32::from_str_radix(w, 16).unwrap())
        .collect()
}

fn show(state: &State, groups: usize) -> String {
    let spans: Vec<String> = (0..=groups)
        .map(|g| {
            state
                .group(g)
                .map_or("-".into(), |(s, e)| format!("{s},{e}"))
        })
        .collect();
    format!("{}:{}", spans.join(";"), state.last_index().unwrap_or(0))
}

fn run(pattern: &Pattern, subject: Subject, operation: &str, pos: usize, endpos: usize) -> String {
    let mut state = State::new();
    let mut never = || false;
    let mut found = Vec::new();
    if operation == "i" {
        let mut scan = Scan::new(pos, endpos);
        while scan
            .next(pattern, &mut state, subject, Mode::Search, &mut never)
            .unwrap()
            .is_some()
        {
            found.push(show(&state, pattern.groups()));
        }
    } else {
        let mode = match operation {
            "m" => Mode::Match,
            "f" => Mode::FullMatch,
            _ => Mode::Search,
        };
        let result = pattern.run(&mut state, subject, pos..endpos, mode, false, &mut never);
        if result.unwrap().is_some() {
            found.push(show(&state, pattern.groups()));
        }
    }
    if found.is_empty() {
        "-".into()
    } else {
        found.join("/")
    }
}

/// The subject in all widths that hold it.
fn in_all_widths(text: &[u32], bytes: bool, mut check: impl FnMut(Subject)) {
    if let Ok(narrow) = text
        .iter()
        .map(|&c| u8::try_from(c))
        .collect::<Result<Vec<u8>, _>>()
    {
        check(if bytes {
            Subject::Bytes(&narrow)
        } else {
            Subject::Latin1(&narrow)
        });
    }
    if bytes {
        return;
    }
    if let Ok(middle) = text
        .iter()
        .map(|&c| u16::try_from(c))
        .collect::<Result<Vec<u16>, _>>()
    {
        check(Subject::U16(&middle));
    }
    check(Subject::U32(text));
}

#[test]
fn as_the_reference_finds() {
    let mut pattern = None;
    let mut failures = Vec::new();
    let mut source = "";
    for line in include_str!("cases.txt").lines() {
        let (kind, rest) = line.split_once(' ').unwrap();
        if kind == "P" {
            let mut head = rest.splitn(3, ' ');
            let flags = head.next().unwrap().parse().unwrap();
            let groups = head.next().unwrap().parse().unwrap();
            let code = words(head.next().unwrap());
            source = line;
            pattern = Some(Pattern::new(code, flags, groups, &Unicode).unwrap());
            continue;
        }
        let (input, expected) = rest.split_once("= ").unwrap();
        let mut head = input.splitn(4, ' ');
        let operation = head.next().unwrap();
        let pos = head.next().unwrap().parse().unwrap();
        let endpos = head.next().unwrap().parse().unwrap();
        let text = words(head.next().unwrap_or(""));
        let pattern = pattern.as_ref().unwrap();
        in_all_widths(&text, kind == "b", |subject| {
            let found = run(pattern, subject, operation, pos, endpos);
            if found != expected {
                failures.push(format!(
                    "{source}\n  {line}\n  found {found}\n  {pattern:?}"
                ));
            }
        });
    }
    let shown: Vec<_> = failures.iter().take(5).cloned().collect();
    assert!(
        failures.is_empty(),
        "{} differ\n{}",
        failures.len(),
        shown.join("\n")
    );
}

#[test]
fn bad_code_is_refused() {
    // Every pattern of the cases, cut and with words replaced: no panic, no endless run.
    let mut state = 12345u64;
    let mut random = |limit: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize % limit
    };
    for line in include_str!("cases.txt")
        .lines()
        .filter(|l| l.starts_with("P "))
        .step_by(3)
    {
        let mut head = line.splitn(4, ' ').skip(2);
        let groups = head.next().unwrap().parse().unwrap();
        let code = words(head.next().unwrap());
        for cut in 0..code.len().min(60) {
            let _ = Pattern::new(code[..cut].to_vec(), 0, groups, &Unicode);
        }
        for _ in 0..60 {
            let mut code = code.clone();
            let at = random(code.len());
            code[at] = [random(45) as u32, random(1000) as u32, u32::MAX][random(3)];
            if let Ok(pattern) = Pattern::new(code, 0, groups, &Unicode) {
                let mut steps = 0;
                let mut stop = || {
                    steps += 1;
                    steps > 20
                };
                let mut state = State::new();
                let subject = Subject::Latin1(b"abcab \nAB-1cc,");
                let _ = pattern.run(&mut state, subject, 0..14, Mode::Search, false, &mut stop);
            }
        }
    }
}

#[test]
fn interrupts_and_depth() {
    // (?:a|bb)*c over a long run: the stack is on the heap.
    let code = vec![
        14,
        4,
        0,
        1,
        u32::MAX,
        23,
        17,
        0,
        u32::MAX,
        7,
        5,
        16,
        97,
        15,
        9,
        7,
        16,
        98,
        16,
        98,
        15,
        2,
        0,
        18,
        16,
        99,
        1,
    ];
    let pattern = Pattern::new(code, 0, 0, &Unicode).unwrap();
    let mut text = vec![b'a'; 3_000_000];
    let mut state = State::new();
    let subject = Subject::Bytes(&text);
    assert_eq!(
        pattern.run(
            &mut state,
            subject,
            0..usize::MAX,
            Mode::Match,
            false,
            &mut || false
        ),
        Ok(None)
    );
    let stopped = pattern.run(
        &mut state,
        subject,
        0..usize::MAX,
        Mode::Search,
        false,
        &mut || true,
    );
    assert_eq!(stopped, Err(krait_sre::MatchError::Interrupted));
    text.push(b'c');
    let subject = Subject::Bytes(&text);
    let found = pattern.run(
        &mut state,
        subject,
        0..usize::MAX,
        Mode::Match,
        false,
        &mut || false,
    );
    assert_eq!(found, Ok(Some((0, 3_000_001))));
}
