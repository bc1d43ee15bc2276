"""Every lesson keeps the form, and every rule of the form notices when it is broken."""

import json
from collections.abc import Callable

import form
import pytest

from appliance_build import description
from appliance_build.paths import PROJECT

LESSONS = description.load().lessons


def lesson(name: str) -> dict:
    return json.loads((PROJECT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("rule", form.RULES, ids=lambda rule: rule.__name__)
def test_lesson_keeps_the_form(rule: Callable, name: str) -> None:
    assert list(rule(lesson(name))) == []


def replace(old: str, new: str) -> Callable[[dict], None]:
    def change(notebook: dict) -> None:
        texts = [form.text(cell) for cell in notebook["cells"]]
        assert any(old in text for text in texts), f"{old!r} is in no cell, so nothing is broken"
        for cell, text in zip(notebook["cells"], texts, strict=True):
            cell["source"] = [text.replace(old, new)]

    return change


def metadata(**values: object) -> Callable[[dict], None]:
    return lambda notebook: notebook["metadata"]["workshop"].update(values)


def untag(tag: str) -> Callable[[dict], None]:
    return lambda notebook: [cell["metadata"].clear() for cell in form.tagged(notebook, tag)]


def expect(source: str) -> Callable[[dict], None]:
    return lambda notebook: form.tagged(notebook, "expect")[0].update(source=[source])


def prepend(line: str) -> Callable[[dict], None]:
    return lambda notebook: form.code(notebook)[0]["source"].insert(0, line + "\n")


def declare(**values: object) -> Callable[[dict], None]:
    return lambda notebook: form.code(notebook)[0]["metadata"].update(workshop=values)


BREAKS = [
    (form.opening, replace("# 1 - ", "# "), "no title"),
    (form.opening, replace("**Goals.**", "Goals."), "needs **Goals.**"),
    (form.opening, replace("**You need**", "Have"), "prerequisites"),
    (form.opening, replace("minute", "moment"), "minutes"),
    (form.limits, metadata(seconds={"quick": 60}), "quick and full"),
    (form.limits, metadata(seconds={"quick": 60, "full": 6}), "not above full"),
    (form.limits, metadata(memory_mb=4000), "memory_mb"),
    (form.limits, lambda notebook: notebook["metadata"].clear(), "workshop.seconds"),
    (form.parameters, untag("parameters"), "not 0"),
    (form.parameters, replace("profile()", '"quick"'), "profile()"),
    (form.declarations, declare(second=3), "keys of expect, memory_mb, seconds"),
    (form.declarations, declare(expect={"number": 1}), "number without a tolerance"),
    (form.declarations, declare(seconds={"quick": 3}), "lacks full"),
    (form.declarations, declare(seconds=100_000), "more seconds for full"),
    (form.declarations, declare(memory_mb=1100), "more memory than the whole"),
    (form.expectations, untag("expect"), "no cell is tagged"),
    (form.expectations, expect("print(1)"), "asserts nothing"),
    (form.expectations, expect("assert True, 'fine'"), "cannot fail"),
    (form.expectations, expect("assert mlp"), "without a message"),
    (form.teaching, replace("*Predict first:*", "Guess:"), "predict first"),
    (form.teaching, replace("## Recap", "## End"), "## Recap"),
    (form.exercises, replace("<summary>Hint 2</summary>", ""), "1 hidden hints"),
    (form.exercises, replace("**Exercise 1: ", "**"), "**Exercise 1"),
    (form.exercises, replace("\ncheck.", "\nprint."), "with a check"),
    (form.exercises, replace("<summary>Solution</summary>", ""), "no folded solution"),
    (form.exercises, untag("exercise"), "0 exercises"),
    (form.beginning, replace("device_line()", "'here'"), "device_line"),
    (form.beginning, replace("SEED = ", "LUCK = "), "SEED"),
    (form.offline, prepend("import urllib.request"), "urllib.request"),
    (form.offline, prepend("from requests import get"), "requests"),
    (form.pictures, replace("alt=", "text="), "without an alt text"),
    (form.pictures, prepend("plt.plot([1])"), "plt.plot"),
    (form.pictures, prepend("plots.panels(2)"), "2 axes, 0 labelled"),
    (form.pictures, replace("## Recap", "![](x.png)"), "x.png"),
    (form.size, prepend("\n" * 30), "lines, over"),
]


@pytest.mark.parametrize(("rule", "change", "finding"), BREAKS)
def test_rule_notices(rule: Callable, change: Callable[[dict], None], finding: str) -> None:
    notebook = lesson("1-MNIST-MLP")
    change(notebook)
    findings = list(rule(notebook))
    assert any(finding in found for found in findings), findings


def test_an_expectation_may_be_declared_instead() -> None:
    notebook = lesson("1-MNIST-MLP")
    untag("expect")(notebook)
    declare(seconds=5, memory_mb=500, expect={"text": "cpu|cuda"})(notebook)
    form.code(notebook)[0]["metadata"]["tags"] = ["expect"]
    assert [found for rule in form.RULES for found in rule(notebook)] == []
