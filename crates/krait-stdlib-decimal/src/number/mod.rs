//! Decimal arithmetic without objects, as the General Decimal Arithmetic Specification has
//! it. Every operation takes a context and adds to its status what has happened.

mod add;
mod coeff;
mod coeff_div;
mod coeff_mul;
mod coeff_small;
mod coeff_text;
mod compare;
mod context;
mod decimal;
mod digits;
mod divide;
mod exp;
mod finalize;
mod fixed;
mod integral;
mod ln;
mod logical;
mod minmax;
mod multiply;
mod nan;
mod next;
mod parse;
mod power;
mod quantize;
mod root;
mod show;

pub use coeff::Coeff;
pub use context::{Context, MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, Rounding, status};
pub use decimal::{Decimal, Kind};
