//! References to entities.

use std::rc::Rc;

use super::chars::text as as_text;
use super::dtd::{Entity, predefined};
use super::error::Code;
use super::event::{Chunk, Declaration, Event, Wants};
use super::parser::{Parsed, Parser, Source, Stage};
use super::token::{self, Reference, Scan};

impl Parser {
    /// The general entity of a name. `None` where it may be declared in what was not read.
    pub fn find_general(&mut self, name: &str) -> Parsed<Option<Entity>> {
        let dtd = self.dtd.borrow();
        let entity = dtd.general.get(name);
        if !dtd.has_parameter_refs || dtd.standalone {
            match entity {
                None => return Err(Code::UndefinedEntity),
                Some(entity) if !entity.internal => return Err(Code::EntityDeclaredInPe),
                Some(_) => {}
            }
        }
        match entity {
            Some(entity) if entity.open => Err(Code::RecursiveEntityRef),
            found => Ok(found.cloned()),
        }
    }

    pub fn set_open(&mut self, name: &str, parameter: bool, open: bool) {
        let mut dtd = self.dtd.borrow_mut();
        let table = if parameter {
            &mut dtd.parameter
        } else {
            &mut dtd.general
        };
        if let Some(entity) = table.get_mut(name) {
            entity.open = open;
        }
    }

    /// Begins to read an entity's replacement text.
    pub fn enter_source(&mut self, name: &str, text: Rc<[u8]>, parameter: bool) -> Parsed<()> {
        self.count_indirect(text.len())?;
        self.set_open(name, parameter, true);
        self.sources.push(Source {
            text,
            pos: 0,
            name: name.to_string(),
            parameter,
            depth: self.tags.len(),
        });
        Ok(())
    }

    pub fn leave_source(&mut self) {
        if let Some(source) = self.sources.pop() {
            self.set_open(&source.name, source.parameter, false);
        }
    }

    pub fn content_reference(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let (found, end) = token::reference(text, pos + 1, self.namespaces.is_some())?;
        self.advance_to(end);
        let raw = &text[pos..end];
        match found {
            Reference::Character(None) => return Ok(Err(Code::BadCharRef)),
            Reference::Character(Some(c)) => {
                self.emit_text(wants, Chunk::Made(c.to_string()), raw);
            }
            Reference::Entity(name) => match predefined(&text[name.clone()]) {
                Some(c) => self.emit_text(wants, Chunk::Made(c.to_string()), raw),
                None => return Ok(self.content_entity(as_text(&text[name]), raw, wants)),
            },
        }
        Ok(Ok(true))
    }

    fn content_entity(&mut self, name: &str, raw: &[u8], wants: &Wants) -> Parsed<bool> {
        let entity = self.find_general(name)?;
        let expand = wants.expand || !wants.default;
        match entity {
            None => self.skip_entity(name, false, raw, wants),
            Some(entity) if entity.notation.is_some() => return Err(Code::BinaryEntityRef),
            Some(Entity { text: Some(_), .. }) if !expand => {
                self.skip_entity(name, false, raw, wants);
            }
            Some(Entity {
                text: Some(text), ..
            }) => self.enter_source(name, text, false)?,
            Some(entity) if wants.external_entity_ref => {
                let context = self.entity_context(name);
                self.emit(Declaration::ExternalEntityRef {
                    context: Some(context),
                    base: entity.base,
                    system: entity.system,
                    public: entity.public,
                });
            }
            Some(_) => self.emit_default(wants, raw),
        }
        Ok(true)
    }

    fn skip_entity(&mut self, name: &str, parameter: bool, raw: &[u8], wants: &Wants) {
        if wants.skipped_entity {
            self.emit(Event::SkippedEntity {
                name: name.to_string(),
                parameter,
            });
        } else {
            self.emit_default(wants, raw);
        }
    }

    /// What a parser for an external entity must know: namespaces and open entities.
    fn entity_context(&self, name: &str) -> String {
        let mut parts = match &self.namespaces {
            Some(namespaces) => {
                let mut parts = vec![format!("xml={}", super::namespaces::XML_URI)];
                parts.extend(namespaces.context());
                parts
            }
            None => Vec::new(),
        };
        let dtd = self.dtd.borrow();
        let open = dtd.general.iter().filter(|(_, entity)| entity.open);
        parts.extend(open.map(|(name, _)| name.clone()));
        parts.push(name.to_string());
        parts.join("\u{c}")
    }

    /// A `%name;` between declarations.
    pub fn parameter_reference(
        &mut self,
        text: &[u8],
        pos: usize,
        wants: &Wants,
    ) -> Result<Parsed<bool>, Scan> {
        let name_end = token::name(text, pos + 1, self.namespaces.is_some())?;
        if token::byte(text, name_end)? != b';' {
            return Err(Scan::Invalid(name_end));
        }
        self.advance_to(name_end + 1);
        let name = as_text(&text[pos + 1..name_end]);
        Ok(self.parameter_entity(name, &text[pos..name_end + 1], wants))
    }

    fn parameter_entity(&mut self, name: &str, raw: &[u8], wants: &Wants) -> Parsed<bool> {
        let (entity, complete, standalone) = {
            let mut dtd = self.dtd.borrow_mut();
            let complete = if dtd.standalone {
                self.sources.is_empty()
            } else {
                !dtd.has_parameter_refs
            };
            dtd.has_parameter_refs = true;
            if self.parameter_parsing == 0 {
                dtd.keep_processing = dtd.standalone;
            }
            (dtd.parameter.get(name).cloned(), complete, dtd.standalone)
        };
        if self.parameter_parsing == 0 {
            self.emit_default(wants, raw);
            if !standalone && wants.not_standalone {
                self.emit(Event::NotStandalone);
            }
            return Ok(true);
        }
        let Some(entity) = entity else {
            if complete && self.stage == Stage::InternalSubset {
                return Err(Code::UndefinedEntity);
            }
            self.dtd.borrow_mut().keep_processing = standalone;
            self.skip_entity(name, true, raw, wants);
            return Ok(true);
        };
        if entity.open {
            return Err(Code::RecursiveEntityRef);
        }
        match entity.text {
            Some(text) => self.enter_source(name, text, true)?,
            None if wants.external_entity_ref => {
                self.emit(Declaration::ExternalEntityRef {
                    context: None,
                    base: entity.base,
                    system: entity.system,
                    public: entity.public,
                });
            }
            None => {
                self.dtd.borrow_mut().keep_processing = standalone;
                self.emit_default(wants, raw);
            }
        }
        Ok(true)
    }
}
