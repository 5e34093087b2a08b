//! `re.Pattern`.

use std::cell::Cell;

use krait_object::gc::Visitor;
use krait_object::protocol::CompareOp;
use krait_object::types::mappingproxy::proxy_of;
use krait_object::types::sequence::{class_getitem, not_implemented};
use krait_object::{
    Class, Dict, Instance, Layout, Object, Owned, Py, PyResult, Tuple, Type, TypeBuilder, Value,
    protocol,
};
use krait_sre::{Mode, State};

use super::found::Match;
use super::subject::Held;
use super::{Names, clipped, failed, interrupted, iterate, replace, scanner, show, split};

/// A compiled regular expression.
pub struct Pattern {
    /// The source, or None.
    pub source: Value,
    /// Whether it matches bytes; `None` where it matches either.
    pub is_bytes: Option<bool>,
    pub program: krait_sre::Pattern,
    pub groupindex: Owned<Dict>,
    pub indexgroup: Owned<Tuple>,
    /// The matcher's memory, while nobody uses it.
    state: Cell<Option<Box<State>>>,
}

pub type This = Instance<Pattern>;

impl Pattern {
    pub(super) fn make(
        py: Py,
        source: Value,
        is_bytes: Option<bool>,
        program: krait_sre::Pattern,
        names: Names,
    ) -> Owned<This> {
        let Names {
            groupindex,
            indexgroup,
        } = names;
        Instance::new(
            py,
            Pattern {
                source,
                is_bytes,
                program,
                groupindex,
                indexgroup,
                state: Cell::new(None),
            },
        )
    }

    /// The matcher's memory; to be given back by `put_state`.
    #[inline]
    pub fn take_state(&self) -> Box<State> {
        self.state.take().unwrap_or_default()
    }

    #[inline]
    pub fn put_state(&self, state: Box<State>) {
        self.state.set(Some(state));
    }

    /// Runs with the matcher's memory.
    pub fn with_state<R>(&self, run: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.take_state();
        let result = run(&mut state);
        self.put_state(state);
        result
    }
}

/// Bounds cut to a subject's length.
pub fn bounds(held: &Held, pos: Option<isize>, endpos: Option<isize>) -> (usize, usize) {
    let length = held.len();
    (
        clipped(pos, 0).min(length),
        clipped(endpos, length).min(length),
    )
}

#[inline]
fn run(
    py: Py,
    this: &This,
    string: &Value,
    pos: Option<isize>,
    endpos: Option<isize>,
    mode: Mode,
) -> PyResult {
    let held = Held::for_pattern(py, string, this.is_bytes)?;
    let (pos, endpos) = bounds(&held, pos, endpos);
    this.with_state(|state| {
        let mut interrupt = || interrupted(py);
        match this.program.run(
            state,
            held.subject(),
            pos..endpos,
            mode,
            false,
            &mut interrupt,
        ) {
            Ok(Some(_)) => Ok(Value::from(Match::make(
                py,
                this,
                string.clone(),
                state,
                pos,
                endpos,
            ))),
            Ok(None) => Ok(Value::none()),
            Err(error) => failed(py, error),
        }
    })
}

fn hash(py: Py, this: &This) -> PyResult<i64> {
    let source = protocol::hash(py, &this.source)?;
    let code = this
        .program
        .code()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &word| {
            (hash ^ u64::from(word)).wrapping_mul(0x0100_0000_01b3)
        });
    Ok(source
        ^ (code as i64)
        ^ i64::from(this.program.flags())
        ^ i64::from(this.is_bytes == Some(true)))
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other
        .downcast::<This>()
        .filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne))
    else {
        return Ok(not_implemented());
    };
    let same = this.program.flags() == other.program.flags()
        && this.is_bytes == other.is_bytes
        && this.program.groups() == other.program.groups()
        && this.program.code() == other.program.code()
        && protocol::equal(py, &this.source, &other.source)?;
    Ok(Value::bool(same == (op == CompareOp::Eq)))
}

impl Class for Pattern {
    const NAME: &'static str = "re.Pattern";
    const GC: bool = true;
    krait_object::class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.silent();
        b.no_constructor()
            .with_weakrefs()
            .doc("Compiled regular expression object.")
            .repr(show::pattern)
            .hash(hash)
            .compare(compare);
        define_matching(b);
        b.method_doc(
            "sub($self, /, repl, string, count=0)",
            "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string \
             by the replacement repl.",
            |py, this: &This, repl: &Value, string: &Value, count: Option<isize>| {
                replace::sub(py, this, repl, string, count).map(|(text, _)| text)
            },
        )
        .method_doc(
            "subn($self, /, repl, string, count=0)",
            "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping \
             occurrences of pattern with the replacement repl.",
            |py, this: &This, repl: &Value, string: &Value, count: Option<isize>| {
                replace::sub(py, this, repl, string, count)
            },
        )
        .method_doc(
            "split($self, /, string, maxsplit=0)",
            "Split string by the occurrences of pattern.",
            split::split,
        )
        .method("__copy__($self, /)", |_py, this: &This| this.to_owned())
        .method("__deepcopy__($self, memo, /)", |_py, this: &This, _memo: &Value| this.to_owned())
        .class_method("__class_getitem__($type, object, /)", |py, class: &Type, item: &Value| {
            class_getitem(py, class, item)
        })
        .getter("pattern", |_py, this: &This| this.source.clone())
        .getter("flags", |_py, this: &This| this.program.flags())
        .getter("groups", |_py, this: &This| this.program.groups())
        .getter("groupindex", |py, this: &This| proxy_of(py, Value::from(this.groupindex.clone())));
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.source);
        visitor.field(&self.groupindex);
        visitor.field(&self.indexgroup);
    }
}

type Place = Option<isize>;

fn define_matching(b: &mut TypeBuilder<This>) {
    b.method_doc(
        "match($self, /, string, pos=0, endpos=sys.maxsize)",
        "Matches zero or more characters at the beginning of the string.",
        |py, this: &This, string: &Value, pos: Place, endpos: Place| run(py, this, string, pos, endpos, Mode::Match),
    )
    .method_doc(
        "fullmatch($self, /, string, pos=0, endpos=sys.maxsize)",
        "Matches against all of the string.",
        |py, this: &This, string: &Value, pos: Place, endpos: Place| {
            run(py, this, string, pos, endpos, Mode::FullMatch)
        },
    )
    .method_doc(
        "search($self, /, string, pos=0, endpos=sys.maxsize)",
        "Scan through string looking for a match, and return a corresponding match object instance.\n\n\
         Return None if no position in the string matches.",
        |py, this: &This, string: &Value, pos: Place, endpos: Place| run(py, this, string, pos, endpos, Mode::Search),
    )
    .method_doc(
        "findall($self, /, string, pos=0, endpos=sys.maxsize)",
        "Return a list of all non-overlapping matches of pattern in string.",
        iterate::find_all,
    )
    .method_doc(
        "finditer($self, /, string, pos=0, endpos=sys.maxsize)",
        "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\n\
         For each match, the iterator returns a match object.",
        iterate::find_iter,
    )
    .method("scanner($self, /, string, pos=0, endpos=sys.maxsize)", scanner::scanner);
}
