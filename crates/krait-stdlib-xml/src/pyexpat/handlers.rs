//! The handlers of a parser.

use std::cell::{Cell, RefCell};

use krait_object::Value;
use krait_object::gc::Visitor;

use crate::expat::Wants;

macro_rules! handlers {
    ($($ident:ident $name:literal $field:ident;)*) => {
        /// A kind of handler.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Handler { $($ident),* }

        /// All kinds with the names of their attributes.
        pub const ALL: &[(Handler, &str)] = &[$((Handler::$ident, $name)),*];

        impl Handlers {
            /// What the parser is to report.
            fn wanted(&self) -> Wants {
                let mut wants = Wants::default();
                let handlers = self.functions.borrow();
                $(wants.$field |= handlers[Handler::$ident as usize].is_some();)*
                wants.expand = self.expand.get();
                wants
            }
        }
    };
}
handlers! {
    StartElement "StartElementHandler" start_element;
    EndElement "EndElementHandler" end_element;
    ProcessingInstruction "ProcessingInstructionHandler" instruction;
    CharacterData "CharacterDataHandler" text;
    UnparsedEntityDecl "UnparsedEntityDeclHandler" unparsed_entity_decl;
    NotationDecl "NotationDeclHandler" notation_decl;
    StartNamespaceDecl "StartNamespaceDeclHandler" start_namespace;
    EndNamespaceDecl "EndNamespaceDeclHandler" end_namespace;
    Comment "CommentHandler" comment;
    StartCdataSection "StartCdataSectionHandler" start_cdata;
    EndCdataSection "EndCdataSectionHandler" end_cdata;
    Default "DefaultHandler" default;
    DefaultExpand "DefaultHandlerExpand" default;
    NotStandalone "NotStandaloneHandler" not_standalone;
    ExternalEntityRef "ExternalEntityRefHandler" external_entity_ref;
    StartDoctypeDecl "StartDoctypeDeclHandler" start_doctype;
    EndDoctypeDecl "EndDoctypeDeclHandler" end_doctype;
    EntityDecl "EntityDeclHandler" entity_decl;
    XmlDecl "XmlDeclHandler" xml_decl;
    ElementDecl "ElementDeclHandler" element_decl;
    AttlistDecl "AttlistDeclHandler" attlist_decl;
    SkippedEntity "SkippedEntityHandler" skipped_entity;
}

/// The functions that were set.
pub struct Handlers {
    functions: RefCell<Vec<Option<Value>>>,
    wants: Cell<Wants>,
    /// The default handler that was set last lets entities be expanded.
    expand: Cell<bool>,
}

impl Handlers {
    pub fn new() -> Handlers {
        Handlers {
            functions: RefCell::new(vec![None; ALL.len()]),
            wants: Cell::new(Wants::default()),
            expand: Cell::new(true),
        }
    }

    pub fn get(&self, handler: Handler) -> Option<Value> {
        self.functions.borrow()[handler as usize].clone()
    }

    pub fn set(&self, handler: Handler, function: Option<Value>) {
        match handler {
            Handler::Default => self.expand.set(function.is_none()),
            Handler::DefaultExpand => self.expand.set(true),
            _ => {}
        }
        let old = std::mem::replace(&mut self.functions.borrow_mut()[handler as usize], function);
        self.wants.set(self.wanted());
        drop(old);
    }

    pub fn wants(&self) -> Wants {
        self.wants.get()
    }

    pub fn copy(&self) -> Handlers {
        Handlers {
            functions: RefCell::new(self.functions.borrow().clone()),
            wants: Cell::new(self.wants.get()),
            expand: Cell::new(self.expand.get()),
        }
    }

    pub fn clear(&self) {
        let old = std::mem::replace(&mut *self.functions.borrow_mut(), vec![None; ALL.len()]);
        self.wants.set(self.wanted());
        drop(old);
    }

    pub fn traverse(&self, visitor: &mut Visitor) {
        for function in self.functions.borrow().iter().flatten() {
            visitor.field(function);
        }
    }
}
