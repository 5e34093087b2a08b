//! Methods of `float`.

use super::Float;
use crate::native::TypeBuilder;

pub(super) fn define(_b: &mut TypeBuilder<Float>) {}
