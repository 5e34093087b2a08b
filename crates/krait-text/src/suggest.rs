//! The name that was probably meant: what CPython proposes in errors (`suggestions.c`).

/// What an insertion, a deletion or a change costs; a change of letter case costs half.
const COST: usize = 2;
/// Longer names are not compared.
const LONGEST: usize = 40;

/// The most similar of the names, where one is similar enough.
pub fn suggestion<S: AsRef<str>>(name: &str, known: impl IntoIterator<Item = S>) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for candidate in known {
        let candidate = candidate.as_ref();
        if candidate == name || candidate.len() > LONGEST || name.len() > LONGEST {
            continue;
        }
        let most = (name.len() + candidate.len() + 3) * COST / 6;
        let most = best
            .as_ref()
            .map_or(most, |b| most.min(b.0.saturating_sub(1)));
        let distance = distance(name.as_bytes(), candidate.as_bytes());
        if distance <= most && best.as_ref().is_none_or(|b| distance < b.0) {
            best = Some((distance, candidate.to_owned()));
        }
    }
    best.map(|b| b.1)
}

/// The cost of making one text of the other.
pub fn distance(a: &[u8], b: &[u8]) -> usize {
    let cost = |x: u8, y: u8| {
        if x == y {
            0
        } else if x.eq_ignore_ascii_case(&y) {
            COST / 2
        } else {
            COST
        }
    };
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * COST).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * COST;
        for (j, &y) in b.iter().enumerate() {
            let changed = diagonal + cost(x, y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + COST).min(diagonal + COST);
        }
    }
    row[b.len()]
}
