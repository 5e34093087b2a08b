//! `-X importtime`: how long each import takes, without and with what it imports itself.

use std::cell::Cell;
use std::io::Write;
use std::time::{Duration, Instant};

use krait_object::{GilCell, Py, PyResult, Str, Value};

struct State {
    /// Imports that are running.
    level: Cell<usize>,
    /// Time of the finished imports at the present level.
    inner: Cell<Duration>,
    headed: Cell<bool>,
}

static STATE: GilCell<State> = GilCell::new(State {
    level: Cell::new(0),
    inner: Cell::new(Duration::ZERO),
    headed: Cell::new(false),
});

/// Loads a module and reports its time on standard error.
pub fn measure(py: Py, name: &Value, load: impl FnOnce() -> PyResult) -> PyResult {
    let state = STATE.get(py);
    if !state.headed.replace(true) {
        let _ = writeln!(
            std::io::stderr(),
            "import time: self [us] | cumulative | imported package"
        );
    }
    let level = state.level.get();
    let outside = state.inner.replace(Duration::ZERO);
    state.level.set(level + 1);
    let started = Instant::now();
    let result = load();
    let whole = started.elapsed();
    let own = whole.saturating_sub(state.inner.get());
    state.level.set(level);
    state.inner.set(outside + whole);
    let _ = writeln!(
        std::io::stderr(),
        "import time: {:9} | {:10} | {:width$}{}",
        own.as_micros(),
        whole.as_micros(),
        "",
        shown(name),
        width = level * 2
    );
    result
}

/// Reports an import of a module that was there already (`-X importtime=2`).
pub fn cached(py: Py, name: &Value) {
    let width = STATE.get(py).level.get() * 2;
    let _ = writeln!(
        std::io::stderr(),
        "import time: cached    | cached     | {:width$}{}",
        "",
        shown(name)
    );
}

/// A module's name, with escapes for lone surrogates.
fn shown(name: &Value) -> String {
    let Some(name) = name.downcast::<Str>() else {
        return String::new();
    };
    let escape = |code: u32| match char::from_u32(code) {
        Some(letter) => letter.to_string(),
        None => format!("\\u{code:04x}"),
    };
    name.chars().iter().map(escape).collect()
}
