"""The landing page in a real Chromium."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import Locator, expect

from appliance_build.description import Description

from .site import Site
from .window import Window

LESSON = "1-MNIST-MLP"
SMALL = 300_000  # bytes of a first view


@pytest.fixture(autouse=True)
def opened(window: Window) -> None:
    """Each test begins on the page that an attendee is told."""
    window.page.goto(window.site.door)
    expect(window.page.locator("#list")).not_to_have_attribute("aria-busy", "true")


def item(window: Window) -> Locator:
    return window.page.locator(f"[data-lesson='{LESSON}']")


def change(site: Site, how) -> None:
    """Save a lesson as JupyterLab does."""
    with site.browser() as browser:
        notebook = browser.get(f"/api/contents/{LESSON}.ipynb").json()
        how(notebook["content"]["cells"])
        body = {"type": "notebook", "content": notebook["content"]}
        answer = browser.put(f"/api/contents/{LESSON}.ipynb", json=body, headers=browser.token)
        assert answer.status_code == 200, answer.text


def start(cells: list[dict]) -> None:
    cells[0]["source"] += "\n\nMine."


def finish(cells: list[dict]) -> None:
    for number, cell in enumerate((c for c in cells if c["cell_type"] == "code"), 1):
        cell["execution_count"] = number


@pytest.fixture
def as_shipped(site: Site):
    """The lesson is new again afterwards."""
    yield
    with site.browser() as browser:
        answer = browser.post(
            "/workshop/fresh-copy", json={"lesson": LESSON}, headers=browser.token
        )
        assert answer.status_code == 200, answer.text


def test_every_lesson_is_shown_with_minutes_and_state(window: Window, description: Description):
    items = window.page.locator("#list > li")
    expect(items).to_have_count(len(description.lessons))
    for name, shown in zip(description.lessons, items.all(), strict=True):
        expect(shown).to_have_attribute("data-lesson", name)
        expect(shown.locator(".minutes")).to_have_text(re.compile(r"^\d+ min$"))
        expect(shown.locator(".number")).to_have_text(name[0])
        expect(shown.locator(".state")).to_have_text("new")
    expect(window.page.locator("#versions")).to_contain_text(f"Workshop {description.version}")


def test_token_goes_out_of_the_address(window: Window):
    assert window.page.url == f"{window.site.origin}/"


@pytest.mark.usefixtures("as_shipped")
def test_state_follows_the_work(window: Window):
    for how, word in ((start, "started"), (finish, "done")):
        change(window.site, how)
        window.page.reload()
        expect(item(window).locator(".state")).to_have_text(word)
    expect(window.page.locator("#progress")).to_contain_text("1 of")


@pytest.mark.usefixtures("as_shipped")
def test_fresh_copy_by_the_keyboard_alone(window: Window):
    change(window.site, start)
    window.page.reload()
    fresh, dialog = item(window).locator(".fresh"), window.page.locator("dialog")
    expect(item(window).locator(".state")).to_have_text("started")
    window.page.keyboard.press("Tab")
    expect(window.page.locator(":focus")).to_have_text("To the lessons")
    window.page.keyboard.press("Enter")
    for key in ("Escape", "Enter"):
        while fresh.evaluate("node => node !== document.activeElement"):
            window.page.keyboard.press("Tab")
        window.page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        assert not window.violations()
        window.page.keyboard.press(key)
        expect(dialog).to_be_hidden()
        word = "started" if key == "Escape" else "new"
        expect(item(window).locator(".state")).to_have_text(word)
        expect(fresh).to_be_focused()
    expect(window.page.locator("#news")).to_contain_text(f"{LESSON}.mine-")
    with window.site.browser() as browser:
        files = [each["name"] for each in browser.get("/api/contents").json()["content"]]
    assert any(name.startswith(f"{LESSON}.mine-") for name in files)


def test_lesson_that_was_deleted_can_be_brought_back(window: Window):
    with window.site.browser() as browser:
        browser.delete(f"/api/contents/{LESSON}.ipynb", headers=browser.token)
    window.page.reload()
    expect(item(window).locator(".lab")).to_be_hidden()
    item(window).get_by_role("button", name="Bring").click()
    window.page.get_by_role("dialog").get_by_role("button", name="Fresh copy").click()
    expect(item(window).locator(".lab")).to_be_visible()


@pytest.mark.parametrize("button", ["lab", "notebook"])
def test_buttons_open_the_lesson(window: Window, button: str):
    item(window).locator(f".{button}").click()
    expect(window.page.locator(".jp-Notebook .jp-Cell").first).to_contain_text("Reading digits")
    window.errors.clear()  # Notebook 7.6 prints two of its own that do no harm


def test_last_check_is_one_line_with_its_report(window: Window):
    window.site.check()
    window.page.reload()
    expect(window.page.locator("#check")).to_contain_text("Checked")
    window.page.get_by_text("What was checked").click()
    row = window.page.locator("#report tr", has_text="standins")
    expect(row).to_contain_text(re.compile("PASS|WARN"))


def test_all_work_comes_as_one_file(window: Window, description: Description):
    window.page.get_by_text("I want to keep my work").click()
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="Download all my work").click()
    content = io.BytesIO(download.value.path().read_bytes())
    with zipfile.ZipFile(content) as archive:
        assert {f"notebooks/{name}.ipynb" for name in description.lessons} <= {*archive.namelist()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_page_suits_eyes_screens_and_screen_readers(window: Window, scheme: str, width: int):
    window.page.emulate_media(color_scheme=scheme)
    window.page.set_viewport_size({"width": width, "height": 900})
    for summary in window.page.locator("summary:visible").all():
        summary.click()
    window.picture(f"{scheme}-{width}")
    assert not window.is_wider_than_the_screen()
    assert not window.violations()


def test_first_view_is_small(window: Window, chromium):
    sizes: list[int] = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on("requestfinished", lambda request: sizes.append(sum(request.sizes().values())))
        page.goto(window.site.door, wait_until="networkidle")
    assert len(sizes) >= 3 and sum(sizes) < SMALL


def test_silence_of_the_server_is_told_in_a_sentence(window: Window):
    window.page.route("**/workshop/state", lambda route: route.abort())
    window.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(window.page.get_by_role("alert")).to_contain_text("does not answer")
    assert "ERR_FAILED" in window.errors.pop()  # Chromium's own line about it
