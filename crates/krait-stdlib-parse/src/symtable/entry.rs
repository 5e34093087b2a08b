//! `symtable entry`: a scope as Python sees it.

use krait_object::gc::Visitor;
use krait_object::types::list::List;
use krait_object::{Class, Dict, Instance, Owned, Py, Str, TypeBuilder, Value};

pub struct Entry {
    pub id: i64,
    pub name: Owned<Str>,
    pub symbols: Owned<Dict>,
    pub varnames: Owned<List>,
    pub children: Owned<List>,
    pub nested: bool,
    pub kind: u32,
    pub line: u32,
}

type This = Instance<Entry>;

pub fn new(py: Py, body: Entry) -> Value {
    Value::from(Instance::new(py, body))
}

impl Class for Entry {
    const NAME: &'static str = "symtable entry";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.no_constructor()
            .repr(|_py, this: &This| {
                format!(
                    "<symtable entry {}({}), line {}>",
                    this.name.to_rust(),
                    this.id,
                    this.line
                )
            })
            .getter("id", |_py, this: &This| this.id)
            .getter("name", |_py, this: &This| this.name.clone())
            .getter("symbols", |_py, this: &This| this.symbols.clone())
            .getter("varnames", |_py, this: &This| this.varnames.clone())
            .getter("children", |_py, this: &This| this.children.clone())
            .getter("nested", |_py, this: &This| i32::from(this.nested))
            .getter("type", |_py, this: &This| this.kind)
            .getter("lineno", |_py, this: &This| this.line);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.symbols);
        visitor.field(&self.varnames);
        visitor.field(&self.children);
    }
}
