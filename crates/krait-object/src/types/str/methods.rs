//! Methods of `str`.

use super::Str;
use crate::native::TypeBuilder;

pub(super) fn define(_b: &mut TypeBuilder<Str>) {}
