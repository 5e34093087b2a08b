//! The classes of nodes, made from the grammar once.

use std::cell::OnceCell;
use std::collections::HashMap;

use krait_object::protocol::{self, attr::type_value};
use krait_object::types::{generic_alias, union};
use krait_object::{
    Builtin, Dict, GilCell, Instance, Int, Layout, Owned, Py, PyResult, Str, Tuple, Type, Value,
    intern,
};

use super::node::Ast;
use super::schema::{Constructor, Count, Rule, rules};

/// The class of one type of node.
pub struct NodeClass {
    pub name: &'static str,
    pub sum: &'static str,
    pub class: Value,
    /// The names of its fields.
    pub fields: Vec<Owned<Str>>,
    /// The instance that trees use, of classes without fields.
    single: OnceCell<Value>,
}

/// All classes.
pub struct Classes {
    nodes: Vec<NodeClass>,
    by_name: HashMap<&'static str, usize>,
    /// By the address of the class.
    by_class: HashMap<usize, usize>,
    sums: Vec<(&'static str, Value)>,
    /// `lineno`, `col_offset`, `end_lineno`, `end_col_offset`.
    pub places: [Owned<Str>; 4],
}

static CLASSES: GilCell<OnceCell<Classes>> = GilCell::new(OnceCell::new());

/// The classes, made when they are first needed.
pub fn classes(py: Py) -> PyResult<&'static Classes> {
    let cell = CLASSES.get(py);
    if let Some(classes) = cell.get() {
        return Ok(classes);
    }
    let made = make(py)?;
    Ok(cell.get_or_init(|| made))
}

pub fn base() -> Value {
    Value::from(Instance::<Ast>::type_object().to_owned())
}

impl Classes {
    pub fn node(&self, name: &str) -> Option<&NodeClass> {
        self.by_name.get(name).map(|&i| &self.nodes[i])
    }

    /// The type of node that an instance is of: its class or the nearest base.
    pub fn of(&self, value: &Value) -> Option<&NodeClass> {
        let ty = value.ty();
        if let Some(&i) = self.by_class.get(&(ty.as_object().as_ptr() as usize)) {
            return Some(&self.nodes[i]);
        }
        ty.mro_types()
            .find_map(|t| self.by_class.get(&(t.as_object().as_ptr() as usize)))
            .map(|&i| &self.nodes[i])
    }

    /// All classes by name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        let sums = self.sums.iter().map(|(name, class)| (*name, class));
        sums.chain(self.nodes.iter().map(|node| (node.name, &node.class)))
    }

    pub fn sum(&self, name: &str) -> Option<&Value> {
        self.sums
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, class)| class)
    }
}

impl NodeClass {
    /// An instance without attributes; always the same one where there are no fields.
    pub fn single(&self, py: Py) -> PyResult {
        if let Some(known) = self.single.get() {
            return Ok(known.clone());
        }
        let made = protocol::call(py, &self.class, &[])?;
        Ok(self.single.get_or_init(|| made).clone())
    }
}

/// `Load()` where a field's type is `expr_context`.
pub fn load_for(py: Py, ty: &Value) -> PyResult<Option<Value>> {
    let classes = classes(py)?;
    if !classes
        .sum("expr_context")
        .is_some_and(|class| class.is(ty))
    {
        return Ok(None);
    }
    classes.node("Load").map(|load| load.single(py)).transpose()
}

fn text(s: &str) -> Value {
    Value::from(Str::intern(s))
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    Value::from(Tuple::from_values(names.map(text).collect::<Vec<_>>()))
}

const PLACES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

fn make(py: Py) -> PyResult<Classes> {
    let rules = rules();
    let mut classes = Classes {
        nodes: Vec::new(),
        by_name: HashMap::new(),
        by_class: HashMap::new(),
        sums: Vec::new(),
        places: PLACES.map(Str::intern),
    };
    for rule in &rules {
        let parent = if rule.product {
            base()
        } else {
            let namespace = namespace(py, rule.name, &rule.doc(), &[])?;
            add_attributes(py, &namespace, rule)?;
            let class = new_class(py, rule.name, base(), namespace)?;
            classes.sums.push((rule.name, class.clone()));
            class
        };
        for constructor in &rule.constructors {
            let node = node_class(py, rule, constructor, parent.clone())?;
            let index = classes.nodes.len();
            classes.by_name.insert(node.name, index);
            classes
                .by_class
                .insert(node.class.to_object().as_object().as_ptr() as usize, index);
            classes.nodes.push(node);
        }
    }
    for rule in &rules {
        for constructor in &rule.constructors {
            add_field_types(py, &classes, constructor)?;
        }
    }
    Ok(classes)
}

fn namespace(
    py: Py,
    _name: &str,
    doc: &str,
    fields: &[super::schema::Field],
) -> PyResult<Owned<Dict>> {
    let namespace = Dict::new();
    let fields = names(fields.iter().map(|f| f.name));
    namespace.set_str(py, &Str::intern("_fields"), fields.clone())?;
    namespace.set_str(py, &Str::intern("__match_args__"), fields)?;
    namespace.set_str(py, &Str::intern("__module__"), text("ast"))?;
    namespace.set_str(py, &Str::intern("__doc__"), Value::from(Str::new(doc)))?;
    Ok(namespace)
}

fn add_attributes(py: Py, namespace: &Dict, rule: &Rule) -> PyResult<()> {
    let places: &[&str] = if rule.placed { &PLACES } else { &[] };
    namespace.set_str(
        py,
        &Str::intern("_attributes"),
        names(places.iter().copied()),
    )?;
    if rule.placed && rule.end_optional {
        for name in &PLACES[2..] {
            namespace.set_str(py, &Str::intern(name), Value::none())?;
        }
    }
    Ok(())
}

fn new_class(py: Py, name: &str, parent: Value, namespace: Owned<Dict>) -> PyResult {
    let bases = Value::from(Tuple::from_values([parent]));
    protocol::call(
        py,
        &type_value::<Type>(),
        &[text(name), bases, Value::from(namespace)],
    )
}

fn node_class(
    py: Py,
    rule: &Rule,
    constructor: &Constructor,
    parent: Value,
) -> PyResult<NodeClass> {
    let namespace = namespace(py, constructor.name, constructor.text, &constructor.fields)?;
    if rule.product {
        add_attributes(py, &namespace, rule)?;
    }
    for field in constructor
        .fields
        .iter()
        .filter(|f| f.count == Count::Optional)
    {
        namespace.set_str(py, &Str::intern(field.name), Value::none())?;
    }
    let fields = constructor.fields.iter().map(|f| Str::intern(f.name));
    Ok(NodeClass {
        name: constructor.name,
        sum: rule.name,
        class: new_class(py, constructor.name, parent, namespace)?,
        fields: fields.collect(),
        single: OnceCell::new(),
    })
}

/// `_field_types` of a class, which are also its annotations.
fn add_field_types(py: Py, classes: &Classes, constructor: &Constructor) -> PyResult<()> {
    let types = Dict::new();
    for field in &constructor.fields {
        let ty = match field.ty {
            "identifier" | "string" => type_value::<Str>(),
            "int" => type_value::<Int>(),
            "constant" => Value::from(krait_object::types::typeobject::OBJECT.to_owned()),
            other => classes
                .sum(other)
                .or_else(|| classes.node(other).map(|n| &n.class))
                .cloned()
                .unwrap_or_else(Value::none),
        };
        let ty = match field.count {
            Count::One => ty,
            Count::List => {
                let list = type_value::<krait_object::List>();
                generic_alias::generic_alias(py, &list.to_object(), &ty.to_object())?
            }
            Count::Optional => union::or(py, &ty.to_object(), krait_object::singletons::none())?,
        };
        types.set_str(py, &Str::intern(field.name), ty)?;
    }
    let Some(node) = classes.node(constructor.name) else {
        return Ok(());
    };
    let types = Value::from(types);
    protocol::set_attr(py, &node.class, intern!("_field_types"), &types)?;
    protocol::set_attr(py, &node.class, intern!("__annotations__"), &types)
}
