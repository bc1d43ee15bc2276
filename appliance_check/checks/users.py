"""Can the attendee log in, and nobody else; and is the attendee's home the attendee's?"""

import os
import stat
from pathlib import Path

from ..check import Check
from ..context import Context
from ..programs import jupyter, services
from ..result import Result, failed, passed, warned

# Shells that let nobody in (and Debian's account `sync`, which only flushes disks).
NO_LOGIN = ("/nologin", "/false", "/sync")
LOCKED = ("!", "*")  # how the hash of a password that opens nothing begins (shadow(5))
ADMINISTRATORS = "sudo"


class Users(Check):
    id = "users"
    title = "Users and permissions"
    group = "Machine"
    proves = (
        "Only root and the attendee can log in, each with a password or none that opens; the "
        "attendee may use sudo, owns the home folder and runs Jupyter; in a container nothing "
        "runs as root. (What /etc/shadow says only root can prove.)"
    )
    matters = (
        "Notebooks are not saved in a folder of somebody else's, and an account too many is a way "
        "in."
    )
    remedy = "`getent passwd` shows all accounts; `sudo deluser NAME` removes one."
    seconds = 0.1
    as_root = True

    def run(self, context: Context) -> Result:
        name = context.description["user"]["name"]
        accounts = [line.split(":") for line in _lines(context, "/etc/passwd")]
        evidence = {"can_log_in": [each[0] for each in accounts if _has_shell(each)]}
        for look in (_accounts, _administrators, _programs):
            if problem := look(context, name, accounts):
                return failed(*problem, **evidence)
        shadow = _shadow(context, name)
        evidence["passwords"] = "only root can look" if shadow is None else shadow or "as designed"
        if shadow:
            return failed(shadow, f"`sudo passwd --lock NAME`; for {name}, `passwd`", **evidence)
        for folder in (context.home, context.home / "notebooks"):
            if problem := folder.exists() and _not_owned(context, folder, name, accounts):
                return failed(problem, f"`sudo chown -R {name}: ~{name}`", **evidence)
        if not context.in_container and (loose := _loose(context.home)):
            return warned(loose, f"`chmod go-w {context.home}`", **evidence)
        looked = "" if shadow is None else ", passwords as designed"
        return passed(f"only {name} and root; the home folder is {name}'s{looked}", **evidence)


def _lines(context: Context, path: str) -> list[str]:
    text = context.at(path).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _has_shell(account: list[str]) -> bool:
    return not account[6].endswith(NO_LOGIN)


def _accounts(context: Context, name: str, accounts: list[list[str]]) -> tuple[str, ...] | None:
    """Who is there, and whether each needs a password."""
    for user, password, uid, *_ in accounts:
        if password != "x":
            return f"{user} needs no password, or has it in /etc/passwd", f"`sudo passwd {user}`"
        if uid == "0" and user != "root":
            return (f"{user} has root's number, 0",)
    if strangers := [each[0] for each in accounts if _has_shell(each) and each[0] != "root"]:
        strangers = [user for user in strangers if user != name]
    if strangers:
        return (f"{', '.join(strangers)} can log in, too",)
    uids = {user: int(uid) for user, _, uid, *_ in accounts}
    wanted = context.description["user"]["uid"]
    if uids.get(name) != wanted:
        found = f"has the number {uids[name]}, not {wanted}" if name in uids else "is no user here"
        return f"{name} {found}", "Import the appliance again: an account was changed."
    return None


def _administrators(context: Context, name: str, accounts) -> tuple[str, ...] | None:
    groups = {line.split(":")[0]: line.split(":")[3] for line in _lines(context, "/etc/group")}
    members = [each for each in groups.get(ADMINISTRATORS, "").split(",") if each]
    if name not in members:
        return (
            f"{name} may not use sudo",
            f"Start the appliance in recovery mode and add {name} to the group {ADMINISTRATORS}, "
            "or import it again.",
        )
    if others := [each for each in members if each != name]:
        return f"{', '.join(others)} may use sudo, too", f"`sudo deluser NAME {ADMINISTRATORS}`"
    return None


def _programs(context: Context, name: str, accounts) -> tuple[str, ...] | None:
    """Whose rights the services have: in a container any but root's, else the attendee's."""
    if context.in_container:
        as_root = [program for program in services(context.proc) if program.uid == 0]
        if as_root:
            words = " ".join(as_root[0].words[:2])
            return f"{words} runs as root", "Start the container without `--user 0`."
        return None
    server = jupyter(context.proc)
    if server and server.uid != context.description["user"]["uid"]:
        return (
            f"Jupyter runs as user {server.uid}, not as {name}",
            "`sudo systemctl restart jupyter`",
        )
    return None


def _shadow(context: Context, name: str) -> str | None:
    """What is wrong with the passwords, "" if nothing; None where only root may look."""
    try:
        hashes = dict(line.split(":")[:2] for line in _lines(context, "/etc/shadow"))
    except PermissionError:
        return None
    for user, value in hashes.items():
        if not value:
            return f"{user} has an empty password"
        opens = not value.startswith(LOCKED)
        if opens and (user != name or context.in_container):
            return f"{user} has a password that opens"
        if user == name and not opens and not context.in_container:
            return f"{name}'s password is locked"
    return ""


def _not_owned(context: Context, folder: Path, name: str, accounts) -> str:
    """Why the attendee cannot work in a folder. A container may run as anybody."""
    if context.in_container:
        return "" if os.access(folder, os.R_OK | os.W_OK | os.X_OK) else f"{folder} cannot be used"
    status, uid = folder.stat(), context.description["user"]["uid"]
    if status.st_uid != uid:
        return f"{folder} belongs to user {status.st_uid}, not to {name}"
    if status.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        return f"{folder} has the mode {status.st_mode & 0o7777:o}, which shuts {name} out"
    return ""


def _loose(home: Path) -> str:
    if home.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others may write to {home}"
    return ""
