//! The table of native modules. The program lists them all at start-up.

use std::cell::RefCell;

use krait_object::native::module::NativeModule;
use krait_object::{GilCell, Py};

static MODULES: GilCell<RefCell<Vec<NativeModule>>> = GilCell::new(RefCell::new(Vec::new()));

/// Adds modules to the table.
pub fn add(py: Py, modules: &[NativeModule]) {
    MODULES.get(py).borrow_mut().extend_from_slice(modules);
}

pub fn find(py: Py, name: &str) -> Option<NativeModule> {
    MODULES
        .get(py)
        .borrow()
        .iter()
        .find(|m| m.name == name)
        .copied()
}

/// The names of all native modules, sorted.
pub fn names(py: Py) -> Vec<&'static str> {
    let mut names: Vec<_> = MODULES.get(py).borrow().iter().map(|m| m.name).collect();
    names.sort_unstable();
    names
}
