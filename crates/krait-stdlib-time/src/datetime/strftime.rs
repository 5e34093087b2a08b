//! `strftime` and `timetuple`: text and tuples made by the `time` module.

use krait_object::protocol::{self, number};
use krait_object::{Layout, Object, Py, PyResult, Str, Tuple, Value, hooks, intern, raise};

use super::date::Ymd;
use super::format::{Clock, push_offset};
use super::{calendar, tzinfo};

/// `time.struct_time` of a date and time.
pub fn struct_time(py: Py, (year, month, day): Ymd, clock: Clock, dst: i32) -> PyResult {
    let (hour, minute, second, _) = clock;
    let weekday = calendar::weekday(year, month, day);
    let yearday = calendar::days_before_month(year, month) + day;
    let fields = [
        year, month, day, hour, minute, second, weekday, yearday, dst,
    ];
    let fields = fields.map(|n| Value::int(i64::from(n)));
    let module = hooks::import_module(py, "time")?;
    let class = protocol::get_attr(py, &module, intern!("struct_time"))?;
    protocol::call(py, &class, &[Value::from(Tuple::from_values(fields))])
}

/// What stands for the escapes that the C library does not know, made when asked for.
struct Escapes<'a> {
    py: Py,
    object: &'a Object,
    times: &'a Value,
    micros: i32,
}

impl Escapes<'_> {
    fn own(&self) -> Value {
        Value::from(self.object.to_owned())
    }

    /// `%z` and `%:z`: nothing for dates.
    fn offset(&self, separator: &str) -> PyResult<String> {
        let mut text = String::new();
        let method = intern!("utcoffset");
        if let Some(method) = protocol::lookup_attr(self.py, &self.own(), method)? {
            let offset = protocol::call(self.py, &method, &[])?;
            if let Some(span) = tzinfo::check_offset(self.py, &offset, "utcoffset")? {
                push_offset(&mut text, span, separator);
            }
        }
        Ok(text)
    }

    /// `%Z`; a percent sign in the name stays one.
    fn zone_name(&self, out: &mut Vec<u32>) -> PyResult<()> {
        let method = intern!("tzname");
        let Some(method) = protocol::lookup_attr(self.py, &self.own(), method)? else {
            return Ok(());
        };
        let name = protocol::call(self.py, &method, &[])?;
        if name.is_none() {
            return Ok(());
        }
        let change = ["%", "%%"].map(|text| Value::from(Str::new(text)));
        let escaped = protocol::call_method(self.py, &name, intern!("replace"), &change)?;
        let Some(text) = escaped.downcast::<Str>() else {
            return raise!(
                self.py,
                TypeError,
                "tzname.replace() did not return a string"
            );
        };
        out.extend(text.code_points());
        Ok(())
    }

    fn field(&self, index: i64) -> PyResult<i64> {
        let value = protocol::get_item(self.py, self.times, &Value::int(index))?;
        Ok(number::int_of(&value).unwrap_or(0))
    }

    /// `%Y`, `%G`, `%C`, `%F` of years before 1000, which the C library does not pad.
    fn padded_year(&self, code: char) -> PyResult<Option<String>> {
        let year = self.field(0)?;
        if year >= 1000 {
            return Ok(None);
        }
        let year = match code {
            'G' => {
                let (month, day) = (self.field(1)? as i32, self.field(2)? as i32);
                i64::from(calendar::to_iso(year as i32, month, day).0)
            }
            _ => year,
        };
        Ok(Some(match code {
            'C' => format!("{:02}", year / 100),
            'F' => format!("{year:04}-{:02}-{:02}", self.field(1)?, self.field(2)?),
            _ => format!("{year:04}"),
        }))
    }
}

fn push(out: &mut Vec<u32>, text: &str) {
    out.extend(text.chars().map(u32::from));
}

/// Replaces an escape; true where the text after `%` was one of ours.
fn escape(
    escapes: &Escapes<'_>,
    code: char,
    next: Option<char>,
    out: &mut Vec<u32>,
) -> PyResult<usize> {
    match code {
        'f' => push(out, &format!("{:06}", escapes.micros)),
        'z' => push(out, &escapes.offset("")?),
        ':' if next == Some('z') => {
            push(out, &escapes.offset(":")?);
            return Ok(2);
        }
        'Z' => escapes.zone_name(out)?,
        'Y' | 'G' | 'C' | 'F' => match escapes.padded_year(code)? {
            Some(text) => push(out, &text),
            None => return Ok(0),
        },
        _ => return Ok(0),
    }
    Ok(1)
}

/// `strftime(format)` of a date, time or datetime, whose time tuple is given.
pub fn wrap(py: Py, object: &Object, format: &Value, times: &Value, micros: i32) -> PyResult {
    let Some(text) = format.downcast::<Str>() else {
        return raise!(
            py,
            TypeError,
            "strftime() argument 1 must be str, not {}",
            format.ty().name()
        );
    };
    let escapes = Escapes {
        py,
        object,
        times,
        micros,
    };
    let codes: Vec<u32> = text.code_points().collect();
    let mut out = Vec::with_capacity(codes.len());
    let mut at = 0;
    while let Some(&code) = codes.get(at) {
        at += 1;
        if code != u32::from('%') {
            out.push(code);
            continue;
        }
        let char_at = |i: usize| codes.get(i).and_then(|&c| char::from_u32(c));
        let Some(after) = char_at(at) else {
            out.push(code);
            continue;
        };
        let used = escape(&escapes, after, char_at(at + 1), &mut out)?;
        if used == 0 {
            out.extend([code, codes[at]]);
            at += 1;
        }
        at += used;
    }
    let module = hooks::import_module(py, "time")?;
    let format = Value::from(Str::from_u32(&out));
    protocol::call_method(py, &module, intern!("strftime"), &[format, times.clone()])
}
