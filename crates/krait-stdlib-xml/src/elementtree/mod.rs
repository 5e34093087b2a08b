//! `_elementtree`: elements, the builder of trees, and the parser that drives it, for
//! `xml.etree.ElementTree`.

use krait_object::native::module::NativeModule;
use krait_object::{ModuleBuilder, PyResult, Value};

mod builder;
mod children;
mod copy;
mod element;
mod find;
mod handle;
mod iter;
mod parser;
mod state;

pub const MODULE: NativeModule = NativeModule {
    name: "_elementtree",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    state::init(m.py)?;
    let error = state::PARSE_ERROR.get(m.py)?.clone();
    m.value("ParseError", Value::from(error))?;
    m.class::<element::Element>()?;
    m.class::<builder::TreeBuilder>()?;
    m.class::<parser::XmlParser>()?;
    m.function(
        "SubElement($module, /, *args, **kwargs)",
        element::sub_element,
    )?;
    m.function_doc(
        "_set_factories($module, comment_factory, pi_factory, /)",
        "Change the factories used to create comments and processing instructions.\n\n\
         For internal use only.",
        state::set_factories,
    )?;
    Ok(())
}
