//! `re.Match`.

use krait_object::gc::Visitor;
use krait_object::types::sequence::class_getitem;
use krait_object::{
    Args, Class, Dict, Instance, Layout, Object, Owned, Py, PyResult, Tuple, Type, TypeBuilder,
    Value, protocol, raise,
};
use krait_sre::State;

use super::pattern::Pattern;
use super::subject::Held;
use super::{replace, show};

type Span = Option<(usize, usize)>;

/// What a match found.
pub struct Match {
    pub string: Value,
    pub pattern: Owned<Instance<Pattern>>,
    whole: (usize, usize),
    groups: Box<[Span]>,
    last_index: Option<usize>,
    pos: usize,
    endpos: usize,
}

pub type This = Instance<Match>;

impl Match {
    /// The match that the state has just found.
    pub fn make(
        py: Py,
        pattern: &Instance<Pattern>,
        string: Value,
        state: &State,
        pos: usize,
        endpos: usize,
    ) -> Owned<This> {
        let groups = pattern.program.groups();
        Instance::new(
            py,
            Match {
                string,
                pattern: pattern.to_owned(),
                whole: state.group(0).unwrap_or((0, 0)),
                groups: (1..=groups).map(|g| state.group(g)).collect(),
                last_index: state.last_index(),
                pos,
                endpos,
            },
        )
    }

    pub fn span(&self, group: usize) -> Span {
        match group.checked_sub(1) {
            None => Some(self.whole),
            Some(index) => self.groups.get(index).copied().flatten(),
        }
    }

    pub fn group_count(&self) -> usize {
        self.groups.len() + 1
    }

    /// A group's text; the default where it has not taken part.
    pub fn text(&self, py: Py, group: usize, default: &Value) -> PyResult {
        match self.span(group) {
            Some((start, end)) => Ok(Held::new(py, &self.string)?.slice(start, end)),
            None => Ok(default.clone()),
        }
    }

    /// The number of a group given by number or name.
    pub fn index(&self, py: Py, group: &Value) -> PyResult<usize> {
        let number = match group.as_small_int() {
            Some(number) => Some(number),
            None if protocol::number::is_index(group) => {
                Some(protocol::number::to_clipped_index(py, group)? as i64)
            }
            None => {
                let found = self.pattern.groupindex.get(py, group);
                let found = krait_object::errors::suppress(
                    py,
                    found,
                    &krait_object::exceptions::TypeError,
                )?;
                found.flatten().and_then(|n| protocol::number::int_of(&n))
            }
        };
        match number.and_then(|n| usize::try_from(n).ok()) {
            Some(number) if number < self.group_count() => Ok(number),
            _ => raise!(py, IndexError, "no such group"),
        }
    }
}

fn group(py: Py, this: &This, args: Args<'_>) -> PyResult {
    let none = Value::none();
    match args.0 {
        [] => this.text(py, 0, &none),
        [one] => this.text(py, this.index(py, one)?, &none),
        many => {
            let mut texts = Vec::with_capacity(many.len());
            for one in many {
                texts.push(this.text(py, this.index(py, one)?, &none)?);
            }
            Ok(Value::from(Tuple::from_slice(&texts)))
        }
    }
}

fn groups(py: Py, this: &This, default: Option<&Value>) -> PyResult {
    let default = default.cloned().unwrap_or_else(Value::none);
    let held = Held::new(py, &this.string)?;
    let texts = this.groups.iter().map(|span| match span {
        Some((start, end)) => held.slice(*start, *end),
        None => default.clone(),
    });
    Ok(Value::from(Tuple::from_values(texts)))
}

fn group_dict(py: Py, this: &This, default: Option<&Value>) -> PyResult<Owned<Dict>> {
    let default = default.cloned().unwrap_or_else(Value::none);
    let result = Dict::new();
    for (name, number) in this.pattern.groupindex.to_vec() {
        let index = this.index(py, &number)?;
        result.set_value(py, &name, this.text(py, index, &default)?)?;
    }
    Ok(result)
}

/// Start and end as Python shows them: -1 for a group that has not taken part.
fn places(py: Py, this: &This, group: Option<&Value>) -> PyResult<(i64, i64)> {
    let index = group.map_or(Ok(0), |g| this.index(py, g))?;
    Ok(this
        .span(index)
        .map_or((-1, -1), |(start, end)| (start as i64, end as i64)))
}

fn regs(_py: Py, this: &This) -> Owned<Tuple> {
    let pairs = (0..this.group_count()).map(|g| {
        let (start, end) = this
            .span(g)
            .map_or((-1, -1), |(start, end)| (start as i64, end as i64));
        Value::from(Tuple::from_values([Value::int(start), Value::int(end)]))
    });
    Tuple::from_values(pairs.collect::<Vec<_>>())
}

impl Class for Match {
    const NAME: &'static str = "re.Match";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .doc("The result of re.match() and re.search().\nMatch objects always have a boolean value of True.")
            .repr(show::found)
            .subscript(|py, this: &This, key: &Object| {
                this.text(py, this.index(py, &Value::unboxed(key))?, &Value::none())
            })
            .method_doc(
                "group(*args)",
                "group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    \
                 For 0 returns the entire match.",
                group,
            )
            .method("start($self, group=0, /)", |py, this: &This, g: Option<&Value>| -> PyResult<i64> {
                Ok(places(py, this, g)?.0)
            })
            .method("end($self, group=0, /)", |py, this: &This, g: Option<&Value>| -> PyResult<i64> {
                Ok(places(py, this, g)?.1)
            })
            .method("span($self, group=0, /)", places)
            .method("groups($self, /, default=None)", groups)
            .method("groupdict($self, /, default=None)", group_dict)
            .method("expand($self, /, template)", replace::expand)
            .method("__copy__($self, /)", |_py, this: &This| this.to_owned())
            .method("__deepcopy__($self, memo, /)", |_py, this: &This, _memo: &Value| this.to_owned())
            .class_method("__class_getitem__($type, object, /)", |py, class: &Type, item: &Value| {
                class_getitem(py, class, item)
            })
            .getter("string", |_py, this: &This| this.string.clone())
            .getter("re", |_py, this: &This| this.pattern.clone())
            .getter("pos", |_py, this: &This| this.pos)
            .getter("endpos", |_py, this: &This| this.endpos)
            .getter("lastindex", |_py, this: &This| this.last_index)
            .getter("lastgroup", |_py, this: &This| this.last_index.and_then(|i| this.pattern.indexgroup.get(i)))
            .getter("regs", regs);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.string);
        visitor.field(&self.pattern);
    }
}
