//! Methods of `list`.

use super::List;
use crate::native::TypeBuilder;

pub(super) fn define(_b: &mut TypeBuilder<List>) {}
