//! Methods of `int`.

use super::Int;
use crate::native::TypeBuilder;

pub(super) fn define(_b: &mut TypeBuilder<Int>) {}
