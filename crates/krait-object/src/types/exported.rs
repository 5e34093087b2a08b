//! Type objects whose C symbols belong to types that crates without `unsafe` code define:
//! such a crate's `Class::cell` gives the one here.

use super::typeobject::StaticType;

#[unsafe(export_name = "PyContext_Type")]
pub static CONTEXT: StaticType = StaticType::new();
#[unsafe(export_name = "PyContextVar_Type")]
pub static CONTEXT_VAR: StaticType = StaticType::new();
#[unsafe(export_name = "PyContextToken_Type")]
pub static CONTEXT_TOKEN: StaticType = StaticType::new();
