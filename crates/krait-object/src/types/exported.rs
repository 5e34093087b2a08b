//! Type objects whose C symbols belong to types that crates without `unsafe` code define:
//! such a crate's `Class::cell` gives the one here.

use super::typeobject::StaticType;

#[unsafe(export_name = "PyContext_Type")]
pub static CONTEXT: StaticType = StaticType::new();
#[unsafe(export_name = "PyContextVar_Type")]
pub static CONTEXT_VAR: StaticType = StaticType::new();
#[unsafe(export_name = "PyContextToken_Type")]
pub static CONTEXT_TOKEN: StaticType = StaticType::new();

#[unsafe(export_name = "PyODict_Type")]
pub static ODICT: StaticType = StaticType::new();
#[unsafe(export_name = "PyODictIter_Type")]
pub static ODICT_ITER: StaticType = StaticType::new();
#[unsafe(export_name = "PyODictKeys_Type")]
pub static ODICT_KEYS: StaticType = StaticType::new();
#[unsafe(export_name = "PyODictValues_Type")]
pub static ODICT_VALUES: StaticType = StaticType::new();
#[unsafe(export_name = "PyODictItems_Type")]
pub static ODICT_ITEMS: StaticType = StaticType::new();
#[unsafe(export_name = "PyBytesIter_Type")]
pub static BYTES_ITER: StaticType = StaticType::new();
#[unsafe(export_name = "PyByteArrayIter_Type")]
pub static BYTEARRAY_ITER: StaticType = StaticType::new();
#[unsafe(export_name = "PyUnicodeIter_Type")]
pub static STR_ITER: StaticType = StaticType::new();
#[unsafe(export_name = "PyFrameLocalsProxy_Type")]
pub static FRAME_LOCALS_PROXY: StaticType = StaticType::new();
