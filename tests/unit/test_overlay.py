"""An organiser's appliance.yml says what differs, and errors name the file that is wrong."""

import pytest

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.paths import DESCRIPTION


@pytest.fixture
def over(tmp_path):
    """Returns a function that lays a text over the project's description."""

    def load(text: str) -> description.Description:
        (tmp_path / "appliance.yml").write_text(text)
        return description.load(DESCRIPTION, tmp_path / "appliance.yml")

    return load


def test_what_does_not_differ_need_not_stand_there(over):
    before = description.load()
    after = over("title: Ours\nmachine:\n  memory_mb: 3000\n")
    assert (after.title, after.machine.memory_mb) == ("Ours", 3000)
    assert after.machine.cpus == before.machine.cpus and after.name == before.name
    same = {"title", "machine"}
    assert after.model_dump(exclude=same) == before.model_dump(exclude=same)


def test_a_list_takes_the_place_of_a_list(over):
    assert over("lessons: [9-Machine-Check]\n").lessons == ["9-Machine-Check"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "extra:\n", "machine: {}\n"])
def test_nothing_changes_nothing(over, text):
    assert over(text) == description.load()


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("machine:\n  cores: 1\n", 2, "machine.cores: unknown key"),
        ("titel: x\n", 1, "titel: unknown key"),
        ("machine:\n  memory_mb: lots\n", 2, "machine.memory_mb: Input should be a valid integer"),
        ("machine: big\n", 1, "machine: Input should be a valid dictionary"),
        ("title:\n", 1, "title: Input should be a valid string (found None)"),
        ("\nextra:\n  packages:\n    - Cow say\n", 4, "extra.packages.0: String should match"),
        ("extra: {python: ['requests >']}\n", 1, "extra.python.0: not a requirement"),
        (
            "extra: {python: ['a @ https://x.invalid/a.whl']}\n",
            1,
            "extra.python.0: an address cannot be locked",
        ),
        ("extra:\n  lessons: [../elsewhere]\n", 2, "extra.lessons.0: String should match"),
        ("extra:\n  pages: [/etc]\n", 2, "extra.pages.0: String should match"),
        ("extra:\n  logo: logo.exe\n", 2, "extra.logo: String should match"),
        ("locale:\n  time_zone: Mars/Here\n", 2, "locale.time_zone: no such time zone"),
        ("locale:\n  keyboard: DE\n", 2, "locale.keyboard: String should match"),
    ],
)
def test_a_mistake_is_named_with_the_file_it_is_in(over, tmp_path, text, line, sentence):
    with pytest.raises(BuildError) as error:
        over(text)
    first = str(error.value).splitlines()[0]
    assert first.startswith(f"{tmp_path / 'appliance.yml'}:{line}: {sentence}"), first


def test_a_mistake_in_the_file_below_is_named_there(tmp_path):
    below, above = tmp_path / "below.yml", tmp_path / "above.yml"
    text = DESCRIPTION.read_text()
    line = 1 + text[: text.index("cpus: ")].count("\n")
    below.write_text(text.replace("cpus: 2", "cpus: none"))
    above.write_text("machine:\n  memory_mb: 3000\n")
    with pytest.raises(BuildError, match=rf"^{below}:{line}: machine\.cpus: "):
        description.load(below, above)


def test_what_is_no_map_is_refused(over, tmp_path):
    with pytest.raises(BuildError, match=r"appliance\.yml:1: expected `key: value` lines"):
        over("- a\n")
    with pytest.raises(BuildError, match=r"appliance\.yml:2: not valid YAML"):
        over("name: x\nname: y\n")
