//! The children of an element as a sequence.

use krait_object::native::TypeBuilder;
use krait_object::types::slice::Slice;
use krait_object::{Layout, List, Object, Owned, Py, PyResult, Value, exceptions, protocol, raise};

use super::element::This;

/// The element that a value is.
pub fn expect(py: Py, value: Value) -> PyResult<Owned<This>> {
    match value.into_object().downcast_owned::<This>() {
        Ok(element) => Ok(element),
        Err(other) => {
            let got = other.ty().name();
            raise!(py, TypeError, "expected an Element, not \"{got}\"")
        }
    }
}

/// The items of an iterable, with an error text of its own for what is none.
pub fn sequence(py: Py, value: &Value, text: &str) -> PyResult<Vec<Value>> {
    let iterable = value.as_object().is_some_and(|object| {
        object.ty().raw().tp_iter.is_some() || protocol::iter::is_sequence(object)
    });
    if !iterable {
        return raise!(py, TypeError, "{text}");
    }
    protocol::iter::collect(py, value)
}

fn append(_py: Py, this: &This, subelement: &This) {
    this.children.borrow_mut().push(subelement.to_owned());
}

fn extend(py: Py, this: &This, elements: &Value) -> PyResult<()> {
    for element in sequence(py, elements, "'elements' must be an iterable")? {
        let element = expect(py, element)?;
        this.children.borrow_mut().push(element);
    }
    Ok(())
}

fn insert(_py: Py, this: &This, index: isize, subelement: &This) {
    let mut children = this.children.borrow_mut();
    let len = children.len();
    let at = if index < 0 {
        len.saturating_sub(index.unsigned_abs())
    } else {
        len.min(index.unsigned_abs())
    };
    children.insert(at, subelement.to_owned());
}

/// The child at a place.
pub fn child(this: &This, index: usize) -> Option<Owned<This>> {
    this.children.borrow().get(index).cloned()
}

fn remove(py: Py, this: &This, subelement: &This) -> PyResult<()> {
    let wanted = Value::from(subelement.to_owned());
    let mut index = 0;
    while let Some(at) = child(this, index) {
        let same = at.as_object().is(subelement.as_object())
            || protocol::equal(py, &Value::from(at.clone()), &wanted)?;
        if same {
            // The comparison may have removed it already.
            let mut children = this.children.borrow_mut();
            let old = (index < children.len()).then(|| children.remove(index));
            drop(children);
            drop(old);
            return Ok(());
        }
        index += 1;
    }
    raise!(py, ValueError, "Element.remove(x): element not found")
}

fn item(py: Py, this: &This, index: isize) -> PyResult<Owned<This>> {
    match usize::try_from(index).ok().and_then(|i| child(this, i)) {
        Some(child) => Ok(child),
        None => raise!(py, IndexError, "child index out of range"),
    }
}

fn assign_item(py: Py, this: &This, index: isize, value: Option<&Object>) -> PyResult<()> {
    let len = this.children.borrow().len();
    let Some(index) = usize::try_from(index).ok().filter(|&i| i < len) else {
        return raise!(py, IndexError, "child assignment index out of range");
    };
    let value = match value {
        Some(value) => Some(expect(py, Value::from(value.to_owned()))?),
        None => None,
    };
    let mut children = this.children.borrow_mut();
    let old = match value {
        Some(value) => std::mem::replace(&mut children[index], value),
        None => children.remove(index),
    };
    drop(children);
    drop(old);
    Ok(())
}

/// What stands in the brackets.
enum Key<'a> {
    Index(isize),
    Slice(&'a Slice),
}

fn key<'a>(py: Py, this: &This, key: &'a Object) -> PyResult<Key<'a>> {
    if let Some(slice) = key.downcast::<Slice>() {
        return Ok(Key::Slice(slice));
    }
    let value = Value::unboxed(key);
    if !protocol::number::is_index(&value) {
        return raise!(py, TypeError, "element indices must be integers");
    }
    let index = protocol::number::to_index(py, &value, &exceptions::IndexError)?;
    let len = this.children.borrow().len() as isize;
    Ok(Key::Index(if index < 0 { index + len } else { index }))
}

fn subscript(py: Py, this: &This, at: &Object) -> PyResult<Value> {
    match key(py, this, at)? {
        Key::Index(index) => Ok(Value::from(item(py, this, index)?)),
        Key::Slice(slice) => {
            let parts = slice.unpack(py)?;
            let children = this.children.borrow();
            let (start, _, step, count) = parts.adjust(children.len());
            let place = |i: usize| (start + step * i as isize) as usize;
            let picked = (0..count).filter_map(|i| children.get(place(i)).cloned());
            Ok(Value::from(List::from_owned(picked.map(Owned::upcast))))
        }
    }
}

fn assign_subscript(py: Py, this: &This, at: &Object, value: Option<&Object>) -> PyResult<()> {
    match key(py, this, at)? {
        Key::Index(index) => assign_item(py, this, index, value),
        Key::Slice(slice) => assign_slice(py, this, slice, value),
    }
}

fn assign_slice(py: Py, this: &This, slice: &Slice, value: Option<&Object>) -> PyResult<()> {
    let mut new = Vec::new();
    if let Some(value) = value {
        let value = Value::from(value.to_owned());
        for element in sequence(py, &value, "assignment expects an iterable")? {
            new.push(element);
        }
    }
    let parts = slice.unpack(py)?;
    let (start, _, step, count) = parts.adjust(this.children.borrow().len());
    if value.is_some() && step != 1 && new.len() != count {
        return raise!(
            py,
            ValueError,
            "attempt to assign sequence of size {} to extended slice of size {count}",
            new.len()
        );
    }
    let mut elements = Vec::with_capacity(new.len());
    for element in new {
        elements.push(expect(py, element)?);
    }
    let mut children = this.children.borrow_mut();
    // What is taken out ends when the children are in order again.
    let mut old = Vec::with_capacity(count);
    if step == 1 {
        let first = start as usize;
        old.extend(children.splice(first..first + count, elements));
    } else if value.is_some() {
        for (i, element) in elements.into_iter().enumerate() {
            let place = (start + step * i as isize) as usize;
            old.push(std::mem::replace(&mut children[place], element));
        }
    } else {
        let mut places: Vec<usize> = (0..count)
            .map(|i| (start + step * i as isize) as usize)
            .collect();
        places.sort_unstable();
        let mut index = 0;
        let mut next = places.iter().peekable();
        let kept = std::mem::take(&mut *children)
            .into_iter()
            .filter_map(|child| {
                let goes = next.next_if(|&&place| place == index).is_some();
                index += 1;
                if goes {
                    old.push(child);
                    return None;
                }
                Some(child)
            });
        *children = kept.collect();
    }
    drop(children);
    drop(old);
    Ok(())
}

/// The methods and slots.
pub fn define(b: &mut TypeBuilder<This>) {
    b.len(|_py, this| Ok(this.children.borrow().len()))
        .item(item)
        .assign_item(assign_item)
        .subscript(subscript)
        .assign_subscript(assign_subscript)
        .method("append($self, subelement, /)", append)
        .method("extend($self, elements, /)", extend)
        .method("insert($self, index, subelement, /)", insert)
        .method("remove($self, subelement, /)", remove);
}
