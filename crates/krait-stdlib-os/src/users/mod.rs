//! `pwd` and `grp`: the user and group databases.

use krait_object::native::module::NativeModule;
use krait_object::protocol::number;
use krait_object::types::structseq;
use krait_object::{Layout, List, ModuleBuilder, Owned, Py, PyResult, Str, Value, raise};
use krait_sys::users::{self as sys, Group, User};

use crate::blocking::os;
use crate::numbers::{Gid, Uid, id_value};
use crate::paths::{decode, encode};

pub const PWD: NativeModule = NativeModule {
    name: "pwd",
    init: init_pwd,
};
pub const GRP: NativeModule = NativeModule {
    name: "grp",
    init: init_grp,
};

structseqs! {
    struct_passwd "pwd.struct_passwd" "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple." 7 [
        "pw_name" "user name",
        "pw_passwd" "password",
        "pw_uid" "user id",
        "pw_gid" "group id",
        "pw_gecos" "real name",
        "pw_dir" "home directory",
        "pw_shell" "shell program",
    ];
    struct_group "grp.struct_group" "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n" 4 [
        "gr_name" "group name",
        "gr_passwd" "password",
        "gr_gid" "group id",
        "gr_mem" "group members",
    ];
}

fn user(py: Py, u: &User) -> PyResult<Owned> {
    let text = |bytes: &[u8]| Value::from(decode(bytes));
    let values = [
        text(&u.name),
        text(&u.password),
        id_value(u.uid),
        id_value(u.gid),
        text(&u.gecos),
        text(&u.home),
        text(&u.shell),
    ];
    structseq::make(py, struct_passwd(py), values)
}

fn group(py: Py, g: &Group) -> PyResult<Owned> {
    let members = List::from_values(g.members.iter().map(|m| Value::from(decode(m))));
    let values = [
        Value::from(decode(&g.name)),
        Value::from(decode(&g.password)),
        id_value(g.gid),
        Value::from(members),
    ];
    structseq::make(py, struct_group(py), values)
}

/// A name as C takes it.
fn c_name(py: Py, name: &Str) -> PyResult<std::ffi::CString> {
    match std::ffi::CString::new(encode(py, name)?) {
        Ok(c) => Ok(c),
        Err(_) => raise!(py, ValueError, "embedded null byte"),
    }
}

fn getpwuid(py: Py, uid: &Value) -> PyResult<Owned> {
    let id = match Uid::of(py, uid) {
        Ok(id) => id,
        Err(raised) => {
            // A number that no user can have is not found, rather than wrong.
            if krait_object::errors::take_if(py, &krait_object::exceptions::OverflowError).is_some()
            {
                return raise!(py, KeyError, "getpwuid(): uid not found");
            }
            return Err(raised);
        }
    };
    match os(py, py.allow_threads(|| sys::user_by_id(id)))? {
        Some(found) => user(py, &found),
        None => raise!(
            py,
            KeyError,
            "getpwuid(): uid not found: {}",
            number::int_of(&id_value(id)).unwrap_or(-1)
        ),
    }
}

fn getpwnam(py: Py, name: &Str) -> PyResult<Owned> {
    let c = c_name(py, name)?;
    match os(py, py.allow_threads(|| sys::user_by_name(&c)))? {
        Some(found) => user(py, &found),
        None => {
            let shown = krait_object::protocol::repr(py, &Value::from(name.to_owned_str()))?;
            raise!(
                py,
                KeyError,
                "getpwnam(): name not found: {}",
                shown.to_rust()
            )
        }
    }
}

fn getgrgid(py: Py, gid: Gid) -> PyResult<Owned> {
    match os(py, py.allow_threads(|| sys::group_by_id(gid.0)))? {
        Some(found) => group(py, &found),
        None => raise!(
            py,
            KeyError,
            "getgrgid(): gid not found: {}",
            number::int_of(&id_value(gid.0)).unwrap_or(-1)
        ),
    }
}

fn getgrnam(py: Py, name: &Str) -> PyResult<Owned> {
    let c = c_name(py, name)?;
    match os(py, py.allow_threads(|| sys::group_by_name(&c)))? {
        Some(found) => group(py, &found),
        None => {
            let shown = krait_object::protocol::repr(py, &Value::from(name.to_owned_str()))?;
            raise!(
                py,
                KeyError,
                "getgrnam(): name not found: {}",
                shown.to_rust()
            )
        }
    }
}

fn init_pwd(m: &ModuleBuilder) -> PyResult<()> {
    m.value("struct_passwd", Value::from(struct_passwd(m.py).to_owned()))?
        .function("getpwuid($module, uidobj, /)", getpwuid)?
        .function("getpwnam($module, name, /)", getpwnam)?
        .function("getpwall()", |py: Py| -> PyResult<Owned<List>> {
            let list = List::new();
            for u in py.allow_threads(sys::all_users) {
                list.push(user(py, &u)?);
            }
            Ok(list)
        })?;
    Ok(())
}

fn init_grp(m: &ModuleBuilder) -> PyResult<()> {
    m.value("struct_group", Value::from(struct_group(m.py).to_owned()))?
        .function("getgrgid($module, /, id)", getgrgid)?
        .function("getgrnam($module, /, name)", getgrnam)?
        .function("getgrall()", |py: Py| -> PyResult<Owned<List>> {
            let list = List::new();
            for g in py.allow_threads(sys::all_groups) {
                list.push(group(py, &g)?);
            }
            Ok(list)
        })?;
    Ok(())
}
