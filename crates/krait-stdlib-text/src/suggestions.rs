//! `_suggestions`: which of some names somebody may have meant.
//!
//! Distances are counted as the interpreter's own error messages count them: a change of
//! case costs half of any other change.

use krait_object::native::module::NativeModule;
use krait_object::{List, ModuleBuilder, Py, PyResult, Str, Value, raise};

pub const MODULE: NativeModule = NativeModule {
    name: "_suggestions",
    init,
};

const MOVE: usize = 2;
const CASE: usize = 1;
/// Beyond these it takes too long to be worth it.
const MOST_CANDIDATES: usize = 750;
const LONGEST: usize = 40;

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The distance, or more than `most` where it is greater than that.
fn distance(a: &[u8], b: &[u8], most: usize) -> usize {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev());
    let suffix = suffix.take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > LONGEST || b.len() > LONGEST {
        return most + 1;
    }
    let (a, b) = if b.len() < a.len() { (b, a) } else { (a, b) };
    if (b.len() - a.len()) * MOVE > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE).collect();
    let mut result = 0;
    for (at, &code) in b.iter().enumerate() {
        let mut diagonal = at * MOVE;
        result = diagonal;
        let mut least = usize::MAX;
        for (cell, &other) in row.iter_mut().zip(a) {
            let substitute = diagonal + substitution(code, other);
            diagonal = *cell;
            result = (result.min(diagonal) + MOVE).min(substitute);
            *cell = result;
            least = least.min(result);
        }
        if least > most {
            return most + 1;
        }
    }
    result
}

fn generate(py: Py, candidates: &Value, item: &Str) -> PyResult {
    let Some(list) = candidates.downcast_exact::<List>() else {
        return raise!(py, TypeError, "candidates must be a list");
    };
    let names: Vec<Value> = list.to_vec().into_iter().map(Value::from).collect();
    if names.iter().any(|n| n.downcast::<Str>().is_none()) {
        return raise!(
            py,
            TypeError,
            "all elements in 'candidates' must be strings"
        );
    }
    if names.len() >= MOST_CANDIDATES {
        return Ok(Value::none());
    }
    let wanted = item.to_utf8(py)?;
    let (mut best, mut found) = (usize::MAX, Value::none());
    for name in &names {
        let Some(text) = name.downcast::<Str>() else {
            continue;
        };
        let text = text.to_utf8(py)?;
        if text == wanted {
            continue;
        }
        let most = (wanted.len() + text.len() + 3) * MOVE / 6;
        let most = most.min(best - 1);
        let current = distance(wanted.as_bytes(), text.as_bytes(), most);
        if current <= most && current < best {
            (best, found) = (current, name.clone());
        }
        if best == 0 {
            break;
        }
    }
    Ok(found)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.function(
        "_generate_suggestions($module, candidates, item, /)",
        generate,
    )?;
    Ok(())
}
