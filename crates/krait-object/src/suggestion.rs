//! What a misspelt name may have meant.

/// The most similar of the names, where one is similar enough: what CPython proposes in
/// errors. A change of letter case costs half of another change.
pub fn suggestion<S: AsRef<str>>(name: &str, known: impl IntoIterator<Item = S>) -> Option<String> {
    const COST: usize = 2;
    let mut best: Option<(usize, String)> = None;
    for candidate in known {
        let candidate = candidate.as_ref();
        if candidate == name || candidate.len() > 40 || name.len() > 40 {
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

fn distance(a: &[u8], b: &[u8]) -> usize {
    let cost = |x: u8, y: u8| {
        if x == y {
            0
        } else if x.eq_ignore_ascii_case(&y) {
            1
        } else {
            2
        }
    };
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * 2).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * 2;
        for (j, &y) in b.iter().enumerate() {
            let changed = diagonal + cost(x, y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 2).min(diagonal + 2);
        }
    }
    row[b.len()]
}
