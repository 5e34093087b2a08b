//! `csv.writer`.

use krait_object::gc::Visitor;
use krait_object::native::KwArgs;
use krait_object::protocol::{self, Iter};
use krait_object::types::complex::Complex;
use krait_object::value::Unpacked;
use krait_object::{
    Args, Class, Instance, Owned, Py, PyResult, Str, StrBuilder, TypeBuilder, Value, errors,
    exceptions, intern, raise,
};
use krait_text::{TextWriter, Unit, with_units};

use super::dialect::{self, Dialect};
use super::options::{Options, Quoting};

pub struct Writer {
    write: Value,
    dialect: Owned<Instance<Dialect>>,
}

type This = Instance<Writer>;

pub fn writer(py: Py, args: Args<'_>, options: KwArgs) -> PyResult<Owned<This>> {
    let (file, base) = super::one_or_two(py, "writer", &args)?;
    let dialect = dialect::from_arguments(py, base, options.0.as_deref())?;
    match protocol::lookup_attr(py, file, intern!("write"))?.filter(protocol::call::is_callable) {
        Some(write) => Ok(Instance::new(py, Writer { write, dialect })),
        None => raise!(py, TypeError, "argument 1 must have a \"write\" method"),
    }
}

/// Whether a value is a number in the sense of `PyNumber_Check`.
fn is_number(py: Py, value: &Value) -> bool {
    let Unpacked::Object(object) = value.unpack() else {
        return true;
    };
    let ty = object.ty();
    let has = |name: &Str| ty.lookup(py, name).is_some();
    has(intern!("__index__"))
        || has(intern!("__int__"))
        || has(intern!("__float__"))
        || object.downcast::<Complex>().is_some()
}

/// A record that is being written.
struct Record<'a> {
    py: Py,
    options: &'a Options,
    out: StrBuilder,
    fields: usize,
}

impl Record<'_> {
    /// Adds a field; `None` is an empty one that stands for Python's None.
    fn field(&mut self, text: Option<&Str>, quoted: bool) -> PyResult<()> {
        let options = self.options;
        let mut quoted = quoted;
        if text.is_none_or(Str::is_empty) && options.delimiter == 0x20 && options.skipinitialspace {
            let null =
                text.is_none() && matches!(options.quoting, Quoting::Strings | Quoting::NotNull);
            if options.quoting == Quoting::None || null {
                return super::error(
                    self.py,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                );
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.out.push(options.delimiter);
        }
        self.fields += 1;
        match text {
            Some(text) => with_units!(text.chars(), units => self.text(units, quoted)),
            None => {
                self.quotes(quoted);
                self.quotes(quoted);
                Ok(())
            }
        }
    }

    fn quotes(&mut self, quoted: bool) {
        if quoted && let Some(quote) = self.options.quotechar {
            self.out.push(quote);
        }
    }

    fn text<U: Unit>(&mut self, units: &[U], mut quoted: bool) -> PyResult<()> {
        let options = self.options;
        let special = |u: &U| {
            let c = u.code();
            c == options.delimiter
                || c == 0x0A
                || c == 0x0D
                || Some(c) == options.escapechar
                || Some(c) == options.quotechar
                || options.ends_lines(c)
        };
        if !units.iter().any(special) {
            self.quotes(quoted);
            self.out.push_units(units);
            self.quotes(quoted);
            return Ok(());
        }
        let needs_quotes = |u: &U| {
            let c = Some(u.code());
            special(u)
                && if c == options.quotechar {
                    options.doublequote
                } else {
                    c != options.escapechar
                }
        };
        quoted |= options.quoting != Quoting::None && units.iter().any(needs_quotes);
        self.quotes(quoted);
        for unit in units {
            let c = unit.code();
            if special(unit) {
                self.before_special(c)?;
            }
            self.out.push(c);
        }
        self.quotes(quoted);
        Ok(())
    }

    /// What must stand before a special character: an escape, a second quote, nothing.
    fn before_special(&mut self, c: u32) -> PyResult<()> {
        let options = self.options;
        let escape = if options.quoting == Quoting::None {
            true
        } else if Some(c) == options.quotechar {
            if options.doublequote {
                self.out.push(c);
            }
            !options.doublequote
        } else {
            Some(c) == options.escapechar
        };
        if escape {
            match options.escapechar {
                Some(escape) => self.out.push(escape),
                None => return super::error(self.py, "need to escape, but no escapechar set"),
            }
        }
        Ok(())
    }
}

fn line(py: Py, this: &This, row: &Value) -> PyResult<Owned<Str>> {
    let options = &this.dialect.options;
    let Some(mut items) = errors::suppress(py, Iter::new(py, row), &exceptions::TypeError)? else {
        return super::error(py, &format!("iterable expected, not {}", row.ty().name()));
    };
    let mut record = Record {
        py,
        options,
        out: StrBuilder::new(),
        fields: 0,
    };
    let mut null = false;
    while let Some(item) = items.next(py)? {
        let text = item.downcast::<Str>();
        null = item.is_none();
        let quoted = match options.quoting {
            Quoting::NonNumeric => !is_number(py, &item),
            Quoting::All => true,
            Quoting::Strings => text.is_some(),
            Quoting::NotNull => !null,
            Quoting::Minimal | Quoting::None => false,
        };
        match text {
            Some(text) => record.field(Some(text), quoted)?,
            None if null => record.field(None, quoted)?,
            None => record.field(Some(&*protocol::str(py, &item)?), quoted)?,
        }
    }
    if record.fields > 0 && record.out.is_empty() {
        let null = null && matches!(options.quoting, Quoting::Strings | Quoting::NotNull);
        if options.quoting == Quoting::None || null {
            return super::error(py, "single empty field record must be quoted");
        }
        record.fields -= 1;
        record.field(None, true)?;
    }
    record.out.push_text(&options.lineterminator);
    Ok(record.out.finish())
}

fn write_row(py: Py, this: &This, row: &Value) -> PyResult {
    let line = line(py, this, row)?;
    protocol::call(py, &this.write, &[Value::from(line)])
}

fn write_rows(py: Py, this: &This, rows: &Value) -> PyResult<()> {
    let mut rows = Iter::new(py, rows)?;
    while let Some(row) = rows.next(py)? {
        write_row(py, this, &row)?;
    }
    Ok(())
}

impl Class for Writer {
    const NAME: &'static str = "_csv.writer";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.subclassable()
            .no_constructor()
            .doc("CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.")
            .method_doc(
                "writerow($self, row, /)",
                "Construct and write a CSV record from an iterable of fields.\n\n\
                 Non-string elements will be converted to string.",
                write_row,
            )
            .method_doc(
                "writerows($self, rows, /)",
                "Construct and write a series of iterables to a csv file.\n\n\
                 Non-string elements will be converted to string.",
                write_rows,
            )
            .getter("dialect", |_py, this: &This| this.dialect.clone());
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.write);
        visitor.field(&self.dialect);
    }
}
