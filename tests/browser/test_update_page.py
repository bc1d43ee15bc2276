"""The landing page's part for updates in a real Chromium; with a real update, see tests/image."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from appliance_build.description import load

from .site import MachineSite
from .window import Window

KNOWN = {
    "release": "1.0.0",
    "version": "1.1.0",
    "next": None,
    "damaged": False,
    "key": True,
    "files": [["1-MNIST-MLP.ipynb", "was renewed"]],
    "own": ["/etc/motd"],
}


def opened(window: Window, **known: object) -> None:
    """The page of a machine on which things are so."""

    def answer(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(content_type="application/json", body=json.dumps(KNOWN | known))
        else:
            route.continue_()

    window.page.route("**/workshop/update", answer)
    window.page.goto(window.site.door)
    window.page.locator("#update summary").click()


def test_it_is_there_where_a_machine_is(window: Window):
    window.page.goto(window.site.door)
    expect(window.page.locator("#list")).not_to_have_attribute("aria-busy", "true")
    with window.page.expect_response("**/workshop/update"):
        window.page.reload()
    is_machine = isinstance(window.site, MachineSite)
    expect(window.page.locator("#update")).to_be_visible(visible=is_machine)


def test_what_an_update_did_is_listed(window: Window):
    opened(window)
    expect(window.page.locator("#update-state")).to_have_text(
        "This machine is 1.1.0, updated from 1.0.0."
    )
    lines = window.page.locator("#update-files li")
    expect(lines).to_have_text(
        ["1-MNIST-MLP.ipynb: was renewed", "/etc/motd: as it was changed on this machine"]
    )
    expect(window.page.get_by_role("button", name="Go back")).to_be_visible()
    expect(window.page.locator("#restart")).to_be_hidden()
    assert not window.violations()
    assert not window.is_wider_than_the_screen()


@pytest.mark.parametrize(
    ("known", "buttons"),
    [
        ({"version": "1.0.0"}, ["Update"]),
        ({"version": "1.0.0", "next": "1.1.0"}, ["Update", "Restart the machine", "Withdraw it"]),
        ({"damaged": True, "version": "1.0.0"}, ["Update", "Go back"]),
        ({"key": False, "version": "1.0.0"}, []),
    ],
)
def test_buttons_are_those_that_help(window: Window, known: dict, buttons: list[str]):
    opened(window, files=[], own=[], **known)
    expect(window.page.locator("#update button:visible")).to_have_text(buttons)


def test_a_file_is_sent_and_the_answer_shown(window: Window, tmp_path: Path):
    """The site's own command answers, which knows no machine, no key, or no such update."""
    file = tmp_path / "an.update"
    file.write_bytes(b"no update" * 100_000)
    opened(window)
    window.page.get_by_label("The file").set_input_files(file)
    window.page.get_by_role("button", name="Update").click()
    news = window.page.locator("#update-news")
    expect(news).to_contain_text("Nothing was changed")
    said = "for the virtual machine"
    if isinstance(window.site, MachineSite):
        said = "no update" if load().update_key else "without a key for updates"
    expect(news).to_contain_text(said)
    expect(window.page.get_by_role("button", name="Update")).to_be_enabled()
    window.errors.clear()  # the browser tells that the answer had status 500


def test_without_a_file_it_asks_for_one(window: Window):
    opened(window)
    window.page.get_by_role("button", name="Update").click()
    expect(window.page.locator("#update-news")).to_contain_text("Choose the file")


@pytest.mark.parametrize("address", ["ftp://a/b", "--json", "", None, ["http://a"]])
def test_only_web_addresses_are_fetched(window: Window, address: object):
    with window.site.browser() as browser:
        asked = {"json": {"address": address}, "headers": browser.token}
        answer = browser.post("/workshop/update-from", **asked)
    assert answer.status_code == 400
    assert "A web address begins" in answer.json()["message"]


@pytest.mark.parametrize("place", ["update", "update-from", "rollback", "restart"])
def test_nobody_else_may_ask_for_it(window: Window, place: str):
    """A page of another site, which does not know the token against that."""
    with window.site.browser() as browser:
        browser.params = {}  # its cookie goes along whoever asks
        answer = browser.post(f"/workshop/{place}", json={"address": "http://127.0.0.1:9/x"})
    assert answer.status_code == 403
