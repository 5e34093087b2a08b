//! Methods of `tuple`.

use super::Tuple;
use crate::native::TypeBuilder;

pub(super) fn define(_b: &mut TypeBuilder<Tuple>) {}
