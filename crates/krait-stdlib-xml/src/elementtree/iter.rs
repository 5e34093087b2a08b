//! `_element_iterator`: an element and all below it in document order, or their texts.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::{Layout, Owned, Py, PyResult, Str, Value, class_cell, protocol};

use super::children::child;
use super::element::This;

/// The body of an iterator.
pub struct ElementIter {
    /// Where it begins, until it has begun.
    root: Cell<Option<Owned<This>>>,
    /// The elements that are open, each with the place of its next child.
    open: RefCell<Vec<(Owned<This>, Cell<usize>)>>,
    tag: Option<Value>,
    texts: bool,
}

/// A stop on the way.
enum Step {
    Enter(Owned<This>),
    Leave(Owned<This>),
    Skip,
}

fn is_text_or_none(tag: Option<&Value>) -> bool {
    tag.is_none_or(|tag| tag.is_none() || tag.downcast::<Str>().is_some())
}

impl ElementIter {
    pub fn over(
        py: Py,
        root: &This,
        tag: Option<Value>,
        texts: bool,
    ) -> Owned<Instance<ElementIter>> {
        let body = ElementIter {
            root: Cell::new(Some(root.to_owned())),
            open: RefCell::default(),
            tag,
            texts,
        };
        Instance::new(py, body)
    }

    fn step(&self) -> Option<Step> {
        let mut open = self.open.borrow_mut();
        let outermost = open.is_empty();
        let entered = match open.last() {
            None => self.root.take()?,
            Some((parent, next)) => match child(parent, next.get()) {
                Some(child) => {
                    next.set(next.get() + 1);
                    child
                }
                None => return open.pop().map(|(left, _)| Step::Leave(left)),
            },
        };
        // Comments and processing instructions have no text of the document.
        if self.texts && !entered.tag.look(is_text_or_none) {
            return Some(if outermost {
                Step::Skip
            } else {
                Step::Leave(entered)
            });
        }
        open.push((entered.clone(), Cell::new(0)));
        Some(Step::Enter(entered))
    }
}

fn next(py: Py, this: &Instance<ElementIter>) -> PyResult<Option<Value>> {
    while let Some(step) = this.step() {
        match step {
            Step::Enter(element) if this.texts => {
                let text = element.text.value();
                if !text.is_none() && protocol::truth(py, &text)? {
                    return Ok(Some(text));
                }
            }
            // The text after the element where it began is not within it.
            Step::Leave(element) if this.texts && !this.open.borrow().is_empty() => {
                let tail = element.tail.value();
                if !tail.is_none() && protocol::truth(py, &tail)? {
                    return Ok(Some(tail));
                }
            }
            Step::Enter(element) => match &this.tag {
                Some(tag) if !protocol::equal(py, &element.tag.value(), tag)? => {}
                _ => return Ok(Some(Value::from(element))),
            },
            Step::Leave(_) | Step::Skip => {}
        }
    }
    Ok(None)
}

impl Class for ElementIter {
    const NAME: &'static str = "_elementtree._element_iterator";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .iter(|_py: Py, this: &Instance<Self>| this.to_owned())
            .next(next);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.root);
        visitor.field(&self.tag);
        for (element, _) in self.open.borrow().iter() {
            visitor.field(element);
        }
    }

    fn clear(&self) {
        let parts = (self.root.take(), self.open.take());
        drop(parts);
    }
}
