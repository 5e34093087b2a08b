//! `_tokenize`: Python source as tokens, for the module `tokenize`.
//!
//! A tokenizer of its own beside the compiler's: it reads lines as they come, keeps
//! comments and blank lines, and takes source that the compiler would refuse.

use krait_object::PyResult;
use krait_object::native::ModuleBuilder;
use krait_object::native::module::NativeModule;

mod fstring;
mod indent;
mod iterator;
mod lexer;
mod normal;
mod number;
mod source;
mod string;
mod token;

pub const MODULE: NativeModule = NativeModule {
    name: "_tokenize",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.class::<iterator::TokenizerIter>()?;
    Ok(())
}
