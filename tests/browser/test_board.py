"""The organiser's board in a real Chromium, fed over HTTP as `appliance-check --post` does."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from appliance_build.board import server

from ..board import RunningBoard, report, started
from .site import Site
from .window import Window

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[RunningBoard]:
    with started(tmp_path / "kept") as running:
        yield running


@pytest.fixture
def window(
    chromium: Browser, board: RunningBoard, modules: Path, screenshots: Path
) -> Iterator[Window]:
    """The page of an empty board; at the end nothing may have gone wrong in it unseen."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        site = Site(int(board.origin.rpartition(":")[2]))
        window = Window(context.new_page(), site, modules, screenshots)
        window.page.goto(site.door)
        expect(window.page.locator("#nobody")).to_be_visible()
        yield window
        window.picture("end")
        assert not window.errors
        assert not window.elsewhere


def rows(window: Window) -> Locator:
    return window.page.locator("#seats tr")


def row(window: Window, name: str) -> Locator:
    named = window.page.get_by_role("rowheader", name=name, exact=True)
    return rows(window).filter(has=named)


def counts(window: Window) -> dict[str, int]:
    items = [text.split() for text in window.page.locator("#counts li").all_inner_texts()]
    return {state: int(number) for number, state in items}


def test_thirty_laptops_turn_green(window: Window, board: RunningBoard):
    for number in range(1, 31):
        board.post(report("PASS", "FAIL" if number % 3 else "WARN"), str(number))
    expect(rows(window)).to_have_count(30)
    window.picture("red")
    assert counts(window) == {"Ready": 0, "Warnings": 10, "Problems": 20, "Incomplete": 0}
    body = window.page.locator("body").element_handle()
    for number in range(1, 31):
        board.post(report("PASS", "PASS"), str(number))
    expect(window.page.locator("#seats tr[data-state=Ready]")).to_have_count(30)
    assert counts(window) == {"Ready": 30, "Warnings": 0, "Problems": 0, "Incomplete": 0}
    expect(window.page.locator("#seats .name")).to_have_text([str(n) for n in range(1, 31)])
    colours = rows(window).evaluate_all(
        "rows => rows.map(r => getComputedStyle(r).backgroundColor)"
    )
    (colour,) = {*colours}
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    assert green > red and green > blue
    assert body.evaluate("body => body === document.body"), "the page was loaded anew"
    expect(window.page.get_by_role("status")).to_contain_text("30 of 30 ready.")


def test_what_has_to_be_looked_at_comes_first(window: Window, board: RunningBoard):
    board.post(report("PASS"), "10")
    board.post(report("PASS"), "2")
    board.post(report("PASS", "WARN"), "3")
    board.post(report("PASS", complete=False), "4")
    board.post(report("PASS", "ERROR"), "5")
    expect(window.page.locator("#seats .name")).to_have_text(["5", "4", "3", "2", "10"])
    states = ["✗ Problems", "… Incomplete", "! Warnings", "✓ Ready", "✓ Ready"]
    expect(window.page.locator("#seats .state")).to_have_text(states)
    facts = row(window, "2").locator("td").all_inner_texts()
    assert facts[1] == "As the statuses say." and facts[3:] == ["standard", "0.1.0", "vm"]
    assert re.fullmatch(r"\d\d:\d\d", facts[2])


def test_a_seat_unfolds_by_the_keyboard_and_stays_so(window: Window, board: RunningBoard):
    board.post(report("PASS", "FAIL", "WARN", "SKIP"), "7")
    board.post(report("PASS", "FAIL"), "8")
    findings = row(window, "7").locator("li")
    summary = row(window, "7").locator("summary")
    expect(summary).to_have_text("As the statuses say.")
    expect(findings.first).to_be_hidden()
    summary.focus()
    window.page.keyboard.press("Enter")
    expect(findings).to_have_count(2)
    expect(findings.first).to_be_visible()
    expect(findings.first).to_have_text(
        "FAIL check-2: it says FAIL What to do: mend it".replace(" What", "What")
    )
    marked = row(window, "7").evaluate_handle("row => { row.mark = 1; return row; }")
    board.post(report("PASS", "PASS"), "8")
    expect(row(window, "8").locator(".state")).to_have_text("✓ Ready")
    board.post(report("PASS", "PASS", "WARN"), "7")
    expect(row(window, "7").locator(".state")).to_have_text("! Warnings")
    expect(findings).to_have_count(1)
    expect(findings.first).to_be_visible()
    expect(summary).to_be_focused()
    assert marked.evaluate("row => row.isConnected"), "the row was made anew: it would flicker"


def test_text_of_others_is_only_text(window: Window, board: RunningBoard):
    sent = report("FAIL", summary=HOSTILE, version=HOSTILE, profile=HOSTILE, level=HOSTILE)
    sent["checks"][0] |= dict.fromkeys(("id", "title", "message", "remedy"), HOSTILE)
    assert board.post(sent, HOSTILE).status_code == 200
    expect(row(window, HOSTILE)).to_have_count(1)
    row(window, HOSTILE).locator("summary").click()
    expect(row(window, HOSTILE).locator(".message")).to_have_text(HOSTILE)
    expect(window.page.get_by_role("status")).to_contain_text(HOSTILE)
    assert window.page.locator("img").count() == 0


def test_a_script_that_got_in_would_not_run(window: Window):
    ran = """() => { const script = document.createElement("script");
        script.textContent = "window.ran = true"; document.body.append(script);
        return window.ran === true; }"""
    assert window.page.evaluate(ran) is False
    assert "Content Security Policy" in window.errors.pop()


def test_silence_is_told_and_ends(window: Window, board: RunningBoard, tmp_path: Path):
    board.post(report("PASS"), "7")
    expect(rows(window)).to_have_count(1)
    board.stop()
    alert = window.page.get_by_role("alert")
    expect(alert).to_contain_text("does not answer")
    expect(row(window, "7")).to_be_visible()
    port = board.origin.rpartition(":")[2]
    with started(tmp_path / "kept", "--port", port) as again:
        again.post(report("PASS"), "8")
        expect(rows(window)).to_have_count(2)
        expect(alert).to_be_hidden()
    expect(alert).to_be_visible()
    assert all("ERR_" in error for error in window.errors), window.errors
    window.errors.clear()  # Chromium's own lines about it


def test_a_cable_that_is_cut_is_told_too(window: Window, board: RunningBoard):
    window.page.clock.install()
    window.page.reload()
    board.post(report("PASS"), "7")
    expect(rows(window)).to_have_count(1)
    alert = window.page.get_by_role("alert")
    expect(alert).to_be_hidden()
    board.process.send_signal(signal.SIGSTOP)  # the connection stands, and nothing comes
    window.page.clock.fast_forward(1000 * server.HEARTBEAT)
    expect(alert).to_be_hidden()
    window.page.clock.fast_forward(2000 * server.HEARTBEAT)
    expect(alert).to_be_visible()
    board.process.send_signal(signal.SIGCONT)
    expect(alert).to_be_hidden()
    expect(row(window, "7")).to_be_visible()


def test_results_are_at_hand(window: Window, board: RunningBoard):
    board.post(report("PASS"), "7")
    for link in ("All results as CSV", "as JSON"):
        with window.page.expect_download() as download:
            window.page.get_by_role("link", name=link).click()
        assert "7" in download.value.path().read_text()


def test_shared_names_and_parts_are_told(window: Window, board: RunningBoard):
    board.post(report("PASS"), "7", machine="one")
    board.post(report("PASS"), "7", machine="two", part="yes")
    expect(row(window, "7")).to_contain_text("Only a part was checked. 2 machines have used this")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_page_suits_eyes_screens_and_screen_readers(
    window: Window, board: RunningBoard, scheme: str, width: int
):
    window.page.emulate_media(color_scheme=scheme)
    window.page.set_viewport_size({"width": width, "height": 900})
    assert not window.violations()
    for name, statuses in {"1": ["PASS"], "2": ["WARN"], "3": ["FAIL"], "4": ["SKIP"]}.items():
        board.post(report(*statuses), name)
    expect(rows(window)).to_have_count(4)
    for summary in window.page.locator("summary:visible").all():
        summary.click()
    window.picture(f"{scheme}-{width}")
    assert not window.is_wider_than_the_screen()
    assert not window.violations()
