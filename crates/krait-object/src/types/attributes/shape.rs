//! Shapes: which attributes an instance has, in which order, shared by all instances that
//! got the same attributes in the same order (hidden classes).
//!
//! The shapes of a type form a tree under its root, the shape without attributes. A shape
//! owns its children and its key; the tree lives as long as the type, and so do pointers
//! to shapes. Shapes do not change, but for new children.

use std::cell::{Cell, OnceCell, RefCell};

use super::super::str::{Str, intern};
use super::super::typeobject::{Type, TypeExt};
use crate::object::{Layout, Owned};

/// The most attributes in a shape; instances with more use a dict.
pub const MAX_ATTRIBUTES: u32 = 128;
/// The most shapes that may follow one shape, and the most in all for a type: classes
/// whose attributes are data use a dict.
const MAX_CHILDREN: usize = 64;
const MAX_SHAPES: u32 = 2048;
/// Up to so many keys a lookup compares one after the other.
const LINEAR: usize = 8;

/// A set of attribute names in the order in which they were added.
pub struct Shape {
    parent: *const Shape,
    root: *const Shape,
    /// The name added last; none in the root.
    key: Option<Owned<Str>>,
    count: u32,
    inline: u32,
    children: RefCell<Vec<*mut Shape>>,
    /// In the root: how many shapes there are.
    total: Cell<u32>,
    names: OnceCell<Names>,
}

/// The names of a shape by position, and for many names an index by address.
struct Names {
    keys: Box<[*const Str]>,
    /// Positions plus one; 0 is an empty place. The length is a power of two.
    index: Box<[u8]>,
}

fn spread(key: *const Str) -> usize {
    // Addresses are multiples of 16.
    ((key as usize >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 32
}

impl Names {
    fn new(keys: Box<[*const Str]>) -> Names {
        let mut index = Box::default();
        if keys.len() > LINEAR {
            let mut places = vec![0u8; (keys.len() * 2).next_power_of_two()].into_boxed_slice();
            let mask = places.len() - 1;
            for (i, &key) in keys.iter().enumerate() {
                let mut at = spread(key) & mask;
                while places[at] != 0 {
                    at = (at + 1) & mask;
                }
                places[at] = i as u8 + 1;
            }
            index = places;
        }
        Names { keys, index }
    }

    fn position(&self, key: *const Str) -> Option<u32> {
        if self.index.is_empty() {
            return self.keys.iter().position(|&k| k == key).map(|i| i as u32);
        }
        let mask = self.index.len() - 1;
        let mut at = spread(key) & mask;
        loop {
            match self.index[at] {
                0 => return None,
                i if self.keys[usize::from(i) - 1] == key => return Some(u32::from(i) - 1),
                _ => at = (at + 1) & mask,
            }
        }
    }
}

impl Shape {
    fn boxed(
        parent: *const Shape,
        root: *const Shape,
        key: Option<Owned<Str>>,
        count: u32,
        inline: u32,
    ) -> *mut Shape {
        Box::into_raw(Box::new(Shape {
            parent,
            root,
            key,
            count,
            inline,
            children: RefCell::default(),
            total: Cell::new(1),
            names: OnceCell::new(),
        }))
    }

    /// How many attributes an instance of this shape has.
    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// How many of them lie in the instance itself.
    #[inline(always)]
    pub fn inline(&self) -> u32 {
        self.inline
    }

    /// The shape without the attribute added last; none for the root.
    pub fn parent(&self) -> Option<&Shape> {
        // SAFETY: a parent owns its children, so it is alive.
        (!self.parent.is_null()).then(|| unsafe { &*self.parent })
    }

    /// The attribute added last.
    pub fn last_key(&self) -> Option<&Str> {
        self.key.as_deref()
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let mut keys = Vec::with_capacity(self.count as usize);
            let mut at = Some(self);
            while let Some(shape) = at {
                keys.extend(shape.key.as_ref().map(|k| &**k as *const Str));
                at = shape.parent();
            }
            keys.reverse();
            Names::new(keys.into())
        })
    }

    /// The names in order.
    pub fn keys(&self) -> impl Iterator<Item = &Str> {
        // SAFETY: this shape and its parents own the names.
        self.names().keys.iter().map(|&key| unsafe { &*key })
    }

    /// The position of an interned name.
    #[inline]
    pub fn index_of(&self, name: &Str) -> Option<u32> {
        self.names().position(name)
    }

    /// The shape with one more attribute, whose name is interned and not in this one;
    /// none where the instance should have a dict instead.
    pub fn with(&self, name: &Str) -> Option<*const Shape> {
        let known = self.children.borrow().iter().copied().find(|&child| {
            // SAFETY: a shape's children live as long as it does.
            unsafe { (*child).key.as_deref() }.is_some_and(|key| std::ptr::eq(key, name))
        });
        match known {
            Some(child) => Some(child),
            None => self.add_child(name),
        }
    }

    #[cold]
    fn add_child(&self, name: &Str) -> Option<*const Shape> {
        let root = if self.root.is_null() {
            self
        } else {
            // SAFETY: the root lives as long as the tree, of which this is a part.
            unsafe { &*self.root }
        };
        let full = self.count >= MAX_ATTRIBUTES
            || self.children.borrow().len() >= MAX_CHILDREN
            || root.total.get() >= MAX_SHAPES;
        if full || !name.is_interned() {
            return None;
        }
        root.total.set(root.total.get() + 1);
        let child = Shape::boxed(
            self,
            root,
            Some(Layout::to_owned(name)),
            self.count + 1,
            self.inline,
        );
        self.children.borrow_mut().push(child);
        Some(child)
    }
}

/// The shape of a type's instances without attributes.
#[inline]
pub fn root_of(ty: &Type) -> *const Shape {
    let ext = ty.ext();
    if ext.root_shape.get().is_null() {
        ext.root_shape.set(Shape::boxed(
            std::ptr::null(),
            std::ptr::null(),
            None,
            0,
            ext.inline_attrs.get(),
        ));
    }
    ext.root_shape.get()
}

/// Frees a type's shapes, when the type itself goes.
///
/// # Safety
/// No instance has one of them any more, and none is used afterwards.
pub unsafe fn free_shapes(ext: &TypeExt) {
    let root = ext.root_shape.replace(std::ptr::null_mut());
    let mut pending = vec![root];
    while let Some(shape) = pending.pop() {
        if !shape.is_null() {
            // SAFETY: shapes are made by `Box`, each has one owner, and this takes the
            // whole tree apart.
            let shape = unsafe { Box::from_raw(shape) };
            pending.append(&mut shape.children.borrow_mut());
        }
    }
}

/// The interned string equal to a name, if there is one: what shapes know names by.
#[inline(always)]
pub(super) fn with_interned<R>(name: &Str, found: impl FnOnce(&Str) -> R) -> Option<R> {
    if name.is_interned() {
        return Some(found(name));
    }
    intern::lookup(name).map(|interned| found(&interned))
}

/// The name as an interned exact string.
pub(super) fn interned(name: &Str) -> Owned<Str> {
    if name.is_interned() || name.as_object().is_exact::<Str>() {
        return intern::intern(name.to_owned_str());
    }
    intern::intern(Str::from_chars(name.chars()))
}
