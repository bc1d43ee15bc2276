"""Taking an update in: what is refused, and that a machine is old or new whenever it stops."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance_update import Refused, __main__, install
from appliance_update.finish import finish
from appliance_update.state import state

from .conftest import SHIPPED
from .crashes import Crash, crashes
from .laptops import Laptop, made_key, notebook, sources, stream

NEW = {"0-First.ipynb": notebook("a", "b", "c, better")}


@pytest.fixture
def update(laptop: Laptop, key: Path) -> bytes:
    return laptop.update_to("2.0.0", NEW, key)


def refusal(laptop: Laptop, content: bytes) -> str:
    """Why an update is not taken in; all must be as it was."""
    folder = laptop.layers / "state" / "update"
    before = (laptop.machine.current, laptop.notebooks)
    with pytest.raises(Refused) as refused:
        install.install(laptop.machine, stream(content))
    assert (laptop.machine.current, laptop.notebooks) == before
    assert not (folder / install.INCOMING).exists()
    said = str(refused.value)
    assert "\n" not in said and not said.endswith(".")
    return said


def test_the_next_start_brings_what_is_new(laptop: Laptop, update: bytes):
    assert install.install(laptop.machine, stream(update)) == "2.0.0"
    assert laptop.version == "1.0.0"
    assert state(laptop.machine)["next"] == "2.0.0"
    laptop.restart()
    assert laptop.version == "2.0.0"
    assert laptop.notebooks == SHIPPED | NEW
    assert state(laptop.machine) == {
        "release": "1.0.0",
        "version": "2.0.0",
        "next": None,
        "damaged": False,
        "key": True,
        "files": [["0-First.ipynb", "was renewed"]],
        "own": [],
    }


def test_going_back_brings_all_back(laptop: Laptop, update: bytes):
    mine = notebook("a", "b, mine", "c")
    (laptop.root / laptop.machine.place / "0-First.ipynb").write_text(mine)
    before = laptop.notebooks
    install.install(laptop.machine, stream(update))
    laptop.restart()
    assert sources(laptop.notebooks["0-First.ipynb"]) == ["a", "b, mine", "c, better"]
    assert install.roll_back(laptop.machine) == "restart to go back to 1.0.0"
    laptop.restart()
    assert (laptop.version, laptop.notebooks) == ("1.0.0", before)
    assert sorted(path.name for path in laptop.machine.folder.iterdir()) == ["files", "lock"]


def test_going_back_keeps_what_was_edited_since(laptop: Laptop, update: bytes):
    place = laptop.root / laptop.machine.place
    (place / "0-First.ipynb").write_text(notebook("a", "b, mine", "c"))
    install.install(laptop.machine, stream(update))
    laptop.restart()
    since = laptop.notebooks
    for name in ("0-First.ipynb", "1-Second.ipynb"):
        (place / name).write_text(since[name] + " ")
    install.roll_back(laptop.machine)
    laptop.restart()
    edited = {name: since[name] + " " for name in ("0-First.ipynb", "1-Second.ipynb")}
    assert laptop.notebooks == since | edited


def test_an_update_that_waits_for_the_start_can_be_withdrawn(laptop: Laptop, update: bytes):
    install.install(laptop.machine, stream(update))
    assert "withdrawn" in install.roll_back(laptop.machine)
    laptop.restart()
    assert (laptop.version, laptop.notebooks) == ("1.0.0", SHIPPED)


def test_a_later_update_takes_the_place_of_the_former(laptop: Laptop, update: bytes, key: Path):
    install.install(laptop.machine, stream(update))
    laptop.restart()
    (laptop.root / laptop.machine.place / "data.txt").write_text("one\ntwo\nthree, mine\n")
    later = {"1-Second.ipynb": notebook("x"), "data.txt": "one, new\ntwo\nthree\n"}
    install.install(laptop.machine, stream(laptop.update_to("3.0.0", later, key)))
    laptop.restart()
    assert laptop.version == "3.0.0"
    assert laptop.notebooks["0-First.ipynb"] == SHIPPED["0-First.ipynb"]
    assert laptop.notebooks["1-Second.ipynb"] == notebook("x")
    assert laptop.notebooks["data.txt"] == "one, new\ntwo\nthree, mine\n"
    for version in ("2.0.0", "1.0.0"):
        assert install.roll_back(laptop.machine).endswith(version)
        laptop.restart()
        assert laptop.version == version
        assert laptop.notebooks["data.txt"] == "one\ntwo\nthree, mine\n"
    with pytest.raises(Refused, match="nothing to go back to"):
        install.roll_back(laptop.machine)


def test_what_was_rolled_back_can_be_taken_in_again(laptop: Laptop, update: bytes):
    for starts in (False, True):
        install.install(laptop.machine, stream(update))
        laptop.restart()
        install.roll_back(laptop.machine)
        if starts:
            laptop.restart()
            assert laptop.version == "1.0.0"
        install.install(laptop.machine, stream(update))
        laptop.restart()
        assert (laptop.version, laptop.notebooks) == ("2.0.0", SHIPPED | NEW)
        install.roll_back(laptop.machine)
        laptop.restart()


def test_a_damaged_layer_leaves_the_release_and_can_be_mended(laptop: Laptop, update: bytes):
    install.install(laptop.machine, stream(update))
    laptop.restart()
    layer = laptop.machine.folder / laptop.machine.current / "layer.squashfs"
    whole = layer.read_bytes()
    layer.write_bytes(whole[:-1])
    laptop.restart()
    assert (laptop.version, laptop.notebooks) == ("1.0.0", SHIPPED)
    assert state(laptop.machine)["damaged"]
    install.install(laptop.machine, stream(update))
    laptop.restart()
    assert (laptop.version, laptop.notebooks) == ("2.0.0", SHIPPED | NEW)
    assert not state(laptop.machine)["damaged"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda update: update[: len(update) // 2], "cut short"),
        (lambda update: update[:-20000], "cut short"),
        (lambda update: update[:100], "no update, or a damaged one"),
        (lambda update: b"", "no update, or a damaged one"),
        (lambda update: b"PK" + update[2:], "no update, or a damaged one"),
        (lambda update: update.replace(b'"version": "2', b'"version": "9'), "not signed"),
        (lambda update: update.replace(b"c, better", b"c, worse!"), "the update is damaged"),
        (lambda update: update.replace(b"BEGIN SSH", b"BEGIN XSH"), "not signed"),
    ],
)
def test_what_is_not_as_it_was_signed_is_refused(
    laptop: Laptop, update: bytes, spoil: Callable[[bytes], bytes], sentence: str
):
    assert spoil(update) != update
    assert sentence in refusal(laptop, spoil(update))


def test_another_key_is_refused(laptop: Laptop, tmp_path: Path):
    other, _ = made_key(tmp_path / "other")
    assert "not signed by the organiser" in refusal(laptop, laptop.update_to("2.0.0", NEW, other))


def test_a_signature_for_something_else_is_refused(
    laptop: Laptop, key: Path, monkeypatch: pytest.MonkeyPatch
):
    """The key signs checksums, too; such a signature over a header is none of an update."""
    monkeypatch.setattr("appliance_build.update.key.NAMESPACE", "file")
    assert "not signed by the organiser" in refusal(laptop, laptop.update_to("2.0.0", NEW, key))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ({"base": "0" * 64}, "comes from another .ova"),
        ({"name": "other"}, "is an update for other, and this machine is tiny"),
        ({"size": 1 << 50}, "MB are free; make room"),
    ],
)
def test_what_does_not_fit_is_refused(
    laptop: Laptop, key: Path, header: dict[str, object], sentence: str
):
    assert sentence in refusal(laptop, laptop.update_to("2.0.0", NEW, key, **header))


def test_a_disk_that_fills_up_is_refused(
    laptop: Laptop, update: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("appliance_update.durable.stream", lambda path, _: full(path))
    assert "the disk is full" in refusal(laptop, update)


def full(path: Path) -> None:
    """As the system says it."""
    path.touch()
    with Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")


def test_an_older_update_is_refused(laptop: Laptop, update: bytes, key: Path):
    install.install(laptop.machine, stream(laptop.update_to("3.0.0", NEW, key)))
    assert "older than 3.0.0" in refusal(laptop, update)


def test_the_same_update_is_refused(laptop: Laptop, update: bytes):
    install.install(laptop.machine, stream(update))
    assert "installed already" in refusal(laptop, update)


def test_a_machine_without_a_key_takes_none(tmp_path: Path, update: bytes):
    machine = Laptop(tmp_path / "keyless", SHIPPED, "", 0)
    assert "without a key" in refusal(machine, update)


def test_two_at_a_time_are_refused(laptop: Laptop, update: bytes):
    with laptop.machine.locked():
        assert "under way" in refusal(laptop, update)


def test_a_helper_says_one_sentence(laptop: Laptop, capsys: pytest.CaptureFixture[str]):
    assert __main__.main(["rollback"], laptop.machine) == 1
    said = capsys.readouterr().err
    assert said.startswith("workshop: no update is installed") and said.count("\n") == 1


def test_power_cut_at_every_step_of_taking_in(laptop: Laptop, key: Path, update: bytes):
    """Old or new, never between; and the same command then works."""
    (laptop.root / laptop.machine.place / "0-First.ipynb").write_text(notebook("a", "b, mine", "c"))
    outcomes = set()
    for steps, again in crashes(laptop, lambda: install.install(laptop.machine, stream(update))):
        assert laptop.version in ("1.0.0", "2.0.0"), steps
        found = sources(laptop.notebooks["0-First.ipynb"])
        wanted = {"1.0.0": ["a", "b, mine", "c"], "2.0.0": ["a", "b, mine", "c, better"]}
        assert found == wanted[laptop.version], steps
        outcomes.add(laptop.version)
        if laptop.version == "1.0.0":
            again()
            laptop.restart()
            assert laptop.version == "2.0.0", steps
    assert outcomes == {"1.0.0", "2.0.0"}


def test_power_cut_at_every_step_of_finishing(laptop: Laptop, update: bytes):
    """The next start goes on; nothing is done twice."""
    (laptop.root / laptop.machine.place / "0-First.ipynb").write_text(notebook("a", "b, mine", "c"))
    install.install(laptop.machine, stream(update))
    laptop.power_off()
    laptop.boot(finishes=False)
    count = 0
    for steps, _ in crashes(laptop, lambda: finish(laptop.machine)):
        count += 1
        names = sorted(laptop.notebooks)
        assert sources(laptop.notebooks["0-First.ipynb"]) == ["a", "b, mine", "c, better"], steps
        assert len([name for name in names if ".mine-" in name]) == 1, names
        assert len(names) == len(SHIPPED) + 1, names
    assert count > 20


def test_power_cut_at_every_step_of_going_back(laptop: Laptop, update: bytes):
    (laptop.root / laptop.machine.place / "0-First.ipynb").write_text(notebook("a", "b, mine", "c"))
    before = laptop.notebooks
    install.install(laptop.machine, stream(update))
    laptop.restart()
    install.roll_back(laptop.machine)
    laptop.power_off()
    laptop.boot(finishes=False)
    for steps, _ in crashes(laptop, lambda: finish(laptop.machine)):
        assert (laptop.version, laptop.notebooks) == ("1.0.0", before), steps


def test_a_crash_is_one(laptop: Laptop):
    """The crashes of these tests stop what they stop, and spoil what was not synced."""
    target = laptop.folder / "unsynced"

    def careless() -> None:
        target.write_text("0123456789")
        (laptop.folder / "next").mkdir()

    lengths = {target.stat().st_size if target.exists() else 0 for _ in crashes(laptop, careless)}
    assert lengths == {0, 5}
    assert issubclass(Crash, BaseException) and not issubclass(Crash, Exception)


def test_the_helper_reads_the_update_from_its_input(laptop: Laptop, update: bytes, tmp_path: Path):
    """A process of its own, as sudo starts it; the machine is not the real one's."""
    done = subprocess.run(
        ["python3", "-m", "appliance_update", "install"],
        input=update,
        capture_output=True,
        cwd=Path(__main__.__file__).parent.parent,
    )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("workshop: ")
