//! `_uuid`: identifiers of version 1, from the clock and the network card (RFC 9562).

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use krait_object::native::module::NativeModule;
use krait_object::{Bytes, GilCell, ModuleBuilder, Py, PyResult, Value};
use krait_sys::system;

pub const MODULE: NativeModule = NativeModule {
    name: "_uuid",
    init,
};

/// Ticks of 100 nanoseconds from 1582-10-15 to 1970-01-01.
const EPOCH: u64 = 0x01B2_1DD2_1381_4000;

/// What stays the same for the process, and the last time that was given out.
#[derive(Clone, Copy)]
struct Source {
    node: [u8; 6],
    sequence: u16,
    last: u64,
    /// A forked child needs a source of its own.
    process: u32,
}

static SOURCE: GilCell<Cell<Option<Source>>> = GilCell::new(Cell::new(None));

/// The address of the first card that has one of its own.
fn card_address() -> Option<[u8; 6]> {
    let mut folders: Vec<_> = std::fs::read_dir("/sys/class/net")
        .ok()?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .collect();
    folders.sort();
    for folder in folders {
        let text = std::fs::read_to_string(folder.join("address")).unwrap_or_default();
        let bytes: Vec<u8> = text
            .trim()
            .split(':')
            .filter_map(|part| u8::from_str_radix(part, 16).ok())
            .collect();
        if let Ok(address) = <[u8; 6]>::try_from(bytes)
            && address != [0; 6]
        {
            return Some(address);
        }
    }
    None
}

fn make_source(py: Py) -> PyResult<Source> {
    let mut random = [0; 8];
    crate::blocking::os(py, system::getrandom(&mut random, 0))?;
    let [a, b, node @ ..] = random;
    let node = card_address().unwrap_or_else(|| {
        // A random node is marked as a group address, which no card has.
        let mut node = node;
        node[0] |= 1;
        node
    });
    Ok(Source {
        node,
        sequence: u16::from_be_bytes([a, b]) & 0x3FFF,
        last: 0,
        process: std::process::id(),
    })
}

/// The identifier's bytes, and -1: other processes are not asked.
fn generate(py: Py) -> PyResult<(Value, i32)> {
    let mut source = match SOURCE.get(py).get() {
        Some(source) if source.process == std::process::id() => source,
        _ => make_source(py)?,
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_nanos() as u64 / 100);
    let ticks = (now + EPOCH).max(source.last + 1);
    source.last = ticks;
    SOURCE.get(py).set(Some(source));
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&(ticks as u32).to_be_bytes());
    bytes[4..6].copy_from_slice(&((ticks >> 32) as u16).to_be_bytes());
    bytes[6..8].copy_from_slice(&((ticks >> 48) as u16 & 0x0FFF | 0x1000).to_be_bytes());
    bytes[8..10].copy_from_slice(&(source.sequence | 0x8000).to_be_bytes());
    bytes[10..].copy_from_slice(&source.node);
    Ok((Value::from(Bytes::new(&bytes)), -1))
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.int("has_uuid_generate_time_safe", 1)?
        .int("has_stable_extractable_node", 0)?
        .function("generate_time_safe($self, /)", generate)?;
    Ok(())
}
