//! Reading of a zone's file.

use krait_object::protocol::{self, iter, number};
use krait_object::{Bytes, Py, PyResult, Str, Tuple, Value, hooks, raise};

use super::rule::Rule;
use super::tz_string;
use super::zone::{After, Info, Zone};
use crate::datetime::delta;
use crate::datetime::span::Span;

/// The file's contents as `zoneinfo._common.load_data` gives them.
struct Data {
    /// Of each transition: the index of what begins, and when, in UTC.
    indices: Vec<usize>,
    utc: Vec<i64>,
    offsets: Vec<i64>,
    is_dst: Vec<bool>,
    names: Vec<Value>,
    text: Value,
}

fn integers(py: Py, value: Option<Value>) -> PyResult<Vec<i64>> {
    let value = value.unwrap_or_else(Value::none);
    let items = iter::collect(py, &value)?;
    items
        .iter()
        .map(|item| match number::index_to_i128(py, item)? {
            Some(n) if i64::try_from(n).is_ok() => Ok(n as i64),
            _ => raise!(
                py,
                OverflowError,
                "Python int too large to convert to C long"
            ),
        })
        .collect()
}

fn read(py: Py, file: &Value) -> PyResult<Data> {
    let common = hooks::import_module(py, "zoneinfo._common")?;
    let data = protocol::call_method_str(py, &common, "load_data", std::slice::from_ref(file))?;
    let Some(parts) = data.downcast::<Tuple>().filter(|d| d.len() == 6) else {
        return raise!(
            py,
            TypeError,
            "Invalid data result type: {}",
            data.ty().name()
        );
    };
    let offsets = integers(py, parts.get(2))?;
    let count = offsets.len();
    let mut indices = Vec::new();
    for index in integers(py, parts.get(0))? {
        match usize::try_from(index).ok().filter(|&i| i < count) {
            Some(index) => indices.push(index),
            None => {
                return raise!(
                    py,
                    ValueError,
                    "Invalid transition index found while reading TZif: {index}"
                );
            }
        }
    }
    let is_dst: Vec<bool> = integers(py, parts.get(3))?
        .iter()
        .map(|&d| d != 0)
        .collect();
    let names = iter::collect(py, &parts.get(4).unwrap_or_else(Value::none))?;
    let utc = integers(py, parts.get(1))?;
    if utc.len() != indices.len() || is_dst.len() != count || names.len() != count {
        return raise!(py, ValueError, "Invalid TZif file: lengths do not match");
    }
    Ok(Data {
        indices,
        utc,
        offsets,
        is_dst,
        names,
        text: parts.get(5).unwrap_or_else(Value::none),
    })
}

/// How much of each offset is daylight saving time: the difference to a neighbour in
/// standard time, since the file does not say it.
fn dst_offsets(data: &Data) -> Vec<i64> {
    let mut found = vec![0; data.offsets.len()];
    let mut missing = data.is_dst.iter().filter(|&&d| d).count();
    for i in 1..data.indices.len() {
        if missing == 0 {
            break;
        }
        let index = data.indices[i];
        if !data.is_dst[index] || found[index] != 0 {
            continue;
        }
        let mut dst = 0;
        let before = data.indices[i - 1];
        if !data.is_dst[before] {
            dst = data.offsets[index] - data.offsets[before];
        }
        if dst == 0
            && let Some(&after) = data.indices.get(i + 1)
        {
            if data.is_dst[after] {
                continue;
            }
            dst = data.offsets[index] - data.offsets[after];
        }
        if dst != 0 {
            missing -= 1;
            found[index] = dst;
        }
    }
    if missing > 0 {
        // An hour is a better guess than none.
        for (dst, _) in found
            .iter_mut()
            .zip(&data.is_dst)
            .filter(|(dst, is_dst)| **dst == 0 && **is_dst)
        {
            *dst = 3600;
        }
    }
    found
}

/// The transitions on the clock: for fold 0 with the larger offset of the two at each, for
/// fold 1 with the smaller.
fn local_times(data: &Data) -> [Vec<i64>; 2] {
    let mut local = [data.utc.clone(), data.utc.clone()];
    for i in 0..data.indices.len() {
        let now = data.offsets[data.indices[i]];
        let before = match i {
            0 if data.offsets.len() > 1 => data.offsets[0],
            0 => now,
            _ => data.offsets[data.indices[i - 1]],
        };
        local[0][i] += before.max(now);
        local[1][i] += before.min(now);
    }
    local
}

fn info(py: Py, offset: i64, dst: i64, name: Value) -> PyResult<Info> {
    let object = |seconds| -> PyResult {
        let span = Span::normal(0, seconds, 0);
        Ok(Value::from(delta::checked(py, span)?))
    };
    Ok(Info {
        offset,
        dst,
        offset_object: object(offset)?,
        dst_object: object(dst)?,
        name,
    })
}

fn after_of_text(py: Py, text: &Value) -> PyResult<Option<After>> {
    let Some(bytes) = text.downcast::<Bytes>().filter(|b| !b.is_empty()) else {
        return Ok(None);
    };
    let parsed = match tz_string::parse(bytes.as_slice()) {
        Ok(parsed) => parsed,
        Err(fault) => {
            let text = protocol::repr(py, text)?;
            return raise!(py, ValueError, "{fault} {}", text.to_rust());
        }
    };
    let name = |text: &str| Value::from(Str::new(text));
    let (standard_name, offset) = &parsed.standard;
    let standard = info(py, *offset, 0, name(standard_name))?;
    let Some(summer) = parsed.summer else {
        return Ok(Some(After::Fixed(standard)));
    };
    let dst = summer.offset - offset;
    Ok(Some(After::Rule(Box::new(Rule {
        summer: info(py, summer.offset, dst, name(&summer.name))?,
        standard,
        start: summer.start,
        end: summer.end,
    }))))
}

fn same(py: Py, a: &Info, b: &Info) -> PyResult<bool> {
    Ok(a.offset == b.offset && a.dst == b.dst && protocol::equal(py, &a.name, &b.name)?)
}

/// Reads a zone.
pub fn load(py: Py, file: &Value) -> PyResult<Zone> {
    let data = read(py, file)?;
    let dst = dst_offsets(&data);
    let mut kinds = Vec::with_capacity(data.offsets.len());
    for (i, name) in data.names.iter().enumerate() {
        kinds.push(info(py, data.offsets[i], dst[i], name.clone())?);
    }
    let infos: Vec<Info> = data.indices.iter().map(|&i| kinds[i].clone()).collect();
    let standard = data.is_dst.iter().position(|&d| !d);
    let before = standard
        .map(|i| kinds[i].clone())
        .or_else(|| infos.first().cloned());
    let after = match after_of_text(py, &data.text)? {
        Some(after) => after,
        None => match infos.last().or(kinds.last()) {
            Some(last) => After::Fixed(last.clone()),
            None => return raise!(py, ValueError, "No time zone information found."),
        },
    };
    let is_fixed = match (&after, kinds.as_slice()) {
        (After::Rule(_), _) => false,
        (After::Fixed(_), []) => true,
        (After::Fixed(last), [only]) => same(py, only, last)?,
        _ => false,
    };
    Ok(Zone {
        local: local_times(&data),
        utc: data.utc,
        infos,
        before,
        after,
        is_fixed,
    })
}
