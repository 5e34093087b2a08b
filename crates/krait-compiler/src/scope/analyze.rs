//! Second pass: decides for every name of every scope where it lives.

use super::{CompKind, Resolution, Scope, ScopeId, ScopeKind, Symbol, SymbolTable, def};
use crate::ast::Name;
use crate::errors::{Compile, CompileError};
use crate::hash::Set;
use std::rc::Rc;

type Names = Set<Name>;

pub(super) fn analyze(table: &mut SymbolTable) -> Compile<()> {
    let mut analysis = Analysis { table };
    let outer = Outer {
        bound: None,
        type_params: Rc::default(),
        class: None,
    };
    analysis.block(0, outer)?;
    Ok(())
}

/// What the scopes around tell a scope. Sets are copied where one differs from that around.
#[derive(Clone)]
struct Outer {
    /// Names bound in functions around; None at module level.
    bound: Option<Rc<Names>>,
    /// Type parameters around.
    type_params: Rc<Names>,
    /// The class whose namespace an annotation scope sees.
    class: Option<ScopeId>,
}

struct Analysis<'a> {
    table: &'a mut SymbolTable,
}

impl Analysis<'_> {
    /// Analyses a scope and those in it; gives its free names.
    fn block(&mut self, id: ScopeId, mut outer: Outer) -> Compile<Names> {
        let mut free = Names::default();
        let is_class = self.table.scopes[id].kind == ScopeKind::Class;
        // A class's names are not visible in the scopes inside it.
        let around = is_class.then(|| outer.bound.clone());
        let order = std::mem::take(&mut self.table.scopes[id].order);
        for name in &order {
            let resolution = self.name(id, name, &mut outer, &mut free)?;
            if let Some(symbol) = self.table.scopes[id].symbols.get_mut(name) {
                symbol.resolution = resolution;
            }
        }
        let children = std::mem::take(&mut self.table.scopes[id].children);
        if !children.is_empty() {
            let mut inner = outer.clone();
            if let Some(around) = around {
                inner.bound = around;
            }
            let scope = &self.table.scopes[id];
            let bound = inner.bound.get_or_insert_default();
            if is_class {
                let own = ["__class__", "__classdict__", "__conditional_annotations__"];
                Rc::make_mut(bound).extend(own.into_iter().map(Name::from));
            } else if scope.is_function_like() {
                let is_local = |name: &&Name| scope.resolve(name) == Some(Resolution::Local);
                let mut locals = order.iter().filter(is_local).peekable();
                if locals.peek().is_some() {
                    Rc::make_mut(bound).extend(locals.cloned());
                }
            }
            for child in &children {
                let more = self.child(id, *child, &mut inner, outer.class)?;
                if free.is_empty() {
                    free = more;
                } else {
                    free.extend(more);
                }
            }
        }
        let scope = &mut self.table.scopes[id];
        (scope.order, scope.children) = (order, children);
        if scope.is_function_like() {
            make_cells(scope, &mut free);
        } else if is_class {
            drop_class_free(scope, &mut free);
        }
        add_free(scope, &free, outer.bound.as_deref());
        Ok(free)
    }

    fn child(
        &mut self,
        id: ScopeId,
        child: ScopeId,
        inner: &mut Outer,
        class: Option<ScopeId>,
    ) -> Compile<Names> {
        let scope = &self.table.scopes[id];
        let entry = &self.table.scopes[child];
        inner.class = match entry.can_see_class_scope {
            true if scope.kind == ScopeKind::Class => Some(id),
            true => class,
            false => None,
        };
        let inlined = !matches!(entry.comprehension, CompKind::No | CompKind::Generator)
            && !scope.can_see_class_scope;
        let mut free = self.block(child, inner.clone())?;
        if inlined {
            self.table.scopes[child].inlined = true;
            self.inline(id, child, &mut free);
            self.note_uses(id, child);
        }
        Ok(free)
    }

    /// A comprehension that is inlined reads this scope's locals directly: they need no
    /// cells on its account, only on account of functions inside it.
    fn inline(&self, id: ScopeId, child: ScopeId, free: &mut Names) {
        let scope = &self.table.scopes[id];
        let comp = &self.table.scopes[child];
        for (name, symbol) in &comp.symbols {
            if symbol.resolution != Resolution::Free {
                continue;
            }
            let bound_here = scope.flags(name) & def::BOUND != 0
                && !matches!(
                    scope.resolve(name),
                    Some(
                        Resolution::GlobalExplicit | Resolution::GlobalImplicit | Resolution::Free
                    )
                );
            if bound_here && scope.is_function_like() && !self.free_in_functions(child, name) {
                free.remove(name);
            }
        }
    }

    /// What an inlined comprehension reads of this scope is used here.
    fn note_uses(&mut self, id: ScopeId, child: ScopeId) {
        if !self.table.scopes[id].is_function_like() {
            return;
        }
        let symbols = &self.table.scopes[child].symbols;
        let read = symbols
            .iter()
            .filter(|(_, s)| s.flags & def::USE != 0 && s.flags & def::BOUND == 0);
        let names: Vec<Name> = read.map(|(name, _)| name.clone()).collect();
        for name in names {
            if let Some(symbol) = self.table.scopes[id].symbols.get_mut(&name) {
                symbol.flags |= def::USE;
            }
        }
    }

    /// Whether a function inside a comprehension (or in a comprehension inlined in it) uses
    /// the name from outside.
    fn free_in_functions(&self, comp: ScopeId, name: &str) -> bool {
        self.table.scopes[comp].children.iter().any(|child| {
            let scope = &self.table.scopes[*child];
            match scope.inlined {
                true => self.free_in_functions(*child, name),
                false => scope.resolve(name) == Some(Resolution::Free),
            }
        })
    }

    fn name(
        &self,
        id: ScopeId,
        name: &Name,
        outer: &mut Outer,
        free: &mut Names,
    ) -> Compile<Resolution> {
        let scope = &self.table.scopes[id];
        let flags = scope.flags(name);
        if flags & def::GLOBAL != 0 {
            if flags & def::NONLOCAL != 0 {
                return directive_error(scope, name, "name '{}' is nonlocal and global");
            }
            if let Some(bound) = outer.bound.as_mut().filter(|bound| bound.contains(name)) {
                Rc::make_mut(bound).remove(name);
            }
            return Ok(Resolution::GlobalExplicit);
        }
        if flags & def::NONLOCAL != 0 {
            let Some(bound) = &outer.bound else {
                let message = "nonlocal declaration not allowed at module level";
                return directive_error(scope, name, message);
            };
            if !bound.contains(name) {
                return directive_error(scope, name, "no binding for nonlocal '{}' found");
            }
            if outer.type_params.contains(name) {
                let message = "nonlocal binding not allowed for type parameter '{}'";
                return directive_error(scope, name, message);
            }
            free.insert(name.clone());
            return Ok(Resolution::Free);
        }
        if flags & def::BOUND != 0 {
            if flags & def::TYPE_PARAM != 0 {
                Rc::make_mut(&mut outer.type_params).insert(name.clone());
            } else if outer.type_params.contains(name) {
                Rc::make_mut(&mut outer.type_params).remove(name);
            }
            return Ok(Resolution::Local);
        }
        if let Some(class) = outer.class {
            let class_flags = self.table.scopes[class].flags(name);
            if class_flags & def::GLOBAL != 0 {
                return Ok(Resolution::GlobalExplicit);
            }
            if class_flags & def::BOUND != 0 && class_flags & def::NONLOCAL == 0 {
                return Ok(Resolution::GlobalImplicit);
            }
        }
        if outer
            .bound
            .as_ref()
            .is_some_and(|bound| bound.contains(name))
        {
            free.insert(name.clone());
            return Ok(Resolution::Free);
        }
        Ok(Resolution::GlobalImplicit)
    }
}

fn directive_error<T>(scope: &Scope, name: &Name, message: &str) -> Compile<T> {
    let place = scope
        .directives
        .iter()
        .find(|directive| directive.0 == *name);
    let at = place.map_or(scope.at, |directive| directive.1);
    Err(CompileError::at(at, message.replace("{}", name)))
}

/// Locals that functions inside use become cells.
fn make_cells(scope: &mut Scope, free: &mut Names) {
    if free.is_empty() {
        return;
    }
    for (name, symbol) in &mut scope.symbols {
        if symbol.resolution == Resolution::Local && free.remove(name) {
            symbol.resolution = Resolution::Cell;
        }
    }
}

fn drop_class_free(scope: &mut Scope, free: &mut Names) {
    scope.needs_class_closure |= free.remove("__class__");
    scope.needs_classdict |= free.remove("__classdict__");
    scope.has_conditional_annotations |= free.remove("__conditional_annotations__");
}

/// Names that are free in scopes inside and come from further out are free here too.
fn add_free(scope: &mut Scope, free: &Names, bound: Option<&Names>) {
    let class_like = scope.kind == ScopeKind::Class || scope.can_see_class_scope;
    if free.is_empty() {
        return;
    }
    let mut names: Vec<&Name> = free.iter().collect();
    names.sort_unstable();
    for name in names {
        match scope.symbols.get_mut(name) {
            Some(symbol) if class_like => symbol.flags |= def::FREE_CLASS,
            None if bound.is_some_and(|bound| bound.contains(name)) => {
                let symbol = Symbol {
                    flags: 0,
                    resolution: Resolution::Free,
                };
                scope.symbols.insert(name.clone(), symbol);
                scope.order.push(name.clone());
            }
            Some(_) | None => {}
        }
    }
}
