//! `-X importtime`: how long each import takes, without and with what it imports itself.

use std::cell::Cell;
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
        eprintln!("import time: self [us] | cumulative | imported package");
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
    let shown = name.downcast::<Str>().map(|n| n.to_rust().into_owned());
    eprintln!(
        "import time: {:9} | {:10} | {:width$}{}",
        own.as_micros(),
        whole.as_micros(),
        "",
        shown.unwrap_or_default(),
        width = level * 2
    );
    result
}
