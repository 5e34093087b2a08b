//! `csv.reader`.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::native::KwArgs;
use krait_object::{
    Args, Class, Instance, Layout, Owned, Py, PyResult, Str, TypeBuilder, Value, protocol,
};
use krait_text::with_units;

use super::dialect::{self, Dialect};
use super::parser::{Parser, State};

/// An iterator over the records of an iterator over lines.
pub struct Reader {
    input: Owned,
    dialect: Owned<Instance<Dialect>>,
    line_num: Cell<usize>,
    /// How many records were asked for.
    records: Cell<usize>,
}

type This = Instance<Reader>;

pub fn reader(py: Py, args: Args<'_>, options: KwArgs) -> PyResult<Owned<This>> {
    let (lines, base) = super::one_or_two(py, "reader", &args)?;
    let input = protocol::iter(py, lines)?;
    let dialect = dialect::from_arguments(py, base, options.0.as_deref())?;
    Ok(Instance::new(
        py,
        Reader {
            input,
            dialect,
            line_num: Cell::new(0),
            records: Cell::new(0),
        },
    ))
}

fn next(py: Py, this: &This) -> PyResult<Option<Value>> {
    let limit = super::shared(py)?.field_limit.get();
    let mut parser = Parser::new(py, &this.dialect.options, limit);
    let record = this.records.get().wrapping_add(1);
    this.records.set(record);
    loop {
        let Some(line) = protocol::next(py, &this.input)? else {
            if !parser.is_open() {
                return Ok(None);
            }
            if this.dialect.options.strict {
                return super::error(py, "unexpected end of data");
            }
            parser.save_collected()?;
            break;
        };
        let Some(text) = line.downcast::<Str>() else {
            let name = line.ty().name();
            let hint = "the file should be opened in text mode";
            return super::error(
                py,
                &format!("iterator should return strings, not {name} ({hint})"),
            );
        };
        if this.records.get() != record {
            return super::error(py, "iterator has already advanced the reader");
        }
        this.line_num.set(this.line_num.get() + 1);
        with_units!(text.chars(), units => parser.line(text, units))?;
        if parser.state == State::StartRecord {
            break;
        }
    }
    Ok(Some(Value::from(parser.finish())))
}

impl Class for Reader {
    const NAME: &'static str = "_csv.reader";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.subclassable()
            .no_constructor()
            .doc("CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.")
            .iter(|_py, this: &This| this.to_owned())
            .next(next)
            .getter("dialect", |_py, this: &This| this.dialect.clone())
            .getter("line_num", |_py, this: &This| this.line_num.get());
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.input);
        visitor.field(&self.dialect);
    }
}
