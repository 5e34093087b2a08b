//! Inline script metadata (PEP 723): the `script` block in a script's comments.

/// What a script says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Metadata {
    pub dependencies: Vec<String>,
    pub requires_python: Option<String>,
}

impl Metadata {
    /// A number that is the same for the same dependencies, whatever their order, of this
    /// version of Krait (FNV-1a).
    pub fn key(&self) -> u64 {
        let mut all = self.dependencies.clone();
        all.sort();
        all.push(env!("CARGO_PKG_VERSION").to_string());
        all.join("\n")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
    }
}

/// The block's text without its comment signs. The last line `# ///` of the run of
/// comments ends it.
fn block(source: &str) -> Result<Option<String>, String> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = None;
    let mut at = 0;
    while at < lines.len() {
        if lines[at] != "# /// script" {
            at += 1;
            continue;
        }
        let comments = lines[at + 1..]
            .iter()
            .take_while(|l| **l == "#" || l.starts_with("# "))
            .count();
        let inside = &lines[at + 1..at + 1 + comments];
        let Some(end) = inside.iter().rposition(|l| *l == "# ///") else {
            at += 1;
            continue;
        };
        if found.is_some() {
            return Err("there are several `script` blocks".to_string());
        }
        let text: Vec<&str> = inside[..end]
            .iter()
            .map(|l| l.strip_prefix("# ").unwrap_or(""))
            .collect();
        found = Some(text.join("\n"));
        at += end + 2;
    }
    Ok(found)
}

/// The metadata of a script, if it has any.
pub fn read(source: &[u8]) -> Result<Option<Metadata>, String> {
    let source = String::from_utf8_lossy(source);
    let Some(text) = block(&source)? else {
        return Ok(None);
    };
    let table: toml::Table = text.parse().map_err(|e| format!("script metadata: {e}"))?;
    let mut dependencies = Vec::new();
    if let Some(list) = table.get("dependencies") {
        let wrong = || "script metadata: dependencies must be a list of strings".to_string();
        for item in list.as_array().ok_or_else(wrong)? {
            dependencies.push(item.as_str().ok_or_else(wrong)?.to_string());
        }
    }
    let requires_python = match table.get("requires-python") {
        None => None,
        Some(text) => Some(
            text.as_str()
                .ok_or("script metadata: requires-python must be a string")?
                .to_string(),
        ),
    };
    Ok(Some(Metadata {
        dependencies,
        requires_python,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_block() {
        let source = b"#!/usr/bin/env krait\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"flask\",\n# ]\n# ///\nimport flask\n";
        let metadata = read(source).unwrap().unwrap();
        assert_eq!(metadata.dependencies, ["flask"]);
        assert_eq!(metadata.requires_python.as_deref(), Some(">=3.11"));
    }

    #[test]
    fn no_block_without_an_end() {
        assert_eq!(read(b"# /// script\n# dependencies = []\n"), Ok(None));
    }

    #[test]
    fn two_blocks_are_an_error() {
        let one = "# /// script\n# dependencies = []\n# ///\n\n";
        assert!(read(one.repeat(2).as_bytes()).is_err());
    }
}
