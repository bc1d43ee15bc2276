"""What `make stick` tells attendees, in a real Chromium: on the screen without any request, and on
one page of paper."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from appliance_build.description import Description
from appliance_build.slides import count
from appliance_build.stick import instructions
from appliance_build.stick.contents import START, Goods
from appliance_build.stick.copying import Item

from .window import GRAVE

INSTALLERS = {"Windows": "VirtualBox-7.2.4-170995-Win.exe", "Linux": "virtualbox~7 & more.run"}


def goods(description: Description, marks: str = "", **images: str) -> dict[str, Goods]:
    """An OVA of 363 MB that is not there, and images."""
    name = f"{description.name}-{description.version}-amd64{marks}.ova"
    names = {"vm": name} | {form: f"docker/{file}" for form, file in images.items()}
    return {
        form: Goods(form, Item(name, Path(name), 363_212_800, ""), [])
        for form, name in names.items()
    }


class Opened:
    """A page of the stick as an attendee opens it, and what it asked for."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.requests, self.errors = page, [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.goto(file.as_uri(), wait_until="networkidle")


@pytest.fixture
def start(chromium: Browser, description: Description, tmp_path: Path) -> Iterator[Opened]:
    """The page with pictures; at the end it has asked for nothing."""
    found = instructions.write_pages(
        tmp_path, description, goods(description, cuda="the.docker.tar"), INSTALLERS
    )
    with chromium.new_context() as context:
        opened = Opened(context.new_page(), found[START])
        yield opened
        asked = [url for url in opened.requests if not url.startswith("data:image/png;")]
        assert asked == [found[START].as_uri()]
        assert not opened.errors


def test_it_says_what_the_description_says(start: Opened, description: Description):
    body = start.page.locator("body")
    expect(start.page.locator("h1")).to_have_text(description.title)
    expect(start.page.locator(".address")).to_have_text(
        f"http://localhost:{description.ports.jupyter.host}/"
    )
    user, port = description.user, description.ports.ssh.host
    expect(body).to_contain_text(f"ssh -p {port} {user.name}@localhost, password {user.password}")
    expect(body).to_contain_text(f"{goods(description)['vm'].main.name} (363 MB)")
    expect(body).to_contain_text("4 GB of memory, and 5 GB of free disk")
    expect(body).to_contain_text("docker load --input docker/the.docker.tar")
    expect(body).not_to_contain_text("stand-ins")


def test_every_picture_is_there_and_has_words(start: Opened):
    pictures = start.page.locator("img")
    assert pictures.count() == len(instructions.SHOWN)
    for picture in pictures.all():
        natural, given = picture.evaluate(
            "i => [[i.naturalWidth, i.naturalHeight], [i.getAttribute('width'), "
            "i.getAttribute('height')].map(Number)]"
        )
        assert natural == given and natural[0] > 0
        assert len(picture.get_attribute("alt").split()) > 5


def test_installers_are_linked_and_others_described(start: Opened):
    links = start.page.locator("a[href^=virtualbox]")
    assert [link.inner_text() for link in links.all()] == list(INSTALLERS.values())
    paths = [unquote(link.get_attribute("href")) for link in links.all()]
    assert paths == [f"virtualbox/{name}" for name in INSTALLERS.values()]
    mac = start.page.get_by_role("listitem").filter(has_text="macOS (Intel)").last
    expect(mac).to_contain_text("-OSX.dmg")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_suits_phones_eyes_and_screen_readers(
    start: Opened, modules: Path, screenshots: Path, scheme: str, width: int
):
    page = start.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.screenshot(path=screenshots / f"{scheme}-{width}.png", full_page=True)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    # The page's own policy lets no script in; what is added by the browser's debugger is let.
    page.evaluate((modules / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [v["nodes"][0]["html"] for v in found if v["impact"] in GRAVE] == []


def test_text_of_the_description_is_only_text(
    chromium: Browser, description: Description, tmp_path: Path
):
    hostile = "<img src=x onerror=alert(1)>"
    user = description.user.model_copy(update={"password": hostile})
    changed = description.model_copy(update={"title": hostile, "user": user})
    found = instructions.write_pages(tmp_path, changed, goods(changed), {})
    with chromium.new_context() as context:
        opened = Opened(context.new_page(), found[START])
        expect(opened.page.locator("h1")).to_have_text(hostile)
        assert opened.page.locator("img:not([src^='data:image/png'])").count() == 0
        context.new_page().set_content(instructions.sheet(changed, goods(changed)))
        expect(context.pages[1].locator("h1")).to_have_text(hostile)


@pytest.mark.parametrize("marks", ["", "-standins"])
def test_standins_are_announced_on_screen_and_paper(
    chromium: Browser, description: Description, tmp_path: Path, marks: str
):
    files = goods(description, marks)
    found = instructions.write_pages(tmp_path, description, files, {})
    times = 1 if marks else 0
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(found[START].as_uri())
        expect(page.get_by_text("stand-ins serve in their place")).to_have_count(times)
        page.set_content(instructions.sheet(description, files))
        expect(page.get_by_text("stand-ins serve in their place")).to_have_count(times)


@pytest.mark.parametrize("marks", ["", "-standins-unlocked"])
def test_the_sheet_is_one_page_of_each_paper(
    chromium: Browser, description: Description, tmp_path: Path, marks: str
):
    """With the longest name and title that appliance.yml takes, too; the same bytes each time."""
    longest = {"title": "Deep Learning " * 5 + "For You All", "name": "w" * 40 + "-" + "w" * 22}
    for changed in (description, description.model_copy(update=longest)):
        files = goods(changed, marks)
        once = instructions.print_sheets(chromium, tmp_path, changed, files)
        first = {name: file.read_bytes() for name, file in once.items()}
        again = instructions.print_sheets(chromium, tmp_path, changed, files)
        assert {name: file.read_bytes() for name, file in again.items()} == first
        assert [count(content) for content in first.values()] == [1, 1]
        for (name, content), size in zip(first.items(), ("595", "612"), strict=True):
            assert f"/MediaBox [0 0 {size}".encode() in content, name


def test_a_sheet_that_takes_more_is_refused(
    chromium: Browser, description: Description, tmp_path: Path
):
    long = description.model_copy(update={"title": "Deep Learning " * 300})
    with pytest.raises(instructions.BuildError, match="does not fit on one page of A4; shorten"):
        instructions.print_sheets(chromium, tmp_path, long, goods(long))
