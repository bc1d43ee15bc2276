"""What an organiser adds, in a real Chromium: name, logo, page and lesson."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from appliance_build import description as schema
from appliance_build import lessons, own
from appliance_build.description import Description
from appliance_build.paths import DESCRIPTION, PROJECT

from ..docker.container import running
from . import local
from .site import ContainerSite, Site
from .window import Window

SAMPLE = PROJECT / "tests" / "workshop"
TEXT = """
title: Netze & Köpfe
extra:
  lessons: [lessons]
  pages: [pages/timetable]
  logo: logo.svg
"""
SHARE = "/usr/share/workshop"


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Description:
    """The project's description with the sample's additions."""
    folder = tmp_path_factory.mktemp("own") / "sample"
    shutil.copytree(SAMPLE, folder)
    (folder / "appliance.yml").write_text(TEXT, encoding="utf-8")
    return schema.load(DESCRIPTION, folder / "appliance.yml")


def lay_out(described: Description, share: Path) -> list[str]:
    """Write what is added as the roles do, below what is shared; returns its parts."""
    mine = own.lessons(described.extra, SAMPLE)
    lessons.generate(own.OURS, share / "notebooks", list(mine), elsewhere=mine)
    for name, page in own.pages(described.extra, SAMPLE).items():
        shutil.copytree(page, share / "own" / "pages" / name)
    shutil.copy(SAMPLE / described.extra.logo, share / "own")
    text = json.dumps(described.model_dump(mode="json"))
    (share / "appliance.json").write_text(text, encoding="utf-8")
    return ["own", "appliance.json", *(f"notebooks/{name}.ipynb" for name in mine)]


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest,
    described: Description,
    description: Description,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A container whose shared folder has the additions; or without one, see `local`."""
    folder = tmp_path_factory.mktemp("site")
    if python := os.environ.get(local.PYTHON):
        pages = request.getfixturevalue("pages")

        def add(share: Path) -> None:
            lay_out(described, share)

        with local.serving(python, description, pages, folder, add) as site:
            yield site
        return
    parts = lay_out(described, folder)
    folder.chmod(0o755)
    volumes = [f"--volume={folder / part}:{SHARE}/{part}:ro" for part in parts]
    daemon, cpu = (request.getfixturevalue(name) for name in ("daemon", "cpu"))
    with running(daemon, cpu, description, *volumes) as container:
        yield ContainerSite(container)


def opened(window: Window) -> None:
    window.page.goto(window.site.door)
    expect(window.page.locator("#list")).not_to_have_attribute("aria-busy", "true")


def test_the_landing_page_has_name_logo_page_and_lesson(window: Window, described: Description):
    opened(window)
    page = window.page
    expect(page).to_have_title(described.title)
    expect(page.locator("h1")).to_have_text(described.title)
    expect(page.locator("#logo")).to_be_visible()
    assert page.locator("#logo").evaluate("image => image.naturalWidth") > 0
    link = page.get_by_role("link", name="Timetable")
    expect(link).to_have_attribute("href", "timetable/")
    last = page.locator("#list > li").last
    expect(last).to_have_attribute("data-lesson", "10-Averages")
    expect(last.locator(".number")).to_have_text("10")
    expect(last.locator(".title")).to_have_text("Averages: what the middle hides")
    assert not window.violations()
    assert not window.is_wider_than_the_screen()


def test_an_own_page_may_have_scripts_and_styles_within(window: Window):
    opened(window)
    window.page.get_by_role("link", name="Timetable").click()
    expect(window.page.locator("#now")).to_have_text("Welcome")
    expect(window.page.locator("th").first).to_have_css("text-align", "left")
    expect(window.page.locator("body")).to_have_css("margin-top", "32px")


def test_an_own_page_gets_nothing_of_other_sites(window: Window):
    opened(window)
    window.page.goto(f"{window.site.origin}/timetable/")
    stranger = "fetch('https://stranger.example/').then(() => 'got it', () => 'refused')"
    assert window.page.evaluate(stranger) == "refused"
    assert any("Content Security Policy" in error for error in window.errors)
    window.errors.clear()
    window.elsewhere.clear()


@pytest.mark.parametrize("address", ["/timetable", "/timetable/", "/timetable/timetable.css"])
def test_an_own_page_is_whose_the_others_are(site: Site, address: str):
    with site.browser() as browser:
        assert browser.get(address).status_code == 200
        for outside in ("/timetable/../../appliance.json", "/workshop/logo.png"):
            assert browser.get(outside).status_code in (403, 404)


def test_without_additions_nothing_is_shown_of_them(window: Window):
    opened(window)
    nothing = {"logo": None, "pages": []}
    with window.site.browser() as browser:
        known = browser.get("/workshop/state").json() | nothing
    window.page.route("**/workshop/state", lambda route: route.fulfill(json=known))
    opened(window)
    expect(window.page.locator("#logo")).to_be_hidden()
    expect(window.page.locator("#own")).to_be_hidden()
