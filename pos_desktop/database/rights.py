"""Who may do what in a database, as lines of text: compared with the list kept in the repository."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import psycopg

from pos_desktop.database.manager import CONNECTION_LIMIT as MANAGER_LIMIT
from pos_desktop.database.till import CONNECTION_LIMIT as TILL_LIMIT
from pos_desktop.database.till import Connection, login_settings
from pos_desktop.paths import migrations_dir

FILE_NAME = "rights.txt"
_PEPPER = "select value from pos.setting where name = 'pepper_check'"
LIMITS = {"pos_till": TILL_LIMIT, "pos_manager": MANAGER_LIMIT}

# Each query gives lines, the same for a till's login as for the owner. An owner's rights on what is his are
# left out: they differ between versions.
_QUERIES: tuple[str, ...] = (
    # roles of the program, what they are and whose members
    """select format('role %s%s%s%s%s%s%s', rolname, case when rolcanlogin then ' login' end,
              case when rolsuper then ' superuser' end, case when rolcreaterole then ' createrole' end,
              case when rolcreatedb then ' createdb' end, case when rolreplication then ' replication' end,
              case when rolbypassrls then ' bypassrls' end)
         from pg_roles where rolname ~ '^pos_' and not rolcanlogin
           or rolname in ('pos_owner', 'pos_migrator', 'pos_till', 'pos_manager', 'pos_report', 'pos_backup',
                          'pos_keeper')""",
    """select format('member %s of %s', m.rolname, g.rolname)
         from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
        where m.rolname ~ '^pos_' and not m.rolcanlogin""",
    """select format('setting %s %s', r.rolname, c)
         from pg_db_role_setting s join pg_roles r on r.oid = s.setrole,
              unnest(s.setconfig) c where r.rolname ~ '^pos_' and not r.rolcanlogin""",
    # the database and its schemas
    """select format('database %s %s', lower(a.privilege_type), coalesce(r.rolname, 'PUBLIC'))
         from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         left join pg_roles r on r.oid = a.grantee
        where d.datname = current_database() and a.grantee <> d.datdba""",
    """select format('schema %s %s %s', n.nspname, lower(a.privilege_type), coalesce(r.rolname, 'PUBLIC'))
         from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
         left join pg_roles r on r.oid = a.grantee
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and a.grantee <> n.nspowner""",
    """select format('schema %s', nspname) from pg_namespace
        where nspname !~ '^pg_(toast|temp|catalog)' and nspname <> 'information_schema'""",
    # tables, views and sequences, whole and by column
    """select format('%s %s.%s owner %s',
              case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end,
              n.nspname, c.relname, case when o.rolsuper then 'superuser' else o.rolname end)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
        where n.nspname in ('pos', 'api', 'pos_meta', 'public')
          and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')""",
    """select format('%s %s.%s %s %s',
              case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end,
              n.nspname, c.relname, lower(a.privilege_type), coalesce(r.rolname, 'PUBLIC'))
         from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
         left join pg_roles r on r.oid = a.grantee
        where n.nspname in ('pos', 'api', 'pos_meta', 'public') and a.grantee <> c.relowner""",
    """select format('column %s.%s.%s %s %s', n.nspname, c.relname, t.attname, lower(a.privilege_type),
              coalesce(r.rolname, 'PUBLIC'))
         from pg_attribute t join pg_class c on c.oid = t.attrelid
         join pg_namespace n on n.oid = c.relnamespace, aclexplode(t.attacl) a
         left join pg_roles r on r.oid = a.grantee
        where n.nspname in ('pos', 'api', 'pos_meta')""",
    # functions: whose, with whose rights, with which settings, and who may call them
    """select format('function %s.%s(%s) owner %s%s%s', n.nspname, p.proname,
              pg_get_function_identity_arguments(p.oid),
              case when o.rolsuper then 'superuser' else o.rolname end,
              case when p.prosecdef then ' definer' end,
              ' ' || (select string_agg(c, ' ' order by c) from unnest(p.proconfig) c))
         from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles o on o.oid = p.proowner
        where n.nspname in ('pos', 'api', 'public')
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')""",
    """select format('function %s.%s(%s) execute %s', n.nspname, p.proname,
              pg_get_function_identity_arguments(p.oid), coalesce(r.rolname, 'PUBLIC'))
         from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
              aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
         left join pg_roles r on r.oid = a.grantee
        where n.nspname in ('pos', 'api', 'public') and a.grantee <> p.proowner
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')""",
    # what PostgreSQL gives to everyone and this program takes back
    """select format('closed %s (%s) %s', f.proname, count(*), f.open_to)
         from (select p.proname,
                      coalesce((select string_agg(coalesce(r.rolname, 'PUBLIC'), ' ' order by r.rolname)
                                  from aclexplode(p.proacl) a left join pg_roles r on r.oid = a.grantee
                                 where a.grantee <> p.proowner), 'nobody') as open_to
                 from pg_proc p
                 left join pg_init_privs i on i.classoid = 'pg_proc'::regclass and i.objoid = p.oid
                where p.pronamespace = 'pg_catalog'::regnamespace and p.proacl is distinct from i.initprivs
                  and not exists (select from aclexplode(p.proacl) a where a.grantee = 0)) f
        group by f.proname, f.open_to""",
    """select format('language %s %s', l.lanname, coalesce(r.rolname, 'PUBLIC'))
         from pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
         left join pg_roles r on r.oid = a.grantee where l.lanpltrusted and a.grantee <> l.lanowner""",
    """select format('default %s %s %s %s', d.defaclrole::regrole, d.defaclobjtype, lower(a.privilege_type),
              case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end)
         from pg_default_acl d, aclexplode(d.defaclacl) a""",
    # what runs by itself
    """select format('trigger %s.%s %s %s', n.nspname, c.relname, t.tgenabled, pg_get_triggerdef(t.oid))
         from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where not t.tgisinternal and n.nspname in ('pos', 'api', 'pos_meta', 'public')""",
    """select format('rule %s.%s %s', n.nspname, c.relname, r.rulename)
         from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('pos', 'api', 'pos_meta', 'public') and r.rulename <> '_RETURN'""",
    """select format('extension %s in %s', e.extname, n.nspname)
         from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname <> 'pg_stat_statements'""",
    """select 'event trigger ' || evtname from pg_event_trigger union all
       select 'foreign server ' || srvname from pg_foreign_server union all
       select 'publication ' || pubname from pg_publication union all
       select 'subscription ' || s.subname from pg_subscription s join pg_database d on d.oid = s.subdbid
        where d.datname = current_database()""",
)


@dataclass(frozen=True, slots=True)
class Drift:
    """One right that is not as the list says."""

    what: str
    line: str

    def __str__(self) -> str:
        return f"{self.what}: {self.line}"


def rights_of(connection: Connection) -> list[str]:
    """Every right this program cares about, one a line, sorted; any login may ask."""
    found: set[str] = set()
    with connection.transaction():
        connection.execute("set local search_path = pg_catalog")  # names of types depend on it
        for query in _QUERIES:
            found.update(str(row[0]) for row in connection.execute(query.encode()).fetchall())
    return sorted(found)


def read_list(folder: Path) -> list[str]:
    """The list of the repository, in the folder of the migrations."""
    return (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()


def write_list(folder: Path, lines: list[str]) -> None:
    """Make the database's rights the list."""
    (folder / FILE_NAME).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def drift_of(connection: Connection, *, current: bool) -> tuple[Drift, ...]:
    """As :func:`drift` with the program's own list; nothing for a database at another step."""
    return tuple(drift(connection, migrations_dir())) if current else ()


def drift(connection: Connection, folder: Path) -> list[Drift]:
    """What differs from the list; for the owner, also what is wrong with each login."""
    now, wanted = set(rights_of(connection)), set(read_list(folder))
    found = [Drift("missing", line) for line in sorted(wanted - now)]
    found += [Drift("not in the list", line) for line in sorted(now - wanted)]
    return found + login_drift(connection)


def known_pepper(connection: Connection) -> str:
    """The check value of the shop's pepper, for a till or the owner; "" when there is none to be had."""
    for question in ("select api.start_check()->>'pepper'", _PEPPER):
        with contextlib.suppress(psycopg.Error):
            row = connection.execute(question.encode()).fetchone()
            if row and row[0]:
                return str(row[0])
    return ""


# -- logins -----------------------------------------------------------------------------------------

_LOGINS = """
select r.rolname, g.rolname, r.rolconnlimit, s.setconfig, l.seal, l.grp,
       r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls,
       array(select o.rolname from pg_auth_members b join pg_roles o on o.oid = b.roleid
              where b.member = r.oid and o.rolname <> g.rolname)::text[]
  from pg_roles g join pg_auth_members a on a.roleid = g.oid
  join pg_roles r on r.oid = a.member and r.rolcanlogin
  left join pos.login_seal l on l.login = r.rolname
  left join pg_db_role_setting s on s.setrole = r.oid and s.setdatabase = 0
 where g.rolname = any (%s) order by r.rolname
"""


def login_drift(connection: Connection) -> list[Drift]:
    """Logins of tills and managers that are not as this program made them; nothing for who may not look."""
    found: list[Drift] = []
    try:
        rows = connection.execute(_LOGINS, [list(LIMITS)]).fetchall()
    except psycopg.errors.InsufficientPrivilege:
        return found
    for login, group, limit, settings, seal, made_in, strong, others in rows:
        said = []
        if seal is None or made_in != group:
            said.append("was not made by this program")
        if strong:
            said.append("may do more than log in (superuser, createrole, createdb, replication or bypassrls)")
        if others:
            said.append(f"is also a member of {', '.join(others)}")
        if not 0 <= limit <= LIMITS[group]:
            said.append(f"may open {limit} connections, not {LIMITS[group]}")
        said += [f"starts with {setting}" for setting in _odd_settings(group, settings)]
        found += [Drift("login", f"{login} {words}") for words in said]
    return found + _changed_passwords(connection)


def _odd_settings(group: str, settings: list[str] | None) -> list[str]:
    """What a login set for itself: a stolen one would begin with its time limits off."""
    wanted = {f"{name}={value}" for name, value in login_settings(group).items()}
    return sorted(set(settings or ()) ^ wanted)


def _changed_passwords(connection: Connection) -> list[Drift]:
    """Only a superuser may see verifiers; for anybody else this check is left out."""
    try:
        rows = connection.execute(
            "select l.login from pos.login_seal l join pg_authid a on a.rolname = l.login and a.rolcanlogin"
            " where sha256(convert_to(coalesce(a.rolpassword, ''), 'UTF8')) <> l.seal order by 1"
        ).fetchall()
    except psycopg.errors.InsufficientPrivilege:
        return []
    return [Drift("login", f"{login} has a password this program did not give it") for (login,) in rows]
