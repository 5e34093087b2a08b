//! Version specifiers (PEP 440) against Python's own version, which has three numbers and
//! nothing behind them.

type Version = [u64; 3];

fn parse(text: &str) -> Option<(Version, usize)> {
    let mut version = [0; 3];
    let mut count = 0;
    for part in text.split('.') {
        let number = part.parse().ok()?;
        if let Some(place) = version.get_mut(count) {
            *place = number;
        }
        count += 1;
    }
    Some((version, count.min(3)))
}

fn clause(text: &str, version: Version) -> Option<bool> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (operator, wanted) = (text[..split].trim(), text[split..].trim());
    let (wanted, open) = match wanted.strip_suffix(".*") {
        Some(front) => (front, true),
        None => (wanted, false),
    };
    let (wanted, count) = parse(wanted)?;
    let same = if open {
        version[..count] == wanted[..count]
    } else {
        version == wanted
    };
    Some(match operator {
        "==" | "===" => same,
        "!=" => !same,
        ">=" => version >= wanted,
        "<=" => version <= wanted,
        ">" => version > wanted,
        "<" => version < wanted,
        "~=" => version >= wanted && version[..count - 1] == wanted[..count - 1],
        _ => return None,
    })
}

/// Whether all clauses of a specifier allow a version. A clause that cannot be read does
/// not forbid it.
pub fn allows(specifier: &str, version: Version) -> bool {
    specifier
        .split(',')
        .all(|text| clause(text, version).unwrap_or(true))
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn clauses() {
        let python = [3, 14, 10];
        for good in [
            ">=3.11",
            ">=3.11,<4",
            "==3.14.*",
            "~=3.12",
            "!=3.13.*",
            "",
            ">3.14.6",
        ] {
            assert!(allows(good, python), "{good}");
        }
        for bad in [
            ">=3.15",
            "<3.14",
            "==3.13.*",
            "~=3.14.11",
            "!=3.14.*",
            "==3.14",
        ] {
            assert!(!allows(bad, python), "{bad}");
        }
    }
}
