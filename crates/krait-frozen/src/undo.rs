//! Undoes, while the library is compiled, changes that the packaged copy carries, and
//! joins the few places where the library must know that it is inside the binary.
//!
//! Each entry is a text that must be there exactly once: when the packaged library
//! changes, the build fails here and not at run time.

/// Replacements by module.
const CHANGES: &[(&str, &str, &str)] = &[
    // The source of a module inside the binary is inside the binary too.
    (
        "importlib._bootstrap",
        "    @classmethod\n    @_requires_frozen\n    def get_source(cls, fullname):\n        \"\"\"Return None as frozen modules do not have source code.\"\"\"\n        return None",
        "    @classmethod\n    @_requires_frozen\n    def get_source(cls, fullname):\n        \"\"\"Return the source that the binary holds.\"\"\"\n        return _imp.get_frozen_source(fullname)",
    ),
];

/// The text of a module as it is compiled.
pub fn undo(name: &str, text: String) -> Result<String, String> {
    let mut text = text;
    for (module, old, new) in CHANGES.iter().filter(|c| c.0 == name) {
        if text.matches(old).count() != 1 {
            return Err(format!(
                "{module}: a text to be replaced is not there once: {}",
                old.lines().next().unwrap_or("")
            ));
        }
        text = text.replace(old, new);
    }
    Ok(text)
}
