"""What a cell's metadata expect of its outputs: what meets it, what does not, what is unclear."""

import base64
import io

import pytest
from PIL import Image, ImageDraw

from appliance_check.declared import Unclear, declared, expects
from appliance_check.probes.notebook_expectations import ink, unmet

from .notebook_cells import EXPECT, declaring


def png(colour: str = "white", line: str | None = None, mode: str = "RGB") -> bytes:
    """A square of 100 pixels each way, with a line one pixel wide across it."""
    image = Image.new(mode, (100, 100), colour)
    if line:
        ImageDraw.Draw(image).line([(0, 50), (99, 50)], fill=line)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def printed(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(picture: bytes, mime: str = "image/png") -> dict:
    return {"output_type": "display_data", "data": {mime: base64.b64encode(picture).decode()}}


def inline(picture: bytes) -> dict:
    encoded = base64.b64encode(picture).decode()
    html = f'<img alt="losses" src="data:image/png;base64,{encoded}">'
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": "[figure]"}}


NUMBER = {"number": 0.97, "tolerance": 0.01}
PICTURE = {"picture": "not blank"}
CASES = [
    (NUMBER, [printed("accuracy 0.965\n")], None),
    (NUMBER, [printed("3 epochs, then 0.98")], None),
    (NUMBER, [printed("accuracy 0.95\n")], "expected 0.97 ± 0.01, found 0.95"),
    (NUMBER, [printed("0.97, or rather nan")], "found nan"),
    (NUMBER, [printed("nothing")], "expected 0.97 ± 0.01, and its output has no number"),
    (NUMBER, [printed("v0.97x")], "no number"),
    ({"number": -2e3, "tolerance": 0}, [printed("-2e3")], None),
    (
        {"number": 2, "tolerance": 0},
        [{"output_type": "execute_result", "data": {"text/plain": "2"}}],
        None,
    ),
    ({**NUMBER, "text": r"right: (\S+)"}, [printed("right: 0.97 in 12 s")], None),
    ({**NUMBER, "text": r"right: (\S+)"}, [printed("right: 0.5, left: 0.97")], "found 0.5"),
    ({**NUMBER, "text": r"right: (\S+)"}, [printed("wrong: 0.97")], "no text like 'right: "),
    ({"text": "^done$"}, [printed("begun\ndone\n")], None),
    ({"text": "^done$"}, [printed("begun\n")], "its output has no text like '^done$'"),
    ({"text": "done"}, [{**printed("done"), "name": "stderr"}], "no text like"),
    (PICTURE, [shown(png(line="black"))], None),
    (PICTURE, [inline(png(line="black"))], None),
    (PICTURE, [shown(png())], "picture 1 of 1 is blank: all of it has one colour"),
    (PICTURE, [inline(png())], "picture 1 of 1 is blank"),
    (PICTURE, [inline(png(line="black")), shown(png("black"))], "picture 2 of 2 is blank"),
    (PICTURE, [shown(png("white", mode="L"))], "is blank"),
    (PICTURE, [shown(b"no picture")], "picture 1 of 1 cannot be read"),
    (PICTURE, [shown(png(line="black")[:60])], "cannot be read"),
    (PICTURE, [printed("no picture")], "expected a picture, and it shows none"),
    ({**PICTURE, "ink": 0.01}, [shown(png(line="black"))], None),
    ({**PICTURE, "ink": 0.02}, [shown(png(line="black"))], "nearly blank: 1.0% is drawn, expected"),
]


@pytest.mark.parametrize(("expectation", "outputs", "words"), CASES)
def test_outputs_are_judged(expectation, outputs, words):
    declared({"metadata": {"workshop": {"expect": expectation}}}, "quick")
    found = unmet([expectation], outputs)
    assert found is None if words is None else words in found


def test_what_is_transparent_counts_as_the_page_below():
    assert ink(png("#12345600", mode="RGBA")) == 0
    assert ink(png("#12345600", line="#00000000", mode="RGBA")) == 0


def test_all_expectations_of_a_cell_count():
    assert unmet([NUMBER, {"text": "x"}], [printed("0.97 y")]) == "its output has no text like 'x'"


@pytest.mark.parametrize(
    ("workshop", "words"),
    [
        ([], "must be an object"),
        ({"second": 3}, "keys of expect, memory_mb, seconds"),
        ({"seconds": 0}, "seconds must be a number above 0, not 0"),
        ({"seconds": True}, "not True"),
        ({"seconds": {"full": 3}}, "seconds lacks quick"),
        ({"memory_mb": "1 GB"}, "memory_mb must be a number above 0"),
        ({"expect": "done"}, "must have one of number, picture, text"),
        ({"expect": {"colour": "red"}}, "must have one of"),
        ({"expect": {"number": 1}}, "number without a tolerance"),
        ({"expect": {"number": "1", "tolerance": 0}}, "number must be a number, not '1'"),
        ({"expect": {"number": 1, "tolerance": -1}}, "must not be below 0"),
        ({"expect": {**NUMBER, "text": "no group"}}, "needs one group (…) for the number, not 0"),
        ({"expect": {"text": "("}}, "no regular expression"),
        ({"expect": {"text": "x", "tolerance": 1}}, "has tolerance beside text"),
        ({"expect": {"picture": "pretty"}}, "can only be 'not blank'"),
        ({"expect": {**PICTURE, "ink": 2}}, "a share from 0 to below 1"),
    ],
)
def test_unclear_declarations_are_refused(workshop, words):
    with pytest.raises(Unclear) as error:
        declared({"metadata": {"workshop": workshop}}, "quick")
    assert words in str(error.value)


def test_budgets_are_those_of_the_profile():
    cell = declaring("", seconds={"quick": 2, "full": 9}, memory_mb=300)
    assert declared(cell, "quick").seconds == 2
    assert declared(cell, "full").seconds == 9
    assert declared(cell, "full").memory_mb == 300
    assert not expects(cell)


def test_lessons_are_held_to_what_their_cells_declare(run_notebooks):
    show = """from base64 import b64decode
from IPython.display import Image, display
display(Image(data=b64decode("{}")))"""
    blank, drawn = (show.format(base64.b64encode(p).decode()) for p in (png(), png(line="red")))
    cases = {
        "met": [declaring("0.972", expect=NUMBER), declaring(drawn, expect=[PICTURE])],
        "number": [declaring("print(0.5)", expect=NUMBER)],
        "blank": [declaring(blank, expect=PICTURE)],
        "text": [declaring("print('no')", expect={"text": "yes"}), EXPECT],
        "raised": [declaring("1/0", expect={"text": "yes"})],
        "skipped": ["x = 1", declaring("", expect={"text": "yes"})],
    }
    reports, _ = run_notebooks({name: (cells, {}) for name, cells in cases.items()})
    problems = {name: report["problem"] for name, report in reports.items()}
    assert problems["met"] is None
    found = "expectation in cell 1 (`print(0.5)`): expected 0.97 ± 0.01, found 0.5"
    assert problems["number"] == found
    assert "picture 1 of 1 is blank" in problems["blank"]
    assert "its output has no text like 'yes'" in problems["text"]
    assert "ZeroDivisionError" in problems["raised"]
    assert "did not run" in problems["skipped"]
