//! The names of a document, each kept once and numbered.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

/// A name of one parser: names are equal where their numbers are.
#[derive(Clone, Debug)]
pub struct Name(Rc<(usize, Box<str>)>);

impl Name {
    /// The number of the name in its parser, counted from zero.
    pub fn number(&self) -> usize {
        self.0.0
    }

    pub fn is(&self, other: &Name) -> bool {
        self.number() == other.number()
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0.1
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        str::hash(self, state);
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        **self == **other
    }
}

impl Eq for Name {}

/// How many places the table of recent names has.
const RECENT: usize = 128;

/// All names of a parser.
pub struct Names {
    /// Names that were met lately, by a cheap sum of theirs.
    recent: Vec<Option<Name>>,
    all: HashSet<Name>,
}

impl Names {
    pub fn new() -> Names {
        Names {
            recent: vec![None; RECENT],
            all: HashSet::new(),
        }
    }

    /// The one copy of a name.
    pub fn intern(&mut self, text: &str) -> Name {
        let place = place(text.as_bytes());
        if let Some(known) = &self.recent[place]
            && **known == *text
        {
            return known.clone();
        }
        let name = match self.all.get(text) {
            Some(known) => known.clone(),
            None => {
                let name = Name(Rc::new((self.all.len(), text.into())));
                self.all.insert(name.clone());
                name
            }
        };
        self.recent[place] = Some(name.clone());
        name
    }
}

fn place(text: &[u8]) -> usize {
    let ends = match text {
        [] => 0,
        [first, .., before, last] => {
            usize::from(*first) + usize::from(*before) * 11 + usize::from(*last) * 31
        }
        [first, ..] => usize::from(*first),
    };
    (ends + text.len() * 7) % RECENT
}
