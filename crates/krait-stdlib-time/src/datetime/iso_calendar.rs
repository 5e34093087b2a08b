//! `datetime.IsoCalendarDate`: what `isocalendar()` gives.

use std::cell::OnceCell;

use krait_object::types::structseq::{self, Description};
use krait_object::{GilCell, Owned, Py, PyResult, Tuple, Type, Value, protocol::attr::type_value};

static CLASS: GilCell<OnceCell<&'static Type>> = GilCell::new(OnceCell::new());

fn class(py: Py) -> &'static Type {
    CLASS.get(py).get_or_init(|| {
        let description = Description {
            name: "datetime.IsoCalendarDate",
            doc: "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
            fields: &[("year", ""), ("week", ""), ("weekday", "")],
            visible: 3,
            constructible: false,
        };
        structseq::make_type_with(description, |b| {
            b.method("__reduce__($self, /)", reduce);
        })
    })
}

/// Pickled as a plain tuple.
fn reduce(_py: Py, this: &Tuple) -> (Value, Owned<Tuple>) {
    let items = Tuple::from_slice(this.as_values());
    let args = Tuple::from_values([Value::from(items)]);
    (type_value::<Tuple>(), args)
}

pub fn make(py: Py, (year, week, weekday): (i32, i32, i32)) -> PyResult<Owned> {
    let values = [year, week, weekday].map(|n| Value::int(i64::from(n)));
    structseq::make(py, class(py), values)
}
