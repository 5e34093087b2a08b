//! `Decimal.__format__`.

use krait_object::{Dict, Py, PyResult, Str, Value, errors, exceptions, intern, protocol, raise};

use super::decimal::This;
use super::format_spec::{Fault, Spec};
use super::{current, imported};
use crate::number::{Context, Decimal, Rounding};

/// How digits are grouped, and what stands between whole and fraction.
struct Locale {
    point: String,
    separator: String,
    grouping: Vec<u8>,
}

fn plain(spec: &Spec) -> Locale {
    Locale {
        point: ".".to_string(),
        separator: spec.separator.map(String::from).unwrap_or_default(),
        grouping: if spec.separator.is_some() {
            vec![3, 0]
        } else {
            vec![127]
        },
    }
}

fn text(value: &Value) -> String {
    let text = value.downcast::<Str>();
    text.map(|s| s.to_rust().into_owned()).unwrap_or_default()
}

/// The conventions of the current locale.
fn current_locale(py: Py) -> PyResult<Locale> {
    let localeconv = imported(py, "locale", "localeconv")?;
    let conventions = protocol::call(py, &localeconv, &[])?;
    let item = |name: &str| protocol::get_item(py, &conventions, &Value::from(Str::new(name)));
    let grouping = protocol::iter::collect(py, &item("grouping")?)?;
    let grouping = grouping.iter().filter_map(protocol::number::int_of);
    Ok(Locale {
        point: text(&item("decimal_point")?),
        separator: text(&item("thousands_sep")?),
        grouping: grouping.map(|g| g.clamp(0, 127) as u8).collect(),
    })
}

fn overridden(py: Py, mut locale: Locale, given: &Dict) -> PyResult<Locale> {
    let entry = |name: &'static Str| -> PyResult<Option<String>> {
        match given.get_str_key(py, name) {
            None => Ok(None),
            Some(value) if value.downcast::<Str>().is_some() => Ok(Some(text(&value))),
            Some(_) => raise!(py, ValueError, "invalid override dict"),
        }
    };
    if let Some(point) = entry(intern!("decimal_point"))? {
        locale.point = point;
    }
    if let Some(separator) = entry(intern!("thousands_sep"))? {
        locale.separator = separator;
    }
    if let Some(grouping) = entry(intern!("grouping"))? {
        if grouping.chars().any(|c| u32::from(c) > 127) {
            return raise!(py, ValueError, "invalid override dict");
        }
        locale.grouping = grouping.chars().map(|c| c as u8).collect();
    }
    if locale.point.chars().count() > 4 || locale.separator.chars().count() > 4 {
        return raise!(py, ValueError, "invalid override dict");
    }
    Ok(locale)
}

/// The lengths of groups from the right; the last repeats, or takes all that is left.
fn grouped(digits: &str, locale: &Locale, least: i64) -> String {
    let mut left = digits;
    let mut least = least;
    let mut groups: Vec<String> = Vec::new();
    let mut at = 0;
    let mut size = 0;
    loop {
        let all = left.len().max(least.max(1) as usize);
        match locale.grouping.get(at) {
            Some(0) | None if size > 0 => {}
            Some(0 | 127) | None => size = usize::MAX,
            Some(&given) => size = usize::from(given),
        }
        at += 1;
        let take = size.min(all);
        let (rest, group) = left.split_at(left.len().saturating_sub(take));
        groups.push(format!("{group:0>take$}"));
        left = rest;
        least -= take as i64;
        if left.is_empty() && least <= 0 {
            break;
        }
        least -= locale.separator.chars().count() as i64;
    }
    groups.reverse();
    groups.join(&locale.separator)
}

fn aligned(sign: &str, body: &str, spec: &Spec) -> String {
    let len = sign.chars().count() + body.chars().count();
    let missing = spec.width.saturating_sub(len);
    let padding = |count: usize| -> String { std::iter::repeat_n(spec.fill, count).collect() };
    match spec.align {
        '<' => format!("{sign}{body}{}", padding(missing)),
        '=' => format!("{sign}{}{body}", padding(missing)),
        '^' => {
            let before = missing / 2;
            format!(
                "{}{sign}{body}{}",
                padding(before),
                padding(missing - before)
            )
        }
        _ => format!("{}{sign}{body}", padding(missing)),
    }
}

fn sign_text(negative: bool, spec: &Spec) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (false, '+') => "+",
        (false, ' ') => " ",
        _ => "",
    }
}

/// Rounds to so many digits.
fn rounded(x: &Decimal, places: i64, mode: Rounding) -> Decimal {
    if x.is_zero() {
        return x.clone();
    }
    let first = x.rescaled(x.adjusted() + 1 - places, mode).0;
    if first.adjusted() == x.adjusted() {
        return first;
    }
    first.rescaled(first.adjusted() + 1 - places, mode).0
}

/// The number as it is shown: rounded as the precision asks.
fn prepared(x: &Decimal, kind: char, spec: &Spec, ctx: &Context) -> Decimal {
    let mut x = x.clone();
    if kind == '%' {
        x.exp += 2;
    }
    let mode = ctx.rounding;
    if let Some(precision) = spec.precision {
        x = match kind {
            'e' | 'E' => rounded(&x, precision + 1, mode),
            'f' | 'F' | '%' => x.rescaled(-precision, mode).0,
            _ if x.coeff.digits() > precision => rounded(&x, precision, mode),
            _ => x,
        };
    }
    if x.is_zero() && x.exp > 0 && matches!(kind, 'f' | 'F' | '%') {
        x = x.rescaled(0, mode).0;
    }
    x
}

fn finite(x: &Decimal, kind: char, spec: &Spec, locale: &Locale, ctx: &Context) -> String {
    let x = prepared(x, kind, spec, ctx);
    let negative = x.negative && !(x.is_zero() && spec.no_negative_zero);
    let digits = x.coeff.to_digits();
    let left = x.exp + digits.len() as i64;
    let place = match kind {
        'e' | 'E' => match spec.precision {
            Some(precision) if x.is_zero() => 1 - precision,
            _ => 1,
        },
        'f' | 'F' | '%' => left,
        _ if x.exp <= 0 && left > -6 => left,
        _ => 1,
    };
    let zeros = |count: i64| "0".repeat(count.unsigned_abs() as usize);
    let (whole, mut fraction) = if place < 0 {
        ("0".to_string(), format!("{}{digits}", zeros(place)))
    } else if place > digits.len() as i64 {
        let more = place - digits.len() as i64;
        (format!("{digits}{}", zeros(more)), String::new())
    } else {
        let (whole, fraction) = digits.split_at(place as usize);
        let whole = if whole.is_empty() { "0" } else { whole };
        (whole.to_string(), fraction.to_string())
    };
    if let Some(separator) = spec.fraction_separator {
        let chunks: Vec<&str> = fraction
            .as_bytes()
            .chunks(3)
            .filter_map(|c| std::str::from_utf8(c).ok())
            .collect();
        fraction = chunks.join(&String::from(separator));
    }
    if !fraction.is_empty() || spec.alternate {
        fraction.insert_str(0, &locale.point);
    }
    let exponent = left - place;
    if exponent != 0 || matches!(kind, 'e' | 'E') {
        let mark = if matches!(kind, 'E' | 'G') { 'E' } else { 'e' };
        fraction.push_str(&format!("{mark}{exponent:+}"));
    }
    if kind == '%' {
        fraction.push('%');
    }
    let sign = sign_text(negative, spec);
    let least = if spec.zero_pad {
        spec.width as i64 - fraction.chars().count() as i64 - sign.len() as i64
    } else {
        0
    };
    let whole = grouped(&whole, locale, least);
    aligned(sign, &format!("{whole}{fraction}"), spec)
}

pub fn format(py: Py, this: &This, argument: &Value, override_: Option<&Value>) -> PyResult {
    let Some(given) = argument.downcast::<Str>() else {
        return raise!(py, TypeError, "format arg must be str");
    };
    let context = current::get(py)?.get();
    let text = given.to_utf8(py)?;
    let is_capital = text.ends_with('N');
    let lower;
    let text: &str = match text.strip_suffix('N') {
        Some(head) => {
            errors::warn(
                py,
                &exceptions::DeprecationWarning,
                "Format specifier 'N' is deprecated and slated for removal in Python 3.18",
                1,
            )?;
            lower = format!("{head}n");
            &lower
        }
        None => &text,
    };
    let spec = match Spec::parse(text) {
        Ok(spec) => spec,
        Err(Fault::Invalid) => return raise!(py, ValueError, "invalid format string"),
        Err(Fault::TooLarge) => {
            return raise!(
                py,
                OverflowError,
                "cannot fit 'int' into an index-sized integer"
            );
        }
    };
    let mut locale = if spec.kind == Some('n') {
        current_locale(py)?
    } else {
        plain(&spec)
    };
    if let Some(given) = override_ {
        let Some(given) = given.downcast::<Dict>() else {
            return raise!(py, TypeError, "optional argument must be a dict");
        };
        locale = overridden(py, locale, given)?;
    }
    let value = &this.value;
    let kind = match spec.kind {
        None if context.capitals => 'G',
        Some('n') if is_capital => 'G',
        None | Some('n') => 'g',
        Some(kind) => kind,
    };
    if !value.is_finite() {
        let mut body = value.with_sign(false).to_text(false, true);
        if kind == '%' {
            body.push('%');
        }
        let spec = Spec {
            fill: if spec.zero_pad { ' ' } else { spec.fill },
            align: if spec.zero_pad { '>' } else { spec.align },
            ..spec
        };
        let text = aligned(sign_text(value.negative, &spec), &body, &spec);
        return Ok(Value::from(Str::new(&text)));
    }
    let text = finite(value, kind, &spec, &locale, &context);
    Ok(Value::from(Str::new(&text)))
}
