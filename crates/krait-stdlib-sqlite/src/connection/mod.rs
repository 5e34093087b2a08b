//! `sqlite3.Connection`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use krait_object::gc::{Trace, Visitor};
use krait_object::native::{Args, Class, KwArgs, TypeBuilder};
use krait_object::types::weakref::WeakRef;
use krait_object::{
    Builtin, Bytes, Instance, Layout, ModuleBuilder, Owned, Py, PyResult, Str, Type, Value,
    class_cell, errors as core_errors, protocol, raise,
};
use krait_sqlite::Database;

use crate::cache::Cache;
use crate::errors::{self, Kind};
use crate::statement::Statement;

mod attributes;
mod backup;
mod hooks;
mod image;
mod limits;
mod open;
pub mod transactions;
mod work;

pub const PARSE_DECLTYPES: i32 = 1;
pub const PARSE_COLNAMES: i32 = 2;

/// The transactions of old: begun before changes, unless `isolation_level` is None.
const LEGACY: i32 = -1;
const AUTOCOMMIT_OFF: i32 = 0;
const AUTOCOMMIT_ON: i32 = 1;

/// How texts become objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TextFactory {
    Str,
    Bytes,
    /// Called with bytes.
    Other,
}

/// A connection.
pub struct Connection {
    database: RefCell<Option<Database>>,
    initialized: Cell<bool>,
    cache: RefCell<Cache>,
    pub detect_types: Cell<i32>,
    autocommit: Cell<i32>,
    /// What `BEGIN` is followed by; None where nothing is begun.
    isolation_level: Cell<Option<&'static str>>,
    /// The thread that may use it, or 0 for all.
    thread: Cell<u64>,
    row_factory: RefCell<Value>,
    pub text_factory: RefCell<Value>,
    text_kind: Cell<TextFactory>,
    /// Open blobs, which are closed with it.
    blobs: RefCell<Vec<Owned<WeakRef>>>,
}

pub type This = Instance<Connection>;

/// A number of the running thread.
fn thread_number() -> u64 {
    thread_local! {
        static MARK: u8 = const { 0 };
    }
    // The address of what only this thread has.
    MARK.with(|mark| std::ptr::from_ref(mark).addr() as u64)
}

impl Connection {
    fn empty() -> Connection {
        Connection {
            database: RefCell::default(),
            initialized: Cell::new(false),
            cache: RefCell::new(Cache::new(0)),
            detect_types: Cell::new(0),
            autocommit: Cell::new(LEGACY),
            isolation_level: Cell::new(Some("")),
            thread: Cell::new(0),
            row_factory: RefCell::new(Value::none()),
            text_factory: RefCell::new(Value::from(Str::type_object().to_owned())),
            text_kind: Cell::new(TextFactory::Str),
            blobs: RefCell::default(),
        }
    }

    /// The open database.
    pub fn database(&self, py: Py) -> PyResult<Database> {
        if !self.initialized.get() {
            let text = "Base Connection.__init__ not called.";
            return errors::raise(py, Kind::Programming, text);
        }
        match &*self.database.borrow() {
            Some(database) => Ok(database.clone()),
            None => {
                let text = "Cannot operate on a closed database.";
                errors::raise(py, Kind::Programming, text)
            }
        }
    }

    /// The database, where this thread may use it.
    pub fn own_database(&self, py: Py) -> PyResult<Database> {
        self.check_thread(py)?;
        self.database(py)
    }

    pub fn check_thread(&self, py: Py) -> PyResult<()> {
        let own = self.thread.get();
        if own == 0 || own == thread_number() {
            return Ok(());
        }
        let text = format!(
            "SQLite objects created in a thread can only be used in that same thread. The object \
             was created in thread id {own} and this is thread id {}.",
            thread_number()
        );
        errors::raise(py, Kind::Programming, &text)
    }

    pub fn is_legacy(&self) -> bool {
        self.autocommit.get() == LEGACY
    }

    pub fn text_factory_kind(&self) -> TextFactory {
        self.text_kind.get()
    }

    /// A statement that is not running: a kept one or a new one.
    pub fn statement(&self, py: Py, sql: &Str) -> PyResult<Rc<Statement>> {
        let kept = self.cache.borrow().get(sql);
        if let Some(kept) = kept {
            let busy = kept.handle.as_ref().is_some_and(|h| h.is_busy());
            // A statement that two read from must be two statements.
            if !busy && Rc::strong_count(&kept) <= 2 {
                return Ok(kept);
            }
            return self.new_statement(py, sql);
        }
        let made = self.new_statement(py, sql)?;
        let dropped = self.cache.borrow().put(sql, made.clone());
        drop(dropped);
        Ok(made)
    }

    fn new_statement(&self, py: Py, sql: &Str) -> PyResult<Rc<Statement>> {
        let database = self.database(py)?;
        Statement::new(py, &database, sql).map(Rc::new)
    }

    pub fn add_blob(&self, blob: Owned<WeakRef>) {
        let mut blobs = self.blobs.borrow_mut();
        blobs.retain(|b| !b.is_dead());
        blobs.push(blob);
    }

    fn reset_factories(&self) {
        let old = self.row_factory.replace(Value::none());
        drop(old);
        let str_type = Value::from(Str::type_object().to_owned());
        let old = self.text_factory.replace(str_type);
        drop(old);
        self.text_kind.set(TextFactory::Str);
    }

    /// Gives up the database and what is made from it.
    fn give_up(&self) {
        let blobs = self.blobs.take();
        for blob in blobs.iter().filter_map(|b| b.upgrade()) {
            if let Some(blob) = blob.downcast::<Instance<crate::blob::Blob>>() {
                blob.shut();
            }
        }
        drop(blobs);
        self.cache.borrow().clear();
        let database = self.database.take();
        drop(database);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.give_up();
    }
}

fn close(py: Py, this: &This) -> PyResult<()> {
    this.check_thread(py)?;
    if !this.initialized.get() {
        let text = "Base Connection.__init__ not called.";
        return errors::raise(py, Kind::Programming, text);
    }
    let mut result = Ok(());
    let database = this.database.borrow().clone();
    if let Some(database) = database {
        // What is open is not kept.
        if this.autocommit.get() == AUTOCOMMIT_OFF && !database.is_autocommit() {
            result = transactions::run(py, &database, "ROLLBACK");
        }
    }
    this.give_up();
    result
}

fn finalize(py: Py, this: &This) {
    if !this.initialized.get() || this.database.borrow().is_none() {
        return;
    }
    let saved = py.thread().take_exception();
    let shown = protocol::repr::repr_object(py, this.as_object());
    let warned = shown.and_then(|text| {
        let text = format!("unclosed database in {}", text.to_rust());
        core_errors::warn_of_resource(py, &text, this.as_object())
    });
    if warned.is_err() {
        core_errors::write_unraisable(py, None, Some(this.as_object()));
    }
    if this.autocommit.get() == AUTOCOMMIT_OFF {
        let database = this.database.borrow().clone();
        if let Some(database) = database
            && !database.is_autocommit()
        {
            database.execute("ROLLBACK");
        }
    }
    if let Some(saved) = saved {
        py.thread().set_exception(saved);
    }
}

impl Class for Connection {
    const NAME: &'static str = "sqlite3.Connection";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.subclassable()
            .doc("SQLite database connection object.")
            .new_with(
                "Connection(*args, **kwargs)",
                |py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                    Instance::new_in(py, class, Connection::empty())
                },
            )
            .init(open::SIGNATURE, open::init)
            .finalize(finalize)
            .method("close($self, /)", close);
        attributes::define(b);
        backup::define(b);
        hooks::define(b);
        image::define(b);
        limits::define(b);
        transactions::define(b);
        work::define(b);
        crate::functions::define(b);
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for place in [&self.row_factory, &self.text_factory] {
            if let Ok(value) = place.try_borrow() {
                value.trace(visitor);
            }
        }
    }

    fn clear(&self) {
        for place in [&self.row_factory, &self.text_factory] {
            let old = place.replace(Value::none());
            drop(old);
        }
    }
}

/// How a text factory is called.
fn text_kind(factory: &Value) -> TextFactory {
    if factory.is_object(Str::type_object().as_object()) {
        TextFactory::Str
    } else if factory.is_object(Bytes::type_object().as_object()) {
        TextFactory::Bytes
    } else {
        TextFactory::Other
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    open::define(m)?;
    m.function(
        "complete_statement($module, /, statement)",
        |py: Py, text: String| match std::ffi::CString::new(text) {
            Ok(text) => Ok(krait_sqlite::is_complete(&text)),
            Err(_) => raise!(py, ValueError, "embedded null character"),
        },
    )?;
    Ok(())
}
