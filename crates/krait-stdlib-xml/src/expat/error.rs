//! Error codes, with Expat's numbers and texts.

macro_rules! codes {
    ($($ident:ident $name:literal $text:literal;)*) => {
        /// Why parsing failed.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        #[expect(dead_code, reason = "the list is Expat's; some errors cannot happen here")]
        pub enum Code { None = 0, $($ident),* }

        impl Code {
            /// The constants' names with their texts, by number from 1 on.
            pub const ALL: &[(&str, &str)] = &[$(($name, $text)),*];
        }
    };
}
codes! {
    NoMemory "XML_ERROR_NO_MEMORY" "out of memory";
    Syntax "XML_ERROR_SYNTAX" "syntax error";
    NoElements "XML_ERROR_NO_ELEMENTS" "no element found";
    InvalidToken "XML_ERROR_INVALID_TOKEN" "not well-formed (invalid token)";
    UnclosedToken "XML_ERROR_UNCLOSED_TOKEN" "unclosed token";
    PartialChar "XML_ERROR_PARTIAL_CHAR" "partial character";
    TagMismatch "XML_ERROR_TAG_MISMATCH" "mismatched tag";
    DuplicateAttribute "XML_ERROR_DUPLICATE_ATTRIBUTE" "duplicate attribute";
    JunkAfterDocElement "XML_ERROR_JUNK_AFTER_DOC_ELEMENT" "junk after document element";
    ParamEntityRef "XML_ERROR_PARAM_ENTITY_REF" "illegal parameter entity reference";
    UndefinedEntity "XML_ERROR_UNDEFINED_ENTITY" "undefined entity";
    RecursiveEntityRef "XML_ERROR_RECURSIVE_ENTITY_REF" "recursive entity reference";
    AsyncEntity "XML_ERROR_ASYNC_ENTITY" "asynchronous entity";
    BadCharRef "XML_ERROR_BAD_CHAR_REF" "reference to invalid character number";
    BinaryEntityRef "XML_ERROR_BINARY_ENTITY_REF" "reference to binary entity";
    AttributeExternalEntityRef "XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF"
        "reference to external entity in attribute";
    MisplacedXmlPi "XML_ERROR_MISPLACED_XML_PI"
        "XML or text declaration not at start of entity";
    UnknownEncoding "XML_ERROR_UNKNOWN_ENCODING" "unknown encoding";
    IncorrectEncoding "XML_ERROR_INCORRECT_ENCODING"
        "encoding specified in XML declaration is incorrect";
    UnclosedCdataSection "XML_ERROR_UNCLOSED_CDATA_SECTION" "unclosed CDATA section";
    ExternalEntityHandling "XML_ERROR_EXTERNAL_ENTITY_HANDLING"
        "error in processing external entity reference";
    NotStandalone "XML_ERROR_NOT_STANDALONE" "document is not standalone";
    UnexpectedState "XML_ERROR_UNEXPECTED_STATE"
        "unexpected parser state - please send a bug report";
    EntityDeclaredInPe "XML_ERROR_ENTITY_DECLARED_IN_PE" "entity declared in parameter entity";
    FeatureRequiresXmlDtd "XML_ERROR_FEATURE_REQUIRES_XML_DTD"
        "requested feature requires XML_DTD support in Expat";
    CantChangeFeatureOnceParsing "XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING"
        "cannot change setting once parsing has begun";
    UnboundPrefix "XML_ERROR_UNBOUND_PREFIX" "unbound prefix";
    UndeclaringPrefix "XML_ERROR_UNDECLARING_PREFIX" "must not undeclare prefix";
    IncompletePe "XML_ERROR_INCOMPLETE_PE" "incomplete markup in parameter entity";
    XmlDecl "XML_ERROR_XML_DECL" "XML declaration not well-formed";
    TextDecl "XML_ERROR_TEXT_DECL" "text declaration not well-formed";
    PublicId "XML_ERROR_PUBLICID" "illegal character(s) in public id";
    Suspended "XML_ERROR_SUSPENDED" "parser suspended";
    NotSuspended "XML_ERROR_NOT_SUSPENDED" "parser not suspended";
    Aborted "XML_ERROR_ABORTED" "parsing aborted";
    Finished "XML_ERROR_FINISHED" "parsing finished";
    SuspendPe "XML_ERROR_SUSPEND_PE" "cannot suspend in external parameter entity";
    ReservedPrefixXml "XML_ERROR_RESERVED_PREFIX_XML"
        "reserved prefix (xml) must not be undeclared or bound to another namespace name";
    ReservedPrefixXmlns "XML_ERROR_RESERVED_PREFIX_XMLNS"
        "reserved prefix (xmlns) must not be declared or undeclared";
    ReservedNamespaceUri "XML_ERROR_RESERVED_NAMESPACE_URI"
        "prefix must not be bound to one of the reserved namespace names";
    InvalidArgument "XML_ERROR_INVALID_ARGUMENT" "invalid argument";
    NoBuffer "XML_ERROR_NO_BUFFER"
        "a successful prior call to function XML_GetBuffer is required";
    AmplificationLimitBreach "XML_ERROR_AMPLIFICATION_LIMIT_BREACH"
        "limit on input amplification factor (from DTD and entities) breached";
    NotStarted "XML_ERROR_NOT_STARTED" "parser not started";
}

impl Code {
    pub fn number(self) -> i64 {
        self as u8 as i64
    }
}

/// The text of a number that is an error's.
pub fn text(number: i64) -> Option<&'static str> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    Code::ALL.get(index).map(|c| c.1)
}
