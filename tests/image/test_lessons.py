"""What lessons show without weights, and that they show the same again."""

import pytest

from appliance_build import description

from .lessons import executed

DATA = "/usr/share/workshop/data"
LESSONS = description.load().lessons

#: What no weights touch in these lessons: figures that are the same with a stand-in.
UNTOUCHED = {
    "3-ImageNet-googlenet": ["An Inception module", "A photo after each step", "Seconds a photo"],
    "4-ImageNet-inception-v3": ["What one output sees", "The module Mixed_6b"],
    "5-Commerce": [],
    "6-Visual-Art": [],
}


@pytest.mark.parametrize("lesson", UNTOUCHED)
def test_without_weights_a_lesson_runs_and_says_so_in_every_figure(tree, lesson):
    tree.ok(
        f"mkdir -p ~/data/googlenet && ln -sf {DATA}/images ~/data && "
        f"ln -sf {DATA}/googlenet/synset_words.txt ~/data/googlenet"
    )
    outputs = executed(tree, lesson, WORKSHOP_DATA="~/data")
    assert not [out for out in outputs if out["output_type"] == "error"], outputs
    texts = [out["data"]["text/plain"] for out in outputs if "data" in out]
    assert any("Please note: googlenet has random weights" in text for text in texts)
    figures = [text.removeprefix("[figure: ") for text in texts if text.startswith("[figure: ")]
    silent = [text for text in figures if "STAND-IN" not in text]
    assert len(figures) > len(silent) + 3
    expected = UNTOUCHED[lesson]
    assert [text[: len(start)] for text, start in zip(silent, expected, strict=True)] == expected


@pytest.mark.full
@pytest.mark.parametrize("lesson", LESSONS)
def test_two_runs_give_the_same_figures_and_numbers(tree, lesson):
    first, second = (shown(executed(tree, lesson)) for _ in range(2))
    assert len(first) > 2
    assert first == second


def shown(outputs: list[dict]) -> list[str]:
    """All figures, and the numbers that the last cell names; nothing of how long it took."""
    data = [out["data"] for out in outputs if "data" in out]
    figures = [each for each in data if each["text/plain"].startswith("[figure: ")]
    lasting = [each for each in figures if not each["text/plain"].startswith("[figure: Seconds")]
    return [*(each["text/html"] for each in lasting), outputs[-1]["text"]]
