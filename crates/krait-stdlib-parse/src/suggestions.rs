//! `_suggestions`: the name nearest to one that was not found, for the texts of errors.

use krait_object::native::ModuleBuilder;
use krait_object::native::module::NativeModule;
use krait_object::types::list::List;
use krait_object::{Py, PyResult, Str, Value, raise};

pub const MODULE: NativeModule = NativeModule {
    name: "_suggestions",
    init,
};

const MOST_CANDIDATES: usize = 750;
const LONGEST: usize = 40;
/// What it costs to insert, delete or exchange a character, and to change its case.
const MOVE: usize = 2;
const CASE: usize = 1;

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.function("_generate_suggestions(candidates, item, /)", generate)?;
    Ok(())
}

fn generate(py: Py, candidates: &Value, item: &Str) -> PyResult {
    let Some(candidates) = candidates.downcast_exact::<List>() else {
        return raise!(py, TypeError, "candidates must be a list");
    };
    let mut names = Vec::with_capacity(candidates.len());
    for i in 0..candidates.len() {
        let candidate = candidates.get(i).unwrap_or_else(Value::none);
        if candidate.downcast::<Str>().is_none() {
            return raise!(
                py,
                TypeError,
                "all elements in 'candidates' must be strings"
            );
        }
        names.push(candidate);
    }
    if names.len() >= MOST_CANDIDATES {
        return Ok(Value::none());
    }
    let wanted = codes(item);
    let (mut best, mut nearest) = (Value::none(), usize::MAX);
    let mut row = Vec::new();
    for candidate in names {
        let Some(name) = candidate.downcast::<Str>().map(codes) else {
            continue;
        };
        if name == wanted {
            continue;
        }
        // No more than a third of the characters may have to change.
        let limit = (wanted.len() + name.len() + 3) * MOVE / 6;
        let limit = limit.min(nearest - 1);
        let found = distance(&wanted, &name, limit, &mut row);
        if found <= limit {
            (best, nearest) = (candidate, found);
            if nearest == 0 {
                break;
            }
        }
    }
    Ok(best)
}

fn codes(text: &Str) -> Vec<u32> {
    let chars = text.chars();
    (0..text.len()).map(|i| chars.at(i)).collect()
}

/// The cost of changing one text to the other; more than `limit` where it is more.
fn distance(a: &[u32], b: &[u32], limit: usize, row: &mut Vec<usize>) -> usize {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let ends = a.iter().rev().zip(b.iter().rev());
    let suffix = ends.take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > LONGEST || b.len() > LONGEST {
        return limit + 1;
    }
    let (a, b) = if b.len() < a.len() { (b, a) } else { (a, b) };
    if (b.len() - a.len()) * MOVE > limit {
        return limit + 1;
    }
    row.clear();
    row.extend((1..=a.len()).map(|i| i * MOVE));
    let mut result = 0;
    for (i, &code) in b.iter().enumerate() {
        let mut corner = i * MOVE;
        result = corner;
        let mut least = usize::MAX;
        for (cell, &other) in row.iter_mut().zip(a) {
            let exchange = corner + substitution(code, other);
            corner = *cell;
            result = exchange.min(result.min(corner) + MOVE);
            *cell = result;
            least = least.min(result);
        }
        if least > limit {
            return limit + 1;
        }
    }
    result
}

fn substitution(a: u32, b: u32) -> usize {
    let lower = |code: u32| match code {
        0x41..=0x5a => code + 32,
        _ => code,
    };
    match (a == b, lower(a) == lower(b)) {
        (true, _) => 0,
        (_, true) => CASE,
        _ => MOVE,
    }
}
