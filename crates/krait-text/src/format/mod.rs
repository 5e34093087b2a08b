//! The format-specification mini language (`format()`, f-strings, `str.format`) and
//! the pieces of `%` formatting.

mod number;
mod percent;
mod spec;
mod values;

pub use number::Locale;
pub use percent::{
    Count, Directive, PercentArgs, parse_directive, percent_float, percent_int,
    unsupported_conversion,
};
pub use spec::{Align, Grouping, Sign, Spec};
pub use values::{
    IntPlan, format_char, format_complex, format_float_spec, format_int, format_str, plan_int,
};
