//! `Element`: its fields, how it is made, and the methods about its attributes.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol::repr::ReprGuard;
use krait_object::types::dict::Duplicates;
use krait_object::{
    Builtin, Dict, Layout, List, Object, Owned, Py, PyResult, Str, Tuple, Type, Value, class_cell,
    errors, exceptions, protocol, raise,
};

use super::{children, copy, find};
use krait_object::slot::Slot;

/// The body of an element.
#[derive(Default)]
pub struct Element {
    pub tag: Slot,
    pub text: Slot,
    pub tail: Slot,
    /// The attributes; none where there never were any.
    attrib: Cell<Option<Owned<Dict>>>,
    pub children: RefCell<Vec<Owned<This>>>,
}

pub type This = Instance<Element>;

impl Element {
    pub fn new(tag: Value, attrib: Option<Owned<Dict>>) -> Element {
        let attrib = attrib.filter(|dict| !dict.is_empty());
        Element {
            tag: Slot::new(tag),
            attrib: Cell::new(attrib),
            ..Element::default()
        }
    }

    /// The attributes, if there ever were any.
    pub fn attributes(&self) -> Option<Owned<Dict>> {
        let dict = self.attrib.take();
        let copy = dict.clone();
        self.attrib.set(dict);
        copy
    }

    /// The attributes, with a dict made for them where there is none.
    pub fn attributes_made(&self) -> Owned<Dict> {
        if let Some(dict) = self.attributes() {
            return dict;
        }
        let dict = Dict::new();
        self.attrib.set(Some(dict.clone()));
        dict
    }

    pub fn set_attributes(&self, attrib: Option<Owned<Dict>>) {
        drop(self.attrib.replace(attrib));
    }

    /// Gives up everything but the tag.
    fn empty(&self) {
        let children = self.children.take();
        self.set_attributes(None);
        self.text.clear();
        self.tail.clear();
        drop(children);
    }
}

/// The attributes from a positional dict and from keywords, of which `attrib` may be a dict.
fn attributes_of(
    py: Py,
    attrib: Option<&Dict>,
    kwargs: Option<Owned<Dict>>,
) -> PyResult<Option<Owned<Dict>>> {
    let Some(kwargs) = kwargs else {
        return Ok(attrib.map(Dict::copy));
    };
    if let Some(attrib) = attrib {
        let merged = attrib.copy();
        merged.merge_dict(py, &kwargs, Duplicates::Replace)?;
        return Ok(Some(merged));
    }
    let Some(attrib) = kwargs.pop_str(py, krait_object::intern!("attrib")) else {
        return Ok(Some(kwargs));
    };
    let merged = expect_dict(py, &attrib)?.copy();
    merged.merge_dict(py, &kwargs, Duplicates::Replace)?;
    Ok(Some(merged))
}

fn expect_dict(py: Py, attrib: &Value) -> PyResult<&Dict> {
    match attrib.downcast::<Dict>() {
        Some(dict) => Ok(dict),
        None => {
            let got = attrib.ty().name();
            raise!(py, TypeError, "attrib must be dict, not {got}")
        }
    }
}

/// The dict among positional arguments, of which there may be `most`, it being the last.
fn positional_attributes<'a>(
    py: Py,
    name: &str,
    args: &'a [Value],
    most: usize,
) -> PyResult<Option<&'a Dict>> {
    let given = args.len();
    if given < most - 1 {
        let least = most - 1;
        let plural = if least == 1 { "" } else { "s" };
        return raise!(
            py,
            TypeError,
            "{name}() takes at least {least} argument{plural} ({given} given)"
        );
    }
    if given > most {
        return raise!(
            py,
            TypeError,
            "{name}() takes at most {most} arguments ({given} given)"
        );
    }
    let Some(last) = args.get(most - 1) else {
        return Ok(None);
    };
    match last.downcast::<Dict>() {
        Some(dict) => Ok(Some(dict)),
        None => {
            let got = last.ty().name();
            raise!(
                py,
                TypeError,
                "{name}() argument {most} must be dict, not {got}"
            )
        }
    }
}

fn init(py: Py, this: &This, args: Args<'_>, kwargs: KwArgs) -> PyResult<()> {
    let attrib = positional_attributes(py, "Element", args.0, 2)?;
    let attrib = attributes_of(py, attrib, kwargs.0)?;
    if let Some(attrib) = attrib.filter(|dict| !dict.is_empty()) {
        this.set_attributes(Some(attrib));
    }
    this.tag.set(args.0[0].clone());
    this.text.clear();
    this.tail.clear();
    Ok(())
}

/// `SubElement`: a new element, which becomes the last child of another.
pub fn sub_element(py: Py, args: Args<'_>, kwargs: KwArgs) -> PyResult<Owned<This>> {
    if let Some(first) = args.0.first().filter(|_| (2..=3).contains(&args.0.len()))
        && first.downcast::<This>().is_none()
    {
        let (wanted, got) = (This::type_object().name(), first.ty().name());
        return raise!(
            py,
            TypeError,
            "SubElement() argument 1 must be {wanted}, not {got}"
        );
    }
    let attrib = positional_attributes(py, "SubElement", args.0, 3)?;
    let attrib = attributes_of(py, attrib, kwargs.0)?;
    let made = Instance::new(py, Element::new(args.0[1].clone(), attrib));
    if let Some(parent) = args.0[0].downcast::<This>() {
        parent.children.borrow_mut().push(made.clone());
    }
    Ok(made)
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let at = this.as_object().as_ptr();
    let Some(tag) = this.tag.get() else {
        return Ok(format!("<Element at {at:p}>"));
    };
    let Some(_guard) = ReprGuard::enter(py, this.as_object()) else {
        let name = this.as_object().ty().name();
        return raise!(py, RuntimeError, "reentrant call inside {name}.__repr__");
    };
    let tag = protocol::repr(py, &tag)?;
    Ok(format!("<Element {} at {at:p}>", tag.to_rust()))
}

fn truth(py: Py, this: &This) -> PyResult<bool> {
    errors::warn(
        py,
        &exceptions::DeprecationWarning,
        "Testing an element's truth value will always return True in future versions.  Use \
         specific 'len(elem)' or 'elem is not None' test instead.",
        1,
    )?;
    Ok(!this.children.borrow().is_empty())
}

/// The value of an attribute of the element that is being set.
fn given(py: Py, value: Option<&Object>) -> PyResult<Value> {
    match value {
        Some(value) => Ok(Value::unboxed(value)),
        None => raise!(py, AttributeError, "can't delete element attribute"),
    }
}

fn set_attrib(py: Py, this: &This, value: Option<&Object>) -> PyResult<()> {
    let value = given(py, value)?;
    let dict = Value::from(Layout::to_owned(expect_dict(py, &value)?));
    if let Ok(dict) = dict.into_object().downcast_owned::<Dict>() {
        this.set_attributes(Some(dict));
    }
    Ok(())
}

fn get(py: Py, this: &This, key: &Value, default: Option<&Value>) -> PyResult<Value> {
    let found = match this.attributes() {
        Some(dict) => dict.get(py, key)?,
        None => None,
    };
    Ok(found
        .or_else(|| default.cloned())
        .unwrap_or_else(Value::none))
}

fn set(py: Py, this: &This, key: &Value, value: &Value) -> PyResult<()> {
    this.attributes_made().set_value(py, key, value.clone())
}

fn items(_py: Py, this: &This) -> Owned<List> {
    let pairs = this
        .attributes()
        .map_or_else(Vec::new, |dict| dict.to_vec());
    let pair = |(key, value)| Value::from(Tuple::from_values([key, value]));
    List::from_values(pairs.into_iter().map(pair))
}

fn keys(_py: Py, this: &This) -> Owned<List> {
    let keys = this
        .attributes()
        .map_or_else(Vec::new, |dict| dict.keys_vec());
    List::from_values(keys)
}

fn make_element(py: Py, _this: &This, tag: &Value, attrib: &Dict) -> Owned<This> {
    Instance::new(py, Element::new(tag.clone(), Some(attrib.copy())))
}

/// Registers the attributes that are one value.
macro_rules! fields {
    ($b:expr, $($name:literal $field:ident;)*) => { $(
        $b.getset(
            $name,
            |_py: Py, this: &This| this.$field.value(),
            |py, this: &This, value| {
                this.$field.set(given(py, value)?);
                Ok(())
            },
        );
    )* };
}

impl Class for Element {
    const NAME: &'static str = "xml.etree.ElementTree.Element";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.silent();
        b.subclassable()
            .with_weakrefs()
            .new_with(
                "__new__($type, *args, **kwargs)",
                |py: Py, class: &Type, _a: Args<'_>, _k: KwArgs| {
                    let body = Element::new(Value::none(), None);
                    Instance::new_in(py, class, body)
                },
            )
            .init("Element(*args, **kwargs)", init)
            .repr(repr)
            .truth(truth);
        fields!(b, "tag" tag; "text" text; "tail" tail;);
        b.getset(
            "attrib",
            |_py: Py, this: &This| this.attributes_made(),
            set_attrib,
        )
        .method("clear($self, /)", |_py: Py, this: &This| this.empty())
        .method("get($self, /, key, default=None)", get)
        .method("set($self, key, value, /)", set)
        .method("items($self, /)", items)
        .method("keys($self, /)", keys)
        .method("makeelement($self, tag, attrib, /)", make_element);
        children::define(b);
        find::define(b);
        copy::define(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.tag);
        visitor.field(&self.text);
        visitor.field(&self.tail);
        visitor.field(&self.attrib);
        visitor.field(&self.children);
    }

    fn clear(&self) {
        self.tag.clear();
        self.empty();
    }
}

/// The text of a string that is none: `findtext` of an element without text.
pub fn empty_text() -> Value {
    Value::from(Str::new(""))
}
