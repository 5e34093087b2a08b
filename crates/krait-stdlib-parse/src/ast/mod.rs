//! `_ast`: the classes of syntax tree nodes, and trees made from source and compiled.

use krait_object::PyResult;
use krait_object::native::ModuleBuilder;
use krait_object::native::module::NativeModule;

mod classes;
mod compile;
mod from_nodes;
mod node;
mod schema;
mod show;
mod to_nodes;
mod validate;

pub const MODULE: NativeModule = NativeModule { name: "_ast", init };

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("AST", classes::base())?;
    for (name, class) in classes::classes(m.py)?.all() {
        m.value(name, class.clone())?;
    }
    m.int("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000)?
        .int("PyCF_ONLY_AST", 0x400)?
        .int("PyCF_TYPE_COMMENTS", 0x1000)?
        .int("PyCF_OPTIMIZED_AST", 0x8400)?
        .function(
            "_compile($module, source, filename, mode, flags, optimize, feature_version, /)",
            compile::compile,
        )?;
    Ok(())
}
