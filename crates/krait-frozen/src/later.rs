//! Brings the packaged library to the version that Krait is: what CPython changed in its
//! library since the packaged one, as a unified diff, applied while the library is compiled.
//!
//! A hunk's lines must be there at the very place that the hunk names: when the packaged
//! library changes, the build fails here and not at run time.

use std::collections::HashMap;

/// The changes from the packaged library, 3.14.7, to 3.14.10.
const CHANGES: &str = include_str!("../lib/3.14.10.diff");

/// A run of lines that is replaced: its first line, counted from zero, and its lines, each
/// with the sign that the diff gives it.
struct Hunk {
    first: usize,
    lines: Vec<&'static str>,
}

/// The changes, by file.
pub struct Changes(HashMap<&'static str, Vec<Hunk>>);

/// The first line and the number of lines of `-12,3`.
fn range(text: &str) -> Option<(usize, usize)> {
    let (first, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((first.get(1..)?.parse().ok()?, count.parse().ok()?))
}

impl Changes {
    /// Reads the diff.
    pub fn read() -> Self {
        let (mut files, mut file) = (HashMap::<_, Vec<Hunk>>::new(), "");
        let mut lines = CHANGES.split_inclusive('\n');
        while let Some(line) = lines.next() {
            if let Some(name) = line.strip_prefix("+++ b/") {
                file = name.trim_end();
            } else if let Some(header) = line.strip_prefix("@@ ") {
                let mut parts = header.split(' ');
                let mut part = || parts.next().and_then(range).expect("a hunk has two ranges");
                let ((first, mut old), (_, mut new)) = (part(), part());
                // An empty range names the line before it.
                let first = if old == 0 { first } else { first - 1 };
                let mut hunk = Vec::new();
                while old + new > 0 {
                    let line = lines.next().expect("a hunk has its lines");
                    old -= usize::from(!line.starts_with('+'));
                    new -= usize::from(!line.starts_with('-'));
                    hunk.push(line);
                }
                files
                    .entry(file)
                    .or_default()
                    .push(Hunk { first, lines: hunk });
            }
        }
        Self(files)
    }

    /// The text of a file of the library as it is in the later version.
    pub fn apply(&self, file: &str, text: String) -> Result<String, String> {
        let Some(hunks) = self.0.get(file) else {
            return Ok(text);
        };
        let old: Vec<&str> = text.split_inclusive('\n').collect();
        let (mut new, mut place) = (String::with_capacity(text.len()), 0);
        for hunk in hunks {
            new.extend(old[place..hunk.first].iter().copied());
            place = hunk.first;
            for line in &hunk.lines {
                let (sign, line) = line.split_at(1);
                if sign != "+" {
                    if old.get(place) != Some(&line) {
                        return Err(format!("{file}: line {} is not as changed", place + 1));
                    }
                    place += 1;
                }
                if sign != "-" {
                    new.push_str(line);
                }
            }
        }
        new.extend(old[place..].iter().copied());
        Ok(new)
    }
}
