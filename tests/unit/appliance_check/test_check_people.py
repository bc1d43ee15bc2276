"""users and leftovers, with a small root file system made up."""

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from appliance_check.checks.leftovers import LAYERS, LEFT, Leftovers
from appliance_check.checks.users import Users
from appliance_check.context import Context
from appliance_check.result import Status

ROOT = "root:x:0:0:root:/root:/bin/bash"
SYNC = "sync:x:4:65534:sync:/bin:/bin/sync"
SSHD = "sshd:x:102:65534::/run/sshd:/usr/sbin/nologin"
HASH = "$6$appliance$something"


@pytest.fixture
def put(context):
    """Writes a file of the small system."""

    def write(path: str, text: str = "something\n"):
        file = context.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


@pytest.fixture
def people(context, put) -> Context:
    """The accounts as the roles make them; the caller's files are the attendee's."""
    uid = os.getuid() or 1000
    context.description["user"] |= {"name": "user", "uid": uid}
    if os.getuid() == 0:
        for path in (context.home, context.home / "notebooks"):
            os.chown(path, uid, uid)
    context.home.chmod(0o755)
    put("etc/passwd", "\n".join([ROOT, SYNC, SSHD, account("user", uid)]) + "\n")
    put("etc/group", f"root:x:0:\nsudo:x:27:user\nuser:x:{uid}:\n")
    put("etc/shadow", shadow())
    return context


def account(name: str, uid: int, password: str = "x", shell: str = "/bin/bash") -> str:
    return f"{name}:{password}:{uid}:{uid}::/home/{name}:{shell}"


def shadow(**hashes: str) -> str:
    """Its lines, with some hashes changed."""
    found = {"root": "*", "sync": "*", "sshd": "!", "user": HASH} | hashes
    return "".join(f"{name}:{value}:20000:0:99999:7:::\n" for name, value in found.items())


def add(people: Context, line: str) -> None:
    with (people.root / "etc" / "passwd").open("a") as file:
        file.write(line + "\n")


def program(context: Context, pid: int, uid: int, *words: str) -> None:
    """A process of somebody."""
    folder = context.proc / str(pid)
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes(b"\0".join(word.encode() for word in words) + b"\0")
    (folder / "status").write_text(f"Name:\tx\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n")


def fails(context: Context, words: str) -> None:
    result = Users().run(context)
    assert result.status == Status.FAIL
    assert words in result.message


def test_accounts_as_designed_pass(people):
    program(people, 50, people.description["user"]["uid"], "python3", "/x/workshop-jupyter")
    result = Users().run(people)
    assert result.status == Status.PASS, result.message
    assert "passwords as designed" in result.message


def test_one_more_who_can_log_in_is_named(people):
    add(people, account("bob", 1234))
    fails(people, "bob can log in, too")


def test_one_more_who_cannot_is_no_fault(people):
    add(people, account("daemon2", 1234, shell="/usr/sbin/nologin"))
    assert Users().run(people).status == Status.PASS


def test_a_second_root_is_named(people):
    add(people, account("toor", 0, shell="/usr/sbin/nologin"))
    fails(people, "toor has root's number")


def test_an_account_without_a_password_is_named(people):
    add(people, account("guest", 1234, password="", shell="/usr/sbin/nologin"))
    fails(people, "guest needs no password")


def test_an_attendee_of_another_number_or_of_none(people):
    people.description["user"]["uid"] += 1
    fails(people, "has the number")
    people.description["user"]["name"] = "someone"
    (people.root / "etc" / "passwd").write_text(ROOT + "\n")
    fails(people, "someone is no user here")


@pytest.mark.parametrize(
    ("members", "words"), [("", "user may not use sudo"), ("user,bob", "bob may use sudo, too")]
)
def test_sudo_is_for_the_attendee_alone(people, put, members, words):
    put("etc/group", f"sudo:x:27:{members}\n")
    fails(people, words)


@pytest.mark.parametrize(
    ("hashes", "words"),
    [
        ({"root": HASH}, "root has a password that opens"),
        ({"sshd": ""}, "sshd has an empty password"),
        ({"user": ""}, "user has an empty password"),
        ({"user": "!" + HASH}, "user's password is locked"),
    ],
)
def test_passwords_that_open_are_the_attendees_alone(people, put, hashes, words):
    put("etc/shadow", shadow(**hashes))
    fails(people, words)


def test_what_only_root_may_read_is_not_claimed(people, monkeypatch):
    genuine = type(people.root).read_text

    def read(path, *arguments, **keywords):
        if path.name == "shadow":
            raise PermissionError(13, "Permission denied")
        return genuine(path, *arguments, **keywords)

    monkeypatch.setattr(type(people.root), "read_text", read)
    result = Users().run(people)
    assert result.status == Status.PASS
    assert "passwords" not in result.message
    assert result.evidence["passwords"] == "only root can look"


def test_the_machines_password_opens_no_container(people, put):
    container = replace(people, profile="cpu")
    fails(container, "user has a password that opens")
    put("etc/shadow", shadow(user="!" + HASH))
    assert Users().run(container).status == Status.PASS


def test_nothing_in_a_container_runs_as_root(people, put):
    put("etc/shadow", shadow(user="!" + HASH))
    container = replace(people, profile="cuda")
    program(people, 1, 0, "/sbin/init")  # the host's, seen with --pid host
    program(people, 60, 4321, "sshd", "-D", "-f", "/etc/workshop/sshd_config")  # --user 4321
    assert Users().run(container).status == Status.PASS
    program(people, 61, 0, "supervisord", "--configuration", "/etc/workshop/supervisord.conf")
    fails(container, "runs as root")


def test_jupyter_is_the_attendees_in_the_machine(people):
    program(people, 50, 0, "python3", "/x/workshop-jupyter")
    fails(people, "Jupyter runs as user 0")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
@pytest.mark.parametrize("name", [".", "notebooks"])
def test_a_folder_of_somebody_elses_is_named(people, name):
    os.chown(people.home / name, 4321, 4321)
    fails(people, "belongs to user 4321")
    container = replace(people, profile="cpu")  # which may run as that user
    (people.root / "etc" / "shadow").write_text(shadow(user="!" + HASH))
    assert Users().run(container).status == Status.PASS


def test_a_folder_that_shuts_the_attendee_out_is_named(people):
    (people.home / "notebooks").chmod(0o500)
    fails(people, "has the mode 500")


def test_a_home_that_others_may_write_to_warns(people):
    people.home.chmod(0o777)
    assert Users().run(people).status == Status.WARN
    container = replace(people, profile="cpu")  # Docker Desktop shows mounted folders like that
    (people.root / "etc" / "shadow").write_text(shadow(user="!" + HASH))
    assert Users().run(container).status == Status.PASS


@pytest.fixture
def made(context) -> float:
    """The time that the build gives to all that it makes."""
    return datetime.fromisoformat(context.description["date"]).replace(tzinfo=UTC).timestamp()


def plain(pattern: str) -> str:
    """A path that fits."""
    return pattern.replace("**/", "deep/").replace("*", "some")


@pytest.mark.parametrize("pattern", LEFT)
def test_each_thing_that_a_build_leaves_is_found(context, put, made, pattern):
    assert Leftovers().run(context).status == Status.PASS
    file = put(plain(pattern))
    assert Leftovers().run(context).status == Status.PASS  # it is the attendee's
    os.utime(file, (made, made))
    result = Leftovers().run(context)
    assert result.status == Status.FAIL
    assert plain(pattern) in result.message


def test_what_a_leftover_folder_holds_is_found(context, put, made):
    file = put("home/user/.cache/pip/http/a/b")
    os.utime(file, (made, made))
    assert "http/a/b" in Leftovers().run(context).message


def test_old_files_of_the_attendees_are_no_leftovers(context, put, made):
    """Out of an archive, or from a package server: with the times of their makers."""
    for path in ("tmp/data/old.csv", "var/cache/apt/archives/old.deb"):
        os.utime(put(path), (made - 1e6, made - 1e6))
    assert Leftovers().run(context).status == Status.PASS


def test_the_copy_of_the_home_folder_is_no_leftover(context, put, made):
    """Of a container that runs as another user (docker/inside/workshop_start/home.py)."""
    file = put("tmp/home/.theano/compiled/module.so")
    os.utime(file, (made, made))
    container = replace(context, profile="cpu", home=context.root / "tmp" / "home")
    assert Leftovers().run(container).status == Status.PASS
    assert Leftovers().run(replace(container, home=context.home)).status == Status.FAIL


@pytest.mark.parametrize(
    ("text", "status"), [("", "PASS"), ("uninitialized\n", "PASS"), ("5" * 32, "FAIL")]
)
def test_machine_id_of_a_bare_tree(context, put, text, status):
    put("etc/machine-id", text)
    assert Leftovers().run(context).status == status
    # Podman gives a container one from outside.
    assert Leftovers().run(replace(context, profile="cpu")).status == Status.PASS


@pytest.fixture
def machine(vm, put) -> Context:
    """A started machine, with its layers."""
    put(f"{LAYERS[1:]}/10-system/etc/machine-id", "")
    put(f"{LAYERS[1:]}/20-vm/etc/issue")
    put(f"{LAYERS[1:]}/state/upper/var/log/lastlog")
    put(f"{LAYERS[1:]}/store/10-system.squashfs")
    put("etc/machine-id", "5e" * 16 + "\n")
    put("etc/ssh/ssh_host_ed25519_key")
    put("home/user/.bash_history")
    put("var/log/lastlog")
    return vm


def test_what_a_machine_made_itself_is_no_leftover(machine):
    result = Leftovers().run(machine)
    assert result.status == Status.PASS, result.message


@pytest.mark.parametrize("pattern", LEFT)
def test_each_thing_in_a_layer_is_found(machine, put, pattern):
    put(f"{LAYERS[1:]}/20-vm/{plain(pattern)}")
    assert Leftovers().run(machine).status == Status.FAIL


def test_an_id_in_a_layer_is_found(machine, put):
    put(f"{LAYERS[1:]}/10-system/etc/machine-id", "5e" * 16)
    assert "came with the appliance" in Leftovers().run(machine).message


@pytest.mark.parametrize("text", ["", "0" * 32, "none"])
def test_a_machine_without_an_id_of_its_own_is_found(machine, put, text):
    put("etc/machine-id", text)
    assert "no id of its own" in Leftovers().run(machine).message


def test_a_machine_without_a_host_key_is_found(machine, put):
    put("etc/ssh/ssh_host_ed25519_key", "")  # after a power cut
    assert "no SSH host key" in Leftovers().run(machine).message
