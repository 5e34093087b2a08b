//! Lines of instructions: `co_lines`, `f_lineno`, and what tracing asks for.

use krait_bytecode::NO_COLUMN;

use super::CodeObject;

/// A run of words on one line.
#[derive(Clone, Copy)]
pub struct LineRun {
    pub start: u32,
    pub end: u32,
    /// `None` where the words have no line; a module is entered on line 0.
    pub line: Option<u32>,
}

impl CodeObject {
    /// The runs of equal line, in order.
    pub fn line_runs(&self) -> &[LineRun] {
        self.read().line_runs.get_or_init(|| {
            let mut runs: Vec<LineRun> = Vec::new();
            for run in self.position_runs() {
                match runs.last_mut() {
                    Some(last) if last.line == run.position.known_line() => last.end = run.end,
                    _ => runs.push(LineRun {
                        start: run.start,
                        end: run.end,
                        line: run.position.known_line(),
                    }),
                }
            }
            runs.into()
        })
    }

    /// The line of a word, if it has one.
    pub fn known_line_at(&self, index: u32) -> Option<u32> {
        let runs = self.line_runs();
        let after = runs.partition_point(|r| r.end <= index);
        let line = runs.get(after)?.line?;
        let moved = self.first_line() as i64 - i64::from(self.shape().first_line);
        Some((i64::from(line) + moved) as u32)
    }

    /// The line of a word; 0 where it has none.
    pub fn line_at(&self, index: u32) -> u32 {
        self.known_line_at(index).unwrap_or(0)
    }
}

/// A column as Python shows it: `None` where unknown.
pub fn column(column: u32) -> Option<i64> {
    (column != NO_COLUMN).then_some(i64::from(column))
}
