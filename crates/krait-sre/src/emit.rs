//! Translates the tree to a program.

use crate::analysis::{Analysis, First, Follow, looks_at_groups, sets_marks};
use crate::charset::{Fold, Props, Set};
use crate::code::{at, category};
use crate::parse::{Greed, Node, One, Tree, unlimited};
use crate::program::{
    BODY, Branch, Exists, Inst, Look, Loop, Next, Program, RepeatOne, TAIL, loop_inst,
};
use crate::search::Strategy;
use crate::unit::Literal;

/// Alternatives in one branch instruction; more are chained.
const ALTERNATIVES: usize = 64;

/// The program for a checked pattern.
pub(crate) fn emit(tree: Tree, props: Props) -> Program {
    let analysis = Analysis {
        sets: &tree.sets,
        props,
    };
    let (strategy, literal_only) = Strategy::choose(&tree, analysis);
    let program = Program {
        insts: Vec::new(),
        sets: Vec::new(),
        texts: Vec::new(),
        repeats: Vec::new(),
        branches: Vec::new(),
        loops: Vec::new(),
        exists: Vec::new(),
        looks: Vec::new(),
        props,
        strategy,
        min_width: analysis.min_width(&tree.nodes),
        literal_only,
        leading_run: leading_run(&tree.nodes, analysis),
    };
    let mut emitter = Emitter {
        program,
        analysis,
        extra: Vec::new(),
        depth: 0,
    };
    emitter.sequence(&tree.nodes, Follow::End);
    emitter.push(Inst::Success);
    let Emitter {
        mut program, extra, ..
    } = emitter;
    program.sets = tree.sets;
    program.sets.extend(extra);
    thread_jumps(&mut program.insts);
    program
}

/// Replaces a jump by a copy of what it leads to, where that does not depend on its
/// place: one dispatch less for each iteration of a loop over alternatives.
fn thread_jumps(insts: &mut [Inst]) {
    for i in 0..insts.len() {
        let mut inst = insts[i];
        for _ in 0..8 {
            let Inst::Jump(target) = inst else { break };
            match insts[target as usize] {
                next @ (Inst::Jump(_)
                | Inst::SimpleGreedy(_)
                | Inst::SimpleLazy(_)
                | Inst::LoopGreedy(_)
                | Inst::LoopLazy(_)
                | Inst::Branch(_)
                | Inst::Fail
                | Inst::Success) => inst = next,
                _ => break,
            }
        }
        insts[i] = inst;
    }
}

/// See [`Program::leading_run`].
fn leading_run(nodes: &[Node], analysis: Analysis) -> Option<One> {
    let place = nodes.iter().position(|n| !matches!(n, Node::Mark(_)))?;
    let Node::RepeatOne {
        greed,
        min,
        max,
        one,
    } = nodes[place]
    else {
        return None;
    };
    let follow = Follow::Then(&nodes[place + 1..], &Follow::End);
    let fixed = match greed {
        Greed::Greedy => analysis.never_gives_back(one, min, follow),
        Greed::Possessive => true,
        Greed::Lazy => false,
    };
    (fixed && unlimited(max) && !looks_at_groups(nodes)).then_some(one)
}

struct Emitter<'a> {
    program: Program,
    analysis: Analysis<'a>,
    /// Sets for boundaries; they come after those of the tree.
    extra: Vec<Set>,
    /// How many loops are around.
    depth: u32,
}

impl Emitter<'_> {
    fn push(&mut self, inst: Inst) -> usize {
        self.program.insts.push(inst);
        self.program.insts.len() - 1
    }

    fn here(&self) -> u32 {
        self.program.insts.len() as u32
    }

    fn sequence(&mut self, nodes: &[Node], follow: Follow) {
        let mut i = 0;
        while i < nodes.len() {
            let run = nodes[i..]
                .iter()
                .take_while(|n| matches!(n, Node::One(One::Literal(_))))
                .count();
            if run > 1 {
                self.text(&nodes[i..i + run]);
                i += run;
            } else {
                self.node(&nodes[i], Follow::Then(&nodes[i + 1..], &follow));
                i += 1;
            }
        }
    }

    fn text(&mut self, run: &[Node]) {
        let text = run
            .iter()
            .filter_map(|n| match n {
                Node::One(One::Literal(ch)) => Some(*ch),
                _ => None,
            })
            .collect();
        self.program.texts.push(Literal::new(text));
        self.push(Inst::Text(self.program.texts.len() as u32 - 1));
    }

    fn node(&mut self, node: &Node, follow: Follow) {
        match node {
            Node::Fail => {
                self.push(Inst::Fail);
            }
            Node::One(one) => {
                self.push(match *one {
                    One::Literal(ch) => Inst::Literal(ch),
                    One::NotLiteral(ch) => Inst::NotLiteral(ch),
                    One::Any => Inst::Any,
                    One::All => Inst::All,
                    One::Set(id) => Inst::Set(id),
                });
            }
            Node::At(kind) => self.place(*kind),
            Node::Mark(mark) => {
                self.push(Inst::Mark(*mark));
            }
            Node::GroupRef {
                group,
                fold: Fold::None,
            } => {
                self.push(Inst::GroupRef(*group));
            }
            Node::GroupRef { group, fold } => {
                self.push(Inst::GroupRefFold(*group, *fold));
            }
            Node::GroupExists { group, yes, no } => self.exists(*group, yes, no, follow),
            Node::Branch(alternatives) => self.branch(alternatives, follow),
            Node::RepeatOne {
                greed,
                min,
                max,
                one,
            } => {
                self.repeat_one(*greed, *min, *max, *one, follow);
            }
            Node::Repeat {
                greed: Greed::Possessive,
                min,
                max,
                body,
            } => {
                self.possessive(*min, *max, body);
            }
            Node::Repeat {
                greed,
                min,
                max,
                body,
            } => {
                self.repeat(*greed, *min, *max, body, follow);
            }
            Node::Atomic(body) => {
                let id = self.look(0, body);
                self.push(Inst::AtomicBegin(id));
                self.sequence(body, Follow::End);
                self.push(Inst::AtomicEnd(id));
            }
            Node::Look {
                behind,
                negative,
                body,
            } => {
                let id = self.look(*behind, body);
                self.push(if *negative {
                    Inst::NotLookBegin(id)
                } else {
                    Inst::LookBegin(id)
                });
                self.sequence(body, Follow::End);
                self.push(if *negative {
                    Inst::NotLookEnd(id)
                } else {
                    Inst::LookEnd(id)
                });
                self.program.looks[id as usize].pc = self.here();
            }
        }
    }

    fn place(&mut self, kind: u32) {
        let (category, boundary) = match kind {
            at::BOUNDARY => (category::WORD, true),
            at::NON_BOUNDARY => (category::WORD, false),
            at::LOC_BOUNDARY => (category::LOC_WORD, true),
            at::LOC_NON_BOUNDARY => (category::LOC_WORD, false),
            at::UNI_BOUNDARY => (category::UNI_WORD, true),
            at::UNI_NON_BOUNDARY => (category::UNI_WORD, false),
            _ => {
                self.push(Inst::At(kind));
                return;
            }
        };
        let id = (self.analysis.sets.len() + self.extra.len()) as u32;
        self.extra
            .push(Set::category(category, self.analysis.props));
        self.push(if boundary {
            Inst::Boundary(id)
        } else {
            Inst::NotBoundary(id)
        });
    }

    fn look(&mut self, behind: u32, body: &[Node]) -> u32 {
        self.program.looks.push(Look {
            behind,
            pc: 0,
            marks: sets_marks(body),
        });
        self.program.looks.len() as u32 - 1
    }

    fn exists(&mut self, group: u32, yes: &[Node], no: &[Node], follow: Follow) {
        let id = self.program.exists.len();
        self.program.exists.push(Exists {
            group,
            otherwise: 0,
        });
        self.push(Inst::Exists(id as u32));
        self.sequence(yes, follow);
        if no.is_empty() {
            self.program.exists[id].otherwise = self.here();
            return;
        }
        let jump = self.push(Inst::Jump(0));
        self.program.exists[id].otherwise = self.here();
        self.sequence(no, follow);
        self.program.insts[jump] = Inst::Jump(self.here());
    }

    fn branch(&mut self, alternatives: &[Vec<Node>], follow: Follow) {
        if alternatives.is_empty() {
            self.push(Inst::Fail);
            return;
        }
        let mut jumps = Vec::new();
        let mut rest = alternatives;
        while !rest.is_empty() {
            let here = if rest.len() > ALTERNATIVES {
                ALTERNATIVES - 1
            } else {
                rest.len()
            };
            let (now, later) = rest.split_at(here);
            let id = self.program.branches.len() as u32;
            let table = self.branch_table(now, later);
            self.program.branches.push(table);
            self.push(Inst::Branch(id));
            let mut targets = Vec::with_capacity(now.len() + 1);
            for alternative in now {
                targets.push(self.here());
                self.sequence(alternative, follow);
                jumps.push(self.push(Inst::Jump(0)));
            }
            if !later.is_empty() {
                targets.push(self.here());
            }
            self.program.branches[id as usize].targets = targets.into_boxed_slice();
            rest = later;
        }
        // The last alternative runs on.
        let end = self.here();
        if jumps.last() == Some(&(end as usize - 1)) {
            jumps.pop();
            self.program.insts.pop();
        }
        let end = self.here();
        for jump in jumps {
            self.program.insts[jump] = Inst::Jump(end);
        }
    }

    fn branch_table(&self, now: &[Vec<Node>], later: &[Vec<Node>]) -> Branch {
        let mut table = Branch {
            low: Box::new([0; 256]),
            high: 0,
            end: 0,
            targets: Box::new([]),
        };
        for (i, alternative) in now.iter().enumerate() {
            let first = self.analysis.first(alternative);
            let bit = 1 << i;
            for (slot, &yes) in table.low.iter_mut().zip(&first.low) {
                if yes || first.nullable {
                    *slot |= bit;
                }
            }
            if first.high != 0 || first.nullable {
                table.high |= bit;
            }
            if first.nullable {
                table.end |= bit;
            }
        }
        if !later.is_empty() {
            let bit = 1 << now.len();
            table.low.iter_mut().for_each(|slot| *slot |= bit);
            table.high |= bit;
            table.end |= bit;
        }
        table
    }

    fn repeat_one(&mut self, greed: Greed, min: u32, max: u32, one: One, follow: Follow) {
        let next = match self.analysis.first_of_follow(follow) {
            first if first.nullable => self.literal_follow(follow),
            first => match first.single() {
                Some(byte) => Next::Char(byte as u32),
                None => match self.literal_follow(follow) {
                    Next::Unknown => Next::Table {
                        low: Box::new(first.low),
                        high: first.high != 0,
                    },
                    known => known,
                },
            },
        };
        let id = self.program.repeats.len() as u32;
        let fixed = greed == Greed::Greedy && self.analysis.never_gives_back(one, min, follow);
        let inst = match greed {
            Greed::Lazy => Inst::Lazy(id),
            Greed::Greedy if !fixed && min < max => Inst::Greedy(id),
            _ => Inst::Possessive(id),
        };
        let pc = self.push(inst) as u32 + 1;
        let max = if unlimited(max) {
            usize::MAX
        } else {
            max as usize
        };
        self.program.repeats.push(RepeatOne {
            one,
            min: min as usize,
            max,
            next,
            pc,
        });
    }

    /// The character that must come next, where a literal does.
    fn literal_follow(&self, follow: Follow) -> Next {
        let mut place = follow;
        while let Follow::Then(nodes, rest) = place {
            match nodes.iter().find(|n| !matches!(n, Node::Mark(_))) {
                Some(Node::One(One::Literal(ch))) => return Next::Char(*ch),
                Some(_) => break,
                None => place = *rest,
            }
        }
        Next::Unknown
    }

    fn new_loop(&mut self, min: u32, max: u32, body: &[Node], follow: Follow) -> usize {
        let table = self.loop_table(body, follow);
        self.program.loops.push(Loop {
            min,
            max,
            body: 0,
            tail: 0,
            low: table.0,
            high: table.1,
            end: table.2,
            nested: self.depth > 0,
            marks: sets_marks(body),
        });
        self.program.loops.len() - 1
    }

    fn loop_table(&self, body: &[Node], follow: Follow) -> (Box<[u8; 256]>, u8, u8) {
        let mut table = (Box::new([0; 256]), 0, 0);
        let mut add = |first: &First, bit: u8| {
            for (slot, &yes) in table.0.iter_mut().zip(&first.low) {
                if yes || first.nullable {
                    *slot |= bit;
                }
            }
            if first.high != 0 || first.nullable {
                table.1 |= bit;
            }
            if first.nullable {
                table.2 |= bit;
            }
        };
        add(&self.analysis.first(body), BODY);
        add(&self.analysis.first_of_follow(follow), TAIL);
        table
    }

    fn repeat(&mut self, greed: Greed, min: u32, max: u32, body: &[Node], follow: Follow) {
        if max == 0 {
            return;
        }
        if min == 1 && max == 1 {
            return self.sequence(body, follow);
        }
        let id = self.new_loop(min, max, body, follow);
        let lazy = greed == Greed::Lazy;
        if min == 0 && max == 1 {
            self.push(loop_inst(greed, true, id as u32));
            self.program.loops[id].body = self.here();
            self.sequence(body, follow);
            self.program.loops[id].tail = self.here();
            return;
        }
        let nullable = self.analysis.min_width(body) == 0;
        let simple = min <= 1 && unlimited(max) && !nullable;
        if !simple {
            self.push(Inst::LoopInit(id as u32));
        }
        // At least one iteration goes straight to the body where nothing is counted.
        let entry = (!(simple && min == 1)).then(|| self.push(Inst::Jump(0)));
        self.depth += 1;
        self.program.loops[id].body = self.here();
        self.sequence(body, Follow::Loop(body, &follow));
        self.depth -= 1;
        let until = self.push(loop_inst(
            if lazy { Greed::Lazy } else { greed },
            simple,
            id as u32,
        ));
        self.program.loops[id].tail = self.here();
        if let Some(entry) = entry {
            self.program.insts[entry] = Inst::Jump(until as u32);
        }
    }

    fn possessive(&mut self, min: u32, max: u32, body: &[Node]) {
        let id = self.new_loop(min, max, body, Follow::Unknown);
        self.push(Inst::LoopInit(id as u32));
        self.push(Inst::PossessiveTop(id as u32));
        self.program.loops[id].body = self.here();
        self.depth += 1;
        self.sequence(body, Follow::End);
        self.depth -= 1;
        self.push(Inst::PossessiveEnd(id as u32));
        self.program.loops[id].tail = self.here();
    }
}
