//! `TreeBuilder`: from events to a tree of elements.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol::number::BinaryOp;
use krait_object::{
    Dict, Layout, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell, intern, protocol, raise,
};

use super::children;
use super::element::{Element, This as ElementObject};
use super::state;
use krait_object::slot::Slot;

/// Text that waits for the element that it belongs to.
#[derive(Default)]
enum Data {
    #[default]
    None,
    /// What the parser has found.
    Text(String),
    /// What `data` was called with.
    Values(Vec<Value>),
}

/// The reports that `iterparse` asks for: the name that each kind has in an event.
#[derive(Default)]
pub struct Reports {
    /// The queue's `append`.
    pub append: Slot,
    pub start: Slot,
    pub end: Slot,
    pub start_ns: Slot,
    pub end_ns: Slot,
    pub comment: Slot,
    pub pi: Slot,
}

impl Reports {
    /// Forgets what was asked for.
    pub fn clear(&self) {
        for kind in self.kinds() {
            kind.clear();
        }
    }

    fn kinds(&self) -> [&Slot; 6] {
        [
            &self.start,
            &self.end,
            &self.start_ns,
            &self.end_ns,
            &self.comment,
            &self.pi,
        ]
    }

    /// Whether events of a kind go to a queue.
    pub fn wants(&self, kind: &Slot) -> bool {
        kind.is_set() && self.append.is_set()
    }

    /// Puts an event into the queue, if its kind is wanted.
    pub fn report(&self, py: Py, kind: &Slot, what: impl FnOnce() -> Value) -> PyResult<()> {
        let (Some(name), Some(append)) = (kind.get(), self.append.get()) else {
            return Ok(());
        };
        let event = Value::from(Tuple::from_values([name, what()]));
        protocol::call(py, &append, &[event]).map(drop)
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.append);
        for kind in self.kinds() {
            visitor.field(kind);
        }
    }
}

/// The body of a builder.
#[derive(Default)]
pub struct TreeBuilder {
    root: Slot,
    /// The element that is open; none outside of the root.
    open: Slot,
    /// The element that was opened or closed last.
    last: Slot,
    /// The element whose tail text would be; none where text belongs into `last`.
    before_tail: Slot,
    data: RefCell<Data>,
    /// The elements around the open one.
    outer: RefCell<Vec<Option<Value>>>,
    element_factory: Slot,
    comment_factory: Slot,
    pi_factory: Slot,
    insert_comments: Cell<bool>,
    insert_pis: Cell<bool>,
    pub reports: Reports,
}

pub type This = Instance<TreeBuilder>;

/// Adds a child to an element, or to whatever a factory has made.
fn add_child(py: Py, parent: &Value, child: Value) -> PyResult<()> {
    if let Some(element) = parent.downcast_exact::<ElementObject>() {
        let child = children::expect(py, child)?;
        element.children.borrow_mut().push(child);
        return Ok(());
    }
    protocol::call_method(py, parent, intern!("append"), &[child]).map(drop)
}

/// The text that values stand for.
fn join(py: Py, values: Vec<Value>) -> PyResult<Value> {
    let list = Value::from(krait_object::List::from_values(values));
    let empty = Value::from(Str::new(""));
    protocol::call_method(py, &empty, intern!("join"), &[list])
}

impl TreeBuilder {
    /// Gives the text that waits to its element.
    fn flush(&self, py: Py) -> PyResult<()> {
        let data = match self.data.take() {
            Data::None => return Ok(()),
            Data::Text(text) => Value::from(Str::new(&text)),
            Data::Values(mut values) if values.len() == 1 => {
                values.pop().unwrap_or_else(Value::none)
            }
            Data::Values(values) => join(py, values)?,
        };
        let (element, is_tail) = match self.before_tail.get() {
            Some(element) => (element, true),
            None => (self.last.value(), false),
        };
        if let Some(element) = element.downcast_exact::<ElementObject>() {
            let place = if is_tail {
                &element.tail
            } else {
                &element.text
            };
            if place.look(|old| old.is_none_or(Value::is_none)) {
                place.set(data);
                return Ok(());
            }
        }
        let name = if is_tail {
            intern!("tail")
        } else {
            intern!("text")
        };
        let before = protocol::get_attr(py, &element, name)?;
        let joined = if before.is_none() {
            join(py, vec![data])?
        } else {
            protocol::number::binary(py, BinaryOp::Add, &before, &join(py, vec![data])?)?
        };
        protocol::set_attr(py, &element, name, &joined)
    }

    /// An element begins.
    pub fn start(&self, py: Py, tag: Value, attrib: Option<Owned<Dict>>) -> PyResult<Value> {
        self.flush(py)?;
        let node = match self.element_factory.get() {
            None => Value::from(Instance::new(py, Element::new(tag, attrib))),
            Some(factory) => {
                let attrib = attrib.unwrap_or_else(Dict::new);
                protocol::call(py, &factory, &[tag, Value::from(attrib)])?
            }
        };
        self.before_tail.clear();
        let open = self.open.get();
        match &open {
            Some(parent) => add_child(py, parent, node.clone())?,
            None if self.root.is_set() => {
                let text = "multiple elements on top level";
                return state::PARSE_ERROR.raise(py, text);
            }
            None => self.root.set(node.clone()),
        }
        self.outer.borrow_mut().push(open);
        self.open.set(node.clone());
        self.last.set(node.clone());
        self.reports
            .report(py, &self.reports.start, || node.clone())?;
        Ok(node)
    }

    /// The open element ends.
    pub fn end(&self, py: Py) -> PyResult<Value> {
        self.flush(py)?;
        let outer = self.outer.borrow_mut().pop();
        let Some(outer) = outer else {
            return raise!(py, IndexError, "pop from empty stack");
        };
        let closed = self.open.value();
        self.last.set(closed.clone());
        self.before_tail.set(closed.clone());
        self.open.replace(outer);
        self.reports
            .report(py, &self.reports.end, || closed.clone())?;
        Ok(closed)
    }

    /// Text that the parser has found.
    pub fn text(&self, text: &str) {
        // Text before the first element is ignored.
        if !self.last.is_set() {
            return;
        }
        match &mut *self.data.borrow_mut() {
            none @ Data::None => *none = Data::Text(text.to_string()),
            Data::Text(waiting) => waiting.push_str(text),
            Data::Values(values) => values.push(Value::from(Str::new(text))),
        }
    }

    /// Text as a value of any type.
    pub fn data(&self, data: &Value) {
        if !self.last.is_set() {
            return;
        }
        let mut waiting = self.data.borrow_mut();
        if let Data::Values(values) = &mut *waiting {
            values.push(data.clone());
            return;
        }
        let before = match std::mem::take(&mut *waiting) {
            Data::Text(text) => Some(Value::from(Str::new(&text))),
            _ => None,
        };
        *waiting = Data::Values(before.into_iter().chain([data.clone()]).collect());
    }

    /// Puts a comment or an instruction into the tree, if it goes there.
    fn insert(&self, py: Py, wanted: bool, node: &Value) -> PyResult<()> {
        if let Some(parent) = self.open.get().filter(|_| wanted) {
            add_child(py, &parent, node.clone())?;
            self.before_tail.set(node.clone());
        }
        Ok(())
    }

    pub fn comment(&self, py: Py, text: Value) -> PyResult<Value> {
        self.flush(py)?;
        let node = match self.comment_factory.get() {
            None => text,
            Some(factory) => {
                let node = protocol::call(py, &factory, &[text])?;
                self.insert(py, self.insert_comments.get(), &node)?;
                node
            }
        };
        self.reports
            .report(py, &self.reports.comment, || node.clone())?;
        Ok(node)
    }

    /// Whether instructions go anywhere.
    pub fn uses_pi(&self) -> bool {
        self.insert_pis.get() || self.reports.wants(&self.reports.pi)
    }

    pub fn pi(&self, py: Py, target: Value, text: Value) -> PyResult<Value> {
        self.flush(py)?;
        let node = match self.pi_factory.get() {
            None => Value::from(Tuple::from_values([target, text])),
            Some(factory) => {
                let node = protocol::call(py, &factory, &[target, text])?;
                self.insert(py, self.insert_pis.get(), &node)?;
                node
            }
        };
        self.reports.report(py, &self.reports.pi, || node.clone())?;
        Ok(node)
    }

    /// The tree.
    pub fn close(&self) -> Value {
        self.root.value()
    }

    fn slots(&self) -> [&Slot; 7] {
        [
            &self.root,
            &self.open,
            &self.last,
            &self.before_tail,
            &self.element_factory,
            &self.comment_factory,
            &self.pi_factory,
        ]
    }

    fn clear_all(&self) {
        let parts = (self.data.take(), self.outer.take());
        for slot in self.slots() {
            slot.clear();
        }
        self.reports.append.clear();
        self.reports.clear();
        drop(parts);
    }
}

fn init(
    py: Py,
    this: &This,
    element_factory: Option<&Value>,
    comment_factory: Option<&Value>,
    pi_factory: Option<&Value>,
    insert_comments: Option<bool>,
    insert_pis: Option<bool>,
) {
    let given = |value: Option<&Value>| value.filter(|v| !v.is_none()).cloned();
    this.element_factory.replace(given(element_factory));
    let comment = given(comment_factory).or_else(|| state::comment_factory(py));
    let inserts = comment.is_some() && insert_comments.unwrap_or(false);
    this.insert_comments.set(inserts);
    this.comment_factory.replace(comment);
    let pi = given(pi_factory).or_else(|| state::pi_factory(py));
    this.insert_pis
        .set(pi.is_some() && insert_pis.unwrap_or(false));
    this.pi_factory.replace(pi);
}

fn start(py: Py, this: &This, tag: &Value, attrs: &Dict) -> PyResult<Value> {
    this.start(py, tag.clone(), Some(attrs.to_owned()))
}

fn pi(py: Py, this: &This, target: &Value, text: Option<&Value>) -> PyResult<Value> {
    let text = text.cloned().unwrap_or_else(Value::none);
    this.pi(py, target.clone(), text)
}

impl Class for TreeBuilder {
    const NAME: &'static str = "xml.etree.ElementTree.TreeBuilder";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.subclassable()
            .new_with(
                "__new__($type, *args, **kwargs)",
                |py: Py, class: &Type, _a: Args<'_>, _k: KwArgs| {
                    Instance::new_in(py, class, TreeBuilder::default())
                },
            )
            .init(
                "TreeBuilder(element_factory=None, *, comment_factory=None, pi_factory=None, \
                 insert_comments=False, insert_pis=False)",
                init,
            )
            .method("start($self, tag, attrs, /)", start)
            .method("end($self, tag, /)", |py: Py, this: &This, _tag: &Value| {
                this.end(py)
            })
            .method(
                "data($self, data, /)",
                |_py: Py, this: &This, data: &Value| {
                    this.data(data);
                },
            )
            .method(
                "comment($self, text, /)",
                |py: Py, this: &This, text: &Value| this.comment(py, text.clone()),
            )
            .method("pi($self, target, text=None, /)", pi)
            .method("close($self, /)", |_py: Py, this: &This| this.close());
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in self.slots() {
            visitor.field(slot);
        }
        visitor.field(&self.outer);
        if let Data::Values(values) = &*self.data.borrow() {
            visitor.field(values);
        }
        self.reports.traverse(visitor);
    }

    fn clear(&self) {
        self.clear_all();
    }
}
