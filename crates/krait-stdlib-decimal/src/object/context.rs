//! `decimal.Context`.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::attr;
use krait_object::{
    GilCell, Layout, ModuleBuilder, Object, Owned, Py, PyResult, Str, Type, Value, class_cell,
    raise,
};

use super::signal_dict::{self, Shared};
use super::{context_methods, context_new, context_ops, signals};
use crate::number::{Context, Rounding, status};

pub struct ContextObject {
    pub shared: Shared,
    flags: OnceCell<Value>,
    traps: OnceCell<Value>,
}

pub type This = Instance<ContextObject>;

/// The context that new ones are like.
pub const DEFAULT: Context = Context {
    prec: 28,
    emax: 999_999,
    emin: -999_999,
    rounding: Rounding::HalfEven,
    clamp: false,
    capitals: true,
    traps: status::INVALID | status::DIVISION_BY_ZERO | status::OVERFLOW,
    status: 0,
};

const BASIC: Context = Context {
    prec: 9,
    rounding: Rounding::HalfUp,
    traps: DEFAULT.traps | status::UNDERFLOW | status::CLAMPED,
    ..DEFAULT
};

const EXTENDED: Context = Context {
    prec: 9,
    traps: 0,
    ..DEFAULT
};

/// DefaultContext, BasicContext, ExtendedContext.
static TEMPLATES: GilCell<OnceCell<[Owned<This>; 3]>> = GilCell::new(OnceCell::new());

pub fn body(context: Context) -> ContextObject {
    ContextObject {
        shared: Rc::new(Cell::new(context)),
        flags: OnceCell::new(),
        traps: OnceCell::new(),
    }
}

pub fn new(py: Py, context: Context) -> Owned<This> {
    Instance::new(py, body(context))
}

pub fn define_templates(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    let made = TEMPLATES
        .get(py)
        .get_or_init(|| [DEFAULT, BASIC, EXTENDED].map(|context| new(py, context)));
    for (name, template) in ["DefaultContext", "BasicContext", "ExtendedContext"]
        .into_iter()
        .zip(made)
    {
        m.value(name, Value::from(template.clone()))?;
    }
    Ok(())
}

/// What a new context begins with: the values of DefaultContext as they are now.
pub fn template(py: Py) -> Context {
    match TEMPLATES.get(py).get() {
        Some([default, ..]) => Context {
            status: 0,
            ..default.get()
        },
        None => DEFAULT,
    }
}

pub fn is_template(py: Py, context: &This) -> bool {
    let templates = TEMPLATES.get(py).get();
    templates.is_some_and(|all| all.iter().any(|t| t.as_object().is(context.as_object())))
}

impl ContextObject {
    #[inline]
    pub fn get(&self) -> Context {
        self.shared.get()
    }

    pub fn set(&self, context: Context) {
        self.shared.set(context);
    }

    /// Adds to the status; raises what is trapped of it.
    #[inline]
    pub fn add_status(&self, py: Py, bits: u32) -> PyResult<()> {
        if bits == 0 {
            return Ok(());
        }
        let mut context = self.get();
        context.status |= bits;
        self.set(context);
        let trapped = context.traps & bits;
        if trapped != 0 {
            return Err(signals::raise_signal(py, trapped));
        }
        Ok(())
    }

    /// Runs an operation, which sees a clean status.
    #[inline]
    pub fn run<R>(&self, py: Py, operation: impl FnOnce(&mut Context) -> R) -> PyResult<R> {
        let mut work = Context {
            status: 0,
            ..self.get()
        };
        let result = operation(&mut work);
        self.add_status(py, work.status)?;
        Ok(result)
    }

    fn flags(&self, py: Py) -> PyResult {
        if let Some(flags) = self.flags.get() {
            return Ok(flags.clone());
        }
        let made = signal_dict::new(py, &self.shared, false)?;
        Ok(self.flags.get_or_init(|| made).clone())
    }

    fn traps(&self, py: Py) -> PyResult {
        if let Some(traps) = self.traps.get() {
            return Ok(traps.clone());
        }
        let made = signal_dict::new(py, &self.shared, true)?;
        Ok(self.traps.get_or_init(|| made).clone())
    }
}

fn get_attribute(py: Py, this: &This, name: &Object) -> PyResult {
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "attribute name must be string");
    };
    if text.eq_str("flags") {
        return this.flags(py);
    }
    if text.eq_str("traps") {
        return this.traps(py);
    }
    match attr::generic_lookup(py, this.as_object(), text)? {
        Some(value) => Ok(value),
        None => attr::no_attribute(py, this.as_object(), text),
    }
}

fn set_attribute(py: Py, this: &This, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(text) = name.downcast::<Str>() else {
        return raise!(py, TypeError, "attribute name must be string");
    };
    let Some(object) = value else {
        return raise!(py, AttributeError, "context attributes cannot be deleted");
    };
    let value = Value::unboxed(object);
    if text.eq_str("flags") || text.eq_str("traps") {
        let bits = context_new::bits_of_assigned(py, &value)?;
        let mut context = this.get();
        if text.eq_str("traps") {
            context.traps = bits;
        } else {
            context.status = bits;
        }
        this.set(context);
        return Ok(());
    }
    attr::generic_set(py, this.as_object(), text, Some(value))
}

fn repr(py: Py, this: &This) -> PyResult<String> {
    let context = this.get();
    Ok(format!(
        "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{}], traps=[{}])",
        context.prec,
        context.rounding.name(),
        context.emin,
        context.emax,
        u8::from(context.capitals),
        u8::from(context.clamp),
        signals::names_of(py, context.status)?,
        signals::names_of(py, context.traps)?
    ))
}

impl Class for ContextObject {
    const NAME: &'static str = "decimal.Context";
    const SILENT: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc("The context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and much more.  A new context\ncan be initialized as follows:\n\n    >>> c = Context(prec=28, Emin=-425000000, Emax=425000000,\n    ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,\n    ...             traps=[InvalidOperation, DivisionByZero, Overflow],\n    ...             flags=[])\n    >>>")
            .new_bare(|py: Py, class: &Type| Instance::new_in(py, class, body(template(py))))
            .init(
                "Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
                context_new::init,
            )
            .repr(repr)
            .get_attribute(get_attribute)
            .set_attribute(set_attribute);
        context_new::define(b);
        context_methods::define(b);
        context_ops::define(b);
    }
}
