"""The deck in a real Chromium: all of the outline, legible, by keyboard, in itself, and as PDF."""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from appliance_build import description as descriptions
from appliance_build.description import Description
from appliance_build.inputs import npm
from appliance_build.paths import NOTEBOOKS, PROJECT, cache
from appliance_build.slides import count, lay_out, write

POLICY = runpy.run_path(str(npm.WEB / "server" / "workshop_pages" / "policy.py"))["POLICY"]
MEASURE = Path(__file__).with_name("deck.js").read_text()
PORTS = descriptions.load().ports
ADDRESS = f"http://localhost:{PORTS.jupyter.host}"  # that attendees open
LEAST = 28  # pixels of letters on a slide of 1280 by 720: what the last row reads
GRAVE = ("serious", "critical")  # in the words of axe-core

#: What each row of the workshop's outline is about, in words that its slides or notes have.
ROWS = {
    1: "Martin Andrews; PyCon; What this workshop is",
    2: "Android 4.3; 800 machines; 5 days; Android 5.0; 26 languages; 90 languages; House numbers; "
    "competitive with people; Captions; Atari; two hours; AlphaGo; A.I. effect",
    3: "1980s and 1990s; Simple units that combine; One neuron; Other weights, another function; "
    "Layers; pick a case; Gradient descent; widths and depths; Stochastic gradient descent",
    4: "4; 20; 10+10; 10\N{MULTIPLICATION SIGN}7; How long does it take; ConvNetJS",
    5: "features; What each neuron learns; How training converges; playground",
    6: f"Import Appliance; Start; {ADDRESS}/; No need for SSH; "
    f"ssh -p {PORTS.ssh.host} user@localhost; password password",
    7: "Caffe; Berkeley; Torch; Lua; Theano; Montreal; TensorFlow; Google; tree; NumPy; BLAS; "
    "CUDA; OpenCL; 0-TheanoBasics",
    8: "Hello world; late 1980s; 50,000; 28 \N{MULTIPLICATION SIGN} 28; End of life; One layer; "
    "Several layers; 2 to 3 %; Lasagne; 1-MNIST-MLP",
    9: "Pixels are organised; translation invariance; parameters serve the whole image; "
    "A filter; 2-MNIST-CNN; Three filters",
    10: "15 million; 22,000 categories; What people find hard; GoogLeNet, 2014; "
    "Inception v3, 2015; 3-ImageNet-googlenet; 4-ImageNet-inception-v3",
    11: "CPU against GPU; GPU programmers needed; 9-Machine-Check",
    12: "useful elsewhere; Featurise; single layer; 5-Commerce; cars",
    13: "Abusing; response; art?; Deep Dreams; un-seen; 6-Visual-Art; Style transfer",
    14: "agent; world; reward; Q-learning; A network as Q; "
    "7-Reinforcement-Learning; Bubble Breaker",
    15: "varying length; step by step; carried forward; differentiable; recurrent; LSTM; Captions; "
    "attention; 8-Natural-Language; epochs 1, 100, 1000; 338; From noise to almost-words to lines",
    16: "What to take home; Where to go on",
}

#: Where attendees are sent, row by row.
LINKS = {
    4: ["../painting/"],
    5: ["../playground/"],
    6: [f"{ADDRESS}/"],
    7: ["/lab/tree/0-TheanoBasics.ipynb"],
    8: ["/lab/tree/1-MNIST-MLP.ipynb"],
    9: ["/lab/tree/2-MNIST-CNN.ipynb"],
    10: ["/lab/tree/3-ImageNet-googlenet.ipynb", "/lab/tree/4-ImageNet-inception-v3.ipynb"],
    11: ["/lab/tree/9-Machine-Check.ipynb"],
    12: ["/lab/tree/5-Commerce.ipynb"],
    13: ["/lab/tree/6-Visual-Art.ipynb"],
    14: ["/lab/tree/7-Reinforcement-Learning.ipynb"],
    15: ["/lab/tree/8-Natural-Language.ipynb"],
}


@pytest.fixture(scope="module")
def windows(chromium: Browser, pages: Path) -> Iterator[BrowserContext]:
    """Windows of a slide's size, to which the deck comes with the policy of the appliance."""
    with chromium.new_context(viewport={"width": 1280, "height": 720}) as context:
        lay_out(context, pages, ADDRESS, {"Content-Security-Policy": POLICY})
        yield context


@pytest.fixture(scope="module")
def deck(windows: BrowserContext) -> Iterator[Page]:
    """At the end nothing may have gone wrong in it unseen."""
    errors: list[str] = []
    page = windows.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: errors.append(r.url) if _is_foreign(r.url) else None)
    page.goto(f"{ADDRESS}/slides/")
    page.wait_for_selector(".reveal.ready")
    yield page
    assert not errors


@pytest.fixture(scope="module")
def printed(chromium: Browser, pages: Path) -> Iterator[Page]:
    """All slides below each other, as the PDF has them."""
    with chromium.new_context() as context:
        lay_out(context, pages, ADDRESS)
        page = context.new_page()
        page.goto(f"{ADDRESS}/slides/?print-pdf")
        page.wait_for_selector(".pdf-page")
        yield page


def _is_foreign(url: str) -> bool:
    return not url.startswith((f"{ADDRESS}/", "data:", "blob:"))


def show(deck: Page, number: int) -> None:
    """Go to a slide, counted from 0."""
    slide = deck.locator(".slides > section").nth(number)
    deck.evaluate("id => { location.hash = `#/${id}` }", slide.get_attribute("id"))
    wait(deck, slide)


def wait(deck: Page, slide: Locator) -> None:
    """Until it is the slide that is shown."""
    deck.wait_for_function("node => node.matches('.present')", arg=slide.element_handle())


def each(deck: Page) -> Iterator[tuple[str, object]]:
    """Show one slide after the other; gives its id and itself."""
    for number, slide in enumerate(deck.locator(".slides > section").element_handles()):
        show(deck, number)
        yield slide.get_attribute("id"), slide


@pytest.mark.parametrize("row", ROWS)
def test_row_of_the_outline_has_its_slides(deck: Page, row: int):
    part = deck.locator(f".slides > section[data-part='{row}']")
    words = " ".join(" ".join(part.all_text_contents()).split())
    assert [phrase for phrase in ROWS[row].split("; ") if phrase not in words] == []


@pytest.mark.parametrize("row", LINKS)
def test_workshop_moment_leads_to_its_page(deck: Page, row: int):
    links = deck.locator(f".workshop[data-part='{row}'] a.go")
    assert [link.get_attribute("href") for link in links.all()] == LINKS[row]


def test_every_lesson_has_its_moment(description: Description):
    linked = {link for links in LINKS.values() for link in links}
    assert {f"/lab/tree/{lesson}.ipynb" for lesson in description.lessons} <= linked


def test_slides_are_in_order_with_headings_and_notes(deck: Page):
    slides = deck.locator(".slides > section").all()
    parts = [int(slide.get_attribute("data-part")) for slide in slides]
    assert parts == sorted(parts) and set(parts) == set(ROWS)
    ids = [slide.get_attribute("id") for slide in slides]
    assert len({*ids}) == len(ids)
    for slide, name in zip(slides, ids, strict=True):
        assert slide.locator("h1, h2").count() == 1, name
        assert len(slide.locator(".notes").text_content().split()) > 20, name


def test_figures_say_what_they_show(deck: Page):
    figures = deck.locator(".slides svg").all()
    assert len(figures) > 40
    for figure in figures:
        assert len(figure.get_attribute("aria-label").split()) > 8


def test_scores_are_those_of_the_training(deck: Page):
    """What the file does not have yet is not shown."""
    file = NOTEBOOKS / "workshop" / "bubbles" / "pretrained" / "training.json"
    figures = json.loads(file.read_text())["figures"]
    shown = deck.locator("#greed svg")
    for name, found in figures.items():
        low, high = (f"{end + 1e-6:.0f}" for end in found["interval"])
        mean = f"{found['mean'] + 1e-6:.0f}"
        expect(shown).to_have_attribute(
            "aria-label", re.compile(rf"\b{name} {mean} \({low} to {high}\)")
        )
        expect(shown).to_contain_text(f"{int(mean):,}")


def test_nothing_is_cut_off_or_small(deck: Page):
    wrong = {name: deck.evaluate(MEASURE, [slide, LEAST]) for name, slide in each(deck)}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(deck: Page, printed: Page, modules: Path, scheme: str):
    """In the deck with its controls, and, all slides at once, as they are printed."""
    for page in (deck, printed):
        page.emulate_media(color_scheme=scheme)
        page.evaluate((modules / "node_modules" / "axe-core" / "axe.min.js").read_text())
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        assert [v["nodes"][0]["html"] for v in found if v["impact"] in GRAVE] == []


def test_keyboard_turns_every_page_and_opens_links(deck: Page):
    show(deck, 0)
    slides = deck.locator(".slides > section")
    for _ in range(slides.count() - 1):
        deck.keyboard.press("ArrowRight")
    wait(deck, slides.last)
    deck.evaluate("location.hash = '#/paint'")
    wait(deck, deck.locator("#paint"))
    link = deck.locator("#paint a.go")
    for _ in range(slides.count()):
        deck.keyboard.press("Tab")
        if link.evaluate("node => node === document.activeElement"):
            break
    with deck.context.expect_page() as opened:
        deck.keyboard.press("Enter")
    assert opened.value.url.endswith("/painting/")
    opened.value.close()


def test_speaker_has_notes_and_turns_pages(deck: Page):
    show(deck, 0)
    with deck.expect_popup() as opened:
        deck.keyboard.press("s")
    speaker = opened.value
    expect(speaker.locator("#notes")).to_contain_text("Say who you are")
    speaker.keyboard.press("ArrowRight")
    expect(speaker.locator("#heading")).to_have_text("What this workshop is")
    expect(speaker.locator("#notes")).to_contain_text("workshop moments")
    expect(deck.locator("#workshop.present")).to_be_visible()
    speaker.close()


@pytest.mark.parametrize("width", [360, 1920])
def test_deck_fits_phone_and_projector(windows: BrowserContext, width: int):
    page = windows.new_page()
    page.set_viewport_size({"width": width, "height": width * 9 // 16})
    page.goto(f"{ADDRESS}/slides/")
    page.wait_for_selector(".reveal.ready")
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    expect(page.locator("#title h1")).to_be_in_viewport()
    page.close()


def test_overview_shows_the_neighbours(deck: Page):
    show(deck, 1)
    deck.keyboard.press("Escape")
    expect(deck.locator("#speech h2")).to_be_visible()
    deck.keyboard.press("Escape")


def test_pdf_has_a_page_for_each_slide(
    chromium: Browser, printed: Page, pages: Path, tmp_path: Path
):
    files = [tmp_path / "slides.pdf", tmp_path / "again.pdf"]
    slides = printed.locator(".pdf-page section").count()
    assert [write(chromium, pages, file) for file in files] == [slides, slides]
    content, again = (file.read_bytes() for file in files)
    assert count(content) == slides
    assert b"/MediaBox [0 0 960 540]" in content
    assert content == again


def test_pdfs_links_lead_where_the_slides_do(chromium: Browser, pages: Path, tmp_path: Path):
    write(chromium, pages, tmp_path / "slides.pdf")
    found = re.findall(rb"/URI \((.*?)\)", (tmp_path / "slides.pdf").read_bytes())
    wanted = {urljoin(f"{ADDRESS}/slides/", link) for links in LINKS.values() for link in links}
    assert {link.decode() for link in found} == wanted
    for link in wanted:
        path = urlsplit(link).path.removeprefix("/")
        lesson = path.removeprefix("lab/tree/")
        there = pages / path if lesson == path else NOTEBOOKS / lesson
        assert there.exists(), link


def test_command_prints_the_deck_by_itself(tmp_path: Path):
    """With a cache of its own, which has the packages alone."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "npm").symlink_to(cache() / "npm")
    done = subprocess.run(
        [sys.executable, "-m", "appliance_build.slides", tmp_path / "new" / "slides.pdf"],
        cwd=PROJECT,
        env=os.environ | {"APPLIANCE_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = count((tmp_path / "new" / "slides.pdf").read_bytes())
    assert done.stdout.endswith(f"slides.pdf: {pages} slides\n")
    assert not list((tmp_path / "cache" / "work").iterdir())


def test_nothing_is_cut_off_in_print(printed: Page):
    for slide in printed.locator(".pdf-page section").element_handles():
        assert printed.evaluate(MEASURE, [slide, LEAST]) == [], slide.get_attribute("id")
