//! Modes of raw files: `'r'`, `'w'`, `'a'`, `'x'`, each with `'+'`.

use krait_object::{Py, PyResult, raise};
use krait_sys::fd::constants::{O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};

/// What a mode allows and asks for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Mode {
    pub readable: bool,
    pub writable: bool,
    pub creating: bool,
    pub appending: bool,
    pub truncating: bool,
}

impl Mode {
    /// Parses a FileIO mode.
    pub fn parse(py: Py, text: &str) -> PyResult<Mode> {
        let mut mode = Mode::default();
        let (mut kinds, mut plus) = (0, 0);
        for c in text.chars() {
            match c {
                'x' => (mode.creating, mode.writable) = (true, true),
                'r' => mode.readable = true,
                'w' => (mode.truncating, mode.writable) = (true, true),
                'a' => (mode.appending, mode.writable) = (true, true),
                'b' => continue,
                '+' => {
                    plus += 1;
                    continue;
                }
                _ => return raise!(py, ValueError, "invalid mode: {text}"),
            }
            kinds += 1;
        }
        if kinds != 1 || plus > 1 {
            return raise!(
                py,
                ValueError,
                "Must have exactly one of create/read/write/append mode and at most one plus"
            );
        }
        if plus == 1 {
            (mode.readable, mode.writable) = (true, true);
        }
        Ok(mode)
    }

    /// The mode as `open()` hands it on, which audit hooks hear.
    pub fn asked(self) -> &'static str {
        match (
            self.creating,
            self.appending,
            self.truncating,
            self.readable && self.writable,
        ) {
            (true, _, _, false) => "x",
            (true, _, _, true) => "x+",
            (_, true, _, false) => "a",
            (_, true, _, true) => "a+",
            (_, _, true, false) => "w",
            (_, _, true, true) => "w+",
            (_, _, _, false) => "r",
            (_, _, _, true) => "r+",
        }
    }

    /// The flags of `open(2)`.
    pub fn flags(self) -> i32 {
        let mut flags = match (self.readable, self.writable) {
            (true, true) => O_RDWR,
            (_, false) => O_RDONLY,
            _ => O_WRONLY,
        };
        if self.creating {
            flags |= O_EXCL | O_CREAT;
        }
        if self.truncating {
            flags |= O_CREAT | O_TRUNC;
        }
        if self.appending {
            flags |= O_APPEND | O_CREAT;
        }
        flags
    }

    /// The mode as `FileIO.mode` shows it.
    pub fn text(self) -> &'static str {
        match (self.creating, self.appending, self.readable, self.writable) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }
}
