//! Methods of `bytes`.

use super::Bytes;
use crate::native::TypeBuilder;

pub(super) fn define(_b: &mut TypeBuilder<Bytes>) {}
